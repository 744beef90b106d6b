/* SPDX-License-Identifier: BSD-2-Clause */
/* What the module has to say to a PIN, and what becomes of the tries. */
#include <string.h>

#include "calls.h"

/* Whose PIN it is, and what the call makes of it. */
struct attempt {
	unsigned	 reader;
	bool		 sign;
	const CK_BYTE	*pin;
	CK_ULONG	 n;
	bool		 sent;		/* the card has to be asked */
};

static bool
is_digit(CK_BYTE c)
{
	return c >= '0' && c <= '9';
}

static CK_BYTE
upper(CK_BYTE c)
{
	return c >= 'a' && c <= 'z' ? (CK_BYTE)(c - 'a' + 'A') : c;
}

static bool
is_letter(CK_BYTE c)
{
	return upper(c) >= 'A' && upper(c) <= 'Z';
}

static CK_ULONG
pin_min(bool sign)
{
	return sign ? 6 : 4;
}

static CK_ULONG
pin_max(bool sign)
{
	return sign ? 16 : 4;
}

/* Counts letters and digits; false: there is something else. */
static bool
pin_made_of(const CK_BYTE *pin, CK_ULONG n, bool sign, CK_ULONG *digits)
{
	*digits = 0;
	for (CK_ULONG i = 0; i < n; i++) {
		*digits += is_digit(pin[i]);
		if (!is_digit(pin[i]) && !(sign && is_letter(pin[i])))
			return false;
	}
	return true;
}

static bool
pin_possible(const CK_BYTE *pin, CK_ULONG n, bool sign)
{
	CK_ULONG digits;

	return n >= pin_min(sign) && n <= pin_max(sign) &&
	    pin_made_of(pin, n, sign, &digits);
}

/* To the card, which gets capitals. */
static bool
pin_is(const CK_BYTE *pin, CK_ULONG n, const void *other, size_t other_n)
{
	const CK_BYTE *p = other;

	if (n != other_n)
		return false;
	for (CK_ULONG i = 0; i < n; i++)
		if (upper(pin[i]) != upper(p[i]))
			return false;
	return true;
}

static bool
pin_right(const struct attempt *a)
{
	const struct vpin_state *p = model_pin(a->reader, a->sign);

	return p->set && pin_is(a->pin, a->n, p->value, strlen(p->value));
}

/* By the tries before the call. */
static CK_RV
attempt_wanted(struct attempt *a)
{
	const struct vquirks *q = &world.reader[a->reader].card->quirks;
	int tries = model.tries[a->reader][a->sign];
	bool told = !q->query_none && !(q->query_9000 &&
	    model.verified[a->reader][a->sign]);

	if (!pin_possible(a->pin, a->n, a->sign))
		return CKR_PIN_INCORRECT;
	if (told && (tries == 0 || (tries == 1 && !model.settings.last_try)))
		return CKR_PIN_LOCKED;
	a->sent = true;
	if (tries == 0)
		return CKR_PIN_LOCKED;
	if (pin_right(a))
		return CKR_OK;
	return tries == 1 ? CKR_PIN_LOCKED : CKR_PIN_INCORRECT;
}

/* The last PIN that was sent, once more: it may be answered without the card. */
static bool
is_answered_again(const struct call *c, const struct attempt *a)
{
	const struct mpin *sent = &model.sent[a->reader][a->sign];

	return a->sent && c->rv == CKR_PIN_INCORRECT &&
	    world.count.verifies == 0 &&
	    pin_is(a->pin, a->n, sent->text, sent->n);
}

/* What went out, and what is left, if nothing disturbed it. */
static void
check_attempt(const struct call *c, const struct attempt *a, CK_RV wanted)
{
	int before = model.tries[a->reader][a->sign];
	int now = model_pin(a->reader, a->sign)->tries;

	if (is_answered_again(c, a)) {
		calls_law(now == before, "a try was lost for nothing");
		return;
	}
	calls_law(c->rv == wanted, "not %lX", wanted);
	calls_law(world.count.verifies == (a->sent ? 1u : 0u),
	    "%u VERIFYs", world.count.verifies);
	if (!a->sent)
		calls_law(now == before, "a try was lost for nothing");
	else if (wanted == CKR_OK || c->rv == CKR_OK)
		calls_law(now == (a->sign ? 5 : 3), "tries are not as new");
	else
		calls_law(now == (before > 0 ? before - 1 : 0),
		    "%d tries became %d", before, now);
}

