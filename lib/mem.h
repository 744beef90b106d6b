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
