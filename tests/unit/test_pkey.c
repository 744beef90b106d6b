/* SPDX-License-Identifier: BSD-2-Clause */
/* The card's keys as OpenSSL's: what they sign, and what they say. */
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>

#include "fixture.h"
#include "signkit.h"

static const struct way ways[] = {
	{ "SHA256", 0, 0, NULL },
	{ "SHA384", 0, 0, NULL },
	{ "SHA512", 0, 0, NULL },
	{ "SHA2-256", RSA_PKCS1_PADDING, 0, NULL },
	{ NULL, 0, 0, NULL },		/* the key's default digest */
	{ "SHA256", RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_DIGEST, NULL },
	{ "SHA256", RSA_PKCS1_PSS_PADDING, 32, "SHA256" },
};

/*
 * What it signs.
 */

static void
each_key_signs_in_each_way(void **state)
{
	struct keykit *kit = *state;
	struct sig sig;
	X509 *cert;

	for (size_t i = 0; i < JPKI_KEY_COUNT; i++) {
		keykit_key(kit, signkit_keys[i].key);
		cert = keykit_cert(kit, signkit_keys[i].cert);
		for (size_t j = 0; j < COUNT(ways); j++) {
			assert_int_equal(signkit_sign(kit, &ways[j], &sig), 1);
			assert_true(signkit_verify(kit, &ways[j],
			    X509_get0_pubkey(cert), &sig));
			expect_err("error", jpki_pkey_error(kit->key),
			    JPKI_OK);
		}
		X509_free(cert);
	}
}

static void
a_digest_is_signed_as_the_library_signs_it(void **state)
{
	static const struct {
		const char	*name;
		enum jpki_hash	 hash;
		size_t		 n;
	} rows[] = {
		{ NULL, JPKI_HASH_NONE, 51 },
		{ "SHA256", JPKI_HASH_SHA256, 32 },
		{ "SHA384", JPKI_HASH_SHA384, 48 },
		{ "SHA512", JPKI_HASH_SHA512, 64 },
	};
	struct keykit *kit = *state;
	struct jpki_buf wanted = { NULL, 0 };
	uint8_t digest[64];
	struct sig sig;

	memset(digest, 0x5A, sizeof(digest));
	keykit_key(kit, JPKI_KEY_AUTH);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct way way = { rows[i].name, 0, 0, NULL };

		assert_int_equal(signkit_sign_digest(kit, &way,
		    slice_of(digest, rows[i].n), &sig), 1);
		expect_err("sign", jpki_sign(kit->card, JPKI_KEY_AUTH,
		    rows[i].hash, digest, rows[i].n, &wanted), JPKI_OK);
		expect_bytes("signature", slice_of(sig.p, sig.n),
		    slice_of(wanted.p, wanted.n));
		jpki_buf_free(&wanted);
	}
}

static void
a_digest_of_another_length_is_refused(void **state)
{
	struct keykit *kit = *state;
	uint8_t digest[64] = { 0 };
	struct sig sig;

	keykit_key(kit, JPKI_KEY_AUTH);
	vlink_counters_clear(kit->link);
	assert_int_equal(signkit_sign_digest(kit, &signkit_pkcs1,
	    slice_of(digest, 31), &sig), 0);
	expect_err("error", jpki_pkey_error(kit->key), JPKI_ERR_ARG);
	expect_int("commands", (long long)keykit_commands(kit), 0);
	ERR_clear_error();
}

/* Some of it OpenSSL refuses by itself, before it comes to us. */
static void
what_the_card_cannot_do_is_refused_without_a_command(void **state)
{
	static const struct {
		const char	*what;
		struct way	 way;
	} rows[] = {
		{ "SHA-1", { "SHA1", 0, 0, NULL } },
		{ "SHA-224", { "SHA224", 0, 0, NULL } },
		{ "SHA3-256", { "SHA3-256", 0, 0, NULL } },
		{ "PSS of SHA-384", { "SHA384", RSA_PKCS1_PSS_PADDING,
		    RSA_PSS_SALTLEN_DIGEST, NULL } },
		{ "MGF1 of SHA-512", { "SHA256", RSA_PKCS1_PSS_PADDING, 32,
		    "SHA512" } },
		{ "salt of 20", { "SHA256", RSA_PKCS1_PSS_PADDING, 20, NULL } },
		{ "longest salt", { "SHA256", RSA_PKCS1_PSS_PADDING,
		    RSA_PSS_SALTLEN_MAX, NULL } },
		{ "any salt", { "SHA256", RSA_PKCS1_PSS_PADDING, 0, NULL } },
	};
	struct keykit *kit = *state;

	keykit_key(kit, JPKI_KEY_AUTH);
	vlink_counters_clear(kit->link);
	for (size_t i = 0; i < COUNT(rows); i++)
		signkit_fails(kit, rows[i].what, &rows[i].way,
		    JPKI_ERR_UNSUPPORTED);
	expect_int("commands", (long long)keykit_commands(kit), 0);
}

