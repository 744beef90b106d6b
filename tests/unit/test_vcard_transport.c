/* SPDX-License-Identifier: BSD-2-Clause */
/* The in-process transport: readers, connections, transactions. */
#include "vworld.h"

#include <pthread.h>
#include <stdlib.h>

/*
 * Listing.
 */
static void
readers_are_listed_as_they_are(void **state)
{
	struct vworld *w = *state;
	struct transport_reader *list = NULL;
	size_t n = 0;

	w->other = linkkit_new("under15");
	expect_err("add", vtransport_add(w->t, OTHER, w->other), JPKI_OK);
	vlink_remove(w->other);
	expect_err("list", w->t->ops->list(w->t, &list, &n), JPKI_OK);
	assert_int_equal(n, 2);
	expect_text("first", list[0].name, READER);
	expect_text("second", list[1].name, OTHER);
	assert_true(list[0].has_card && !list[0].mute && !list[0].exclusive);
	assert_true(list[0].atr_len >= 2);
	assert_int_equal(list[0].events, 1);
	assert_false(list[1].has_card);
	assert_int_equal(list[1].atr_len, 0);
	assert_int_equal(list[1].events, 2);
	free(list);
}

static void
mute_and_held_cards_are_listed_so(void **state)
{
	struct vworld *w = *state;
	struct transport_reader *list = NULL;
	size_t n = 0;

	vlink_set_mute(w->link, true);
	vtransport_exclusive(w->t, READER, true);
	expect_err("list", w->t->ops->list(w->t, &list, &n), JPKI_OK);
	assert_true(list[0].has_card && list[0].mute && list[0].exclusive);
	assert_int_equal(list[0].atr_len, 0);
	free(list);
}

static void
no_reader_is_an_empty_list(void **state)
{
	struct vworld *w = *state;
	struct transport_reader *list = NULL;
	size_t n = 7;

	vtransport_unplug(w->t, READER);
	vtransport_unplug(w->t, "never there");
	expect_err("list", w->t->ops->list(w->t, &list, &n), JPKI_OK);
	assert_int_equal(n, 0);
	assert_null(list);
	expect_err("name", vtransport_add(w->t,
	    "a name that is far too long for a reader, since it has more than "
	    "the one hundred and twenty-seven bytes that the service's own "
	    "table has", w->link), JPKI_ERR_ARG);
}

/*
 * Connecting and transactions.
 */
static const struct refusal {
	const char	*name;
	vworld_change	*arrange;
	enum jpki_err	 err;
} refusals[] = {
	{ "removed", vworld_remove, JPKI_ERR_NO_CARD },
	{ "mute", vworld_mute, JPKI_ERR_MUTE },
	{ "held", vworld_hold, JPKI_ERR_BUSY },
	{ "stopped", vworld_stop, JPKI_ERR_NO_SERVICE },
	{ "unplugged", vworld_unplug, JPKI_ERR_NO_READER },
};

static void
connecting_fails_for_the_right_reason(void **state)
{
	size_t i;

	for (i = 0; i < COUNT(refusals); i++) {
		struct transport_conn *c = NULL;
		struct vworld *w;

		w = vworld_renew(state);
		refusals[i].arrange(w);
		expect_err(refusals[i].name,
		    w->t->ops->connect(w->t, READER, &c), refusals[i].err);
		assert_null(c);
	}
}

static void
a_transaction_carries_commands(void **state)
{
	struct vworld *w = *state;

	vworld_connect(w);
	assert_true(vlink_powered(w->link));
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	vworld_send(w, SELECT_AP, JPKI_OK, "9000");
	vworld_send(w, SELECT_PIN, JPKI_OK, "9000");
	vworld_send(w, ASK_TRIES, JPKI_OK, "63C3");
	vworld_end(w);
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	vworld_send(w, ASK_TRIES, JPKI_OK, "63C3");
	vworld_end(w);
}

static void
a_command_outside_a_transaction_is_a_mistake(void **state)
{
	struct vworld *w = *state;

	vworld_connect(w);
	vworld_send(w, SELECT_AP, JPKI_ERR_INTERNAL, NULL);
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	vworld_end(w);
	vworld_send(w, SELECT_AP, JPKI_ERR_INTERNAL, NULL);
	assert_int_equal(vlink_counters(w->link, -1).commands, 0);
}

static void
a_reset_by_another_program_is_told_once(void **state)
{
	struct vworld *w = *state;

	vworld_connect(w);
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	vworld_send(w, SELECT_AP, JPKI_OK, "9000");
	vworld_end(w);
	assert_true(vtransport_reset(w->t, READER));
	vworld_begin(w, JPKI_OK, SINCE_RESET);
	vworld_send(w, SELECT_PIN, JPKI_OK, "6A82");
	vworld_end(w);
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	vworld_end(w);
}

