/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Searches.  What costs nothing is compared first: a search for keys must not
 * read certificates of which it wants none.
 */
#include <string.h>

#include "object.h"

static bool
attr_matches(const struct object *o, const CK_ATTRIBUTE *wanted)
{
	struct value value;

	return attr_value(o, wanted->type, &value) == CKR_OK &&
	    wanted->ulValueLen == value.n &&
	    (value.n == 0 || memcmp(wanted->pValue, value.p, value.n) == 0);
}

static bool
attrs_match(const struct object *o, const CK_ATTRIBUTE *list, CK_ULONG n,
    bool constant)
{
	for (CK_ULONG i = 0; i < n; i++)
		if (attr_is_constant(list[i].type) == constant &&
		    !attr_matches(o, &list[i]))
			return false;
	return true;
}

static bool
matches(const struct object *o, const CK_ATTRIBUTE *list, CK_ULONG n)
{
	return attrs_match(o, list, n, true) && object_visible(o) &&
	    attrs_match(o, list, n, false);
}

CK_RV
find_init(struct session *session, const CK_ATTRIBUTE *list, CK_ULONG n)
{
	unsigned found = 0;
	struct object o;

	if ((list == NULL && n > 0) || n > TEMPLATE_MAX)
		return CKR_ARGUMENTS_BAD;
	for (CK_ULONG i = 0; i < n; i++)
		if (list[i].pValue == NULL && list[i].ulValueLen > 0)
			return CKR_ARGUMENTS_BAD;
	if (session->search.active)
		return CKR_OPERATION_ACTIVE;
	for (unsigned kind = 0; kind < OBJECT_COUNT; kind++) {
		o = (struct object){ session->slot, (enum object_kind)kind };
		if (matches(&o, list, n))
			found |= 1u << kind;
	}
	if (module.trouble != CKR_OK)
		return module.trouble;
	session->search = (struct search){ .active = true, .found = found };
	return CKR_OK;
}

CK_RV
find_next(struct session *session, CK_OBJECT_HANDLE *out, CK_ULONG max,
    CK_ULONG *n)
{
	struct object o;

	if (out == NULL || n == NULL)
		return CKR_ARGUMENTS_BAD;
	if (!session->search.active)
		return CKR_OPERATION_NOT_INITIALIZED;
	*n = 0;
	for (unsigned kind = 0; kind < OBJECT_COUNT && *n < max; kind++) {
		if ((session->search.found >> kind & 1) == 0)
			continue;
		session->search.found &= ~(1u << kind);
		o = (struct object){ session->slot, (enum object_kind)kind };
		out[(*n)++] = object_handle(&o);
	}
	return CKR_OK;
}

CK_RV
find_final(struct session *session)
{
	if (!session->search.active)
		return CKR_OPERATION_NOT_INITIALIZED;
	session->search = (struct search){ 0 };
	return CKR_OK;
}
