/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections over PC/SC: what is told of the card, and having it alone. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "unit.h"
#include "fakepcscd.h"

/* The one of the helpers is the door to virtual cards. */
#undef _POSIX_C_SOURCE
#include "lib/pcsc.c"
#include "lib/pcsc_link.c"

struct world {
	struct transport	*t;
	struct transport_conn	*c;
};

static struct world world;

static int
setup(void **state)
{
	(void)state;
	fakepcscd_start();
	expect_err("new", transport_pcsc_new(&world.t), JPKI_OK);
	expect_err("connect", world.t->ops->connect(world.t, FAKE_READER,
	    &world.c), JPKI_OK);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	if (world.c != NULL)
		world.t->ops->disconnect(world.c, false);
	world.c = NULL;
	world.t->ops->free(world.t);
	return 0;
}

static void
begin(enum jpki_err err, enum transport_since wanted)
{
	enum transport_since since = SINCE_NOTHING;

	expect_err("begin", world.t->ops->begin(world.c, &since), err);
	if (err == JPKI_OK)
		expect_int("since", since, wanted);
}

static void
end(void)
{
	world.t->ops->end(world.c);
}

static void
try_claim(enum jpki_err err, enum transport_since wanted)
{
	enum transport_since since = SINCE_RESET;

	expect_err("claim", world.t->ops->claim(world.c, &since), err);
	expect_int("since", since, wanted);
}

static void
release(enum jpki_err err)
{
	expect_err("release", world.t->ops->release(world.c), err);
}

static void
transmit(enum jpki_err err)
{
	static const uint8_t command[] = { 0x00, 0x20, 0x00, 0x80 };
	uint8_t answer[TRANSPORT_ANSWER_MAX];
	size_t n = sizeof(answer);

	expect_err("transmit", world.t->ops->transmit(world.c,
	    slice_of(command, sizeof(command)), answer, &n), err);
}

static void
claim(void)
{
	try_claim(JPKI_OK, SINCE_NOTHING);
	expect_true("nobody else", !fakepcscd_is_shared());
}

static void
expect_free_for_all(void)
{
	expect_true("shared", fakepcscd_is_shared());
	expect_true("unlocked", fakepcscd_is_unlocked());
	expect_true("a neighbour connects", fakepcscd_neighbour());
	fakepcscd_neighbour_leaves();
}

/*
 * What is told of the card.
 */

static void
a_reset_is_told(void **state)
{
	(void)state;
	begin(JPKI_OK, SINCE_NOTHING);
	end();
	fakepcscd_neighbour_resets();
	begin(JPKI_OK, SINCE_RESET);
	end();
	begin(JPKI_OK, SINCE_NOTHING);
	end();
}

static void
an_exchange_is_told(void **state)
{
	(void)state;
	fakepcscd_exchange();
	begin(JPKI_OK, SINCE_NEW);
	end();
	assert_int_equal(fakepcscd_handles(), 1);
}

/* The service tells the last event only. */
static void
a_card_that_was_exchanged_and_then_reset_is_another_card(void **state)
{
	(void)state;
	fakepcscd_exchange();
	fakepcscd_neighbour_resets();
	begin(JPKI_OK, SINCE_NEW);
	end();
	assert_int_equal(fakepcscd_handles(), 1);
	fakepcscd_neighbour_resets();
	begin(JPKI_OK, SINCE_RESET);
	end();
}

static void
a_reset_is_told_even_if_begin_fails_after_it(void **state)
{
	(void)state;
	fakepcscd_neighbour_resets();
	fakepcscd_fail_begins(1, SCARD_E_NO_MEMORY);
	begin(JPKI_ERR_MEMORY, SINCE_NOTHING);
	begin(JPKI_OK, SINCE_RESET);
	end();
	begin(JPKI_OK, SINCE_NOTHING);
	end();
}