static bool
has_pin(unsigned reader, bool sign)
{
	return model_pin(reader, sign)->exists;
}

/*
 * C_Login and C_LoginUser.
 */

/* One that needs no look at the PIN; CKR_OK: there is none. */
static CK_RV
early_wanted(const struct call *c, const struct msession *s)
{
	if (strchr(c->row->args, 'd') != NULL && c->in_n > 0)
		return CKR_ARGUMENTS_BAD;
	if (c->user != CKU_USER && c->user != CKU_CONTEXT_SPECIFIC &&
	    c->user != CKU_SO)
		return CKR_USER_TYPE_INVALID;
	if (c->user != CKU_SO && c->pin == NULL)
		return CKR_ARGUMENTS_BAD;
	if (c->user == CKU_USER && model.login[s->reader][s->sign] == YES)
		return CKR_USER_ALREADY_LOGGED_IN;
	return CKR_OK;
}

static void
judge_user(struct call *c, struct msession *s, struct attempt *a)
{
	enum known *login = &model.login[s->reader][s->sign];
	CK_RV wanted;

	if (s->alive == YES && *login == NO && model_quiet(s->reader) &&
	    has_pin(s->reader, s->sign)) {
		wanted = attempt_wanted(a);
		check_attempt(c, a, wanted);
	}
	if (c->rv == CKR_OK) {
		calls_law(*login != YES, "the user is logged in");
		calls_law(!model_quiet(s->reader) ||
		    model_pin(s->reader, s->sign)->verified,
		    "the card does not think so");
		calls_law(!model_quiet(s->reader) ||
		    world_held(s->reader) == model.settings.exclusive,
		    "others can%s connect", model.settings.exclusive ? "" :
		    "not");
		*login = YES;
	}
}

/* A wrong PIN where somebody was logged in: the card forgets both. */
static void
lose_by_pin(const struct msession *s)
{
	enum known login = model.login[s->reader][s->sign];

	model_lose(s->reader, s->sign);
	if (login == YES)
		model_logout(s->reader);
	else if (login == MAYBE)
		model_doubt(1u << s->reader);
}

/* Consent to one signature; a wrong PIN ends the login. */
static void
judge_context(struct call *c, struct msession *s, struct attempt *a)
{
	struct mop *op = &s->op[MOP_SIGN];
	CK_RV wanted = CKR_OPERATION_NOT_INITIALIZED;
	bool asked = model.settings.consent_each && s->sign;

	if (op->active != MAYBE && s->alive == YES &&
	    model_quiet(s->reader)) {
		if (asked && op->active == YES)
			wanted = attempt_wanted(a);
		check_attempt(c, a, wanted);
	}
	calls_law(c->rv != CKR_OK || (asked && op->active != NO),
	    "there is nothing to consent to");
	if (c->rv == CKR_OK)
		op->consented = true;
	else if (world.count.verifies > 0)
		lose_by_pin(s);
}

void
judge_login(struct call *c)
{
	struct msession *s = model_session(c->s);
	struct attempt a;
	CK_RV wanted;

	if (!model.initialized || s == NULL || s->alive == NO)
		return;
	a = (struct attempt){ s->reader, s->sign, c->pin, c->pin_n, false };
	wanted = early_wanted(c, s);
	if (wanted != CKR_OK) {
		calls_law(c->rv == wanted || s->alive != YES, "not %lX",
		    wanted);
		calls_law(world.count.verifies == 0, "a PIN was sent");
	} else if (c->user == CKU_SO) {
		calls_law(c->rv != CKR_OK && world.count.verifies == 0,
		    "there is no security officer");
	} else if (c->user == CKU_USER) {
		judge_user(c, s, &a);
	} else {
		judge_context(c, s, &a);
	}
}

