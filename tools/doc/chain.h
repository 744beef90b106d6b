/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Certificates from bytes, and the way from one to a CA that is trusted.
 */
#ifndef CHAIN_H
#define CHAIN_H

#include "trust.h"

enum chain_end {
	CHAIN_NOWHERE,
	CHAIN_PINNED,		/* a CA of J-LIS, known by its fingerprint */
	CHAIN_GIVEN,		/* a CA of --ca */
};

struct chain {
	/* What is asked; all is borrowed. */
	X509		*cert;
	STACK_OF(X509)	*others;	/* hostile; or NULL */
	int64_t		 when;		/* at which the CAs have to be valid,
					   the certificate itself does not */
	/* What is found. */
	enum chain_end	 end;
	const char	*reason;	/* why it leads nowhere, or NULL */
	bool		 stranger;	/* others has a CA that issued cert */
};

enum doc_err	chain_find(const struct trust *trust, struct chain *chain,
		    struct doc_error *error);

#endif
