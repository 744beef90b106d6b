/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for a library that keeps a secret in buffers of its own: each is a
 * mapping of its own, locked where the system allows it, left out of core
 * dumps, and wiped when it is given back.
 */
#ifndef CELLS_H
#define CELLS_H

#include <stddef.h>

/* As malloc() but zeroed, realloc() and free(). */
void	*cell_new(size_t n);
void	*cell_resize(void *p, size_t n);
void	 cell_free(void *p);

#endif
