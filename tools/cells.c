/* SPDX-License-Identifier: BSD-2-Clause */
#define _DEFAULT_SOURCE	/* MAP_ANONYMOUS, madvise() */
#include "cells.h"

#include <stdalign.h>
#include <stdint.h>
#include <sys/mman.h>

#include <openssl/crypto.h>

struct cell {
	alignas(max_align_t) size_t n;	/* bytes behind it */
};

/* Not wiped on fork, as secrets are: such a library may fork to exec. */
void *
cell_new(size_t n)
{
	struct cell *cell;
	size_t size;

	if (n > SIZE_MAX - sizeof *cell)
		return NULL;
	size = sizeof *cell + n;
	cell = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (cell == MAP_FAILED)
		return NULL;
	/* RLIMIT_MEMLOCK may forbid it: then the page could reach the swap. */
	(void)mlock(cell, size);
#ifdef MADV_DONTDUMP
	(void)madvise(cell, size, MADV_DONTDUMP);
#endif
	cell->n = n;
	return cell + 1;
}

void
cell_free(void *p)
{
	struct cell *cell = p;

	if (p == NULL)
		return;
	cell--;
	OPENSSL_cleanse(cell + 1, cell->n);
	(void)munmap(cell, sizeof *cell + cell->n);
}

/* Byte by byte: memcpy() leaves what it copies in registers. */
void *
cell_resize(void *p, size_t n)
{
	void			*more = cell_new(n);
	volatile char		*to = more;
	const volatile char	*from = p;
	size_t			 had;

	if (more == NULL || p == NULL)
		return more;
	had = ((struct cell *)p - 1)->n;
	for (size_t i = 0; i < had && i < n; i++)
		to[i] = from[i];
	cell_free(p);
	return more;
}
