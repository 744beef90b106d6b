/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of sections and "key=value" lines, as Firefox writes them. */
#ifndef INIFILE_H
#define INIFILE_H

/* A line; section is "" before the first.  The texts live during the call. */
typedef void ini_fn(void *user, const char *section, const char *key,
		    const char *value);

/* Calls for each line with a value.  text is taken apart on the way. */
void	ini_read(char *text, ini_fn *fn, void *user);

#endif
