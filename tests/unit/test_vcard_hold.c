/* SPDX-License-Identifier: BSD-2-Clause */
/* The link to a virtual card: exchanges that wait, what the card counts. */
#include "linkkit.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

static void *
send_in_thread(void *arg)
{
	struct vlink *link = arg;
	struct octets o = unhex(SELECT_AP);
	enum vlink_result *result = malloc(sizeof(*result));
	uint8_t answer[258];
	size_t n = sizeof(answer);

	if (result != NULL)
		*result = vlink_transmit(link, o.p, o.n, answer, &n);
	return result;
}

/* The delay is an hour: without the removal the test would never end. */
static void
a_card_pulled_during_a_delay_is_gone(void **state)
{
	struct vlink *link = linkkit_new("adult");
	enum vlink_result *result = NULL;
	void *got = NULL;
	pthread_t thread;

	(void)state;
	linkkit_fault(link, "delay=3600000*1");
	assert_int_equal(pthread_create(&thread, NULL, send_in_thread, link),
	    0);
	while (vlink_counters(link, -1).commands == 0)
		sched_yield();
	vlink_remove(link);
	assert_int_equal(pthread_join(thread, &got), 0);
	result = got;
	assert_non_null(result);
	assert_int_equal(*result, VLINK_GONE);
	free(result);
	vlink_free(&link);
}

/*
 * Exchanges that are held.
 */
struct held {
	struct vlink	*link;
	pthread_t	 thread;
};

/* One SELECT on its way in a thread of its own, stopped by a hold. */
static struct held
hold(const char *fault)
{
	struct held h = { .link = linkkit_new("adult") };
	struct vlink_hold what;

	assert_int_equal(vlink_held(h.link).index, 0);
	assert_false(vlink_resume(h.link));
	linkkit_fault(h.link, fault);
	assert_int_equal(pthread_create(&h.thread, NULL, send_in_thread,
	    h.link), 0);
	what = vlink_await_held(h.link, 600000);
	assert_int_equal(what.index, 1);
	assert_int_equal(what.ins, 0xA4);
	assert_int_equal(vlink_held(h.link).index, 1);
	return h;
}

static enum vlink_result
let_go(struct held *h)
{
	enum vlink_result result, *got = NULL;
	void *p = NULL;

	assert_int_equal(pthread_join(h->thread, &p), 0);
	got = p;
	assert_non_null(got);
	result = *got;
	free(got);
	assert_int_equal(vlink_held(h->link).index, 0);
	vlink_free(&h->link);
	return result;
}

static void
what_is_held_goes_on_when_told(void **state)
{
	static const char *const faults[] = { "hold", "hold=after" };
	struct held h;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(faults); i++) {
		h = hold(faults[i]);
		expect_int(faults[i], vlink_held(h.link).acted, i == 1);
		assert_true(vlink_resume(h.link));
		assert_false(vlink_resume(h.link));
		assert_int_equal(let_go(&h), VLINK_OK);
	}
}

static void
what_is_held_ends_with_card_or_reader(void **state)
{
	struct held h;

	(void)state;
	h = hold("hold");
	vlink_remove(h.link);
	vlink_insert(h.link);
	assert_int_equal(let_go(&h), VLINK_GONE);
	h = hold("hold=after");
	vlink_break(h.link);
	assert_int_equal(let_go(&h), VLINK_HANGUP);
	h = hold("hold");
	assert_int_equal(vlink_renew(h.link), 0);
	assert_int_equal(let_go(&h), VLINK_HANGUP);
}

static bool
answer_gone(void *user)
{
	return *(const bool *)user;
}

static void
a_reader_that_says_that_it_is_gone_ends_a_hold(void **state)
{
	struct vlink *link = linkkit_new("adult");
	bool gone = true;

	(void)state;
	vlink_reader(link, answer_gone, &gone);
	linkkit_fault(link, "hold");
	expect_text("held", linkkit_send(link, SELECT_AP), "hangup");
	expect_text("not held", linkkit_send(link, SELECT_AP), "9000");
	vlink_free(&link);
}

static void
the_card_can_be_used_while_an_exchange_is_held(void **state)
{
	struct held h = hold("hold=after");

	(void)state;
	vlink_reset(h.link);
	vlink_power_off(h.link);
	assert_int_equal(vlink_set_tries(h.link, "auth", 1), 0);
	linkkit_fault(h.link, "sw=6F00");
	vlink_faults_clear(h.link);
	assert_true(vlink_resume(h.link));
	assert_int_equal(let_go(&h), VLINK_OK);
}

