/* SPDX-License-Identifier: BSD-2-Clause */
/* Which operations, and for each which cells. */
#include "torn.h"

#include <stdio.h>
#include <stdlib.h>

const struct operation operations[] = {
	{ "jpki-tool pin change auth", NULL, "auth", 3, "1234", "1234", "5678" },
	{ "jpki-tool pin change sign", NULL, "sign", 5, "ABC123", "ABC123", "XYZ7890" },
	{ "jpki-tool pin change auth, wrong PIN", NULL, "auth", 3, "1234", "9999", "5678" },
	{ "C_SetPIN auth", "JPKI-AUTH", "auth", 3, "1234", "1234", "5678" },
	{ "C_SetPIN sign", "JPKI-SIGN", "sign", 5, "ABC123", "ABC123", "XYZ7890" },
	{ "C_SetPIN auth, wrong PIN", "JPKI-AUTH", "auth", 3, "1234", "9999", "5678" },
};
const size_t operations_n = sizeof(operations) / sizeof(operations[0]);

const char *const kind_names[KINDS] = {
	[KIND_UP] = "torn on the way to pcscd",
	[KIND_DOWN] = "torn on the way from pcscd",
	[KIND_GONE] = "torn, and pcscd not to be reached again",
	[KIND_READER] = "reader and card disturbed",
};

/*
 * Before the retry query of the change nothing depends on the PIN.  Long
 * answers there (the table of readers, certificates) are torn at their edges
 * only, unless every byte is wanted.
 */
#define LONG_ANSWER	64
#define EDGE		4

struct maker {
	struct plan		*plan;
	const struct operation	*op;
	bool			 every;
	size_t			 query;	/* message: the change begins */
};

static struct cell *
add(struct maker *mk, enum kind kind, size_t message)
{
	struct plan *plan = mk->plan;
	struct cell *grown = realloc(plan->cells,
	    (plan->n + 1) * sizeof(*grown));

	if (grown == NULL) {
		fprintf(stderr, "no memory\n");
		exit(1);
	}
	plan->cells = grown;
	grown[plan->n] = (struct cell){ .op = mk->op, .kind = kind,
	    .message = message };
	return &grown[plan->n++];
}

static void
add_cut(struct maker *mk, size_t message, enum way way, size_t at,
    bool for_good)
{
	enum kind kind = way == WAY_UP ? KIND_UP : KIND_DOWN;

	add(mk, for_good ? KIND_GONE : kind, message)->cut = (struct cut){
	    .set = true, .way = way, .at = at, .for_good = for_good };
}

static bool
is_wanted(const struct maker *mk, size_t message, size_t offset, size_t n)
{
	return mk->every || message >= mk->query || n < LONG_ANSWER ||
	    offset < EDGE || offset + EDGE >= n;
}

/*
 * The cut behind the last byte of one message is that before the first of the
 * next, but for the next on another connection: a message's own are 1 to n.
 */
static void
add_cuts(struct maker *mk, size_t message)
{
	const struct message *m = &mk->plan->talk.messages[message];
	size_t i;

	for (i = 1; i <= m->n[WAY_UP]; i++)
		add_cut(mk, message, WAY_UP, m->start[WAY_UP] + i, false);
	for (i = 1; i <= m->n[WAY_DOWN]; i++)
		if (is_wanted(mk, message, i, m->n[WAY_DOWN]))
			add_cut(mk, message, WAY_DOWN,
			    m->start[WAY_DOWN] + i, false);
}

/* In the middle of a message, behind it, in its answer, behind that. */
static void
add_ends(struct maker *mk, size_t message)
{
	const struct message *m = &mk->plan->talk.messages[message];
	enum way way;

	for (way = WAY_UP; way <= WAY_DOWN; way++) {
		if (m->n[way] == 0)
			continue;
		add_cut(mk, message, way, m->start[way] + m->n[way], true);
		if (m->n[way] > 1)
			add_cut(mk, message, way,
			    m->start[way] + m->n[way] / 2, true);
	}
}

/* Faults of jpki-vcard. */
static const struct fault_row {
	const char	*spec;
	bool		 parts, misleads;
} faults[] = {
	{ "remove,before", true, false },
	{ "remove,after", true, false },
	{ "remove-insert,before", true, false },
	{ "remove-insert,after", true, false },
	{ "hangup,before", true, false },
	{ "hangup,after", true, false },
	{ "truncate-sw", false, false },
	{ "sw=6F00,before", false, false },
	{ "sw=6F00,after", false, false },
	{ "reset,before", false, true },
	{ "reset,after", false, true },
	{ "select,before", false, true },
	{ "select,after", false, true },
};

static void
add_fault(struct maker *mk, size_t message, const struct fault_row *row,
    unsigned long command)
{
	struct cell *c = add(mk, KIND_READER, message);

	c->command = command;
	c->parts = row->parts;
	c->misleads = row->misleads;
	snprintf(c->fault, sizeof(c->fault), "%s@%lu", row->spec, command);
}

/*
 * The message of the reader's driver is the answer behind two bytes of length;
 * pcscd's is the answer behind 32 bytes of its own.
 */
static void
add_faults(struct maker *mk, size_t message, unsigned long command)
{
	const struct message *m = &mk->plan->talk.messages[message];
	size_t i, n = m->n[WAY_DOWN] - 32 + 2;
	char tear[32];

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		add_fault(mk, message, &faults[i], command);
	for (i = 1; i < n && message >= mk->query; i++) {
		snprintf(tear, sizeof(tear), "tear=%zu", i);
		add_fault(mk, message, &(struct fault_row){ .spec = tear,
		    .parts = true }, command);
	}
}

/* The query that the change begins with; there may be others before. */
static size_t
last_query(const struct conversation *talk)
{
	size_t i, at = talk->count;

	for (i = 0; i < talk->count; i++) {
		if (message_is_verify(&talk->messages[i]))
			return at;
		if (message_is_query(&talk->messages[i]))
			at = i;
	}
	return talk->count;
}

bool
plan_make(const struct operation *op, const struct conversation *talk,
    bool every, struct plan *plan)
{
	struct maker mk = { .plan = plan, .op = op, .every = every };
	unsigned long command = 0;
	size_t i;

	*plan = (struct plan){ .talk = *talk };
	mk.query = last_query(talk);
	if (mk.query == talk->count)
		return false;
	add_cut(&mk, 0, WAY_UP, 0, false);
	add_cut(&mk, 0, WAY_UP, 0, true);
	for (i = 0; i < talk->count; i++) {
		add_cuts(&mk, i);
		if (i >= mk.query)
			add_ends(&mk, i);
		if (message_is_apdu(&talk->messages[i]))
			add_faults(&mk, i, ++command);
	}
	return true;
}

void
plan_free(struct plan *plan)
{
	free(plan->cells);
	*plan = (struct plan){ .n = 0 };
}
