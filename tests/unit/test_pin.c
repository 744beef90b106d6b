/* SPDX-License-Identifier: BSD-2-Clause */
/* Tries left, VERIFY, and what is verified. */
#include <stdlib.h>
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

/*
 * The retry query.
 */

/* What the query says, and what is made of it. */
static const struct {
	const char	*sw;
	enum jpki_err	 err;
	int		 left;
	bool		 locked;
} answers[] = {
	{ "63C3", JPKI_OK, 3, false },
	{ "63C1", JPKI_OK, 1, false },
	{ "63CF", JPKI_OK, -1, false },
	{ "63C0", JPKI_OK, 0, true },
	{ "6983", JPKI_OK, 0, true },
	{ "6984", JPKI_OK, 0, true },
	{ "9000", JPKI_OK, -1, false },
	{ "6300", JPKI_OK, -1, false },
	{ "6982", JPKI_OK, -1, false },
	{ "6985", JPKI_OK, -1, false },
	{ "6D00", JPKI_OK, -1, false },
	{ "6F00", JPKI_OK, -1, false },
	{ "0000", JPKI_OK, -1, false },
	{ "6A88", JPKI_ERR_NOT_FOUND, 0, false },
	{ "6A82", JPKI_ERR_NOT_FOUND, 0, false },
	{ "!REMOVED", JPKI_ERR_REMOVED, 0, false },
	{ "63", JPKI_ERR_IO, 0, false },
};

static void
what_the_query_says(void **state)
{
	struct jpki_pin_info info;
	struct scene *s;

	for (size_t i = 0; i < COUNT(answers); i++) {
		(void)scene_new(state);
		s = *state;
		scene_open(s);
		info = (struct jpki_pin_info){ 77, 77, false };
		SCENE(s, ROW_EF("0018"),
		    { QUERY, answers[i].sw, NULL }, ROWS_CLOSE);
		expect_err(answers[i].sw, jpki_pin_info(s->card,
		    JPKI_PIN_AUTH, &info), answers[i].err);
		if (answers[i].err == JPKI_OK) {
			expect_int(answers[i].sw, info.tries_left,
			    answers[i].left);
			expect_int(answers[i].sw, info.locked,
			    answers[i].locked);
			expect_int(answers[i].sw, info.tries_max, 3);
		} else {
			expect_int("untouched", info.tries_left, 77);
		}
		scene_close(s);
		(void)scene_free(state);
	}
}

static const char *const other_forms[] = { "6700", "6A86", "6A87" };

static void
the_form_that_the_card_takes_is_remembered(void **state)
{
	struct jpki_pin_info info;
	struct scene *s;

	for (size_t i = 0; i < COUNT(other_forms); i++) {
		(void)scene_new(state);
		s = *state;
		scene_open(s);
		SCENE(s, ROW_EF("0018"),
		    { QUERY, other_forms[i], "not without Le" },
		    { QUERY_LE, "63C3", NULL },
		    ROW_EF("001B"), { QUERY_LE, "63C4", NULL },
		    ROW_EF("0018"), { QUERY_LE, "6700", "or rather" },
		    { QUERY, "63C2", NULL },
		    ROW_EF("001B"), { QUERY, "63C4", NULL },
		    ROWS_CLOSE);
		for (int round = 0; round < 4; round++) {
			expect_err("info", jpki_pin_info(s->card,
			    round % 2 == 0 ? JPKI_PIN_AUTH : JPKI_PIN_SIGN,
			    &info), JPKI_OK);
			expect_int("left", info.tries_left,
			    round == 0 ? 3 : round == 2 ? 2 : 4);
		}
		scene_close(s);
		(void)scene_free(state);
	}
}

static void
the_form_is_forgotten_with_the_card(void **state)
{
	struct jpki_pin_info info;
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_EF("0018"),
	    { QUERY, "6700", NULL }, { QUERY_LE, "63C3", NULL }, ROW_END,
	    { "begin", "new", NULL }, ROW_JPKI, ROW_EF("0018"),
	    { QUERY, "63C3", NULL }, ROW_END, ROW_DISCONNECT);
	expect_err("info", jpki_pin_info(s->card, JPKI_PIN_AUTH, &info),
	    JPKI_OK);
	jpki_card_end(s->card);
	expect_err("info", jpki_pin_info(s->card, JPKI_PIN_AUTH, &info),
	    JPKI_OK);
	scene_close(s);
}

