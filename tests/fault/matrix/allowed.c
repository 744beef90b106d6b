/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How an operation may end that a fault has struck, besides well: what the
 * manual pages say (jpki-tool(1), EXIT STATUS; jpki-pkcs11(7), AFTER A FAULT).
 * A good end needs no row: what was handed out is verified then, and what the
 * card did is counted.
 */
#include "judge.h"

#include <string.h>

#include "cryptoki.h"

#define F(name)		(1u << FAULT_ ## name)

/* The card cannot be reached any more, for a moment or for long. */
#define LOST		(F(GONE) | F(AWAY) | F(BROKEN) | F(LIE) | F(SERVICE) | F(NO_SERVICE))
/* The card has lost its place, or says that it has. */
#define ASTRAY		(F(RESET) | F(MOVED) | F(STATUS) | F(ANSWER) | F(LIE))

/* Where a fault has to strike for a row to count. */
enum where {
	EVERYWHERE,
	AT_CHANGE,	/* the command that changes a PIN */
	AT_PIN,		/* VERIFY or the question for the tries */
	AT_SELECT,	/* the selection of the application */
	EXCLUSIVE,	/* anywhere, where no neighbour is suffered */
	AT_CALL,	/* between two calls, before the tool, at a question */
};

struct end_row {
	enum part	 part;
	unsigned	 faults;
	const char	*fault;		/* the beginning of its name; NULL: any */
	enum where	 where;
	const char	*what;		/* operation of the tool, or function;
					   the beginning of its name */
	unsigned long	 end;		/* exit status, or return value */
};

#define T	PART_TOOL
#define M	PART_MODULE

static const struct end_row ends[] = {
	{ T, LOST | F(MUTE) | F(TAKEN), NULL, EVERYWHERE, NULL, 3 },
	{ T, LOST, NULL, AT_CHANGE, "pin change", 1 },
	{ T, ASTRAY, NULL, EVERYWHERE, NULL, 1 },
	{ T, F(ANSWER), NULL, EVERYWHERE, NULL, 3 },
	{ T, F(STATUS), NULL, AT_SELECT, NULL, 3 },
	{ T, F(STATUS), "63C1", AT_PIN, NULL, 4 },
	{ T, F(STATUS), "63C1", AT_PIN, NULL, 5 },
	/* It asks for the PIN that the card wants, and there is no terminal. */
	{ T, F(STATUS), "6982", EVERYWHERE, "cert", 2 },
	{ T, F(STATUS), "6982", EVERYWHERE, "ssh-key", 2 },
	{ T, F(NOISE), NULL, EVERYWHERE, NULL, 1 },
	{ T, F(NOISE), NULL, AT_PIN, "pin verify, wrong", 0 },
	/* The time ran out: no card came, or none went. */
	{ T, F(GONE), NULL, AT_CALL, "wait insert", 1 },
	{ T, F(GONE) | F(AWAY) | F(MUTE) | F(SERVICE), NULL, AT_CALL, "wait remove", 0 },

	{ M, LOST, NULL, EVERYWHERE, NULL, CKR_DEVICE_REMOVED },
	{ M, F(ANSWER), NULL, EVERYWHERE, NULL, CKR_DEVICE_REMOVED },
	/* Functions that ask for a slot, not for a session. */
	{ M, LOST | ASTRAY | F(MUTE) | F(TAKEN), NULL, EVERYWHERE, "C_GetTokenInfo",
	    CKR_TOKEN_NOT_PRESENT },
	{ M, LOST | ASTRAY | F(MUTE) | F(TAKEN), NULL, EVERYWHERE, "C_GetMechanism",
	    CKR_TOKEN_NOT_PRESENT },
	{ M, LOST | ASTRAY | F(MUTE) | F(TAKEN), NULL, EVERYWHERE, "C_OpenSession",
	    CKR_TOKEN_NOT_PRESENT },
	/* A PIN change of which nobody knows the end. */
	{ M, LOST, NULL, AT_CHANGE, "C_SetPIN", CKR_DEVICE_ERROR },
	{ M, F(LIE), NULL, EVERYWHERE, NULL, CKR_DEVICE_ERROR },
	{ M, F(NOISE), NULL, EVERYWHERE, NULL, CKR_DEVICE_ERROR },
	{ M, F(NOISE), NULL, EVERYWHERE, "(no object)", CKR_KEY_HANDLE_INVALID },
	{ M, F(MUTE), NULL, AT_CALL, NULL, CKR_DEVICE_ERROR },
	{ M, ASTRAY, NULL, EVERYWHERE, "C_Login", CKR_DEVICE_ERROR },
	{ M, ASTRAY, NULL, EVERYWHERE, "C_SetPIN", CKR_DEVICE_ERROR },
	{ M, ASTRAY, NULL, EVERYWHERE, "C_Sign", CKR_DEVICE_ERROR },
	/* What struck one call, or went by unseen, is seen before the next. */
	{ M, LOST | F(MUTE), NULL, EVERYWHERE, NULL, CKR_SESSION_HANDLE_INVALID },
	/* No pcscd yet when the module begins: no readers, hence no slots. */
	{ M, F(NO_SERVICE), NULL, AT_CALL, NULL, CKR_SLOT_ID_INVALID },
	/* The login is over: signing fails, and private objects are hidden. */
	{ M, F(MOVED) | F(NEIGHBOUR), NULL, EVERYWHERE, "C_Sign", CKR_USER_NOT_LOGGED_IN },
	/* It was ended, because an exchange broke. */
	{ M, F(ANSWER), NULL, EVERYWHERE, "C_Sign", CKR_USER_NOT_LOGGED_IN },
	{ M, F(STATUS), "6982", EVERYWHERE, "C_Sign", CKR_USER_NOT_LOGGED_IN },
	{ M, F(MOVED) | F(NEIGHBOUR), NULL, EVERYWHERE, "(no object)", CKR_KEY_HANDLE_INVALID },
	{ M, F(STATUS), "6982", EVERYWHERE, "(no object)", CKR_KEY_HANDLE_INVALID },
	{ M, F(NEIGHBOUR), NULL, EXCLUSIVE, "C_Login", CKR_DEVICE_ERROR },
	/* The card says that there is no such PIN. */
	{ M, F(RESET) | F(MOVED), NULL, EVERYWHERE, "C_Login", CKR_USER_PIN_NOT_INITIALIZED },
	{ M, F(STATUS), "6A82", EVERYWHERE, "C_Login", CKR_USER_PIN_NOT_INITIALIZED },
	/* And that it is wrong, or has one try left. */
	{ M, F(STATUS), "63C1", AT_PIN, "C_Login", CKR_PIN_INCORRECT },
	{ M, F(STATUS), "63C1", AT_PIN, "C_Login", CKR_PIN_LOCKED },
	{ M, F(STATUS), "63C1", AT_PIN, "C_SetPIN", CKR_PIN_INCORRECT },
	{ M, F(STATUS), "63C1", AT_PIN, "C_SetPIN", CKR_PIN_LOCKED },
};

