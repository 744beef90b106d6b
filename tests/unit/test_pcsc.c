/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Readers and connections over a pcscd that does as a transcript says: goes
 * away, comes back, resets the card again and again, shows odd things.
 */
#include <stdlib.h>
#include <string.h>

#include "pcscplay.h"

/* The one of the helpers is the door to virtual cards. */
#undef _POSIX_C_SOURCE
#include "lib/pcsc.c"
#include "lib/pcsc_link.c"

#define PRESENT	SCARD_STATE_PRESENT
#define EVENTS(n) ((DWORD)(n) << 16)

/* How often a card came or went, before connecting and after resets. */
#define STATES_1 { .does = "states 1 A", .flags = { EVENTS(1) } }
#define STATES_2 { .does = "states 2 A", .flags = { EVENTS(1) } }

static struct transport *t;

/* The readers; *out is to be freed. */
static enum jpki_err
list(struct transport_reader **out, size_t *n)
{
	*out = NULL;
	*n = 99;
	return t->ops->list(t, out, n);
}

/* What list says, of a service that answers like this. */
static void
expect_list(enum jpki_err err, size_t wanted)
{
	struct transport_reader *readers;
	size_t n;

	expect_err("list", list(&readers, &n), err);
	assert_int_equal(n, err == JPKI_OK ? wanted : 99);
	assert_true((readers != NULL) == (err == JPKI_OK && wanted > 0));
	free(readers);
}

static struct transport_conn *
open_reader(const char *reader)
{
	struct transport_conn *c = NULL;

	expect_err("connect", t->ops->connect(t, reader, &c), JPKI_OK);
	assert_non_null(c);
	return c;
}

static struct transport_conn *
connect_1(void)
{
	PLAY({ .does = "establish" }, STATES_1, { .does = "connect 1 A" });
	return open_reader("A");
}

static void
expect_begin(struct transport_conn *c, enum jpki_err err,
    enum transport_since since)
{
	enum transport_since got;

	expect_err("begin", t->ops->begin(c, &got), err);
	if (err == JPKI_OK)
		assert_int_equal(got, since);
}

static enum jpki_err
transmit(struct transport_conn *c)
{
	static const uint8_t command[] = { 0x00, 0xA4 };
	uint8_t answer[TRANSPORT_ANSWER_MAX] = { 0 };
	size_t n = sizeof(answer);
	enum jpki_err err = t->ops->transmit(c,
	    slice_of(command, sizeof(command)), answer, &n);

	if (err == JPKI_OK)
		expect_hex("answer", slice_of(answer, n), "9000");
	return err;
}

/* An answer without a status word. */
static void
transmit_half(struct transport_conn *c)
{
	static const uint8_t command[] = { 0x00, 0xA4 };
	uint8_t answer[TRANSPORT_ANSWER_MAX] = { 0 };
	size_t n = sizeof(answer);

	expect_err("transmit", t->ops->transmit(c,
	    slice_of(command, sizeof(command)), answer, &n), JPKI_OK);
	assert_int_equal(n, 1);
}

/*
 * Readers.
 */

static void
readers_are_told_as_they_are_shown(void **state)
{
	struct transport_reader *r;
	size_t n;

	(void)state;
	PLAY({ .does = "establish" }, { .does = "list 1", .gives = "A B" },
	    { "states 1 A B", SCARD_S_SUCCESS, NULL,
	    { PRESENT | SCARD_STATE_MUTE | EVENTS(7),
	    PRESENT | SCARD_STATE_EXCLUSIVE | EVENTS(0xFFFF) } });
	expect_err("list", list(&r, &n), JPKI_OK);
	assert_int_equal(n, 2);
	assert_string_equal(r[0].name, "A");
	assert_string_equal(r[1].name, "B");
	assert_true(r[0].has_card && r[0].mute && !r[0].exclusive);
	assert_true(r[1].has_card && !r[1].mute && r[1].exclusive);
	assert_int_equal(r[0].events, 7);
	assert_int_equal(r[1].events, 0xFFFF);
	free(r);
	PLAY({ .does = "release 1" });
}

