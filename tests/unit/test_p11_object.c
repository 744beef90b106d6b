/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects: which there are, and every attribute of theirs beside what OpenSSL
 * finds in the certificate.
 */
#include "p11kit.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#define VALUE_MAX	4096

struct got {
	CK_BYTE		p[VALUE_MAX];
	CK_ULONG	n;
	CK_RV		rv;
};

static struct got
get(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type)
{
	struct got got = { .n = 0 };
	CK_ATTRIBUTE a = { type, got.p, sizeof(got.p) };

	got.rv = p11->C_GetAttributeValue(s, o, &a, 1);
	got.n = a.ulValueLen;
	return got;
}

static void
expect_attr(const char *what, CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o,
    CK_ATTRIBUTE_TYPE type, struct slice wanted)
{
	struct got got = get(s, o, type);

	expect_rv(what, got.rv, CKR_OK);
	expect_bytes(what, slice_of(got.p, got.n), wanted);
}

static CK_ULONG
number(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type)
{
	struct got got = get(s, o, type);
	CK_ULONG value;

	expect_rv("number", got.rv, CKR_OK);
	assert_int_equal(got.n, sizeof(value));
	memcpy(&value, got.p, sizeof(value));
	return value;
}

static bool
flag(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type)
{
	struct got got = get(s, o, type);

	if (got.rv != CKR_OK || got.n != 1 || got.p[0] > 1)
		fail_msg("attribute %lX: CKR %lX, %lu bytes", type, got.rv,
		    got.n);
	return got.p[0] != 0;
}

/* A session that sees everything, and the objects of a token. */
struct token {
	CK_SESSION_HANDLE	s;
	CK_OBJECT_HANDLE	cert, ca, private, public, profile;
	X509			*x509;		/* of cert */
	X509			*ca_x509;
};

static X509 *
x509_of(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o)
{
	struct got got = get(s, o, CKA_VALUE);
	const unsigned char *p = got.p;
	X509 *x509;

	expect_rv("value", got.rv, CKR_OK);
	x509 = d2i_X509(NULL, &p, (long)got.n);
	assert_non_null(x509);
	assert_ptr_equal(p, got.p + got.n);
	return x509;
}

static struct token
open_token(unsigned slot)
{
	struct token t = { .s = kit_open_user(slot) };

	t.cert = kit_find(t.s, CKO_CERTIFICATE);
	t.ca = kit_find_ca(t.s);
	t.private = kit_find(t.s, CKO_PRIVATE_KEY);
	t.public = kit_find(t.s, CKO_PUBLIC_KEY);
	t.profile = kit_find(t.s, CKO_PROFILE);
	t.x509 = x509_of(t.s, t.cert);
	t.ca_x509 = x509_of(t.s, t.ca);
	return t;
}

static void
close_token(struct token *t)
{
	X509_free(t->x509);
	X509_free(t->ca_x509);
	expect_rv("close", p11->C_CloseSession(t->s), CKR_OK);
}

static void
the_card_is_the_certificates_owner(void **state)
{
	EVP_PKEY *ca_key;
	struct token t;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	for (unsigned slot = AUTH; slot <= SIGN; slot++) {
		t = open_token(slot);
		/* Each token carries its own CA: chains end there. */
		ca_key = X509_get_pubkey(t.ca_x509);
		assert_int_equal(X509_verify(t.x509, ca_key), 1);
		EVP_PKEY_free(ca_key);
		close_token(&t);
	}
}

/* DER of something, by an i2d function's outcome. */
#define EXPECT_DER(what, s, o, type, i2d, from) do { \
	unsigned char *der_ = NULL; \
	int n_ = i2d(from, &der_); \
	assert_true(n_ > 0); \
	expect_attr(what, s, o, type, slice_of(der_, (size_t)n_)); \
	OPENSSL_free(der_); \
} while (0)

static void
expect_date(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type,
    const ASN1_TIME *time)
{
	char text[9];
	struct tm tm;

	assert_int_equal(ASN1_TIME_to_tm(time, &tm), 1);
	assert_int_equal(strftime(text, sizeof(text), "%Y%m%d", &tm), 8);
	expect_attr("date", s, o, type, slice_of(text, 8));
}

