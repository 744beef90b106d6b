/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Transactions, what heals at their start and what is forgotten then; what is
 * selected.
 */
#include <string.h>

#include "card.h"
#include "scene.h"

/* Token information: 32 bytes of label. */
#define LABEL		"4A504B49415049434354 4F4B454E32 202020202020 2020202020202020202020"
#define ROW_LABEL	{ "00B0 0000 20", LABEL " 9000", "token information" }
#define ROWS_TOKEN	ROW_EF("0006"), ROW_LABEL

static void
token_is_read(struct scene *s)
{
	struct jpki_token token;

	expect_err("token", jpki_token_read(s->card, &token), JPKI_OK);
	assert_string_equal(token.label, "JPKIAPICCTOKEN2");
}

static enum jpki_err
token_read(struct scene *s)
{
	struct jpki_token token;

	return jpki_token_read(s->card, &token);
}

/* Open, verify the signature PIN, leave the transaction. */
static void
open_and_log_in(struct scene *s)
{
	scene_open(s);
	SCENE(s, ROW_EF("001B"),
	    { QUERY, "63C5", NULL },
	    { "0020 0080 06 414243313233", "9000", "verify" },
	    ROW_END);
	expect_err("verify", jpki_pin_verify(s->card, JPKI_PIN_SIGN,
	    "ABC123", 6, 0, NULL), JPKI_OK);
	jpki_card_end(s->card);
	assert_true(jpki_pin_verified(s->card, JPKI_PIN_SIGN));
}

/*
 * Transactions.
 */

static void
a_transaction_is_nested_without_ado(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROWS_TOKEN, ROW_END, ROW_DISCONNECT);
	expect_err("begin", jpki_card_begin(s->card), JPKI_OK);
	token_is_read(s);
	jpki_card_end(s->card);
	jpki_card_end(s->card);
	/* One end too many is none. */
	jpki_card_end(s->card);
	scene_close(s);
}

static void
a_function_makes_a_transaction_of_its_own(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_END,
	    ROW_BEGIN, ROW_JPKI, ROWS_TOKEN, ROW_END,
	    ROW_DISCONNECT);
	jpki_card_end(s->card);
	token_is_read(s);
	scene_close(s);
}

static void
nothing_is_selected_twice_in_a_transaction(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROWS_TOKEN, ROW_LABEL, ROWS_CLOSE);
	token_is_read(s);
	token_is_read(s);
	scene_close(s);
}

static void
everything_is_selected_again_in_the_next_transaction(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROWS_TOKEN, ROW_END,
	    ROW_BEGIN, ROW_JPKI, ROWS_TOKEN, ROW_LABEL, ROW_END,
	    ROW_BEGIN, ROW_JPKI, ROWS_TOKEN, ROW_END,
	    ROW_DISCONNECT);
	token_is_read(s);
	jpki_card_end(s->card);
	expect_err("begin", jpki_card_begin(s->card), JPKI_OK);
	token_is_read(s);
	token_is_read(s);
	jpki_card_end(s->card);
	token_is_read(s);
	scene_close(s);
}

static void
another_application_is_selected_and_left_again(void **state)
{
	struct jpki_pin_info info;
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROWS_TOKEN,
	    { SELECT_INPUT, "9000", NULL }, ROW_EF("0011"),
	    { QUERY, "63C3", NULL },
	    ROW_JPKI, ROWS_TOKEN, ROWS_CLOSE);
	token_is_read(s);
	expect_err("input", jpki_pin_info(s->card, JPKI_PIN_INPUT, &info),
	    JPKI_OK);
	token_is_read(s);
	scene_close(s);
}

static void
after_a_refused_application_nothing_counts_as_selected(void **state)
{
	struct jpki_pin_info info;
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROWS_TOKEN,
	    { SELECT_INPUT, "6A82", "a phone" },
	    ROW_JPKI, ROWS_TOKEN, ROWS_CLOSE);
	token_is_read(s);
	expect_err("input", jpki_pin_info(s->card, JPKI_PIN_INPUT, &info),
	    JPKI_ERR_NOT_FOUND);
	token_is_read(s);
	scene_close(s);
}

/* Nor does its application: the card may have been reset, unseen. */
static void
after_a_refused_file_none_counts_as_selected(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROWS_TOKEN,
	    { SELECT_EF("000A"), "6A82", NULL },
	    ROW_JPKI, ROWS_TOKEN, ROWS_CLOSE);
	token_is_read(s);
	expect_err("certificate", jpki_cert_read(s->card, JPKI_CERT_AUTH,
	    &(struct jpki_buf){ NULL, 0 }), JPKI_ERR_NOT_FOUND);
	token_is_read(s);
	scene_close(s);
}

