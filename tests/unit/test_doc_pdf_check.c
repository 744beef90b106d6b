/* SPDX-License-Identifier: BSD-2-Clause */
/* PDF signatures that are not what they say: each of them is rejected. */
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

/* The form's document with its signature made by whoever asks. */
static struct jpki_buf
sealed(struct dockit *kit, int id, const char *text,
    void (*bend)(long long range[4]))
{
	struct jpki_buf pdf = id != 0 ? pdfkit_make_with(id, text) :
	    pdfkit_make(pdfkit_form, NULL);

	pdfkit_seal(kit, &pdf, bend);
	return pdf;
}

static void
a_signature_as_it_should_be_holds(void **state)
{
	struct jpki_buf pdf = sealed(*state, 0, NULL, NULL);
	struct verdict *v;

	pdfkit_accept(*state, &pdf, 1);
	v = pdfkit_check(*state, &pdf);
	expect_text("label", v->signatures[0].label, "Seal");
	dockit_expect(&v->signatures[0], CHECK_COVERAGE, FINDING_OK,
	    "all of the document");
	assert_int_equal(v->signatures[0].claimed, DOCKIT_NOW);
	jpki_buf_free(&pdf);
}

static void
a_document_without_signatures_does_not_hold(void **state)
{
	struct jpki_buf pdf = pdfkit_make(pdfkit_plain, NULL);
	struct verdict *v = pdfkit_check(*state, &pdf);

	assert_int_equal(v->n, 0);
	assert_false(verdict_holds(v));
	jpki_buf_free(&pdf);
}

/*
 * ByteRange.
 */

static void
begin_later(long long r[4])
{
	r[0] += 1;
	r[1] -= 1;
}

static void
begin_negative(long long r[4])
{
	r[0] = -1;
}

static void
negative_length(long long r[4])
{
	r[3] = -r[3];
}

static void
overlap(long long r[4])
{
	r[2] = r[1] - 10;
}

static void
wide_gap(long long r[4])
{
	r[1] -= 10;		/* so the key could be another one */
}

static void
gap_to_the_end(long long r[4])
{
	r[2] += 40;
	r[3] -= 40;
}

static void
narrow_gap(long long r[4])
{
	r[2] -= 100;
	r[3] += 100;
}

static void
end_early(long long r[4])
{
	r[3] -= 20;
}

static void
end_late(long long r[4])
{
	r[3] += 1;
}

static void
huge(long long r[4])
{
	r[3] = INT64_MAX - r[2];
}

static void
no_second_part(long long r[4])
{
	r[3] = 0;
}

static void
a_range_that_leaves_something_out_is_rejected(void **state)
{
	static const struct {
		const char	*words;
		void		(*bend)(long long range[4]);
	} rows[] = {
		{ "does not begin where the document does", begin_later },
		{ "not four numbers", begin_negative },
		{ "not four numbers", negative_length },
		{ "overlap", overlap },
		{ "leaves out more", wide_gap },
		{ "leaves out more", gap_to_the_end },
		{ "leaves out more", narrow_gap },
		{ "does not end where the document ended", end_early },
		{ "ends behind the document", end_late },
		{ "not four numbers", huge },
		{ "one part", no_second_part },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_buf pdf = sealed(*state, 0, NULL, rows[i].bend);

		pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, rows[i].words);
		jpki_buf_free(&pdf);
	}
}

#define SIGNATURE(range, contents) "<</Type/Sig/Filter/Adobe.PPKLite" \
	"/SubFilter/adbe.pkcs7.detached" range contents ">>"
#define GOOD_RANGE	"/ByteRange[@RANGE@]"
#define GOOD_CONTENTS	"/Contents@CONTENTS@"

