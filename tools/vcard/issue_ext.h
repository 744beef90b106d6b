/* SPDX-License-Identifier: BSD-2-Clause */
/* Names and extensions of certificates, as OpenSSL's structures. */
#ifndef VCARD_ISSUE_EXT_H
#define VCARD_ISSUE_EXT_H

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "buf.h"

/* One attribute of a distinguished name; a list ends with text NULL. */
struct rdn {
	int		 nid;
	const char	*text;		/* UTF-8 */
};

/* One otherName with a UTF8String; a list ends with oid NULL. */
struct other_name {
	const char	*oid;
	const char	*text;
};

/* NULL: no memory. */
X509_NAME	*ext_name(const struct rdn *rdns);

/* Each adds one extension and is false if OpenSSL failed. */
bool	ext_key_usage(X509 *cert, const int *bits, size_t n);
bool	ext_client_auth(X509 *cert);
bool	ext_policy(X509 *cert, const char *oid, const char *cps);
bool	ext_alt_other(X509 *cert, const struct other_name *names);
/* nid: subjectAltName or issuerAltName. */
bool	ext_alt_directory(X509 *cert, int nid, X509_NAME *name);
bool	ext_crl_point(X509 *cert, X509_NAME *name);
bool	ext_ocsp(X509 *cert, const char *uri);
bool	ext_subject_key_id(X509 *cert);
/* Key identifier, issuer's name and serial number of ca. */
bool	ext_authority_key_id(X509 *cert, X509 *ca);
bool	ext_basic_ca(X509 *cert);

#endif
