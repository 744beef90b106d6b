/* SPDX-License-Identifier: BSD-2-Clause */
/* A reader of JSON that only says whether it is any (RFC 8259). */
#include <string.h>

#include "tool_run.h"

#define DEPTH_MAX	16

struct text {
	const uint8_t	*p, *end;
	int		 depth;
};

static bool value(struct text *t);

static void
blanks(struct text *t)
{
	while (t->p < t->end && memchr(" \t\r\n", *t->p, 4) != NULL)
		t->p++;
}

static bool
accept(struct text *t, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(t->end - t->p) < n || memcmp(t->p, word, n) != 0)
		return false;
	t->p += n;
	return true;
}

static bool
is_hex(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	    (c >= 'A' && c <= 'F');
}

static bool
escape(struct text *t)
{
	if (t->p == t->end)
		return false;
	if (*t->p != 'u')
		return memchr("\"\\/bfnrt", *t->p++, 8) != NULL;
	if (t->end - t->p < 5)
		return false;
	for (int i = 1; i < 5; i++)
		if (!is_hex(t->p[i]))
			return false;
	t->p += 5;
	return true;
}

/* One character of UTF-8; no surrogate, none longer than need be. */
static bool
character(struct text *t)
{
	static const struct {
		uint8_t		mask, lead;
		unsigned	bytes;
		uint32_t	least;
	} forms[] = {
		{ 0x80, 0x00, 1, 0x20 }, { 0xE0, 0xC0, 2, 0x80 },
		{ 0xF0, 0xE0, 3, 0x800 }, { 0xF8, 0xF0, 4, 0x10000 },
	};
	uint32_t c;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if ((*t->p & forms[i].mask) != forms[i].lead)
			continue;
		if ((size_t)(t->end - t->p) < forms[i].bytes)
			return false;
		c = *t->p & (uint8_t)~forms[i].mask;
		for (unsigned j = 1; j < forms[i].bytes; j++) {
			if ((t->p[j] & 0xC0) != 0x80)
				return false;
			c = c << 6 | (t->p[j] & 0x3Fu);
		}
		t->p += forms[i].bytes;
		return c >= forms[i].least && c <= 0x10FFFF &&
		    (c < 0xD800 || c > 0xDFFF);
	}
	return false;
}

static bool
string(struct text *t)
{
	if (!accept(t, "\""))
		return false;
	while (t->p < t->end && *t->p != '"')
		if (accept(t, "\\") ? !escape(t) : !character(t))
			return false;
	return accept(t, "\"");
}

static size_t
digits(struct text *t)
{
	const uint8_t *from = t->p;

	while (t->p < t->end && *t->p >= '0' && *t->p <= '9')
		t->p++;
	return (size_t)(t->p - from);
}

/* Whole numbers are all that jpki-tool writes. */
static bool
number(struct text *t)
{
	(void)accept(t, "-");
	return accept(t, "0") || digits(t) > 0;
}

static bool
member(struct text *t, char bracket)
{
	if (bracket == '}') {
		blanks(t);
		if (!string(t))
			return false;
		blanks(t);
		if (!accept(t, ":"))
			return false;
	}
	return value(t);
}

static bool
members(struct text *t, char bracket)
{
	const char close[] = { bracket, '\0' };

	if (++t->depth > DEPTH_MAX)
		return false;
	blanks(t);
	if (!accept(t, close)) {
		do {
			if (!member(t, bracket))
				return false;
			blanks(t);
		} while (accept(t, ","));
		if (!accept(t, close))
			return false;
	}
	t->depth--;
	return true;
}

static bool
value(struct text *t)
{
	blanks(t);
	if (accept(t, "{"))
		return members(t, '}');
	if (accept(t, "["))
		return members(t, ']');
	if (t->p < t->end && *t->p == '"')
		return string(t);
	return accept(t, "true") || accept(t, "false") || accept(t, "null") ||
	    number(t);
}

bool
json_valid(const char *text, size_t n)
{
	struct text t = { (const uint8_t *)text, (const uint8_t *)text + n, 0 };

	if (!value(&t))
		return false;
	blanks(&t);
	return t.p == t.end;
}
