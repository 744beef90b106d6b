/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text for people.  What comes from a card, a reader or the command line may
 * hold anything: control characters and broken UTF-8 never reach a terminal.
 */
#ifndef OUTTEXT_H
#define OUTTEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "fail.h"

/*
 * The first character of n bytes of UTF-8 (n > 0): its code point into *out,
 * its length as the result.  What is not UTF-8 is one byte, U+FFFD.
 */
size_t	text_decode(const char *s, size_t n, uint32_t *out);

/* s, with what could steer a terminal shown as U+FFFD. */
void	text_put(FILE *f, const char *s);

/* "  label        value" and a newline; the label is translated, and the value
 * goes through text_put(). */
void	text_row(FILE *f, const char *label, const char *value);
void	text_rowf(FILE *f, const char *label, const char *fmt, ...)
	    FAIL_PRINTF(3, 4);

/* At least width columns of a text's translation, its first letter in upper
 * case where there is such. */
void	text_capital(FILE *f, const char *text, int width);
/* The same on a line of its own. */
void	text_heading(FILE *f, const char *text);

#endif
