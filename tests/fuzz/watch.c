/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE		/* memmem */
#include "watch.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define INS_VERIFY		0x20
#define INS_CHANGE		0x24
#define INS_SELECT		0xA4
#define INS_GET_RESPONSE	0xC0
#define P1_APPLICATION		0x04
#define HEADER_BYTES		4
#define COMMAND_MAX		261	/* short: header, Lc, 255, Le */
#define ANSWER_MAX		258
#define AID_MAX			16
#define PIN_BYTES		64
#define LINE_BYTES		1024

/* The harness's own knowledge of the card, to compare the library's with. */
static const struct {
	enum jpki_pin	 pin;
	uint8_t		 aid[10];
	uint8_t		 ef[2];
	bool		 letters;
	size_t		 min, max;
} rows[] = {
	{ JPKI_PIN_AUTH, { 0xD3, 0x92, 0xF0, 0, 0x26, 1, 0, 0, 0, 1 },
	  { 0, 0x18 }, false, 4, 4 },
	{ JPKI_PIN_SIGN, { 0xD3, 0x92, 0xF0, 0, 0x26, 1, 0, 0, 0, 1 },
	  { 0, 0x1B }, true, 6, 16 },
	{ JPKI_PIN_INPUT, { 0xD3, 0x92, 0x10, 0, 0x31, 0, 1, 1, 4, 8 },
	  { 0, 0x11 }, false, 4, 4 },
};

#define ROWS	(sizeof(rows) / sizeof(rows[0]))

struct pin_copy {
	uint8_t	p[PIN_BYTES];		/* as given */
	uint8_t	sent[PIN_BYTES];	/* as the card has it */
	size_t	n;
	bool	possible;		/* could be a PIN: may be sent */
};

enum kind {
	KIND_NONE,
	KIND_SELECT_APP,
	KIND_SELECT_EF,
	KIND_QUERY,
	KIND_VERIFY,
	KIND_CHANGE,
	KIND_OTHER,
};

static struct {
	/* of the call */
	bool		 secret;	/* a PIN was given */
	size_t		 row;
	struct pin_copy	 pin, new_pin;
	bool		 last_try;
	unsigned	 commands, verifies, changes;
	/* of the transaction */
	bool		 open;
	enum kind	 last;
	uint8_t		 aid[AID_MAX], ef[2];
	size_t		 aid_n;
	bool		 app_ok, ef_ok, asked, verified;
	uint16_t	 query_sw;
	/* of the log */
	bool		 after_secret;	/* its last line was a PIN's command */
} watch;

static void
forget_transaction(void)
{
	watch.last = KIND_NONE;
	watch.app_ok = watch.ef_ok = watch.asked = watch.verified = false;
}

void
watch_clear(void)
{
	memset(&watch, 0, sizeof(watch));
}

void
watch_transaction(bool begins)
{
	watch.open = begins;
	forget_transaction();
}

/*
 * Calls.
 */

static struct pin_copy
copy_pin(struct slice given, size_t row)
{
	struct pin_copy copy = { .n = given.n };
	bool fits = given.n >= rows[row].min && given.n <= rows[row].max;

	fuzz_law(given.n <= PIN_BYTES, "a PIN that the harness can hold");
	copy.possible = given.p != NULL && fits;
	for (size_t i = 0; i < given.n; i++) {
		uint8_t c = given.p[i];
		bool digit = c >= '0' && c <= '9';
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

		copy.p[i] = c;
		copy.sent[i] = rows[row].letters && letter ?
		    (uint8_t)(c & ~0x20) : c;
		copy.possible = copy.possible &&
		    (digit || (letter && rows[row].letters));
	}
	return copy;
}

