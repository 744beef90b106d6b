/* SPDX-License-Identifier: BSD-2-Clause */
#include "pdfkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cms.h"
#include "unit.h"

#define ROOM		4000		/* bytes of a signature */
#define RANGE		"@RANGE@"
#define RANGE_ROOM	60
#define CONTENTS	"@CONTENTS@"
#define OBJECTS_MAX	32

const char pdfkit_signature[] = "<</Type/Sig/Filter/Adobe.PPKLite"
    "/SubFilter/adbe.pkcs7.detached/M(D:20251231120000+09'00')"
    "/ByteRange[" RANGE "]/Contents" CONTENTS ">>";

#define PAGES \
	{ 2, "<</Type/Pages/Kids[3 0 R]/Count 1>>" }
#define CONTENT \
	{ 4, "<</Length 28>>\nstream\n0 0 m 100 100 l S % content1\nendstream" }

const struct pdfkit_object pdfkit_plain[] = {
	{ 1, "<</Type/Catalog/Pages 2 0 R>>" },
	PAGES,
	{ 3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R"
	    "/Resources<<>>>>" },
	CONTENT,
	{ 0, NULL }
};

const struct pdfkit_object pdfkit_form[] = {
	{ 1, "<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R>>" },
	PAGES,
	{ 3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R"
	    "/Resources<<>>/Annots[6 0 R]>>" },
	CONTENT,
	{ 5, "<</Fields[6 0 R]/SigFlags 3>>" },
	{ 6, "<</Type/Annot/Subtype/Widget/FT/Sig/T(Seal)/Rect[0 0 0 0]/F 132"
	    "/P 3 0 R/V 7 0 R>>" },
	{ 7, pdfkit_signature },
	{ 0, NULL }
};

/*
 * Writing.
 */

static void
append(struct jpki_buf *pdf, const void *p, size_t n)
{
	pdf->p = realloc(pdf->p, pdf->n + n + 1);
	assert_non_null(pdf->p);
	if (n > 0)
		memcpy(pdf->p + pdf->n, p, n);
	pdf->n += n;
	pdf->p[pdf->n] = '\0';
}

void
pdfkit_append_text(struct jpki_buf *pdf, const char *text)
{
	append(pdf, text, strlen(text));
}

static void
append_number(struct jpki_buf *pdf, const char *before, size_t number,
    const char *after)
{
	char text[64];

	snprintf(text, sizeof(text), "%s%zu%s", before, number, after);
	pdfkit_append_text(pdf, text);
}

/* At once: a room is large, and fuzzing makes many. */
static void
append_times(struct jpki_buf *pdf, char c, size_t times)
{
	char *room = malloc(times);

	assert_non_null(room);
	memset(room, c, times);
	append(pdf, room, times);
	free(room);
}

/* With the rooms. */
static void
append_value(struct jpki_buf *pdf, const char *text)
{
	const char *at;

	while ((at = strchr(text, '@')) != NULL) {
		append(pdf, text, (size_t)(at - text));
		text = at;
		if (strncmp(at, RANGE, strlen(RANGE)) == 0) {
			append_times(pdf, ' ', RANGE_ROOM);
			text += strlen(RANGE);
		} else if (strncmp(at, CONTENTS, strlen(CONTENTS)) == 0) {
			pdfkit_append_text(pdf, "<");
			append_times(pdf, '0', 2 * ROOM);
			pdfkit_append_text(pdf, ">");
			text += strlen(CONTENTS);
		} else {
			append(pdf, text++, 1);
		}
	}
	pdfkit_append_text(pdf, text);
}

/* Objects and their table; *ids: one more than the largest. */
static void
append_objects(struct jpki_buf *pdf, const struct pdfkit_object *objects,
    int *ids)
{
	size_t at[OBJECTS_MAX];
	char line[32];
	size_t n = 0;

	for (; objects[n].text != NULL; n++) {
		assert_true(n < OBJECTS_MAX);
		at[n] = pdf->n;
		append_number(pdf, "", (size_t)objects[n].id, " 0 obj\n");
		append_value(pdf, objects[n].text);
		pdfkit_append_text(pdf, "\nendobj\n");
		if (objects[n].id >= *ids)
			*ids = objects[n].id + 1;
	}
	pdfkit_append_text(pdf, "xref\n0 1\n0000000000 65535 f \n");
	for (size_t i = 0; i < n; i++) {
		append_number(pdf, "", (size_t)objects[i].id, " 1\n");
		snprintf(line, sizeof(line), "%010zu 00000 n \n", at[i]);
		pdfkit_append_text(pdf, line);
	}
}

