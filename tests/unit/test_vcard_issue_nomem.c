/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Certificates of a virtual card when OpenSSL fails: whichever call fails,
 * there is no certificate, and no card.
 *
 * For that the sources are compiled here once more, over an OpenSSL that fails
 * when it is told to.  Every call that can fail is counted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "vkit.h"

static size_t calls;		/* that may fail, so far */
static size_t fail_at;		/* which of them fails; 0: none */

static bool
fails(void)
{
	return ++calls == fail_at;
}

/* FAKE(type, function, failure, parameters, arguments) */
#define FAKE(type, name, failure, parameters, arguments) \
	static type \
	fake_##name parameters \
	{ \
		return fails() ? failure : name arguments; \
	}
#define FAKE_NEW(type)	FAKE(type *, type##_new, NULL, (void), ())

FAKE_NEW(X509)
FAKE_NEW(X509_NAME)
FAKE_NEW(GENERAL_NAME)
FAKE_NEW(GENERAL_NAMES)
FAKE_NEW(ASN1_BIT_STRING)
FAKE_NEW(ASN1_OCTET_STRING)
FAKE_NEW(ASN1_IA5STRING)
FAKE_NEW(ASN1_UTF8STRING)
FAKE_NEW(ASN1_TYPE)
FAKE_NEW(EXTENDED_KEY_USAGE)
FAKE_NEW(POLICYQUALINFO)
FAKE_NEW(POLICYINFO)
FAKE_NEW(CERTIFICATEPOLICIES)
FAKE_NEW(CRL_DIST_POINTS)
FAKE_NEW(DIST_POINT)
FAKE_NEW(DIST_POINT_NAME)
FAKE_NEW(AUTHORITY_INFO_ACCESS)
FAKE_NEW(ACCESS_DESCRIPTION)
FAKE_NEW(AUTHORITY_KEYID)
FAKE_NEW(BASIC_CONSTRAINTS)
FAKE(X509_NAME *, X509_NAME_dup, NULL, (const X509_NAME *n), (n))
FAKE(ASN1_OCTET_STRING *, ASN1_OCTET_STRING_dup, NULL, (const ASN1_OCTET_STRING *s), (s))
FAKE(ASN1_INTEGER *, ASN1_INTEGER_dup, NULL, (const ASN1_INTEGER *i), (i))
FAKE(ASN1_OBJECT *, OBJ_txt2obj, NULL, (const char *s, int only), (s, only))
FAKE(ASN1_TIME *, ASN1_TIME_set, NULL, (ASN1_TIME *s, time_t t), (s, t))
FAKE(OPENSSL_STACK *, OPENSSL_sk_new_null, NULL, (void), ())
FAKE(int, OPENSSL_sk_push, 0, (OPENSSL_STACK *s, const void *p), (s, p))
FAKE(int, X509_NAME_add_entry_by_NID, 0,
    (X509_NAME *n, int nid, int type, const unsigned char *p, int len, int loc, int set),
    (n, nid, type, p, len, loc, set))
FAKE(int, X509_add1_ext_i2d, 0, (X509 *x, int nid, void *v, int crit, unsigned long flags),
    (x, nid, v, crit, flags))
FAKE(int, ASN1_BIT_STRING_set_bit, 0, (ASN1_BIT_STRING *s, int n, int v), (s, n, v))
FAKE(int, ASN1_STRING_set, 0, (ASN1_STRING *s, const void *p, int n), (s, p, n))
FAKE(int, ASN1_OCTET_STRING_set, 0, (ASN1_OCTET_STRING *s, const unsigned char *p, int n),
    (s, p, n))
FAKE(int, ASN1_INTEGER_set_uint64, 0, (ASN1_INTEGER *i, uint64_t v), (i, v))
FAKE(int, GENERAL_NAME_set0_othername, 0, (GENERAL_NAME *g, ASN1_OBJECT *o, ASN1_TYPE *v),
    (g, o, v))
FAKE(int, X509_pubkey_digest, 0,
    (const X509 *x, const EVP_MD *md, unsigned char *p, unsigned *n), (x, md, p, n))
FAKE(int, RAND_bytes, 0, (unsigned char *p, int n), (p, n))
FAKE(int, X509_set_version, 0, (X509 *x, long v), (x, v))
FAKE(int, X509_set_subject_name, 0, (X509 *x, const X509_NAME *n), (x, n))
FAKE(int, X509_set_issuer_name, 0, (X509 *x, const X509_NAME *n), (x, n))
FAKE(int, X509_set_pubkey, 0, (X509 *x, EVP_PKEY *k), (x, k))
FAKE(int, X509_sign, 0, (X509 *x, EVP_PKEY *k, const EVP_MD *md), (x, k, md))
FAKE(int, EVP_PKEY_up_ref, 0, (EVP_PKEY *k), (k))
FAKE(void *, malloc, NULL, (size_t n), (n))

