/* SPDX-License-Identifier: BSD-2-Clause */
#include "worker.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attempt.h"
#include "document.h"
#include "files.h"
#include "judge.h"
#include "neighbour.h"

struct worker {
	struct bench		 bench;
	struct baseline		*base;		/* of each operation */
	struct report		 report;
	struct complaint	 said;
	int			 out;
};

static struct world *
world_of(struct worker *w)
{
	return &w->bench.world;
}

/*
 * The fault and its end.
 */

static bool
arm(struct worker *w, const struct fault_row *fault, unsigned place)
{
	if (fault->spec != NULL &&
	    !world_ask(world_of(w), "fault %s@%u", fault->spec, place))
		return false;
	return fault->also == NULL ||
	    world_ask(world_of(w), "fault %s@%u", fault->also, place);
}

static bool
mend(struct worker *w, const struct fault_row *fault)
{
	struct world *world = world_of(w);
	bool ok = true;

	world_settle(world);
	if (fault->over != NULL)
		ok = fault->over(world);
	ok = world_ask(world, "faults clear") && ok;
	/* What the fault stopped, before what stopped by itself. */
	if (fault->kind == FAULT_NO_SERVICE)
		ok = world_serve(world, NULL) && ok;
	ok = world_serve(world, &w->report.service_died) && ok;
	if (fault->kind == FAULT_MUTE)
		ok = world_ask(world, "mute off") && ok;
	if (fault->drops)
		ok = world_recover(world, &w->report.service_died) && ok;
	return world_ask(world, "insert") && ok;
}

static void
note_world(struct worker *w, const struct fault_row *fault, struct attempt *a)
{
	world_look(world_of(w), fault != NULL && fault->spec != NULL,
	    &a->seen);
	if (!world_pins(world_of(w), a))
		complain(&w->said, "the card cannot be asked");
}

static bool
clear_counts(struct worker *w)
{
	world_skip(world_of(w));
	return world_ask(world_of(w), "counters clear") &&
	    world_ask(world_of(w), "pins clear");
}

static void
start_values(struct pin_state pins[CARD_PINS])
{
	for (unsigned i = 0; i < CARD_PINS; i++) {
		pins[i] = (struct pin_state){ .tries = pin_rows[i].tries };
		snprintf(pins[i].value, PIN_ROOM, "%s", pin_rows[i].value);
	}
}

/* The PINs to give: what the card has now, and the other of the two. */
static void
choose_pins(struct case_ *c)
{
	const struct pin_row *row = &pin_rows[c->op->pin % CARD_PINS];
	const char *value = c->before[c->op->pin % CARD_PINS].value;

	c->now = c->op->wrong ? row->wrong : value;
	c->next = strcmp(value, row->value) == 0 ? row->other : row->value;
}

static void
note_place(struct worker *w, const struct fault_row *fault, unsigned place,
    const struct attempt *a)
{
	w->report.ins = 0;
	if (fault->at_step)
		return;
	if (place > a->seen.n)
		complain(&w->said, "the command was not reached");
	else
		w->report.ins = a->seen.command[place - 1].ins;
}

/* A neighbour who is kept out is what exclusive=login is for. */
static void
note_act(struct worker *w, const struct case_ *c, const struct meanwhile *m)
{
	bool kept_out = c->op->settings != NULL &&
	    strstr(c->op->settings, "exclusive") != NULL &&
	    m->fault->kind == FAULT_NEIGHBOUR;

	if (m->failed && !kept_out)
		complain(&w->said, "the fault could not be made");
}

/*
 * Cells of the tool.
 */

static bool
tool_once(struct worker *w, struct case_ *c, struct meanwhile *m,
    struct attempt *a)
{
	choose_pins(c);
	if (!clear_counts(w) || (m != NULL && !arm(w, m->fault, c->place)) ||
	    !tool_run(&w->bench, c->op, c->now, c->next, m, a)) {
		complain(&w->said, "the tool cannot be run");
		return false;
	}
	note_world(w, c->fault, a);
	files_take(c->op, a, &w->said);
	c->attempt = a;
	return true;
}

