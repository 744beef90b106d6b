/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions: opened, counted, closed, cancelled. */
#include "p11kit.h"

#define MANY	500

static void
flags_and_outputs_are_checked(void **state)
{
	CK_SESSION_HANDLE s = 42;
	CK_SLOT_ID id;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	id = kit_slot(AUTH);
	expect_rv("parallel", p11->C_OpenSession(id, 0, NULL, NULL, &s),
	    CKR_SESSION_PARALLEL_NOT_SUPPORTED);
	expect_rv("parallel", p11->C_OpenSession(id, CKF_RW_SESSION, NULL,
	    NULL, &s), CKR_SESSION_PARALLEL_NOT_SUPPORTED);
	assert_int_equal(s, 42);
	expect_rv("NULL", p11->C_OpenSession(id, 0, NULL, NULL, NULL),
	    CKR_ARGUMENTS_BAD);
}

static CK_RV
notify(CK_SESSION_HANDLE s, CK_NOTIFICATION event, void *app)
{
	(void)s;
	(void)event;
	return app != NULL ? CKR_OK : CKR_CANCEL;
}

static void
what_a_session_says_of_itself(void **state)
{
	CK_SESSION_HANDLE s = 0;
	CK_SESSION_INFO info;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	/* Callbacks are taken, and never called. */
	expect_rv("open", p11->C_OpenSession(kit_slot(SIGN),
	    CKF_SERIAL_SESSION | CKF_RW_SESSION, &info, notify, &s), CKR_OK);
	assert_true(s != CK_INVALID_HANDLE);
	expect_rv("info", p11->C_GetSessionInfo(s, &info), CKR_OK);
	assert_int_equal(info.slotID, kit_slot(SIGN));
	assert_int_equal(info.flags, CKF_SERIAL_SESSION | CKF_RW_SESSION);
	assert_int_equal(info.state, CKS_RW_PUBLIC_SESSION);
	assert_int_equal(info.ulDeviceError, 0);
	expect_rv("info", p11->C_GetSessionInfo(kit_open(AUTH), &info),
	    CKR_OK);
	assert_int_equal(info.flags, CKF_SERIAL_SESSION);
	assert_int_equal(info.state, CKS_RO_PUBLIC_SESSION);
	expect_rv("NULL", p11->C_GetSessionInfo(s, NULL), CKR_ARGUMENTS_BAD);
}

/* Java keeps a hundred sessions with an operation each. */
static void
many_sessions_with_an_operation_each(void **state)
{
	static CK_SESSION_HANDLE s[MANY];
	CK_BYTE data[4] = { 0 }, out[KEY_BYTES];
	CK_MECHANISM m = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_OBJECT_HANDLE key;
	CK_ULONG n;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s[0] = kit_open_user(AUTH);
	key = kit_find(s[0], CKO_PRIVATE_KEY);
	for (int i = 0; i < MANY; i++) {
		if (i > 0)
			s[i] = kit_open(AUTH);
		assert_true(i == 0 || s[i] > s[i - 1]);
		expect_rv("init", p11->C_SignInit(s[i], &m, key), CKR_OK);
		expect_rv("update", p11->C_SignUpdate(s[i], data, 4),
		    CKR_OK);
	}
	for (int i = 0; i < MANY; i += 100) {
		n = sizeof(out);
		expect_rv("final", p11->C_SignFinal(s[i], out, &n), CKR_OK);
	}
	expect_rv("close", p11->C_CloseAllSessions(kit_slot(AUTH)), CKR_OK);
	for (int i = 0; i < MANY; i++)
		expect_rv("closed", p11->C_CloseSession(s[i]),
		    CKR_SESSION_HANDLE_INVALID);
}

static void
a_closed_handle_stays_invalid(void **state)
{
	CK_SESSION_HANDLE s, t;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open(AUTH);
	t = kit_open(AUTH);
	expect_rv("close", p11->C_CloseSession(s), CKR_OK);
	expect_rv("again", p11->C_CloseSession(s),
	    CKR_SESSION_HANDLE_INVALID);
	for (int i = 0; i < 10; i++)
		assert_true(kit_open(AUTH) != s);
	expect_rv("still", p11->C_GetSessionInfo(s, &(CK_SESSION_INFO){ 0 }),
	    CKR_SESSION_HANDLE_INVALID);
	assert_int_equal(kit_state(t), CKS_RO_PUBLIC_SESSION);
}

