/* SPDX-License-Identifier: BSD-2-Clause */
/* Having a card alone, from before a login until after it. */
#include "card.h"
#include "scene.h"

#define VERIFY_1234	"0020 0080 04 31323334"
#define ROW_CLAIM	{ "claim", "", NULL }
#define ROW_RELEASE	{ "release", "", NULL }

/* An open card, and no transaction. */
static void
open_card(struct scene *s)
{
	scene_open(s);
	SCENE(s, ROW_END);
	jpki_card_end(s->card);
}

static void
claim(struct scene *s)
{
	SCENE(s, ROW_BEGIN, ROW_END, ROW_CLAIM, ROW_BEGIN);
	expect_err("claim", jpki_card_claim(s->card), JPKI_OK);
}

/* In the transaction of the claim. */
static void
log_in(struct scene *s)
{
	claim(s);
	SCENE(s, ROW_JPKI, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { VERIFY_1234, "9000", NULL }, ROW_END);
	expect_err("verify", jpki_pin_verify(s->card, JPKI_PIN_AUTH, "1234",
	    4, 0, NULL), JPKI_OK);
	jpki_card_end(s->card);
}

static void
claiming_and_releasing_send_the_card_nothing(void **state)
{
	struct scene *s = *state;

	open_card(s);
	claim(s);
	/* What is claimed stays so. */
	SCENE(s, ROW_END, ROW_BEGIN);
	expect_err("join", jpki_card_claim(s->card), JPKI_OK);
	jpki_card_end(s->card);
	jpki_card_end(s->card);
	expect_err("again", jpki_card_claim(s->card), JPKI_OK);
	SCENE(s, ROW_END, ROW_BEGIN, ROW_RELEASE, ROW_END);
	jpki_card_end(s->card);
	expect_err("release", jpki_card_release(s->card), JPKI_OK);
	expect_err("again", jpki_card_release(s->card), JPKI_OK);
	claim(s);
	SCENE(s, ROW_RELEASE, ROW_END, ROW_DISCONNECT);
	expect_err("within", jpki_card_release(s->card), JPKI_OK);
	scene_close(s);
}

/* There it would lose the transaction. */
static void
a_claim_inside_a_transaction_is_a_mistake(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	expect_err("claim", jpki_card_claim(s->card), JPKI_ERR_ARG);
	SCENE(s, ROWS_CLOSE);
	scene_close(s);
}

static void
a_card_that_others_use_cannot_be_claimed(void **state)
{
	struct scene *s = *state;

	open_card(s);
	SCENE(s, ROW_BEGIN, ROW_END, { "claim", "!BUSY", NULL });
	expect_err("claim", jpki_card_claim(s->card), JPKI_ERR_BUSY);
	assert_true(scene_logged(s, "another program is connected to the "
	    "card; end it and try again"));
	/* It is not ours now, nor lost. */
	expect_err("release", jpki_card_release(s->card), JPKI_OK);
	claim(s);
	SCENE(s, ROW_END, ROW_DISCONNECT);
	scene_close(s);
}

static void
nobody_else_comes_before_the_logout(void **state)
{
	struct scene *s = *state;

	open_card(s);
	log_in(s);
	SCENE(s, ROW_BEGIN, ROW_ISD, ROW_RELEASE, ROW_END, ROW_DISCONNECT);
	expect_err("release", jpki_card_release(s->card), JPKI_OK);
	assert_false(jpki_pin_verified(s->card, JPKI_PIN_AUTH));
	scene_close(s);
}

static void
without_a_logout_it_is_not_shared(void **state)
{
	struct scene *s = *state;

	open_card(s);
	log_in(s);
	SCENE(s, ROW_BEGIN, { SELECT_ISD, "6A82", NULL },
	    { SELECT_COMMON, "6A82", "a phone" }, ROW_END);
	expect_err("release", jpki_card_release(s->card),
	    JPKI_ERR_NOT_FOUND);
	SCENE(s, ROW_BEGIN, { SELECT_ISD, "6A82", NULL },
	    { SELECT_COMMON, "6A82", NULL }, ROW_END, { "unpower", "", NULL });
	scene_close(s);
}

/* As after jpki_logout(), whatever comes of it. */
static void
a_release_that_failed_leaves_nobody_logged_in(void **state)
{
	struct scene *s = *state;

	open_card(s);
	log_in(s);
	SCENE(s, { "begin", "!BUSY", NULL });
	expect_err("release", jpki_card_release(s->card), JPKI_ERR_BUSY);
	assert_false(jpki_pin_verified(s->card, JPKI_PIN_AUTH));
	SCENE(s, ROW_BEGIN, ROW_ISD, ROW_END, ROW_DISCONNECT);
	scene_close(s);
}

