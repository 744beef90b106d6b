/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Published attacks on signed PDF documents, by the names that their authors
 * gave them: "1 Trillion Dollar Refund" (CCS 2019), "Shadow Attacks" (NDSS
 * 2021), "Breaking the Specification: PDF Certification" (S&P 2021), and what
 * became known of verifiers for My Number Cards since.
 */
#include "pdfkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pdf_data.h"
#include "unit.h"

#define PAGE(more) "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]" \
	"/Contents 4 0 R/Resources<<>>" more ">>"
#define WIDGET	"<</Type/Annot/Subtype/Widget/Rect[0 0 9 9]/P 3 0 R"
#define STREAM(text) "<</Length 20>>\nstream\n" text "\nendstream"

static int
free_all(void **state)
{
	pdfkit_forget();
	return dockit_free(state);
}

static struct jpki_buf
sealed_with(struct dockit *kit, int id, const char *text)
{
	struct jpki_buf pdf = id != 0 ? pdfkit_make_with(id, text) :
	    pdfkit_make(pdfkit_form, NULL);

	pdfkit_seal(kit, &pdf, NULL);
	pdfkit_accept(kit, &pdf, 1);
	return pdf;
}

/* A last section that says of one object that it stands there; of -1, nowhere.
 * It is what an update is made of that brings no object of its own. */
static void
repoint(struct jpki_buf *pdf, int id, long at)
{
	char text[300];
	unsigned long prev = strtoul((const char *)pdf->p +
	    pdfkit_find_last(pdf, "startxref") + 9, NULL, 10);

	snprintf(text, sizeof(text), "xref\n0 1\n0000000000 65535 f \n%d 1\n"
	    "%010ld %05d %c \ntrailer\n<</Root 1 0 R/Size 9/Prev %lu>>\n"
	    "startxref\n%zu\n%%%%EOF\n", id, at < 0 ? 0 : at, at < 0 ? 1 : 0,
	    at < 0 ? 'f' : 'n', prev, pdf->n);
	pdfkit_append_text(pdf, text);
}

/*
 * Universal signature forgery: nothing is there to be checked.
 */

#define SIGNATURE(range, contents) "<</Type/Sig/Filter/Adobe.PPKLite" \
	"/SubFilter/adbe.pkcs7.detached" range contents ">>"

static void
a_signature_of_nothing_does_not_hold(void **state)
{
	static const char *const rows[] = {
		SIGNATURE("", ""),
		SIGNATURE("/ByteRange null", "/Contents null"),
		SIGNATURE("/ByteRange[]", "/Contents<>"),
		SIGNATURE("/ByteRange[0 0 0 0]", "/Contents<00>"),
		SIGNATURE("/ByteRange[0 -1 -1 0]", "/Contents<00>"),
		SIGNATURE("/ByteRange[/a/b/c/d]", "/Contents<00>"),
		SIGNATURE("/ByteRange[-9 9 9 9]", "/Contents()"),
		SIGNATURE("/ByteRange[0 99999999999 1 1]", "/Contents(0)"),
		SIGNATURE("/ByteRange 6 0 R", "/Contents 6 0 R"),
		SIGNATURE("/ByteRange<<>>", "/Contents[]"),
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_buf pdf = pdfkit_make_with(7, rows[i]);

		pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, NULL);
		jpki_buf_free(&pdf);
	}
}

/*
 * Incremental saving: an update behind what was signed, whole or half.
 */

static void
an_update_of_whatever_shape_is_noticed(void **state)
{
	static const char object[] = "4 0 obj\n" STREAM("0 0 m 99 9 l S %new ")
	    "\nendobj\n";
	static const struct {
		const char	*text, *unreadable;
	} rows[] = {
		{ object, NULL },
		{ "xref\n0 0\n", NULL },
		{ "trailer\n<</Root 20 0 R>>\n", NULL },
		{ "trailer\n<</Root 20 0 R>>\nstartxref\n0\n%%EOF\n", "damaged" },
		{ "startxref\n99999999\n%%EOF\n", "damaged" },
		{ "startxref\n20\n%%EOF\n", "damaged" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_buf pdf = sealed_with(*state, 0, NULL);

		pdfkit_append_text(&pdf, rows[i].text);
		if (rows[i].unreadable != NULL)
			pdfkit_unreadable(*state, &pdf, rows[i].unreadable);
		else
			pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE,
			    "goes on");
		jpki_buf_free(&pdf);
	}
}

