/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A time stamp service on the loopback interface, honest or not, which
 * answers one request.
 */
#ifndef TSAKIT_H
#define TSAKIT_H

#include "dockit.h"

enum tsakit_fault {
	TSAKIT_HONEST,
	TSAKIT_REFUSES,			/* status rejection, with words */
	TSAKIT_OTHER_NONCE,
	TSAKIT_NO_NONCE,
	TSAKIT_OTHER_IMPRINT,
	TSAKIT_OTHER_SIGNATURE,		/* a byte of it is changed */
	TSAKIT_NO_CERT,			/* the token holds none */
	TSAKIT_GARBAGE,			/* no ASN.1 */
	TSAKIT_EMPTY,
	TSAKIT_HTTP_ERROR,		/* 500 */
	TSAKIT_REDIRECTS,		/* 302, to itself */
	TSAKIT_OTHER_TYPE,		/* text/html */
	TSAKIT_HUGE,			/* says 1 GB */
	TSAKIT_CUT,			/* ends in the middle */
	TSAKIT_SILENT,			/* takes the request and hangs up */
	TSAKIT_PROXY,			/* honest, for TSAKIT_BEHIND */
	TSAKIT_OPENSSL,			/* honest, by the program openssl */
	TSAKIT_FAULTS
};

/* Which nobody can reach but through a proxy. */
#define TSAKIT_BEHIND	"http://tsa.invalid/stamp?a=b"

struct tsakit;

/* Its certificate is by the kit's CA; exts NULL: as it has to be. */
struct tsakit	*tsakit_new(enum tsakit_fault fault,
		    const struct fixture_ext *exts);
/* http://127.0.0.1:PORT/stamp?a=b */
const char	*tsakit_url(const struct tsakit *tsa);
/* Waits for its end; then frees it. */
void		 tsakit_free(struct tsakit *tsa);

/* A token over these bytes, with that time, without a network. */
struct jpki_buf	 tsakit_token(const struct fixture_ext *exts,
		    const void *bytes, size_t n, int64_t when);

#endif
