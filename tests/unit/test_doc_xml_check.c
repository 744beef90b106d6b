/* SPDX-License-Identifier: BSD-2-Clause */
/* XML signatures that must not hold, and why they do not. */
#include "xml.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "xmlkit.h"

#define DSIG		"http://www.w3.org/2000/09/xmldsig#"
#define MORE		"http://www.w3.org/2001/04/xmldsig-more#"
#define C14N		"http://www.w3.org/TR/2001/REC-xml-c14n-20010315"

static const struct xml_options enveloped;

/* Signed enveloped, changed, and with a value of the signer's over that. */
static char *
made(struct dockit *kit, const char *from, const char *to)
{
	char *out = xmlkit_sign(kit, xmlkit_letter, &enveloped);

	return xmlkit_resign(kit, xmlkit_change(out, from, to));
}

static void
content_that_was_changed_fails(void **state)
{
	static const char *const rows[][2] = {
		{ ">1000<", ">9000<" }, { "JPY", "USD" },
		{ "<to ", "<to x=\"\" " }, { "</letter>", "<b/></letter>" },
		{ "<letter ", "<letter xmlns=\"urn:x\" " },
		{ "  <to", " <to" }, { "<letter", "<?go?><letter" },
	};
	struct dockit *kit = *state;
	char *out = xmlkit_sign(kit, xmlkit_letter, &enveloped);

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *bad = xmlkit_replace(out, rows[i][0], rows[i][1]);

		xmlkit_expect(kit, bad, CHECK_INTEGRITY, FINDING_FAILED,
		    "the document was changed");
		free(bad);
	}
	free(out);
}

static void
a_digest_that_was_fitted_to_other_content_fails(void **state)
{
	struct dockit *kit = *state;
	char *out = xmlkit_sign(kit, xmlkit_letter, &enveloped);
	char *other = xmlkit_replace(xmlkit_letter, ">1000<", ">9000<");
	char *signed_other = xmlkit_sign(kit, other, &enveloped);
	char *value = xmlkit_part(out, "<ds:DigestValue>", "</ds:DigestValue>");
	char *fitted = xmlkit_part(signed_other, "<ds:DigestValue>",
	    "</ds:DigestValue>");

	out = xmlkit_change(xmlkit_change(out, value, fitted), ">1000<",
	    ">9000<");
	xmlkit_expect(kit, out, CHECK_INTEGRITY, FINDING_OK, NULL);
	xmlkit_expect(kit, out, CHECK_SIGNATURE, FINDING_FAILED,
	    "no certificate in it has a key that made it");
	free(fitted);
	free(value);
	free(signed_other);
	free(other);
	free(out);
}

/* Where canonical form leaves a comment out, half of a text remains. */
static void
a_comment_that_was_put_into_a_text_fails(void **state)
{
	static const char *const rows[][2] = {
		{ "Taro<", "T<!---->aro<" }, { "Taro<", "Taro<!-- -->, Jiro<" },
		{ ">Mihon", "><!-- x -->Mihon" }, { ">1000<", ">1<!---->000<" },
	};
	struct dockit *kit = *state;
	char *out = xmlkit_sign(kit, xmlkit_letter, &enveloped);

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *bad = xmlkit_replace(out, rows[i][0], rows[i][1]);

		xmlkit_expect(kit, bad, CHECK_COVERAGE, FINDING_FAILED,
		    "not the comment in a text in line");
		free(bad);
	}
	free(out);
}

/* A CDATA section is not there in canonical form. */
static void
a_text_that_was_parted_by_cdata_fails(void **state)
{
	static const char *const rows[][2] = {
		{ ">1000<", ">1<![CDATA[000]]><" },
		{ ">1000<", "><![CDATA[100]]>0<" },
		{ ">1000<", "><![CDATA[10]]><![CDATA[00]]><" },
	};
	struct dockit *kit = *state;
	char *out = xmlkit_sign(kit, xmlkit_letter, &enveloped);

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *bad = xmlkit_replace(out, rows[i][0], rows[i][1]);

		xmlkit_expect(kit, bad, CHECK_INTEGRITY, FINDING_OK, NULL);
		xmlkit_expect(kit, bad, CHECK_COVERAGE, FINDING_FAILED,
		    "not the CDATA section in a text in line");
		free(bad);
	}
	out = xmlkit_change(out, ">1000<", "><![CDATA[1000]]><");
	xmlkit_expect_well(kit, out);
	free(out);
}

