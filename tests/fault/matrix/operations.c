/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Everything that users can do.  What is added to jpki-tool or to the module
 * joins by a row here.
 */
#include "client.h"

const struct pin_row pin_rows[CARD_PINS] = {
	[CARD_AUTH] = { "auth", "1234", "4321", "0000", 2, 3 },
	[CARD_SIGN] = { "sign", "ABC123", "XYZ789", "WRONG0", 4, 5 },
	[CARD_INPUT] = { "input", "1234", "4321", "0000", 2, 3 },
};

#define STEPS(...)	((step_fn *const []){ __VA_ARGS__, NULL })
#define NOTHING		((step_fn *const []){ NULL })

#define TOOL(title, what, ...) \
	{ .name = title, .part = PART_TOOL, .kind = what, __VA_ARGS__ }
#define MODULE(title, what, ...) \
	{ .name = title, .part = PART_MODULE, .kind = what, __VA_ARGS__ }

#define BEGUN		.before = STEPS(step_initialize)
#define LISTED		.before = STEPS(step_initialize, step_slots)
#define OPEN		.before = STEPS(step_initialize, step_slots, step_open)
#define LOGGED_IN	.before = STEPS(step_initialize, step_slots, step_open, step_login)
#define WITH_KEY	.before = STEPS(step_initialize, step_slots, step_open, step_login, \
			    step_key)
#define AUTH		.pin = CARD_AUTH
#define SIGN		.pin = CARD_SIGN
#define INPUT		.pin = CARD_INPUT

