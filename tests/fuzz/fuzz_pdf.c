/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PDF documents of a stranger, to be signed and to be checked.  The first byte
 * tells how the rest becomes a document: as it is, or as the texts of objects
 * (pdf_mutate.h), to which a table is made that fits.  Of the latter one may be
 * a signature, and is then made a good one; or they come behind a document
 * that was well signed, and somebody signs all of it again.
 */
#include <stdlib.h>
#include <string.h>

#include "pdf_doc.h"
#include "pdf_mutate.h"
#include "pdfkit.h"

#define OBJECTS_MAX	30

enum how {
	HOW_RAW,
	HOW_OBJECTS,
	HOW_SEALED,
	HOW_LATER,
	HOW_COUNT
};

static struct dockit *
somebody(void)
{
	static void *kit;

	if (kit == NULL)
		(void)dockit_new(&kit);
	return kit;
}

/*
 * Objects.
 */

/* Cuts a revision's text up; the objects' ids go on from *id. */
static void
split(char *text, struct pdfkit_object out[OBJECTS_MAX + 1], int *id)
{
	size_t n = 0;

	while (text != NULL && n < OBJECTS_MAX) {
		char *end = strchr(text, PDF_BREAK);

		if (end != NULL)
			*end++ = '\0';
		out[n++] = (struct pdfkit_object){ ++*id, text };
		text = end;
	}
	out[n].text = NULL;
}

/* A later revision begins with the id that its objects count from. */
static struct jpki_buf
make_objects(char *text)
{
	struct pdfkit_object objects[OBJECTS_MAX + 1];
	struct jpki_buf pdf;
	char *next = strchr(text, PDF_REVISION);
	int id = 0;

	if (next != NULL)
		*next++ = '\0';
	split(text, objects, &id);
	pdf = pdfkit_make(objects, NULL);
	while ((text = next) != NULL && *text != '\0') {
		next = strchr(text, PDF_REVISION);
		if (next != NULL)
			*next++ = '\0';
		id = *text % OBJECTS_MAX;
		split(text + 1, objects, &id);
		pdfkit_append(&pdf, objects);
	}
	return pdf;
}

/* Well signed, once and for all. */
static const struct jpki_buf *
make_signed(void)
{
	static struct jpki_buf pdf;

	if (pdf.p == NULL) {
		pdf = pdfkit_make(pdfkit_form, NULL);
		pdfkit_seal(somebody(), &pdf, NULL);
	}
	return &pdf;
}

/* Each object begins with its id, as a digit or what comes behind 9. */
static void
append_numbered(struct jpki_buf *pdf, char *text)
{
	struct pdfkit_object objects[OBJECTS_MAX + 1];
	int id = 0;

	split(text, objects, &id);
	for (size_t i = 0; objects[i].text != NULL; i++) {
		objects[i].id = objects[i].text[0] != '\0' ?
		    (objects[i].text[0] & 0x7F) % '0' : 0;
		objects[i].text += objects[i].text[0] != '\0';
	}
	pdfkit_append(pdf, objects);
}

static struct jpki_buf
make_later(char *text)
{
	const struct jpki_buf *before = make_signed();
	struct jpki_buf pdf = { malloc(before->n + 1), before->n };
	char *next;

	if (pdf.p == NULL)
		abort();
	memcpy(pdf.p, before->p, before->n + 1);
	for (; text != NULL && *text != '\0'; text = next) {
		next = strchr(text, PDF_REVISION);
		if (next != NULL)
			*next++ = '\0';
		append_numbered(&pdf, text);
	}
	return pdf;
}

static struct jpki_buf
make(struct slice in, enum how how)
{
	struct jpki_buf pdf = { NULL, 0 };
	char *text = malloc(in.n + 1);
	bool room;

	if (text == NULL)
		abort();
	if (in.n > 0)
		memcpy(text, in.p, in.n);
	text[in.n] = '\0';
	if (how == HOW_RAW)
		return (struct jpki_buf){ (uint8_t *)text, in.n };
	room = strstr(text, "@RANGE@") != NULL &&
	    strstr(text, "@CONTENTS@") != NULL;
	pdf = how == HOW_LATER ? make_later(text) : make_objects(text);
	if (how != HOW_OBJECTS && room)
		pdfkit_seal(somebody(), &pdf, NULL);
	free(text);
	return pdf;
}

