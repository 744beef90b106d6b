/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One order of checks in every function, stubs included: initialised,
 * session, arguments, and then the rest.  The table is made from the list of
 * functions, so that none can be left out.
 */
#include "p11kit.h"

#include <string.h>

/*
 * How each is called: with this session or slot, NULL for every pointer, and
 * 1 for every length.
 */
#define CALL(name, ...) \
	static CK_RV \
	call_##name(CK_ULONG s) \
	{ \
		(void)s; \
		return p11_3->name(__VA_ARGS__); \
	}

#define IN	NULL, 1
#define OUT	NULL, NULL
#define LIST	NULL, 1
#define MESSAGE	NULL, 1

CALL(C_Initialize, NULL)
CALL(C_Finalize, NULL)
CALL(C_GetInfo, NULL)
CALL(C_GetFunctionList, NULL)
CALL(C_GetSlotList, CK_FALSE, NULL, NULL)
CALL(C_GetSlotInfo, s, NULL)
CALL(C_GetTokenInfo, s, NULL)
CALL(C_GetMechanismList, s, NULL, NULL)
CALL(C_GetMechanismInfo, s, CKM_RSA_PKCS, NULL)
CALL(C_InitToken, s, IN, NULL)
CALL(C_InitPIN, s, IN)
CALL(C_SetPIN, s, IN, IN)
CALL(C_OpenSession, s, CKF_SERIAL_SESSION, NULL, NULL, NULL)
CALL(C_CloseSession, s)
CALL(C_CloseAllSessions, s)
CALL(C_GetSessionInfo, s, NULL)
CALL(C_GetOperationState, s, OUT)
CALL(C_SetOperationState, s, IN, 0, 0)
CALL(C_Login, s, CKU_USER, IN)
CALL(C_Logout, s)
CALL(C_CreateObject, s, LIST, NULL)
CALL(C_CopyObject, s, 1, LIST, NULL)
CALL(C_DestroyObject, s, 0)
CALL(C_GetObjectSize, s, 0, NULL)
CALL(C_GetAttributeValue, s, 0, LIST)
CALL(C_SetAttributeValue, s, 0, LIST)
CALL(C_FindObjectsInit, s, LIST)
CALL(C_FindObjects, s, NULL, 1, NULL)
CALL(C_FindObjectsFinal, s)
CALL(C_EncryptInit, s, NULL, 0)
CALL(C_Encrypt, s, IN, OUT)
CALL(C_EncryptUpdate, s, IN, OUT)
CALL(C_EncryptFinal, s, OUT)
CALL(C_DecryptInit, s, NULL, 0)
CALL(C_Decrypt, s, IN, OUT)
CALL(C_DecryptUpdate, s, IN, OUT)
CALL(C_DecryptFinal, s, OUT)
CALL(C_DigestInit, s, NULL)
CALL(C_Digest, s, IN, OUT)
CALL(C_DigestUpdate, s, IN)
CALL(C_DigestKey, s, 0)
CALL(C_DigestFinal, s, OUT)
CALL(C_SignInit, s, NULL, 0)
CALL(C_Sign, s, IN, OUT)
CALL(C_SignUpdate, s, IN)
CALL(C_SignFinal, s, OUT)
CALL(C_SignRecoverInit, s, NULL, 0)
CALL(C_SignRecover, s, IN, OUT)
CALL(C_VerifyInit, s, NULL, 0)
CALL(C_Verify, s, IN, IN)
CALL(C_VerifyUpdate, s, IN)
CALL(C_VerifyFinal, s, IN)
CALL(C_VerifyRecoverInit, s, NULL, 0)
CALL(C_VerifyRecover, s, IN, OUT)
CALL(C_DigestEncryptUpdate, s, IN, OUT)
CALL(C_DecryptDigestUpdate, s, IN, OUT)
CALL(C_SignEncryptUpdate, s, IN, OUT)
CALL(C_DecryptVerifyUpdate, s, IN, OUT)
CALL(C_GenerateKey, s, NULL, LIST, NULL)
CALL(C_GenerateKeyPair, s, NULL, LIST, LIST, NULL, NULL)
CALL(C_WrapKey, s, NULL, 0, 0, OUT)
CALL(C_UnwrapKey, s, NULL, 0, IN, LIST, NULL)
CALL(C_DeriveKey, s, NULL, 0, LIST, NULL)
CALL(C_SeedRandom, s, IN)
CALL(C_GenerateRandom, s, NULL, 1)
CALL(C_GetFunctionStatus, s)
CALL(C_CancelFunction, s)
CALL(C_WaitForSlotEvent, CKF_DONT_BLOCK, NULL, NULL)
CALL(C_GetInterfaceList, NULL, NULL)
CALL(C_GetInterface, NULL, NULL, NULL, 0)
CALL(C_LoginUser, s, CKU_USER, IN, NULL, 0)
CALL(C_SessionCancel, s, 0)
CALL(C_MessageEncryptInit, s, NULL, 0)
CALL(C_EncryptMessage, s, MESSAGE, IN, IN, OUT)
CALL(C_EncryptMessageBegin, s, MESSAGE, IN)
CALL(C_EncryptMessageNext, s, MESSAGE, IN, OUT, 0)
CALL(C_MessageEncryptFinal, s)
CALL(C_MessageDecryptInit, s, NULL, 0)
CALL(C_DecryptMessage, s, MESSAGE, IN, IN, OUT)
CALL(C_DecryptMessageBegin, s, MESSAGE, IN)
CALL(C_DecryptMessageNext, s, MESSAGE, IN, OUT, 0)
CALL(C_MessageDecryptFinal, s)
CALL(C_MessageSignInit, s, NULL, 0)
CALL(C_SignMessage, s, MESSAGE, IN, OUT)
CALL(C_SignMessageBegin, s, MESSAGE)
CALL(C_SignMessageNext, s, MESSAGE, IN, OUT)
CALL(C_MessageSignFinal, s)
CALL(C_MessageVerifyInit, s, NULL, 0)
CALL(C_VerifyMessage, s, MESSAGE, IN, IN)
CALL(C_VerifyMessageBegin, s, MESSAGE)
CALL(C_VerifyMessageNext, s, MESSAGE, IN, IN)
CALL(C_MessageVerifyFinal, s)

