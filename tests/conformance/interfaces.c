/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces and what came with them in 3.0: 5.4.5, 5.4.6, 5.6.5, 5.6.9. */
#include <string.h>

#include "check.h"

#define INTERFACES_MAX	16

static unsigned char standard[] = "PKCS 11";

static bool
get_list(struct interface *list, CK_ULONG *n)
{
	*n = INTERFACES_MAX;
	return expect("C_GetInterfaceList", kit.list_interfaces(list, n),
	    CKR_OK);
}

static void
counts(const void *arg)
{
	struct interface list[INTERFACES_MAX];
	CK_ULONG n = 0, count = 0;

	(void)arg;
	(void)expect("C_GetInterfaceList(NULL)",
	    kit.list_interfaces(NULL, &count), CKR_OK);
	if (!get_list(list, &n))
		return;
	(void)holds(n == count, "%lu interfaces, said to be %lu", n, count);
	n = count - 1;
	(void)expect("one entry too few", kit.list_interfaces(list, &n),
	    CKR_BUFFER_TOO_SMALL);
	(void)holds(n == count, "then the count is %lu, not %lu", n, count);
}

static void
null_count(const void *arg)
{
	(void)arg;
	(void)expect("C_GetInterfaceList(NULL, NULL)",
	    kit.list_interfaces(NULL, NULL), CKR_ARGUMENTS_BAD);
}

static void
null_out(const void *arg)
{
	(void)arg;
	(void)expect("C_GetInterface(…, NULL, 0)",
	    kit.get_interface(standard, NULL, NULL, 0), CKR_ARGUMENTS_BAD);
}

static void
default_one(const void *arg)
{
	struct interface *i = NULL, list[INTERFACES_MAX];
	CK_ULONG n;

	(void)arg;
	if (!get_list(list, &n) ||
	    !expect("C_GetInterface(NULL, NULL)",
	    kit.get_interface(NULL, NULL, &i, 0), CKR_OK))
		return;
	for (CK_ULONG k = 0; i != NULL && k < n; k++)
		if (i->functions == list[k].functions)
			return;
	(void)holds(false, i == NULL ? "it gave none" :
	    "it is not in the list");
}

static void
each_by_name(const void *arg)
{
	struct interface list[INTERFACES_MAX], *i;
	CK_VERSION version;
	CK_ULONG n;

	(void)arg;
	if (!get_list(list, &n))
		return;
	for (CK_ULONG k = 0; k < n; k++) {
		memcpy(&version, list[k].functions, sizeof(version));
		i = NULL;
		if (!expect("C_GetInterface", kit.get_interface(list[k].name,
		    &version, &i, list[k].flags), CKR_OK))
			continue;
		(void)holds(i != NULL && i->functions == list[k].functions,
		    "asked for %d.%d, it gives another", version.major,
		    version.minor);
	}
}

static void
refused(const char *what, unsigned char *name, CK_VERSION *version,
    CK_FLAGS flags)
{
	struct interface *i = NULL;

	(void)expect_any(what, kit.get_interface(name, version, &i, flags),
	    ANY_OF(CKR_ARGUMENTS_BAD, CKR_FUNCTION_FAILED));
}

static void
unknown(const void *arg)
{
	static unsigned char other[] = "Vendor Nobody";
	CK_VERSION version = { 4, 50 };

	(void)arg;
	refused("another name", other, NULL, 0);
	refused("version 4.50", standard, &version, 0);
	refused("flags that there are not", standard, NULL, 0x1000);
}

static void
no_holes(const void *arg)
{
	const void *const *list = (const void *const *)(const void *)
	    &kit.f3->base.C_Initialize;
	size_t n = (sizeof(*kit.f3) - offsetof(CK_FUNCTION_LIST,
	    C_Initialize)) / sizeof(void *);

	(void)arg;
	(void)holds(kit.f3->base.version.major == 3, "version %d.%d",
	    kit.f3->base.version.major, kit.f3->base.version.minor);
	for (size_t i = 0; i < n; i++)
		(void)holds(list[i] != NULL, "entry %zu is NULL", i);
}

static void
one_library(const void *arg)
{
	CK_SESSION_INFO info;
	CK_FUNCTION_LIST *list = NULL;

	(void)arg;
	(void)expect("a session of the 2.x list in the 3.0 list",
	    kit.f3->base.C_GetSessionInfo(kit.session, &info), CKR_OK);
	(void)expect("C_GetFunctionList of the 3.0 list",
	    kit.f3->base.C_GetFunctionList(&list), CKR_OK);
	(void)holds(list == kit.f, "gives another list");
}

