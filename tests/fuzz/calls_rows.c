/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every function as a row: its arguments, how it is called, and what it may
 * return (PKCS #11 2.40, section 5; 3.0, section 5).  CKR_HOST_MEMORY and
 * CKR_GENERAL_ERROR, which the standard allows everywhere, are in no list:
 * nothing that can happen here is a reason for them.
 */
#include "calls.h"

#define END	((CK_RV)-1)
#define LIST(name, ...) \
	static const CK_RV name[] = { CKR_OK, CKR_ARGUMENTS_BAD, __VA_ARGS__, END };

#define INIT		CKR_CRYPTOKI_NOT_INITIALIZED
#define DEVICE		CKR_DEVICE_ERROR, CKR_DEVICE_REMOVED
#define IN_SESSION	INIT, CKR_SESSION_HANDLE_INVALID
#define IN_SLOT		INIT, CKR_SLOT_ID_INVALID
#define STATE		CKR_OPERATION_ACTIVE, CKR_OPERATION_NOT_INITIALIZED
#define KEYED		CKR_KEY_HANDLE_INVALID, CKR_KEY_TYPE_INCONSISTENT, \
			CKR_KEY_FUNCTION_NOT_PERMITTED, CKR_USER_NOT_LOGGED_IN
#define MECHANISM	CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID

LIST(rv_initialize, CKR_CRYPTOKI_ALREADY_INITIALIZED, CKR_CANT_LOCK,
    CKR_NEED_TO_CREATE_THREADS, CKR_MUTEX_BAD)
LIST(rv_any, INIT)
LIST(rv_lists, CKR_BUFFER_TOO_SMALL)
LIST(rv_slots, INIT, CKR_BUFFER_TOO_SMALL)
LIST(rv_slot, IN_SLOT, CKR_DEVICE_ERROR)
LIST(rv_token, IN_SLOT, DEVICE, CKR_TOKEN_NOT_PRESENT)
LIST(rv_mechs, IN_SLOT, DEVICE, CKR_TOKEN_NOT_PRESENT, CKR_BUFFER_TOO_SMALL)
LIST(rv_mech, IN_SLOT, DEVICE, CKR_TOKEN_NOT_PRESENT, CKR_MECHANISM_INVALID)
LIST(rv_wait, INIT, CKR_NO_EVENT, CKR_FUNCTION_FAILED)
LIST(rv_init_token, IN_SLOT, CKR_FUNCTION_NOT_SUPPORTED)
LIST(rv_open, IN_SLOT, DEVICE, CKR_TOKEN_NOT_PRESENT, CKR_SESSION_PARALLEL_NOT_SUPPORTED)
LIST(rv_session, IN_SESSION)
LIST(rv_close, IN_SESSION, DEVICE)
LIST(rv_login, IN_SESSION, DEVICE, CKR_PIN_INCORRECT, CKR_PIN_LOCKED,
    CKR_USER_ALREADY_LOGGED_IN, CKR_USER_ANOTHER_ALREADY_LOGGED_IN,
    CKR_USER_TYPE_INVALID, CKR_USER_PIN_NOT_INITIALIZED,
    CKR_SESSION_READ_ONLY_EXISTS, CKR_OPERATION_NOT_INITIALIZED)
LIST(rv_logout, IN_SESSION, DEVICE, CKR_USER_NOT_LOGGED_IN)
LIST(rv_set_pin, IN_SESSION, DEVICE, CKR_PIN_INCORRECT, CKR_PIN_INVALID,
    CKR_PIN_LEN_RANGE, CKR_PIN_LOCKED, CKR_SESSION_READ_ONLY)
LIST(rv_create, IN_SESSION, CKR_TEMPLATE_INCOMPLETE, CKR_FUNCTION_NOT_SUPPORTED)
LIST(rv_object, IN_SESSION, DEVICE, CKR_OBJECT_HANDLE_INVALID)
LIST(rv_write, IN_SESSION, DEVICE, CKR_OBJECT_HANDLE_INVALID, CKR_ACTION_PROHIBITED,
    CKR_SESSION_READ_ONLY)
LIST(rv_get, IN_SESSION, DEVICE, CKR_OBJECT_HANDLE_INVALID, CKR_BUFFER_TOO_SMALL,
    CKR_ATTRIBUTE_SENSITIVE, CKR_ATTRIBUTE_TYPE_INVALID)
LIST(rv_find_init, IN_SESSION, DEVICE, CKR_OPERATION_ACTIVE)
LIST(rv_find, IN_SESSION, CKR_OPERATION_NOT_INITIALIZED)
LIST(rv_digest_init, IN_SESSION, MECHANISM, CKR_OPERATION_ACTIVE)
LIST(rv_digest, IN_SESSION, STATE, CKR_BUFFER_TOO_SMALL)
LIST(rv_update, IN_SESSION, STATE, CKR_DATA_LEN_RANGE)
LIST(rv_key_init, IN_SESSION, DEVICE, MECHANISM, KEYED, CKR_OPERATION_ACTIVE)
LIST(rv_sign, IN_SESSION, DEVICE, STATE, CKR_BUFFER_TOO_SMALL, CKR_DATA_LEN_RANGE,
    CKR_USER_NOT_LOGGED_IN, CKR_FUNCTION_FAILED)
LIST(rv_verify, IN_SESSION, DEVICE, STATE, CKR_DATA_LEN_RANGE, CKR_SIGNATURE_INVALID,
    CKR_SIGNATURE_LEN_RANGE)
LIST(rv_stub, IN_SESSION, CKR_FUNCTION_NOT_SUPPORTED)
LIST(rv_random, IN_SESSION, CKR_RANDOM_NO_RNG)
LIST(rv_parallel, IN_SESSION, CKR_FUNCTION_NOT_PARALLEL)

#define S		(c->s)
#define ULONGS		(CK_ULONG *)(void *)c->out
#define SMK		(c->s, c->m, c->key)
#define IN		c->in, c->in_n
#define OUT		c->out, c->out_n
#define SIG		c->sig, c->sig_n
#define PARAMETER	c->in2, c->in2_n
#define TEMPLATE	c->t, c->t_n

/* Name, letters of its arguments, these, what it may return; what follows. */
#define CALLS(X) \
	X(C_Initialize, "I", (c->info), rv_initialize, judge_initialize, 0, 0) \
	X(C_OpenSession, "ifv", (c->slot, c->flags, c, NULL, c->info), rv_open, judge_open, \
	    sizeof(CK_SESSION_HANDLE), 0) \
	X(C_Login, "sup", (c->s, c->user, c->pin, c->pin_n), rv_login, judge_login, 0, 1) \
	X(C_FindObjectsInit, "st", (c->s, TEMPLATE), rv_find_init, judge_find_init, 0, 0) \
	X(C_FindObjects, "sl", (c->s, ULONGS, c->room, c->out_n), rv_find, judge_find, 0, 0) \
	X(C_FindObjectsFinal, "s", S, rv_find, judge_find_final, 0, 0) \
	X(C_SignInit, "smk", SMK, rv_key_init, judge_sign_init, 0, 0) \
	X(C_Sign, "sdo", (c->s, IN, OUT), rv_sign, judge_sign, 0, 0) \
	X(C_SignUpdate, "sd", (c->s, IN), rv_update, judge_sign_update, 0, 0) \
	X(C_SignFinal, "so", (c->s, OUT), rv_sign, judge_sign_final, 0, 0) \
	X(C_VerifyInit, "smk", SMK, rv_key_init, judge_verify_init, 0, 0) \
	X(C_Verify, "sdg", (c->s, IN, SIG), rv_verify, judge_verify, 0, 0) \
	X(C_VerifyUpdate, "sd", (c->s, IN), rv_update, judge_verify_update, 0, 0) \
	X(C_VerifyFinal, "sg", (c->s, SIG), rv_verify, judge_verify_final, 0, 0) \
	X(C_DigestInit, "sm", (c->s, c->m), rv_digest_init, judge_digest_init, 0, 0) \
	X(C_Digest, "sdo", (c->s, IN, OUT), rv_digest, judge_digest, 0, 0) \
	X(C_DigestUpdate, "sd", (c->s, IN), rv_update, judge_digest_update, 0, 0) \
	X(C_DigestFinal, "so", (c->s, OUT), rv_digest, judge_digest_final, 0, 0) \
	X(C_GetAttributeValue, "ska", (c->s, c->key, TEMPLATE), rv_get, judge_attributes, 0, 0) \
	X(C_Logout, "s", S, rv_logout, judge_logout, 0, 0) \
	X(C_CloseSession, "s", S, rv_close, judge_close, 0, 0) \
	X(C_CloseAllSessions, "i", (c->slot), rv_slot, judge_close_all, 0, 0) \
	X(C_GetSessionInfo, "sv", (c->s, c->info), rv_session, judge_session_info, \
	    sizeof(CK_SESSION_INFO), 0) \
	X(C_SetPIN, "spP", (c->s, c->pin, c->pin_n, c->new_pin, c->new_pin_n), rv_set_pin, \
	    judge_set_pin, 0, 1) \
	X(C_GetSlotList, "bl", (c->present, ULONGS, c->out_n), rv_slots, judge_list, 0, 0) \
	X(C_GetSlotInfo, "iv", (c->slot, c->info), rv_slot, NULL, sizeof(CK_SLOT_INFO), 0) \
	X(C_GetTokenInfo, "iv", (c->slot, c->info), rv_token, judge_token_info, \
	    sizeof(CK_TOKEN_INFO), 0) \
	X(C_GetMechanismList, "il", (c->slot, ULONGS, c->out_n), rv_mechs, judge_list, 0, 0) \
	X(C_GetMechanismInfo, "iyv", (c->slot, c->type, c->info), rv_mech, NULL, \
	    sizeof(CK_MECHANISM_INFO), 0) \
	X(C_GetObjectSize, "skv", (c->s, c->key, c->info), rv_object, NULL, sizeof(CK_ULONG), 0) \
	X(C_WaitForSlotEvent, "Fvr", (c->flags, c->info, c->reserved), rv_wait, judge_wait, \
	    sizeof(CK_SLOT_ID), 0) \
	X(C_SessionCancel, "sF", (c->s, c->flags), rv_session, judge_cancel, 0, 0) \
	X(C_LoginUser, "supd", (c->s, c->user, c->pin, c->pin_n, IN), rv_login, judge_login, \
	    0, 1) \
	X(C_Finalize, "r", (c->reserved), rv_any, judge_finalize, 0, 0) \
	X(C_CreateObject, "stv", (c->s, TEMPLATE, c->info), rv_create, NULL, sizeof(CK_ULONG), 0) \
	X(C_CopyObject, "sktv", (c->s, c->key, TEMPLATE, c->info), rv_write, NULL, \
	    sizeof(CK_ULONG), 0) \
	X(C_DestroyObject, "sk", (c->s, c->key), rv_write, NULL, 0, 0) \
	X(C_SetAttributeValue, "skt", (c->s, c->key, TEMPLATE), rv_write, NULL, 0, 0) \
	X(C_GetInfo, "v", (c->info), rv_any, NULL, sizeof(CK_INFO), 0) \
	X(C_GetFunctionList, "v", (c->info), rv_lists, NULL, sizeof(void *), 0) \
	X(C_GetInterfaceList, "L", ((CK_INTERFACE *)(void *)c->out, c->out_n), rv_lists, \
	    judge_list, 0, 0) \
	X(C_GetInterface, "nvF", (c->pin, c->info2, c->info, c->flags), rv_lists, NULL, \
	    sizeof(void *), 0) \
	X(C_InitToken, "ipP", (c->slot, c->pin, c->pin_n, c->new_pin), rv_init_token, NULL, 0, 0) \
	X(C_InitPIN, "sp", (c->s, c->pin, c->pin_n), rv_stub, NULL, 0, 0) \
	X(C_GetOperationState, "so", (c->s, OUT), rv_stub, NULL, 0, 0) \
	X(C_SetOperationState, "sdkK", (c->s, IN, c->key, c->key2), rv_stub, NULL, 0, 0) \
	X(C_EncryptInit, "smk", SMK, rv_stub, NULL, 0, 0) \
	X(C_Encrypt, "sdo", (c->s, IN, OUT), rv_stub, NULL, 0, 0) \
	X(C_EncryptUpdate, "sdo", (c->s, IN, OUT), rv_stub, NULL, 0, 0) \
	X(C_EncryptFinal, "so", (c->s, OUT), rv_stub, NULL, 0, 0) \
	X(C_DecryptInit, "smk", SMK, rv_stub, NULL, 0, 0) \
	X(C_Decrypt, "sdo", (c->s, IN, OUT), rv_stub, NULL, 0, 0) \
	X(C_DecryptUpdate, "sdo", (c->s, IN, OUT), rv_stub, NULL, 0, 0) \
	X(C_DecryptFinal, "so", (c->s, OUT), rv_stub, NULL, 0, 0) \
	X(C_DigestKey, "sk", (c->s, c->key), rv_stub, NULL, 0, 0) \
	X(C_SignRecoverInit, "smk", SMK, rv_stub, NULL, 0, 0) \
	X(C_SignRecover, "sdo", (c->s, IN, OUT), rv_stub, NULL, 0, 0) \
	X(C_VerifyRecoverInit, "smk", SMK, rv_stub, NULL, 0, 0) \
	X(C_VerifyRecover, "sdo", (c->s, IN, OUT), rv_stub, NULL, 0, 0) \
	X(C_DigestEncryptUpdate, "sdo", (c->s, IN, OUT), rv_stub, NULL, 0, 0) \
	X(C_DecryptDigestUpdate, "sdo", (c->s, IN, OUT), rv_stub, NULL, 0, 0) \
	X(C_SignEncryptUpdate, "sdo", (c->s, IN, OUT), rv_stub, NULL, 0, 0) \
	X(C_DecryptVerifyUpdate, "sdo", (c->s, IN, OUT), rv_stub, NULL, 0, 0) \
	X(C_GenerateKey, "smtv", (c->s, c->m, TEMPLATE, c->info), rv_stub, NULL, \
	    sizeof(CK_ULONG), 0) \
	X(C_GenerateKeyPair, "smtTvV", (c->s, c->m, TEMPLATE, c->t2, c->t2_n, c->info, \
	    c->info2), rv_stub, NULL, sizeof(CK_ULONG), 0) \
	X(C_WrapKey, "smkKo", (c->s, c->m, c->key, c->key2, OUT), rv_stub, NULL, 0, 0) \
	X(C_UnwrapKey, "smkdtv", (c->s, c->m, c->key, IN, TEMPLATE, c->info), rv_stub, NULL, \
	    sizeof(CK_ULONG), 0) \
	X(C_DeriveKey, "smktv", (c->s, c->m, c->key, TEMPLATE, c->info), rv_stub, NULL, \
	    sizeof(CK_ULONG), 0) \
	X(C_SeedRandom, "sd", (c->s, IN), rv_random, NULL, 0, 0) \
	X(C_GenerateRandom, "sd", (c->s, IN), rv_random, NULL, 0, 0) \
	X(C_GetFunctionStatus, "s", S, rv_parallel, NULL, 0, 0) \
	X(C_CancelFunction, "s", S, rv_parallel, NULL, 0, 0) \
	X(C_MessageEncryptInit, "smk", SMK, rv_stub, NULL, 0, 0) \
	X(C_EncryptMessage, "sDgdo", (c->s, PARAMETER, SIG, IN, OUT), rv_stub, NULL, 0, 0) \
	X(C_EncryptMessageBegin, "sDg", (c->s, PARAMETER, SIG), rv_stub, NULL, 0, 0) \
	X(C_EncryptMessageNext, "sDdoF", (c->s, PARAMETER, IN, OUT, c->flags), rv_stub, NULL, \
	    0, 0) \
	X(C_MessageEncryptFinal, "s", S, rv_stub, NULL, 0, 0) \
	X(C_MessageDecryptInit, "smk", SMK, rv_stub, NULL, 0, 0) \
	X(C_DecryptMessage, "sDgdo", (c->s, PARAMETER, SIG, IN, OUT), rv_stub, NULL, 0, 0) \
	X(C_DecryptMessageBegin, "sDg", (c->s, PARAMETER, SIG), rv_stub, NULL, 0, 0) \
	X(C_DecryptMessageNext, "sDdoF", (c->s, PARAMETER, IN, OUT, c->flags), rv_stub, NULL, \
	    0, 0) \
	X(C_MessageDecryptFinal, "s", S, rv_stub, NULL, 0, 0) \
	X(C_MessageSignInit, "smk", SMK, rv_stub, NULL, 0, 0) \
	X(C_SignMessage, "sDdo", (c->s, PARAMETER, IN, OUT), rv_stub, NULL, 0, 0) \
	X(C_SignMessageBegin, "sD", (c->s, PARAMETER), rv_stub, NULL, 0, 0) \
	X(C_SignMessageNext, "sDdo", (c->s, PARAMETER, IN, OUT), rv_stub, NULL, 0, 0) \
	X(C_MessageSignFinal, "s", S, rv_stub, NULL, 0, 0) \
	X(C_MessageVerifyInit, "smk", SMK, rv_stub, NULL, 0, 0) \
	X(C_VerifyMessage, "sDdg", (c->s, PARAMETER, IN, SIG), rv_stub, NULL, 0, 0) \
	X(C_VerifyMessageBegin, "sD", (c->s, PARAMETER), rv_stub, NULL, 0, 0) \
	X(C_VerifyMessageNext, "sDdg", (c->s, PARAMETER, IN, SIG), rv_stub, NULL, 0, 0) \
	X(C_MessageVerifyFinal, "s", S, rv_stub, NULL, 0, 0)

#define INVOKE(name, letters, arguments, rvs, judge, size, sends)	\
	static CK_RV							\
	call_##name(const struct functions_3_0 *f, struct call *c)	\
	{								\
		return f->name arguments;				\
	}
CALLS(INVOKE)

#define ROW(name, letters, arguments, rvs, judge, size, sends) \
	{ #name, letters, call_##name, rvs, judge, size, sends },
const struct row calls_rows[] = { CALLS(ROW) };

const size_t calls_rows_n = sizeof(calls_rows) / sizeof(calls_rows[0]);

_Static_assert(sizeof(calls_rows) / sizeof(calls_rows[0]) == 92,
    "PKCS #11 3.0 has 92 functions");

bool
calls_rv_allowed(const struct row *row, CK_RV rv)
{
	for (const CK_RV *one = row->rvs; *one != END; one++)
		if (*one == rv)
			return true;
	return false;
}
