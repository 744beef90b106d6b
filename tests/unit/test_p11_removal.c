/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The card leaves, the link breaks, the service stops: sessions end, and a
 * new one works at the first try, without C_Finalize.
 */
#include "p11kit.h"

static CK_RV
session_rv(CK_SESSION_HANDLE s)
{
	CK_SESSION_INFO info;

	return p11->C_GetSessionInfo(s, &info);
}

static void
works_anew(unsigned slot)
{
	unsigned long verifies = kit_verifies();

	expect_rv("sign", kit_sign(kit_open_user(slot)), CKR_OK);
	assert_int_equal(kit_verifies(), verifies + 1);
	expect_rv("close", p11->C_CloseAllSessions(kit_slot(slot)), CKR_OK);
}

/* NSS recovers on SESSION_HANDLE_INVALID only. */
static void
sessions_die_with_the_card(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_OBJECT_HANDLE cert, key;
	CK_SESSION_HANDLE s[3];
	CK_ULONG n;

	(void)state;
	s[0] = kit_open_user(AUTH);
	s[1] = kit_open_rw(AUTH);
	s[2] = kit_open(SIGN);
	cert = kit_find(s[0], CKO_CERTIFICATE);
	key = kit_find(s[0], CKO_PRIVATE_KEY);
	vlink_remove(link);
	for (size_t i = 0; i < COUNT(s); i++)
		expect_rv("dead", session_rv(s[i]),
		    CKR_SESSION_HANDLE_INVALID);
	vlink_insert(link);
	for (size_t i = 0; i < COUNT(s); i++) {
		expect_rv("dead", session_rv(s[i]),
		    CKR_SESSION_HANDLE_INVALID);
		expect_rv("login", kit_try_login(s[i], CKU_USER, PIN_AUTH),
		    CKR_SESSION_HANDLE_INVALID);
	}
	works_anew(AUTH);
	/* Handles of the objects are gone, too. */
	s[0] = kit_open_user(SIGN);
	s[1] = kit_open(AUTH);
	expect_rv("cert", p11->C_GetObjectSize(s[1], cert, &n),
	    CKR_OBJECT_HANDLE_INVALID);
	expect_rv("key", p11->C_GetObjectSize(s[1], key, &n),
	    CKR_OBJECT_HANDLE_INVALID);
	assert_true(kit_find(s[1], CKO_CERTIFICATE) != cert);
}

static void
out_and_in_unobserved_is_noticed(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s = kit_open_user(AUTH);

	(void)state;
	vlink_remove(link);
	vlink_insert(link);
	expect_rv("dead", session_rv(s), CKR_SESSION_HANDLE_INVALID);
	works_anew(AUTH);
}

/* What a program meets that goes on with a dead session, and asks first. */
static const struct {
	const char	*name;
	CK_RV		 rv;
} calls[] = {
	{ "login", CKR_SESSION_HANDLE_INVALID },
	{ "logout", CKR_SESSION_HANDLE_INVALID },
	{ "session-info", CKR_SESSION_HANDLE_INVALID },
	{ "search", CKR_SESSION_HANDLE_INVALID },
	{ "set-pin", CKR_SESSION_HANDLE_INVALID },
	{ "sign", CKR_DEVICE_REMOVED },
};

static CK_RV
call(size_t i, CK_SESSION_HANDLE s)
{
	CK_BYTE out[KEY_BYTES], data[1] = { 0 };
	CK_SESSION_INFO info;
	CK_UTF8CHAR pin[] = "1234", new[] = "4321";
	CK_ULONG n = sizeof(out);

	switch (i) {
	case 0:
		return p11->C_Login(s, CKU_USER, pin, 4);
	case 1:
		return p11->C_Logout(s);
	case 2:
		return p11->C_GetSessionInfo(s, &info);
	case 3:
		return p11->C_FindObjectsInit(s, NULL, 0);
	case 4:
		return p11->C_SetPIN(s, pin, 4, new, 4);
	default:
		return p11->C_Sign(s, data, 1, out, &n);
	}
}

