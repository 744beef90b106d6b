/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * No memory: the caller is told, nothing is half done, and it works again
 * when there is some.  The files that allocate are compiled here once more,
 * over an allocator that fails when it is told to.
 */
#include <stdlib.h>
#include <string.h>

static int fail_in;		/* allocations that succeed; -1: all */

static int
fails(void)
{
	return fail_in >= 0 && fail_in-- == 0;
}

static void *
test_calloc(size_t count, size_t n)
{
	return fails() ? NULL : calloc(count, n);
}

static void *
test_realloc(void *p, size_t n)
{
	return fails() ? NULL : realloc(p, n);
}

static char *
test_strdup(const char *text)
{
	return fails() ? NULL : strdup(text);
}

#define calloc	test_calloc
#define realloc	test_realloc
#define strdup	test_strdup
#include "session.c"
#include "slot.c"
#undef calloc
#undef realloc
#undef strdup

#include "p11kit.h"

static int
setup(void **state)
{
	fail_in = -1;
	return kit_setup(state);
}

static int
teardown(void **state)
{
	fail_in = -1;
	return kit_teardown(state);
}

/*
 * A reader is remembered as long as the module is loaded, so each test has
 * readers of its own names.
 */

static void
initialising_with_a_reader(void **state)
{
	CK_ULONG n;
	int needed;

	(void)state;
	(void)kit_card("Reader C", "adult", NULL);
	for (needed = 0; ; needed++) {
		fail_in = needed;
		if (p11->C_Initialize(NULL) == CKR_OK)
			break;
		expect_rv("none", p11->C_GetInfo(&(CK_INFO){ 0 }),
		    CKR_CRYPTOKI_NOT_INITIALIZED);
	}
	/* The list, the reader, its name. */
	assert_int_equal(needed, 3);
	fail_in = -1;
	expect_rv("slots", p11->C_GetSlotList(CK_TRUE, NULL, &n), CKR_OK);
	assert_int_equal(n, 2);
}

static void
a_reader_that_comes_later(void **state)
{
	CK_ULONG n = 0;

	(void)state;
	kit_init(NULL);
	(void)kit_card("Reader D", "adult", NULL);
	for (int i = 0; i < 3; i++) {
		fail_in = i;
		expect_rv("slots", p11->C_GetSlotList(CK_TRUE, NULL, &n),
		    CKR_HOST_MEMORY);
	}
	fail_in = -1;
	expect_rv("slots", p11->C_GetSlotList(CK_TRUE, NULL, &n), CKR_OK);
	assert_int_equal(n, 2);
}

static void
a_session(void **state)
{
	CK_SESSION_HANDLE s = 42;
	CK_TOKEN_INFO info;
	CK_SLOT_ID ids[4];
	CK_ULONG n = 4;

	(void)state;
	(void)kit_card("Reader C", "adult", NULL);
	kit_init(NULL);
	expect_rv("slots", p11->C_GetSlotList(CK_TRUE, ids, &n), CKR_OK);
	fail_in = 0;
	expect_rv("open", p11->C_OpenSession(ids[0], CKF_SERIAL_SESSION,
	    NULL, NULL, &s), CKR_HOST_MEMORY);
	assert_int_equal(s, 42);
	fail_in = -1;
	expect_rv("info", p11->C_GetTokenInfo(ids[0], &info), CKR_OK);
	assert_int_equal(info.ulSessionCount, 0);
	expect_rv("open", p11->C_OpenSession(ids[0], CKF_SERIAL_SESSION,
	    NULL, NULL, &s), CKR_OK);
}

