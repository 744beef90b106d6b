/* SPDX-License-Identifier: BSD-2-Clause */
/* A share of the cells, in a private world. */
#include "torn.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ATTEMPTS	20	/* until a fault strikes where it is to */
#define AFTER_MAX	5

struct world {
	const char	*self, *tool;
	char		 module[PATH_MAX];
	const char	*socket;
	struct proxy	*proxy;
	bool		 is_reader;	/* faults behind the reader */
	size_t		 number, of;
	bool		 every;
	unsigned long	 again;
};

static const struct cut no_cut = { .set = false };

/* The PIN change that is to be disturbed. */
static struct program
program_of(const struct world *w, const struct operation *op)
{
	struct program tool = { .argv = { w->tool, "pin", "change", op->pin,
	    "--pin-fd", "3", "--new-pin-fd", "4" },
	    .pins = { op->given, op->next } };
	struct program module = { .argv = { w->self, "--set-pin", w->module,
	    op->token, op->given, op->next } };

	return op->token == NULL ? tool : module;
}

/* One line at a time, however many worlds there are. */
static void
tell(const char *line)
{
	char whole[1024];
	int n = snprintf(whole, sizeof(whole), "%s\n", line);
	ssize_t put;

	put = write(STDOUT_FILENO, whole, n < (int)sizeof(whole) ? (size_t)n :
	    sizeof(whole) - 1);
	(void)put;
}

/* In plain sight, without what is not fit to print. */
static void
append(char *to, size_t room, const char *text)
{
	size_t n = strlen(to);

	for (; *text != '\0' && n + 2 < room; text++)
		to[n++] = *text == '\n' ? '|' : *text;
	to[n] = '\0';
}

static void
tell_bad(const struct outcome *o, const char *bad)
{
	const struct cell *c = o->cell;
	const struct message *m = &o->talk->messages[c->message];
	char line[900], where[64];

	snprintf(where, sizeof(where), "%s", c->fault);
	if (c->cut.set)
		snprintf(where, sizeof(where), "after byte %zu of it %s",
		    c->cut.at - m->start[c->cut.way],
		    c->cut.way == WAY_UP ? "up" : "down");
	snprintf(line, sizeof(line), "bad: %s, %s, message %zu (%s), %s: %s; "
	    "the card: verify %lu, wrong %lu, change %lu, changed %lu, "
	    "tries %d, PIN %s; said %d: ", c->op->name, kind_names[c->kind],
	    c->message, message_name(m), where, bad, o->use.verify,
	    o->use.wrong, o->use.change, o->use.changed, o->use.tries,
	    o->use.value, o->said.code);
	append(line, sizeof(line), o->said.out);
	append(line, sizeof(line), o->said.err);
	if (o->after.code != 0)
		append(line, sizeof(line), o->after.err);
	tell(line);
}

/*
 * Cells.
 */

/* Undisturbed: what there is to disturb. */
static bool
learn(struct world *w, const struct operation *op, struct plan *plan)
{
	struct program program = program_of(w, op);
	const struct conversation *talk;
	static struct said said;
	char line[200];

	if (!card_ask("renew") || !proxy_begin(w->proxy, &no_cut) ||
	    !program_run(&program, w->proxy, w->socket, &said))
		return false;
	talk = proxy_conversation(w->proxy);
	if (!plan_make(op, talk, w->every, plan)) {
		tell(said.err);
		tell("an undisturbed PIN change is none");
		return false;
	}
	snprintf(line, sizeof(line), "plan %u %zu messages, %zu bytes up, %zu "
	    "bytes down, %zu cells", (unsigned)(op - operations), talk->count,
	    talk->bytes[WAY_UP], talk->bytes[WAY_DOWN], plan->n);
	tell(line);
	return true;
}

/* The reader is full again, and there is a pcscd: its driver can crash. */
static void
mend_reader(void)
{
	(void)card_ask("remove");
	(void)card_ask("insert");
	(void)card_ask("pcscd start");
}

/*
 * The fault is gone when pcscd is done with it: it buries a client that was
 * cut off with a reset of the card, and does not mind that the next one is at
 * work already.  That one may come again, unless it had sent a PIN.
 */
