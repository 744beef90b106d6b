/* SPDX-License-Identifier: BSD-2-Clause */
/* The client of the vpcd protocol, against a driver played by the test. */
#include "linkkit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vpcd.h"

#define POWER_OFF	"00"
#define POWER_ON	"01"
#define RESET		"02"
#define ATR		"04"
#define FAILURE		65535	/* bytes of an answer that means: it failed */

struct driver {
	struct vlink	*link;
	struct vpcd	*vpcd;
	int		 listening, fd;
	uint8_t		 message[FAILURE];
	size_t		 n;
};

static int
listen_on(uint16_t *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t n = sizeof(a);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)(void *)&a, n), 0);
	assert_int_equal(listen(fd, 0), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)(void *)&a, &n),
	    0);
	*port = ntohs(a.sin_port);
	return fd;
}

/* The card is inserted: the client connects. */
static void
take_card(struct driver *d)
{
	d->fd = accept(d->listening, NULL, NULL);
	assert_true(d->fd >= 0);
}

static int
setup(void **state)
{
	struct driver *d = calloc(1, sizeof(*d));
	char error[VCARD_ERROR_MAX] = "";
	uint16_t port = 0;

	assert_non_null(d);
	d->listening = listen_on(&port);
	d->link = linkkit_new("adult");
	vlink_power_off(d->link);
	if (vpcd_start(&d->vpcd, d->link, "127.0.0.1", port, error) != 0)
		fail_msg("%s", error);
	take_card(d);
	*state = d;
	return 0;
}

static int
teardown(void **state)
{
	struct driver *d = *state;

	vpcd_stop(&d->vpcd);
	assert_null(d->vpcd);
	if (d->fd >= 0)
		close(d->fd);
	close(d->listening);
	vlink_free(&d->link);
	free(d);
	return 0;
}

/* As the real driver does: length and body apart. */
static void
tell(struct driver *d, const char *message)
{
	struct octets o = unhex(message);
	uint8_t head[2] = { (uint8_t)(o.n >> 8), (uint8_t)o.n };

	assert_int_equal(send(d->fd, head, 2, MSG_NOSIGNAL), 2);
	assert_int_equal(send(d->fd, o.p, o.n, MSG_NOSIGNAL), o.n);
}

/* The bytes that were announced, or fewer if the client hangs up. */
static void
hear(struct driver *d)
{
	uint8_t head[2] = { 0, 0 };
	ssize_t got;
	size_t n;

	assert_int_equal(recv(d->fd, head, 2, MSG_WAITALL), 2);
	n = (size_t)head[0] << 8 | head[1];
	got = n == 0 ? 0 : recv(d->fd, d->message, n, MSG_WAITALL);
	assert_true(got >= 0);
	d->n = (size_t)got;
}

static void
expect_answer(struct driver *d, const char *message, const char *wanted)
{
	tell(d, message);
	hear(d);
	expect_hex(message, slice_of(d->message, d->n), wanted);
}

/* The client has ended the connection, by a reset or orderly. */
static void
expect_end(struct driver *d)
{
	uint8_t byte;

	assert_true(recv(d->fd, &byte, 1, 0) <= 0);
	close(d->fd);
	d->fd = -1;
}

static void
the_driver_is_answered(void **state)
{
	struct driver *d = *state;
	uint8_t atr[VCARD_ATR_MAX];
	size_t n = vlink_atr(d->link, atr);

	tell(d, ATR);
	hear(d);
	expect_bytes("ATR", slice_of(d->message, d->n), slice_of(atr, n));
	tell(d, POWER_ON);
	tell(d, ATR);
	hear(d);
	expect_bytes("ATR again", slice_of(d->message, d->n),
	    slice_of(atr, n));
	expect_answer(d, SELECT_AP, "9000");
	expect_answer(d, SELECT_PIN, "9000");
	expect_answer(d, ASK_TRIES, "63C3");
}

static void
power_and_reset_reach_the_card(void **state)
{
	struct driver *d = *state;

	tell(d, POWER_ON);
	expect_answer(d, SELECT_AP, "9000");
	tell(d, RESET);
	expect_answer(d, SELECT_PIN, "6A82");
	assert_true(vlink_powered(d->link));
	tell(d, POWER_OFF);
	tell(d, "03");		/* means nothing */
	tell(d, ATR);
	hear(d);
	assert_false(vlink_powered(d->link));
	tell(d, POWER_ON);
	expect_answer(d, SELECT_AP, "9000");
}

static void
an_empty_message_means_nothing(void **state)
{
	struct driver *d = *state;

	tell(d, "");
	tell(d, POWER_ON);
	expect_answer(d, SELECT_AP, "9000");
}

