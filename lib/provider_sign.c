/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signatures of the provider.  A context of another provider that would verify
 * them holds the parameters: it judges those that are set, and answers when
 * they are asked for, the AlgorithmIdentifier among them.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/proverr.h>
#include <openssl/rsa.h>

#include "mem.h"
#include "provider.h"

#define NAME_MAX_BYTES	50	/* of a digest, as OpenSSL's own */

struct signing {
	OSSL_LIB_CTX		*crypto;
	struct provider_key	*key;		/* borrowed from the EVP_PKEY */
	EVP_PKEY_CTX		*verifier;
	EVP_MD_CTX		*md;		/* of a stream, or NULL */
};

/* What can be made; saltlen and mgf1 count where there are such. */
struct scheme {
	const char	*type;
	int		 padding;
	bool		 pss;
	unsigned	 hashes;	/* bits 1 << enum jpki_hash */
};

static const struct scheme schemes[] = {
	{ "RSA", RSA_PKCS1_PADDING, false, 1u << JPKI_HASH_NONE |
	    1u << JPKI_HASH_SHA256 | 1u << JPKI_HASH_SHA384 |
	    1u << JPKI_HASH_SHA512 },
	{ "RSA", RSA_PKCS1_PSS_PADDING, true, 1u << JPKI_HASH_SHA256 },
};

/* The parameters that decide what is made, as the verifier has them. */
struct choice {
	int	padding;
	int	salt;
	char	hash[NAME_MAX_BYTES];
	char	mgf1[NAME_MAX_BYTES];
};

/* Tell both who asks this library, and who asks OpenSSL. */
static int
fail(const struct signing *s, enum jpki_err err)
{
	provider_set_error(s->key, err);
	ERR_raise_data(ERR_LIB_PROV, PROV_R_FAILED_TO_SIGN, "%s",
	    jpki_strerror(err));
	return 0;
}

static void *
signing_new(void *crypto, const char *properties)
{
	struct signing *s = calloc(1, sizeof(*s));

	(void)properties;
	if (s != NULL)
		s->crypto = crypto;
	return s;
}

static void
signing_free(void *context)
{
	struct signing *s = context;

	if (s == NULL)
		return;
	EVP_PKEY_CTX_free(s->verifier);
	EVP_MD_CTX_free(s->md);
	free(s);
}

static void *
signing_dup(void *context)
{
	const struct signing *from = context;
	struct signing *s = calloc(1, sizeof(*s));
	bool ok;

	if (s == NULL)
		return NULL;
	s->crypto = from->crypto;
	s->key = from->key;
	ok = from->verifier == NULL ||
	    (s->verifier = EVP_PKEY_CTX_dup(from->verifier)) != NULL;
	if (ok && from->md != NULL)
		ok = (s->md = EVP_MD_CTX_new()) != NULL &&
		    EVP_MD_CTX_copy_ex(s->md, from->md) == 1;
	if (!ok) {
		signing_free(s);
		return NULL;
	}
	return s;
}

/* NULL for the key: the one that it has. */
static int
begin(struct signing *s, struct provider_key *key, const OSSL_PARAM params[])
{
	if (key != NULL)
		s->key = key;
	if (s->key == NULL || s->key->public_key == NULL)
		return 0;
	EVP_MD_CTX_free(s->md);
	s->md = NULL;
	EVP_PKEY_CTX_free(s->verifier);
	s->verifier = EVP_PKEY_CTX_new_from_pkey(s->crypto,
	    s->key->public_key, PROVIDER_OTHERS);
	return s->verifier != NULL &&
	    EVP_PKEY_verify_init_ex(s->verifier, params) == 1;
}

/* Signing and verifying begin alike. */
static int
signing_init(void *context, void *key, const OSSL_PARAM params[])
{
	return begin(context, key, params);
}

static int
set_digest(struct signing *s, const char *name)
{
	char copy[NAME_MAX_BYTES];
	size_t n = strlen(name) + 1;
	OSSL_PARAM params[2];

	if (n > sizeof(copy))
		return 0;
	memcpy(copy, name, n);
	params[0] = OSSL_PARAM_construct_utf8_string(
	    OSSL_SIGNATURE_PARAM_DIGEST, copy, 0);
	params[1] = OSSL_PARAM_construct_end();
	return EVP_PKEY_CTX_set_params(s->verifier, params);
}

