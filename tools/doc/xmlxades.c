/* SPDX-License-Identifier: BSD-2-Clause */
#include "xmlxades.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/crypto.h>

#include "xmltree.h"

#define TIME_MAX	32

/*
 * Making.
 */

static bool
time_text(int64_t now, char text[TIME_MAX])
{
	time_t seconds = (time_t)now;
	struct tm tm;

	return gmtime_r(&seconds, &tm) != NULL &&
	    strftime(text, TIME_MAX, "%Y-%m-%dT%H:%M:%SZ", &tm) > 0;
}

static bool
cert_digest(OSSL_LIB_CTX *crypto, X509 *cert, enum jpki_hash hash,
    struct xml_digest *out)
{
	unsigned char *der = NULL;
	int n = i2d_X509(cert, &der);
	bool ok = n > 0 && EVP_Q_digest(crypto, jpki_hash_name(hash), NULL,
	    der, (size_t)n, out->p, &out->n) == 1;

	OPENSSL_free(der);
	return ok;
}

/* The digest's elements are of XML Signature's namespace. */
static bool
add_digest(const struct doc_signer *signer, xmlNode *parent, xmlNs *ds)
{
	xmlNode *method = xmlNewChild(parent, ds,
	    (const xmlChar *)"DigestMethod", NULL);
	xmlNode *value = xmlNewChild(parent, ds,
	    (const xmlChar *)"DigestValue", NULL);
	struct xml_digest digest;

	return xml_set(method, "Algorithm", xml_digest_uri(signer->hash)) &&
	    cert_digest(signer->crypto, signer->cert, signer->hash, &digest) &&
	    xml_encode(value, digest.p, digest.n);
}

static xmlNode *
add_qualifying(xmlNode *object)
{
	xmlNode *node = xmlNewChild(object, NULL,
	    (const xmlChar *)"QualifyingProperties", NULL);

	if (node != NULL)
		node->ns = xmlNewNs(node, (const xmlChar *)XML_NS_XADES,
		    (const xmlChar *)"xades");
	return node != NULL && node->ns != NULL ? node : NULL;
}

bool
xades_add(const struct doc_signer *signer, xmlNode *signature, const char *id,
    const char *properties_id)
{
	xmlNode *qualifying = add_qualifying(xml_add(signature, "Object",
	    NULL));
	xmlNode *signed_properties = xml_add(qualifying, "SignedProperties",
	    NULL);
	xmlNode *signature_part = xml_add(signed_properties,
	    "SignedSignatureProperties", NULL);
	char target[64], text[TIME_MAX];
	xmlNode *cert;

	if (snprintf(target, sizeof(target), "#%s", id) >=
	    (int)sizeof(target) || !time_text(signer->now, text) ||
	    !xml_set(qualifying, "Target", target) ||
	    !xml_set(signed_properties, "Id", properties_id) ||
	    xml_add(signature_part, "SigningTime", text) == NULL)
		return false;
	cert = xml_add(xml_add(signature_part, "SigningCertificateV2", NULL),
	    "Cert", NULL);
	cert = xml_add(cert, "CertDigest", NULL);
	return cert != NULL && add_digest(signer, cert, signature->ns);
}

/*
 * Reading.
 */

xmlNode *
xades_find(const struct xml_signature *signature)
{
	xmlNode *child = xml_first(signature->node), *found;

	for (; child != NULL; child = xml_next(child)) {
		if (!xml_is(child, XML_NS_DSIG, "Object"))
			continue;
		found = xml_child(child, XML_NS_XADES, "QualifyingProperties");
		if (found != NULL)
			return found;
	}
	return NULL;
}

xmlNode *
xades_properties(const struct xml_signature *signature)
{
	return xml_child(xades_find(signature), XML_NS_XADES,
	    "SignedProperties");
}

static const xmlNode *
of_signature(const xmlNode *properties)
{
	return xml_child(properties, XML_NS_XADES,
	    "SignedSignatureProperties");
}

static bool
digest_matches(OSSL_LIB_CTX *crypto, const xmlNode *cert_digest_node,
    X509 *cert)
{
	const xmlNode *method = xml_child(cert_digest_node, XML_NS_DSIG,
	    "DigestMethod");
	const xmlNode *value = xml_child(cert_digest_node, XML_NS_DSIG,
	    "DigestValue");
	struct jpki_buf said = { NULL, 0 };
	struct xml_digest digest;
	enum jpki_hash hash;
	char *uri = NULL;
	bool ok = false;

	if (method != NULL && value != NULL &&
	    (uri = xml_attribute(method, "Algorithm")) != NULL &&
	    xml_digest_find(uri, &hash) && xml_decode(value, &said) &&
	    cert_digest(crypto, cert, hash, &digest))
		ok = said.n == digest.n &&
		    CRYPTO_memcmp(said.p, digest.p, digest.n) == 0;
	xmlFree(uri);
	jpki_buf_free(&said);
	return ok;
}

/* The first one is the signer's; further ones are of its chain. */
bool
xades_names(OSSL_LIB_CTX *crypto, const xmlNode *properties, X509 *cert)
{
	static const char *const names[] = {
		"SigningCertificateV2", "SigningCertificate",
	};
	const xmlNode *parent = of_signature(properties), *list = NULL;

	for (size_t i = 0; list == NULL &&
	    i < sizeof(names) / sizeof(names[0]); i++)
		list = xml_child(parent, XML_NS_XADES, names[i]);
	list = xml_child(list, XML_NS_XADES, "Cert");
	list = xml_child(list, XML_NS_XADES, "CertDigest");
	return list != NULL && digest_matches(crypto, list, cert);
}

/* "+09:00", "Z" or nothing, in seconds; false: something else. */
static bool
read_zone(const char *text, long *out)
{
	int hours, minutes, n = 0;
	char sign;

	*out = 0;
	if (text[0] == '\0' || strcmp(text, "Z") == 0)
		return true;
	if (sscanf(text, "%c%2d:%2d%n", &sign, &hours, &minutes, &n) != 3 ||
	    n != 6 || text[n] != '\0' || (sign != '+' && sign != '-') ||
	    hours > 14 || minutes > 59 || hours < 0 || minutes < 0)
		return false;
	*out = (hours * 60L + minutes) * 60 * (sign == '-' ? -1 : 1);
	return true;
}

/* Days since 1970.  Years are counted from March, so that they end with the
 * day that not all of them have. */
static int64_t
days_of(int year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = month > 2 ? month - 3 : month + 9;

	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day -
	    719469;
}

/* An xsd:dateTime; fractions of a second are cut off. */
static int64_t
read_time(const char *text)
{
	int y, mon, d, h, min, s, n = 0;
	long zone;

	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%n", &y, &mon, &d, &h, &min,
	    &s, &n) != 6 || n != 19 || y < 1970 || mon < 1 || mon > 12 ||
	    d < 1 || d > 31 || h < 0 || h > 24 || min < 0 || min > 59 ||
	    s < 0 || s > 60)
		return -1;
	text += n;
	if (*text == '.')
		text += 1 + strspn(text + 1, "0123456789");
	if (!read_zone(text, &zone))
		return -1;
	return days_of(y, mon, d) * 86400 + h * 3600 + min * 60 + s - zone;
}

bool
xades_time(const xmlNode *properties, int64_t *when)
{
	const xmlNode *node = xml_child(of_signature(properties), XML_NS_XADES,
	    "SigningTime");
	char *text = node != NULL ? xml_text(node) : NULL;

	*when = text != NULL ? read_time(text) : -1;
	xmlFree(text);
	return node == NULL || *when >= 0;
}