/*
 * Signature wrapping: the second part that is signed stands elsewhere, and
 * where it was there is room for other things.
 */

static void
move_second_part(long long r[4])
{
	r[2] += 10;
	r[3] -= 10;
}

static void
skip_what_is_behind(long long r[4])
{
	r[2] += r[3] - 6;	/* but for "%%EOF" and its end of line */
	r[3] = 6;
}

static void
swap_parts(long long r[4])
{
	long long begin = r[2], n = r[3];

	r[2] = r[0];
	r[3] = r[1];
	r[0] = begin;
	r[1] = n;
}

static void
a_wider_gap_is_noticed(void **state)
{
	void (*const rows[])(long long r[4]) = {
		move_second_part, skip_what_is_behind, swap_parts,
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_buf pdf = pdfkit_make(pdfkit_form, NULL);

		pdfkit_seal(*state, &pdf, rows[i]);
		pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, NULL);
		jpki_buf_free(&pdf);
	}
}

/*
 * Contents that say more than one thing.
 */

static void
shift_contents(struct jpki_buf *pdf, size_t n)
{
	uint8_t *p = pdf->p + pdfkit_find(pdf, "/Contents<") + 10;

	memmove(p + n, p, 7990 - n);
	memset(p, '0', n);
}

static void
zeros_before_the_cms_are_noticed(void **state)
{
	for (size_t n = 2; n <= 16; n *= 2) {
		struct jpki_buf pdf = sealed_with(*state, 0, NULL);

		shift_contents(&pdf, n);
		pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, "no CMS");
		jpki_buf_free(&pdf);
	}
}

/* Programs skip these, and then read other digits. */
static void
other_bytes_among_the_digits_are_noticed(void **state)
{
	static const char others[] = " \n\r\t\f";

	for (size_t i = 0; i < sizeof(others); i++) {
		struct jpki_buf pdf = sealed_with(*state, 0, NULL);
		size_t at = pdfkit_find(&pdf, "/Contents<") + 10 + 7000;

		pdf.p[at] = pdf.p[at + 1] = (uint8_t)others[i];
		pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, NULL);
		jpki_buf_free(&pdf);
	}
}

static void
a_string_that_ends_early_is_noticed(void **state)
{
	struct jpki_buf pdf = sealed_with(*state, 0, NULL);
	size_t at = pdfkit_find(&pdf, "/Contents<") + 10 + 7000;

	memcpy(pdf.p + at, ">/Evil<", 7);
	pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, NULL);
	jpki_buf_free(&pdf);
}

/* Into its room goes a good CMS of another document. */
static void
a_signature_of_another_document_is_noticed(void **state)
{
	struct jpki_buf pdf = sealed_with(*state, 0, NULL);
	struct jpki_buf other = sealed_with(*state, 8, "(Other)");
	size_t at = pdfkit_find(&pdf, "/Contents<");

	memcpy(pdf.p + at, other.p + pdfkit_find(&other, "/Contents<"), 8000);
	pdfkit_reject(*state, &pdf, 0, CHECK_INTEGRITY, NULL);
	jpki_buf_free(&pdf);
	jpki_buf_free(&other);
}

/*
 * Shadow attacks: what is to be shown later is in the document already when it
 * is signed, and nobody sees it.
 */

/* Behind the page's own content stands another one: object 8. */
static struct jpki_buf
shadowed(struct dockit *kit, const char *cover)
{
	struct jpki_buf pdf = sealed_with(kit, 8, cover);

	return pdf;
}

