/* SPDX-License-Identifier: BSD-2-Clause */
/* Public keys, and what they prove: who issued, what was signed. */
#include "x509.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/rsa.h>

#include "fixture.h"
#include "unit.h"

/* DigestInfo of RFC 8017 around FIPS 180-4's example. */
#define SHA256_OF_ABC \
	"3031300D060960864801650304020105000420" \
	"BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"

static struct fixture
quick(const struct fixture *from)
{
	struct fixture f = *from;

	f.key = f.key == FIXTURE_RSA_CA ? FIXTURE_P384 : FIXTURE_P256;
	f.issuer_key = f.authority = FIXTURE_P384;
	return f;
}

static void
the_public_key_is_the_holders(void **state)
{
	static const enum fixture_key keys[] = {
		FIXTURE_RSA, FIXTURE_P256, FIXTURE_P384, FIXTURE_ED25519,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct fixture f = quick(&fixture_auth);
		EVP_PKEY *key = NULL;
		struct jpki_buf der;

		f.key = keys[i];
		der = fixture_make(&f);
		assert_int_equal(x509_public_key(fixture_crypto(),
		    fixture_slice(&der), &key), JPKI_OK);
		assert_int_equal(EVP_PKEY_eq(key, fixture_key(keys[i])), 1);
		EVP_PKEY_free(key);
		jpki_buf_free(&der);
	}
}

static void
spki_is_the_keys_own_encoding(void **state)
{
	static const enum fixture_key keys[] = { FIXTURE_RSA, FIXTURE_P384 };

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct fixture f = quick(&fixture_auth);
		struct jpki_buf der, spki = { NULL, 0 };
		unsigned char *wanted = NULL;
		int n;

		f.key = keys[i];
		der = fixture_make(&f);
		assert_int_equal(x509_spki(fixture_crypto(),
		    fixture_slice(&der), &spki), JPKI_OK);
		n = i2d_PUBKEY(fixture_key(keys[i]), &wanted);
		assert_true(n > 0);
		expect_bytes("SPKI", fixture_slice(&spki),
		    slice_of(wanted, (size_t)n));
		OPENSSL_free(wanted);
		jpki_buf_free(&spki);
		jpki_buf_free(&der);
	}
}

/* id-ecPublicKey, 1.2.840.10045.2.1, becomes 1.2.840.10045.2.127. */
static void
make_key_unknown(struct jpki_buf *der)
{
	static const uint8_t oid[] =
	    { 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01 };
	size_t changed = 0;

	for (size_t at = 0; at + sizeof(oid) <= der->n; at++)
		if (memcmp(der->p + at, oid, sizeof(oid)) == 0) {
			der->p[at + sizeof(oid) - 1] = 0x7F;
			changed++;
		}
	assert_int_equal(changed, 1);
}

static void
a_key_of_unknown_type_is_no_key_but_has_an_encoding(void **state)
{
	struct fixture f = quick(&fixture_auth);
	struct jpki_buf der = fixture_make(&f), spki = { NULL, 0 };
	EVP_PKEY *key = fixture_key(FIXTURE_P256);
	struct jpki_cert *cert = NULL;

	(void)state;
	make_key_unknown(&der);
	assert_int_equal(x509_parse(fixture_crypto(), fixture_slice(&der),
	    &cert), JPKI_OK);
	expect_text("type", cert->key_type, "unknown");
	expect_int("bits", cert->key_bits, 0);
	jpki_cert_free(&cert);
	assert_int_equal(x509_public_key(fixture_crypto(),
	    fixture_slice(&der), &key), JPKI_ERR_MALFORMED);
	assert_null(key);
	assert_int_equal(x509_spki(fixture_crypto(), fixture_slice(&der),
	    &spki), JPKI_OK);
	assert_int_equal(spki.p[0], 0x30);
	jpki_buf_free(&spki);
	jpki_buf_free(&der);
}

