/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every function, called before C_Initialize and with session handles that
 * there are not: this is asked of unsupported functions, too.  A function is
 * a row: where it stands in the list, and the shape of its arguments.
 */
#include <stddef.h>
#include <string.h>

#include "check.h"

/* Arguments that could be right; of the session, what the check wants. */
static unsigned char in[32], out[512];
static CK_ULONG count;
static CK_MECHANISM mechanism = { CKM_RSA_PKCS, NULL, 0 };
static CK_OBJECT_CLASS class = CKO_DATA;
static CK_ATTRIBUTE template[1] = { { CKA_CLASS, &class, sizeof(class) } };
static CK_OBJECT_HANDLE object, object2;

#define KEY	((CK_OBJECT_HANDLE)1)

typedef void (*function)(void);
typedef CK_RV (*shape)(function f, CK_SESSION_HANDLE s);

/*
 * Shapes.  One of them for each list of arguments; f is the function of that
 * type.
 */

static CK_RV
plain(function f, CK_SESSION_HANDLE s)
{
	return ((CK_RV (*)(CK_SESSION_HANDLE))f)(s);
}

static CK_RV
with_flags(function f, CK_SESSION_HANDLE s)
{
	return ((CK_RV (*)(CK_SESSION_HANDLE, CK_FLAGS))f)(s, 0);
}

static CK_RV
mech(function f, CK_SESSION_HANDLE s)
{
	return ((CK_RV (*)(CK_SESSION_HANDLE, CK_MECHANISM *))f)(s,
	    &mechanism);
}

static CK_RV
mech_key(function f, CK_SESSION_HANDLE s)
{
	return ((CK_RV (*)(CK_SESSION_HANDLE, CK_MECHANISM *,
	    CK_OBJECT_HANDLE))f)(s, &mechanism, KEY);
}

static CK_RV
one_key(function f, CK_SESSION_HANDLE s)
{
	return ((CK_RV (*)(CK_SESSION_HANDLE, CK_OBJECT_HANDLE))f)(s, KEY);
}

static CK_RV
input(function f, CK_SESSION_HANDLE s)
{
	return ((CK_RV (*)(CK_SESSION_HANDLE, unsigned char *,
	    CK_ULONG))f)(s, in, sizeof(in));
}

static CK_RV
output(function f, CK_SESSION_HANDLE s)
{
	count = sizeof(out);
	return ((CK_RV (*)(CK_SESSION_HANDLE, unsigned char *,
	    CK_ULONG *))f)(s, out, &count);
}

static CK_RV
in_out(function f, CK_SESSION_HANDLE s)
{
	count = sizeof(out);
	return ((CK_RV (*)(CK_SESSION_HANDLE, unsigned char *, CK_ULONG,
	    unsigned char *, CK_ULONG *))f)(s, in, sizeof(in), out, &count);
}

static CK_RV
two_inputs(function f, CK_SESSION_HANDLE s)
{
	return ((CK_RV (*)(CK_SESSION_HANDLE, unsigned char *, CK_ULONG,
	    unsigned char *, CK_ULONG))f)(s, in, sizeof(in), in, sizeof(in));
}

static CK_RV
state_set(function f, CK_SESSION_HANDLE s)
{
	return ((CK_RV (*)(CK_SESSION_HANDLE, unsigned char *, CK_ULONG,
	    CK_OBJECT_HANDLE, CK_OBJECT_HANDLE))f)(s, in, sizeof(in), 0, 0);
}

static CK_RV
session_info(function f, CK_SESSION_HANDLE s)
{
	CK_SESSION_INFO info;

	return ((CK_RV (*)(CK_SESSION_HANDLE, CK_SESSION_INFO *))f)(s, &info);
}

static CK_RV
login(function f, CK_SESSION_HANDLE s)
{
	return ((CK_RV (*)(CK_SESSION_HANDLE, CK_USER_TYPE, unsigned char *,
	    CK_ULONG))f)(s, CKU_USER, target.pin, target.pin_n);
}

