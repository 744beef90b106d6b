/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One run of jpki-tool around its verb: what is printed comes whole or not at
 * all, what the card has done for good is told whatever fails behind it, and
 * Ctrl-C waits until the card is closed.
 *
 * For that the source is compiled here once more, with verbs and a memory of
 * the test's.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool.h"
#include "unit.h"
#undef fail		/* of cmocka; the tool has one of its own */

static bool no_stream, no_flush, bad_stream;
static enum jpki_err ctx_err, open_err;
static unsigned closed;		/* cards */

static FILE *
fake_stream(char **text, size_t *n)
{
	return no_stream ? NULL : open_memstream(text, n);
}

static int
fake_flush(FILE *f)
{
	return no_flush ? EOF : fflush(f);
}

static int
fake_error(FILE *f)
{
	return bad_stream || ferror(f);
}

static enum jpki_err
fake_ctx_new(struct jpki_ctx **ctx)
{
	*ctx = NULL;
	return ctx_err;
}

static void
fake_ctx_set_log(struct jpki_ctx *ctx, enum jpki_log_level level,
    jpki_log_fn *fn, void *user)
{
	assert_null(ctx);
	assert_int_equal(level, JPKI_LOG_NONE);
	assert_true(fn != NULL && user != NULL);
}

static enum jpki_err
fake_card_open(struct jpki_ctx *ctx, const char *reader,
    struct jpki_card **card)
{
	assert_null(ctx);
	assert_null(reader);
	*card = NULL;
	return open_err;
}

static void
fake_card_close(struct jpki_card **card)
{
	assert_null(*card);
	closed++;
}

#define open_memstream		fake_stream
#define fflush(f)		fake_flush(f)
#undef ferror
#define ferror(f)		fake_error(f)
#define jpki_ctx_new		fake_ctx_new
#define jpki_ctx_set_log	fake_ctx_set_log
#define jpki_card_open		fake_card_open
#define jpki_card_close		fake_card_close
#define main			tool_main
int	tool_main(int argc, char **argv);
#include "tools/jpki-tool.c"
#undef main
#undef fflush

/* These take the place of fail.c. */
static char said[512];
static enum jpki_err said_err;

enum exit_code
fail(enum exit_code code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(said, sizeof(said), fmt, args);
	va_end(args);
	return code;
}

enum exit_code
fail_err(const struct tool *t, enum jpki_err err)
{
	assert_non_null(t);
	said_err = err;
	return err == JPKI_ERR_CANCELLED ? EXIT_CANCELLED : EXIT_FAILED;
}

enum exit_code
fail_read(const char *path, int errnum)
{
	return fail(EXIT_FAILED, "read %s %d", path, errnum);
}

enum exit_code
fail_write(const char *path, int errnum)
{
	return fail(EXIT_FAILED, "write %s %d", path, errnum);
}

/* The verbs; each test has one behaviour for all. */
static enum exit_code (*verb)(struct tool *t);

#define VERB(name) \
	enum exit_code \
	name(struct tool *t) \
	{ \
		return verb(t); \
	}
VERB(cmd_attributes)
VERB(cmd_mynumber)
VERB(cmd_readers)
VERB(cmd_status)
VERB(cmd_cert)
VERB(cmd_pin)
VERB(cmd_sign)
VERB(cmd_ssh_key)
VERB(cmd_verify)
VERB(cmd_wait)
VERB(cmd_doctor)
VERB(cmd_browser)
VERB(cmd_completion)

static char folder[64], out_path[96];

