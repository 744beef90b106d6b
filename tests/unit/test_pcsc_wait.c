/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting for a change over a pcscd that does as a transcript says, ending a
 * wait from another thread at each of its moments, and no memory.
 *
 * For that the transport is compiled here once more, over a clock, an
 * allocator and locks that do as they are told.
 */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pcscplay.h"

static bool no_memory, no_mutex, no_cond;
static long clock_nsec;			/* 2 s ago; -1: the real time */
static unsigned mutexes;		/* made and not destroyed */

static void *
fake_calloc(size_t n, size_t size)
{
	return no_memory ? NULL : calloc(n, size);
}

static int
fake_clock(clockid_t id, struct timespec *now)
{
	int rc = clock_gettime(id, now);

	if (clock_nsec >= 0)
		*now = (struct timespec){ now->tv_sec - 2, clock_nsec };
	return rc;
}

static int
fake_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *a)
{
	if (no_mutex)
		return -1;
	mutexes++;
	return pthread_mutex_init(m, a);
}

static int
fake_mutex_destroy(pthread_mutex_t *m)
{
	mutexes--;
	return pthread_mutex_destroy(m);
}

static int
fake_cond_init(pthread_cond_t *c, const pthread_condattr_t *a)
{
	return no_cond ? -1 : pthread_cond_init(c, a);
}

#define calloc			fake_calloc
#define clock_gettime		fake_clock
#define pthread_mutex_init	fake_mutex_init
#define pthread_mutex_destroy	fake_mutex_destroy
#define pthread_cond_init	fake_cond_init
#undef _POSIX_C_SOURCE
#include "lib/pcsc.c"
#include "lib/pcsc_link.c"
#undef calloc

static struct transport *t;

static const struct transport_reader seen[] = {
	{ .name = "A", .has_card = true, .events = 2 },
	{ .name = "B", .mute = true, .events = 0xFFFF },
};

static void
expect_wait(enum jpki_err err)
{
	expect_err("wait", t->ops->wait(t, seen, COUNT(seen), 500), err);
}

static void
a_wait_begins_with_what_was_seen(void **state)
{
	(void)state;
	PLAY({ .does = "establish" }, { .does = "list 1", .gives = "A B" },
	    { .does = "await 1 A+2 B-65535m 500" }, { .does = "release 1" });
	expect_wait(JPKI_OK);
}

static void
a_wait_without_end_has_no_time(void **state)
{
	(void)state;
	PLAY({ .does = "establish" }, { .does = "list 1", .gives = "A" },
	    { .does = "await 1 A+2 ever" }, { .does = "release 1" });
	expect_err("wait", t->ops->wait(t, seen, 1, -1), JPKI_OK);
}

static void
without_readers_one_is_waited_for(void **state)
{
	(void)state;
	PLAY({ .does = "establish" },
	    { .does = "list 1", .rv = SCARD_E_NO_READERS_AVAILABLE },
	    { .does = "await 1 7", .rv = SCARD_E_TIMEOUT },
	    { .does = "release 1" });
	expect_err("wait", t->ops->wait(t, NULL, 0, 7), JPKI_ERR_TIMEOUT);
}

/* What changed between looking and waiting is the change. */
static void
other_readers_than_were_seen_are_a_change(void **state)
{
	static const char *const now[] = { "A", "A B C", "A C", "C A", "" };

	(void)state;
	for (size_t i = 0; i < COUNT(now); i++) {
		play_start();
		PLAY({ .does = "establish" },
		    { .does = "list 1", .gives = now[i] },
		    { .does = "release 1" });
		expect_wait(JPKI_OK);
		play_done();
	}
}

static void
a_reader_that_goes_ends_the_wait(void **state)
{
	static const LONG gone[] = {
		SCARD_E_UNKNOWN_READER, SCARD_E_READER_UNAVAILABLE,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(gone); i++) {
		play_start();
		PLAY({ .does = "establish" },
		    { .does = "list 1", .gives = "A B" },
		    { .does = "await 1 A+2 B-65535m 500", .rv = gone[i] },
		    { .does = "release 1" });
		expect_wait(JPKI_OK);
	}
}

static void
the_end_of_the_service_is_told(void **state)
{
	(void)state;
	PLAY({ .does = "establish", .rv = SCARD_E_NO_SERVICE });
	expect_wait(JPKI_ERR_NO_SERVICE);
	PLAY({ .does = "establish" },
	    { .does = "list 1", .rv = SCARD_E_SERVICE_STOPPED },
	    { .does = "release 1" });
	expect_wait(JPKI_ERR_NO_SERVICE);
	PLAY({ .does = "establish" }, { .does = "list 2", .gives = "A B" },
	    { .does = "await 2 A+2 B-65535m 500", .rv = SCARD_F_COMM_ERROR },
	    { .does = "release 2" });
	expect_wait(JPKI_ERR_NO_SERVICE);
}

static void
more_readers_than_there_is_room_for_are_no_wait(void **state)
{
	static const struct transport_reader many[READERS_MAX + 1];

	(void)state;
	expect_err("wait", t->ops->wait(t, many, COUNT(many), 0),
	    JPKI_ERR_ARG);
}

/*
 * Cancelling.  Another thread cancels when the wait reaches a call, which
 * goes on once the cancelling is under way.
 */
static const char *cancel_at;
static pthread_t canceller;
static bool cancelling;
static unsigned cancels_wanted;		/* SCardCancel, before it goes on */

