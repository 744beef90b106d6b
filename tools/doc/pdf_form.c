/* SPDX-License-Identifier: BSD-2-Clause */
#include "pdf_form.h"

#include <stdio.h>
#include <string.h>

#define NAME_MAX_BYTES	32
#define SIGNATURES_EXIST	1
#define APPEND_ONLY	2
#define PRINT_LOCKED	(4 | 128)	/* flags of the annotation */

/* A value that may be an object of its own, or stand in its owner. */
struct part {
	qpdf_oh	value;
	qpdf_oh	owner;		/* the object to write when it has changed */
};

static struct part
part_of(qpdf_data q, qpdf_oh dict, const char *key, qpdf_oh owner)
{
	struct part part;

	part.value = qpdf_oh_get_key(q, dict, key);
	part.owner = qpdf_oh_is_indirect(q, part.value) ? part.value : owner;
	return part;
}

/* The array at a key, made if it is missing; false: something else is there. */
static bool
array_append(struct pdf_update *u, struct part dict, const char *key,
    qpdf_oh item)
{
	qpdf_data q = u->doc->q;
	struct part array = part_of(q, dict.value, key, dict.owner);

	if (qpdf_oh_is_null(q, array.value)) {
		array.value = qpdf_oh_new_array(q);
		array.owner = dict.owner;
		qpdf_oh_replace_key(q, dict.value, key, array.value);
	}
	if (!qpdf_oh_is_array(q, array.value))
		return false;
	qpdf_oh_append_item(q, array.value, item);
	pdf_update_change(u, array.owner);
	return true;
}

static bool
name_taken(qpdf_data q, qpdf_oh fields, const char *name)
{
	int n = qpdf_oh_is_array(q, fields) ?
	    qpdf_oh_get_array_n_items(q, fields) : 0;

	for (int i = 0; i < n; i++) {
		qpdf_oh field = qpdf_oh_get_array_item(q, fields, i);
		qpdf_oh title = pdf_get(q, field, "/T");
		bool taken = qpdf_oh_is_string(q, title) &&
		    strcmp(qpdf_oh_get_utf8_value(q, title), name) == 0;

		qpdf_oh_release(q, title);
		qpdf_oh_release(q, field);
		if (taken)
			return true;
	}
	return false;
}

/* Signature1 or the next one that no field of the form has. */
static qpdf_oh
new_name(qpdf_data q, qpdf_oh form)
{
	qpdf_oh fields = pdf_get(q, form, "/Fields");
	char name[NAME_MAX_BYTES];
	int i = 0;

	do
		snprintf(name, sizeof(name), "Signature%d", ++i);
	while (name_taken(q, fields, name));
	return qpdf_oh_new_string(q, name);
}

static qpdf_oh
rectangle(qpdf_data q, const struct pdf_place *place)
{
	static const struct pdf_place nowhere;
	const struct pdf_place *p = place != NULL ? place : &nowhere;
	const double corners[] = { p->x, p->y, p->x + p->w, p->y + p->h };
	qpdf_oh array = qpdf_oh_new_array(q);

	for (size_t i = 0; i < sizeof(corners) / sizeof(*corners); i++)
		qpdf_oh_append_item(q, array,
		    qpdf_oh_new_real_from_double(q, corners[i], 2));
	return array;
}

/* Field and annotation in one. */
static qpdf_oh
new_field(struct pdf_update *u, qpdf_oh signature, qpdf_oh form, qpdf_oh page,
    const struct pdf_place *place)
{
	qpdf_data q = u->doc->q;
	const struct {
		const char	*key;
		qpdf_oh		 value;
	} rows[] = {
		{ "/Type", qpdf_oh_new_name(q, "/Annot") },
		{ "/Subtype", qpdf_oh_new_name(q, "/Widget") },
		{ "/FT", qpdf_oh_new_name(q, "/Sig") },
		{ "/F", qpdf_oh_new_integer(q, PRINT_LOCKED) },
		{ "/T", new_name(q, form) },
		{ "/P", page },
		{ "/Rect", rectangle(q, place) },
		{ "/V", signature },
	};
	qpdf_oh dict = qpdf_oh_new_dictionary(q);

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		qpdf_oh_replace_key(q, dict, rows[i].key, rows[i].value);
	return pdf_update_new(u, dict);
}

