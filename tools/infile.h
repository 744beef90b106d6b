/* SPDX-License-Identifier: BSD-2-Clause */
/* A file that is read as a whole: mapped if it can be, else in memory. */
#ifndef INFILE_H
#define INFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fail.h"

struct infile {
	const char	*name;		/* for words */
	const uint8_t	*p;
	size_t		 n;
	int		 fd;		/* of a mapping, else -1 */
	uint8_t		*room;		/* what was allocated, else NULL */
};

/* Whether path can be read, as far as can be told without opening it: what
 * stands behind a name may be a pipe.  Reports errors. */
enum exit_code	infile_check(const char *path);
/* path "-" is standard input.  Reports errors. */
enum exit_code	infile_open(const char *path, struct infile *out);
/* Takes what infile_open() failed to fill, too. */
void		infile_close(struct infile *file);

#endif
