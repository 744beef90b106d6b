/* SPDX-License-Identifier: BSD-2-Clause */
/* Slots and tokens: 5.5.1 to 5.5.4. */
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "check.h"

#define SLOTS_MAX	64

struct slots {
	CK_SLOT_ID	id[SLOTS_MAX];
	CK_ULONG	n;
};

static bool
get(CK_BBOOL present, struct slots *out)
{
	out->n = SLOTS_MAX;
	return expect("C_GetSlotList",
	    kit.f->C_GetSlotList(present, out->id, &out->n), CKR_OK);
}

static bool
in_list(CK_SLOT_ID id, const struct slots *list)
{
	for (CK_ULONG i = 0; i < list->n; i++)
		if (list->id[i] == id)
			return true;
	return false;
}

static void
sizes(const void *arg)
{
	struct slots all;
	CK_ULONG n = 4711;

	(void)arg;
	(void)expect("C_GetSlotList(NULL)",
	    kit.f->C_GetSlotList(CK_FALSE, NULL, &n), CKR_OK);
	if (!get(CK_FALSE, &all))
		return;
	(void)holds(n == all.n, "%lu slots, said to be %lu", all.n, n);
	n = all.n - 1;
	(void)expect("one entry too few",
	    kit.f->C_GetSlotList(CK_FALSE, all.id, &n),
	    CKR_BUFFER_TOO_SMALL);
	(void)holds(n == all.n, "then the count is %lu, not %lu", n, all.n);
}

static void
too_few_stays_within(const void *arg)
{
	CK_SLOT_ID list[2] = { NO_SLOT, NO_SLOT };
	CK_ULONG n = 0;

	(void)arg;
	(void)expect("no entries", kit.f->C_GetSlotList(CK_FALSE, list, &n),
	    CKR_BUFFER_TOO_SMALL);
	(void)holds(list[0] == NO_SLOT, "an entry is written nevertheless");
}

static void
stable(const void *arg)
{
	struct slots a, b;

	(void)arg;
	if (!get(CK_FALSE, &a) || !get(CK_FALSE, &b))
		return;
	(void)holds(a.n == b.n && memcmp(a.id, b.id,
	    a.n * sizeof(a.id[0])) == 0, "two lists differ");
	for (CK_ULONG i = 0; i < a.n; i++)
		for (CK_ULONG j = 0; j < i; j++)
			(void)holds(a.id[i] != a.id[j], "%lu is there twice",
			    a.id[i]);
}

static void
presence(const void *arg)
{
	struct slots all, present;
	CK_SLOT_INFO info;
	bool flag;

	(void)arg;
	if (!get(CK_FALSE, &all) || !get(CK_TRUE, &present))
		return;
	for (CK_ULONG i = 0; i < present.n; i++)
		(void)holds(in_list(present.id[i], &all),
		    "slot %lu is only in the list of those with a token",
		    present.id[i]);
	for (CK_ULONG i = 0; i < all.n; i++) {
		if (!expect("C_GetSlotInfo", kit.f->C_GetSlotInfo(all.id[i],
		    &info), CKR_OK))
			continue;
		flag = (info.flags & CKF_TOKEN_PRESENT) != 0;
		(void)holds(flag == in_list(all.id[i], &present),
		    "CKF_TOKEN_PRESENT of slot %lu", all.id[i]);
	}
}

static bool
padded(const unsigned char *field, size_t n)
{
	return memchr(field, '\0', n) == NULL;
}

static bool
blank(const unsigned char *field, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (field[i] != ' ' && field[i] != '\0')
			return false;
	return true;
}

static void
slot_info(const void *arg)
{
	CK_SLOT_INFO i;

	(void)arg;
	memset(&i, 0, sizeof(i));
	if (!expect("C_GetSlotInfo", kit.f->C_GetSlotInfo(kit.slot, &i),
	    CKR_OK))
		return;
	(void)holds((i.flags & ~(CKF_TOKEN_PRESENT | CKF_REMOVABLE_DEVICE |
	    CKF_HW_SLOT)) == 0, "flags 0x%lX", i.flags);
	(void)holds(padded(i.slotDescription, sizeof(i.slotDescription)) &&
	    padded(i.manufacturerID, sizeof(i.manufacturerID)),
	    "text is not padded with blanks");
}

/* What every function of an empty slot says; where there is one. */
static void
empty(const void *arg)
{
	struct slots all, present;
	CK_SESSION_HANDLE s;
	CK_TOKEN_INFO info;
	CK_ULONG n;

	(void)arg;
	if (!get(CK_FALSE, &all) || !get(CK_TRUE, &present))
		return;
	for (CK_ULONG i = 0; i < all.n; i++) {
		if (in_list(all.id[i], &present))
			continue;
		(void)expect("C_GetTokenInfo",
		    kit.f->C_GetTokenInfo(all.id[i], &info),
		    CKR_TOKEN_NOT_PRESENT);
		(void)expect("C_GetMechanismList",
		    kit.f->C_GetMechanismList(all.id[i], NULL, &n),
		    CKR_TOKEN_NOT_PRESENT);
		(void)expect("C_OpenSession", kit.f->C_OpenSession(all.id[i],
		    CKF_SERIAL_SESSION, NULL, NULL, &s),
		    CKR_TOKEN_NOT_PRESENT);
	}
}