static void
removal_ends_the_connection_and_insertion_makes_one(void **state)
{
	struct driver *d = *state;

	tell(d, POWER_ON);
	expect_answer(d, SELECT_AP, "9000");
	vlink_remove(d->link);
	expect_end(d);
	vlink_insert(d->link);
	vpcd_kick(d->vpcd);
	take_card(d);
	tell(d, POWER_ON);
	expect_answer(d, SELECT_PIN, "6A82");
}

static void
a_card_pulled_and_put_back_makes_a_new_connection(void **state)
{
	struct driver *d = *state;

	tell(d, POWER_ON);
	expect_answer(d, SELECT_AP, "9000");
	vlink_remove(d->link);
	vlink_insert(d->link);
	expect_end(d);
	vpcd_kick(d->vpcd);
	take_card(d);
	assert_false(vlink_powered(d->link));
}

static void
a_card_without_power_fails_the_exchange(void **state)
{
	struct driver *d = *state;

	tell(d, SELECT_AP);
	hear(d);
	assert_int_equal(d->n, FAILURE);
	expect_end(d);
}

static void
a_mute_card_is_found_but_cannot_be_powered(void **state)
{
	struct driver *d = *state;

	vlink_set_mute(d->link, true);
	tell(d, ATR);
	hear(d);
	assert_true(d->n > 0 && d->n <= VCARD_ATR_MAX);
	tell(d, POWER_ON);
	tell(d, ATR);
	hear(d);
	assert_true(d->n > VCARD_ATR_MAX);
	tell(d, ATR);
	hear(d);
	assert_true(d->n > 0 && d->n <= VCARD_ATR_MAX);
	tell(d, RESET);
	tell(d, ATR);
	hear(d);
	assert_true(d->n > VCARD_ATR_MAX);
	vlink_set_mute(d->link, false);
	tell(d, POWER_ON);
	expect_answer(d, SELECT_AP, "9000");
}

/* How the driver hears of faults: so many bytes, and then an end or not. */
static void
faults_reach_the_driver(void **state)
{
	static const struct {
		const char	*fault;
		size_t		 n;
		bool		 ends;
	} rows[] = {
		{ "sw=6F00", 2, false },
		{ "truncate-sw", 1, false },
		{ "long=7", 9, false },
		{ "empty", 0, true },
		{ "lie-length=3", 2, true },	/* of 5 announced */
		{ "remove", FAILURE, true },
		{ "remove-insert=after", FAILURE, true },
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		struct driver *d;

		teardown(state);
		setup(state);
		d = *state;
		tell(d, POWER_ON);
		linkkit_fault(d->link, rows[i].fault);
		tell(d, SELECT_AP);
		hear(d);
		expect_int(rows[i].fault, (long long)d->n,
		    (long long)rows[i].n);
		if (rows[i].ends)
			expect_end(d);
		else
			expect_answer(d, SELECT_AP, "9000");
	}
}

static void
too_short_a_length_loses_step(void **state)
{
	struct driver *d = *state;
	uint8_t byte = 0;

	tell(d, POWER_ON);
	linkkit_fault(d->link, "lie-length=-1");
	expect_answer(d, SELECT_AP, "90");
	assert_int_equal(recv(d->fd, &byte, 1, 0), 1);
	assert_int_equal(byte, 0x00);
	expect_end(d);
}

/* The message is 00 02 90 00. */
static void
a_torn_message_ends_where_it_was_torn(void **state)
{
	static const uint8_t whole[] = { 0, 2, 0x90, 0 };
	uint8_t got[8];
	char fault[24];
	int i;

	for (i = 0; i < 4; i++) {
		struct driver *d;

		teardown(state);
		setup(state);
		d = *state;
		tell(d, POWER_ON);
		snprintf(fault, sizeof(fault), "tear=%d", i);
		linkkit_fault(d->link, fault);
		tell(d, SELECT_AP);
		expect_int(fault, recv(d->fd, got, sizeof(got), MSG_WAITALL),
		    i);
		assert_memory_equal(got, whole, (size_t)i);
		expect_end(d);
	}
}

static void
a_message_torn_behind_its_end_is_whole(void **state)
{
	struct driver *d = *state;

	tell(d, POWER_ON);
	linkkit_fault(d->link, "tear=4");
	expect_answer(d, SELECT_AP, "9000");
	expect_answer(d, SELECT_AP, "9000");
}

