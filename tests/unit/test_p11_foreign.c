/* SPDX-License-Identifier: BSD-2-Clause */
/* Other programs at the same card, between two calls and within one. */
#include "p11kit.h"

/* Signing either goes on, or the login is gone and everybody says so. */
static void
expect_sign_or_login(CK_SESSION_HANDLE s, const char *pin)
{
	unsigned long verifies = kit_verifies();
	CK_RV rv = kit_sign(s);

	if (rv == CKR_USER_NOT_LOGGED_IN || rv == CKR_KEY_HANDLE_INVALID) {
		assert_int_equal(kit_state(s), CKS_RO_PUBLIC_SESSION);
		kit_login(s, pin);
		assert_int_equal(kit_verifies(), verifies + 1);
		rv = kit_sign(s);
	}
	expect_rv("sign", rv, CKR_OK);
}

static void
another_application_between_two_signatures(void **state)
{
	CK_SESSION_HANDLE a, s;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	a = kit_open_user(AUTH);
	s = kit_open_user(SIGN);
	expect_rv("sign", kit_sign(a), CKR_OK);
	expect_rv("sign", kit_sign(s), CKR_OK);
	kit_foreign_select();
	expect_rv("init", kit_sign_init(a, CKM_SHA256_RSA_PKCS), CKR_OK);
	expect_rv("sign", p11->C_Sign(a, (CK_BYTE[1]){ 0 }, 1,
	    (CK_BYTE[KEY_BYTES]){ 0 }, &(CK_ULONG){ KEY_BYTES }),
	    CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(kit_state(a), CKS_RO_PUBLIC_SESSION);
	kit_login(a, PIN_AUTH);
	expect_rv("sign", kit_sign(a), CKR_OK);
	expect_sign_or_login(s, PIN_SIGN);
	/* None of that was sent twice. */
	assert_int_equal(kit_verifies(), 4);
}

static void
another_application_between_finding_and_login(void **state)
{
	CK_OBJECT_HANDLE cert;
	CK_SESSION_HANDLE s;
	CK_ULONG n;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open(AUTH);
	cert = kit_find(s, CKO_CERTIFICATE);
	kit_foreign_select();
	(void)kit_token_flags(AUTH);
	kit_foreign_select();
	kit_login(s, PIN_AUTH);
	expect_rv("sign", kit_sign(s), CKR_OK);
	expect_rv("cert", p11->C_GetObjectSize(s, cert, &n), CKR_OK);
	assert_int_equal(kit_verifies(), 1);
}

static void
another_application_between_reads_of_a_certificate(void **state)
{
	CK_SESSION_HANDLE s;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open(SIGN);
	kit_foreign_select();
	assert_int_equal(kit_count(s, CKO_CERTIFICATE), 1);
	kit_login(s, PIN_SIGN);
	kit_foreign_select();
	/* The certificate was never read: it cannot be now. */
	assert_int_equal(kit_count(s, CKO_PUBLIC_KEY), 0);
	assert_int_equal(kit_state(s), CKS_RO_PUBLIC_SESSION);
	kit_login(s, PIN_SIGN);
	assert_int_equal(kit_count(s, CKO_PUBLIC_KEY), 1);
	expect_rv("sign", kit_sign(s), CKR_OK);
}

/* Between SignInit and Sign: the operation ends, the session lives. */
static void
another_application_within_an_operation(void **state)
{
	CK_BYTE data[4] = { 0 }, out[KEY_BYTES];
	CK_SESSION_HANDLE s, other;
	CK_ULONG n = sizeof(out);

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open_user(AUTH);
	other = kit_open(AUTH);
	expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	expect_rv("other", kit_sign_init(other, CKM_SHA256_RSA_PKCS),
	    CKR_OK);
	expect_rv("update", p11->C_SignUpdate(s, data, 4), CKR_OK);
	kit_foreign_select();
	expect_rv("final", p11->C_SignFinal(s, out, &n),
	    CKR_USER_NOT_LOGGED_IN);
	expect_rv("ended", p11->C_SignFinal(s, out, &n),
	    CKR_OPERATION_NOT_INITIALIZED);
	expect_rv("other", p11->C_SignFinal(other, out, &n),
	    CKR_OPERATION_NOT_INITIALIZED);
	kit_login(other, PIN_AUTH);
	expect_rv("sign", kit_sign(s), CKR_OK);
}

/* Nobody logged out: the handles that a program has go on. */
static void
handles_outlive_a_login_that_was_lost(void **state)
{
	CK_MECHANISM m = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_BYTE data[4] = { 0 }, out[KEY_BYTES];
	CK_OBJECT_HANDLE key, cert;
	CK_ULONG n = sizeof(out);
	CK_SESSION_HANDLE s;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open_user(SIGN);
	key = kit_find(s, CKO_PRIVATE_KEY);
	cert = kit_find(s, CKO_CERTIFICATE);
	kit_foreign_select();
	expect_rv("init", p11->C_SignInit(s, &m, key), CKR_OK);
	expect_rv("sign", p11->C_Sign(s, data, 4, out, &n),
	    CKR_USER_NOT_LOGGED_IN);
	/* Until the login they are not to be had. */
	expect_rv("init", p11->C_SignInit(s, &m, key),
	    CKR_USER_NOT_LOGGED_IN);
	expect_rv("cert", p11->C_GetObjectSize(s, cert, &n),
	    CKR_OBJECT_HANDLE_INVALID);
	kit_login(s, PIN_SIGN);
	n = sizeof(out);
	expect_rv("init", p11->C_SignInit(s, &m, key), CKR_OK);
	expect_rv("sign", p11->C_Sign(s, data, 4, out, &n), CKR_OK);
	expect_rv("cert", p11->C_GetObjectSize(s, cert, &n), CKR_OK);
}

static void
a_reset_by_another_program(void **state)
{
	CK_SESSION_HANDLE a, s;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	a = kit_open_user(AUTH);
	s = kit_open_user(SIGN);
	expect_rv("sign", kit_sign(a), CKR_OK);
	assert_true(vtransport_reset(kit_world, READER_A));
	expect_sign_or_login(a, PIN_AUTH);
	expect_sign_or_login(s, PIN_SIGN);
	assert_true(vtransport_reset(kit_world, READER_A));
	(void)kit_token_flags(SIGN);
	expect_sign_or_login(s, PIN_SIGN);
	assert_true(vtransport_reset(kit_world, READER_A));
	expect_rv("logout", p11->C_Logout(a), CKR_USER_NOT_LOGGED_IN);
}

/* A blind VERIFY never follows: the user is asked. */
static void
a_reset_within_an_operation(void **state)
{
	CK_BYTE data[4] = { 0 }, out[KEY_BYTES];
	CK_ULONG n = sizeof(out);
	CK_SESSION_HANDLE s;
	CK_RV rv;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open_user(AUTH);
	expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	kit_counters_clear();
	assert_true(vtransport_reset(kit_world, READER_A));
	rv = p11->C_Sign(s, data, 4, out, &n);
	assert_true(rv == CKR_OK || rv == CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(kit_verifies(), 0);
	expect_sign_or_login(s, PIN_AUTH);
}

static unsigned long act_at;

static void
select_at(void *user, unsigned long index)
{
	(void)user;
	(void)index;
	if (act_at > 0 && --act_at == 0)
		(void)vtransport_foreign_select(kit_world, READER_A,
		    (const uint8_t *)"\xA0\x00\x00\x01\x51\x00\x00", 7);
}

static void
reset_at(void *user, unsigned long index)
{
	(void)user;
	(void)index;
	if (act_at > 0 && --act_at == 0)
		(void)vtransport_reset(kit_world, READER_A);
}

/*
 * Another program wants the card while any one command of ours is under way.
 * It gets it when our transaction ends; afterwards all must work.
 */
static void
whenever_another_program_comes(void **state)
{
	void (*acts[])(void *, unsigned long) = { select_at, reset_at };
	CK_SESSION_HANDLE s;
	CK_RV rv;

	for (size_t act = 0; act < COUNT(acts); act++)
		for (unsigned long at = 1; at < 24; at += stride()) {
			kit_teardown(state);
			kit_setup(state);
			act_at = at;
			vtransport_on_transmit(kit_world, acts[act], NULL);
			(void)kit_begin("adult", NULL, NULL);
			(void)kit_token_flags(AUTH);
			s = kit_open(AUTH);
			rv = kit_try_login(s, CKU_USER, PIN_AUTH);
			expect_rv("login", rv, CKR_OK);
			expect_sign_or_login(s, PIN_AUTH);
			expect_sign_or_login(s, PIN_AUTH);
			assert_true(kit_verifies() <= 2);
		}
}

static void
a_card_held_by_another_program_is_an_error_that_passes(void **state)
{
	CK_SESSION_HANDLE s, t;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open_user(AUTH);
	vtransport_exclusive(kit_world, READER_A, true);
	expect_rv("sign", kit_sign(s), CKR_DEVICE_ERROR);
	expect_rv("open", p11->C_OpenSession(kit_slot(AUTH),
	    CKF_SERIAL_SESSION, NULL, NULL, &t), CKR_OK);
	expect_rv("login", kit_try_login(kit_open(SIGN), CKU_USER, PIN_SIGN),
	    CKR_DEVICE_ERROR);
	vtransport_exclusive(kit_world, READER_A, false);
	expect_rv("sign", kit_sign(s), CKR_OK);
	assert_int_equal(kit_verifies(), 1);
}

/* Tries that were lost elsewhere, while the module was loaded. */
static void
a_pin_locked_elsewhere_is_locked_here(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s = kit_open(AUTH);

	(void)state;
	assert_int_equal(kit_token_flags(AUTH) & CKF_USER_PIN_LOCKED, 0);
	assert_int_equal(vlink_set_tries(link, "auth", 0), 0);
	expect_rv("login", kit_try_login(s, CKU_USER, PIN_AUTH),
	    CKR_PIN_LOCKED);
	assert_int_equal(kit_verifies(), 0);
	assert_true(kit_token_flags(AUTH) & CKF_USER_PIN_LOCKED);
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, kit_setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(another_application_between_two_signatures),
		T(another_application_between_finding_and_login),
		T(another_application_between_reads_of_a_certificate),
		T(another_application_within_an_operation),
		T(handles_outlive_a_login_that_was_lost),
		T(a_reset_by_another_program),
		T(a_reset_within_an_operation),
		T(whenever_another_program_comes),
		T(a_card_held_by_another_program_is_an_error_that_passes),
		T(a_pin_locked_elsewhere_is_locked_here),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