static void
what_is_no_range_is_rejected(void **state)
{
	static const char *const rows[] = {
		SIGNATURE("/ByteRange[0 10 20]/X[@RANGE@]", GOOD_CONTENTS),
		SIGNATURE("/ByteRange[0 10 20 30 40]/X[@RANGE@]", GOOD_CONTENTS),
		SIGNATURE("/ByteRange[0 10 20 30 40 50]/X[@RANGE@]", GOOD_CONTENTS),
		SIGNATURE("/ByteRange[0 (10) 20 30]/X[@RANGE@]", GOOD_CONTENTS),
		SIGNATURE("/ByteRange[0 10.5 20 30]/X[@RANGE@]", GOOD_CONTENTS),
		SIGNATURE("/ByteRange 10/X[@RANGE@]", GOOD_CONTENTS),
		SIGNATURE("/ByteRange[]/X[@RANGE@]", GOOD_CONTENTS),
		SIGNATURE("/ByteRange null/X[@RANGE@]", GOOD_CONTENTS),
		SIGNATURE("/X[@RANGE@]", GOOD_CONTENTS),
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_buf pdf = sealed(*state, 7, rows[i], NULL);

		pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE,
		    "not four numbers");
		jpki_buf_free(&pdf);
	}
}

/* The numbers are right, but could be replaced later. */
static void
a_range_or_contents_somewhere_else_is_rejected(void **state)
{
	static const struct {
		const char	*signature, *other, *words;
	} rows[] = {
		{ SIGNATURE("/ByteRange 8 0 R", GOOD_CONTENTS), "[@RANGE@]",
		    "not four numbers" },
		{ SIGNATURE(GOOD_RANGE, "/Contents 8 0 R"), "@CONTENTS@",
		    "no string" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pdfkit_object objects[16];
		struct jpki_buf pdf;

		memcpy(objects, pdfkit_form, 6 * sizeof(objects[0]));
		objects[6] = (struct pdfkit_object){ 7, rows[i].signature };
		objects[7] = (struct pdfkit_object){ 8, rows[i].other };
		objects[8].text = NULL;
		pdf = pdfkit_make(objects, NULL);
		pdfkit_seal(*state, &pdf, NULL);
		pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, rows[i].words);
		jpki_buf_free(&pdf);
	}
}

/* Programs differ in which of them counts. */
static void
a_key_that_stands_twice_makes_the_document_unreadable(void **state)
{
	static const char *const rows[] = {
		SIGNATURE("/ByteRange[0 1 2 3]" GOOD_RANGE, GOOD_CONTENTS),
		SIGNATURE(GOOD_RANGE, "/Contents<3000>" GOOD_CONTENTS),
		SIGNATURE(GOOD_RANGE, GOOD_CONTENTS "/Contents<3000>"),
		SIGNATURE(GOOD_RANGE, "/#43ontents<3000>" GOOD_CONTENTS),
		SIGNATURE(GOOD_RANGE, GOOD_CONTENTS "/SubFilter/X"),
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_buf pdf = pdfkit_make_with(7, rows[i]);

		pdfkit_unreadable(*state, &pdf, "duplicated key");
		jpki_buf_free(&pdf);
	}
}

/*
 * Contents.
 */

/* The gap is a good signature; the dictionary's own is another. */
static void
contents_that_are_not_in_the_gap_are_rejected(void **state)
{
	static const char *const rows[] = {
		SIGNATURE(GOOD_RANGE "/Decoy@CONTENTS@", "/Contents<30800000>"),
		SIGNATURE(GOOD_RANGE "/Decoy@CONTENTS@", "/Contents(0)"),
		SIGNATURE(GOOD_RANGE "/Decoy@CONTENTS@", "/Contents<>"),
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_buf pdf = sealed(*state, 7, rows[i], NULL);

		pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE,
		    "Contents are not what it leaves out");
		jpki_buf_free(&pdf);
	}
}

