/* SPDX-License-Identifier: BSD-2-Clause */
/* What later revisions do to a document that was signed. */
#include "pdfkit.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

static int
free_all(void **state)
{
	pdfkit_forget();
	return dockit_free(state);
}

#define ROWS_MAX	5

/* A revision: what it changes, and which words that gets. */
struct change {
	const char		*words;
	struct pdfkit_object	 objects[ROWS_MAX];
};

#define PAGE(more) "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]" \
	"/Contents 4 0 R/Resources<<>>" more ">>"
#define WIDGET	"<</Type/Annot/Subtype/Widget/Rect[0 0 9 9]/P 3 0 R"

/* Of pdfkit_form, which has all kinds of things to be changed. */
static const struct change bad[] = {
	{ "object 4 was changed", { { 4, "<</Length 28>>\nstream\n"
	    "0 0 m 100 100 l S % content2\nendstream" } } },
	{ "object 4 was changed", { { 4, "<</Length 5>>\nstream\n0 0 m\n"
	    "endstream" } } },
	{ "object 3, Page", { { 3, PAGE("/Annots[6 0 R]/Rotate 90") } } },
	{ "object 3, Page", { { 3, PAGE("/Annots[]") } } },
	{ "object 3, Page", { { 3, PAGE("") } } },
	{ "object 3, Page", { { 3, PAGE("/Annots[6 0 R 20 0 R]") },
	    { 20, "<</Type/Annot/Subtype/FreeText/Rect[0 0 99 99]"
	    "/Contents(No)>>" } } },
	{ "object 3, Page", { { 3, PAGE("/Annots[6 0 R 4 0 R]") } } },
	{ "object 3, Page", { { 3, PAGE("/Annots[6 0 R 20 0 R]") },
	    { 20, WIDGET "/FT/Tx/T(text)/V(No)>>" } } },
	{ "object 3, Page", { { 3, PAGE("/Annots[6 0 R 20 0 R]") },
	    { 20, WIDGET "/FT/Sig/T(s)/A<</S/JavaScript/JS(No)>>>>" } } },
	{ "object 3, Page", { { 3, PAGE("/Annots[6 0 R 20 0 R]") },
	    { 20, WIDGET "/FT/Sig/T(s)/AA<<>>>>" } } },
	{ "object 3, Page", { { 3, PAGE("/Annots[6 0 R 20 0 R]") },
	    { 20, WIDGET "/FT/Sig/T(s)/Kids[4 0 R]>>" } } },
	{ "object 3, Page", { { 3, PAGE("/Annots[6 0 R 20 0 R]") },
	    { 20, WIDGET "/T(s)/Parent 6 0 R>>" } } },
	{ "object 3, Page", { { 3, PAGE("/Annots[6 0 R 20 0 R]") },
	    { 20, "<</Type/Page/FT/Sig/T(s)>>" } } },
	/* Drawn over the page, and not signed. */
	{ "object 3, Page", { { 3, PAGE("/Annots[6 0 R 20 0 R]") },
	    { 20, WIDGET "/FT/Sig/T(s)/AP<</N 4 0 R>>>>" } } },
	{ "object 2, Pages", { { 2, "<</Type/Pages/Kids[3 0 R 20 0 R]"
	    "/Count 2>>" }, { 20, "<</Type/Page/Parent 2 0 R"
	    "/MediaBox[0 0 9 9]/Resources<<>>>>" } } },
	{ "object 1, Catalog", { { 1, "<</Type/Catalog/Pages 2 0 R"
	    "/AcroForm 5 0 R/OpenAction<<>>>>" } } },
	{ "object 1, Catalog", { { 1, "<</Type/Catalog/Pages 2 0 R"
	    "/AcroForm 5 0 R/Version/2.0>>" } } },
	{ "object 5", { { 5, "<</Fields[6 0 R]/NeedAppearances true"
	    "/SigFlags 3>>" } } },
	{ "object 5", { { 5, "<</Fields[6 0 R]/SigFlags(x)>>" } } },
	{ "object 5", { { 5, "<</Fields[20 0 R 6 0 R]/SigFlags 3>>" },
	    { 20, WIDGET "/FT/Sig/T(s)>>" } } },
	{ "object 6, Annot", { { 6, WIDGET "/FT/Sig/T(Seal)/V 7 0 R>>" } } },
	/* Something that was named, and not there. */
	{ "object 9 was changed", { { 9, "<</Type/XObject>>" } } },
};

