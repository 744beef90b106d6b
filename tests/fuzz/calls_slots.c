/* SPDX-License-Identifier: BSD-2-Clause */
/* What is told of slots and tokens. */
#include "calls.h"

static CK_FLAGS
flags_of(int tries, int max)
{
	if (tries == 0)
		return CKF_USER_PIN_LOCKED;
	if (tries == 1)
		return CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_COUNT_LOW;
	return tries < max ? CKF_USER_PIN_COUNT_LOW : 0;
}

/* As far as all of them are known. */
static void
check_session_counts(const struct call *c)
{
	const CK_TOKEN_INFO *info = c->info;
	CK_ULONG all = 0, rw = 0;

	for (size_t i = 0; i < model.sessions; i++) {
		const struct msession *s = &model.session[i];

		if (s->slot != c->slot || s->alive == NO)
			continue;
		if (s->alive == MAYBE)
			return;
		all++;
		rw += s->rw;
	}
	calls_law(info->ulSessionCount == all && info->ulRwSessionCount == rw,
	    "%lu sessions, %lu of them R/W", all, rw);
}

/* A PIN that the card says nothing of has no flags. */
void
judge_token_info(struct call *c)
{
	const CK_FLAGS all = CKF_USER_PIN_LOCKED | CKF_USER_PIN_FINAL_TRY |
	    CKF_USER_PIN_COUNT_LOW;
	const CK_TOKEN_INFO *info = c->info;
	const struct vquirks *q;
	unsigned reader;
	bool sign;

	if (!model_slot(c->slot, &reader, &sign) || !model_quiet(reader))
		return;
	calls_law(c->rv == CKR_OK || info == NULL, "the token is there");
	if (c->rv != CKR_OK)
		return;
	check_session_counts(c);
	q = &world.reader[reader].card->quirks;
	if (q->query_none || (q->query_9000 &&
	    model_pin(reader, sign)->verified))
		return;
	calls_law((info->flags & all) == flags_of(model_pin(reader,
	    sign)->tries, sign ? 5 : 3), "flags %lX with %d tries",
	    info->flags, model_pin(reader, sign)->tries);
}

void
judge_list(struct call *c)
{
	if (c->rv == CKR_OK && c->out != NULL)
		calls_law(*c->out_n <= c->room, "more than there is room for");
	if (c->rv == CKR_BUFFER_TOO_SMALL)
		calls_law(c->out != NULL && *c->out_n > c->room,
		    "there is room");
}

void
judge_wait(struct call *c)
{
	unsigned reader;
	bool sign;

	if (c->rv == CKR_OK)
		calls_law(model_slot(*(CK_SLOT_ID *)c->info, &reader, &sign),
		    "an event of no slot");
}