static void
an_atr_is_no_longer_than_its_room(void **state)
{
	static const DWORD claimed[] = { 0, 1, 33, 34, 0xFFFFFFFF };
	struct transport_reader *r;
	size_t n;

	(void)state;
	PLAY({ .does = "establish" });
	for (size_t i = 0; i < COUNT(claimed); i++) {
		play_atr_n = claimed[i];
		PLAY({ .does = "list 1", .gives = "A" },
		    { .does = "states 1 A" });
		expect_err("list", list(&r, &n), JPKI_OK);
		assert_int_equal(r->atr_len, claimed[i] < TRANSPORT_ATR_MAX ?
		    claimed[i] : TRANSPORT_ATR_MAX);
		free(r);
	}
	PLAY({ .does = "release 1" });
}

static void
no_reader_is_no_error(void **state)
{
	(void)state;
	PLAY({ .does = "establish" },
	    { .does = "list 1", .rv = SCARD_E_NO_READERS_AVAILABLE });
	expect_list(JPKI_OK, 0);
	PLAY({ .does = "list 1", .gives = "" });
	expect_list(JPKI_OK, 0);
	PLAY({ .does = "release 1" });
}

static void
more_readers_than_room_are_cut(void **state)
{
	(void)state;
	PLAY({ .does = "establish" }, { .does = "list 1", .gives = PLAY_MANY },
	    { .does = "states 1 of 64" });
	expect_list(JPKI_OK, 64);
	PLAY({ .does = "release 1" });
}

static void
a_reader_that_goes_meanwhile_is_no_error(void **state)
{
	(void)state;
	PLAY({ .does = "establish" }, { .does = "list 1", .gives = "A B" },
	    { .does = "states 1 A B", .rv = SCARD_E_UNKNOWN_READER },
	    { .does = "list 1", .gives = "A" }, { .does = "states 1 A" });
	expect_list(JPKI_OK, 1);
	PLAY({ .does = "release 1" });
}

static void
a_new_service_is_asked_anew_once(void **state)
{
	static const LONG gone[] = {
		SCARD_E_NO_SERVICE, SCARD_E_SERVICE_STOPPED,
		SCARD_E_INVALID_HANDLE, SCARD_F_COMM_ERROR,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(gone); i++) {
		play_start();
		PLAY({ .does = "establish" },
		    { .does = "list 1", .rv = gone[i] },
		    { .does = "release 1" }, { .does = "establish" },
		    { .does = "list 2", .gives = "A" },
		    { .does = "states 2 A" });
		expect_list(JPKI_OK, 1);
		PLAY({ .does = "list 2", .rv = gone[i] },
		    { .does = "release 2" }, { .does = "establish" },
		    { .does = "list 3", .rv = gone[i] });
		expect_list(JPKI_ERR_NO_SERVICE, 0);
		/* The broken context is let go of at the next use. */
		PLAY({ .does = "list 3", .rv = gone[i] },
		    { .does = "release 3" },
		    { .does = "establish", .rv = SCARD_E_NO_SERVICE });
		expect_list(JPKI_ERR_NO_SERVICE, 0);
	}
}

static void
no_service_is_told(void **state)
{
	(void)state;
	PLAY({ .does = "establish", .rv = SCARD_E_NO_SERVICE },
	    { .does = "establish", .rv = SCARD_E_NO_SERVICE });
	expect_list(JPKI_ERR_NO_SERVICE, 0);
}

