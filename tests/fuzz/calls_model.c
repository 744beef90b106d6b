/* SPDX-License-Identifier: BSD-2-Clause */
/* What the module has to know of sessions: the model's own account. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "session.h"

struct model model;

/* The readers to which something happens, or happened during this call. */
static unsigned restless;

bool
model_quiet(unsigned reader)
{
	return (restless >> reader & 1) == 0;
}

struct msession *
model_session(CK_SESSION_HANDLE h)
{
	for (size_t i = 0; i < model.sessions; i++)
		if (model.session[i].h == h)
			return &model.session[i];
	return NULL;
}

/* Only the numbering of slots is asked of the module. */
bool
model_slot(CK_SLOT_ID id, unsigned *reader, bool *sign)
{
	const struct slot *slot = model.initialized ? slot_find(id) : NULL;

	if (slot == NULL)
		return false;
	*reader = strcmp(slot->reader->name, READER_B) == 0;
	*sign = slot->row->key == JPKI_KEY_SIGN;
	return true;
}

struct vpin_state *
model_pin(unsigned reader, bool sign)
{
	return &world.reader[reader].card->pins[sign ? VPIN_SIGN : VPIN_AUTH];
}

static enum known
doubted(enum known what)
{
	return what == YES ? MAYBE : what;
}

void
model_doubt(unsigned readers)
{
	for (size_t i = 0; i < model.sessions; i++) {
		struct msession *s = &model.session[i];

		if ((readers >> s->reader & 1) == 0)
			continue;
		s->alive = doubted(s->alive);
		s->search = doubted(s->search);
		for (unsigned k = 0; k < MOP_COUNT; k++)
			s->op[k].active = doubted(s->op[k].active);
	}
	for (unsigned r = 0; r < READERS; r++)
		for (unsigned t = 0; t < 2 && (readers >> r & 1) != 0; t++)
			model.login[r][t] = doubted(model.login[r][t]);
}

/*
 * The ends of things.
 */

static void
session_die(struct msession *s)
{
	s->alive = NO;
	s->search = NO;
	for (unsigned k = 0; k < MOP_COUNT; k++)
		mop_end(&s->op[k]);
}

/* What was begun under a login ends with it. */
static void
end_operations(unsigned reader, bool sign, enum known left)
{
	for (size_t i = 0; i < model.sessions; i++) {
		struct msession *s = &model.session[i];

		if (s->reader != reader || s->sign != sign)
			continue;
		if (left == NO) {
			mop_end(&s->op[MOP_SIGN]);
			mop_end(&s->op[MOP_VERIFY]);
			s->search = NO;
		}
		s->op[MOP_SIGN].active = doubted(s->op[MOP_SIGN].active);
		s->op[MOP_VERIFY].active = doubted(s->op[MOP_VERIFY].active);
		s->search = doubted(s->search);
	}
}

void
model_lose(unsigned reader, bool sign)
{
	if (model.login[reader][sign] == NO)
		return;
	end_operations(reader, sign, model.login[reader][sign] == YES ? NO :
	    MAYBE);
	model.login[reader][sign] = NO;
}

/* Both PINs are in one application: one logout drops the other, too. */
void
model_logout(unsigned reader)
{
	model_lose(reader, false);
	model_lose(reader, true);
}

/* Is any session of that token left, as far as is known? */
static enum known
sessions_left(unsigned reader, bool sign)
{
	enum known left = NO;

	for (size_t i = 0; i < model.sessions; i++) {
		const struct msession *s = &model.session[i];

		if (s->reader == reader && s->sign == sign && s->alive != NO &&
		    left != YES)
			left = s->alive;
	}
	return left;
}

static void
expect_card_closed(unsigned reader, const char *when)
{
	if (model_quiet(reader))
		calls_law(!model_pin(reader, false)->verified &&
		    !model_pin(reader, true)->verified &&
		    !world_held(reader),
		    "the card stays open, or held, after %s", when);
}