static void
a_comment_between_elements_says_nothing_and_does_no_harm(void **state)
{
	struct dockit *kit = *state;
	char *out = xmlkit_sign(kit, xmlkit_letter, &enveloped);

	out = xmlkit_change(out, "  <sum", "  <!-- a sum --><sum");
	xmlkit_expect_well(kit, out);
	free(out);
}

static void
a_comment_in_a_value_fails(void **state)
{
	struct dockit *kit = *state;
	char *out = xmlkit_sign(kit, xmlkit_letter, &enveloped), *bad;

	bad = xmlkit_replace(out, "<ds:DigestValue>",
	    "<ds:DigestValue>AAAA<!---->");
	xmlkit_expect(kit, bad, CHECK_SIGNATURE, FINDING_FAILED,
	    "ds:SignedInfo is not made");
	free(bad);
	bad = xmlkit_replace(out, "<ds:SignatureValue>",
	    "<ds:SignatureValue><!---->");
	xmlkit_expect(kit, bad, CHECK_SIGNATURE, FINDING_FAILED,
	    "ds:SignatureValue is not base64");
	free(bad);
	bad = xmlkit_replace(out, "<ds:X509Certificate>",
	    "<ds:X509Certificate><?x?>");
	xmlkit_expect(kit, bad, CHECK_SIGNATURE, FINDING_FAILED,
	    "cannot be read");
	free(bad);
	free(out);
}

