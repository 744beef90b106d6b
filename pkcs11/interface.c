/* SPDX-License-Identifier: BSD-2-Clause */
/* The lists of functions, and the three entry points that are exported. */
#include <string.h>

#include "functions.h"
#include "module.h"

#define INTERFACE_NAME	"PKCS 11"

#define ENTRY(name, parameters)	.name = name,

static CK_FUNCTION_LIST list_2_40 = {
	.version = { 2, 40 },
	FUNCTIONS_2_40(ENTRY)
};

static struct functions_3_0 list_3_0 = {
	.version = { 3, 0 },
	FUNCTIONS_2_40(ENTRY)
	FUNCTIONS_3_0(ENTRY)
};

#define ONE(name, parameters)	+ 1
#define COUNT_2_40		(0 FUNCTIONS_2_40(ONE))
#define COUNT_3_0		(COUNT_2_40 FUNCTIONS_3_0(ONE))
#define POINTERS(type)		((sizeof(type) - \
				offsetof(type, C_Initialize)) / \
				sizeof(void *))

_Static_assert(COUNT_2_40 == 68, "PKCS #11 2.40 has 68 functions");
_Static_assert(COUNT_3_0 == 92, "PKCS #11 3.0 has 92 functions");
_Static_assert(POINTERS(CK_FUNCTION_LIST) == COUNT_2_40,
    "every function of the list is named");
_Static_assert(POINTERS(struct functions_3_0) == COUNT_3_0,
    "every function of the list is named");

static CK_UTF8CHAR interface_name[] = INTERFACE_NAME;

/* The first is the default (PKCS #11 3.0, 5.4.5). */
static CK_INTERFACE interfaces[] = {
	{ interface_name, &list_3_0, 0 },
	{ interface_name, &list_2_40, 0 },
};

#define INTERFACES	(sizeof(interfaces) / sizeof(interfaces[0]))

CK_RV
C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list)
{
	if (list == NULL)
		return CKR_ARGUMENTS_BAD;
	*list = &list_2_40;
	return CKR_OK;
}

CK_RV
C_GetInterfaceList(CK_INTERFACE_PTR list, CK_ULONG_PTR count)
{
	CK_ULONG room;

	if (count == NULL)
		return CKR_ARGUMENTS_BAD;
	room = *count;
	*count = INTERFACES;
	if (list == NULL)
		return CKR_OK;
	if (room < INTERFACES)
		return CKR_BUFFER_TOO_SMALL;
	memcpy(list, interfaces, sizeof(interfaces));
	return CKR_OK;
}

static bool
suits(const CK_INTERFACE *one, const CK_UTF8CHAR *name,
    const CK_VERSION *version, CK_FLAGS flags)
{
	const CK_VERSION *has = one->pFunctionList;

	if (name != NULL && strcmp((const char *)name, INTERFACE_NAME) != 0)
		return false;
	if (version != NULL && (version->major != has->major ||
	    version->minor != has->minor))
		return false;
	return (one->flags & flags) == flags;
}

CK_RV
C_GetInterface(CK_UTF8CHAR_PTR name, CK_VERSION_PTR version,
    CK_INTERFACE_PTR_PTR out, CK_FLAGS flags)
{
	if (out == NULL)
		return CKR_ARGUMENTS_BAD;
	for (size_t i = 0; i < INTERFACES; i++) {
		if (!suits(&interfaces[i], name, version, flags))
			continue;
		*out = &interfaces[i];
		return CKR_OK;
	}
	return CKR_ARGUMENTS_BAD;
}