static void *
cancel(void *arg)
{
	(void)arg;
	t->ops->cancel(t);
	return NULL;
}

static bool
is_cancelled(void)
{
	struct pcsc *pcsc = pcsc_of(t);
	bool cancelled;

	(void)pthread_mutex_lock(&pcsc->lock);
	cancelled = pcsc->cancelled;
	(void)pthread_mutex_unlock(&pcsc->lock);
	return cancelled;
}

static void
cancel_here(const char *does)
{
	if (strcmp(does, cancel_at) != 0)
		return;
	cancelling = pthread_create(&canceller, NULL, cancel, NULL) == 0;
	assert_true(cancelling);
	while (!is_cancelled() || play_cancels < cancels_wanted)
		(void)sched_yield();
}

/* The wait says CANCELLED, and the canceller comes back. */
static void
expect_cancelled(const char *at, unsigned wanted)
{
	cancel_at = at;
	cancels_wanted = wanted;
	cancelling = false;
	play_watch = cancel_here;
	expect_wait(JPKI_ERR_CANCELLED);
	assert_true(cancelling);
	assert_int_equal(pthread_join(canceller, NULL), 0);
	play_done();
}

static void
a_wait_is_cancelled_before_it_has_a_context(void **state)
{
	(void)state;
	PLAY({ .does = "establish" }, { .does = "release 1" });
	expect_cancelled("establish", 0);
	play_start();
	PLAY({ .does = "establish", .rv = SCARD_E_NO_SERVICE });
	expect_cancelled("establish", 0);
}

/* pcscd forgets an SCardCancel that comes too early. */
static void
a_cancel_is_repeated_until_the_wait_has_ended(void **state)
{
	(void)state;
	PLAY({ .does = "establish" }, { .does = "list 1", .gives = "A B" },
	    { .does = "await 1 A+2 B-65535m 500", .rv = SCARD_E_CANCELLED },
	    { .does = "release 1" });
	expect_cancelled("await 1 A+2 B-65535m 500", 3);
	play_start();
	PLAY({ .does = "establish" }, { .does = "list 1", .gives = "A B" },
	    { .does = "await 1 A+2 B-65535m 500", .rv = SCARD_E_CANCELLED },
	    { .does = "release 1" });
	expect_cancelled("list 1", 1);
}

/* 20 ms later may be in the next second. */
static void
a_cancel_waits_across_the_end_of_a_second(void **state)
{
	(void)state;
	clock_nsec = 999 * 1000 * 1000;
	a_cancel_is_repeated_until_the_wait_has_ended(state);
	clock_nsec = 980 * 1000 * 1000;
	play_start();
	a_cancel_is_repeated_until_the_wait_has_ended(state);
}

static void
nothing_to_cancel_is_no_harm(void **state)
{
	(void)state;
	t->ops->cancel(t);
	/* And it does not cancel the next one. */
	a_wait_begins_with_what_was_seen(state);
}

/*
 * No memory.
 */

static void
without_memory_there_is_no_transport(void **state)
{
	struct transport *none = NULL;

	(void)state;
	no_memory = true;
	expect_err("new", transport_pcsc_new(&none), JPKI_ERR_MEMORY);
	no_memory = false;
	no_mutex = true;
	expect_err("new", transport_pcsc_new(&none), JPKI_ERR_MEMORY);
	no_mutex = false;
	no_cond = true;
	expect_err("new", transport_pcsc_new(&none), JPKI_ERR_MEMORY);
	no_cond = false;
	assert_null(none);
	assert_int_equal(mutexes, 1);	/* of t */
}

static void
without_memory_a_list_is_not_made(void **state)
{
	struct transport_reader *readers = NULL;
	size_t n = 99;

	(void)state;
	no_memory = true;
	PLAY({ .does = "establish" }, { .does = "list 1", .gives = "A" },
	    { .does = "states 1 A" });
	expect_err("list", t->ops->list(t, &readers, &n), JPKI_ERR_MEMORY);
	assert_null(readers);
	PLAY({ .does = "release 1" });
}

static void
without_memory_the_card_is_not_touched(void **state)
{
	struct transport_conn *c = NULL;

	(void)state;
	no_memory = true;
	expect_err("connect", t->ops->connect(t, "A", &c), JPKI_ERR_MEMORY);
	assert_null(c);
}

static int
set_up(void **state)
{
	(void)state;
	play_start();
	no_memory = no_mutex = no_cond = false;
	clock_nsec = -1;
	return transport_pcsc_new(&t) == JPKI_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	t->ops->free(t);
	play_done();
	assert_int_equal(mutexes, 0);
	return 0;
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_wait_begins_with_what_was_seen),
		TEST(a_wait_without_end_has_no_time),
		TEST(without_readers_one_is_waited_for),
		TEST(other_readers_than_were_seen_are_a_change),
		TEST(a_reader_that_goes_ends_the_wait),
		TEST(the_end_of_the_service_is_told),
		TEST(more_readers_than_there_is_room_for_are_no_wait),
		TEST(a_wait_is_cancelled_before_it_has_a_context),
		TEST(a_cancel_is_repeated_until_the_wait_has_ended),
		TEST(a_cancel_waits_across_the_end_of_a_second),
		TEST(nothing_to_cancel_is_no_harm),
		TEST(without_memory_there_is_no_transport),
		TEST(without_memory_a_list_is_not_made),
		TEST(without_memory_the_card_is_not_touched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