/* The last session of a token logs out. */
static void
leave_token(unsigned reader, bool sign)
{
	enum known login = model.login[reader][sign];

	if (sessions_left(reader, sign) == YES || login == NO)
		return;
	if (sessions_left(reader, sign) == MAYBE || login == MAYBE) {
		model_doubt(1u << reader);
		return;
	}
	model_logout(reader);
	end_operations(reader, sign, NO);
	expect_card_closed(reader, "the last session");
}

/*
 * Judgements, one for each function.
 */

static CK_RV
initialize_wanted(const struct call *c)
{
	const CK_C_INITIALIZE_ARGS *args = c->info;
	CK_C_INITIALIZE_ARGS copy;
	void *mutex;

	if (model.initialized)
		return CKR_CRYPTOKI_ALREADY_INITIALIZED;
	if (!init_args_good(c))
		return CKR_ARGUMENTS_BAD;
	if (args == NULL || args->CreateMutex == NULL ||
	    (args->flags & CKF_OS_LOCKING_OK) != 0)
		return CKR_OK;
	copy = *args;
	if (copy.CreateMutex(&mutex) != CKR_OK)
		return CKR_MUTEX_BAD;
	model.mutexes--;	/* that was only to see */
	return CKR_OK;
}

void
judge_initialize(struct call *c)
{
	CK_RV wanted = initialize_wanted(c);

	calls_law(c->rv == wanted, "not %lX", wanted);
	if (c->rv != CKR_OK)
		return;
	model.initialized = true;
	model.settings = init_settings(c);
	memset(model.login, 0, sizeof(model.login));
}

void
judge_finalize(struct call *c)
{
	if (!model.initialized)
		return;
	calls_law(c->rv == (c->reserved != NULL ? CKR_ARGUMENTS_BAD : CKR_OK),
	    "wrong result");
	if (c->rv != CKR_OK)
		return;
	model.initialized = false;
	for (size_t i = 0; i < model.sessions; i++)
		session_die(&model.session[i]);
	memset(model.login, 0, sizeof(model.login));
	calls_law(model.mutexes == 0 && model.locks == 0, "a mutex is left");
	for (unsigned r = 0; r < READERS; r++)
		expect_card_closed(r, "C_Finalize");
	calls_law(vtransport_open_count(world.t) == 0,
	    "a connection is left open");
}

static CK_RV
open_wanted(const struct call *c, bool slot_known)
{
	if (c->info == NULL)
		return CKR_ARGUMENTS_BAD;
	if ((c->flags & CKF_SERIAL_SESSION) == 0)
		return CKR_SESSION_PARALLEL_NOT_SUPPORTED;
	return slot_known ? CKR_OK : CKR_SLOT_ID_INVALID;
}

static size_t
oldest_dead(void)
{
	size_t i = 0;

	while (i < model.sessions && model.session[i].alive != NO)
		i++;
	return i;
}

bool
model_has_room(void)
{
	return oldest_dead() < SESSIONS_MAX;
}

/* The oldest that is dead makes room. */
static struct msession *
session_new(void)
{
	size_t i = oldest_dead();

	if (model.sessions < SESSIONS_MAX)
		return &model.session[model.sessions++];
	if (i == model.sessions)
		return NULL;
	memmove(&model.session[i], &model.session[i + 1],
	    (model.sessions - i - 1) * sizeof(model.session[0]));
	return &model.session[model.sessions - 1];
}

void
judge_open(struct call *c)
{
	struct msession *s;
	CK_RV wanted;
	bool sign = false, known;
	unsigned reader = 0;

	if (!model.initialized)
		return;
	known = model_slot(c->slot, &reader, &sign);
	wanted = open_wanted(c, known);
	calls_law(c->rv == wanted || (wanted == CKR_OK &&
	    !model_quiet(reader)), "not %lX", wanted);
	if (c->rv != CKR_OK)
		return;
	calls_law(model_session(*(CK_SESSION_HANDLE *)c->info) == NULL &&
	    *(CK_SESSION_HANDLE *)c->info != 0, "a handle comes again");
	s = session_new();
	calls_law(s != NULL, "too many sessions for the model");
	*s = (struct msession){ .h = *(CK_SESSION_HANDLE *)c->info,
	    .slot = c->slot, .reader = reader, .sign = sign,
	    .rw = (c->flags & CKF_RW_SESSION) != 0, .alive = YES };
}

