/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The laws of PIN safety of HACKING, as what goes over the wire: P1, P2, P3,
 * P5 and P8.  P4: test_pin_broken.c; P6 and P7: test_pin_secrecy.c.  A script
 * admits nothing but its rows: a VERIFY too many fails by itself.
 */
#include <string.h>

#include "scene.h"

#define VERIFY_1234	"0020 0080 04 31323334"
#define VERIFY_ABC123	"0020 0080 06 414243313233"

static enum jpki_err
verify(struct scene *s, unsigned flags, int *tries)
{
	*tries = 99;
	return jpki_pin_verify(s->card, JPKI_PIN_AUTH, "1234", 4, flags,
	    tries);
}

static enum jpki_err
change(struct scene *s, unsigned flags, int *tries)
{
	*tries = 99;
	return jpki_pin_change(s->card, JPKI_PIN_AUTH, "1234", 4, "4321", 4,
	    flags, tries);
}

/*
 * P1: what cannot be right costs nothing.
 */

static const struct {
	enum jpki_pin	 pin;
	const char	*text;
} impossible[] = {
	{ JPKI_PIN_AUTH, "" },
	{ JPKI_PIN_AUTH, "123" },
	{ JPKI_PIN_AUTH, "12345" },
	{ JPKI_PIN_AUTH, "123A" },
	{ JPKI_PIN_AUTH, "123\n" },
	{ JPKI_PIN_AUTH, "1234\n" },
	{ JPKI_PIN_AUTH, " 123" },
	{ JPKI_PIN_AUTH, "-123" },
	{ JPKI_PIN_AUTH, "１２３４" },
	{ JPKI_PIN_AUTH, "ABC123" },
	{ JPKI_PIN_SIGN, "" },
	{ JPKI_PIN_SIGN, "AB123" },
	{ JPKI_PIN_SIGN, "ABCDEFGH123456789" },
	{ JPKI_PIN_SIGN, "ABC 123" },
	{ JPKI_PIN_SIGN, "ABC-123" },
	{ JPKI_PIN_SIGN, "ABC123\n" },
	{ JPKI_PIN_SIGN, "ＡＢＣ１２３" },
	{ JPKI_PIN_SIGN, "ABC\xC4""123" },
	{ JPKI_PIN_SIGN, "1234" },
	{ JPKI_PIN_INPUT, "123" },
	{ JPKI_PIN_INPUT, "12a4" },
};

static void
p1_a_pin_that_cannot_be_right_costs_no_command(void **state)
{
	struct scene *s = *state;
	int tries = 99;

	scene_open(s);
	for (size_t i = 0; i < COUNT(impossible); i++) {
		const char *text = impossible[i].text;
		const char *good = impossible[i].pin == JPKI_PIN_SIGN ?
		    "XYZ789" : "9876";

		expect_err(text, jpki_pin_verify(s->card, impossible[i].pin,
		    text, strlen(text), JPKI_ALLOW_LAST_TRY, &tries),
		    JPKI_ERR_PIN_FORMAT);
		expect_int(text, tries, -1);
		expect_err(text, jpki_pin_change(s->card, impossible[i].pin,
		    text, strlen(text), good, strlen(good),
		    JPKI_ALLOW_LAST_TRY, &tries), JPKI_ERR_PIN_FORMAT);
		expect_err(text, jpki_pin_change(s->card, impossible[i].pin,
		    good, strlen(good), text, strlen(text),
		    JPKI_ALLOW_LAST_TRY, &tries), JPKI_ERR_PIN_NEW);
	}
	expect_int("commands", (long long)s->script->commands, 1);
	SCENE(s, ROWS_CLOSE);
	scene_close(s);
}

static void
p1_not_even_a_transaction_is_begun_for_it(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_END, ROW_DISCONNECT);
	jpki_card_end(s->card);
	expect_err("verify", jpki_pin_verify(s->card, JPKI_PIN_AUTH, "ABC123",
	    6, 0, NULL), JPKI_ERR_PIN_FORMAT);
	scene_close(s);
}