static void
a_card_that_takes_neither_form_does_not_say(void **state)
{
	struct jpki_pin_info info;
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_EF("0018"),
	    { QUERY, "6700", NULL }, { QUERY_LE, "6A86", NULL },
	    ROW_EF("001B"), { QUERY, "63C5", "tried anew" },
	    ROW_EF("0018"),
	    { QUERY, "6700", NULL }, { QUERY_LE, "!IO", NULL },
	    ROWS_CLOSE);
	expect_err("info", jpki_pin_info(s->card, JPKI_PIN_AUTH, &info),
	    JPKI_OK);
	expect_int("left", info.tries_left, -1);
	assert_false(info.locked);
	expect_err("info", jpki_pin_info(s->card, JPKI_PIN_SIGN, &info),
	    JPKI_OK);
	expect_err("info", jpki_pin_info(s->card, JPKI_PIN_AUTH, &info),
	    JPKI_ERR_IO);
	scene_close(s);
}

/* Where each PIN lives. */
static const struct {
	const char	*app, *ef;
	int		 max;
} places[JPKI_PIN_COUNT] = {
	[JPKI_PIN_AUTH] = { NULL, SELECT_EF("0018"), 3 },
	[JPKI_PIN_SIGN] = { NULL, SELECT_EF("001B"), 5 },
	[JPKI_PIN_INPUT] = { SELECT_INPUT, SELECT_EF("0011"), 3 },
	[JPKI_PIN_REGISTER] = { "00A4040C0A D3921000310001010401", SELECT_EF("001C"), 3 },
	[JPKI_PIN_REGISTER_COMMON] = { SELECT_COMMON, SELECT_EF("001C"), 3 },
	[JPKI_PIN_INPUT_A] = { SELECT_INPUT, SELECT_EF("0014"), 10 },
	[JPKI_PIN_INPUT_B] = { SELECT_INPUT, SELECT_EF("0015"), 10 },
	[JPKI_PIN_SURFACE_A] = { "00A4040C0A D3921000310001010402", SELECT_EF("0013"), 10 },
	[JPKI_PIN_SURFACE_B] = { "00A4040C0A D3921000310001010402", SELECT_EF("0012"), 10 },
	[JPKI_PIN_SURFACE_BIRTH] = { "00A4040C0A D3921000310001010402", SELECT_EF("0011"), 0 },
	[JPKI_PIN_INPUT_RESERVED] = { SELECT_INPUT, SELECT_EF("0012"), 0 },
};

static void
every_pin_is_asked_where_it_lives(void **state)
{
	struct jpki_pin_info info;
	struct scene *s;

	for (unsigned pin = 0; pin < JPKI_PIN_COUNT; pin++) {
		(void)scene_new(state);
		s = *state;
		scene_open(s);
		if (places[pin].app != NULL)
			SCENE(s, { places[pin].app, "9000", NULL });
		SCENE(s, { places[pin].ef, "9000", NULL },
		    { QUERY, "63C2", NULL }, ROWS_CLOSE);
		expect_err("info", jpki_pin_info(s->card, (enum jpki_pin)pin,
		    &info), JPKI_OK);
		expect_int("left", info.tries_left, 2);
		expect_int("max", info.tries_max, places[pin].max);
		scene_close(s);
		(void)scene_free(state);
	}
}

static void
a_pin_that_the_card_lacks_is_not_found(void **state)
{
	struct jpki_pin_info info;
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, { SELECT_EF("001B"), "6A82", NULL },
	    { SELECT_INPUT, "6A82", "a phone" }, ROWS_CLOSE);
	expect_err("file", jpki_pin_info(s->card, JPKI_PIN_SIGN, &info),
	    JPKI_ERR_NOT_FOUND);
	expect_err("application", jpki_pin_info(s->card, JPKI_PIN_INPUT,
	    &info), JPKI_ERR_NOT_FOUND);
	scene_close(s);
}

/*
 * VERIFY.
 */

/* The answer to VERIFY, of three tries. */
static const struct {
	const char	*sw;
	enum jpki_err	 err;
	int		 left;
} verifies[] = {
	{ "9000", JPKI_OK, 3 },
	{ "63C2", JPKI_ERR_PIN_WRONG, 2 },
	{ "63C1", JPKI_ERR_PIN_WRONG, 1 },
	{ "63C0", JPKI_ERR_PIN_LOCKED, 0 },
	{ "6300", JPKI_ERR_PIN_WRONG, -1 },
	{ "6983", JPKI_ERR_PIN_LOCKED, 0 },
	{ "6984", JPKI_ERR_PIN_LOCKED, 0 },
	{ "6982", JPKI_ERR_AUTH_REQUIRED, 3 },
	{ "6700", JPKI_ERR_SW, 3 },
	{ "6A86", JPKI_ERR_UNSUPPORTED, 3 },
	{ "6A88", JPKI_ERR_NOT_FOUND, 3 },
	/* It was there when it was asked: another program went elsewhere. */
	{ "6986", JPKI_ERR_SW, 3 },
	{ "6A82", JPKI_ERR_SW, 3 },
	{ "6D00", JPKI_ERR_UNSUPPORTED, 3 },
	{ "6C00", JPKI_ERR_SW, 3 },
	{ "6F00", JPKI_ERR_SW, 3 },
	{ "4242", JPKI_ERR_SW, 3 },
};

