/* SPDX-License-Identifier: BSD-2-Clause */
/* The keys of a reader: what its driver is asked, and is believed. */
#include <string.h>

#include "pcscplay.h"

/* The one of the helpers is the door to virtual cards. */
#undef _POSIX_C_SOURCE
#include "lib/pcsc.c"
#include "lib/pcsc_link.c"
#include "lib/pcsc_pad.c"

#define ASK_FEATURES	"control 1 42000D48"
#define VERIFY_CODE	"06 04 42330006"
#define PROPERTIES_CODE	"0A 04 4233000A"
#define ASK_PROPERTIES	"control 1 4233000A"
/* PC/SC part 10, PIN_VERIFY: head, message, rest, length, command. */
#define REQUEST(message) "control 1 42330006 1E1E820400040402" message \
	"00000000000009000000" "0020008004FFFFFFFF"

static struct transport *t;
static struct transport_conn *c;

static int
set_up(void **state)
{
	(void)state;
	play_start();
	expect_err("new", transport_pcsc_new(&t), JPKI_OK);
	PLAY({ .does = "establish" },
	    { .does = "states 1 A" }, { .does = "connect 1 A" });
	expect_err("connect", t->ops->connect(t, "A", &c), JPKI_OK);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	PLAY({ .does = "disconnect 1" }, { .does = "release 1" });
	t->ops->disconnect(c, false);
	t->ops->free(t);
	play_done();
	return 0;
}

static enum jpki_err
key_in(const char *command, const char *wanted)
{
	struct octets octets = unhex(command);
	uint8_t answer[TRANSPORT_ANSWER_MAX] = { 0 };
	size_t n = sizeof(answer);
	enum jpki_err err;

	err = t->ops->key_in(c, slice_of(octets.p, octets.n), answer, &n);
	if (err == JPKI_OK)
		expect_hex("answer", slice_of(answer, n), wanted);
	return err;
}

#define COMMAND	"00200080 04 FFFFFFFF"

static const struct {
	const char	*list;
	LONG		 rv;
	bool		 pad;
} lists[] = {
	{ VERIFY_CODE, SCARD_S_SUCCESS, true },
	{ "01 04 00000001" PROPERTIES_CODE VERIFY_CODE, SCARD_S_SUCCESS, true },
	/* Of another size it is no control code: on to the next. */
	{ "06 02 4233" "13 00" VERIFY_CODE, SCARD_S_SUCCESS, true },
	{ "", SCARD_S_SUCCESS, false },
	{ PROPERTIES_CODE "07 04 42330007", SCARD_S_SUCCESS, false },
	{ "06 02 4233", SCARD_S_SUCCESS, false },
	{ "06 04 423300", SCARD_S_SUCCESS, false },
	{ "06", SCARD_S_SUCCESS, false },
	{ "06 04 00000000", SCARD_S_SUCCESS, false },
	{ VERIFY_CODE, SCARD_E_UNSUPPORTED_FEATURE, false },
};

static void
a_list_of_features_is_read_to_its_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lists); i++) {
		PLAY({ .does = ASK_FEATURES, .rv = lists[i].rv,
		    .gives = lists[i].list });
		expect_int(lists[i].list, t->ops->has_pad(c), lists[i].pad);
	}
}

static void
a_reader_without_keys_is_sent_nothing(void **state)
{
	(void)state;
	PLAY({ .does = ASK_FEATURES, .gives = PROPERTIES_CODE });
	expect_err("no keys", key_in(COMMAND, NULL), JPKI_ERR_UNSUPPORTED);
}

/* Properties of the reader; is it asked for its own message? */
static const struct {
	const char	*properties;
	LONG		 rv;
	const char	*request;
} readers[] = {
	{ "0000 02 00", SCARD_S_SUCCESS, REQUEST("00") },
	{ "1002 02 00", SCARD_S_SUCCESS, REQUEST("FF") },
	{ "1002 02", SCARD_S_SUCCESS, REQUEST("00") },
	{ "1002 02 00", SCARD_E_NOT_TRANSACTED, REQUEST("00") },
};