/* After which nobody can sign any more. */
static const struct change worse[] = {
	{ "annotations are no array", { { 3, PAGE("/Annots 4") } } },
	{ "there is no page 1", { { 1, "<</Type/Catalog/Pages 20 0 R"
	    "/AcroForm 5 0 R>>" }, { 20, "<</Type/Pages/Kids[]/Count 0>>" } } },
	{ "XFA", { { 5, "<</Fields[6 0 R]/SigFlags 3/XFA(x)>>" } } },
};

/* With a reference to nothing, too. */
static struct jpki_buf
signed_form(struct dockit *kit)
{
	struct jpki_buf pdf = pdfkit_make_with(8, "[9 0 R]");

	pdfkit_seal(kit, &pdf, NULL);
	pdfkit_accept(kit, &pdf, 1);
	return pdf;
}

static void
what_nobody_signed_is_rejected(void **state)
{
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct jpki_buf pdf = signed_form(*state);

		pdfkit_append(&pdf, bad[i].objects);
		pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, "goes on");
		jpki_buf_free(&pdf);
	}
}

static void
what_nobody_could_sign_is_rejected(void **state)
{
	for (size_t i = 0; i < COUNT(worse); i++) {
		struct jpki_buf pdf = signed_form(*state);

		pdfkit_append(&pdf, worse[i].objects);
		pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, "goes on");
		pdfkit_refuse(*state, &pdf, NULL, worse[i].words);
		jpki_buf_free(&pdf);
	}
}

/* Whoever signs next does not make a change good for those before. */
static void
what_another_signed_is_still_a_change_for_the_first(void **state)
{
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct jpki_buf pdf = signed_form(*state);
		struct verdict *v;

		pdfkit_append(&pdf, bad[i].objects);
		pdfkit_sign(*state, &pdf, NULL);
		pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, bad[i].words);
		v = pdfkit_check(*state, &pdf);
		dockit_expect(&v->signatures[v->n - 1], CHECK_COVERAGE,
		    FINDING_OK, "all of the document");
		jpki_buf_free(&pdf);
	}
}

/* In the same revision as a good signature of somebody else. */
static void
a_change_that_came_with_a_signature_is_rejected(void **state)
{
	static const struct pdfkit_object objects[] = {
		{ 3, PAGE("/Annots[6 0 R 20 0 R]") },
		{ 4, "<</Length 5>>\nstream\n0 0 m\nendstream" },
		{ 5, "<</Fields[6 0 R 20 0 R]/SigFlags 3>>" },
		{ 20, WIDGET "/FT/Sig/T(Second)/V 21 0 R>>" },
		{ 21, pdfkit_signature },
		{ 0, NULL }
	};
	struct jpki_buf pdf = signed_form(*state);

	pdfkit_append(&pdf, objects);
	pdfkit_seal(*state, &pdf, NULL);
	pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, "object 4");
	assert_int_equal(pdfkit_check(*state, &pdf)->n, 2);
	jpki_buf_free(&pdf);
}

/*
 * What is allowed.
 */

static void
further_signatures_are_no_change(void **state)
{
	static const struct pdf_place place = { 1, 10, 10, 100, 40 };
	static const struct pdf_options visible = { .visible = &place };
	struct jpki_buf pdf = signed_form(*state);
	struct verdict *v;

	pdfkit_sign(*state, &pdf, NULL);
	pdfkit_accept(*state, &pdf, 2);
	pdfkit_sign(*state, &pdf, &visible);
	pdfkit_accept(*state, &pdf, 3);
	v = pdfkit_check(*state, &pdf);
	dockit_expect(&v->signatures[0], CHECK_COVERAGE, FINDING_OK,
	    "further signatures");
	dockit_expect(&v->signatures[2], CHECK_COVERAGE, FINDING_OK,
	    "all of the document");
	jpki_buf_free(&pdf);
}

