/* SPDX-License-Identifier: BSD-2-Clause */
#include "chain.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include "language.h"

#define DEPTH_MAX	8
#define PROOFS_MAX	8	/* CAs of one name that are looked at */
#define LEVEL		2	/* 112 bits: RSA of 2048, no SHA-1 */

/* The CA, if it is pinned and issued the certificate. */
static enum doc_err
prove(const struct trust *trust, struct chain *chain,
    const struct jpki_buf *der, X509 *ca, struct doc_error *error)
{
	struct jpki_buf ca_der = { NULL, 0 };
	enum jpki_ca kind = JPKI_CA_UNKNOWN;
	enum jpki_err proved;
	enum doc_err err = trust_cert_der(ca, &ca_der, error);

	if (err != DOC_OK)
		return err;
	proved = jpki_cert_ca_prove(trust->ctx, der->p, der->n, ca_der.p,
	    ca_der.n, &kind);
	jpki_buf_free(&ca_der);
	if (proved == JPKI_ERR_MEMORY)
		return doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	if (proved == JPKI_OK && kind == JPKI_CA_KNOWN)
		chain->end = CHAIN_PINNED;
	return DOC_OK;
}

/*
 * Looks for a pinned CA among these.  Their names tell nothing: all CAs of
 * J-LIS of one kind have the same, and anybody can take it.
 */
static enum doc_err
find_pinned(const struct trust *trust, struct chain *chain,
    STACK_OF(X509) *certs, X509 **out, struct doc_error *error)
{
	X509_NAME *issuer = X509_get_issuer_name(chain->cert);
	struct jpki_buf der = { NULL, 0 };
	enum doc_err err = trust_cert_der(chain->cert, &der, error);
	int proofs = 0;

	for (int i = 0; err == DOC_OK && chain->end == CHAIN_NOWHERE &&
	    i < sk_X509_num(certs); i++) {
		X509 *ca = sk_X509_value(certs, i);

		if (X509_NAME_cmp(X509_get_subject_name(ca), issuer) != 0 ||
		    proofs++ >= PROOFS_MAX)
			continue;
		chain->stranger |= certs == chain->others;
		err = prove(trust, chain, &der, ca, error);
		if (chain->end == CHAIN_PINNED)
			*out = ca;
	}
	jpki_buf_free(&der);
	return err;
}

/* The certificate's own time is another question than its chain's. */
static int
judge_step(int ok, X509_STORE_CTX *ctx)
{
	int code = X509_STORE_CTX_get_error(ctx);

	return ok || (X509_STORE_CTX_get_error_depth(ctx) == 0 &&
	    (code == X509_V_ERR_CERT_HAS_EXPIRED ||
	    code == X509_V_ERR_CERT_NOT_YET_VALID));
}

static X509_STORE_CTX *
context_new(const struct trust *trust, const struct chain *chain,
    X509_STORE *store)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new_ex(trust->crypto, NULL);
	X509_VERIFY_PARAM *param;

	if (ctx == NULL || X509_STORE_CTX_init(ctx, store, chain->cert,
	    chain->others) != 1)
		goto fail;
	param = X509_STORE_CTX_get0_param(ctx);
	/* RFC 5280, 6.1.1 (c): any policy is as good as another, and there has
	 * to be one if a CA insists on it. */
	if (X509_VERIFY_PARAM_add0_policy(param,
	    OBJ_nid2obj(NID_any_policy)) != 1)
		goto fail;
	X509_VERIFY_PARAM_set_time(param, (time_t)chain->when);
	X509_VERIFY_PARAM_set_depth(param, DEPTH_MAX);
	X509_VERIFY_PARAM_set_auth_level(param, LEVEL);
	/* A person may trust a CA below the topmost. */
	(void)X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN |
	    X509_V_FLAG_POLICY_CHECK);
	X509_STORE_CTX_set_verify_cb(ctx, judge_step);
	return ctx;
fail:
	X509_STORE_CTX_free(ctx);
	return NULL;
}

/* To one of the store, which is not the certificate itself. */
static enum doc_err
verify(const struct trust *trust, struct chain *chain, X509_STORE *store,
    struct doc_error *error)
{
	X509_STORE_CTX *ctx = context_new(trust, chain, store);
	enum chain_end end = chain->end;
	int code;

	if (ctx == NULL)
		return doc_fail_crypto(error, DOC_ERR_MEMORY,
		    "no chain of certificates can be checked");
	chain->end = CHAIN_NOWHERE;
	if (X509_verify_cert(ctx) != 1) {
		code = X509_STORE_CTX_get_error(ctx);
		chain->reason = X509_verify_cert_error_string(code);
	} else if (sk_X509_num(X509_STORE_CTX_get0_chain(ctx)) < 2) {
		chain->reason = _("it is not the certificate of a CA");
	} else {
		chain->end = end;
	}
	X509_STORE_CTX_free(ctx);
	ERR_clear_error();
	return DOC_OK;
}

/* The one CA that is pinned, or all that a person gave. */
static X509_STORE *
store_new(X509 *one, STACK_OF(X509) *all)
{
	X509_STORE *store = X509_STORE_new();
	bool done = store != NULL;

	if (done && one != NULL)
		done = X509_STORE_add_cert(store, one) == 1;
	for (int i = 0; done && one == NULL && i < sk_X509_num(all); i++)
		done = X509_STORE_add_cert(store, sk_X509_value(all, i)) == 1;
	if (done)
		return store;
	X509_STORE_free(store);
	return NULL;
}

enum doc_err
chain_find(const struct trust *trust, struct chain *chain,
    struct doc_error *error)
{
	X509 *pinned = NULL;
	X509_STORE *store;
	enum doc_err err;

	chain->end = CHAIN_NOWHERE;
	chain->reason = NULL;
	chain->stranger = false;
	err = find_pinned(trust, chain, chain->others, &pinned, error);
	if (err == DOC_OK)
		err = find_pinned(trust, chain, trust->anchors, &pinned,
		    error);
	if (err != DOC_OK || (pinned == NULL &&
	    sk_X509_num(trust->anchors) <= 0))
		return err;
	store = store_new(pinned, trust->anchors);
	if (store == NULL)
		return doc_fail_crypto(error, DOC_ERR_MEMORY,
		    "no chain of certificates can be checked");
	if (pinned == NULL)
		chain->end = CHAIN_GIVEN;
	err = verify(trust, chain, store, error);
	X509_STORE_free(store);
	return err;
}
