/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The child process that looks at cards, and who waits for it.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "patience.h"
#include "unit.h"

/* What the child does. */
typedef void work_fn(const struct patience *p);

static enum exit_code
code_of(work_fn *work)
{
	static const struct options none;
	static struct tool t = { .opt = &none };
	struct patience p = { .n = 0 };
	const int before = open_descriptors();
	enum exit_code code = EXIT_DONE;

	if (patience_begin(&t, &p, &code)) {
		work(&p);
		_exit(0);
	}
	/* Nothing is left of it. */
	assert_int_equal(open_descriptors(), before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	return code;
}

static void
ends_well(const struct patience *p)
{
	(void)p;
}

static void
finds_something(const struct patience *p)
{
	(void)p;
	_exit(EXIT_FAILED);
}

static void
finds_no_reader(const struct patience *p)
{
	(void)p;
	_exit(EXIT_NO_CARD);
}

/* More than a pipe holds, if nobody reads. */
static void
waits_often(const struct patience *p)
{
	for (int i = 0; i < 1000; i++) {
		patience_wait_begin(p, "Reader");
		patience_wait_end(p);
	}
	_exit(patience_lost(p, "Reader") ? EXIT_FAILED : EXIT_USAGE);
}

/* A card that is slow, but ours now: nobody ends who has it. */
static void
has_the_card_for_long(const struct patience *p)
{
	struct patience own = *p;

	patience_wait_begin(p, "Reader");
	patience_hear(&own, JPKI_LOG_INFO, "> not a command");
	patience_hear(&own, JPKI_LOG_APDU, "> 00A40400");
	(void)sleep(PATIENCE_SECONDS + 1);
	_exit(patience_lost(p, "Reader") ? EXIT_FAILED : EXIT_USAGE);
}

/* Other words of the log say nothing of whose the card is. */
static void
waits_in_vain(const struct patience *p)
{
	struct patience own = *p;

	if (patience_lost(p, "Reader"))
		_exit(EXIT_NO_CARD);
	patience_wait_begin(p, "Reader");
	patience_hear(&own, JPKI_LOG_INFO, "> not a command");
	patience_hear(&own, JPKI_LOG_APDU, "< 9000");
	for (;;)
		(void)pause();
}

static void
is_interrupted(const struct patience *p)
{
	(void)p;
	(void)raise(SIGINT);
}

static void
is_terminated_while_it_waits(const struct patience *p)
{
	patience_wait_begin(p, "Reader");
	(void)raise(SIGTERM);
}

static void
crashes(const struct patience *p)
{
	(void)p;
	(void)raise(SIGKILL);
}

static void
the_end_of_the_child_is_told(void **state)
{
	static const struct {
		work_fn		*work;
		enum exit_code	 code;
	} rows[] = {
		{ ends_well, EXIT_DONE },
		{ finds_something, EXIT_FAILED },
		{ finds_no_reader, EXIT_NO_CARD },
		{ waits_often, EXIT_USAGE },
		{ has_the_card_for_long, EXIT_USAGE },
		{ waits_in_vain, EXIT_NO_CARD },
		{ is_interrupted, EXIT_CANCELLED },
		{ is_terminated_while_it_waits, EXIT_CANCELLED },
		{ crashes, EXIT_FAILED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(code_of(rows[i].work), rows[i].code);
}

/* Who started us may have ignored the end of children. */
static void
ignored_children_are_waited_for(void **state)
{
	(void)state;
	assert_true(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
	assert_int_equal(code_of(finds_no_reader), EXIT_NO_CARD);
}

static void
readers_that_are_lost_are_known_by_name(void **state)
{
	static struct patience p = { .n = 2 };

	(void)state;
	strcpy(p.held[0], "A 00 00");
	strcpy(p.held[1], "B 00 00");
	strcpy(p.held[2], "C 00 00");
	assert_true(patience_lost(&p, "A 00 00"));
	assert_true(patience_lost(&p, "B 00 00"));
	assert_false(patience_lost(&p, "C 00 00"));
	assert_false(patience_lost(&p, "A 00 0"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_end_of_the_child_is_told),
		cmocka_unit_test(ignored_children_are_waited_for),
		cmocka_unit_test(readers_that_are_lost_are_known_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
