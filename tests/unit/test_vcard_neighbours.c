/* SPDX-License-Identifier: BSD-2-Clause */
/* The in-process transport among other programs and threads. */
#include "vworld.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/*
 * Other programs.
 */
static const uint8_t common_aid[] = { 0xD3, 0x92, 0x10, 0x00, 0x31, 0x00,
	0x01, 0x01, 0x01, 0x00 };

static void
another_program_can_move_the_card_between_transactions(void **state)
{
	struct vworld *w = *state;

	vworld_connect(w);
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	vworld_send(w, SELECT_AP, JPKI_OK, "9000");
	vworld_send(w, "00A4020C020006", JPKI_OK, "9000");
	vworld_end(w);
	assert_true(vtransport_foreign_select(w->t, READER, common_aid,
	    sizeof(common_aid)));
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	vworld_send(w, "00A4020C020006", JPKI_OK, "6A82");
	vworld_end(w);
}

static void
another_program_waits_for_the_end_of_a_transaction(void **state)
{
	struct vworld *w = *state;

	vworld_connect(w);
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	vworld_send(w, SELECT_AP, JPKI_OK, "9000");
	assert_false(vtransport_foreign_select(w->t, READER, common_aid,
	    sizeof(common_aid)));
	assert_false(vtransport_reset(w->t, READER));
	vworld_send(w, "00A4020C020006", JPKI_OK, "9000");
	vworld_end(w);
	assert_int_equal(vlink_counters(w->link, -1).commands, 3);
	vworld_begin(w, JPKI_OK, SINCE_RESET);
	vworld_end(w);
}

static void
what_waited_for_a_service_that_stops_never_comes(void **state)
{
	struct vworld *w = *state;

	vworld_connect(w);
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	assert_false(vtransport_reset(w->t, READER));
	vtransport_service(w->t, false);
	vworld_end(w);
	vtransport_service(w->t, true);
	vworld_begin(w, JPKI_OK, SINCE_NEW);
	vworld_end(w);
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	vworld_end(w);
}

static void
claim(struct vworld *w, enum jpki_err err, enum transport_since wanted)
{
	enum transport_since since = SINCE_RESET;

	expect_err("claim", w->t->ops->claim(w->c, &since), err);
	expect_int("since", since, wanted);
}

static void
release(struct vworld *w, enum jpki_err err)
{
	expect_err("release", w->t->ops->release(w->c), err);
}

/* What a neighbour gets that tries to connect, and leaves again. */
static void
expect_neighbour(struct vworld *w, enum jpki_err err)
{
	struct transport_conn *c = NULL;

	expect_err("neighbour", w->t->ops->connect(w->t, READER, &c), err);
	w->t->ops->disconnect(c, false);
}

static void
have_it_alone(struct vworld *w, enum transport_since since)
{
	claim(w, JPKI_OK, since);
	expect_neighbour(w, JPKI_ERR_BUSY);
}

static void
who_has_the_card_alone_has_no_neighbours(void **state)
{
	struct vworld *w = *state;

	vworld_connect(w);
	have_it_alone(w, SINCE_NOTHING);
	release(w, JPKI_ERR_INTERNAL);
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	vworld_send(w, SELECT_AP, JPKI_OK, "9000");
	release(w, JPKI_OK);
	vworld_end(w);
	expect_neighbour(w, JPKI_OK);
	have_it_alone(w, SINCE_NOTHING);
	w->t->ops->disconnect(w->c, false);
	w->c = NULL;
	expect_neighbour(w, JPKI_OK);
}

static void
who_has_neighbours_has_the_card_not_alone(void **state)
{
	struct vworld *w = *state, second = { .t = w->t };

	vworld_connect(w);
	vworld_connect(&second);
	claim(w, JPKI_ERR_BUSY, SINCE_NOTHING);
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	vworld_end(w);
	/* The neighbour's connection counts until it is given up. */
	vlink_remove(w->link);
	vlink_insert(w->link);
	claim(w, JPKI_ERR_BUSY, SINCE_NEW);
	w->t->ops->disconnect(second.c, false);
	have_it_alone(w, SINCE_NOTHING);
}

/* As in life: until it notices, others have to wait. */
static void
a_card_that_came_back_is_shared_when_its_holder_notices(void **state)
{
	struct vworld *w = *state;

	vworld_connect(w);
	have_it_alone(w, SINCE_NOTHING);
	vlink_remove(w->link);
	vlink_insert(w->link);
	expect_neighbour(w, JPKI_ERR_BUSY);
	vworld_begin(w, JPKI_OK, SINCE_NEW);
	vworld_end(w);
	expect_neighbour(w, JPKI_OK);
	vlink_remove(w->link);
	claim(w, JPKI_ERR_NO_CARD, SINCE_NEW);
	vlink_insert(w->link);
	have_it_alone(w, SINCE_NEW);
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	vlink_remove(w->link);
	release(w, JPKI_ERR_REMOVED);
	vworld_end(w);
}