static bool
says_nothing_clear(enum jpki_err err)
{
	return err != JPKI_OK && err != JPKI_ERR_PIN_WRONG &&
	    err != JPKI_ERR_PIN_LOCKED;
}

/* Then the query is asked from the application on. */
static bool
loses_place(const char *sw)
{
	return strcmp(sw, "6986") == 0 || strcmp(sw, "6A82") == 0;
}

static void
what_verify_says(void **state)
{
	struct scene *s;
	int tries;

	for (size_t i = 0; i < COUNT(verifies); i++) {
		(void)scene_new(state);
		s = *state;
		scene_open(s);
		SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
		    { VERIFY_1234, verifies[i].sw, NULL });
		if (loses_place(verifies[i].sw))
			SCENE(s, ROW_JPKI, ROW_EF("0018"));
		if (says_nothing_clear(verifies[i].err))
			SCENE(s, { QUERY, "63C3", "no try lost" });
		SCENE(s, ROWS_LOGOUT_CLOSE);
		expect_err(verifies[i].sw, verify(s, 0, &tries),
		    verifies[i].err);
		expect_int(verifies[i].sw, tries, verifies[i].left);
		expect_int(verifies[i].sw, jpki_pin_verified(s->card,
		    JPKI_PIN_AUTH), verifies[i].err == JPKI_OK);
		scene_close(s);
		(void)scene_free(state);
	}
}

static void
more_tries_than_there_are_are_not_believed(void **state)
{
	struct scene *s = *state;
	int tries;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { VERIFY_1234, "63CF", "of three" }, ROWS_LOGOUT_CLOSE);
	expect_err("verify", verify(s, 0, &tries), JPKI_ERR_PIN_WRONG);
	expect_int("left", tries, -1);
	scene_close(s);
}

static void
nothing_follows_verify_but_the_query(void **state)
{
	struct scene *s = *state;
	int tries;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { VERIFY_1234, "6102", "nonsense, but the card's" },
	    { QUERY, "63C2", "so it was wrong" },
	    ROWS_LOGOUT_CLOSE);
	expect_err("verify", verify(s, 0, &tries), JPKI_ERR_PIN_WRONG);
	expect_int("left", tries, 2);
	scene_close(s);
}

static void
an_odd_answer_that_cost_a_try_is_a_wrong_pin(void **state)
{
	struct scene *s = *state;
	int tries;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { VERIFY_1234, "6F00", NULL }, { QUERY, "63C2", NULL },
	    { QUERY, "63C2", NULL },
	    { VERIFY_1234, "6985", NULL }, { QUERY, "6D00", NULL },
	    ROWS_LOGOUT_CLOSE);
	expect_err("verify", verify(s, 0, &tries), JPKI_ERR_PIN_WRONG);
	expect_int("left", tries, 2);
	expect_err("verify", verify(s, 0, &tries), JPKI_ERR_SW);
	expect_int("left", tries, -1);
	expect_int("what VERIFY said", jpki_card_sw(s->card), 0x6985);
	scene_close(s);
}

static void
tries_left_may_go_untold(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { VERIFY_1234, "63C2", NULL }, ROWS_LOGOUT_CLOSE);
	expect_err("verify", jpki_pin_verify(s->card, JPKI_PIN_AUTH, "1234",
	    4, 0, NULL), JPKI_ERR_PIN_WRONG);
	scene_close(s);
}

static void
letters_are_registered_in_upper_case(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_EF("001B"), { QUERY, "63C5", NULL },
	    { VERIFY_ABC123, "9000", "AbC123 folded" },
	    { QUERY, "63C5", NULL },
	    { "0020 0080 10 415A415A3039 41424344454647484950", "9000",
	      "azAZ09..., sixteen characters" },
	    ROWS_LOGOUT_CLOSE);
	expect_err("verify", jpki_pin_verify(s->card, JPKI_PIN_SIGN,
	    "AbC123", 6, 0, NULL), JPKI_OK);
	expect_err("verify", jpki_pin_verify(s->card, JPKI_PIN_SIGN,
	    "azAZ09abcdefghIP", 16, 0, NULL), JPKI_OK);
	scene_close(s);
}

