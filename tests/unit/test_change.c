/* SPDX-License-Identifier: BSD-2-Clause */
/* CHANGE: VERIFY of the current PIN, then the new one, in one transaction. */
#include <string.h>

#include "scene.h"

#define VERIFY_1234	"0020 0080 04 31323334"
#define CHANGE_4321	"0024 0180 04 34333231"

static enum jpki_err
change(struct scene *s, unsigned flags, int *tries)
{
	*tries = 99;
	return jpki_pin_change(s->card, JPKI_PIN_AUTH, "1234", 4, "4321", 4,
	    flags, tries);
}

static void
the_new_pin_follows_the_verified_one(void **state)
{
	struct scene *s = *state;
	int tries;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C2", NULL },
	    { VERIFY_1234, "9000", NULL },
	    { CHANGE_4321, "9000", NULL },
	    ROWS_LOGOUT_CLOSE);
	expect_err("change", change(s, 0, &tries), JPKI_OK);
	expect_int("left", tries, 3);
	assert_true(jpki_pin_verified(s->card, JPKI_PIN_AUTH));
	scene_close(s);
}

static void
a_transaction_of_its_own_holds_all_of_it(void **state)
{
	struct scene *s = *state;
	int tries;

	scene_open(s);
	SCENE(s, ROW_END,
	    ROW_BEGIN, ROW_JPKI, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { VERIFY_1234, "9000", NULL }, { CHANGE_4321, "9000", NULL },
	    ROW_END,
	    ROW_BEGIN, ROW_ISD, ROW_END, ROW_DISCONNECT);
	jpki_card_end(s->card);
	expect_err("change", change(s, 0, &tries), JPKI_OK);
	scene_close(s);
}

static void
letters_of_both_are_made_upper_case(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_EF("001B"), { QUERY, "63C5", NULL },
	    { "0020 0080 06 414243313233", "9000", "ABC123" },
	    { "0024 0180 07 58595A37383930", "9000", "XYZ7890" },
	    ROWS_LOGOUT_CLOSE);
	expect_err("change", jpki_pin_change(s->card, JPKI_PIN_SIGN,
	    "abc123", 6, "xyz7890", 7, 0, NULL), JPKI_OK);
	scene_close(s);
}

static void
the_input_assistance_pin_is_changed_in_its_application(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, { SELECT_INPUT, "9000", NULL }, ROW_EF("0011"),
	    { QUERY, "63C3", NULL },
	    { VERIFY_1234, "9000", NULL }, { CHANGE_4321, "9000", NULL },
	    ROWS_LOGOUT_CLOSE);
	expect_err("change", jpki_pin_change(s->card, JPKI_PIN_INPUT, "1234",
	    4, "4321", 4, 0, NULL), JPKI_OK);
	scene_close(s);
}

/* The answer to CHANGE, after a VERIFY that went well. */
static const struct {
	const char	*sw;
	enum jpki_err	 err;
} changes[] = {
	{ "6A86", JPKI_ERR_UNSUPPORTED },
	{ "6D00", JPKI_ERR_UNSUPPORTED },
	{ "6E00", JPKI_ERR_UNSUPPORTED },
	{ "6982", JPKI_ERR_AUTH_REQUIRED },
	{ "6984", JPKI_ERR_SW },
	{ "63C2", JPKI_ERR_SW },
	{ "6A80", JPKI_ERR_SW },
	{ "6700", JPKI_ERR_SW },
	/* It was there for VERIFY: another program went elsewhere. */
	{ "6986", JPKI_ERR_SW },
	{ "6A82", JPKI_ERR_SW },
	{ "6581", JPKI_ERR_PIN_UNCERTAIN },
	{ "6F00", JPKI_ERR_PIN_UNCERTAIN },
	{ "6102", JPKI_ERR_PIN_UNCERTAIN },
	{ "6C00", JPKI_ERR_SW },
	{ "4242", JPKI_ERR_PIN_UNCERTAIN },
	{ "!IO", JPKI_ERR_PIN_UNCERTAIN },
	{ "!REMOVED", JPKI_ERR_PIN_UNCERTAIN },
	{ "90", JPKI_ERR_PIN_UNCERTAIN },
	{ "9000 #300", JPKI_ERR_PIN_UNCERTAIN },
};

