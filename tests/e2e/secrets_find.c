/* SPDX-License-Identifier: BSD-2-Clause */
#include "secrets_find.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Bytes that one character takes here, 0 if it does not stand here. */
typedef size_t character_fn(const uint8_t *p, size_t n, char c);

static char
upper(uint8_t c)
{
	return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

static size_t
plain(const uint8_t *p, size_t n, char c)
{
	return n >= 1 && upper(p[0]) == c ? 1 : 0;
}

/* Wide characters, little endian; of big endian all but the first byte. */
static size_t
wide(const uint8_t *p, size_t n, char c, size_t bytes)
{
	if (n < bytes || upper(p[0]) != c)
		return 0;
	for (size_t i = 1; i < bytes; i++)
		if (p[i] != 0)
			return 0;
	return bytes;
}

static size_t
utf16(const uint8_t *p, size_t n, char c)
{
	return wide(p, n, c, 2);
}

static size_t
utf32(const uint8_t *p, size_t n, char c)
{
	return wide(p, n, c, 4);
}

/* U+FF10 is the digit 0, U+FF21 the letter A, U+FF41 the letter a. */
static size_t
full_width(const uint8_t *p, size_t n, char c)
{
	if (n < 3 || p[0] != 0xEF)
		return 0;
	if (c >= '0' && c <= '9')
		return p[1] == 0xBC && p[2] == 0x90 + (c - '0') ? 3 : 0;
	if (p[1] == 0xBC && p[2] == 0xA1 + (c - 'A'))
		return 3;
	return p[1] == 0xBD && p[2] == 0x81 + (c - 'A') ? 3 : 0;
}

static int
hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (uint8_t)upper(c);
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "41", or with what parts the bytes behind it: "41 ", "41:", "41\x". */
static size_t
hex(const uint8_t *p, size_t n, char c)
{
	int high, low;

	if (n < 2)
		return 0;
	high = hex_digit(p[0]);
	low = hex_digit(p[1]);
	if (high < 0 || low < 0 || upper((uint8_t)(high << 4 | low)) != c)
		return 0;
	if (n >= 4 && p[2] == '\\' && p[3] == 'x')
		return 4;
	return n >= 3 && (p[2] == ' ' || p[2] == ':' || p[2] == '-') ? 3 : 2;
}

static const struct form {
	const char	*name;
	character_fn	*stands;
} forms[] = {
	{ "text", plain },
	{ "UTF-16", utf16 },
	{ "UTF-32", utf32 },
	{ "full-width", full_width },
	{ "hex", hex },
};

#define FORMS	(sizeof(forms) / sizeof(forms[0]))

/* How many characters, from the given one on; *bytes: what they take. */
static size_t
run_of(const struct form *form, const struct secret *s, size_t first,
    const uint8_t *p, size_t n, size_t *bytes)
{
	size_t took, i = first;

	*bytes = 0;
	while (i < s->n && (took = form->stands(p + *bytes, n - *bytes,
	    s->text[i])) > 0) {
		*bytes += took;
		i++;
	}
	return i - first;
}

static void
longest_of(const struct form *form, const struct secret *s, const uint8_t *p,
    size_t n, struct finding *best)
{
	size_t least = SECRET_PART, bytes, run;

	if (s->n < least)
		least = s->n;
	for (size_t first = 0; first + least <= s->n; first++) {
		run = run_of(form, s, first, p, n, &bytes);
		if (run < least || run <= best->characters)
			continue;
		best->characters = run;
		best->bytes = bytes;
		best->form = form->name;
	}
}

static void
longest_here(const struct secrets *secrets, const uint8_t *p, size_t n,
    struct finding *best)
{
	size_t before;

	best->characters = 0;
	for (size_t i = 0; i < secrets->n; i++) {
		for (size_t f = 0; f < FORMS; f++) {
			before = best->characters;
			longest_of(&forms[f], &secrets->of[i], p, n, best);
			if (best->characters > before)
				best->which = i;
		}
	}
}

bool
secrets_find(const struct secrets *secrets, const uint8_t *p, size_t n,
    size_t *from, struct finding *out)
{
	for (size_t at = *from; at + 1 < n; at++) {
		if (!secrets->may_begin[p[at]][p[at + 1]])
			continue;
		longest_here(secrets, p + at, n - at, out);
		if (out->characters == 0)
			continue;
		out->at = at;
		*from = at + out->bytes;
		return true;
	}
	*from = n;
	return false;
}

static bool
secret_set(struct secret *s, const char *line, size_t n)
{
	if (n < 4 || n > sizeof(s->text))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!isalnum((unsigned char)line[i]))
			return false;
		s->text[i] = upper((uint8_t)line[i]);
	}
	s->n = n;
	return true;
}

static bool
pair_begins(const struct secret *s, uint8_t a, uint8_t b)
{
	for (size_t i = 0; i < s->n; i++)
		if (upper(a) == s->text[i] && (b == 0 ||
		    (i + 1 < s->n && upper(b) == s->text[i + 1])))
			return true;
	return false;
}

/* Most of memory is told by two bytes to hold no PIN. */
static void
pairs_make(struct secrets *secrets)
{
	bool begins;

	for (unsigned a = 0; a < 256; a++) {
		for (unsigned b = 0; b < 256; b++) {
			/* Hexadecimal: digits are 3x, letters 4x to 7x. */
			begins = a >= '3' && a <= '7' &&
			    hex_digit((uint8_t)b) >= 0;
			begins |= a == 0xEF && (b == 0xBC || b == 0xBD);
			for (size_t i = 0; i < secrets->n; i++)
				begins |= pair_begins(&secrets->of[i],
				    (uint8_t)a, (uint8_t)b);
			secrets->may_begin[a][b] = begins;
		}
	}
}

bool
secrets_of(const char *text, struct secrets *out)
{
	out->n = 1;
	if (!secret_set(&out->of[0], text, strlen(text)))
		return false;
	pairs_make(out);
	return true;
}

bool
secrets_read(const char *path, struct secrets *out)
{
	char line[SECRET_BYTES + 3];
	FILE *f = fopen(path, "r");
	bool good = f != NULL;

	out->n = 0;
	while (good && fgets(line, sizeof(line), f) != NULL)
		good = out->n < SECRETS_MAX && secret_set(&out->of[out->n++],
		    line, strcspn(line, "\n"));
	if (f != NULL)
		(void)fclose(f);
	if (!good || out->n == 0) {
		fprintf(stderr, "%s: not a list of PINs\n", path);
		return false;
	}
	pairs_make(out);
	return true;
}