/* Every byte there is, in every place of a PIN. */
static void
p1_only_digits_and_for_signatures_letters_are_characters(void **state)
{
	char text[6];

	(void)state;
	for (int c = 0; c < 256; c++)
		for (size_t at = 0; at < sizeof(text); at++) {
			bool digit = c >= '0' && c <= '9';
			bool letter = (c >= 'A' && c <= 'Z') ||
			    (c >= 'a' && c <= 'z');

			memcpy(text, "123456", sizeof(text));
			text[at] = (char)c;
			expect_true("sign", (jpki_pin_check(JPKI_PIN_SIGN,
			    JPKI_PIN_CURRENT, text, 6) == JPKI_OK) ==
			    (digit || letter));
			expect_true("new", (jpki_pin_check(JPKI_PIN_SIGN,
			    JPKI_PIN_TO_SET, text, 6) == JPKI_OK) == letter);
			if (at < 4)
				expect_true("auth", (jpki_pin_check(
				    JPKI_PIN_AUTH, JPKI_PIN_CURRENT, text, 4)
				    == JPKI_OK) == digit);
		}
}

static void
p1_only_the_lengths_of_the_rules_are_lengths(void **state)
{
	static const char digits[] = "11111111111111111111111111111111";
	const struct jpki_pin_desc *desc;
	enum jpki_err err;

	(void)state;
	for (unsigned pin = 0; pin < JPKI_PIN_COUNT; pin++)
		for (size_t len = 0; len < 32; len++) {
			desc = jpki_pin_describe((enum jpki_pin)pin);
			err = jpki_pin_check((enum jpki_pin)pin,
			    JPKI_PIN_CURRENT, digits, len);
			expect_err(desc->name, err, len > 0 &&
			    len >= desc->min && len <= desc->max ? JPKI_OK :
			    JPKI_ERR_PIN_FORMAT);
		}
	expect_err("NULL", jpki_pin_check(JPKI_PIN_AUTH, JPKI_PIN_CURRENT,
	    NULL, 4), JPKI_ERR_PIN_FORMAT);
}

static void
p1_a_new_signature_pin_needs_a_letter_and_a_digit(void **state)
{
	static const struct {
		const char	*text;
		enum jpki_err	 current, to_set;
	} rows[] = {
		{ "ABC123", JPKI_OK, JPKI_OK },
		{ "abc123", JPKI_OK, JPKI_OK },
		{ "A00000", JPKI_OK, JPKI_OK },
		{ "ABCDEF", JPKI_OK, JPKI_ERR_PIN_NEW },
		{ "123456", JPKI_OK, JPKI_ERR_PIN_NEW },
		{ "ABC12", JPKI_ERR_PIN_FORMAT, JPKI_ERR_PIN_NEW },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		expect_err(rows[i].text, jpki_pin_check(JPKI_PIN_SIGN,
		    JPKI_PIN_CURRENT, rows[i].text, strlen(rows[i].text)),
		    rows[i].current);
		expect_err(rows[i].text, jpki_pin_check(JPKI_PIN_SIGN,
		    JPKI_PIN_TO_SET, rows[i].text, strlen(rows[i].text)),
		    rows[i].to_set);
	}
	/* The others have no letters to mix in. */
	expect_err("auth", jpki_pin_check(JPKI_PIN_AUTH, JPKI_PIN_TO_SET,
	    "1111", 4), JPKI_OK);
}

/*
 * P2: one transaction, which begins with SELECT, SELECT, query.
 */

static void
p2_verify_follows_select_select_query_in_one_transaction(void **state)
{
	struct scene *s = *state;
	int tries;

	scene_open(s);
	SCENE(s, ROW_END,
	    ROW_BEGIN,
	    ROW_JPKI,
	    ROW_EF("0018"),
	    { QUERY, "63C3", NULL },
	    { VERIFY_1234, "9000", NULL },
	    ROW_END,
	    ROW_BEGIN,
	    ROW_JPKI,
	    ROW_EF("0018"),
	    { QUERY, "63C3", NULL },
	    { VERIFY_1234, "9000", NULL },
	    { "0024 0180 04 34333231", "9000", NULL },
	    ROW_END,
	    ROW_BEGIN, ROW_ISD, ROW_END, ROW_DISCONNECT);
	jpki_card_end(s->card);
	expect_err("verify", verify(s, 0, &tries), JPKI_OK);
	expect_err("change", change(s, 0, &tries), JPKI_OK);
	scene_close(s);
}