static size_t
section_of(const struct jpki_buf *pdf)
{
	return strtoul((const char *)pdf->p +
	    pdfkit_find_last(pdf, "startxref") + 9, NULL, 10);
}

struct jpki_buf
pdfkit_make(const struct pdfkit_object *objects, const char *extra)
{
	struct jpki_buf pdf = { NULL, 0 };
	size_t xref;
	int ids = 1;

	pdfkit_append_text(&pdf, "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n");
	append_objects(&pdf, objects, &ids);
	xref = pdfkit_find_last(&pdf, "\nxref\n") + 1;
	append_number(&pdf, "trailer\n<</Root 1 0 R/Size ", (size_t)ids, "");
	pdfkit_append_text(&pdf, extra != NULL ? extra : "");
	append_number(&pdf, ">>\nstartxref\n", xref, "\n%%EOF\n");
	return pdf;
}

struct jpki_buf
pdfkit_make_with(int id, const char *text)
{
	struct pdfkit_object objects[OBJECTS_MAX];
	size_t n = 0;
	bool known = false;

	for (; pdfkit_form[n].text != NULL; n++) {
		objects[n] = pdfkit_form[n];
		if (objects[n].id == id) {
			objects[n].text = text;
			known = true;
		}
	}
	if (!known)
		objects[n++] = (struct pdfkit_object){ id, text };
	objects[n].text = NULL;
	return pdfkit_make(objects, NULL);
}

void
pdfkit_append(struct jpki_buf *pdf, const struct pdfkit_object *objects)
{
	size_t prev = section_of(pdf), xref;
	/* More than there were. */
	int ids = (int)strtol((const char *)pdf->p +
	    pdfkit_find_last(pdf, "/Size ") + 6, NULL, 10);

	append_objects(pdf, objects, &ids);
	xref = pdfkit_find_last(pdf, "\nxref\n") + 1;
	append_number(pdf, "trailer\n<</Root 1 0 R/Size ", (size_t)ids, "");
	append_number(pdf, "/Prev ", prev, "");
	append_number(pdf, ">>\nstartxref\n", xref, "\n%%EOF\n");
}

/*
 * Finding.
 */

size_t
pdfkit_find(const struct jpki_buf *pdf, const char *text)
{
	struct doc_bytes bytes = pdfkit_bytes(pdf);
	size_t at = 0;

	expect_true(text, doc_bytes_find(&bytes, text, &at));
	return at;
}

size_t
pdfkit_find_last(const struct jpki_buf *pdf, const char *text)
{
	struct doc_bytes bytes = pdfkit_bytes(pdf);
	size_t at = pdfkit_find(pdf, text), next = at + 1;

	while (doc_bytes_find(&bytes, text, &next))
		at = next++;
	return at;
}

void
pdfkit_replace(struct jpki_buf *pdf, const char *from, const char *to)
{
	assert_int_equal(strlen(from), strlen(to));
	memcpy(pdf->p + pdfkit_find(pdf, from), to, strlen(to));
}

/*
 * Signing and checking.
 */

struct doc_bytes
pdfkit_bytes(const struct jpki_buf *pdf)
{
	return (struct doc_bytes){ pdf->p, pdf->n, -1 };
}

/* What the numbers mean, as far as they mean something. */
static size_t
clamp(long long value, size_t limit)
{
	if (value < 0)
		return 0;
	return (unsigned long long)value < limit ? (size_t)value : limit;
}

static struct jpki_buf
sign_range(struct dockit *kit, const struct jpki_buf *pdf,
    const long long range[4])
{
	static const struct cms_options options = { .detached = true };
	struct doc_bytes bytes = pdfkit_bytes(pdf);
	size_t first = clamp(range[0], pdf->n);
	size_t second = clamp(range[2], pdf->n);
	const struct doc_piece pieces[] = {
		{ &bytes, first, clamp(range[1], pdf->n - first) },
		{ &bytes, second, clamp(range[3], pdf->n - second) },
	};
	struct jpki_buf cms = { NULL, 0 };
	struct doc_stream stream;

	assert_true(doc_stream_open(&stream, pieces, 2));
	assert_int_equal(cms_sign(&kit->signer, stream.bio, &options, &cms,
	    &kit->error), DOC_OK);
	doc_stream_close(&stream);
	return cms;
}

