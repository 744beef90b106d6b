/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files as memory that is only read.  A file that is cut short leaves nothing
 * where it was, and who reads there gets SIGBUS.  That must not end a program
 * that has a PIN verified on a card: what is gone reads as zeros instead, and
 * is noted.
 */
#ifndef MAPPING_H
#define MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Made and freed by one thread, read by any.  NULL: it cannot be mapped. */
const uint8_t	*mapping_new(int fd, size_t n);
void		 mapping_free(const uint8_t *map);

/* Did bytes turn out to be gone? */
bool		 mapping_torn(const uint8_t *map);

#endif