static void
what_change_says(void **state)
{
	struct scene *s;
	int tries;

	for (size_t i = 0; i < COUNT(changes); i++) {
		(void)scene_new(state);
		s = *state;
		scene_open(s);
		SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
		    { VERIFY_1234, "9000", NULL },
		    { CHANGE_4321, changes[i].sw, "once, whatever comes" },
		    ROWS_LOGOUT_CLOSE);
		expect_err(changes[i].sw, change(s, 0, &tries),
		    changes[i].err);
		expect_int(changes[i].sw, tries, 3);
		scene_close(s);
		(void)scene_free(state);
	}
}

/* Where VERIFY fails, CHANGE does not follow. */
static const struct {
	const char	*query, *verify;	/* NULL: not sent */
	unsigned	 flags;
	enum jpki_err	 err;
	int		 left;
} refusals[] = {
	{ "63C3", "63C2", 0, JPKI_ERR_PIN_WRONG, 2 },
	{ "63C1", "63C0", JPKI_ALLOW_LAST_TRY, JPKI_ERR_PIN_LOCKED, 0 },
	{ "63C3", "6984", 0, JPKI_ERR_PIN_LOCKED, 0 },
	{ "63C3", "6D00", 0, JPKI_ERR_UNSUPPORTED, 3 },
	{ "63C1", NULL, 0, JPKI_ERR_PIN_LAST_TRY, 1 },
	{ "63C0", NULL, JPKI_ALLOW_LAST_TRY, JPKI_ERR_PIN_LOCKED, 0 },
	{ "6984", NULL, 0, JPKI_ERR_PIN_LOCKED, 0 },
	{ "6A88", NULL, 0, JPKI_ERR_NOT_FOUND, -1 },
	{ "!REMOVED", NULL, 0, JPKI_ERR_REMOVED, -1 },
};

static void
without_verify_no_change(void **state)
{
	struct scene *s;
	int tries;

	for (size_t i = 0; i < COUNT(refusals); i++) {
		(void)scene_new(state);
		s = *state;
		scene_open(s);
		SCENE(s, ROW_EF("0018"), { QUERY, refusals[i].query, NULL });
		if (refusals[i].verify != NULL)
			SCENE(s, { VERIFY_1234, refusals[i].verify, NULL });
		if (refusals[i].err == JPKI_ERR_UNSUPPORTED)
			SCENE(s, { QUERY, "63C3", "no try lost" });
		if (refusals[i].verify != NULL)
			SCENE(s, ROW_ISD);
		SCENE(s, ROWS_CLOSE);
		expect_err(refusals[i].query, change(s, refusals[i].flags,
		    &tries), refusals[i].err);
		expect_int(refusals[i].query, tries, refusals[i].left);
		scene_close(s);
		(void)scene_free(state);
	}
}

static void
a_link_that_breaks_at_verify_is_not_gone_on_from(void **state)
{
	struct scene *s = *state;
	int tries;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { VERIFY_1234, "!IO", NULL }, ROW_END,
	    { "begin", "reset", NULL }, ROW_JPKI, ROW_EF("0018"),
	    { QUERY, "63C3", "as before" },
	    ROWS_LOGOUT_CLOSE);
	expect_err("change", change(s, 0, &tries), JPKI_ERR_IO);
	expect_int("left", tries, 3);
	scene_close(s);
}

