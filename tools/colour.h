/* SPDX-License-Identifier: BSD-2-Clause */
/* Colours, for who reads at a terminal and wants them. */
#ifndef COLOUR_H
#define COLOUR_H

#include <stdio.h>

#include "options.h"

enum colour {
	COLOUR_HEADING,
	COLOUR_ALARM,		/* what cannot wait */
	COLOUR_COUNT
};

/*
 * To be called once.  There are colours if standard output is a terminal that
 * knows them and gets the results as text; none if NO_COLOR is set, and not
 * empty (https://no-color.org/).
 */
void	colour_begin(const struct options *opt);

/* Around what is written in that colour. */
void	colour_on(FILE *f, enum colour colour);
void	colour_off(FILE *f);

#endif