static void
the_first_call_after_the_removal(void **state)
{
	CK_SESSION_HANDLE s;
	struct vlink *link;

	for (int put_back = 0; put_back < 2; put_back++)
		for (size_t i = 0; i < COUNT(calls); i++) {
			kit_teardown(state);
			kit_setup(state);
			link = kit_begin("adult", NULL, NULL);
			s = kit_open_rw(AUTH);
			kit_login(s, PIN_AUTH);
			expect_rv("init", kit_sign_init(s,
			    CKM_SHA256_RSA_PKCS), CKR_OK);
			kit_counters_clear();
			vlink_remove(link);
			if (put_back)
				vlink_insert(link);
			expect_rv(calls[i].name, call(i, s), calls[i].rv);
			expect_rv("then", session_rv(s),
			    CKR_SESSION_HANDLE_INVALID);
			/* Nothing of the old session reached the card. */
			assert_int_equal(kit_verifies(), 0);
			vlink_insert(link);
			works_anew(AUTH);
		}
}

static void
removal_ends_at_most_one_operation_with_device_removed(void **state)
{
	const char *faults[] = { "remove=before@ins=2A",
	    "remove=after@ins=2A", "hangup=before@ins=2A",
	    "hangup=after@ins=2A", "remove-insert=before@ins=2A",
	    "remove-insert=after@ins=2A" };
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s;

	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++) {
		s = kit_open_user(AUTH);
		kit_fault(link, faults[i]);
		expect_rv(faults[i], kit_sign(s), CKR_DEVICE_REMOVED);
		vlink_faults_clear(link);
		expect_rv("dead", session_rv(s), CKR_SESSION_HANDLE_INVALID);
		vlink_insert(link);
		works_anew(AUTH);
	}
}

/* The operations that read certificates, and a card that leaves in them. */
static void
removal_is_not_mistaken_for_absence(void **state)
{
	const char *faults[] = { "remove@ins=B0", "hangup@ins=B0",
	    "empty@ins=B0", "remove-insert@ins=B0", "remove@ins=A4" };
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s;

	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++) {
		s = kit_open(AUTH);
		kit_fault(link, faults[i]);
		expect_rv(faults[i], p11->C_FindObjectsInit(s, NULL, 0),
		    CKR_DEVICE_REMOVED);
		vlink_faults_clear(link);
		expect_rv("dead", session_rv(s), CKR_SESSION_HANDLE_INVALID);
		vlink_insert(link);
		s = kit_open(AUTH);
		assert_true(kit_find(s, CKO_PUBLIC_KEY) != 0);
	}
}

/* Handles whose object has to be read again, and a card that left. */
static void
removal_is_not_mistaken_for_a_bad_handle(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_MECHANISM m = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_SESSION_HANDLE s = kit_open(AUTH);
	CK_BBOOL flag;
	CK_ATTRIBUTE a = { CKA_TOKEN, &flag, sizeof(flag) };
	CK_OBJECT_HANDLE ca;
	CK_ULONG n;

	(void)state;
	for (int i = 0; i < 4; i++) {
		/* Handles are in a row; the profile's costs no reading. */
		ca = kit_find(s, CKO_PROFILE) - 1;
		kit_fault(link, "remove@ins=B0");
		expect_rv("removed",
		    i == 0 ? p11->C_GetAttributeValue(s, ca, &a, 1) :
		    i == 1 ? p11->C_GetObjectSize(s, ca, &n) :
		    i == 2 ? p11->C_DestroyObject(s, ca) :
		    p11->C_VerifyInit(s, &m, ca), CKR_DEVICE_REMOVED);
		vlink_faults_clear(link);
		vlink_insert(link);
		s = kit_open(AUTH);
	}
}

static void
a_reader_unplugged_takes_its_sessions_only(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE a = kit_open_user(AUTH), b;

	(void)state;
	(void)kit_card(READER_B, "expiring", NULL);
	b = kit_open(2);
	kit_login(b, PIN_AUTH);
	expect_rv("init", kit_sign_init(a, CKM_SHA256_RSA_PKCS), CKR_OK);
	vtransport_unplug(kit_world, READER_A);
	expect_rv("sign", call(5, a), CKR_DEVICE_REMOVED);
	expect_rv("dead", session_rv(a), CKR_SESSION_HANDLE_INVALID);
	expect_rv("sign", kit_sign(b), CKR_OK);
	assert_int_equal(vtransport_add(kit_world, READER_A, link), JPKI_OK);
	works_anew(AUTH);
	expect_rv("sign", kit_sign(b), CKR_OK);
}

