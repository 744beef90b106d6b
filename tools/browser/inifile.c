/* SPDX-License-Identifier: BSD-2-Clause */
#include "inifile.h"

#include <string.h>

/* The line without its end and its blanks; *next is what follows. */
static char *
line_of(char *text, char **next)
{
	size_t	n = strcspn(text, "\n");
	char	*end = text + n;

	*next = text[n] == '\n' ? end + 1 : end;
	text += strspn(text, " \t");
	while (end > text && strchr(" \t\r", end[-1]) != NULL)
		end--;
	*end = '\0';
	return text;
}

void
ini_read(char *text, ini_fn *fn, void *user)
{
	const char	*section = "";
	char		*next;

	for (; *text != '\0'; text = next) {
		char	*line = line_of(text, &next);
		char	*equals = strchr(line, '=');
		size_t	 n = strlen(line);

		if (line[0] == '[' && line[n - 1] == ']') {
			line[n - 1] = '\0';
			section = line + 1;
		} else if (line[0] != '#' && line[0] != ';' &&
		    equals != NULL) {
			*equals = '\0';
			fn(user, section, line, equals + 1);
		}
	}
}