static void
hide_what_covers_something_is_noticed(void **state)
{
	struct jpki_buf pdf = shadowed(*state, STREAM("1 g 0 0 9 9 re f %cv"));

	repoint(&pdf, 8, -1);
	pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, "goes on");
	pdfkit_sign(*state, &pdf, NULL);
	pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, "object 8");
	jpki_buf_free(&pdf);
}

static void
replace_a_font_or_a_field_is_noticed(void **state)
{
	static const struct {
		const char		*before;
		struct pdfkit_object	 after[2];
	} rows[] = {
		{ "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
		    { { 8, "<</Type/Font/Subtype/Type3/CharProcs<<>>>>" } } },
		{ WIDGET "/FT/Tx/T(sum)/V(100)>>",
		    { { 8, WIDGET "/FT/Tx/T(sum)/V(100)/AP<</N 4 0 R>>>>" } } },
		{ WIDGET "/FT/Tx/T(sum)/V(100)>>",
		    { { 8, WIDGET "/FT/Tx/T(sum)/V(999)>>" } } },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_buf pdf = shadowed(*state, rows[i].before);

		pdfkit_append(&pdf, rows[i].after);
		pdfkit_sign(*state, &pdf, NULL);
		pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, "object 8");
		jpki_buf_free(&pdf);
	}
}

/* A second object of the same number stands in a stream's data; an update
 * without any object points there. */
static void
hide_and_replace_is_noticed(void **state)
{
	struct jpki_buf pdf = shadowed(*state, "<</Length 75>>\nstream\n"
	    "4 0 obj\n" STREAM("0 0 m 99 9 l S %new ") "\nendobj        "
	    "\nendstream");

	/* The text of the second one begins within the stream. */
	repoint(&pdf, 4, (long)pdfkit_find_last(&pdf, "4 0 obj"));
	pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, "goes on");
	pdfkit_sign(*state, &pdf, NULL);
	pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, "object 4");
	jpki_buf_free(&pdf);
}

/* The same with another catalog, which the trailer names. */
static void
another_catalog_is_noticed(void **state)
{
	struct jpki_buf pdf = sealed_with(*state, 8,
	    "<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R>>");
	char text[200];
	size_t at = pdf.n;

	snprintf(text, sizeof(text), "xref\n0 0\ntrailer\n<</Root 8 0 R/Size 9"
	    "/Prev %s", (const char *)pdf.p +
	    pdfkit_find_last(&pdf, "startxref") + 10);
	*strchr(text + 40, '\n') = '\0';
	pdfkit_append_text(&pdf, text);
	snprintf(text, sizeof(text), ">>\nstartxref\n%zu\n%%%%EOF\n", at);
	pdfkit_append_text(&pdf, text);
	pdfkit_sign(*state, &pdf, NULL);
	pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, "another catalog");
	jpki_buf_free(&pdf);
}

/*
 * Certified documents, to which notes (evil annotation) or signatures that
 * look like something else (sneaky signature) are added.
 */

#define CERTIFIED(p) "<</Type/Sig/SubFilter/adbe.pkcs7.detached" \
	"/ByteRange[@RANGE@]/Contents@CONTENTS@/Reference[<<" \
	"/Type/SigRef/TransformMethod/DocMDP/TransformParams<<" \
	"/Type/TransformParams/V/1.2" p ">>>>]>>"