/* The signer has signed all of these, by a value that is right. */
static void
algorithms_of_no_worth_fail(void **state)
{
	static const struct {
		const char	*from, *to;
		enum check	 check;
		const char	*words;
	} rows[] = {
		{ "2001/04/xmlenc#sha256", "2000/09/xmldsig#sha1",
		    CHECK_INTEGRITY, "sha1\" is not accepted" },
		{ "2001/04/xmlenc#sha256", "2001/04/xmldsig-more#md5",
		    CHECK_INTEGRITY, "md5\" is not accepted" },
		{ "2001/04/xmlenc#sha256", "", CHECK_INTEGRITY, "\" is not accepted" },
		{ C14N "\"/></ds:Transforms",
		    "http://www.w3.org/TR/1999/REC-xpath-19991116\"/></ds:Transforms",
		    CHECK_INTEGRITY, "xpath" },
		{ C14N "\"/></ds:Transforms",
		    "http://www.w3.org/2002/06/xmldsig-filter2\"/></ds:Transforms",
		    CHECK_INTEGRITY, "filter2" },
		{ C14N "\"/></ds:Transforms",
		    "http://www.w3.org/TR/1999/REC-xslt-19991116\"/></ds:Transforms",
		    CHECK_INTEGRITY, "xslt" },
		{ C14N "\"/></ds:Transforms", DSIG "base64\"/></ds:Transforms",
		    CHECK_INTEGRITY, "base64" },
		{ C14N "\"/></ds:Transforms", DSIG "enveloped-signature\"/></ds:Transforms",
		    CHECK_INTEGRITY, "enveloped" },
		{ "</ds:Transforms>", "<ds:Transform Algorithm=\"" C14N "\"/></ds:Transforms>",
		    CHECK_INTEGRITY, "c14n" },
		{ "</ds:Transforms>", "<ds:Transform/></ds:Transforms>",
		    CHECK_INTEGRITY, "transform \"\"" },
		{ C14N "\"/></ds:Transforms", C14N "\"><ds:XPath>1</ds:XPath></ds:Transform></ds:Transforms",
		    CHECK_INTEGRITY, "c14n" },
		{ C14N "\"/></ds:Transforms", C14N "\">1</ds:Transform></ds:Transforms",
		    CHECK_INTEGRITY, "c14n" },
		{ "URI=\"\"", "URI=\"http://example.com/a\"",
		    CHECK_INTEGRITY, "http://example.com/a\"; nothing is fetched" },
		{ "URI=\"\"", "URI=\"file:///etc/passwd\"", CHECK_INTEGRITY, "nothing is fetched" },
		{ "URI=\"\"", "URI=\"//example.com/a\"", CHECK_INTEGRITY, "nothing is fetched" },
		{ "URI=\"\"", "URI=\"/etc/passwd\"", CHECK_INTEGRITY, "nothing is fetched" },
		{ "URI=\"\"", "URI=\"#xpointer(/)\"", CHECK_INTEGRITY, "nothing is fetched" },
		{ "URI=\"\"", "URI=\"#xpointer(id('to'))\"",
		    CHECK_INTEGRITY, "nothing is fetched" },
		{ "URI=\"\"", "URI=\"#to%00\"", CHECK_INTEGRITY, "nothing is fetched" },
		{ "URI=\"\"", "URI=\"#\"", CHECK_INTEGRITY, "nothing is fetched" },
		{ "URI=\"\"", "URI=\"passwd\"", CHECK_INTEGRITY, "was not given" },
		{ "URI=\"\"", "URI=\"../passwd\"", CHECK_INTEGRITY, "was not given" },
		{ "URI=\"\"", "URI=\"#none\"", CHECK_INTEGRITY, "no element has the Id" },
		{ "URI=\"\"", "Id=\"r\"", CHECK_INTEGRITY, "does not say to what" },
		{ "URI=\"\"", "URI=\"\" Type=\"" DSIG "Manifest\"", CHECK_INTEGRITY, "Manifest" },
		{ "<ds:DigestMethod", "<ds:DigestMethod/><ds:DigestMethod",
		    CHECK_INTEGRITY, "a ds:Reference is not made" },
		{ "</ds:DigestValue>", "</ds:DigestValue><ds:DigestValue/>",
		    CHECK_INTEGRITY, "a ds:Reference is not made" },
		{ "</ds:SignedInfo>", "<ds:Other/></ds:SignedInfo>",
		    CHECK_INTEGRITY, "ds:SignedInfo is not made" },
	};
	struct dockit *kit = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *bad = made(kit, rows[i].from, rows[i].to);

		xmlkit_expect(kit, bad, rows[i].check, FINDING_FAILED,
		    rows[i].words);
		xmlkit_expect(kit, bad, CHECK_SIGNATURE, FINDING_OK, NULL);
		free(bad);
	}
}

static void
signature_methods_of_no_worth_fail(void **state)
{
	static const char *const rows[][2] = {
		{ MORE "rsa-sha256", DSIG "rsa-sha1" },
		{ MORE "rsa-sha256", DSIG "hmac-sha1" },
		{ MORE "rsa-sha256", MORE "hmac-sha256" },
		{ MORE "rsa-sha256", DSIG "dsa-sha1" },
		{ MORE "rsa-sha256", MORE "rsa-md5" },
		{ MORE "rsa-sha256\"/>", MORE "rsa-sha256\">"
		    "<ds:HMACOutputLength>0</ds:HMACOutputLength>"
		    "</ds:SignatureMethod>" },
		{ MORE "rsa-sha256", MORE "rsa-sha384" },
		{ MORE "rsa-sha256", MORE "ecdsa-sha256" },
		{ "CanonicalizationMethod Algorithm=\"" C14N,
		    "CanonicalizationMethod Algorithm=\"urn:own" },
		{ "<ds:SignedInfo>", "<ds:SignedInfo><ds:Reference/>" },
		{ "<ds:SignedInfo>", "<ds:SignedInfo>text" },
		{ "</ds:SignedInfo>", "</ds:SignedInfo>text" },
		{ "</ds:SignedInfo>", "</ds:SignedInfo><ds:SignedInfo/>" },
		{ "</ds:KeyInfo>", "</ds:KeyInfo><ds:KeyInfo/>" },
		{ "</ds:KeyInfo>", "</ds:KeyInfo><other/>" },
		{ "<ds:SignatureValue>", "<ds:SignatureValue>%" },
		{ "<ds:SignatureValue>", "<ds:SignatureValue>AAAA" },
	};
	struct dockit *kit = *state;
	char *out = xmlkit_sign(kit, xmlkit_letter, &enveloped);

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *bad = xmlkit_replace(out, rows[i][0], rows[i][1]);

		xmlkit_expect(kit, bad, CHECK_SIGNATURE, FINDING_FAILED, NULL);
		free(bad);
	}
	free(out);
}

