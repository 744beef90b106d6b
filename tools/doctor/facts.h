/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Facts of PROTOCOL that real cards have yet to confirm, by table: the
 * question, and which of the commands that were sent answer it.
 */
#ifndef FACTS_H
#define FACTS_H

#include <stdio.h>

#include "exchange.h"
#include "jpki.h"

/* What is answered by more than status words. */
struct facts_seen {
	enum jpki_kind		 kind;
	struct jpki_availability have;
	bool			 ca_read;
	enum jpki_ca		 ca;	/* of the user authentication CA */
	bool			 ca_2019; /* it is the one of PROTOCOL, 18.3 */
};

/* The answers of the card in one reader. */
void	facts_put(FILE *f, const struct exchanges *exchanges, size_t reader,
	    const struct facts_seen *seen);

/* SHA-256 of the CA certificate that PROTOCOL, 18.3, gives as not confirmed. */
extern const char facts_ca_2019[];

#endif
