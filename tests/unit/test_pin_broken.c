/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The law of PIN safety P4: when the link breaks at VERIFY or CHANGE.  The
 * script admits nothing but its rows: a VERIFY too many fails by itself.
 */
#include "scene.h"

#define VERIFY_1234	"0020 0080 04 31323334"

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
 * P4: no VERIFY is repeated; a broken link is asked about.
 */

static const struct {
	const char	*about;
	const char	*before;	/* what the query said */
	const char	*verify;	/* what became of VERIFY */
	const char	*since;		/* what begin says then */
	const char	*after;		/* what the query says then */
	enum jpki_err	 err;
	int		 left;
} breaks[] = {
	{ "before the card acted", "63C3", "!IO", "reset", "63C3", JPKI_ERR_IO, 3 },
	{ "after it acted: wrong", "63C3", "!IO", "reset", "63C2", JPKI_ERR_PIN_WRONG, 2 },
	{ "after it acted: right", "63C2", "!IO", "reset", "63C3", JPKI_ERR_IO, 3 },
	{ "after the last try: wrong", "63C1", "!IO", "reset", "63C0", JPKI_ERR_PIN_LOCKED, 0 },
	{ "the same, in other words", "63C1", "!IO", "reset", "6984", JPKI_ERR_PIN_LOCKED, 0 },
		{ "the link is fine again", "63C3", "!IO", "", "63C3", JPKI_ERR_IO, 3 },
	{ "the card never counts", "9000", "!IO", "reset", "9000", JPKI_ERR_IO, -1 },
	{ "the card did not count before", "9000", "!IO", "reset", "63C1", JPKI_ERR_IO, 1 },
	{ "it did not, and is locked now", "9000", "!IO", "reset", "63C0", JPKI_ERR_PIN_LOCKED, 0 },
	{ "the card does not count any more", "63C3", "!IO", "reset", "6D00", JPKI_ERR_IO, -1 },
	{ "the PIN is not found any more", "63C3", "!IO", "reset", "6A88", JPKI_ERR_IO, -1 },
	{ "the link breaks again", "63C3", "!IO", "reset", "!REMOVED", JPKI_ERR_IO, -1 },
	{ "half a status word", "63C3", "63", "", "63C2", JPKI_ERR_PIN_WRONG, 2 },
	{ "no status word", "63C3", "", "", "63C3", JPKI_ERR_IO, 3 },
	{ "a lie about the length", "63C3", "9000 #4096", "", "63C3", JPKI_ERR_MALFORMED, 3 },
};

static void
p4_a_broken_verify_is_asked_about_not_repeated(void **state)
{
	struct scene *s;
	int tries;

	for (size_t i = 0; i < COUNT(breaks); i++) {
		(void)scene_new(state);
		s = *state;
		scene_open(s);
		SCENE(s, ROW_EF("0018"), { QUERY, breaks[i].before, NULL },
		    { VERIFY_1234, breaks[i].verify, breaks[i].about },
		    ROW_END,
		    { "begin", breaks[i].since, NULL },
		    ROW_JPKI, ROW_EF("0018"),
		    { QUERY, breaks[i].after, breaks[i].about },
		    ROWS_LOGOUT_CLOSE);
		expect_err(breaks[i].about, verify(s, JPKI_ALLOW_LAST_TRY,
		    &tries), breaks[i].err);
		expect_int(breaks[i].about, tries, breaks[i].left);
		assert_false(jpki_pin_verified(s->card, JPKI_PIN_AUTH));
		scene_close(s);
		(void)scene_free(state);
	}
}

static void
p4_a_card_that_does_not_come_back_is_not_asked(void **state)
{
	struct scene *s = *state;
	int tries;

	scene_open(s);
	SCENE(s, ROW_END,
	    ROW_BEGIN, ROW_JPKI, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { VERIFY_1234, "!REMOVED", NULL }, ROW_END,
	    { "begin", "!NO_CARD", NULL },
	    { "begin", "!NO_CARD", NULL }, { "unpower", "", NULL });
	jpki_card_end(s->card);
	expect_err("verify", verify(s, 0, &tries), JPKI_ERR_REMOVED);
	expect_int("left", tries, -1);
	assert_false(jpki_pin_verified(s->card, JPKI_PIN_AUTH));
	scene_close(s);
}