/* What is not even sent. */
static const struct {
	const char	*about;
	enum jpki_pin	 pin;
	const char	*text, *new_text;
	enum jpki_err	 err;
} unsent[] = {
	{ "current too short", JPKI_PIN_AUTH, "123", "4321", JPKI_ERR_PIN_FORMAT },
	{ "current empty", JPKI_PIN_AUTH, "", "4321", JPKI_ERR_PIN_FORMAT },
	{ "new too short", JPKI_PIN_AUTH, "1234", "432", JPKI_ERR_PIN_NEW },
	{ "new empty", JPKI_PIN_AUTH, "1234", "", JPKI_ERR_PIN_NEW },
	{ "new with letters", JPKI_PIN_AUTH, "1234", "432A", JPKI_ERR_PIN_NEW },
	{ "the same", JPKI_PIN_AUTH, "1234", "1234", JPKI_ERR_PIN_SAME },
	{ "the same, in capitals", JPKI_PIN_SIGN, "abc123", "ABC123", JPKI_ERR_PIN_SAME },
	{ "new without digit", JPKI_PIN_SIGN, "ABC123", "ABCDEF", JPKI_ERR_PIN_NEW },
	{ "new without letter", JPKI_PIN_SIGN, "ABC123", "123456", JPKI_ERR_PIN_NEW },
	{ "both wrong", JPKI_PIN_SIGN, "A", "B", JPKI_ERR_PIN_FORMAT },
	{ "too long for any PIN", JPKI_PIN_SIGN, "ABCDEFGH123456789", "ABC123",
	    JPKI_ERR_PIN_FORMAT },
	{ "a PIN with two references", JPKI_PIN_REGISTER, "1234", "4321", JPKI_ERR_UNSUPPORTED },
	{ "no PIN", JPKI_PIN_COUNT, "1234", "4321", JPKI_ERR_ARG },
};

static void
what_cannot_be_right_is_not_sent(void **state)
{
	struct scene *s = *state;
	int tries;

	scene_open(s);
	for (size_t i = 0; i < COUNT(unsent); i++) {
		tries = 99;
		expect_err(unsent[i].about, jpki_pin_change(s->card,
		    unsent[i].pin, unsent[i].text, strlen(unsent[i].text),
		    unsent[i].new_text, strlen(unsent[i].new_text), 0,
		    &tries), unsent[i].err);
		expect_int(unsent[i].about, tries, -1);
	}
	SCENE(s, ROWS_CLOSE);
	scene_close(s);
}

static void
null_pins_are_refused(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	expect_err("current", jpki_pin_change(s->card, JPKI_PIN_AUTH, NULL, 4,
	    "4321", 4, 0, NULL), JPKI_ERR_PIN_FORMAT);
	expect_err("current", jpki_pin_change(s->card, JPKI_PIN_AUTH, NULL, 0,
	    "4321", 4, 0, NULL), JPKI_ERR_PIN_FORMAT);
	expect_err("new", jpki_pin_change(s->card, JPKI_PIN_AUTH, "1234", 4,
	    NULL, 4, 0, NULL), JPKI_ERR_PIN_NEW);
	expect_err("new", jpki_pin_change(s->card, JPKI_PIN_AUTH, "1234", 4,
	    NULL, 0, 0, NULL), JPKI_ERR_PIN_NEW);
	expect_err("card", jpki_pin_change(NULL, JPKI_PIN_AUTH, "1234", 4,
	    "4321", 4, 0, NULL), JPKI_ERR_ARG);
	SCENE(s, ROWS_CLOSE);
	scene_close(s);
}

static void
lengths_beyond_all_bounds_are_refused(void **state)
{
	static const char text[1000] = "1";
	struct scene *s = *state;

	scene_open(s);
	expect_err("current", jpki_pin_change(s->card, JPKI_PIN_SIGN, text,
	    sizeof(text), "ABC123", 6, 0, NULL), JPKI_ERR_PIN_FORMAT);
	expect_err("new", jpki_pin_change(s->card, JPKI_PIN_SIGN, "ABC123", 6,
	    text, sizeof(text), 0, NULL), JPKI_ERR_PIN_NEW);
	SCENE(s, ROWS_CLOSE);
	scene_close(s);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, scene_new, scene_free)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_new_pin_follows_the_verified_one),
		TEST(a_transaction_of_its_own_holds_all_of_it),
		TEST(letters_of_both_are_made_upper_case),
		TEST(the_input_assistance_pin_is_changed_in_its_application),
		cmocka_unit_test(what_change_says),
		cmocka_unit_test(without_verify_no_change),
		TEST(a_link_that_breaks_at_verify_is_not_gone_on_from),
		TEST(what_cannot_be_right_is_not_sent),
		TEST(null_pins_are_refused),
		TEST(lengths_beyond_all_bounds_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
