/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of a login.  The card has no logout: what keeps others from signing
 * is that the module really closes it, which another program tries here.
 */
#include "p11kit.h"

#define CLOSED	0x6982
#define DONE	0x9000

static void
while_logged_in_the_card_is_open(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);

	(void)state;
	(void)kit_open_user(AUTH);
	assert_int_equal(kit_foreign_sign(link, AUTH), DONE);
}

static void
logout_closes_the_card(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s, t;

	(void)state;
	for (unsigned slot = AUTH; slot <= SIGN; slot++) {
		s = kit_open_user(slot);
		t = kit_open_rw(slot);
		expect_rv("sign", kit_sign(s), CKR_OK);
		expect_rv("logout", p11->C_Logout(t), CKR_OK);
		assert_int_equal(kit_foreign_sign(link, slot), CLOSED);
		assert_int_equal(kit_state(s), CKS_RO_PUBLIC_SESSION);
		assert_int_equal(kit_state(t), CKS_RW_PUBLIC_SESSION);
		expect_rv("again", p11->C_Logout(s), CKR_USER_NOT_LOGGED_IN);
		expect_rv("again", p11->C_Logout(t), CKR_USER_NOT_LOGGED_IN);
	}
}

static void
the_last_close_closes_the_card(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s, t;

	(void)state;
	s = kit_open_user(AUTH);
	t = kit_open(AUTH);
	expect_rv("close", p11->C_CloseSession(s), CKR_OK);
	assert_int_equal(kit_state(t), CKS_RO_USER_FUNCTIONS);
	expect_rv("sign", kit_sign(t), CKR_OK);
	expect_rv("close", p11->C_CloseSession(t), CKR_OK);
	assert_int_equal(kit_foreign_sign(link, AUTH), CLOSED);
	assert_int_equal(kit_state(kit_open(AUTH)), CKS_RO_PUBLIC_SESSION);
}

static void
closing_all_sessions_closes_the_card(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s[3];

	(void)state;
	for (size_t i = 0; i < COUNT(s); i++)
		s[i] = kit_open(SIGN);
	kit_login(s[1], PIN_SIGN);
	expect_rv("other slot", p11->C_CloseAllSessions(kit_slot(AUTH)),
	    CKR_OK);
	assert_int_equal(kit_state(s[2]), CKS_RO_USER_FUNCTIONS);
	expect_rv("close", p11->C_CloseAllSessions(kit_slot(SIGN)), CKR_OK);
	assert_int_equal(kit_foreign_sign(link, SIGN), CLOSED);
}

static void
finalize_closes_the_card(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);

	(void)state;
	(void)kit_open_user(AUTH);
	(void)kit_open_user(SIGN);
	kit_fini();
	assert_int_equal(kit_foreign_sign(link, AUTH), CLOSED);
	assert_int_equal(kit_foreign_sign(link, SIGN), CLOSED);
	assert_int_equal(vtransport_open_count(kit_world), 0);
}

/* Both PINs live in one application, so the one goes with the other. */
static void
the_other_tokens_login_ends_honestly(void **state)
{
	CK_SESSION_HANDLE a, s;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	a = kit_open_user(AUTH);
	s = kit_open_user(SIGN);
	expect_rv("sign", kit_sign(s), CKR_OK);
	expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	expect_rv("logout", p11->C_Logout(a), CKR_OK);
	assert_int_equal(kit_state(s), CKS_RO_PUBLIC_SESSION);
	expect_rv("logout", p11->C_Logout(s), CKR_USER_NOT_LOGGED_IN);
	/* It comes back with its PIN, in the same session. */
	kit_login(s, PIN_SIGN);
	expect_rv("sign", kit_sign(s), CKR_OK);
	assert_int_equal(kit_state(a), CKS_RO_PUBLIC_SESSION);
}

static void
handles_of_private_objects_die_for_good(void **state)
{
	CK_OBJECT_HANDLE key, cert, public, new_key;
	CK_MECHANISM m = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_SESSION_HANDLE s;
	CK_ULONG n;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open_user(SIGN);
	key = kit_find(s, CKO_PRIVATE_KEY);
	cert = kit_find(s, CKO_CERTIFICATE);
	public = kit_find(s, CKO_PUBLIC_KEY);
	expect_rv("key", p11->C_GetObjectSize(s, key, &n), CKR_OK);
	expect_rv("logout", p11->C_Logout(s), CKR_OK);
	for (int round = 0; round < 2; round++) {
		expect_rv("key", p11->C_GetObjectSize(s, key, &n),
		    CKR_OBJECT_HANDLE_INVALID);
		expect_rv("cert", p11->C_GetObjectSize(s, cert, &n),
		    CKR_OBJECT_HANDLE_INVALID);
		expect_rv("sign", p11->C_SignInit(s, &m, key),
		    CKR_KEY_HANDLE_INVALID);
		expect_rv("verify", p11->C_VerifyInit(s, &m, public),
		    CKR_KEY_HANDLE_INVALID);
		if (round == 0)
			kit_login(s, PIN_SIGN);
	}
	new_key = kit_find(s, CKO_PRIVATE_KEY);
	assert_true(new_key != key && new_key != 0);
}

