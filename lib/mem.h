/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that must not be read by others: wiping, and locked secrets. */
#ifndef MEM_H
#define MEM_H

#include <stdbool.h>
#include <stddef.h>

#include "jpki.h"

/* Overwrite with zeros in a way that no compiler leaves out. */
void	mem_wipe(void *p, size_t n);
/* Wipe n bytes, then free.  p may be NULL. */
void	mem_free(void *p, size_t n);
/* The same of a string. */
void	mem_free_text(char *text);

/*
 * Around calls of OpenSSL that allocate.  It tells that there was no memory
 * in its queue of errors only, where it is easily taken for data that are
 * malformed or absent.  The queue is left as it was.
 */
struct mem_watch {
	bool	clean;		/* the queue was empty */
};

void		mem_watch_begin(struct mem_watch *watch);
/* MEMORY if there was none, though err be OK; else err. */
enum jpki_err	mem_watch_end(const struct mem_watch *watch,
    enum jpki_err err);
/* MEMORY if there is none now, else err: for a failure without a reason. */
enum jpki_err	mem_judge(enum jpki_err err);
/*
 * OpenSSL 3.0 does not always put it into the queue, either: what failed
 * otherwise is worth a second attempt.
 */
bool		mem_doubts(enum jpki_err err);

/*
 * Byte by byte, as everything that touches a secret: memcpy(), memcmp() and
 * loops that a compiler makes into vectors leave it in registers, and so in
 * core dumps, and on the stack of whoever catches a signal then.
 *
 * Fill a secret from bytes elsewhere.  ARG if there is no secret, or if they do
 * not fit; then it is empty.
 */
enum jpki_err	secret_set(struct jpki_secret *secret, const void *p,
    size_t n);
bool	secret_equal(const struct jpki_secret *a, const struct jpki_secret *b);

#endif
