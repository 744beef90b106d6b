/* SPDX-License-Identifier: BSD-2-Clause */
/* CMS of others, most of which must not be believed. */
#include "cms.h"

#include <stdlib.h>
#include <string.h>

#include "cms_open.h"
#include "cmskit.h"
#include "unit.h"

static int
free_all(void **state)
{
	cmskit_forget();
	return dockit_free(state);
}

static void
what_openssl_signs_is_believed(void **state)
{
	static const struct {
		unsigned	 flags;
		bool		 detached;
	} rows[] = {
		{ 0, false },
		{ CMS_DETACHED, true },
		{ CMS_NOSMIMECAP, false },
		{ CMS_USE_KEYID, false },
		{ CMS_CADES, false },
		{ CMS_CADES | CMS_DETACHED | CMS_USE_KEYID, true },
	};
	static const char *const names[] = { "SHA256", "SHA384", "SHA512" };
	struct dockit *kit = *state;

	for (size_t i = 0; i < COUNT(rows) * COUNT(names); i++) {
		size_t row = i / COUNT(names);
		struct jpki_buf der = cmskit_foreign(kit,
		    names[i % COUNT(names)], rows[row].flags, NULL);

		cmskit_expect_good(cmskit_check_one(kit, &der,
		    rows[row].detached ? CMSKIT_TEXT : NULL));
		jpki_buf_free(&der);
	}
}

/* Indefinite lengths, and a content in pieces. */
static void
ber_is_believed_too(void **state)
{
	struct dockit *kit = *state;
	CMS_ContentInfo *cms = CMS_sign_ex(NULL, NULL, NULL, NULL,
	    CMS_STREAM | CMS_PARTIAL | CMS_BINARY, fixture_crypto(), NULL);
	EVP_MD *md = EVP_MD_fetch(fixture_crypto(), "SHA256", NULL);
	BIO *content = cmskit_text(CMSKIT_TEXT), *out = BIO_new(BIO_s_mem());
	struct jpki_buf ber;
	CMS_SignerInfo *info;
	char *bytes;

	info = CMS_add1_signer(cms, kit->sign, kit->signer.key, md, 0);
	assert_non_null(info);
	assert_int_equal(i2d_CMS_bio_stream(out, cms, content, CMS_STREAM |
	    CMS_BINARY), 1);
	ber.n = (size_t)BIO_get_mem_data(out, &bytes);
	ber.p = (uint8_t *)bytes;
	assert_int_equal(ber.p[1], 0x80);
	/* The host's clock made it. */
	dockit_expect(cmskit_check_one(kit, &ber, NULL), CHECK_INTEGRITY,
	    FINDING_OK, NULL);
	dockit_expect(cmskit_check_one(kit, &ber, NULL), CHECK_SIGNATURE,
	    FINDING_OK, NULL);
	assert_int_equal(cms_size(fixture_crypto(), ber.p, ber.n), ber.n);
	CMS_ContentInfo_free(cms);
	EVP_MD_free(md);
	BIO_free(content);
	BIO_free(out);
}

static void
a_content_that_was_changed_is_not_believed(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf attached = cmskit_sign(kit, false);
	struct jpki_buf detached = cmskit_sign(kit, true);
	struct verdict_signature *s;

	cmskit_replace(&attached, "whom", "Whom", 4, 1);
	s = cmskit_check_one(kit, &attached, NULL);
	dockit_expect(s, CHECK_INTEGRITY, FINDING_FAILED, "not what was");
	dockit_expect(s, CHECK_SIGNATURE, FINDING_OK, NULL);
	s = cmskit_check_one(kit, &detached, "To Whom it may concern.\n");
	dockit_expect(s, CHECK_INTEGRITY, FINDING_FAILED, "not what was");
	s = cmskit_check_one(kit, &detached, "");
	dockit_expect(s, CHECK_INTEGRITY, FINDING_FAILED, "not what was");
	jpki_buf_free(&attached);
	jpki_buf_free(&detached);
}

