/* SPDX-License-Identifier: BSD-2-Clause */
/* C_SetPIN: the order of checks costs nothing that it need not. */
#include "p11kit.h"

#include <stdlib.h>
#include <string.h>

static CK_RV
set_pin(CK_SESSION_HANDLE s, const char *old, const char *new)
{
	CK_UTF8CHAR a[64], b[64];

	memcpy(a, old, strlen(old));
	memcpy(b, new, strlen(new));
	return p11->C_SetPIN(s, a, strlen(old), b, strlen(new));
}

static const struct {
	unsigned	 slot;
	const char	*old, *new;
	CK_RV		 rv;
} refusals[] = {
	/* The old PIN cannot be right; the new one does not matter then. */
	{ AUTH, "", "4321", CKR_PIN_INCORRECT },
	{ AUTH, "123", "4321", CKR_PIN_INCORRECT },
	{ AUTH, "abcd", "x", CKR_PIN_INCORRECT },
	{ SIGN, "ABC12", "XYZ789", CKR_PIN_INCORRECT },
	/* The new one has the wrong length. */
	{ AUTH, "1234", "", CKR_PIN_LEN_RANGE },
	{ AUTH, "1234", "432", CKR_PIN_LEN_RANGE },
	{ AUTH, "1234", "43210", CKR_PIN_LEN_RANGE },
	{ SIGN, "ABC123", "XY789", CKR_PIN_LEN_RANGE },
	{ SIGN, "ABC123", "XYZ78901234567890", CKR_PIN_LEN_RANGE },
	/* The new one has characters that it may not have, or too few. */
	{ AUTH, "1234", "432A", CKR_PIN_INVALID },
	{ SIGN, "ABC123", "XYZ-789", CKR_PIN_INVALID },
	{ SIGN, "ABC123", "XYZXYZ", CKR_PIN_INVALID },
	{ SIGN, "ABC123", "789789", CKR_PIN_INVALID },
	/* Nothing would change. */
	{ AUTH, "1234", "1234", CKR_PIN_INVALID },
	{ SIGN, "ABC123", "abc123", CKR_PIN_INVALID },
};

static void
what_cannot_be_costs_no_command(void **state)
{
	CK_UTF8CHAR pin[] = "1234";
	CK_SESSION_HANDLE s[2], ro;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s[AUTH] = kit_open_rw(AUTH);
	s[SIGN] = kit_open_rw(SIGN);
	ro = kit_open(AUTH);
	kit_counters_clear();
	for (size_t i = 0; i < COUNT(refusals); i++)
		expect_rv(refusals[i].new, set_pin(s[refusals[i].slot],
		    refusals[i].old, refusals[i].new), refusals[i].rv);
	expect_rv("NULL", p11->C_SetPIN(s[AUTH], NULL, 0, pin, 4),
	    CKR_ARGUMENTS_BAD);
	expect_rv("NULL", p11->C_SetPIN(s[AUTH], pin, 4, NULL, 0),
	    CKR_ARGUMENTS_BAD);
	expect_rv("huge", p11->C_SetPIN(s[AUTH], pin, ~0UL, pin, 4),
	    CKR_PIN_INCORRECT);
	expect_rv("huge", p11->C_SetPIN(s[AUTH], pin, 4, pin, ~0UL),
	    CKR_PIN_LEN_RANGE);
	/* The session comes first. */
	expect_rv("R/O", set_pin(ro, "x", "y"), CKR_SESSION_READ_ONLY);
	expect_rv("R/O", set_pin(ro, "1234", "4321"), CKR_SESSION_READ_ONLY);
	assert_int_equal(kit_commands(), 0);
}

static void
the_new_pin_is_the_one_from_then_on(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s = kit_open_rw(AUTH);

	(void)state;
	expect_rv("change", set_pin(s, "1234", "4321"), CKR_OK);
	assert_int_equal(kit_verifies(), 1);
	/* Nobody logged in, so nobody is. */
	assert_int_equal(kit_state(s), CKS_RW_PUBLIC_SESSION);
	assert_int_equal(kit_foreign_sign(link, AUTH), 0x6982);
	expect_rv("old", kit_try_login(s, CKU_USER, "1234"),
	    CKR_PIN_INCORRECT);
	kit_login(s, "4321");
	expect_rv("sign", kit_sign(s), CKR_OK);
	/* Logged in, one stays so. */
	expect_rv("change", set_pin(s, "4321", "0000"), CKR_OK);
	assert_int_equal(kit_state(s), CKS_RW_USER_FUNCTIONS);
	expect_rv("sign", kit_sign(s), CKR_OK);
}

