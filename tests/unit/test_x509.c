/* SPDX-License-Identifier: BSD-2-Clause */
/* A certificate's fields: of the profiles, and of what comes instead. */
#include "x509.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/x509v3.h>

#include "fixture.h"
#include "unit.h"

#define ISSUER	"OU=Synthetic Authority,OU=JPKI for digital signature," \
		"O=JPKI-TEST,C=JP"

/* A fixture with small, quick keys, for what is not about keys. */
static struct fixture
quick(void)
{
	struct fixture f = fixture_auth;

	f.key = f.issuer_key = f.authority = FIXTURE_P256;
	return f;
}

static struct jpki_cert *
parsed(const struct fixture *f)
{
	struct jpki_buf der = fixture_make(f);
	struct jpki_cert *cert = NULL;

	assert_int_equal(x509_parse(fixture_crypto(), fixture_slice(&der),
	    &cert), JPKI_OK);
	assert_non_null(cert);
	jpki_buf_free(&der);
	return cert;
}

static void
expect_malformed(const char *what, struct slice der)
{
	struct jpki_cert *cert = NULL;

	expect_err(what, x509_parse(fixture_crypto(), der, &cert),
	    JPKI_ERR_MALFORMED);
	assert_null(cert);
}

static void
expect_digest(const char *what, const char *hash, struct slice data,
    const char *hex)
{
	unsigned char md[EVP_MAX_MD_SIZE];
	char *text;
	size_t n;

	assert_int_equal(EVP_Q_digest(fixture_crypto(), hash, NULL, data.p,
	    data.n, md, &n), 1);
	text = hex_new(slice_of(md, n));
	expect_text(what, hex, text);
	free(text);
}

/* RFC 5280, 4.2.1.2 (1): SHA-1 over the bits of the public key. */
static void
expect_key_id(const char *what, enum fixture_key key, const char *hex)
{
	unsigned char *bits = NULL;
	int n = i2d_PublicKey(fixture_key(key), &bits);

	assert_true(n > 0);
	expect_digest(what, "SHA1", slice_of(bits, (size_t)n), hex);
	OPENSSL_free(bits);
}

static void
authentication_certificate_is_read(void **state)
{
	struct jpki_buf der = fixture_make(&fixture_auth);
	struct jpki_cert *cert = NULL;

	(void)state;
	assert_int_equal(x509_parse(fixture_crypto(), fixture_slice(&der),
	    &cert), JPKI_OK);
	expect_text("serial", cert->serial, "0705D991");
	expect_text("subject", cert->subject,
	    "CN=0123456789ABCDEF00000000A,C=JP");
	expect_text("issuer", cert->issuer, ISSUER);
	expect_int("not before", cert->not_before, 1735787045);
	expect_int("not after", cert->not_after, 1897570799);
	expect_int("renewable from", cert->renewable_from, 1889535600);
	expect_text("key type", cert->key_type, "RSA");
	expect_int("key bits", cert->key_bits, 2048);
	expect_text("key usage", cert->key_usage, "digitalSignature");
	expect_text("extended", cert->ext_key_usage, "clientAuth");
	expect_text("policies", cert->policies, "1.2.392.200149.8.5.1.3.30");
	expect_key_id("subject key", FIXTURE_RSA, cert->subject_key_id);
	expect_key_id("authority key", FIXTURE_RSA_CA,
	    cert->authority_key_id);
	expect_digest("fingerprint", "SHA256", fixture_slice(&der),
	    cert->fingerprint);
	assert_false(cert->is_ca);
	assert_true(cert->is_test);
	assert_null(cert->holder);
	jpki_cert_free(&cert);
	assert_null(cert);
	jpki_buf_free(&der);
}

static void
signature_certificate_is_read(void **state)
{
	struct jpki_cert *cert = parsed(&fixture_sign);

	(void)state;
	expect_text("serial", cert->serial, "0705D990");
	expect_text("subject", cert->subject, "CN=20250102030405600NANASHI0001"
	    ",L=Kaku-shi,L=Nanashi-ken,C=JP");
	expect_text("key usage", cert->key_usage,
	    "digitalSignature, nonRepudiation");
	expect_text("extended", cert->ext_key_usage, "");
	expect_text("policies", cert->policies, "1.2.392.200149.8.5.1.0.20");
	assert_false(cert->is_ca);
	assert_non_null(cert->holder);
	expect_text("name", cert->holder->name, "名無　花子");
	expect_text("birth date", cert->holder->birth_date, "1980-02-17");
	jpki_cert_free(&cert);
}

