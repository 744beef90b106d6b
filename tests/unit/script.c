/* SPDX-License-Identifier: BSD-2-Clause */
#include "script.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#define BYTES_MAX	1024

struct script_conn {
	struct transport_conn	base;
	bool			inside;		/* a transaction */
};

/* What a row's text stands for. */
struct bytes {
	uint8_t	p[BYTES_MAX];
	size_t	n;
	bool	open_ended;	/* a final * */
	bool	claimed;	/* #N */
	size_t	claim;
};

static struct script *
script_of(struct transport *t)
{
	return (struct script *)(void *)t;
}

static struct script *
script_of_conn(struct transport_conn *c)
{
	return script_of(c->transport);
}

/*
 * Failing.
 */

static void
row_print(const struct script *s, size_t at)
{
	const struct row *row = &s->rows[at];

	print_error("%s row %zu of %zu: %s -> %s%s%s%s\n",
	    at == s->at ? ">>" : "  ", at + 1, s->count, row->does,
	    row->gets[0] != '\0' ? row->gets : "ok",
	    row->note != NULL ? " (" : "", row->note != NULL ? row->note : "",
	    row->note != NULL ? ")" : "");
}

static void
script_fail(const struct script *s, const char *what, const char *detail)
{
	size_t first = s->at > 3 ? s->at - 3 : 0;

	for (size_t i = first; i < s->count && i <= s->at + 1; i++)
		row_print(s, i);
	fail_msg("%s: %s", what, detail);
}

/*
 * Reading the texts of rows.
 */

