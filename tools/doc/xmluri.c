/* SPDX-License-Identifier: BSD-2-Clause */
#include "xmluri.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/xmlstring.h>

#include <openssl/crypto.h>

/* RFC 3986, 2.3, and the slash between folders. */
static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "abcdefghijklmnopqrstuvwxyz0123456789-._~/";

/* False: a percent without two digits, or a name that is no text. */
static bool
decode(char *text)
{
	char *to = text;

	for (const char *p = text; *p != '\0'; p++) {
		int high, low;

		if (*p != '%') {
			*to++ = *p;
			continue;
		}
		high = OPENSSL_hexchar2int((unsigned char)p[1]);
		low = high < 0 ? -1 :
		    OPENSSL_hexchar2int((unsigned char)p[2]);
		if (low < 0 || (high == 0 && low == 0))
			return false;
		*to++ = (char)(unsigned char)(high << 4 | low);
		p += 2;
	}
	*to = '\0';
	return text[0] != '\0' && xmlCheckUTF8((unsigned char *)text) != 0;
}

static enum xml_uri_kind
kind_of(const char *uri)
{
	size_t segment = strcspn(uri, "/?#:");

	if (uri[0] == '\0')
		return XML_URI_DOCUMENT;
	/* "#xpointer(...)" is a program; no element's name has brackets. */
	if (uri[0] == '#')
		return uri[1 + strcspn(uri + 1, "()#'\"")] == '\0' ?
		    XML_URI_ELEMENT : XML_URI_REFUSED;
	if (uri[0] == '/' || uri[0] == '?' || uri[segment] == ':' ||
	    strpbrk(uri, "?#") != NULL)
		return XML_URI_REFUSED;
	return XML_URI_FILE;
}

enum xml_uri_kind
xml_uri_read(const char *uri, char **name)
{
	enum xml_uri_kind kind = kind_of(uri);

	*name = NULL;
	if (kind != XML_URI_ELEMENT && kind != XML_URI_FILE)
		return kind;
	*name = strdup(kind == XML_URI_ELEMENT ? uri + 1 : uri);
	if (*name == NULL || decode(*name))
		return kind;
	free(*name);
	*name = NULL;
	return XML_URI_REFUSED;
}

char *
xml_uri_make(const char *prefix, const char *name)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t n = strlen(prefix);
	char *uri = malloc(n + 3 * strlen(name) + 1), *to;

	if (uri == NULL)
		return NULL;
	memcpy(uri, prefix, n);
	to = uri + n;
	for (const char *p = name; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if (strchr(unreserved, c) != NULL) {
			*to++ = *p;
			continue;
		}
		*to++ = '%';
		*to++ = digits[c >> 4];
		*to++ = digits[c & 0xF];
	}
	*to = '\0';
	return uri;
}
