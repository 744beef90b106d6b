/* SPDX-License-Identifier: BSD-2-Clause */
#include "opensc.h"

#include <stdlib.h>
#include <string.h>

/* As Debian builds OpenSC, and as others do; the first that is there. */
static const char *const files[] = {
	"/etc/opensc/opensc.conf", "/etc/opensc.conf",
};

/* "internal" stands for a list, in which "jpki" is; in that of "old" not. */
static const char *const takers[] = { "jpki", "internal" };

static const char between[] = " \t\r\n,\"";

/* Blanks instead of "# ..." to the end of the line. */
static void
drop_comments(char *text)
{
	for (char *at = strchr(text, '#'); at != NULL; at = strchr(at, '#'))
		memset(at, ' ', strcspn(at, "\n"));
}

/* Of the n characters of a list. */
static bool
takes_card(const char *list, size_t n)
{
	const char *end = list + n;

	for (size_t length; list < end; list += length) {
		list += strspn(list, between);
		length = strcspn(list, " \t\r\n,\";");
		for (size_t i = 0; i < sizeof takers / sizeof takers[0]; i++)
			if (length == strlen(takers[i]) &&
			    strncmp(list, takers[i], length) == 0)
				return true;
	}
	return false;
}

/* One program may have other settings than the rest: all have to agree. */
static bool
leaves_card(const char *text)
{
	static const char	key[] = "card_drivers";
	bool			named = false;

	while ((text = strstr(text, key)) != NULL) {
		text += sizeof key - 1;
		text += strspn(text, between);
		if (*text != '=')
			continue;
		text++;
		if (takes_card(text, strcspn(text, ";")))
			return false;
		named = true;
	}
	return named;
}

bool
opensc_leaves_card(const struct host *host)
{
	char	*text = NULL;
	bool	 leaves;

	for (size_t i = 0; i < sizeof files / sizeof files[0] && text == NULL;
	    i++)
		text = host_read(host, files[i]);
	if (text == NULL)
		return false;
	drop_comments(text);
	leaves = leaves_card(text);
	free(text);
	return leaves;
}