static void
bytes_put(const struct script *s, struct bytes *b, const uint8_t *p, size_t n)
{
	if (n > sizeof(b->p) - b->n) {
		script_fail(s, "the script is wrong", "too many bytes");
		return;
	}
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

static struct slice
named(const struct script *s, const char *name)
{
	for (size_t i = 0; i < SCRIPT_NAMES && s->names[i].name != NULL; i++)
		if (strcmp(s->names[i].name, name) == 0)
			return s->names[i].bytes;
	script_fail(s, "the script is wrong: no bytes of the name", name);
	return slice_of(NULL, 0);
}

/* <NAME> or <NAME:FROM+N>; returns what follows. */
static const char *
put_named(const struct script *s, const char *text, struct bytes *b)
{
	size_t from = 0, n = SIZE_MAX;
	struct slice bytes;
	char name[16];

	if (sscanf(text, "<%15[a-z0-9]:%zu+%zu>", name, &from, &n) < 1)
		script_fail(s, "the script is wrong", text);
	bytes = named(s, name);
	if (n == SIZE_MAX)
		n = bytes.n;
	if (from > bytes.n || n > bytes.n - from)
		script_fail(s, "the script is wrong: not so many bytes", text);
	else
		bytes_put(s, b, bytes.p + from, n);
	return strchr(text, '>') + 1;
}

static const char *
put_hex(const struct script *s, const char *text, struct bytes *b)
{
	const char pair[3] = { text[0], text[0] != '\0' ? text[1] : '\0' };
	char *end;
	uint8_t byte;

	byte = (uint8_t)strtoul(pair, &end, 16);
	if (end != pair + 2)
		script_fail(s, "the script is wrong", text);
	bytes_put(s, b, &byte, 1);
	return text + 2;
}

static struct bytes
bytes_of(const struct script *s, const char *text)
{
	struct bytes b = { .n = 0 };

	while (*text != '\0') {
		if (*text == ' ') {
			text++;
		} else if (*text == '<') {
			text = put_named(s, text, &b);
		} else if (*text == '*') {
			b.open_ended = true;
			text++;
		} else if (*text == '#') {
			b.claimed = true;
			b.claim = strtoul(text + 1, NULL, 10);
			text += strcspn(text, " ");
		} else {
			text = put_hex(s, text, &b);
		}
	}
	return b;
}

/* The error of "!NAME". */
static bool
error_of(const struct script *s, const char *text, enum jpki_err *err)
{
	if (text[0] != '!')
		return false;
	for (int e = 1; e < 500; e++)
		if (strcmp(jpki_err_name((enum jpki_err)e), text + 1) == 0) {
			*err = (enum jpki_err)e;
			return true;
		}
	script_fail(s, "the script is wrong: no such error", text);
	return false;
}

/*
 * Following the rows.
 */

static enum jpki_err
row_result(struct script *s, const struct row *row)
{
	enum jpki_err err = JPKI_OK;

	if (s->watch != NULL)
		s->watch(s->watch_user, row);
	(void)error_of(s, row->gets, &err);
	s->at++;
	return err;
}

/* Something other than a command happens. */
static const struct row *
event(struct script *s, const char *what)
{
	if (s->at == s->count)
		script_fail(s, "done, but not in the script", what);
	if (strcmp(s->rows[s->at].does, what) != 0)
		script_fail(s, "done instead", what);
	return &s->rows[s->at];
}

/* The hex text of a command is made only to fail: it may hold a PIN. */
static void
fail_command(const struct script *s, const char *what, struct slice command)
{
	char sent[2 * BYTES_MAX + 1] = "";

	for (size_t i = 0; i < command.n && i < BYTES_MAX; i++)
		(void)snprintf(sent + 2 * i, 3, "%02X", command.p[i]);
	script_fail(s, what, sent);
}

static bool
command_fits(const struct script *s, const char *does, struct slice command)
{
	struct bytes wanted;

	/* Hex text begins with a digit or a capital, an event does not. */
	if (islower((unsigned char)does[0]))
		return false;
	wanted = bytes_of(s, does);
	if (command.n < wanted.n || (command.n > wanted.n &&
	    !wanted.open_ended))
		return false;
	return memcmp(command.p, wanted.p, wanted.n) == 0;
}

static enum jpki_err
list(struct transport *t, struct transport_reader **out, size_t *n)
{
	struct script *s = script_of(t);

	s->lists++;
	if (s->list_err != JPKI_OK)
		return s->list_err;
	*n = s->reader_count;
	*out = NULL;
	if (*n == 0)
		return JPKI_OK;
	*out = malloc(*n * sizeof(**out));
	if (*out == NULL)
		return JPKI_ERR_MEMORY;
	memcpy(*out, s->readers, *n * sizeof(**out));
	return JPKI_OK;
}

static enum jpki_err
wait_change(struct transport *t, const struct transport_reader *seen,
    size_t n, int timeout_ms)
{
	struct script *s = script_of(t);
	const struct row *row = event(s, "wait");
	struct transport_reader *reader;
	char what[4];
	size_t at;

	assert_int_equal(n, s->reader_count);
	if (n > 0)
		assert_memory_equal(seen, s->readers, n * sizeof(*seen));
	s->timeout_ms = timeout_ms;
	if (sscanf(row->gets, "%3s %zu", what, &at) == 2) {
		assert_true(at < s->reader_count);
		reader = &s->readers[at];
		reader->has_card = strcmp(what, "in") == 0;
		reader->events++;
	}
	return row_result(s, row);
}

static void
cancel(struct transport *t)
{
	script_of(t)->cancels++;
}

static enum jpki_err
connect_reader(struct transport *t, const char *reader,
    struct transport_conn **out)
{
	struct script *s = script_of(t);
	struct script_conn *conn;
	enum jpki_err err;
	char what[160];

	(void)snprintf(what, sizeof(what), "connect %s", reader);
	err = row_result(s, event(s, what));
	if (err != JPKI_OK)
		return err;
	conn = calloc(1, sizeof(*conn));
	if (conn == NULL)
		return JPKI_ERR_MEMORY;
	conn->base.transport = t;
	s->connections++;
	*out = &conn->base;
	return JPKI_OK;
}

static enum jpki_err
begin(struct transport_conn *c, enum transport_since *since)
{
	struct script *s = script_of_conn(c);
	struct script_conn *conn = (struct script_conn *)(void *)c;
	const struct row *row = event(s, "begin");
	enum jpki_err err;

	if (conn->inside)
		script_fail(s, "begin", "inside a transaction");
	*since = strcmp(row->gets, "reset") == 0 ? SINCE_RESET :
	    strcmp(row->gets, "new") == 0 ? SINCE_NEW : SINCE_NOTHING;
	err = row_result(s, row);
	conn->inside = err == JPKI_OK;
	return err;
}

static enum jpki_err
claim(struct transport_conn *c, enum transport_since *since)
{
	struct script *s = script_of_conn(c);
	const struct row *row = event(s, "claim");

	if (((struct script_conn *)(void *)c)->inside)
		script_fail(s, "claim", "inside a transaction");
	*since = strcmp(row->gets, "new") == 0 ? SINCE_NEW : SINCE_NOTHING;
	return row_result(s, row);
}

static enum jpki_err
release(struct transport_conn *c)
{
	struct script *s = script_of_conn(c);

	if (!((struct script_conn *)(void *)c)->inside)
		script_fail(s, "release", "outside a transaction");
	return row_result(s, event(s, "release"));
}

static void
answer_put(const struct bytes *b, uint8_t *answer, size_t *n)
{
	memcpy(answer, b->p, b->n < *n ? b->n : *n);
	*n = b->claimed ? b->claim : b->n;
}

/* The rows of such a command begin with the mark. */
static enum jpki_err
exchange(struct transport_conn *c, const char *mark, struct slice command,
    uint8_t *answer, size_t *n)
{
	struct script *s = script_of_conn(c);
	struct script_conn *conn = (struct script_conn *)(void *)c;
	size_t mark_n = strlen(mark);
	const struct row *row;
	struct bytes gets;
	enum jpki_err err;

	if (s->at == s->count)
		fail_command(s, "sent, but not in the script", command);
	row = &s->rows[s->at];
	if (!conn->inside)
		fail_command(s, "sent outside a transaction", command);
	if (strncmp(row->does, mark, mark_n) != 0 ||
	    !command_fits(s, row->does + mark_n, command))
		fail_command(s, "sent instead", command);
	s->commands++;
	err = row_result(s, row);
	if (err != JPKI_OK)
		return err;
	gets = bytes_of(s, row->gets);
	answer_put(&gets, answer, n);
	return JPKI_OK;
}

static enum jpki_err
transmit(struct transport_conn *c, struct slice command, uint8_t *answer,
    size_t *n)
{
	return exchange(c, "", command, answer, n);
}

static bool
has_pad(struct transport_conn *c)
{
	return script_of_conn(c)->pad;
}

static enum jpki_err
key_in(struct transport_conn *c, struct slice command, uint8_t *answer,
    size_t *n)
{
	return exchange(c, "keyed ", command, answer, n);
}

static void
end(struct transport_conn *c)
{
	struct script *s = script_of_conn(c);

	((struct script_conn *)(void *)c)->inside = false;
	(void)row_result(s, event(s, "end"));
}

static void
disconnect(struct transport_conn *c, bool unpower)
{
	struct script *s = script_of_conn(c);

	(void)row_result(s, event(s, unpower ? "unpower" : "disconnect"));
	s->connections--;
	free(c);
}

static void
let_go(struct transport *t)
{
	script_of(t)->freed = true;
}

static const struct transport_ops script_ops = {
	.list = list,
	.wait = wait_change,
	.cancel = cancel,
	.connect = connect_reader,
	.begin = begin,
	.claim = claim,
	.release = release,
	.transmit = transmit,
	.has_pad = has_pad,
	.key_in = key_in,
	.end = end,
	.disconnect = disconnect,
	.free = let_go,
};

/*
 * Making one.
 */

struct script *
script_new(void)
{
	static const struct transport_reader readers[] = {
		{ .name = "Reader A", .has_card = true, .events = 1,
		    .atr = { 0x3B, 0x80 }, .atr_len = 2 },
		{ .name = "Reader B", .events = 7 },
	};
	struct script *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->base.ops = &script_ops;
	memcpy(s->readers, readers, sizeof(readers));
	s->reader_count = 2;
	return s;
}

void
script_free(struct script **script)
{
	if (*script != NULL)
		free((*script)->rows);
	free(*script);
	*script = NULL;
}

void
script_add(struct script *script, const struct row *rows, size_t n)
{
	struct row *grown;

	grown = realloc(script->rows, (script->count + n) * sizeof(*grown));
	assert_non_null(grown);
	memcpy(grown + script->count, rows, n * sizeof(*rows));
	script->rows = grown;
	script->count += n;
}

void
script_name(struct script *script, const char *name, struct slice bytes)
{
	size_t i = 0;

	while (i < SCRIPT_NAMES && script->names[i].name != NULL &&
	    strcmp(script->names[i].name, name) != 0)
		i++;
	assert_true(i < SCRIPT_NAMES);
	script->names[i].name = name;
	script->names[i].bytes = bytes;
}

void
script_done(struct script *script)
{
	if (script->at < script->count)
		script_fail(script, "left over", script->rows[script->at].does);
	assert_int_equal(script->connections, 0);
}