/*
 * Whose it is.
 */

static void
only_a_certificate_tells_whose_it_is(void **state)
{
	static const char *const rows[] = {
		"", "<ds:KeyInfo/>", "<ds:KeyInfo><ds:X509Data/></ds:KeyInfo>",
		"<ds:KeyInfo><ds:KeyName>Taro</ds:KeyName></ds:KeyInfo>",
		"<ds:KeyInfo><ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB"
		    "</ds:Modulus><ds:Exponent>AQAB</ds:Exponent>"
		    "</ds:RSAKeyValue></ds:KeyValue></ds:KeyInfo>",
		"<ds:KeyInfo><ds:RetrievalMethod URI=\"http://example.com/\" "
		    "Type=\"" DSIG "X509Data\"/></ds:KeyInfo>",
	};
	struct dockit *kit = *state;
	char *out = xmlkit_sign(kit, xmlkit_letter, &enveloped);
	char *info = xmlkit_part(out, "<ds:KeyInfo>", "</ds:KeyInfo>");

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *bad = xmlkit_replace(out, info, rows[i]);

		xmlkit_expect(kit, bad, CHECK_SIGNATURE, FINDING_FAILED,
		    "it has no certificate");
		free(bad);
	}
	free(info);
	free(out);
}

static char *
with_certificate(struct dockit *kit, const struct fixture *fixture)
{
	static const struct xml_options options;
	struct doc_signer signer = kit->signer;
	char *out, *cert;

	kit->signer.cert = dockit_cert(fixture);
	kit->signer.key = fixture_key(fixture->key);
	out = xmlkit_sign(kit, xmlkit_letter, &options);
	X509_free(kit->signer.cert);
	kit->signer = signer;
	cert = xmlkit_part(out, "<ds:X509Certificate>",
	    "</ds:X509Certificate>");
	free(out);
	return cert;
}

static void
the_signer_is_who_has_the_key_of_several_certificates(void **state)
{
	struct fixture other = fixture_sign;
	struct dockit *kit = *state;
	char *out = xmlkit_sign(kit, xmlkit_letter, &enveloped), *cert, *two;
	struct jpki_buf der = fixture_make(&fixture_sign);
	const struct verdict *v;

	other.key = FIXTURE_P256;
	cert = with_certificate(kit, &other);
	two = xmlkit_format("<ds:X509Data>%s", cert);
	out = xmlkit_change(out, "<ds:X509Data>", two);
	v = xmlkit_check(kit, out, NULL);
	assert_true(v != NULL && verdict_holds(v));
	expect_bytes("signer", fixture_slice(&v->signatures[0].cert),
	    fixture_slice(&der));
	jpki_buf_free(&der);
	free(two);
	free(cert);
	free(out);
}

/* Which of them is shown would be whoever's choice added one. */
static void
of_several_certificates_of_one_key_none_is_believed(void **state)
{
	struct fixture other = fixture_sign;
	struct dockit *kit = *state;
	char *out = xmlkit_sign(kit, xmlkit_letter, &enveloped);
	char *own = xmlkit_part(out, "<ds:X509Certificate>",
	    "</ds:X509Certificate>");
	char *theirs, *both;

	other.serial = "0BAD";
	theirs = with_certificate(kit, &other);
	both = xmlkit_format("%s%s", own, theirs);
	out = xmlkit_change(out, own, both);
	xmlkit_expect(kit, out, CHECK_SIGNATURE, FINDING_FAILED,
	    "several certificates");
	/* The same twice is one. */
	out = xmlkit_change(out, theirs, own);
	xmlkit_expect_well(kit, out);
	free(both);
	free(theirs);
	free(own);
	free(out);
}