static void
notes_are_no_better_for_a_certification(void **state)
{
	static const char *const levels[] = { "", "/P 1", "/P 2", "/P 3" };
	static const char *const notes[] = {
		("<</Type/Annot/Subtype/FreeText/Rect[0 0 99 99]/DA(/F 9 Tf)"
		    "/Contents(Pay more)>>"),
		"<</Type/Annot/Subtype/Stamp/Rect[0 0 99 99]>>",
		"<</Type/Annot/Subtype/Redact/Rect[0 0 99 99]>>",
	};

	for (size_t i = 0; i < COUNT(levels) * COUNT(notes); i++) {
		struct pdfkit_object later[] = {
			{ 3, PAGE("/Annots[6 0 R 20 0 R]") },
			{ 20, notes[i % COUNT(notes)] }, { 0, NULL }
		};
		char text[400];
		struct jpki_buf pdf;

		snprintf(text, sizeof(text), CERTIFIED("%s"),
		    levels[i / COUNT(notes)]);
		pdf = sealed_with(*state, 7, text);
		pdfkit_append(&pdf, later);
		pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, NULL);
		jpki_buf_free(&pdf);
	}
}

/* It is drawn over the page, and its signer is nobody. */
static void
a_sneaky_signature_makes_the_document_not_hold(void **state)
{
	static const struct pdfkit_object sneaky[] = {
		{ 3, PAGE("/Annots[6 0 R 20 0 R]") },
		{ 5, "<</Fields[6 0 R 20 0 R]/SigFlags 3>>" },
		{ 20, "<</Type/Annot/Subtype/Widget/FT/Sig/T(x)/P 3 0 R"
		    "/Rect[0 0 200 200]/AP<</N 22 0 R>>/V 21 0 R>>" },
		{ 21, "<</Type/Sig/SubFilter/adbe.pkcs7.detached"
		    "/ByteRange[0 1 2 3]/Contents<00>>>" },
		{ 22, "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 20>>"
		    "\nstream\n1 g 0 0 9 9 re f %cv\nendstream" },
		{ 0, NULL }
	};
	struct jpki_buf pdf = sealed_with(*state, 7, CERTIFIED("/P 2"));

	pdfkit_append(&pdf, sneaky);
	assert_false(verdict_holds(pdfkit_check(*state, &pdf)));
	assert_int_equal(pdfkit_check(*state, &pdf)->n, 2);
	/* Nor is it better if another one signs behind it. */
	pdfkit_sign(*state, &pdf, NULL);
	assert_false(verdict_holds(pdfkit_check(*state, &pdf)));
	jpki_buf_free(&pdf);
}

#define DRAWING	"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 20>>" \
	"\nstream\n1 g 0 0 9 9 re f %cv\nendstream"

/* Nor one that is no signature at all, in a field that the form does not name:
 * one who really signs adds it. */
static void
what_is_drawn_without_a_signature_is_noticed(void **state)
{
	static const struct pdfkit_object rows[][5] = {
		{ { 3, PAGE("/Annots[6 0 R 20 0 R]") },
		    { 20, WIDGET "/Parent 21 0 R/AP<</N 22 0 R>>/V 23 0 R>>" },
		    { 21, "<</FT/Sig/T(x)/Kids[20 0 R]>>" }, { 22, DRAWING },
		    { 23, "<</Name(Somebody)>>" } },
		{ { 3, PAGE("/Annots[6 0 R 20 0 R]") },
		    { 20, WIDGET "/Parent 21 0 R/AP<</N 22 0 R>>>>" },
		    { 21, "<</FT/Sig/T(x)/Kids[20 0 R]/V 23 0 R>>" },
		    { 22, DRAWING }, { 23, "<</Name(Somebody)>>" } },
		/* A field that was waiting. */
		{ { 8, WIDGET "/FT/Sig/T(empty)/AP<</N 22 0 R>>>>" },
		    { 22, DRAWING } },
		{ { 8, WIDGET "/FT/Sig/T(empty)/AP<</N 22 0 R>>/V 23 0 R>>" },
		    { 22, DRAWING }, { 23, "<</Name(Somebody)>>" } },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pdfkit_object later[6] = { { 0, NULL } };
		struct jpki_buf pdf = sealed_with(*state, 8,
		    WIDGET "/FT/Sig/T(empty)>>");

		memcpy(later, rows[i], sizeof(rows[i]));
		pdfkit_append(&pdf, later);
		pdfkit_sign(*state, &pdf, NULL);
		pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE,
		    "was changed after it was signed");
		jpki_buf_free(&pdf);
	}
}

