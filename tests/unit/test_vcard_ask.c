/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a program says of itself: all of it, as much as there is room for, or
 * nothing, and no process and no descriptor is left.
 *
 * For that the source is compiled here once more, over a system that may
 * refuse.
 */
#define _GNU_SOURCE		/* as ask.c */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

static bool no_pipe, no_fork;

static int
fake_pipe2(int ends[2], int flags)
{
	return no_pipe ? -1 : pipe2(ends, flags);
}

static pid_t
fake_fork(void)
{
	return no_fork ? -1 : fork();
}

#define pipe2	fake_pipe2
#define fork	fake_fork
#undef _GNU_SOURCE
#include "tools/vcard/ask.c"

static char script[128];

/* Ask a script of these lines; room: of the answer. */
static void
expect_answer(const char *lines, size_t room, const char *wanted)
{
	char out[4096];
	int before = open_descriptors();
	FILE *f = fopen(script, "w");

	assert_non_null(f);
	fprintf(f, "#!/bin/sh\n%s\n", lines);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(script, 0700), 0);
	memset(out, 'x', sizeof(out));
	program_ask(script, "--version", out, room);
	expect_text(lines, out, wanted);
	assert_int_equal(open_descriptors(), before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void
both_outputs_are_heard(void **state)
{
	(void)state;
	expect_answer("echo \"out $1\"; echo err >&2; exit 3", 4096,
	    "out --version\nerr\n");
	expect_answer("exit 0", 4096, "");
	expect_answer("cat; echo end", 4096, "end\n");	/* no input */
	/* In pieces. */
	expect_answer("printf a; sleep 0.1; printf b", 4096, "ab");
}

static void
too_much_is_cut(void **state)
{
	(void)state;
	expect_answer("printf 12345", 4, "123");
	expect_answer("printf 12345", 1, "");
	/* It never ends by itself, but nobody listens any more. */
	expect_answer("while echo 0123456789; do :; done", 8, "0123456");
}

static void
who_cannot_be_run_says_nothing(void **state)
{
	char out[16] = "before";

	(void)state;
	program_ask("/nonexistent/program", "--help", out, sizeof(out));
	assert_string_equal(out, "");
	out[0] = 'x';
	no_pipe = true;
	program_ask(script, "--help", out, sizeof(out));
	assert_string_equal(out, "");
	no_pipe = false;
	out[0] = 'x';
	no_fork = true;
	program_ask(script, "--help", out, sizeof(out));
	assert_string_equal(out, "");
	no_fork = false;
}

static int
set_up(void **state)
{
	const char *tmp = getenv("TMPDIR");
	int fd;

	(void)state;
	(void)snprintf(script, sizeof(script), "%s/ask.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	fd = mkstemp(script);
	return fd < 0 ? -1 : close(fd);
}

static int
tear_down(void **state)
{
	(void)state;
	return unlink(script);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_outputs_are_heard),
		cmocka_unit_test(too_much_is_cut),
		cmocka_unit_test(who_cannot_be_run_says_nothing),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