/* The document's form, made if there is none. */
static enum doc_err
get_form(struct pdf_update *u, struct part *form, struct doc_error *error)
{
	qpdf_data q = u->doc->q;
	qpdf_oh root = qpdf_get_root(q);

	*form = part_of(q, root, "/AcroForm", root);
	if (qpdf_oh_is_null(q, form->value)) {
		form->value = pdf_update_new(u, qpdf_oh_new_dictionary(q));
		form->owner = form->value;
		qpdf_oh_replace_key(q, root, "/AcroForm", form->value);
		pdf_update_change(u, root);
	}
	if (!qpdf_oh_is_dictionary(q, form->value))
		return doc_fail(error, DOC_ERR_INPUT, "the PDF is damaged (its "
		    "form is no dictionary)");
	if (pdf_has(q, form->value, "/XFA"))
		return doc_fail(error, DOC_ERR_INPUT, "the PDF is an XFA form, "
		    "which other programs show in other ways; print it to a "
		    "PDF and sign that");
	return DOC_OK;
}

static enum doc_err
get_page(struct pdf_update *u, int number, qpdf_oh *page,
    struct doc_error *error)
{
	qpdf_data q = u->doc->q;
	int count = qpdf_get_num_pages(q);
	enum doc_err err = pdf_doc_sound(u->doc, error);

	if (err != DOC_OK)
		return err;
	if (number < 1 || number > count)
		return doc_fail(error, DOC_ERR_OPTION, "there is no page %d; "
		    "the PDF has %d", number, count < 0 ? 0 : count);
	*page = qpdf_get_page_n(q, (size_t)number - 1);
	return DOC_OK;
}

#define TREE_MAX	64	/* pages in pages in pages */

/* The page's own MediaBox, or that of what it is in; false: there is none. */
static bool
page_box(qpdf_data q, qpdf_oh page, double box[4])
{
	qpdf_oh node = page, oh = pdf_get(q, page, "/MediaBox");

	for (int depth = 0; depth < TREE_MAX && !qpdf_oh_is_array(q, oh);
	    depth++) {
		node = pdf_get(q, node, "/Parent");
		oh = pdf_get(q, node, "/MediaBox");
	}
	if (!qpdf_oh_is_array(q, oh) || qpdf_oh_get_array_n_items(q, oh) != 4)
		return false;
	for (int i = 0; i < 4; i++)
		box[i] = qpdf_oh_get_numeric_value(q,
		    qpdf_oh_get_array_item(q, oh, i));
	return true;
}

/* A signature that is drawn beside the page would be seen by nobody. */
static enum doc_err
check_place(qpdf_data q, qpdf_oh page, const struct pdf_place *place,
    struct doc_error *error)
{
	double box[4], left, low, right, high;

	if (place == NULL || !page_box(q, page, box))
		return DOC_OK;
	left = box[0] < box[2] ? box[0] : box[2];
	right = box[0] < box[2] ? box[2] : box[0];
	low = box[1] < box[3] ? box[1] : box[3];
	high = box[1] < box[3] ? box[3] : box[1];
	if (place->x >= left && place->y >= low &&
	    place->x + place->w <= right && place->y + place->h <= high)
		return DOC_OK;
	return doc_fail(error, DOC_ERR_OPTION, "page %d goes from %.0f,%.0f to "
	    "%.0f,%.0f, and the signature would not be on it; give another "
	    "place", place->page, left, low, right, high);
}

enum doc_err
pdf_form_add(struct pdf_update *update, qpdf_oh signature,
    const struct pdf_place *place, const qpdf_oh *appearance,
    struct doc_error *error)
{
	qpdf_data q = update->doc->q;
	qpdf_oh page = 0, field, flags, dict;
	struct part form;
	long long bits = 0;
	enum doc_err err = get_page(update, place != NULL ? place->page : 1,
	    &page, error);

	if (err == DOC_OK)
		err = check_place(q, page, place, error);
	if (err == DOC_OK)
		err = get_form(update, &form, error);
	if (err != DOC_OK)
		return err;
	field = new_field(update, signature, form.value, page, place);
	if (appearance != NULL) {
		dict = qpdf_oh_new_dictionary(q);
		qpdf_oh_replace_key(q, dict, "/N", *appearance);
		qpdf_oh_replace_key(q, field, "/AP", dict);
	}
	if (!array_append(update, form, "/Fields", field) ||
	    !array_append(update, (struct part){ page, page }, "/Annots",
	    field))
		return doc_fail(error, DOC_ERR_INPUT, "the PDF is damaged (its "
		    "fields or a page's annotations are no array)");
	flags = qpdf_oh_get_key(q, form.value, "/SigFlags");
	(void)qpdf_oh_get_value_as_longlong(q, flags, &bits);
	bits |= SIGNATURES_EXIST | APPEND_ONLY;
	qpdf_oh_replace_key(q, form.value, "/SigFlags",
	    qpdf_oh_new_integer(q, bits));
	pdf_update_change(update, form.owner);
	return pdf_doc_sound(update->doc, error);
}
