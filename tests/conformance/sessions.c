/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions: 5.6.1 to 5.6.4. */
#include <string.h>

#include "check.h"

#define MANY	200

static bool
open_one(CK_FLAGS more, CK_SESSION_HANDLE *out)
{
	return expect("C_OpenSession", kit_open(more, out), CKR_OK);
}

static bool
is_open(CK_SESSION_HANDLE s)
{
	CK_SESSION_INFO info;

	return kit.f->C_GetSessionInfo(s, &info) == CKR_OK;
}

static void
expect_state(CK_SESSION_HANDLE s, CK_STATE wanted)
{
	CK_STATE state = kit_state(s);

	(void)holds(state == wanted, "state %lu, wanted %lu", state, wanted);
}

static void
parallel(const void *arg)
{
	CK_SESSION_HANDLE s;

	(void)arg;
	(void)expect("without CKF_SERIAL_SESSION",
	    kit.f->C_OpenSession(kit.slot, 0, NULL, NULL, &s),
	    CKR_SESSION_PARALLEL_NOT_SUPPORTED);
	(void)expect("R/W without CKF_SERIAL_SESSION",
	    kit.f->C_OpenSession(kit.slot, CKF_RW_SESSION, NULL, NULL, &s),
	    CKR_SESSION_PARALLEL_NOT_SUPPORTED);
}

static void
session_info(CK_FLAGS more, CK_STATE state)
{
	CK_SESSION_HANDLE s;
	CK_SESSION_INFO i;

	memset(&i, 0xA5, sizeof(i));
	if (!open_one(more, &s) || !expect("C_GetSessionInfo",
	    kit.f->C_GetSessionInfo(s, &i), CKR_OK))
		return;
	(void)holds(s != 0, "the handle is 0");
	(void)holds(i.slotID == kit.slot, "slotID %lu, wanted %lu", i.slotID,
	    kit.slot);
	(void)holds(i.state == state, "state %lu, wanted %lu", i.state,
	    state);
	(void)holds(i.flags == (CKF_SERIAL_SESSION | more), "flags 0x%lX",
	    i.flags);
	(void)holds(i.ulDeviceError == 0, "ulDeviceError %lu",
	    i.ulDeviceError);
}

static void
read_only(const void *arg)
{
	(void)arg;
	session_info(0, CKS_RO_PUBLIC_SESSION);
}

static void
read_write(const void *arg)
{
	(void)arg;
	session_info(CKF_RW_SESSION, CKS_RW_PUBLIC_SESSION);
}

static void
many(const void *arg)
{
	CK_SESSION_HANDLE s[MANY];

	(void)arg;
	for (int i = 0; i < MANY; i++) {
		if (!open_one(i % 2 != 0 ? CKF_RW_SESSION : 0, &s[i]))
			return;
		for (int j = 0; j < i; j++)
			(void)holds(s[i] != s[j],
			    "two open sessions have one handle");
	}
	for (int i = 0; i < MANY; i++)
		(void)expect("C_CloseSession", kit.f->C_CloseSession(s[i]),
		    CKR_OK);
	for (int i = 0; i < MANY; i++)
		(void)holds(!is_open(s[i]), "a closed session is open");
}

/* A forgotten handle must not be somebody's session. */
static void
never_again(const void *arg)
{
	CK_SESSION_HANDLE s[50];

	(void)arg;
	for (int i = 0; i < 50; i++) {
		if (!open_one(0, &s[i]))
			return;
		for (int j = 0; j < i; j++)
			(void)holds(s[i] != s[j], "a handle comes again");
		(void)expect("C_CloseSession", kit.f->C_CloseSession(s[i]),
		    CKR_OK);
	}
}

static void
close_twice(const void *arg)
{
	(void)arg;
	(void)expect("C_CloseSession", kit.f->C_CloseSession(kit.session),
	    CKR_OK);
	(void)expect("C_CloseSession again",
	    kit.f->C_CloseSession(kit.session), CKR_SESSION_HANDLE_INVALID);
}

static void
close_all(const void *arg)
{
	CK_SESSION_HANDLE s[5];

	(void)arg;
	for (int i = 0; i < 5; i++)
		if (!open_one(i % 2 != 0 ? CKF_RW_SESSION : 0, &s[i]))
			return;
	(void)expect("C_CloseAllSessions",
	    kit.f->C_CloseAllSessions(kit.slot), CKR_OK);
	for (int i = 0; i < 5; i++)
		(void)holds(!is_open(s[i]), "session %d of 5 is still open",
		    i + 1);
	(void)expect("C_CloseAllSessions with none open",
	    kit.f->C_CloseAllSessions(kit.slot), CKR_OK);
}

static void
close_all_of_none(const void *arg)
{
	(void)arg;
	(void)expect("C_CloseAllSessions",
	    kit.f->C_CloseAllSessions(NO_SLOT), CKR_SLOT_ID_INVALID);
	(void)holds(is_open(kit.session), "it closed another slot's session");
}

/* The other slots with a token, at most n. */
static CK_ULONG
others(CK_SLOT_ID *out, CK_ULONG n)
{
	CK_SLOT_ID list[64];
	CK_ULONG all = 64, found = 0;

	if (!expect("C_GetSlotList", kit.f->C_GetSlotList(CK_TRUE, list,
	    &all), CKR_OK))
		return 0;
	for (CK_ULONG i = 0; i < all && found < n; i++)
		if (list[i] != kit.slot)
			out[found++] = list[i];
	return found;
}

