/* SPDX-License-Identifier: BSD-2-Clause */
#include "pdf_compare.h"

#include <stdlib.h>
#include <string.h>

#include "pdf_data.h"

struct compare {
	OSSL_LIB_CTX		*crypto;
	const struct pdf_doc	*before, *after;
	bool			 failed;	/* no memory */
};

/* The same value, or the same object, before and after.  What is not there is
 * null. */
struct pair {
	qpdf_oh	before, after;
};

typedef bool	may_fn(struct compare *c, struct pair values);

/* A key whose value may become another, in the ways that may() knows. */
struct key_rule {
	const char	*key;
	may_fn		*may;
};

static const struct key_rule no_rules[] = {
	{ NULL, NULL }
};

static bool
same_text(struct compare *c, struct pair p,
    char *(*text)(qpdf_data q, qpdf_oh oh))
{
	char *before = text(c->before->q, p.before);
	char *after = text(c->after->q, p.after);
	bool same = before != NULL && after != NULL &&
	    strcmp(before, after) == 0;

	c->failed |= before == NULL || after == NULL;
	free(before);
	free(after);
	return same;
}

static void
pair_release(struct compare *c, struct pair p)
{
	qpdf_oh_release(c->before->q, p.before);
	qpdf_oh_release(c->after->q, p.after);
}

/*
 * Dictionaries.
 */

static bool
key_may(struct compare *c, struct pair dict, const char *key,
    const struct key_rule *rules)
{
	struct pair value = {
		pdf_get(c->before->q, dict.before, key),
		pdf_get(c->after->q, dict.after, key),
	};
	bool may = same_text(c, value, pdf_text_short);

	for (; !may && rules->key != NULL; rules++)
		if (strcmp(rules->key, key) == 0) {
			may = rules->may(c, value);
			break;
		}
	pair_release(c, value);
	return may;
}

static bool
keys_may(struct compare *c, struct pair dict, qpdf_data q, qpdf_oh of,
    const struct key_rule *rules)
{
	char **keys = NULL;
	bool may = true;

	if (!qpdf_oh_is_dictionary(q, of))
		return true;
	keys = pdf_keys(q, of);
	c->failed |= keys == NULL;
	for (char **key = keys; key != NULL && *key != NULL && may; key++)
		may = key_may(c, dict, *key, rules);
	free(keys);
	return may && keys != NULL;
}

/* All keys that are there before or after.  A stream is no dictionary here. */
static bool
dict_may(struct compare *c, struct pair dict, const struct key_rule *rules)
{
	qpdf_data q = c->before->q;

	return (qpdf_oh_is_dictionary(q, dict.before) ||
	    qpdf_oh_is_null(q, dict.before)) &&
	    qpdf_oh_is_dictionary(c->after->q, dict.after) &&
	    keys_may(c, dict, c->before->q, dict.before, rules) &&
	    keys_may(c, dict, c->after->q, dict.after, rules);
}

static bool
may_all(struct compare *c, struct pair values)
{
	(void)c, (void)values;
	return true;
}

static bool
may_be_number(struct compare *c, struct pair values)
{
	return qpdf_oh_is_integer(c->after->q, values.after);
}

static bool
may_be_text(struct compare *c, struct pair values)
{
	qpdf_data q = c->before->q;

	return (qpdf_oh_is_string(q, values.before) ||
	    qpdf_oh_is_null(q, values.before)) &&
	    qpdf_oh_is_string(c->after->q, values.after);
}

static bool
may_be_false(struct compare *c, struct pair values)
{
	return qpdf_oh_is_bool(c->after->q, values.after) &&
	    !qpdf_oh_get_bool_value(c->after->q, values.after);
}

/* An object of its own that was not there before. */
static bool
may_be_new(struct compare *c, struct pair values)
{
	qpdf_data q = c->after->q;

	return qpdf_oh_is_null(c->before->q, values.before) &&
	    qpdf_oh_is_indirect(q, values.after) &&
	    pdf_doc_find(c->before, qpdf_oh_get_object_id(q, values.after),
	    qpdf_oh_get_generation(q, values.after)) == NULL;
}

/*
 * A new field for a signature.  Nothing in it acts (A, AA).
 */

/* ISO 32000-1 table 252, and what is in use besides. */
static const struct key_rule signature_rules[] = {
	{ "/Type", may_all }, { "/Filter", may_all }, { "/SubFilter", may_all },
	{ "/Contents", may_all }, { "/Cert", may_all },
	{ "/ByteRange", may_all }, { "/Reference", may_all },
	{ "/Changes", may_all }, { "/Name", may_all }, { "/M", may_all },
	{ "/Location", may_all }, { "/Reason", may_all },
	{ "/ContactInfo", may_all }, { "/R", may_all }, { "/V", may_all },
	{ "/Prop_Build", may_all }, { "/Prop_AuthTime", may_all },
	{ "/Prop_AuthType", may_all }, { NULL, NULL }
};

