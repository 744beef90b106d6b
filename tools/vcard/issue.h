/* SPDX-License-Identifier: BSD-2-Clause */
/* The certificates of a card and of its two certification authorities. */
#ifndef VCARD_ISSUE_H
#define VCARD_ISSUE_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "person.h"

enum issue_kind {
	ISSUE_SIGN,		/* digital signature */
	ISSUE_AUTH,		/* user authentication */
	ISSUE_KINDS
};

struct issue_authority {
	enum issue_kind	 kind;
	EVP_PKEY	*key;
	X509		*cert;
};

/* A new self-signed authority, in force long before and after p's period. */
bool	issue_authority_new(enum issue_kind kind, const struct person *p,
	    EVP_PKEY *key, struct issue_authority *out);
void	issue_authority_clear(struct issue_authority *ca);

/*
 * A holder's certificate; NULL if OpenSSL failed.  policy is an OID; NULL:
 * the one of the kind.
 */
X509	*issue_cert(const struct issue_authority *ca, const struct person *p,
	    const char *policy, EVP_PKEY *key);

#endif
