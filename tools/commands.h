/* SPDX-License-Identifier: BSD-2-Clause */
/* The verbs of the command line. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "tool.h"

struct command {
	const char	*name;
	verb_fn		*run;
	/*
	 * For the usage line: operands, parted by blanks.  Words to choose from
	 * are parted by |; what is no word to be typed is in capitals.
	 */
	const char	*operands;
	const char	*text;
	int		 min, max;	/* operands behind the name */
	uint64_t	 options;	/* besides OPTS_GLOBAL */
};

/* NULL: there is none. */
const struct command	*command_find(const char *name);
const struct command	*command_nth(size_t n);

#endif