static bool
may_be_signature(struct compare *c, struct pair values)
{
	return may_be_new(c, values) && dict_may(c, values, signature_rules);
}

static bool
may_be_annot(struct compare *c, struct pair values)
{
	return qpdf_oh_is_name_and_equals(c->after->q, values.after, "/Annot");
}

static bool
may_be_widget(struct compare *c, struct pair values)
{
	return qpdf_oh_is_name_and_equals(c->after->q, values.after,
	    "/Widget");
}

static const struct key_rule appearance_rules[] = {
	{ "/N", may_all }, { "/R", may_all }, { "/D", may_all }, { NULL, NULL }
};

static bool
may_be_drawn(struct compare *c, struct pair values)
{
	return dict_may(c, values, appearance_rules);
}

static may_fn	may_have_kids, may_have_parent;

#define WIDGET_RULES \
	{ "/Type", may_be_annot }, { "/Subtype", may_be_widget }, \
	{ "/FT", may_all }, { "/T", may_all }, { "/TU", may_all }, \
	{ "/TM", may_all }, { "/F", may_all }, { "/Ff", may_all }, \
	{ "/P", may_all }, { "/Rect", may_all }, { "/AP", may_be_drawn }, \
	{ "/MK", may_all }, { "/BS", may_all }, { "/Border", may_all }, \
	{ "/DR", may_all }, { "/DA", may_all }, { "/Q", may_all }, \
	{ "/H", may_all }, { "/M", may_all }, { "/NM", may_all }, \
	{ "/AS", may_all }, { "/SV", may_all }, { "/Lock", may_all }, \
	{ "/V", may_be_signature }, { "/Parent", may_have_parent }

static const struct key_rule widget_rules[] = {
	WIDGET_RULES, { NULL, NULL }
};
static const struct key_rule field_rules[] = {
	WIDGET_RULES, { "/Kids", may_have_kids }, { NULL, NULL }
};

static bool
may_have_parent(struct compare *c, struct pair values)
{
	return may_be_new(c, values) &&
	    pdf_is_name(c->after->q, values.after, "/FT", "/Sig");
}

/* So that it is found and judged, wherever its field is. */
static bool
has_signature(qpdf_data q, qpdf_oh field)
{
	qpdf_oh value = pdf_get(q, field, "/V");
	bool has = pdf_has(q, value, "/ByteRange");

	qpdf_oh_release(q, value);
	return has;
}

/* Only what is signed may be drawn: it could hide what is below it. */
static bool
is_signed_or_blank(qpdf_data q, qpdf_oh item)
{
	qpdf_oh parent = pdf_get(q, item, "/Parent");
	bool good = has_signature(q, item) || has_signature(q, parent) ||
	    !pdf_has(q, item, "/AP");

	qpdf_oh_release(q, parent);
	return good;
}

static bool
is_new_field(struct compare *c, qpdf_oh item, const struct key_rule *rules)
{
	struct pair pair = { qpdf_oh_new_null(c->before->q), item };
	qpdf_data q = c->after->q;
	bool good = may_be_new(c, pair) && dict_may(c, pair, rules) &&
	    is_signed_or_blank(q, item) &&
	    (pdf_is_name(q, item, "/FT", "/Sig") ||
	    pdf_has(q, item, "/Parent"));

	qpdf_oh_release(c->before->q, pair.before);
	return good;
}

static int
count_items(qpdf_data q, qpdf_oh array)
{
	return qpdf_oh_is_array(q, array) ?
	    qpdf_oh_get_array_n_items(q, array) : 0;
}

/* An array that was not there counts as an empty one. */
static bool
may_grow_by(struct compare *c, struct pair arrays,
    const struct key_rule *rules)
{
	int old = count_items(c->before->q, arrays.before);
	int now = count_items(c->after->q, arrays.after);
	bool may = qpdf_oh_is_array(c->after->q, arrays.after) && now >= old &&
	    (qpdf_oh_is_array(c->before->q, arrays.before) ||
	    qpdf_oh_is_null(c->before->q, arrays.before));

	for (int i = 0; i < now && may; i++) {
		struct pair item = { 0, qpdf_oh_get_array_item(c->after->q,
		    arrays.after, i) };

		if (i < old) {
			item.before = qpdf_oh_get_array_item(c->before->q,
			    arrays.before, i);
			may = same_text(c, item, pdf_text_short);
		} else {
			may = is_new_field(c, item.after, rules);
		}
		pair_release(c, item);
	}
	return may;
}

static bool
may_have_kids(struct compare *c, struct pair values)
{
	return may_grow_by(c, values, widget_rules);
}

