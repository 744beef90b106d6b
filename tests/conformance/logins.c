/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Login and logout with the right PIN or none at all: 5.6.8, 5.6.10.  What may
 * cost a try is in pins.c.
 */
#include "check.h"

static void
user_type(const void *arg)
{
	(void)arg;
	(void)expect("user type 99", kit.f->C_Login(kit.session, 99,
	    target.pin, target.pin_n), CKR_USER_TYPE_INVALID);
}

static void
twice(const void *arg)
{
	CK_SESSION_HANDLE other;

	(void)arg;
	(void)expect("C_Login again", kit_login(kit.session),
	    CKR_USER_ALREADY_LOGGED_IN);
	(void)expect("C_OpenSession", kit_open(CKF_RW_SESSION, &other),
	    CKR_OK);
	(void)expect("C_Login in another session", kit_login(other),
	    CKR_USER_ALREADY_LOGGED_IN);
}

static void
no_pin(const void *arg)
{
	(void)arg;
	(void)expect_any("PIN NULL of 4 bytes", kit.f->C_Login(kit.session,
	    CKU_USER, NULL, 4), ANY_OF(CKR_ARGUMENTS_BAD, CKR_PIN_INCORRECT));
	(void)expect_any("PIN NULL of 0 bytes", kit.f->C_Login(kit.session,
	    CKU_USER, NULL, 0), ANY_OF(CKR_ARGUMENTS_BAD, CKR_PIN_INCORRECT));
	(void)expect("then the right one", kit_login(kit.session), CKR_OK);
}

static void
context_without_operation(const void *arg)
{
	(void)arg;
	(void)expect_any("CKU_CONTEXT_SPECIFIC", kit.f->C_Login(kit.session,
	    CKU_CONTEXT_SPECIFIC, target.pin, target.pin_n),
	    ANY_OF(CKR_OPERATION_NOT_INITIALIZED));
}

/* The officer's PIN is not looked at: these come before it. */
static void
officer(const void *arg)
{
	static unsigned char pin[] = "00000000";

	(void)arg;
	(void)expect_any("CKU_SO while the user is logged in",
	    kit.f->C_Login(kit.session, CKU_SO, pin, 8),
	    ANY_OF(CKR_USER_ANOTHER_ALREADY_LOGGED_IN,
	    CKR_SESSION_READ_ONLY_EXISTS));
}

static void
officer_read_only(const void *arg)
{
	static unsigned char pin[] = "00000000";

	(void)arg;
	(void)expect("CKU_SO with a read-only session open",
	    kit.f->C_Login(kit.session, CKU_SO, pin, 8),
	    CKR_SESSION_READ_ONLY_EXISTS);
}

static void
logout_twice(const void *arg)
{
	(void)arg;
	(void)expect("C_Logout", kit.f->C_Logout(kit.session), CKR_OK);
	(void)expect("C_Logout again", kit.f->C_Logout(kit.session),
	    CKR_USER_NOT_LOGGED_IN);
}

static void
rounds(const void *arg)
{
	(void)arg;
	for (int i = 0; i < 5; i++) {
		(void)expect("C_Login", kit_login(kit.session), CKR_OK);
		(void)expect("C_Logout", kit.f->C_Logout(kit.session),
		    CKR_OK);
	}
}

/*
 * Private objects: 5.6.10, and 4.4 of CKA_PRIVATE.
 */

static void
none_private(const char *when)
{
	CK_OBJECT_HANDLE list[OBJECTS_MAX];
	CK_ULONG n;

	if (!kit_search(kit.session, NULL, 0, list, &n))
		return;
	for (CK_ULONG i = 0; i < n; i++)
		(void)holds(kit_flag(list[i], CKA_PRIVATE) != CK_TRUE,
		    "object %lu is private, and visible %s", list[i], when);
}

static void
private_before(const void *arg)
{
	(void)arg;
	none_private("before the login");
}

static void
private_after(const void *arg)
{
	(void)arg;
	(void)expect("C_Logout", kit.f->C_Logout(kit.session), CKR_OK);
	none_private("after the logout");
}

static CK_RV
look(CK_OBJECT_HANDLE o)
{
	CK_OBJECT_CLASS class;
	CK_ATTRIBUTE a = { CKA_CLASS, &class, sizeof(class) };

	return kit.f->C_GetAttributeValue(kit.session, o, &a, 1);
}

static void
handles_end(const void *arg)
{
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };
	struct pair pair;

	(void)arg;
	if (!kit_pair(&pair) ||
	    !holds(kit_flag(pair.private_key, CKA_PRIVATE) == 1,
	    "the private key is not private"))
		return;
	(void)expect("C_Logout", kit.f->C_Logout(kit.session), CKR_OK);
	(void)expect("its handle after C_Logout", look(pair.private_key),
	    CKR_OBJECT_HANDLE_INVALID);
	(void)expect_any("C_SignInit after C_Logout",
	    kit.f->C_SignInit(kit.session, &m, pair.private_key),
	    ANY_OF(CKR_KEY_HANDLE_INVALID, CKR_USER_NOT_LOGGED_IN));
	(void)expect("C_Login", kit_login(kit.session), CKR_OK);
	(void)expect("its handle after a new login", look(pair.private_key),
	    CKR_OBJECT_HANDLE_INVALID);
	(void)kit_pair(&pair);
}