static void
a_driver_that_hangs_up_ends_what_is_held(void **state)
{
	struct driver *d = *state;

	linkkit_fault(d->link, "hold");
	tell(d, POWER_ON);
	tell(d, SELECT_AP);
	assert_int_equal(vlink_await_held(d->link, 600000).index, 1);
	assert_int_equal(shutdown(d->fd, SHUT_RDWR), 0);
	while (vlink_held(d->link).index != 0)
		sched_yield();
	close(d->fd);
	vpcd_kick(d->vpcd);
	take_card(d);
	tell(d, POWER_ON);
	expect_answer(d, SELECT_AP, "9000");
}

/* So that vpcd_stop() waits for nobody. */
static void
stopping_ends_what_is_held(void **state)
{
	struct driver *d = *state;

	linkkit_fault(d->link, "hold");
	tell(d, POWER_ON);
	tell(d, SELECT_AP);
	assert_int_equal(vlink_await_held(d->link, 600000).index, 1);
}

static void
hangup_answers_nothing_and_comes_back(void **state)
{
	struct driver *d = *state;

	tell(d, POWER_ON);
	linkkit_fault(d->link, "hangup");
	tell(d, SELECT_AP);
	expect_end(d);
	vpcd_kick(d->vpcd);
	take_card(d);
	tell(d, POWER_ON);
	expect_answer(d, SELECT_AP, "9000");
}

/*
 * pcscd looks 2.5 times a second: a card that came back at once after a broken
 * exchange was taken for absent as long as it stayed.
 */
static void
a_card_is_not_hurried_back_after_a_broken_exchange(void **state)
{
	struct driver *d = *state;

	tell(d, POWER_ON);
	/* A message that is cut in its middle would be a broken exchange. */
	while (!vlink_powered(d->link))
		sched_yield();
	vlink_remove(d->link);
	expect_end(d);
	vlink_insert(d->link);
	assert_true(vpcd_hurry(d->vpcd));
	take_card(d);
	tell(d, POWER_ON);
	linkkit_fault(d->link, "hangup");
	tell(d, SELECT_AP);
	expect_end(d);
	/* Not pulled: it may be on its way back by now, and nobody knows. */
	assert_false(vpcd_hurry(d->vpcd));
	take_card(d);
	tell(d, POWER_ON);
	expect_answer(d, SELECT_AP, "9000");
}

/* Without being told: the client tries until the driver is there again. */
static void
a_driver_that_was_restarted_gets_the_card_again(void **state)
{
	struct driver *d = *state;

	tell(d, POWER_ON);
	expect_answer(d, SELECT_AP, "9000");
	close(d->fd);
	take_card(d);
	tell(d, POWER_ON);
	expect_answer(d, SELECT_PIN, "6A82");
}

/* Half a message, and an hour's delay: both may be left standing. */
static void
it_stops_in_the_middle_of_anything(void **state)
{
	struct driver *d = *state;

	linkkit_fault(d->link, "delay=3600000");
	tell(d, POWER_ON);
	tell(d, SELECT_AP);
	while (vlink_counters(d->link, -1).commands == 0)
		sched_yield();
}

static void
a_host_has_to_be_an_address(void **state)
{
	struct driver *d = *state;
	char error[VCARD_ERROR_MAX] = "";
	struct vlink *link = linkkit_new("under15");
	struct vpcd *vpcd = NULL;

	(void)d;
	assert_int_equal(vpcd_start(&vpcd, link, "localhost", 1, error), -1);
	assert_null(vpcd);
	assert_non_null(strstr(error, "127.0.0.1"));
	vlink_free(&link);
}

int
main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		WITH(the_driver_is_answered),
		WITH(power_and_reset_reach_the_card),
		WITH(an_empty_message_means_nothing),
		WITH(removal_ends_the_connection_and_insertion_makes_one),
		WITH(a_card_pulled_and_put_back_makes_a_new_connection),
		WITH(a_card_without_power_fails_the_exchange),
		WITH(a_mute_card_is_found_but_cannot_be_powered),
		WITH(faults_reach_the_driver),
		WITH(too_short_a_length_loses_step),
		WITH(a_torn_message_ends_where_it_was_torn),
		WITH(a_message_torn_behind_its_end_is_whole),
		WITH(a_driver_that_hangs_up_ends_what_is_held),
		WITH(stopping_ends_what_is_held),
		WITH(hangup_answers_nothing_and_comes_back),
		WITH(a_card_is_not_hurried_back_after_a_broken_exchange),
		WITH(a_driver_that_was_restarted_gets_the_card_again),
		WITH(it_stops_in_the_middle_of_anything),
		WITH(a_host_has_to_be_an_address),
	};

	return cmocka_run_group_tests(tests, NULL, vkit_end);
}