static void
the_signature_pin_is_changed_in_capitals(void **state)
{
	CK_SESSION_HANDLE s;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open_rw(SIGN);
	expect_rv("change", set_pin(s, "abc123", "sixteen890123456"),
	    CKR_OK);
	kit_login(s, "SIXTEEN890123456");
}

static void
a_wrong_old_pin_costs_one_try(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s = kit_open_rw(AUTH);

	(void)state;
	expect_rv("wrong", set_pin(s, "9999", "4321"), CKR_PIN_INCORRECT);
	assert_int_equal(vlink_tries(link, "auth"), 2);
	expect_rv("wrong", set_pin(s, "9998", "4321"), CKR_PIN_INCORRECT);
	expect_rv("last", set_pin(s, "1234", "4321"), CKR_PIN_LOCKED);
	assert_int_equal(vlink_tries(link, "auth"), 1);
	assert_int_equal(kit_verifies(), 2);
}

static void
a_wrong_old_pin_ends_the_login_that_it_ends_on_the_card(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s = kit_open_rw(AUTH);

	(void)state;
	kit_login(s, PIN_AUTH);
	expect_rv("wrong", set_pin(s, "9999", "4321"), CKR_PIN_INCORRECT);
	assert_int_equal(kit_foreign_sign(link, AUTH), 0x6982);
	assert_int_equal(kit_state(s), CKS_RW_PUBLIC_SESSION);
	kit_login(s, PIN_AUTH);
	expect_rv("sign", kit_sign(s), CKR_OK);
}

/* One application holds both PINs: a change must not open the card. */
static void
the_other_tokens_login_is_told_the_truth(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE a = kit_open_user(AUTH), s = kit_open_rw(SIGN);

	(void)state;
	/* Nothing was sent: nothing changes. */
	expect_rv("same", set_pin(s, "ABC123", "ABC123"), CKR_PIN_INVALID);
	assert_int_equal(kit_state(a), CKS_RO_USER_FUNCTIONS);
	expect_rv("wrong", set_pin(s, "WRONG1", "XYZ789"),
	    CKR_PIN_INCORRECT);
	assert_int_equal(kit_state(a), CKS_RO_USER_FUNCTIONS);
	expect_rv("sign", kit_sign(a), CKR_OK);
	expect_rv("change", set_pin(s, "ABC123", "XYZ789"), CKR_OK);
	assert_int_equal(kit_foreign_sign(link, SIGN), 0x6982);
	assert_int_equal(kit_state(a), CKS_RO_PUBLIC_SESSION);
	kit_login(a, PIN_AUTH);
	expect_rv("sign", kit_sign(a), CKR_OK);
}

static const struct {
	const char	*fault;
	CK_RV		 rv;
} broken[] = {
	{ "sw=6982,before@ins=24", CKR_DEVICE_ERROR },
	{ "sw=6A80,before@ins=24", CKR_DEVICE_ERROR },
	{ "sw=6D00,before@ins=24", CKR_FUNCTION_FAILED },
	{ "empty@ins=24", CKR_DEVICE_ERROR },
	{ "sw=6F00,after@ins=20#2", CKR_DEVICE_ERROR },
};

static void
a_broken_change_leaves_nothing_open(void **state)
{
	struct vlink *link;
	CK_SESSION_HANDLE s;

	for (size_t i = 0; i < COUNT(broken); i++) {
		if (i > 0) {
			kit_teardown(state);
			kit_setup(state);
		}
		link = kit_begin("adult", NULL, NULL);
		s = kit_open_rw(AUTH);
		vlink_counters_clear(link);
		kit_fault(link, broken[i].fault);
		expect_rv(broken[i].fault, set_pin(s, "1234", "4321"),
		    broken[i].rv);
		vlink_faults_clear(link);
		expect_int(broken[i].fault, kit_foreign_sign(link, AUTH),
		    0x6982);
		assert_int_equal(kit_state(s), CKS_RW_PUBLIC_SESSION);
		assert_int_equal(kit_verifies(), 1);
	}
}

