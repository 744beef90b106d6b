/* SPDX-License-Identifier: BSD-2-Clause */
/* XML signatures: their shapes, and what stands in them. */
#include "xml.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "xmlkit.h"

#define EGOV_ID		"\xE6\xA7\x8B\xE6\x88\x90\xE6\x83\x85\xE5\xA0\xB1"
#define EGOV_PLACE	"\xE7\xBD\xB2\xE5\x90\x8D\xE6\x83\x85\xE5\xA0\xB1"
#define EGOV_URI	"#%E6%A7%8B%E6%88%90%E6%83%85%E5%A0%B1"

static const struct xml_file files[] = {
	{ "plan.pdf", (const uint8_t *)"%PDF-1.7 plan", 13 },
	{ "\xE6\xB7\xBB\xE4\xBB\x98 1.txt", (const uint8_t *)"one", 3 },
	{ "empty", (const uint8_t *)"", 0 },
};

static const char *const two_ids[] = { "to", "sum" };

static void
an_enveloped_signature_is_over_the_whole_document(void **state)
{
	static const struct xml_options options;
	struct dockit *kit = *state;
	char *out = xmlkit_sign_well(kit, xmlkit_letter, &options);

	xmlkit_expect(kit, out, CHECK_COVERAGE, FINDING_OK,
	    "it covers the whole document");
	xmlkit_expect(kit, out, CHECK_INTEGRITY, FINDING_OK, NULL);
	xmlkit_expect(kit, out, CHECK_SIGNATURE, FINDING_OK, NULL);
	xmlkit_has(out, "</ds:Signature></letter>");
	xmlkit_has(out, "URI=\"\"");
	xmlkit_has(out, "xmldsig-more#rsa-sha256");
	xmlkit_lacks(out, "Signature Id=");
	free(out);
}

static void
it_goes_into_the_element_that_is_named(void **state)
{
	static const struct xml_options options = { .into = "to" };
	struct dockit *kit = *state;
	char *out = xmlkit_sign_well(kit, xmlkit_letter, &options);

	xmlkit_has(out, "</ds:Signature></to>");
	free(out);
}

static void
an_enveloping_signature_has_the_document_in_it(void **state)
{
	static const struct xml_options options = {
		.shape = XML_ENVELOPING,
	};
	struct dockit *kit = *state;
	char *out = xmlkit_sign_well(kit, "<?xml version=\"1.0\"?>\n"
	    "<?style one?><!-- free --><a xml:lang=\"ja\">x</a>", &options);

	xmlkit_has(out, "<ds:Object Id=\"object\"><?style one?><!-- free -->"
	    "<a xml:lang=\"ja\">x</a></ds:Object></ds:Signature>");
	xmlkit_expect(kit, out, CHECK_COVERAGE, FINDING_OK,
	    "it covers the element <Object> (#object)");
	free(out);
}

static void
what_is_no_xml_can_be_enveloped_as_base64(void **state)
{
	static const struct xml_options options = {
		.shape = XML_ENVELOPING, .base64 = true,
	};
	struct dockit *kit = *state;
	char *out = xmlkit_sign_well(kit, "no <xml", &options);

	xmlkit_has(out, "Encoding=\"http://www.w3.org/2000/09/xmldsig#base64\""
	    ">bm8gPHhtbA==</ds:Object>");
	free(out);
}

static void
several_elements_are_signed_by_their_ids(void **state)
{
	static const struct xml_options options = {
		.shape = XML_DETACHED, .ids = two_ids, .ids_n = 2,
	};
	static const struct xml_given given = { .ids = two_ids, .ids_n = 2 };
	struct dockit *kit = *state;
	char *out = xmlkit_sign(kit, xmlkit_letter, &options);
	const struct verdict *v;

	xmlkit_has(out, "URI=\"#to\"");
	xmlkit_has(out, "URI=\"#sum\"");
	xmlkit_lacks(out, "enveloped-signature");
	xmlkit_expect(kit, out, CHECK_COVERAGE, FINDING_FAILED, "the element "
	    "<to> (#to), the element <sum> (#sum); not <letter> in line 2");
	v = xmlkit_check(kit, out, &given);
	assert_true(v != NULL && verdict_holds(v));
	free(out);
}