/*
 * Tokens.
 */

static bool
token_info(CK_TOKEN_INFO *out)
{
	memset(out, 0, sizeof(*out));
	return expect("C_GetTokenInfo",
	    kit.f->C_GetTokenInfo(kit.slot, out), CKR_OK);
}

static void
token_text(const void *arg)
{
	CK_TOKEN_INFO i;

	(void)arg;
	if (!token_info(&i))
		return;
	(void)holds(padded(i.label, sizeof(i.label)) &&
	    padded(i.manufacturerID, sizeof(i.manufacturerID)) &&
	    padded(i.model, sizeof(i.model)) &&
	    padded(i.serialNumber, sizeof(i.serialNumber)),
	    "text is not padded with blanks");
	(void)holds(!blank(i.label, sizeof(i.label)), "no label");
	(void)holds(!blank(i.serialNumber, sizeof(i.serialNumber)),
	    "no serial number");
}

/* So that a URI names one token: RFC 7512. */
static void
token_names(const void *arg)
{
	CK_TOKEN_INFO a, b;
	struct slots present;

	(void)arg;
	if (!token_info(&a) || !get(CK_TRUE, &present))
		return;
	for (CK_ULONG i = 0; i < present.n; i++) {
		if (present.id[i] == kit.slot ||
		    kit.f->C_GetTokenInfo(present.id[i], &b) != CKR_OK)
			continue;
		(void)holds(memcmp(a.label, b.label, sizeof(a.label)) != 0 ||
		    memcmp(a.serialNumber, b.serialNumber,
		    sizeof(a.serialNumber)) != 0,
		    "label and serial number are those of slot %lu",
		    present.id[i]);
	}
}

static void
token_serial(const void *arg)
{
	CK_TOKEN_INFO i;
	bool same = true;

	(void)arg;
	if (!token_info(&i))
		return;
	for (size_t k = 1; k < sizeof(i.serialNumber); k++)
		same = same && (i.serialNumber[k] == i.serialNumber[0] ||
		    i.serialNumber[k] == ' ');
	(void)holds(!same, "serial number %.16s", (const char *)
	    i.serialNumber);
}

static void
token_flags(const void *arg)
{
	const CK_FLAGS known = 0xFFFF0FFF;
	CK_TOKEN_INFO i;

	(void)arg;
	if (!token_info(&i))
		return;
	(void)holds((i.flags & CKF_TOKEN_INITIALIZED) != 0,
	    "CKF_TOKEN_INITIALIZED is not set");
	(void)holds((i.flags & CKF_USER_PIN_INITIALIZED) != 0,
	    "CKF_USER_PIN_INITIALIZED is not set");
	(void)holds((i.flags & CKF_LOGIN_REQUIRED) != 0,
	    "CKF_LOGIN_REQUIRED is not set");
	(void)holds((i.flags & (CKF_USER_PIN_FINAL_TRY |
	    CKF_USER_PIN_LOCKED)) == 0, "the PIN is close to locked");
	(void)holds((i.flags & ~known) == 0, "flags 0x%lX", i.flags);
	(void)holds(i.ulMinPinLen <= i.ulMaxPinLen, "PINs of %lu to %lu",
	    i.ulMinPinLen, i.ulMaxPinLen);
	(void)holds(target.pin_n >= i.ulMinPinLen &&
	    target.pin_n <= i.ulMaxPinLen, "the right PIN has %lu bytes",
	    target.pin_n);
}

static void
token_clock(const void *arg)
{
	CK_TOKEN_INFO i;

	(void)arg;
	if (!token_info(&i))
		return;
	for (size_t k = 0; k < sizeof(i.utcTime) &&
	    (i.flags & CKF_CLOCK_ON_TOKEN) != 0; k++)
		(void)holds(i.utcTime[k] >= '0' && i.utcTime[k] <= '9',
		    "utcTime is no time");
}

static bool
counts(const char *what, CK_ULONG got, CK_ULONG wanted)
{
	return holds(got == wanted || got == CK_UNAVAILABLE_INFORMATION,
	    "%s %lu, wanted %lu", what, got, wanted);
}

static void
token_sessions(const void *arg)
{
	CK_SESSION_HANDLE a, b;
	CK_TOKEN_INFO i;

	(void)arg;
	if (!token_info(&i))
		return;
	(void)counts("ulSessionCount", i.ulSessionCount, 0);
	(void)counts("ulRwSessionCount", i.ulRwSessionCount, 0);
	if (!expect("C_OpenSession", kit_open(0, &a), CKR_OK) ||
	    !expect("C_OpenSession, R/W", kit_open(CKF_RW_SESSION, &b),
	    CKR_OK) || !token_info(&i))
		return;
	(void)counts("ulSessionCount", i.ulSessionCount, 2);
	(void)counts("ulRwSessionCount", i.ulRwSessionCount, 1);
	(void)holds(i.ulMaxSessionCount == CK_EFFECTIVELY_INFINITE ||
	    i.ulMaxSessionCount >= 2, "ulMaxSessionCount %lu",
	    i.ulMaxSessionCount);
}

