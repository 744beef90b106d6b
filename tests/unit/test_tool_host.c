/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine as files, and other programs that are run. */
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hostkit.h"
#include "spawn.h"
#include "unit.h"

static void
paths_have_root_and_home(void **state)
{
	struct host host = { .base = "/r", .home = "/home/u" };
	char room[PATH_MAX];

	(void)state;
	expect_text("absolute", host_path(&host, "/a", room, sizeof(room)),
	    "/r/a");
	expect_text("home", host_path(&host, "~/a", room, sizeof(room)),
	    "/r/home/u/a");
	expect_text("no home meant", host_path(&host, "/~/a", room,
	    sizeof(room)), "/r/~/a");
	expect_text("too long", host_path(&host, "/abcdefgh", room, 8), "");
	host.home = "";
	expect_text("no home", host_path(&host, "~/a", room, sizeof(room)), "");
	host.home = "relative";
	expect_text("an odd home", host_path(&host, "~/a", room, sizeof(room)),
	    "");
	expect_text("joined", path_join("/a", "b", room, sizeof(room)), "/a/b");
	expect_text("no room", path_join("/a", "b", room, 4), "");
	expect_text("base", path_base("/a/b.so"), "b.so");
	expect_text("base alone", path_base("b.so"), "b.so");
}

/* The folders that a user may set instead of the usual ones. */
static void
settings_may_lie_elsewhere(void **state)
{
	struct host host = { .base = "/r", .home = "/home/u" };
	char room[PATH_MAX];

	(void)state;
	expect_text("usual", host_path(&host, "~/.config/a", room,
	    sizeof(room)), "/r/home/u/.config/a");
	host.config = "/c";
	host.data = "/d/e";
	expect_text("config", host_path(&host, "~/.config/a", room,
	    sizeof(room)), "/r/c/a");
	expect_text("data", host_path(&host, "~/.local/share/a", room,
	    sizeof(room)), "/r/d/e/a");
	expect_text("other", host_path(&host, "~/.configs/a", room,
	    sizeof(room)), "/r/home/u/.configs/a");
	host.config = "relative";
	host.data = "";
	expect_text("relative", host_path(&host, "~/.config/a", room,
	    sizeof(room)), "/r/home/u/.config/a");
	expect_text("empty", host_path(&host, "~/.local/share/a", room,
	    sizeof(room)), "/r/home/u/.local/share/a");
}

/* Reading a FIFO would wait for somebody to write. */
static void
what_is_no_file_is_not_read(void **state)
{
	char room[PATH_MAX];

	(void)state;
	assert_int_equal(mkfifo(host_path(&kit.host, "/fifo", room,
	    sizeof(room)), 0600), 0);
	(void)alarm(20);
	assert_null(host_read(&kit.host, "/fifo"));
	(void)alarm(0);
}

static void
files_are_read_to_their_end(void **state)
{
	char *text, *big = malloc(200001), room[8];

	(void)state;
	assert_non_null(big);
	memset(big, 'x', 200000);
	big[200000] = '\0';
	hostkit_file(&kit, "/big", big);
	text = host_read(&kit.host, "/big");
	assert_non_null(text);
	assert_string_equal(text, big);
	free(text);
	free(big);
	hostkit_file(&kit, "/empty", "");
	text = host_read(&kit.host, "/empty");
	assert_non_null(text);
	assert_string_equal(text, "");
	free(text);
	assert_null(host_read(&kit.host, "/none"));
	hostkit_folder(&kit, "/folder");
	assert_null(host_read(&kit.host, "/folder"));
	hostkit_file(&kit, "/line", "first\nsecond\n");
	expect_text("line", host_line(&kit.host, "/line", room, sizeof(room)),
	    "first");
	expect_text("cut", host_line(&kit.host, "/line", room, 3), "fi");
	expect_text("none", host_line(&kit.host, "/none", room, sizeof(room)),
	    "");
}

static void
names_are_sorted(void **state)
{
	struct names names;

	(void)state;
	hostkit_file(&kit, "/d/b", "");
	hostkit_file(&kit, "/d/a", "");
	hostkit_file(&kit, "/d/.hidden", "");
	hostkit_folder(&kit, "/d/c");
	names = host_names(&kit.host, "/d");
	assert_int_equal(names.n, 3);
	assert_string_equal(names.name[0], "a");
	assert_string_equal(names.name[2], "c");
	names_free(&names);
	names = host_names(&kit.host, "/none");
	assert_int_equal(names.n, 0);
	names_free(&names);
}

