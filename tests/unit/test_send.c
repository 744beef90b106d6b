/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Commands and answers: following 61xx and 6Cxx, answers that lie about their
 * length, the log.
 */
#include "card.h"
#include "scene.h"

static enum jpki_err
send(struct scene *s, struct wbuf *out, uint16_t *sw)
{
	struct apdu read = apdu_read_binary(0, APDU_LE_MAX);

	return card_send(s->card, &read, out, sw);
}

static void
more_data_is_fetched(void **state)
{
	struct scene *s = *state;
	uint8_t bytes[8];
	struct wbuf out = wbuf_of(bytes, sizeof(bytes));
	uint16_t sw;

	scene_open(s);
	SCENE(s, { "00B0 0000 00", "0102 6102", NULL },
	    { "00C0 0000 02", "0304 6100", "256 or more" },
	    { "00C0 0000 00", "05 9000", NULL }, ROWS_CLOSE);
	expect_err("send", send(s, &out, &sw), JPKI_OK);
	expect_hex("data", wbuf_slice(&out), "0102030405");
	expect_int("status", sw, 0x9000);
	scene_close(s);
}

static void
a_wrong_le_is_set_right(void **state)
{
	struct scene *s = *state;
	uint8_t bytes[8];
	struct wbuf out = wbuf_of(bytes, sizeof(bytes));
	uint16_t sw;

	scene_open(s);
	SCENE(s, { "00B0 0000 00", "6C03", NULL },
	    { "00B0 0000 03", "010203 9000", NULL }, ROWS_CLOSE);
	expect_err("send", send(s, &out, &sw), JPKI_OK);
	expect_hex("data", wbuf_slice(&out), "010203");
	scene_close(s);
}

static void
a_card_that_wants_the_le_it_was_given_is_not_asked_again(void **state)
{
	struct scene *s = *state;
	uint16_t sw;

	scene_open(s);
	SCENE(s, { "00B0 0000 00", "6C00", NULL }, ROWS_CLOSE);
	expect_err("send", send(s, NULL, &sw), JPKI_OK);
	expect_int("status", sw, 0x6C00);
	scene_close(s);
}

static void
more_data_without_end_is_an_error(void **state)
{
	struct scene *s = *state;
	uint8_t bytes[256];
	struct wbuf out = wbuf_of(bytes, sizeof(bytes));
	uint16_t sw;

	scene_open(s);
	SCENE(s, { "00B0 0000 00", "01 6101", NULL });
	for (int i = 1; i < 64; i++)
		SCENE(s, { "00C0 0000 01", "01 6101", NULL });
	SCENE(s, ROWS_CLOSE);
	expect_err("send", send(s, &out, &sw), JPKI_ERR_MALFORMED);
	scene_close(s);
}

static void
two_le_in_turn_without_end_are_an_error(void **state)
{
	struct scene *s = *state;
	uint16_t sw;

	scene_open(s);
	SCENE(s, { "00B0 0000 00", "6C01", NULL });
	for (int i = 1; i < 64; i += 2) {
		SCENE(s, { "00B0 0000 01", "6C02", NULL });
		if (i < 63)
			SCENE(s, { "00B0 0000 02", "6C01", NULL });
	}
	SCENE(s, ROWS_CLOSE);
	expect_err("send", send(s, NULL, &sw), JPKI_ERR_MALFORMED);
	scene_close(s);
}

static void
more_bytes_than_there_is_room_for_are_an_error(void **state)
{
	struct scene *s = *state;
	uint8_t bytes[2];
	struct wbuf out = wbuf_of(bytes, sizeof(bytes));
	uint16_t sw;

	scene_open(s);
	SCENE(s, { "00B0 0000 00", "0102 6101", NULL },
	    { "00C0 0000 01", "03 9000", NULL }, ROWS_CLOSE);
	expect_err("send", send(s, &out, &sw), JPKI_ERR_MALFORMED);
	scene_close(s);
}

/* Lengths are the transport's word, and not believed. */
/* Too short for a status word is what readers make of a pulled card. */
static const struct {
	const char	*answer;
	enum jpki_err	 err;
} lies[] = {
	{ "", JPKI_ERR_IO },
	{ "90", JPKI_ERR_IO },
	{ "#0", JPKI_ERR_IO },
	{ "#1", JPKI_ERR_IO },
	{ "9000 #259", JPKI_ERR_MALFORMED },
	{ "9000 #4096", JPKI_ERR_MALFORMED },
	{ "9000 #18446744073709551615", JPKI_ERR_MALFORMED },
};

static void
a_length_that_cannot_be_is_an_error(void **state)
{
	struct scene *s = *state;
	uint8_t bytes[256];
	struct wbuf out;
	uint16_t sw;

	scene_open(s);
	for (size_t i = 0; i < COUNT(lies); i++) {
		out = wbuf_of(bytes, sizeof(bytes));
		SCENE(s, { "00B0 0000 00", lies[i].answer, NULL });
		expect_err(lies[i].answer, send(s, &out, &sw), lies[i].err);
		expect_int("bytes", (long long)out.n, 0);
	}
	expect_int("status", jpki_card_sw(s->card), 0x9000);
	SCENE(s, ROWS_CLOSE);
	scene_close(s);
}

static void
the_longest_answer_is_taken(void **state)
{
	static const uint8_t zeros[256];
	struct scene *s = *state;
	uint8_t bytes[256];
	struct wbuf out = wbuf_of(bytes, sizeof(bytes));
	uint16_t sw;

	scene_open(s);
	script_name(s->script, "zeros", slice_of(zeros, sizeof(zeros)));
	SCENE(s, { "00B0 0000 00", "<zeros> 9000", NULL }, ROWS_CLOSE);
	expect_err("send", send(s, &out, &sw), JPKI_OK);
	expect_bytes("data", wbuf_slice(&out),
	    slice_of(zeros, sizeof(zeros)));
	scene_close(s);
}

static void
what_no_short_command_can_hold_is_not_sent(void **state)
{
	static const uint8_t zeros[256];
	struct scene *s = *state;
	struct apdu plain = apdu_sign(SIGN_VERBATIM, slice_of(zeros, 256));
	struct apdu secret = apdu_verify(slice_of(zeros, 256));
	uint16_t sw;

	scene_open(s);
	SCENE(s, ROWS_CLOSE);
	expect_err("plain", card_send(s->card, &plain, NULL, &sw),
	    JPKI_ERR_BUFFER);
	expect_err("secret", card_send(s->card, &secret, NULL, &sw),
	    JPKI_ERR_BUFFER);
	scene_close(s);
}

static void
commands_and_answers_are_logged(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROWS_CLOSE);
	scene_close(s);
	assert_true(scene_logged(s,
	    "> 00A4040C0AD392F000260100000001\n< 9000\n"));
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, scene_new, scene_free)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(more_data_is_fetched),
		TEST(a_wrong_le_is_set_right),
		TEST(a_card_that_wants_the_le_it_was_given_is_not_asked_again),
		TEST(more_data_without_end_is_an_error),
		TEST(two_le_in_turn_without_end_are_an_error),
		TEST(more_bytes_than_there_is_room_for_are_an_error),
		TEST(a_length_that_cannot_be_is_an_error),
		TEST(the_longest_answer_is_taken),
		TEST(what_no_short_command_can_hold_is_not_sent),
		TEST(commands_and_answers_are_logged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
