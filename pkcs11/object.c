/* SPDX-License-Identifier: BSD-2-Clause */
/* Which objects a token has, who may see them, and reading attributes. */
#include "object.h"

#include <string.h>

/* The profile is a promise that certificates show without a login. */
static bool
profile_holds(struct slot *slot)
{
	if (slot->row->private_cert)
		return module.settings.tokens == 3u;
	return !token_cert_is_private(slot);
}

static bool
exists(const struct object *o)
{
	if (o->kind == OBJECT_PROFILE)
		return profile_holds(o->slot);
	return token_cert(o->slot, o->kind) != NULL;
}

bool
object_private(const struct object *o)
{
	switch (o->kind) {
	case OBJECT_PRIVATE_KEY:
		return true;
	case OBJECT_CERTIFICATE:
	case OBJECT_PUBLIC_KEY:
		return token_cert_is_private(o->slot);
	default:
		return false;
	}
}

bool
object_visible(const struct object *o)
{
	if (!o->slot->logged_in && object_private(o))
		return false;
	return exists(o);
}

CK_OBJECT_HANDLE
object_handle(const struct object *o)
{
	return (object_private(o) ? o->slot->private_base :
	    o->slot->public_base) + o->kind;
}

bool
object_find(struct session *session, CK_OBJECT_HANDLE handle,
    struct object *out)
{
	struct slot *slot = session->slot;

	for (unsigned kind = 0; kind < OBJECT_COUNT; kind++) {
		*out = (struct object){ slot, (enum object_kind)kind };
		if (handle != slot->public_base + kind &&
		    handle != slot->private_base + kind)
			continue;
		return handle == object_handle(out) && object_visible(out);
	}
	return false;
}

bool
object_awaits_login(const struct session *session, CK_OBJECT_HANDLE handle)
{
	CK_OBJECT_HANDLE base = session->slot->private_base;

	return !session->slot->logged_in && handle >= base &&
	    handle - base < OBJECT_COUNT;
}

bool
object_needs_consent(const struct slot *slot)
{
	return module.settings.consent_each &&
	    slot->row->key == JPKI_KEY_SIGN;
}

/* One attribute of C_GetAttributeValue; it is filled in even on errors. */
static CK_RV
get_one(const struct object *o, CK_ATTRIBUTE *a)
{
	struct value value;
	CK_RV rv;

	rv = attr_value(o, a->type, &value);
	if (rv != CKR_OK) {
		a->ulValueLen = CK_UNAVAILABLE_INFORMATION;
		return rv;
	}
	if (a->pValue == NULL) {
		a->ulValueLen = value.n;
		return CKR_OK;
	}
	if (a->ulValueLen < value.n) {
		a->ulValueLen = CK_UNAVAILABLE_INFORMATION;
		return CKR_BUFFER_TOO_SMALL;
	}
	if (value.n > 0)
		memcpy(a->pValue, value.p, value.n);
	a->ulValueLen = value.n;
	return CKR_OK;
}

CK_RV
object_get_attributes(struct session *session, CK_OBJECT_HANDLE handle,
    CK_ATTRIBUTE *list, CK_ULONG n)
{
	CK_RV rv = CKR_OK, one;
	struct object o;

	if (list == NULL || n == 0 || n > TEMPLATE_MAX)
		return CKR_ARGUMENTS_BAD;
	if (!object_find(session, handle, &o))
		return trouble_or(CKR_OBJECT_HANDLE_INVALID);
	/* An error in one does not keep the others back. */
	for (CK_ULONG i = 0; i < n; i++) {
		one = get_one(&o, &list[i]);
		if (rv == CKR_OK)
			rv = one;
	}
	return trouble_or(rv);
}

CK_RV
object_size(struct session *session, CK_OBJECT_HANDLE handle, CK_ULONG *size)
{
	struct object o;
	struct value value;

	if (size == NULL)
		return CKR_ARGUMENTS_BAD;
	if (!object_find(session, handle, &o))
		return trouble_or(CKR_OBJECT_HANDLE_INVALID);
	*size = attr_value(&o, CKA_VALUE, &value) == CKR_OK ? value.n :
	    CK_UNAVAILABLE_INFORMATION;
	return CKR_OK;
}
