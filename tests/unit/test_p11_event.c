/* SPDX-License-Identifier: BSD-2-Clause */
/* C_WaitForSlotEvent. */
#include "p11kit.h"

#include <pthread.h>
#include <string.h>

static CK_RV
poll_event(CK_SLOT_ID *id)
{
	return p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, id, NULL);
}

static void
expect_no_event(const char *when)
{
	CK_SLOT_ID id;

	expect_rv(when, poll_event(&id), CKR_NO_EVENT);
}

/* Both slots of Reader A have an event each, told once. */
static void
expect_both(const char *when)
{
	CK_SLOT_ID first = 99, second = 99;

	expect_rv(when, poll_event(&first), CKR_OK);
	expect_rv(when, poll_event(&second), CKR_OK);
	assert_true(first != second);
	assert_true(first == kit_slot(AUTH) || first == kit_slot(SIGN));
	assert_true(second == kit_slot(AUTH) || second == kit_slot(SIGN));
	expect_no_event(when);
}

static void
arguments_are_checked(void **state)
{
	CK_SLOT_ID id;
	int something;

	(void)state;
	kit_init(NULL);
	expect_rv("no slot", p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, NULL,
	    NULL), CKR_ARGUMENTS_BAD);
	expect_rv("no slot", p11->C_WaitForSlotEvent(0, NULL, NULL),
	    CKR_ARGUMENTS_BAD);
	expect_rv("reserved", p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &id,
	    &something), CKR_ARGUMENTS_BAD);
	expect_no_event("no reader");
}

static void
a_card_that_is_in_at_the_start_is_no_event(void **state)
{
	(void)state;
	for (int round = 0; round < 2; round++) {
		if (round == 0)
			(void)kit_card(READER_A, "adult", NULL);
		kit_init(NULL);
		expect_no_event("first");
		(void)kit_open(AUTH);
		expect_no_event("after use");
		kit_fini();
	}
}

static void
what_came_before_the_start_is_forgotten_by_it(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);

	(void)state;
	vlink_remove(link);
	(void)kit_slot(AUTH);
	kit_fini();
	kit_init(NULL);
	expect_no_event("restarted");
	kit_fini();
	vlink_insert(link);
	kit_init(NULL);
	expect_no_event("put in meanwhile");
}

static void
insertion_and_removal_are_told_once_a_slot(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);

	(void)state;
	expect_no_event("start");
	vlink_remove(link);
	expect_both("removed");
	vlink_insert(link);
	expect_both("inserted");
	vlink_remove(link);
	vlink_insert(link);
	expect_both("out and in");
	vlink_remove(link);
	vlink_insert(link);
	vlink_remove(link);
	expect_both("out, in and out");
}

static void
an_insertion_between_start_and_first_look_is_told(void **state)
{
	struct vlink *link = kit_card(READER_A, "adult", NULL);

	(void)state;
	vlink_remove(link);
	kit_init(NULL);
	vlink_insert(link);
	expect_both("inserted");
}

static void
an_event_that_another_call_saw_is_told_too(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SLOT_INFO info;

	(void)state;
	expect_no_event("start");
	vlink_remove(link);
	expect_rv("info", p11->C_GetSlotInfo(kit_slot(AUTH), &info), CKR_OK);
	assert_int_equal(info.flags & CKF_TOKEN_PRESENT, 0);
	expect_both("removed");
}

static void
a_reader_that_goes_or_comes_with_a_card_is_an_event(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);

	(void)state;
	expect_no_event("start");
	vtransport_unplug(kit_world, READER_A);
	expect_both("unplugged");
	assert_int_equal(vtransport_add(kit_world, READER_A, link), JPKI_OK);
	expect_both("plugged in");
}

static void
a_card_that_is_not_ours_is_no_event(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);

	(void)state;
	vlink_remove(link);
	expect_both("removed");
	kit_fault(link, "sw=6A82@ins=A4");
	vlink_insert(link);
	expect_no_event("another card");
	vlink_remove(link);
	expect_no_event("and gone");
}

/*
 * Blocking.
 */

struct waiter {
	pthread_t	thread;
	CK_SLOT_ID	id;
	CK_RV		rv;
};

static void *
wait_main(void *user)
{
	struct waiter *w = user;

	w->rv = p11->C_WaitForSlotEvent(0, &w->id, NULL);
	return NULL;
}

static void
waiter_start(struct waiter *w)
{
	w->id = 99;
	w->rv = CKR_GENERAL_ERROR;
	assert_int_equal(pthread_create(&w->thread, NULL, wait_main, w), 0);
}

static void
waiter_end(struct waiter *w, CK_RV wanted)
{
	assert_int_equal(pthread_join(w->thread, NULL), 0);
	expect_rv("wait", w->rv, wanted);
}