static const struct change good[] = {
	/* A field of two parts. */
	{ NULL, { { 3, PAGE("/Annots[6 0 R 21 0 R]") },
	    { 5, "<</Fields[6 0 R 20 0 R]/SigFlags 3>>" },
	    { 20, "<</FT/Sig/T(s)/Kids[21 0 R]>>" },
	    { 21, WIDGET "/Parent 20 0 R>>" } } },
	/* Data for checking. */
	{ NULL, { { 1, "<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R"
	    "/DSS<</Certs[20 0 R]>>>>" },
	    { 20, "<</Length 5>>\nstream\nABCDE\nendstream" } } },
	{ NULL, { { 1, "<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R"
	    "/Extensions<</ADBE<<>>>>>>" } } },
	/* The same values again. */
	{ NULL, { { 3, PAGE("/Annots [ 6 0 R ]") } } },
	/* What nothing names. */
	{ NULL, { { 20, "(Hello)" } } },
	{ NULL, { { 5, "<</Fields[6 0 R]/SigFlags 3/DA(/F 0 Tf)/DR<<>>>>" } } },
};

static void
what_serves_signatures_only_is_no_change(void **state)
{
	for (size_t i = 0; i < COUNT(good); i++) {
		struct jpki_buf pdf = signed_form(*state);

		pdfkit_append(&pdf, good[i].objects);
		pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, "goes on");
		pdfkit_sign(*state, &pdf, NULL);
		pdfkit_accept(*state, &pdf, 2);
		jpki_buf_free(&pdf);
	}
}

/*
 * Things that are two things at once.
 */

/* The page draws what one dictionary or another calls Thing. */
#define DRAWN(names) "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]" \
	"/Contents 4 0 R/Resources<</XObject " names ">>/Annots[6 0 R]>>"
#define DRAWING	"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 5>>" \
	"\nstream\n0 0 m\nendstream"
#define EMPTY	WIDGET "/FT/Sig/T(Second)"
#define ROOT	"<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R"
#define FORM	"<</Fields[6 0 R]/SigFlags 3"

static void
what_is_something_else_as_well_is_not_changed(void **state)
{
	static const struct {
		const char	*page;
		int		 id;
		const char	*before, *after;
	} rows[] = {
		{ DRAWN("1 0 R"), 1, ROOT "/DSS 9 0 R>>", ROOT "/DSS 10 0 R>>" },
		{ DRAWN("1 0 R"), 1, ROOT ">>", ROOT "/DSS 10 0 R>>" },
		{ DRAWN("1 0 R"), 1, ROOT "/DSS 9 0 R>>",
		    ROOT "/DSS<</Certs[]>>>>" },
		{ DRAWN("1 0 R"), 1, ROOT ">>", ROOT "/Extensions 10 0 R>>" },
		{ DRAWN("5 0 R"), 5, FORM "/DR 9 0 R>>", FORM "/DR 10 0 R>>" },
		{ DRAWN("5 0 R"), 5, FORM ">>", FORM "/DA 10 0 R>>" },
		{ DRAWN("8 0 R"), 8, EMPTY "/F 9 0 R>>", EMPTY "/F 10 0 R>>" },
		{ DRAWN("8 0 R"), 8, EMPTY "/F 9 0 R>>", EMPTY "/M 10 0 R>>" },
		{ DRAWN("8 0 R"), 8, EMPTY "/AP 9 0 R>>",
		    EMPTY "/AP 10 0 R>>" },
		{ DRAWN("8 0 R"), 8, EMPTY ">>", EMPTY "/V 11 0 R>>" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pdfkit_object objects[16];
		struct pdfkit_object later[] = { { rows[i].id, rows[i].after },
		    { 11, DRAWING }, { 0, NULL } };
		struct jpki_buf pdf;

		memcpy(objects, pdfkit_form, 7 * sizeof(objects[0]));
		objects[2].text = rows[i].page;
		objects[7] = (struct pdfkit_object){ 8, EMPTY ">>" };
		objects[rows[i].id - 1].text = rows[i].before;
		objects[8] = (struct pdfkit_object){ 9, DRAWING };
		objects[9] = (struct pdfkit_object){ 10, DRAWING };
		objects[10].text = NULL;
		pdf = pdfkit_make(objects, NULL);
		pdfkit_seal(*state, &pdf, NULL);
		pdfkit_append(&pdf, later);
		pdfkit_sign(*state, &pdf, NULL);
		pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE,
		    "was changed after it was signed");
		jpki_buf_free(&pdf);
	}
}