static struct slice
key_id(X509 *x509)
{
	const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(x509);

	assert_non_null(id);
	return slice_of(ASN1_STRING_get0_data(id),
	    (size_t)ASN1_STRING_length(id));
}

/* What certificates and keys have in common. */
static void
expect_common(const struct token *t, CK_OBJECT_HANDLE o, X509 *x509,
    const char *label)
{
	expect_attr("label", t->s, o, CKA_LABEL, text_slice(label));
	expect_attr("id", t->s, o, CKA_ID, key_id(x509));
	EXPECT_DER("subject", t->s, o, CKA_SUBJECT, i2d_X509_NAME,
	    X509_get_subject_name(x509));
	EXPECT_DER("key", t->s, o, CKA_PUBLIC_KEY_INFO, i2d_X509_PUBKEY,
	    X509_get_X509_PUBKEY(x509));
	expect_date(t->s, o, CKA_START_DATE, X509_get0_notBefore(x509));
	expect_date(t->s, o, CKA_END_DATE, X509_get0_notAfter(x509));
	assert_true(flag(t->s, o, CKA_TOKEN));
	assert_false(flag(t->s, o, CKA_MODIFIABLE));
	assert_false(flag(t->s, o, CKA_COPYABLE));
	assert_false(flag(t->s, o, CKA_DESTROYABLE));
}

static void
expect_certificate(const struct token *t, CK_OBJECT_HANDLE o, X509 *x509)
{
	struct got value = get(t->s, o, CKA_VALUE);
	uint8_t sha1[EVP_MAX_MD_SIZE];

	assert_int_equal(number(t->s, o, CKA_CLASS), CKO_CERTIFICATE);
	assert_int_equal(number(t->s, o, CKA_CERTIFICATE_TYPE), CKC_X_509);
	assert_int_equal(number(t->s, o, CKA_CERTIFICATE_CATEGORY),
	    o == t->ca ? 2 : 1);
	assert_int_equal(number(t->s, o, CKA_JAVA_MIDP_SECURITY_DOMAIN), 0);
	assert_int_equal(number(t->s, o, CKA_NAME_HASH_ALGORITHM),
	    CKM_SHA_1);
	EXPECT_DER("issuer", t->s, o, CKA_ISSUER, i2d_X509_NAME,
	    X509_get_issuer_name(x509));
	EXPECT_DER("serial", t->s, o, CKA_SERIAL_NUMBER, i2d_ASN1_INTEGER,
	    X509_get0_serialNumber(x509));
	assert_int_equal(EVP_Digest(value.p, value.n, sha1, NULL,
	    EVP_sha1(), NULL), 1);
	expect_attr("check value", t->s, o, CKA_CHECK_VALUE,
	    slice_of(sha1, 3));
	/* Only a security officer may say that. */
	assert_false(flag(t->s, o, CKA_TRUSTED));
	expect_attr("url", t->s, o, CKA_URL, slice_of("", 0));
	expect_attr("hash", t->s, o, CKA_HASH_OF_SUBJECT_PUBLIC_KEY,
	    slice_of("", 0));
	expect_attr("hash", t->s, o, CKA_HASH_OF_ISSUER_PUBLIC_KEY,
	    slice_of("", 0));
}

static void
expect_number_of_key(const struct token *t, CK_OBJECT_HANDLE o,
    CK_ATTRIBUTE_TYPE type, const char *parameter)
{
	uint8_t bytes[512];
	EVP_PKEY *key = X509_get0_pubkey(t->x509);
	BIGNUM *bn = NULL;
	int n;

	assert_int_equal(EVP_PKEY_get_bn_param(key, parameter, &bn), 1);
	n = BN_bn2bin(bn, bytes);
	expect_attr(parameter, t->s, o, type, slice_of(bytes, (size_t)n));
	BN_free(bn);
}

static void
expect_key(const struct token *t, CK_OBJECT_HANDLE o)
{
	assert_int_equal(number(t->s, o, CKA_KEY_TYPE), CKK_RSA);
	expect_number_of_key(t, o, CKA_MODULUS, OSSL_PKEY_PARAM_RSA_N);
	expect_number_of_key(t, o, CKA_PUBLIC_EXPONENT,
	    OSSL_PKEY_PARAM_RSA_E);
	assert_true(flag(t->s, o, CKA_LOCAL));
	assert_int_equal(number(t->s, o, CKA_KEY_GEN_MECHANISM),
	    CKM_RSA_PKCS_KEY_PAIR_GEN);
	assert_false(flag(t->s, o, CKA_DERIVE));
	expect_rv("no curve", get(t->s, o, CKA_EC_PARAMS).rv,
	    CKR_ATTRIBUTE_TYPE_INVALID);
}

