/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the test of failing allocations shares with the process that it tests:
 * a file, which the environment variable NOMEM_FILE names.
 */
#ifndef SHIM_H
#define SHIM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define NOMEM_FILE	"NOMEM_FILE"
#define NOMEM_CALLS	65536	/* of which the places are noted */

/* Where an allocation is made, told by who called whom. */
struct nomem_place {
	uint64_t	inner;	/* the innermost calls */
	uint64_t	ours;	/* all calls but those within OpenSSL */
};

struct nomem {
	atomic_bool	armed;		/* else nothing is counted */
	bool		note;		/* the places, too */
	bool		from_then_on;	/* not one allocation fails, but all */
	unsigned long	fail_at;	/* which of them, from 1; 0: none */
	atomic_ulong	calls;		/* allocations so far */
	atomic_ulong	failed;		/* how many did */
	bool		spoilt;		/* OpenSSL, for good; a client says so */
	char		step[16];	/* of a client, when the first did */
	struct nomem_place places[NOMEM_CALLS];
};

#endif
