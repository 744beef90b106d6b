/* SPDX-License-Identifier: BSD-2-Clause */
#include "identity.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "fixture.h"
#include "unit.h"

#define EXPONENT	65537

/* Safe primes of RFC 2409 and 3526, and a fresh one for what is missing. */
static const struct {
	unsigned	 bits;
	BIGNUM		*(*prime)(BIGNUM *);
	int		 rest;
} moduli[] = {
	{ 1024, BN_get_rfc2409_prime_768, 256 },
	{ 2048, BN_get_rfc3526_prime_1536, 512 },
	{ 3072, BN_get_rfc3526_prime_2048, 1024 },
};

struct rsa_numbers {
	BIGNUM	*n, *e, *d;
};

/* d = 1/e modulo (p - 1)(q - 1); the chance that there is none is nil. */
static void
private_exponent(struct rsa_numbers *rsa, const BIGNUM *p, const BIGNUM *q,
    BN_CTX *ctx)
{
	BIGNUM *p1 = BN_dup(p), *q1 = BN_dup(q), *phi = BN_new();

	assert_true(p1 != NULL && q1 != NULL && phi != NULL);
	assert_true(BN_sub_word(p1, 1) == 1 && BN_sub_word(q1, 1) == 1 &&
	    BN_mul(phi, p1, q1, ctx) == 1);
	rsa->d = BN_mod_inverse(NULL, rsa->e, phi, ctx);
	assert_non_null(rsa->d);
	BN_free(p1);
	BN_free(q1);
	BN_free(phi);
}

static void
numbers_make(struct rsa_numbers *rsa, unsigned bits)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *p = NULL, *q = BN_new();

	assert_true(ctx != NULL && q != NULL);
	for (size_t i = 0; i < COUNT(moduli); i++) {
		if (moduli[i].bits != bits)
			continue;
		p = moduli[i].prime(NULL);
		assert_int_equal(BN_generate_prime_ex2(q, moduli[i].rest, 0,
		    NULL, NULL, NULL, ctx), 1);
		assert_int_equal(BN_mul(rsa->n, p, q, ctx), 1);
		private_exponent(rsa, p, q, ctx);
	}
	if (p == NULL)
		assert_int_equal(BN_rand(rsa->n, (int)bits,
		    BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD), 1);
	BN_free(p);
	BN_free(q);
	BN_CTX_free(ctx);
}

static EVP_PKEY *
key_of(const struct rsa_numbers *rsa)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(fixture_crypto(),
	    "RSA", NULL);
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params;
	EVP_PKEY *key = NULL;

	assert_true(ctx != NULL && bld != NULL);
	assert_true(OSSL_PARAM_BLD_push_BN(bld, "n", rsa->n) == 1 &&
	    OSSL_PARAM_BLD_push_BN(bld, "e", rsa->e) == 1);
	if (rsa->d != NULL)
		assert_int_equal(OSSL_PARAM_BLD_push_BN(bld, "d", rsa->d), 1);
	params = OSSL_PARAM_BLD_to_param(bld);
	assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
	assert_int_equal(EVP_PKEY_fromdata(ctx, &key, rsa->d != NULL ?
	    EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params), 1);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static EVP_PKEY *certified;	/* what alter() puts into a certificate */

static void
alter(X509 *x509)
{
	assert_int_equal(X509_set_pubkey(x509, certified), 1);
}

static void
certify(struct identity *identity)
{
	struct fixture f = fixture_auth;

	/* An EC authority: RSA keys take long to make. */
	f.key = FIXTURE_P256;
	f.issuer_key = FIXTURE_P256;
	f.authority = FIXTURE_P256;
	f.alter = alter;
	certified = identity->key;
	identity->cert = fixture_make(&f);
}

void
identity_rsa(struct identity *identity, unsigned bits)
{
	struct rsa_numbers rsa = { BN_new(), BN_new(), NULL };

	assert_true(rsa.n != NULL && rsa.e != NULL);
	assert_int_equal(BN_set_word(rsa.e, EXPONENT), 1);
	numbers_make(&rsa, bits);
	identity->key = key_of(&rsa);
	certify(identity);
	BN_free(rsa.n);
	BN_free(rsa.e);
	BN_clear_free(rsa.d);
}

void
identity_ec(struct identity *identity)
{
	identity->key = EVP_PKEY_Q_keygen(fixture_crypto(), NULL, "EC",
	    "P-384");
	assert_non_null(identity->key);
	certify(identity);
}

void
identity_free(struct identity *identity)
{
	EVP_PKEY_free(identity->key);
	identity->key = NULL;
	jpki_buf_free(&identity->cert);
}

struct jpki_buf
identity_sign(const struct identity *identity, struct slice data)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(fixture_crypto(),
	    identity->key, NULL);
	struct jpki_buf signature = { NULL, 0 };
	uint8_t bytes[512];
	size_t n = sizeof(bytes);

	assert_non_null(ctx);
	assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx,
	    RSA_PKCS1_PADDING), 1);
	assert_int_equal(EVP_PKEY_sign(ctx, bytes, &n, data.p, data.n), 1);
	assert_int_equal(buf_copy(slice_of(bytes, n), &signature), JPKI_OK);
	EVP_PKEY_CTX_free(ctx);
	return signature;
}