/*
 * Places in which a signature is not looked for.
 */

/* In an object stream, which is not compressed, so that there is a gap. */
static void
a_signature_in_an_object_stream_is_looked_at(void **state)
{
	static const char text[] = "<</Type/ObjStm/N 1/First 4/Length 8700>>\n"
	    "stream\n7 0 <</Type/Sig/SubFilter/adbe.pkcs7.detached"
	    "/ByteRange[@RANGE@]/Contents@CONTENTS@>>";
	struct jpki_buf pdf = pdfkit_make_with(7, text);

	/* No such thing without a cross-reference stream; what is there is
	 * damaged, and not overlooked. */
	pdfkit_unreadable(*state, &pdf, "damaged");
	jpki_buf_free(&pdf);
}

static void
a_document_that_is_also_something_else_is_none(void **state)
{
	static const char *const before[] = {
		"\n", "\xEF\xBB\xBF", "<html><!--", "PK\x03\x04", "GIF89a", "0",
	};

	for (size_t i = 0; i < COUNT(before); i++) {
		struct jpki_buf pdf = sealed_with(*state, 0, NULL);
		struct jpki_buf both = { NULL, 0 };

		pdfkit_append_text(&both, before[i]);
		pdfkit_append_text(&both, (const char *)pdf.p);
		pdfkit_unreadable(*state, &both, "%PDF-");
		jpki_buf_free(&both);
		jpki_buf_free(&pdf);
	}
}

/*
 * Long streams, which are compared in another way.
 */

static char *
long_stream(char last)
{
	size_t n = (size_t)PDF_DATA_LONG + 100;
	char *text = malloc(n);
	int head = snprintf(text, n, "<</Length %lld>>\nstream\n",
	    PDF_DATA_LONG);

	assert_non_null(text);
	memset(text + head, 'x', (size_t)PDF_DATA_LONG);
	text[head + PDF_DATA_LONG - 1] = last;
	strcpy(text + head + PDF_DATA_LONG, "\nendstream");
	return text;
}

static void
of_a_long_stream_each_byte_counts(void **state)
{
	char *text = long_stream('1');
	struct pdfkit_object later[] = { { 8, text }, { 0, NULL } };
	struct jpki_buf pdf = sealed_with(*state, 8, text);

	pdfkit_append(&pdf, later);
	pdfkit_sign(*state, &pdf, NULL);
	pdfkit_accept(*state, &pdf, 2);
	free(text);
	later[0].text = text = long_stream('2');
	pdfkit_append(&pdf, later);
	pdfkit_sign(*state, &pdf, NULL);
	pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, "object 8");
	free(text);
	jpki_buf_free(&pdf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name)	cmocka_unit_test_setup_teardown(name, dockit_new, \
			    free_all)
		TEST(a_signature_of_nothing_does_not_hold),
		TEST(an_update_of_whatever_shape_is_noticed),
		TEST(a_wider_gap_is_noticed),
		TEST(zeros_before_the_cms_are_noticed),
		TEST(other_bytes_among_the_digits_are_noticed),
		TEST(a_string_that_ends_early_is_noticed),
		TEST(a_signature_of_another_document_is_noticed),
		TEST(hide_what_covers_something_is_noticed),
		TEST(replace_a_font_or_a_field_is_noticed),
		TEST(hide_and_replace_is_noticed),
		TEST(another_catalog_is_noticed),
		TEST(notes_are_no_better_for_a_certification),
		TEST(a_sneaky_signature_makes_the_document_not_hold),
		TEST(what_is_drawn_without_a_signature_is_noticed),
		TEST(a_signature_in_an_object_stream_is_looked_at),
		TEST(a_document_that_is_also_something_else_is_none),
		TEST(of_a_long_stream_each_byte_counts),
	};

	return cmocka_run_group_tests_name("doc_pdf_attacks", tests, NULL,
	    fixture_free);
}
