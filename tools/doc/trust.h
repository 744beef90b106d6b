/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether a certificate is to be believed: its chain, its use, its time.
 */
#ifndef TRUST_H
#define TRUST_H

#include "verdict.h"

/* Whom a person trusts: the pinned CAs of J-LIS, and these. */
struct trust {
	struct jpki_ctx	*ctx;
	OSSL_LIB_CTX	*crypto;
	STACK_OF(X509)	*anchors;	/* of --ca FILE, or NULL; a test CA
					   counts only if it is in here */
	int64_t		 now;		/* seconds since 1970 UTC */
};

/*
 * Notes CHECK_USAGE, CHECK_VALIDITY, CHECK_CHAIN and CHECK_REVOCATION, and the
 * certificate itself.  others: certificates that came with the document, from
 * which the issuer is taken (hostile; may be NULL).  The time that counts is
 * out->stamped, else out->claimed, else now: set them before.  A certificate
 * that has ended was valid only if a time stamp proves it; that the signer
 * claims so leaves the validity UNKNOWN.
 */
enum doc_err	trust_judge(const struct trust *trust, X509 *signer,
		    STACK_OF(X509) *others, struct verdict_signature *out,
		    struct doc_error *error);

/* One certificate from DER, without a byte behind it; NULL if it is none. */
X509		*trust_cert_new(OSSL_LIB_CTX *crypto, const uint8_t *der,
		    size_t n);

/*
 * The certificates of a file: PEM, one or several, or one in DER.
 * *out: to be freed with trust_certs_free().  DOC_ERR_INPUT: there is none,
 * or one that cannot be read.
 */
enum doc_err	trust_certs_read(OSSL_LIB_CTX *crypto, const uint8_t *bytes,
		    size_t n, STACK_OF(X509) **out, struct doc_error *error);
/* Takes NULL. */
void		trust_certs_free(STACK_OF(X509) *certs);

/* DER of a certificate. */
enum doc_err	trust_cert_der(X509 *cert, struct jpki_buf *out,
		    struct doc_error *error);

#endif