static const struct command_seen *
command_of(const struct case_ *c)
{
	static const struct command_seen none;
	const struct seen *s = &c->attempt->seen;

	if (c->fault->at_step || c->place == 0 || c->place > s->n)
		return &none;
	return &s->command[c->place - 1];
}

/*
 * A fault at VERIFY that breaks the link leaves it broken for CHANGE, and the
 * other way round nothing is amiss: the later of the two is what counts.
 */
static bool
changes(const struct case_ *c)
{
	const struct seen *s = &c->attempt->seen;

	for (size_t i = 0; i < s->n; i++)
		if (s->command[i].ins == 0x24 || s->command[i].ins == 0x32)
			return true;
	return false;
}

static bool
is_where(const struct case_ *c, enum where where)
{
	switch (where) {
	case AT_CHANGE:
		return changes(c);
	case AT_PIN:
		return command_of(c)->ins == 0x20;
	case AT_SELECT:
		return command_of(c)->selects_jpki;
	case EXCLUSIVE:
		return c->op->settings != NULL &&
		    strstr(c->op->settings, "exclusive") != NULL;
	case AT_CALL:
		return c->fault->at_step;
	default:
		return true;
	}
}

static bool
begins(const char *name, const char *with)
{
	return with == NULL || strncmp(name, with, strlen(with)) == 0;
}

/* What ended the attempt: the operation, or the last function. */
static const char *
last_of(const struct attempt *a, const struct operation *op)
{
	if (op->part == PART_TOOL)
		return op->name;
	return a->calls > 0 ? a->call[a->calls - 1].name : "";
}

bool
allowed(const struct case_ *c)
{
	const struct attempt *a = c->attempt;
	bool tool = c->op->part == PART_TOOL;
	unsigned long end = tool ? (unsigned long)a->code : a->rv;

	if (a->hung || a->signal != 0)
		return false;
	if (end == (tool ? (unsigned long)c->op->end : CKR_OK))
		return true;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const struct end_row *row = &ends[i];

		if (row->part == c->op->part && row->end == end &&
		    (row->faults & 1u << c->fault->kind) != 0 &&
		    begins(c->fault->name, row->fault) &&
		    is_where(c, row->where) &&
		    begins(last_of(a, c->op), row->what))
			return true;
	}
	return false;
}

/*
 * With handles of before the fault: they work, or are known to be stale, or
 * the first attempt has used them up.
 */
bool
allowed_same(const struct case_ *c)
{
	static const CK_RV stale[] = {
		CKR_OK, CKR_SESSION_HANDLE_INVALID, CKR_DEVICE_REMOVED,
		CKR_USER_NOT_LOGGED_IN, CKR_USER_ALREADY_LOGGED_IN,
		CKR_KEY_HANDLE_INVALID, CKR_OPERATION_ACTIVE,
		CKR_TOKEN_NOT_PRESENT, CKR_CRYPTOKI_NOT_INITIALIZED,
		CKR_CRYPTOKI_ALREADY_INITIALIZED,
	};

	if (c->attempt->hung || c->attempt->signal != 0)
		return false;
	for (size_t i = 0; i < sizeof(stale) / sizeof(stale[0]); i++)
		if (stale[i] == c->attempt->rv)
			return true;
	return false;
}
