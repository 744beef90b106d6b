/* SPDX-License-Identifier: BSD-2-Clause */
#include "tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double
now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct tally *
tally_new(bool explore)
{
	struct tally *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->row = calloc(operations_n, sizeof(*t->row));
	t->explore = explore;
	t->begun = now();
	if (t->row == NULL)
		tally_free(&t);
	return t;
}

void
tally_free(struct tally **tally)
{
	if (*tally == NULL)
		return;
	free((*tally)->row);
	free(*tally);
	*tally = NULL;
}

static const char *
part_name(const struct operation *op)
{
	return op->part == PART_TOOL ? "jpki-tool" : "module";
}

static void
print_deviation(const struct report *r)
{
	const struct operation *op = &operations[r->cell.operation];

	if (r->cell.fault == MEASURE)
		printf("# deviation: %s, %s, undisturbed: %s\n",
		    part_name(op), op->name, r->text);
	else
		printf("# deviation: %s, %s, %s at %s %u (%s): %s\n",
		    part_name(op), op->name, fault_rows[r->cell.fault].name,
		    fault_rows[r->cell.fault].at_step ? "call" : "command",
		    r->cell.place, r->outcome, r->text);
}

static void
explore(const struct report *r)
{
	const struct operation *op = &operations[r->cell.operation];

	printf("#x %u|%s|%s|%u|%02X|%s|%s\n", r->worker, op->name,
	    fault_rows[r->cell.fault].name, r->cell.place, r->ins,
	    r->outcome, r->text);
	fflush(stdout);
}

void
tally_note(void *user, const struct report *r)
{
	struct tally *t = user;
	struct tally_row *row = &t->row[r->cell.operation];

	if (r->kind == REPORT_MEASURED) {
		row->commands = r->commands;
		row->steps = r->steps;
		row->measured = true;
	} else {
		row->cells++;
		t->cells++;
		row->put_in_anew += r->put_in_anew;
		t->put_in_anew += r->put_in_anew;
		t->service_died += r->service_died;
		if (t->explore)
			explore(r);
	}
	if (!r->deviates)
		return;
	row->deviations++;
	t->deviations++;
	print_deviation(r);
	fflush(stdout);
}

int
tally_print(const struct tally *t)
{
	double seconds = now() - t->begun;
	unsigned tests = 0;

	printf("# cells  deviations  commands  operation\n");
	for (size_t i = 0; i < operations_n; i++)
		if (t->row[i].measured)
			printf("# %5lu  %10lu  %8u  %s: %s\n",
			    t->row[i].cells, t->row[i].deviations,
			    t->row[i].commands, part_name(&operations[i]),
			    operations[i].name);
	for (size_t i = 0; i < operations_n; i++)
		if (t->row[i].measured)
			printf("%sok %u - %s survives every fault: %s\n",
			    t->row[i].deviations > 0 ? "not " : "", ++tests,
			    part_name(&operations[i]), operations[i].name);
	printf("1..%u\n", tests);
	printf("# %lu cells, %lu deviations, %zu faults; %.1f cells a "
	    "second\n", t->cells, t->deviations, fault_rows_n,
	    (double)t->cells / seconds);
	printf("# in %lu cells what the card said of itself lasted until it "
	    "was put in anew\n", t->put_in_anew);
	printf("# in %lu cells pcscd itself died of what its reader said\n",
	    t->service_died);
	return t->deviations > 0 || tests == 0;
}
