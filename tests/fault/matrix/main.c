/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * faults: the fault matrix, as TAP: a test for each operation.
 *
 *	faults [-w worlds] [-o operation] [-f fault] [-x]
 *
 * -w: how many side by side, else ten for each job (JOBS) or processor.  -o
 * and -f take the beginning of a name and choose; -x prints what came of each
 * fault at each command.
 */
#define _GNU_SOURCE		/* pipe2 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pool.h"
#include "tally.h"
#include "worker.h"

#define WORLDS_OF_A_JOB	10	/* mostly they wait */

struct choice {
	const char	*operation, *fault;
};

static bool
begins(const char *name, const char *with)
{
	return with == NULL || strncmp(name, with, strlen(with)) == 0;
}

static unsigned
places_of(const struct tally *t, size_t operation, const struct fault_row *f)
{
	return f->at_step ? t->row[operation].steps :
	    t->row[operation].commands;
}

/* All cells; slow ones are spread among the others. */
static size_t
list_cells(const struct tally *t, const struct choice *choice,
    struct cell *out)
{
	size_t n = 0;

	for (size_t i = 0; i < operations_n; i++)
		for (size_t j = 0; j < fault_rows_n; j++) {
			const struct fault_row *f = &fault_rows[j];
			unsigned first = f->at_step ? 0 : 1;

			if (!begins(operations[i].name, choice->operation) ||
			    !begins(f->name, choice->fault))
				continue;
			for (unsigned k = 0; k < places_of(t, i, f); k++) {
				if (out != NULL)
					out[n] = (struct cell){ (uint16_t)i,
					    (uint16_t)j,
					    (uint16_t)(first + k) };
				n++;
			}
		}
	return n;
}

/* The same order in every run: a step that is prime to their number. */
static void
mix(struct cell *cells, size_t n)
{
	struct cell *copy = n > 0 ? malloc(n * sizeof(*copy)) : NULL;
	size_t step = 7919, at = 0;

	if (copy == NULL)
		return;
	memcpy(copy, cells, n * sizeof(*copy));
	if (n % step == 0)
		step = 7907;
	for (size_t i = 0; i < n; i++) {
		cells[i] = copy[at];
		at = (at + step) % n;
	}
	free(copy);
}

static bool
measure(struct pool *pool, struct tally *t, const struct choice *choice)
{
	struct cell *cells = calloc(operations_n, sizeof(*cells));
	size_t n = 0;
	bool ok;

	if (cells == NULL)
		return false;
	for (size_t i = 0; i < operations_n; i++)
		if (begins(operations[i].name, choice->operation))
			cells[n++] = (struct cell){ (uint16_t)i, MEASURE, 0 };
	ok = pool_run(pool, cells, n, tally_note, t);
	free(cells);
	return ok;
}

static bool
run_cells(struct pool *pool, struct tally *t, const struct choice *choice)
{
	size_t n = list_cells(t, choice, NULL);
	struct cell *cells = calloc(n > 0 ? n : 1, sizeof(*cells));
	bool ok;

	if (cells == NULL)
		return false;
	list_cells(t, choice, cells);
	mix(cells, n);
	ok = pool_run(pool, cells, n, tally_note, t);
	free(cells);
	return ok;
}

static int
run(unsigned worlds, const struct choice *choice, bool explore)
{
	struct tally *t = tally_new(explore);
	struct pool *pool = pool_new(worlds);
	int code = 1;

	if (t == NULL || pool == NULL) {
		puts("Bail out! no worlds can be made");
	} else if (measure(pool, t, choice) && run_cells(pool, t, choice)) {
		code = tally_print(t);
	} else {
		(void)tally_print(t);
		puts("Bail out! the worlds end");
	}
	pool_free(&pool);
	tally_free(&t);
	return code;
}

/* As make says it, or one for each processor. */
static unsigned
jobs(void)
{
	const char *said = getenv("JOBS");
	long n = said != NULL ? strtol(said, NULL, 10) : 0;

	if (n <= 0)
		n = sysconf(_SC_NPROCESSORS_ONLN);
	return n > 0 ? (unsigned)n : 1;
}

int
main(int argc, char **argv)
{
	unsigned worlds = jobs() * WORLDS_OF_A_JOB;
	struct choice choice = { NULL, NULL };
	bool explore = false;
	int option;

	if (argc == 6 && strcmp(argv[1], "worker") == 0)
		return worker_main(atoi(argv[2]), atoi(argv[3]),
		    (unsigned)atoi(argv[4]), argv[5]);
	while ((option = getopt(argc, argv, "w:o:f:x")) != -1)
		switch (option) {
		case 'w':
			worlds = (unsigned)atoi(optarg);
			break;
		case 'o':
			choice.operation = optarg;
			break;
		case 'f':
			choice.fault = optarg;
			break;
		case 'x':
			explore = true;
			break;
		default:
			return 2;
		}
	return run(worlds, &choice, explore);
}