/* Every code that pcscd may give, and one that it should not. */
static void
each_error_of_the_service_has_its_meaning(void **state)
{
	static const struct {
		LONG		rv;
		enum jpki_err	err;
	} rows[] = {
		{ SCARD_W_SECURITY_VIOLATION, JPKI_ERR_ACCESS },
		{ SCARD_E_NO_ACCESS, JPKI_ERR_ACCESS },
		{ SCARD_E_NO_READERS_AVAILABLE, JPKI_ERR_NO_READER },
		{ SCARD_E_UNKNOWN_READER, JPKI_ERR_NO_READER },
		{ SCARD_E_READER_UNAVAILABLE, JPKI_ERR_NO_READER },
		{ SCARD_E_NO_SMARTCARD, JPKI_ERR_NO_CARD },
		{ SCARD_W_REMOVED_CARD, JPKI_ERR_REMOVED },
		{ SCARD_E_SHARING_VIOLATION, JPKI_ERR_BUSY },
		{ SCARD_W_UNRESPONSIVE_CARD, JPKI_ERR_MUTE },
		{ SCARD_W_UNPOWERED_CARD, JPKI_ERR_MUTE },
		{ SCARD_W_UNSUPPORTED_CARD, JPKI_ERR_MUTE },
		{ SCARD_E_PROTO_MISMATCH, JPKI_ERR_MUTE },
		{ SCARD_E_TIMEOUT, JPKI_ERR_TIMEOUT },
		{ SCARD_E_CANCELLED, JPKI_ERR_CANCELLED },
		{ SCARD_E_NO_MEMORY, JPKI_ERR_MEMORY },
		{ SCARD_E_NOT_TRANSACTED, JPKI_ERR_IO },
		{ SCARD_F_INTERNAL_ERROR, JPKI_ERR_IO },
		{ 1, JPKI_ERR_IO },
	};

	(void)state;
	PLAY({ .does = "establish" });
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct transport_conn *c = NULL;

		PLAY(STATES_1, { .does = "connect 1 A", .rv = rows[i].rv });
		/* Refused, or cut off? */
		if (rows[i].rv == SCARD_W_SECURITY_VIOLATION)
			PLAY({ .does = "list 1", .gives = "A" });
		expect_err("connect", t->ops->connect(t, "A", &c),
		    rows[i].err);
		assert_null(c);
	}
	PLAY({ .does = "release 1" });
}

/*
 * Connections.
 */

