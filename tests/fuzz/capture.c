/* SPDX-License-Identifier: BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L	/* open_memstream */
#include "capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *stream, *standard;
static char *text;
static size_t text_n;

/* Lives until the program ends. */
void
capture_begin(void)
{
	if (stream == NULL && (stream = open_memstream(&text, &text_n)) == NULL)
		abort();
	standard = stderr;
	stderr = stream;
}

void
capture_lines(void (*fn)(const char *line))
{
	char *line, *rest = NULL;

	(void)fflush(stream);
	/* Behind it stands what there was of an earlier one. */
	text[text_n] = '\0';
	for (line = strtok_r(text, "\n", &rest); line != NULL;
	    line = strtok_r(NULL, "\n", &rest))
		fn(line);
	rewind(stream);
	(void)fputc('\n', stream);
}

void
capture_end(void)
{
	stderr = standard;
}
