/* SPDX-License-Identifier: BSD-2-Clause */
/* What is signed, and how the result is written. */
#include "pdfkit.h"

#include <stdlib.h>
#include <string.h>

#include "pdf_doc.h"
#include "unit.h"

static int
free_all(void **state)
{
	pdfkit_forget();
	return dockit_free(state);
}

static void
expect_has(const struct jpki_buf *pdf, const char *text, bool wanted)
{
	struct doc_bytes bytes = pdfkit_bytes(pdf);
	size_t at = 0;

	if (doc_bytes_find(&bytes, text, &at) != wanted)
		fail_msg("%s is%s there", text, wanted ? " not" : "");
}

static void
the_document_stays_in_front_byte_by_byte(void **state)
{
	struct jpki_buf before = pdfkit_make(pdfkit_plain, NULL);
	struct jpki_buf pdf = pdfkit_make(pdfkit_plain, NULL);

	pdfkit_sign(*state, &pdf, NULL);
	assert_true(pdf.n > before.n);
	assert_memory_equal(pdf.p, before.p, before.n);
	pdfkit_accept(*state, &pdf, 1);
	jpki_buf_free(&before);
	jpki_buf_free(&pdf);
}

/*
 * What stands in the dictionary.
 */

/* The ends of their object identifiers, in hexadecimal. */
#define SIGNING_TIME		"f70d010905"
#define SIGNING_CERTIFICATE	"f70d010910022f"

static void
profiles_differ_in_kind_and_time(void **state)
{
	static const struct {
		enum pdf_profile	 profile;
		const char		*subfilter;
		bool			 time;
	} rows[] = {
		{ PDF_PLAIN, "adbe.pkcs7.detached/", true },
		{ PDF_MOJ, "adbe.pkcs7.detached/", true },
		{ PDF_PADES, "ETSI.CAdES.detached/", false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pdf_options options = { .profile = rows[i].profile };
		struct jpki_buf pdf = pdfkit_make(pdfkit_plain, NULL);

		pdfkit_sign(*state, &pdf, &options);
		expect_has(&pdf, rows[i].subfilter, true);
		expect_has(&pdf, "/Type/Sig/Filter", true);
		expect_has(&pdf, "/M(D:20260101090", true);
		expect_has(&pdf, SIGNING_TIME, rows[i].time);
		expect_has(&pdf, SIGNING_CERTIFICATE, true);
		pdfkit_accept(*state, &pdf, 1);
		assert_int_equal(pdfkit_check(*state,
		    &pdf)->signatures[0].claimed, DOCKIT_NOW);
		jpki_buf_free(&pdf);
	}
}

/* The text of a string in the only signature's dictionary. */
static char *
signature_text(const struct jpki_buf *pdf, const char *key)
{
	struct doc_bytes bytes = pdfkit_bytes(pdf);
	struct pdf_doc doc;
	char *text = NULL;

	assert_int_equal(pdf_doc_open(&doc, &bytes, pdf->n, NULL), DOC_OK);
	for (size_t i = 0; i < doc.n; i++) {
		qpdf_oh oh = qpdf_get_object_by_id(doc.q, doc.objects[i].id,
		    doc.objects[i].gen);

		if (!pdf_is_name(doc.q, oh, "/Type", "/Sig") ||
		    !pdf_has(doc.q, oh, key))
			continue;
		text = strdup(qpdf_oh_get_utf8_value(doc.q,
		    qpdf_oh_get_key(doc.q, oh, key)));
	}
	pdf_doc_close(&doc);
	return text;
}

static void
expect_signature(const struct jpki_buf *pdf, const char *key,
    const char *wanted)
{
	char *text = signature_text(pdf, key);

	expect_text(key, text, wanted);
	free(text);
}

static void
the_name_is_the_holders_unless_another_is_given(void **state)
{
	struct pdf_options options = { .profile = PDF_MOJ };
	struct jpki_buf pdf = pdfkit_make(pdfkit_plain, NULL);
	const char *holder = fixture_attributes[0].value;

	pdfkit_sign(*state, &pdf, &options);
	expect_signature(&pdf, "/Name", holder);
	expect_signature(&pdf, "/M", "D:20260101090000+09'00'");
	jpki_buf_free(&pdf);
	pdf = pdfkit_make(pdfkit_plain, NULL);
	options.name = "Somebody (\\ else";
	options.reason = "\xE6\x89\xBF\xE8\xAA\x8D";
	options.location = "\xF0\xA0\xAE\x9F";	/* not in the BMP */
	pdfkit_sign(*state, &pdf, &options);
	expect_signature(&pdf, "/Name", options.name);
	expect_signature(&pdf, "/Reason", options.reason);
	expect_signature(&pdf, "/Location", options.location);
	pdfkit_accept(*state, &pdf, 1);
	jpki_buf_free(&pdf);
}

static void
a_profile_that_needs_a_name_gets_one(void **state)
{
	struct dockit *kit = *state;
	struct pdf_options options = { .profile = PDF_MOJ };
	struct jpki_buf pdf = pdfkit_make(pdfkit_plain, NULL);
	struct jpki_buf before = pdfkit_make(pdfkit_plain, NULL);

	kit->signer.cert = kit->auth;
	pdfkit_refuse(kit, &pdf, &options, "give a name");
	options.name = "";
	pdfkit_refuse(kit, &pdf, &options, "give a name");
	options.name = "Somebody";
	pdfkit_sign(kit, &pdf, &options);
	options.profile = PDF_PLAIN;
	options.name = NULL;
	pdfkit_sign(kit, &before, &options);
	expect_has(&before, "/Name", false);
	jpki_buf_free(&before);
	jpki_buf_free(&pdf);
}

static void
the_version_becomes_one_that_knows_the_hash(void **state)
{
	static const struct {
		const char	*from;
		enum jpki_hash	 hash;
		const char	*to;	/* NULL: it is enough as it is */
	} rows[] = {
		{ "%PDF-1.3", JPKI_HASH_SHA256, "/Version /1.6" },
		{ "%PDF-1.6", JPKI_HASH_SHA256, NULL },
		{ "%PDF-1.6", JPKI_HASH_SHA384, "/Version /1.7" },
		{ "%PDF-1.7", JPKI_HASH_SHA512, NULL },
		{ "%PDF-2.0", JPKI_HASH_SHA512, NULL },
	};
	struct dockit *kit = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_buf pdf = pdfkit_make(pdfkit_plain, NULL);

		pdfkit_replace(&pdf, "%PDF-1.7", rows[i].from);
		kit->signer.hash = rows[i].hash;
		pdfkit_sign(kit, &pdf, NULL);
		expect_has(&pdf, rows[i].to != NULL ? rows[i].to : "/Version",
		    rows[i].to != NULL);
		pdfkit_accept(kit, &pdf, 1);
		/* Now it is signed, and stays as it is. */
		kit->signer.hash = JPKI_HASH_SHA512;
		pdfkit_sign(kit, &pdf, NULL);
		pdfkit_accept(kit, &pdf, 2);
		jpki_buf_free(&pdf);
	}
}

