/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine of the test's own, as files in a folder: what host.h looks at. */
#ifndef HOSTKIT_H
#define HOSTKIT_H

#include "checks.h"

struct hostkit {
	struct host	host;		/* of /home/u, no root, at the screen */
	char		base[64];
};

/* One that has nothing; its folder goes with hostkit_end(). */
void	hostkit_begin(struct hostkit *kit);
void	hostkit_end(struct hostkit *kit);

/* Each makes the folders that lead there; "~/" is the home. */
void	hostkit_file(struct hostkit *kit, const char *path, const char *text);
void	hostkit_folder(struct hostkit *kit, const char *path);
/* A shell script that can be run. */
void	hostkit_program(struct hostkit *kit, const char *path,
	    const char *script);
/* A file or an empty folder goes. */
void	hostkit_remove(struct hostkit *kit, const char *path);

/*
 * The ids that a check finds, with what was seen, parted by "; ", as one text
 * that lives until the next call: "reader-none; card-none (Reader)".
 */
const char *hostkit_found(const struct hostkit *kit, check_fn *check,
	    const struct survey *survey);

#endif