static void
a_card_that_leaves_in_the_change_is_said_so(void **state)
{
	const char *faults[] = { "remove=before@ins=24",
	    "remove=after@ins=24", "remove=before@ins=20#2",
	    "remove-insert=after@ins=24" };
	struct vlink *link;
	CK_SESSION_HANDLE s;

	for (size_t i = 0; i < COUNT(faults); i++) {
		if (i > 0) {
			kit_teardown(state);
			kit_setup(state);
		}
		link = kit_begin("adult", NULL, NULL);
		s = kit_open_rw(AUTH);
		vlink_counters_clear(link);
		kit_fault(link, faults[i]);
		expect_true(faults[i], set_pin(s, "1234", "4321") != CKR_OK);
		vlink_insert(link);
		expect_rv("session", p11->C_GetSessionInfo(s,
		    &(CK_SESSION_INFO){ 0 }), CKR_SESSION_HANDLE_INVALID);
		expect_int(faults[i], kit_foreign_sign(link, AUTH), 0x6982);
	}
}

static void
a_locked_pin_is_not_sent(void **state)
{
	CK_SESSION_HANDLE s;

	(void)state;
	(void)kit_begin("locked", NULL, "last-try=allow");
	s = kit_open_rw(SIGN);
	expect_rv("locked", set_pin(s, "ABC123", "XYZ789"), CKR_PIN_LOCKED);
	assert_int_equal(kit_verifies(), 0);
}

static void
a_pin_that_the_card_has_not_is_not_initialised(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s = kit_open_rw(SIGN);

	(void)state;
	assert_true(kit_token_flags(SIGN) & CKF_USER_PIN_INITIALIZED);
	kit_counters_clear();
	vlink_counters_clear(link);
	kit_fault(link, "sw=6A82@ins=A4#2");
	expect_rv("login", kit_try_login(s, CKU_USER, PIN_SIGN),
	    CKR_USER_PIN_NOT_INITIALIZED);
	vlink_counters_clear(link);
	kit_fault(link, "sw=6A82@ins=A4#2");
	expect_rv("change", set_pin(s, "ABC123", "XYZ789"),
	    CKR_DEVICE_ERROR);
	vlink_counters_clear(link);
	kit_fault(link, "sw=6A82@ins=A4#1");
	kit_fault(link, "sw=6A82@ins=A4#3");
	assert_false(kit_token_flags(SIGN) & CKF_USER_PIN_INITIALIZED);
	assert_int_equal(kit_verifies(), 0);
}

static void
a_search_without_a_login_goes_on_after_a_change(void **state)
{
	CK_OBJECT_HANDLE found[KIT_OBJECTS];
	CK_MECHANISM m = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_SESSION_HANDLE s;
	CK_BYTE data[4] = { 0 };
	CK_ULONG n = 0;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open_rw(AUTH);
	expect_rv("verify", p11->C_VerifyInit(s, &m,
	    kit_find(s, CKO_PUBLIC_KEY)), CKR_OK);
	expect_rv("init", p11->C_FindObjectsInit(s, NULL, 0), CKR_OK);
	expect_rv("change", set_pin(s, "1234", "4321"), CKR_OK);
	expect_rv("find", p11->C_FindObjects(s, found, KIT_OBJECTS, &n),
	    CKR_OK);
	assert_true(n > 0);
	expect_rv("final", p11->C_FindObjectsFinal(s), CKR_OK);
	expect_rv("update", p11->C_VerifyUpdate(s, data, sizeof(data)),
	    CKR_OK);
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, kit_setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_cannot_be_costs_no_command),
		T(the_new_pin_is_the_one_from_then_on),
		T(the_signature_pin_is_changed_in_capitals),
		T(a_wrong_old_pin_costs_one_try),
		T(a_wrong_old_pin_ends_the_login_that_it_ends_on_the_card),
		T(the_other_tokens_login_is_told_the_truth),
		T(a_broken_change_leaves_nothing_open),
		T(a_card_that_leaves_in_the_change_is_said_so),
		T(a_locked_pin_is_not_sent),
		T(a_pin_that_the_card_has_not_is_not_initialised),
		T(a_search_without_a_login_goes_on_after_a_change),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