static void
the_list_of_readers(void **state)
{
	CK_SESSION_HANDLE s;
	CK_UTF8CHAR pin[] = "1234";
	CK_SLOT_ID ids[4], id;
	CK_ULONG n = 4;

	(void)state;
	(void)kit_card("Reader C", "adult", NULL);
	kit_init(NULL);
	expect_rv("slots", p11->C_GetSlotList(CK_TRUE, ids, &n), CKR_OK);
	expect_rv("open", p11->C_OpenSession(ids[0], CKF_SERIAL_SESSION,
	    NULL, NULL, &s), CKR_OK);
	expect_rv("login", p11->C_Login(s, CKU_USER, pin, 4), CKR_OK);
	kit_deny_lists(JPKI_ERR_MEMORY);
#define NO(call)	expect_rv(#call, (call), CKR_HOST_MEMORY)
	NO(p11->C_GetSlotList(CK_TRUE, NULL, &n));
	NO(p11->C_GetSlotInfo(ids[0], &(CK_SLOT_INFO){ 0 }));
	NO(p11->C_GetTokenInfo(ids[0], &(CK_TOKEN_INFO){ 0 }));
	NO(p11->C_GetMechanismList(ids[0], NULL, &n));
	NO(p11->C_GetMechanismInfo(ids[0], CKM_RSA_PKCS,
	    &(CK_MECHANISM_INFO){ 0 }));
	NO(p11->C_InitToken(ids[0], pin, 4, pin));
	NO(p11->C_OpenSession(ids[0], CKF_SERIAL_SESSION, NULL, NULL, &id));
	NO(p11->C_CloseAllSessions(ids[0]));
	NO(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, NULL));
	NO(p11->C_WaitForSlotEvent(0, &id, NULL));
	NO(p11->C_GetSessionInfo(s, &(CK_SESSION_INFO){ 0 }));
	NO(p11->C_Logout(s));
	NO(p11->C_FindObjectsInit(s, NULL, 0));
#undef NO
	/* Without memory nothing was ended. */
	kit_deny_lists(JPKI_OK);
	assert_int_equal(kit_state(s), CKS_RO_USER_FUNCTIONS);
	expect_rv("sign", kit_sign(s), CKR_OK);
}

/* The slot is not empty: what is in it could not be found out. */
static void
a_card_that_is_looked_at(void **state)
{
	CK_TOKEN_INFO info;
	CK_SLOT_ID ids[4];
	CK_ULONG n = 4;

	(void)state;
	(void)kit_card("Reader C", "adult", NULL);
	kit_init(NULL);
	kit_deny_cards(JPKI_ERR_MEMORY);
	expect_rv("slots", p11->C_GetSlotList(CK_TRUE, ids, &n),
	    CKR_HOST_MEMORY);
	expect_rv("token", p11->C_GetTokenInfo(0, &info), CKR_HOST_MEMORY);
	kit_deny_cards(JPKI_OK);
	expect_rv("slots", p11->C_GetSlotList(CK_TRUE, ids, &n), CKR_OK);
	assert_int_equal(n, 2);
	expect_rv("token", p11->C_GetTokenInfo(ids[0], &info), CKR_OK);
}

static void
a_context(void **state)
{
	CK_SLOT_ID id;

	(void)state;
	kit_deny_contexts(JPKI_ERR_MEMORY);
	expect_rv("init", p11->C_Initialize(NULL), CKR_HOST_MEMORY);
	kit_deny_contexts(JPKI_OK);
	kit_init(NULL);
	while (p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, NULL) == CKR_OK)
		;
	kit_deny_contexts(JPKI_ERR_MEMORY);
	expect_rv("wait", p11->C_WaitForSlotEvent(0, &id, NULL),
	    CKR_HOST_MEMORY);
}

/* No memory in the service's answers is like no readers at the start. */
static void
a_list_at_the_start(void **state)
{
	(void)state;
	(void)kit_card("Reader C", "adult", NULL);
	kit_deny_lists(JPKI_ERR_NO_SERVICE);
	kit_init(NULL);
	kit_deny_lists(JPKI_OK);
	expect_rv("sign", kit_sign(kit_open_user(AUTH)), CKR_OK);
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(initialising_with_a_reader),
		T(a_session),
		T(the_list_of_readers),
		T(a_card_that_is_looked_at),
		T(a_context),
		T(a_list_at_the_start),
		T(a_reader_that_comes_later),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