/* Signs into a field that the first signer found empty; its place is given. */
static struct jpki_buf
fill_waiting_field(struct dockit *kit, const char *filled)
{
	const struct pdfkit_object waiting[] = {
		{ 1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</SigFlags 3"
		    "/Fields[6 0 R 8 0 R]>>>>" },
		{ 2, "<</Type/Pages/Kids[3 0 R]/Count 1>>" },
		{ 3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]"
		    "/Resources<<>>/Annots[6 0 R 8 0 R]>>" },
		{ 6, WIDGET "/FT/Sig/T(Seal)/V 7 0 R>>" },
		{ 7, pdfkit_signature },
		{ 8, WIDGET "/FT/Sig/T(Second)>>" },
		{ 0, NULL }
	};
	const struct pdfkit_object second[] = {
		{ 8, filled }, { 9, pdfkit_signature }, { 0, NULL }
	};
	struct jpki_buf pdf = pdfkit_make(waiting, NULL);

	pdfkit_seal(kit, &pdf, NULL);
	pdfkit_accept(kit, &pdf, 1);
	pdfkit_append(&pdf, second);
	pdfkit_seal(kit, &pdf, NULL);
	return pdf;
}

static void
a_waiting_field_may_be_signed_but_not_moved(void **state)
{
	struct jpki_buf pdf = fill_waiting_field(*state,
	    WIDGET "/FT/Sig/T(Second)/V 9 0 R>>");

	pdfkit_accept(*state, &pdf, 2);
	jpki_buf_free(&pdf);
	pdf = fill_waiting_field(*state, "<</Type/Annot/Subtype/Widget"
	    "/Rect[0 0 99 99]/P 3 0 R/FT/Sig/T(Second)/V 9 0 R>>");
	pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, "object 8");
	jpki_buf_free(&pdf);
}

/* New fonts would make what stands in text fields look like another text. */
static void
fonts_for_other_fields_are_a_change(void **state)
{
	static const struct pdfkit_object fonts[] = {
		{ 5, "<</Fields[6 0 R 8 0 R]/SigFlags 3/DR<</Font<<>>>>>>" },
		{ 0, NULL }
	};
	struct pdfkit_object objects[16];
	struct jpki_buf pdf;

	memcpy(objects, pdfkit_form, 7 * sizeof(objects[0]));
	objects[4].text = "<</Fields[6 0 R 8 0 R]/SigFlags 3>>";
	objects[7] = (struct pdfkit_object){ 8, WIDGET "/FT/Tx/T(sum)"
	    "/V(1000)/DA(/F 9 Tf)>>" };
	objects[8].text = NULL;
	pdf = pdfkit_make(objects, NULL);
	pdfkit_seal(*state, &pdf, NULL);
	pdfkit_accept(*state, &pdf, 1);
	pdfkit_append(&pdf, fonts);
	pdfkit_sign(*state, &pdf, NULL);
	pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, "object 5");
	jpki_buf_free(&pdf);
}

/*
 * Signatures that go.
 */

static void
a_signature_that_was_removed_is_told(void **state)
{
	static const struct {
		struct pdfkit_object	objects[2];
	} rows[] = {
		{ { { 7, "null" } } },
		{ { { 7, "<</Name(Nobody)>>" } } },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_buf pdf = signed_form(*state);

		pdfkit_append(&pdf, rows[i].objects);
		pdfkit_sign(*state, &pdf, NULL);
		pdfkit_reject(*state, &pdf, pdfkit_check(*state, &pdf)->n - 1,
		    CHECK_COVERAGE, "no longer");
		jpki_buf_free(&pdf);
	}
}

static void
a_signature_that_forbids_changes_forbids_signatures_too(void **state)
{
	struct jpki_buf pdf = pdfkit_make_with(7, "<</Type/Sig/SubFilter"
	    "/adbe.pkcs7.detached/ByteRange[@RANGE@]/Contents@CONTENTS@"
	    "/Reference[<</TransformMethod/DocMDP/TransformParams<</P 1>>>>]>>");
	static const struct pdfkit_object nothing[] = {
		{ 20, "(Hello)" }, { 0, NULL }
	};
	static const struct pdfkit_object second[] = {
		{ 3, PAGE("/Annots[6 0 R 20 0 R]") },
		{ 5, "<</Fields[6 0 R 20 0 R]/SigFlags 3>>" },
		{ 20, WIDGET "/FT/Sig/T(Second)/V 21 0 R>>" },
		{ 21, pdfkit_signature },
		{ 0, NULL }
	};

	pdfkit_seal(*state, &pdf, NULL);
	pdfkit_accept(*state, &pdf, 1);
	pdfkit_refuse(*state, &pdf, NULL, "forbids every change");
	pdfkit_append(&pdf, nothing);
	pdfkit_append(&pdf, second);
	pdfkit_seal(*state, &pdf, NULL);
	pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, "forbids every change");
	jpki_buf_free(&pdf);
}