static void
a_service_that_was_restarted_gives_a_new_connection(void **state)
{
	(void)state;
	fakepcscd_restart();
	begin(JPKI_OK, SINCE_NEW);
	end();
}

/* The card may have acted, and taken a PIN. */
static void
a_failed_exchange_is_followed_by_a_reset_before_anybody_comes(void **state)
{
	(void)state;
	begin(JPKI_OK, SINCE_NOTHING);
	fakepcscd_fail_transmit();
	transmit(JPKI_ERR_IO);
	assert_int_equal(fakepcscd_resets(), 0);
	end();
	assert_int_equal(fakepcscd_resets(), 1);
	assert_int_equal(fakepcscd_resets_locked(), 1);
	begin(JPKI_OK, SINCE_RESET);
	end();
	assert_int_equal(fakepcscd_resets(), 1);
	begin(JPKI_OK, SINCE_NOTHING);
	end();
}

/* Until then nobody knows whether a PIN is verified. */
static void
a_reset_that_failed_is_tried_again(void **state)
{
	(void)state;
	begin(JPKI_OK, SINCE_NOTHING);
	fakepcscd_fail_transmit();
	transmit(JPKI_ERR_IO);
	/* A warm one, which leaves a PIN verified. */
	fakepcscd_neighbour_resets();
	end();
	assert_int_equal(fakepcscd_resets(), 1);
	fakepcscd_fail_reconnect(SCARD_E_NO_MEMORY);
	begin(JPKI_ERR_MEMORY, SINCE_NOTHING);
	assert_int_equal(fakepcscd_resets(), 1);
	begin(JPKI_OK, SINCE_RESET);
	assert_int_equal(fakepcscd_resets(), 2);
	end();
}

/*
 * Alone.
 */

static void
a_claimed_card_is_nobody_elses_until_it_is_shared_again(void **state)
{
	(void)state;
	claim();
	expect_true("a neighbour connects", !fakepcscd_neighbour());
	begin(JPKI_OK, SINCE_NOTHING);
	transmit(JPKI_OK);
	release(JPKI_OK);
	transmit(JPKI_OK);
	expect_true("still in the transaction", !fakepcscd_is_unlocked());
	end();
	expect_free_for_all();
}

static void
with_a_neighbour_the_card_cannot_be_had_alone(void **state)
{
	(void)state;
	expect_true("a neighbour connects", fakepcscd_neighbour());
	try_claim(JPKI_ERR_BUSY, SINCE_NOTHING);
	begin(JPKI_OK, SINCE_NOTHING);
	transmit(JPKI_OK);
	end();
	fakepcscd_neighbour_resets();
	begin(JPKI_OK, SINCE_RESET);
	end();
	assert_int_equal(fakepcscd_handles(), 2);
	fakepcscd_neighbour_leaves();
	claim();
	assert_int_equal(fakepcscd_handles(), 1);
}

/* It can neither be had alone nor be shared: begin tells, when it can. */
static void
a_card_that_another_took_is_connected_anew_when_it_is_free(void **state)
{
	(void)state;
	fakepcscd_neighbour_takes();
	try_claim(JPKI_ERR_BUSY, SINCE_NOTHING);
	begin(JPKI_ERR_BUSY, SINCE_NOTHING);
	release(JPKI_ERR_REMOVED);
	fakepcscd_neighbour_leaves();
	begin(JPKI_OK, SINCE_NEW);
	end();
	assert_int_equal(fakepcscd_handles(), 1);
}

static void
a_new_connection_is_a_shared_one(void **state)
{
	(void)state;
	claim();
	fakepcscd_restart();
	begin(JPKI_OK, SINCE_NEW);
	end();
	expect_free_for_all();
	claim();
	fakepcscd_exchange();
	begin(JPKI_OK, SINCE_NEW);
	end();
	expect_free_for_all();
}

