/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nomem [--all] [OPERATION]: for each allocation of an operation a run of it
 * in which that one fails, and another in which all fail from that one on.
 *
 * OpenSSL makes some ten thousand of them, most in loops over its tables, so
 * places count and not turns: of all operations together the innermost calls,
 * and of each operation the calls outside of OpenSSL.  With --all, and where
 * there are few, every single allocation fails, and the last ones always do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nomem.h"

#define WORKERS		2
#define OPERATIONS_MAX	48
#define STEPS_MAX	32
#define FEW		300	/* allocations, all of which are tried */
#define LAST		32	/* so many at the end, too */
#define SHOWN		12	/* complaints of one operation */

static const char *const mode_names[MODES] = {
	[ONCE] = "one fails",
	[FROM_THEN_ON] = "all fail from one on",
};

/* What the workers found, summed up. */
struct tally {
	unsigned long	cells, bad, calls, spoilt;
	char		step[STEPS_MAX][16];
	unsigned long	of_step[STEPS_MAX];
};

static struct tally tallies[OPERATIONS_MAX][MODES];

/*
 * A worker, in a world of its own.  It tells its findings by lines:
 *
 *	calls OPERATION N
 *	cell OPERATION MODE SPOILT STEP
 *	bad OPERATION MODE TEXT
 */

struct work {
	const struct operation	*op;
	size_t			 at;		/* of op in the table */
	unsigned		 worker;
	bool			 all;
	unsigned long		 turn;		/* of cells, among workers */
};

static void
cell(struct work *w, enum mode mode, unsigned long n, bool must_fail)
{
	char complaint[COMPLAINT_MAX] = "";
	bool failed = false, good;

	if (w->turn++ % WORKERS != w->worker)
		return;
	good = trial_run(w->op, mode, n, &failed, complaint);
	printf("cell %zu %d %d %s\n", w->at, mode, trial_spoilt(),
	    trial_step());
	if (good && !must_fail && failed) {
		good = false;
		(void)snprintf(complaint, sizeof(complaint),
		    "there are more allocations than before");
	}
	if (good)
		return;
	complaint[strcspn(complaint, "\n")] = '\0';
	printf("bad %zu %d allocation %lu: %s\n", w->at, mode, n, complaint);
}

static void
operation_try(struct work *w)
{
	char complaint[COMPLAINT_MAX] = "";
	unsigned long calls = 0;
	bool *wanted;

	if (!trial_reference(w->op, &calls, complaint)) {
		printf("bad %zu 0 %s\n", w->at, complaint);
		return;
	}
	printf("calls %zu %lu\n", w->at, calls);
	places_forget_ours();
	wanted = calloc(calls + 1, sizeof(*wanted));
	for (unsigned long n = 1; wanted != NULL && n <= calls; n++)
		wanted[n] = place_is_new(n) || w->all || calls <= FEW ||
		    n + LAST > calls;
	for (int mode = 0; wanted != NULL && mode < MODES; mode++) {
		for (unsigned long n = 1; n <= calls; n++)
			if (wanted[n])
				cell(w, (enum mode)mode, n, true);
		cell(w, (enum mode)mode, calls + 1, false);
		cell(w, (enum mode)mode, calls + 1, false);
	}
	free(wanted);
}

static bool
is_meant(const struct operation *op, const char *only)
{
	return only == NULL || strcmp(op->name, only) == 0;
}

static int
work(unsigned worker, bool all, const char *only)
{
	struct work w = { .worker = worker, .all = all };

	if (!trial_attach())
		return 1;
	(void)setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	for (w.op = operations; w.op->name != NULL; w.op++, w.at++)
		if (is_meant(w.op, only))
			operation_try(&w);
	trial_detach();
	return 0;
}

/*
 * The whole.
 */

static void
step_count(struct tally *t, const char *step)
{
	size_t i = 0;

	while (i < STEPS_MAX - 1 && t->step[i][0] != '\0' &&
	    strcmp(t->step[i], step) != 0)
		i++;
	(void)snprintf(t->step[i], sizeof(t->step[i]), "%s", step);
	t->of_step[i]++;
}

