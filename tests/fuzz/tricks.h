/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is done to an exchange between a program and a card.  An input's byte
 * below 80 lets so many more exchanges pass untouched; another one names a
 * trick, which then may last for several.
 */
#ifndef TRICKS_H
#define TRICKS_H

#include "fuzz.h"

#define EXCHANGE_MAX	768

struct exchange {
	uint8_t		 command[EXCHANGE_MAX];
	size_t		 command_n;
	uint8_t		 p[EXCHANGE_MAX];	/* the answer */
	size_t		 n;			/* as claimed */
	enum jpki_err	 err;			/* the link's */
};

struct trick;

void			 tricks_clear(void);
/* The trick for the next exchange; NULL: none. */
const struct trick	*tricks_next(struct fuzz_in *in);
/* Before the card sees the command: may change it, or set err. */
void			 trick_before(const struct trick *trick,
			    struct exchange *x);
/* After it answered. */
void			 trick_after(const struct trick *trick,
			    struct exchange *x);

#endif