/* No PIN was sent: a user must not be told that it was wrong. */
static void
a_counter_without_a_pin_is_no_wrong_pin(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, { SELECT_EF("0006"), "63C1", NULL },
	    ROW_EF("0006"), { "00B0 0000 20", "63C0", NULL },
	    ROWS_CLOSE);
	expect_err("select", token_read(s), JPKI_ERR_SW);
	expect_err("read", token_read(s), JPKI_ERR_SW);
	scene_close(s);
}

static void
a_reset_that_nobody_saw_is_over_at_the_next_question(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_EF("0006"), { "00B0 0000 20", "6986", "reset before" },
	    ROW_JPKI, ROWS_TOKEN, ROWS_CLOSE);
	/* A token without that file is none that is known. */
	expect_err("token", token_read(s), JPKI_OK);
	token_is_read(s);
	scene_close(s);
}

static void
after_a_broken_link_nothing_counts_as_selected(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_EF("0006"), { "00B0 0000 20", "!IO", NULL },
	    ROW_JPKI, ROWS_TOKEN, ROWS_CLOSE);
	expect_err("token", token_read(s), JPKI_ERR_IO);
	/* In the same transaction: the card may have been reset meanwhile. */
	token_is_read(s);
	scene_close(s);
}

static void
a_link_that_breaks_at_select_is_reported(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, { SELECT_EF("0006"), "!REMOVED", NULL }, ROW_END,
	    ROW_BEGIN, { SELECT_JPKI, "!IO", NULL }, ROW_END,
	    ROW_DISCONNECT);
	expect_err("file", token_read(s), JPKI_ERR_REMOVED);
	jpki_card_end(s->card);
	expect_err("application", token_read(s), JPKI_ERR_IO);
	assert_true(scene_logged(s, "Reader A: transmit: the card was "));
	scene_close(s);
}

/*
 * Healing.
 */

static void
reset_by_another_program_logs_out(void **state)
{
	struct scene *s = *state;

	open_and_log_in(s);
	SCENE(s, { "begin", "reset", NULL }, ROW_END,
	    ROW_BEGIN, ROW_ISD, ROW_END, ROW_DISCONNECT);
	expect_err("begin", jpki_card_begin(s->card), JPKI_OK);
	assert_false(jpki_pin_verified(s->card, JPKI_PIN_SIGN));
	expect_int("insertion", jpki_card_insertion(s->card), 0);
	jpki_card_end(s->card);
	/* The card may well keep the PIN through a reset: log it out. */
	scene_close(s);
	assert_true(scene_logged(s, "reset by another program; logged out"));
}

static void
after_a_reset_the_first_command_may_answer_6F00_again(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_END,
	    { "begin", "reset", NULL }, { SELECT_JPKI, "6F00", NULL },
	    ROW_JPKI, ROWS_TOKEN, ROW_END, ROW_DISCONNECT);
	jpki_card_end(s->card);
	token_is_read(s);
	scene_close(s);
}

static void
a_new_connection_logs_out_and_may_be_another_card(void **state)
{
	struct scene *s = *state;

	open_and_log_in(s);
	SCENE(s, { "begin", "new", "pulled and put back" },
	    { SELECT_JPKI, "6F00", "just powered up" }, ROW_JPKI,
	    ROWS_TOKEN, ROW_END,
	    ROW_BEGIN, ROW_ISD, ROW_END, ROW_DISCONNECT);
	token_is_read(s);
	assert_false(jpki_pin_verified(s->card, JPKI_PIN_SIGN));
	expect_int("insertion", jpki_card_insertion(s->card), 1);
	scene_close(s);
	assert_true(scene_logged(s, "Reader A: connected anew; logged out"));
}

static void
a_foreign_card_put_in_instead_is_not_jpki(void **state)
{
	struct scene *s = *state;
	struct jpki_availability there;
	struct jpki_buf der;

	scene_open(s);
	SCENE(s, ROW_END,
	    { "begin", "new", NULL }, { SELECT_JPKI, "6A82", NULL }, ROW_END,
	    ROW_BEGIN, { SELECT_JPKI, "6A82", NULL }, ROW_END,
	    ROW_BEGIN, { SELECT_JPKI, "6A82", NULL }, ROW_END,
	    ROW_DISCONNECT);
	jpki_card_end(s->card);
	expect_err("token", token_read(s), JPKI_ERR_NOT_JPKI);
	expect_err("availability", jpki_availability_read(s->card, &there),
	    JPKI_ERR_NOT_JPKI);
	expect_err("certificate", jpki_cert_read(s->card, JPKI_CERT_AUTH,
	    &der), JPKI_ERR_NOT_JPKI);
	scene_close(s);
}