static int
signing_init_stream(void *context, const char *name, void *key,
    const OSSL_PARAM params[])
{
	struct signing *s = context;
	char standard[NAME_MAX_BYTES];
	EVP_MD *md;
	int ok;

	if (begin(s, key, NULL) != 1)
		return 0;
	if (name == NULL || name[0] == '\0') {
		if (EVP_PKEY_get_default_digest_name(s->key->public_key,
		    standard, sizeof(standard)) <= 0)
			return 0;
		name = standard;
	}
	md = EVP_MD_fetch(s->crypto, name, NULL);
	s->md = EVP_MD_CTX_new();
	ok = md != NULL && s->md != NULL && set_digest(s, name) == 1 &&
	    EVP_DigestInit_ex2(s->md, md, NULL) == 1 &&
	    EVP_PKEY_CTX_set_params(s->verifier, params) == 1;
	EVP_MD_free(md);
	return ok;
}

static int
signing_update(void *context, const unsigned char *data, size_t n)
{
	struct signing *s = context;

	return s->md != NULL && EVP_DigestUpdate(s->md, data, n) == 1;
}

static bool
choice_of(const struct signing *s, struct choice *c)
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_int(OSSL_SIGNATURE_PARAM_PAD_MODE, &c->padding),
		OSSL_PARAM_int(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, &c->salt),
		OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, c->hash,
		    sizeof(c->hash)),
		OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_MGF1_DIGEST,
		    c->mgf1, sizeof(c->mgf1)),
		OSSL_PARAM_END
	};

	memset(c, 0, sizeof(*c));
	return EVP_PKEY_CTX_get_params(s->verifier, params) == 1;
}

/* HASH_COUNT: none that a card signs. */
static enum jpki_hash
hash_of(const struct signing *s, const char *name)
{
	enum jpki_hash hash = JPKI_HASH_NONE;
	EVP_MD *md;

	if (name[0] == '\0')
		return JPKI_HASH_NONE;
	md = EVP_MD_fetch(s->crypto, name, NULL);
	do
		hash++;
	while (hash < JPKI_HASH_COUNT &&
	    (md == NULL || !EVP_MD_is_a(md, jpki_hash_name(hash))));
	EVP_MD_free(md);
	return hash;
}

/* A salt as long as the digest, or as the card has it, which is the same. */
static bool
pss_fits(const struct signing *s, const struct choice *c)
{
	return (c->salt == JPKI_PSS_SALT || c->salt == RSA_PSS_SALTLEN_DIGEST) &&
	    hash_of(s, c->mgf1) == JPKI_HASH_SHA256;
}

static enum jpki_err
job_of(const struct signing *s, struct slice digest, struct provider_job *job)
{
	const struct scheme *row;
	struct choice c;

	if (!choice_of(s, &c))
		return mem_judge(JPKI_ERR_INTERNAL);
	*job = (struct provider_job){ .hash = hash_of(s, c.hash),
	    .digest = digest };
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		row = &schemes[i];
		if (strcmp(row->type, s->key->type) != 0 ||
		    row->padding != c.padding ||
		    (row->hashes & 1u << job->hash) == 0 ||
		    (row->pss && !pss_fits(s, &c)))
			continue;
		job->pss = row->pss;
		return JPKI_OK;
	}
	return mem_judge(JPKI_ERR_UNSUPPORTED);
}

static int
sign(const struct signing *s, unsigned char *out, size_t *n, size_t room,
    struct slice digest)
{
	struct jpki_buf signature = { NULL, 0 };
	struct provider_job job;
	enum jpki_err err;

	err = job_of(s, digest, &job);
	if (err == JPKI_OK)
		err = provider_sign(s->key, &job, &signature);
	if (err == JPKI_OK && signature.n > room)
		err = JPKI_ERR_BUFFER;
	if (err == JPKI_OK) {
		memcpy(out, signature.p, signature.n);
		*n = signature.n;
	}
	jpki_buf_free(&signature);
	return err == JPKI_OK ? 1 : fail(s, err);
}