static void
a_key_verifies_its_own_signatures_without_the_card(void **state)
{
	struct keykit *kit = *state;
	struct sig sig;

	keykit_key(kit, JPKI_KEY_SIGN);
	for (size_t j = 0; j < COUNT(ways); j++) {
		assert_int_equal(signkit_sign(kit, &ways[j], &sig), 1);
		vlink_counters_clear(kit->link);
		assert_true(signkit_verify(kit, &ways[j], kit->key, &sig));
		sig.p[100] ^= 1;
		assert_false(signkit_verify(kit, &ways[j], kit->key, &sig));
		expect_int("commands", (long long)keykit_commands(kit), 0);
	}
}

static void
a_stream_can_be_copied_and_begun_again(void **state)
{
	struct keykit *kit = *state;
	EVP_MD_CTX *md = EVP_MD_CTX_new(), *copy = EVP_MD_CTX_new();
	struct sig sig = { .n = SIG_MAX };

	keykit_key(kit, JPKI_KEY_AUTH);
	assert_int_equal(EVP_DigestSignInit_ex(md, NULL, "SHA256",
	    kit->crypto, NULL, kit->key, NULL), 1);
	assert_int_equal(EVP_DigestSignUpdate(md, signkit_text, 5), 1);
	assert_int_equal(EVP_MD_CTX_copy_ex(copy, md), 1);
	assert_int_equal(EVP_DigestSignUpdate(md, "other", 5), 1);
	assert_int_equal(EVP_DigestSignUpdate(copy, signkit_text + 5,
	    SIGNKIT_TEXT_N - 5), 1);
	assert_int_equal(EVP_DigestSignFinal(copy, sig.p, &sig.n), 1);
	assert_true(signkit_verify(kit, &signkit_pkcs1, kit->key, &sig));
	assert_int_equal(EVP_DigestSignInit_ex(md, NULL, "SHA256",
	    kit->crypto, NULL, NULL, NULL), 1);
	sig.n = SIG_MAX;
	assert_int_equal(EVP_DigestSign(md, sig.p, &sig.n, signkit_text,
	    SIGNKIT_TEXT_N), 1);
	assert_true(signkit_verify(kit, &signkit_pkcs1, kit->key, &sig));
	EVP_MD_CTX_free(md);
	EVP_MD_CTX_free(copy);
}

static void
the_length_costs_nothing_and_too_little_room_is_an_error(void **state)
{
	struct keykit *kit = *state;
	EVP_PKEY_CTX *ctx;
	uint8_t digest[32] = { 0 }, sig[SIG_MAX];
	size_t n = 0;

	keykit_key(kit, JPKI_KEY_AUTH);
	vlink_counters_clear(kit->link);
	ctx = EVP_PKEY_CTX_new_from_pkey(kit->crypto, kit->key, NULL);
	assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
	assert_int_equal(EVP_PKEY_sign(ctx, NULL, &n, digest, 32), 1);
	expect_int("length", (long long)n, 256);
	n = 255;
	assert_int_equal(EVP_PKEY_sign(ctx, sig, &n, digest, 32), 0);
	expect_err("error", jpki_pkey_error(kit->key), JPKI_ERR_BUFFER);
	expect_int("commands", (long long)keykit_commands(kit), 0);
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
}

/* Programs that know of no library context but the default one. */
static void
the_key_brings_its_library_context_along(void **state)
{
	struct keykit *kit = *state;
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	struct sig sig = { .n = SIG_MAX };

	keykit_key(kit, JPKI_KEY_AUTH);
	assert_int_equal(EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL,
	    kit->key), 1);
	assert_int_equal(EVP_DigestSign(md, sig.p, &sig.n, signkit_text,
	    SIGNKIT_TEXT_N), 1);
	assert_true(signkit_verify(kit, &signkit_pkcs1, kit->key, &sig));
	EVP_MD_CTX_free(md);
}

/*
 * What the key says of itself.
 */