static void
a_query_after_verify_proves_no_login(void **state)
{
	struct jpki_pin_info info;
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "9000", "verified by another?" },
	    ROWS_CLOSE);
	expect_err("info", jpki_pin_info(s->card, JPKI_PIN_AUTH, &info),
	    JPKI_OK);
	assert_false(jpki_pin_verified(s->card, JPKI_PIN_AUTH));
	scene_close(s);
}

static void
the_two_pins_are_verified_apart(void **state)
{
	struct scene *s = *state;
	int tries;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { VERIFY_1234, "9000", NULL },
	    ROW_EF("001B"), { QUERY, "63C5", NULL },
	    { VERIFY_ABC123, "63C4", NULL },
	    ROWS_LOGOUT_CLOSE);
	expect_err("auth", verify(s, 0, &tries), JPKI_OK);
	assert_false(jpki_pin_verified(s->card, JPKI_PIN_SIGN));
	expect_err("sign", jpki_pin_verify(s->card, JPKI_PIN_SIGN, "ABC123",
	    6, 0, &tries), JPKI_ERR_PIN_WRONG);
	expect_int("left", tries, 4);
	assert_true(jpki_pin_verified(s->card, JPKI_PIN_AUTH));
	assert_false(jpki_pin_verified(s->card, JPKI_PIN_SIGN));
	scene_close(s);
}

static void
a_wrong_pin_ends_the_login_it_would_have_renewed(void **state)
{
	struct scene *s = *state;
	int tries;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { VERIFY_1234, "9000", NULL },
	    { QUERY, "63C3", "even right after success" },
	    { VERIFY_1234, "63C2", NULL }, ROWS_LOGOUT_CLOSE);
	expect_err("verify", verify(s, 0, &tries), JPKI_OK);
	expect_err("verify", verify(s, 0, &tries), JPKI_ERR_PIN_WRONG);
	assert_false(jpki_pin_verified(s->card, JPKI_PIN_AUTH));
	scene_close(s);
}

static void
selecting_another_application_ends_the_login(void **state)
{
	struct scene *s = *state;
	int tries;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { VERIFY_1234, "9000", NULL },
	    { SELECT_INPUT, "9000", NULL }, ROW_EF("0011"),
	    { QUERY, "63C3", NULL }, { VERIFY_1234, "9000", NULL },
	    ROWS_LOGOUT_CLOSE);
	expect_err("auth", verify(s, 0, &tries), JPKI_OK);
	expect_err("input", jpki_pin_verify(s->card, JPKI_PIN_INPUT, "1234",
	    4, 0, NULL), JPKI_OK);
	assert_true(jpki_pin_verified(s->card, JPKI_PIN_INPUT));
	assert_false(jpki_pin_verified(s->card, JPKI_PIN_AUTH));
	scene_close(s);
}

/* Where JPKI was current when the last transaction ended. */
static void
a_query_alone_guesses_the_application(void **state)
{
	struct jpki_pin_info info;
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_END,
	    ROW_BEGIN, ROW_EF("0018"), { QUERY, "63C2", NULL }, ROW_END,
	    ROW_BEGIN, ROW_EF("001B"), { QUERY, "9000", "no counter: not sure" },
	    ROW_JPKI, ROW_EF("001B"), { QUERY, "63C5", NULL }, ROW_END,
	    { "begin", "reset", NULL }, ROW_JPKI, ROW_EF("0018"),
	    { QUERY, "63C2", NULL }, ROW_END, ROW_DISCONNECT);
	jpki_card_end(s->card);
	for (int i = 0; i < 3; i++) {
		expect_err("info", jpki_pin_info(s->card, i == 1 ?
		    JPKI_PIN_SIGN : JPKI_PIN_AUTH, &info), JPKI_OK);
		expect_int("left", info.tries_left, i == 1 ? 5 : 2);
	}
	scene_close(s);
}

