/* SPDX-License-Identifier: BSD-2-Clause */
/* What a URI of a ds:Reference means, and the URI of a name. */
#ifndef XMLURI_H
#define XMLURI_H

enum xml_uri_kind {
	XML_URI_DOCUMENT,	/* "": the document it stands in */
	XML_URI_ELEMENT,	/* "#id" */
	XML_URI_FILE,		/* a name without a scheme or a host */
	XML_URI_REFUSED,	/* all else: it would have to be fetched, or
				   evaluated */
};

/* *name, of an element or a file: decoded, to be freed with free(); NULL
 * without memory. */
enum xml_uri_kind	xml_uri_read(const char *uri, char **name);

/* prefix and name, percent-encoded; to be freed with free(). */
char			*xml_uri_make(const char *prefix, const char *name);

#endif
