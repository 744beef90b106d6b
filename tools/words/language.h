/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The language of what people read: that of their locale, if po/ has it, else
 * English.  What programs read (JSON keys, codes, PEM) has none.
 */
#ifndef LANGUAGE_H
#define LANGUAGE_H

#include <libintl.h>

/* Of literals: translated here; or, in tables, where they are used. */
#define _(text)		gettext(text)
#define N_(text)	text

/* Before anything is said.  A locale without UTF-8 gets English. */
void		 language_begin(void);

/* The translation of a text that is in a table or was given; of "" itself. */
const char	*language_of(const char *text)
		    __attribute__((format_arg(1)));

/* What this thread says in between is English: other programs read it. */
void		 language_leave(void);
void		 language_return(void);

/* Columns that UTF-8 takes at a terminal: Japanese is two wide. */
int		 language_columns(const char *text);

#endif