static void
all_sessions_of_a_slot_are_closed_and_no_other(void **state)
{
	CK_SESSION_HANDLE a[3], other;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	for (int i = 0; i < 3; i++)
		a[i] = kit_open(AUTH);
	other = kit_open(SIGN);
	expect_rv("bad slot", p11->C_CloseAllSessions(4711),
	    CKR_SLOT_ID_INVALID);
	assert_int_equal(kit_state(a[0]), CKS_RO_PUBLIC_SESSION);
	for (int round = 0; round < 2; round++)
		expect_rv("close", p11->C_CloseAllSessions(kit_slot(AUTH)),
		    CKR_OK);
	for (int i = 0; i < 3; i++)
		expect_rv("closed", p11->C_GetSessionInfo(a[i],
		    &(CK_SESSION_INFO){ 0 }), CKR_SESSION_HANDLE_INVALID);
	assert_int_equal(kit_state(other), CKS_RO_PUBLIC_SESSION);
}

/*
 * C_SessionCancel, of 3.0, and a NULL mechanism: both end operations.
 */

static void
begin_everything(CK_SESSION_HANDLE s)
{
	CK_MECHANISM sha = { CKM_SHA256, NULL, 0 },
	    rsa = { CKM_SHA256_RSA_PKCS, NULL, 0 };

	expect_rv("sign", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	expect_rv("verify", p11->C_VerifyInit(s, &rsa, kit_find(s,
	    CKO_PUBLIC_KEY)), CKR_OK);
	expect_rv("digest", p11->C_DigestInit(s, &sha), CKR_OK);
	expect_rv("find", p11->C_FindObjectsInit(s, NULL, 0), CKR_OK);
}

/* Bits of the operations that are under way; it ends them. */
static CK_FLAGS
active(CK_SESSION_HANDLE s)
{
	CK_BYTE b[KEY_BYTES] = { 0 };
	CK_FLAGS flags = 0;

	if (p11->C_SignUpdate(s, b, 1) == CKR_OK)
		flags |= CKF_SIGN;
	if (p11->C_VerifyUpdate(s, b, 1) == CKR_OK)
		flags |= CKF_VERIFY;
	if (p11->C_DigestUpdate(s, b, 1) == CKR_OK)
		flags |= CKF_DIGEST;
	if (p11->C_FindObjectsFinal(s) == CKR_OK)
		flags |= CKF_FIND_OBJECTS;
	return flags;
}

static void
operations_are_cancelled_by_their_flags(void **state)
{
	static const CK_FLAGS all = CKF_SIGN | CKF_VERIFY | CKF_DIGEST |
	    CKF_FIND_OBJECTS;
	static const CK_FLAGS flags[] = { 0, CKF_SIGN, CKF_VERIFY,
	    CKF_DIGEST, CKF_FIND_OBJECTS, CKF_ENCRYPT | CKF_DECRYPT,
	    CKF_SIGN | CKF_DIGEST, CKF_MESSAGE_SIGN, ~0UL };
	CK_SESSION_HANDLE s;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open_user(AUTH);
	for (size_t i = 0; i < COUNT(flags); i++) {
		begin_everything(s);
		expect_rv("cancel", p11_3->C_SessionCancel(s, flags[i]),
		    CKR_OK);
		assert_int_equal(active(s), all & ~flags[i]);
		expect_rv("clear", p11_3->C_SessionCancel(s, all), CKR_OK);
		assert_int_equal(active(s), 0);
	}
}

static void
a_null_mechanism_cancels(void **state)
{
	CK_SESSION_HANDLE s;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open_user(AUTH);
	begin_everything(s);
	expect_rv("sign", p11->C_SignInit(s, NULL, 0), CKR_OK);
	expect_rv("verify", p11->C_VerifyInit(s, NULL, 0), CKR_OK);
	expect_rv("digest", p11->C_DigestInit(s, NULL), CKR_OK);
	assert_int_equal(active(s), CKF_FIND_OBJECTS);
	expect_rv("sign", p11->C_SignInit(s, NULL, 0), CKR_ARGUMENTS_BAD);
	expect_rv("verify", p11->C_VerifyInit(s, NULL, 0),
	    CKR_ARGUMENTS_BAD);
	expect_rv("digest", p11->C_DigestInit(s, NULL), CKR_ARGUMENTS_BAD);
}

static void
an_operation_dies_with_its_session(void **state)
{
	CK_SESSION_HANDLE s, t;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	t = kit_open_user(AUTH);
	s = kit_open(AUTH);
	begin_everything(s);
	expect_rv("close", p11->C_CloseSession(s), CKR_OK);
	assert_int_equal(active(s), 0);
	assert_int_equal(active(t), 0);
	begin_everything(t);
	kit_fini();
	kit_init(NULL);
	assert_int_equal(active(kit_open(AUTH)), 0);
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, kit_setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(flags_and_outputs_are_checked),
		T(what_a_session_says_of_itself),
		T(many_sessions_with_an_operation_each),
		T(a_closed_handle_stays_invalid),
		T(all_sessions_of_a_slot_are_closed_and_no_other),
		T(operations_are_cancelled_by_their_flags),
		T(a_null_mechanism_cancels),
		T(an_operation_dies_with_its_session),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
