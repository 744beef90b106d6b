/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of findings; its words are in findtable.c. */
#ifndef FINDTABLE_H
#define FINDTABLE_H

#include "findings.h"

struct finding_row {
	const char	*name;
	const char	*what;		/* a line */
	const char	*fix;		/* some lines */
	const char	*lines;		/* of a file that it names, or NULL */
};

extern const struct finding_row finding_rows[FIND_COUNT];

#endif
