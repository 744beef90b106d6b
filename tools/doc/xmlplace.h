/* SPDX-License-Identifier: BSD-2-Clause */
/* What of a document will be signed, and where in it the signature goes. */
#ifndef XMLPLACE_H
#define XMLPLACE_H

#include <libxml/hash.h>
#include <libxml/tree.h>

#include "xml.h"

#define XML_ID_MAX	64

struct xml_job {
	const struct doc_signer		*signer;
	const struct xml_options	*options;
	xmlDoc				*doc;
	xmlHashTable			*ids;	/* of the document as it came */
	xmlNode				*signature;
	/* Names of its parts; "" if they need none. */
	char				 id[XML_ID_MAX];
	char				 object[XML_ID_MAX];
	char				 properties[XML_ID_MAX];
};

/* Do they go together? */
enum doc_err	xml_options_check(const struct doc_signer *signer,
		    const struct xml_options *options, size_t n,
		    struct doc_error *error);

/* Reads the document, and puts an empty ds:Signature in its place; in
 * XML_ENVELOPING a ds:Object with the content into that.  To be cleared also
 * after an error. */
enum doc_err	xml_job_open(struct xml_job *job, const uint8_t *p, size_t n,
		    struct doc_error *error);
void		xml_job_clear(struct xml_job *job);

/* A name that no element has yet, from a stem. */
void		xml_job_name(const struct xml_job *job, const char *stem,
		    char out[XML_ID_MAX]);

/* The Id of XML_EGOV's element, UTF-8. */
extern const char	xml_egov_id[];

#endif