static void
garbage_has_no_key(void **state)
{
	static const char *const rows[] = { "", "30 03 02 01 00", "FF FF" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct octets in = unhex(rows[i]);
		struct jpki_buf spki = { NULL, 0 };
		EVP_PKEY *key = NULL;

		expect_err(rows[i], x509_public_key(fixture_crypto(),
		    octets_slice(&in), &key), JPKI_ERR_MALFORMED);
		assert_null(key);
		expect_err(rows[i], x509_spki(fixture_crypto(),
		    octets_slice(&in), &spki), JPKI_ERR_MALFORMED);
		assert_null(spki.p);
	}
}

static bool
issued(const struct fixture *leaf, const struct fixture *ca)
{
	struct jpki_buf der = fixture_make(leaf), ca_der = fixture_make(ca);
	bool yes = x509_issued_by(fixture_crypto(), fixture_slice(&der),
	    fixture_slice(&ca_der));

	jpki_buf_free(&der);
	jpki_buf_free(&ca_der);
	return yes;
}

static void
a_ca_issued_its_certificates_and_itself(void **state)
{
	(void)state;
	assert_true(issued(&fixture_auth, &fixture_ca));
	assert_true(issued(&fixture_sign, &fixture_ca));
	assert_true(issued(&fixture_ca, &fixture_ca));
}

static void
no_certificate_issues_another(void **state)
{
	(void)state;
	assert_false(issued(&fixture_auth, &fixture_sign));
	assert_false(issued(&fixture_ca, &fixture_auth));
	assert_false(issued(&fixture_auth, &fixture_auth));
}

static const char *const other_name[] = { "C", "JP", "O", "Other", NULL };
static const struct fixture_ext no_key_id[] = {
	{ "keyUsage", "critical,keyCertSign,cRLSign" },
	{ "basicConstraints", "critical,CA:TRUE" },
	{ NULL, NULL }
};
static const struct fixture_ext no_basic_constraints[] = {
	{ "keyUsage", "critical,keyCertSign,cRLSign" },
	{ "subjectKeyIdentifier", "hash" },
	{ NULL, NULL }
};
static const struct fixture_ext ca_false[] = {
	{ "basicConstraints", "critical,CA:FALSE" },
	{ "subjectKeyIdentifier", "hash" },
	{ NULL, NULL }
};
static const struct fixture_ext no_cert_sign[] = {
	{ "keyUsage", "critical,cRLSign" },
	{ "basicConstraints", "critical,CA:TRUE" },
	{ "subjectKeyIdentifier", "hash" },
	{ NULL, NULL }
};

static void
what_is_wrong_with_the_ca_proves_nothing(void **state)
{
	static const struct {
		const char			*what;
		const struct fixture_ext	*exts;
		const char *const		*name;
		enum fixture_key		 key;
	} rows[] = {
		{ "another name", NULL, other_name, FIXTURE_P384 },
		{ "another key of the same name", NULL, NULL, FIXTURE_P521 },
		{ "no basic constraints", no_basic_constraints, NULL, FIXTURE_P384 },
		{ "CA:FALSE", ca_false, NULL, FIXTURE_P384 },
		{ "may not sign certificates", no_cert_sign, NULL, FIXTURE_P384 },
		{ "no key identifier", no_key_id, NULL, FIXTURE_P384 },
	};
	struct fixture leaf = quick(&fixture_auth);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture ca = quick(&fixture_ca);

		expect_true("the CA as it should be", issued(&leaf, &ca));
		ca.key = rows[i].key;
		if (rows[i].exts != NULL)
			ca.exts = rows[i].exts;
		if (rows[i].name != NULL)
			ca.subject = rows[i].name;
		expect_true(rows[i].what, !issued(&leaf, &ca));
	}
}

/* Its signature is right, but it says that another key made it. */
static void
a_wrong_authority_key_identifier_proves_nothing(void **state)
{
	struct fixture leaf = quick(&fixture_auth);
	struct fixture ca = quick(&fixture_ca);

	(void)state;
	leaf.authority = FIXTURE_P521;
	assert_false(issued(&leaf, &ca));
}

