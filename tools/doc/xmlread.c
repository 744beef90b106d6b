/* SPDX-License-Identifier: BSD-2-Clause */
#include "xmlread.h"

#include <pthread.h>
#include <string.h>
#include <strings.h>

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
#include <libxslt/xsltutils.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/errors.h>
#include <xmlsec/io.h>

#include "language.h"
#include "xmlmem.h"
#include "xmltree.h"

#define BYTES_MAX	(64 << 20)
#define NODES_MAX	1000000		/* each takes some 120 bytes */
#define ATTRIBUTES_MAX	1024		/* of one element: compared in pairs */
#define NAMESPACES_MAX	128		/* in force at one place: C14N looks at
					   all of them at every element */
#define DECLARATION_MAX	200		/* bytes, within which it ends */
#define DEPTH_MAX	256		/* libxml2's own, without its "huge" */

#define OUTSIDE_MAX	64		/* comments and instructions beside the
					   root: libxmlsec1 searches a list of
					   them at every node */

/* What has no second reading, and is ASCII where that is. */
static const char *const encodings[] = {
	"UTF-8", "US-ASCII", "Shift_JIS", "Windows-31J", "EUC-JP",
};

static const char strange[] = N_("the document's encoding is none of UTF-8, "
    "Shift_JIS and EUC-JP");
static const char too_much[] = N_("the document has more elements, attributes "
    "or namespaces than can be worked on");

/* Of one parser: it is its user data's _private. */
struct reader {
	const char	*refused;	/* why it was stopped, or NULL */
	size_t		 nodes, outside, depth, namespaces;
	int		 declared[DEPTH_MAX + 1];
};

static void
silent_xml(void *user, xmlErrorPtr error)
{
	(void)user, (void)error;
}

static void	silent(void *user, const char *format, ...)
		    __attribute__((format(printf, 2, 3)));

static void
silent(void *user, const char *format, ...)
{
	(void)user, (void)format;
}

static void
silent_sec(const char *file, int line, const char *func, const char *object,
    const char *subject, int reason, const char *message)
{
	(void)file, (void)line, (void)func, (void)object, (void)subject;
	(void)reason, (void)message;
}

static bool	started;

static void
start(void)
{
	if (!xml_mem_start())
		return;
	xmlSetGenericErrorFunc(NULL, silent);
	xmlThrDefSetGenericErrorFunc(NULL, silent);
	xmlThrDefSetStructuredErrorFunc(NULL, silent_xml);
	xsltSetGenericErrorFunc(NULL, silent);	/* libxmlsec1 sets it up */
	xmlInitParser();
	started = xmlSecInit() == 0;
	xmlSecErrorsSetCallback(silent_sec);
	/* It reads files and URLs through these, and through nothing else. */
	xmlSecIOCleanupCallbacks();
}

bool
xml_start(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, start);
	/* Of this thread. */
	xmlSetStructuredErrorFunc(NULL, silent_xml);
	xmlSetGenericErrorFunc(NULL, silent);
	return started;
}

static void
stop(xmlParserCtxt *parser, const char *why)
{
	struct reader *r = parser->_private;

	if (r->refused == NULL)
		r->refused = why;
	xmlStopParser(parser);
}

static bool
is_known(const char *encoding, size_t n)
{
	for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++)
		if (strlen(encodings[i]) == n &&
		    strncasecmp(encoding, encodings[i], n) == 0)
			return true;
	return false;
}

static bool
may_be(const xmlChar *encoding)
{
	return encoding == NULL ||
	    is_known((const char *)encoding, (size_t)xmlStrlen(encoding));
}

/* Called when the XML declaration was read, and nothing behind it. */
static void
on_document(void *user)
{
	xmlParserCtxt *parser = user;

	xmlSAX2StartDocument(user);
	/* Before 2.12 the one has what was recognised, the other one what was
	 * declared. */
	if (!may_be(parser->encoding) || !may_be(parser->input->encoding))
		stop(parser, strange);
}

/* Called at the name of a DTD, before anything in it is looked at. */
static void
on_dtd(void *user, const xmlChar *name, const xmlChar *public,
    const xmlChar *system)
{
	(void)name, (void)public, (void)system;
	stop(user, _("the document has a DOCTYPE, with which it could change "
	    "what it says; documents to be signed have none"));
}

static bool
count(xmlParserCtxt *parser, int n)
{
	struct reader *r = parser->_private;

	r->nodes += (size_t)n;
	r->outside += r->depth == 0;
	if (r->nodes <= NODES_MAX && r->outside <= OUTSIDE_MAX)
		return true;
	stop(parser, too_much);
	return false;
}