static void
ca_certificate_is_read(void **state)
{
	struct jpki_cert *cert = parsed(&fixture_ca);

	(void)state;
	assert_true(cert->is_ca);
	assert_true(cert->is_test);
	expect_text("serial", cert->serial, "1EA8A8");
	expect_text("subject", cert->subject, ISSUER);
	expect_text("key usage", cert->key_usage, "keyCertSign, cRLSign");
	expect_key_id("subject key", FIXTURE_RSA_CA, cert->subject_key_id);
	expect_text("authority key", cert->authority_key_id, "");
	expect_text("policies", cert->policies, "");
	assert_null(cert->holder);
	jpki_cert_free(&cert);
}

static void
without_extensions_texts_are_empty(void **state)
{
	struct fixture f = quick();
	struct jpki_cert *cert;

	(void)state;
	f.exts = NULL;
	cert = parsed(&f);
	expect_text("key usage", cert->key_usage, "");
	expect_text("extended", cert->ext_key_usage, "");
	expect_text("policies", cert->policies, "");
	expect_text("subject key", cert->subject_key_id, "");
	expect_text("authority key", cert->authority_key_id, "");
	assert_false(cert->is_ca);
	assert_null(cert->holder);
	jpki_cert_free(&cert);
}

#define ONES_25	"01010101010101010101010101010101010101010101010101"
#define ONES_200 ONES_25 ONES_25 ONES_25 ONES_25 ONES_25 ONES_25 ONES_25 ONES_25

/* Both were once taken for a lack of memory: 201 bytes, and 601. */
static void
a_long_object_identifier_is_whole_or_a_question_mark(void **state)
{
	static const char *const values[] = {
	    "DER:3081CF" "3081CC" "0681C9" "2A" ONES_200, "DER:30820261"
	    "3082025D" "06820259" "2A" ONES_200 ONES_200 ONES_200 };
	struct fixture f = quick();
	struct jpki_cert *cert;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		f.exts = (struct fixture_ext[]){
		    { "certificatePolicies", values[i] }, { NULL, NULL } };
		cert = parsed(&f);
		expect_int("n", (int)strlen(cert->policies), i == 0 ? 403 : 1);
		jpki_cert_free(&cert);
	}
}

static void
make_version_1(X509 *x509)
{
	assert_int_equal(X509_set_version(x509, X509_VERSION_1), 1);
}

/* Old habit takes a self-signed certificate of version 1 for a CA. */
static void
a_certificate_of_version_1_is_no_ca(void **state)
{
	struct fixture f = fixture_ca;
	struct jpki_cert *cert;

	(void)state;
	f.exts = NULL;
	f.alter = make_version_1;
	cert = parsed(&f);
	assert_false(cert->is_ca);
	jpki_cert_free(&cert);
}