/* Its range is right for the revision before, in which it was not. */
static void
a_signature_that_was_put_in_later_is_rejected(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf pdf = signed_form(kit), text = { NULL, 0 };
	size_t begin = pdfkit_find(&pdf, "7 0 obj\n") + 8;
	struct pdfkit_object later[] = {
		{ 3, PAGE("/Annots[6 0 R 20 0 R]") },
		{ 5, "<</Fields[6 0 R 20 0 R]/SigFlags 3>>" },
		{ 20, WIDGET "/FT/Sig/T(Second)/V 21 0 R>>" },
		{ 21, NULL },
		{ 0, NULL }
	};

	text.n = pdfkit_find(&pdf, "\nendobj\n8 0 obj") - begin;
	text.p = calloc(1, text.n + 1);
	assert_non_null(text.p);
	memcpy(text.p, pdf.p + begin, text.n);
	later[3].text = (const char *)text.p;
	pdfkit_append(&pdf, later);
	pdfkit_sign(kit, &pdf, NULL);
	pdfkit_reject(kit, &pdf, 1, CHECK_COVERAGE,
	    "does not contain the signature itself");
	jpki_buf_free(&text);
	jpki_buf_free(&pdf);
}

static void
what_was_repaired_before_it_was_signed_is_no_damage(void **state)
{
	static const struct pdfkit_object bad_page[] = {
		{ 3, "<</Type/Page/Parent 2 0 R/Twice 1/Twice 2>>" },
		{ 0, NULL }
	};
	static const struct pdfkit_object good_page[] = {
		{ 3, PAGE("") }, { 0, NULL }
	};
	struct jpki_buf pdf = pdfkit_make(pdfkit_plain, NULL);

	pdfkit_append(&pdf, bad_page);
	pdfkit_refuse(*state, &pdf, NULL, "duplicated key");
	pdfkit_append(&pdf, good_page);
	pdfkit_sign(*state, &pdf, NULL);
	pdfkit_accept(*state, &pdf, 1);
	pdfkit_append(&pdf, bad_page);
	pdfkit_append(&pdf, good_page);
	pdfkit_unreadable(*state, &pdf, "duplicated key");
	jpki_buf_free(&pdf);
}

static void
too_many_revisions_are_not_checked(void **state)
{
	static const struct pdfkit_object nothing[] = {
		{ 20, "(Hello)" }, { 0, NULL }
	};
	struct jpki_buf pdf = signed_form(*state);

	for (int i = 0; i < 200; i++)
		pdfkit_append(&pdf, nothing);
	pdfkit_unreadable(*state, &pdf, "more than 200 times");
	jpki_buf_free(&pdf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name)	cmocka_unit_test_setup_teardown(name, dockit_new, \
			    free_all)
		TEST(what_nobody_signed_is_rejected),
		TEST(what_nobody_could_sign_is_rejected),
		TEST(what_another_signed_is_still_a_change_for_the_first),
		TEST(a_change_that_came_with_a_signature_is_rejected),
		TEST(further_signatures_are_no_change),
		TEST(what_serves_signatures_only_is_no_change),
		TEST(what_is_something_else_as_well_is_not_changed),
		TEST(a_waiting_field_may_be_signed_but_not_moved),
		TEST(fonts_for_other_fields_are_a_change),
		TEST(a_signature_that_was_removed_is_told),
		TEST(a_signature_that_forbids_changes_forbids_signatures_too),
		TEST(a_signature_that_was_put_in_later_is_rejected),
		TEST(what_was_repaired_before_it_was_signed_is_no_damage),
		TEST(too_many_revisions_are_not_checked),
	};

	return cmocka_run_group_tests_name("doc_pdf_later", tests, NULL,
	    fixture_free);
}