static CK_RV
login_user(function f, CK_SESSION_HANDLE s)
{
	return ((CK_RV (*)(CK_SESSION_HANDLE, CK_USER_TYPE, unsigned char *,
	    CK_ULONG, unsigned char *, CK_ULONG))f)(s, CKU_USER, target.pin,
	    target.pin_n, in, 1);
}

static CK_RV
attributes(function f, CK_SESSION_HANDLE s)
{
	return ((CK_RV (*)(CK_SESSION_HANDLE, CK_ATTRIBUTE *,
	    CK_ULONG))f)(s, template, 1);
}

static CK_RV
create(function f, CK_SESSION_HANDLE s)
{
	return ((CK_RV (*)(CK_SESSION_HANDLE, CK_ATTRIBUTE *, CK_ULONG,
	    CK_OBJECT_HANDLE *))f)(s, template, 1, &object);
}

static CK_RV
copy(function f, CK_SESSION_HANDLE s)
{
	return ((CK_RV (*)(CK_SESSION_HANDLE, CK_OBJECT_HANDLE,
	    CK_ATTRIBUTE *, CK_ULONG, CK_OBJECT_HANDLE *))f)(s, KEY, template,
	    1, &object);
}

static CK_RV
object_number(function f, CK_SESSION_HANDLE s)
{
	return ((CK_RV (*)(CK_SESSION_HANDLE, CK_OBJECT_HANDLE,
	    CK_ULONG *))f)(s, KEY, &count);
}

static CK_RV
object_attributes(function f, CK_SESSION_HANDLE s)
{
	return ((CK_RV (*)(CK_SESSION_HANDLE, CK_OBJECT_HANDLE,
	    CK_ATTRIBUTE *, CK_ULONG))f)(s, KEY, template, 1);
}

static CK_RV
find(function f, CK_SESSION_HANDLE s)
{
	return ((CK_RV (*)(CK_SESSION_HANDLE, CK_OBJECT_HANDLE *, CK_ULONG,
	    CK_ULONG *))f)(s, &object, 1, &count);
}

static CK_RV
generate(function f, CK_SESSION_HANDLE s)
{
	return ((CK_RV (*)(CK_SESSION_HANDLE, CK_MECHANISM *, CK_ATTRIBUTE *,
	    CK_ULONG, CK_OBJECT_HANDLE *))f)(s, &mechanism, template, 1,
	    &object);
}

static CK_RV
generate_pair(function f, CK_SESSION_HANDLE s)
{
	return ((CK_RV (*)(CK_SESSION_HANDLE, CK_MECHANISM *, CK_ATTRIBUTE *,
	    CK_ULONG, CK_ATTRIBUTE *, CK_ULONG, CK_OBJECT_HANDLE *,
	    CK_OBJECT_HANDLE *))f)(s, &mechanism, template, 1, template, 1,
	    &object, &object2);
}

static CK_RV
wrap(function f, CK_SESSION_HANDLE s)
{
	count = sizeof(out);
	return ((CK_RV (*)(CK_SESSION_HANDLE, CK_MECHANISM *,
	    CK_OBJECT_HANDLE, CK_OBJECT_HANDLE, unsigned char *,
	    CK_ULONG *))f)(s, &mechanism, KEY, KEY, out, &count);
}

static CK_RV
unwrap(function f, CK_SESSION_HANDLE s)
{
	return ((CK_RV (*)(CK_SESSION_HANDLE, CK_MECHANISM *,
	    CK_OBJECT_HANDLE, unsigned char *, CK_ULONG, CK_ATTRIBUTE *,
	    CK_ULONG, CK_OBJECT_HANDLE *))f)(s, &mechanism, KEY, in,
	    sizeof(in), template, 1, &object);
}

