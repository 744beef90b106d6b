/* SPDX-License-Identifier: BSD-2-Clause */
#include "xmlalg.h"

#include <string.h>

#define XMLENC	"http://www.w3.org/2001/04/xmlenc#"
#define MORE	"http://www.w3.org/2001/04/xmldsig-more#"
#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))

static const struct {
	const char	*uri;
	enum jpki_hash	 hash;
} digests[] = {
	{ XMLENC "sha256", JPKI_HASH_SHA256 },
	{ MORE "sha384", JPKI_HASH_SHA384 },
	{ XMLENC "sha512", JPKI_HASH_SHA512 },
};

static const struct xml_method methods[] = {
	{ MORE "rsa-sha256", "RSA", JPKI_HASH_SHA256 },
	{ MORE "rsa-sha384", "RSA", JPKI_HASH_SHA384 },
	{ MORE "rsa-sha512", "RSA", JPKI_HASH_SHA512 },
	{ MORE "ecdsa-sha256", "EC", JPKI_HASH_SHA256 },
	{ MORE "ecdsa-sha384", "EC", JPKI_HASH_SHA384 },
	{ MORE "ecdsa-sha512", "EC", JPKI_HASH_SHA512 },
};

static const char *const c14ns[] = {
	XML_C14N,
	XML_C14N "#WithComments",
	XML_C14N_EXC,
	XML_C14N_EXC "WithComments",
	"http://www.w3.org/2006/12/xml-c14n11",
	"http://www.w3.org/2006/12/xml-c14n11#WithComments",
};

const char *
xml_digest_uri(enum jpki_hash hash)
{
	for (size_t i = 0; i < COUNT(digests); i++)
		if (digests[i].hash == hash)
			return digests[i].uri;
	return NULL;
}

bool
xml_digest_find(const char *uri, enum jpki_hash *hash)
{
	for (size_t i = 0; i < COUNT(digests); i++)
		if (strcmp(digests[i].uri, uri) == 0) {
			*hash = digests[i].hash;
			return true;
		}
	return false;
}

const struct xml_method *
xml_method_find(const char *uri)
{
	for (size_t i = 0; i < COUNT(methods); i++)
		if (strcmp(methods[i].uri, uri) == 0)
			return &methods[i];
	return NULL;
}

const struct xml_method *
xml_method_of(const char *key, enum jpki_hash hash)
{
	for (size_t i = 0; i < COUNT(methods); i++)
		if (methods[i].hash == hash &&
		    strcmp(methods[i].key, key) == 0)
			return &methods[i];
	return NULL;
}

bool
xml_is_c14n(const char *uri)
{
	for (size_t i = 0; i < COUNT(c14ns); i++)
		if (strcmp(c14ns[i], uri) == 0)
			return true;
	return false;
}