/*
 * Visible ones.
 */

static void
a_visible_signature_is_drawn_where_it_was_told(void **state)
{
	static const struct pdf_place place = { 1, 10, 20, 100.5, 40 };
	struct pdf_options options = { .visible = &place };
	struct jpki_buf pdf = pdfkit_make(pdfkit_plain, NULL);

	pdfkit_sign(*state, &pdf, &options);
	expect_has(&pdf, "[ 10 20 110.5 60", true);
	expect_has(&pdf, "UniJIS-UTF16-H", true);
	/* 2026-01-01 */
	expect_has(&pdf, "323032362D30312D", true);
	pdfkit_accept(*state, &pdf, 1);
	jpki_buf_free(&pdf);
	pdf = pdfkit_make(pdfkit_plain, NULL);
	options.name = "ABC";
	pdfkit_sign(*state, &pdf, &options);
	expect_has(&pdf, "UniJIS", false);
	expect_has(&pdf, "<414243> Tj", true);
	pdfkit_accept(*state, &pdf, 1);
	jpki_buf_free(&pdf);
}

static void
a_place_that_is_none_is_refused(void **state)
{
	static const struct {
		struct pdf_place	 place;
		const char		*words;
	} rows[] = {
		{ { 0, 0, 0, 100, 100 }, "no page 0" },
		{ { 2, 0, 0, 100, 100 }, "no page 2; the PDF has 1" },
		{ { -1, 0, 0, 100, 100 }, "no page -1" },
		{ { 1, 0, 0, 0, 100 }, "no room" },
		{ { 1, 0, 0, 100, -5 }, "no room" },
		{ { 1, 0, 0, 1e300, 100 }, "no room" },
		{ { 1, -1e9, 0, 100, 100 }, "no room" },
	};
	struct jpki_buf pdf = pdfkit_make(pdfkit_plain, NULL);
	static const struct pdf_place good = { 1, 0, 0, 100, 100 };
	struct pdf_options options = { .visible = &good,
	    .name = "\xFF is no UTF-8" };

	pdfkit_refuse(*state, &pdf, &options, "cannot be drawn");
	options.name = "A\nB";
	pdfkit_refuse(*state, &pdf, &options, "cannot be drawn");
	options.name = NULL;
	for (size_t i = 0; i < COUNT(rows); i++) {
		options.visible = &rows[i].place;
		pdfkit_refuse(*state, &pdf, &options, rows[i].words);
	}
	jpki_buf_free(&pdf);
}

