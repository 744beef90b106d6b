/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command's process on a system that makes none, and what is told of how
 * it ended.
 *
 * For that the source is compiled here once more, over a played system.
 */
#define _GNU_SOURCE		/* as child.c */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "unit.h"

static bool no_pipe, no_fork, no_proc;
static pid_t forked;		/* the last one */
static const char *stat_text;	/* of every process; NULL: the real one */

static int
fake_pipe2(int ends[2], int flags)
{
	errno = EMFILE;
	return no_pipe ? -1 : pipe2(ends, flags);
}

static pid_t
fake_fork(void)
{
	errno = EAGAIN;
	forked = no_fork ? -1 : fork();
	return forked;
}

/* All other processes of a busy machine are of no interest here. */
static struct dirent *
fake_readdir(DIR *dir)
{
	struct dirent *e;

	do
		e = readdir(dir);
	while (e != NULL && atol(e->d_name) != forked);
	return e;
}

static DIR *
fake_opendir(const char *name)
{
	return no_proc ? NULL : opendir(name);
}

static FILE *
fake_fopen(const char *name, const char *mode)
{
	if (stat_text == NULL)
		return fopen(name, mode);
	return stat_text[0] == '\0' ? fopen("/dev/null", "re") :
	    fmemopen((void *)(uintptr_t)stat_text, strlen(stat_text), "r");
}

/* No pause is needed by who ignores it all. */
static int
fake_sleep(const struct timespec *ts, struct timespec *rest)
{
	(void)rest;
	return ts->tv_nsec > 0 ? 0 : -1;
}

#define nanosleep fake_sleep
#define pipe2	fake_pipe2
#define fork	fake_fork
#define opendir	fake_opendir
#define readdir	fake_readdir
#define fopen	fake_fopen
#undef _GNU_SOURCE
#include "tools/vcard/child.c"

static void
a_process_that_cannot_be_made_leaves_nothing(void **state)
{
	char error[VCARD_ERROR_MAX];
	struct child c;
	int before = open_descriptors();

	(void)state;
	no_pipe = true;
	assert_int_equal(child_make(&c, NULL, NULL, error), -1);
	assert_non_null(strstr(error, strerror(EMFILE)));
	no_pipe = false;
	no_fork = true;
	assert_int_equal(child_make(&c, NULL, NULL, error), -1);
	assert_non_null(strstr(error, strerror(EAGAIN)));
	assert_int_equal(open_descriptors(), before);
	/* Nobody may take -1 for a process: it stands for all of them. */
	assert_int_equal(c.pid, 0);
	assert_int_equal(c.go, -1);
	child_end_all(&c, 0);
}

static int
run(const char *script, bool go)
{
	char shell[] = "/bin/sh", option[] = "-c", text[64];
	char *argv[] = { shell, option, text, NULL };
	char error[VCARD_ERROR_MAX];
	struct child c;
	sigset_t none;

	(void)snprintf(text, sizeof(text), "%s", script);
	sigemptyset(&none);
	assert_int_equal(child_make(&c, argv, &none, error), 0);
	if (go) {
		child_go(&c);
		while (!c.ended)
			child_reap(&c, 0);
	} else {
		child_end_all(&c, 0);
		assert_true(c.ended);
	}
	return child_code(&c);
}

static void
the_code_tells_how_it_ended(void **state)
{
	(void)state;
	assert_int_equal(run("exit 0", true), 0);
	assert_int_equal(run("exit 42", true), 42);
	assert_int_equal(run("kill -TERM $$", true), 128 + SIGTERM);
	/* Never let go: it ends as one that cannot run. */
	assert_true(run("exit 42", false) != 42);
}

static void
who_ignores_sigterm_is_killed_in_the_end(void **state)
{
	char shell[] = "/bin/sh", option[] = "-c";
	char text[] = "trap '' TERM; echo; while :; do sleep 1; done";
	char *argv[] = { shell, option, text, NULL };
	char error[VCARD_ERROR_MAX], byte;
	struct child c;
	sigset_t none;
	int ends[2], out = dup(STDOUT_FILENO);

	(void)state;
	sigemptyset(&none);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(fflush(stdout), 0);
	(void)dup2(ends[1], STDOUT_FILENO);
	assert_int_equal(child_make(&c, argv, &none, error), 0);
	(void)dup2(out, STDOUT_FILENO);
	(void)close(out);
	child_go(&c);
	assert_int_equal(read(ends[0], &byte, 1), 1);	/* it ignores now */
	child_end_all(&c, 0);
	assert_int_equal(child_code(&c), 128 + SIGKILL);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

/* As proc(5): the name may hold blanks and brackets. */
static void
parents_are_found_behind_any_name(void **state)
{
	static const struct {
		const char	*text;
		long		 parent;
	} rows[] = {
		{ "7 (sh) S 5 7 7", 5 }, { "7 (a b) S 5 7 7", 5 },
		{ "7 (x) S 9 (y) S 5 7", 5 }, { "7 ()) Z 1 0", 1 },
		{ "", 0 }, { "7 sh S 5", 0 }, { "7 (sh)", 0 },
		{ "7 (sh) S x", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		stat_text = rows[i].text;
		expect_int(rows[i].text, parent_of(7), rows[i].parent);
	}
}

static void
without_proc_there_is_nobody_to_end(void **state)
{
	struct child c = { .go = -1 };

	(void)state;
	no_proc = true;
	child_end_all(&c, 0);
	assert_false(c.ended);
}

static int
set_up(void **state)
{
	(void)state;
	no_pipe = no_fork = no_proc = false;
	stat_text = NULL;
	return 0;
}

#define TEST(f)	cmocka_unit_test_setup(f, set_up)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_process_that_cannot_be_made_leaves_nothing),
		TEST(the_code_tells_how_it_ended),
		TEST(who_ignores_sigterm_is_killed_in_the_end),
		TEST(parents_are_found_behind_any_name),
		TEST(without_proc_there_is_nobody_to_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
