/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PIN that a card has just refused, so that it is not sent again: programs
 * repeat what they were given, and each time would cost a try.
 *
 * No PIN is kept, but a mark of 32 bits by which it is known again.  Whoever can
 * read this memory may find four digits from it, of a PIN that is wrong.
 */
#ifndef REFUSED_H
#define REFUSED_H

#include <stdbool.h>
#include <stdint.h>

#include "cryptoki.h"

struct refused {
	bool		 any;
	uint32_t	 mark;
	int		 tries;		/* that were left then */
};

/* tries below 0: not known, and nothing is kept. */
void	refused_note(struct refused *refused, const CK_UTF8CHAR *pin,
	    CK_ULONG n, int tries);
void	refused_forget(struct refused *refused);
/* Is it the one?  It may be right by now, if the tries left are others. */
bool	refused_is(const struct refused *refused, const CK_UTF8CHAR *pin,
	    CK_ULONG n);

#endif