static const enum jpki_err begin_errors[] = {
	JPKI_ERR_REMOVED, JPKI_ERR_NO_CARD, JPKI_ERR_NO_READER,
	JPKI_ERR_NO_SERVICE, JPKI_ERR_BUSY, JPKI_ERR_MUTE, JPKI_ERR_ACCESS,
	JPKI_ERR_IO,
};

/* Everything that makes a transaction of its own. */
static enum jpki_err
call(struct scene *s, int which)
{
	struct jpki_availability there;
	struct jpki_pin_info info;
	struct jpki_buf buf;

	switch (which) {
	case 0:
		return token_read(s);
	case 1:
		return jpki_availability_read(s->card, &there);
	case 2:
		return jpki_pin_info(s->card, JPKI_PIN_AUTH, &info);
	case 3:
		return jpki_pin_verify(s->card, JPKI_PIN_AUTH, "1234", 4, 0,
		    NULL);
	case 4:
		return jpki_pin_change(s->card, JPKI_PIN_AUTH, "1234", 4,
		    "4321", 4, 0, NULL);
	case 5:
		return jpki_cert_read(s->card, JPKI_CERT_AUTH, &buf);
	default:
		return jpki_sign(s->card, JPKI_KEY_AUTH, JPKI_HASH_NONE,
		    (const uint8_t *)"x", 1, &buf);
	}
}

static void
what_begin_says_every_function_says(void **state)
{
	static const char *const gets[] = {
		"!REMOVED", "!NO_CARD", "!NO_READER", "!NO_SERVICE", "!BUSY",
		"!MUTE", "!ACCESS", "!IO",
	};
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_END);
	jpki_card_end(s->card);
	for (size_t i = 0; i < COUNT(gets); i++)
		for (int which = 0; which < 7; which++) {
			SCENE(s, { "begin", gets[i], NULL });
			expect_err(gets[i], call(s, which), begin_errors[i]);
		}
	/* And goes on as soon as it can. */
	SCENE(s, { "begin", "new", "the service is back" }, ROW_JPKI,
	    ROWS_TOKEN, ROW_END, ROW_DISCONNECT);
	token_is_read(s);
	scene_close(s);
}

static void
a_login_outlives_a_begin_that_failed_if_nothing_happened(void **state)
{
	struct scene *s = *state;

	open_and_log_in(s);
	SCENE(s, { "begin", "!BUSY", NULL },
	    ROW_BEGIN, ROW_END,
	    ROW_BEGIN, ROW_ISD, ROW_END, ROW_DISCONNECT);
	expect_err("begin", jpki_card_begin(s->card), JPKI_ERR_BUSY);
	assert_true(jpki_pin_verified(s->card, JPKI_PIN_SIGN));
	expect_err("begin", jpki_card_begin(s->card), JPKI_OK);
	jpki_card_end(s->card);
	scene_close(s);
}

static void
no_card_no_transaction(void **state)
{
	(void)state;
	expect_err("begin", jpki_card_begin(NULL), JPKI_ERR_ARG);
	jpki_card_end(NULL);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, scene_new, scene_free)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_transaction_is_nested_without_ado),
		TEST(a_function_makes_a_transaction_of_its_own),
		TEST(nothing_is_selected_twice_in_a_transaction),
		TEST(everything_is_selected_again_in_the_next_transaction),
		TEST(another_application_is_selected_and_left_again),
		TEST(after_a_refused_application_nothing_counts_as_selected),
		TEST(after_a_refused_file_none_counts_as_selected),
		TEST(a_counter_without_a_pin_is_no_wrong_pin),
		TEST(a_reset_that_nobody_saw_is_over_at_the_next_question),
		TEST(after_a_broken_link_nothing_counts_as_selected),
		TEST(a_link_that_breaks_at_select_is_reported),
		TEST(reset_by_another_program_logs_out),
		TEST(after_a_reset_the_first_command_may_answer_6F00_again),
		TEST(a_new_connection_logs_out_and_may_be_another_card),
		TEST(a_foreign_card_put_in_instead_is_not_jpki),
		TEST(what_begin_says_every_function_says),
		TEST(a_login_outlives_a_begin_that_failed_if_nothing_happened),
		cmocka_unit_test(no_card_no_transaction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
