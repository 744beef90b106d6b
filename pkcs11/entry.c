/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entry points.  Each enters (initialised? session there?), hands its
 * arguments to the file of its noun, and leaves.
 */
#include "functions.h"
#include "login.h"
#include "operation.h"

CK_RV
C_Initialize(void *args)
{
	return module_initialize(args);
}

CK_RV
C_Finalize(void *reserved)
{
	return module_finalize(reserved);
}

CK_RV
C_GetInfo(CK_INFO_PTR info)
{
	CK_RV rv = enter();

	return leave(rv == CKR_OK ? module_info(info) : rv);
}

CK_RV
C_GetSlotList(CK_BBOOL present, CK_SLOT_ID_PTR list, CK_ULONG_PTR count)
{
	CK_RV rv = enter();

	return leave(rv == CKR_OK ? slot_list(present, list, count) : rv);
}

CK_RV
C_GetSlotInfo(CK_SLOT_ID id, CK_SLOT_INFO_PTR info)
{
	CK_RV rv = enter();

	return leave(rv == CKR_OK ? slot_info(id, info) : rv);
}

CK_RV
C_GetTokenInfo(CK_SLOT_ID id, CK_TOKEN_INFO_PTR info)
{
	CK_RV rv = enter();

	return leave(rv == CKR_OK ? token_info(id, info) : rv);
}

CK_RV
C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID_PTR id, void *reserved)
{
	CK_RV rv = enter();

	return leave(rv == CKR_OK ? slot_wait(flags, id, reserved) : rv);
}

CK_RV
C_GetMechanismList(CK_SLOT_ID id, CK_MECHANISM_TYPE_PTR list,
    CK_ULONG_PTR count)
{
	CK_RV rv = enter();

	return leave(rv == CKR_OK ? mech_list(id, list, count) : rv);
}

CK_RV
C_GetMechanismInfo(CK_SLOT_ID id, CK_MECHANISM_TYPE type,
    CK_MECHANISM_INFO_PTR info)
{
	CK_RV rv = enter();

	return leave(rv == CKR_OK ? mech_info(id, type, info) : rv);
}

CK_RV
C_OpenSession(CK_SLOT_ID id, CK_FLAGS flags, void *app, CK_NOTIFY notify,
    CK_SESSION_HANDLE_PTR out)
{
	CK_RV rv = enter();

	(void)app;
	(void)notify;
	return leave(rv == CKR_OK ? session_open(id, flags, out) : rv);
}

CK_RV
C_CloseAllSessions(CK_SLOT_ID id)
{
	CK_RV rv = enter();

	return leave(rv == CKR_OK ? session_close_all(id) : rv);
}

CK_RV
C_CloseSession(CK_SESSION_HANDLE s)
{
	struct session *session;
	CK_RV rv = enter_session(s, &session);

	return leave(rv == CKR_OK ? session_close(session) : rv);
}

CK_RV
C_GetSessionInfo(CK_SESSION_HANDLE s, CK_SESSION_INFO_PTR info)
{
	struct session *session;
	CK_RV rv = enter_session_fresh(s, &session);

	return leave(rv == CKR_OK ? session_info(session, info) : rv);
}

CK_RV
C_SessionCancel(CK_SESSION_HANDLE s, CK_FLAGS flags)
{
	struct session *session;
	CK_RV rv = enter_session(s, &session);

	return leave(rv == CKR_OK ? session_cancel(session, flags) : rv);
}

CK_RV
C_Login(CK_SESSION_HANDLE s, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin,
    CK_ULONG n)
{
	struct session *session;
	CK_RV rv = enter_session_fresh(s, &session);

	return leave(rv == CKR_OK ? login(session, user, pin, n) : rv);
}

CK_RV
C_LoginUser(CK_SESSION_HANDLE s, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin,
    CK_ULONG n, CK_UTF8CHAR_PTR name, CK_ULONG name_n)
{
	struct session *session;
	CK_RV rv = enter_session_fresh(s, &session);

	return leave(rv == CKR_OK ?
	    login_named(session, user, pin, n, name, name_n) : rv);
}

CK_RV
C_Logout(CK_SESSION_HANDLE s)
{
	struct session *session;
	CK_RV rv = enter_session_fresh(s, &session);

	return leave(rv == CKR_OK ? logout(session) : rv);
}

CK_RV
C_SetPIN(CK_SESSION_HANDLE s, CK_UTF8CHAR_PTR pin, CK_ULONG n,
    CK_UTF8CHAR_PTR new_pin, CK_ULONG new_n)
{
	struct pin_pair pins = { pin, new_pin, n, new_n };
	struct session *session;
	CK_RV rv = enter_session_fresh(s, &session);

	return leave(rv == CKR_OK ? pin_set(session, &pins) : rv);
}

CK_RV
C_GetAttributeValue(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o,
    CK_ATTRIBUTE_PTR t, CK_ULONG n)
{
	struct session *session;
	CK_RV rv = enter_session(s, &session);

	return leave(rv == CKR_OK ?
	    object_get_attributes(session, o, t, n) : rv);
}

