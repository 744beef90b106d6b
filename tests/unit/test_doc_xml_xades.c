/* SPDX-License-Identifier: BSD-2-Clause */
/* What a signer says of a signature, and what is believed of it. */
#include "xml.h"

#include <stdlib.h>
#include <string.h>

#include "tsakit.h"
#include "unit.h"
#include "xmlkit.h"
#include "xmltree.h"
#include "xmlxades.h"

static const struct xml_options options = { .xades = true };

/* Signed, and with a value over what was changed: digests do not fit. */
static char *
made(struct dockit *kit, const char *from, const char *to)
{
	char *out = xmlkit_sign(kit, xmlkit_letter, &options);

	return xmlkit_resign(kit, xmlkit_change(out, from, to));
}

static void
properties_have_the_time_and_the_certificate(void **state)
{
	struct dockit *kit = *state;
	char *out = xmlkit_sign_well(kit, xmlkit_letter, &options);
	const struct verdict *v = xmlkit_check(kit, out, NULL);

	xmlkit_has(out, "<xades:SigningTime>2026-01-01T00:00:00Z<");
	xmlkit_has(out, "<xades:SigningCertificateV2><xades:Cert>"
	    "<xades:CertDigest><ds:DigestMethod Algorithm=\"http://www.w3.org/"
	    "2001/04/xmlenc#sha256\"/><ds:DigestValue>");
	xmlkit_has(out, "<ds:Reference URI=\"#properties\" "
	    "Type=\"http://uri.etsi.org/01903#SignedProperties\">");
	xmlkit_has(out, "Target=\"#signature\"");
	xmlkit_has(out, "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/"
	    "xmldsig#\" Id=\"signature\">");
	expect_int("claimed", v->signatures[0].claimed, DOCKIT_NOW);
	expect_text("label", v->signatures[0].label, "signature");
	free(out);
}

static void
names_in_use_are_not_given_again(void **state)
{
	char *out = xmlkit_sign_well(*state, "<a Id=\"signature\"><b "
	    "id=\"properties\"/><c ID=\"properties-2\"/></a>", &options);

	xmlkit_has(out, "Id=\"signature-2\"");
	xmlkit_has(out, "Id=\"properties-3\"");
	free(out);
}

static void
a_time_that_was_changed_fails(void **state)
{
	struct dockit *kit = *state;
	char *out = xmlkit_sign(kit, xmlkit_letter, &options);

	out = xmlkit_change(out, "2026-01-01T", "2025-01-01T");
	xmlkit_expect(kit, out, CHECK_INTEGRITY, FINDING_FAILED,
	    "<SignedProperties> in line");
	free(out);
}

static void
properties_that_name_no_certificate_fail(void **state)
{
	struct dockit *kit = *state;
	char *out = made(kit, "<xades:SigningCertificateV2><xades:Cert>",
	    "<xades:SigningCertificateV2><xades:Cert/><xades:Cert>");

	xmlkit_expect(kit, out, CHECK_SIGNATURE, FINDING_FAILED,
	    "do not name the certificate that signed");
	free(out);
}

/* Somebody got a certificate for the same key. */
static void
another_certificate_of_the_key_is_not_the_named_one(void **state)
{
	struct dockit *kit = *state;
	struct fixture other = fixture_sign;
	char *out = xmlkit_sign(kit, xmlkit_letter, &options), *theirs;
	char *own = xmlkit_part(out, "<ds:X509Data>", "</ds:X509Data>");
	char *cert;

	other.serial = "0BAD";
	kit->signer.cert = dockit_cert(&other);
	theirs = xmlkit_sign(kit, xmlkit_letter, &options);
	X509_free(kit->signer.cert);
	cert = xmlkit_part(theirs, "<ds:X509Data>", "</ds:X509Data>");
	out = xmlkit_change(out, own, cert);
	xmlkit_expect(kit, out, CHECK_INTEGRITY, FINDING_OK, NULL);
	xmlkit_expect(kit, out, CHECK_CHAIN, FINDING_OK, NULL);
	xmlkit_expect(kit, out, CHECK_SIGNATURE, FINDING_FAILED,
	    "do not name the certificate that signed");
	free(cert);
	free(own);
	free(theirs);
	free(out);
}

static int64_t
time_of(const char *text)
{
	xmlDoc *doc = xmlNewDoc((const xmlChar *)"1.0");
	xmlNode *root = xmlNewDocNode(doc, NULL, (const xmlChar *)"p", NULL);
	xmlNode *node;
	int64_t when;
	bool is_time;

	xmlDocSetRootElement(doc, root);
	root->ns = xmlNewNs(root, (const xmlChar *)XML_NS_XADES, NULL);
	node = xml_add(root, "SignedSignatureProperties", NULL);
	if (text != NULL)
		(void)xml_add(node, "SigningTime", text);
	is_time = xades_time(root, &when);
	assert_int_equal(is_time, text == NULL || when >= 0);
	xmlFreeDoc(doc);
	return when;
}

