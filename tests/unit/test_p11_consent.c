/* SPDX-License-Identifier: BSD-2-Clause */
/* consent=each: a login for each signature of the signature key, enforced. */
#include "p11kit.h"

static CK_SESSION_HANDLE s;
static CK_BYTE data[8] = { 1 }, signature[KEY_BYTES];

static int
setup(void **state)
{
	kit_setup(state);
	(void)kit_begin("adult", NULL, "consent=each");
	s = kit_open_user(SIGN);
	return 0;
}

static CK_RV
sign(void)
{
	CK_ULONG n = sizeof(signature);

	return p11->C_Sign(s, data, sizeof(data), signature, &n);
}

static CK_RV
consent(const char *pin)
{
	return kit_try_login(s, CKU_CONTEXT_SPECIFIC, pin);
}

static bool
always_authenticate(CK_SESSION_HANDLE session)
{
	CK_BBOOL flag = 77;
	CK_ATTRIBUTE a = { CKA_ALWAYS_AUTHENTICATE, &flag, 1 };

	expect_rv("flag", p11->C_GetAttributeValue(session,
	    kit_find(session, CKO_PRIVATE_KEY), &a, 1), CKR_OK);
	return flag == CK_TRUE;
}

static void
the_signature_key_says_that_it_asks(void **state)
{
	(void)state;
	assert_true(always_authenticate(s));
	assert_false(always_authenticate(kit_open_user(AUTH)));
}

static void
without_consent_nothing_is_signed(void **state)
{
	(void)state;
	expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	kit_counters_clear();
	expect_rv("sign", sign(), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(kit_commands(), 0);
	expect_rv("ended", sign(), CKR_OPERATION_NOT_INITIALIZED);
	/* The login stands. */
	assert_int_equal(kit_state(s), CKS_RO_USER_FUNCTIONS);
}

static void
each_consent_is_for_one_signature(void **state)
{
	(void)state;
	kit_counters_clear();
	for (int i = 0; i < 3; i++) {
		expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS),
		    CKR_OK);
		expect_rv("consent", consent(PIN_SIGN), CKR_OK);
		expect_rv("sign", sign(), CKR_OK);
	}
	assert_int_equal(kit_verifies(), 3);
	expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	expect_rv("sign", sign(), CKR_USER_NOT_LOGGED_IN);
	/* Consent to one operation is none to the next. */
	expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	expect_rv("consent", consent(PIN_SIGN), CKR_OK);
	expect_rv("cancel", p11->C_SignInit(s, NULL, 0), CKR_OK);
	expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	expect_rv("sign", sign(), CKR_USER_NOT_LOGGED_IN);
}

static void
a_question_for_the_length_uses_no_consent_up(void **state)
{
	CK_ULONG n = 0;

	(void)state;
	expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	expect_rv("length", p11->C_Sign(s, data, 8, NULL, &n), CKR_OK);
	expect_rv("consent", consent(PIN_SIGN), CKR_OK);
	n = 1;
	expect_rv("small", p11->C_Sign(s, data, 8, signature, &n),
	    CKR_BUFFER_TOO_SMALL);
	expect_rv("sign", sign(), CKR_OK);
}

static void
consent_in_parts(void **state)
{
	CK_ULONG n = sizeof(signature);

	(void)state;
	expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	expect_rv("update", p11->C_SignUpdate(s, data, 4), CKR_OK);
	expect_rv("consent", consent(PIN_SIGN), CKR_OK);
	expect_rv("update", p11->C_SignUpdate(s, data, 4), CKR_OK);
	expect_rv("final", p11->C_SignFinal(s, signature, &n), CKR_OK);
}

static void
a_pin_that_cannot_be_costs_no_command(void **state)
{
	(void)state;
	expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	kit_counters_clear();
	expect_rv("short", consent("1234"), CKR_PIN_INCORRECT);
	expect_rv("empty", consent(""), CKR_PIN_INCORRECT);
	expect_rv("NULL", p11->C_Login(s, CKU_CONTEXT_SPECIFIC, NULL, 0),
	    CKR_ARGUMENTS_BAD);
	assert_int_equal(kit_commands(), 0);
	expect_rv("right", consent(PIN_SIGN), CKR_OK);
	expect_rv("sign", sign(), CKR_OK);
}

