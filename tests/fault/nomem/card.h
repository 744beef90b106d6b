/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtual card of this world: its tries, and what its log says of PINs. */
#ifndef CARD_H
#define CARD_H

#include <stdbool.h>
#include <stddef.h>

enum { CARD_AUTH, CARD_SIGN, CARD_PINS };

/* What one run did with the card. */
struct card_run {
	unsigned	verifies;	/* VERIFYs with a PIN, of any */
	unsigned	changes;	/* that the card made */
	int		tries[CARD_PINS]; /* left, as the card counted */
	bool		open;		/* a PIN was verified, and no other
					   application selected after that */
};

/* False, and a line on stderr, if this is no world of jpki-vcard run. */
bool	card_attach(void);

/* Some tries less than all, so that a right PIN shows. */
bool	card_run_begin(void);
/* False, and complaint has it, if the counters are not as the log says. */
bool	card_run_end(struct card_run *run, char *complaint, size_t room);

#endif