static void
a_name_that_no_reader_can_have_is_not_asked_for(void **state)
{
	struct transport_conn *c = NULL;
	char name[TRANSPORT_NAME_MAX + 1];

	(void)state;
	memset(name, 'A', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	expect_err("connect", t->ops->connect(t, name, &c),
	    JPKI_ERR_NO_READER);
	assert_null(c);
}

static void
a_connection_follows_a_new_service(void **state)
{
	struct transport_conn *c;

	(void)state;
	PLAY({ .does = "establish" },
	    STATES_1, { .does = "connect 1 A", .rv = SCARD_E_INVALID_HANDLE },
	    { .does = "release 1" }, { .does = "establish" },
	    STATES_2, { .does = "connect 2 A" });
	c = open_reader("A");
	PLAY({ .does = "disconnect 1" }, { .does = "release 2" });
	t->ops->disconnect(c, false);
}

static void
a_service_that_stays_away_is_told(void **state)
{
	struct transport_conn *c = NULL;

	(void)state;
	PLAY({ .does = "establish" },
	    STATES_1, { .does = "connect 1 A", .rv = SCARD_E_NO_SERVICE },
	    { .does = "release 1" },
	    { .does = "establish", .rv = SCARD_E_NO_SERVICE });
	expect_err("connect", t->ops->connect(t, "A", &c),
	    JPKI_ERR_NO_SERVICE);
	assert_null(c);
}

static void
commands_go_in_the_card_s_protocol(void **state)
{
	struct transport_conn *c;

	(void)state;
	play_protocol = SCARD_PROTOCOL_T0;
	c = connect_1();
	play_protocol = SCARD_PROTOCOL_T1;
	PLAY({ .does = "begin 1" },
	    { .does = "transmit 1 T0 00A4", .gives = "9000" },
	    { .does = "end 1" },
	    { .does = "begin 1", .rv = SCARD_W_RESET_CARD },
	    { .does = "reconnect 1 leave" }, STATES_1, { .does = "begin 1" },
	    { .does = "transmit 1 T1 00A4", .gives = "9000" },
	    { .does = "end 1" }, { .does = "disconnect 1" },
	    { .does = "release 1" });
	expect_begin(c, JPKI_OK, SINCE_NOTHING);
	expect_err("transmit", transmit(c), JPKI_OK);
	t->ops->end(c);
	expect_begin(c, JPKI_OK, SINCE_RESET);
	expect_err("transmit", transmit(c), JPKI_OK);
	t->ops->end(c);
	t->ops->disconnect(c, false);
}

static void
a_card_that_cannot_be_logged_out_is_unpowered(void **state)
{
	struct transport_conn *c = connect_1();

	(void)state;
	PLAY({ .does = "reconnect 1 unpower" }, { .does = "disconnect 1" },
	    { .does = "release 1" });
	t->ops->disconnect(c, true);
}

/*
 * What begin finds.  Rows from the first begin on, what it says then, and
 * whether a connection is left to be closed.
 */
static const struct {
	const char		*what;
	struct play		 rows[14];
	enum jpki_err		 err;
	enum transport_since	 since;
	const char		*close, *release;
} begins[] = {
	{ "another program has reset the card", {
	    { .does = "begin 1", .rv = SCARD_W_RESET_CARD },
	    { .does = "reconnect 1 leave" }, STATES_1, { .does = "begin 1" },
	  }, JPKI_OK, SINCE_RESET, "disconnect 1", "release 1" },
	{ "reset twice", {
	    { .does = "begin 1", .rv = SCARD_W_RESET_CARD },
	    { .does = "reconnect 1 leave" }, STATES_1,
	    { .does = "begin 1", .rv = SCARD_W_RESET_CARD },
	    { .does = "reconnect 1 leave" }, STATES_1, { .does = "begin 1" },
	  }, JPKI_OK, SINCE_RESET, "disconnect 1", "release 1" },
	{ "reset again and again", {
	    { .does = "begin 1", .rv = SCARD_W_RESET_CARD },
	    { .does = "reconnect 1 leave" }, STATES_1,
	    { .does = "begin 1", .rv = SCARD_W_RESET_CARD },
	    { .does = "reconnect 1 leave" }, STATES_1,
	    { .does = "begin 1", .rv = SCARD_W_RESET_CARD },
	    { .does = "reconnect 1 leave" }, STATES_1,
	  }, JPKI_ERR_IO, SINCE_RESET, "disconnect 1", "release 1" },
	{ "reset, and then held by another program", {
	    { .does = "begin 1", .rv = SCARD_W_RESET_CARD },
	    { .does = "reconnect 1 leave", .rv = SCARD_E_SHARING_VIOLATION },
	  }, JPKI_ERR_BUSY, SINCE_RESET, "disconnect 1", "release 1" },
	{ "reset, and taken away and put back", {
	    { .does = "begin 1", .rv = SCARD_W_RESET_CARD },
	    { .does = "reconnect 1 leave", .rv = SCARD_W_REMOVED_CARD },
	    { .does = "disconnect 1" }, STATES_1, { .does = "connect 1 A" },
	    { .does = "begin 2" },
	  }, JPKI_OK, SINCE_NEW, "disconnect 2", "release 1" },
	{ "taken away and put back", {
	    { .does = "begin 1", .rv = SCARD_W_REMOVED_CARD },
	    { .does = "disconnect 1" }, STATES_1, { .does = "connect 1 A" },
	    { .does = "begin 2" },
	  }, JPKI_OK, SINCE_NEW, "disconnect 2", "release 1" },
	{ "put back, and then reset: still another card", {
	    { .does = "begin 1", .rv = SCARD_W_REMOVED_CARD },
	    { .does = "disconnect 1" }, STATES_1, { .does = "connect 1 A" },
	    { .does = "begin 2", .rv = SCARD_W_RESET_CARD },
	    { .does = "reconnect 2 leave" }, STATES_1, { .does = "begin 2" },
	  }, JPKI_OK, SINCE_NEW, "disconnect 2", "release 1" },
	{ "the reader was unplugged and plugged in", {
	    { .does = "begin 1", .rv = SCARD_E_READER_UNAVAILABLE },
	    { .does = "disconnect 1" }, STATES_1, { .does = "connect 1 A" },
	    { .does = "begin 2" },
	  }, JPKI_OK, SINCE_NEW, "disconnect 2", "release 1" },
	{ "no card, says the reader, and has one", {
	    { .does = "begin 1", .rv = SCARD_E_NO_SMARTCARD },
	    { .does = "disconnect 1" }, STATES_1, { .does = "connect 1 A" },
	    { .does = "begin 2" },
	  }, JPKI_OK, SINCE_NEW, "disconnect 2", "release 1" },
	{ "taken away", {
	    { .does = "begin 1", .rv = SCARD_W_REMOVED_CARD },
	    { .does = "disconnect 1" },
	    STATES_1, { .does = "connect 1 A", .rv = SCARD_E_NO_SMARTCARD },
	  }, JPKI_ERR_NO_CARD, SINCE_NEW, NULL, "release 1" },
	{ "taken away twice", {
	    { .does = "begin 1", .rv = SCARD_W_REMOVED_CARD },
	    { .does = "disconnect 1" }, STATES_1, { .does = "connect 1 A" },
	    { .does = "begin 2", .rv = SCARD_W_REMOVED_CARD },
	  }, JPKI_ERR_REMOVED, SINCE_NEW, "disconnect 2", "release 1" },
	{ "held by another program", {
	    { .does = "begin 1", .rv = SCARD_E_SHARING_VIOLATION },
	  }, JPKI_ERR_BUSY, SINCE_NOTHING, "disconnect 1", "release 1" },
	{ "the service went, and another one came", {
	    { .does = "begin 1", .rv = SCARD_E_NO_SERVICE },
	    { .does = "disconnect 1" },
	    STATES_1, { .does = "connect 1 A", .rv = SCARD_E_NO_SERVICE },
	    { .does = "release 1" }, { .does = "establish" },
	    STATES_2, { .does = "connect 2 A" }, { .does = "begin 2" },
	  }, JPKI_OK, SINCE_NEW, "disconnect 2", "release 2" },
};

static void
begin_cures_what_can_be_cured(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(begins); i++) {
		struct transport_conn *c;
		enum transport_since since;

		play_start();
		expect_err("new", transport_pcsc_new(&t), JPKI_OK);
		c = connect_1();
		for (const struct play *row = begins[i].rows;
		    row->does != NULL; row++)
			play_add(row, 1);
		expect_err(begins[i].what, t->ops->begin(c, &since),
		    begins[i].err);
		expect_int(begins[i].what, since, begins[i].since);
		play_done();
		if (begins[i].close != NULL)
			PLAY({ .does = begins[i].close });
		t->ops->disconnect(c, false);
		PLAY({ .does = begins[i].release });
		t->ops->free(t);
		play_done();
	}
}