static void
p2_a_file_read_in_between_is_left_again(void **state)
{
	struct jpki_availability there;
	struct scene *s = *state;
	int tries;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { VERIFY_1234, "63C2", NULL },
	    ROW_EF("0008"), { "00B0 0000 03", "8F8F00 9000", NULL },
	    ROW_EF("0018"), { QUERY, "63C2", NULL },
	    { VERIFY_1234, "9000", NULL },
	    ROWS_LOGOUT_CLOSE);
	expect_err("verify", verify(s, 0, &tries), JPKI_ERR_PIN_WRONG);
	expect_err("availability", jpki_availability_read(s->card, &there),
	    JPKI_OK);
	expect_err("verify", verify(s, 0, &tries), JPKI_OK);
	scene_close(s);
}

static void
p2_a_pin_goes_to_its_own_application(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, { SELECT_INPUT, "9000", NULL }, ROW_EF("0011"),
	    { QUERY, "63C3", NULL }, { VERIFY_1234, "9000", NULL },
	    ROW_JPKI, ROW_EF("0018"),
	    { QUERY, "63C3", NULL }, { VERIFY_1234, "9000", NULL },
	    ROWS_LOGOUT_CLOSE);
	expect_err("input", jpki_pin_verify(s->card, JPKI_PIN_INPUT, "1234",
	    4, 0, NULL), JPKI_OK);
	expect_err("auth", jpki_pin_verify(s->card, JPKI_PIN_AUTH, "1234",
	    4, 0, NULL), JPKI_OK);
	scene_close(s);
}

static void
p2_after_a_broken_link_all_is_selected_again(void **state)
{
	struct jpki_pin_info info;
	struct scene *s = *state;
	int tries;

	/* The caller's transaction goes on, but nobody knows where. */
	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "!IO", NULL },
	    ROW_JPKI, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { VERIFY_1234, "9000", NULL }, ROWS_LOGOUT_CLOSE);
	expect_err("info", jpki_pin_info(s->card, JPKI_PIN_AUTH, &info),
	    JPKI_ERR_IO);
	expect_err("verify", verify(s, 0, &tries), JPKI_OK);
	scene_close(s);
}

/* Where a step before VERIFY fails, VERIFY does not follow. */
static const struct {
	const char	*app, *file, *query;
	enum jpki_err	 err;
} steps[] = {
	{ "6A82", NULL, NULL, JPKI_ERR_NOT_JPKI },
	{ "!REMOVED", NULL, NULL, JPKI_ERR_REMOVED },
	{ "9000", "6A82", NULL, JPKI_ERR_NOT_FOUND },
	{ "9000", "6283", NULL, JPKI_ERR_SW },
	{ "9000", "!IO", NULL, JPKI_ERR_IO },
	{ "9000", "9000", "6A88", JPKI_ERR_NOT_FOUND },
	{ "9000", "9000", "6A82", JPKI_ERR_NOT_FOUND },
	{ "9000", "9000", "6986", JPKI_ERR_NOT_FOUND },
	{ "9000", "9000", "!IO", JPKI_ERR_IO },
	{ "9000", "9000", "63", JPKI_ERR_IO },
};

static void
p2_where_a_step_fails_verify_does_not_follow(void **state)
{
	struct scene *s;
	int tries;

	for (size_t i = 0; i < COUNT(steps); i++) {
		(void)scene_new(state);
		s = *state;
		scene_open(s);
		SCENE(s, ROW_END, ROW_BEGIN,
		    { SELECT_JPKI, steps[i].app, NULL });
		if (steps[i].file != NULL)
			SCENE(s, { SELECT_EF("0018"), steps[i].file, NULL });
		if (steps[i].query != NULL)
			SCENE(s, { QUERY, steps[i].query, NULL });
		SCENE(s, ROW_END, ROW_DISCONNECT);
		jpki_card_end(s->card);
		expect_err("verify", verify(s, JPKI_ALLOW_LAST_TRY, &tries),
		    steps[i].err);
		expect_int("left", tries, -1);
		scene_close(s);
		(void)scene_free(state);
	}
}

/*
 * P3: locked, nothing is sent; one try left, only if allowed.
 */

static const char *const locked[] = { "63C0", "6983", "6984" };

