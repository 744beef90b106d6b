/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every function of PKCS #11, named once: X(name, (parameters)).  Prototypes,
 * both function lists and the count of their entries come from here.
 */
#ifndef FUNCTIONS_H
#define FUNCTIONS_H

#include "cryptoki.h"

/* PKCS #11 2.40, in the order of CK_FUNCTION_LIST. */
#define FUNCTIONS_2_40(X) \
	X(C_Initialize, (void *args)) \
	X(C_Finalize, (void *reserved)) \
	X(C_GetInfo, (CK_INFO_PTR info)) \
	X(C_GetFunctionList, (CK_FUNCTION_LIST_PTR_PTR list)) \
	X(C_GetSlotList, (CK_BBOOL present, CK_SLOT_ID_PTR list, CK_ULONG_PTR count)) \
	X(C_GetSlotInfo, (CK_SLOT_ID id, CK_SLOT_INFO_PTR info)) \
	X(C_GetTokenInfo, (CK_SLOT_ID id, CK_TOKEN_INFO_PTR info)) \
	X(C_GetMechanismList, (CK_SLOT_ID id, CK_MECHANISM_TYPE_PTR list, CK_ULONG_PTR count)) \
	X(C_GetMechanismInfo, (CK_SLOT_ID id, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO_PTR info)) \
	X(C_InitToken, (CK_SLOT_ID id, CK_UTF8CHAR_PTR pin, CK_ULONG n, CK_UTF8CHAR_PTR label)) \
	X(C_InitPIN, (CK_SESSION_HANDLE s, CK_UTF8CHAR_PTR pin, CK_ULONG n)) \
	X(C_SetPIN, (CK_SESSION_HANDLE s, CK_UTF8CHAR_PTR pin, CK_ULONG n, CK_UTF8CHAR_PTR new_pin, CK_ULONG new_n)) \
	X(C_OpenSession, (CK_SLOT_ID id, CK_FLAGS flags, void *app, CK_NOTIFY notify, CK_SESSION_HANDLE_PTR out)) \
	X(C_CloseSession, (CK_SESSION_HANDLE s)) \
	X(C_CloseAllSessions, (CK_SLOT_ID id)) \
	X(C_GetSessionInfo, (CK_SESSION_HANDLE s, CK_SESSION_INFO_PTR info)) \
	X(C_GetOperationState, (CK_SESSION_HANDLE s, CK_BYTE_PTR state, CK_ULONG_PTR n)) \
	X(C_SetOperationState, (CK_SESSION_HANDLE s, CK_BYTE_PTR state, CK_ULONG n, CK_OBJECT_HANDLE e, CK_OBJECT_HANDLE a)) \
	X(C_Login, (CK_SESSION_HANDLE s, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG n)) \
	X(C_Logout, (CK_SESSION_HANDLE s)) \
	X(C_CreateObject, (CK_SESSION_HANDLE s, CK_ATTRIBUTE_PTR t, CK_ULONG n, CK_OBJECT_HANDLE_PTR out)) \
	X(C_CopyObject, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_PTR t, CK_ULONG n, CK_OBJECT_HANDLE_PTR out)) \
	X(C_DestroyObject, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o)) \
	X(C_GetObjectSize, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ULONG_PTR size)) \
	X(C_GetAttributeValue, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_PTR t, CK_ULONG n)) \
	X(C_SetAttributeValue, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_PTR t, CK_ULONG n)) \
	X(C_FindObjectsInit, (CK_SESSION_HANDLE s, CK_ATTRIBUTE_PTR t, CK_ULONG n)) \
	X(C_FindObjects, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE_PTR out, CK_ULONG max, CK_ULONG_PTR n)) \
	X(C_FindObjectsFinal, (CK_SESSION_HANDLE s)) \
	X(C_EncryptInit, (CK_SESSION_HANDLE s, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE k)) \
	X(C_Encrypt, (CK_SESSION_HANDLE s, CK_BYTE_PTR in, CK_ULONG in_n, CK_BYTE_PTR out, CK_ULONG_PTR out_n)) \
	X(C_EncryptUpdate, (CK_SESSION_HANDLE s, CK_BYTE_PTR in, CK_ULONG in_n, CK_BYTE_PTR out, CK_ULONG_PTR out_n)) \
	X(C_EncryptFinal, (CK_SESSION_HANDLE s, CK_BYTE_PTR out, CK_ULONG_PTR out_n)) \
	X(C_DecryptInit, (CK_SESSION_HANDLE s, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE k)) \
	X(C_Decrypt, (CK_SESSION_HANDLE s, CK_BYTE_PTR in, CK_ULONG in_n, CK_BYTE_PTR out, CK_ULONG_PTR out_n)) \
	X(C_DecryptUpdate, (CK_SESSION_HANDLE s, CK_BYTE_PTR in, CK_ULONG in_n, CK_BYTE_PTR out, CK_ULONG_PTR out_n)) \
	X(C_DecryptFinal, (CK_SESSION_HANDLE s, CK_BYTE_PTR out, CK_ULONG_PTR out_n)) \
	X(C_DigestInit, (CK_SESSION_HANDLE s, CK_MECHANISM_PTR m)) \
	X(C_Digest, (CK_SESSION_HANDLE s, CK_BYTE_PTR in, CK_ULONG in_n, CK_BYTE_PTR out, CK_ULONG_PTR out_n)) \
	X(C_DigestUpdate, (CK_SESSION_HANDLE s, CK_BYTE_PTR in, CK_ULONG in_n)) \
	X(C_DigestKey, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE k)) \
	X(C_DigestFinal, (CK_SESSION_HANDLE s, CK_BYTE_PTR out, CK_ULONG_PTR out_n)) \
	X(C_SignInit, (CK_SESSION_HANDLE s, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE k)) \
	X(C_Sign, (CK_SESSION_HANDLE s, CK_BYTE_PTR in, CK_ULONG in_n, CK_BYTE_PTR out, CK_ULONG_PTR out_n)) \
	X(C_SignUpdate, (CK_SESSION_HANDLE s, CK_BYTE_PTR in, CK_ULONG in_n)) \
	X(C_SignFinal, (CK_SESSION_HANDLE s, CK_BYTE_PTR out, CK_ULONG_PTR out_n)) \
	X(C_SignRecoverInit, (CK_SESSION_HANDLE s, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE k)) \
	X(C_SignRecover, (CK_SESSION_HANDLE s, CK_BYTE_PTR in, CK_ULONG in_n, CK_BYTE_PTR out, CK_ULONG_PTR out_n)) \
	X(C_VerifyInit, (CK_SESSION_HANDLE s, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE k)) \
	X(C_Verify, (CK_SESSION_HANDLE s, CK_BYTE_PTR in, CK_ULONG in_n, CK_BYTE_PTR sig, CK_ULONG sig_n)) \
	X(C_VerifyUpdate, (CK_SESSION_HANDLE s, CK_BYTE_PTR in, CK_ULONG in_n)) \
	X(C_VerifyFinal, (CK_SESSION_HANDLE s, CK_BYTE_PTR sig, CK_ULONG sig_n)) \
	X(C_VerifyRecoverInit, (CK_SESSION_HANDLE s, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE k)) \
	X(C_VerifyRecover, (CK_SESSION_HANDLE s, CK_BYTE_PTR in, CK_ULONG in_n, CK_BYTE_PTR out, CK_ULONG_PTR out_n)) \
	X(C_DigestEncryptUpdate, (CK_SESSION_HANDLE s, CK_BYTE_PTR in, CK_ULONG in_n, CK_BYTE_PTR out, CK_ULONG_PTR out_n)) \
	X(C_DecryptDigestUpdate, (CK_SESSION_HANDLE s, CK_BYTE_PTR in, CK_ULONG in_n, CK_BYTE_PTR out, CK_ULONG_PTR out_n)) \
	X(C_SignEncryptUpdate, (CK_SESSION_HANDLE s, CK_BYTE_PTR in, CK_ULONG in_n, CK_BYTE_PTR out, CK_ULONG_PTR out_n)) \
	X(C_DecryptVerifyUpdate, (CK_SESSION_HANDLE s, CK_BYTE_PTR in, CK_ULONG in_n, CK_BYTE_PTR out, CK_ULONG_PTR out_n)) \
	X(C_GenerateKey, (CK_SESSION_HANDLE s, CK_MECHANISM_PTR m, CK_ATTRIBUTE_PTR t, CK_ULONG n, CK_OBJECT_HANDLE_PTR out)) \
	X(C_GenerateKeyPair, (CK_SESSION_HANDLE s, CK_MECHANISM_PTR m, CK_ATTRIBUTE_PTR pub, CK_ULONG pub_n, CK_ATTRIBUTE_PTR priv, CK_ULONG priv_n, CK_OBJECT_HANDLE_PTR out_pub, CK_OBJECT_HANDLE_PTR out_priv)) \
	X(C_WrapKey, (CK_SESSION_HANDLE s, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE w, CK_OBJECT_HANDLE k, CK_BYTE_PTR out, CK_ULONG_PTR out_n)) \
	X(C_UnwrapKey, (CK_SESSION_HANDLE s, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE k, CK_BYTE_PTR in, CK_ULONG in_n, CK_ATTRIBUTE_PTR t, CK_ULONG n, CK_OBJECT_HANDLE_PTR out)) \
	X(C_DeriveKey, (CK_SESSION_HANDLE s, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE k, CK_ATTRIBUTE_PTR t, CK_ULONG n, CK_OBJECT_HANDLE_PTR out)) \
	X(C_SeedRandom, (CK_SESSION_HANDLE s, CK_BYTE_PTR seed, CK_ULONG n)) \
	X(C_GenerateRandom, (CK_SESSION_HANDLE s, CK_BYTE_PTR out, CK_ULONG n)) \
	X(C_GetFunctionStatus, (CK_SESSION_HANDLE s)) \
	X(C_CancelFunction, (CK_SESSION_HANDLE s)) \
	X(C_WaitForSlotEvent, (CK_FLAGS flags, CK_SLOT_ID_PTR id, void *reserved))