static void
times_are_read_with_their_zone(void **state)
{
	static const struct {
		const char	*text;
		int64_t		 when;
	} rows[] = {
		{ "2026-01-01T00:00:00Z", DOCKIT_NOW },
		{ "2026-01-01T09:00:00+09:00", DOCKIT_NOW },
		{ "2025-12-31T19:00:00-05:00", DOCKIT_NOW },
		{ "2026-01-01T00:00:00.123Z", DOCKIT_NOW },
		{ "2026-01-01T00:00:00", DOCKIT_NOW },
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2000-02-29T12:00:00Z", 951825600 },
		{ "2024-12-31T23:59:59Z", 1735689599 },
		{ "", -1 }, { "now", -1 }, { "2026-01-01", -1 },
		{ "2026-13-01T00:00:00Z", -1 }, { "2026-01-32T00:00:00Z", -1 },
		{ "2026-01-01T25:00:00Z", -1 }, { "2026-01-01T00:00:00X", -1 },
		{ "2026-01-01T00:00:00+9", -1 }, { "1969-01-01T00:00:00Z", -1 },
		{ "2026-01-01T00:00:00+99:00", -1 },
		{ "2026-01-01T00:00:00Z and more", -1 },
	};

	(void)state;
	expect_int("none", time_of(NULL), -1);
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_int(rows[i].text, time_of(rows[i].text), rows[i].when);
}

static void
a_time_that_is_none_fails(void **state)
{
	struct dockit *kit = *state;
	char *out = made(kit, "2026-01-01T00:00:00Z", "Heisei 38");

	xmlkit_expect(kit, out, CHECK_VALIDITY, FINDING_FAILED,
	    "time of signing cannot be read");
	free(out);
}

static void
time_stamps_need_properties(void **state)
{
	static const struct xml_options plain;
	struct dockit *kit = *state;
	struct jpki_buf out = { NULL, 0 };

	kit->signer.timestamp = "http://127.0.0.1:1/";
	assert_int_equal(xml_sign(&kit->signer, (const uint8_t *)"<a/>", 4,
	    &plain, &out, &kit->error), DOC_ERR_OPTION);
	/* Nobody listens there. */
	assert_int_equal(xml_sign(&kit->signer, (const uint8_t *)"<a/>", 4,
	    &options, &out, &kit->error), DOC_ERR_NETWORK);
	assert_null(out.p);
}

static char *
stamped(struct dockit *kit)
{
	struct tsakit *tsa = tsakit_new(TSAKIT_HONEST, NULL);
	char *out;

	kit->signer.timestamp = tsakit_url(tsa);
	out = xmlkit_sign_well(kit, xmlkit_letter, &options);
	kit->signer.timestamp = NULL;
	tsakit_free(tsa);
	return out;
}

static void
a_time_stamp_is_over_the_signatures_value(void **state)
{
	struct dockit *kit = *state;
	char *out = stamped(kit), *other, *token;
	const struct verdict *v = xmlkit_check(kit, out, NULL);

	dockit_expect(&v->signatures[0], CHECK_TIMESTAMP, FINDING_OK, NULL);
	assert_true(v->signatures[0].stamped > 0);
	token = xmlkit_part(out, "<xades:UnsignedProperties>",
	    "</xades:QualifyingProperties>");
	/* With another signature it proves nothing. */
	kit->signer.now++;
	other = xmlkit_sign(kit, xmlkit_letter, &options);
	other = xmlkit_change(other, "</xades:QualifyingProperties>", token);
	v = xmlkit_check(kit, other, NULL);
	dockit_expect(&v->signatures[0], CHECK_SIGNATURE, FINDING_OK, NULL);
	dockit_expect(&v->signatures[0], CHECK_TIMESTAMP, FINDING_FAILED,
	    NULL);
	assert_false(verdict_holds(v));
	free(token);
	free(other);
	free(out);
}

#define STAMP(inside) \
	"<xades:UnsignedProperties><xades:UnsignedSignatureProperties>" \
	"<xades:SignatureTimeStamp>" inside "</xades:SignatureTimeStamp>" \
	"</xades:UnsignedSignatureProperties></xades:UnsignedProperties>" \
	"</xades:QualifyingProperties>"

static void
a_time_stamp_that_is_none_fails(void **state)
{
	static const char *const rows[] = {
		STAMP(""),
		STAMP("<xades:EncapsulatedTimeStamp>AAAA"
		    "</xades:EncapsulatedTimeStamp>"),
		STAMP("<ds:CanonicalizationMethod Algorithm=\""
		    "http://www.w3.org/2001/10/xml-exc-c14n#\"/>"
		    "<xades:EncapsulatedTimeStamp>AAAA"
		    "</xades:EncapsulatedTimeStamp>"),
		STAMP("<ds:CanonicalizationMethod Algorithm=\""
		    "http://www.w3.org/TR/1999/REC-xslt-19991116\"/>"
		    "<xades:EncapsulatedTimeStamp>AAAA"
		    "</xades:EncapsulatedTimeStamp>"),
	};
	struct dockit *kit = *state;
	char *out = xmlkit_sign(kit, xmlkit_letter, &options);

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *bad = xmlkit_replace(out,
		    "</xades:QualifyingProperties>", rows[i]);

		xmlkit_expect(kit, bad, CHECK_TIMESTAMP, FINDING_FAILED, NULL);
		free(bad);
	}
	free(out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, dockit_new, xmlkit_free)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(properties_have_the_time_and_the_certificate),
		TEST(names_in_use_are_not_given_again),
		TEST(a_time_that_was_changed_fails),
		TEST(properties_that_name_no_certificate_fail),
		TEST(another_certificate_of_the_key_is_not_the_named_one),
		TEST(times_are_read_with_their_zone),
		TEST(a_time_that_is_none_fails),
		TEST(time_stamps_need_properties),
		TEST(a_time_stamp_is_over_the_signatures_value),
		TEST(a_time_stamp_that_is_none_fails),
	};

	return cmocka_run_group_tests_name("doc_xml_xades", tests, NULL,
	    fixture_free);
}