static void
on_element(void *user, const xmlChar *name, const xmlChar *prefix,
    const xmlChar *uri, int namespaces_n, const xmlChar **namespaces,
    int attributes_n, int defaulted_n, const xmlChar **attributes)
{
	xmlParserCtxt *parser = user;
	struct reader *r = parser->_private;

	if (!count(parser, 1 + attributes_n + namespaces_n))
		return;
	if (r->depth > DEPTH_MAX ||
	    (r->namespaces += (size_t)namespaces_n) > NAMESPACES_MAX) {
		stop(parser, too_much);
		return;
	}
	r->declared[r->depth++] = namespaces_n;
	xmlSAX2StartElementNs(user, name, prefix, uri, namespaces_n,
	    namespaces, attributes_n, defaulted_n, attributes);
}

static void
on_element_end(void *user, const xmlChar *name, const xmlChar *prefix,
    const xmlChar *uri)
{
	struct reader *r = ((xmlParserCtxt *)user)->_private;

	if (r->depth > 0)
		r->namespaces -= (size_t)r->declared[--r->depth];
	xmlSAX2EndElementNs(user, name, prefix, uri);
}

static void
on_comment(void *user, const xmlChar *text)
{
	if (count(user, 1))
		xmlSAX2Comment(user, text);
}

static void
on_instruction(void *user, const xmlChar *target, const xmlChar *data)
{
	if (count(user, 1))
		xmlSAX2ProcessingInstruction(user, target, data);
}

/* Not xmlSAX2CDataBlock(): that makes one section of two. */
static void
on_cdata(void *user, const xmlChar *text, int n)
{
	xmlParserCtxt *parser = user;
	xmlNode *node;

	if (!count(parser, 1))
		return;
	node = xmlNewCDataBlock(parser->myDoc, text, n);
	if (node == NULL || xmlAddChild(parser->node, node) == NULL) {
		xmlFreeNode(node);
		stop(parser, _("there is not enough memory for the document"));
	}
}

/*
 * libxml2 tells of attributes when it has all of an element's, and before
 * 2.12 has by then compared each with each.  No "<" stands in a tag, so that
 * what lies between two of them bounds the attributes.
 */
static bool
tags_are_short(const uint8_t *p, size_t n)
{
	size_t attributes = 0;
	bool equals = false;

	for (size_t i = 0; i < n; i++) {
		if (p[i] == ' ' || p[i] == '\t' || p[i] == '\r' ||
		    p[i] == '\n')
			continue;
		if (p[i] == '<')
			attributes = 0;
		if (equals && (p[i] == '"' || p[i] == '\'') &&
		    ++attributes > ATTRIBUTES_MAX)
			return false;
		equals = p[i] == '=';
	}
	return true;
}

/* Not UTF-16, UTF-32 or EBCDIC, in which what was counted above would be
 * something else. */
static bool
begins_as_xml(const uint8_t *p, size_t n)
{
	if (n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0) {
		p += 3;
		n -= 3;
	}
	return n >= 4 && memchr(p, '\0', 4) == NULL &&
	    strchr("< \t\r\n", p[0]) != NULL;
}

/*
 * What the XML declaration says, as far as it can be seen before libxml2
 * does: that would have the C library load a converter of any name.
 */
static bool
declares_known(const uint8_t *p, size_t n)
{
	char text[DECLARATION_MAX + 1], *at, *end;

	n = n < DECLARATION_MAX ? n : DECLARATION_MAX;
	memcpy(text, p, n);
	text[n] = '\0';
	at = p[0] == 0xEF ? text + 3 : text;
	if (strncmp(at, "<?xml", 5) != 0 || strchr(" \t\r\n", at[5]) == NULL)
		return true;
	end = strstr(at, "?>");
	if (end == NULL)
		return false;
	*end = '\0';
	at = strstr(at, "encoding");
	if (at == NULL)
		return true;
	at += strcspn(at, "\"'");
	end = *at != '\0' ? strchr(at + 1, *at) : NULL;
	return end != NULL && is_known(at + 1, (size_t)(end - at) - 1);
}

static enum doc_err
check_bytes(const uint8_t *p, size_t n, struct doc_error *error)
{
	if (n == 0)
		return doc_fail(error, DOC_ERR_INPUT, "the document is empty");
	if (n > BYTES_MAX)
		return doc_fail(error, DOC_ERR_INPUT, "the document has more "
		    "than %d MB; sign a large file as one that stands beside "
		    "an XML document", BYTES_MAX >> 20);
	if (!begins_as_xml(p, n))
		return doc_fail(error, DOC_ERR_INPUT,
		    "the document does not begin as XML does");
	if (!declares_known(p, n))
		return doc_fail(error, DOC_ERR_INPUT, "%s",
		    language_of(strange));
	if (!tags_are_short(p, n))
		return doc_fail(error, DOC_ERR_INPUT, "%s",
		    language_of(too_much));
	return DOC_OK;
}