static void
close_all_here(const void *arg)
{
	CK_SLOT_ID other[1];
	CK_SESSION_HANDLE s;

	(void)arg;
	if (others(other, 1) == 0 ||
	    kit.f->C_OpenSession(other[0], CKF_SERIAL_SESSION, NULL, NULL,
	    &s) != CKR_OK)
		return;
	(void)expect("C_CloseAllSessions",
	    kit.f->C_CloseAllSessions(kit.slot), CKR_OK);
	(void)holds(is_open(s), "it closed another slot's session");
	(void)holds(!is_open(kit.session), "it left one open");
}

static void
login_elsewhere(const void *arg)
{
	CK_SLOT_ID other[1];
	CK_SESSION_HANDLE s;

	(void)arg;
	if (others(other, 1) == 0 ||
	    kit.f->C_OpenSession(other[0], CKF_SERIAL_SESSION, NULL, NULL,
	    &s) != CKR_OK)
		return;
	expect_state(kit.session, CKS_RO_USER_FUNCTIONS);
	expect_state(s, CKS_RO_PUBLIC_SESSION);
	(void)expect("C_Logout there", kit.f->C_Logout(s),
	    CKR_USER_NOT_LOGGED_IN);
	expect_state(kit.session, CKS_RO_USER_FUNCTIONS);
}

/*
 * A login is all sessions': 5.6.8.
 */

static void
states(const void *arg)
{
	CK_SESSION_HANDLE rw, later;

	(void)arg;
	if (!open_one(CKF_RW_SESSION, &rw) ||
	    !expect("C_Login", kit_login(kit.session), CKR_OK))
		return;
	expect_state(kit.session, CKS_RO_USER_FUNCTIONS);
	expect_state(rw, CKS_RW_USER_FUNCTIONS);
	if (!open_one(0, &later))
		return;
	expect_state(later, CKS_RO_USER_FUNCTIONS);
	(void)expect("C_Logout in another session", kit.f->C_Logout(later),
	    CKR_OK);
	expect_state(kit.session, CKS_RO_PUBLIC_SESSION);
	expect_state(rw, CKS_RW_PUBLIC_SESSION);
	expect_state(later, CKS_RO_PUBLIC_SESSION);
}

static void
last_close(const void *arg)
{
	(void)arg;
	(void)expect("C_CloseSession", kit.f->C_CloseSession(kit.session),
	    CKR_OK);
	if (open_one(0, &kit.session))
		expect_state(kit.session, CKS_RO_PUBLIC_SESSION);
}

static void
not_last_close(const void *arg)
{
	CK_SESSION_HANDLE other;

	(void)arg;
	if (!open_one(0, &other))
		return;
	(void)expect("C_CloseSession", kit.f->C_CloseSession(kit.session),
	    CKR_OK);
	expect_state(other, CKS_RO_USER_FUNCTIONS);
}

static void
close_all_logs_out(const void *arg)
{
	CK_SESSION_HANDLE other;

	(void)arg;
	if (!open_one(CKF_RW_SESSION, &other))
		return;
	(void)expect("C_CloseAllSessions",
	    kit.f->C_CloseAllSessions(kit.slot), CKR_OK);
	if (open_one(0, &kit.session))
		expect_state(kit.session, CKS_RO_PUBLIC_SESSION);
}

static const struct check checks[] = {
	{ "5.6.1 C_OpenSession", "without CKF_SERIAL_SESSION is CKR_SESSION_PARALLEL_NOT_SUPPORTED",
	    parallel, INITIALIZED, 0, NULL },
	{ "5.6.4 C_GetSessionInfo", "of a read-only session", read_only, INITIALIZED, 0, NULL },
	{ "5.6.4 C_GetSessionInfo", "of a read/write session", read_write, INITIALIZED, 0, NULL },
	{ "5.6.1 C_OpenSession", "200 sessions at once, each with its handle",
	    many, INITIALIZED, 0, NULL },
	{ "5.6.1 C_OpenSession", "handles do not come again", never_again, SESSION, STRICT, NULL },
	{ "5.6.2 C_CloseSession", "the second time is CKR_SESSION_HANDLE_INVALID",
	    close_twice, SESSION, 0, NULL },
	{ "5.6.3 C_CloseAllSessions", "closes all of them, and can be called with none",
	    close_all, INITIALIZED, 0, NULL },
	{ "5.6.3 C_CloseAllSessions", "of a slot that there is not closes none",
	    close_all_of_none, SESSION, 0, NULL },
	{ "5.6.3 C_CloseAllSessions", "leaves other slots' sessions open",
	    close_all_here, SESSION, 0, NULL },
	{ "5.6.3 C_CloseAllSessions", "logs out", close_all_logs_out, LOGGED_IN, 0, NULL },
	{ "5.6.8 C_Login", "changes the state of every session, C_Logout back",
	    states, SESSION, 0, NULL },
	{ "5.6.8 C_Login", "is this slot's, not another's", login_elsewhere, LOGGED_IN, 0, NULL },
	{ "5.6.2 C_CloseSession", "of the last session logs out", last_close, LOGGED_IN, 0, NULL },
	{ "5.6.2 C_CloseSession", "of one session, not the last, does not log out",
	    not_last_close, LOGGED_IN, 0, NULL },
};

void
run_sessions(void)
{
	RUN_ALL(checks);
}
