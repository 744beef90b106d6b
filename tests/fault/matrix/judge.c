/* SPDX-License-Identifier: BSD-2-Clause */
#include "judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cryptoki.h"
#include "rv.h"
#include "signature.h"

#define INS_VERIFY	0x20

void
complain(struct complaint *c, const char *format, ...)
{
	va_list args;
	int n;

	c->any = true;
	if (c->n > 0 && c->n + 2 < sizeof(c->text)) {
		c->text[c->n++] = ';';
		c->text[c->n++] = ' ';
	}
	va_start(args, format);
	n = vsnprintf(c->text + c->n, sizeof(c->text) - c->n, format, args);
	va_end(args);
	c->n += n > 0 ? (size_t)n : 0;
	if (c->n > sizeof(c->text) - 1)
		c->n = sizeof(c->text) - 1;
}

bool
judge_open(const char *card_folder)
{
	return signature_open(card_folder);
}

/*
 * The process.
 */

static void
judge_process(const struct attempt *a, struct complaint *out)
{
	if (a->hung)
		complain(out, "hangs");
	else if (a->signal != 0)
		complain(out, "ended by signal %d", a->signal);
}

/*
 * PINs: how often they were sent, and what that cost.
 */

static unsigned
calls_of(const struct attempt *a, const char *name)
{
	unsigned n = 0;

	for (size_t i = 0; i < a->calls; i++)
		n += strcmp(a->call[i].name, name) == 0;
	return n;
}

static unsigned
asked_verify(const struct case_ *c)
{
	if (c->op->part == PART_TOOL)
		return c->op->verify;
	return calls_of(c->attempt, "C_Login") +
	    calls_of(c->attempt, "C_SetPIN");
}

static unsigned
asked_change(const struct case_ *c)
{
	return c->op->part == PART_TOOL ? c->op->change :
	    calls_of(c->attempt, "C_SetPIN");
}

static bool
is_change(uint8_t ins)
{
	return ins == 0x24 || ins == 0x32;
}

static void
judge_sent(const struct case_ *c, struct complaint *out)
{
	const struct seen *s = &c->attempt->seen;
	unsigned verify = 0, change = 0;

	for (size_t i = 0; i < s->n; i++) {
		verify += s->command[i].ins == INS_VERIFY &&
		    s->command[i].has_data;
		change += is_change(s->command[i].ins);
	}
	if (verify > asked_verify(c))
		complain(out, "%u VERIFYs were sent, %u asked for", verify,
		    asked_verify(c));
	if (change > asked_change(c))
		complain(out, "%u CHANGEs were sent, %u asked for", change,
		    asked_change(c));
}

static int
tries_expected(const struct pin_row *row, const struct pin_state *before,
    const struct pin_state *now)
{
	if (now->verify == 0)
		return before->tries;
	return now->wrong == 0 ? row->tries_max :
	    before->tries - (int)now->wrong;
}

static void
judge_pin(const struct case_ *c, enum card_pin i, struct complaint *out)
{
	const struct pin_state *before = &c->before[i];
	const struct pin_state *now = &c->attempt->pins[i];
	const struct pin_row *row = &pin_rows[i];
	int expected = tries_expected(row, before, now);

	if (i == c->op->pin ? now->verify > asked_verify(c) ||
	    now->change > asked_change(c) : now->verify + now->change > 0)
		complain(out, "the PIN %s got what was not for it",
		    row->name);
	if (now->wrong > (c->op->wrong ? asked_verify(c) : 0))
		complain(out, "%lu wrong tries of the PIN %s", now->wrong,
		    row->name);
	if (now->tries != expected)
		complain(out, "%d tries of the PIN %s, not %d", now->tries,
		    row->name, expected);
	if (strcmp(now->value, before->value) != 0 && (i != c->op->pin ||
	    c->op->kind != OP_CHANGE || strcmp(now->value, c->next) != 0))
		complain(out, "the PIN %s is now %s", row->name, now->value);
}

/* A PIN goes astray only if the card itself lost its file in between. */
static void
judge_astray(const struct case_ *c, struct complaint *out)
{
	bool moved = c->fault != NULL && (c->fault->kind == FAULT_RESET ||
	    c->fault->kind == FAULT_MOVED);

	if (c->attempt->astray > (moved ? 1 : 0))
		complain(out, "%lu PINs went to no PIN", c->attempt->astray);
}

static void
judge_pins(const struct case_ *c, struct complaint *out)
{
	judge_sent(c, out);
	for (unsigned i = 0; i < CARD_PINS; i++)
		judge_pin(c, (enum card_pin)i, out);
	judge_astray(c, out);
}

/*
 * What was handed out.
 */

