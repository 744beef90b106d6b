/* SPDX-License-Identifier: BSD-2-Clause */
#include "xml_mutate.h"

#include <string.h>

#include <libxml/parser.h>
#include <libxml/tree.h>

#include "xmlalg.h"
#include "xmltree.h"

#define NODES_MAX	400
#define TEXT_MAX	512
#define COUNT_OF(a)	(sizeof(a) / sizeof((a)[0]))
#define DSIG_MORE	"http://www.w3.org/2001/04/xmldsig-more#"
#define XMLENC		"http://www.w3.org/2001/04/xmlenc#"

struct tree {
	xmlDoc		*doc;
	xmlNode		*nodes[NODES_MAX];
	size_t		 n;
	unsigned	 seed;
};

static const char *const attributes[] = {
	"Id", "ID", "id", "xml:id", "URI", "Algorithm", "Type", "Encoding",
	"MimeType", "PrefixList", "Target",
};

static const char *const values[] = {
	"", "#sum", "sum", "#letter", "letter", "f", "#object", "object",
	"#xpointer(/)", "#xpointer(id('sum'))", "#xpointer(id(\"sum\"))",
	"http://127.0.0.1:9/f", "file:///f", "../f", "f%00", "%66", "1000",
	"9000", "#default", "#properties", "#signature", "signature",
	XML_ALG_ENVELOPED,
	"http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
	"http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
	"http://www.w3.org/2001/10/xml-exc-c14n#",
	"http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
	"http://www.w3.org/2006/12/xml-c14n11",
	"http://www.w3.org/TR/1999/REC-xpath-19991116",
	"http://www.w3.org/2002/06/xmldsig-filter2",
	"http://www.w3.org/TR/1999/REC-xslt-19991116",
	XML_NS_DSIG "base64", XML_NS_DSIG "sha1", XML_NS_DSIG "hmac-sha1",
	XML_NS_DSIG "rsa-sha1", XML_NS_DSIG "Object",
	XML_NS_DSIG "Manifest", XML_NS_DSIG "X509Data",
	DSIG_MORE "rsa-sha256", DSIG_MORE "rsa-sha384",
	DSIG_MORE "rsa-sha512", DSIG_MORE "hmac-sha256",
	DSIG_MORE "ecdsa-sha256", DSIG_MORE "sha384",
	"http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
	XMLENC "sha256", XMLENC "sha512",
	"http://uri.etsi.org/01903#SignedProperties",
	"2026-01-01T00:00:00Z", "2026-01-01T09:00:00+09:00",
	"9999-12-31T23:59:60-14:00",
};

static const char *const names[] = {
	"x", "sum", "letter", "Signature", "SignedInfo", "Reference",
	"Object", "Manifest", "Transforms", "Transform", "KeyInfo",
	"KeyValue", "X509Data", "X509Certificate", "SignatureValue",
	"DigestValue", "DigestMethod", "QualifyingProperties",
	"SignedProperties", "SignedSignatureProperties", "SigningTime",
	"SigningCertificate", "SigningCertificateV2", "UnsignedProperties",
	"UnsignedSignatureProperties", "SignatureTimeStamp",
	"EncapsulatedTimeStamp", "InclusiveNamespaces", "HMACOutputLength",
};

static const char *
one_of(const char *const *list, size_t n, unsigned seed)
{
	return list[seed % n];
}

#define ONE_OF(list, seed)	one_of(list, COUNT_OF(list), seed)

static void
read_nodes(struct tree *t, xmlNode *node)
{
	for (; node != NULL && t->n < NODES_MAX; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		t->nodes[t->n++] = node;
		read_nodes(t, node->children);
	}
}

static xmlNode *
other(const struct tree *t)
{
	return t->nodes[(t->seed >> 12) % t->n];
}

/*
 * Changes.
 */

static void
put(xmlNode *where, xmlNode *what, bool first)
{
	if (what == NULL)
		return;
	if (first && where->children != NULL)
		(void)xmlAddPrevSibling(where->children, what);
	else
		(void)xmlAddChild(where, what);
}

static void
move(struct tree *t, xmlNode *node)
{
	xmlNode *to = other(t);

	if (node->parent == (xmlNode *)t->doc || xml_is_within(to, node))
		return;
	xmlUnlinkNode(node);
	put(to, node, t->seed & 1);
	(void)xmlReconciliateNs(t->doc, node);
}

static void
copy(struct tree *t, xmlNode *node)
{
	put(other(t), xmlDocCopyNode(node, t->doc, 1), t->seed & 1);
}

static void
drop(struct tree *t, xmlNode *node)
{
	if (node->parent == (xmlNode *)t->doc)
		return;
	xmlUnlinkNode(node);
	xmlFreeNode(node);
}