static void
an_element_around_the_signature_is_signed_without_it(void **state)
{
	static const char *const root[] = { "letter" };
	static const struct xml_options options = {
		.shape = XML_DETACHED, .ids = root, .ids_n = 1,
	};
	struct dockit *kit = *state;
	char *out = xmlkit_sign_well(kit, xmlkit_letter, &options);

	xmlkit_has(out, "enveloped-signature");
	free(out);
}

static void
files_are_signed_by_their_names(void **state)
{
	static const struct xml_options options = {
		.shape = XML_DETACHED, .files = files, .files_n = COUNT(files),
	};
	struct dockit *kit = *state;
	char *out = xmlkit_sign_well(kit, "", &options);
	struct xml_given given = { .files = files, .files_n = 1 };
	const struct verdict *v;

	xmlkit_has(out, "URI=\"plan.pdf\"");
	xmlkit_has(out, "URI=\"%E6%B7%BB%E4%BB%98%201.txt\"");
	xmlkit_lacks(out, "<ds:Transform");
	/* One that was signed, and is not there. */
	v = xmlkit_check(kit, out, &given);
	dockit_expect(&v->signatures[0], CHECK_INTEGRITY, FINDING_FAILED,
	    "1.txt\" is signed, and was not given");
	assert_false(verdict_holds(v));
	free(out);
}

static void
a_file_that_is_not_signed_is_told(void **state)
{
	static const struct xml_options options = { .files = files,
	    .files_n = 1 };
	static const struct xml_given given = { .files = files, .files_n = 2 };
	struct dockit *kit = *state;
	char *out = xmlkit_sign_well(kit, xmlkit_letter, &options);
	const struct verdict *v = xmlkit_check(kit, out, &given);

	dockit_expect(&v->signatures[0], CHECK_COVERAGE, FINDING_FAILED,
	    "the whole document, the file \"plan.pdf\"; not the file");
	assert_false(verdict_holds(v));
	free(out);
}

static void
a_file_that_was_changed_is_told(void **state)
{
	static const struct xml_options options = { .files = files,
	    .files_n = 1 };
	static const struct xml_file other = { "plan.pdf",
	    (const uint8_t *)"%PDF-1.7 PLAN", 13 };
	static const struct xml_given given = { .files = &other, .files_n = 1 };
	struct dockit *kit = *state;
	char *out = xmlkit_sign(kit, xmlkit_letter, &options);
	const struct verdict *v = xmlkit_check(kit, out, &given);

	dockit_expect(&v->signatures[0], CHECK_INTEGRITY, FINDING_FAILED,
	    "\"plan.pdf\" is not the one");
	free(out);
}

static void
exclusive_c14n_lets_an_element_move(void **state)
{
	static const char *const root[] = { "r" };
	static const struct xml_options options = {
		.shape = XML_DETACHED, .ids = root, .ids_n = 1,
		.exclusive = true,
	};
	static const struct xml_given given = { .ids = root, .ids_n = 1 };
	struct dockit *kit = *state;
	char *out = xmlkit_sign(kit, "<e xmlns:p=\"urn:p\"><p:r Id=\"r\"/>"
	    "</e>", &options);
	const struct verdict *v;

	xmlkit_has(out, "http://www.w3.org/2001/10/xml-exc-c14n#\"");
	out = xmlkit_change(out, "<e xmlns:p=\"urn:p\"",
	    "<e xmlns:p=\"urn:p\" xmlns:q=\"urn:q\"");
	v = xmlkit_check(kit, out, &given);
	assert_true(v != NULL && verdict_holds(v));
	free(out);
}

