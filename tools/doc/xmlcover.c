/* SPDX-License-Identifier: BSD-2-Clause */
#include "xmlcover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "language.h"
#include "xmlread.h"
#include "xmltree.h"

/* The first of what is not covered. */
struct gap {
	const struct xml_signature	*signature;
	const xmlNode			*node;
};

static bool
is_target(const struct xml_signature *signature, const xmlNode *node)
{
	for (size_t i = 0; i < signature->n; i++)
		if (signature->references[i].target == node)
			return true;
	return false;
}

static bool
covers_document(const struct xml_signature *signature)
{
	for (size_t i = 0; i < signature->n; i++)
		if (signature->references[i].target == NULL &&
		    signature->references[i].file == NULL)
			return true;
	return false;
}

bool
xml_covers(const struct xml_signature *signature, const xmlNode *node)
{
	/* Of the signature itself the enveloped one's transform takes all
	 * away, though that is in the document. */
	bool inside = xml_is_within(node, signature->node);

	if (!inside && covers_document(signature))
		return true;
	for (const xmlNode *n = node; n != NULL; n = n->parent) {
		if (inside && n == signature->node)
			return false;
		if (is_target(signature, n))
			return true;
	}
	return false;
}

/* Comments are never signed, blanks between elements say nothing. */
static bool
is_nothing(const xmlNode *node)
{
	return node->type == XML_COMMENT_NODE ||
	    (node->type == XML_TEXT_NODE && xml_is_blank(node));
}

/* What a signature has for itself, and nobody takes for content. */
static bool
is_own(const xmlNode *node)
{
	static const char *const namespaces[] = {
		XML_NS_DSIG, "http://www.w3.org/2009/xmldsig11#",
		XML_NS_XADES, "http://uri.etsi.org/01903/v1.4.1#",
		XML_C14N_EXC,
	};

	for (size_t i = 0; node->ns != NULL &&
	    i < sizeof(namespaces) / sizeof(namespaces[0]); i++)
		if (xmlStrEqual(node->ns->href,
		    (const xmlChar *)namespaces[i]))
			return true;
	return false;
}

/* Content that hides in a part of a signature that is not signed. */
static void
look_for_content(struct gap *gap, const xmlNode *part)
{
	bool object = xml_is(part, XML_NS_DSIG, "Object");

	for (const xmlNode *c = part->children; c != NULL &&
	    gap->node == NULL; c = c->next) {
		if (c->type != XML_ELEMENT_NODE) {
			if (object && !is_nothing(c))
				gap->node = c;
		} else if (!is_target(gap->signature, c)) {
			if (is_own(c))
				look_for_content(gap, c);
			else
				gap->node = c;
		}
	}
}

/* Other signatures are judged by themselves; but their content, unless this
 * one has signed it as well, is not this signer's. */
static void
look_outside(struct gap *gap, const xmlNode *first)
{
	for (const xmlNode *c = first; c != NULL && gap->node == NULL;
	    c = c->next) {
		if (is_nothing(c) || c == gap->signature->node ||
		    is_target(gap->signature, c))
			continue;
		if (xml_is(c, XML_NS_DSIG, "Signature"))
			look_for_content(gap, c);
		else
			gap->node = c;
	}
}

/* Properties that are not signed are what XAdES adds later on. */
static void
look_into_properties(struct gap *gap, const xmlNode *qualifying)
{
	for (const xmlNode *c = qualifying->children; c != NULL &&
	    gap->node == NULL; c = c->next) {
		if (xml_is(c, XML_NS_XADES, "UnsignedProperties"))
			look_for_content(gap, c);
		else if (!is_nothing(c) && !is_target(gap->signature, c))
			gap->node = c;
	}
}

static bool
is_bare(const xmlNode *object)
{
	for (const xmlAttr *a = object->properties; a != NULL; a = a->next)
		if (strcmp((const char *)a->name, "Id") != 0)
			return false;
	return true;
}

static void
look_into_object(struct gap *gap, const xmlNode *object)
{
	if (is_target(gap->signature, object))
		return;
	if (!is_bare(object))
		gap->node = object;
	for (const xmlNode *c = object->children; c != NULL &&
	    gap->node == NULL; c = c->next) {
		if (xml_is(c, XML_NS_XADES, "QualifyingProperties"))
			look_into_properties(gap, c);
		else if (!is_nothing(c) && !is_target(gap->signature, c))
			gap->node = c;
	}
}

static void
look_into_signature(struct gap *gap)
{
	const xmlNode *c = xml_first(gap->signature->node);

	for (; c != NULL && gap->node == NULL; c = xml_next(c)) {
		if (xml_is(c, XML_NS_DSIG, "Object"))
			look_into_object(gap, c);
		else if (c == gap->signature->key_info)
			look_for_content(gap, c);
	}
}

