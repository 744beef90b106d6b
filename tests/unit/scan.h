/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looking for a secret in all memory that this process can write to.  The
 * secret is kept masked, so that looking for it does not plant it.
 */
#ifndef SCAN_H
#define SCAN_H

#include <stddef.h>
#include <stdint.h>

#define SCAN_SECRET	16	/* characters; long enough to be no accident */

struct masked {
	uint8_t	p[SCAN_SECRET];
};

/* A fresh secret: letters and digits, of both at least one. */
struct masked	scan_secret_new(void);
/* Write it out, and wipe it again when it was used.  lower: in lower case. */
void		scan_unmask(const struct masked *masked, char *out,
    int lower);
void		scan_wipe(char *text);

/* How often it stands in memory: in either case, or as hexadecimal text. */
size_t		scan_memory(const struct masked *masked);

#endif