static bool
succeeded(const struct attempt *a, const struct operation *op)
{
	if (a->hung || a->signal != 0)
		return false;
	if (op->part == PART_TOOL)
		return a->code == op->end;
	return a->rv == CKR_OK;
}

static void
judge_signatures(const struct case_ *c, struct complaint *out)
{
	const struct attempt *a = c->attempt;

	for (size_t i = 0; i < a->signatures; i++)
		if (!signature_holds(c->op->pin,
		    c->op->yield == YIELD_PSS, a->signature[i]))
			complain(out, "signature %zu does not verify", i + 1);
}

/* Words that stand for what a card did not tell, or told otherwise. */
static const struct {
	const char	*words;
	const char	*fault;		/* its name's beginning; NULL: any */
} doubts[] = {
	{ "the card does not say", NULL },
	{ "cannot be read: ", NULL },
	{ "cannot be recognised", NULL },
	{ "that another program holds", NULL },
	{ "does not answer", NULL },
	{ "not on this card", NULL },
	{ "no card", NULL },
	{ "a token of unknown kind", NULL },
	{ "not known; --login", NULL },
	{ "needs its PIN", NULL },
	{ "claims a TEST CA", NULL },
	/* The card said so. */
	{ "a card, but no JPKI card", "6" },
	{ "left: a wrong PIN locks it", "63C1" },
};

static bool
is_doubt(const struct fault_row *fault, const char *line)
{
	for (size_t i = 0; i < sizeof(doubts) / sizeof(doubts[0]); i++)
		if (strstr(line, doubts[i].words) != NULL &&
		    (doubts[i].fault == NULL || (fault != NULL &&
		    strncmp(fault->name, doubts[i].fault,
		    strlen(doubts[i].fault)) == 0)))
			return true;
	return false;
}

static bool
has_line(const char *text, size_t text_n, const char *line, size_t n)
{
	for (size_t at = 0; at + n <= text_n; at++)
		if ((at == 0 || text[at - 1] == '\n') &&
		    memcmp(text + at, line, n) == 0)
			return true;
	return false;
}

static void
judge_lines(const struct case_ *c, struct complaint *out)
{
	const struct attempt *a = c->attempt, *base = &c->base->attempt;
	char line[256];
	size_t n;

	for (size_t at = 0; at < a->out_n; at += n + 1) {
		const char *p = a->out + at;
		const char *end = memchr(p, '\n', a->out_n - at);

		n = end != NULL ? (size_t)(end - p) : a->out_n - at;
		snprintf(line, sizeof(line), "%.*s", (int)n, p);
		if (!has_line(base->out, base->out_n, p, n) &&
		    !is_doubt(c->fault, line))
			complain(out, "says \"%s\"", line);
	}
}

static bool
same_out(const struct case_ *c)
{
	const struct attempt *a = c->attempt, *base = &c->base->attempt;

	return a->out_n == base->out_n &&
	    memcmp(a->out, base->out, a->out_n) == 0;
}

/* Unless all is done: no output, and one line that says why. */
static void
judge_words(const struct case_ *c, struct complaint *out)
{
	const struct attempt *a = c->attempt;
	static const char mine[] = "jpki-tool: ", warning[] = "warning: ";
	const char *at = a->err;
	unsigned lines = 0;

	if (a->code == 0 || a->hung || a->signal != 0)
		return;
	/* Certificates that end soon are told, and are no failure. */
	if (succeeded(a, c->op) && c->op->yield != YIELD_NONE)
		return;
	if (a->out_n > 0)
		complain(out, "exit %d, but there is output", a->code);
	if (a->signatures > 0)
		complain(out, "exit %d, but there are files", a->code);
	for (; (at = strstr(at, mine)) != NULL; at += strlen(mine))
		lines += strncmp(at + strlen(mine), warning,
		    strlen(warning)) != 0;
	if (lines != 1)
		complain(out, "exit %d, and %u lines that say why", a->code,
		    lines);
}

/* Whoever has to go on by hand is told from where on. */
static void
judge_documents(const struct case_ *c, struct complaint *out)
{
	const struct attempt *a = c->attempt;
	size_t all = c->base->attempt.documents;
	char words[64];

	if (c->op->yield != YIELD_DOCUMENTS || a->hung || a->signal != 0)
		return;
	snprintf(words, sizeof(words), "%zu of %zu documents are signed",
	    a->documents, all);
	if (succeeded(a, c->op) ? a->documents != all : a->documents > 0 &&
	    a->documents < all && strstr(a->err, words) == NULL)
		complain(out, "exit %d, but %s", a->code, words);
}

