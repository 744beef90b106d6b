/* SPDX-License-Identifier: BSD-2-Clause */
#include "xmltree.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#define LINE	64		/* of base64 */

const char *
xml_quote(const char *text, char out[XML_QUOTE_MAX])
{
	size_t n = 0;
	const char *p = text != NULL ? text : "";

	for (; *p != '\0' && n < XML_QUOTE_MAX - 4; p++) {
		unsigned char c = (unsigned char)*p;
		/* U+0080 to U+009F control terminals, too. */
		bool c1 = c >= 0x80 && c < 0xA0 && n > 0 &&
		    (unsigned char)p[-1] == 0xC2;

		if (c1)
			n--;
		out[n++] = c < 0x20 || c == 0x7F || c1 ? ' ' : *p;
	}
	if (*p != '\0') {
		/* Not in the middle of a character. */
		while (n > 0 && ((unsigned char)out[n - 1] & 0xC0) == 0x80)
			n--;
		if (n > 0 && ((unsigned char)out[n - 1] & 0xC0) == 0xC0)
			n--;
		memcpy(out + n, "...", 3);
		n += 3;
	}
	while (n > 0 && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
	return out;
}

bool
xml_is(const xmlNode *node, const char *ns, const char *name)
{
	return node != NULL && node->type == XML_ELEMENT_NODE &&
	    node->ns != NULL &&
	    strcmp((const char *)node->name, name) == 0 &&
	    xmlStrEqual(node->ns->href, (const xmlChar *)ns);
}

static xmlNode *
element_from(xmlNode *node)
{
	while (node != NULL && node->type != XML_ELEMENT_NODE)
		node = node->next;
	return node;
}

xmlNode *
xml_first(const xmlNode *parent)
{
	return element_from(parent->children);
}

xmlNode *
xml_next(const xmlNode *node)
{
	return element_from(node->next);
}

xmlNode *
xml_child(const xmlNode *parent, const char *ns, const char *name)
{
	xmlNode *node = parent != NULL ? xml_first(parent) : NULL;

	while (node != NULL && !xml_is(node, ns, name))
		node = xml_next(node);
	return node;
}

char *
xml_attribute(const xmlNode *node, const char *name)
{
	return (char *)xmlGetNoNsProp(node, (const xmlChar *)name);
}

bool
xml_is_blank(const xmlNode *text)
{
	const char *p = (const char *)text->content;

	return p == NULL || p[strspn(p, " \t\r\n")] == '\0';
}

bool
xml_is_within(const xmlNode *node, const xmlNode *ancestor)
{
	while (node != NULL && node != ancestor)
		node = node->parent;
	return node != NULL;
}

bool
xml_is_plain(const xmlNode *node)
{
	const xmlNode *only = node->children;

	if (only != NULL && only->next == NULL && only->type == XML_TEXT_NODE)
		return true;
	for (const xmlNode *c = node->children; c != NULL; c = c->next) {
		bool plain = c->type == XML_ELEMENT_NODE ? xml_is_plain(c) :
		    c->type == XML_TEXT_NODE && xml_is_blank(c);

		if (!plain)
			return false;
	}
	return true;
}

char *
xml_text(const xmlNode *node)
{
	const xmlNode *text = node->children;

	if (text == NULL || text->next != NULL || text->type != XML_TEXT_NODE)
		return NULL;
	return (char *)xmlStrdup(text->content);
}

/* Without the blanks that may stand in it. */
static size_t
squeeze(char *text)
{
	size_t n = 0;

	for (const char *p = text; *p != '\0'; p++)
		if (strchr(" \t\r\n", *p) == NULL)
			text[n++] = *p;
	text[n] = '\0';
	return n;
}

bool
xml_decode(const xmlNode *node, struct jpki_buf *out)
{
	char *text = xml_text(node);
	size_t n = text != NULL ? squeeze(text) : 0, pad = 0;
	int decoded = -1;

	out->p = NULL;
	out->n = 0;
	if (n == 0 || n % 4 != 0 || n > INT_MAX)
		goto out;
	while (pad < 2 && text[n - 1 - pad] == '=')
		pad++;
	out->p = malloc(n / 4 * 3);
	if (out->p != NULL)
		decoded = EVP_DecodeBlock(out->p, (unsigned char *)text,
		    (int)n);
	if (decoded >= (int)pad)
		out->n = (size_t)decoded - pad;
	if (decoded < 0)
		jpki_buf_free(out);
out:
	xmlFree(text);
	return out->n > 0;
}

xmlNode *
xml_add(xmlNode *parent, const char *name, const char *text)
{
	if (parent == NULL)
		return NULL;
	return xmlNewTextChild(parent, parent->ns, (const xmlChar *)name,
	    (const xmlChar *)text);
}

bool
xml_set(xmlNode *node, const char *attribute, const char *value)
{
	return node != NULL && xmlNewProp(node, (const xmlChar *)attribute,
	    (const xmlChar *)value) != NULL;
}

xmlNode *
xml_add_algorithm(xmlNode *parent, const char *name, const char *uri)
{
	xmlNode *node = xml_add(parent, name, NULL);

	return xml_set(node, "Algorithm", uri) ? node : NULL;
}

static char *
base64_lines(const uint8_t *p, size_t n)
{
	size_t per_line = LINE / 4 * 3, lines = n / per_line + 1;
	char *text = malloc(lines * (LINE + 1) + 1), *at = text;

	for (size_t done = 0; text != NULL && done < n; done += per_line) {
		size_t now = n - done < per_line ? n - done : per_line;

		if (done > 0)
			*at++ = '\n';
		at += EVP_EncodeBlock((unsigned char *)at, p + done, (int)now);
	}
	if (text != NULL)
		*at = '\0';
	return text;
}

bool
xml_encode(xmlNode *node, const uint8_t *p, size_t n)
{
	char *text = base64_lines(p, n);
	xmlNode *child = NULL;

	if (node != NULL && text != NULL)
		child = xmlAddChild(node, xmlNewText((xmlChar *)text));
	free(text);
	return child != NULL;
}

static bool
is_text(const xmlNode *node)
{
	return (node->type == XML_TEXT_NODE ||
	    node->type == XML_CDATA_SECTION_NODE) && !xml_is_blank(node);
}

static size_t
count_texts(const xmlNode *parent)
{
	size_t n = 0;

	for (const xmlNode *c = parent->children; c != NULL; c = c->next)
		n += is_text(c);
	return n;
}

static const xmlNode *
find_parted(const xmlNode *parent)
{
	size_t texts = count_texts(parent);
	const xmlNode *found = NULL;

	for (const xmlNode *c = parent->children; c != NULL && found == NULL;
	    c = c->next)
		if (c->type == XML_ELEMENT_NODE)
			found = find_parted(c);
		else if ((c->type == XML_COMMENT_NODE && texts > 0) ||
		    (c->type == XML_CDATA_SECTION_NODE && texts > 1))
			found = c;
	return found;
}

const xmlNode *
xml_parted_text(const xmlDoc *doc)
{
	return find_parted((const xmlNode *)doc);
}