static void
the_service_goes_and_comes_back(void **state)
{
	CK_SESSION_HANDLE s;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open_user(AUTH);
	expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	vtransport_service(kit_world, false);
	expect_rv("sign", call(5, s), CKR_DEVICE_REMOVED);
	expect_rv("dead", session_rv(s), CKR_SESSION_HANDLE_INVALID);
	expect_rv("open", p11->C_OpenSession(kit_slot(AUTH),
	    CKF_SERIAL_SESSION, NULL, NULL, &s), CKR_TOKEN_NOT_PRESENT);
	vtransport_service(kit_world, true);
	works_anew(AUTH);
}

/* The counters of a restarted service may look like nothing happened. */
static void
a_service_restarted_unobserved_is_noticed(void **state)
{
	CK_SESSION_HANDLE s;

	for (size_t i = 0; i < COUNT(calls); i++) {
		kit_teardown(state);
		kit_setup(state);
		(void)kit_begin("adult", NULL, NULL);
		s = kit_open_rw(AUTH);
		if (i != 0 && i != 4)
			kit_login(s, PIN_AUTH);
		if (i == 5)
			expect_rv("init", kit_sign_init(s,
			    CKM_SHA256_RSA_PKCS), CKR_OK);
		kit_counters_clear();
		vtransport_service(kit_world, false);
		vtransport_service(kit_world, true);
		(void)call(i, s);
		/* No PIN goes to what may be another card. */
		assert_int_equal(kit_verifies(), 0);
		works_anew(AUTH);
	}
}

static void
a_new_session_after_a_restart_works_at_once(void **state)
{
	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	(void)kit_open_user(AUTH);
	vtransport_service(kit_world, false);
	vtransport_service(kit_world, true);
	works_anew(AUTH);
}

/* As pkcs11-helper: at the first error a new session and login, once. */
static void
one_new_login_is_enough_after_any_trouble(void **state)
{
	const char *faults[] = { "remove-insert@ins=2A",
	    "remove-insert=after@ins=2A", "hangup@ins=2A",
	    "sw=6F00@ins=2A*2", "sw=6982@ins=2A*2", "empty@ins=2A*2",
	    "garbage@ins=2A*2", "short@ins=2A*2", "long@ins=2A*2",
	    "sw=9000@ins=2A*2", "reset@ins=2A*2" };
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s;
	CK_RV rv;

	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++) {
		s = kit_open_user(AUTH);
		expect_rv("sign", kit_sign(s), CKR_OK);
		kit_fault(link, faults[i]);
		expect_true(faults[i], kit_sign(s) != CKR_OK);
		vlink_faults_clear(link);
		s = kit_open(AUTH);
		rv = kit_try_login(s, CKU_USER, PIN_AUTH);
		expect_true(faults[i], rv == CKR_OK ||
		    rv == CKR_USER_ALREADY_LOGGED_IN);
		expect_rv(faults[i], kit_sign(s), CKR_OK);
		expect_rv("close", p11->C_CloseAllSessions(kit_slot(AUTH)),
		    CKR_OK);
	}
	assert_int_equal(vlink_tries(link, "auth"), 3);
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, kit_setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(sessions_die_with_the_card),
		T(out_and_in_unobserved_is_noticed),
		T(the_first_call_after_the_removal),
		T(removal_ends_at_most_one_operation_with_device_removed),
		T(removal_is_not_mistaken_for_absence),
		T(removal_is_not_mistaken_for_a_bad_handle),
		T(a_reader_unplugged_takes_its_sessions_only),
		T(the_service_goes_and_comes_back),
		T(a_service_restarted_unobserved_is_noticed),
		T(a_new_session_after_a_restart_works_at_once),
		T(one_new_login_is_enough_after_any_trouble),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