static bool
sign_init(void)
{
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };
	struct pair pair;

	return kit_pair(&pair) && expect("C_SignInit",
	    kit.f->C_SignInit(kit.session, &m, pair.private_key), CKR_OK);
}

static CK_RV
sign(void)
{
	unsigned char data[32] = { 0 }, out[1024];
	CK_ULONG n = sizeof(out);

	return kit.f->C_Sign(kit.session, data, sizeof(data), out, &n);
}

/* May a module be without it? */
static bool
cancel(CK_FLAGS flags)
{
	CK_RV rv = kit.f3->C_SessionCancel(kit.session, flags);

	return expect_any("C_SessionCancel", rv,
	    ANY_OF(CKR_OK, CKR_FUNCTION_NOT_SUPPORTED)) && rv == CKR_OK;
}

static void
cancel_sign(const void *arg)
{
	(void)arg;
	if (!sign_init() || !cancel(CKF_SIGN))
		return;
	(void)expect("C_Sign after it", sign(),
	    CKR_OPERATION_NOT_INITIALIZED);
	(void)sign_init();
}

static void
cancel_nothing(const void *arg)
{
	(void)arg;
	if (!cancel(0) || !cancel(CKF_SIGN | CKF_VERIFY | CKF_DIGEST))
		return;
	if (!sign_init() || !cancel(0) || !cancel(CKF_DIGEST))
		return;
	(void)expect("C_Sign after cancelling something else", sign(), CKR_OK);
}

static void
init_cancels(const void *arg)
{
	(void)arg;
	if (!sign_init())
		return;
	(void)expect_any("C_SignInit without mechanism, of 3.0",
	    kit.f3->base.C_SignInit(kit.session, NULL, 0),
	    ANY_OF(CKR_OK, CKR_OPERATION_CANCEL_FAILED));
	(void)expect("C_Sign after it", sign(),
	    CKR_OPERATION_NOT_INITIALIZED);
}

static void
login_user(const void *arg)
{
	CK_RV rv = kit.f3->C_LoginUser(kit.session, CKU_USER, target.pin,
	    target.pin_n, NULL, 0);
	CK_STATE state;

	(void)arg;
	if (!expect_any("C_LoginUser without a name", rv, ANY_OF(CKR_OK,
	    CKR_FUNCTION_NOT_SUPPORTED, CKR_ARGUMENTS_BAD)) || rv != CKR_OK)
		return;
	state = kit_state(kit.session);
	(void)holds(state == CKS_RO_USER_FUNCTIONS, "state %lu", state);
}

static const struct check checks[] = {
	{ "5.4.5 C_GetInterfaceList", "the count, and a list too short",
	    counts, LOADED, NEEDS_3_0, NULL },
	{ "5.4.5 C_GetInterfaceList", "pulCount NULL is CKR_ARGUMENTS_BAD",
	    null_count, LOADED, NEEDS_3_0, NULL },
	{ "5.4.6 C_GetInterface", "ppInterface NULL is CKR_ARGUMENTS_BAD",
	    null_out, LOADED, NEEDS_3_0, NULL },
	{ "5.4.6 C_GetInterface", "the default is one of the list",
	    default_one, LOADED, NEEDS_3_0, NULL },
	{ "5.4.6 C_GetInterface", "each of the list is had by name, version and flags",
	    each_by_name, LOADED, NEEDS_3_0, NULL },
	{ "5.4.6 C_GetInterface", "a name, version or flag that there is not is refused",
	    unknown, LOADED, NEEDS_3_0, NULL },
	{ "5.4.6 C_GetInterface", "the 3.0 list is whole", no_holes, LOADED, NEEDS_3_0, NULL },
	{ "5.4.6 C_GetInterface", "the lists belong to one library",
	    one_library, SESSION, NEEDS_3_0, NULL },
	{ "5.6.5 C_SessionCancel", "cancels the operation it names",
	    cancel_sign, LOGGED_IN, NEEDS_3_0, NULL },
	{ "5.6.5 C_SessionCancel", "leaves all others alone",
	    cancel_nothing, LOGGED_IN, NEEDS_3_0, NULL },
	{ "5.13.1 C_SignInit", "without a mechanism cancels",
	    init_cancels, LOGGED_IN, NEEDS_3_0, NULL },
	{ "5.6.9 C_LoginUser", "without a name logs in or is refused",
	    login_user, SESSION, NEEDS_3_0, NULL },
};

void
run_interfaces(void)
{
	RUN_ALL(checks);
}
