/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine of the test's own, as files in a folder: what host.h looks at. */
#ifndef HOSTKIT_H
#define HOSTKIT_H

#include "checks.h"

struct hostkit {
	struct host	host;		/* of /home/u, no root, at the screen */
	char		base[64];
};

/* The machine of a test; before it there is nothing on it. */
extern struct hostkit kit;

/* For cmocka: what goes before and behind each test. */
int	hostkit_setup(void **state);
int	hostkit_teardown(void **state);

/* Each makes the folders that lead there; "~/" is the home. */
void	hostkit_file(struct hostkit *k, const char *path, const char *text);
void	hostkit_folder(struct hostkit *k, const char *path);
/* A shell script that can be run. */
void	hostkit_program(struct hostkit *k, const char *path,
	    const char *script);
/* A file or an empty folder goes. */
void	hostkit_remove(struct hostkit *k, const char *path);

/*
 * The ids that a check finds, with what was seen, parted by "; ", as one text
 * that lives until the next call: "reader-none; card-none (Reader)".
 */
const char *hostkit_found(const struct hostkit *k, check_fn *check,
	    const struct survey *survey);

#endif