/* A wrong PIN ends the login on the card, and so here. */
static void
a_wrong_pin_ends_the_login(void **state)
{
	(void)state;
	expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	expect_rv("wrong", consent("WRONG1"), CKR_PIN_INCORRECT);
	assert_int_equal(kit_state(s), CKS_RO_PUBLIC_SESSION);
	assert_int_equal(kit_foreign_sign(kit_link(), SIGN), 0x6982);
	expect_rv("ended", sign(), CKR_OPERATION_NOT_INITIALIZED);
	expect_rv("consent", consent(PIN_SIGN),
	    CKR_OPERATION_NOT_INITIALIZED);
	kit_login(s, PIN_SIGN);
	expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	expect_rv("consent", consent(PIN_SIGN), CKR_OK);
	expect_rv("sign", sign(), CKR_OK);
}

/* The second VERIFY of each: the first asks for the tries. */
static void
a_wrong_pin_ends_a_login_that_the_card_would_keep(void **state)
{
	CK_UTF8CHAR wrong[] = "WRONG1", new[] = "NEW123";
	CK_SESSION_HANDLE rw;

	(void)state;
	expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	vlink_counters_clear(kit_link());
	kit_fault(kit_link(), "sw=63C4@ins=20#2");
	expect_rv("consent", consent("WRONG1"), CKR_PIN_INCORRECT);
	assert_int_equal(kit_state(s), CKS_RO_PUBLIC_SESSION);
	assert_int_equal(kit_foreign_sign(kit_link(), SIGN), 0x6982);
	vlink_faults_clear(kit_link());
	kit_login(s, PIN_SIGN);
	rw = kit_open_rw(SIGN);
	vlink_counters_clear(kit_link());
	kit_fault(kit_link(), "sw=63C4@ins=20#2");
	expect_rv("change", p11->C_SetPIN(rw, wrong, 6, new, 6),
	    CKR_PIN_INCORRECT);
	assert_int_equal(kit_state(s), CKS_RO_PUBLIC_SESSION);
	assert_int_equal(kit_foreign_sign(kit_link(), SIGN), 0x6982);
}

static void
the_last_try_is_kept_here_too(void **state)
{
	(void)state;
	expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	assert_int_equal(vlink_set_tries(kit_link(), "sign", 1), 0);
	kit_counters_clear();
	expect_rv("last", consent(PIN_SIGN), CKR_PIN_LOCKED);
	assert_int_equal(kit_verifies(), 0);
}

static void
the_other_token_asks_nothing(void **state)
{
	CK_SESSION_HANDLE a = kit_open_user(AUTH);

	(void)state;
	expect_rv("sign", kit_sign(a), CKR_OK);
	expect_rv("init", kit_sign_init(a, CKM_SHA256_RSA_PKCS), CKR_OK);
	expect_rv("consent", kit_try_login(a, CKU_CONTEXT_SPECIFIC,
	    PIN_AUTH), CKR_OPERATION_NOT_INITIALIZED);
}

/* Only the session whose operation it is. */
static void
consent_is_a_sessions_own(void **state)
{
	CK_SESSION_HANDLE other = kit_open(SIGN);
	CK_ULONG n = sizeof(signature);

	(void)state;
	expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	expect_rv("init", kit_sign_init(other, CKM_SHA256_RSA_PKCS),
	    CKR_OK);
	expect_rv("consent", consent(PIN_SIGN), CKR_OK);
	expect_rv("other", p11->C_Sign(other, data, 8, signature, &n),
	    CKR_USER_NOT_LOGGED_IN);
	expect_rv("sign", sign(), CKR_OK);
}

static void
by_default_one_login_is_for_all(void **state)
{
	(void)state;
	kit_fini();
	kit_init(NULL);
	s = kit_open_user(SIGN);
	assert_false(always_authenticate(s));
	for (int i = 0; i < 3; i++)
		expect_rv("sign", kit_sign(s), CKR_OK);
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_signature_key_says_that_it_asks),
		T(without_consent_nothing_is_signed),
		T(each_consent_is_for_one_signature),
		T(a_question_for_the_length_uses_no_consent_up),
		T(consent_in_parts),
		T(a_pin_that_cannot_be_costs_no_command),
		T(a_wrong_pin_ends_the_login),
		T(a_wrong_pin_ends_a_login_that_the_card_would_keep),
		T(the_last_try_is_kept_here_too),
		T(the_other_token_asks_nothing),
		T(consent_is_a_sessions_own),
		T(by_default_one_login_is_for_all),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