static enum doc_err
fail_parser(const xmlParserCtxt *parser, struct doc_error *error)
{
	const struct reader *r = parser->_private;
	const xmlError *e = &parser->lastError;
	char words[XML_QUOTE_MAX];

	if (r->refused != NULL)
		return doc_fail(error, DOC_ERR_INPUT, "%s",
		    language_of(r->refused));
	if (e->code == XML_ERR_NO_MEMORY)
		return doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	return doc_fail(error, DOC_ERR_INPUT, "the document is not well-formed "
	    "XML (line %d: %s)", e->line, xml_quote(e->message, words));
}

enum doc_err
xml_read(const uint8_t *p, size_t n, xmlDoc **out, struct doc_error *error)
{
	struct reader reader = { .refused = NULL };
	xmlParserCtxt *parser = NULL;
	enum doc_err err;

	*out = NULL;
	if (!xml_start())
		return doc_fail(error, DOC_ERR_INTERNAL,
		    "libxmlsec1 does not start");
	err = check_bytes(p, n, error);
	if (err != DOC_OK)
		return err;
	parser = xmlNewParserCtxt();
	if (parser == NULL)
		return doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	parser->_private = &reader;
	parser->sax->startDocument = on_document;
	parser->sax->internalSubset = on_dtd;
	parser->sax->startElementNs = on_element;
	parser->sax->endElementNs = on_element_end;
	parser->sax->comment = on_comment;
	parser->sax->processingInstruction = on_instruction;
	parser->sax->cdataBlock = on_cdata;
	*out = xmlCtxtReadMemory(parser, (const char *)p, (int)n, NULL, NULL,
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	/* A prefix that means nothing here means something in what is signed
	 * around it. */
	if (*out == NULL || reader.refused != NULL || !parser->nsWellFormed) {
		err = fail_parser(parser, error);
		xmlFreeDoc(*out);
		*out = NULL;
	}
	xmlFreeParserCtxt(parser);
	return err;
}

/*
 * Names.
 */

static bool
is_name(const xmlAttr *a)
{
	const char *name = (const char *)a->name;

	if (a->ns != NULL)
		return strcmp(name, "id") == 0 &&
		    xmlStrEqual(a->ns->href, XML_XML_NAMESPACE);
	return strcasecmp(name, "id") == 0 && strcmp(name, "iD") != 0;
}

char *
xml_id_of(const xmlNode *node)
{
	const xmlAttr *a = node->properties;

	while (a != NULL && !is_name(a))
		a = a->next;
	return a != NULL ? (char *)xmlNodeListGetString(node->doc, a->children,
	    1) : NULL;
}

static enum doc_err
add_name(xmlHashTable *ids, xmlNode *node, const xmlAttr *a,
    struct doc_error *error)
{
	xmlChar *id = xmlNodeListGetString(node->doc, a->children, 1);
	char quoted[XML_QUOTE_MAX];
	enum doc_err err = DOC_OK;

	/* "" names nothing. */
	if (id != NULL && xmlHashAddEntry(ids, id, node) != 0)
		err = doc_fail(error, DOC_ERR_INPUT, "two elements have the "
		    "Id \"%s\" (one in line %ld); each has to be there once, "
		    "or a signature can be made to speak of another one",
		    xml_quote((const char *)id, quoted), xmlGetLineNo(node));
	xmlFree(id);
	return err;
}

static enum doc_err
add_names(xmlHashTable *ids, xmlNode *node, struct doc_error *error)
{
	enum doc_err err = DOC_OK;

	for (; node != NULL && err == DOC_OK; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		for (const xmlAttr *a = node->properties; a != NULL &&
		    err == DOC_OK; a = a->next)
			if (is_name(a))
				err = add_name(ids, node, a, error);
		if (err == DOC_OK)	/* no deeper than DEPTH_MAX */
			err = add_names(ids, node->children, error);
	}
	return err;
}

enum doc_err
xml_ids_read(xmlDoc *doc, xmlHashTable **out, struct doc_error *error)
{
	enum doc_err err;

	*out = xmlHashCreate(0);
	if (*out == NULL)
		return doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	err = add_names(*out, doc->children, error);
	if (err != DOC_OK) {
		xml_ids_free(*out);
		*out = NULL;
	}
	return err;
}

void
xml_ids_free(xmlHashTable *ids)
{
	xmlHashFree(ids, NULL);
}

xmlNode *
xml_ids_find(xmlHashTable *ids, const char *id)
{
	return xmlHashLookup(ids, (const xmlChar *)id);
}