static void
a_certificate_of_another_key_is_not_the_signers(void **state)
{
	struct fixture other = fixture_sign;
	struct dockit *kit = *state;
	char *out = xmlkit_sign(kit, xmlkit_letter, &enveloped), *theirs, *own;
	const struct verdict *v;

	other.key = FIXTURE_RSA_CA;
	theirs = with_certificate(kit, &other);
	own = xmlkit_part(out, "<ds:X509Certificate>",
	    "</ds:X509Certificate>");
	out = xmlkit_change(out, own, theirs);
	v = xmlkit_check(kit, out, NULL);
	assert_non_null(v);
	dockit_expect(&v->signatures[0], CHECK_SIGNATURE, FINDING_FAILED,
	    "no certificate in it has a key");
	assert_null(v->signatures[0].cert.p);
	assert_false(verdict_holds(v));
	free(own);
	free(theirs);
	free(out);
}

static void
too_many_certificates_are_not_tried(void **state)
{
	struct dockit *kit = *state;
	char *out = xmlkit_sign(kit, xmlkit_letter, &enveloped);
	char *own = xmlkit_part(out, "<ds:X509Certificate>",
	    "</ds:X509Certificate>");

	for (int i = 0; i < 5; i++) {
		char *twice = xmlkit_format("%s%s", own, own);

		out = xmlkit_change(out, own, twice);
		free(own);
		own = twice;
	}
	xmlkit_expect(kit, out, CHECK_SIGNATURE, FINDING_FAILED,
	    "more than 16 certificates");
	free(own);
	free(out);
}

static void
a_signer_that_is_not_believed_fails(void **state)
{
	struct dockit *kit = *state;
	struct doc_signer signer = kit->signer;
	char *out;

	kit->signer.cert = kit->auth;
	kit->signer.key = fixture_key(fixture_auth.key);
	out = xmlkit_sign(kit, xmlkit_letter, &enveloped);
	kit->signer = signer;
	xmlkit_expect(kit, out, CHECK_SIGNATURE, FINDING_OK, NULL);
	xmlkit_expect(kit, out, CHECK_USAGE, FINDING_FAILED, NULL);
	free(out);
	trust_certs_free(kit->trust.anchors);
	kit->trust.anchors = NULL;
	out = xmlkit_sign(kit, xmlkit_letter, &enveloped);
	xmlkit_expect(kit, out, CHECK_CHAIN, FINDING_FAILED, NULL);
	free(out);
}

/*
 * Several.
 */

static void
of_two_signatures_a_bad_one_fails_all(void **state)
{
	static const char *const ids[] = { "to" };
	static const struct xml_options options = {
		.shape = XML_DETACHED, .ids = ids, .ids_n = 1, .xades = true,
	};
	static const struct xml_given given = { .ids = ids, .ids_n = 1 };
	struct dockit *kit = *state;
	char *one = xmlkit_sign(kit, xmlkit_letter, &options);
	char *two = xmlkit_sign(kit, one, &options);
	const struct verdict *v = xmlkit_check(kit, two, &given);

	assert_true(v != NULL && verdict_holds(v));
	for (int i = 0; i < 2; i++) {
		char *head = xmlkit_part(two, i == 0 ? "Id=\"signature\"" :
		    "Id=\"signature-2\"", "<ds:SignatureValue>");
		char *bad_head = xmlkit_replace(head, "<ds:SignatureValue>",
		    "<ds:SignatureValue>AAAA");
		char *bad = xmlkit_replace(two, head, bad_head);

		v = xmlkit_check(kit, bad, &given);
		assert_non_null(v);
		expect_int("signatures", (long long)v->n, 2);
		assert_false(verdict_holds(v));
		dockit_expect(&v->signatures[i], CHECK_SIGNATURE,
		    FINDING_FAILED, NULL);
		dockit_expect(&v->signatures[1 - i], CHECK_SIGNATURE,
		    FINDING_OK, NULL);
		free(bad);
		free(bad_head);
		free(head);
	}
	free(one);
	free(two);
}

