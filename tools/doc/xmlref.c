/* SPDX-License-Identifier: BSD-2-Clause */
#include "xmlref.h"

#include <stdlib.h>
#include <string.h>

#include <xmlsec/buffer.h>
#include <xmlsec/nodeset.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmltree.h>

#include "xmlread.h"
#include "xmltree.h"
#include "xmluri.h"

#define TYPE_PROPERTIES	"http://uri.etsi.org/01903#SignedProperties"
#define TYPE_MANIFEST	XML_NS_DSIG "Manifest"

/*
 * Reading.
 */

static enum doc_err
find_file(const char *name, const struct xml_scope *scope,
    struct xml_reference *out, struct doc_error *error)
{
	char quoted[XML_QUOTE_MAX];

	for (size_t i = 0; i < scope->files_n; i++)
		if (strcmp(scope->files[i].name, name) == 0) {
			out->file = &scope->files[i];
			return DOC_OK;
		}
	return doc_fail(error, DOC_ERR_INPUT, "the file \"%s\" is signed, and "
	    "was not given", xml_quote(name, quoted));
}

static enum doc_err
find_element(const char *id, const struct xml_scope *scope,
    struct xml_reference *out, struct doc_error *error)
{
	char quoted[XML_QUOTE_MAX];

	out->target = xml_ids_find(scope->ids, id);
	if (out->target != NULL)
		return DOC_OK;
	return doc_fail(error, DOC_ERR_INPUT, "no element has the Id \"%s\", "
	    "which is signed", xml_quote(id, quoted));
}

static enum doc_err
read_uri(const struct xml_scope *scope, struct xml_reference *out,
    struct doc_error *error)
{
	char *name = NULL, quoted[XML_QUOTE_MAX];
	enum xml_uri_kind kind;
	enum doc_err err = DOC_OK;

	if (out->uri == NULL)
		return doc_fail(error, DOC_ERR_INPUT,
		    "a ds:Reference does not say to what");
	kind = xml_uri_read(out->uri, &name);
	if (kind == XML_URI_REFUSED)
		err = doc_fail(error, DOC_ERR_INPUT, "it refers to \"%s\"; "
		    "nothing is fetched or evaluated to check a signature",
		    xml_quote(out->uri, quoted));
	else if (kind != XML_URI_DOCUMENT && name == NULL)
		err = doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	else if (kind == XML_URI_ELEMENT)
		err = find_element(name, scope, out, error);
	else if (kind == XML_URI_FILE)
		err = find_file(name, scope, out, error);
	free(name);
	return err;
}

static enum doc_err
refuse_transform(const char *uri, struct doc_error *error)
{
	char quoted[XML_QUOTE_MAX];

	return doc_fail(error, DOC_ERR_INPUT, "it has the transform \"%s\", "
	    "which is not accepted there: with it, what is signed could be "
	    "something else than what is read", xml_quote(uri, quoted));
}

/* Only exclusive C14N has something in it; libxmlsec1 looks at that. */
static bool
has_room_for(const xmlNode *transform, const char *uri)
{
	const xmlNode *child = xml_first(transform);
	char *text = xml_text(transform);
	bool empty = text == NULL;

	xmlFree(text);
	if (!xml_is_plain(transform) || !empty)
		return false;
	return child == NULL || (strncmp(uri, XML_C14N_EXC,
	    strlen(XML_C14N_EXC)) == 0 && xml_next(child) == NULL &&
	    xml_is(child, XML_C14N_EXC, "InclusiveNamespaces"));
}

/* At most the enveloped signature's, then at most one C14N; of files none. */
static enum doc_err
read_transforms(struct xml_reference *out, struct doc_error *error)
{
	const xmlNode *t = out->transforms != NULL ?
	    xml_first(out->transforms) : NULL;
	enum doc_err err = DOC_OK;
	bool canonical = false;

	for (; t != NULL && err == DOC_OK; t = xml_next(t)) {
		char *uri = xml_attribute(t, "Algorithm");
		bool enveloped = uri != NULL &&
		    strcmp(uri, XML_ALG_ENVELOPED) == 0;

		if (!xml_is(t, XML_NS_DSIG, "Transform") || uri == NULL ||
		    out->file != NULL || canonical ||
		    (enveloped && out->enveloped) ||
		    (!enveloped && !xml_is_c14n(uri)) || !has_room_for(t, uri))
			err = refuse_transform(uri, error);
		out->enveloped |= enveloped;
		canonical = !enveloped;
		xmlFree(uri);
	}
	return err;
}

static enum doc_err
read_type(xmlNode *node, struct xml_reference *out, struct doc_error *error)
{
	char *type = xml_attribute(node, "Type");
	bool manifest = type != NULL && strcmp(type, TYPE_MANIFEST) == 0;

	out->properties = type != NULL && strcmp(type, TYPE_PROPERTIES) == 0;
	xmlFree(type);
	if (manifest)
		return doc_fail(error, DOC_ERR_INPUT, "it signs a ds:Manifest; "
		    "what that lists would not be checked");
	return DOC_OK;
}

static enum doc_err
read_digest_method(const xmlNode *method, struct xml_reference *out,
    struct doc_error *error)
{
	char *uri = xml_attribute(method, "Algorithm"), quoted[XML_QUOTE_MAX];
	bool known = uri != NULL && xml_first(method) == NULL &&
	    xml_digest_find(uri, &out->hash);