static void
a_service_that_starts_again_knows_of_nobody(void **state)
{
	struct vworld *w = *state, second = { .t = w->t };

	vworld_connect(w);
	have_it_alone(w, SINCE_NOTHING);
	vtransport_service(w->t, false);
	claim(w, JPKI_ERR_NO_SERVICE, SINCE_NEW);
	vtransport_service(w->t, true);
	vworld_connect(&second);
	claim(w, JPKI_ERR_BUSY, SINCE_NEW);
	w->t->ops->disconnect(second.c, false);
	have_it_alone(w, SINCE_NOTHING);
}

static void
after_a_failed_exchange_the_card_is_shared(void **state)
{
	struct vworld *w = *state;

	vworld_connect(w);
	have_it_alone(w, SINCE_NOTHING);
	linkkit_fault(w->link, "empty");
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	vworld_send(w, SELECT_AP, JPKI_OK, "");
	vworld_end(w);
	vworld_begin(w, JPKI_OK, SINCE_RESET);
	vworld_end(w);
	expect_neighbour(w, JPKI_OK);
}

static void
cutting_the_power_is_a_reset_for_the_others(void **state)
{
	struct vworld *w = *state;
	struct transport_conn *second = NULL;

	vworld_connect(w);
	expect_err("second", w->t->ops->connect(w->t, READER, &second),
	    JPKI_OK);
	assert_int_equal(vtransport_open_count(w->t), 2);
	w->t->ops->disconnect(second, true);
	assert_false(vlink_powered(w->link));
	vworld_begin(w, JPKI_OK, SINCE_RESET);
	assert_true(vlink_powered(w->link));
	vworld_end(w);
	expect_err("third", w->t->ops->connect(w->t, READER, &second),
	    JPKI_OK);
	w->t->ops->disconnect(second, false);
	assert_true(vlink_powered(w->link));
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	vworld_end(w);
}

struct meddler {
	struct vworld	*w;
	unsigned long	 at;
	bool		 at_once;
};

static void
meddle(void *user, unsigned long index)
{
	struct meddler *m = user;

	if (index == m->at)
		m->at_once = vtransport_foreign_select(m->w->t, READER,
		    common_aid, sizeof(common_aid));
}

static void
a_test_can_meddle_before_any_command(void **state)
{
	struct vworld *w = *state;
	struct meddler m = { w, 2, true };

	vtransport_on_transmit(w->t, meddle, &m);
	vworld_connect(w);
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	vworld_send(w, SELECT_AP, JPKI_OK, "9000");
	vworld_send(w, SELECT_PIN, JPKI_OK, "9000");
	vworld_send(w, ASK_TRIES, JPKI_OK, "63C3");
	assert_false(m.at_once);
	vworld_end(w);
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	vworld_send(w, SELECT_PIN, JPKI_OK, "6A82");
	vworld_end(w);
}

/*
 * Threads.
 */
struct waiter {
	struct transport	*t;
	struct transport_reader	*seen;
	size_t			 n;
	int			 timeout_ms;
	enum jpki_err		 err;
	pthread_t		 thread;
};

static void *
wait_in_thread(void *arg)
{
	struct waiter *x = arg;

	x->err = x->t->ops->wait(x->t, x->seen, x->n, x->timeout_ms);
	return NULL;
}

/* Returns when the thread waits for ever, or for so long. */
static void
start_waiting(struct vworld *w, struct waiter *x, int timeout_ms)
{
	memset(x, 0, sizeof(*x));
	x->t = w->t;
	x->timeout_ms = timeout_ms;
	expect_err("list", w->t->ops->list(w->t, &x->seen, &x->n), JPKI_OK);
	assert_int_equal(pthread_create(&x->thread, NULL, wait_in_thread, x),
	    0);
	vtransport_await_waiter(w->t);
}

static void
expect_woken(struct waiter *x, const char *what, enum jpki_err wanted)
{
	assert_int_equal(pthread_join(x->thread, NULL), 0);
	expect_err(what, x->err, wanted);
	free(x->seen);
}

static void
fault_removes_the_card(struct vworld *w)
{
	linkkit_fault(w->link, "remove");
	vlink_power_on(w->link);
	expect_text("gone", linkkit_send(w->link, SELECT_AP), "gone");
}

static void
plug_another(struct vworld *w)
{
	w->other = linkkit_new("under15");
	expect_err("add", vtransport_add(w->t, OTHER, w->other), JPKI_OK);
}