static bool
may_grow(struct compare *c, struct pair values)
{
	return may_grow_by(c, values, field_rules);
}

/*
 * The form, the catalog.  A dictionary may be something else as well: named as
 * a page's resources, its keys are fonts and images.  So what may change in it
 * must not be of use there: a dictionary of few keys, a number, a text.
 */

/* A dictionary that is not there, or some dictionary. */
static bool
may_be_dictionary(struct compare *c, struct pair values)
{
	return qpdf_oh_is_dictionary(c->after->q, values.after) &&
	    !qpdf_oh_is_stream(c->before->q, values.before);
}

static const struct key_rule resources_rules[] = {
	{ "/Font", may_be_dictionary }, { "/Encoding", may_be_dictionary },
	{ NULL, NULL }
};

static bool
may_have_resources(struct compare *c, struct pair values)
{
	return dict_may(c, values, resources_rules);
}

/* Fonts (DR) and styles (DA) do nothing to a field for a signature, but the
 * text in others they can make look like another. */
static const struct key_rule signatures_rules[] = {
	{ "/Fields", may_grow }, { "/SigFlags", may_be_number },
	{ "/DR", may_have_resources }, { "/DA", may_be_text },
	{ "/NeedAppearances", may_be_false }, { NULL, NULL }
};
static const struct key_rule form_rules[] = {
	{ "/Fields", may_grow }, { "/SigFlags", may_be_number }, { NULL, NULL }
};

static bool
only_signatures(qpdf_data q, qpdf_oh form)
{
	qpdf_oh fields = pdf_get(q, form, "/Fields");
	int n = count_items(q, fields);
	bool only = true;

	for (int i = 0; i < n && only; i++) {
		qpdf_oh field = qpdf_oh_get_array_item(q, fields, i);

		only = pdf_is_name(q, field, "/FT", "/Sig") &&
		    !pdf_has(q, field, "/Kids");
		qpdf_oh_release(q, field);
	}
	qpdf_oh_release(q, fields);
	return only;
}

static bool
may_have_form(struct compare *c, struct pair values)
{
	return dict_may(c, values, only_signatures(c->before->q,
	    values.before) ? signatures_rules : form_rules);
}

/* Data for checking signatures: ETSI EN 319 142-1, 5.4.2. */
static const struct key_rule security_rules[] = {
	{ "/Type", may_all }, { "/Certs", may_all }, { "/CRLs", may_all },
	{ "/OCSPs", may_all }, { "/VRI", may_all }, { NULL, NULL }
};

static bool
may_have_security(struct compare *c, struct pair values)
{
	return dict_may(c, values, security_rules);
}

static const struct key_rule extensions_rules[] = {
	{ "/Type", may_all }, { "/ADBE", may_be_dictionary },
	{ "/ESIC", may_be_dictionary }, { NULL, NULL }
};

static bool
may_have_extensions(struct compare *c, struct pair values)
{
	return dict_may(c, values, extensions_rules);
}

static const struct key_rule root_rules[] = {
	{ "/AcroForm", may_have_form }, { "/DSS", may_have_security },
	{ "/Extensions", may_have_extensions }, { NULL, NULL }
};
static const struct key_rule page_rules[] = {
	{ "/Annots", may_grow }, { NULL, NULL }
};
/* A field that was waiting for its signature. */
static const struct key_rule empty_field_rules[] = {
	{ "/V", may_be_signature }, { "/AP", may_be_drawn },
	{ "/M", may_be_text }, { "/F", may_be_number }, { NULL, NULL }
};
static bool
may_be_filled(struct compare *c, struct pair field)
{
	return dict_may(c, field, empty_field_rules) &&
	    is_signed_or_blank(c->after->q, field.after);
}

static const struct key_rule info_rules[] = {
	{ "/ModDate", may_be_text }, { NULL, NULL }
};

/*
 * What an object is, as it was before.
 */

typedef bool	is_fn(struct compare *c, qpdf_oh oh);

/* Is it the object at a key of that dictionary? */
static bool
is_value(qpdf_data q, qpdf_oh oh, qpdf_oh dict, const char *key)
{
	qpdf_oh value = pdf_get(q, dict, key);
	bool is = qpdf_oh_is_indirect(q, value) && pdf_same(q, oh,
	    qpdf_oh_get_object_id(q, value), qpdf_oh_get_generation(q, value));

	qpdf_oh_release(q, value);
	return is;
}

static bool
is_root(struct compare *c, qpdf_oh oh)
{
	qpdf_data q = c->before->q;

	return is_value(q, oh, qpdf_get_trailer(q), "/Root");
}

static bool
is_info(struct compare *c, qpdf_oh oh)
{
	qpdf_data q = c->before->q;

	return is_value(q, oh, qpdf_get_trailer(q), "/Info");
}