/*
 * Documents of all kinds.
 */

#define KIDS	"<</Type/Pages/Kids[3 0 R]/Count 1>>"
#define PAGE(more) "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]" \
	"/Resources<<>>" more ">>"

static void
form_and_annotations_may_stand_where_they_like(void **state)
{
	static const struct pdfkit_object rows[][8] = {
		{ { 1, "<</Type/Catalog/Pages 2 0 R/AcroForm<<>>>>" },
		    { 2, KIDS }, { 3, PAGE("") } },
		{ { 1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[]>>>>" },
		    { 2, KIDS }, { 3, PAGE("/Annots[]") } },
		{ { 1, "<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R>>" },
		    { 2, KIDS }, { 3, PAGE("/Annots 5 0 R") },
		    { 4, "<</Fields[]>>" }, { 5, "[]" } },
		{ { 1, "<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R>>" },
		    { 2, KIDS }, { 3, PAGE("/Annots null") },
		    { 4, "<</Fields 5 0 R/SigFlags 4>>" }, { 5, "[6 0 R]" },
		    { 6, "<</T(Signature1)/FT/Tx>>" } },
		{ { 1, "<</Type/Catalog/Pages 2 0 R/AcroForm null>>" },
		    { 2, KIDS }, { 3, PAGE("/Annots[4 0 R]") },
		    { 4, "<</Type/Annot/Subtype/Text/Rect[0 0 9 9]>>" } },
		/* A form that nothing was ever written into. */
		{ { 1, "<</Type/Catalog/Pages 2 0 R/AcroForm 9 0 R>>" },
		    { 2, KIDS }, { 3, PAGE("/Annots 8 0 R") } },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_buf pdf = pdfkit_make(rows[i], NULL);

		pdfkit_sign(*state, &pdf, NULL);
		expect_has(&pdf, i == 3 ? "(Signature2)" : "(Signature1)",
		    true);
		expect_has(&pdf, i == 3 ? "/SigFlags 7" : "/SigFlags 3", true);
		pdfkit_accept(*state, &pdf, 1);
		pdfkit_sign(*state, &pdf, NULL);
		pdfkit_accept(*state, &pdf, 2);
		jpki_buf_free(&pdf);
	}
}

static void
the_identifier_keeps_its_first_half(void **state)
{
	struct jpki_buf pdf = pdfkit_make(pdfkit_plain,
	    "/ID[<0123456789abcdef0123456789abcdef>"
	    "<0123456789abcdef0123456789abcdef>]/Info 4 0 R");

	pdfkit_sign(*state, &pdf, NULL);
	assert_true(pdfkit_find_last(&pdf, "/ID [ <012345678") >
	    pdfkit_find(&pdf, "/ByteRange"));
	assert_true(pdfkit_find_last(&pdf, "89abcdef>") <
	    pdfkit_find_last(&pdf, "/Info 4 0 R"));
	pdfkit_accept(*state, &pdf, 1);
	jpki_buf_free(&pdf);
}

static void
a_document_without_a_last_line_end_gets_one(void **state)
{
	struct jpki_buf pdf = pdfkit_make(pdfkit_plain, NULL);

	pdf.n--;
	pdfkit_sign(*state, &pdf, NULL);
	pdfkit_accept(*state, &pdf, 1);
	jpki_buf_free(&pdf);
}

static void
what_cannot_be_read_for_sure_is_refused(void **state)
{
	struct jpki_buf pdf = pdfkit_make(pdfkit_plain, NULL);
	size_t n = pdf.n;

	for (pdf.n = 0; pdf.n < n - 6; pdf.n += 7)
		pdfkit_refuse(*state, &pdf, NULL, "");
	pdf.n = n;
	pdfkit_replace(&pdf, "%PDF", "%PDG");
	pdfkit_refuse(*state, &pdf, NULL, "does not begin with %PDF-");
	pdfkit_replace(&pdf, "%PDG", "%PDF");
	pdfkit_replace(&pdf, "0000000015", "0000000016");
	pdfkit_refuse(*state, &pdf, NULL, "damaged");
	pdfkit_replace(&pdf, "0000000016", "0000000015");
	pdfkit_replace(&pdf, "/Size 5", "/Size 4");
	pdfkit_refuse(*state, &pdf, NULL, "number of objects");
	jpki_buf_free(&pdf);
}

/* A table, and a stream for those who know it: ISO 32000-1 7.5.8.4. */
static void
a_document_with_both_kinds_of_tables_keeps_all_objects(void **state)
{
	/* The first ones begin at 15 and 39. */
	static const struct pdfkit_object objects[] = {
		{ 5, "(Hidden)" },
		{ 6, "<</Type/XRef/W[1 1 1]/Index[5 2]/Size 7/Length 13"
		    "/Filter/ASCIIHexDecode/Root 1 0 R>>\nstream\n"
		    "010F00012700>\nendstream" },
		{ 1, "<</Type/Catalog/Pages 2 0 R/Lang 5 0 R>>" },
		{ 2, KIDS },
		{ 3, PAGE("") },
		{ 0, NULL }
	};
	struct jpki_buf pdf = pdfkit_make(objects, "/XRefStm 39");
	size_t table;

	pdfkit_replace(&pdf, "5 1\n0000000015 00000 n",
	    "5 1\n0000000000 00000 f");
	pdfkit_replace(&pdf, "6 1\n0000000039 00000 n",
	    "6 1\n0000000000 00000 f");
	pdfkit_sign(*state, &pdf, NULL);
	pdfkit_accept(*state, &pdf, 1);
	table = pdfkit_find_last(&pdf, "\nxref\n");
	assert_true(pdfkit_find_last(&pdf, "/XRefStm") < table);
	assert_true(pdfkit_find_last(&pdf, "/Prev") > table);
	pdfkit_sign(*state, &pdf, NULL);
	pdfkit_accept(*state, &pdf, 2);
	pdfkit_replace(&pdf, "(Hidden)", "(hidden)");
	pdfkit_reject(*state, &pdf, 0, CHECK_INTEGRITY, NULL);
	jpki_buf_free(&pdf);
}

static void
a_page_that_is_there_twice_is_not_signed(void **state)
{
	static const struct pdfkit_object objects[] = {
		{ 1, "<</Type/Catalog/Pages 2 0 R>>" },
		{ 2, "<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>>" },
		{ 3, PAGE("") },
		{ 0, NULL }
	};
	struct jpki_buf pdf = pdfkit_make(objects, NULL);

	pdfkit_refuse(*state, &pdf, NULL, "more than once in the pages tree");
	jpki_buf_free(&pdf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name)	cmocka_unit_test_setup_teardown(name, dockit_new, \
			    free_all)
		TEST(the_document_stays_in_front_byte_by_byte),
		TEST(profiles_differ_in_kind_and_time),
		TEST(the_name_is_the_holders_unless_another_is_given),
		TEST(a_profile_that_needs_a_name_gets_one),
		TEST(the_version_becomes_one_that_knows_the_hash),
		TEST(a_visible_signature_is_drawn_where_it_was_told),
		TEST(a_place_that_is_none_is_refused),
		TEST(form_and_annotations_may_stand_where_they_like),
		TEST(the_identifier_keeps_its_first_half),
		TEST(a_document_without_a_last_line_end_gets_one),
		TEST(what_cannot_be_read_for_sure_is_refused),
		TEST(a_document_with_both_kinds_of_tables_keeps_all_objects),
		TEST(a_page_that_is_there_twice_is_not_signed),
	};

	return cmocka_run_group_tests_name("doc_pdf_sign", tests, NULL,
	    fixture_free);
}