static void
the_key_is_an_rsa_key_of_the_certificate(void **state)
{
	struct keykit *kit = *state;
	EVP_PKEY *key = keykit_key(kit, JPKI_KEY_AUTH);
	X509 *cert = keykit_cert(kit, JPKI_CERT_AUTH);
	X509 *other = keykit_cert(kit, JPKI_CERT_AUTH_CA);
	char name[50];

	assert_true(EVP_PKEY_is_a(key, "RSA"));
	assert_int_equal(EVP_PKEY_get_base_id(key), EVP_PKEY_RSA);
	expect_int("bits", EVP_PKEY_get_bits(key), 2048);
	expect_int("security", EVP_PKEY_get_security_bits(key), 112);
	expect_int("size", EVP_PKEY_get_size(key), 256);
	assert_true(EVP_PKEY_get_default_digest_name(key, name,
	    sizeof(name)) > 0);
	expect_text("digest", name, "SHA256");
	expect_text("provider",
	    OSSL_PROVIDER_get0_name(EVP_PKEY_get0_provider(key)), "jpki");
	assert_int_equal(EVP_PKEY_eq(key, X509_get0_pubkey(cert)), 1);
	assert_int_equal(EVP_PKEY_eq(X509_get0_pubkey(cert), key), 1);
	assert_int_equal(EVP_PKEY_eq(key, key), 1);
	assert_int_equal(EVP_PKEY_eq(key, X509_get0_pubkey(other)), 0);
	assert_int_equal(X509_check_private_key(cert, key), 1);
	assert_int_equal(X509_check_private_key(other, key), 0);
	ERR_clear_error();
	X509_free(cert);
	X509_free(other);
}

static void
the_public_half_can_be_had_and_the_private_one_cannot(void **state)
{
	struct keykit *kit = *state;
	EVP_PKEY *key = keykit_key(kit, JPKI_KEY_AUTH);
	X509 *cert = keykit_cert(kit, JPKI_CERT_AUTH);
	unsigned char *spki = NULL, *wanted = NULL;
	OSSL_PARAM *params = NULL;
	int n, wanted_n;

	wanted_n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &wanted);
	n = i2d_PUBKEY(key, &spki);
	assert_true(n > 0 && wanted_n > 0);
	expect_bytes("spki", slice_of(spki, (size_t)n),
	    slice_of(wanted, (size_t)wanted_n));
	assert_int_equal(EVP_PKEY_todata(key, EVP_PKEY_PUBLIC_KEY, &params),
	    1);
	assert_non_null(OSSL_PARAM_locate(params, OSSL_PKEY_PARAM_RSA_N));
	assert_null(OSSL_PARAM_locate(params, OSSL_PKEY_PARAM_RSA_D));
	OSSL_PARAM_free(params);
	params = NULL;
	assert_int_equal(EVP_PKEY_todata(key, EVP_PKEY_KEYPAIR, &params), 0);
	assert_null(params);
	OPENSSL_free(spki);
	OPENSSL_free(wanted);
	X509_free(cert);
	ERR_clear_error();
}

/* Programs ask what there is before they get or set it. */
static void
what_can_be_asked_and_set_is_said(void **state)
{
	struct keykit *kit = *state;
	EVP_PKEY *key = keykit_key(kit, JPKI_KEY_AUTH);
	const OSSL_PARAM *params = EVP_PKEY_gettable_params(key);
	BIGNUM *modulus = NULL;
	EVP_PKEY_CTX *ctx;

	assert_non_null(OSSL_PARAM_locate_const(params,
	    OSSL_PKEY_PARAM_BITS));
	assert_int_equal(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N,
	    &modulus), 1);
	expect_int("modulus", BN_num_bits(modulus), 2048);
	BN_free(modulus);
	ctx = EVP_PKEY_CTX_new_from_pkey(kit->crypto, key, NULL);
	assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
	assert_non_null(OSSL_PARAM_locate_const(
	    EVP_PKEY_CTX_settable_params(ctx), OSSL_SIGNATURE_PARAM_PAD_MODE));
	assert_non_null(OSSL_PARAM_locate_const(
	    EVP_PKEY_CTX_gettable_params(ctx),
	    OSSL_SIGNATURE_PARAM_ALGORITHM_ID));
	/* A salt belongs to PSS. */
	assert_true(EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, 32) != 1);
	assert_int_equal(EVP_PKEY_CTX_ctrl_str(ctx, "rsa_padding_mode",
	    "pss"), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, 32), 1);
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
}