static void
a_signed_attribute_that_was_changed_is_not_believed(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf der = cmskit_sign(kit, true);
	struct verdict_signature *s;

	cmskit_replace(&der, "260101000000Z", "260102000000Z", 13, 1);
	s = cmskit_check_one(kit, &der, CMSKIT_TEXT);
	dockit_expect(s, CHECK_INTEGRITY, FINDING_OK, NULL);
	dockit_expect(s, CHECK_SIGNATURE, FINDING_FAILED, "did not make it");
	jpki_buf_free(&der);
}

/* Not all of it is signed; but nothing that is believed depends on that. */
static void
expect_same(struct dockit *kit, const struct jpki_buf *der,
    const struct jpki_buf *cert, size_t at)
{
	BIO *content = cmskit_text(CMSKIT_TEXT);
	struct verdict v = { NULL, NULL, 0 };

	if (cms_check(&kit->trust, der->p, der->n, content, -1, &v,
	    &kit->error) == DOC_OK && v.n == 1)
		verdict_note(&v.signatures[0], CHECK_COVERAGE, FINDING_OK,
		    NULL);
	if (verdict_holds(&v) && (v.signatures[0].claimed != DOCKIT_NOW ||
	    !slice_equal(fixture_slice(&v.signatures[0].cert),
	    fixture_slice(cert))))
		fail_msg("byte %zu", at);
	verdict_free(&v);
	BIO_free(content);
}

static void
a_changed_byte_changes_nothing_that_is_believed(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf der = cmskit_sign(kit, true);
	struct jpki_buf cert = fixture_make(&fixture_sign);

	for (size_t at = 0; at < der.n; at += 3 * stride()) {
		der.p[at] ^= 0x10;
		expect_same(kit, &der, &cert, at);
		der.p[at] ^= 0x10;
	}
	jpki_buf_free(&cert);
	jpki_buf_free(&der);
}

static void
weak_digests_are_not_believed(void **state)
{
	static const char *const names[] = { "SHA1", "MD5", "SHA224" };
	struct dockit *kit = *state;

	for (size_t i = 0; i < COUNT(names); i++) {
		struct jpki_buf der = cmskit_foreign(kit, names[i], 0, NULL);
		struct verdict_signature *s = cmskit_check_one(kit, &der,
		    NULL);

		dockit_expect(s, CHECK_INTEGRITY, FINDING_FAILED,
		    "not accepted");
		dockit_expect(s, CHECK_SIGNATURE, FINDING_FAILED,
		    "not accepted");
		assert_int_equal(s->hash, JPKI_HASH_NONE);
		jpki_buf_free(&der);
	}
}

static void
without_signed_attributes_nothing_is_believed(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf der = cmskit_foreign(kit, "SHA256", CMS_NOATTR, NULL);
	struct verdict_signature *s = cmskit_check_one(kit, &der, NULL);

	dockit_expect(s, CHECK_INTEGRITY, FINDING_FAILED, "no digest");
	dockit_expect(s, CHECK_SIGNATURE, FINDING_FAILED,
	    "no signed attributes");
	jpki_buf_free(&der);
}

static void
without_the_signers_certificate_nothing_is_believed(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf der = cmskit_foreign(kit, "SHA256", CMS_NOCERTS, NULL);
	struct verdict_signature *s = cmskit_check_one(kit, &der, NULL);

	dockit_expect(s, CHECK_SIGNATURE, FINDING_FAILED, "not in the CMS");
	dockit_expect(s, CHECK_CHAIN, FINDING_NONE, NULL);
	verdict_note(s, CHECK_COVERAGE, FINDING_OK, NULL);
	assert_null(s->cert.p);
	jpki_buf_free(&der);
}

/* Issuer, number and key are the signer's, the person is another. */
static X509 *
double_new(enum fixture_key key)
{
	static const char *const other[] = { "C", "JP", "CN", "Double", NULL };
	struct fixture leaf = fixture_sign;

	leaf.subject = other;
	leaf.key = key;
	return dockit_cert(&leaf);
}

static X509 *added;

static void
add_double(CMS_ContentInfo *cms)
{
	assert_int_equal(CMS_add1_cert(cms, added), 1);
}