static void
p3_locked_nothing_is_sent(void **state)
{
	struct scene *s;
	int tries;

	for (size_t i = 0; i < COUNT(locked); i++) {
		(void)scene_new(state);
		s = *state;
		scene_open(s);
		SCENE(s, ROW_EF("0018"));
		for (int call = 0; call < 4; call++)
			SCENE(s, { QUERY, locked[i], NULL });
		SCENE(s, ROWS_CLOSE);
		for (unsigned flags = 0; flags <= JPKI_ALLOW_LAST_TRY;
		    flags++) {
			expect_err(locked[i], verify(s, flags, &tries),
			    JPKI_ERR_PIN_LOCKED);
			expect_int(locked[i], tries, 0);
			expect_err(locked[i], change(s, flags, &tries),
			    JPKI_ERR_PIN_LOCKED);
			expect_int(locked[i], tries, 0);
		}
		scene_close(s);
		(void)scene_free(state);
	}
}

static void
p3_the_last_try_is_not_taken_unasked(void **state)
{
	struct scene *s = *state;
	int tries;

	/* However often a program tries. */
	scene_open(s);
	SCENE(s, ROW_EF("0018"));
	for (int i = 0; i < 20; i++) {
		SCENE(s, { QUERY, "63C1", NULL });
		expect_err("last", i % 2 == 0 ? verify(s, 0, &tries) :
		    change(s, 0, &tries), JPKI_ERR_PIN_LAST_TRY);
		expect_int("left", tries, 1);
	}
	/* Another flag is not the flag. */
	SCENE(s, { QUERY, "63C1", NULL }, ROWS_CLOSE);
	expect_err("last", verify(s, ~JPKI_ALLOW_LAST_TRY, &tries),
	    JPKI_ERR_PIN_LAST_TRY);
	scene_close(s);
}

static void
p3_the_last_try_is_taken_when_allowed(void **state)
{
	struct scene *s = *state;
	int tries;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C1", NULL },
	    { VERIFY_1234, "9000", NULL },
	    { QUERY, "63C1", NULL },
	    { VERIFY_1234, "63C0", "that was it" },
	    { QUERY, "6984", NULL },
	    ROWS_LOGOUT_CLOSE);
	expect_err("right", verify(s, JPKI_ALLOW_LAST_TRY, &tries), JPKI_OK);
	expect_int("left", tries, 3);
	expect_err("wrong", verify(s, JPKI_ALLOW_LAST_TRY, &tries),
	    JPKI_ERR_PIN_LOCKED);
	expect_int("left", tries, 0);
	expect_err("locked", verify(s, JPKI_ALLOW_LAST_TRY, &tries),
	    JPKI_ERR_PIN_LOCKED);
	scene_close(s);
}

static void
p3_five_wrong_tries_end_one_before_the_lock(void **state)
{
	static const char *const counts[] = {
		"63C5", "63C4", "63C3", "63C2", "63C1"
	};
	struct scene *s = *state;
	int tries = -1;

	scene_open(s);
	SCENE(s, ROW_EF("001B"));
	for (size_t i = 0; i < 4; i++) {
		SCENE(s, { QUERY, counts[i], NULL },
		    { VERIFY_ABC123, counts[i + 1], NULL });
		expect_err("wrong", jpki_pin_verify(s->card, JPKI_PIN_SIGN,
		    "ABC123", 6, 0, &tries), JPKI_ERR_PIN_WRONG);
	}
	SCENE(s, { QUERY, counts[4], NULL }, ROWS_LOGOUT_CLOSE);
	expect_err("last", jpki_pin_verify(s->card, JPKI_PIN_SIGN, "ABC123",
	    6, 0, &tries), JPKI_ERR_PIN_LAST_TRY);
	expect_int("left", tries, 1);
	scene_close(s);
}

/*
 * P5: an empty PIN is never sent.
 */

static void
p5_an_empty_or_null_pin_is_never_sent(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	for (unsigned pin = 0; pin < JPKI_PIN_REGISTER; pin++)
		for (size_t len = 0; len < 8; len++) {
			enum jpki_pin p = (enum jpki_pin)pin;

			expect_err("empty", jpki_pin_verify(s->card, p, "", 0,
			    JPKI_ALLOW_LAST_TRY, NULL), JPKI_ERR_PIN_FORMAT);
			expect_err("NULL", jpki_pin_verify(s->card, p, NULL,
			    len, JPKI_ALLOW_LAST_TRY, NULL),
			    JPKI_ERR_PIN_FORMAT);
			expect_err("NULL", jpki_pin_change(s->card, p, NULL,
			    len, "", 0, JPKI_ALLOW_LAST_TRY, NULL),
			    JPKI_ERR_PIN_FORMAT);
			expect_err("NULL", jpki_pin_change(s->card, p,
			    p == JPKI_PIN_SIGN ? "ABC123" : "1234",
			    p == JPKI_PIN_SIGN ? 6 : 4, NULL, len,
			    JPKI_ALLOW_LAST_TRY, NULL), JPKI_ERR_PIN_NEW);
		}
	expect_int("commands", (long long)s->script->commands, 1);
	SCENE(s, ROWS_CLOSE);
	scene_close(s);
}