static void
every_hash_and_key_type_works(void **state)
{
	static const struct {
		enum fixture_key	 key;
		enum jpki_hash		 hash;
		const char		*uri;
	} rows[] = {
		{ FIXTURE_RSA, JPKI_HASH_SHA256, "#rsa-sha256" },
		{ FIXTURE_RSA, JPKI_HASH_SHA384, "#rsa-sha384" },
		{ FIXTURE_RSA, JPKI_HASH_SHA512, "#rsa-sha512" },
		{ FIXTURE_P256, JPKI_HASH_SHA256, "#ecdsa-sha256" },
		{ FIXTURE_P384, JPKI_HASH_SHA384, "#ecdsa-sha384" },
		{ FIXTURE_P521, JPKI_HASH_SHA256, "#ecdsa-sha256" },
		{ FIXTURE_P521, JPKI_HASH_SHA512, "#ecdsa-sha512" },
	};
	static const struct xml_options options = { .xades = true };
	struct dockit *kit = *state;
	struct doc_signer signer = kit->signer;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f = fixture_sign;
		char *out;

		f.key = rows[i].key;
		kit->signer.cert = dockit_cert(&f);
		kit->signer.key = fixture_key(rows[i].key);
		kit->signer.hash = rows[i].hash;
		out = xmlkit_sign(kit, xmlkit_letter, &options);
		xmlkit_has(out, rows[i].uri);
		xmlkit_expect(kit, out, CHECK_SIGNATURE, FINDING_OK, NULL);
		xmlkit_expect(kit, out, CHECK_INTEGRITY, FINDING_OK, NULL);
		X509_free(kit->signer.cert);
		kit->signer = signer;
		free(out);
	}
}

static void
the_verdict_tells_who_signed_and_with_which_hash(void **state)
{
	static const struct xml_options options;
	struct dockit *kit = *state;
	char *out;
	const struct verdict *v;
	struct jpki_buf der = fixture_make(&fixture_sign);

	kit->signer.hash = JPKI_HASH_SHA512;
	out = xmlkit_sign(kit, xmlkit_letter, &options);
	v = xmlkit_check(kit, out, NULL);
	expect_text("label", v->signatures[0].label, "1");
	expect_int("hash", v->signatures[0].hash, JPKI_HASH_SHA512);
	expect_int("claimed", v->signatures[0].claimed, -1);
	expect_bytes("certificate", fixture_slice(&v->signatures[0].cert),
	    fixture_slice(&der));
	jpki_buf_free(&der);
	free(out);
}

static void
the_ca_is_included_on_wish(void **state)
{
	static const struct xml_options options = { .ca = true };
	struct dockit *kit = *state;
	char *out = xmlkit_sign_well(kit, xmlkit_letter, &options);

	xmlkit_has(out, "</ds:X509Certificate><ds:X509Certificate>");
	free(out);
}

static void
e_gov_has_its_element_signed_beside_the_signature(void **state)
{
	static const struct xml_options options = {
		.profile = XML_EGOV, .files = files, .files_n = 2,
	};
	static const char *const id[] = { EGOV_ID };
	static const struct xml_given given = { .files = files, .files_n = 2,
	    .ids = id, .ids_n = 1 };
	struct dockit *kit = *state;
	char *out = xmlkit_sign(kit, "<DataRoot><" EGOV_ID " ID=\"" EGOV_ID
	    "\"><a/></" EGOV_ID "><" EGOV_PLACE "/></DataRoot>", &options);
	const struct verdict *v;

	xmlkit_has(out, "<" EGOV_PLACE "><Signature xmlns=");
	xmlkit_has(out, "Id=\"20260101090000\"");
	xmlkit_has(out, "<Reference URI=\"" EGOV_URI "\"><Transforms>"
	    "<Transform Algorithm=\"http://www.w3.org/TR/2001/"
	    "REC-xml-c14n-20010315\"/></Transforms>");
	xmlkit_has(out, "<Reference URI=\"plan.pdf\"><DigestMethod");
	xmlkit_has(out, "xmldsig-more#rsa-sha256");
	v = xmlkit_check(kit, out, &given);
	assert_true(v != NULL && verdict_holds(v));
	expect_text("label", v->signatures[0].label, "20260101090000");
	free(out);
}

