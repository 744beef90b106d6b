/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Foreign bytes to a tree, and its elements by their names.  The tree has no
 * DTD, no entities, and is not deeper or wider than can be worked on.
 */
#ifndef XMLREAD_H
#define XMLREAD_H

#include <libxml/hash.h>
#include <libxml/tree.h>

#include "doc.h"

/* *out: to be freed with xmlFreeDoc(). */
enum doc_err	xml_read(const uint8_t *p, size_t n, xmlDoc **out,
		    struct doc_error *error);

/* Every element that has a name.  DOC_ERR_INPUT if two have the same one.
 * *out: to be freed with xml_ids_free(). */
enum doc_err	xml_ids_read(xmlDoc *doc, xmlHashTable **out,
		    struct doc_error *error);
void		xml_ids_free(xmlHashTable *ids);
/* NULL if there is none. */
xmlNode		*xml_ids_find(xmlHashTable *ids, const char *id);

/* What an element is called, to be freed with xmlFree(); NULL: nothing. */
char		*xml_id_of(const xmlNode *node);

/* The libraries, made ready at the first call and silent ever after. */
bool		xml_start(void);

#endif
