/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Wrong PINs and PIN change: only with --destructive, for each may cost a try.
 * A right login follows every wrong one.  (5.5.9, 5.6.8, 5.1.6)
 */
#include <string.h>

#include "check.h"

static CK_RV
try(const unsigned char *pin, CK_ULONG n)
{
	unsigned char copy[300];

	memcpy(copy, pin, n);
	return kit.f->C_Login(kit.session, CKU_USER, copy, n);
}

/* Of the right one's length and characters, and yet another. */
static void
other_pin(unsigned char *out)
{
	unsigned char *last = out + target.pin_n - 1;

	memcpy(out, target.pin, target.pin_n);
	*last = (unsigned char)(*last == '9' ? '8' : *last == 'Z' ? 'Y' :
	    *last == 'z' ? 'y' : *last + 1);
}

static CK_FLAGS
flags(void)
{
	CK_TOKEN_INFO info;

	memset(&info, 0, sizeof(info));
	(void)expect("C_GetTokenInfo",
	    kit.f->C_GetTokenInfo(kit.slot, &info), CKR_OK);
	return info.flags;
}

static void
wrong(const void *arg)
{
	unsigned char pin[sizeof(target.pin)];
	CK_STATE state;

	(void)arg;
	other_pin(pin);
	(void)expect("a wrong PIN", try(pin, target.pin_n),
	    CKR_PIN_INCORRECT);
	state = kit_state(kit.session);
	(void)holds(state == CKS_RO_PUBLIC_SESSION, "then the state is %lu",
	    state);
	(void)expect("then the right one", kit_login(kit.session), CKR_OK);
}

static void
count_low(const void *arg)
{
	unsigned char pin[sizeof(target.pin)];

	(void)arg;
	(void)holds((flags() & CKF_USER_PIN_COUNT_LOW) == 0,
	    "CKF_USER_PIN_COUNT_LOW before");
	other_pin(pin);
	(void)expect("a wrong PIN", try(pin, target.pin_n),
	    CKR_PIN_INCORRECT);
	(void)holds((flags() & CKF_USER_PIN_COUNT_LOW) != 0,
	    "no CKF_USER_PIN_COUNT_LOW after a wrong PIN");
	(void)expect("the right one", kit_login(kit.session), CKR_OK);
	(void)holds((flags() & CKF_USER_PIN_COUNT_LOW) == 0,
	    "CKF_USER_PIN_COUNT_LOW after the right one");
}

static void
wrong_while_logged_in(const void *arg)
{
	unsigned char pin[sizeof(target.pin)];

	(void)arg;
	other_pin(pin);
	(void)expect("a wrong PIN while logged in", try(pin, target.pin_n),
	    CKR_USER_ALREADY_LOGGED_IN);
	(void)holds((flags() & CKF_USER_PIN_COUNT_LOW) == 0,
	    "it cost a try");
}

/* CKR_PIN_LEN_RANGE and CKR_PIN_INVALID are for setting PINs: 5.1.6. */
static void
impossible(const void *arg)
{
	static const struct {
		const char	*name, *pin;
		CK_ULONG	 n;
	} pins[] = {
		{ "no characters", "", 0 },
		{ "one character", "1", 1 },
		{ "a request line", "GET / HTTP/1.0\r", 15 },
		{ "a NUL in it", "12\0""4", 4 },
		{ "a Kanji", "\xe6\xbc\xa2", 3 },
		{ "too long for any", "12345678901234567890123456789012"
		    "34567890123456789012345678901234567890", 70 },
	};
	CK_RV rv;

	(void)arg;
	for (size_t i = 0; i < sizeof(pins) / sizeof(pins[0]); i++) {
		rv = try((const unsigned char *)pins[i].pin, pins[i].n);
		(void)expect_any(pins[i].name, rv, pins[i].n == 0 ?
		    ANY_OF(CKR_PIN_INCORRECT, CKR_ARGUMENTS_BAD) :
		    ANY_OF(CKR_PIN_INCORRECT));
		(void)expect("then the right one", kit_login(kit.session),
		    CKR_OK);
		(void)expect("C_Logout", kit.f->C_Logout(kit.session),
		    CKR_OK);
	}
}

static void
officer(const void *arg)
{
	static unsigned char pin[] = "00000000";
	CK_STATE state;

	(void)arg;
	(void)expect("C_CloseAllSessions",
	    kit.f->C_CloseAllSessions(kit.slot), CKR_OK);
	(void)expect("C_OpenSession", kit_open(CKF_RW_SESSION, &kit.session),
	    CKR_OK);
	(void)expect_error("CKU_SO with a PIN out of thin air",
	    kit.f->C_Login(kit.session, CKU_SO, pin, 8));
	state = kit_state(kit.session);
	(void)holds(state == CKS_RW_PUBLIC_SESSION, "then the state is %lu",
	    state);
	(void)expect("then the user", kit_login(kit.session), CKR_OK);
}

/*
 * C_SetPIN.
 */

