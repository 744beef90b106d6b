/* SPDX-License-Identifier: BSD-2-Clause */
/* C_Login, and the laws of PIN safety as the module keeps them. */
#include "p11kit.h"

#include <string.h>

/* Law P1: what cannot be a PIN costs nothing, not even a command. */
static const struct {
	unsigned	 slot;
	const char	*pin;
} impossible[] = {
	{ AUTH, "" }, { AUTH, "1" }, { AUTH, "123" }, { AUTH, "12345" },
	{ AUTH, "46A9" }, { AUTH, "464 " }, { AUTH, " 464" }, { AUTH, "abcd" },
	{ AUTH, "ABC123" }, { AUTH, "1234567890123456" }, { AUTH, "+123" },
	{ AUTH, "12\x80\x81" },
	{ SIGN, "" }, { SIGN, "1234" }, { SIGN, "ABC12" },
	{ SIGN, "ABC12345678901234" }, { SIGN, "HANAKO-2026" },
	{ SIGN, "simply-wrong" }, { SIGN, "GET / HTTP/1.0\r" },
	{ SIGN, "ABC 123" }, { SIGN, "\xE3\x81\x82\xE3\x81\x84" },
};

static void
an_impossible_pin_costs_no_command(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s[2];

	(void)state;
	s[AUTH] = kit_open(AUTH);
	s[SIGN] = kit_open(SIGN);
	kit_counters_clear();
	for (size_t i = 0; i < COUNT(impossible); i++)
		expect_rv(impossible[i].pin, kit_try_login(
		    s[impossible[i].slot], CKU_USER, impossible[i].pin),
		    CKR_PIN_INCORRECT);
	expect_rv("NUL in it", p11->C_Login(s[AUTH], CKU_USER,
	    (CK_UTF8CHAR_PTR)(uintptr_t)"464\0", 4), CKR_PIN_INCORRECT);
	expect_rv("huge", p11->C_Login(s[AUTH], CKU_USER,
	    (CK_UTF8CHAR_PTR)(uintptr_t)"1234", ~0UL), CKR_PIN_INCORRECT);
	assert_int_equal(kit_commands(), 0);
	assert_int_equal(vlink_tries(link, "auth"), 3);
	assert_int_equal(vlink_tries(link, "sign"), 5);
}

static void
no_pin_is_an_argument_missing(void **state)
{
	CK_SESSION_HANDLE s;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open(AUTH);
	kit_counters_clear();
	expect_rv("NULL", p11->C_Login(s, CKU_USER, NULL, 0),
	    CKR_ARGUMENTS_BAD);
	expect_rv("NULL, 4", p11->C_Login(s, CKU_USER, NULL, 4),
	    CKR_ARGUMENTS_BAD);
	expect_rv("NULL", p11->C_Login(s, CKU_CONTEXT_SPECIFIC, NULL, 0),
	    CKR_ARGUMENTS_BAD);
	assert_int_equal(kit_commands(), 0);
}

static void
a_right_pin_logs_every_session_of_the_token_in(void **state)
{
	CK_SESSION_HANDLE ro, rw, later, other;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	ro = kit_open(AUTH);
	rw = kit_open_rw(AUTH);
	other = kit_open(SIGN);
	assert_int_equal(kit_state(ro), CKS_RO_PUBLIC_SESSION);
	assert_int_equal(kit_state(rw), CKS_RW_PUBLIC_SESSION);
	kit_login(ro, PIN_AUTH);
	later = kit_open_rw(AUTH);
	assert_int_equal(kit_state(ro), CKS_RO_USER_FUNCTIONS);
	assert_int_equal(kit_state(rw), CKS_RW_USER_FUNCTIONS);
	assert_int_equal(kit_state(later), CKS_RW_USER_FUNCTIONS);
	/* The other token has a PIN and a login of its own. */
	assert_int_equal(kit_state(other), CKS_RO_PUBLIC_SESSION);
	kit_login(other, PIN_SIGN);
	assert_int_equal(kit_state(other), CKS_RO_USER_FUNCTIONS);
	expect_rv("sign", kit_sign(ro), CKR_OK);
	expect_rv("sign", kit_sign(other), CKR_OK);
	assert_int_equal(kit_verifies(), 2);
}