static int
run(const char *script, char **words)
{
	const char *argv[] = { "program", "a b", "$HOME;x", NULL };
	char room[PATH_MAX];

	hostkit_program(&kit, "/bin/program", script);
	return spawn_run(host_program(&kit.host, "program", room,
	    sizeof(room)), argv, words);
}

/* Arguments are not taken apart: there is no shell between. */
static void
words_and_status_come_back(void **state)
{
	char *words;

	(void)state;
	assert_int_equal(run("#!/bin/sh\necho \"$1|$2\"; echo bad >&2; "
	    "exit 7\n", &words), 7);
	assert_string_equal(words, "a b|$HOME;x\nbad\n");
	free(words);
	assert_int_equal(run("#!/bin/sh\ncat; exit 0\n", &words), 0);
	assert_string_equal(words, "");
	free(words);
}

/* A program that says more than is kept still comes to its end. */
static void
a_talkative_program_ends(void **state)
{
	char *words;

	(void)state;
	assert_int_equal(run("#!/bin/sh\nhead -c 1000000 /dev/zero | "
	    "tr '\\0' x; exit 3\n", &words), 3);
	assert_non_null(words);
	assert_true(strlen(words) >= 65536 && strlen(words) < 100000);
	free(words);
}

static void
what_cannot_run_is_said(void **state)
{
	const char *argv[] = { "none", NULL };
	char *words;
	int status = spawn_run("/none/such", argv, &words);

	(void)state;
	free(words);
	assert_true(status == -1 || status == 127);
	assert_int_equal(run("#!/bin/sh\nkill -9 $$\n", &words), -1);
	free(words);
}

/* What jpki-tool ignores, its children do not: they end on a broken pipe. */
static void
signals_are_usual_again(void **state)
{
	char *words;

	(void)state;
	assert_true(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	assert_int_equal(run("#!/bin/sh\nkill -PIPE $$\nexit 0\n", &words), -1);
	free(words);
	assert_true(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
}

static void
no_descriptor_stays_open(void **state)
{
	const int before = open_descriptors();
	char *words;

	(void)state;
	assert_int_equal(run("#!/bin/sh\nexit 0\n", &words), 0);
	free(words);
	(void)spawn_run("/none/such", (const char *const[]){ "x", NULL },
	    &words);
	free(words);
	assert_int_equal(open_descriptors(), before);
}

static void
this_machine_is_as_it_is(void **state)
{
	struct host host;

	(void)state;
	assert_int_equal(setenv("HOME", "/home/me", 1), 0);
	assert_int_equal(setenv("SSH_CONNECTION", "1 2 3 4", 1), 0);
	assert_int_equal(unsetenv("PCSCLITE_CSOCK_NAME"), 0);
	assert_int_equal(setenv("XDG_CONFIG_HOME", "/c", 1), 0);
	assert_int_equal(unsetenv("XDG_DATA_HOME"), 0);
	host_here(&host, 5);
	assert_string_equal(host.config, "/c");
	assert_null(host.data);
	assert_string_equal(host.base, "");
	assert_string_equal(host.home, "/home/me");
	assert_string_equal(host.socket, "/run/pcscd/pcscd.comm");
	assert_true(host.remote && host.now == 5 && host.built > 0);
	assert_int_equal(unsetenv("SSH_CONNECTION"), 0);
	assert_int_equal(setenv("PCSCLITE_CSOCK_NAME", "/x", 1), 0);
	host_here(&host, 5);
	assert_string_equal(host.socket, "/x");
	assert_false(host.remote);
	assert_int_equal(unsetenv("PCSCLITE_CSOCK_NAME"), 0);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, hostkit_setup, hostkit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_have_root_and_home),
		cmocka_unit_test(settings_may_lie_elsewhere),
		TEST(what_is_no_file_is_not_read),
		TEST(files_are_read_to_their_end),
		TEST(names_are_sorted),
		TEST(words_and_status_come_back),
		TEST(a_talkative_program_ends),
		TEST(what_cannot_run_is_said),
		TEST(signals_are_usual_again),
		TEST(no_descriptor_stays_open),
		cmocka_unit_test(this_machine_is_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