static void
a_card_put_back_is_a_new_one(void **state)
{
	struct vworld *w = *state;

	vworld_connect(w);
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	vworld_end(w);
	vlink_remove(w->link);
	vworld_begin(w, JPKI_ERR_NO_CARD, SINCE_NOTHING);
	vlink_insert(w->link);
	vworld_begin(w, JPKI_OK, SINCE_NEW);
	vworld_send(w, SELECT_AP, JPKI_OK, "9000");
	vworld_end(w);
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	vworld_end(w);
}

static void
a_card_pulled_and_put_back_quickly_is_a_new_one(void **state)
{
	struct vworld *w = *state;

	vworld_connect(w);
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	vworld_end(w);
	vlink_remove(w->link);
	vlink_insert(w->link);
	vworld_begin(w, JPKI_OK, SINCE_NEW);
	vlink_remove(w->link);
	vlink_insert(w->link);
	vworld_send(w, SELECT_AP, JPKI_ERR_REMOVED, NULL);
	vworld_end(w);
	vworld_begin(w, JPKI_OK, SINCE_NEW);
	vworld_send(w, SELECT_AP, JPKI_OK, "9000");
	vworld_end(w);
}

static void
a_restarted_service_is_a_new_connection(void **state)
{
	struct vworld *w = *state;

	vworld_connect(w);
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	vworld_send(w, SELECT_AP, JPKI_OK, "9000");
	vtransport_service(w->t, false);
	vworld_send(w, SELECT_PIN, JPKI_ERR_NO_SERVICE, NULL);
	vworld_end(w);
	vworld_begin(w, JPKI_ERR_NO_SERVICE, SINCE_NOTHING);
	vtransport_service(w->t, true);
	vworld_begin(w, JPKI_OK, SINCE_NEW);
	vworld_send(w, SELECT_PIN, JPKI_OK, "6A82");
	vworld_end(w);
}

static void
a_held_card_is_busy_until_released(void **state)
{
	struct vworld *w = *state;

	vworld_connect(w);
	vtransport_exclusive(w->t, READER, true);
	vworld_begin(w, JPKI_ERR_BUSY, SINCE_NOTHING);
	vtransport_exclusive(w->t, READER, false);
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	vworld_end(w);
}

static void
a_held_card_does_not_end_a_wait(void **state)
{
	struct vworld *w = *state;
	struct transport_reader *list = NULL;
	size_t n = 0;

	expect_err("list", w->t->ops->list(w->t, &list, &n), JPKI_OK);
	vtransport_exclusive(w->t, READER, true);
	expect_err("wait", w->t->ops->wait(w->t, list, n, 0),
	    JPKI_ERR_TIMEOUT);
	free(list);
}

static void
an_unplugged_reader_is_gone(void **state)
{
	struct vworld *w = *state;

	vworld_connect(w);
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	vtransport_unplug(w->t, READER);
	vworld_send(w, SELECT_AP, JPKI_ERR_REMOVED, NULL);
	vworld_end(w);
	vworld_begin(w, JPKI_ERR_NO_READER, SINCE_NOTHING);
}

/*
 * A service that ends, or a reader that is unplugged, while the card is busy.
 */
static void *
stop_when_held(void *arg)
{
	struct vworld *w = arg;

	assert_int_equal(vlink_await_held(w->link, 600000).index, 1);
	vtransport_service(w->t, false);
	return NULL;
}

static void *
unplug_when_held(void *arg)
{
	struct vworld *w = arg;

	assert_int_equal(vlink_await_held(w->link, 600000).index, 1);
	vtransport_unplug(w->t, READER);
	return NULL;
}

static void
a_held_command_ends_with_service_or_reader(void **state)
{
	static void *(*const ends[])(void *) = { stop_when_held,
	    unplug_when_held };
	pthread_t thread;
	size_t i;

	for (i = 0; i < COUNT(ends); i++) {
		struct vworld *w = vworld_renew(state);

		vworld_connect(w);
		linkkit_fault(w->link, "hold");
		vworld_begin(w, JPKI_OK, SINCE_NOTHING);
		assert_int_equal(pthread_create(&thread, NULL, ends[i], w), 0);
		vworld_send(w, SELECT_AP, JPKI_ERR_IO, NULL);
		assert_int_equal(pthread_join(thread, NULL), 0);
		vworld_end(w);
	}
}

/*
 * Faults as a client of the transport sees them.
 */
