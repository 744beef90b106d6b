/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE		/* asprintf */
#include "pdf_find.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "language.h"

#define DEPTH_MAX	50

struct search {
	const struct pdf_doc	*doc;
	struct pdf_finds	*out;
	size_t			 budget;	/* fields, however they hang */
	bool			 failed;	/* no memory */
	bool			 lost;		/* too deep, or in circles */
};

static struct pdf_found *
find_known(const struct pdf_finds *finds, int id, int gen, const char *text)
{
	for (size_t i = 0; i < finds->n; i++) {
		struct pdf_found *f = &finds->found[i];

		if (f->id == id && f->gen == gen && strcmp(f->text, text) == 0)
			return f;
	}
	return NULL;
}

struct pdf_found *
pdf_finds_same(const struct pdf_finds *finds, const struct pdf_found *one)
{
	return find_known(finds, one->id, one->gen, one->text);
}

static struct pdf_found *
found_new(struct search *s, int id, int gen, char *text)
{
	struct pdf_finds *out = s->out;
	struct pdf_found *all = realloc(out->found,
	    (out->n + 1) * sizeof(*all)), *f;

	if (all == NULL)
		return NULL;
	out->found = all;
	f = &all[out->n++];
	memset(f, 0, sizeof(*f));
	f->id = id;
	f->gen = gen;
	f->text = text;
	return f;
}

/* title: what to call it, or NULL. */
static void
search_add(struct search *s, qpdf_oh oh, const char *title)
{
	qpdf_data q = s->doc->q;
	int id = qpdf_oh_get_object_id(q, oh);
	int gen = qpdf_oh_get_generation(q, oh);
	char *text = pdf_text(q, oh);
	struct pdf_found *f = NULL;

	if (text != NULL)
		f = find_known(s->out, id, gen, text);
	if (text != NULL && f == NULL && (f = found_new(s, id, gen,
	    text)) != NULL)
		text = NULL;	/* it is f's now */
	free(text);
	if (f == NULL) {
		s->failed = true;
		return;
	}
	f->fields += title != NULL;
	if (f->label != NULL)
		return;
	if (title == NULL)
		s->failed |= asprintf(&f->label, _("object %d"), id) < 0;
	else
		s->failed |= (f->label = strdup(title)) == NULL;
}

/*
 * By the form's fields.
 */

static void	search_fields(struct search *s, qpdf_oh fields, bool is_sig,
		    int depth);

static void
search_field(struct search *s, qpdf_oh field, bool is_sig, int depth)
{
	qpdf_data q = s->doc->q;
	qpdf_oh title = pdf_get(q, field, "/T");
	qpdf_oh value = pdf_get(q, field, "/V");
	qpdf_oh kids = pdf_get(q, field, "/Kids");
	char *name = NULL;

	if (pdf_has(q, field, "/FT"))
		is_sig = pdf_is_name(q, field, "/FT", "/Sig");
	if (is_sig && !qpdf_oh_is_null(q, value)) {
		name = strdup(qpdf_oh_is_string(q, title) ?
		    qpdf_oh_get_utf8_value(q, title) : "");
		s->failed |= name == NULL;
		search_add(s, value, name);
		free(name);
	}
	search_fields(s, kids, is_sig, depth);
	qpdf_oh_release(q, kids);
	qpdf_oh_release(q, value);
	qpdf_oh_release(q, title);
}

static void
search_fields(struct search *s, qpdf_oh fields, bool is_sig, int depth)
{
	qpdf_data q = s->doc->q;
	int n = qpdf_oh_is_array(q, fields) ?
	    qpdf_oh_get_array_n_items(q, fields) : 0;

	for (int i = 0; i < n && !s->lost && !s->failed; i++) {
		qpdf_oh field;

		s->lost = depth == DEPTH_MAX || s->budget == 0;
		if (s->lost)
			return;
		s->budget--;
		field = qpdf_oh_get_array_item(q, fields, i);
		search_field(s, field, is_sig, depth + 1);
		qpdf_oh_release(q, field);
	}
}

static void
search_form(struct search *s)
{
	qpdf_data q = s->doc->q;
	qpdf_oh root = qpdf_get_root(q);
	qpdf_oh form = pdf_get(q, root, "/AcroForm");
	qpdf_oh fields = pdf_get(q, form, "/Fields");

	search_fields(s, fields, false, 0);
}

/*
 * Among all objects.
 */

static bool
is_signature(qpdf_data q, qpdf_oh dict)
{
	return pdf_is_name(q, dict, "/Type", "/Sig") ||
	    pdf_is_name(q, dict, "/Type", "/DocTimeStamp") ||
	    pdf_has(q, dict, "/ByteRange");
}