void
hostile_call_begin(const struct hostile_call *call)
{
	watch.commands = watch.verifies = watch.changes = 0;
	watch.secret = call != NULL && call->pin.p != NULL;
	memset(&watch.pin, 0, sizeof(watch.pin));
	memset(&watch.new_pin, 0, sizeof(watch.new_pin));
	if (!watch.secret)
		return;
	for (watch.row = 0; watch.row < ROWS; watch.row++)
		if (rows[watch.row].pin == call->which)
			break;
	watch.secret = watch.row < ROWS;
	if (!watch.secret)
		return;
	watch.pin = copy_pin(call->pin, watch.row);
	watch.new_pin = copy_pin(call->new_pin, watch.row);
	watch.last_try = call->last_try;
}

void
hostile_call_end(void)
{
	watch.secret = false;
}

unsigned
hostile_commands(void)
{
	return watch.commands;
}

unsigned
hostile_verifies(void)
{
	return watch.verifies;
}

unsigned
hostile_changes(void)
{
	return watch.changes;
}

/*
 * Commands.
 */

/* The data of a short command; sets *n to 0 if it has none. */
static const uint8_t *
data_of(struct slice c, size_t *n)
{
	*n = c.n > HEADER_BYTES + 1 ? c.p[HEADER_BYTES] : 0;
	return c.p + HEADER_BYTES + 1;
}

static bool
well_formed(struct slice c)
{
	size_t n;

	if (c.n < HEADER_BYTES || c.n > COMMAND_MAX)
		return false;
	if (c.n <= HEADER_BYTES + 1)
		return true;
	(void)data_of(c, &n);
	return n > 0 && (c.n == HEADER_BYTES + 1 + n ||
	    c.n == HEADER_BYTES + 1 + n + 1);
}

static enum kind
kind_of(struct slice c)
{
	bool data = c.n > HEADER_BYTES + 1;

	switch (c.p[1]) {
	case INS_SELECT:
		return c.p[2] == P1_APPLICATION ? KIND_SELECT_APP :
		    KIND_SELECT_EF;
	case INS_VERIFY:
		return data ? KIND_VERIFY : KIND_QUERY;
	case INS_CHANGE:
		return KIND_CHANGE;
	default:
		return KIND_OTHER;
	}
}

static void
check_verify(struct slice c)
{
	size_t n;
	const uint8_t *data = data_of(c, &n);

	fuzz_law(watch.secret, "VERIFY only with a PIN of the user's");
	fuzz_law(watch.pin.possible, "P1: a PIN that could be right");
	fuzz_law(watch.pin.n == n && memcmp(watch.pin.sent, data, n) == 0,
	    "VERIFY with the user's PIN, and nothing else");
	fuzz_law_equal(watch.verifies++, 0, "P4: one VERIFY a call");
	fuzz_law(watch.app_ok && watch.aid_n == sizeof(rows[0].aid) &&
	    memcmp(watch.aid, rows[watch.row].aid, watch.aid_n) == 0,
	    "P2: VERIFY in the PIN's application");
	fuzz_law(watch.ef_ok &&
	    memcmp(watch.ef, rows[watch.row].ef, sizeof(watch.ef)) == 0,
	    "P2: VERIFY with the PIN's file");
	fuzz_law(watch.asked, "P2: VERIFY right behind the retry query");
	fuzz_law(watch.query_sw != 0x63C0 && watch.query_sw != 0x6983 &&
	    watch.query_sw != 0x6984, "P3, P8: no VERIFY when locked");
	fuzz_law(watch.query_sw != 0x63C1 || watch.last_try,
	    "P3: no VERIFY on the last try without leave");
}

static void
check_change(struct slice c)
{
	size_t n;
	const uint8_t *data = data_of(c, &n);

	fuzz_law(watch.secret && watch.new_pin.possible,
	    "CHANGE only to a PIN of the user's");
	fuzz_law(watch.new_pin.n == n &&
	    memcmp(watch.new_pin.sent, data, n) == 0,
	    "CHANGE to the user's new PIN, and nothing else");
	fuzz_law_equal(watch.changes++, 0, "one CHANGE a call");
	fuzz_law(watch.verified, "CHANGE right behind VERIFY");
}