static const CK_ATTRIBUTE_TYPE secrets[] = {
	CKA_PRIVATE_EXPONENT, CKA_PRIME_1, CKA_PRIME_2, CKA_EXPONENT_1,
	CKA_EXPONENT_2, CKA_COEFFICIENT,
};

static void
expect_private_key(const struct token *t)
{
	CK_OBJECT_HANDLE o = t->private;
	struct got got;

	assert_int_equal(number(t->s, o, CKA_CLASS), CKO_PRIVATE_KEY);
	expect_key(t, o);
	assert_true(flag(t->s, o, CKA_PRIVATE));
	assert_true(flag(t->s, o, CKA_SIGN));
	assert_true(flag(t->s, o, CKA_SENSITIVE));
	assert_true(flag(t->s, o, CKA_ALWAYS_SENSITIVE));
	assert_true(flag(t->s, o, CKA_NEVER_EXTRACTABLE));
	assert_false(flag(t->s, o, CKA_EXTRACTABLE));
	assert_false(flag(t->s, o, CKA_DECRYPT));
	assert_false(flag(t->s, o, CKA_SIGN_RECOVER));
	assert_false(flag(t->s, o, CKA_UNWRAP));
	assert_false(flag(t->s, o, CKA_WRAP_WITH_TRUSTED));
	assert_false(flag(t->s, o, CKA_ALWAYS_AUTHENTICATE));
	expect_attr("template", t->s, o, CKA_UNWRAP_TEMPLATE,
	    slice_of("", 0));
	for (size_t i = 0; i < COUNT(secrets); i++) {
		got = get(t->s, o, secrets[i]);
		expect_rv("secret", got.rv, CKR_ATTRIBUTE_SENSITIVE);
		assert_true(got.n == CK_UNAVAILABLE_INFORMATION);
		/* Not a byte of it. */
		assert_int_equal(got.p[0], 0);
	}
}

static void
expect_public_key(const struct token *t)
{
	CK_OBJECT_HANDLE o = t->public;

	assert_int_equal(number(t->s, o, CKA_CLASS), CKO_PUBLIC_KEY);
	expect_key(t, o);
	assert_int_equal(number(t->s, o, CKA_MODULUS_BITS), 2048);
	assert_true(flag(t->s, o, CKA_VERIFY));
	assert_false(flag(t->s, o, CKA_VERIFY_RECOVER));
	assert_false(flag(t->s, o, CKA_ENCRYPT));
	assert_false(flag(t->s, o, CKA_WRAP));
	assert_false(flag(t->s, o, CKA_TRUSTED));
	expect_attr("template", t->s, o, CKA_WRAP_TEMPLATE,
	    slice_of("", 0));
}

static void
every_attribute_is_the_certificates(void **state)
{
	static const char *const labels[2][2] = {
		{ "JPKI-AUTH", "JPKI-AUTH-CA" },
		{ "JPKI-SIGN", "JPKI-SIGN-CA" },
	};
	struct token t;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	for (unsigned slot = AUTH; slot <= SIGN; slot++) {
		t = open_token(slot);
		expect_common(&t, t.cert, t.x509, labels[slot][0]);
		expect_common(&t, t.private, t.x509, labels[slot][0]);
		expect_common(&t, t.public, t.x509, labels[slot][0]);
		expect_common(&t, t.ca, t.ca_x509, labels[slot][1]);
		expect_certificate(&t, t.cert, t.x509);
		expect_certificate(&t, t.ca, t.ca_x509);
		expect_private_key(&t);
		expect_public_key(&t);
		close_token(&t);
	}
}

/* The signature certificate is behind its PIN, and all that tells of it. */
static void
what_is_private_is_what_the_card_keeps(void **state)
{
	struct token t;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	for (unsigned slot = AUTH; slot <= SIGN; slot++) {
		t = open_token(slot);
		assert_int_equal(flag(t.s, t.cert, CKA_PRIVATE),
		    slot == SIGN);
		assert_int_equal(flag(t.s, t.public, CKA_PRIVATE),
		    slot == SIGN);
		assert_true(flag(t.s, t.private, CKA_PRIVATE));
		assert_false(flag(t.s, t.ca, CKA_PRIVATE));
		assert_false(flag(t.s, t.profile, CKA_PRIVATE));
		close_token(&t);
	}
}