static void
line_read(const char *line)
{
	char step[16] = "";
	unsigned long calls;
	struct tally *t;
	size_t at;
	int mode, spoilt, text = 0;

	if (sscanf(line, "calls %zu %lu", &at, &calls) == 2 &&
	    at < OPERATIONS_MAX) {
		tallies[at][0].calls = calls;
	} else if (sscanf(line, "cell %zu %d %d %15s", &at, &mode, &spoilt,
	    step) >= 3 && at < OPERATIONS_MAX && mode < MODES) {
		t = &tallies[at][mode];
		t->cells++;
		t->spoilt += spoilt == 1;
		if (step[0] != '\0')
			step_count(t, step);
	} else if (sscanf(line, "bad %zu %d %n", &at, &mode, &text) >= 2 &&
	    at < OPERATIONS_MAX && mode < MODES) {
		t = &tallies[at][mode];
		if (t->bad++ < SHOWN)
			printf("# %s, %s, %s", operations[at].name,
			    mode_names[mode], line + text);
	}
}

static pid_t
worker_start(char *self, unsigned worker, bool all, char *only, int to)
{
	static char run[] = "run", dashes[] = "--", flag[] = "--worker";
	static char places[] = "places", every[] = "all";
	char number[16], *vcard = getenv("JPKI_VCARD");
	char *argv[] = { vcard, run, dashes, self, flag, number,
	    all ? every : places, only, NULL };
	pid_t pid;

	(void)snprintf(number, sizeof(number), "%u", worker);
	pid = vcard != NULL ? fork() : -1;
	if (pid != 0)
		return pid;
	if (dup2(to, STDOUT_FILENO) >= 0)
		(void)execv(vcard, argv);
	_exit(127);
}

/* All of them write into one pipe, a line at once. */
static bool
workers_run(char *self, bool all, char *only)
{
	char line[2 * COMPLAINT_MAX];
	pid_t pids[WORKERS];
	int ends[2], status;
	bool well = true;
	FILE *from;

	if (pipe(ends) != 0)
		return false;
	for (unsigned i = 0; i < WORKERS; i++)
		pids[i] = worker_start(self, i, all, only, ends[1]);
	(void)close(ends[1]);
	from = fdopen(ends[0], "r");
	while (from != NULL && fgets(line, sizeof(line), from) != NULL)
		line_read(line);
	for (unsigned i = 0; i < WORKERS; i++)
		well = pids[i] > 0 && waitpid(pids[i], &status, 0) ==
		    pids[i] && status == 0 && well;
	if (from != NULL)
		(void)fclose(from);
	return well && from != NULL;
}

static void
steps_print(const struct tally *t)
{
	if (t->spoilt > 0)
		printf("#   in %lu of them OpenSSL itself stays unusable\n",
		    t->spoilt);
	if (t->step[0][0] == '\0')
		return;
	printf("#  ");
	for (size_t i = 0; i < STEPS_MAX && t->step[i][0] != '\0'; i++)
		printf(" %s %lu", t->step[i], t->of_step[i]);
	putchar('\n');
}

/* A TAP line for each operation and mode; returns whether all is well. */
static bool
report(const char *only, bool workers_well)
{
	unsigned long cells = 0, bad = 0;
	int n = 0;

	for (size_t at = 0; operations[at].name != NULL; at++) {
		for (int mode = 0; mode < MODES; mode++) {
			const struct tally *t = &tallies[at][mode];

			if (!is_meant(&operations[at], only))
				continue;
			printf("%sok %d - %s, %s: %lu runs, %lu allocations\n",
			    t->bad == 0 && t->cells > 0 ? "" : "not ", ++n,
			    operations[at].name, mode_names[mode], t->cells,
			    tallies[at][0].calls);
			steps_print(t);
			cells += t->cells;
			bad += t->bad + (t->cells == 0);
		}
	}
	printf("# %lu runs, %lu deviations\n", cells, bad);
	printf("%sok %d - the workers came to their end\n1..%d\n",
	    workers_well ? "" : "not ", n + 1, n + 1);
	return workers_well && bad == 0;
}

int
main(int argc, char **argv)
{
	bool all = argc > 1 && strcmp(argv[1], "--all") == 0;
	char *only = argc > 1 + all ? argv[1 + all] : NULL;

	if (argc >= 4 && strcmp(argv[1], "--worker") == 0)
		return work((unsigned)strtoul(argv[2], NULL, 10),
		    strcmp(argv[3], "all") == 0, argc > 4 ? argv[4] : NULL);
	return report(only, workers_run(argv[0], all, only)) ? 0 : 1;
}