static const struct function {
	const char	*name;
	CK_RV		(*call)(CK_ULONG s);
} functions[] = {
#define ROW(name, parameters)	{ #name, call_##name },
	FUNCTIONS_2_40(ROW)
	FUNCTIONS_3_0(ROW)
};

/* What is not the rule. */
enum { SESSION, SLOT, NEITHER, ANY_TIME };

static const struct {
	const char	*name;
	int		 what;		/* it is told what it is about by */
	CK_RV		 nulls;		/* its answer to NULLs */
} exceptions[] = {
	{ "C_Initialize", ANY_TIME, CKR_CRYPTOKI_ALREADY_INITIALIZED },
	{ "C_GetFunctionList", ANY_TIME, CKR_ARGUMENTS_BAD },
	{ "C_GetInterfaceList", ANY_TIME, CKR_ARGUMENTS_BAD },
	{ "C_GetInterface", ANY_TIME, CKR_ARGUMENTS_BAD },
	{ "C_Finalize", NEITHER, CKR_OK },
	{ "C_GetInfo", NEITHER, CKR_ARGUMENTS_BAD },
	{ "C_GetSlotList", NEITHER, CKR_ARGUMENTS_BAD },
	{ "C_WaitForSlotEvent", NEITHER, CKR_ARGUMENTS_BAD },
	{ "C_GetSlotInfo", SLOT, CKR_ARGUMENTS_BAD },
	{ "C_GetTokenInfo", SLOT, CKR_ARGUMENTS_BAD },
	{ "C_GetMechanismList", SLOT, CKR_ARGUMENTS_BAD },
	{ "C_GetMechanismInfo", SLOT, CKR_ARGUMENTS_BAD },
	{ "C_InitToken", SLOT, CKR_ARGUMENTS_BAD },
	{ "C_OpenSession", SLOT, CKR_ARGUMENTS_BAD },
	{ "C_CloseAllSessions", SLOT, CKR_OK },
	{ "C_CloseSession", SESSION, CKR_OK },
	{ "C_Logout", SESSION, CKR_USER_NOT_LOGGED_IN },
	{ "C_DestroyObject", SESSION, CKR_OBJECT_HANDLE_INVALID },
	{ "C_FindObjectsFinal", SESSION, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_SessionCancel", SESSION, CKR_OK },
	{ "C_GetFunctionStatus", SESSION, CKR_FUNCTION_NOT_PARALLEL },
	{ "C_CancelFunction", SESSION, CKR_FUNCTION_NOT_PARALLEL },
	{ "C_DigestKey", SESSION, CKR_FUNCTION_NOT_SUPPORTED },
	{ "C_MessageEncryptFinal", SESSION, CKR_FUNCTION_NOT_SUPPORTED },
	{ "C_MessageDecryptFinal", SESSION, CKR_FUNCTION_NOT_SUPPORTED },
	{ "C_MessageSignFinal", SESSION, CKR_FUNCTION_NOT_SUPPORTED },
	{ "C_MessageVerifyFinal", SESSION, CKR_FUNCTION_NOT_SUPPORTED },
};

static int
what_of(const struct function *f, CK_RV *nulls)
{
	*nulls = CKR_ARGUMENTS_BAD;
	for (size_t i = 0; i < COUNT(exceptions); i++) {
		if (strcmp(exceptions[i].name, f->name) != 0)
			continue;
		*nulls = exceptions[i].nulls;
		return exceptions[i].what;
	}
	return SESSION;
}

static void
expect_uninitialised(void)
{
	CK_RV nulls;

	for (size_t i = 0; i < COUNT(functions); i++)
		if (what_of(&functions[i], &nulls) != ANY_TIME)
			expect_rv(functions[i].name, functions[i].call(1),
			    CKR_CRYPTOKI_NOT_INITIALIZED);
}

static void
first_whether_it_is_initialised(void **state)
{
	(void)state;
	assert_int_equal(COUNT(functions), 92);
	expect_uninitialised();
	(void)kit_begin("adult", NULL, NULL);
	(void)kit_open_user(AUTH);
	kit_fini();
	expect_uninitialised();
}

static void
then_whether_the_session_is_there(void **state)
{
	CK_SESSION_HANDLE closed, made_up[4] = { 0, 0, 4711, ~0UL };
	CK_RV nulls;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	closed = kit_open(AUTH);
	(void)kit_open(AUTH);
	expect_rv("close", p11->C_CloseSession(closed), CKR_OK);
	made_up[1] = closed;
	for (size_t i = 0; i < COUNT(functions); i++) {
		if (what_of(&functions[i], &nulls) != SESSION)
			continue;
		for (size_t j = 0; j < COUNT(made_up); j++)
			expect_rv(functions[i].name,
			    functions[i].call(made_up[j]),
			    CKR_SESSION_HANDLE_INVALID);
	}
}

static void
then_whether_the_arguments_can_be(void **state)
{
	CK_SESSION_HANDLE session;
	CK_RV nulls;
	int what;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	for (size_t i = 0; i < COUNT(functions); i++) {
		what = what_of(&functions[i], &nulls);
		if (strcmp(functions[i].name, "C_Finalize") == 0)
			continue;
		session = kit_open_rw(AUTH);
		expect_rv(functions[i].name, functions[i].call(
		    what == SLOT ? kit_slot(AUTH) : session), nulls);
	}
}

/* With arguments that can be, what the card cannot do is not supported. */
static void
then_whether_it_is_supported(void **state)
{
	CK_SESSION_HANDLE s;
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_ATTRIBUTE t = { CKA_CLASS, &class, sizeof(class) };
	CK_OBJECT_HANDLE o, p;
	CK_BYTE b[8] = { 0 };
	CK_ULONG n = sizeof(b);
	CK_UTF8CHAR label[32] = "x";

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open_rw(AUTH);
#define NO(call)	expect_rv(#call, (call), CKR_FUNCTION_NOT_SUPPORTED)
	NO(p11->C_InitToken(kit_slot(AUTH), b, 8, label));
	NO(p11->C_InitPIN(s, b, 8));
	NO(p11->C_GetOperationState(s, b, &n));
	NO(p11->C_SetOperationState(s, b, 8, 0, 0));
	NO(p11->C_CreateObject(s, &t, 1, &o));
	NO(p11->C_EncryptInit(s, &m, 1));
	NO(p11->C_Encrypt(s, b, 8, b, &n));
	NO(p11->C_EncryptUpdate(s, b, 8, b, &n));
	NO(p11->C_EncryptFinal(s, b, &n));
	NO(p11->C_DecryptInit(s, &m, 1));
	NO(p11->C_Decrypt(s, b, 8, b, &n));
	NO(p11->C_DecryptUpdate(s, b, 8, b, &n));
	NO(p11->C_DecryptFinal(s, b, &n));
	NO(p11->C_SignRecoverInit(s, &m, 1));
	NO(p11->C_SignRecover(s, b, 8, b, &n));
	NO(p11->C_VerifyRecoverInit(s, &m, 1));
	NO(p11->C_VerifyRecover(s, b, 8, b, &n));
	NO(p11->C_DigestEncryptUpdate(s, b, 8, b, &n));
	NO(p11->C_DecryptDigestUpdate(s, b, 8, b, &n));
	NO(p11->C_SignEncryptUpdate(s, b, 8, b, &n));
	NO(p11->C_DecryptVerifyUpdate(s, b, 8, b, &n));
	NO(p11->C_GenerateKey(s, &m, &t, 1, &o));
	NO(p11->C_GenerateKeyPair(s, &m, &t, 1, &t, 1, &o, &p));
	NO(p11->C_WrapKey(s, &m, 1, 1, b, &n));
	NO(p11->C_UnwrapKey(s, &m, 1, b, 8, &t, 1, &o));
	NO(p11->C_DeriveKey(s, &m, 1, &t, 1, &o));
	NO(p11_3->C_MessageEncryptInit(s, &m, 1));
	NO(p11_3->C_EncryptMessage(s, b, 8, b, 8, b, 8, b, &n));
	NO(p11_3->C_EncryptMessageBegin(s, b, 8, b, 8));
	NO(p11_3->C_EncryptMessageNext(s, b, 8, b, 8, b, &n, 0));
	NO(p11_3->C_MessageDecryptInit(s, &m, 1));
	NO(p11_3->C_DecryptMessage(s, b, 8, b, 8, b, 8, b, &n));
	NO(p11_3->C_DecryptMessageBegin(s, b, 8, b, 8));
	NO(p11_3->C_DecryptMessageNext(s, b, 8, b, 8, b, &n, 0));
	NO(p11_3->C_MessageSignInit(s, &m, 1));
	NO(p11_3->C_SignMessage(s, b, 8, b, 8, b, &n));
	NO(p11_3->C_SignMessageBegin(s, b, 8));
	NO(p11_3->C_SignMessageNext(s, b, 8, b, 8, b, &n));
	NO(p11_3->C_MessageVerifyInit(s, &m, 1));
	NO(p11_3->C_VerifyMessage(s, b, 8, b, 8, b, 8));
	NO(p11_3->C_VerifyMessageBegin(s, b, 8));
	NO(p11_3->C_VerifyMessageNext(s, b, 8, b, 8, b, 8));
#undef NO
	expect_rv("seed", p11->C_SeedRandom(s, b, 8), CKR_RANDOM_NO_RNG);
	expect_rv("random", p11->C_GenerateRandom(s, b, 8),
	    CKR_RANDOM_NO_RNG);
}

static void
a_slot_that_is_not_there_is_said_so(void **state)
{
	CK_SLOT_ID ids[] = { 2, 4711, ~0UL, ~0UL >> 1 };
	CK_SESSION_HANDLE s;
	CK_ULONG n;
	CK_UTF8CHAR label[32] = "x";

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	(void)kit_slot(AUTH);
	for (size_t i = 0; i < COUNT(ids); i++) {
#define NO(call)	expect_rv(#call, (call), CKR_SLOT_ID_INVALID)
		NO(p11->C_GetSlotInfo(ids[i], &(CK_SLOT_INFO){ 0 }));
		NO(p11->C_GetTokenInfo(ids[i], &(CK_TOKEN_INFO){ 0 }));
		NO(p11->C_GetMechanismList(ids[i], NULL, &n));
		NO(p11->C_GetMechanismInfo(ids[i], CKM_RSA_PKCS,
		    &(CK_MECHANISM_INFO){ 0 }));
		NO(p11->C_InitToken(ids[i], label, 4, label));
		NO(p11->C_OpenSession(ids[i], CKF_SERIAL_SESSION, NULL, NULL,
		    &s));
		NO(p11->C_CloseAllSessions(ids[i]));
#undef NO
	}
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, kit_setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(first_whether_it_is_initialised),
		T(then_whether_the_session_is_there),
		T(then_whether_the_arguments_can_be),
		T(then_whether_it_is_supported),
		T(a_slot_that_is_not_there_is_said_so),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