static void
p4_a_card_put_in_meanwhile_is_not_taken_for_the_old_one(void **state)
{
	struct scene *s = *state;
	int tries;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { VERIFY_1234, "!REMOVED", NULL }, ROW_END,
	    { "begin", "new", "not even asked: it may be another" },
	    ROWS_LOGOUT_CLOSE);
	expect_err("verify", verify(s, 0, &tries), JPKI_ERR_REMOVED);
	expect_int("left", tries, -1);
	scene_close(s);
}

static void
p4_a_nested_transaction_is_asked_in_a_new_one(void **state)
{
	struct jpki_pin_info info;
	struct scene *s = *state;
	int tries;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { VERIFY_1234, "!IO", NULL }, ROW_END,
	    { "begin", "reset", NULL }, ROW_JPKI, ROW_EF("0018"),
	    { QUERY, "63C2", NULL },
	    { QUERY, "63C2", "the caller's transaction goes on" },
	    ROW_END,
	    ROW_BEGIN, ROW_ISD, ROW_END, ROW_DISCONNECT);
	expect_err("begin", jpki_card_begin(s->card), JPKI_OK);
	expect_err("verify", verify(s, 0, &tries), JPKI_ERR_PIN_WRONG);
	jpki_card_end(s->card);
	expect_err("info", jpki_pin_info(s->card, JPKI_PIN_AUTH, &info),
	    JPKI_OK);
	jpki_card_end(s->card);
	scene_close(s);
}

/* The caller's bracket has no transaction any more: nothing may leave. */
static void
p2_without_a_transaction_nothing_is_sent(void **state)
{
	struct jpki_pin_info info;
	struct scene *s = *state;
	int tries;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { VERIFY_1234, "!IO", NULL }, ROW_END,
	    { "begin", "!BUSY", NULL });
	expect_err("verify", verify(s, 0, &tries), JPKI_ERR_IO);
	expect_err("again", verify(s, 0, &tries), JPKI_ERR_IO);
	expect_err("info", jpki_pin_info(s->card, JPKI_PIN_AUTH, &info),
	    JPKI_ERR_IO);
	expect_err("begin", jpki_card_begin(s->card), JPKI_ERR_IO);
	SCENE(s, { "begin", "reset", NULL }, ROW_JPKI, ROW_EF("0018"),
	    { QUERY, "63C2", "after the end a new one begins" }, ROW_END,
	    ROW_BEGIN, ROW_ISD, ROW_END, ROW_DISCONNECT);
	jpki_card_end(s->card);
	expect_err("info", jpki_pin_info(s->card, JPKI_PIN_AUTH, &info),
	    JPKI_OK);
	scene_close(s);
}

static void
p4_a_wrong_le_does_not_repeat_verify_or_change(void **state)
{
	struct scene *s = *state;
	int tries;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { VERIFY_1234, "6C10", NULL },
	    { QUERY, "63C3", "what became of it" },
	    { QUERY, "63C3", NULL },
	    { VERIFY_1234, "9000", NULL },
	    { "0024 0180 04 34333231", "6C10", NULL },
	    ROWS_LOGOUT_CLOSE);
	expect_err("verify", verify(s, 0, &tries), JPKI_ERR_SW);
	expect_err("change", change(s, 0, &tries), JPKI_ERR_SW);
	scene_close(s);
}

static void
p4_a_broken_change_is_uncertain_and_nobody_guesses(void **state)
{
	struct scene *s = *state;
	int tries;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { VERIFY_1234, "9000", NULL },
	    { "0024 0180 04 34333231", "!IO", NULL },
	    ROWS_LOGOUT_CLOSE);
	expect_err("change", change(s, 0, &tries), JPKI_ERR_PIN_UNCERTAIN);
	scene_close(s);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, scene_new, scene_free)
#define ROWS(f)	cmocka_unit_test(f)	/* makes a scene for each row */

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ROWS(p4_a_broken_verify_is_asked_about_not_repeated),
		TEST(p4_a_card_that_does_not_come_back_is_not_asked),
		TEST(p4_a_card_put_in_meanwhile_is_not_taken_for_the_old_one),
		TEST(p4_a_nested_transaction_is_asked_in_a_new_one),
		TEST(p2_without_a_transaction_nothing_is_sent),
		TEST(p4_a_wrong_le_does_not_repeat_verify_or_change),
		TEST(p4_a_broken_change_is_uncertain_and_nobody_guesses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
