/* SPDX-License-Identifier: BSD-2-Clause */
#include "check.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

struct target target;
struct kit kit;

/*
 * Loading.
 */

/* A function's address out of a pointer to data, as POSIX means dlsym. */
static void
symbol(const char *name, void *out)
{
	void *p = dlsym(kit.dl, name);

	memcpy(out, &p, sizeof(p));
}

static void
find_3_0(void)
{
	CK_VERSION version = { 3, 0 };
	struct interface *interface = NULL;
	unsigned char name[] = "PKCS 11";

	symbol("C_GetInterfaceList", &kit.list_interfaces);
	symbol("C_GetInterface", &kit.get_interface);
	if (kit.list_interfaces == NULL || kit.get_interface == NULL)
		return;
	if (kit.get_interface(name, &version, &interface, 0) == CKR_OK &&
	    interface != NULL)
		kit.f3 = interface->functions;
}

bool
kit_load(void)
{
	CK_RV (*get_list)(CK_FUNCTION_LIST **) = NULL;

	kit.dl = dlopen(target.module, RTLD_NOW | RTLD_LOCAL);
	if (!holds(kit.dl != NULL, "%s", kit.dl == NULL ? dlerror() : ""))
		return false;
	symbol("C_GetFunctionList", &get_list);
	if (get_list == NULL)
		return holds(false, "no C_GetFunctionList in it");
	if (!expect("C_GetFunctionList", get_list(&kit.f), CKR_OK))
		return false;
	find_3_0();
	return true;
}

/*
 * Slots, sessions.
 */

CK_RV
kit_initialize(void)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };

	return kit.f->C_Initialize(&args);
}

CK_RV
kit_finalize(void)
{
	return kit.f->C_Finalize(NULL);
}

static bool
is_target(CK_SLOT_ID slot, CK_ULONG index)
{
	CK_TOKEN_INFO info;
	size_t n;

	if (target.label == NULL)
		return index == target.index;
	n = strlen(target.label);
	if (n > sizeof(info.label) ||
	    kit.f->C_GetTokenInfo(slot, &info) != CKR_OK)
		return false;
	for (size_t i = n; i < sizeof(info.label); i++)
		if (info.label[i] != ' ')
			return false;
	return memcmp(info.label, target.label, n) == 0;
}

bool
kit_find_slot(void)
{
	CK_SLOT_ID list[64];
	CK_ULONG n = 64;

	if (!expect("C_GetSlotList", kit.f->C_GetSlotList(CK_TRUE, list, &n),
	    CKR_OK))
		return false;
	for (CK_ULONG i = 0; i < n; i++)
		if (is_target(list[i], i)) {
			kit.slot = list[i];
			return true;
		}
	return holds(false, "no such token: %s",
	    target.label != NULL ? target.label : "by its index");
}

CK_RV
kit_open(CK_FLAGS more, CK_SESSION_HANDLE *out)
{
	return kit.f->C_OpenSession(kit.slot, CKF_SERIAL_SESSION | more, NULL,
	    NULL, out);
}

CK_RV
kit_login(CK_SESSION_HANDLE session)
{
	return kit.f->C_Login(session, CKU_USER, target.pin, target.pin_n);
}

CK_STATE
kit_state(CK_SESSION_HANDLE session)
{
	CK_SESSION_INFO info = { .state = CK_UNAVAILABLE_INFORMATION };

	(void)expect("C_GetSessionInfo",
	    kit.f->C_GetSessionInfo(session, &info), CKR_OK);
	return info.state;
}

/*
 * Objects.
 */

bool
kit_search(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG n,
    CK_OBJECT_HANDLE *out, CK_ULONG *found)
{
	CK_RV rv;

	*found = 0;
	if (!expect("C_FindObjectsInit",
	    kit.f->C_FindObjectsInit(session, template, n), CKR_OK))
		return false;
	rv = kit.f->C_FindObjects(session, out, OBJECTS_MAX, found);
	return (int)expect("C_FindObjects", rv, CKR_OK) &
	    (int)expect("C_FindObjectsFinal",
	    kit.f->C_FindObjectsFinal(session), CKR_OK);
}

struct bytes
kit_attribute(CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type)
{
	CK_ATTRIBUTE a = { type, NULL, 0 };
	struct bytes out = { NULL, 0, CKR_OK };

	out.rv = kit.f->C_GetAttributeValue(kit.session, o, &a, 1);
	if (out.rv != CKR_OK)
		return out;
	out.p = calloc(1, a.ulValueLen + 1);
	if (out.p == NULL)
		abort();
	a.pValue = out.p;
	out.rv = kit.f->C_GetAttributeValue(kit.session, o, &a, 1);
	out.n = out.rv == CKR_OK ? a.ulValueLen : 0;
	return out;
}

CK_ULONG
kit_number(CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type)
{
	struct bytes b = kit_attribute(o, type);
	CK_ULONG value = CK_UNAVAILABLE_INFORMATION;

	if (b.rv == CKR_OK && b.n == sizeof(value))
		memcpy(&value, b.p, sizeof(value));
	return value;
}

int
kit_flag(CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type)
{
	struct bytes b = kit_attribute(o, type);

	return b.rv == CKR_OK && b.n == 1 && b.p[0] <= 1 ? b.p[0] : -1;
}

bool
kit_same(const struct bytes *a, const struct bytes *b)
{
	return a->rv == CKR_OK && b->rv == CKR_OK && a->n == b->n &&
	    (a->n == 0 || memcmp(a->p, b->p, a->n) == 0);
}

/* The first object of that class and id. */
static CK_OBJECT_HANDLE
first(CK_OBJECT_CLASS class, struct bytes *id)
{
	CK_ATTRIBUTE t[2] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_ID, id != NULL ? id->p : NULL,
		    id != NULL ? id->n : 0 },
	};
	CK_OBJECT_HANDLE list[OBJECTS_MAX];
	CK_ULONG n;

	if (!kit_search(kit.session, t, id != NULL ? 2 : 1, list, &n))
		return 0;
	return n > 0 ? list[0] : 0;
}

bool
kit_pair(struct pair *out)
{
	struct bytes id;

	out->private_key = first(CKO_PRIVATE_KEY, NULL);
	if (!holds(out->private_key != 0, "no private key on the token"))
		return false;
	id = kit_attribute(out->private_key, CKA_ID);
	if (!expect("CKA_ID of the private key", id.rv, CKR_OK))
		return false;
	out->public_key = first(CKO_PUBLIC_KEY, &id);
	out->certificate = first(CKO_CERTIFICATE, &id);
	free(id.p);
	return holds(out->certificate != 0,
	    "no certificate with the private key's CKA_ID");
}

/*
 * Mechanisms.
 */

bool
kit_mechanisms(CK_MECHANISM_TYPE *list, CK_ULONG *n)
{
	return expect("C_GetMechanismList",
	    kit.f->C_GetMechanismList(kit.slot, list, n), CKR_OK);
}

bool
kit_offers(CK_MECHANISM_TYPE type, CK_FLAGS flag)
{
	CK_MECHANISM_INFO info;

	return kit.f->C_GetMechanismInfo(kit.slot, type, &info) == CKR_OK &&
	    (info.flags & flag) != 0;
}