static void
set_attribute(struct tree *t, xmlNode *node)
{
	(void)xmlSetProp(node, (const xmlChar *)ONE_OF(attributes, t->seed >> 4),
	    (const xmlChar *)ONE_OF(values, t->seed >> 9));
}

/* One that is there gets another value, or none. */
static void
change_attribute(struct tree *t, xmlNode *node)
{
	xmlAttr *a = node->properties;

	for (unsigned i = (t->seed >> 4) % 3; a != NULL && a->next != NULL &&
	    i > 0; i--)
		a = a->next;
	if (a == NULL)
		set_attribute(t, node);
	else if ((t->seed & 7) == 0)
		(void)xmlRemoveProp(a);
	else
		(void)xmlSetNsProp(node, a->ns, a->name,
		    (const xmlChar *)ONE_OF(values, t->seed >> 9));
}

static void
set_text(struct tree *t, xmlNode *node)
{
	xmlNodeSetContent(node, NULL);
	xmlNodeAddContent(node, (const xmlChar *)ONE_OF(values, t->seed >> 9));
}

/* A text of ASCII, changed byte by byte. */
static void
change_text(struct tree *t, xmlNode *node)
{
	xmlChar *text = xmlNodeGetContent(node);
	uint8_t bytes[TEXT_MAX + 1];
	size_t n = text != NULL ? strlen((const char *)text) : 0;

	(void)t;
	if (n <= TEXT_MAX && (node->children == NULL ||
	    node->children->type == XML_TEXT_NODE)) {
		if (n > 0)
			memcpy(bytes, text, n);
		n = LLVMFuzzerMutate(bytes, n, TEXT_MAX);
		for (size_t i = 0; i < n; i++)
			if (bytes[i] < ' ' || bytes[i] > '~')
				bytes[i] = '+';
		bytes[n] = '\0';
		xmlNodeSetContent(node, NULL);
		xmlNodeAddContent(node, bytes);
	}
	xmlFree(text);
}

/* In a new element, of its own namespace or of none. */
static void
wrap(struct tree *t, xmlNode *node)
{
	xmlNode *around = xmlNewDocNode(t->doc, t->seed & 1 ? node->ns : NULL,
	    (const xmlChar *)ONE_OF(names, t->seed >> 4), NULL);

	if (around == NULL)
		return;
	(void)xmlReplaceNode(node, around);
	(void)xmlAddChild(around, node);
	(void)xmlReconciliateNs(t->doc, around);
}

static void
rename_it(struct tree *t, xmlNode *node)
{
	xmlNodeSetName(node, (const xmlChar *)ONE_OF(names, t->seed >> 4));
}

/* What is no element, before or behind what is in it. */
static void
put_odd(struct tree *t, xmlNode *node)
{
	const xmlChar *text = (const xmlChar *)ONE_OF(values, t->seed >> 9);

	switch (t->seed >> 4 & 3) {
	case 0:
		put(node, xmlNewDocComment(t->doc, (const xmlChar *)"1000"),
		    t->seed & 1);
		break;
	case 1:
		put(node, xmlNewDocPI(t->doc, (const xmlChar *)"sum", text),
		    t->seed & 1);
		break;
	case 2:
		put(node, xmlNewCDataBlock(t->doc, text, xmlStrlen(text)),
		    t->seed & 1);
		break;
	default:
		put(node, xmlNewDocText(t->doc, text), t->seed & 1);
	}
}

static void
put_new(struct tree *t, xmlNode *node)
{
	put(node, xmlNewDocNode(t->doc, t->seed & 2 ? node->ns : NULL,
	    (const xmlChar *)ONE_OF(names, t->seed >> 4), NULL), t->seed & 1);
}

static void (*const changes[])(struct tree *, xmlNode *) = {
	move, copy, drop, set_attribute, change_attribute, change_attribute,
	set_text, change_text, change_text, wrap, rename_it, put_odd, put_new,
};

static size_t
write_doc(xmlDoc *doc, uint8_t *data, size_t size, size_t max_size)
{
	xmlChar *out = NULL;
	int n = 0;

	xmlDocDumpMemory(doc, &out, &n);
	if (out != NULL && n > 0 && (size_t)n <= max_size) {
		memcpy(data, out, (size_t)n);
		size = (size_t)n;
	}
	xmlFree(out);
	return size;
}

size_t
xml_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	struct tree t = { .n = 0, .seed = seed >> 8 };

	t.doc = xmlReadMemory((const char *)data, (int)size, NULL, NULL,
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	if (t.doc == NULL)
		return size;
	read_nodes(&t, t.doc->children);
	if (t.n > 0) {
		changes[seed % COUNT_OF(changes)](&t,
		    t.nodes[(seed >> 4) % t.n]);
		size = write_doc(t.doc, data, size, max_size);
	}
	xmlFreeDoc(t.doc);
	return size;
}
