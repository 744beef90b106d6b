/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tests of documents share: the certificates of fixture.h as OpenSSL's
 * objects, and somebody who trusts their CA.
 */
#ifndef DOCKIT_H
#define DOCKIT_H

#include "fixture.h"
#include "trust.h"

#define DOCKIT_NOW	1767225600	/* 2026-01-01 00:00:00 UTC */

/* Of fixture_sign, fixture_auth, fixture_ca. */
struct dockit {
	struct trust		 trust;		/* trusts ca, now DOCKIT_NOW */
	struct doc_signer	 signer;	/* sign and its key, with ca */
	X509			*sign, *auth, *ca;
	struct doc_error	 error;
};

/* cmocka's setup and teardown. */
int	dockit_new(void **state);
int	dockit_free(void **state);

X509	*dockit_cert(const struct fixture *fixture);
/* One certificate or none (NULL) on a list; free with trust_certs_free(). */
STACK_OF(X509) *dockit_certs(X509 *cert);

/* A check came out so, and its words hold this text (NULL: any). */
void	dockit_expect(const struct verdict_signature *signature,
	    enum check check, enum finding finding, const char *words);

#endif