/* An element of which only the inside is signed could be called otherwise:
 * all of the document is signed, or it has a gap. */
static void
look(struct gap *gap)
{
	look_into_signature(gap);
	if (gap->node == NULL && !covers_document(gap->signature))
		look_outside(gap, gap->signature->node->doc->children);
}

/*
 * Words.
 */

static void
put_covered(FILE *f, const struct xml_signature *signature)
{
	const char *before = "";
	char quoted[XML_QUOTE_MAX];

	for (size_t i = 0; i < signature->n; i++) {
		const struct xml_reference *r = &signature->references[i];

		if (r->properties)
			continue;
		fputs(before, f);
		if (r->file != NULL)
			fprintf(f, _("the file \"%s\""),
			    xml_quote(r->file->name, quoted));
		else if (r->target != NULL)
			fprintf(f, _("the element <%s> (%s)"),
			    xml_quote((const char *)r->target->name, quoted),
			    r->uri);
		else
			fputs(_("the whole document"), f);
		before = _(", ");
	}
	if (before[0] == '\0')
		fputs(_("nothing"), f);
}

static void
put_node(FILE *f, const xmlNode *node)
{
	static const char *const kinds[] = {
		[XML_TEXT_NODE] = N_("the text"),
		[XML_CDATA_SECTION_NODE] = N_("the CDATA section in a text"),
		[XML_PI_NODE] = N_("the processing instruction"),
		[XML_COMMENT_NODE] = N_("the comment in a text"),
	};
	const char *kind = N_("a part");
	char quoted[XML_QUOTE_MAX];

	if (node->type < sizeof(kinds) / sizeof(kinds[0]) &&
	    kinds[node->type] != NULL)
		kind = kinds[node->type];
	if (node->type == XML_ELEMENT_NODE)
		fprintf(f, _("<%s> in line %ld"),
		    xml_quote((const char *)node->name, quoted),
		    xmlGetLineNo(node));
	else
		fprintf(f, _("%s in line %ld"), language_of(kind),
		    xmlGetLineNo(node));
}

/* What is not covered: at most one of the three. */
static void
put_gap(FILE *f, const xmlNode *node, const char *id,
    const struct xml_file *file)
{
	char quoted[XML_QUOTE_MAX];

	if (node != NULL)
		put_node(f, node);
	else if (id != NULL)
		fprintf(f, "\"#%s\"", xml_quote(id, quoted));
	else if (file != NULL)
		fprintf(f, _("the file \"%s\""),
		    xml_quote(file->name, quoted));
}

/* Two strings, one behind the other: what is covered, and what is not. */
static char *
words(const struct xml_signature *signature, const struct gap *gap,
    const char *id, const struct xml_file *file)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	if (f == NULL)
		return NULL;
	put_covered(f, signature);
	fputc('\0', f);
	put_gap(f, gap->node, id, file);
	if (fclose(f) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

/*
 * Judging.
 */

static bool
has_file(const struct xml_signature *signature, const struct xml_file *file)
{
	for (size_t i = 0; i < signature->n; i++)
		if (signature->references[i].file == file)
			return true;
	return false;
}

static const struct xml_file *
file_left(const struct xml_signature *signature, const struct xml_given *given)
{
	for (size_t i = 0; i < given->files_n; i++)
		if (!has_file(signature, &given->files[i]))
			return &given->files[i];
	return NULL;
}

static const char *
id_left(const struct xml_signature *signature, const struct xml_scope *scope,
    const struct xml_given *given)
{
	for (size_t i = 0; i < given->ids_n; i++) {
		const xmlNode *node = xml_ids_find(scope->ids, given->ids[i]);

		if (node == NULL || !xml_covers(signature, node))
			return given->ids[i];
	}
	return NULL;
}

bool
xml_cover_judge(const struct xml_signature *signature,
    const struct xml_scope *scope, const struct xml_given *given,
    struct verdict_signature *out)
{
	struct gap gap = { signature, NULL };
	const struct xml_file *file = file_left(signature, given);
	const char *id = id_left(signature, scope, given);
	char *text;
	bool noted;

	gap.node = xml_parted_text(signature->node->doc);
	if (gap.node == NULL && given->ids_n == 0)
		look(&gap);
	text = words(signature, &gap, id, file);
	if (text == NULL)
		return false;
	if (gap.node != NULL || id != NULL || file != NULL)
		noted = verdict_note(out, CHECK_COVERAGE, FINDING_FAILED,
		    "it covers %s; not %s", text, text + strlen(text) + 1);
	else
		noted = verdict_note(out, CHECK_COVERAGE, FINDING_OK,
		    "it covers %s", text);
	free(text);
	return noted;
}