/* Files of that number are in two other applications. */
static void
a_query_elsewhere_guesses_nothing(void **state)
{
	struct jpki_pin_info info;
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, { SELECT_INPUT, "9000", NULL }, ROW_EF("0011"),
	    { QUERY, "63C3", NULL }, ROW_END,
	    ROW_BEGIN, { SELECT_INPUT, "9000", NULL }, ROW_EF("0011"),
	    { QUERY, "63C3", NULL }, ROW_END, ROW_DISCONNECT);
	expect_err("info", jpki_pin_info(s->card, JPKI_PIN_INPUT, &info),
	    JPKI_OK);
	jpki_card_end(s->card);
	expect_err("info", jpki_pin_info(s->card, JPKI_PIN_INPUT, &info),
	    JPKI_OK);
	scene_close(s);
}

static void
selecting_the_same_application_keeps_the_login(void **state)
{
	struct scene *s = *state;
	struct jpki_pin_info info;
	int tries;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { VERIFY_1234, "9000", NULL }, ROW_END,
	    ROW_BEGIN, { SELECT_EF("0018"), "6A82", "somebody chose another" },
	    ROW_JPKI, ROW_EF("0018"), { QUERY, "63C3", NULL }, ROW_END,
	    ROW_BEGIN, ROW_ISD, ROW_END, ROW_DISCONNECT);
	expect_err("verify", verify(s, 0, &tries), JPKI_OK);
	jpki_card_end(s->card);
	expect_err("info", jpki_pin_info(s->card, JPKI_PIN_AUTH, &info),
	    JPKI_OK);
	assert_true(jpki_pin_verified(s->card, JPKI_PIN_AUTH));
	scene_close(s);
}

static void
what_this_library_does_not_verify_is_not_sent(void **state)
{
	struct scene *s = *state;
	int tries = 99;

	scene_open(s);
	SCENE(s, ROWS_CLOSE);
	for (unsigned pin = JPKI_PIN_REGISTER; pin < JPKI_PIN_COUNT; pin++)
		expect_err("verify", jpki_pin_verify(s->card,
		    (enum jpki_pin)pin, "123456789012", 12, 0, &tries),
		    JPKI_ERR_UNSUPPORTED);
	expect_int("left", tries, -1);
	scene_close(s);
}

static void
arguments_are_checked(void **state)
{
	static const enum jpki_pin none = JPKI_PIN_COUNT;
	struct scene *s = *state;
	struct jpki_pin_info info;
	int tries = 99;

	scene_open(s);
	expect_err("card", jpki_pin_info(NULL, JPKI_PIN_AUTH, &info),
	    JPKI_ERR_ARG);
	expect_err("out", jpki_pin_info(s->card, JPKI_PIN_AUTH, NULL),
	    JPKI_ERR_ARG);
	expect_err("pin", jpki_pin_info(s->card, none, &info), JPKI_ERR_ARG);
	expect_err("card", jpki_pin_verify(NULL, JPKI_PIN_AUTH, "1234", 4, 0,
	    &tries), JPKI_ERR_ARG);
	expect_int("left", tries, -1);
	expect_err("pin", jpki_pin_verify(s->card, none, "1234", 4, 0, NULL),
	    JPKI_ERR_ARG);
	expect_err("pin", jpki_pin_check(none, JPKI_PIN_CURRENT, "1234", 4),
	    JPKI_ERR_ARG);
	expect_err("card", jpki_logout(NULL), JPKI_ERR_ARG);
	assert_false(jpki_pin_verified(NULL, JPKI_PIN_AUTH));
	assert_false(jpki_pin_verified(s->card, none));
	SCENE(s, ROWS_CLOSE);
	scene_close(s);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, scene_new, scene_free)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_query_says),
		cmocka_unit_test(the_form_that_the_card_takes_is_remembered),
		TEST(the_form_is_forgotten_with_the_card),
		TEST(a_card_that_takes_neither_form_does_not_say),
		cmocka_unit_test(every_pin_is_asked_where_it_lives),
		TEST(a_pin_that_the_card_lacks_is_not_found),
		cmocka_unit_test(what_verify_says),
		TEST(more_tries_than_there_are_are_not_believed),
		TEST(nothing_follows_verify_but_the_query),
		TEST(an_odd_answer_that_cost_a_try_is_a_wrong_pin),
		TEST(tries_left_may_go_untold),
		TEST(letters_are_registered_in_upper_case),
		TEST(a_query_after_verify_proves_no_login),
		TEST(the_two_pins_are_verified_apart),
		TEST(a_wrong_pin_ends_the_login_it_would_have_renewed),
		TEST(selecting_another_application_ends_the_login),
		TEST(a_query_alone_guesses_the_application),
		TEST(a_query_elsewhere_guesses_nothing),
		TEST(selecting_the_same_application_keeps_the_login),
		TEST(what_this_library_does_not_verify_is_not_sent),
		TEST(arguments_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