const struct operation operations[] = {
	TOOL("readers", OP_LIST, .yield = YIELD_LINES, .args = "readers"),
	TOOL("readers -j", OP_LIST, .args = "readers -j"),
	TOOL("wait insert", OP_LIST, .args = "wait insert -t 2"),
	TOOL("wait remove", OP_LIST, .args = "wait remove -t 2", .end = 1, .waits = true),
	TOOL("status", OP_SHOW, .yield = YIELD_LINES, .args = "status"),
	TOOL("status -a", OP_SHOW, .yield = YIELD_LINES, .args = "status -a"),
	TOOL("status with a PIN", OP_SHOW, SIGN, .verify = 1, .yield = YIELD_LINES,
	    .args = "status --pin-file pin"),
	TOOL("status --warn-days", OP_SHOW, .yield = YIELD_SAME, .end = 7,
	    .args = "status --warn-days 4000"),
	TOOL("cert auth", OP_READ, .yield = YIELD_LINES, .args = "cert auth"),
	TOOL("cert auth --der", OP_READ, .yield = YIELD_SAME, .makes_files = true,
	    .args = "cert auth --der -o out"),
	TOOL("cert sign --pem", OP_READ, SIGN, .verify = 1, .yield = YIELD_SAME,
	    .args = "cert sign --pem --pin-file pin"),
	TOOL("cert sign, asked", OP_READ, SIGN, .verify = 1, .yield = YIELD_SAME,
	    .args = "cert sign --der -o -", .asks = true),
	TOOL("cert auth-ca", OP_READ, .yield = YIELD_SAME, .makes_files = true,
	    .args = "cert auth-ca --pem -o out"),
	TOOL("cert sign-ca", OP_READ, .yield = YIELD_SAME, .args = "cert sign-ca --der -o -"),
	TOOL("ssh-key", OP_READ, .yield = YIELD_SAME, .args = "ssh-key"),
	TOOL("pin verify auth", OP_VERIFY, AUTH, .verify = 1, .yield = YIELD_SAME,
	    .args = "pin verify auth --pin-file pin"),
	TOOL("pin verify sign", OP_VERIFY, SIGN, .verify = 1, .yield = YIELD_SAME,
	    .args = "pin verify sign --pin-file pin"),
	TOOL("pin verify input", OP_VERIFY, INPUT, .verify = 1, .yield = YIELD_SAME,
	    .args = "pin verify input --pin-file pin"),
	TOOL("pin verify, asked", OP_VERIFY, AUTH, .verify = 1, .yield = YIELD_SAME,
	    .args = "pin verify auth", .asks = true),
	TOOL("pin verify, wrong", OP_VERIFY, SIGN, .wrong = true, .end = 4, .verify = 1,
	    .args = "pin verify sign --pin-file pin"),
	TOOL("pin change auth", OP_CHANGE, AUTH, .verify = 1, .change = 1, .yield = YIELD_SAME,
	    .args = "pin change auth --pin-file pin --new-pin-file new-pin"),
	TOOL("pin change sign", OP_CHANGE, SIGN, .verify = 1, .change = 1, .yield = YIELD_SAME,
	    .args = "pin change sign --pin-file pin --new-pin-file new-pin"),
	TOOL("pin change input", OP_CHANGE, INPUT, .verify = 1, .change = 1, .yield = YIELD_SAME,
	    .args = "pin change input --pin-file pin --new-pin-file new-pin"),
	TOOL("pin change, asked", OP_CHANGE, SIGN, .verify = 1, .change = 1, .yield = YIELD_SAME,
	    .args = "pin change sign", .asks = true),
	TOOL("sign -k auth", OP_SIGN, AUTH, .verify = 1, .yield = YIELD_SIGNATURE,
	    .makes_files = true, .args = "sign -k auth --pin-file pin -o out letter"),
	TOOL("sign -k sign", OP_SIGN, SIGN, .verify = 1, .yield = YIELD_SIGNATURE,
	    .args = "sign -k sign --pin-file pin"),
	TOOL("sign several files", OP_SIGN, SIGN, .verify = 1, .yield = YIELD_SIGNATURE,
	    .makes_files = true,
	    .args = "sign -k sign --pin-file pin --suffix .sig letter letter.2 letter.3"),
	TOOL("sign CMS documents", OP_SIGN, SIGN, .verify = 1, .yield = YIELD_DOCUMENTS,
	    .makes_files = true, .args = "sign -k sign --yes --format cms --pin-file pin "
	    "--suffix .signed letter letter.2 letter.3"),
	TOOL("sign XML documents", OP_SIGN, SIGN, .verify = 1, .yield = YIELD_DOCUMENTS,
	    .makes_files = true, .args = "sign -k sign --yes --format xml --pin-file pin "
	    "--suffix .signed a.xml b.xml"),
	TOOL("sign PDF documents", OP_SIGN, SIGN, .verify = 1, .yield = YIELD_DOCUMENTS,
	    .makes_files = true, .args = "sign -k sign --yes --format pdf --pin-file pin "
	    "--jobs 2 --suffix .signed a.pdf b.pdf"),
	TOOL("sign, asked", OP_SIGN, AUTH, .verify = 1, .yield = YIELD_SIGNATURE,
	    .args = "sign -k auth", .asks = true),

	TOOL("attributes", OP_READ, INPUT, .verify = 1, .yield = YIELD_SAME,
	    .args = "attributes --pin-file pin"),
	TOOL("attributes, asked", OP_READ, INPUT, .verify = 1, .yield = YIELD_SAME,
	    .args = "attributes -j", .asks = true),
	TOOL("mynumber", OP_READ, INPUT, .verify = 1, .yield = YIELD_SAME,
	    .args = "mynumber --i-may-handle-my-number --pin-file pin"),

	MODULE("initialize", OP_LIST, .before = NOTHING,
	    .steps = STEPS(step_initialize, step_finalize)),
	MODULE("slots", OP_LIST, .yield = YIELD_LINES, BEGUN, .steps = STEPS(step_slots)),
	MODULE("slot event", OP_LIST, BEGUN, .steps = STEPS(step_event)),
	MODULE("slot event, awaited", OP_LIST, .waits = true, BEGUN, .steps = STEPS(step_wait)),
	MODULE("token info", OP_SHOW, .yield = YIELD_LINES, BEGUN, .steps = STEPS(step_tokens)),
	MODULE("mechanisms", OP_SHOW, .yield = YIELD_LINES, LISTED,
	    .steps = STEPS(step_mechanisms)),
	MODULE("open and close", OP_SHOW, BEGUN,
	    .steps = STEPS(step_open, step_info, step_close)),
	MODULE("find, user authentication", OP_SHOW, .yield = YIELD_LINES, OPEN,
	    .steps = STEPS(step_find)),
	MODULE("find, signature", OP_SHOW, SIGN, .yield = YIELD_LINES, LOGGED_IN,
	    .steps = STEPS(step_find)),
	MODULE("read, user authentication", OP_READ, .yield = YIELD_SAME, OPEN,
	    .steps = STEPS(step_read)),
	MODULE("read, signature", OP_READ, SIGN, .yield = YIELD_SAME, LOGGED_IN,
	    .steps = STEPS(step_read)),
	MODULE("login, user authentication", OP_VERIFY, AUTH, OPEN, .steps = STEPS(step_login)),
	MODULE("login, signature", OP_VERIFY, SIGN, OPEN, .steps = STEPS(step_login)),
	MODULE("login, wrong", OP_VERIFY, SIGN, .wrong = true, OPEN,
	    .steps = STEPS(step_login_wrong)),
	MODULE("login, just refused", OP_SHOW, SIGN, .wrong = true,
	    .before = STEPS(step_initialize, step_slots, step_open, step_login_refused),
	    .steps = STEPS(step_login_refused)),
	MODULE("logout", OP_LEAVE, AUTH, LOGGED_IN, .steps = STEPS(step_logout)),
	MODULE("close all, logged in", OP_LEAVE, AUTH, LOGGED_IN, .steps = STEPS(step_close_all)),
	MODULE("finalize, logged in", OP_LEAVE, AUTH, LOGGED_IN, .steps = STEPS(step_finalize)),
	MODULE("sign, user authentication", OP_SIGN, AUTH, .yield = YIELD_SIGNATURE, WITH_KEY,
	    .steps = STEPS(step_sign)),
	MODULE("sign twice, signature", OP_SIGN, SIGN, .yield = YIELD_SIGNATURE, WITH_KEY,
	    .steps = STEPS(step_sign_digest, step_sign_parts)),
	MODULE("sign PSS", OP_SIGN, AUTH, .yield = YIELD_PSS, WITH_KEY,
	    .steps = STEPS(step_sign_pss)),
	MODULE("sign with consent", OP_SIGN, SIGN, .yield = YIELD_SIGNATURE,
	    .settings = "consent=each", WITH_KEY,
	    .steps = STEPS(step_sign_begin, step_login_each, step_sign_end)),
	MODULE("login, exclusive", OP_VERIFY, AUTH, .settings = "exclusive=login", OPEN,
	    .steps = STEPS(step_login)),
	MODULE("sign, exclusive", OP_SIGN, SIGN, .yield = YIELD_SIGNATURE,
	    .settings = "exclusive=login", WITH_KEY, .steps = STEPS(step_sign)),
	MODULE("logout, exclusive", OP_LEAVE, AUTH, .settings = "exclusive=login", LOGGED_IN,
	    .steps = STEPS(step_logout)),
	MODULE("verify", OP_SHOW, OPEN, .steps = STEPS(step_verify)),
	MODULE("set PIN, user authentication", OP_CHANGE, AUTH, OPEN,
	    .steps = STEPS(step_set_pin)),
	MODULE("set PIN, signature", OP_CHANGE, SIGN, LOGGED_IN, .steps = STEPS(step_set_pin)),
	MODULE("a whole session", OP_SIGN, SIGN, .yield = YIELD_SIGNATURE, .before = NOTHING,
	    .steps = STEPS(step_initialize, step_slots, step_tokens, step_open, step_login,
	    step_key, step_sign, step_verify, step_logout, step_close, step_finalize)),
};

const size_t operations_n = sizeof(operations) / sizeof(operations[0]);