static void
of_a_card_that_is_not_claimed_a_release_is_the_logout(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { VERIFY_1234, "9000", NULL }, ROW_ISD, ROW_END, ROW_DISCONNECT);
	expect_err("verify", jpki_pin_verify(s->card, JPKI_PIN_AUTH, "1234",
	    4, 0, NULL), JPKI_OK);
	expect_err("release", jpki_card_release(s->card), JPKI_OK);
	assert_false(jpki_pin_verified(s->card, JPKI_PIN_AUTH));
	scene_close(s);
}

/* A link that was healed is shared, and nobody is logged in. */
static void
healing_ends_the_claim_and_the_login_alike(void **state)
{
	static const char *const what[] = { "reset", "new" };
	struct scene *s = *state;

	open_card(s);
	for (size_t i = 0; i < COUNT(what); i++) {
		log_in(s);
		SCENE(s, { "begin", what[i], NULL }, ROW_END);
		expect_err("begin", jpki_card_begin(s->card), JPKI_OK);
		jpki_card_end(s->card);
		assert_false(jpki_pin_verified(s->card, JPKI_PIN_AUTH));
		assert_false(s->card->claimed);
		assert_true(scene_logged(s, "logged out, and shared again"));
	}
	SCENE(s, ROW_BEGIN, ROW_ISD, ROW_END, ROW_DISCONNECT);
	scene_close(s);
}

static void
a_claim_that_was_lost_is_made_again(void **state)
{
	struct scene *s = *state;

	open_card(s);
	claim(s);
	SCENE(s, ROW_END, { "begin", "reset", NULL }, ROW_END, ROW_CLAIM,
	    ROW_BEGIN, ROW_END, ROW_DISCONNECT);
	jpki_card_end(s->card);
	expect_err("claim", jpki_card_claim(s->card), JPKI_OK);
	scene_close(s);
}

static void
a_card_that_left_cannot_be_claimed(void **state)
{
	struct scene *s = *state;

	open_card(s);
	SCENE(s, { "begin", "!NO_CARD", NULL });
	expect_err("claim", jpki_card_claim(s->card), JPKI_ERR_NO_CARD);
	SCENE(s, ROW_BEGIN, ROW_END, { "claim", "!NO_CARD", NULL });
	expect_err("claim", jpki_card_claim(s->card), JPKI_ERR_NO_CARD);
	assert_true(scene_logged(s, "claim: no card in the reader"));
	/* Gone as soon as it was ours: then it is shared, and not ours. */
	SCENE(s, ROW_BEGIN, ROW_END, ROW_CLAIM, { "begin", "new", NULL },
	    ROW_END, ROW_DISCONNECT);
	expect_err("claim", jpki_card_claim(s->card), JPKI_ERR_REMOVED);
	assert_false(s->card->claimed);
	scene_close(s);
}

static void
another_card_is_known_as_another(void **state)
{
	uint32_t insertion;
	struct scene *s = *state;

	open_card(s);
	insertion = jpki_card_insertion(s->card);
	claim(s);
	assert_int_equal(jpki_card_insertion(s->card), insertion);
	SCENE(s, ROW_RELEASE, ROW_END, ROW_BEGIN, ROW_END,
	    { "claim", "new", NULL }, ROW_BEGIN, ROW_END, ROW_DISCONNECT);
	expect_err("release", jpki_card_release(s->card), JPKI_OK);
	jpki_card_end(s->card);
	expect_err("claim", jpki_card_claim(s->card), JPKI_OK);
	assert_int_not_equal(jpki_card_insertion(s->card), insertion);
	scene_close(s);
}

static void
no_card_is_a_wrong_argument(void **state)
{
	(void)state;
	expect_err("claim", jpki_card_claim(NULL), JPKI_ERR_ARG);
	expect_err("release", jpki_card_release(NULL), JPKI_ERR_ARG);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, scene_new, scene_free)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(claiming_and_releasing_send_the_card_nothing),
		TEST(a_claim_inside_a_transaction_is_a_mistake),
		TEST(a_card_that_others_use_cannot_be_claimed),
		TEST(nobody_else_comes_before_the_logout),
		TEST(without_a_logout_it_is_not_shared),
		TEST(a_release_that_failed_leaves_nobody_logged_in),
		TEST(of_a_card_that_is_not_claimed_a_release_is_the_logout),
		TEST(healing_ends_the_claim_and_the_login_alike),
		TEST(a_claim_that_was_lost_is_made_again),
		TEST(a_card_that_left_cannot_be_claimed),
		TEST(another_card_is_known_as_another),
		TEST(no_card_is_a_wrong_argument),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