static void
a_double_of_the_signer_is_not_believed(void **state)
{
	static const enum fixture_key keys[] = { FIXTURE_RSA, FIXTURE_P256 };
	struct dockit *kit = *state;

	for (size_t i = 0; i < COUNT(keys); i++) {
		struct jpki_buf der = cmskit_foreign(kit, "SHA256",
		    CMS_CADES | CMS_NOCERTS, NULL);
		struct verdict_signature *s;

		added = double_new(keys[i]);
		cmskit_bend(&der, add_double);
		s = cmskit_check_one(kit, &der, NULL);
		dockit_expect(s, CHECK_SIGNATURE, FINDING_FAILED,
		    "name another certificate");
		X509_free(added);
		added = kit->sign;
		cmskit_bend(&der, add_double);
		s = cmskit_check_one(kit, &der, NULL);
		dockit_expect(s, CHECK_SIGNATURE, FINDING_FAILED, "several");
		jpki_buf_free(&der);
	}
}

static void
another_key_of_the_same_name_did_not_sign(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf der = cmskit_foreign(kit, "SHA256", CMS_NOCERTS, NULL);

	added = double_new(FIXTURE_P256);
	cmskit_bend(&der, add_double);
	dockit_expect(cmskit_check_one(kit, &der, NULL), CHECK_SIGNATURE,
	    FINDING_FAILED, "did not make it");
	X509_free(added);
	jpki_buf_free(&der);
}

/* friendlyName, which later becomes what a signer has already. */
static void
add_attribute(CMS_ContentInfo *cms, CMS_SignerInfo *info)
{
	(void)cms;
	assert_int_equal(CMS_signed_add1_attr_by_NID(info, NID_friendlyName,
	    V_ASN1_OCTET_STRING, "again", 5), 1);
}

static void
an_attribute_that_is_signed_twice_is_not_believed(void **state)
{
	static const char from[] = "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x14";
	static const char *const to[] = {
		"\x2A\x86\x48\x86\xF7\x0D\x01\x09\x03",
		"\x2A\x86\x48\x86\xF7\x0D\x01\x09\x04",
		"\x2A\x86\x48\x86\xF7\x0D\x01\x09\x05",
	};
	struct dockit *kit = *state;

	for (size_t i = 0; i < COUNT(to); i++) {
		struct jpki_buf der = cmskit_foreign(kit, "SHA256", 0,
		    add_attribute);

		cmskit_replace(&der, from, to[i], 9, 1);
		dockit_expect(cmskit_check_one(kit, &der, NULL),
		    CHECK_SIGNATURE, FINDING_FAILED, "twice");
		jpki_buf_free(&der);
	}
}

static void
say_another_type(CMS_ContentInfo *cms, CMS_SignerInfo *info)
{
	(void)info;
	CMS_set1_eContentType(cms, OBJ_nid2obj(NID_id_smime_ct_TSTInfo));
}

static void
a_content_of_another_type_is_no_document(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf der = cmskit_foreign(kit, "SHA256", 0,
	    say_another_type);

	cmskit_refuse(kit, &der, "is no document");
	jpki_buf_free(&der);
}

/* The type is told in the content and in the signed attributes. */
static void
the_type_of_content_is_the_signed_one(void **state)
{
	static const char from[] = "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01";
	static const char to[] = "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x05";
	struct dockit *kit = *state;
	struct jpki_buf der = cmskit_sign(kit, false);

	for (size_t at = der.n - 8; at-- > 0;)
		if (memcmp(der.p + at, from, 9) == 0) {
			memcpy(der.p + at, to, 9);
			break;
		}
	dockit_expect(cmskit_check_one(kit, &der, NULL), CHECK_SIGNATURE,
	    FINDING_FAILED, "another type");
	jpki_buf_free(&der);
}

