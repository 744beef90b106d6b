/* SPDX-License-Identifier: BSD-2-Clause */
/* A private PC/SC world for one command. */
#ifndef VCARD_WORLD_H
#define VCARD_WORLD_H

#include "serve.h"

struct world_options {
	struct station_options station;	/* dirs: of the cards that exist */
	const char	*profile;	/* of the one that is made, if none */
	bool		 no_reader;	/* and no card */
};

/*
 * Run the command in a world of its own and return its exit code (128 + N for
 * signal N), or CLI_FAILED after one line on stderr.  The process is another
 * one afterwards: all that is left for it is to exit.
 */
int	world_run(struct world_options *options, char *const command[]);

#endif