static const struct seen {
	const char		*fault;
	enum jpki_err		 err;
	const char		*answer;
	enum jpki_err		 begin_err;
	enum transport_since	 since;
} seen[] = {
	{ "sw=6F00", JPKI_OK, "6F00", JPKI_OK, SINCE_NOTHING },
	{ "empty", JPKI_OK, "", JPKI_OK, SINCE_RESET },
	{ "truncate-sw", JPKI_OK, "90", JPKI_OK, SINCE_RESET },
	{ "reset", JPKI_OK, "9000", JPKI_OK, SINCE_NOTHING },
	{ "long=300", JPKI_ERR_IO, NULL, JPKI_OK, SINCE_RESET },
	{ "hangup", JPKI_ERR_IO, NULL, JPKI_OK, SINCE_NEW },
	{ "tear=3", JPKI_ERR_IO, NULL, JPKI_OK, SINCE_NEW },
	{ "select=after", JPKI_OK, "9000", JPKI_OK, SINCE_NOTHING },
	{ "remove", JPKI_ERR_REMOVED, NULL, JPKI_ERR_NO_CARD, SINCE_NOTHING },
	{ "remove=after", JPKI_ERR_REMOVED, NULL, JPKI_ERR_NO_CARD, SINCE_NOTHING },
	{ "remove-insert", JPKI_ERR_REMOVED, NULL, JPKI_OK, SINCE_NEW },
	{ "remove-insert=after", JPKI_ERR_REMOVED, NULL, JPKI_OK, SINCE_NEW },
};

static void
faults_reach_the_client(void **state)
{
	size_t i;

	for (i = 0; i < COUNT(seen); i++) {
		struct vworld *w;

		w = vworld_renew(state);
		vworld_connect(w);
		linkkit_fault(w->link, seen[i].fault);
		vworld_begin(w, JPKI_OK, SINCE_NOTHING);
		vworld_send(w, SELECT_AP, seen[i].err, seen[i].answer);
		vworld_end(w);
		vworld_begin(w, seen[i].begin_err, seen[i].since);
		vworld_end(w);
	}
}

static void
lies_about_the_length_are_passed_on(void **state)
{
	static const struct {
		const char	*fault;
		size_t		 n;
	} lies[] = {
		{ "lie-length=3", 5 }, { "lie-length=-1", 1 },
		{ "lie-length=-60000", 0 }, { "lie-length=60000", 60002 },
	};
	struct octets o = unhex(SELECT_AP);
	uint8_t answer[TRANSPORT_ANSWER_MAX];
	struct vworld *w = *state;
	size_t i, n;

	vworld_connect(w);
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	for (i = 0; i < COUNT(lies); i++) {
		linkkit_fault(w->link, lies[i].fault);
		n = sizeof(answer);
		expect_err(lies[i].fault, w->t->ops->transmit(w->c,
		    octets_slice(&o), answer, &n), JPKI_OK);
		assert_int_equal(n, lies[i].n);
	}
	vworld_end(w);
}

static void
lost_power_is_a_broken_exchange_and_then_a_reset(void **state)
{
	struct vworld *w = *state;

	vworld_connect(w);
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	vlink_power_off(w->link);
	vworld_send(w, SELECT_AP, JPKI_ERR_IO, NULL);
	vworld_end(w);
	vworld_begin(w, JPKI_OK, SINCE_RESET);
	vworld_send(w, SELECT_AP, JPKI_OK, "9000");
	vworld_end(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_VWORLD(readers_are_listed_as_they_are),
		WITH_VWORLD(mute_and_held_cards_are_listed_so),
		WITH_VWORLD(no_reader_is_an_empty_list),
		WITH_VWORLD(connecting_fails_for_the_right_reason),
		WITH_VWORLD(a_transaction_carries_commands),
		WITH_VWORLD(a_command_outside_a_transaction_is_a_mistake),
		WITH_VWORLD(a_reset_by_another_program_is_told_once),
		WITH_VWORLD(a_card_put_back_is_a_new_one),
		WITH_VWORLD(a_card_pulled_and_put_back_quickly_is_a_new_one),
		WITH_VWORLD(a_restarted_service_is_a_new_connection),
		WITH_VWORLD(a_held_card_is_busy_until_released),
		WITH_VWORLD(a_held_card_does_not_end_a_wait),
		WITH_VWORLD(an_unplugged_reader_is_gone),
		WITH_VWORLD(a_held_command_ends_with_service_or_reader),
		WITH_VWORLD(faults_reach_the_client),
		WITH_VWORLD(lies_about_the_length_are_passed_on),
		WITH_VWORLD(lost_power_is_a_broken_exchange_and_then_a_reset),
	};

	return cmocka_run_group_tests(tests, NULL, vkit_end);
}