/* Every pair must be consistent, and of some use. */
static void
usages_of_both_keys_agree(void **state)
{
	static const CK_ATTRIBUTE_TYPE pairs[][2] = {
		{ CKA_SIGN, CKA_VERIFY }, { CKA_DECRYPT, CKA_ENCRYPT },
		{ CKA_UNWRAP, CKA_WRAP }, { CKA_DERIVE, CKA_DERIVE },
		{ CKA_SIGN_RECOVER, CKA_VERIFY_RECOVER },
	};
	struct token t;
	int uses;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	for (unsigned slot = AUTH; slot <= SIGN; slot++) {
		t = open_token(slot);
		uses = 0;
		for (size_t i = 0; i < COUNT(pairs); i++) {
			assert_int_equal(flag(t.s, t.private, pairs[i][0]),
			    flag(t.s, t.public, pairs[i][1]));
			uses += flag(t.s, t.private, pairs[i][0]);
		}
		assert_true(uses > 0);
		close_token(&t);
	}
}

static void
allowed_mechanisms_are_those_of_the_token(void **state)
{
	CK_MECHANISM_TYPE allowed[32];
	CK_MECHANISM_INFO info;
	struct got got;
	struct token t;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	t = open_token(AUTH);
	got = get(t.s, t.private, CKA_ALLOWED_MECHANISMS);
	expect_rv("allowed", got.rv, CKR_OK);
	assert_int_equal(got.n % sizeof(allowed[0]), 0);
	assert_true(got.n > 0 && got.n <= sizeof(allowed));
	memcpy(allowed, got.p, got.n);
	for (size_t i = 0; i < got.n / sizeof(allowed[0]); i++) {
		expect_rv("info", p11->C_GetMechanismInfo(kit_slot(AUTH),
		    allowed[i], &info), CKR_OK);
		assert_true(info.flags & CKF_SIGN);
	}
	expect_attr("public", t.s, t.public, CKA_ALLOWED_MECHANISMS,
	    slice_of(got.p, got.n));
	close_token(&t);
}

static void
profiles_promise_what_holds(void **state)
{
	struct token t;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	for (unsigned slot = AUTH; slot <= SIGN; slot++) {
		t = open_token(slot);
		assert_true(t.profile != 0);
		assert_int_equal(number(t.s, t.profile, CKA_CLASS),
		    CKO_PROFILE);
		assert_int_equal(number(t.s, t.profile, CKA_PROFILE_ID),
		    CKP_PUBLIC_CERTIFICATES_TOKEN);
		assert_true(flag(t.s, t.profile, CKA_TOKEN));
		expect_rv("no label", get(t.s, t.profile, CKA_LABEL).rv,
		    CKR_ATTRIBUTE_TYPE_INVALID);
		close_token(&t);
	}
	kit_fini();
	/* Document programs log in, and find the certificate then. */
	kit_init("tokens=sign");
	assert_int_equal(kit_count(kit_open(0), CKO_PROFILE), 0);
	kit_fini();
	kit_init("tokens=auth");
	assert_int_equal(kit_count(kit_open(0), CKO_PROFILE), 1);
}

/* 3.0: unique on the token, and the same the next time. */
static void
unique_ids_are_unique_and_stay(void **state)
{
	CK_OBJECT_HANDLE found[KIT_OBJECTS];
	CK_SESSION_HANDLE s;
	struct got ids[KIT_OBJECTS], again;
	CK_ULONG n;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open_user(SIGN);
	n = kit_search(s, NULL, 0, found);
	assert_int_equal(n, 5);
	for (CK_ULONG i = 0; i < n; i++) {
		ids[i] = get(s, found[i], CKA_UNIQUE_ID);
		expect_rv("unique", ids[i].rv, CKR_OK);
		for (CK_ULONG j = 0; j < i; j++)
			assert_false(ids[i].n == ids[j].n &&
			    memcmp(ids[i].p, ids[j].p, ids[i].n) == 0);
	}
	kit_fini();
	kit_init(NULL);
	s = kit_open_user(SIGN);
	n = kit_search(s, NULL, 0, found);
	for (CK_ULONG i = 0; i < n; i++) {
		again = get(s, found[i], CKA_UNIQUE_ID);
		expect_bytes("again", slice_of(again.p, again.n),
		    slice_of(ids[i].p, ids[i].n));
	}
}

