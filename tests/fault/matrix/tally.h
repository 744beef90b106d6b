/* SPDX-License-Identifier: BSD-2-Clause */
/* What came of all cells: the table of the matrix's size, and deviations. */
#ifndef TALLY_H
#define TALLY_H

#include "worker.h"

struct tally_row {
	unsigned	commands, steps;
	unsigned long	cells, deviations, put_in_anew;
	bool		measured;
};

struct tally {
	struct tally_row *row;		/* of each operation */
	unsigned long	 cells, deviations, put_in_anew, service_died;
	double		 begun;		/* seconds, of no particular clock */
	bool		 explore;
};

struct tally	*tally_new(bool explore);
void		 tally_free(struct tally **tally);
/* A pool_fn. */
void		 tally_note(void *user, const struct report *report);
/* TAP; the exit status. */
int		 tally_print(const struct tally *tally);

#endif
