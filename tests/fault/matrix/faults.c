/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Everything that can go wrong.  A fault of the virtual card strikes at a
 * command (man/jpki-vcard.1); others happen while a command is held, or
 * between two calls of a program.
 *
 * Time limits: pcsc-lite's SCardTransmit and the driver vpcd wait for a card
 * without any, and neither the library nor its users set one.  What limits a
 * slow card is its reader (for USB readers the driver of pcscd), which gives
 * up with an error.  So there is a card that is slow and answers, and one at
 * which the reader gives up: an answer longer than any room is what vpcd
 * reports as a failed exchange.
 */
#include "world.h"

/* At a command, by the virtual card. */
#define FAULT(what, class, text) \
	{ .name = what, .kind = class, .spec = text }
/* The reader loses the card, which has to be found again. */
#define DROPS(what, class, text) \
	{ .name = what, .kind = class, .spec = text, .drops = true }
/* While a command is held. */
#define HELD(what, class, when, deed, end) \
	{ .name = what, .kind = class, .spec = "hold," when, .act = deed, .over = end }
/* Between two calls. */
#define STEP(what, class, deed, end) \
	{ .name = what, .kind = class, .act = deed, .over = end, .at_step = true }

const struct fault_row fault_rows[] = {
	DROPS("removed before", FAULT_GONE, "remove,before"),
	DROPS("removed after", FAULT_GONE, "remove,after"),
	DROPS("removed and put back before", FAULT_AWAY, "remove-insert,before"),
	DROPS("removed and put back after", FAULT_AWAY, "remove-insert,after"),
	FAULT("reset before", FAULT_RESET, "reset,before"),
	FAULT("reset after", FAULT_RESET, "reset,after"),
	DROPS("connection dropped before", FAULT_BROKEN, "hangup,before"),
	DROPS("connection dropped after", FAULT_BROKEN, "hangup,after"),
	FAULT("6F00 before", FAULT_STATUS, "sw=6F00,before"),
	FAULT("6F00 after", FAULT_STATUS, "sw=6F00,after"),
	FAULT("6985 before", FAULT_STATUS, "sw=6985,before"),
	FAULT("6985 after", FAULT_STATUS, "sw=6985,after"),
	FAULT("6982 before", FAULT_STATUS, "sw=6982,before"),
	FAULT("6982 after", FAULT_STATUS, "sw=6982,after"),
	FAULT("6A82 before", FAULT_STATUS, "sw=6A82,before"),
	FAULT("6A82 after", FAULT_STATUS, "sw=6A82,after"),
	FAULT("63C1 before", FAULT_STATUS, "sw=63C1,before"),
	FAULT("63C1 after", FAULT_STATUS, "sw=63C1,after"),
	FAULT("cut short", FAULT_ANSWER, "short"),
	FAULT("cut to its status word", FAULT_ANSWER, "short=65535"),
	FAULT("too long", FAULT_ANSWER, "long"),
	FAULT("garbage", FAULT_ANSWER, "garbage"),
	{ .name = "noise in good order", .kind = FAULT_NOISE, .spec = "garbage",
	    .also = "sw=9000,after" },
	FAULT("status word cut", FAULT_ANSWER, "truncate-sw"),
	DROPS("empty", FAULT_BROKEN, "empty"),
	DROPS("announced too long", FAULT_LIE, "lie-length=1"),
	DROPS("announced too short", FAULT_LIE, "lie-length=-1"),
	FAULT("slow", FAULT_SLOW, "delay=700,before"),
	{ .name = "slow, given up", .kind = FAULT_BROKEN, .spec = "delay=300,after",
	    .also = "long=65535", .drops = true },
	FAULT("application moved before", FAULT_MOVED, "select,before"),
	FAULT("application moved after", FAULT_MOVED, "select,after"),
	HELD("pcscd killed and restarted before", FAULT_SERVICE, "before",
	    act_kill_service, NULL),
	HELD("pcscd killed and restarted after", FAULT_SERVICE, "after",
	    act_kill_service, NULL),
	HELD("pcscd stopped before", FAULT_NO_SERVICE, "before",
	    act_stop_service, NULL),
	HELD("pcscd stopped after", FAULT_NO_SERVICE, "after",
	    act_stop_service, NULL),
	HELD("a program waits its turn", FAULT_NEIGHBOUR, "before",
	    act_neighbour_waits, act_let_go),
	HELD("a program tries to take the reader", FAULT_NEIGHBOUR, "before",
	    act_try_to_take, act_let_go),

	STEP("gone before a call", FAULT_GONE, act_remove, NULL),
	STEP("away before a call", FAULT_AWAY, act_away, NULL),
	STEP("reset before a call", FAULT_RESET, act_reset, NULL),
	STEP("mute before a call", FAULT_MUTE, act_mute, NULL),
	STEP("no pcscd before a call", FAULT_NO_SERVICE, act_stop_service, NULL),
	STEP("another pcscd before a call", FAULT_SERVICE, act_restart_service, NULL),
	STEP("application moved before a call", FAULT_NEIGHBOUR, act_neighbour_select,
	    act_let_go),
	STEP("reader taken before a call", FAULT_TAKEN, act_take, act_let_go),
};

const size_t fault_rows_n = sizeof(fault_rows) / sizeof(fault_rows[0]);