void
judge_close(struct call *c)
{
	struct msession *s = model_session(c->s);

	if (s == NULL || s->alive == NO)
		return;
	calls_law(c->rv == CKR_OK || s->alive != YES, "it could be closed");
	if (c->rv != CKR_OK)
		return;
	session_die(s);
	leave_token(s->reader, s->sign);
}

void
judge_close_all(struct call *c)
{
	unsigned reader;
	bool sign, known = model_slot(c->slot, &reader, &sign);

	if (!model.initialized)
		return;
	calls_law(c->rv == (known ? CKR_OK : CKR_SLOT_ID_INVALID),
	    "wrong result");
	if (c->rv != CKR_OK)
		return;
	for (size_t i = 0; i < model.sessions; i++)
		if (model.session[i].slot == c->slot)
			session_die(&model.session[i]);
	leave_token(reader, sign);
}

static bool
state_is_user(CK_STATE state)
{
	return state == CKS_RO_USER_FUNCTIONS || state == CKS_RW_USER_FUNCTIONS;
}

static bool
state_is_rw(CK_STATE state)
{
	return state == CKS_RW_USER_FUNCTIONS ||
	    state == CKS_RW_PUBLIC_SESSION;
}

void
judge_session_info(struct call *c)
{
	struct msession *s = model_session(c->s);
	const CK_SESSION_INFO *info = c->info;
	enum known *login;

	if (c->rv != CKR_OK || s == NULL)
		return;
	login = &model.login[s->reader][s->sign];
	calls_law(info->slotID == s->slot && info->flags ==
	    (CKF_SERIAL_SESSION | (s->rw ? CKF_RW_SESSION : 0)) &&
	    state_is_rw(info->state) == s->rw, "another session's");
	calls_law(*login != NO || !state_is_user(info->state),
	    "nobody logged in");
	calls_law(*login != YES || state_is_user(info->state),
	    "the user is logged in");
	if (*login == MAYBE && !state_is_user(info->state))
		model_lose(s->reader, s->sign);
}

void
judge_cancel(struct call *c)
{
	static const CK_FLAGS flags[MOP_COUNT] = {
		[MOP_DIGEST] = CKF_DIGEST, [MOP_SIGN] = CKF_SIGN,
		[MOP_VERIFY] = CKF_VERIFY,
	};
	struct msession *s = model_session(c->s);

	if (s == NULL || c->rv != CKR_OK)
		return;
	for (unsigned k = 0; k < MOP_COUNT; k++)
		if ((c->flags & flags[k]) != 0)
			mop_end(&s->op[k]);
	if ((c->flags & CKF_FIND_OBJECTS) != 0)
		s->search = NO;
}

/*
 * Of every call.
 */

static void
tries_note(void)
{
	for (unsigned r = 0; r < READERS; r++)
		for (unsigned t = 0; t < 2; t++) {
			model.tries[r][t] = model_pin(r, t != 0)->tries;
			model.verified[r][t] = model_pin(r, t != 0)->verified;
		}
}

void
model_before(struct call *c)
{
	(void)c;
	tries_note();
	world_count();
}

static bool
needs_no_init(const struct row *row)
{
	return strcmp(row->name, "C_Initialize") == 0 ||
	    strncmp(row->name, "C_GetInterface", 14) == 0 ||
	    strcmp(row->name, "C_GetFunctionList") == 0;
}

static void
check_state(const struct call *c, bool initialized)
{
	if (needs_no_init(c->row))
		return;
	calls_law((c->rv == CKR_CRYPTOKI_NOT_INITIALIZED) == !initialized,
	    "the module is %sinitialised", initialized ? "" : "not ");
}