/*
 * P8: three words for locked, and odd answers hide nothing.
 */

static void
p8_63C0_6983_and_6984_all_mean_locked(void **state)
{
	struct jpki_pin_info info;
	struct scene *s;
	int tries;

	for (size_t i = 0; i < COUNT(locked); i++) {
		(void)scene_new(state);
		s = *state;
		scene_open(s);
		SCENE(s, ROW_EF("0018"), { QUERY, locked[i], NULL },
		    { QUERY, "63C2", NULL },
		    { VERIFY_1234, locked[i], NULL }, ROWS_LOGOUT_CLOSE);
		expect_err("info", jpki_pin_info(s->card, JPKI_PIN_AUTH,
		    &info), JPKI_OK);
		assert_true(info.locked);
		expect_int("left", info.tries_left, 0);
		expect_err("verify", verify(s, 0, &tries),
		    JPKI_ERR_PIN_LOCKED);
		expect_int("left", tries, 0);
		scene_close(s);
		(void)scene_free(state);
	}
}

static const char *const odd[] = {
	"9000", "6300", "6700", "6981", "6982", "6985", "6A80", "6A81",
	"6A86", "6B00", "6D00", "6E00", "6F00", "0000", "FFFF", "6200",
};

static void
p8_an_odd_answer_hides_nothing(void **state)
{
	struct jpki_pin_info info;
	struct jpki_buf der;
	struct scene *s;
	bool twice;
	int tries;

	for (size_t i = 0; i < COUNT(odd); i++) {
		(void)scene_new(state);
		s = *state;
		twice = strcmp(odd[i], "6700") == 0 ||
		    strcmp(odd[i], "6A86") == 0;
		scene_open(s);
		SCENE(s, ROW_EF("001B"), { QUERY, odd[i], NULL });
		if (twice)
			SCENE(s, { QUERY_LE, odd[i], "its other form" });
		SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
		    { VERIFY_1234, "9000", NULL },
		    ROW_EF("000A"), { "00B0 0000 00", "3000 9000", NULL },
		    ROWS_LOGOUT_CLOSE);
		expect_err(odd[i], jpki_pin_info(s->card, JPKI_PIN_SIGN,
		    &info), JPKI_OK);
		expect_int(odd[i], info.tries_left, -1);
		assert_false(info.locked);
		expect_err(odd[i], verify(s, 0, &tries), JPKI_OK);
		expect_err(odd[i], jpki_cert_read(s->card, JPKI_CERT_AUTH,
		    &der), JPKI_OK);
		jpki_buf_free(&der);
		scene_close(s);
		(void)scene_free(state);
	}
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, scene_new, scene_free)
#define ROWS(f)	cmocka_unit_test(f)	/* makes a scene for each row */

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(p1_a_pin_that_cannot_be_right_costs_no_command),
		TEST(p1_not_even_a_transaction_is_begun_for_it),
		ROWS(p1_only_digits_and_for_signatures_letters_are_characters),
		ROWS(p1_only_the_lengths_of_the_rules_are_lengths),
		ROWS(p1_a_new_signature_pin_needs_a_letter_and_a_digit),
		TEST(p2_verify_follows_select_select_query_in_one_transaction),
		TEST(p2_a_file_read_in_between_is_left_again),
		TEST(p2_a_pin_goes_to_its_own_application),
		TEST(p2_after_a_broken_link_all_is_selected_again),
		ROWS(p2_where_a_step_fails_verify_does_not_follow),
		ROWS(p3_locked_nothing_is_sent),
		TEST(p3_the_last_try_is_not_taken_unasked),
		TEST(p3_the_last_try_is_taken_when_allowed),
		TEST(p3_five_wrong_tries_end_one_before_the_lock),
		TEST(p5_an_empty_or_null_pin_is_never_sent),
		ROWS(p8_63C0_6983_and_6984_all_mean_locked),
		ROWS(p8_an_odd_answer_hides_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
