/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a card that only signs cannot do.  A stub is a row: its name, its
 * parameters, whether its arguments could be right, and its answer.  The
 * order of checks is that of every other function: initialised, session,
 * arguments, and then whether it is supported.
 */
#include "functions.h"
#include "session.h"

static CK_RV
refuse(CK_SESSION_HANDLE handle, bool arguments_ok, CK_RV answer)
{
	struct session *session;
	CK_RV rv = enter_session(handle, &session);

	if (rv == CKR_OK)
		rv = arguments_ok ? answer : CKR_ARGUMENTS_BAD;
	return leave(rv);
}

#define BUFFER(p, n)	((p) != NULL || (n) == 0)

#define STUB_AS(answer, name, parameters, arguments_ok) \
	CK_RV name parameters { return refuse(s, (arguments_ok), answer); }
#define STUB(name, parameters, arguments_ok) \
	STUB_AS(CKR_FUNCTION_NOT_SUPPORTED, name, parameters, arguments_ok)

#define SESSION		CK_SESSION_HANDLE s
#define MECHANISM	CK_MECHANISM_PTR m
#define KEY		CK_OBJECT_HANDLE k
#define IN		CK_BYTE_PTR in, CK_ULONG in_n
#define OUT		CK_BYTE_PTR out, CK_ULONG_PTR out_n
#define PARAMETER	void *p, CK_ULONG p_n
#define ASSOCIATED	CK_BYTE_PTR a, CK_ULONG a_n
#define SIGNATURE	CK_BYTE_PTR sig, CK_ULONG sig_n
#define ATTRIBUTES	CK_ATTRIBUTE_PTR t, CK_ULONG n
#define OBJECT_OUT	CK_OBJECT_HANDLE_PTR out

/* Most parameters are there for the signature's sake only. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

/* Administration: the municipality's. */
STUB(C_InitPIN, (SESSION, CK_UTF8CHAR_PTR pin, CK_ULONG n), BUFFER(pin, n))
STUB(C_GetOperationState, (SESSION, CK_BYTE_PTR state, CK_ULONG_PTR n), n != NULL)
STUB(C_SetOperationState, (SESSION, CK_BYTE_PTR state, CK_ULONG n, CK_OBJECT_HANDLE e,
    CK_OBJECT_HANDLE a), BUFFER(state, n))

/* Encryption and keys: the card has none of it. */
STUB(C_EncryptInit, (SESSION, MECHANISM, KEY), m != NULL)
STUB(C_Encrypt, (SESSION, IN, OUT), BUFFER(in, in_n) && out_n != NULL)
STUB(C_EncryptUpdate, (SESSION, IN, OUT), BUFFER(in, in_n) && out_n != NULL)
STUB(C_EncryptFinal, (SESSION, OUT), out_n != NULL)
STUB(C_DecryptInit, (SESSION, MECHANISM, KEY), m != NULL)
STUB(C_Decrypt, (SESSION, IN, OUT), BUFFER(in, in_n) && out_n != NULL)
STUB(C_DecryptUpdate, (SESSION, IN, OUT), BUFFER(in, in_n) && out_n != NULL)
STUB(C_DecryptFinal, (SESSION, OUT), out_n != NULL)
STUB(C_DigestKey, (SESSION, KEY), true)
STUB(C_SignRecoverInit, (SESSION, MECHANISM, KEY), m != NULL)
STUB(C_SignRecover, (SESSION, IN, OUT), BUFFER(in, in_n) && out_n != NULL)
STUB(C_VerifyRecoverInit, (SESSION, MECHANISM, KEY), m != NULL)
STUB(C_VerifyRecover, (SESSION, IN, OUT), BUFFER(in, in_n) && out_n != NULL)
STUB(C_DigestEncryptUpdate, (SESSION, IN, OUT), BUFFER(in, in_n) && out_n != NULL)
STUB(C_DecryptDigestUpdate, (SESSION, IN, OUT), BUFFER(in, in_n) && out_n != NULL)
STUB(C_SignEncryptUpdate, (SESSION, IN, OUT), BUFFER(in, in_n) && out_n != NULL)
STUB(C_DecryptVerifyUpdate, (SESSION, IN, OUT), BUFFER(in, in_n) && out_n != NULL)
STUB(C_GenerateKey, (SESSION, MECHANISM, ATTRIBUTES, OBJECT_OUT),
    m != NULL && BUFFER(t, n) && out != NULL)