/* How long will it be?  Answered before the card is asked for anything. */
static int
fits(const struct signing *s, const unsigned char *out, size_t *n,
    size_t room)
{
	int size = EVP_PKEY_get_size(s->key->public_key);

	if (size <= 0)
		return 0;
	if (out == NULL) {
		*n = (size_t)size;
		return 1;
	}
	return room >= (size_t)size ? 1 : fail(s, JPKI_ERR_BUFFER);
}

static int
signing_sign(void *context, unsigned char *out, size_t *n, size_t room,
    const unsigned char *digest, size_t digest_n)
{
	const struct signing *s = context;

	if (s->verifier == NULL || fits(s, out, n, room) != 1)
		return 0;
	return out == NULL ? 1 :
	    sign(s, out, n, room, slice_of(digest, digest_n));
}

static int
stream_end(const struct signing *s, unsigned char *digest, unsigned *n)
{
	return s->md != NULL && EVP_DigestFinal_ex(s->md, digest, n) == 1;
}

static int
signing_sign_stream(void *context, unsigned char *out, size_t *n, size_t room)
{
	const struct signing *s = context;
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned digest_n;

	if (s->verifier == NULL || fits(s, out, n, room) != 1)
		return 0;
	if (out == NULL)
		return 1;
	return stream_end(s, digest, &digest_n) == 1 &&
	    sign(s, out, n, room, slice_of(digest, digest_n));
}

static int
signing_verify(void *context, const unsigned char *signature, size_t n,
    const unsigned char *digest, size_t digest_n)
{
	const struct signing *s = context;

	return s->verifier != NULL && EVP_PKEY_verify(s->verifier, signature,
	    n, digest, digest_n) == 1;
}

static int
signing_verify_stream(void *context, const unsigned char *signature, size_t n)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned digest_n;

	return stream_end(context, digest, &digest_n) == 1 &&
	    signing_verify(context, signature, n, digest, digest_n);
}

static int
signing_get(void *context, OSSL_PARAM params[])
{
	const struct signing *s = context;

	return s->verifier != NULL &&
	    EVP_PKEY_CTX_get_params(s->verifier, params) == 1;
}

static int
signing_set(void *context, const OSSL_PARAM params[])
{
	const struct signing *s = context;

	return s->verifier != NULL &&
	    EVP_PKEY_CTX_set_params(s->verifier, params) == 1;
}

/* Nothing can be got or set before there is a key. */
static const OSSL_PARAM none[] = { OSSL_PARAM_END };

static const OSSL_PARAM *
signing_gettable(void *context, void *crypto)
{
	const struct signing *s = context;

	(void)crypto;
	return s != NULL && s->verifier != NULL ?
	    EVP_PKEY_CTX_gettable_params(s->verifier) : none;
}

static const OSSL_PARAM *
signing_settable(void *context, void *crypto)
{
	const struct signing *s = context;

	(void)crypto;
	return s != NULL && s->verifier != NULL ?
	    EVP_PKEY_CTX_settable_params(s->verifier) : none;
}

#define ROW(name, function) \
	{ OSSL_FUNC_SIGNATURE_ ## name, (void (*)(void))function }

const OSSL_DISPATCH provider_signature[] = {
	ROW(NEWCTX, signing_new),
	ROW(FREECTX, signing_free),
	ROW(DUPCTX, signing_dup),
	ROW(SIGN_INIT, signing_init),
	ROW(SIGN, signing_sign),
	ROW(VERIFY_INIT, signing_init),
	ROW(VERIFY, signing_verify),
	ROW(DIGEST_SIGN_INIT, signing_init_stream),
	ROW(DIGEST_SIGN_UPDATE, signing_update),
	ROW(DIGEST_SIGN_FINAL, signing_sign_stream),
	ROW(DIGEST_VERIFY_INIT, signing_init_stream),
	ROW(DIGEST_VERIFY_UPDATE, signing_update),
	ROW(DIGEST_VERIFY_FINAL, signing_verify_stream),
	ROW(GET_CTX_PARAMS, signing_get),
	ROW(GETTABLE_CTX_PARAMS, signing_gettable),
	ROW(SET_CTX_PARAMS, signing_set),
	ROW(SETTABLE_CTX_PARAMS, signing_settable),
	{ 0, NULL }
};
