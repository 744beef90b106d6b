/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A worker: does cells as they come over a pipe, in the world that it was
 * started in, and tells how each went.
 */
#ifndef WORKER_H
#define WORKER_H

#include "matrix.h"

#define MEASURE	UINT16_MAX	/* instead of a fault: an undisturbed run */
#define OUTCOME_ROOM	64

enum report_kind {
	REPORT_BEGUN,		/* so that a crash has a name */
	REPORT_MEASURED,
	REPORT_DONE,
};

/* Small enough to come over the pipe in one piece. */
struct report {
	enum report_kind	kind;
	uint16_t		worker;
	struct cell		cell;
	bool			deviates;
	bool			put_in_anew;	/* the card had to be */
	bool			service_died;	/* pcscd, by itself */
	uint16_t		commands, steps;	/* if calm */
	char			outcome[OUTCOME_ROOM];
	uint8_t			ins;		/* of the command at the place */
	char			text[TEXT_ROOM];
};

/* The exit status. */
int	worker_main(int cells, int reports, unsigned number,
	    const char *folder);

#endif
