/* SPDX-License-Identifier: BSD-2-Clause */
/* Worlds side by side, each with a worker in it. */
#ifndef POOL_H
#define POOL_H

#include "worker.h"

struct pool;

/* With a folder and a card for each; NULL: it cannot be. */
struct pool	*pool_new(unsigned worlds);
void		 pool_free(struct pool **pool);

/*
 * Have all cells done, by whoever is free.  A worker that ends in the middle
 * of a cell is a deviation of that cell, and another takes its place.  False:
 * no world is left.
 */
typedef void	 pool_fn(void *user, const struct report *report);
bool		 pool_run(struct pool *pool, const struct cell *cells, size_t n,
		    pool_fn *fn, void *user);

#endif
