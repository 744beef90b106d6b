/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time stamps (RFC 3161): somebody else's signature over a digest and the
 * time.  A CMS has them over a signature's value (RFC 3161, appendix A), XAdES
 * over what its rules say.
 */
#ifndef TIMESTAMP_H
#define TIMESTAMP_H

#include "doc.h"
#include "trust.h"

struct timestamp {
	const uint8_t	*token;		/* DER of the TimeStampToken */
	size_t		 token_n;
	const uint8_t	*bytes;		/* what it is over */
	size_t		 n;
};

/* Can services be there?  DOC_ERR_OPTION: no. */
enum doc_err	timestamp_url_check(const char *url, struct doc_error *error);

/*
 * Asks signer->timestamp for one over the signer's hash of these bytes.  The
 * answer is checked but for its chain: granted, of these bytes, of this
 * request, signed by a certificate for time stamps.
 * DOC_ERR_NETWORK: no service, or no such answer; DOC_ERR_OPTION: no URL.
 */
enum doc_err	timestamp_fetch(const struct doc_signer *signer,
		    const uint8_t *bytes, size_t n, struct jpki_buf *token,
		    struct doc_error *error);

/*
 * Notes CHECK_TIMESTAMP, and sets out->stamped to the earliest time that a
 * time stamp proves: one that holds, by a service of a CA among the anchors.
 * One that holds, but by a service that nobody vouches for, is UNKNOWN and
 * proves no time.
 */
enum doc_err	timestamp_check(const struct trust *trust,
		    const struct timestamp *stamp,
		    struct verdict_signature *out, struct doc_error *error);

#endif