static void
the_place_that_e_gov_has_for_it_is_made_if_it_lacks(void **state)
{
	static const struct xml_options options = { .profile = XML_EGOV };
	struct dockit *kit = *state;
	char *out = xmlkit_sign(kit, "<D xmlns=\"urn:d\"><x Id=\"" EGOV_ID
	    "\"/><y/></D>", &options);

	xmlkit_has(out, "<x Id=\"" EGOV_ID "\"/><" EGOV_PLACE "><Signature");
	xmlkit_has(out, "</Signature></" EGOV_PLACE "><y/></D>");
	free(out);
}

static void
e_tax_has_the_root_signed_by_its_id(void **state)
{
	static const struct xml_options options = { .profile = XML_ETAX };
	struct dockit *kit = *state;
	char *out = xmlkit_sign_well(kit, xmlkit_letter, &options);

	xmlkit_has(out, "<dsig:Signature xmlns:dsig=");
	xmlkit_has(out, "URI=\"#letter\"");
	xmlkit_has(out, "<dsig:Transform Algorithm=\"http://www.w3.org/2000/"
	    "09/xmldsig#enveloped-signature\"/><dsig:Transform Algorithm=\""
	    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"/>");
	free(out);
}

static void
several_signers_can_sign_the_same_elements(void **state)
{
	static const struct xml_options options = {
		.shape = XML_DETACHED, .ids = two_ids, .ids_n = 2,
		.xades = true,
	};
	static const struct xml_given given = { .ids = two_ids, .ids_n = 2 };
	struct dockit *kit = *state;
	char *one = xmlkit_sign(kit, xmlkit_letter, &options);
	char *two = xmlkit_sign(kit, one, &options);
	const struct verdict *v = xmlkit_check(kit, two, &given);

	assert_true(v != NULL && verdict_holds(v));
	expect_int("signatures", (long long)v->n, 2);
	expect_text("first", v->signatures[0].label, "signature");
	expect_text("second", v->signatures[1].label, "signature-2");
	free(one);
	free(two);
}

/* Tries to sign; the text is freed. */
static enum doc_err
sign_again(struct dockit *kit, char *text, const struct xml_options *options)
{
	struct jpki_buf out = { NULL, 0 };
	enum doc_err err = xml_sign(&kit->signer, (const uint8_t *)text,
	    strlen(text), options, &out, &kit->error);

	free(text);
	jpki_buf_free(&out);
	return err;
}

static void
a_signature_that_would_break_another_is_not_made(void **state)
{
	static const char *const to[] = { "to" };
	static const struct xml_options whole = { .shape = XML_ENVELOPED },
	    around = { .shape = XML_ENVELOPING }, etax = { .profile = XML_ETAX },
	    inside = { .shape = XML_ENVELOPED, .into = "to" },
	    part = { .shape = XML_DETACHED, .ids = to, .ids_n = 1 };
	static const struct {
		const struct xml_options	*first, *second;
		bool				 breaks;
	} rows[] = {
		{ &whole, &whole, true }, { &whole, &part, true },
		{ &whole, &around, true }, { &etax, &etax, true },
		{ &etax, &around, false }, { &part, &inside, true },
		{ &part, &part, false }, { &part, &whole, false },
		{ &around, &whole, false },
	};
	struct dockit *kit = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *once = xmlkit_sign(kit, xmlkit_letter, rows[i].first);
		enum doc_err err = sign_again(kit, once, rows[i].second);

		expect_int("row", (long long)i * 10 + err, (long long)i * 10 +
		    (rows[i].breaks ? DOC_ERR_INPUT : DOC_OK));
		if (rows[i].breaks)
			xmlkit_has(kit->error.words, "would break");
	}
}

/* Whoever filters by himself may have left out all signatures. */
static void
a_signature_with_filters_is_nobodys_hindrance(void **state)
{
	static const struct xml_options whole = { .shape = XML_ENVELOPED };
	char *once = xmlkit_sign(*state, xmlkit_letter, &whole);

	once = xmlkit_change(once, "http://www.w3.org/2000/09/"
	    "xmldsig#enveloped-signature",
	    "http://www.w3.org/2002/06/xmldsig-filter2");
	assert_int_equal(sign_again(*state, once, &whole), DOC_OK);
}

