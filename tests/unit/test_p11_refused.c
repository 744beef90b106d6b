/* SPDX-License-Identifier: BSD-2-Clause */
/* A PIN that the card has just refused is not sent again. */
#include "p11kit.h"
#include "unit.h"

#include <string.h>

static void
expect_wrong(CK_SESSION_HANDLE s, const char *pin)
{
	expect_rv(pin, kit_try_login(s, CKU_USER, pin), CKR_PIN_INCORRECT);
}

static CK_RV
set_pin(CK_SESSION_HANDLE s, const char *old_pin, const char *new_pin)
{
	CK_UTF8CHAR old_text[17], new_text[17];

	snprintf((char *)old_text, sizeof(old_text), "%s", old_pin);
	snprintf((char *)new_text, sizeof(new_text), "%s", new_pin);
	return p11->C_SetPIN(s, old_text, strlen(old_pin), new_text,
	    strlen(new_pin));
}

static void
a_pin_just_refused_costs_one_try(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s = kit_open(AUTH);

	(void)state;
	for (int i = 0; i < 5; i++)
		expect_wrong(s, "9999");
	assert_int_equal(vlink_tries(link, "auth"), 2);
	assert_int_equal(kit_verifies(), 1);
	kit_login(s, PIN_AUTH);
	assert_int_equal(vlink_tries(link, "auth"), 3);
	/* A good one has come since: it is forgotten. */
	expect_rv("logout", p11->C_Logout(s), CKR_OK);
	expect_wrong(s, "9999");
	assert_int_equal(vlink_tries(link, "auth"), 2);
}

static void
another_session_knows_of_it(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s = kit_open(AUTH);

	(void)state;
	expect_wrong(s, "9999");
	expect_rv("close", p11->C_CloseSession(s), CKR_OK);
	expect_wrong(kit_open(AUTH), "9999");
	assert_int_equal(vlink_tries(link, "auth"), 2);
}

static void
capitals_and_small_letters_are_one(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s = kit_open(SIGN);

	(void)state;
	expect_wrong(s, "XYZ999");
	expect_wrong(s, "xyz999");
	assert_int_equal(vlink_tries(link, "sign"), 4);
	expect_wrong(s, "xyz998");
	assert_int_equal(vlink_tries(link, "sign"), 3);
}

static void
the_other_token_has_its_own(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);

	(void)state;
	expect_wrong(kit_open(SIGN), "XYZ999");
	expect_wrong(kit_open(AUTH), "9999");
	expect_wrong(kit_open(SIGN), "XYZ999");
	assert_int_equal(vlink_tries(link, "auth"), 2);
	assert_int_equal(vlink_tries(link, "sign"), 4);
}

/* Changed elsewhere, it may be right now: the counter tells. */
static void
a_pin_that_may_have_become_right_goes_out(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s = kit_open(AUTH);

	(void)state;
	expect_wrong(s, "9999");
	assert_int_equal(vlink_set_tries(link, "auth", 3), 0);
	expect_wrong(s, "9999");
	assert_int_equal(kit_verifies(), 2);
}

static void
another_card_may_have_that_pin(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);

	(void)state;
	expect_wrong(kit_open(AUTH), "9999");
	vlink_remove(link);
	vlink_insert(link);
	expect_wrong(kit_open(AUTH), "9999");
	assert_int_equal(kit_verifies(), 2);
}

static void
an_old_pin_just_refused_changes_nothing(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s = kit_open_rw(AUTH);

	(void)state;
	for (int i = 0; i < 3; i++)
		expect_rv("set", set_pin(s, "9999", "4321"),
		    CKR_PIN_INCORRECT);
	expect_wrong(s, "9999");
	assert_int_equal(vlink_tries(link, "auth"), 2);
	expect_rv("set", set_pin(s, PIN_AUTH, "9999"), CKR_OK);
	kit_login(s, "9999");
}

static void
a_loop_ends_at_the_last_try(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s = kit_open(AUTH);

	(void)state;
	expect_wrong(s, "9999");
	expect_wrong(s, "9998");
	expect_rv("last", kit_try_login(s, CKU_USER, "9998"), CKR_PIN_LOCKED);
	assert_int_equal(vlink_tries(link, "auth"), 1);
}

static void
the_last_try_is_not_spent_on_it(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, "last-try=allow");
	CK_SESSION_HANDLE s = kit_open(AUTH);

	(void)state;
	expect_wrong(s, "9999");
	expect_wrong(s, "9998");
	expect_wrong(s, "9998");
	assert_int_equal(vlink_tries(link, "auth"), 1);
	kit_login(s, PIN_AUTH);
}

/* It is not known again where the card did not tell what it left. */
static void
without_a_counter_nothing_is_remembered(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s = kit_open(AUTH);

	(void)state;
	kit_fault(link, "sw=6300@ins=20");
	(void)kit_try_login(s, CKU_USER, "9999");
	vlink_faults_clear(link);
	kit_counters_clear();
	expect_wrong(s, "9999");
	assert_int_equal(kit_verifies(), 1);
}

#define T(name)	cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_pin_just_refused_costs_one_try),
		T(another_session_knows_of_it),
		T(capitals_and_small_letters_are_one),
		T(the_other_token_has_its_own),
		T(a_pin_that_may_have_become_right_goes_out),
		T(another_card_may_have_that_pin),
		T(an_old_pin_just_refused_changes_nothing),
		T(a_loop_ends_at_the_last_try),
		T(the_last_try_is_not_spent_on_it),
		T(without_a_counter_nothing_is_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