static void
a_message_is_for_readers_with_a_display(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(readers); i++) {
		PLAY({ .does = ASK_FEATURES,
		    .gives = VERIFY_CODE PROPERTIES_CODE },
		    { .does = ASK_FEATURES,
		    .gives = VERIFY_CODE PROPERTIES_CODE },
		    { .does = ASK_PROPERTIES, .rv = readers[i].rv,
		    .gives = readers[i].properties },
		    { .does = readers[i].request, .gives = "63C2" });
		expect_err("key in", key_in(COMMAND, "63C2"), JPKI_OK);
	}
}

#define ROWS_ASKED { .does = ASK_FEATURES, .gives = VERIFY_CODE }, \
	    { .does = ASK_FEATURES, .gives = VERIFY_CODE }

/* Whatever it says, the card may have got the PIN: its power is cut. */
static void
after_a_failure_the_card_loses_its_power(void **state)
{
	static const LONG failures[] = {
		SCARD_E_NOT_TRANSACTED, SCARD_E_UNSUPPORTED_FEATURE,
		SCARD_E_TIMEOUT, SCARD_E_CANCELLED,
	};
	enum transport_since since;

	(void)state;
	for (size_t i = 0; i < COUNT(failures); i++) {
		PLAY({ .does = "begin 1" }, ROWS_ASKED,
		    { .does = REQUEST("00"), .rv = failures[i] },
		    { .does = "end 1 unpower" });
		expect_err("begin", t->ops->begin(c, &since), JPKI_OK);
		expect_err("fails", key_in(COMMAND, NULL), JPKI_ERR_IO);
		t->ops->end(c);
	}
}

static void
an_answer_without_a_status_word_is_in_doubt_too(void **state)
{
	enum transport_since since;

	(void)state;
	PLAY({ .does = "begin 1" }, ROWS_ASKED,
	    { .does = REQUEST("00"), .gives = "90" },
	    { .does = "end 1 unpower" });
	expect_err("begin", t->ops->begin(c, &since), JPKI_OK);
	expect_err("key in", key_in(COMMAND, "90"), JPKI_OK);
	t->ops->end(c);
}

static void
what_is_no_place_for_a_pin_is_not_sent(void **state)
{
	(void)state;
	PLAY({ .does = ASK_FEATURES, .gives = VERIFY_CODE },
	    { .does = ASK_FEATURES, .gives = VERIFY_CODE });
	expect_err("no place", key_in("00200080 00", NULL), JPKI_ERR_IO);
	expect_err("too long", key_in("00200080 10 "
	    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", NULL), JPKI_ERR_IO);
}

/* A card that is gone cannot be begun with: then there is no handle. */
static void
a_connection_that_was_lost_has_no_keys(void **state)
{
	enum transport_since since;

	(void)state;
	PLAY({ .does = "begin 1", .rv = SCARD_W_REMOVED_CARD },
	    { .does = "disconnect 1" }, { .does = "states 1 A" },
	    { .does = "connect 1 A", .rv = SCARD_E_NO_SMARTCARD });
	expect_err("begin", t->ops->begin(c, &since), JPKI_ERR_NO_CARD);
	expect_int("has", t->ops->has_pad(c), false);
	expect_err("key in", key_in(COMMAND, NULL), JPKI_ERR_REMOVED);
}

/* Nothing to disconnect then. */
static int
tear_down_lost(void **state)
{
	(void)state;
	PLAY({ .does = "release 1" });
	t->ops->disconnect(c, false);
	t->ops->free(t);
	play_done();
	return 0;
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_list_of_features_is_read_to_its_end),
		TEST(a_reader_without_keys_is_sent_nothing),
		TEST(a_message_is_for_readers_with_a_display),
		TEST(after_a_failure_the_card_loses_its_power),
		TEST(an_answer_without_a_status_word_is_in_doubt_too),
		TEST(what_is_no_place_for_a_pin_is_not_sent),
		cmocka_unit_test_setup_teardown(
		    a_connection_that_was_lost_has_no_keys, set_up,
		    tear_down_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