static void
nothing_held_is_said_when_the_time_is_over(void **state)
{
	struct vlink *link = linkkit_new("adult");

	(void)state;
	assert_int_equal(vlink_await_held(link, 1).index, 0);
	vlink_free(&link);
}

/*
 * What the card knows of its PINs.
 */
static struct vcard_pin_use
use_of(const struct vlink *link, const char *pin)
{
	struct vcard_pin_use use;

	assert_int_equal(vlink_pin_use(link, pin, &use), 0);
	return use;
}

static void
the_card_counts_what_its_pins_were_asked(void **state)
{
	struct vlink *link = linkkit_new("adult");
	struct vcard_pin_use use;

	(void)state;
	linkkit_send(link, VERIFY_WRONG);	/* nothing is selected */
	linkkit_send(link, SELECT_AP);
	linkkit_send(link, SELECT_PIN);
	linkkit_send(link, ASK_TRIES);
	linkkit_fault(link, "hangup=after");
	linkkit_send(link, VERIFY_WRONG);
	linkkit_fault(link, "hangup");
	linkkit_send(link, VERIFY_WRONG);
	linkkit_send(link, VERIFY_RIGHT);
	linkkit_send(link, "0024018004 35363738");
	linkkit_send(link, "0024018002 3536");
	use = use_of(link, "auth");
	expect_int("verify", (long long)use.verify, 2);
	expect_int("wrong", (long long)use.wrong, 1);
	expect_int("change", (long long)use.change, 2);
	expect_int("changed", (long long)use.changed, 1);
	expect_int("tries", use.tries, 3);
	expect_text("value", use.value, "5678");
	expect_int("astray", (long long)vlink_pin_astray(link), 1);
	expect_int("sign", (long long)use_of(link, "sign").verify, 0);
	assert_int_equal(vlink_pin_use(link, "nobody", &use), -1);
	vlink_pin_use_clear(link);
	use = use_of(link, "auth");
	assert_true(use.verify == 0 && use.wrong == 0 && use.change == 0 &&
	    use.changed == 0 && vlink_pin_astray(link) == 0);
	assert_int_equal(vlink_renew(link), 0);
	vlink_free(&link);
}

static void
a_renewed_card_is_as_it_was_loaded(void **state)
{
	struct vlink *link = linkkit_new("adult");

	(void)state;
	linkkit_send(link, SELECT_AP);
	linkkit_send(link, SELECT_PIN);
	linkkit_send(link, VERIFY_RIGHT);
	linkkit_send(link, "0024018004 35363738");
	linkkit_send(link, VERIFY_WRONG);
	linkkit_fault(link, "sw=6F00");
	assert_int_equal(vlink_renew(link), 0);
	assert_int_equal(vlink_counters(link, -1).commands, 0);
	expect_int("tries", vlink_tries(link, "auth"), 3);
	expect_text("value", use_of(link, "auth").value, "1234");
	expect_int("use", (long long)use_of(link, "auth").verify, 0);
	expect_text("nothing selected", linkkit_send(link, SELECT_PIN), "6A82");
	linkkit_send(link, SELECT_AP);
	linkkit_send(link, SELECT_PIN);
	expect_text("nothing verified", linkkit_send(link,
	    "0024018004 35363738"), "6982");
	expect_text("the PIN is back", linkkit_send(link, VERIFY_RIGHT),
	    "9000");
	vlink_free(&link);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_card_pulled_during_a_delay_is_gone),
		cmocka_unit_test(what_is_held_goes_on_when_told),
		cmocka_unit_test(what_is_held_ends_with_card_or_reader),
		cmocka_unit_test(a_reader_that_says_that_it_is_gone_ends_a_hold),
		cmocka_unit_test(the_card_can_be_used_while_an_exchange_is_held),
		cmocka_unit_test(nothing_held_is_said_when_the_time_is_over),
		cmocka_unit_test(the_card_counts_what_its_pins_were_asked),
		cmocka_unit_test(a_renewed_card_is_as_it_was_loaded),
	};

	return cmocka_run_group_tests(tests, NULL, vkit_end);
}