static bool
holds(struct slice s, const struct pin_copy *pin)
{
	return pin->possible && (memmem(s.p, s.n, pin->p, pin->n) != NULL ||
	    memmem(s.p, s.n, pin->sent, pin->n) != NULL);
}

static void
note_selection(enum kind kind, struct slice c)
{
	size_t n;
	const uint8_t *data = data_of(c, &n);

	watch.ef_ok = false;
	if (kind == KIND_SELECT_EF) {
		fuzz_law_equal((long long)n, 2, "EF identifiers");
		memcpy(watch.ef, data, n);
		return;
	}
	fuzz_law(n > 0 && n <= AID_MAX, "an application identifier");
	watch.app_ok = false;
	watch.aid_n = n;
	memcpy(watch.aid, data, n);
}

void
watch_command(struct slice c)
{
	enum kind kind;

	fuzz_law(watch.open, "a command goes out in a transaction");
	fuzz_law(well_formed(c), "a short command");
	fuzz_law(++watch.commands <= HOSTILE_COMMANDS_MAX,
	    "one call sends a bounded number of commands");
	if (c.p[1] == INS_GET_RESPONSE) {
		fuzz_law(watch.last != KIND_VERIFY &&
		    watch.last != KIND_CHANGE, "nothing follows a PIN");
		return;
	}
	kind = kind_of(c);
	if (kind == KIND_VERIFY)
		check_verify(c);
	else if (kind == KIND_CHANGE)
		check_change(c);
	else
		fuzz_law(!watch.secret || (!holds(c, &watch.pin) &&
		    !holds(c, &watch.new_pin)), "no PIN in other commands");
	if (kind == KIND_SELECT_APP || kind == KIND_SELECT_EF)
		note_selection(kind, c);
	watch.asked = watch.verified = false;
	watch.last = kind;
}

void
watch_answer(enum jpki_err err, struct slice answer)
{
	uint16_t sw;

	if (err != JPKI_OK || answer.n < 2 || answer.n > ANSWER_MAX) {
		forget_transaction();
		return;
	}
	sw = (uint16_t)(answer.p[answer.n - 2] << 8 | answer.p[answer.n - 1]);
	watch.app_ok = watch.last == KIND_SELECT_APP ? sw == 0x9000 :
	    watch.app_ok;
	watch.ef_ok = watch.last == KIND_SELECT_EF ? sw == 0x9000 :
	    watch.ef_ok;
	watch.asked = watch.last == KIND_QUERY;
	watch.query_sw = sw;
	watch.verified = watch.last == KIND_VERIFY && sw == 0x9000;
}

/*
 * The log.
 */

static struct slice
unhex(const char *text, uint8_t out[LINE_BYTES])
{
	size_t n = 0;
	unsigned byte;

	for (; isxdigit((unsigned char)text[0]) &&
	    isxdigit((unsigned char)text[1]) && n < LINE_BYTES; text += 2) {
		(void)sscanf(text, "%2x", &byte);
		out[n++] = (uint8_t)byte;
	}
	return slice_of(out, n);
}

static void
check_text(struct slice text)
{
	fuzz_law(!holds(text, &watch.pin) && !holds(text, &watch.new_pin),
	    "P6: no PIN in the log");
}

/*
 * What a card answers to anything but a PIN may be anything, even a PIN that
 * it was given once; and a number in the fixed text of a status word is none.
 */
void
hostile_log(const char *line)
{
	static const char module[] = "jpki-pkcs11: ";
	uint8_t bytes[LINE_BYTES];

	if (strncmp(line, module, sizeof(module) - 1) == 0)
		line += sizeof(module) - 1;
	if (strncmp(line, "> ", 2) == 0)
		check_text(unhex(line + 2, bytes));
	else if (strncmp(line, "< ", 2) == 0)
		fuzz_law(!watch.after_secret || strlen(line) == 6,
		    "P6: of an answer to a PIN only the status word");
	else if (strncmp(line, "  ", 2) != 0)
		check_text(slice_of(line, strlen(line)));
	watch.after_secret = strstr(line, "[not shown]") != NULL;
}
