/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking for PINs in another process, and in files. */
#ifndef SECRETS_MEMORY_H
#define SECRETS_MEMORY_H

#include <sys/types.h>

#include "secrets_find.h"

#define PLACE_MAX	160

/* Where something was found. */
struct place {
	char	name[PLACE_MAX];	/* "[heap]", a file, "anonymous" */
	bool	locked;			/* in memory that is kept out of the
					   swap and out of core dumps */
};

typedef void found_fn(void *user, const struct finding *finding,
    const struct place *place);

enum extent {
	WRITABLE,	/* what the process can have changed since it began */
	EVERYTHING,	/* all mappings, environment and command line */
};

/* fn for each finding; false, and a line on stderr, if it cannot be read. */
bool	memory_scan(pid_t pid, enum extent extent,
    const struct secrets *secrets, found_fn *fn, void *user);
bool	file_scan(const char *path, const struct secrets *secrets,
    found_fn *fn, void *user);

#endif
