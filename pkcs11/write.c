/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writing.  The card's objects are fixed, so every attempt is refused; but
 * only after all that may be wrong with the call itself was told.
 */
#include "functions.h"
#include "object.h"

static bool
has_attribute(const CK_ATTRIBUTE *list, CK_ULONG n, CK_ATTRIBUTE_TYPE type)
{
	for (CK_ULONG i = 0; i < n; i++)
		if (list[i].type == type)
			return true;
	return false;
}

static CK_RV
check_new(const CK_ATTRIBUTE *list, CK_ULONG n, const CK_OBJECT_HANDLE *out)
{
	if (list == NULL || n > TEMPLATE_MAX || out == NULL)
		return CKR_ARGUMENTS_BAD;
	return has_attribute(list, n, CKA_CLASS) ? CKR_OK :
	    CKR_TEMPLATE_INCOMPLETE;
}

static CK_RV
check_object(struct session *session, CK_OBJECT_HANDLE handle)
{
	struct object o;

	return object_find(session, handle, &o) ? CKR_OK :
	    trouble_or(CKR_OBJECT_HANDLE_INVALID);
}

static CK_RV
refuse(const struct session *session)
{
	return session->rw ? CKR_ACTION_PROHIBITED : CKR_SESSION_READ_ONLY;
}

CK_RV
C_CreateObject(CK_SESSION_HANDLE s, CK_ATTRIBUTE_PTR t, CK_ULONG n,
    CK_OBJECT_HANDLE_PTR out)
{
	struct session *session;
	CK_RV rv = enter_session(s, &session);

	if (rv == CKR_OK)
		rv = check_new(t, n, out);
	/* Not even session objects: there is nothing to do with one. */
	return leave(rv == CKR_OK ? CKR_FUNCTION_NOT_SUPPORTED : rv);
}

CK_RV
C_CopyObject(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_PTR t,
    CK_ULONG n, CK_OBJECT_HANDLE_PTR out)
{
	struct session *session;
	CK_RV rv = enter_session(s, &session);

	if (rv == CKR_OK && ((t == NULL && n > 0) || out == NULL))
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK)
		rv = check_object(session, o);
	return leave(rv == CKR_OK ? refuse(session) : rv);
}

CK_RV
C_DestroyObject(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o)
{
	struct session *session;
	CK_RV rv = enter_session(s, &session);

	if (rv == CKR_OK)
		rv = check_object(session, o);
	return leave(rv == CKR_OK ? refuse(session) : rv);
}

CK_RV
C_SetAttributeValue(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o,
    CK_ATTRIBUTE_PTR t, CK_ULONG n)
{
	struct session *session;
	CK_RV rv = enter_session(s, &session);

	if (rv == CKR_OK && (t == NULL || n == 0))
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK)
		rv = check_object(session, o);
	return leave(rv == CKR_OK ? refuse(session) : rv);
}

/* The token was made at the municipal counter, and only there. */
CK_RV
C_InitToken(CK_SLOT_ID id, CK_UTF8CHAR_PTR pin, CK_ULONG n,
    CK_UTF8CHAR_PTR label)
{
	CK_RV rv = enter();

	if (rv == CKR_OK && ((pin == NULL && n > 0) || label == NULL))
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK)
		rv = slots_refresh();
	if (rv == CKR_OK && slot_find(id) == NULL)
		rv = CKR_SLOT_ID_INVALID;
	return leave(rv == CKR_OK ? CKR_FUNCTION_NOT_SUPPORTED : rv);
}
