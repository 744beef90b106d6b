/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections over PC/SC: what begin tells of the card. */
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
transmit(enum jpki_err err)
{
	static const uint8_t command[] = { 0x00, 0x20, 0x00, 0x80 };
	uint8_t answer[TRANSPORT_ANSWER_MAX];
	size_t n = sizeof(answer);

	expect_err("transmit", world.t->ops->transmit(world.c,
	    slice_of(command, sizeof(command)), answer, &n), err);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
