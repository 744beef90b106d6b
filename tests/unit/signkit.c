/* SPDX-License-Identifier: BSD-2-Clause */
#include "signkit.h"

#include <openssl/err.h>

#include "fixture.h"

const uint8_t signkit_text[SIGNKIT_TEXT_N] = "A text that is signed.\n";

static int
set(EVP_PKEY_CTX *ctx, const struct way *way)
{
	return (way->padding == 0 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, way->padding) == 1) &&
	    (way->salt == 0 ||
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, way->salt) == 1) &&
	    (way->mgf1 == NULL ||
	    EVP_PKEY_CTX_set_rsa_mgf1_md_name(ctx, way->mgf1, NULL) == 1);
}

int
signkit_sign(const struct keykit *kit, const struct way *way, struct sig *sig)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx;
	int done;

	sig->n = sizeof(sig->p);
	done = EVP_DigestSignInit_ex(md, &ctx, way->digest, kit->crypto, NULL,
	    kit->key, NULL) == 1 && set(ctx, way);
	for (size_t i = 0; done && i < SIGNKIT_TEXT_N; i++)
		done = EVP_DigestSignUpdate(md, &signkit_text[i], 1) == 1;
	done = done && EVP_DigestSignFinal(md, sig->p, &sig->n) == 1;
	EVP_MD_CTX_free(md);
	return done;
}

bool
signkit_verify(const struct keykit *kit, const struct way *way, EVP_PKEY *key,
    const struct sig *sig)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx;
	int holds;

	assert_int_equal(EVP_DigestVerifyInit_ex(md, &ctx, way->digest,
	    kit->crypto, NULL, key, NULL), 1);
	assert_true(set(ctx, way));
	holds = EVP_DigestVerify(md, sig->p, sig->n, signkit_text,
	    SIGNKIT_TEXT_N);
	EVP_MD_CTX_free(md);
	ERR_clear_error();
	return holds == 1;
}

int
signkit_sign_digest(const struct keykit *kit, const struct way *way,
    struct slice digest, struct sig *sig)
{
	EVP_PKEY_CTX *ctx;
	int done;

	ctx = EVP_PKEY_CTX_new_from_pkey(kit->crypto, kit->key, NULL);
	sig->n = sizeof(sig->p);
	done = EVP_PKEY_sign_init(ctx) == 1 && (way->digest == NULL ||
	    EVP_PKEY_CTX_set_signature_md(ctx,
	    EVP_get_digestbyname(way->digest)) == 1) && set(ctx, way) &&
	    EVP_PKEY_sign(ctx, sig->p, &sig->n, digest.p, digest.n) == 1;
	EVP_PKEY_CTX_free(ctx);
	return done;
}

void
signkit_fails(struct keykit *kit, const char *what, const struct way *way,
    enum jpki_err err)
{
	const char *words = NULL;
	struct sig sig;
	int flags;

	if (signkit_sign(kit, way, &sig) != 0)
		fail_msg("%s: signed", what);
	expect_err(what, jpki_pkey_error(kit->key), err);
	ERR_peek_last_error_data(&words, &flags);
	expect_text(what, words, jpki_strerror(err));
	ERR_clear_error();
}

const struct signkit_key signkit_keys[JPKI_KEY_COUNT] = {
	{ JPKI_KEY_AUTH, JPKI_CERT_AUTH },
	{ JPKI_KEY_SIGN, JPKI_CERT_SIGN },
};

const struct way signkit_pkcs1 = { "SHA256", 0, 0, NULL };
const struct way signkit_pss = { "SHA256", RSA_PKCS1_PSS_PADDING,
	RSA_PSS_SALTLEN_DIGEST, NULL };
