/* SPDX-License-Identifier: BSD-2-Clause */
#include "exchange.h"

#include <stdio.h>
#include <string.h>

#define INS_VERIFY	0x20
#define INS_SELECT	0xA4
#define INS_READ	0xB0
#define HEADER		4	/* bytes: CLA, INS, P1, P2 */

/* 16: it is none. */
static unsigned
digit(char c)
{
	static const char	 digits[] = "0123456789ABCDEF";
	const char		*at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (unsigned)(at - digits) : 16;
}

/* Bytes of a text that is hexadecimal throughout; 0 for any other. */
static size_t
count_bytes(const char *hex)
{
	size_t n = 0;

	while (digit(hex[n]) < 16)
		n++;
	return hex[n] == '\0' && n % 2 == 0 ? n / 2 : 0;
}

static uint8_t
byte_at(const char *hex, size_t i)
{
	return (uint8_t)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
}

static uint16_t
word_at(const char *hex, size_t i)
{
	return (uint16_t)(byte_at(hex, i) << 8 | byte_at(hex, i + 1));
}

/*
 * Commands that are shown whole: of SELECT and READ all bytes are constants of
 * ours, and a VERIFY of no more than a length is the retry query.
 */
static bool
is_public(uint8_t ins, size_t n)
{
	return ins == INS_SELECT || ins == INS_READ ||
	    (ins == INS_VERIFY && n <= HEADER + 1);
}

/* SELECT by name has P1 04, by file identifier 02 (PROTOCOL, 3.1 and 3.2). */
static void
note_selection(struct exchanges *x, const char *hex, size_t n)
{
	uint8_t p1 = byte_at(hex, 2);

	if (byte_at(hex, 1) != INS_SELECT || n < HEADER + 3)
		return;
	x->file = p1 == 0x02 ? word_at(hex, HEADER + 1) : 0;
	if (p1 == 0x04)
		x->app = word_at(hex, HEADER + byte_at(hex, HEADER) - 1u);
}

static void
take_command(struct exchanges *x, const char *hex)
{
	size_t		 n = count_bytes(hex), shown;
	struct exchange	*e = &x->list[x->n];

	if (n < HEADER || x->n == EXCHANGES_MAX)
		return;
	/* A SELECT names as many bytes as it has: else it is none of ours. */
	if (byte_at(hex, 1) != INS_SELECT || (n > HEADER &&
	    n == (size_t)HEADER + 1 + byte_at(hex, HEADER)))
		note_selection(x, hex, n);
	memset(e, 0, sizeof *e);
	e->reader = x->reader;
	e->ins = byte_at(hex, 1);
	e->app = x->app;
	e->file = x->file;
	shown = 2 * (is_public(e->ins, n) ? n : HEADER);
	(void)snprintf(e->command, sizeof e->command, "%.*s", (int)shown, hex);
	x->n++;
}

static void
take_answer(struct exchanges *x, const char *hex)
{
	size_t		 n = count_bytes(hex);
	struct exchange	*e;

	if (x->n == 0 || n < 2)
		return;
	e = &x->list[x->n - 1];
	if (e->answered)
		return;
	e->answered = true;
	e->answer_n = n - 2;
	e->sw = word_at(hex, n - 2);
}

void
exchanges_begin(struct exchanges *exchanges, size_t reader)
{
	exchanges->reader = reader;
	exchanges->app = 0;
	exchanges->file = 0;
}

void
exchanges_take(struct exchanges *exchanges, const char *line)
{
	if (strncmp(line, "> ", 2) == 0)
		take_command(exchanges, line + 2);
	else if (strncmp(line, "< ", 2) == 0)
		take_answer(exchanges, line + 2);
}
