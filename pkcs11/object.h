/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects are not stored: a handle is a slot's base and an enum object_kind,
 * and attributes are made from the certificates when somebody asks.
 */
#ifndef OBJECT_H
#define OBJECT_H

#include "session.h"

#define TEMPLATE_MAX	1024	/* attributes; more is no template */

struct object {
	struct slot		*slot;
	enum object_kind	 kind;
};

/* The object of a handle, as this session may see it now. */
bool	object_find(struct session *session, CK_OBJECT_HANDLE handle,
    struct object *out);
/* Would it be found after a login? */
bool	object_awaits_login(const struct session *session,
    CK_OBJECT_HANDLE handle);
CK_OBJECT_HANDLE object_handle(const struct object *object);
/* Is it on this token, and may it be seen?  May read the card. */
bool	object_visible(const struct object *object);
bool	object_private(const struct object *object);

/* A value that an attribute has, in place or in scratch. */
struct value {
	const void	*p;
	CK_ULONG	 n;
	union {
		CK_BBOOL	flag;
		CK_ULONG	number;
		CK_DATE		date;
		CK_MECHANISM_TYPE mechanisms[MECHANISMS_MAX];
	}		 scratch;
};

/*
 * CKR_ATTRIBUTE_TYPE_INVALID: the class has no such attribute, or the object
 * none just now.  CKR_ATTRIBUTE_SENSITIVE: it has, but never tells.
 */
CK_RV	attr_value(const struct object *object, CK_ATTRIBUTE_TYPE type,
    struct value *out);
/* Can it be had without reading anything from the card? */
bool	attr_is_constant(CK_ATTRIBUTE_TYPE type);

CK_RV	object_get_attributes(struct session *session,
    CK_OBJECT_HANDLE handle, CK_ATTRIBUTE *list, CK_ULONG n);
CK_RV	object_size(struct session *session, CK_OBJECT_HANDLE handle,
    CK_ULONG *size);

CK_RV	find_init(struct session *session, const CK_ATTRIBUTE *list,
    CK_ULONG n);
CK_RV	find_next(struct session *session, CK_OBJECT_HANDLE *out,
    CK_ULONG max, CK_ULONG *n);
CK_RV	find_final(struct session *session);

/* A login for each signature (setting consent=each, signature key). */
bool	object_needs_consent(const struct slot *slot);

#endif
