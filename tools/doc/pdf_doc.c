/* SPDX-License-Identifier: BSD-2-Clause */
#include "pdf_doc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The list of objects.  qpdf's C interface tells it as JSON only: each object
 * is a member "obj:ID GENERATION R", and no text in there can look like the
 * beginning of one, for qpdf begins its strings with u:, b: or a slash.
 */

#define MEMBER		"\"obj:"
#define MEMBER_N	(sizeof(MEMBER) - 1)
#define NUMBERS_MAX	24

struct list {
	struct pdf_doc	*doc;
	size_t		 room;
	size_t		 matched;	/* characters of MEMBER */
	char		 numbers[NUMBERS_MAX + 1];
	size_t		 numbers_n;
	bool		 failed;
};

static bool
list_add(struct list *list)
{
	struct pdf_doc *doc = list->doc;
	struct pdf_object *all = doc->objects, object;

	list->numbers[list->numbers_n] = '\0';
	if (sscanf(list->numbers, "%9d %9d R", &object.id, &object.gen) != 2)
		return false;
	if (doc->n == list->room) {
		list->room = list->room > 0 ? 2 * list->room : 64;
		all = realloc(all, list->room * sizeof(*all));
		if (all == NULL)
			return false;
		doc->objects = all;
	}
	doc->objects[doc->n++] = object;
	return true;
}

static void
list_eat(struct list *list, char c)
{
	if (list->matched < MEMBER_N) {
		list->matched = c == MEMBER[list->matched] ?
		    list->matched + 1 : c == MEMBER[0];
		list->numbers_n = 0;
	} else if (c != '"' && list->numbers_n < NUMBERS_MAX) {
		list->numbers[list->numbers_n++] = c;
	} else {
		list->failed |= !list_add(list);
		list->matched = 0;
	}
}

static int
list_write(char const *data, size_t n, void *user)
{
	struct list *list = user;

	for (size_t i = 0; i < n && !list->failed; i++)
		list_eat(list, data[i]);
	return list->failed;
}

static int
compare_objects(const void *a, const void *b)
{
	const struct pdf_object *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return (x->gen > y->gen) - (x->gen < y->gen);
}

static enum doc_err
doc_list(struct pdf_doc *doc, struct doc_error *error)
{
	struct list list = { .doc = doc };
	QPDF_ERROR_CODE code = qpdf_write_json(doc->q, 2, list_write, &list,
	    qpdf_dl_none, qpdf_sj_none, "", NULL);

	if (list.failed)
		return doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	if ((code & QPDF_ERRORS) != 0)
		return pdf_doc_sound(doc, error);
	if (doc->n > 0)
		qsort(doc->objects, doc->n, sizeof(*doc->objects),
		    compare_objects);
	return DOC_OK;
}

const struct pdf_object *
pdf_doc_find(const struct pdf_doc *doc, int id, int gen)
{
	struct pdf_object key = { id, gen };

	return doc->n == 0 ? NULL : bsearch(&key, doc->objects, doc->n,
	    sizeof(key), compare_objects);
}

/*
 * Opening.
 */

static enum doc_err
doc_complain(const struct pdf_doc *doc, qpdf_error e, struct doc_error *error)
{
	const char *detail = qpdf_get_error_message_detail(doc->q, e);

	/* Maybe because it is made to take all there is. */
	if (strstr(detail, "bad_alloc") != NULL)
		return doc_fail(error, DOC_ERR_INPUT, "reading the PDF takes "
		    "more memory than there is for one of its size");
	if (qpdf_get_error_code(doc->q, e) == qpdf_e_password)
		return doc_fail(error, DOC_ERR_INPUT, "the PDF is encrypted; "
		    "remove its password first (qpdf --decrypt)");
	return doc_fail(error, DOC_ERR_INPUT, "the PDF is damaged (%s, at byte "
	    "%llu); qpdf can write it anew, without its signatures",
	    detail, qpdf_get_error_file_position(doc->q, e));
}

enum doc_err
pdf_doc_sound(const struct pdf_doc *doc, struct doc_error *error)
{
	if (qpdf_has_error(doc->q))
		return doc_complain(doc, qpdf_get_error(doc->q), error);
	if (qpdf_more_warnings(doc->q))
		return doc_complain(doc, qpdf_next_warning(doc->q), error);
	return DOC_OK;
}

static enum doc_err
doc_read(struct pdf_doc *doc, const struct doc_bytes *bytes, size_t n,
    struct doc_error *error)
{
	/* qpdf takes a header that comes later, and then counts from there. */
	if (n < 5 || memcmp(bytes->p, "%PDF-", 5) != 0)
		return doc_fail(error, DOC_ERR_INPUT, "this is no PDF: it does "
		    "not begin with %%PDF-");
	qpdf_silence_errors(doc->q);
	qpdf_set_suppress_warnings(doc->q, QPDF_TRUE);
	qpdf_set_attempt_recovery(doc->q, QPDF_FALSE);
	if ((qpdf_read_memory(doc->q, "PDF", (const char *)bytes->p, n,
	    NULL) & QPDF_ERRORS) != 0)
		return pdf_doc_sound(doc, error);
	if (qpdf_is_encrypted(doc->q))
		return doc_fail(error, DOC_ERR_INPUT, "the PDF is encrypted; "
		    "remove its password first (qpdf --decrypt)");
	return DOC_OK;
}

enum doc_err
pdf_doc_open(struct pdf_doc *out, const struct doc_bytes *bytes, size_t n,
    struct doc_error *error)
{
	enum doc_err err;

	memset(out, 0, sizeof(*out));
	out->q = qpdf_init();
	err = doc_read(out, bytes, n, error);
	if (err == DOC_OK)
		err = doc_list(out, error);
	if (err == DOC_OK)
		err = pdf_doc_sound(out, error);
	if (err != DOC_OK)
		pdf_doc_close(out);
	return err;
}

void
pdf_doc_close(struct pdf_doc *doc)
{
	if (doc->q != NULL)
		qpdf_cleanup(&doc->q);
	free(doc->objects);
	memset(doc, 0, sizeof(*doc));
}
