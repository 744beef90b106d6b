/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Things are made by threads ahead of whoever takes them, in their order: so
 * that files are read while a card signs.
 */
#ifndef AHEAD_H
#define AHEAD_H

#include <stdbool.h>
#include <stddef.h>

struct ahead {
	size_t		 count;
	unsigned	 jobs;		/* that are made at a time, at least 1 */
	void		*user;
	/* By the caller's thread, in order.  give false: this one is not to be
	   made, and none behind it; take false: none behind it is wanted. */
	bool		 (*give)(void *user, size_t i);
	bool		 (*take)(void *user, size_t i);
	/* By any thread. */
	void		 (*make)(void *user, size_t i);
};

/*
 * What is given is made, and at most jobs more are given than were taken.
 * What was made and is not wanted any more stays with the caller.  False: no
 * thread could be started, and nothing was given.
 */
bool	ahead_run(const struct ahead *work);

#endif