/* A token may be asked before anything else was. */
static void
token_at_once(const void *arg)
{
	struct slots present;
	CK_TOKEN_INFO info;

	(void)arg;
	if (!get(CK_TRUE, &present))
		return;
	for (CK_ULONG i = 0; i < present.n; i++)
		(void)expect("C_GetTokenInfo",
		    kit.f->C_GetTokenInfo(present.id[i], &info), CKR_OK);
}

/*
 * Events.
 */

static CK_RV
wait_event(CK_FLAGS flags)
{
	CK_SLOT_ID slot;

	return kit.f->C_WaitForSlotEvent(flags, &slot, NULL);
}

static void
no_event(const void *arg)
{
	(void)arg;
	(void)expect_any("C_WaitForSlotEvent(CKF_DONT_BLOCK)",
	    wait_event(CKF_DONT_BLOCK),
	    ANY_OF(CKR_NO_EVENT, CKR_FUNCTION_NOT_SUPPORTED));
	(void)expect_any("the same again", wait_event(CKF_DONT_BLOCK),
	    ANY_OF(CKR_NO_EVENT, CKR_FUNCTION_NOT_SUPPORTED));
}

static void *
waiter(void *arg)
{
	CK_RV *rv = arg;

	*rv = wait_event(0);
	return NULL;
}

static void
finalize_ends_wait(const void *arg)
{
	const struct timespec moment = { 0, 200000000 };
	CK_RV rv = CKR_OK;
	pthread_t thread;

	(void)arg;
	/* If there are events, wrongly, they would end it sooner. */
	for (int i = 0; i < SLOTS_MAX && wait_event(CKF_DONT_BLOCK) == CKR_OK;
	    i++)
		;
	if (!holds(pthread_create(&thread, NULL, waiter, &rv) == 0,
	    "no thread"))
		return;
	/* It most likely blocks by then; if not it must end all the same. */
	(void)nanosleep(&moment, NULL);
	(void)expect("C_Finalize", kit_finalize(), CKR_OK);
	(void)pthread_join(thread, NULL);
	(void)expect_any("C_WaitForSlotEvent", rv,
	    ANY_OF(CKR_CRYPTOKI_NOT_INITIALIZED, CKR_FUNCTION_NOT_SUPPORTED));
}

static const struct check checks[] = {
	{ "5.5.1 C_GetSlotList", "the count, and a list too short", sizes, INITIALIZED, 0, NULL },
	{ "5.5.1 C_GetSlotList", "a list of no entries is left alone",
	    too_few_stays_within, INITIALIZED, 0, NULL },
	{ "5.5.1 C_GetSlotList", "the same slots twice, each once", stable, INITIALIZED, 0, NULL },
	{ "5.5.1 C_GetSlotList", "with a token are those that say so",
	    presence, INITIALIZED, 0, NULL },
	{ "5.5.2 C_GetSlotInfo", "known flags, text padded with blanks",
	    slot_info, INITIALIZED, 0, NULL },
	{ "5.5.3 C_GetTokenInfo", "an empty slot is CKR_TOKEN_NOT_PRESENT everywhere",
	    empty, INITIALIZED, 0, NULL },
	{ "5.5.3 C_GetTokenInfo", "every slot with a token answers",
	    token_at_once, INITIALIZED, 0, NULL },
	{ "5.5.3 C_GetTokenInfo", "label and serial number, padded with blanks",
	    token_text, INITIALIZED, 0, NULL },
	{ "5.5.3 C_GetTokenInfo", "label and serial number are no other token's",
	    token_names, INITIALIZED, 0, NULL },
	{ "5.5.3 C_GetTokenInfo", "the serial number tells tokens apart",
	    token_serial, INITIALIZED, 0, NULL },
	{ "5.5.3 C_GetTokenInfo", "flags and PIN lengths fit the token",
	    token_flags, INITIALIZED, 0, NULL },
	{ "5.5.3 C_GetTokenInfo", "a clock only if it has one", token_clock, INITIALIZED, 0, NULL },
	{ "5.5.3 C_GetTokenInfo", "sessions are counted or unavailable",
	    token_sessions, INITIALIZED, 0, NULL },
	{ "5.5.4 C_WaitForSlotEvent", "what was there at C_Initialize is no event",
	    no_event, INITIALIZED, 0, NULL },
	{ "5.5.4 C_WaitForSlotEvent", "C_Finalize ends a wait",
	    finalize_ends_wait, INITIALIZED, 0, NULL },
};

void
run_slots(void)
{
	RUN_ALL(checks);
}