static void
no_contents_are_rejected(void **state)
{
	static const char *const rows[] = {
		SIGNATURE(GOOD_RANGE "/Decoy@CONTENTS@", ""),
		SIGNATURE(GOOD_RANGE "/Decoy@CONTENTS@", "/Contents null"),
		SIGNATURE(GOOD_RANGE "/Decoy@CONTENTS@", "/Contents 7"),
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_buf pdf = sealed(*state, 7, rows[i], NULL);

		pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, "no string");
		jpki_buf_free(&pdf);
	}
}

static void
contents_that_are_no_cms_or_more_are_rejected(void **state)
{
	struct jpki_buf pdf = pdfkit_make(pdfkit_form, NULL);
	size_t contents;

	/* Nothing was ever signed: room, and right numbers. */
	pdfkit_seal(*state, &pdf, NULL);
	contents = pdfkit_find(&pdf, "/Contents<") + 10;
	/* In the last byte of the padding. */
	pdf.p[contents + 7999] = '1';
	pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, "behind the CMS");
	pdf.p[contents + 7999] = '0';
	pdfkit_accept(*state, &pdf, 1);
	pdf.p[contents + 7999] = 'g';
	pdfkit_unreadable(*state, &pdf, "damaged");
	pdf.p[contents + 7999] = ' ';
	pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, "leaves out more");
	memset(pdf.p + contents, '0', 8000);
	pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, "no CMS");
	jpki_buf_free(&pdf);
}

/*
 * Kinds.
 */

static void
other_kinds_are_told_and_rejected(void **state)
{
	static const struct {
		const char	*filter, *words;
	} rows[] = {
		{ "/SubFilter/adbe.pkcs7.sha1", "SHA-1" },
		{ "/SubFilter/adbe.x509.rsa_sha1", "SHA-1" },
		{ "/SubFilter/ETSI.RFC3161", "time stamp" },
		{ "/SubFilter/adbe.pkcs7.detache", "not known" },
		{ "/SubFilter(adbe.pkcs7.detached)", "not known" },
		{ "/Unused/X", "not known" },
	};
	char text[300];

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_buf pdf;

		snprintf(text, sizeof(text), "<</Type/Sig%s" GOOD_RANGE
		    GOOD_CONTENTS ">>", rows[i].filter);
		pdf = sealed(*state, 7, text, NULL);
		pdfkit_reject(*state, &pdf, 0, CHECK_SIGNATURE, rows[i].words);
		jpki_buf_free(&pdf);
	}
}

/*
 * Several, and hidden ones.
 */

static void
a_signature_that_no_field_has_is_found_and_rejected(void **state)
{
	static const struct {
		int		 id;
		const char	*text;
	} rows[] = {
		{ 5, "<</Fields[]/SigFlags 3>>" },
		{ 1, "<</Type/Catalog/Pages 2 0 R>>" },
		{ 6, "<</Type/Annot/Subtype/Widget/FT/Sig/T(Seal)>>" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_buf pdf = sealed(*state, rows[i].id, rows[i].text,
		    NULL);

		pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, "hidden");
		jpki_buf_free(&pdf);
	}
}

/* One good signature does not make up for a bad one, wherever that is. */
static void
a_further_bad_signature_is_found_and_rejected(void **state)
{
	static const struct {
		const char	*text, *words;
		enum check	 check;
	} rows[] = {
		{ "<</Type/Sig>>", "not known", CHECK_SIGNATURE },
		{ "<</Type/Sig/SubFilter/adbe.pkcs7.detached>>",
		    "not four numbers", CHECK_COVERAGE },
		{ "<</ByteRange[0 1 2 3]>>", "not known", CHECK_SIGNATURE },
		{ "<</Type/DocTimeStamp/SubFilter/ETSI.RFC3161>>",
		    "time stamp", CHECK_SIGNATURE },
		{ "[<</X[<</Type/Sig>>]>>]", "inside", CHECK_SIGNATURE },
		{ "<</FT/Sig/V<</A/B>>>>", "inside", CHECK_SIGNATURE },
		{ "<</Byte#52ange[0 1 2 3]/SubFilter/adbe.pkcs7.detached>>",
		    "ends", CHECK_COVERAGE },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_buf pdf = sealed(*state, 8, rows[i].text, NULL);

		assert_int_equal(pdfkit_check(*state, &pdf)->n, 2);
		if (i == COUNT(rows) - 1)
			assert_false(verdict_holds(pdfkit_check(*state,
			    &pdf)));
		else
			pdfkit_reject(*state, &pdf, 1, rows[i].check,
			    rows[i].words);
		dockit_expect(&pdfkit_check(*state, &pdf)->signatures[0],
		    CHECK_COVERAGE, FINDING_OK, NULL);
		jpki_buf_free(&pdf);
	}
}