static bool
is_form(struct compare *c, qpdf_oh oh)
{
	qpdf_data q = c->before->q;

	return is_value(q, oh, qpdf_get_root(q), "/AcroForm");
}

static bool
is_fields(struct compare *c, qpdf_oh oh)
{
	qpdf_data q = c->before->q;
	qpdf_oh form = pdf_get(q, qpdf_get_root(q),
	    "/AcroForm");

	return is_value(q, oh, form, "/Fields");
}

static bool
is_page(struct compare *c, qpdf_oh oh)
{
	return pdf_is_name(c->before->q, oh, "/Type", "/Page");
}

static bool
is_empty_field(struct compare *c, qpdf_oh oh)
{
	return pdf_is_name(c->before->q, oh, "/FT", "/Sig") &&
	    !pdf_has(c->before->q, oh, "/V");
}

/* The annotations of any page. */
static bool
is_annots(struct compare *c, qpdf_oh oh)
{
	qpdf_data q = c->before->q;
	bool is = false;

	if (!qpdf_oh_is_array(q, oh))
		return false;
	for (size_t i = 0; i < c->before->n && !is; i++) {
		qpdf_oh page = qpdf_get_object_by_id(q,
		    c->before->objects[i].id, c->before->objects[i].gen);

		is = is_page(c, page) && is_value(q, oh, page, "/Annots");
		qpdf_oh_release(q, page);
	}
	return is;
}

static const struct object_rule {
	is_fn			*is;
	const struct key_rule	*keys;	/* of a dictionary */
	may_fn			*may;	/* else */
} object_rules[] = {
	{ is_root, root_rules, NULL },
	{ is_form, NULL, may_have_form },
	{ is_page, page_rules, NULL },
	{ is_info, info_rules, NULL },
	{ is_empty_field, NULL, may_be_filled },
	{ is_fields, NULL, may_grow },
	{ is_annots, NULL, may_grow },
};

static bool
object_may(struct compare *c, struct pair objects)
{
	for (size_t i = 0; i < sizeof(object_rules) / sizeof(*object_rules);
	    i++) {
		const struct object_rule *rule = &object_rules[i];

		if (rule->is(c, objects.before))
			return rule->keys != NULL ?
			    dict_may(c, objects, rule->keys) :
			    rule->may(c, objects);
	}
	return false;
}

/*
 * Objects.
 */

static bool
same_object(struct compare *c, struct pair objects,
    const struct pdf_object *object)
{
	bool stream = qpdf_oh_is_stream(c->before->q, objects.before);

	return stream == qpdf_oh_is_stream(c->after->q, objects.after) &&
	    same_text(c, objects, pdf_text) && (!stream ||
	    pdf_data_same(c->crypto, c->before, c->after, object));
}

static enum doc_err
compare_trailers(struct compare *c, struct doc_error *error)
{
	struct pair trailers = { qpdf_get_trailer(c->before->q),
	    qpdf_get_trailer(c->after->q) };

	if (!key_may(c, trailers, "/Root", no_rules) ||
	    !key_may(c, trailers, "/Info", no_rules))
		return doc_fail(error, DOC_ERR_INPUT, "another catalog or "
		    "other information took the place of what was signed");
	return DOC_OK;
}

static enum doc_err
compare_object(struct compare *c, const struct pdf_object *object,
    struct doc_error *error)
{
	struct pair objects = {
		qpdf_get_object_by_id(c->before->q, object->id, object->gen),
		qpdf_get_object_by_id(c->after->q, object->id, object->gen),
	};
	enum doc_err err = DOC_OK;
	qpdf_oh type;

	if (!same_object(c, objects, object) && !object_may(c, objects)) {
		type = pdf_get(c->before->q, objects.before,
		    "/Type");
		err = doc_fail(error, DOC_ERR_INPUT, "object %d%s%s was "
		    "changed after it was signed", object->id,
		    qpdf_oh_is_name(c->before->q, type) ? ", " : "",
		    qpdf_oh_is_name(c->before->q, type) ?
		    qpdf_oh_get_name(c->before->q, type) + 1 : "");
		qpdf_oh_release(c->before->q, type);
	}
	pair_release(c, objects);
	return err;
}

enum doc_err
pdf_compare(OSSL_LIB_CTX *crypto, const struct pdf_doc *before,
    const struct pdf_doc *after, struct doc_error *error)
{
	struct compare c = { crypto, before, after, false };
	enum doc_err err = compare_trailers(&c, error);

	for (size_t i = 0; i < before->n && err == DOC_OK; i++)
		err = compare_object(&c, &before->objects[i], error);
	return c.failed ? doc_fail(error, DOC_ERR_MEMORY, "out of memory") :
	    err;
}