static void
a_signature_that_is_empty_fails(void **state)
{
	static const char *const rows[] = {
		"<a><ds:Signature xmlns:ds=\"" DSIG "\"/></a>",
		"<Signature xmlns=\"" DSIG "\"/>",
		"<Signature xmlns=\"" DSIG "\"><SignedInfo/><SignatureValue/>"
		    "</Signature>",
		"<Signature xmlns=\"" DSIG "\"><SignedInfo>"
		    "<CanonicalizationMethod/><SignatureMethod/></SignedInfo>"
		    "<SignatureValue/></Signature>",
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		xmlkit_expect(*state, rows[i], CHECK_SIGNATURE, FINDING_FAILED,
		    NULL);
}

static void
a_signature_over_nothing_fails(void **state)
{
	struct dockit *kit = *state;
	char *out = xmlkit_sign(kit, xmlkit_letter, &enveloped);
	char *reference = xmlkit_part(out, "<ds:Reference", "</ds:Reference>");

	out = xmlkit_resign(kit, xmlkit_change(out, reference, ""));
	xmlkit_expect(kit, out, CHECK_INTEGRITY, FINDING_FAILED,
	    "it signs nothing");
	free(reference);
	free(out);
}

static void
more_references_than_a_signature_needs_fail(void **state)
{
	struct dockit *kit = *state;
	char *out = xmlkit_sign(kit, xmlkit_letter, &enveloped);
	char *all = xmlkit_part(out, "<ds:Reference", "</ds:Reference>");

	for (int i = 0; i < 8; i++) {
		char *twice = xmlkit_format("%s%s", all, all);

		out = xmlkit_change(out, all, twice);
		free(all);
		all = twice;
	}
	out = xmlkit_resign(kit, out);
	xmlkit_expect(kit, out, CHECK_INTEGRITY, FINDING_FAILED,
	    "more than 128 references");
	free(all);
	free(out);
}

static void
a_document_without_a_signature_is_refused(void **state)
{
	xmlkit_expect_refused(*state, xmlkit_letter, "has no signature");
	/* Of no namespace, or of another one. */
	xmlkit_expect_refused(*state, "<Signature/>", "has no signature");
	xmlkit_expect_refused(*state, "<Signature xmlns=\"urn:x\"/>",
	    "has no signature");
}

static void
more_signatures_than_can_be_checked_are_refused(void **state)
{
	char *text = xmlkit_format("<a></a>");

	for (int i = 0; i < 17; i++)
		text = xmlkit_change(text, "<a>", "<a><Signature xmlns=\""
		    DSIG "\"/>");
	xmlkit_expect_refused(*state, text, "more signatures");
	free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, dockit_new, xmlkit_free)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(content_that_was_changed_fails),
		TEST(a_digest_that_was_fitted_to_other_content_fails),
		TEST(a_comment_that_was_put_into_a_text_fails),
		TEST(a_text_that_was_parted_by_cdata_fails),
		TEST(a_comment_between_elements_says_nothing_and_does_no_harm),
		TEST(a_comment_in_a_value_fails),
		TEST(algorithms_of_no_worth_fail),
		TEST(signature_methods_of_no_worth_fail),
		TEST(only_a_certificate_tells_whose_it_is),
		TEST(the_signer_is_who_has_the_key_of_several_certificates),
		TEST(of_several_certificates_of_one_key_none_is_believed),
		TEST(a_certificate_of_another_key_is_not_the_signers),
		TEST(too_many_certificates_are_not_tried),
		TEST(a_signer_that_is_not_believed_fails),
		TEST(of_two_signatures_a_bad_one_fails_all),
		TEST(a_signature_that_is_empty_fails),
		TEST(a_signature_over_nothing_fails),
		TEST(more_references_than_a_signature_needs_fail),
		TEST(a_document_without_a_signature_is_refused),
		TEST(more_signatures_than_can_be_checked_are_refused),
	};

	return cmocka_run_group_tests_name("doc_xml_check", tests, NULL,
	    fixture_free);
}