static CK_RV
derive(function f, CK_SESSION_HANDLE s)
{
	return ((CK_RV (*)(CK_SESSION_HANDLE, CK_MECHANISM *,
	    CK_OBJECT_HANDLE, CK_ATTRIBUTE *, CK_ULONG,
	    CK_OBJECT_HANDLE *))f)(s, &mechanism, KEY, template, 1, &object);
}

/* Those without a session. */

static CK_RV
nothing(function f, CK_SESSION_HANDLE s)
{
	(void)s;
	return ((CK_RV (*)(void *))f)(NULL);
}

static CK_RV
general_info(function f, CK_SESSION_HANDLE s)
{
	CK_INFO info;

	(void)s;
	return ((CK_RV (*)(CK_INFO *))f)(&info);
}

static CK_RV
slot_list(function f, CK_SESSION_HANDLE s)
{
	(void)s;
	return ((CK_RV (*)(unsigned char, CK_SLOT_ID *, CK_ULONG *))f)(0,
	    NULL, &count);
}

static CK_RV
slot_info(function f, CK_SESSION_HANDLE s)
{
	CK_SLOT_INFO info;

	(void)s;
	return ((CK_RV (*)(CK_SLOT_ID, CK_SLOT_INFO *))f)(NO_SLOT, &info);
}

static CK_RV
token_info(function f, CK_SESSION_HANDLE s)
{
	CK_TOKEN_INFO info;

	(void)s;
	return ((CK_RV (*)(CK_SLOT_ID, CK_TOKEN_INFO *))f)(NO_SLOT, &info);
}

static CK_RV
mech_list(function f, CK_SESSION_HANDLE s)
{
	(void)s;
	return ((CK_RV (*)(CK_SLOT_ID, CK_MECHANISM_TYPE *,
	    CK_ULONG *))f)(NO_SLOT, NULL, &count);
}

static CK_RV
mech_info(function f, CK_SESSION_HANDLE s)
{
	CK_MECHANISM_INFO info;

	(void)s;
	return ((CK_RV (*)(CK_SLOT_ID, CK_MECHANISM_TYPE,
	    CK_MECHANISM_INFO *))f)(NO_SLOT, CKM_RSA_PKCS, &info);
}

static CK_RV
init_token(function f, CK_SESSION_HANDLE s)
{
	(void)s;
	memset(out, ' ', 32);
	return ((CK_RV (*)(CK_SLOT_ID, unsigned char *, CK_ULONG,
	    unsigned char *))f)(NO_SLOT, in, sizeof(in), out);
}

static CK_RV
open_session(function f, CK_SESSION_HANDLE s)
{
	(void)s;
	return ((CK_RV (*)(CK_SLOT_ID, CK_FLAGS, void *, CK_NOTIFY,
	    CK_SESSION_HANDLE *))f)(NO_SLOT, CKF_SERIAL_SESSION, NULL, NULL,
	    &count);
}

static CK_RV
slot_only(function f, CK_SESSION_HANDLE s)
{
	(void)s;
	return ((CK_RV (*)(CK_SLOT_ID))f)(NO_SLOT);
}

static CK_RV
wait_event(function f, CK_SESSION_HANDLE s)
{
	(void)s;
	return ((CK_RV (*)(CK_FLAGS, CK_SLOT_ID *, void *))f)(CKF_DONT_BLOCK,
	    &count, NULL);
}

/* Messages, of 3.0. */

static CK_RV
message_whole(function f, CK_SESSION_HANDLE s)
{
	count = sizeof(out);
	return ((CK_RV (*)(CK_SESSION_HANDLE, void *, CK_ULONG,
	    unsigned char *, CK_ULONG, unsigned char *, CK_ULONG,
	    unsigned char *, CK_ULONG *))f)(s, NULL, 0, NULL, 0, in,
	    sizeof(in), out, &count);
}

static CK_RV
message_begin(function f, CK_SESSION_HANDLE s)
{
	return ((CK_RV (*)(CK_SESSION_HANDLE, void *, CK_ULONG,
	    unsigned char *, CK_ULONG))f)(s, NULL, 0, NULL, 0);
}

