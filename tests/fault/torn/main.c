/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * torn: prints TAP.  With TORN=all every byte of every conversation is torn,
 * else what lies inside of long answers before the retry query is left out.
 *
 * torn --world pcscd|reader NUMBER OF	a share of the cells, in a world
 * torn --set-pin MODULE TOKEN OLD NEW	one PIN change by a module
 */
#include "torn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define READER_WORLDS	6	/* they wait most of their time */
#define WORLDS_MAX	70
#define LINE		1024

/* Which shares of the cells a world takes, and what is heard of them. */
struct tally {
	unsigned long	planned[16][KINDS], run[16][KINDS], bad[16][KINDS];
	char		plans[16][128];	/* the first world's */
	bool		differ;
	unsigned long	again;
};

static const char *self, *vcard;

static size_t
count_pcscd_worlds(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > 32 ? 32 : (size_t)n;
}

/*
 * The worlds.
 */
static pid_t
start_world(const char *what, size_t number, size_t of, int out)
{
	char a[16], b[16];
	pid_t pid;

	snprintf(a, sizeof(a), "%zu", number);
	snprintf(b, sizeof(b), "%zu", of);
	(void)fflush(stdout);
	if ((pid = fork()) != 0)
		return pid;
	if (dup2(out, STDOUT_FILENO) >= 0)
		execl(vcard, vcard, "run", "--", self, "--world", what, a, b,
		    (char *)NULL);
	perror(vcard);
	_exit(127);
}

/* How many, and the stream of what they all say; NULL. */
static FILE *
start_worlds(size_t *n, pid_t pids[WORLDS_MAX])
{
	size_t i, many = count_pcscd_worlds();
	int ends[2];

	if (pipe(ends) != 0)
		return NULL;
	*n = 0;
	for (i = 0; i < many; i++)
		pids[(*n)++] = start_world("pcscd", i, many, ends[1]);
	for (i = 0; i < READER_WORLDS; i++)
		pids[(*n)++] = start_world("reader", i, READER_WORLDS,
		    ends[1]);
	close(ends[1]);
	return fdopen(ends[0], "r");
}

static void
hear_plan(struct tally *t, const char *line)
{
	unsigned op;
	int at = 0;

	if (sscanf(line, "plan %u %n", &op, &at) != 1 || op >= operations_n)
		return;
	if (t->plans[op][0] == '\0')
		snprintf(t->plans[op], sizeof(t->plans[op]), "%s", line + at);
	if (strcmp(t->plans[op], line + at) != 0)
		t->differ = true;
}

static void
hear(struct tally *t, const char *line)
{
	unsigned long planned, run, bad, again;
	unsigned op, kind;

	if (strncmp(line, "plan ", 5) == 0)
		hear_plan(t, line);
	else if (sscanf(line, "sum %u %u %lu %lu %lu", &op, &kind, &planned,
	    &run, &bad) == 5 && op < operations_n && kind < KINDS) {
		t->planned[op][kind] += planned;
		t->run[op][kind] += run;
		t->bad[op][kind] += bad;
	} else if (sscanf(line, "again %lu", &again) == 1)
		t->again += again;
	else
		printf("# %s\n", line);
}

static bool
await_worlds(size_t n, const pid_t pids[WORLDS_MAX])
{
	bool good = true;
	int status;
	size_t i;

	for (i = 0; i < n; i++) {
		while (waitpid(pids[i], &status, 0) < 0 && errno == EINTR)
			;
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
			printf("# world %zu ended with status %d\n", i,
			    status);
			good = false;
		}
	}
	return good;
}

static int test, failures;

static void
tap(bool good, const char *text)
{
	printf("%s %d - %s\n", good ? "ok" : "not ok", ++test, text);
	failures += !good;
}

static void
report(const struct tally *t)
{
	unsigned long all = 0;
	char text[256];
	size_t op;
	int kind;

	for (op = 0; op < operations_n; op++) {
		printf("# %s: %s\n", operations[op].name, t->plans[op]);
		for (kind = 0; kind < KINDS; kind++) {
			snprintf(text, sizeof(text), "%s, %s: %lu cells",
			    operations[op].name, kind_names[kind],
			    t->run[op][kind]);
			tap(t->run[op][kind] > 0 && t->bad[op][kind] == 0 &&
			    t->run[op][kind] == t->planned[op][kind], text);
			all += t->run[op][kind];
		}
	}
	printf("# %lu cells; %lu times the run afterwards came too early\n",
	    all, t->again);
}

static int
test_all(void)
{
	static struct tally tally;
	pid_t pids[WORLDS_MAX];
	char line[LINE];
	FILE *in;
	size_t n;
	bool good;

	printf("1..%zu\n", operations_n * KINDS + 2);
	if ((in = start_worlds(&n, pids)) == NULL)
		return 1;
	while (fgets(line, sizeof(line), in) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		hear(&tally, line);
		(void)fflush(stdout);
	}
	fclose(in);
	good = await_worlds(n, pids);
	report(&tally);
	tap(good, "every world ended well");
	tap(!tally.differ, "every world had the same conversations");
	return failures > 0;
}

int
main(int argc, char **argv)
{
	bool is_reader;

	self = argv[0];
	if (argc == 6 && strcmp(argv[1], "--set-pin") == 0)
		return set_pin(argv + 2);
	if (argc == 5 && strcmp(argv[1], "--world") == 0) {
		is_reader = strcmp(argv[2], "reader") == 0;
		return world_live(self, is_reader,
		    strtoul(argv[3], NULL, 10), strtoul(argv[4], NULL, 10));
	}
	vcard = getenv("JPKI_VCARD");
	if (argc == 1 && vcard != NULL &&
	    getenv("JPKI_TOOL") != NULL && getenv("JPKI_BUILD") != NULL)
		return test_all();
	fprintf(stderr, "usage: torn, with JPKI_VCARD, JPKI_TOOL and "
	    "JPKI_BUILD set\n");
	return 2;
}