static void
tool_cell(struct worker *w, struct case_ c)
{
	const struct fault_row *fault = c.fault;
	struct meanwhile m = { .fault = fault,
	    .step = fault->at_step ? (int)c.place : -1 };
	struct attempt first, second;

	if (!tool_once(w, &c, &m, &first))
		return;
	note_act(w, &c, &m);
	note_place(w, fault, c.place, &first);
	judge_first(&c, &w->said);
	judge_outcome(&first, PART_TOOL, w->report.outcome, OUTCOME_ROOM);
	if (!mend(w, fault))
		complain(&w->said, "the world cannot be mended: %s",
		    w->bench.world.failed);
	c.before = first.pins;
	c.fault = NULL;
	if (tool_once(w, &c, NULL, &second)) {
		judge_success(&c, &w->said);
		attempt_free(&second);
	}
	attempt_free(&first);
}

/*
 * Cells of the module.
 */

static void
client_once(struct worker *w, struct client_run *run, enum client_way way,
    struct case_ *c, struct meanwhile *m, struct attempt *a)
{
	choose_pins(c);
	(void)client_go(&w->bench, run, way, c->now, c->next, m, a);
	note_world(w, c->fault, a);
	c->attempt = a;
}

/* The fault is over: the same handles, then new ones. */
static void
client_again(struct worker *w, struct client_run *run, struct case_ c)
{
	struct attempt same, fresh;
	bool refused = judge_refused(&c);

	c.fault = NULL;
	c.before = c.attempt->pins;
	(void)clear_counts(w);
	client_once(w, run, CLIENT_SAME, &c, NULL, &same);
	judge_same(&c, &w->said);
	if (refused && same.signal == 0 && !same.hung) {
		w->report.put_in_anew = true;
		(void)world_await_return(world_of(w));
	}
	c.before = same.pins;
	(void)clear_counts(w);
	client_once(w, run, CLIENT_FRESH, &c, NULL, &fresh);
	judge_success(&c, &w->said);
	attempt_free(&same);
	attempt_free(&fresh);
}

static void
client_over(struct worker *w, struct client_run **run)
{
	struct attempt end;

	client_end(run, &end);
	if (end.hung || end.signal != 0 || end.code != 0)
		complain(&w->said, "does not end well (signal %d, status %d)",
		    end.signal, end.code);
	attempt_free(&end);
}

static bool
client_begin(struct worker *w, const struct case_ *c,
    struct client_run **run, struct pin_state pins[CARD_PINS])
{
	struct attempt a;
	bool ok = client_start(&w->bench, c->op, run, &a);

	ok = ok && a.rv == 0 && world_pins(world_of(w), &a) && clear_counts(w);
	memcpy(pins, a.pins, sizeof(a.pins));
	attempt_free(&a);
	if (!ok)
		complain(&w->said, "the client does not come up");
	return ok;
}

static void
client_cell(struct worker *w, struct case_ c)
{
	struct meanwhile m = { .fault = c.fault,
	    .step = c.fault->at_step ? (int)c.place : -1 };
	const struct fault_row *fault = c.fault;
	struct pin_state pins[CARD_PINS];
	struct client_run *run = NULL;
	struct attempt first = { .hung = false };

	c.before = pins;
	if (!client_begin(w, &c, &run, pins) || !arm(w, fault, c.place))
		goto out;
	client_once(w, run, CLIENT_FIRST, &c, &m, &first);
	note_act(w, &c, &m);
	note_place(w, fault, c.place, &first);
	judge_first(&c, &w->said);
	judge_outcome(&first, PART_MODULE, w->report.outcome, OUTCOME_ROOM);
	if (!mend(w, fault))
		complain(&w->said, "the world cannot be mended: %s",
		    w->bench.world.failed);
	if (!first.hung && first.signal == 0)
		client_again(w, run, c);
out:
	if (run != NULL)
		client_over(w, &run);
	attempt_free(&first);
}

/*
 * Undisturbed runs.
 */

static unsigned
count_steps(const struct operation *op)
{
	unsigned n = 0;

	while (op->part == PART_MODULE && op->steps[n] != NULL)
		n++;
	if (op->part == PART_TOOL)
		return op->asks ? 2 : 1;
	return n;
}

static void
measure_client(struct worker *w, struct case_ *c,
    struct pin_state pins[CARD_PINS], struct attempt *a)
{
	struct client_run *run = NULL;