static void
a_connection_that_was_lost_does_nothing(void **state)
{
	struct transport_conn *c = connect_1();

	(void)state;
	PLAY({ .does = "begin 1", .rv = SCARD_W_REMOVED_CARD },
	    { .does = "disconnect 1" },
	    STATES_1, { .does = "connect 1 A", .rv = SCARD_E_NO_SMARTCARD });
	expect_begin(c, JPKI_ERR_NO_CARD, SINCE_NEW);
	expect_err("transmit", transmit(c), JPKI_ERR_REMOVED);
	t->ops->end(c);
	/* The card is there again: so is the connection. */
	PLAY(STATES_1, { .does = "connect 1 A" }, { .does = "begin 2" },
	    { .does = "transmit 2 T1 00A4", .gives = "9000" });
	expect_begin(c, JPKI_OK, SINCE_NEW);
	expect_err("transmit", transmit(c), JPKI_OK);
	PLAY({ .does = "end 2" },
	    { .does = "begin 2", .rv = SCARD_W_REMOVED_CARD },
	    { .does = "disconnect 2" },
	    STATES_1, { .does = "connect 1 A", .rv = SCARD_E_NO_SMARTCARD },
	    { .does = "release 1" });
	t->ops->end(c);
	expect_begin(c, JPKI_ERR_NO_CARD, SINCE_NEW);
	t->ops->disconnect(c, true);
}

