/* SPDX-License-Identifier: BSD-2-Clause */
/* Elements: what they are, what they hold, and making them. */
#ifndef XMLTREE_H
#define XMLTREE_H

#include <stdbool.h>

#include <libxml/tree.h>

#include "jpki.h"

#define XML_NS_DSIG	"http://www.w3.org/2000/09/xmldsig#"
#define XML_NS_XADES	"http://uri.etsi.org/01903/v1.3.2#"

#define XML_QUOTE_MAX	100

/* Foreign text as it can stand in a line for a person: cut, and without
 * control characters.  Returns out; NULL becomes "". */
const char	*xml_quote(const char *text, char out[XML_QUOTE_MAX]);

bool		xml_is(const xmlNode *node, const char *ns, const char *name);
/* The first child that is an element, the next sibling that is one. */
xmlNode		*xml_first(const xmlNode *parent);
xmlNode		*xml_next(const xmlNode *node);
/* The first child element of that name, or NULL; parent may be NULL. */
xmlNode		*xml_child(const xmlNode *parent, const char *ns,
		    const char *name);
/* An attribute without a namespace, to be freed with xmlFree(); or NULL. */
char		*xml_attribute(const xmlNode *node, const char *name);
bool		xml_is_blank(const xmlNode *text);
/* Is node inside of ancestor, or the same? */
bool		xml_is_within(const xmlNode *node, const xmlNode *ancestor);

/* Nothing but elements and blanks below it, or a single text. */
bool		xml_is_plain(const xmlNode *node);

/* The text of an element that has nothing else, to be freed with xmlFree();
 * else NULL. */
char		*xml_text(const xmlNode *node);
/* The same, from base64.  False if it is none, or there is no memory. */
bool		xml_decode(const xmlNode *node, struct jpki_buf *out);

/* A new last child in parent's namespace; text may be NULL.  NULL: no
 * memory; parent may be NULL then, so that calls can be chained. */
xmlNode		*xml_add(xmlNode *parent, const char *name, const char *text);
/* The same, with an attribute Algorithm. */
xmlNode		*xml_add_algorithm(xmlNode *parent, const char *name,
		    const char *uri);
bool		xml_set(xmlNode *node, const char *attribute,
		    const char *value);
/* Its text becomes base64, in lines of 64 characters if they are several. */
bool		xml_encode(xmlNode *node, const uint8_t *p, size_t n);

/*
 * A comment, or a CDATA section, with text at its side, where half of a text
 * could be taken for all of it; NULL if there is none.  A signature is over
 * the text as if they were not there.
 */
const xmlNode	*xml_parted_text(const xmlDoc *doc);

#endif