static void
check_session(const struct call *c)
{
	struct msession *s = model_session(c->s);

	if (!model.initialized || c->row->args[0] != 's')
		return;
	calls_law((s != NULL && s->alive != NO) ||
	    c->rv == CKR_SESSION_HANDLE_INVALID, "there is no such session");
	calls_law(s == NULL || s->alive != YES ||
	    c->rv != CKR_SESSION_HANDLE_INVALID, "the session is open");
	if (s != NULL && c->rv == CKR_SESSION_HANDLE_INVALID)
		session_die(s);
}

/* A try is lost only where a PIN was sent, and only one. */
static void
check_tries(const struct call *c, unsigned moved)
{
	const struct msession *s = model_session(c->s);

	if (world.count.tries_set)
		return;
	for (unsigned r = 0; r < READERS; r++)
		for (unsigned t = 0; t < 2; t++) {
			int now = model_pin(r, t != 0)->tries;
			bool may = s != NULL && s->reader == r &&
			    s->sign == (t != 0) && world.count.verifies > 0;

			if ((moved >> r & 1) != 0 && !may)
				continue;	/* somebody else's doing */
			calls_law(now == model.tries[r][t] || (may &&
			    (now == model.tries[r][t] - 1 ||
			    now == (t != 0 ? 5 : 3))),
			    "%d tries became %d", model.tries[r][t], now);
		}
}

/* What went to the card is the caller's PIN, in upper case. */
static void
check_pin(const struct call *c)
{
	const struct world_count *n = &world.count;

	calls_law(n->verifies <= c->row->sends && n->changes <= n->verifies,
	    "%u VERIFYs and %u changes were sent", n->verifies, n->changes);
	if (n->verifies == 0)
		return;
	calls_law(c->pin != NULL && c->pin_n == n->pin_n,
	    "a PIN of another length was sent");
	for (size_t i = 0; i < n->pin_n; i++)
		calls_law(c->pin[i] == n->pin[i] || (c->pin[i] >= 'a' &&
		    c->pin[i] <= 'z' && c->pin[i] - 'a' + 'A' == n->pin[i]),
		    "another PIN was sent");
}

static void
note_sent(const struct call *c)
{
	const struct msession *s = model_session(c->s);
	struct mpin *sent;

	if (s == NULL || world.count.verifies == 0)
		return;
	sent = &model.sent[s->reader][s->sign];
	sent->n = world.count.pin_n;
	memcpy(sent->text, world.count.pin, sent->n);
}

static unsigned
odd_readers(void)
{
	unsigned odd = 0;

	for (unsigned r = 0; r < READERS; r++)
		odd |= (unsigned)world_odd(r) << r;
	return odd;
}

void
model_after(struct call *c)
{
	bool initialized = model.initialized;
	unsigned moved = restless = world_moved() | odd_readers();

	model_doubt(moved);
	args_check(c);
	/* The standard allows that everywhere; here a card talks nonsense. */
	calls_law(calls_rv_allowed(c->row, c->rv) || (world.faulty &&
	    c->rv == CKR_FUNCTION_FAILED), "not a result of this function");
	calls_law(model.locks == 0, "a mutex stays locked");
	check_state(c, initialized);
	check_session(c);
	check_pin(c);
	check_tries(c, moved);
	if (c->row->judge != NULL)
		c->row->judge(c);
	note_sent(c);
	/* What is new since then is as uncertain. */
	model_doubt(moved);
}

/*
 * Beginning and end.
 */

void
module_unload(void)
{
	for (size_t i = 0; i < module.reader_count; i++) {
		free(module.readers[i]->name);
		free(module.readers[i]);
	}
	free(module.readers);
	module.readers = NULL;
	module.reader_count = 0;
	module.last_session = 0;
	module.last_object = 0;
}

void
model_begin(void)
{
	memset(&model, 0, sizeof(model));
	restless = 0;
}

void
model_end(void)
{
	for (size_t i = 0; i < model.sessions; i++)
		session_die(&model.session[i]);
}
