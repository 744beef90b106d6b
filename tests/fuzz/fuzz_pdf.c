/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PDF documents of a stranger, to be signed and to be checked.  The first byte
 * tells how the rest becomes a document: as it is, or as the texts of objects
 * (BREAK between them, REVISION before those of a later revision), to which a
 * table is made that fits.  Of the latter one may be a signature, and is then
 * made a good one.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "pdfkit.h"

#define BREAK		'\f'
#define REVISION	'\v'
#define OBJECTS_MAX	30

enum how {
	HOW_RAW,
	HOW_OBJECTS,
	HOW_SEALED,
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
		char *end = strchr(text, BREAK);

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
	char *next = strchr(text, REVISION);
	int id = 0;

	if (next != NULL)
		*next++ = '\0';
	split(text, objects, &id);
	pdf = pdfkit_make(objects, NULL);
	while ((text = next) != NULL && *text != '\0') {
		next = strchr(text, REVISION);
		if (next != NULL)
			*next++ = '\0';
		id = *text % OBJECTS_MAX;
		split(text + 1, objects, &id);
		pdfkit_append(&pdf, objects);
	}
	return pdf;
}

static struct jpki_buf
make(struct fuzz_in *in, enum how how)
{
	struct slice rest = fuzz_take(in, in->n);
	struct jpki_buf pdf = { NULL, 0 };
	char *text = malloc(rest.n + 1);
	bool room;

	if (text == NULL)
		abort();
	if (rest.n > 0)
		memcpy(text, rest.p, rest.n);
	text[rest.n] = '\0';
	if (how == HOW_RAW)
		return (struct jpki_buf){ (uint8_t *)text, rest.n };
	room = strstr(text, "@RANGE@") != NULL &&
	    strstr(text, "@CONTENTS@") != NULL;
	pdf = make_objects(text);
	if (how == HOW_SEALED && room)
		pdfkit_seal(somebody(), &pdf, NULL);
	free(text);
	return pdf;
}

/*
 * Laws.
 */

static bool
holds(const struct jpki_buf *pdf)
{
	struct doc_bytes bytes = pdfkit_bytes(pdf);
	struct verdict verdict = { NULL, NULL, 0 };
	bool yes = pdf_check(&somebody()->trust, &bytes, &verdict,
	    &somebody()->error) == DOC_OK && verdict_holds(&verdict);

	verdict_free(&verdict);
	return yes;
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

static void
sign(const struct jpki_buf *pdf)
{
	static const struct pdf_options options;
	struct doc_bytes bytes = pdfkit_bytes(pdf);
	struct jpki_buf update = { NULL, 0 }, all = { NULL, 0 };

	if (pdf_sign(&somebody()->signer, &bytes, &options, &update,
	    &somebody()->error) != DOC_OK) {
		fuzz_law(update.p == NULL, "nothing is made on failure");
		return;
	}
	all.p = malloc(pdf->n + update.n);
	if (all.p == NULL)
		abort();
	memcpy(all.p, pdf->p, pdf->n);
	memcpy(all.p + pdf->n, update.p, update.n);
	all.n = pdf->n + update.n;
	fuzz_law(holds_last(&all), "what is signed can be checked");
	jpki_buf_free(&update);
	jpki_buf_free(&all);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = fuzz_in_of(data, size);
	enum how how = (enum how)fuzz_below(&in, HOW_COUNT);
	size_t place = fuzz_last_u16(&in);
	struct jpki_buf pdf = make(&in, how);

	if (how == HOW_SEALED && holds(&pdf))
		change_one(&pdf, place % pdf.n);
	else
		fuzz_law(!holds(&pdf) || how == HOW_SEALED,
		    "nobody signed it");
	sign(&pdf);
	free(pdf.p);
	return 0;
}