static void
serials_are_whole_bytes(void **state)
{
	static const struct {
		const char	*made, *read;
	} rows[] = {
		{ "00", "00" }, { "01", "01" }, { "7F", "7F" }, { "80", "80" },
		{ "0100", "0100" }, { "0705D990", "0705D990" },
		/* 20 bytes, the most that RFC 5280 allows; and far more. */
		{ "7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
		    "7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF" },
		{ "FEDCBA9876543210FEDCBA9876543210FEDCBA9876543210FEDCBA9876543210"
		    "FEDCBA9876543210FEDCBA9876543210FEDCBA9876543210FEDCBA9876543210",
		    "FEDCBA9876543210FEDCBA9876543210FEDCBA9876543210FEDCBA9876543210"
		    "FEDCBA9876543210FEDCBA9876543210FEDCBA9876543210FEDCBA9876543210" },
		/* Forbidden, and not to be taken for the positive one. */
		{ "-01", "-01" }, { "-80", "-80" }, { "-0705D990", "-0705D990" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f = quick();
		struct jpki_cert *cert;

		f.serial = rows[i].made;
		cert = parsed(&f);
		expect_text(rows[i].made, cert->serial, rows[i].read);
		jpki_cert_free(&cert);
	}
}

/* From date(1).  The year 0 was a leap year of 366 days. */
static void
times_are_seconds_of_utc(void **state)
{
	static const struct {
		const char	*made;
		int64_t		 epoch;
	} rows[] = {
		{ "250102030405Z", 1735787045 },
		{ "500101000000Z", -631152000 },
		{ "491231235959Z", 2524607999 },
		{ "20250102030405Z", 1735787045 },
		{ "20240229145959Z", 1709218799 },
		{ "18991231235958Z", -2208988802 },
		{ "99991231235959Z", 253402300799 },
		{ "20240101000000+0900", 1704034800 },
		{ "00010101000000Z", -62135596800 },
		{ "00000101000000Z", -62167219200 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f = quick();
		struct jpki_cert *cert;

		f.not_before = f.not_after = rows[i].made;
		cert = parsed(&f);
		expect_int(rows[i].made, cert->not_before, rows[i].epoch);
		expect_int(rows[i].made, cert->not_after, rows[i].epoch);
		expect_true(rows[i].made,
		    cert->renewable_from < cert->not_after);
		jpki_cert_free(&cert);
	}
}

static void
spoil_not_before(X509 *x509)
{
	assert_int_equal(ASN1_STRING_set(X509_getm_notBefore(x509),
	    "251301000000Z", -1), 1);
}

static void
spoil_not_after(X509 *x509)
{
	assert_int_equal(ASN1_STRING_set(X509_getm_notAfter(x509),
	    "20250230000000Z", -1), 1);
}

static void
empty_not_after(X509 *x509)
{
	assert_int_equal(ASN1_STRING_set(X509_getm_notAfter(x509), "", 0), 1);
}

static void
times_that_are_none_are_malformed(void **state)
{
	static void (*const rows[])(X509 *) = {
		spoil_not_before, spoil_not_after, empty_not_after,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f = quick();
		struct jpki_buf der;

		f.alter = rows[i];
		der = fixture_make(&f);
		expect_malformed("time", fixture_slice(&der));
		jpki_buf_free(&der);
	}
}

static void
add_name_with_nul(X509 *x509)
{
	assert_int_equal(X509_NAME_add_entry_by_NID(
	    X509_get_subject_name(x509), NID_commonName, V_ASN1_UTF8STRING,
	    (const unsigned char *)"bank\0evil", 9, -1, 0), 1);
}

static void
a_nul_in_a_name_hides_nothing(void **state)
{
	static const char *const subject[] = { "C", "JP", NULL };
	struct fixture f = quick();
	struct jpki_cert *cert;

	(void)state;
	f.subject = subject;
	f.alter = add_name_with_nul;
	cert = parsed(&f);
	expect_text("subject", cert->subject, "CN=bank\\00evil,C=JP");
	jpki_cert_free(&cert);
}

/* RFC 4514, 2.4; what a terminal would obey is escaped as well. */
static void
names_are_escaped_and_utf_8(void **state)
{
	static const struct {
		const char	*made, *read;
	} rows[] = {
		{ "公的個人認証サービス", "CN=公的個人認証サービス" },
		{ "a,b+c\"d\\e<f>g;h", "CN=a\\,b\\+c\\\"d\\\\e\\<f\\>g\\;h" },
		{ "#a", "CN=\\#a" },
		{ " a ", "CN=\\ a\\ " },
		{ "a\nb", "CN=a\\0Ab" },
		{ "\x1B[2J", "CN=\\1B[2J" },
		{ "O=JPKI", "CN=O=JPKI" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *const subject[] = { "CN", rows[i].made, NULL };
		struct fixture f = quick();
		struct jpki_cert *cert;

		f.subject = subject;
		cert = parsed(&f);
		expect_text(rows[i].made, cert->subject, rows[i].read);
		jpki_cert_free(&cert);
	}
}

static void
only_the_issuers_whole_organisation_makes_a_test(void **state)
{
	static const struct {
		const char	*field, *value;
		bool		 is_test;
	} rows[] = {
		{ "O", "JPKI-TEST", true },
		{ "O", "JPKI", false },
		{ "O", "JPKI-TEST2", false },
		{ "O", "JPKI-TES", false },
		{ "O", "jpki-test", false },
		{ "OU", "JPKI-TEST", false },
		{ "CN", "O=JPKI-TEST", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *const issuer[] = {
			"C", "JP", rows[i].field, rows[i].value, NULL
		};
		struct fixture f = quick();
		struct jpki_cert *cert;

		f.issuer = issuer;
		cert = parsed(&f);
		expect_int(rows[i].value, cert->is_test, rows[i].is_test);
		jpki_cert_free(&cert);
	}
}

/* One extension, and what the text made of it must be. */
static const struct ext_row {
	const char	*name, *value;
	const char	*usage, *extended, *policies;
} ext_rows[] = {
	{ "keyUsage", "digitalSignature,nonRepudiation,keyEncipherment,"
	    "dataEncipherment,keyAgreement,keyCertSign,cRLSign,encipherOnly,decipherOnly",
	    "digitalSignature, nonRepudiation, keyEncipherment, dataEncipherment, "
	    "keyAgreement, keyCertSign, cRLSign, encipherOnly, decipherOnly", "", "" },
	{ "keyUsage", "decipherOnly", "decipherOnly", "", "" },
	{ "keyUsage", "critical,keyAgreement", "keyAgreement", "", "" },
	{ "keyUsage", "DER:030100", "", "", "" },
	{ "keyUsage", "DER:0500", "", "", "" },
	{ "extendedKeyUsage", "clientAuth,emailProtection,1.2.3.4",
	    "", "clientAuth, emailProtection, 1.2.3.4", "" },
	{ "extendedKeyUsage", "DER:3000", "", "", "" },
	{ "extendedKeyUsage", "DER:30020600", "", "", "" },
	{ "certificatePolicies", "1.2.392.200149.8.5.1.1.20,2.5.29.32.0",
	    "", "", "1.2.392.200149.8.5.1.1.20, 2.5.29.32.0" },
	{ "certificatePolicies", "DER:0101FF", "", "", "" },
	{ "subjectKeyIdentifier", "DER:0500", "", "", "" },
	{ "authorityKeyIdentifier", "DER:30", "", "", "" },
	{ "basicConstraints", "DER:0101FF", "", "", "" },
};

static void
extensions_are_texts_and_broken_ones_are_absent(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(ext_rows); i++) {
		const struct ext_row *row = &ext_rows[i];
		const struct fixture_ext exts[] = {
			{ row->name, row->value }, { NULL, NULL }
		};
		struct fixture f = quick();
		struct jpki_cert *cert;

		f.exts = exts;
		cert = parsed(&f);
		expect_text(row->value, cert->key_usage, row->usage);
		expect_text(row->value, cert->ext_key_usage, row->extended);
		expect_text(row->value, cert->policies, row->policies);
		expect_text(row->value, cert->subject_key_id, "");
		expect_text(row->value, cert->authority_key_id, "");
		expect_true(row->value, !cert->is_ca);
		jpki_cert_free(&cert);
	}
}

static void
key_type_and_bits_come_from_the_certificate(void **state)
{
	static const struct {
		enum fixture_key	 key;
		const char		*type;
		unsigned		 bits;
	} rows[] = {
		{ FIXTURE_RSA, "RSA", 2048 },
		{ FIXTURE_P256, "EC", 256 },
		{ FIXTURE_P384, "EC", 384 },
		{ FIXTURE_P521, "EC", 521 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f = quick();
		struct jpki_cert *cert;

		f.key = rows[i].key;
		cert = parsed(&f);
		expect_text("type", cert->key_type, rows[i].type);
		expect_int("bits", cert->key_bits, rows[i].bits);
		jpki_cert_free(&cert);
	}
}

static void
what_is_no_certificate_is_malformed(void **state)
{
	static const char *const rows[] = {
		"", "30", "30 00", "30 80 00 00", "30 82 06 2B", "FF FF FF FF",
		"00 00 00 00", "30 03 02 01 00", "04 02 30 00",
		"30 84 FF FF FF FF 00",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct octets bytes = unhex(rows[i]);

		expect_malformed(rows[i], octets_slice(&bytes));
	}
}

/* The card's filler never belongs to the certificate. */
static void
bytes_behind_a_certificate_are_malformed(void **state)
{
	static const uint8_t fillers[] = { 0x00, 0xFF, 0x30 };
	struct fixture f = quick();
	struct jpki_buf der = fixture_make(&f);
	uint8_t *more = malloc(der.n + 1);

	(void)state;
	assert_non_null(more);
	memcpy(more, der.p, der.n);
	for (size_t i = 0; i < COUNT(fillers); i++) {
		more[der.n] = fillers[i];
		expect_malformed("one byte more",
		    slice_of(more, der.n + 1));
	}
	free(more);
	jpki_buf_free(&der);
}

static void
a_certificate_cut_short_is_malformed(void **state)
{
	struct fixture f = quick();
	struct jpki_buf der = fixture_make(&f);

	(void)state;
	for (size_t n = 0; n < der.n; n++) {
		/* A copy of its own, so that reading on is seen. */
		uint8_t *cut = malloc(n > 0 ? n : 1);

		assert_non_null(cut);
		memcpy(cut, der.p, n);
		expect_malformed("cut", slice_of(cut, n));
		free(cut);
	}
	jpki_buf_free(&der);
}

/* Of the signature profile, whose attributes are parsed as well. */
static void
one_wrong_bit_anywhere_is_survived_and_seen(void **state)
{
	struct jpki_buf der = fixture_make(&fixture_sign);
	struct jpki_buf ca = fixture_make(&fixture_ca);

	(void)state;
	for (size_t at = 0; at < der.n; at += stride()) {
		struct jpki_cert *cert = NULL;
		enum jpki_err err;

		der.p[at] ^= (uint8_t)(1 << at % 8);
		err = x509_parse(fixture_crypto(), fixture_slice(&der),
		    &cert);
		assert_true((err == JPKI_OK) == (cert != NULL));
		expect_true(jpki_err_name(err), err == JPKI_OK ||
		    err == JPKI_ERR_MALFORMED);
		jpki_cert_free(&cert);
		expect_true("proof", !x509_issued_by(fixture_crypto(),
		    fixture_slice(&der), fixture_slice(&ca)));
		der.p[at] ^= (uint8_t)(1 << at % 8);
	}
	expect_true("whole again", x509_issued_by(fixture_crypto(),
	    fixture_slice(&der), fixture_slice(&ca)));
	jpki_buf_free(&der);
	jpki_buf_free(&ca);
}

static void
free_takes_nothing(void **state)
{
	struct jpki_cert *none = NULL;

	(void)state;
	jpki_cert_free(NULL);
	jpki_cert_free(&none);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(authentication_certificate_is_read),
		cmocka_unit_test(signature_certificate_is_read),
		cmocka_unit_test(ca_certificate_is_read),
		cmocka_unit_test(without_extensions_texts_are_empty),
		cmocka_unit_test(a_long_object_identifier_is_whole_or_a_question_mark),
		cmocka_unit_test(a_certificate_of_version_1_is_no_ca),
		cmocka_unit_test(serials_are_whole_bytes),
		cmocka_unit_test(times_are_seconds_of_utc),
		cmocka_unit_test(times_that_are_none_are_malformed),
		cmocka_unit_test(a_nul_in_a_name_hides_nothing),
		cmocka_unit_test(names_are_escaped_and_utf_8),
		cmocka_unit_test(only_the_issuers_whole_organisation_makes_a_test),
		cmocka_unit_test(extensions_are_texts_and_broken_ones_are_absent),
		cmocka_unit_test(key_type_and_bits_come_from_the_certificate),
		cmocka_unit_test(what_is_no_certificate_is_malformed),
		cmocka_unit_test(bytes_behind_a_certificate_are_malformed),
		cmocka_unit_test(a_certificate_cut_short_is_malformed),
		cmocka_unit_test(one_wrong_bit_anywhere_is_survived_and_seen),
		cmocka_unit_test(free_takes_nothing),
	};

	return cmocka_run_group_tests_name("x509", tests, NULL,
	    fixture_free);
}