/* A viewer shows the field; what stands in it is no signature at all. */
static void
a_field_without_a_signature_in_it_is_rejected(void **state)
{
	static const char *const rows[] = {
		"<<>>", "(signed)", "[]", "true", "<</Name(Somebody)>>",
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_buf pdf = pdfkit_make_with(7, rows[i]);
		struct verdict *v = pdfkit_check(*state, &pdf);

		assert_int_equal(v->n, 1);
		dockit_expect(&v->signatures[0], CHECK_SIGNATURE,
		    FINDING_FAILED, NULL);
		assert_false(verdict_holds(v));
		jpki_buf_free(&pdf);
	}
}

static void
a_field_that_inherits_its_type_is_found(void **state)
{
	struct pdfkit_object objects[16];
	struct jpki_buf pdf;

	memcpy(objects, pdfkit_form, 7 * sizeof(objects[0]));
	objects[5].text = "<</FT/Sig/T(Seal)/Kids[8 0 R]>>";
	objects[6].text = "<</Name(Somebody)>>";
	objects[7] = (struct pdfkit_object){ 8, "<</Type/Annot"
	    "/Subtype/Widget/Parent 6 0 R/Rect[0 0 0 0]/V 7 0 R>>" };
	objects[8].text = NULL;
	pdf = pdfkit_make(objects, NULL);
	pdfkit_reject(*state, &pdf, 0, CHECK_SIGNATURE, NULL);
	jpki_buf_free(&pdf);
}

static void
two_fields_with_one_signature_are_rejected(void **state)
{
	struct pdfkit_object objects[16];
	struct jpki_buf pdf;

	memcpy(objects, pdfkit_form, 7 * sizeof(objects[0]));
	objects[4].text = "<</Fields[6 0 R 8 0 R]/SigFlags 3>>";
	objects[7] = (struct pdfkit_object){ 8,
	    "<</FT/Sig/T(Other)/V 7 0 R>>" };
	objects[8].text = NULL;
	pdf = pdfkit_make(objects, NULL);
	pdfkit_seal(*state, &pdf, NULL);
	pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE, "several fields");
	jpki_buf_free(&pdf);
}

static void
fields_in_circles_come_to_an_end(void **state)
{
	static const char *const rows[] = {
		"<</Kids[6 0 R]/FT/Sig/T(Seal)/V 7 0 R>>",
		"<</Kids[6 0 R 6 0 R 6 0 R]/FT/Sig/T(Seal)/V 7 0 R>>",
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_buf pdf = pdfkit_make_with(6, rows[i]);

		pdfkit_unreadable(*state, &pdf, "without end");
		jpki_buf_free(&pdf);
	}
}

/*
 * What is signed, and how.
 */

static void
a_changed_byte_is_noticed(void **state)
{
	struct jpki_buf pdf = sealed(*state, 0, NULL, NULL);

	pdfkit_replace(&pdf, "content1", "content2");
	pdfkit_reject(*state, &pdf, 0, CHECK_INTEGRITY, NULL);
	pdfkit_replace(&pdf, "content2", "content1");
	pdfkit_accept(*state, &pdf, 1);
	jpki_buf_free(&pdf);
}