static void
every_object_has_a_size(void **state)
{
	CK_OBJECT_HANDLE found[KIT_OBJECTS];
	CK_SESSION_HANDLE s;
	CK_ULONG n, size;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open_user(AUTH);
	n = kit_search(s, NULL, 0, found);
	for (CK_ULONG i = 0; i < n; i++) {
		size = 0;
		expect_rv("size", p11->C_GetObjectSize(s, found[i], &size),
		    CKR_OK);
		assert_true(size == CK_UNAVAILABLE_INFORMATION ||
		    size == get(s, found[i], CKA_VALUE).n);
	}
	expect_rv("bad", p11->C_GetObjectSize(s, 4711, &size),
	    CKR_OBJECT_HANDLE_INVALID);
	expect_rv("NULL", p11->C_GetObjectSize(s, found[0], NULL),
	    CKR_ARGUMENTS_BAD);
}

/* A handle of one token means nothing in a session of the other. */
static void
objects_belong_to_their_token(void **state)
{
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };
	struct token a, b;
	CK_ULONG n;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	a = open_token(AUTH);
	b = open_token(SIGN);
	assert_true(a.private != b.private && a.cert != b.cert);
	expect_rv("other", p11->C_GetObjectSize(a.s, b.cert, &n),
	    CKR_OBJECT_HANDLE_INVALID);
	expect_rv("other", p11->C_SignInit(a.s, &m, b.private),
	    CKR_KEY_HANDLE_INVALID);
	expect_rv("other", p11->C_VerifyInit(b.s, &m, a.public),
	    CKR_KEY_HANDLE_INVALID);
	close_token(&a);
	close_token(&b);
}

/* Invented: what was announced of the next generation. */
static void
a_key_that_is_not_rsa_shows_and_does_not_sign(void **state)
{
	CK_MECHANISM m = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	struct got got;
	struct token t;

	(void)state;
	(void)kit_begin("next-generation", NULL, NULL);
	t = open_token(AUTH);
	assert_int_equal(number(t.s, t.private, CKA_KEY_TYPE), CKK_EC);
	assert_int_equal(number(t.s, t.public, CKA_KEY_GEN_MECHANISM),
	    CKM_EC_KEY_PAIR_GEN);
	/* secp384r1, and a point that is not compressed. */
	expect_attr("curve", t.s, t.public, CKA_EC_PARAMS,
	    slice_of("\x06\x05\x2B\x81\x04\x00\x22", 7));
	got = get(t.s, t.public, CKA_EC_POINT);
	expect_rv("point", got.rv, CKR_OK);
	assert_int_equal(got.n, 2 + 1 + 2 * 48);
	assert_memory_equal(got.p, "\x04\x61\x04", 3);
	expect_rv("modulus", get(t.s, t.public, CKA_MODULUS).rv,
	    CKR_ATTRIBUTE_TYPE_INVALID);
	expect_rv("bits", get(t.s, t.public, CKA_MODULUS_BITS).rv,
	    CKR_ATTRIBUTE_TYPE_INVALID);
	expect_attr("allowed", t.s, t.private, CKA_ALLOWED_MECHANISMS,
	    slice_of("", 0));
	expect_rv("sign", p11->C_SignInit(t.s, &m, t.private),
	    CKR_MECHANISM_INVALID);
	expect_rv("verify", p11->C_VerifyInit(t.s, &m, t.public),
	    CKR_MECHANISM_INVALID);
	close_token(&t);
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, kit_setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_card_is_the_certificates_owner),
		T(every_attribute_is_the_certificates),
		T(what_is_private_is_what_the_card_keeps),
		T(usages_of_both_keys_agree),
		T(allowed_mechanisms_are_those_of_the_token),
		T(profiles_promise_what_holds),
		T(unique_ids_are_unique_and_stay),
		T(every_object_has_a_size),
		T(objects_belong_to_their_token),
		T(a_key_that_is_not_rsa_shows_and_does_not_sign),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