	if (client_begin(w, c, &run, pins))
		client_once(w, run, CLIENT_FIRST, c, NULL, a);
	if (run != NULL)
		client_over(w, &run);
}

static void
measure(struct worker *w, size_t operation)
{
	struct baseline *base = &w->base[operation];
	struct pin_state pins[CARD_PINS];
	struct case_ c = { .op = &operations[operation], .base = base };

	if (base->steps > 0)
		return;
	start_values(pins);
	c.before = pins;
	if (!world_renew(world_of(w)))
		complain(&w->said, "the world cannot be renewed: %s",
		    w->bench.world.failed);
	if (c.op->part == PART_TOOL)
		(void)tool_once(w, &c, NULL, &base->attempt);
	else
		measure_client(w, &c, pins, &base->attempt);
	base->commands = (unsigned)base->attempt.seen.n;
	base->steps = count_steps(c.op);
	/* Else faults would be tried at none of them, and all survived. */
	if (base->commands == 0 && c.op->kind != OP_LIST)
		complain(&w->said, "no command is seen");
	if (c.attempt != NULL)
		judge_success(&c, &w->said);
}

/*
 * Life.
 */

static void
do_cell(struct worker *w, struct cell cell)
{
	struct pin_state pins[CARD_PINS];
	struct case_ c = {
		.op = &operations[cell.operation],
		.base = &w->base[cell.operation],
		.before = pins,
		.place = cell.place,
	};

	start_values(pins);
	measure(w, cell.operation);
	w->report.commands = (uint16_t)c.base->commands;
	w->report.steps = (uint16_t)c.base->steps;
	if (cell.fault == MEASURE)
		return;
	c.fault = &fault_rows[cell.fault];
	if (!world_renew(world_of(w)))
		complain(&w->said, "the world cannot be renewed: %s",
		    w->bench.world.failed);
	if (c.op->part == PART_TOOL)
		tool_cell(w, c);
	else
		client_cell(w, c);
}

static bool
tell(struct worker *w, enum report_kind kind)
{
	struct report *r = &w->report;

	r->kind = kind;
	r->deviates = kind != REPORT_BEGUN && w->said.any;
	snprintf(r->text, sizeof(r->text), "%s",
	    r->deviates ? w->said.text : "");
	return write(w->out, r, sizeof(*r)) == (ssize_t)sizeof(*r);
}

static bool
open_bench(struct worker *w, const char *folder)
{
	const char *build = getenv("JPKI_BUILD");
	char path[PATH_MAX];

	if (build == NULL)
		return false;
	w->bench.tool = getenv("JPKI_TOOL");
	snprintf(path, sizeof(path), "%s/jpki-pkcs11.so", build);
	w->bench.module = client_load(path);
	w->base = calloc(operations_n, sizeof(*w->base));
	return w->bench.tool != NULL && w->bench.module != NULL &&
	    w->base != NULL && chdir(folder) == 0 && files_make() &&
	    world_open(world_of(w)) &&
	    (world_of(w)->neighbour = neighbour_new()) != NULL &&
	    judge_open(getenv("JPKI_VCARD_DIR")) &&
	    document_open(getenv("JPKI_VCARD_DIR"), w->bench.tool);
}

int
worker_main(int cells, int reports, unsigned number, const char *folder)
{
	struct worker w = { .out = reports };
	struct cell cell;

	_Static_assert(sizeof(struct report) <= 4096,
	    "a report must come over a pipe in one piece");
	if (!open_bench(&w, folder)) {
		fprintf(stderr, "faults: worker %u cannot begin\n", number);
		free(w.base);
		return 1;
	}
	while (read(cells, &cell, sizeof(cell)) == (ssize_t)sizeof(cell)) {
		memset(&w.report, 0, sizeof(w.report));
		memset(&w.said, 0, sizeof(w.said));
		w.report.worker = (uint16_t)number;
		w.report.cell = cell;
		if (!tell(&w, REPORT_BEGUN))
			break;
		do_cell(&w, cell);
		if (!tell(&w, cell.fault == MEASURE ? REPORT_MEASURED :
		    REPORT_DONE))
			break;
	}
	neighbour_free(&world_of(&w)->neighbour);
	return 0;
}