static void
whatever_stands_before_or_behind_is_noticed(void **state)
{
	static const char *const behind[] = {
		" ", "\n", "%comment\n", "%%EOF\n", "startxref\n0\n%%EOF\n",
	};
	struct jpki_buf pdf, more = { NULL, 0 };

	for (size_t i = 0; i < COUNT(behind); i++) {
		pdf = sealed(*state, 0, NULL, NULL);
		pdfkit_append_text(&pdf, behind[i]);
		/* The last one is no end of any document. */
		if (i < 4)
			pdfkit_reject(*state, &pdf, 0, CHECK_COVERAGE,
			    "goes on");
		else
			pdfkit_unreadable(*state, &pdf, "damaged");
		jpki_buf_free(&pdf);
	}
	pdf = sealed(*state, 0, NULL, NULL);
	pdfkit_append_text(&more, "junk\n");
	pdfkit_append_text(&more, (const char *)pdf.p);
	pdfkit_unreadable(*state, &more, "%PDF-");
	jpki_buf_free(&more);
	jpki_buf_free(&pdf);
}

static void
a_signer_who_is_not_believed_is_rejected(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf pdf;
	X509 *sign = kit->signer.cert;

	kit->signer.cert = kit->auth;
	pdf = sealed(kit, 0, NULL, NULL);
	pdfkit_reject(kit, &pdf, 0, CHECK_USAGE, NULL);
	jpki_buf_free(&pdf);
	kit->signer.cert = sign;
	kit->signer.now = DOCKIT_NOW + 100 * 86400;
	pdf = sealed(kit, 0, NULL, NULL);
	pdfkit_reject(kit, &pdf, 0, CHECK_VALIDITY, "future");
	jpki_buf_free(&pdf);
}

static void
a_damaged_document_is_unreadable(void **state)
{
	struct jpki_buf pdf = sealed(*state, 0, NULL, NULL);

	pdfkit_replace(&pdf, "endstream", "endstreem");
	pdfkit_unreadable(*state, &pdf, "damaged");
	jpki_buf_free(&pdf);
	pdf = sealed(*state, 0, NULL, NULL);
	pdf.n -= 9;
	pdfkit_unreadable(*state, &pdf, "damaged");
	pdf.n = 100;
	pdfkit_unreadable(*state, &pdf, "damaged");
	pdf.n = 0;
	pdfkit_unreadable(*state, &pdf, "no PDF");
	jpki_buf_free(&pdf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name)	cmocka_unit_test_setup_teardown(name, dockit_new, \
			    free_all)
		TEST(a_signature_as_it_should_be_holds),
		TEST(a_document_without_signatures_does_not_hold),
		TEST(a_range_that_leaves_something_out_is_rejected),
		TEST(what_is_no_range_is_rejected),
		TEST(a_range_or_contents_somewhere_else_is_rejected),
		TEST(a_key_that_stands_twice_makes_the_document_unreadable),
		TEST(contents_that_are_not_in_the_gap_are_rejected),
		TEST(no_contents_are_rejected),
		TEST(contents_that_are_no_cms_or_more_are_rejected),
		TEST(other_kinds_are_told_and_rejected),
		TEST(a_signature_that_no_field_has_is_found_and_rejected),
		TEST(a_further_bad_signature_is_found_and_rejected),
		TEST(a_field_without_a_signature_in_it_is_rejected),
		TEST(a_field_that_inherits_its_type_is_found),
		TEST(two_fields_with_one_signature_are_rejected),
		TEST(fields_in_circles_come_to_an_end),
		TEST(a_changed_byte_is_noticed),
		TEST(whatever_stands_before_or_behind_is_noticed),
		TEST(a_signer_who_is_not_believed_is_rejected),
		TEST(a_damaged_document_is_unreadable),
	};

	return cmocka_run_group_tests_name("doc_pdf_check", tests, NULL,
	    fixture_free);
}