	xml_quote(uri, quoted);
	xmlFree(uri);
	return known ? DOC_OK : doc_fail(error, DOC_ERR_INPUT, "the digest "
	    "\"%s\" is not accepted; SHA-256, SHA-384 and SHA-512 are", quoted);
}

enum doc_err
xml_reference_read(xmlNode *node, const struct xml_scope *scope,
    struct xml_reference *out, struct doc_error *error)
{
	xmlNode *child = xml_first(node);
	enum doc_err err;

	memset(out, 0, sizeof(*out));
	out->uri = xml_attribute(node, "URI");
	if (xml_is(child, XML_NS_DSIG, "Transforms")) {
		out->transforms = child;
		child = xml_next(child);
	}
	out->value = child != NULL ? xml_next(child) : NULL;
	if (!xml_is(child, XML_NS_DSIG, "DigestMethod") ||
	    !xml_is(out->value, XML_NS_DSIG, "DigestValue") ||
	    xml_next(out->value) != NULL)
		return doc_fail(error, DOC_ERR_INPUT,
		    "a ds:Reference is not made as the standard says");
	err = read_type(node, out, error);
	if (err == DOC_OK)
		err = read_uri(scope, out, error);
	if (err == DOC_OK)
		err = read_transforms(out, error);
	if (err == DOC_OK)
		err = read_digest_method(child, out, error);
	return err;
}

void
xml_reference_clear(struct xml_reference *reference)
{
	xmlFree(reference->uri);
	reference->uri = NULL;
}

/*
 * Octets.
 */

static const struct {
	xmlSecTransformId	(*get)(void);
} accepted[] = {
	{ xmlSecTransformInclC14NGetKlass },
	{ xmlSecTransformInclC14NWithCommentsGetKlass },
	{ xmlSecTransformExclC14NGetKlass },
	{ xmlSecTransformExclC14NWithCommentsGetKlass },
	{ xmlSecTransformInclC14N11GetKlass },
	{ xmlSecTransformInclC14N11WithCommentsGetKlass },
	{ xmlSecTransformEnvelopedGetKlass },
};

/* Our own tables have said what is accepted; libxmlsec1 is told as well. */
static bool
restrict_transforms(xmlSecTransformCtx *run)
{
	for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++)
		if (xmlSecPtrListAdd(&run->enabledTransforms,
		    (xmlSecPtr)(uintptr_t)accepted[i].get()) != 0)
			return false;
	return true;
}

static bool
execute(xmlSecTransformCtx *run, xmlNode *target, xmlDoc *doc, bool comments)
{
	xmlSecNodeSet *nodes = xmlSecNodeSetGetChildren(doc, target, comments,
	    0);
	bool done = nodes != NULL &&
	    xmlSecTransformCtxXmlExecute(run, nodes) == 0;

	xmlSecNodeSetDestroy(nodes);
	return done;
}

static enum doc_err
fail_octets(struct doc_error *error)
{
	return doc_fail(error, DOC_ERR_INPUT,
	    "what is signed has no canonical form");
}

enum doc_err
xml_canonical(xmlNode *node, xmlNode *method, struct jpki_buf *out,
    struct doc_error *error)
{
	xmlSecTransformCtx *run = xmlSecTransformCtxCreate();
	enum doc_err err = DOC_ERR_INPUT;

	out->p = NULL;
	out->n = 0;
	if (run != NULL && restrict_transforms(run) &&
	    xmlSecTransformCtxNodeRead(run, method,
	    xmlSecTransformUsageC14NMethod) != NULL &&
	    execute(run, node, node->doc, true)) {
		out->n = xmlSecBufferGetSize(run->result);
		out->p = malloc(out->n + 1);
		err = out->p != NULL ? DOC_OK : DOC_ERR_MEMORY;
	}
	if (err == DOC_OK)
		memcpy(out->p, xmlSecBufferGetData(run->result), out->n);
	if (run != NULL)
		xmlSecTransformCtxDestroy(run);
	if (err == DOC_ERR_MEMORY)
		return doc_fail(error, err, "out of memory");
	return err == DOC_OK ? err : fail_octets(error);
}

static enum doc_err
digest(OSSL_LIB_CTX *crypto, enum jpki_hash hash, const uint8_t *p, size_t n,
    struct xml_digest *out, struct doc_error *error)
{
	if (EVP_Q_digest(crypto, jpki_hash_name(hash), NULL, p, n, out->p,
	    &out->n) != 1)
		return doc_fail_crypto(error, DOC_ERR_INTERNAL,
		    "no digest can be made");
	return DOC_OK;
}

enum doc_err
xml_reference_digest(OSSL_LIB_CTX *crypto,
    const struct xml_reference *reference, struct xml_digest *out,
    struct doc_error *error)
{
	const struct xml_reference *r = reference;
	xmlSecTransformCtx *run;
	enum doc_err err;

	if (r->file != NULL)
		return digest(crypto, r->hash, r->file->p, r->file->n, out,
		    error);
	run = xmlSecTransformCtxCreate();
	if (run != NULL && restrict_transforms(run) &&
	    (r->transforms == NULL || xmlSecTransformCtxNodesListRead(run,
	    r->transforms, xmlSecTransformUsageDSigTransform) == 0) &&
	    execute(run, r->target, r->value->doc, false))
		err = digest(crypto, r->hash, xmlSecBufferGetData(run->result),
		    xmlSecBufferGetSize(run->result), out, error);
	else
		err = fail_octets(error);
	if (run != NULL)
		xmlSecTransformCtxDestroy(run);
	return err;
}