#define X509_new			fake_X509_new
#define X509_NAME_new			fake_X509_NAME_new
#define GENERAL_NAME_new		fake_GENERAL_NAME_new
#define GENERAL_NAMES_new		fake_GENERAL_NAMES_new
#define ASN1_BIT_STRING_new		fake_ASN1_BIT_STRING_new
#define ASN1_OCTET_STRING_new		fake_ASN1_OCTET_STRING_new
#define ASN1_IA5STRING_new		fake_ASN1_IA5STRING_new
#define ASN1_UTF8STRING_new		fake_ASN1_UTF8STRING_new
#define ASN1_TYPE_new			fake_ASN1_TYPE_new
#define EXTENDED_KEY_USAGE_new		fake_EXTENDED_KEY_USAGE_new
#define POLICYQUALINFO_new		fake_POLICYQUALINFO_new
#define POLICYINFO_new			fake_POLICYINFO_new
#define CERTIFICATEPOLICIES_new		fake_CERTIFICATEPOLICIES_new
#define CRL_DIST_POINTS_new		fake_CRL_DIST_POINTS_new
#define DIST_POINT_new			fake_DIST_POINT_new
#define DIST_POINT_NAME_new		fake_DIST_POINT_NAME_new
#define AUTHORITY_INFO_ACCESS_new	fake_AUTHORITY_INFO_ACCESS_new
#define ACCESS_DESCRIPTION_new		fake_ACCESS_DESCRIPTION_new
#define AUTHORITY_KEYID_new		fake_AUTHORITY_KEYID_new
#define BASIC_CONSTRAINTS_new		fake_BASIC_CONSTRAINTS_new
#define X509_NAME_dup			fake_X509_NAME_dup
#define ASN1_OCTET_STRING_dup		fake_ASN1_OCTET_STRING_dup
#define ASN1_INTEGER_dup		fake_ASN1_INTEGER_dup
#define OBJ_txt2obj			fake_OBJ_txt2obj
#define ASN1_TIME_set			fake_ASN1_TIME_set
#define OPENSSL_sk_new_null		fake_OPENSSL_sk_new_null
#define OPENSSL_sk_push			fake_OPENSSL_sk_push
#define X509_NAME_add_entry_by_NID	fake_X509_NAME_add_entry_by_NID
#define X509_add1_ext_i2d		fake_X509_add1_ext_i2d
#define ASN1_BIT_STRING_set_bit		fake_ASN1_BIT_STRING_set_bit
#define ASN1_STRING_set			fake_ASN1_STRING_set
#define ASN1_OCTET_STRING_set		fake_ASN1_OCTET_STRING_set
#define ASN1_INTEGER_set_uint64		fake_ASN1_INTEGER_set_uint64
#define GENERAL_NAME_set0_othername	fake_GENERAL_NAME_set0_othername
#define X509_pubkey_digest		fake_X509_pubkey_digest
#define RAND_bytes			fake_RAND_bytes
#define X509_set_version		fake_X509_set_version
#define X509_set_subject_name		fake_X509_set_subject_name
#define X509_set_issuer_name		fake_X509_set_issuer_name
#define X509_set_pubkey			fake_X509_set_pubkey
#define X509_sign			fake_X509_sign
#define EVP_PKEY_up_ref			fake_EVP_PKEY_up_ref
#define malloc				fake_malloc
#include "tools/vcard/issue_ext.c"
#include "tools/vcard/issue.c"

static struct person person;
static EVP_PKEY *key, *ca_key;

static void
an_authority_is_whole_or_not_made(void **state)
{
	size_t n;

	(void)state;
	for (n = 1;; n++) {
		struct issue_authority ca = { 0 };
		bool made;

		calls = 0;
		fail_at = n;
		made = issue_authority_new(ISSUE_SIGN, &person, ca_key, &ca);
		fail_at = 0;
		if (calls < n) {
			assert_true(made);
			assert_int_equal(X509_verify(ca.cert, ca_key), 1);
			issue_authority_clear(&ca);
			break;
		}
		expect_true("not made", !made && ca.cert == NULL &&
		    ca.key == NULL);
	}
	assert_true(n > 40);
	ERR_clear_error();
}

static void
a_certificate_is_whole_or_not_made(void **state)
{
	(void)state;
	for (int kind = 0; kind < ISSUE_KINDS; kind++) {
		struct issue_authority ca = { 0 };
		size_t n;

		assert_true(issue_authority_new((enum issue_kind)kind,
		    &person, ca_key, &ca));
		for (n = 1;; n++) {
			X509 *cert;

			calls = 0;
			fail_at = n;
			cert = issue_cert(&ca, &person, NULL, key);
			fail_at = 0;
			if (calls < n) {
				assert_non_null(cert);
				assert_int_equal(X509_verify(cert, ca_key), 1);
				X509_free(cert);
				break;
			}
			expect_true("not made", cert == NULL);
		}
		assert_true(n > 70);
		issue_authority_clear(&ca);
	}
	ERR_clear_error();
}

/* Somewhere within each of its four certificates. */
static void
without_its_certificates_there_is_no_card(void **state)
{
	static const size_t places[] = { 1, 60, 110, 220 };
	char error[VCARD_ERROR_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(places); i++) {
		char dir[512];

		(void)snprintf(dir, sizeof(dir), "%s", vkit_path("card"));
		calls = 0;
		fail_at = places[i];
		error[0] = '\0';
		assert_int_equal(personalise(dir, "adult", NULL, NULL,
		    vkit_key, error), -1);
		assert_true(calls >= fail_at);
		fail_at = 0;
		assert_non_null(strstr(error, "OpenSSL"));
		assert_int_equal(access(dir, F_OK), -1);
	}
	ERR_clear_error();
}

static int
set_up(void **state)
{
	static const struct vcard_person nobody;
	char error[VCARD_ERROR_MAX];

	(void)state;
	key = vkit_key(PERSONALISE_KEY_AUTH);
	ca_key = vkit_key(PERSONALISE_KEY_AUTH_CA);
	return person_make(&person, profile_find("adult"), &nobody,
	    1700000000, error);
}

static int
tear_down(void **state)
{
	EVP_PKEY_free(key);
	EVP_PKEY_free(ca_key);
	return vkit_end(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_authority_is_whole_or_not_made),
		cmocka_unit_test(a_certificate_is_whole_or_not_made),
		cmocka_unit_test(without_its_certificates_there_is_no_card),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