/* All generations of a CA have the same name. */
static void
without_key_identifiers_the_signature_decides(void **state)
{
	struct fixture leaf = quick(&fixture_auth);
	struct fixture ca = quick(&fixture_ca);

	(void)state;
	leaf.exts = NULL;
	assert_true(issued(&leaf, &ca));
	ca.exts = no_key_id;
	assert_true(issued(&leaf, &ca));
	leaf.issuer_key = FIXTURE_P521;
	assert_false(issued(&leaf, &ca));
}

static void
a_wrong_signature_proves_nothing(void **state)
{
	struct fixture leaf = quick(&fixture_auth);
	struct fixture ca = quick(&fixture_ca);

	(void)state;
	/* By another key, though it names the right one. */
	leaf.issuer_key = FIXTURE_P521;
	assert_false(issued(&leaf, &ca));
}

static void
garbage_proves_nothing(void **state)
{
	struct fixture ca = quick(&fixture_ca);
	struct jpki_buf der = fixture_make(&ca);
	struct slice good = fixture_slice(&der);
	struct slice bad = text_slice("no certificate");

	(void)state;
	assert_true(x509_issued_by(fixture_crypto(), good, good));
	assert_false(x509_issued_by(fixture_crypto(), good, bad));
	assert_false(x509_issued_by(fixture_crypto(), bad, good));
	assert_false(x509_issued_by(fixture_crypto(), bad, bad));
	assert_false(x509_issued_by(fixture_crypto(), good,
	    slice_of(NULL, 0)));
	assert_false(x509_issued_by(fixture_crypto(), slice_of(NULL, 0),
	    good));
	jpki_buf_free(&der);
}

static void
a_ca_with_a_key_of_unknown_type_proves_nothing(void **state)
{
	struct fixture f = quick(&fixture_auth), g = quick(&fixture_ca);
	struct jpki_buf der = fixture_make(&f), ca = fixture_make(&g);

	(void)state;
	make_key_unknown(&ca);
	assert_false(x509_issued_by(fixture_crypto(), fixture_slice(&der),
	    fixture_slice(&ca)));
	jpki_buf_free(&der);
	jpki_buf_free(&ca);
}

/* What a card does with P1 = 00: pad these bytes, whatever they are. */
static struct jpki_buf
sign_as_a_card(EVP_PKEY *key, int padding, struct slice data)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(fixture_crypto(), key,
	    NULL);
	struct jpki_buf out = { NULL, 0 };

	assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, padding), 1);
	assert_int_equal(EVP_PKEY_sign(ctx, NULL, &out.n, data.p, data.n), 1);
	out.p = malloc(out.n);
	assert_non_null(out.p);
	assert_int_equal(EVP_PKEY_sign(ctx, out.p, &out.n, data.p, data.n),
	    1);
	EVP_PKEY_CTX_free(ctx);
	return out;
}

static void
a_signature_opens_to_its_data(void **state)
{
	static const char *const rows[] = {
		"41", "68656C6C6F0A", SHA256_OF_ABC,
	};
	EVP_PKEY *key = fixture_key(FIXTURE_RSA);
	uint8_t longest[245];

	(void)state;
	memset(longest, 0x42, sizeof(longest));
	for (size_t i = 0; i <= COUNT(rows); i++) {
		struct octets text = unhex(i < COUNT(rows) ? rows[i] : "");
		struct slice data = i < COUNT(rows) ? octets_slice(&text) :
		    slice_of(longest, sizeof(longest));
		struct jpki_buf sig = sign_as_a_card(key, RSA_PKCS1_PADDING,
		    data);

		assert_int_equal(sig.n, 256);
		assert_true(x509_opens(fixture_crypto(), key,
		    fixture_slice(&sig), data));
		jpki_buf_free(&sig);
	}
}

static void
a_signature_opens_to_nothing_else(void **state)
{
	static const char *const others[] = {
		"", "hello", "hello\n ", "Hello\n", "jello\n", "hello\r",
	};
	EVP_PKEY *key = fixture_key(FIXTURE_RSA);
	struct jpki_buf sig = sign_as_a_card(key, RSA_PKCS1_PADDING,
	    text_slice("hello\n"));

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++)
		expect_true(others[i], !x509_opens(fixture_crypto(), key,
		    fixture_slice(&sig), text_slice(others[i])));
	assert_false(x509_opens(fixture_crypto(), key, fixture_slice(&sig),
	    slice_of(NULL, 0)));
	jpki_buf_free(&sig);
}

