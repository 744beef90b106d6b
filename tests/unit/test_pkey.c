/* SPDX-License-Identifier: BSD-2-Clause */
/* The card's keys as OpenSSL's: what they sign, what it costs, their lives. */
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>

#include "fixture.h"
#include "keykit.h"

#define SIG_MAX	512

/* How a signature is asked for; what is not set is left to OpenSSL. */
struct way {
	const char	*digest;	/* NULL: none */
	int		 padding;	/* 0: not set */
	int		 salt;		/* 0: not set */
	const char	*mgf1;
};

struct sig {
	uint8_t	p[SIG_MAX];
	size_t	n;
};

static const uint8_t text[] = "A text that is signed.\n";

static int
set_way(EVP_PKEY_CTX *ctx, const struct way *way)
{
	return (way->padding == 0 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, way->padding) == 1) &&
	    (way->salt == 0 ||
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, way->salt) == 1) &&
	    (way->mgf1 == NULL ||
	    EVP_PKEY_CTX_set_rsa_mgf1_md_name(ctx, way->mgf1, NULL) == 1);
}

/* The text as a stream, its bytes one by one. */
static int
sign_stream(const struct keykit *kit, const struct way *way, struct sig *sig)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx;
	int done;

	sig->n = sizeof(sig->p);
	done = EVP_DigestSignInit_ex(md, &ctx, way->digest, kit->crypto, NULL,
	    kit->key, NULL) == 1 && set_way(ctx, way);
	for (size_t i = 0; done && i < sizeof(text); i++)
		done = EVP_DigestSignUpdate(md, &text[i], 1) == 1;
	done = done && EVP_DigestSignFinal(md, sig->p, &sig->n) == 1;
	EVP_MD_CTX_free(md);
	return done;
}

static int
verify_stream(const struct keykit *kit, const struct way *way, EVP_PKEY *key,
    const struct sig *sig)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx;
	int holds;

	assert_int_equal(EVP_DigestVerifyInit_ex(md, &ctx, way->digest,
	    kit->crypto, NULL, key, NULL), 1);
	assert_true(set_way(ctx, way));
	holds = EVP_DigestVerify(md, sig->p, sig->n, text, sizeof(text));
	EVP_MD_CTX_free(md);
	ERR_clear_error();
	return holds == 1;
}

/* A digest that is there already; of no digest, the data themselves. */
static int
sign_digest(const struct keykit *kit, const struct way *way,
    struct slice digest, struct sig *sig)
{
	EVP_PKEY_CTX *ctx;
	int done;

	ctx = EVP_PKEY_CTX_new_from_pkey(kit->crypto, kit->key, NULL);
	sig->n = sizeof(sig->p);
	done = EVP_PKEY_sign_init(ctx) == 1 && (way->digest == NULL ||
	    EVP_PKEY_CTX_set_signature_md(ctx,
	    EVP_get_digestbyname(way->digest)) == 1) && set_way(ctx, way) &&
	    EVP_PKEY_sign(ctx, sig->p, &sig->n, digest.p, digest.n) == 1;
	EVP_PKEY_CTX_free(ctx);
	return done;
}

static void
fails(struct keykit *kit, const char *what, const struct way *way,
    enum jpki_err err)
{
	const char *words = NULL;
	struct sig sig;
	int flags;

	if (sign_stream(kit, way, &sig) != 0)
		fail_msg("%s: signed", what);
	expect_err(what, jpki_pkey_error(kit->key), err);
	ERR_peek_last_error_data(&words, &flags);
	expect_text(what, words, jpki_strerror(err));
	ERR_clear_error();
}

static const struct {
	enum jpki_key		 key;
	enum jpki_cert_id	 cert;
} keys[] = {
	{ JPKI_KEY_AUTH, JPKI_CERT_AUTH },
	{ JPKI_KEY_SIGN, JPKI_CERT_SIGN },
};