STUB(C_GenerateKeyPair, (SESSION, MECHANISM, CK_ATTRIBUTE_PTR pub, CK_ULONG pub_n,
    CK_ATTRIBUTE_PTR priv, CK_ULONG priv_n, CK_OBJECT_HANDLE_PTR out_pub,
    CK_OBJECT_HANDLE_PTR out_priv), m != NULL && BUFFER(pub, pub_n) && BUFFER(priv, priv_n) &&
    out_pub != NULL && out_priv != NULL)
STUB(C_WrapKey, (SESSION, MECHANISM, CK_OBJECT_HANDLE w, KEY, OUT), m != NULL && out_n != NULL)
STUB(C_UnwrapKey, (SESSION, MECHANISM, KEY, IN, ATTRIBUTES, OBJECT_OUT),
    m != NULL && BUFFER(in, in_n) && BUFFER(t, n) && out != NULL)
STUB(C_DeriveKey, (SESSION, MECHANISM, KEY, ATTRIBUTES, OBJECT_OUT),
    m != NULL && BUFFER(t, n) && out != NULL)

/* Random numbers: no client may think that these came from the card. */
STUB_AS(CKR_RANDOM_NO_RNG, C_SeedRandom, (SESSION, CK_BYTE_PTR seed, CK_ULONG n), BUFFER(seed, n))
STUB_AS(CKR_RANDOM_NO_RNG, C_GenerateRandom, (SESSION, CK_BYTE_PTR out, CK_ULONG n),
    BUFFER(out, n))

/* Functions that run in parallel: of the past. */
STUB_AS(CKR_FUNCTION_NOT_PARALLEL, C_GetFunctionStatus, (SESSION), true)
STUB_AS(CKR_FUNCTION_NOT_PARALLEL, C_CancelFunction, (SESSION), true)

/* Messages, of 3.0. */
STUB(C_MessageEncryptInit, (SESSION, MECHANISM, KEY), m != NULL)
STUB(C_EncryptMessage, (SESSION, PARAMETER, ASSOCIATED, IN, OUT),
    BUFFER(p, p_n) && BUFFER(a, a_n) && BUFFER(in, in_n) && out_n != NULL)
STUB(C_EncryptMessageBegin, (SESSION, PARAMETER, ASSOCIATED), BUFFER(p, p_n) && BUFFER(a, a_n))
STUB(C_EncryptMessageNext, (SESSION, PARAMETER, IN, OUT, CK_FLAGS flags),
    BUFFER(p, p_n) && BUFFER(in, in_n) && out_n != NULL)
STUB(C_MessageEncryptFinal, (SESSION), true)
STUB(C_MessageDecryptInit, (SESSION, MECHANISM, KEY), m != NULL)
STUB(C_DecryptMessage, (SESSION, PARAMETER, ASSOCIATED, IN, OUT),
    BUFFER(p, p_n) && BUFFER(a, a_n) && BUFFER(in, in_n) && out_n != NULL)
STUB(C_DecryptMessageBegin, (SESSION, PARAMETER, ASSOCIATED), BUFFER(p, p_n) && BUFFER(a, a_n))
STUB(C_DecryptMessageNext, (SESSION, PARAMETER, IN, OUT, CK_FLAGS flags),
    BUFFER(p, p_n) && BUFFER(in, in_n) && out_n != NULL)
STUB(C_MessageDecryptFinal, (SESSION), true)
STUB(C_MessageSignInit, (SESSION, MECHANISM, KEY), m != NULL)
STUB(C_SignMessage, (SESSION, PARAMETER, IN, OUT),
    BUFFER(p, p_n) && BUFFER(in, in_n) && out_n != NULL)
STUB(C_SignMessageBegin, (SESSION, PARAMETER), BUFFER(p, p_n))
STUB(C_SignMessageNext, (SESSION, PARAMETER, IN, OUT), BUFFER(p, p_n) && BUFFER(in, in_n))
STUB(C_MessageSignFinal, (SESSION), true)
STUB(C_MessageVerifyInit, (SESSION, MECHANISM, KEY), m != NULL)
STUB(C_VerifyMessage, (SESSION, PARAMETER, IN, SIGNATURE),
    BUFFER(p, p_n) && BUFFER(in, in_n) && sig != NULL)
STUB(C_VerifyMessageBegin, (SESSION, PARAMETER), BUFFER(p, p_n))
STUB(C_VerifyMessageNext, (SESSION, PARAMETER, IN, SIGNATURE), BUFFER(p, p_n) && BUFFER(in, in_n))
STUB(C_MessageVerifyFinal, (SESSION), true)