void
pdfkit_seal(struct dockit *kit, struct jpki_buf *pdf,
    void (*bend)(long long range[4]))
{
	size_t room = pdfkit_find_last(pdf, "<0000000000000");
	long long range[4] = { 0, (long long)room,
	    (long long)room + 2 * ROOM + 2,
	    (long long)(pdf->n - room) - 2 * ROOM - 2 };
	char text[RANGE_ROOM + 1], digits[3];
	struct jpki_buf cms;
	int n;

	if (bend != NULL)
		bend(range);
	n = snprintf(text, sizeof(text), "%lld %lld %lld %lld", range[0],
	    range[1], range[2], range[3]);
	memcpy(pdf->p + pdfkit_find_last(pdf, "                    "
	    "          ") - (RANGE_ROOM - 30), text, (size_t)n);
	cms = sign_range(kit, pdf, range);
	assert_true(cms.n <= ROOM);
	for (size_t i = 0; i < cms.n; i++) {
		snprintf(digits, sizeof(digits), "%02X", cms.p[i]);
		memcpy(pdf->p + room + 1 + 2 * i, digits, 2);
	}
	jpki_buf_free(&cms);
}

void
pdfkit_sign(struct dockit *kit, struct jpki_buf *pdf,
    const struct pdf_options *options)
{
	static const struct pdf_options plain;
	struct doc_bytes bytes = pdfkit_bytes(pdf);
	struct jpki_buf update = { NULL, 0 };
	enum doc_err err = pdf_sign(&kit->signer, &bytes,
	    options != NULL ? options : &plain, &update, &kit->error);

	if (err != DOC_OK)
		fail_msg("%s", kit->error.words);
	append(pdf, update.p, update.n);
	jpki_buf_free(&update);
}

void
pdfkit_refuse(struct dockit *kit, const struct jpki_buf *pdf,
    const struct pdf_options *options, const char *words)
{
	static const struct pdf_options plain;
	struct doc_bytes bytes = pdfkit_bytes(pdf);
	struct jpki_buf update = { NULL, 0 };

	assert_int_not_equal(pdf_sign(&kit->signer, &bytes,
	    options != NULL ? options : &plain, &update, &kit->error), DOC_OK);
	assert_null(update.p);
	if (strstr(kit->error.words, words) == NULL)
		fail_msg("%s: %s", words, kit->error.words);
}

static struct verdict verdict;

void
pdfkit_forget(void)
{
	verdict_free(&verdict);
}

struct verdict *
pdfkit_check(struct dockit *kit, const struct jpki_buf *pdf)
{
	struct doc_bytes bytes = pdfkit_bytes(pdf);

	pdfkit_forget();
	if (pdf_check(&kit->trust, &bytes, &verdict, &kit->error) != DOC_OK)
		fail_msg("%s", kit->error.words);
	return &verdict;
}

void
pdfkit_accept(struct dockit *kit, const struct jpki_buf *pdf, size_t n)
{
	struct verdict *v = pdfkit_check(kit, pdf);

	assert_int_equal(v->n, n);
	for (size_t i = 0; i < n; i++)
		for (int c = 0; c < CHECK_COUNT; c++)
			if (v->signatures[i].check[c].finding ==
			    FINDING_FAILED)
				fail_msg("%s: %s", check_name((enum check)c),
				    v->signatures[i].check[c].words);
	assert_true(verdict_holds(v));
}

void
pdfkit_reject(struct dockit *kit, const struct jpki_buf *pdf, size_t index,
    enum check check, const char *words)
{
	struct verdict *v = pdfkit_check(kit, pdf);

	expect_true(words, index < v->n);
	dockit_expect(&v->signatures[index], check, FINDING_FAILED, words);
	assert_false(verdict_holds(v));
}

void
pdfkit_unreadable(struct dockit *kit, const struct jpki_buf *pdf,
    const char *words)
{
	struct doc_bytes bytes = pdfkit_bytes(pdf);

	pdfkit_forget();
	assert_int_equal(pdf_check(&kit->trust, &bytes, &verdict,
	    &kit->error), DOC_ERR_INPUT);
	if (strstr(kit->error.words, words) == NULL)
		fail_msg("%s: %s", words, kit->error.words);
	assert_false(verdict_holds(&verdict));
}