static void
cancel(struct vworld *w)
{
	w->t->ops->cancel(w->t);
}

static void
a_wait_ends_when_something_changes(void **state)
{
	static const struct {
		const char	*name;
		vworld_change	*change;
		enum jpki_err	 err;
	} changes[] = {
		{ "removed", vworld_remove, JPKI_OK },
		{ "removed by a fault", fault_removes_the_card, JPKI_OK },
		{ "mute", vworld_mute, JPKI_OK },
		{ "unplugged", vworld_unplug, JPKI_OK },
		{ "plugged", plug_another, JPKI_OK },
		{ "stopped", vworld_stop, JPKI_ERR_NO_SERVICE },
		{ "cancelled", cancel, JPKI_ERR_CANCELLED },
	};
	struct waiter x;
	size_t i;

	for (i = 0; i < COUNT(changes); i++) {
		vworld_renew(state);
		start_waiting(*state, &x, -1);
		changes[i].change(*state);
		expect_woken(&x, changes[i].name, changes[i].err);
	}
}

static void
a_wait_for_what_has_changed_already_is_short(void **state)
{
	struct vworld *w = *state;
	struct transport_reader *list = NULL;
	size_t n = 0;

	expect_err("list", w->t->ops->list(w->t, &list, &n), JPKI_OK);
	vlink_remove(w->link);
	vlink_insert(w->link);
	expect_err("moved", w->t->ops->wait(w->t, list, n, -1), JPKI_OK);
	expect_err("fewer", w->t->ops->wait(w->t, NULL, 0, -1), JPKI_OK);
	free(list);
}

static void
a_wait_times_out(void **state)
{
	struct vworld *w = *state;
	struct transport_reader *list = NULL;
	size_t n = 0;

	expect_err("list", w->t->ops->list(w->t, &list, &n), JPKI_OK);
	expect_err("0 ms", w->t->ops->wait(w->t, list, n, 0),
	    JPKI_ERR_TIMEOUT);
	expect_err("1 ms", w->t->ops->wait(w->t, list, n, 1),
	    JPKI_ERR_TIMEOUT);
	free(list);
}

/* As with SCardCancel: it ends waits that are, not waits that will be. */
static void
a_cancel_before_the_wait_is_lost(void **state)
{
	struct waiter x;

	cancel(*state);
	start_waiting(*state, &x, -1);
	cancel(*state);
	expect_woken(&x, "cancelled", JPKI_ERR_CANCELLED);
}

static void *
begin_in_thread(void *arg)
{
	struct vworld *second = arg;

	vworld_begin(second, JPKI_OK, SINCE_NOTHING);
	vworld_send(second, SELECT_OTHER, JPKI_OK, "9000");
	vworld_end(second);
	return NULL;
}

static void
transactions_exclude_each_other(void **state)
{
	struct vworld *w = *state, second = { .t = w->t };
	pthread_t thread;
	int i;

	vworld_connect(w);
	vworld_connect(&second);
	vworld_begin(w, JPKI_OK, SINCE_NOTHING);
	assert_int_equal(pthread_create(&thread, NULL, begin_in_thread,
	    &second), 0);
	for (i = 0; i < 200; i++) {
		vworld_send(w, SELECT_AP, JPKI_OK, "9000");
		vworld_send(w, SELECT_PIN, JPKI_OK, "9000");
	}
	assert_int_equal(vlink_counters(w->link, -1).commands, 400);
	vworld_end(w);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(vlink_counters(w->link, -1).commands, 401);
	w->t->ops->disconnect(second.c, false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_VWORLD(another_program_can_move_the_card_between_transactions),
		WITH_VWORLD(another_program_waits_for_the_end_of_a_transaction),
		WITH_VWORLD(what_waited_for_a_service_that_stops_never_comes),
		WITH_VWORLD(who_has_the_card_alone_has_no_neighbours),
		WITH_VWORLD(who_has_neighbours_has_the_card_not_alone),
		WITH_VWORLD(a_card_that_came_back_is_shared_when_its_holder_notices),
		WITH_VWORLD(a_service_that_starts_again_knows_of_nobody),
		WITH_VWORLD(after_a_failed_exchange_the_card_is_shared),
		WITH_VWORLD(cutting_the_power_is_a_reset_for_the_others),
		WITH_VWORLD(a_test_can_meddle_before_any_command),
		WITH_VWORLD(a_wait_ends_when_something_changes),
		WITH_VWORLD(a_wait_for_what_has_changed_already_is_short),
		WITH_VWORLD(a_wait_times_out),
		WITH_VWORLD(a_cancel_before_the_wait_is_lost),
		WITH_VWORLD(transactions_exclude_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, vkit_end);
}