static void
profiles_know_one_hash(void **state)
{
	static const struct xml_options etax = { .profile = XML_ETAX };
	struct dockit *kit = *state;

	kit->signer.hash = JPKI_HASH_SHA384;
	assert_int_equal(sign_again(kit, strdup(xmlkit_letter), &etax),
	    DOC_ERR_OPTION);
}

static void
encodings_stay_what_they_are(void **state)
{
	static const struct xml_options options;
	struct dockit *kit = *state;
	char *out = xmlkit_sign_well(kit, "<?xml version=\"1.0\" encoding=\""
	    "Shift_JIS\"?><a>\x93\xFA\x96\x7B</a>", &options);

	xmlkit_has(out, "encoding=\"Shift_JIS\"?>\n<a>\x93\xFA\x96\x7B<");
	free(out);
	out = xmlkit_sign_well(kit, "<a>\xE6\x97\xA5</a>", &options);
	xmlkit_has(out, "encoding=\"UTF-8\"?>\n<a>\xE6\x97\xA5<");
	free(out);
}

static void
what_is_odd_in_a_document_stays_signed(void **state)
{
	static const char *const rows[] = {
		"<a><![CDATA[<b>&]]></a>",
		"<a b='\"' c=\"&#9;&#10;&#13;&lt;\">&#13;\r\n&gt;&amp;</a>",
		"<?go now?><a/><?and then?>",
		"<a xmlns=\"urn:a\" xmlns:ds=\"urn:b\"><ds:c/></a>",
		"<a xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>",
		"<a xml:space=\"preserve\" xml:lang=\"ja\">  </a>",
		"<!-- a --><a><!-- b --><b/></a><!-- c -->",
	};
	static const struct xml_options shapes[] = {
		{ .shape = XML_ENVELOPED },
		{ .shape = XML_ENVELOPED, .exclusive = true, .xades = true },
		{ .shape = XML_ENVELOPING },
		{ .shape = XML_ENVELOPING, .exclusive = true, .xades = true },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t j = 0; j < COUNT(shapes); j++)
			free(xmlkit_sign_well(*state, rows[i], &shapes[j]));
}

static void
options_that_do_not_go_together_are_refused(void **state)
{
	static const char *const none[] = { "none" };
	static const struct xml_file twice[] = {
		{ "a", (const uint8_t *)"1", 1 },
		{ "a", (const uint8_t *)"2", 1 },
	};
	static const struct xml_file scheme = { "/etc/passwd",
	    (const uint8_t *)"1", 1 };
	static const struct {
		struct xml_options	 options;
		const char		*words, *text;
	} rows[] = {
		{ { .ids = two_ids, .ids_n = 2 }, "detached only", NULL },
		{ { .shape = XML_DETACHED }, "needs an element's Id", NULL },
		{ { .base64 = true }, "base64", NULL },
		{ { .shape = XML_ENVELOPING, .into = "to" }, "a place", NULL },
		{ { .profile = XML_ETAX, .xades = true }, "a profile", NULL },
		{ { .profile = XML_EGOV, .ids = none, .ids_n = 1 }, "a profile", NULL },
		{ { .profile = XML_ETAX, .files = files, .files_n = 1 }, "no files", NULL },
		{ { .profile = XML_ETAX }, "has no Id", "<a/>" },
		{ { .profile = XML_EGOV }, "no element below", "<a/>" },
		{ { .profile = XML_EGOV }, "no element below", "<a Id=\"" EGOV_ID "\"/>" },
		{ { .shape = XML_ENVELOPED }, "is empty", "" },
		{ { .profile = XML_ETAX }, "is empty", "" },
		{ { .shape = XML_DETACHED, .ids = none, .ids_n = 1 }, "no element has", NULL },
		{ { .into = "none" }, "no element has", NULL },
		{ { .files = twice, .files_n = 2 }, "the same name", NULL },
		{ { .files = &scheme, .files_n = 1 }, "needs a name", NULL },
		{ { .shape = XML_ENVELOPING }, "does not begin", "no xml" },
		{ { .shape = XML_ENVELOPED }, "a text in line 1", "<a>1<!---->0</a>" },
		{ { .shape = XML_ENVELOPED }, "a text in line 1", "<a>1<![CDATA[0]]></a>" },
	};
	struct dockit *kit = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *text = rows[i].text != NULL ? rows[i].text :
		    xmlkit_letter;
		struct jpki_buf out = { NULL, 0 };

		if (xml_sign(&kit->signer, (const uint8_t *)text, strlen(text),
		    &rows[i].options, &out, &kit->error) == DOC_OK)
			fail_msg("not refused: %s", rows[i].words);
		xmlkit_has(kit->error.words, rows[i].words);
		assert_null(out.p);
	}
}

