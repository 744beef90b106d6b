/* SPDX-License-Identifier: BSD-2-Clause */
#include "tst.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "cms_signer.h"
#include "language.h"

#define VERSION	1

/* Notes what fails, in words of its own. */
static enum doc_err
judge_signer(OSSL_LIB_CTX *crypto, struct cms_signer *signer, BIO *content,
    struct verdict_signature *noted, struct doc_error *error)
{
	static const enum check needed[] = { CHECK_INTEGRITY, CHECK_SIGNATURE };
	struct hashes hashes = { { false }, { { 0 } } };
	enum jpki_hash hash = cms_signer_hash(signer->info);
	enum doc_err err;

	hashes.wanted[hash] = hash != JPKI_HASH_NONE;
	err = hashes_read(crypto, content, &hashes, error);
	if (err != DOC_OK)
		return err;
	if (!cms_signer_judge(signer, &hashes, noted))
		return doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (noted->check[needed[i]].finding != FINDING_OK)
			return doc_fail(error, DOC_ERR_INPUT, "%s",
			    noted->check[needed[i]].words);
	return DOC_OK;
}

static enum doc_err
check_signer(OSSL_LIB_CTX *crypto, struct tst *tst, struct doc_error *error)
{
	struct cms_signer signer = { .message = &tst->message,
	    .info = sk_CMS_SignerInfo_value(tst->message.signers, 0),
	    .needs_ess = true };
	struct verdict verdict = { NULL, NULL, 0 };
	struct verdict_signature *noted = verdict_add(&verdict);
	BIO *content = NULL;
	enum doc_err err;

	if (noted == NULL)
		return doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	if (sk_CMS_SignerInfo_num(tst->message.signers) != 1)
		err = doc_fail(error, DOC_ERR_INPUT, "several have signed it");
	else if (tst->message.content == NULL)
		err = doc_fail(error, DOC_ERR_INPUT, "it is empty");
	else
		err = cms_content(&tst->message, NULL, &content, error);
	if (err == DOC_OK)
		err = judge_signer(crypto, &signer, content, noted, error);
	tst->cert = signer.cert;
	BIO_free(content);
	verdict_free(&verdict);
	return err;
}

static TS_TST_INFO *
parse(const ASN1_OCTET_STRING *content)
{
	const unsigned char *p = ASN1_STRING_get0_data(content);
	const unsigned char *end = p + ASN1_STRING_length(content);
	TS_TST_INFO *info = d2i_TS_TST_INFO(NULL, &p, end - p);

	if (p == end)
		return info;
	TS_TST_INFO_free(info);
	return NULL;
}

static bool
is_over(OSSL_LIB_CTX *crypto, TS_TST_INFO *info,
    const struct timestamp *stamp)
{
	TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);
	ASN1_OCTET_STRING *digest = TS_MSG_IMPRINT_get_msg(imprint);
	enum jpki_hash hash = hash_of(TS_MSG_IMPRINT_get_algo(imprint));
	uint8_t md[EVP_MAX_MD_SIZE];
	size_t n = 0;

	return hash != JPKI_HASH_NONE && EVP_Q_digest(crypto,
	    jpki_hash_name(hash), NULL, stamp->bytes, stamp->n, md, &n) == 1 &&
	    (size_t)ASN1_STRING_length(digest) == n &&
	    memcmp(ASN1_STRING_get0_data(digest), md, n) == 0;
}

/* Why the service may not have stamped; NULL if it may. */
static const char *
service_fault(struct tst *tst)
{
	int64_t from;

	if (X509_check_purpose(tst->cert, X509_PURPOSE_TIMESTAMP_SIGN, 0) != 1)
		return _("its certificate is not one for time stamps");
	if (!doc_time_of(X509_get0_notBefore(tst->cert), &from) ||
	    !doc_time_of(X509_get0_notAfter(tst->cert), &tst->until) ||
	    tst->when < from || tst->when > tst->until)
		return _("its certificate was not valid then");
	return NULL;
}

static enum doc_err
fill(OSSL_LIB_CTX *crypto, const struct timestamp *stamp, struct tst *tst,
    struct doc_error *error)
{
	const char *fault;
	enum doc_err err = check_signer(crypto, tst, error);

	if (err != DOC_OK)
		return err;
	tst->info = parse(tst->message.content);
	if (tst->info == NULL ||
	    TS_TST_INFO_get_version(tst->info) != VERSION ||
	    !doc_time_of(TS_TST_INFO_get_time(tst->info), &tst->when))
		return doc_fail(error, DOC_ERR_INPUT, "it cannot be read");
	if (TS_TST_INFO_get_ext_by_critical(tst->info, 1, -1) >= 0)
		return doc_fail(error, DOC_ERR_INPUT,
		    "it has extensions that are not understood");
	if (!is_over(crypto, tst->info, stamp))
		return doc_fail(error, DOC_ERR_INPUT,
		    "it was made for something else");
	fault = service_fault(tst);
	return fault == NULL ? DOC_OK :
	    doc_fail(error, DOC_ERR_INPUT, "%s", fault);
}

enum doc_err
tst_open(OSSL_LIB_CTX *crypto, const struct timestamp *stamp, struct tst *out,
    struct doc_error *error)
{
	struct tst tst = { .info = NULL };
	enum doc_err err = cms_open(crypto, stamp->token, stamp->token_n,
	    NID_id_smime_ct_TSTInfo, &tst.message, error);

	if (err == DOC_OK)
		err = fill(crypto, stamp, &tst, error);
	ERR_clear_error();
	if (err != DOC_OK)
		tst_close(&tst);
	else
		*out = tst;
	return err;
}

void
tst_close(struct tst *tst)
{
	TS_TST_INFO_free(tst->info);
	cms_close(&tst->message);
}