static void
handles_stay(const void *arg)
{
	CK_SESSION_HANDLE other;
	struct pair pair;

	(void)arg;
	if (!kit_pair(&pair))
		return;
	(void)expect("C_OpenSession", kit_open(0, &other), CKR_OK);
	(void)expect("C_CloseSession", kit.f->C_CloseSession(kit.session),
	    CKR_OK);
	kit.session = other;
	(void)expect("a handle of a closed session's search",
	    look(pair.private_key), CKR_OK);
}

static void
public_handles_stay(const void *arg)
{
	CK_OBJECT_HANDLE list[OBJECTS_MAX];
	CK_ULONG n;

	(void)arg;
	if (!kit_search(kit.session, NULL, 0, list, &n))
		return;
	(void)expect("C_Login", kit_login(kit.session), CKR_OK);
	(void)expect("C_Logout", kit.f->C_Logout(kit.session), CKR_OK);
	for (CK_ULONG i = 0; i < n; i++)
		(void)expect("a public object after login and logout",
		    look(list[i]), CKR_OK);
}

/* Whether or not it ends what is active, it goes on afterwards. */
static void
logout_in_operation(const void *arg)
{
	unsigned char data[32] = { 0 }, out[1024];
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };
	CK_ULONG n = sizeof(out);
	struct pair pair;

	(void)arg;
	if (!kit_pair(&pair) || !expect("C_SignInit",
	    kit.f->C_SignInit(kit.session, &m, pair.private_key), CKR_OK))
		return;
	(void)expect("C_Logout", kit.f->C_Logout(kit.session), CKR_OK);
	(void)expect_any("C_Sign after C_Logout",
	    kit.f->C_Sign(kit.session, data, sizeof(data), out, &n),
	    ANY_OF(CKR_OK, CKR_OPERATION_NOT_INITIALIZED,
	    CKR_USER_NOT_LOGGED_IN));
	(void)expect("C_Login", kit_login(kit.session), CKR_OK);
	if (!kit_pair(&pair) || !expect("C_SignInit after the next login",
	    kit.f->C_SignInit(kit.session, &m, pair.private_key), CKR_OK))
		return;
	n = sizeof(out);
	(void)expect("C_Sign", kit.f->C_Sign(kit.session, data, sizeof(data),
	    out, &n), CKR_OK);
}

static const struct check checks[] = {
	{ "5.6.8 C_Login", "a user type that there is not is CKR_USER_TYPE_INVALID",
	    user_type, SESSION, 0, NULL },
	{ "5.6.8 C_Login", "the second time is CKR_USER_ALREADY_LOGGED_IN",
	    twice, LOGGED_IN, 0, NULL },
	{ "5.6.8 C_Login", "a PIN of NULL is refused", no_pin, SESSION, 0, NULL },
	{ "5.6.8 C_Login",
	    "CKU_CONTEXT_SPECIFIC without an operation is CKR_OPERATION_NOT_INITIALIZED",
	    context_without_operation, LOGGED_IN, 0, NULL },
	{ "5.6.8 C_Login", "CKU_CONTEXT_SPECIFIC does not log in",
	    context_without_operation, SESSION, 0, NULL },
	{ "5.6.8 C_Login", "CKU_SO while the user is logged in is refused for that",
	    officer, LOGGED_IN, 0, NULL },
	{ "5.6.8 C_Login", "CKU_SO with a read-only session is CKR_SESSION_READ_ONLY_EXISTS",
	    officer_read_only, SESSION, 0, NULL },
	{ "5.6.10 C_Logout", "the second time is CKR_USER_NOT_LOGGED_IN",
	    logout_twice, LOGGED_IN, 0, NULL },
	{ "5.6.10 C_Logout", "and C_Login, five rounds", rounds, SESSION, 0, NULL },
	{ "5.6.10 C_Logout", "ends handles of private objects for good",
	    handles_end, LOGGED_IN, 0, NULL },
	{ "5.6.10 C_Logout", "hides private objects", private_after, LOGGED_IN, 0, NULL },
	{ "5.6.10 C_Logout", "leaves handles of public objects",
	    public_handles_stay, SESSION, 0, NULL },
	{ "5.6.10 C_Logout", "in an operation disturbs no later one",
	    logout_in_operation, LOGGED_IN, 0, NULL },
	{ "4.4 CKA_PRIVATE", "before the login no private object is found",
	    private_before, SESSION, 0, NULL },
	{ "5.6.2 C_CloseSession", "leaves handles of token objects to the others",
	    handles_stay, LOGGED_IN, 0, NULL },
};

void
run_logins(void)
{
	RUN_ALL(checks);
}
