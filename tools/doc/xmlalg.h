/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The algorithms that are made and accepted, by the names that RFC 9231 lists.
 * What is in no table is not known here: SHA-1, HMAC, XSLT, XPath.
 */
#ifndef XMLALG_H
#define XMLALG_H

#include <stdbool.h>

#include "jpki.h"

#define XML_C14N	"http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
#define XML_C14N_EXC	"http://www.w3.org/2001/10/xml-exc-c14n#"
#define XML_ALG_ENVELOPED	XML_ALG_DSIG "enveloped-signature"
#define XML_ALG_BASE64	XML_ALG_DSIG "base64"
#define XML_ALG_DSIG	"http://www.w3.org/2000/09/xmldsig#"

/* NULL, and false, if there is none. */
const char	*xml_digest_uri(enum jpki_hash hash);
bool		xml_digest_find(const char *uri, enum jpki_hash *hash);

/* How a key of a type ("RSA", "EC") signs. */
struct xml_method {
	const char	*uri, *key;
	enum jpki_hash	 hash;
};

const struct xml_method	*xml_method_find(const char *uri);
const struct xml_method	*xml_method_of(const char *key, enum jpki_hash hash);

bool		xml_is_c14n(const char *uri);

#endif