static CK_RV
message_next(function f, CK_SESSION_HANDLE s)
{
	count = sizeof(out);
	return ((CK_RV (*)(CK_SESSION_HANDLE, void *, CK_ULONG,
	    unsigned char *, CK_ULONG, unsigned char *, CK_ULONG *,
	    CK_FLAGS))f)(s, NULL, 0, in, sizeof(in), out, &count, 0);
}

static CK_RV
message_sign(function f, CK_SESSION_HANDLE s)
{
	count = sizeof(out);
	return ((CK_RV (*)(CK_SESSION_HANDLE, void *, CK_ULONG,
	    unsigned char *, CK_ULONG, unsigned char *, CK_ULONG *))f)(s,
	    NULL, 0, in, sizeof(in), out, &count);
}

static CK_RV
message_parameter(function f, CK_SESSION_HANDLE s)
{
	return ((CK_RV (*)(CK_SESSION_HANDLE, void *, CK_ULONG))f)(s, NULL,
	    0);
}

static CK_RV
message_verify(function f, CK_SESSION_HANDLE s)
{
	return ((CK_RV (*)(CK_SESSION_HANDLE, void *, CK_ULONG,
	    unsigned char *, CK_ULONG, unsigned char *, CK_ULONG))f)(s, NULL,
	    0, in, sizeof(in), out, 256);
}

/*
 * The functions.
 */

struct row {
	const char	*section, *name;
	size_t		 at;		/* in struct functions_3_0 */
	shape		 shape;
	bool		 session;	/* takes one */
};

