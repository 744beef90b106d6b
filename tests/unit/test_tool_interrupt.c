/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals that ask the program to end, while it must not: noted, taken or
 * forgotten, but never those that it was told to ignore.
 */
#include <signal.h>

#include "interrupt.h"
#include "unit.h"

static const int stopping[] = { SIGINT, SIGTERM, SIGHUP };

static bool
is_blocked(int signum)
{
	sigset_t mask;

	assert_int_equal(sigprocmask(SIG_SETMASK, NULL, &mask), 0);
	return sigismember(&mask, signum) == 1;
}

static void
ignore(int signum, bool on)
{
	struct sigaction action = { .sa_handler = on ? SIG_IGN : SIG_DFL };

	assert_int_equal(sigaction(signum, &action, NULL), 0);
}

static void
a_wish_to_end_waits_for_the_last_release(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(stopping); i++) {
		assert_false(is_blocked(stopping[i]));
		interrupt_hold();
		interrupt_hold();
		assert_false(interrupt_noted());
		assert_int_equal(raise(stopping[i]), 0);
		assert_true(interrupt_noted());
		interrupt_release();
		assert_true(is_blocked(stopping[i]));
		assert_true(interrupt_take());
		assert_false(interrupt_noted());
		interrupt_release();
		assert_false(is_blocked(stopping[i]));
	}
}

static void
an_ignored_signal_is_no_wish(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(stopping); i++) {
		ignore(stopping[i], true);
		interrupt_hold();
		assert_int_equal(raise(stopping[i]), 0);
		assert_false(interrupt_noted());
		interrupt_drop();
		/* It is there all the same, and is not taken for one. */
		assert_false(interrupt_take());
		interrupt_release();
		ignore(stopping[i], false);
	}
}

static void
one_among_ignored_ones_is_found(void **state)
{
	(void)state;
	ignore(SIGHUP, true);
	interrupt_hold();
	assert_int_equal(raise(SIGHUP), 0);
	assert_int_equal(raise(SIGTERM), 0);
	assert_true(interrupt_noted());
	interrupt_drop();
	assert_false(interrupt_noted());
	interrupt_release();
	ignore(SIGHUP, false);
}

static void
a_program_that_holds_the_card_does_not_sleep(void **state)
{
	static const int sleeping[] = { SIGTSTP, SIGTTIN, SIGTTOU };

	(void)state;
	interrupt_hold_awake();
	for (size_t i = 0; i < COUNT(sleeping); i++)
		assert_true(is_blocked(sleeping[i]));
	assert_false(is_blocked(SIGQUIT));
	/* Ctrl-Z is no wish to end. */
	assert_int_equal(raise(SIGTSTP), 0);
	assert_false(interrupt_noted());
	ignore(SIGTSTP, true);
	interrupt_release();
	ignore(SIGTSTP, false);
	for (size_t i = 0; i < COUNT(sleeping); i++)
		assert_false(is_blocked(sleeping[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wish_to_end_waits_for_the_last_release),
		cmocka_unit_test(an_ignored_signal_is_no_wish),
		cmocka_unit_test(one_among_ignored_ones_is_found),
		cmocka_unit_test(a_program_that_holds_the_card_does_not_sleep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