static CK_RV
change(const unsigned char *from, const unsigned char *to, CK_ULONG n)
{
	unsigned char old[sizeof(target.pin)], new[300];

	memcpy(old, from, target.pin_n);
	memcpy(new, to, n);
	return kit.f->C_SetPIN(kit.session, old, target.pin_n, new, n);
}

static bool
read_write(void)
{
	return expect("C_OpenSession, R/W",
	    kit_open(CKF_RW_SESSION, &kit.session), CKR_OK);
}

static void
change_read_only(const void *arg)
{
	(void)arg;
	(void)expect_any("C_SetPIN", change(target.pin, target.pin,
	    target.pin_n),
	    ANY_OF(CKR_SESSION_READ_ONLY, CKR_FUNCTION_NOT_SUPPORTED));
}

static void
change_wrong(const void *arg)
{
	unsigned char pin[sizeof(target.pin)];

	(void)arg;
	if (!read_write())
		return;
	other_pin(pin);
	(void)expect_any("C_SetPIN with a wrong old PIN",
	    change(pin, target.pin, target.pin_n),
	    ANY_OF(CKR_PIN_INCORRECT, CKR_FUNCTION_NOT_SUPPORTED));
	(void)expect("C_Login", kit_login(kit.session), CKR_OK);
}

static void
change_impossible(const void *arg)
{
	unsigned char longest[300];
	CK_TOKEN_INFO info;

	(void)arg;
	memset(longest, '1', sizeof(longest));
	memset(&info, 0, sizeof(info));
	if (!read_write() || !expect("C_GetTokenInfo",
	    kit.f->C_GetTokenInfo(kit.slot, &info), CKR_OK))
		return;
	if (info.ulMaxPinLen < sizeof(longest))
		(void)expect_any("a new PIN too long", change(target.pin,
		    longest, info.ulMaxPinLen + 1),
		    ANY_OF(CKR_PIN_LEN_RANGE, CKR_FUNCTION_NOT_SUPPORTED));
	if (info.ulMinPinLen > 1)
		(void)expect_any("a new PIN too short", change(target.pin,
		    longest, info.ulMinPinLen - 1),
		    ANY_OF(CKR_PIN_LEN_RANGE, CKR_FUNCTION_NOT_SUPPORTED));
	(void)expect("C_Login", kit_login(kit.session), CKR_OK);
}

static void
change_and_back(const void *arg)
{
	unsigned char pin[sizeof(target.pin)];
	CK_RV rv;

	(void)arg;
	if (!read_write())
		return;
	other_pin(pin);
	rv = change(target.pin, pin, target.pin_n);
	if (!expect_any("C_SetPIN", rv,
	    ANY_OF(CKR_OK, CKR_FUNCTION_NOT_SUPPORTED)) || rv != CKR_OK)
		return;
	(void)expect("C_Login with the new PIN", try(pin, target.pin_n),
	    CKR_OK);
	(void)expect("C_SetPIN back, logged in",
	    change(pin, target.pin, target.pin_n), CKR_OK);
	(void)expect("C_Logout", kit.f->C_Logout(kit.session), CKR_OK);
	(void)expect("C_Login", kit_login(kit.session), CKR_OK);
}

static const struct check checks[] = {
	{ "5.6.8 C_Login", "a wrong PIN is CKR_PIN_INCORRECT", wrong, SESSION, DESTRUCTIVE, NULL },
	{ "5.6.8 C_Login", "a PIN that cannot be right is CKR_PIN_INCORRECT",
	    impossible, SESSION, DESTRUCTIVE, NULL },
	{ "5.6.8 C_Login", "a wrong PIN while logged in is CKR_USER_ALREADY_LOGGED_IN",
	    wrong_while_logged_in, LOGGED_IN, DESTRUCTIVE, NULL },
	{ "5.6.8 C_Login", "an officer's PIN out of thin air is refused",
	    officer, SESSION, DESTRUCTIVE, NULL },
	{ "3.2 CK_TOKEN_INFO", "CKF_USER_PIN_COUNT_LOW from a wrong PIN to the next right one",
	    count_low, SESSION, DESTRUCTIVE, NULL },
	{ "5.5.9 C_SetPIN", "in a read-only session is CKR_SESSION_READ_ONLY",
	    change_read_only, SESSION, DESTRUCTIVE, NULL },
	{ "5.5.9 C_SetPIN", "with a wrong old PIN is CKR_PIN_INCORRECT",
	    change_wrong, INITIALIZED, DESTRUCTIVE, NULL },
	{ "5.5.9 C_SetPIN", "to a PIN too long or too short is CKR_PIN_LEN_RANGE",
	    change_impossible, INITIALIZED, DESTRUCTIVE, NULL },
	{ "5.5.9 C_SetPIN", "changes the PIN, and back",
	    change_and_back, INITIALIZED, DESTRUCTIVE, NULL },
};

void
run_pins(void)
{
	RUN_ALL(checks);
}