#define OLD(section, name, shape, session) \
	{ section, #name, offsetof(CK_FUNCTION_LIST, name), shape, session }
#define NEW(section, name, shape) \
	{ section, #name, offsetof(struct functions_3_0, name), shape, true }
#define MESSAGE(section, name, index, shape) \
	{ section, name, offsetof(struct functions_3_0, message) + \
	    (index) * sizeof(function), shape, true }

static const struct row rows[] = {
	OLD("5.4.2", C_Finalize, nothing, false),
	OLD("5.4.3", C_GetInfo, general_info, false),
	OLD("5.5.1", C_GetSlotList, slot_list, false),
	OLD("5.5.2", C_GetSlotInfo, slot_info, false),
	OLD("5.5.3", C_GetTokenInfo, token_info, false),
	OLD("5.5.4", C_WaitForSlotEvent, wait_event, false),
	OLD("5.5.5", C_GetMechanismList, mech_list, false),
	OLD("5.5.6", C_GetMechanismInfo, mech_info, false),
	OLD("5.5.7", C_InitToken, init_token, false),
	OLD("5.5.8", C_InitPIN, input, true),
	OLD("5.5.9", C_SetPIN, two_inputs, true),
	OLD("5.6.1", C_OpenSession, open_session, false),
	OLD("5.6.2", C_CloseSession, plain, true),
	OLD("5.6.3", C_CloseAllSessions, slot_only, false),
	OLD("5.6.4", C_GetSessionInfo, session_info, true),
	OLD("5.6.6", C_GetOperationState, output, true),
	OLD("5.6.7", C_SetOperationState, state_set, true),
	OLD("5.6.8", C_Login, login, true),
	OLD("5.6.10", C_Logout, plain, true),
	OLD("5.7.1", C_CreateObject, create, true),
	OLD("5.7.2", C_CopyObject, copy, true),
	OLD("5.7.3", C_DestroyObject, one_key, true),
	OLD("5.7.4", C_GetObjectSize, object_number, true),
	OLD("5.7.5", C_GetAttributeValue, object_attributes, true),
	OLD("5.7.6", C_SetAttributeValue, object_attributes, true),
	OLD("5.7.7", C_FindObjectsInit, attributes, true),
	OLD("5.7.8", C_FindObjects, find, true),
	OLD("5.7.9", C_FindObjectsFinal, plain, true),
	OLD("5.8.1", C_EncryptInit, mech_key, true),
	OLD("5.8.2", C_Encrypt, in_out, true),
	OLD("5.8.3", C_EncryptUpdate, in_out, true),
	OLD("5.8.4", C_EncryptFinal, output, true),
	OLD("5.10.1", C_DecryptInit, mech_key, true),
	OLD("5.10.2", C_Decrypt, in_out, true),
	OLD("5.10.3", C_DecryptUpdate, in_out, true),
	OLD("5.10.4", C_DecryptFinal, output, true),
	OLD("5.12.1", C_DigestInit, mech, true),
	OLD("5.12.2", C_Digest, in_out, true),
	OLD("5.12.3", C_DigestUpdate, input, true),
	OLD("5.12.4", C_DigestKey, one_key, true),
	OLD("5.12.5", C_DigestFinal, output, true),
	OLD("5.13.1", C_SignInit, mech_key, true),
	OLD("5.13.2", C_Sign, in_out, true),
	OLD("5.13.3", C_SignUpdate, input, true),
	OLD("5.13.4", C_SignFinal, output, true),
	OLD("5.13.5", C_SignRecoverInit, mech_key, true),
	OLD("5.13.6", C_SignRecover, in_out, true),
	OLD("5.15.1", C_VerifyInit, mech_key, true),
	OLD("5.15.2", C_Verify, two_inputs, true),
	OLD("5.15.3", C_VerifyUpdate, input, true),
	OLD("5.15.4", C_VerifyFinal, input, true),
	OLD("5.15.5", C_VerifyRecoverInit, mech_key, true),
	OLD("5.15.6", C_VerifyRecover, in_out, true),
	OLD("5.17.1", C_DigestEncryptUpdate, in_out, true),
	OLD("5.17.2", C_DecryptDigestUpdate, in_out, true),
	OLD("5.17.3", C_SignEncryptUpdate, in_out, true),
	OLD("5.17.4", C_DecryptVerifyUpdate, in_out, true),
	OLD("5.18.1", C_GenerateKey, generate, true),
	OLD("5.18.2", C_GenerateKeyPair, generate_pair, true),
	OLD("5.18.3", C_WrapKey, wrap, true),
	OLD("5.18.4", C_UnwrapKey, unwrap, true),
	OLD("5.18.5", C_DeriveKey, derive, true),
	OLD("5.19.1", C_SeedRandom, input, true),
	OLD("5.19.2", C_GenerateRandom, input, true),
	OLD("5.20.1", C_GetFunctionStatus, plain, true),
	OLD("5.20.2", C_CancelFunction, plain, true),
	NEW("5.6.5", C_SessionCancel, with_flags),
	NEW("5.6.9", C_LoginUser, login_user),
	MESSAGE("5.9.1", "C_MessageEncryptInit", 0, mech_key),
	MESSAGE("5.9.2", "C_EncryptMessage", 1, message_whole),
	MESSAGE("5.9.3", "C_EncryptMessageBegin", 2, message_begin),
	MESSAGE("5.9.4", "C_EncryptMessageNext", 3, message_next),
	MESSAGE("5.9.5", "C_MessageEncryptFinal", 4, plain),
	MESSAGE("5.11.1", "C_MessageDecryptInit", 5, mech_key),
	MESSAGE("5.11.2", "C_DecryptMessage", 6, message_whole),
	MESSAGE("5.11.3", "C_DecryptMessageBegin", 7, message_begin),
	MESSAGE("5.11.4", "C_DecryptMessageNext", 8, message_next),
	MESSAGE("5.11.5", "C_MessageDecryptFinal", 9, plain),
	MESSAGE("5.14.1", "C_MessageSignInit", 10, mech_key),
	MESSAGE("5.14.2", "C_SignMessage", 11, message_sign),
	MESSAGE("5.14.3", "C_SignMessageBegin", 12, message_parameter),
	MESSAGE("5.14.4", "C_SignMessageNext", 13, message_sign),
	MESSAGE("5.14.5", "C_MessageSignFinal", 14, plain),
	MESSAGE("5.16.1", "C_MessageVerifyInit", 15, mech_key),
	MESSAGE("5.16.2", "C_VerifyMessage", 16, message_verify),
	MESSAGE("5.16.3", "C_VerifyMessageBegin", 17, message_parameter),
	MESSAGE("5.16.4", "C_VerifyMessageNext", 18, message_verify),
	MESSAGE("5.16.5", "C_MessageVerifyFinal", 19, plain),
};

#define COUNT	(sizeof(rows) / sizeof(rows[0]))

static bool
is_new(const struct row *row)
{
	return row->at >= sizeof(CK_FUNCTION_LIST);
}

static CK_RV
call(const struct row *row, CK_SESSION_HANDLE session)
{
	const char *list = is_new(row) ? (const char *)kit.f3 :
	    (const char *)kit.f;
	function f;

	memcpy(&f, list + row->at, sizeof(f));
	return row->shape(f, session);
}

/* The legacy two are stubs of another name: 5.20. */
static void
refused(const char *what, const struct row *row, CK_SESSION_HANDLE s,
    CK_RV wanted)
{
	CK_RV rv = call(row, s);

	if (!check_strict && rv == CKR_FUNCTION_NOT_PARALLEL)
		return;
	(void)expect_or_stub(what, rv, wanted);
}

static void
without_initialize(const void *arg)
{
	const struct row *row = arg;

	refused(row->name, row, NO_SESSION, CKR_CRYPTOKI_NOT_INITIALIZED);
}

static void
after_finalize(const void *arg)
{
	(void)expect("C_Finalize", kit_finalize(), CKR_OK);
	without_initialize(arg);
}

static void
without_session(const void *arg)
{
	const struct row *row = arg;

	refused("the handle 0", row, 0, CKR_SESSION_HANDLE_INVALID);
	refused("a handle never given out", row, NO_SESSION,
	    CKR_SESSION_HANDLE_INVALID);
	(void)expect("C_CloseSession", kit.f->C_CloseSession(kit.session),
	    CKR_OK);
	refused("the handle of a closed session", row, kit.session,
	    CKR_SESSION_HANDLE_INVALID);
}

/* 5.1.2: whatever takes a slot knows the slots. */
static void
without_slot(const void *arg)
{
	const struct row *row = arg;

	refused(row->name, row, NO_SESSION, CKR_SLOT_ID_INVALID);
}

static bool
takes_slot(const struct row *row)
{
	return !row->session && row->shape != nothing &&
	    row->shape != general_info && row->shape != slot_list &&
	    row->shape != wait_event;
}

static void
run_row(const struct row *row)
{
	unsigned flags = is_new(row) ? NEEDS_3_0 : 0;
	struct check check = { row->section, NULL, without_initialize, LOADED,
	    flags, row };

	check_run_named(&check,
	    "%s before C_Initialize is CKR_CRYPTOKI_NOT_INITIALIZED",
	    row->name);
	check.run = after_finalize;
	check.stage = INITIALIZED;
	check_run_named(&check,
	    "%s after C_Finalize is CKR_CRYPTOKI_NOT_INITIALIZED", row->name);
	check.stage = SESSION;
	check.run = without_session;
	if (row->session)
		check_run_named(&check,
		    "%s without such a session is CKR_SESSION_HANDLE_INVALID",
		    row->name);
	check.stage = INITIALIZED;
	check.run = without_slot;
	if (takes_slot(row))
		check_run_named(&check,
		    "%s without such a slot is CKR_SLOT_ID_INVALID",
		    row->name);
}

void
run_calls(void)
{
	for (size_t i = 0; i < COUNT; i++)
		run_row(&rows[i]);
}
