/* SPDX-License-Identifier: BSD-2-Clause */
#include "colour.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ECMA-48, "Select graphic rendition". */
static const char *const codes[COLOUR_COUNT] = {
	[COLOUR_HEADING] = "1",
	[COLOUR_ALARM] = "1;31",
};

static bool wanted;

void
colour_begin(const struct options *opt)
{
	const char *none = getenv("NO_COLOR"), *type = getenv("TERM");

	wanted = !opt->seen[OPT_JSON] && !opt->seen[OPT_OUTPUT] &&
	    (none == NULL || none[0] == '\0') &&
	    type != NULL && type[0] != '\0' && strcmp(type, "dumb") != 0 &&
	    isatty(STDOUT_FILENO) == 1;
}

void
colour_on(FILE *f, enum colour colour)
{
	if (wanted)
		fprintf(f, "\033[%sm", codes[colour]);
}

void
colour_off(FILE *f)
{
	if (wanted)
		fputs("\033[0m", f);
}