/* A failed exchange: the card is reset, still alone, and then shared. */
static void
after_a_reset_the_card_is_shared(void **state)
{
	(void)state;
	claim();
	begin(JPKI_OK, SINCE_NOTHING);
	fakepcscd_fail_transmit();
	transmit(JPKI_ERR_IO);
	end();
	begin(JPKI_OK, SINCE_RESET);
	end();
	assert_int_equal(fakepcscd_resets(), 1);
	assert_int_equal(fakepcscd_resets_locked(), 1);
	expect_free_for_all();
}

/* pcscd then believes that the card is shared already, and keeps its lock. */
static void
a_neighbour_that_slipped_in_is_not_locked_out_for_ever(void **state)
{
	(void)state;
	claim();
	fakepcscd_neighbour_slips_in();
	expect_true("it cannot use the card", !fakepcscd_is_unlocked());
	begin(JPKI_OK, SINCE_NOTHING);
	release(JPKI_OK);
	end();
	expect_true("unlocked", fakepcscd_is_unlocked());
}

static void
an_exchange_before_a_claim_is_told_by_it(void **state)
{
	(void)state;
	fakepcscd_restart();
	try_claim(JPKI_OK, SINCE_NEW);
	expect_true("nobody else", !fakepcscd_is_shared());
	fakepcscd_exchange();
	try_claim(JPKI_OK, SINCE_NEW);
	expect_true("nobody else", !fakepcscd_is_shared());
	try_claim(JPKI_OK, SINCE_NOTHING);
	expect_true("nobody else", !fakepcscd_is_shared());
}

/* In each of the calls that claiming makes. */
static void
an_exchange_in_a_claim_is_told_by_it(void **state)
{
	(void)state;
	for (unsigned calls = 1; calls <= 3; calls++) {
		fakepcscd_exchange_after(calls);
		try_claim(JPKI_OK, SINCE_NEW);
	}
}

/* In each of the calls that releasing makes. */
static void
an_exchange_in_a_release_is_told(void **state)
{
	(void)state;
	for (unsigned calls = 1; calls <= 2; calls++) {
		claim();
		begin(JPKI_OK, SINCE_NOTHING);
		fakepcscd_exchange_after(calls);
		release(JPKI_ERR_REMOVED);
		end();
		begin(JPKI_OK, SINCE_NEW);
		end();
		expect_free_for_all();
	}
}

static void
closing_gives_the_card_back(void **state)
{
	(void)state;
	claim();
	world.t->ops->disconnect(world.c, false);
	world.c = NULL;
	expect_free_for_all();
	assert_int_equal(fakepcscd_resets(), 0);
}

static void
power_is_cut_before_anybody_else_may_connect(void **state)
{
	(void)state;
	claim();
	world.t->ops->disconnect(world.c, true);
	world.c = NULL;
	assert_int_equal(fakepcscd_resets(), 1);
	assert_int_equal(fakepcscd_resets_locked(), 1);
	expect_free_for_all();
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_reset_is_told),
		T(an_exchange_is_told),
		T(a_card_that_was_exchanged_and_then_reset_is_another_card),
		T(a_reset_is_told_even_if_begin_fails_after_it),
		T(a_service_that_was_restarted_gives_a_new_connection),
		T(a_failed_exchange_is_followed_by_a_reset_before_anybody_comes),
		T(a_reset_that_failed_is_tried_again),
		T(a_claimed_card_is_nobody_elses_until_it_is_shared_again),
		T(with_a_neighbour_the_card_cannot_be_had_alone),
		T(a_card_that_another_took_is_connected_anew_when_it_is_free),
		T(a_new_connection_is_a_shared_one),
		T(after_a_reset_the_card_is_shared),
		T(a_neighbour_that_slipped_in_is_not_locked_out_for_ever),
		T(an_exchange_before_a_claim_is_told_by_it),
		T(an_exchange_in_a_claim_is_told_by_it),
		T(an_exchange_in_a_release_is_told),
		T(closing_gives_the_card_back),
		T(power_is_cut_before_anybody_else_may_connect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
