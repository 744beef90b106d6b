/* SPDX-License-Identifier: BSD-2-Clause */
#include "model.h"

#include <ctype.h>

#define SERIAL_DIGITS	6	/* a word of so many may be a serial number */

const char *
model_of(const char *reader, char *room, size_t n)
{
	size_t	at = 0, word = 0;	/* where the word began */
	int	depth = 0, digits = 0;

	for (; at + 1 < n; reader++) {
		depth += *reader == '(';
		if (depth == 0 && isdigit((unsigned char)*reader))
			digits++;
		if (depth == 0 && (*reader == ' ' || *reader == '\0')) {
			if (digits >= SERIAL_DIGITS)
				at = word;
			digits = 0;
			word = at + 1;
		}
		if (*reader == '\0')
			break;
		if (depth == 0)
			room[at++] = *reader;
		depth -= depth > 0 && *reader == ')';
	}
	room[at] = '\0';
	return room;
}
