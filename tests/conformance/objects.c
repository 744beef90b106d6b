/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects and what they must not be asked for: 5.7. */
#include <string.h>

#include "check.h"

typedef void each(CK_OBJECT_HANDLE o);

static void
every_object(each *visit)
{
	CK_OBJECT_HANDLE list[OBJECTS_MAX];
	CK_ULONG n;

	if (!kit_search(kit.session, NULL, 0, list, &n))
		return;
	(void)holds(n > 0, "no objects");
	for (CK_ULONG i = 0; i < n; i++)
		visit(list[i]);
}

static void
size_of(CK_OBJECT_HANDLE o)
{
	CK_ULONG n = 0;

	(void)expect_or_stub("C_GetObjectSize",
	    kit.f->C_GetObjectSize(kit.session, o, &n), CKR_OK);
}

static void
sizes(const void *arg)
{
	(void)arg;
	every_object(size_of);
}

static void
no_such_handle(const void *arg)
{
	CK_OBJECT_CLASS class;
	CK_ATTRIBUTE a = { CKA_CLASS, &class, sizeof(class) };
	CK_ULONG n;

	(void)arg;
	(void)expect("C_GetAttributeValue of 0",
	    kit.f->C_GetAttributeValue(kit.session, 0, &a, 1),
	    CKR_OBJECT_HANDLE_INVALID);
	(void)expect("C_GetAttributeValue",
	    kit.f->C_GetAttributeValue(kit.session, NO_OBJECT, &a, 1),
	    CKR_OBJECT_HANDLE_INVALID);
	(void)expect_or_stub("C_GetObjectSize of 0",
	    kit.f->C_GetObjectSize(kit.session, 0, &n),
	    CKR_OBJECT_HANDLE_INVALID);
	(void)expect_or_stub("C_GetObjectSize",
	    kit.f->C_GetObjectSize(kit.session, NO_OBJECT, &n),
	    CKR_OBJECT_HANDLE_INVALID);
}

/* Handles found in one slot lead to nothing in another: 5.7. */
static void
other_slot(const void *arg)
{
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };
	CK_SLOT_ID list[64];
	CK_SESSION_HANDLE s;
	CK_ULONG n = 64;
	struct pair pair;

	(void)arg;
	if (!kit_pair(&pair) || !expect("C_GetSlotList",
	    kit.f->C_GetSlotList(CK_TRUE, list, &n), CKR_OK))
		return;
	for (CK_ULONG i = 0; i < n; i++) {
		if (list[i] == kit.slot || kit.f->C_OpenSession(list[i],
		    CKF_SERIAL_SESSION, NULL, NULL, &s) != CKR_OK)
			continue;
		(void)expect_error("C_SignInit in another slot",
		    kit.f->C_SignInit(s, &m, pair.private_key));
	}
}

/*
 * Writing.  A token that cannot be written to refuses cleanly; so does any
 * token in a read-only session.
 */
#define REFUSALS \
	ANY_OF(CKR_SESSION_READ_ONLY, CKR_TOKEN_WRITE_PROTECTED, \
	    CKR_FUNCTION_NOT_SUPPORTED, CKR_ACTION_PROHIBITED, \
	    CKR_ATTRIBUTE_READ_ONLY, CKR_USER_NOT_LOGGED_IN)

static void
create(const void *arg)
{
	CK_OBJECT_CLASS class = CKO_DATA;
	unsigned char yes = CK_TRUE, no = CK_FALSE, value[] = "value";
	CK_ATTRIBUTE t[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_TOKEN, &yes, 1 },
		{ CKA_PRIVATE, &no, 1 },
		{ CKA_VALUE, value, 5 },
	};
	CK_OBJECT_HANDLE o;

	(void)arg;
	(void)expect_any("C_CreateObject of a token object",
	    kit.f->C_CreateObject(kit.session, t, 4, &o), REFUSALS);
}

static void
destroy_one(CK_OBJECT_HANDLE o)
{
	CK_OBJECT_CLASS class;
	CK_ATTRIBUTE a = { CKA_CLASS, &class, sizeof(class) };

	(void)expect_any("C_DestroyObject",
	    kit.f->C_DestroyObject(kit.session, o), REFUSALS);
	(void)expect("the object after that",
	    kit.f->C_GetAttributeValue(kit.session, o, &a, 1), CKR_OK);
}

static void
destroy(const void *arg)
{
	(void)arg;
	every_object(destroy_one);
}

static void
change_one(CK_OBJECT_HANDLE o)
{
	struct bytes before = kit_attribute(o, CKA_LABEL), after;
	unsigned char text[] = "changed";
	CK_ATTRIBUTE a = { CKA_LABEL, text, 7 };

	(void)expect_any("C_SetAttributeValue",
	    kit.f->C_SetAttributeValue(kit.session, o, &a, 1), REFUSALS);
	after = kit_attribute(o, CKA_LABEL);
	if (before.rv == CKR_OK)
		(void)holds(kit_same(&before, &after),
		    "it changed the label nevertheless");
}

static void
change(const void *arg)
{
	(void)arg;
	every_object(change_one);
}

static void
copy_one(CK_OBJECT_HANDLE o)
{
	unsigned char yes = CK_TRUE;
	CK_ATTRIBUTE a = { CKA_TOKEN, &yes, 1 };
	CK_OBJECT_HANDLE made;

	(void)expect_any("C_CopyObject to the token",
	    kit.f->C_CopyObject(kit.session, o, &a, 1, &made), REFUSALS);
}

static void
copy(const void *arg)
{
	(void)arg;
	every_object(copy_one);
}

static void
incomplete(const void *arg)
{
	unsigned char no = CK_FALSE;
	CK_ATTRIBUTE t[] = { { CKA_TOKEN, &no, 1 } };
	CK_OBJECT_HANDLE o;

	(void)arg;
	(void)expect_any("a template without a class",
	    kit.f->C_CreateObject(kit.session, t, 1, &o),
	    ANY_OF(CKR_TEMPLATE_INCOMPLETE, CKR_FUNCTION_NOT_SUPPORTED));
}

static const struct check checks[] = {
	{ "5.7.4 C_GetObjectSize", "answers for every object", sizes, LOGGED_IN, 0, NULL },
	{ "5.7 objects", "a handle that there is not is CKR_OBJECT_HANDLE_INVALID",
	    no_such_handle, LOGGED_IN, 0, NULL },
	{ "5.7 objects", "a handle of one slot signs in no other", other_slot, LOGGED_IN, 0, NULL },
	{ "5.7.1 C_CreateObject", "without a class is CKR_TEMPLATE_INCOMPLETE",
	    incomplete, SESSION, 0, NULL },
	{ "5.7.1 C_CreateObject", "of a token object is refused when read only",
	    create, SESSION, DESTRUCTIVE, NULL },
	{ "5.7.2 C_CopyObject", "to the token is refused when read only",
	    copy, LOGGED_IN, DESTRUCTIVE, NULL },
	{ "5.7.3 C_DestroyObject", "is refused when read only",
	    destroy, LOGGED_IN, DESTRUCTIVE, NULL },
	{ "5.7.6 C_SetAttributeValue", "is refused when read only",
	    change, LOGGED_IN, DESTRUCTIVE, NULL },
};

void
run_objects(void)
{
	RUN_ALL(checks);
}
