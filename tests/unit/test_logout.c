/* SPDX-License-Identifier: BSD-2-Clause */
/* Logging out: another application, or no power at all. */
#include "scene.h"

#define VERIFY_1234	"0020 0080 04 31323334"

static enum jpki_err
verify(struct scene *s, unsigned flags, int *tries)
{
	*tries = 99;
	return jpki_pin_verify(s->card, JPKI_PIN_AUTH, "1234", 4, flags,
	    tries);
}

/* One verified PIN, and no transaction. */
static void
log_in(struct scene *s)
{
	int tries;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { VERIFY_1234, "9000", NULL }, ROW_END);
	expect_err("verify", verify(s, 0, &tries), JPKI_OK);
	jpki_card_end(s->card);
}

static void
logout_costs_nothing_if_no_pin_was_sent(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_END, ROW_DISCONNECT);
	jpki_card_end(s->card);
	expect_err("logout", jpki_logout(s->card), JPKI_OK);
	scene_close(s);
}

static void
logout_selects_another_application(void **state)
{
	struct scene *s = *state;
	struct jpki_pin_info info;

	log_in(s);
	SCENE(s, ROW_BEGIN, ROW_ISD, ROW_END,
	    ROW_BEGIN, ROW_JPKI, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    ROW_END, ROW_DISCONNECT);
	expect_err("logout", jpki_logout(s->card), JPKI_OK);
	assert_false(jpki_pin_verified(s->card, JPKI_PIN_AUTH));
	/* Done is done. */
	expect_err("logout", jpki_logout(s->card), JPKI_OK);
	expect_err("info", jpki_pin_info(s->card, JPKI_PIN_AUTH, &info),
	    JPKI_OK);
	scene_close(s);
}

static void
logout_inside_a_transaction_leaves_it_open(void **state)
{
	struct scene *s = *state;
	struct jpki_pin_info info;
	int tries;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { VERIFY_1234, "9000", NULL }, ROW_ISD,
	    ROW_JPKI, ROW_EF("0018"), { QUERY, "63C3", NULL }, ROWS_CLOSE);
	expect_err("verify", verify(s, 0, &tries), JPKI_OK);
	expect_err("logout", jpki_logout(s->card), JPKI_OK);
	expect_err("info", jpki_pin_info(s->card, JPKI_PIN_AUTH, &info),
	    JPKI_OK);
	scene_close(s);
}

static void
a_card_without_card_manager_is_left_for_the_common_application(void **state)
{
	struct scene *s = *state;

	log_in(s);
	SCENE(s, ROW_BEGIN, { SELECT_ISD, "6A82", NULL },
	    { SELECT_COMMON, "9000", NULL }, ROW_END, ROW_DISCONNECT);
	expect_err("logout", jpki_logout(s->card), JPKI_OK);
	scene_close(s);
}

static void
a_card_that_refuses_to_be_left_loses_its_power(void **state)
{
	struct scene *s = *state;

	log_in(s);
	SCENE(s,
	    ROW_BEGIN, { SELECT_ISD, "6A82", NULL },
	    { SELECT_COMMON, "6A82", "a phone" }, ROW_END,
	    ROW_BEGIN, { SELECT_ISD, "6A82", "tried anew" },
	    { SELECT_COMMON, "6A82", NULL }, ROW_END,
	    { "unpower", "", NULL });
	expect_err("logout", jpki_logout(s->card), JPKI_ERR_NOT_FOUND);
	/* It counts as logged out all the same. */
	assert_false(jpki_pin_verified(s->card, JPKI_PIN_AUTH));
	scene_close(s);
}

static void
closing_after_removal_cuts_the_power(void **state)
{
	struct scene *s = *state;

	log_in(s);
	SCENE(s, { "begin", "!REMOVED", NULL }, { "unpower", "", NULL });
	scene_close(s);
}

static void
closing_when_the_link_breaks_cuts_the_power(void **state)
{
	struct scene *s = *state;

	log_in(s);
	SCENE(s, ROW_BEGIN, { SELECT_ISD, "!IO", NULL },
	    { SELECT_COMMON, "!IO", NULL }, ROW_END, { "unpower", "", NULL });
	scene_close(s);
}

static void
a_wrong_pin_is_logged_out_as_well(void **state)
{
	struct scene *s = *state;
	int tries;

	/* Whether a card drops an earlier login then is not known. */
	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { VERIFY_1234, "63C2", NULL }, ROWS_LOGOUT_CLOSE);
	expect_err("verify", verify(s, 0, &tries), JPKI_ERR_PIN_WRONG);
	scene_close(s);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, scene_new, scene_free)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(logout_costs_nothing_if_no_pin_was_sent),
		TEST(logout_selects_another_application),
		TEST(logout_inside_a_transaction_leaves_it_open),
		TEST(a_card_without_card_manager_is_left_for_the_common_application),
		TEST(a_card_that_refuses_to_be_left_loses_its_power),
		TEST(closing_after_removal_cuts_the_power),
		TEST(closing_when_the_link_breaks_cuts_the_power),
		TEST(a_wrong_pin_is_logged_out_as_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
