/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PIN that is keyed in at the reader: the laws hold, the keys are lit only
 * when nothing stands against it, and what the reader says is not believed.
 */
#include <string.h>

#include "scene.h"

#define KEYED		"keyed 0020 0080 04 FFFFFFFF"
#define ROWS_ASKED(sw)	ROW_EF("0018"), { QUERY, sw, NULL }

static int prompts;	/* how often the person was told */
static struct jpki_pin_info told;

static void
prompt(void *user, const struct jpki_pin_info *info)
{
	expect_int("user", *(int *)user, 42);
	prompts++;
	told = *info;
}

static enum jpki_err
key_in(struct scene *s, unsigned flags, int *tries)
{
	int user = 42;

	*tries = 99;
	prompts = 0;
	return jpki_pin_verify_pad(s->card, JPKI_PIN_AUTH, flags, prompt,
	    &user, tries);
}

static struct scene *
open_with_keys(void **state)
{
	struct scene *s = *state;

	s->script->pad = true;
	scene_open(s);
	return s;
}

static void
it_is_asked_told_and_sent_in_one_transaction(void **state)
{
	struct scene *s = open_with_keys(state);
	int tries;

	SCENE(s, ROWS_ASKED("63C2"), { KEYED, "9000", NULL });
	expect_err("key in", key_in(s, 0, &tries), JPKI_OK);
	expect_int("tries", tries, 3);
	expect_int("told once", prompts, 1);
	expect_int("told", told.tries_left, 2);
	expect_true("verified", jpki_pin_verified(s->card, JPKI_PIN_AUTH));
	expect_true("logged", scene_logged(s, "keyed > 00200080 [not shown]"));
	SCENE(s, ROWS_LOGOUT_CLOSE);
	scene_close(s);
}

/* The query in full is as far as it gets. */
static const struct {
	const char	*query;
	enum jpki_err	 err;
	int		 left;
} stands_against[] = {
	{ "63C1", JPKI_ERR_PIN_LAST_TRY, 1 },
	{ "63C0", JPKI_ERR_PIN_LOCKED, 0 },
	{ "6984", JPKI_ERR_PIN_LOCKED, 0 },
	{ "6A88", JPKI_ERR_NOT_FOUND, -1 },
	{ "!REMOVED", JPKI_ERR_REMOVED, -1 },
};

static void
the_keys_are_not_lit_in_vain(void **state)
{
	int tries;

	for (size_t i = 0; i < COUNT(stands_against); i++) {
		struct scene *s;

		(void)scene_new(state);
		s = open_with_keys(state);
		SCENE(s, ROWS_ASKED(stands_against[i].query), ROWS_CLOSE);
		expect_err(stands_against[i].query, key_in(s, 0, &tries),
		    stands_against[i].err);
		expect_int(stands_against[i].query, tries,
		    stands_against[i].left);
		expect_int(stands_against[i].query, prompts, 0);
		scene_close(s);
		(void)scene_free(state);
	}
}

static void
the_last_try_is_used_if_allowed(void **state)
{
	struct scene *s = open_with_keys(state);
	int tries;

	SCENE(s, ROWS_ASKED("63C1"), { KEYED, "63C0", NULL });
	expect_err("key in", key_in(s, JPKI_ALLOW_LAST_TRY, &tries),
	    JPKI_ERR_PIN_LOCKED);
	expect_int("tries", tries, 0);
	SCENE(s, ROWS_LOGOUT_CLOSE);
	scene_close(s);
}

/* What comes back, what the card says then (NULL: it is not asked). */
static const struct {
	const char	*sw, *query;
	enum jpki_err	 err;
	int		 left;
} answers[] = {
	{ "63C1", NULL, JPKI_ERR_PIN_WRONG, 1 },
	{ "6983", NULL, JPKI_ERR_PIN_LOCKED, 0 },
	{ "6400", "63C3", JPKI_ERR_CANCELLED, 3 },
	{ "6401", "63C3", JPKI_ERR_CANCELLED, 3 },
	{ "6403", "63C3", JPKI_ERR_PIN_FORMAT, 3 },
	{ "6B80", "63C3", JPKI_ERR_UNSUPPORTED, 3 },
	{ "6F00", "63C3", JPKI_ERR_SW, 3 },
	/* It says that nothing was sent, and a try is gone. */
	{ "6400", "63C2", JPKI_ERR_PIN_WRONG, 2 },
	{ "6401", "63C2", JPKI_ERR_PIN_WRONG, 2 },
	{ "6B80", "6983", JPKI_ERR_PIN_LOCKED, 0 },
	{ "6401", "6F00", JPKI_ERR_SW, -1 },
	/* The card's own words: it was sent. */
	{ "6D00", "63C3", JPKI_ERR_SW, 3 },
	{ "6A86", "63C3", JPKI_ERR_SW, 3 },
};

static void
what_the_reader_says_is_compared_with_the_tries(void **state)
{
	int tries;

	for (size_t i = 0; i < COUNT(answers); i++) {
		struct scene *s;

		(void)scene_new(state);
		s = open_with_keys(state);
		SCENE(s, ROWS_ASKED("63C3"), { KEYED, answers[i].sw, NULL });
		if (answers[i].query != NULL)
			SCENE(s, { QUERY, answers[i].query, NULL });
		SCENE(s, ROWS_LOGOUT_CLOSE);
		expect_err(answers[i].sw, key_in(s, 0, &tries),
		    answers[i].err);
		expect_int(answers[i].sw, tries, answers[i].left);
		expect_true(answers[i].sw, !jpki_pin_verified(s->card,
		    JPKI_PIN_AUTH));
		scene_close(s);
		(void)scene_free(state);
	}
}