static bool
run_after(const struct world *w, struct outcome *o)
{
	struct program verify = { .argv = { w->tool, "pin", "verify",
	    o->cell->op->pin, "--pin-fd", "3" }, .pins = { o->use.value } };
	struct pin_use use;

	for (;;) {
		if (!program_run(&verify, NULL, NULL, &o->after) ||
		    !card_pin_use(o->cell->op->pin, &use))
			return false;
		if (o->after.code == 0 || o->after.hung ||
		    use.verify != o->use.verify || o->again == AFTER_MAX)
			return true;
		o->again++;
	}
}

/* Did the fault strike in the message in which it was to? */
static bool
struck(const struct outcome *o)
{
	const struct cell *c = o->cell;

	if (c->kind == KIND_READER)
		return o->commands >= (long)c->command;
	return o->talk->was_cut && o->talk->cut_in == c->message;
}

/* False: this cannot go on. */
static bool
try_cell(struct world *w, const struct cell *c, struct outcome *o)
{
	struct program program = program_of(w, c->op);
	char fault[64];

	*o = (struct outcome){ .cell = c };
	if (!card_ask("renew"))
		return false;
	snprintf(fault, sizeof(fault), "fault %s", c->fault);
	if (c->kind == KIND_READER && !card_ask(fault))
		return false;
	if (!proxy_begin(w->proxy, &c->cut) ||
	    !program_run(&program, w->proxy, w->socket, &o->said))
		return false;
	o->talk = proxy_conversation(w->proxy);
	if (!card_pin_use(c->op->pin, &o->use))
		return false;
	o->commands = card_commands();
	(void)card_ask("faults clear");
	if (c->parts)
		mend_reader();
	return run_after(w, o);
}

static bool
run_cell(struct world *w, const struct cell *c, unsigned long *bad)
{
	static struct outcome o;
	const char *why;
	int i;

	for (i = 0; i < ATTEMPTS; i++) {
		if (!try_cell(w, c, &o))
			return false;
		if ((why = judge(&o)) != NULL || struck(&o))
			break;
		why = "the fault did not strike where it was to";
	}
	w->again += o.again;
	if (why == NULL)
		return true;
	tell_bad(&o, why);
	++*bad;
	return true;
}

static bool
run_operation(struct world *w, const struct operation *op)
{
	unsigned long planned[KINDS] = { 0 }, run[KINDS] = { 0 };
	unsigned long bad[KINDS] = { 0 };
	bool good = true;
	struct plan plan;
	char line[100];
	size_t i, mine = 0;
	int k;

	if (!learn(w, op, &plan))
		return false;
	for (i = 0; i < plan.n && good; i++) {
		const struct cell *c = &plan.cells[i];

		if ((c->kind == KIND_READER) != w->is_reader ||
		    mine++ % w->of != w->number)
			continue;
		planned[c->kind]++;
		good = run_cell(w, c, &bad[c->kind]);
		run[c->kind] += good;
	}
	for (k = 0; k < KINDS; k++) {
		snprintf(line, sizeof(line), "sum %u %d %lu %lu %lu",
		    (unsigned)(op - operations), k, planned[k], run[k], bad[k]);
		tell(line);
	}
	plan_free(&plan);
	return good;
}

int
world_live(const char *self, bool is_reader, size_t number, size_t of)
{
	const char *every = getenv("TORN"), *build = getenv("JPKI_BUILD");
	struct world w = { .self = self, .tool = getenv("JPKI_TOOL"),
	    .socket = "/run/torn.sock", .is_reader = is_reader,
	    .number = number, .of = of,
	    .every = every != NULL && strcmp(every, "all") == 0 };
	char line[64];
	bool good;
	size_t i;

	if (w.tool == NULL || build == NULL || of == 0 || !card_open())
		return 1;
	snprintf(w.module, sizeof(w.module), "%s/jpki-pkcs11.so", build);
	if ((w.proxy = proxy_new(w.socket)) == NULL)
		return 1;
	for (good = true, i = 0; i < operations_n && good; i++)
		good = run_operation(&w, &operations[i]);
	snprintf(line, sizeof(line), "again %lu", w.again);
	tell(line);
	return good ? 0 : 1;
}
