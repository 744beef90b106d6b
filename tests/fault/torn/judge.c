/* SPDX-License-Identifier: BSD-2-Clause */
/* Is it true what the user was told? */
#include "torn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a program claims of the PIN. */
enum claim {
	CLAIM_NEW,	/* the new one is valid */
	CLAIM_EITHER,	/* it names both */
	CLAIM_WRONG,	/* the old one is valid; the given one was refused */
	CLAIM_PERHAPS,	/* the old one is valid; one may have been sent */
	CLAIM_OLD,	/* the old one is valid; none was sent */
};

/* What of jpki-tool's words means what; the first that is found counts. */
static const struct {
	const char	*words;
	enum claim	 claim;
} phrases[] = {
	{ "so the old or the new one is valid now", CLAIM_EITHER },
	{ "the PIN is changed", CLAIM_NEW },
	{ " PIN is wrong: ", CLAIM_WRONG },
	{ "the PIN may have been sent", CLAIM_PERHAPS },
};

static const struct {
	const char	*rv;
	enum claim	 claim;
} codes[] = {
	{ "CKR_OK", CLAIM_NEW },
	{ "CKR_PIN_INCORRECT", CLAIM_WRONG },
	/* jpki-pkcs11(7) says that it may be either. */
	{ "CKR_DEVICE_ERROR", CLAIM_EITHER },
	{ "CKR_DEVICE_REMOVED", CLAIM_PERHAPS },
	{ "CKR_TOKEN_NOT_PRESENT", CLAIM_PERHAPS },
	{ "CKR_SESSION_HANDLE_INVALID", CLAIM_OLD },
	{ "", CLAIM_OLD },		/* it was not called */
};

#define COUNT(rows)	(sizeof(rows) / sizeof((rows)[0]))

static const char *
bad_exit(const struct said *said)
{
	if (said->hung)
		return "it did not end by itself";
	if (said->code != 0 && said->code != 1 && said->code != 3 &&
	    said->code != 4)
		return "its exit status is none of 0, 1, 3, 4";
	return NULL;
}

/* One line, and nothing for others to read, if it failed. */
static const char *
tool_form(const struct said *said)
{
	size_t n = strlen(said->err);

	if (said->code == 0)
		return NULL;
	if (said->out[0] != '\0')
		return "it failed, and wrote to standard output";
	if (n == 0 || strchr(said->err, '\n') != said->err + n - 1)
		return "it failed with other than one line";
	return NULL;
}

static enum claim
tool_claim(const struct said *said)
{
	size_t i;

	if (said->code == 0)
		return CLAIM_NEW;
	for (i = 0; i < COUNT(phrases); i++)
		if (strstr(said->err, phrases[i].words) != NULL)
			return phrases[i].claim;
	return CLAIM_OLD;
}

static const char *
module_claim(const struct said *said, enum claim *claim)
{
	char rv[64];
	size_t i;

	set_pin_result(said->out, "C_SetPIN", rv);
	for (i = 0; i < COUNT(codes); i++)
		if (strcmp(codes[i].rv, rv) == 0) {
			*claim = codes[i].claim;
			return NULL;
		}
	return "C_SetPIN answered what it should not";
}

/* The laws, whatever was said. */
static const char *
broken_law(const struct outcome *o)
{
	const struct pin_use *use = &o->use;
	bool is_right = strcmp(o->cell->op->given, o->cell->op->old) == 0;
	unsigned verifies = 0, changes = 0;
	size_t i;

	for (i = 0; i < o->talk->count; i++) {
		if (message_is_verify(&o->talk->messages[i]) && changes > 0)
			return "a VERIFY followed a CHANGE";
		verifies += message_is_verify(&o->talk->messages[i]);
		changes += message_is_change(&o->talk->messages[i]);
	}
	if (verifies > 1 || use->verify > 1)
		return "there was more than one VERIFY";
	if (changes > 1 || use->change > 1)
		return "there was more than one CHANGE";
	if (use->astray > 0 && !o->cell->misleads)
		return "a PIN went astray";
	if (use->wrong != (is_right ? 0 : use->verify))
		return "the card counted a try that it should not have";
	if (use->tries != o->cell->op->tries - (int)use->wrong)
		return "the tries are not what the card counted";
	return NULL;
}

/* "... is wrong: 2 tries left; ..." */
static bool
tells_tries(const struct said *said, int tries)
{
	const char *at = strstr(said->err, " PIN is wrong: ");
	int told = -1;

	return at != NULL &&
	    sscanf(at, " PIN is wrong: %d", &told) == 1 && told == tries;
}

static const char *
false_claim(const struct outcome *o, enum claim claim)
{
	const struct operation *op = o->cell->op;
	bool is_new = strcmp(o->use.value, op->next) == 0;

	if (!is_new && strcmp(o->use.value, op->old) != 0)
		return "the card's PIN is neither the old nor the new one";
	if (is_new && claim != CLAIM_NEW && claim != CLAIM_EITHER)
		return "the new PIN is valid, and that was not said";
	if (!is_new && claim == CLAIM_NEW)
		return "it said that the PIN is changed, and it is not";
	if (claim == CLAIM_WRONG && o->use.wrong != 1)
		return "it said that the PIN is wrong, and the card did not";
	if (claim == CLAIM_OLD && o->use.verify > 0)
		return "a PIN was sent, and that was not said";
	if (claim == CLAIM_EITHER && op->token == NULL && o->use.wrong > 0)
		return "the PIN was wrong, and it named both";
	if (claim == CLAIM_WRONG && op->token == NULL &&
	    !tells_tries(&o->said, o->use.tries))
		return "it told other tries than the card's";
	return NULL;
}

/* With the fault gone the PIN that is valid is found to be. */
static const char *
bad_after(const struct outcome *o)
{
	if (o->after.hung)
		return "afterwards, jpki-tool did not end by itself";
	return o->after.code == 0 ? NULL :
	    "afterwards, the PIN that is valid was not accepted";
}

const char *
judge(const struct outcome *o)
{
	enum claim claim = CLAIM_OLD;
	const char *bad = bad_exit(&o->said);

	if (bad == NULL && o->cell->op->token == NULL) {
		bad = tool_form(&o->said);
		claim = tool_claim(&o->said);
	} else if (bad == NULL) {
		bad = module_claim(&o->said, &claim);
	}
	if (bad == NULL)
		bad = broken_law(o);
	if (bad == NULL)
		bad = false_claim(o, claim);
	return bad != NULL ? bad : bad_after(o);
}
