/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether a certificate is to be believed: its chain, its use, its time.
 */
#ifndef TRUST_H
#define TRUST_H

#include "verdict.h"

/* Whom a person trusts. */
struct trust {
	struct jpki_ctx	*ctx;
	OSSL_LIB_CTX	*crypto;
	STACK_OF(X509)	*anchors;	/* of --ca FILE; NULL: the pinned CAs of
					   J-LIS alone */
	bool		 allow_test;	/* a CA that names itself JPKI-TEST:
					   never set but by tests' --ca */
	int64_t		 now;		/* seconds since 1970 UTC */
};

/*
 * Notes CHECK_USAGE, CHECK_VALIDITY, CHECK_CHAIN and CHECK_REVOCATION, and the
 * certificate itself.  others: certificates that came with the document, from
 * which the issuer is taken (hostile; may be NULL).  The time that counts is
 * the time stamp's, else the claimed one, else now.
 */
enum doc_err	trust_judge(const struct trust *trust, X509 *signer,
		    STACK_OF(X509) *others, struct verdict_signature *out,
		    struct doc_error *error);

#endif