static void
letters_of_the_signature_pin_are_made_capitals(void **state)
{
	CK_SESSION_HANDLE s;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open(SIGN);
	kit_login(s, "abc123");
	expect_rv("sign", kit_sign(s), CKR_OK);
}

static void
a_second_login_is_refused_without_the_card(void **state)
{
	CK_SESSION_HANDLE s, t;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open_user(AUTH);
	t = kit_open(AUTH);
	kit_counters_clear();
	expect_rv("right", kit_try_login(s, CKU_USER, "1234"),
	    CKR_USER_ALREADY_LOGGED_IN);
	expect_rv("wrong", kit_try_login(s, CKU_USER, "9999"),
	    CKR_USER_ALREADY_LOGGED_IN);
	expect_rv("impossible", kit_try_login(t, CKU_USER, "x"),
	    CKR_USER_ALREADY_LOGGED_IN);
	expect_rv("SO", kit_try_login(t, CKU_SO, "1234"),
	    CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
	assert_int_equal(kit_commands(), 0);
	assert_int_equal(kit_state(s), CKS_RO_USER_FUNCTIONS);
}

static void
there_is_no_security_officer(void **state)
{
	CK_SESSION_HANDLE s;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open_rw(AUTH);
	kit_counters_clear();
	expect_rv("SO", kit_try_login(s, CKU_SO, "00000000"),
	    CKR_USER_TYPE_INVALID);
	expect_rv("SO", kit_try_login(s, CKU_SO, "1234"),
	    CKR_USER_TYPE_INVALID);
	(void)kit_open(AUTH);
	expect_rv("SO beside a read-only session", kit_try_login(s, CKU_SO,
	    "1234"), CKR_SESSION_READ_ONLY_EXISTS);
	expect_rv("type 99", kit_try_login(s, 99, "1234"),
	    CKR_USER_TYPE_INVALID);
	expect_rv("type max", kit_try_login(s, ~0UL, "1234"),
	    CKR_USER_TYPE_INVALID);
	assert_int_equal(kit_commands(), 0);
	assert_int_equal(kit_state(s), CKS_RW_PUBLIC_SESSION);
}

static void
a_context_specific_login_wants_an_operation(void **state)
{
	CK_SESSION_HANDLE s;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open(SIGN);
	kit_counters_clear();
	expect_rv("public", kit_try_login(s, CKU_CONTEXT_SPECIFIC, PIN_SIGN),
	    CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(kit_commands(), 0);
	kit_login(s, PIN_SIGN);
	kit_counters_clear();
	expect_rv("user", kit_try_login(s, CKU_CONTEXT_SPECIFIC, PIN_SIGN),
	    CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(kit_commands(), 0);
	/* Nor where a key does not ask for it. */
	expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	kit_counters_clear();
	expect_rv("no consent", kit_try_login(s, CKU_CONTEXT_SPECIFIC,
	    PIN_SIGN), CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(kit_commands(), 0);
}

static void
a_wrong_pin_costs_one_try_and_one_verify(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s = kit_open(SIGN);

	(void)state;
	expect_rv("wrong", kit_try_login(s, CKU_USER, "WRONG1"),
	    CKR_PIN_INCORRECT);
	assert_int_equal(kit_verifies(), 1);
	assert_int_equal(vlink_tries(link, "sign"), 4);
	assert_int_equal(kit_state(s), CKS_RO_PUBLIC_SESSION);
	assert_int_equal(kit_find(s, CKO_PRIVATE_KEY), 0);
	kit_login(s, PIN_SIGN);
	assert_int_equal(kit_verifies(), 2);
	assert_int_equal(vlink_tries(link, "sign"), 5);
}

/* Law P3.  A client that repeats for ever loses all tries but the last. */
static void
the_last_try_is_kept(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s = kit_open(AUTH);

	(void)state;
	expect_rv("wrong", kit_try_login(s, CKU_USER, "9999"),
	    CKR_PIN_INCORRECT);
	expect_rv("wrong", kit_try_login(s, CKU_USER, "9998"),
	    CKR_PIN_INCORRECT);
	for (int i = 0; i < 5; i++)
		expect_rv("last", kit_try_login(s, CKU_USER, "9999"),
		    CKR_PIN_LOCKED);
	expect_rv("even right", kit_try_login(s, CKU_USER, "1234"),
	    CKR_PIN_LOCKED);
	assert_int_equal(kit_verifies(), 2);
	assert_int_equal(vlink_tries(link, "auth"), 1);
	/* It is not remembered: elsewhere, the PIN was given. */
	assert_int_equal(vlink_set_tries(link, "auth", 3), 0);
	kit_login(s, PIN_AUTH);
}

static void
the_last_try_goes_out_where_the_setting_allows_it(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, "last-try=allow");
	CK_SESSION_HANDLE s = kit_open(AUTH);

	(void)state;
	assert_int_equal(vlink_set_tries(link, "auth", 1), 0);
	kit_login(s, PIN_AUTH);
	assert_int_equal(vlink_tries(link, "auth"), 3);
	expect_rv("logout", p11->C_Logout(s), CKR_OK);
	assert_int_equal(vlink_set_tries(link, "auth", 1), 0);
	expect_rv("wrong", kit_try_login(s, CKU_USER, "9999"),
	    CKR_PIN_LOCKED);
	assert_int_equal(vlink_tries(link, "auth"), 0);
}

static void
a_locked_pin_is_never_sent(void **state)
{
	const char *quirks[] = { NULL, "locked-6983",
	    "locked-6983 query-locked-sw", "query-locked-sw" };
	CK_SESSION_HANDLE s;

	for (size_t i = 0; i < COUNT(quirks); i++) {
		if (i > 0) {
			kit_teardown(state);
			kit_setup(state);
		}
		(void)kit_begin("locked", quirks[i], "last-try=allow");
		s = kit_open(AUTH);
		expect_rv("locked", kit_try_login(s, CKU_USER, "1234"),
		    CKR_PIN_LOCKED);
		s = kit_open(SIGN);
		expect_rv("locked", kit_try_login(s, CKU_USER, "ABC123"),
		    CKR_PIN_LOCKED);
		assert_int_equal(kit_verifies(), 0);
	}
}

/* Cards without a retry query, or with one of their own. */
static void
a_card_that_tells_no_tries_can_be_logged_into(void **state)
{
	const char *quirks[] = { "query-none", "query-9000",
	    "query-6700-short", "query-6700-long", "first-6f00",
	    "get-response", "wrong-le" };
	CK_SESSION_HANDLE s;

	for (size_t i = 0; i < COUNT(quirks); i++) {
		if (i > 0) {
			kit_teardown(state);
			kit_setup(state);
		}
		(void)kit_begin("adult", quirks[i], NULL);
		s = kit_open_user(SIGN);
		expect_rv(quirks[i], kit_sign(s), CKR_OK);
		(void)kit_token_flags(SIGN);
		assert_int_equal(kit_verifies(), 1);
	}
}

/* Law P4, at every way in which VERIFY can break. */
static const struct {
	const char	*fault;
	CK_RV		 rv;
	bool		 session_lives;
} broken[] = {
	{ "hangup=before@ins=20#2", CKR_DEVICE_REMOVED, false },
	{ "hangup=after@ins=20#2", CKR_DEVICE_REMOVED, false },
	{ "remove=before@ins=20#2", CKR_DEVICE_REMOVED, false },
	{ "remove=after@ins=20#2", CKR_DEVICE_REMOVED, false },
	{ "remove-insert=before@ins=20#2", CKR_DEVICE_REMOVED, false },
	{ "remove-insert=after@ins=20#2", CKR_DEVICE_REMOVED, false },
	{ "empty@ins=20#2", CKR_DEVICE_REMOVED, false },
	{ "truncate-sw@ins=20#2", CKR_DEVICE_REMOVED, false },
	{ "sw=6F00,before@ins=20#2", CKR_DEVICE_ERROR, true },
	{ "sw=6F00,after@ins=20#2", CKR_DEVICE_ERROR, true },
	{ "sw=6C00,before@ins=20#2", CKR_DEVICE_ERROR, true },
	{ "sw=6982,before@ins=20#2", CKR_DEVICE_ERROR, true },
	{ "sw=6300,before@ins=20#2", CKR_PIN_INCORRECT, true },
	{ "sw=6983,before@ins=20#2", CKR_PIN_LOCKED, true },
};

static void
a_broken_verify_is_not_repeated_and_leaves_nothing_open(void **state)
{
	CK_SESSION_HANDLE s;
	struct vlink *link;

	for (size_t i = 0; i < COUNT(broken); i++) {
		if (i > 0) {
			kit_teardown(state);
			kit_setup(state);
		}
		link = kit_begin("adult", NULL, NULL);
		s = kit_open(AUTH);
		vlink_counters_clear(link);
		kit_fault(link, broken[i].fault);
		expect_rv(broken[i].fault, kit_try_login(s, CKU_USER,
		    PIN_AUTH), broken[i].rv);
		assert_int_equal(kit_verifies(), 1);
		vlink_faults_clear(link);
		vlink_insert(link);
		if (broken[i].session_lives)
			assert_int_equal(kit_state(s),
			    CKS_RO_PUBLIC_SESSION);
		expect_int(broken[i].fault, kit_foreign_sign(link, AUTH),
		    0x6982);
		/* And then it works, at the first try. */
		s = kit_open(AUTH);
		kit_login(s, PIN_AUTH);
		expect_rv("sign", kit_sign(s), CKR_OK);
		assert_int_equal(kit_verifies(), 2);
	}
}

static void
trouble_before_the_verify_loses_no_try(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s = kit_open(AUTH);

	(void)state;
	kit_fault(link, "sw=6F00@ins=A4");
	expect_rv("select", kit_try_login(s, CKU_USER, PIN_AUTH),
	    CKR_DEVICE_ERROR);
	vlink_faults_clear(link);
	kit_fault(link, "remove@ins=B0");
	expect_rv("removed", kit_try_login(s, CKU_USER, PIN_AUTH),
	    CKR_DEVICE_REMOVED);
	assert_int_equal(kit_verifies(), 0);
	assert_int_equal(vlink_tries(link, "auth"), 3);
}

static void
login_by_name_is_for_nobody(void **state)
{
	CK_UTF8CHAR pin[] = "1234", name[] = "hanako";
	CK_SESSION_HANDLE s;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open(AUTH);
	kit_counters_clear();
	expect_rv("named", p11_3->C_LoginUser(s, CKU_USER, pin, 4, name, 6),
	    CKR_ARGUMENTS_BAD);
	expect_rv("lost name", p11_3->C_LoginUser(s, CKU_USER, pin, 4, NULL,
	    6), CKR_ARGUMENTS_BAD);
	assert_int_equal(kit_commands(), 0);
	expect_rv("nameless", p11_3->C_LoginUser(s, CKU_USER, pin, 4, name,
	    0), CKR_OK);
	assert_int_equal(kit_state(s), CKS_RO_USER_FUNCTIONS);
	expect_rv("again", p11_3->C_LoginUser(s, CKU_USER, pin, 4, NULL, 0),
	    CKR_USER_ALREADY_LOGGED_IN);
}

/* ssh-add gives its one PIN to every token. */
static void
one_pin_for_all_tokens_reaches_its_own_only(void **state)
{
	const char *pins[] = { PIN_AUTH, PIN_SIGN };
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s[2];

	(void)state;
	s[0] = kit_open_rw(AUTH);
	s[1] = kit_open_rw(SIGN);
	for (size_t pin = 0; pin < 2; pin++)
		for (size_t slot = 0; slot < 2; slot++)
			expect_rv(pins[pin], kit_try_login(s[slot], CKU_USER,
			    pins[pin]), slot == pin ? CKR_OK :
			    slot < pin ? CKR_USER_ALREADY_LOGGED_IN :
			    CKR_PIN_INCORRECT);
	assert_int_equal(kit_verifies(), 2);
	assert_int_equal(vlink_tries(link, "auth"), 3);
	assert_int_equal(vlink_tries(link, "sign"), 5);
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, kit_setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_impossible_pin_costs_no_command),
		T(no_pin_is_an_argument_missing),
		T(a_right_pin_logs_every_session_of_the_token_in),
		T(letters_of_the_signature_pin_are_made_capitals),
		T(a_second_login_is_refused_without_the_card),
		T(there_is_no_security_officer),
		T(a_context_specific_login_wants_an_operation),
		T(a_wrong_pin_costs_one_try_and_one_verify),
		T(the_last_try_is_kept),
		T(the_last_try_goes_out_where_the_setting_allows_it),
		T(a_locked_pin_is_never_sent),
		T(a_card_that_tells_no_tries_can_be_logged_into),
		T(a_broken_verify_is_not_repeated_and_leaves_nothing_open),
		T(trouble_before_the_verify_loses_no_try),
		T(login_by_name_is_for_nobody),
		T(one_pin_for_all_tokens_reaches_its_own_only),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