/*
 * Laws.
 */

/* Can anything be said of it?  *holds: and is all of it good? */
static bool
check(const struct jpki_buf *pdf, bool *holds)
{
	struct doc_bytes bytes = pdfkit_bytes(pdf);
	struct verdict verdict = { NULL, NULL, 0 };
	bool judged = pdf_check(&somebody()->trust, &bytes, &verdict,
	    &somebody()->error) == DOC_OK;

	*holds = judged && verdict_holds(&verdict);
	verdict_free(&verdict);
	return judged;
}

static bool
holds(const struct jpki_buf *pdf)
{
	bool holds;

	(void)check(pdf, &holds);
	return holds;
}

/* Is there a signature that covers all of it, and is as it should be? */
static bool
holds_last(const struct jpki_buf *pdf)
{
	struct doc_bytes bytes = pdfkit_bytes(pdf);
	struct verdict v = { NULL, NULL, 0 };
	bool found = false;

	if (pdf_check(&somebody()->trust, &bytes, &v, &somebody()->error) !=
	    DOC_OK)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		const struct verdict_signature *s = &v.signatures[i];

		found |= s->check[CHECK_COVERAGE].finding == FINDING_OK &&
		    strstr(s->check[CHECK_COVERAGE].words, "all of") != NULL &&
		    s->check[CHECK_INTEGRITY].finding == FINDING_OK;
	}
	verdict_free(&v);
	return found;
}

/* A byte that was signed; the room of the signature itself is as it is. */
static void
change_one(struct jpki_buf *pdf, size_t at)
{
	size_t begin = pdfkit_find_last(pdf, "/Contents<");

	if (begin + 10 <= at && at < begin + 8012)
		return;
	pdf->p[at] ^= 1;
	fuzz_law(!holds(pdf), "what was changed does not hold");
	pdf->p[at] ^= 1;
}

/* How it is signed; 0 is not to. */
static const struct pdf_place place = { 1, 1, 1, 7, 7 };
static const struct pdf_options styles[] = {
	{ .name = NULL },
	{ .name = "Mihon" },
	{ .name = "Mihon", .profile = PDF_PADES, .visible = &place },
	{ .name = "Mihon", .profile = PDF_MOJ, .reason = "why",
	    .location = "where" },
};

#define STYLES	(sizeof(styles) / sizeof(styles[0]))

/* The document becomes a signed one; false: it cannot be.  judged: it could be
 * checked before; one that was signed and then damaged cannot. */
static bool
sign(struct jpki_buf *pdf, const struct pdf_options *options, bool judged)
{
	struct doc_bytes bytes = pdfkit_bytes(pdf);
	struct jpki_buf update = { NULL, 0 };

	if (pdf_sign(&somebody()->signer, &bytes, options, &update,
	    &somebody()->error) != DOC_OK) {
		fuzz_law(update.p == NULL, "nothing is made on failure");
		return false;
	}
	pdf->p = realloc(pdf->p, pdf->n + update.n);
	if (pdf->p == NULL)
		abort();
	memcpy(pdf->p + pdf->n, update.p, update.n);
	pdf->n += update.n;
	jpki_buf_free(&update);
	fuzz_law(!judged || holds_last(pdf), "what is signed can be checked");
	return true;
}

/*
 * What came later, and holds for the first signer as well, changed nothing
 * that is seen.
 */

static void
expect_same(const struct pdf_doc *before, const struct pdf_doc *now, int id,
    const char *key)
{
	qpdf_oh a = qpdf_get_object_by_id(before->q, id, 0);
	qpdf_oh b = qpdf_get_object_by_id(now->q, id, 0);
	char *x, *y;

	if (key != NULL) {
		a = qpdf_oh_get_key(before->q, a, key);
		b = qpdf_oh_get_key(now->q, b, key);
	}
	x = pdf_text(before->q, a);
	y = pdf_text(now->q, b);
	fuzz_law(x != NULL && y != NULL && strcmp(x, y) == 0,
	    "a later revision changed what the first one shows");
	free(x);
	free(y);
}

