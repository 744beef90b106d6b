/* SPDX-License-Identifier: BSD-2-Clause */
#include "xmlsig.h"

#include <stdlib.h>
#include <string.h>

#include "xmltree.h"

#define REFERENCES_MAX	128

static enum doc_err
fail_shape(const char *what, struct doc_error *error)
{
	return doc_fail(error, DOC_ERR_INPUT, "its %s is not made as the "
	    "standard says", what);
}

static enum doc_err
read_method(const xmlNode *node, struct xml_signature *out,
    struct doc_error *error)
{
	char *uri = xml_attribute(node, "Algorithm"), quoted[XML_QUOTE_MAX];

	if (uri != NULL && xml_first(node) == NULL)
		out->method = xml_method_find(uri);
	xml_quote(uri, quoted);
	xmlFree(uri);
	if (out->method != NULL)
		return DOC_OK;
	return doc_fail(error, DOC_ERR_INPUT, "the signature algorithm \"%s\" "
	    "is not accepted; RSA and ECDSA with SHA-256, SHA-384 and SHA-512 "
	    "are", quoted);
}

static enum doc_err
read_c14n(xmlNode *node, struct xml_signature *out, struct doc_error *error)
{
	char *uri = xml_attribute(node, "Algorithm"), quoted[XML_QUOTE_MAX];
	bool known = uri != NULL && xml_is_c14n(uri);

	out->c14n = node;
	xml_quote(uri, quoted);
	xmlFree(uri);
	return known ? DOC_OK : doc_fail(error, DOC_ERR_INPUT, "the "
	    "canonicalisation \"%s\" is not accepted", quoted);
}

static enum doc_err
read_info(struct xml_signature *out, struct doc_error *error)
{
	xmlNode *c14n = xml_first(out->info);
	xmlNode *method = c14n != NULL ? xml_next(c14n) : NULL;
	enum doc_err err;

	/* A comment in a value would be left out where that is signed, and
	 * can be read as its end. */
	if (!xml_is_plain(out->info) ||
	    !xml_is(c14n, XML_NS_DSIG, "CanonicalizationMethod") ||
	    !xml_is(method, XML_NS_DSIG, "SignatureMethod"))
		return fail_shape("ds:SignedInfo", error);
	err = read_c14n(c14n, out, error);
	return err == DOC_OK ? read_method(method, out, error) : err;
}

/* Between the elements. */
static bool
has_text(const xmlNode *parent)
{
	for (const xmlNode *c = parent->children; c != NULL; c = c->next)
		if (c->type != XML_ELEMENT_NODE &&
		    c->type != XML_COMMENT_NODE && !xml_is_blank(c))
			return true;
	return false;
}

enum doc_err
xml_signature_read(xmlNode *node, struct xml_signature *out,
    struct doc_error *error)
{
	xmlNode *child;

	memset(out, 0, sizeof(*out));
	out->node = node;
	out->info = xml_first(node);
	out->value = out->info != NULL ? xml_next(out->info) : NULL;
	if (!xml_is(out->info, XML_NS_DSIG, "SignedInfo") ||
	    !xml_is(out->value, XML_NS_DSIG, "SignatureValue") ||
	    has_text(node))
		return fail_shape("ds:Signature", error);
	child = xml_next(out->value);
	if (xml_is(child, XML_NS_DSIG, "KeyInfo")) {
		out->key_info = child;
		child = xml_next(child);
	}
	for (; child != NULL; child = xml_next(child))
		if (!xml_is(child, XML_NS_DSIG, "Object"))
			return fail_shape("ds:Signature", error);
	return read_info(out, error);
}

size_t
xml_signature_count(const struct xml_signature *signature)
{
	size_t n = 0;

	if (signature->info == NULL)
		return 0;
	for (xmlNode *c = xml_first(signature->info); c != NULL;
	    c = xml_next(c))
		n += xml_is(c, XML_NS_DSIG, "Reference");
	return n;
}

enum doc_err
xml_signature_read_references(struct xml_signature *signature,
    const struct xml_scope *scope, struct doc_error *error)
{
	size_t n = xml_signature_count(signature);
	xmlNode *at = xml_next(xml_next(signature->c14n));
	enum doc_err err = DOC_OK;

	if (n == 0)
		return doc_fail(error, DOC_ERR_INPUT, "it signs nothing");
	if (n > REFERENCES_MAX)
		return doc_fail(error, DOC_ERR_INPUT, "it has more than %d "
		    "references", REFERENCES_MAX);
	signature->references = calloc(n, sizeof(*signature->references));
	if (signature->references == NULL)
		return doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	for (; at != NULL && err == DOC_OK; at = xml_next(at))
		err = xml_is(at, XML_NS_DSIG, "Reference") ?
		    xml_reference_read(at, scope,
		    &signature->references[signature->n++], error) :
		    fail_shape("ds:SignedInfo", error);
	return err;
}

void
xml_signature_clear(struct xml_signature *signature)
{
	for (size_t i = 0; i < signature->n; i++)
		xml_reference_clear(&signature->references[i]);
	free(signature->references);
	signature->references = NULL;
	signature->n = 0;
}