/* Run "jpki-tool readers"; standard output goes to a file of its own. */
static int
run_tool(void)
{
	char name[] = "jpki-tool", word[] = "readers";
	char *argv[] = { name, word, NULL };
	int before, fd, code;

	said[0] = '\0';
	said_err = JPKI_OK;
	assert_int_equal(fflush(stdout), 0);
	before = dup(STDOUT_FILENO);
	fd = open(out_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(before >= 0 && fd >= 0);
	assert_int_equal(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
	code = tool_main(2, argv);
	assert_int_equal(dup2(before, STDOUT_FILENO), STDOUT_FILENO);
	(void)close(before);
	(void)close(fd);
	return code;
}

static void
expect_output(const char *wanted)
{
	char got[128] = "";
	FILE *f = fopen(out_path, "r");

	assert_non_null(f);
	got[fread(got, 1, sizeof(got) - 1, f)] = '\0';
	(void)fclose(f);
	assert_string_equal(got, wanted);
}

static enum exit_code
print(struct tool *t)
{
	fputs("result\n", t->out);
	return EXIT_DONE;
}

static enum exit_code
print_and_fail(struct tool *t)
{
	(void)print(t);
	return EXIT_NO_CARD;
}

static enum exit_code
change(struct tool *t)
{
	t->done = "the PIN is changed";
	return print(t);
}

static void
output_comes_whole_or_not_at_all(void **state)
{
	(void)state;
	assert_int_equal(run_tool(), EXIT_DONE);
	expect_output("result\n");
	verb = print_and_fail;
	assert_int_equal(run_tool(), EXIT_NO_CARD);
	expect_output("");
}

static void
without_memory_the_card_is_not_touched(void **state)
{
	(void)state;
	no_stream = true;
	assert_int_equal(run_tool(), EXIT_FAILED);
	assert_ptr_equal(strstr(said, "out of memory"), said);
	expect_output("");
	assert_int_equal(closed, 0);
}

static void
output_that_was_cut_is_not_printed(void **state)
{
	(void)state;
	no_flush = true;
	assert_int_equal(run_tool(), EXIT_FAILED);
	assert_int_equal(said_err, JPKI_ERR_MEMORY);
	expect_output("");
	no_flush = false;
	bad_stream = true;
	assert_int_equal(run_tool(), EXIT_FAILED);
	assert_int_equal(said_err, JPKI_ERR_MEMORY);
	expect_output("");
}

static void
what_the_card_has_done_is_told_without_memory(void **state)
{
	(void)state;
	verb = change;
	no_flush = true;
	assert_int_equal(run_tool(), EXIT_FAILED);
	assert_ptr_equal(strstr(said, "the PIN is changed, but memory"), said);
}

static enum exit_code
write_out(struct tool *t)
{
	char path[128];

	(void)print(t);
	(void)snprintf(path, sizeof(path), "%s/file", folder);
	return tool_write_out(t, path, false);
}

static void
a_file_is_not_made_of_output_that_was_cut(void **state)
{
	char path[128];
	struct stat st;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/file", folder);
	verb = write_out;
	no_flush = true;
	assert_int_equal(run_tool(), EXIT_FAILED);
	assert_int_equal(stat(path, &st), -1);
	no_flush = false;
	assert_int_equal(run_tool(), EXIT_DONE);
	expect_output("");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, strlen("result\n"));
	assert_int_equal(unlink(path), 0);
}

static void
without_a_context_there_is_no_verb(void **state)
{
	(void)state;
	verb = NULL;
	ctx_err = JPKI_ERR_INTERNAL;
	assert_int_equal(run_tool(), EXIT_FAILED);
	assert_int_equal(said_err, JPKI_ERR_INTERNAL);
}

static enum exit_code
open_card(struct tool *t)
{
	enum exit_code code = tool_card_open(t);

	return code == EXIT_DONE ? print(t) : code;
}

static void
a_card_that_does_not_open_is_told(void **state)
{
	(void)state;
	verb = open_card;
	open_err = JPKI_ERR_NO_CARD;
	assert_int_equal(run_tool(), EXIT_FAILED);
	assert_int_equal(said_err, JPKI_ERR_NO_CARD);
	assert_int_equal(closed, 1);
	open_err = JPKI_OK;
	assert_int_equal(run_tool(), EXIT_DONE);
	assert_int_equal(closed, 2);
}

/* Held twice: a verb may not know whether it was held before. */
static enum exit_code
interrupt(struct tool *t)
{
	tool_hold(t);
	tool_hold(t);
	assert_int_equal(raise(SIGINT), 0);
	assert_int_equal(raise(SIGTERM), 0);
	return print(t);
}

static enum exit_code
interrupt_change(struct tool *t)
{
	t->done = "the PIN is changed";
	return interrupt(t);
}

static enum exit_code
interrupt_failure(struct tool *t)
{
	(void)interrupt(t);
	return EXIT_PIN_WRONG;
}

/* Dropped, or it would end this program. */
static void
ctrl_c_waits_until_the_card_is_closed(void **state)
{
	sigset_t mask, before;

	(void)state;
	assert_int_equal(sigprocmask(SIG_SETMASK, NULL, &before), 0);
	verb = interrupt;
	assert_int_equal(run_tool(), EXIT_CANCELLED);
	assert_int_equal(said_err, JPKI_ERR_CANCELLED);
	expect_output("");
	assert_int_equal(closed, 1);
	assert_int_equal(sigprocmask(SIG_SETMASK, NULL, &mask), 0);
	for (int i = 1; i < 32; i++)
		assert_int_equal(sigismember(&mask, i),
		    sigismember(&before, i));
}

static void
ctrl_c_does_not_hide_what_came_of_it(void **state)
{
	(void)state;
	verb = interrupt_change;
	assert_int_equal(run_tool(), EXIT_DONE);
	expect_output("result\n");
	verb = interrupt_failure;
	assert_int_equal(run_tool(), EXIT_PIN_WRONG);
	assert_int_equal(said_err, JPKI_OK);
}

/* An empty argv, which a careless exec may hand over. */
static void
without_any_argument_the_help_is_named(void **state)
{
	char *argv[] = { NULL };

	(void)state;
	assert_int_equal(tool_main(0, argv), EXIT_USAGE);
	assert_non_null(strstr(said, "no command given"));
}

static int
set_up(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	no_stream = no_flush = bad_stream = false;
	ctx_err = open_err = JPKI_OK;
	closed = 0;
	verb = print;
	(void)snprintf(folder, sizeof(folder), "%s/jpki.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(out_path, sizeof(out_path), "%s/out", folder);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	(void)unlink(out_path);
	return rmdir(folder);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(output_comes_whole_or_not_at_all),
		TEST(without_memory_the_card_is_not_touched),
		TEST(output_that_was_cut_is_not_printed),
		TEST(what_the_card_has_done_is_told_without_memory),
		TEST(a_file_is_not_made_of_output_that_was_cut),
		TEST(without_a_context_there_is_no_verb),
		TEST(a_card_that_does_not_open_is_told),
		TEST(ctrl_c_waits_until_the_card_is_closed),
		TEST(ctrl_c_does_not_hide_what_came_of_it),
		TEST(without_any_argument_the_help_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
