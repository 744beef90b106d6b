/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ds:Reference: what is signed, how it becomes octets, and their digest.
 * libxmlsec1 runs the transforms, over the nodes that it is given: it is left
 * to find none by itself, neither by URI nor by XPointer.
 */
#ifndef XMLREF_H
#define XMLREF_H

#include <libxml/hash.h>
#include <libxml/tree.h>

#include "xml.h"
#include "xmlalg.h"

struct xml_reference {
	char			*uri;		/* as it stands */
	xmlNode			*target;	/* an element; NULL and */
	const struct xml_file	*file;		/* NULL: the document */
	bool			 enveloped;
	bool			 properties;	/* by its Type: of XAdES */
	enum jpki_hash		 hash;
	xmlNode			*transforms;	/* ds:Transforms or NULL */
	xmlNode			*value;		/* ds:DigestValue */
};

/* Where references can lead. */
struct xml_scope {
	xmlHashTable		*ids;
	const struct xml_file	*files;
	size_t			 files_n;
};

/* To be cleared also after an error. */
enum doc_err	xml_reference_read(xmlNode *node, const struct xml_scope *scope,
		    struct xml_reference *out, struct doc_error *error);
void		xml_reference_clear(struct xml_reference *reference);

struct xml_digest {
	uint8_t	p[JPKI_DIGEST_MAX];
	size_t	n;
};

/* Of what is there now. */
enum doc_err	xml_reference_digest(OSSL_LIB_CTX *crypto,
		    const struct xml_reference *reference,
		    struct xml_digest *out, struct doc_error *error);

/* An element as octets, by a ds:CanonicalizationMethod or what else has an
 * Algorithm like one. */
enum doc_err	xml_canonical(xmlNode *node, xmlNode *method,
		    struct jpki_buf *out, struct doc_error *error);

#endif