static void
judge_yield(const struct case_ *c, struct complaint *out)
{
	const struct attempt *a = c->attempt;

	judge_signatures(c, out);
	judge_documents(c, out);
	if (c->op->part == PART_TOOL)
		judge_words(c, out);
	if (!succeeded(a, c->op))
		return;
	/* A card that counts without having looked: nobody can know. */
	if (c->op->kind == OP_VERIFY && !(c->op->wrong && c->fault != NULL &&
	    c->fault->kind == FAULT_STATUS) && a->pins[c->op->pin].verify !=
	    asked_verify(c))
		complain(out, "the PIN was not verified");
	if (a->signatures != c->base->attempt.signatures)
		complain(out, "%zu signatures, not %zu", a->signatures,
		    c->base->attempt.signatures);
	/* What a card says of itself it may say wrong; no signature, though. */
	if (c->fault != NULL && c->fault->kind == FAULT_NOISE)
		return;
	if (c->op->yield == YIELD_SAME && !same_out(c))
		complain(out, "hands out something else");
	/* Of another application, what is read is something else. */
	if (c->op->yield == YIELD_LINES &&
	    (c->fault == NULL || c->fault->kind != FAULT_MOVED))
		judge_lines(c, out);
}

/*
 * What a user is told of a PIN that was to be changed.
 */

static bool
says_uncertain(const struct attempt *a, enum part part)
{
	if (part == PART_TOOL)
		return a->code == 1 &&
		    strstr(a->err, "the old or the new one is valid") != NULL;
	return a->calls > 0 && a->call[a->calls - 1].rv == CKR_DEVICE_ERROR;
}

static void
judge_change(const struct case_ *c, struct complaint *out)
{
	bool changed;

	if (c->op->kind != OP_CHANGE)
		return;
	changed = strcmp(c->attempt->pins[c->op->pin].value, c->now) != 0;
	if (says_uncertain(c->attempt, c->op->part))
		return;
	/* A card that has obeyed and says no in plain words: who could know? */
	if (changed && c->fault != NULL && c->fault->kind == FAULT_STATUS &&
	    is_change(c->attempt->seen.command[c->place - 1].ins))
		return;
	if (changed != succeeded(c->attempt, c->op))
		complain(out, "the PIN %s changed, and the user is told "
		    "otherwise", changed ? "has" : "has not");
}

void
judge_outcome(const struct attempt *a, enum part part, char *out, size_t room)
{
	const struct call_seen *last = a->calls > 0 ?
	    &a->call[a->calls - 1] : NULL;

	if (a->hung || a->signal != 0)
		snprintf(out, room, a->hung ? "hangs" : "signal %d",
		    a->signal);
	else if (part == PART_TOOL)
		snprintf(out, room, "exit %d", a->code);
	else if (last == NULL)
		snprintf(out, room, "nothing called");
	else
		snprintf(out, room, "%s %s", last->name, rv_name(last->rv));
}

static void
judge_all(const struct case_ *c, struct complaint *out)
{
	judge_process(c->attempt, out);
	judge_pins(c, out);
	judge_yield(c, out);
	judge_change(c, out);
}

void
judge_first(const struct case_ *c, struct complaint *out)
{
	char outcome[64];

	judge_all(c, out);
	if (allowed(c))
		return;
	judge_outcome(c->attempt, c->op->part, outcome, sizeof(outcome));
	complain(out, "%s is not documented for this", outcome);
}

void
judge_same(const struct case_ *c, struct complaint *out)
{
	char outcome[64];

	judge_process(c->attempt, out);
	judge_pins(c, out);
	judge_signatures(c, out);
	if (allowed_same(c))
		return;
	judge_outcome(c->attempt, c->op->part, outcome, sizeof(outcome));
	complain(out, "once more with the same handles: %s", outcome);
}

void
judge_success(const struct case_ *c, struct complaint *out)
{
	struct complaint mine = { .any = false };
	char outcome[64];

	judge_all(c, &mine);
	judge_outcome(c->attempt, c->op->part, outcome, sizeof(outcome));
	if (!succeeded(c->attempt, c->op)) {
		complain(&mine, "%s", outcome);
	} else if (c->op->yield != YIELD_NONE && !same_out(c) &&
	    c->op->yield != YIELD_SIGNATURE && c->op->yield != YIELD_PSS &&
	    c->op->yield != YIELD_DOCUMENTS) {
		complain(&mine, "tells less than before");
	}
	if (mine.any)
		complain(out, "the second attempt: %s", mine.text);
}

bool
judge_refused(const struct case_ *c)
{
	const struct seen *s = &c->attempt->seen;

	/* What was read stays read. */
	if (c->fault != NULL && c->fault->kind == FAULT_NOISE)
		return true;
	if (c->fault == NULL || c->op->part != PART_MODULE ||
	    (c->fault->kind != FAULT_STATUS &&
	    c->fault->kind != FAULT_ANSWER))
		return false;
	for (size_t i = 0; i < s->n; i++)
		if (s->command[i].struck && s->command[i].selects_jpki)
			return true;
	return false;
}