static void
expect_same_content(const struct pdf_doc *before, const struct pdf_doc *now)
{
	qpdf_oh a = qpdf_get_object_by_id(before->q, 4, 0);
	qpdf_oh b = qpdf_get_object_by_id(now->q, 4, 0);
	unsigned char *x = NULL, *y = NULL;
	QPDF_BOOL done;
	size_t n = 0, m = 0;

	fuzz_law(qpdf_oh_get_stream_data(before->q, a, qpdf_dl_none, &done,
	    &x, &n) == QPDF_SUCCESS && qpdf_oh_get_stream_data(now->q, b,
	    qpdf_dl_none, &done, &y, &m) == QPDF_SUCCESS &&
	    slice_equal(slice_of(x, n), slice_of(y, m)), "the page's content");
	free(x);
	free(y);
}

static void
expect_same_look(const struct jpki_buf *pdf)
{
	static const struct {
		int		 id;
		const char	*key;
	} same[] = {
		{ 1, "/Pages" }, { 1, "/OpenAction" }, { 1, "/AA" },
		{ 1, "/Names" }, { 1, "/OCProperties" }, { 2, NULL },
		{ 3, "/Type" }, { 3, "/Parent" }, { 3, "/MediaBox" },
		{ 3, "/CropBox" }, { 3, "/Contents" }, { 3, "/Resources" },
		{ 3, "/Rotate" }, { 3, "/UserUnit" }, { 3, "/AA" },
		{ 6, NULL }, { 7, NULL },
	};
	struct doc_bytes bytes = pdfkit_bytes(pdf);
	struct doc_bytes first = pdfkit_bytes(make_signed());
	struct pdf_doc before, now;

	fuzz_law(pdf_doc_open(&before, &first, first.n, NULL) == DOC_OK &&
	    pdf_doc_open(&now, &bytes, bytes.n, NULL) == DOC_OK,
	    "what holds can be opened");
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		expect_same(&before, &now, same[i].id, same[i].key);
	expect_same_content(&before, &now);
	pdf_doc_close(&before);
	pdf_doc_close(&now);
}

/* Signed again, unless that has been done, so that the document does not just
 * go on behind its last signature. */
static void
look_later(struct jpki_buf *pdf, unsigned style)
{
	bool holding, judged = check(pdf, &holding);

	if (!holding && style > 0 && sign(pdf, &styles[style], judged))
		holding = holds(pdf);
	if (holding)
		expect_same_look(pdf);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = fuzz_in_of(data, size);
	uint8_t first = fuzz_u8(&in);
	enum how how = (enum how)(first % HOW_COUNT);
	unsigned style = first / HOW_COUNT % STYLES;
	size_t byte = fuzz_last_u16(&in);
	struct jpki_buf pdf = make(slice_of(in.p, in.n), how);

	if (how == HOW_LATER)
		look_later(&pdf, style);
	else if (how == HOW_SEALED && holds(&pdf))
		change_one(&pdf, byte % pdf.n);
	else
		fuzz_law(!holds(&pdf) || how == HOW_SEALED,
		    "nobody signed it");
	if (how != HOW_LATER && style > 0)
		(void)sign(&pdf, &styles[style], true);
	free(pdf.p);
	return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
    unsigned seed)
{
	uint8_t last[2];
	size_t n;

	if (size < 4 || seed % 16 == 0 || data[0] % HOW_COUNT == HOW_RAW)
		return LLVMFuzzerMutate(data, size, max_size);
	if (seed % 16 == 1)
		data[0] = (uint8_t)((seed >> 4) % (HOW_COUNT * STYLES));
	memcpy(last, data + size - 2, 2);
	n = pdf_mutate(data + 1, size - 3, max_size - 3, seed >> 4);
	memcpy(data + 1 + n, last, 2);
	return n + 3;
}