static void
a_wait_ends_with_an_insertion_and_a_removal(void **state)
{
	struct vlink *link = kit_card(READER_A, "adult", NULL);
	struct waiter w;

	(void)state;
	vlink_remove(link);
	kit_init(NULL);
	waiter_start(&w);
	vtransport_await_waiter(kit_world);
	/* Others work meanwhile. */
	assert_true(kit_slot(AUTH) != kit_slot(SIGN));
	vlink_insert(link);
	waiter_end(&w, CKR_OK);
	assert_int_equal(w.id, kit_slot(AUTH));
	waiter_start(&w);
	waiter_end(&w, CKR_OK);
	assert_int_equal(w.id, kit_slot(SIGN));
	waiter_start(&w);
	vtransport_await_waiter(kit_world);
	vlink_remove(link);
	waiter_end(&w, CKR_OK);
}

static void
a_wait_goes_on_through_what_is_no_token(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL), *other;
	struct waiter w;

	(void)state;
	waiter_start(&w);
	vtransport_await_waiter(kit_world);
	other = kit_card(READER_B, "expiring", NULL);
	/* The new reader comes with a card: that is an event. */
	waiter_end(&w, CKR_OK);
	assert_true(w.id == kit_slot(2) || w.id == kit_slot(3));
	waiter_start(&w);
	waiter_end(&w, CKR_OK);
	vlink_remove(other);
	waiter_start(&w);
	waiter_end(&w, CKR_OK);
	waiter_start(&w);
	waiter_end(&w, CKR_OK);
	waiter_start(&w);
	vtransport_await_waiter(kit_world);
	vtransport_unplug(kit_world, READER_B);
	vtransport_await_waiter(kit_world);
	vlink_remove(link);
	waiter_end(&w, CKR_OK);
	assert_true(w.id == kit_slot(AUTH) || w.id == kit_slot(SIGN));
}

static void
finalize_ends_every_wait(void **state)
{
	struct waiter w[3];

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	for (size_t i = 0; i < COUNT(w); i++)
		waiter_start(&w[i]);
	vtransport_await_waiter(kit_world);
	kit_fini();
	for (size_t i = 0; i < COUNT(w); i++)
		waiter_end(&w[i], CKR_CRYPTOKI_NOT_INITIALIZED);
	kit_init(NULL);
	expect_no_event("restarted");
}

/* The cancellation may come before, while or after the thread waits. */
static void
finalize_ends_a_wait_whenever_it_begins(void **state)
{
	struct waiter w;

	(void)state;
	(void)kit_card(READER_A, "adult", NULL);
	for (int round = 0; round < 50; round++) {
		kit_init(NULL);
		waiter_start(&w);
		kit_fini();
		waiter_end(&w, CKR_CRYPTOKI_NOT_INITIALIZED);
	}
}

static pthread_mutex_t theirs = PTHREAD_MUTEX_INITIALIZER;

static CK_RV
mutex_create(CK_VOID_PTR_PTR out)
{
	*out = &theirs;
	return CKR_OK;
}

static CK_RV
mutex_destroy(void *mutex)
{
	assert_ptr_equal(mutex, &theirs);
	return CKR_OK;
}

static CK_RV
mutex_lock(void *mutex)
{
	return pthread_mutex_lock(mutex) == 0 ? CKR_OK : CKR_GENERAL_ERROR;
}

static CK_RV
mutex_unlock(void *mutex)
{
	return pthread_mutex_unlock(mutex) == 0 ? CKR_OK : CKR_GENERAL_ERROR;
}

static void
finalize_ends_a_wait_under_the_applications_mutex(void **state)
{
	CK_C_INITIALIZE_ARGS args = { mutex_create, mutex_destroy,
	    mutex_lock, mutex_unlock, 0, NULL };
	struct waiter w;

	(void)state;
	(void)kit_card(READER_A, "adult", NULL);
	expect_rv("init", p11->C_Initialize(&args), CKR_OK);
	waiter_start(&w);
	vtransport_await_waiter(kit_world);
	kit_fini();
	waiter_end(&w, CKR_CRYPTOKI_NOT_INITIALIZED);
}

static void
a_service_that_stops_takes_the_tokens_along(void **state)
{
	struct waiter w;
	CK_SLOT_ID id;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	waiter_start(&w);
	vtransport_await_waiter(kit_world);
	vtransport_service(kit_world, false);
	waiter_end(&w, CKR_OK);
	expect_rv("other slot", poll_event(&id), CKR_OK);
	expect_no_event("stopped");
	/* There is nothing to wait on. */
	expect_rv("block", p11->C_WaitForSlotEvent(0, &id, NULL),
	    CKR_FUNCTION_FAILED);
	vtransport_service(kit_world, true);
	expect_both("started");
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, kit_setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(arguments_are_checked),
		T(a_card_that_is_in_at_the_start_is_no_event),
		T(what_came_before_the_start_is_forgotten_by_it),
		T(insertion_and_removal_are_told_once_a_slot),
		T(an_insertion_between_start_and_first_look_is_told),
		T(an_event_that_another_call_saw_is_told_too),
		T(a_reader_that_goes_or_comes_with_a_card_is_an_event),
		T(a_card_that_is_not_ours_is_no_event),
		T(a_wait_ends_with_an_insertion_and_a_removal),
		T(a_wait_goes_on_through_what_is_no_token),
		T(finalize_ends_every_wait),
		T(finalize_ends_a_wait_whenever_it_begins),
		T(finalize_ends_a_wait_under_the_applications_mutex),
		T(a_service_that_stops_takes_the_tokens_along),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