static void
a_wrong_signature_does_not_open(void **state)
{
	EVP_PKEY *key = fixture_key(FIXTURE_RSA);
	struct slice data = text_slice("hello\n");
	struct jpki_buf sig = sign_as_a_card(key, RSA_PKCS1_PADDING, data);
	uint8_t longer[257] = { 0 };

	(void)state;
	memcpy(longer + 1, sig.p, sig.n);
	assert_false(x509_opens(fixture_crypto(), key,
	    slice_of(longer, sizeof(longer)), data));
	assert_false(x509_opens(fixture_crypto(), key,
	    slice_of(sig.p, sig.n - 1), data));
	assert_false(x509_opens(fixture_crypto(), key, slice_of(sig.p, 0),
	    data));
	assert_false(x509_opens(fixture_crypto(), key, slice_of(NULL, 0),
	    data));
	assert_false(x509_opens(fixture_crypto(),
	    fixture_key(FIXTURE_RSA_CA), fixture_slice(&sig), data));
	for (size_t at = 0; at < sig.n; at += 15) {
		sig.p[at] ^= 1;
		assert_false(x509_opens(fixture_crypto(), key,
		    fixture_slice(&sig), data));
		sig.p[at] ^= 1;
	}
	memset(sig.p, 0xFF, sig.n);
	assert_false(x509_opens(fixture_crypto(), key, fixture_slice(&sig),
	    data));
	memset(sig.p, 0, sig.n);
	assert_false(x509_opens(fixture_crypto(), key, fixture_slice(&sig),
	    data));
	jpki_buf_free(&sig);
}

static void
a_signature_without_padding_does_not_open(void **state)
{
	EVP_PKEY *key = fixture_key(FIXTURE_RSA);
	uint8_t block[256] = { 0 };
	struct jpki_buf sig;

	(void)state;
	memcpy(block + sizeof(block) - 6, "hello\n", 6);
	sig = sign_as_a_card(key, RSA_NO_PADDING,
	    slice_of(block, sizeof(block)));
	assert_false(x509_opens(fixture_crypto(), key, fixture_slice(&sig),
	    text_slice("hello\n")));
	jpki_buf_free(&sig);
}

static void
a_key_that_is_not_rsa_opens_nothing(void **state)
{
	static const enum fixture_key keys[] = {
		FIXTURE_P256, FIXTURE_P384, FIXTURE_ED25519,
	};
	static const uint8_t sig[256];

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++)
		assert_false(x509_opens(fixture_crypto(),
		    fixture_key(keys[i]), slice_of(sig, sizeof(sig)),
		    text_slice("hello\n")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_public_key_is_the_holders),
		cmocka_unit_test(spki_is_the_keys_own_encoding),
		cmocka_unit_test(a_key_of_unknown_type_is_no_key_but_has_an_encoding),
		cmocka_unit_test(garbage_has_no_key),
		cmocka_unit_test(a_ca_issued_its_certificates_and_itself),
		cmocka_unit_test(no_certificate_issues_another),
		cmocka_unit_test(what_is_wrong_with_the_ca_proves_nothing),
		cmocka_unit_test(a_wrong_authority_key_identifier_proves_nothing),
		cmocka_unit_test(without_key_identifiers_the_signature_decides),
		cmocka_unit_test(a_wrong_signature_proves_nothing),
		cmocka_unit_test(garbage_proves_nothing),
		cmocka_unit_test(a_ca_with_a_key_of_unknown_type_proves_nothing),
		cmocka_unit_test(a_signature_opens_to_its_data),
		cmocka_unit_test(a_signature_opens_to_nothing_else),
		cmocka_unit_test(a_wrong_signature_does_not_open),
		cmocka_unit_test(a_signature_without_padding_does_not_open),
		cmocka_unit_test(a_key_that_is_not_rsa_opens_nothing),
	};

	return cmocka_run_group_tests_name("x509_keys", tests, NULL,
	    fixture_free);
}
