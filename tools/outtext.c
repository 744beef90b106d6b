/* SPDX-License-Identifier: BSD-2-Clause */
#include "outtext.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "colour.h"
#include "language.h"

#define REPLACEMENT	0xFFFDu
#define LABEL_WIDTH	22

/* Lead bytes of RFC 3629, by the number of bytes that follow. */
static const struct lead_row {
	uint8_t		mask, bits, tail;
	uint32_t	least;		/* smaller values are overlong */
} leads[] = {
	{ 0x80, 0x00, 0, 0x0 },
	{ 0xE0, 0xC0, 1, 0x80 },
	{ 0xF0, 0xE0, 2, 0x800 },
	{ 0xF8, 0xF0, 3, 0x10000 },
};

static bool
decode_tail(const uint8_t *p, const struct lead_row *lead, uint32_t *out)
{
	uint32_t cp = p[0] & (uint8_t)~lead->mask;

	for (uint8_t i = 1; i <= lead->tail; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return false;
		cp = cp << 6 | (p[i] & 0x3F);
	}
	if (cp < lead->least || cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
		return false;
	*out = cp;
	return true;
}

size_t
text_decode(const char *s, size_t n, uint32_t *out)
{
	const uint8_t *p = (const uint8_t *)s;

	for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++)
		if ((p[0] & leads[i].mask) == leads[i].bits &&
		    n > leads[i].tail && decode_tail(p, &leads[i], out))
			return leads[i].tail + 1u;
	*out = REPLACEMENT;
	return 1;
}

/*
 * Characters that move the cursor or turn the direction of writing: control
 * characters, line separators, and Bidi_Control of Unicode's PropList.
 */
static const struct {
	uint32_t first, last;
} steering[] = {
	{ 0x0000, 0x001F }, { 0x007F, 0x009F }, { 0x061C, 0x061C },
	{ 0x200E, 0x200F }, { 0x2028, 0x202E }, { 0x2066, 0x2069 },
};

static bool
steers_terminal(uint32_t cp)
{
	for (size_t i = 0; i < sizeof steering / sizeof steering[0]; i++)
		if (cp >= steering[i].first && cp <= steering[i].last)
			return true;
	return false;
}

void
text_put(FILE *f, const char *s)
{
	size_t left = strlen(s);

	while (left > 0) {
		uint32_t	cp;
		size_t		n = text_decode(s, left, &cp);

		if (cp == REPLACEMENT || steers_terminal(cp))
			fputs("\xEF\xBF\xBD", f);
		else
			fwrite(s, 1, n, f);
		s += n;
		left -= n;
	}
}

/* Spaces up to a width, for what takes fewer columns. */
static void
pad(FILE *f, const char *text, int width)
{
	int columns = language_columns(text);

	fprintf(f, "%*s", columns < width ? width - columns : 0, "");
}

static void
put_label(FILE *f, const char *label)
{
	const char *words = language_of(label);

	fprintf(f, "  %s", words);
	pad(f, words, LABEL_WIDTH);
	fputc(' ', f);
}

void
text_row(FILE *f, const char *label, const char *value)
{
	put_label(f, label);
	text_put(f, value);
	fputc('\n', f);
}

void
text_rowf(FILE *f, const char *label, const char *fmt, ...)
{
	va_list args;

	put_label(f, label);
	va_start(args, fmt);
	vfprintf(f, fmt, args);
	va_end(args);
	fputc('\n', f);
}

void
text_capital(FILE *f, const char *text, int width)
{
	const char *words = language_of(text);

	fputc(toupper((unsigned char)words[0]), f);
	fputs(words + 1, f);
	pad(f, words, width);
}

void
text_heading(FILE *f, const char *text)
{
	colour_on(f, COLOUR_HEADING);
	text_capital(f, text, 0);
	colour_off(f);
	fputc('\n', f);
}