CK_RV
C_GetObjectSize(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ULONG_PTR size)
{
	struct session *session;
	CK_RV rv = enter_session(s, &session);

	return leave(rv == CKR_OK ? object_size(session, o, size) : rv);
}

CK_RV
C_FindObjectsInit(CK_SESSION_HANDLE s, CK_ATTRIBUTE_PTR t, CK_ULONG n)
{
	struct session *session;
	CK_RV rv = enter_session_fresh(s, &session);

	return leave(rv == CKR_OK ? find_init(session, t, n) : rv);
}

CK_RV
C_FindObjects(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE_PTR out, CK_ULONG max,
    CK_ULONG_PTR n)
{
	struct session *session;
	CK_RV rv = enter_session(s, &session);

	return leave(rv == CKR_OK ? find_next(session, out, max, n) : rv);
}

CK_RV
C_FindObjectsFinal(CK_SESSION_HANDLE s)
{
	struct session *session;
	CK_RV rv = enter_session(s, &session);

	return leave(rv == CKR_OK ? find_final(session) : rv);
}

CK_RV
C_DigestInit(CK_SESSION_HANDLE s, CK_MECHANISM_PTR m)
{
	struct session *session;
	CK_RV rv = enter_session(s, &session);

	return leave(rv == CKR_OK ? operation_init(session,
	    OPERATION_DIGEST, m, CK_INVALID_HANDLE) : rv);
}

CK_RV
C_Digest(CK_SESSION_HANDLE s, CK_BYTE_PTR in, CK_ULONG in_n, CK_BYTE_PTR out,
    CK_ULONG_PTR out_n)
{
	struct whole whole = { in, in_n };
	struct session *session;
	CK_RV rv = enter_session(s, &session);

	return leave(rv == CKR_OK ?
	    digest_end(session, &whole, out, out_n) : rv);
}

CK_RV
C_DigestUpdate(CK_SESSION_HANDLE s, CK_BYTE_PTR in, CK_ULONG in_n)
{
	struct session *session;
	CK_RV rv = enter_session(s, &session);

	return leave(rv == CKR_OK ? operation_update(session,
	    OPERATION_DIGEST, in, in_n) : rv);
}

CK_RV
C_DigestFinal(CK_SESSION_HANDLE s, CK_BYTE_PTR out, CK_ULONG_PTR out_n)
{
	struct session *session;
	CK_RV rv = enter_session(s, &session);

	return leave(rv == CKR_OK ?
	    digest_end(session, NULL, out, out_n) : rv);
}

CK_RV
C_SignInit(CK_SESSION_HANDLE s, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE key)
{
	struct session *session;
	CK_RV rv = enter_session(s, &session);

	return leave(rv == CKR_OK ? operation_init(session,
	    OPERATION_SIGN, m, key) : rv);
}

CK_RV
C_Sign(CK_SESSION_HANDLE s, CK_BYTE_PTR in, CK_ULONG in_n, CK_BYTE_PTR out,
    CK_ULONG_PTR out_n)
{
	struct whole whole = { in, in_n };
	struct session *session;
	CK_RV rv = enter_session(s, &session);

	return leave(rv == CKR_OK ?
	    sign_end(session, &whole, out, out_n) : rv);
}

CK_RV
C_SignUpdate(CK_SESSION_HANDLE s, CK_BYTE_PTR in, CK_ULONG in_n)
{
	struct session *session;
	CK_RV rv = enter_session(s, &session);

	return leave(rv == CKR_OK ? operation_update(session,
	    OPERATION_SIGN, in, in_n) : rv);
}

CK_RV
C_SignFinal(CK_SESSION_HANDLE s, CK_BYTE_PTR out, CK_ULONG_PTR out_n)
{
	struct session *session;
	CK_RV rv = enter_session(s, &session);

	return leave(rv == CKR_OK ?
	    sign_end(session, NULL, out, out_n) : rv);
}

CK_RV
C_VerifyInit(CK_SESSION_HANDLE s, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE key)
{
	struct session *session;
	CK_RV rv = enter_session(s, &session);

	return leave(rv == CKR_OK ? operation_init(session,
	    OPERATION_VERIFY, m, key) : rv);
}

CK_RV
C_Verify(CK_SESSION_HANDLE s, CK_BYTE_PTR in, CK_ULONG in_n,
    CK_BYTE_PTR signature, CK_ULONG signature_n)
{
	struct whole whole = { in, in_n };
	struct session *session;
	CK_RV rv = enter_session(s, &session);

	return leave(rv == CKR_OK ?
	    verify_end(session, &whole, signature,
	    signature_n) : rv);
}

CK_RV
C_VerifyUpdate(CK_SESSION_HANDLE s, CK_BYTE_PTR in, CK_ULONG in_n)
{
	struct session *session;
	CK_RV rv = enter_session(s, &session);

	return leave(rv == CKR_OK ? operation_update(session,
	    OPERATION_VERIFY, in, in_n) : rv);
}

CK_RV
C_VerifyFinal(CK_SESSION_HANDLE s, CK_BYTE_PTR signature,
    CK_ULONG signature_n)
{
	struct session *session;
	CK_RV rv = enter_session(s, &session);

	return leave(rv == CKR_OK ?
	    verify_end(session, NULL, signature,
	    signature_n) : rv);
}