void
judge_logout(struct call *c)
{
	struct msession *s = model_session(c->s);
	enum known login;

	if (!model.initialized || s == NULL || s->alive == NO)
		return;
	login = model.login[s->reader][s->sign];
	if (s->alive == YES && model_quiet(s->reader) && login != MAYBE)
		calls_law(c->rv == (login == YES ? CKR_OK :
		    CKR_USER_NOT_LOGGED_IN), "wrong result");
	if (login == NO)
		calls_law(c->rv != CKR_OK, "nobody was logged in");
	if (c->rv == CKR_USER_NOT_LOGGED_IN) {
		model_lose(s->reader, s->sign);
		return;
	}
	if (c->rv == CKR_OK && model_quiet(s->reader))
		calls_law(!model_pin(s->reader, false)->verified &&
		    !model_pin(s->reader, true)->verified &&
		    !world_held(s->reader), "the card stays open, or held");
	if (c->rv == CKR_OK)
		model_logout(s->reader);
	else
		model_doubt(1u << s->reader);
}

/*
 * C_SetPIN.
 */

static CK_RV
new_pin_wanted(const struct call *c, const struct msession *s)
{
	CK_ULONG digits;

	if (c->new_pin_n < pin_min(s->sign) || c->new_pin_n > pin_max(s->sign))
		return CKR_PIN_LEN_RANGE;
	if (!pin_made_of(c->new_pin, c->new_pin_n, s->sign, &digits))
		return CKR_PIN_INVALID;
	if (s->sign && (digits == 0 || digits == c->new_pin_n))
		return CKR_PIN_INVALID;
	return pin_is(c->pin, c->pin_n, c->new_pin, c->new_pin_n) ?
	    CKR_PIN_INVALID : CKR_OK;
}

static CK_RV
set_pin_wanted(const struct call *c, const struct msession *s)
{
	if (c->pin == NULL || c->new_pin == NULL)
		return CKR_ARGUMENTS_BAD;
	if (!s->rw)
		return CKR_SESSION_READ_ONLY;
	if (!pin_possible(c->pin, c->pin_n, s->sign))
		return CKR_PIN_INCORRECT;
	return new_pin_wanted(c, s);
}

/* The old PIN was right if the new one is there. */
static void
check_changed(const struct call *c, const struct msession *s)
{
	const struct vpin_state *p = model_pin(s->reader, s->sign);
	bool same = pin_is(c->new_pin, c->new_pin_n, p->value,
	    strlen(p->value));

	calls_law(same || !model_quiet(s->reader), "the PIN is another");
	calls_law(world.count.changes == 1, "%u changes", world.count.changes);
}

static void
after_set_pin(struct call *c, struct msession *s)
{
	enum known login = model.login[s->reader][s->sign];

	if (c->rv == CKR_OK)
		check_changed(c, s);
	/* Who was not logged in before is not now, nor is the other. */
	if (c->rv == CKR_OK && login == NO)
		model_logout(s->reader);
	else if (c->rv == CKR_OK && login == MAYBE)
		model_doubt(1u << s->reader);
	else if (c->rv != CKR_OK && world.count.verifies > 0)
		lose_by_pin(s);
}

/* Before the change the old one was asked for, and judged as by C_Login. */
static void
check_set_pin(struct call *c, struct msession *s, CK_RV wanted)
{
	struct attempt a = { s->reader, s->sign, c->pin, c->pin_n, false };
	struct vpin_state now = *model_pin(s->reader, s->sign);

	if (wanted != CKR_OK) {
		calls_law(c->rv == wanted, "not %lX", wanted);
		calls_law(world.count.verifies == 0, "a PIN was sent");
		return;
	}
	if (!model_quiet(s->reader) || !has_pin(s->reader, s->sign))
		return;
	/* A change that was made hides what the old one was. */
	if (world.count.changes > 0) {
		calls_law(c->rv == CKR_OK && now.tries == (s->sign ? 5 : 3),
		    "the change was made");
		return;
	}
	wanted = attempt_wanted(&a);
	calls_law(wanted != CKR_OK || is_answered_again(c, &a),
	    "the change was not made");
	check_attempt(c, &a, wanted);
}

void
judge_set_pin(struct call *c)
{
	struct msession *s = model_session(c->s);

	if (!model.initialized || s == NULL || s->alive == NO)
		return;
	if (s->alive == YES)
		check_set_pin(c, s, set_pin_wanted(c, s));
	after_set_pin(c, s);
}
