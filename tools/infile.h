/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file that is read as a whole.  A long one is mapped, and may be changed by
 * others at any time: what was read twice can differ, and what is not there
 * any more reads as zeros.  infile_same() tells.
 */
#ifndef INFILE_H
#define INFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "bytes.h"
#include "fail.h"

struct infile {
	const char	*name;		/* for words */
	const uint8_t	*p;
	size_t		 n;
	int		 fd;		/* of a mapping, else -1 */
	struct timespec	 changed[2];	/* of a mapping: when it was before */
	uint8_t		*room;		/* what was allocated, else NULL */
};

/* Whether path can be read, as far as can be told without opening it: what
 * stands behind a name may be a pipe.  Reports errors. */
enum exit_code	infile_check(const char *path);
/* Whether it can be opened again, and has the same bytes then. */
bool		infile_lasts(const char *path);
/* Is the file still what it was when it was opened? */
bool		infile_same(const struct infile *file);
/* path "-" is standard input.  Reports errors. */
enum exit_code	infile_open(const char *path, struct infile *out);
struct doc_bytes infile_bytes(const struct infile *file);
/* What stands behind the last slash of a path. */
const char	*infile_last_part(const char *path);
/* Takes what infile_open() failed to fill, too, which holds nothing. */
void		infile_close(struct infile *file);

#endif