static void
a_ca_that_is_not_there_cannot_be_included(void **state)
{
	static const struct xml_options options = { .ca = true };
	struct dockit *kit = *state;
	struct jpki_buf out = { NULL, 0 };

	kit->signer.ca = NULL;
	assert_int_equal(xml_sign(&kit->signer, (const uint8_t *)"<a/>", 4,
	    &options, &out, &kit->error), DOC_ERR_OPTION);
}

static void
a_key_that_cannot_sign_is_told(void **state)
{
	static const struct xml_options options;
	struct dockit *kit = *state;
	struct doc_signer signer = kit->signer;
	struct jpki_buf out = { NULL, 0 };

	/* The public half only. */
	signer.key = X509_get0_pubkey(kit->sign);
	assert_int_equal(xml_sign(&signer, (const uint8_t *)"<a/>", 4,
	    &options, &out, &kit->error), DOC_ERR_KEY);
	signer.key = fixture_key(FIXTURE_ED25519);
	assert_int_equal(xml_sign(&signer, (const uint8_t *)"<a/>", 4,
	    &options, &out, &kit->error), DOC_ERR_OPTION);
	/* Of the right kind, and not the certificate's. */
	signer.key = fixture_key(FIXTURE_RSA_CA);
	assert_int_equal(xml_sign(&signer, (const uint8_t *)"<a/>", 4,
	    &options, &out, &kit->error), DOC_ERR_KEY);
	xmlkit_has(kit->error.words, "does not match the certificate");
	assert_null(out.p);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, dockit_new, xmlkit_free)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_enveloped_signature_is_over_the_whole_document),
		TEST(it_goes_into_the_element_that_is_named),
		TEST(an_enveloping_signature_has_the_document_in_it),
		TEST(what_is_no_xml_can_be_enveloped_as_base64),
		TEST(several_elements_are_signed_by_their_ids),
		TEST(an_element_around_the_signature_is_signed_without_it),
		TEST(files_are_signed_by_their_names),
		TEST(a_file_that_is_not_signed_is_told),
		TEST(a_file_that_was_changed_is_told),
		TEST(exclusive_c14n_lets_an_element_move),
		TEST(every_hash_and_key_type_works),
		TEST(the_verdict_tells_who_signed_and_with_which_hash),
		TEST(the_ca_is_included_on_wish),
		TEST(e_gov_has_its_element_signed_beside_the_signature),
		TEST(the_place_that_e_gov_has_for_it_is_made_if_it_lacks),
		TEST(e_tax_has_the_root_signed_by_its_id),
		TEST(several_signers_can_sign_the_same_elements),
		TEST(a_signature_that_would_break_another_is_not_made),
		TEST(a_signature_with_filters_is_nobodys_hindrance),
		TEST(profiles_know_one_hash),
		TEST(encodings_stay_what_they_are),
		TEST(what_is_odd_in_a_document_stays_signed),
		TEST(options_that_do_not_go_together_are_refused),
		TEST(a_ca_that_is_not_there_cannot_be_included),
		TEST(a_key_that_cannot_sign_is_told),
	};

	return cmocka_run_group_tests_name("doc_xml_sign", tests, NULL,
	    fixture_free);
}
