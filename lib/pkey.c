/* SPDX-License-Identifier: BSD-2-Clause */
/* The card's keys as OpenSSL's. */
#include "jpki_openssl.h"

#include <openssl/err.h>

#include "cert.h"
#include "mem.h"
#include "provider.h"

/*
 * A library context beside the one that judges the card's signatures: what
 * the caller does to this one does nothing to that.
 */
static enum jpki_err
crypto_new(struct jpki_ctx *ctx)
{
	OSSL_LIB_CTX *crypto = NULL;
	enum jpki_err err;

	err = ctx_crypto_new(&crypto);
	if (err == JPKI_OK)
		err = provider_load(crypto, &ctx->provider);
	if (err == JPKI_OK)
		ctx->shared = crypto;
	else
		OSSL_LIB_CTX_free(crypto);
	return err;
}

enum jpki_err
jpki_crypto(struct jpki_ctx *ctx, OSSL_LIB_CTX **out)
{
	enum jpki_err err = JPKI_OK;

	if (ctx == NULL || out == NULL)
		return JPKI_ERR_ARG;
	if (ctx->shared == NULL)
		err = crypto_new(ctx);
	if (err == JPKI_OK)
		*out = ctx->shared;
	return err;
}

/* The provider copies the origin when it imports the key. */
static enum jpki_err
import(OSSL_LIB_CTX *crypto, const EVP_PKEY *public_key,
    struct origin *origin, EVP_PKEY **out)
{
	void *p = origin;
	OSSL_PARAM where[] = {
		OSSL_PARAM_octet_ptr(PROVIDER_ORIGIN, &p, sizeof(*origin)),
		OSSL_PARAM_END
	}, *public = NULL, *all = NULL;
	enum jpki_err err = JPKI_ERR_UNSUPPORTED;
	EVP_PKEY_CTX *ctx = NULL;

	ctx = EVP_PKEY_CTX_new_from_name(crypto,
	    EVP_PKEY_get0_type_name(public_key), PROVIDER_OURS);
	if (ctx == NULL)
		goto out;
	err = JPKI_ERR_INTERNAL;
	if (EVP_PKEY_todata(public_key, EVP_PKEY_PUBLIC_KEY, &public) != 1)
		goto out;
	all = OSSL_PARAM_merge(public, where);
	if (all != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
	    EVP_PKEY_fromdata(ctx, out, EVP_PKEY_KEYPAIR, all) == 1)
		err = JPKI_OK;
out:
	OSSL_PARAM_free(all);
	OSSL_PARAM_free(public);
	EVP_PKEY_CTX_free(ctx);
	return err;
}

static enum jpki_err
import_watched(OSSL_LIB_CTX *crypto, const EVP_PKEY *public_key,
    struct origin *origin, EVP_PKEY **out)
{
	struct mem_watch watch;
	EVP_PKEY *pkey = NULL;
	enum jpki_err err;

	mem_watch_begin(&watch);
	err = import(crypto, public_key, origin, &pkey);
	err = mem_watch_end(&watch, err);
	if (err == JPKI_OK)
		*out = pkey;
	else
		EVP_PKEY_free(pkey);
	return err;
}

static enum jpki_err
make(struct jpki_card *card, enum jpki_key key, const EVP_PKEY *public_key,
    EVP_PKEY **out)
{
	struct origin origin = { NULL, key };
	OSSL_LIB_CTX *crypto;
	enum jpki_err err;

	err = jpki_crypto(card->ctx, &crypto);
	if (err == JPKI_OK)
		err = card_ref_new(card, &origin.card);
	if (err != JPKI_OK)
		return err;
	err = import_watched(crypto, public_key, &origin, out);
	if (mem_doubts(err))
		err = import_watched(crypto, public_key, &origin, out);
	card_ref_free(&origin.card);
	return err;
}

enum jpki_err
jpki_pkey(struct jpki_card *card, enum jpki_key key, EVP_PKEY **out)
{
	EVP_PKEY *public_key;
	enum jpki_err err;

	if (card == NULL || out == NULL || (unsigned)key >= JPKI_KEY_COUNT)
		return JPKI_ERR_ARG;
	err = jpki_card_begin(card);
	if (err != JPKI_OK)
		return err;
	err = cert_public_key(card, key, &public_key);
	jpki_card_end(card);
	return err == JPKI_OK ? make(card, key, public_key, out) : err;
}

enum jpki_err
jpki_pkey_error(const EVP_PKEY *pkey)
{
	int err = -1;
	OSSL_PARAM params[] = {
		OSSL_PARAM_int(PROVIDER_ERROR, &err), OSSL_PARAM_END
	};

	if (pkey == NULL)
		return JPKI_ERR_ARG;
	/* Of the program's error queue nothing is touched. */
	ERR_set_mark();
	(void)EVP_PKEY_get_params(pkey, params);
	ERR_pop_to_mark();
	return err >= 0 ? (enum jpki_err)err : JPKI_ERR_ARG;
}

/* Another card may be there, to which somebody has logged in. */
static enum jpki_err
check_same(const struct provider_key *key, struct jpki_card *card)
{
	EVP_PKEY *public_key;
	enum jpki_err err;

	err = cert_public_key(card, key->origin.key, &public_key);
	if (err != JPKI_OK)
		return err;
	return EVP_PKEY_eq(key->public_key, public_key) == 1 ? JPKI_OK :
	    mem_judge(JPKI_ERR_MISMATCH);
}

static enum jpki_err
sign_pss(struct provider_key *key, struct jpki_card *card,
    struct slice digest, struct jpki_buf *signature)
{
	enum jpki_err err;

	if (key->no_pss && key->no_pss_since == card->insertion)
		return JPKI_ERR_UNSUPPORTED;
	err = jpki_sign_pss(card, key->origin.key, digest.p, digest.n,
	    signature);
	key->no_pss = err == JPKI_ERR_UNSUPPORTED;
	key->no_pss_since = card->insertion;
	return err;
}

static enum jpki_err
sign(struct provider_key *key, struct jpki_card *card,
    const struct provider_job *job, struct jpki_buf *signature)
{
	enum jpki_err err;

	err = jpki_card_begin(card);
	if (err != JPKI_OK)
		return err;
	err = jpki_pin_verified(card, key_row(key->origin.key)->pin) ?
	    check_same(key, card) : JPKI_ERR_AUTH_REQUIRED;
	if (err == JPKI_OK)
		err = job->pss ? sign_pss(key, card, job->digest, signature) :
		    jpki_sign(card, key->origin.key, job->hash,
		    job->digest.p, job->digest.n, signature);
	jpki_card_end(card);
	return err;
}

enum jpki_err
provider_sign(struct provider_key *key, const struct provider_job *job,
    struct jpki_buf *signature)
{
	struct jpki_card *card;
	enum jpki_err err;

	card_ref_lock(key->origin.card);
	card = card_of_ref(key->origin.card);
	err = card != NULL ? sign(key, card, job, signature) : JPKI_ERR_ARG;
	key->err = err;
	card_ref_unlock(key->origin.card);
	return err;
}

void
provider_set_error(struct provider_key *key, enum jpki_err err)
{
	card_ref_lock(key->origin.card);
	key->err = err;
	card_ref_unlock(key->origin.card);
}

enum jpki_err
provider_error(struct provider_key *key)
{
	enum jpki_err err;

	card_ref_lock(key->origin.card);
	err = key->err;
	card_ref_unlock(key->origin.card);
	return err;
}