static void
two_digests_in_one_signature_are_not_believed(void **state)
{
	/* rsaEncryption becomes sha1WithRSAEncryption: but in the keys. */
	static const char from[] = "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01"
	    "\x05\x00\x04\x82";
	static const char to[] = "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x05"
	    "\x05\x00\x04\x82";
	struct dockit *kit = *state;
	struct jpki_buf der = cmskit_sign(kit, false);

	cmskit_replace(&der, from, to, 13, 1);
	dockit_expect(cmskit_check_one(kit, &der, NULL), CHECK_SIGNATURE,
	    FINDING_FAILED, "two different digests");
	jpki_buf_free(&der);
}

static void
a_certificate_without_a_signature_is_no_document(void **state)
{
	struct dockit *kit = *state;
	CMS_ContentInfo *cms = CMS_sign_ex(NULL, NULL, NULL, NULL,
	    CMS_DETACHED | CMS_PARTIAL, fixture_crypto(), NULL);
	struct jpki_buf der = { NULL, 0 };

	assert_int_equal(CMS_add1_cert(cms, kit->sign), 1);
	assert_int_equal(cms_der(cms, &der, NULL), DOC_OK);
	cmskit_refuse(kit, &der, "holds no signature");
	CMS_ContentInfo_free(cms);
	jpki_buf_free(&der);
}

static void
a_cms_that_is_not_signed_is_no_document(void **state)
{
	struct dockit *kit = *state;
	BIO *content = cmskit_text(CMSKIT_TEXT);
	CMS_ContentInfo *cms = CMS_data_create_ex(content, CMS_BINARY,
	    fixture_crypto(), NULL);
	struct jpki_buf der = { NULL, 0 };

	assert_int_equal(cms_der(cms, &der, NULL), DOC_OK);
	cmskit_refuse(kit, &der, "not a signed one");
	BIO_free(content);
	CMS_ContentInfo_free(cms);
	jpki_buf_free(&der);
}

static void
what_stands_behind_the_cms_is_refused(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf der = cmskit_sign(kit, true), more;

	more.n = der.n + 1;
	more.p = calloc(1, more.n);
	assert_non_null(more.p);
	memcpy(more.p, der.p, der.n);
	cmskit_refuse(kit, &more, "behind the CMS");
	jpki_buf_free(&more);
	jpki_buf_free(&der);
}

static void
a_cms_that_is_cut_is_refused(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf der = cmskit_sign(kit, false);
	size_t n = der.n;

	for (der.n = 0; der.n < n; der.n += 5)
		cmskit_refuse(kit, &der, "this is no CMS");
	der.n = n;
	jpki_buf_free(&der);
}

static void
more_certificates_than_anybody_needs_are_refused(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf der = cmskit_sign(kit, true);
	struct fixture leaf = fixture_sign;
	struct cms_message m;

	leaf.key = leaf.issuer_key = leaf.authority = FIXTURE_P256;
	leaf.others = NULL;
	assert_int_equal(cms_open(fixture_crypto(), der.p, der.n,
	    NID_pkcs7_data, &m, &kit->error), DOC_OK);
	jpki_buf_free(&der);
	for (int i = 0; i < 256; i++) {
		char serial[16];
		X509 *cert;

		snprintf(serial, sizeof(serial), "10%04X", (unsigned)i);
		leaf.serial = serial;
		cert = dockit_cert(&leaf);
		assert_int_equal(CMS_add0_cert(m.cms, cert), 1);
	}
	assert_int_equal(cms_der(m.cms, &der, NULL), DOC_OK);
	cms_close(&m);
	cmskit_refuse(kit, &der, "more signers or certificates");
	jpki_buf_free(&der);
}

/* Signed by this certificate and key, over CMSKIT_TEXT. */
static struct verdict_signature *
signed_by(struct dockit *kit, const struct fixture *leaf)
{
	X509 *cert = dockit_cert(leaf);
	struct verdict_signature *s;
	struct jpki_buf der;

	kit->signer.cert = cert;
	kit->signer.key = fixture_key(leaf->key);
	der = cmskit_sign(kit, true);
	s = cmskit_check_one(kit, &der, CMSKIT_TEXT);
	dockit_expect(s, CHECK_INTEGRITY, FINDING_OK, NULL);
	dockit_expect(s, CHECK_SIGNATURE, FINDING_OK, NULL);
	jpki_buf_free(&der);
	X509_free(cert);
	return s;
}