/* It says that nothing was sent, and all tries are back: it was right. */
static void
a_counter_that_rose_is_heard(void **state)
{
	struct scene *s = open_with_keys(state);
	int tries;

	SCENE(s, ROWS_ASKED("63C2"), { KEYED, "6401", NULL },
	    { QUERY, "63C3", NULL });
	expect_err("key in", key_in(s, 0, &tries), JPKI_ERR_SW);
	expect_int("tries", tries, 3);
	SCENE(s, ROWS_LOGOUT_CLOSE);
	scene_close(s);
}

/* Law P4: never again by itself, and asked in a new transaction. */
static void
a_broken_link_is_asked_about_not_repeated(void **state)
{
	struct scene *s = open_with_keys(state);
	int tries;

	SCENE(s, ROWS_ASKED("63C3"), { KEYED, "!IO", NULL }, ROW_END,
	    { "begin", "reset", NULL }, ROW_JPKI, ROWS_ASKED("63C2"));
	expect_err("key in", key_in(s, 0, &tries), JPKI_ERR_PIN_WRONG);
	expect_int("tries", tries, 2);
	SCENE(s, ROWS_LOGOUT_CLOSE);
	scene_close(s);
}

static void
keys_that_go_meanwhile_cost_nothing(void **state)
{
	struct scene *s = open_with_keys(state);
	int tries;

	SCENE(s, ROWS_ASKED("63C3"), { KEYED, "!UNSUPPORTED", NULL }, ROW_END,
	    ROW_BEGIN, ROW_JPKI, ROWS_ASKED("63C3"));
	expect_err("key in", key_in(s, 0, &tries), JPKI_ERR_UNSUPPORTED);
	expect_int("tries", tries, 3);
	SCENE(s, ROWS_LOGOUT_CLOSE);
	scene_close(s);
}

static void
a_reader_without_keys_costs_no_command(void **state)
{
	struct scene *s = *state;
	int tries;

	scene_open(s);
	expect_true("keys", !jpki_card_has_pad(s->card));
	expect_err("key in", key_in(s, 0, &tries), JPKI_ERR_UNSUPPORTED);
	expect_int("tries", tries, -1);
	expect_int("commands", (long long)s->script->commands, 1);
	SCENE(s, ROWS_CLOSE);
	scene_close(s);
}

static void
no_other_pin_is_keyed_in(void **state)
{
	struct scene *s = open_with_keys(state);

	expect_true("keys", jpki_card_has_pad(s->card));
	for (int pin = 0; pin < JPKI_PIN_COUNT; pin++)
		if (pin != JPKI_PIN_AUTH)
			expect_err("other", jpki_pin_verify_pad(s->card,
			    (enum jpki_pin)pin, 0, NULL, NULL, NULL),
			    JPKI_ERR_UNSUPPORTED);
	expect_err("none", jpki_pin_verify_pad(s->card,
	    (enum jpki_pin)JPKI_PIN_COUNT, 0, NULL, NULL, NULL), JPKI_ERR_ARG);
	expect_err("no card", jpki_pin_verify_pad(NULL, JPKI_PIN_AUTH, 0,
	    NULL, NULL, NULL), JPKI_ERR_ARG);
	expect_true("no card", !jpki_card_has_pad(NULL));
	expect_int("commands", (long long)s->script->commands, 1);
	SCENE(s, ROWS_CLOSE);
	scene_close(s);
}

static void
a_lost_transaction_keys_in_nothing(void **state)
{
	struct scene *s = open_with_keys(state);

	SCENE(s, ROW_END, { "begin", "!REMOVED", NULL }, ROW_DISCONNECT);
	jpki_card_end(s->card);
	expect_err("key in", jpki_pin_verify_pad(s->card, JPKI_PIN_AUTH, 0,
	    NULL, NULL, NULL), JPKI_ERR_REMOVED);
	scene_close(s);
}

/* A caller who has nothing to tell, and wants to know nothing. */
static void
prompt_and_tries_may_be_left_out(void **state)
{
	struct scene *s = open_with_keys(state);

	SCENE(s, ROWS_ASKED("63C3"), { KEYED, "9000", NULL },
	    ROWS_LOGOUT_CLOSE);
	expect_err("key in", jpki_pin_verify_pad(s->card, JPKI_PIN_AUTH, 0,
	    NULL, NULL, NULL), JPKI_OK);
	scene_close(s);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, scene_new, scene_free)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_is_asked_told_and_sent_in_one_transaction),
		cmocka_unit_test(the_keys_are_not_lit_in_vain),
		TEST(the_last_try_is_used_if_allowed),
		cmocka_unit_test(what_the_reader_says_is_compared_with_the_tries),
		TEST(a_counter_that_rose_is_heard),
		TEST(a_broken_link_is_asked_about_not_repeated),
		TEST(keys_that_go_meanwhile_cost_nothing),
		TEST(a_reader_without_keys_costs_no_command),
		TEST(no_other_pin_is_keyed_in),
		TEST(a_lost_transaction_keys_in_nothing),
		TEST(prompt_and_tries_may_be_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