/* A handle of the service before is not asked for a transaction. */
static void
a_connection_of_the_old_service_is_made_anew(void **state)
{
	struct transport_conn *c = connect_1();

	(void)state;
	PLAY({ .does = "list 1", .rv = SCARD_E_SERVICE_STOPPED },
	    { .does = "release 1" }, { .does = "establish" },
	    { .does = "list 2", .gives = "A" }, { .does = "states 2 A" });
	expect_list(JPKI_OK, 1);
	PLAY({ .does = "disconnect 1", .rv = SCARD_E_INVALID_HANDLE },
	    STATES_2, { .does = "connect 2 A" }, { .does = "begin 2" });
	expect_begin(c, JPKI_OK, SINCE_NEW);
	PLAY({ .does = "disconnect 2" }, { .does = "release 2" });
	t->ops->disconnect(c, false);
}

static void
after_a_failed_exchange_the_card_loses_its_power(void **state)
{
	struct transport_conn *c = connect_1();

	(void)state;
	PLAY({ .does = "begin 1" },
	    { .does = "transmit 1 T1 00A4", .rv = SCARD_E_NOT_TRANSACTED },
	    { .does = "end 1 unpower" });
	expect_begin(c, JPKI_OK, SINCE_NOTHING);
	expect_err("transmit", transmit(c), JPKI_ERR_IO);
	t->ops->end(c);
	/* Of that all are told. */
	PLAY({ .does = "begin 1", .rv = SCARD_W_RESET_CARD },
	    { .does = "reconnect 1 leave" }, STATES_1, { .does = "begin 1" },
	    { .does = "end 1" }, { .does = "begin 1" });
	expect_begin(c, JPKI_OK, SINCE_RESET);
	t->ops->end(c);
	/* Once is enough. */
	expect_begin(c, JPKI_OK, SINCE_NOTHING);
	PLAY({ .does = "disconnect 1" }, { .does = "release 1" });
	t->ops->disconnect(c, false);
}

/* It is cut when the next transaction begins. */
static void
if_its_power_cannot_be_cut_it_is_later(void **state)
{
	struct transport_conn *c = connect_1();

	(void)state;
	PLAY({ .does = "begin 1" },
	    { .does = "transmit 1 T1 00A4", .gives = "90" },
	    { .does = "end 1 unpower", .rv = SCARD_W_UNRESPONSIVE_CARD },
	    { .does = "reconnect 1 unpower" }, STATES_1,
	    { .does = "begin 1" }, { .does = "end 1" });
	expect_begin(c, JPKI_OK, SINCE_NOTHING);
	transmit_half(c);
	t->ops->end(c);
	expect_begin(c, JPKI_OK, SINCE_RESET);
	t->ops->end(c);
	PLAY({ .does = "disconnect 1" }, { .does = "release 1" });
	t->ops->disconnect(c, false);
}

static int
set_up(void **state)
{
	(void)state;
	play_start();
	return transport_pcsc_new(&t) == JPKI_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	t->ops->free(t);
	play_done();
	return 0;
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(readers_are_told_as_they_are_shown),
		TEST(an_atr_is_no_longer_than_its_room),
		TEST(no_reader_is_no_error),
		TEST(more_readers_than_room_are_cut),
		TEST(a_reader_that_goes_meanwhile_is_no_error),
		TEST(a_new_service_is_asked_anew_once),
		TEST(no_service_is_told),
		TEST(each_error_of_the_service_has_its_meaning),
		TEST(a_name_that_no_reader_can_have_is_not_asked_for),
		TEST(a_connection_follows_a_new_service),
		TEST(a_service_that_stays_away_is_told),
		TEST(commands_go_in_the_card_s_protocol),
		TEST(a_card_that_cannot_be_logged_out_is_unpowered),
		TEST(a_connection_that_was_lost_does_nothing),
		TEST(a_connection_of_the_old_service_is_made_anew),
		TEST(after_a_failed_exchange_the_card_loses_its_power),
		TEST(if_its_power_cannot_be_cut_it_is_later),
		cmocka_unit_test(begin_cures_what_can_be_cured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