static const struct way pkcs1_sha256 = { "SHA256", 0, 0, NULL };
static const struct way pss = { "SHA256", RSA_PKCS1_PSS_PADDING,
	RSA_PSS_SALTLEN_DIGEST, NULL };

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

	for (size_t i = 0; i < COUNT(keys); i++) {
		keykit_key(kit, keys[i].key);
		cert = keykit_cert(kit, keys[i].cert);
		for (size_t j = 0; j < COUNT(ways); j++) {
			assert_int_equal(sign_stream(kit, &ways[j], &sig), 1);
			assert_true(verify_stream(kit, &ways[j],
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

		assert_int_equal(sign_digest(kit, &way,
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
	assert_int_equal(sign_digest(kit, &pkcs1_sha256,
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
		fails(kit, rows[i].what, &rows[i].way, JPKI_ERR_UNSUPPORTED);
	expect_int("commands", (long long)keykit_commands(kit), 0);
}

static void
a_key_verifies_its_own_signatures_without_the_card(void **state)
{
	struct keykit *kit = *state;
	struct sig sig;

	keykit_key(kit, JPKI_KEY_SIGN);
	for (size_t j = 0; j < COUNT(ways); j++) {
		assert_int_equal(sign_stream(kit, &ways[j], &sig), 1);
		vlink_counters_clear(kit->link);
		assert_true(verify_stream(kit, &ways[j], kit->key, &sig));
		sig.p[100] ^= 1;
		assert_false(verify_stream(kit, &ways[j], kit->key, &sig));
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
	assert_int_equal(EVP_DigestSignUpdate(md, text, 5), 1);
	assert_int_equal(EVP_MD_CTX_copy_ex(copy, md), 1);
	assert_int_equal(EVP_DigestSignUpdate(md, "other", 5), 1);
	assert_int_equal(EVP_DigestSignUpdate(copy, text + 5,
	    sizeof(text) - 5), 1);
	assert_int_equal(EVP_DigestSignFinal(copy, sig.p, &sig.n), 1);
	assert_true(verify_stream(kit, &pkcs1_sha256, kit->key, &sig));
	assert_int_equal(EVP_DigestSignInit_ex(md, NULL, "SHA256",
	    kit->crypto, NULL, NULL, NULL), 1);
	sig.n = SIG_MAX;
	assert_int_equal(EVP_DigestSign(md, sig.p, &sig.n, text,
	    sizeof(text)), 1);
	assert_true(verify_stream(kit, &pkcs1_sha256, kit->key, &sig));
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
	assert_int_equal(EVP_DigestSign(md, sig.p, &sig.n, text,
	    sizeof(text)), 1);
	assert_true(verify_stream(kit, &pkcs1_sha256, kit->key, &sig));
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
	fails(kit, "public", &pkcs1_sha256, JPKI_ERR_ARG);
	kit->key = soft;
	assert_int_equal(sign_stream(kit, &pkcs1_sha256, &sig), 1);
	assert_true(verify_stream(kit, &pkcs1_sha256, key, &sig));
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
	assert_int_equal(sign_stream(kit, &pkcs1_sha256, &sig), 1);
	EVP_PKEY_free(soft);
	soft = fixture_key(FIXTURE_RSA);
	kit->key = soft;
	assert_int_equal(sign_stream(kit, &pss, &sig), 1);
	assert_true(verify_stream(kit, &pss, soft, &sig));
	kit->key = mine;
	assert_false(verify_stream(kit, &pss, mine, &sig));
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

/*
 * What it costs.
 */

static unsigned long
cost_by_the_library(struct keykit *kit, enum jpki_key key, bool with_pss)
{
	static const uint8_t digest[32];
	struct jpki_buf sig = { NULL, 0 };

	vlink_counters_clear(kit->link);
	expect_err("sign", with_pss ?
	    jpki_sign_pss(kit->card, key, digest, 32, &sig) :
	    jpki_sign(kit->card, key, JPKI_HASH_SHA256, digest, 32, &sig),
	    JPKI_OK);
	jpki_buf_free(&sig);
	return keykit_commands(kit);
}

static unsigned long
cost_by_openssl(struct keykit *kit, bool with_pss)
{
	struct sig sig;

	vlink_counters_clear(kit->link);
	assert_int_equal(sign_stream(kit, with_pss ? &pss : &pkcs1_sha256,
	    &sig), 1);
	return keykit_commands(kit);
}

static void
a_signature_costs_what_the_librarys_does(void **state)
{
	struct keykit *kit = *state;
	unsigned long cold, warm, wanted;

	for (unsigned i = 0; i < 2 * COUNT(keys); i++) {
		enum jpki_key key = keys[i / 2].key;
		bool with_pss = i % 2 == 1;

		keykit_load(kit, "adult");
		keykit_key(kit, key);
		cold = cost_by_openssl(kit, with_pss);
		warm = cost_by_openssl(kit, with_pss);
		wanted = cost_by_the_library(kit, key, with_pss);
		expect_int("warm", (long long)warm, (long long)wanted);
		keykit_load(kit, "adult");
		keykit_key(kit, key);
		wanted = cost_by_the_library(kit, key, with_pss);
		expect_int("cold", (long long)cold, (long long)wanted);
	}
}

static void
inside_a_transaction_a_signature_is_one_command(void **state)
{
	struct keykit *kit = *state;
	struct sig sig;

	expect_err("begin", jpki_card_begin(kit->card), JPKI_OK);
	keykit_key(kit, JPKI_KEY_AUTH);
	assert_int_equal(sign_stream(kit, &pkcs1_sha256, &sig), 1);
	vlink_counters_clear(kit->link);
	for (int i = 0; i < 3; i++)
		assert_int_equal(sign_stream(kit, &pkcs1_sha256, &sig), 1);
	expect_int("commands", (long long)keykit_commands(kit), 3);
	jpki_card_end(kit->card);
}

static void
a_key_costs_its_certificate_once(void **state)
{
	struct keykit *kit = *state;
	EVP_PKEY *again = NULL;

	keykit_key(kit, JPKI_KEY_AUTH);
	vlink_counters_clear(kit->link);
	expect_err("again", jpki_pkey(kit->card, JPKI_KEY_AUTH, &again),
	    JPKI_OK);
	expect_int("commands", (long long)keykit_commands(kit), 0);
	assert_int_equal(EVP_PKEY_eq(again, kit->key), 1);
	EVP_PKEY_free(again);
}

/*
 * What goes wrong.
 */

static void
without_a_login_the_card_is_not_asked(void **state)
{
	struct keykit *kit = *state;

	for (size_t i = 0; i < COUNT(keys); i++) {
		keykit_key(kit, keys[i].key);
		expect_err("logout", jpki_logout(kit->card), JPKI_OK);
		vlink_counters_clear(kit->link);
		fails(kit, "PKCS #1", &pkcs1_sha256, JPKI_ERR_AUTH_REQUIRED);
		fails(kit, "PSS", &pss, JPKI_ERR_AUTH_REQUIRED);
		expect_int("commands", (long long)keykit_commands(kit), 0);
	}
}

static void
the_signature_key_needs_its_certificate_and_so_a_login(void **state)
{
	struct keykit *kit = *state;
	EVP_PKEY *key = NULL;

	vlink_counters_clear(kit->link);
	expect_err("key", jpki_pkey(kit->card, JPKI_KEY_SIGN, &key),
	    JPKI_ERR_AUTH_REQUIRED);
	expect_int("commands", (long long)keykit_commands(kit), 0);
	assert_null(key);
}

static void
the_login_of_one_key_is_not_the_others(void **state)
{
	struct keykit *kit = *state;

	keykit_key(kit, JPKI_KEY_AUTH);
	expect_err("logout", jpki_logout(kit->card), JPKI_OK);
	keykit_login(kit, JPKI_KEY_SIGN);
	fails(kit, "sign", &pkcs1_sha256, JPKI_ERR_AUTH_REQUIRED);
}

static void
a_card_that_is_pulled_ends_the_login_and_not_the_key(void **state)
{
	struct vcard_pin_use use;
	struct keykit *kit = *state;
	struct sig sig;

	keykit_key(kit, JPKI_KEY_AUTH);
	assert_int_equal(sign_stream(kit, &pkcs1_sha256, &sig), 1);
	vlink_counters_clear(kit->link);
	linkkit_fault(kit->link, "remove@2");
	fails(kit, "pulled", &pkcs1_sha256, JPKI_ERR_REMOVED);
	fails(kit, "out", &pkcs1_sha256, JPKI_ERR_NO_CARD);
	vlink_insert(kit->link);
	fails(kit, "in again", &pkcs1_sha256, JPKI_ERR_AUTH_REQUIRED);
	keykit_login(kit, JPKI_KEY_AUTH);
	assert_int_equal(sign_stream(kit, &pkcs1_sha256, &sig), 1);
	expect_err("error", jpki_pkey_error(kit->key), JPKI_OK);
	assert_int_equal(vlink_pin_use(kit->link, "auth", &use), 0);
	expect_int("VERIFY", (long long)use.verify, 2);
}

static EVP_PKEY *
other_key(enum personalise_key which)
{
	return vkit_key(which == PERSONALISE_KEY_SIGN ? PERSONALISE_KEY_AUTH :
	    which);
}

static struct vlink *
other_card(void)
{
	char error[VCARD_ERROR_MAX] = "";
	struct vcard *card = NULL;
	struct vlink *link;

	if (personalise(vkit_path("other"), "adult", NULL, NULL, other_key,
	    error) != 0 || vcard_load(vkit_path("other"), &card, error) != 0)
		fail_msg("%s", error);
	link = vlink_new(card);
	assert_non_null(link);
	return link;
}

/* Whoever logs in to another card has not allowed this key anything. */
static void
another_card_signs_nothing_for_this_key(void **state)
{
	struct keykit *kit = *state;

	keykit_key(kit, JPKI_KEY_SIGN);
	vtransport_unplug(kit->t, KEYKIT_READER);
	kit->other = other_card();
	expect_err("add", vtransport_add(kit->t, KEYKIT_READER, kit->other),
	    JPKI_OK);
	fails(kit, "reader gone", &pkcs1_sha256, JPKI_ERR_IO);
	fails(kit, "logged out", &pkcs1_sha256, JPKI_ERR_AUTH_REQUIRED);
	keykit_login(kit, JPKI_KEY_SIGN);
	vlink_counters_clear(kit->other);
	fails(kit, "other card", &pkcs1_sha256, JPKI_ERR_MISMATCH);
	expect_int("signatures", (long long)vlink_counters(kit->other,
	    0x2A).commands, 0);
}

static void
what_the_card_refuses_arrives_as_its_error(void **state)
{
	struct keykit *kit = *state;

	keykit_key(kit, JPKI_KEY_AUTH);
	linkkit_fault(kit->link, "sw=6F00@ins=2A");
	fails(kit, "refused", &pkcs1_sha256, JPKI_ERR_SW);
	expect_int("status word", jpki_card_sw(kit->card), 0x6F00);
}

static void
pss_is_asked_once_of_a_card_without_it(void **state)
{
	char error[VCARD_ERROR_MAX];
	struct keykit *kit = *state;
	struct sig sig;

	assert_int_equal(vcard_quirk(vlink_card(kit->link), "strict-p1", NULL,
	    error), 0);
	keykit_key(kit, JPKI_KEY_AUTH);
	fails(kit, "first", &pss, JPKI_ERR_UNSUPPORTED);
	vlink_counters_clear(kit->link);
	fails(kit, "second", &pss, JPKI_ERR_UNSUPPORTED);
	expect_int("commands", (long long)keykit_commands(kit), 0);
	assert_int_equal(sign_stream(kit, &pkcs1_sha256, &sig), 1);
}

static void
a_key_of_a_type_without_a_command_is_unsupported(void **state)
{
	struct keykit *kit = *state;
	EVP_PKEY *key = NULL;

	keykit_load(kit, "next-generation");
	expect_err("key", jpki_pkey(kit->card, JPKI_KEY_AUTH, &key),
	    JPKI_ERR_UNSUPPORTED);
	assert_null(key);
}

static void
arguments_that_cannot_be_right_are_refused(void **state)
{
	struct keykit *kit = *state;
	OSSL_LIB_CTX *crypto = NULL;
	EVP_PKEY *key = NULL;

	expect_err("card", jpki_pkey(NULL, JPKI_KEY_AUTH, &key),
	    JPKI_ERR_ARG);
	expect_err("key", jpki_pkey(kit->card, JPKI_KEY_COUNT, &key),
	    JPKI_ERR_ARG);
	expect_err("out", jpki_pkey(kit->card, JPKI_KEY_AUTH, NULL),
	    JPKI_ERR_ARG);
	expect_err("ctx", jpki_crypto(NULL, &crypto), JPKI_ERR_ARG);
	expect_err("out", jpki_crypto(kit->ctx, NULL), JPKI_ERR_ARG);
	assert_true(key == NULL && crypto == NULL);
}

/*
 * Lives.
 */

static void
a_key_outlives_its_card_and_says_that_it_is_closed(void **state)
{
	struct keykit *kit = *state;
	struct sig sig;

	keykit_key(kit, JPKI_KEY_AUTH);
	assert_int_equal(sign_stream(kit, &pkcs1_sha256, &sig), 1);
	jpki_card_close(&kit->card);
	vlink_counters_clear(kit->link);
	fails(kit, "closed", &pkcs1_sha256, JPKI_ERR_ARG);
	expect_int("commands", (long long)keykit_commands(kit), 0);
	assert_true(verify_stream(kit, &pkcs1_sha256, kit->key, &sig));
	EVP_PKEY_free(kit->key);
	kit->key = NULL;
}

static void
keys_go_in_any_order(void **state)
{
	struct keykit *kit = *state;
	EVP_PKEY *key[3];

	keykit_login(kit, JPKI_KEY_SIGN);
	for (size_t i = 0; i < COUNT(key); i++)
		expect_err("key", jpki_pkey(kit->card, i == 1 ? JPKI_KEY_SIGN :
		    JPKI_KEY_AUTH, &key[i]), JPKI_OK);
	EVP_PKEY_free(key[1]);
	jpki_card_close(&kit->card);
	EVP_PKEY_free(key[0]);
	EVP_PKEY_free(key[2]);
}

static void
the_library_context_is_always_the_same(void **state)
{
	struct keykit *kit = *state;
	OSSL_LIB_CTX *again = NULL;

	expect_err("again", jpki_crypto(kit->ctx, &again), JPKI_OK);
	assert_ptr_equal(again, kit->crypto);
	assert_int_equal(OSSL_PROVIDER_available(again, "jpki"), 1);
	assert_int_equal(OSSL_PROVIDER_available(NULL, "jpki"), 0);
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
		WITH_KEYKIT(a_signature_costs_what_the_librarys_does),
		WITH_KEYKIT(inside_a_transaction_a_signature_is_one_command),
		WITH_KEYKIT(a_key_costs_its_certificate_once),
		WITH_KEYKIT(without_a_login_the_card_is_not_asked),
		WITH_KEYKIT(the_signature_key_needs_its_certificate_and_so_a_login),
		WITH_KEYKIT(the_login_of_one_key_is_not_the_others),
		WITH_KEYKIT(a_card_that_is_pulled_ends_the_login_and_not_the_key),
		WITH_KEYKIT(another_card_signs_nothing_for_this_key),
		WITH_KEYKIT(what_the_card_refuses_arrives_as_its_error),
		WITH_KEYKIT(pss_is_asked_once_of_a_card_without_it),
		WITH_KEYKIT(a_key_of_a_type_without_a_command_is_unsupported),
		WITH_KEYKIT(arguments_that_cannot_be_right_are_refused),
		WITH_KEYKIT(a_key_outlives_its_card_and_says_that_it_is_closed),
		WITH_KEYKIT(keys_go_in_any_order),
		WITH_KEYKIT(the_library_context_is_always_the_same),
	};
	int failed = cmocka_run_group_tests_name("pkey", tests, NULL,
	    vkit_end);

	return failed + fixture_free(NULL);
}
