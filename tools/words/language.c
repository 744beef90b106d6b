/* SPDX-License-Identifier: BSD-2-Clause */
#define _XOPEN_SOURCE 700	/* wcwidth */
#include "language.h"

#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "config.h"

#define DOMAIN		"jpki"
#define FROM_FOLDER	"/share/locale"

/* Cuts the last part off. */
static void
cut(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash != NULL)
		*slash = '\0';
}

/*
 * The catalogues beside the program, bin/../share/locale, wherever both were
 * put; where that cannot be told, those that configure named.
 */
static const char *
catalogues(char *room, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", room, size - 1);

	if (n <= 0 || (size_t)n >= size - sizeof FROM_FOLDER)
		return LOCALE_DIR;
	room[n] = '\0';
	cut(room);
	cut(room);
	memcpy(room + strlen(room), FROM_FOLDER, sizeof FROM_FOLDER);
	return access(room, X_OK) == 0 ? room : LOCALE_DIR;
}

/* Numbers stay as programs write them: LC_NUMERIC is not touched. */
void
language_begin(void)
{
	char room[PATH_MAX];

	if (setlocale(LC_CTYPE, "") == NULL ||
	    strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return;
	(void)setlocale(LC_MESSAGES, "");
	(void)bindtextdomain(DOMAIN, catalogues(room, sizeof room));
	(void)textdomain(DOMAIN);
}

/* The translation of "" is the catalogue's heading. */
const char *
language_of(const char *text)
{
	return text[0] != '\0' ? gettext(text) : text;
}

/* The messages of the C library are English then, too. */
void
language_leave(void)
{
	(void)uselocale(newlocale(LC_ALL_MASK, "C", (locale_t)0));
}

void
language_return(void)
{
	locale_t english = uselocale(LC_GLOBAL_LOCALE);

	if (english != LC_GLOBAL_LOCALE)
		freelocale(english);
}

/* What the locale cannot read is as wide as it is long. */
int
language_columns(const char *text)
{
	size_t		left = strlen(text), n;
	mbstate_t	state;
	wchar_t		c;
	int		columns = 0, width;

	memset(&state, 0, sizeof state);
	for (; left > 0; text += n, left -= n) {
		n = mbrtowc(&c, text, left, &state);
		if (n == 0 || n > left)
			return columns + (int)left;
		width = wcwidth(c);
		columns += width > 0 ? width : 0;
	}
	return columns;
}