static void
handles_of_public_objects_live_on(void **state)
{
	CK_OBJECT_HANDLE cert, ca;
	CK_SESSION_HANDLE s;
	CK_ULONG n;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open(AUTH);
	cert = kit_find(s, CKO_CERTIFICATE);
	ca = kit_find_ca(s);
	kit_login(s, PIN_AUTH);
	expect_rv("logout", p11->C_Logout(s), CKR_OK);
	expect_rv("cert", p11->C_GetObjectSize(s, cert, &n), CKR_OK);
	expect_rv("ca", p11->C_GetObjectSize(s, ca, &n), CKR_OK);
	assert_int_equal(kit_find(s, CKO_CERTIFICATE), cert);
	/* In another session, too, and after the one that found it. */
	s = kit_open(AUTH);
	expect_rv("cert", p11->C_GetObjectSize(s, cert, &n), CKR_OK);
}

static void
operations_begun_under_the_login_end_with_it(void **state)
{
	CK_BYTE data[32] = { 0 }, out[KEY_BYTES];
	CK_MECHANISM sha = { CKM_SHA256, NULL, 0 };
	CK_ULONG n = sizeof(out);
	CK_OBJECT_HANDLE found;
	CK_SESSION_HANDLE s;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open_user(AUTH);
	expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	expect_rv("digest", p11->C_DigestInit(s, &sha), CKR_OK);
	expect_rv("search", p11->C_FindObjectsInit(s, NULL, 0), CKR_OK);
	expect_rv("logout", p11->C_Logout(s), CKR_OK);
	kit_login(s, PIN_AUTH);
	expect_rv("sign", p11->C_Sign(s, data, 32, out, &n),
	    CKR_OPERATION_NOT_INITIALIZED);
	expect_rv("search", p11->C_FindObjects(s, &found, 1, &n),
	    CKR_OPERATION_NOT_INITIALIZED);
	/* A digest needs no login. */
	n = sizeof(out);
	expect_rv("digest", p11->C_Digest(s, data, 32, out, &n), CKR_OK);
}

/* Where the card cannot be asked to close, its power goes. */
static void
a_card_that_refuses_to_close_is_made_to(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s = kit_open_user(AUTH);

	(void)state;
	kit_fault(link, "sw=6F00@ins=A4");
	expect_rv("logout", p11->C_Logout(s), CKR_DEVICE_ERROR);
	vlink_faults_clear(link);
	assert_int_equal(kit_foreign_sign(link, AUTH), CLOSED);
	expect_rv("session", p11->C_GetSessionInfo(s,
	    &(CK_SESSION_INFO){ 0 }), CKR_SESSION_HANDLE_INVALID);
	expect_rv("sign", kit_sign(kit_open_user(AUTH)), CKR_OK);
}

static void
logout_of_a_card_that_left_says_so(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s = kit_open_user(AUTH);

	(void)state;
	vlink_remove(link);
	expect_rv("logout", p11->C_Logout(s), CKR_SESSION_HANDLE_INVALID);
	vlink_insert(link);
	s = kit_open_user(AUTH);
	vlink_remove(link);
	/* It closes what is left of it. */
	expect_rv("close", p11->C_CloseSession(s), CKR_OK);
	vlink_insert(link);
	assert_int_equal(kit_foreign_sign(link, AUTH), CLOSED);
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, kit_setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(while_logged_in_the_card_is_open),
		T(logout_closes_the_card),
		T(the_last_close_closes_the_card),
		T(closing_all_sessions_closes_the_card),
		T(finalize_closes_the_card),
		T(the_other_tokens_login_ends_honestly),
		T(handles_of_private_objects_die_for_good),
		T(handles_of_public_objects_live_on),
		T(operations_begun_under_the_login_end_with_it),
		T(a_card_that_refuses_to_close_is_made_to),
		T(logout_of_a_card_that_left_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
