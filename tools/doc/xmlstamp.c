/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * XAdES-T (ETSI EN 319 132-1, 5.3): xades:SignatureTimeStamp, whose token is
 * over the canonical ds:SignatureValue.
 */
#include "xmlxades.h"

#include "timestamp.h"
#include "xmltree.h"

#define STAMPS_MAX	8

static enum doc_err
no_memory(struct doc_error *error)
{
	return doc_fail(error, DOC_ERR_MEMORY, "out of memory");
}

static xmlNode *
add_stamp(const struct xml_signature *signature)
{
	xmlNode *node = xml_add(xades_find(signature), "UnsignedProperties",
	    NULL);

	node = xml_add(node, "UnsignedSignatureProperties", NULL);
	return xml_add(node, "SignatureTimeStamp", NULL);
}

enum doc_err
xades_stamp(const struct doc_signer *signer,
    const struct xml_signature *signature, const char *c14n,
    struct doc_error *error)
{
	xmlNode *stamp = add_stamp(signature), *method = NULL;
	struct jpki_buf value = { NULL, 0 }, token = { NULL, 0 };
	enum doc_err err;

	if (stamp != NULL)
		method = xmlNewChild(stamp, signature->node->ns,
		    (const xmlChar *)"CanonicalizationMethod", NULL);
	if (!xml_set(method, "Algorithm", c14n))
		return no_memory(error);
	err = xml_canonical(signature->value, method, &value, error);
	if (err == DOC_OK)
		err = timestamp_fetch(signer, value.p, value.n, &token, error);
	if (err == DOC_OK && !xml_encode(xml_add(stamp,
	    "EncapsulatedTimeStamp", NULL), token.p, token.n))
		err = no_memory(error);
	jpki_buf_free(&value);
	jpki_buf_free(&token);
	return err;
}

/* Without a method it would be C14N 1.0; whoever makes one names it. */
static enum doc_err
check_stamp(const struct trust *trust, const struct xml_signature *signature,
    const xmlNode *node, bool too_many, struct verdict_signature *out,
    struct doc_error *error)
{
	xmlNode *method = xml_child(node, XML_NS_DSIG,
	    "CanonicalizationMethod");
	const xmlNode *encoded = xml_child(node, XML_NS_XADES,
	    "EncapsulatedTimeStamp");
	struct jpki_buf value = { NULL, 0 }, token = { NULL, 0 };
	char *uri = method != NULL ? xml_attribute(method, "Algorithm") : NULL;
	enum doc_err err;
	bool known = uri != NULL && xml_is_c14n(uri);

	xmlFree(uri);
	if (too_many || !known || encoded == NULL || !xml_decode(encoded, &token))
		return verdict_note(out, CHECK_TIMESTAMP, FINDING_FAILED,
		    "the time stamp in it cannot be read") ? DOC_OK :
		    no_memory(error);
	err = xml_canonical(signature->value, method, &value, error);
	if (err == DOC_OK) {
		struct timestamp stamp = { token.p, token.n, value.p, value.n };

		err = timestamp_check(trust, &stamp, out, error);
	}
	jpki_buf_free(&value);
	jpki_buf_free(&token);
	return err;
}

enum doc_err
xades_check_stamps(const struct trust *trust,
    const struct xml_signature *signature, struct verdict_signature *out,
    struct doc_error *error)
{
	const xmlNode *node = xml_child(xades_find(signature), XML_NS_XADES,
	    "UnsignedProperties");
	enum doc_err err = DOC_OK;
	int n = 0;

	node = xml_child(node, XML_NS_XADES, "UnsignedSignatureProperties");
	node = node != NULL ? xml_first(node) : NULL;
	for (; node != NULL && err == DOC_OK; node = xml_next(node))
		if (xml_is(node, XML_NS_XADES, "SignatureTimeStamp"))
			err = check_stamp(trust, signature, node,
			    ++n > STAMPS_MAX, out, error);
	return err;
}