static void	search_value(struct search *s, qpdf_oh value, int depth);

static void
search_dict(struct search *s, qpdf_oh dict, int depth)
{
	qpdf_data q = s->doc->q;
	char **keys = pdf_keys(q, dict);

	s->failed |= keys == NULL;
	for (char **key = keys; key != NULL && *key != NULL; key++) {
		qpdf_oh value = qpdf_oh_get_key(q, dict, *key);

		if (!qpdf_oh_is_indirect(q, value))
			search_value(s, value, depth + 1);
		qpdf_oh_release(q, value);
	}
	free(keys);
}

static void
search_array(struct search *s, qpdf_oh array, int depth)
{
	qpdf_data q = s->doc->q;
	int n = qpdf_oh_get_array_n_items(q, array);

	for (int i = 0; i < n && !s->lost; i++) {
		qpdf_oh value = qpdf_oh_get_array_item(q, array, i);

		if (!qpdf_oh_is_indirect(q, value))
			search_value(s, value, depth + 1);
		qpdf_oh_release(q, value);
	}
}

/* A value, and all that stands in it. */
static void
search_value(struct search *s, qpdf_oh value, int depth)
{
	qpdf_data q = s->doc->q;
	qpdf_oh dict = pdf_dict_of(q, value), signature;

	s->lost |= depth == DEPTH_MAX;
	if (s->lost || s->failed) {
		qpdf_oh_release(q, dict);
		return;
	}
	if (qpdf_oh_is_array(q, dict))
		search_array(s, dict, depth);
	if (qpdf_oh_is_dictionary(q, dict)) {
		if (is_signature(q, dict))
			search_add(s, value, NULL);
		signature = qpdf_oh_get_key(q, dict, "/V");
		if (pdf_is_name(q, dict, "/FT", "/Sig") &&
		    !qpdf_oh_is_null(q, signature))
			search_add(s, signature, NULL);
		qpdf_oh_release(q, signature);
		search_dict(s, dict, depth);
	}
	qpdf_oh_release(q, dict);
}

/* Most objects are far from being one, which their text tells quickly. */
static void
search_object(struct search *s, const struct pdf_object *object)
{
	qpdf_data q = s->doc->q;
	qpdf_oh oh = qpdf_get_object_by_id(q, object->id, object->gen);
	char *text = pdf_text(q, oh);

	s->failed |= text == NULL;
	if (text != NULL && (strstr(text, "/ByteRange") != NULL ||
	    strstr(text, "/Sig") != NULL ||
	    strstr(text, "/DocTimeStamp") != NULL))
		search_value(s, oh, 0);
	free(text);
	qpdf_oh_release(q, oh);
}

enum doc_err
pdf_find(const struct pdf_doc *doc, struct pdf_finds *out,
    struct doc_error *error)
{
	struct search s = { .doc = doc, .out = out, .budget = 4 * doc->n };
	enum doc_err err;

	out->found = NULL;
	out->n = 0;
	search_form(&s);
	for (size_t i = 0; i < doc->n && !s.failed && !s.lost; i++)
		search_object(&s, &doc->objects[i]);
	if (s.failed)
		err = doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	else if (s.lost)
		err = doc_fail(error, DOC_ERR_INPUT, "the PDF is damaged (its "
		    "fields or objects are nested without end)");
	else
		err = pdf_doc_sound(doc, error);
	if (err != DOC_OK)
		pdf_finds_free(out);
	return err;
}

void
pdf_finds_free(struct pdf_finds *finds)
{
	for (size_t i = 0; i < finds->n; i++) {
		free(finds->found[i].label);
		free(finds->found[i].text);
	}
	free(finds->found);
	finds->found = NULL;
	finds->n = 0;
}

bool
pdf_forbids_changes(qpdf_data q, qpdf_oh signature)
{
	qpdf_oh all = pdf_get(q, signature, "/Reference");
	int n = qpdf_oh_is_array(q, all) ? qpdf_oh_get_array_n_items(q, all) :
	    0;
	bool forbids = false;

	for (int i = 0; i < n && !forbids; i++) {
		qpdf_oh one = qpdf_oh_get_array_item(q, all, i);
		qpdf_oh params = pdf_get(q, one,
		    "/TransformParams");
		qpdf_oh p = pdf_get(q, params, "/P");

		forbids = qpdf_oh_is_integer(q, p) &&
		    qpdf_oh_get_int_value(q, p) == 1;
		qpdf_oh_release(q, p);
		qpdf_oh_release(q, params);
		qpdf_oh_release(q, one);
	}
	qpdf_oh_release(q, all);
	return forbids;
}