/* Another's private key has no way in here. */
static void
a_key_that_is_imported_is_a_public_one(void **state)
{
	struct keykit *kit = *state;
	EVP_PKEY *soft = fixture_key(FIXTURE_RSA), *key = NULL;
	OSSL_PARAM *params = NULL;
	EVP_PKEY_CTX *ctx;
	struct sig sig;

	ctx = EVP_PKEY_CTX_new_from_name(kit->crypto, "RSA",
	    "provider=jpki");
	assert_non_null(ctx);
	assert_int_equal(EVP_PKEY_todata(soft, EVP_PKEY_KEYPAIR, &params), 1);
	/* Before the init: OpenSSL 3.0 forgets it for this. */
	assert_non_null(OSSL_PARAM_locate_const(
	    EVP_PKEY_fromdata_settable(ctx, EVP_PKEY_PUBLIC_KEY),
	    OSSL_PKEY_PARAM_RSA_N));
	assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
	assert_int_equal(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR,
	    params), 1);
	assert_int_equal(EVP_PKEY_eq(key, soft), 1);
	kit->key = key;
	signkit_fails(kit, "public", &signkit_pkcs1, JPKI_ERR_ARG);
	kit->key = soft;
	assert_int_equal(signkit_sign(kit, &signkit_pkcs1, &sig), 1);
	assert_true(signkit_verify(kit, &signkit_pkcs1, key, &sig));
	kit->key = key;		/* which is freed with the kit */
	OSSL_PARAM_free(params);
	EVP_PKEY_CTX_free(ctx);
}

/* A key that is not the card's must not end up there. */
static void
software_keys_stay_with_openssl(void **state)
{
	struct keykit *kit = *state;
	EVP_PKEY *mine = keykit_key(kit, JPKI_KEY_AUTH), *soft;
	struct sig sig;

	soft = EVP_PKEY_Q_keygen(kit->crypto, NULL, "EC", "P-256");
	assert_non_null(soft);
	kit->key = soft;
	assert_int_equal(signkit_sign(kit, &signkit_pkcs1, &sig), 1);
	EVP_PKEY_free(soft);
	soft = fixture_key(FIXTURE_RSA);
	kit->key = soft;
	assert_int_equal(signkit_sign(kit, &signkit_pss, &sig), 1);
	assert_true(signkit_verify(kit, &signkit_pss, soft, &sig));
	kit->key = mine;
	assert_false(signkit_verify(kit, &signkit_pss, mine, &sig));
	expect_err("error", jpki_pkey_error(soft), JPKI_ERR_ARG);
	expect_err("error", jpki_pkey_error(NULL), JPKI_ERR_ARG);
}

static void
an_rsa_key_is_made_by_openssl_unless_ours_is_asked_for(void **state)
{
	struct keykit *kit = *state;
	EVP_KEYMGMT *rsa = EVP_KEYMGMT_fetch(kit->crypto, "RSA", NULL);
	EVP_SIGNATURE *sign = EVP_SIGNATURE_fetch(kit->crypto, "RSA", NULL);

	expect_text("key", OSSL_PROVIDER_get0_name(
	    EVP_KEYMGMT_get0_provider(rsa)), "default");
	expect_text("signature", OSSL_PROVIDER_get0_name(
	    EVP_SIGNATURE_get0_provider(sign)), "default");
	EVP_KEYMGMT_free(rsa);
	EVP_SIGNATURE_free(sign);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_KEYKIT(each_key_signs_in_each_way),
		WITH_KEYKIT(a_digest_is_signed_as_the_library_signs_it),
		WITH_KEYKIT(a_digest_of_another_length_is_refused),
		WITH_KEYKIT(what_the_card_cannot_do_is_refused_without_a_command),
		WITH_KEYKIT(a_key_verifies_its_own_signatures_without_the_card),
		WITH_KEYKIT(a_stream_can_be_copied_and_begun_again),
		WITH_KEYKIT(the_length_costs_nothing_and_too_little_room_is_an_error),
		WITH_KEYKIT(the_key_brings_its_library_context_along),
		WITH_KEYKIT(the_key_is_an_rsa_key_of_the_certificate),
		WITH_KEYKIT(the_public_half_can_be_had_and_the_private_one_cannot),
		WITH_KEYKIT(what_can_be_asked_and_set_is_said),
		WITH_KEYKIT(a_key_that_is_imported_is_a_public_one),
		WITH_KEYKIT(software_keys_stay_with_openssl),
		WITH_KEYKIT(an_rsa_key_is_made_by_openssl_unless_ours_is_asked_for),
	};
	int failed = cmocka_run_group_tests_name("pkey", tests, NULL,
	    vkit_end);

	return failed + fixture_free(NULL);
}