static void
a_document_signed_with_a_certificate_for_logins_fails(void **state)
{
	dockit_expect(signed_by(*state, &fixture_auth), CHECK_USAGE,
	    FINDING_FAILED, "made for logins, not for documents");
}

static void
a_document_signed_with_a_ca_fails(void **state)
{
	dockit_expect(signed_by(*state, &fixture_ca), CHECK_USAGE,
	    FINDING_FAILED, "certificate of a CA");
}

static void
a_document_signed_after_the_certificates_end_fails(void **state)
{
	struct dockit *kit = *state;
	struct fixture leaf = fixture_sign;

	leaf.not_after = "251231235959Z";
	dockit_expect(signed_by(kit, &leaf), CHECK_VALIDITY, FINDING_FAILED,
	    "no longer valid");
	leaf = fixture_sign;
	kit->signer.now = DOCKIT_NOW + 86400;
	dockit_expect(signed_by(kit, &leaf), CHECK_VALIDITY, FINDING_FAILED,
	    "future");
}

/* With a CA in the document that has the right name. */
static void
a_document_of_a_self_made_ca_fails(void **state)
{
	struct dockit *kit = *state;
	struct fixture ca = fixture_ca, leaf = fixture_sign;
	X509 *impostor;

	ca.key = ca.issuer_key = leaf.issuer_key = FIXTURE_P384;
	leaf.authority = FIXTURE_P384;
	kit->signer.ca = impostor = dockit_cert(&ca);
	dockit_expect(signed_by(kit, &leaf), CHECK_CHAIN, FINDING_FAILED,
	    "no CA that is trusted");
	X509_free(impostor);
}

static void
have_no_time(CMS_ContentInfo *cms, CMS_SignerInfo *info)
{
	(void)cms;
	X509_ATTRIBUTE_free(CMS_signed_delete_attr(info,
	    CMS_signed_get_attr_by_NID(info, NID_pkcs9_signingTime, -1)));
	assert_int_equal(CMS_signed_add1_attr_by_NID(info,
	    NID_pkcs9_signingTime, V_ASN1_UTF8STRING, "yesterday", 9), 1);
}

static void
a_time_of_signing_that_cannot_be_read_fails(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf der = cmskit_foreign(kit, "SHA256", 0, have_no_time);
	struct verdict_signature *s = cmskit_check_one(kit, &der, NULL);

	dockit_expect(s, CHECK_VALIDITY, FINDING_FAILED, "cannot be read");
	assert_int_equal(s->claimed, -1);
	jpki_buf_free(&der);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, dockit_new, free_all)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_openssl_signs_is_believed),
		TEST(ber_is_believed_too),
		TEST(a_content_that_was_changed_is_not_believed),
		TEST(a_signed_attribute_that_was_changed_is_not_believed),
		TEST(a_changed_byte_changes_nothing_that_is_believed),
		TEST(weak_digests_are_not_believed),
		TEST(without_signed_attributes_nothing_is_believed),
		TEST(without_the_signers_certificate_nothing_is_believed),
		TEST(a_double_of_the_signer_is_not_believed),
		TEST(another_key_of_the_same_name_did_not_sign),
		TEST(an_attribute_that_is_signed_twice_is_not_believed),
		TEST(a_content_of_another_type_is_no_document),
		TEST(the_type_of_content_is_the_signed_one),
		TEST(two_digests_in_one_signature_are_not_believed),
		TEST(a_certificate_without_a_signature_is_no_document),
		TEST(a_cms_that_is_not_signed_is_no_document),
		TEST(what_stands_behind_the_cms_is_refused),
		TEST(a_cms_that_is_cut_is_refused),
		TEST(more_certificates_than_anybody_needs_are_refused),
		TEST(a_document_signed_with_a_certificate_for_logins_fails),
		TEST(a_document_signed_with_a_ca_fails),
		TEST(a_document_signed_after_the_certificates_end_fails),
		TEST(a_document_of_a_self_made_ca_fails),
		TEST(a_time_of_signing_that_cannot_be_read_fails),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_free);
}