/* What 3.0 adds, in the order of CK_FUNCTION_LIST_3_0. */
#define FUNCTIONS_3_0(X) \
	X(C_GetInterfaceList, (CK_INTERFACE_PTR list, CK_ULONG_PTR count)) \
	X(C_GetInterface, (CK_UTF8CHAR_PTR name, CK_VERSION_PTR version, CK_INTERFACE_PTR_PTR out, CK_FLAGS flags)) \
	X(C_LoginUser, (CK_SESSION_HANDLE s, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG n, CK_UTF8CHAR_PTR name, CK_ULONG name_n)) \
	X(C_SessionCancel, (CK_SESSION_HANDLE s, CK_FLAGS flags)) \
	X(C_MessageEncryptInit, (CK_SESSION_HANDLE s, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE k)) \
	X(C_EncryptMessage, (CK_SESSION_HANDLE s, void *p, CK_ULONG p_n, CK_BYTE_PTR a, CK_ULONG a_n, CK_BYTE_PTR in, CK_ULONG in_n, CK_BYTE_PTR out, CK_ULONG_PTR out_n)) \
	X(C_EncryptMessageBegin, (CK_SESSION_HANDLE s, void *p, CK_ULONG p_n, CK_BYTE_PTR a, CK_ULONG a_n)) \
	X(C_EncryptMessageNext, (CK_SESSION_HANDLE s, void *p, CK_ULONG p_n, CK_BYTE_PTR in, CK_ULONG in_n, CK_BYTE_PTR out, CK_ULONG_PTR out_n, CK_FLAGS flags)) \
	X(C_MessageEncryptFinal, (CK_SESSION_HANDLE s)) \
	X(C_MessageDecryptInit, (CK_SESSION_HANDLE s, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE k)) \
	X(C_DecryptMessage, (CK_SESSION_HANDLE s, void *p, CK_ULONG p_n, CK_BYTE_PTR a, CK_ULONG a_n, CK_BYTE_PTR in, CK_ULONG in_n, CK_BYTE_PTR out, CK_ULONG_PTR out_n)) \
	X(C_DecryptMessageBegin, (CK_SESSION_HANDLE s, void *p, CK_ULONG p_n, CK_BYTE_PTR a, CK_ULONG a_n)) \
	X(C_DecryptMessageNext, (CK_SESSION_HANDLE s, void *p, CK_ULONG p_n, CK_BYTE_PTR in, CK_ULONG in_n, CK_BYTE_PTR out, CK_ULONG_PTR out_n, CK_FLAGS flags)) \
	X(C_MessageDecryptFinal, (CK_SESSION_HANDLE s)) \
	X(C_MessageSignInit, (CK_SESSION_HANDLE s, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE k)) \
	X(C_SignMessage, (CK_SESSION_HANDLE s, void *p, CK_ULONG p_n, CK_BYTE_PTR in, CK_ULONG in_n, CK_BYTE_PTR out, CK_ULONG_PTR out_n)) \
	X(C_SignMessageBegin, (CK_SESSION_HANDLE s, void *p, CK_ULONG p_n)) \
	X(C_SignMessageNext, (CK_SESSION_HANDLE s, void *p, CK_ULONG p_n, CK_BYTE_PTR in, CK_ULONG in_n, CK_BYTE_PTR out, CK_ULONG_PTR out_n)) \
	X(C_MessageSignFinal, (CK_SESSION_HANDLE s)) \
	X(C_MessageVerifyInit, (CK_SESSION_HANDLE s, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE k)) \
	X(C_VerifyMessage, (CK_SESSION_HANDLE s, void *p, CK_ULONG p_n, CK_BYTE_PTR in, CK_ULONG in_n, CK_BYTE_PTR sig, CK_ULONG sig_n)) \
	X(C_VerifyMessageBegin, (CK_SESSION_HANDLE s, void *p, CK_ULONG p_n)) \
	X(C_VerifyMessageNext, (CK_SESSION_HANDLE s, void *p, CK_ULONG p_n, CK_BYTE_PTR in, CK_ULONG in_n, CK_BYTE_PTR sig, CK_ULONG sig_n)) \
	X(C_MessageVerifyFinal, (CK_SESSION_HANDLE s))

#define DECLARE(name, parameters)	CK_RV name parameters;
FUNCTIONS_3_0(DECLARE)
#undef DECLARE

/* CK_FUNCTION_LIST_3_0; its beginning is a CK_FUNCTION_LIST. */
struct functions_3_0 {
	CK_VERSION	version;
#define MEMBER(name, parameters)	CK_RV (*name) parameters;
FUNCTIONS_2_40(MEMBER)
FUNCTIONS_3_0(MEMBER)
#undef MEMBER
};

#endif
