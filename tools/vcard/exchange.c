/* SPDX-License-Identifier: BSD-2-Clause */
/* One command's way to the card and back, with the faults that strike it. */
#include "exchange.h"

#include <string.h>

#include "record.h"

/* One command on its way. */
struct exchange {
	struct vlink		*link;
	const uint8_t		*command;
	size_t			 n;
	uint8_t			*answer;
	size_t			 answer_n, room;
	int			 ins;		/* -1: too short to have one */
	unsigned long		 index;
	uint32_t		 events;	/* of the link, at the start */
	struct fault		 faults[LINK_FAULTS_MAX]; /* those that strike */
	size_t			 faults_n;
	bool			 acted;		/* the card saw the command */
	bool			 answered;	/* there is an answer */
	bool			 moved;		/* the watcher has to know */
	enum vlink_result	 result;
};

/*
 * What each fault does.  The link is locked; a delay unlocks it, so that the
 * card can be pulled in the middle.
 */
static void
wait_us(struct exchange *x, int64_t us)
{
	struct timespec until = link_in_us(us);
	struct vlink *link = x->link;

	while (link->events == x->events)
		if (pthread_cond_timedwait(&link->moved, &link->lock,
		    &until) != 0)
			break;
	if (link->events != x->events)
		x->result = VLINK_GONE;
}

static void
do_remove(struct exchange *x, const struct fault *f)
{
	(void)f;
	link_move(x->link, false);
	x->moved = true;
	x->result = VLINK_GONE;
}

static void
do_remove_insert(struct exchange *x, const struct fault *f)
{
	do_remove(x, f);
	link_move(x->link, true);
}

static void
do_reset(struct exchange *x, const struct fault *f)
{
	(void)f;
	vcard_reset(x->link->card);
	link_log_event(x->link, "reset");
}

static void
do_hangup(struct exchange *x, const struct fault *f)
{
	(void)f;
	x->result = VLINK_HANGUP;
}

static void
do_sw(struct exchange *x, const struct fault *f)
{
	if (!x->answered || x->answer_n < 2)
		x->answer_n = 2;
	x->answer[x->answer_n - 2] = (uint8_t)(f->value >> 8);
	x->answer[x->answer_n - 1] = (uint8_t)f->value;
	x->answered = true;
}

static void
do_short(struct exchange *x, const struct fault *f)
{
	size_t data = x->answer_n < 2 ? 0 : x->answer_n - 2;
	size_t n = (size_t)f->value < data ? (size_t)f->value : data;

	if (data == 0)
		return;
	memmove(x->answer + data - n, x->answer + data, 2);
	x->answer_n -= n;
}

static void
do_long(struct exchange *x, const struct fault *f)
{
	size_t n = (size_t)f->value, left = x->room - x->answer_n;
	uint8_t *sw;

	if (x->answer_n < 2)
		return;
	n = n < left ? n : left;
	sw = x->answer + x->answer_n - 2;
	memmove(sw + n, sw, 2);
	memset(sw, 0xA5, n);
	x->answer_n += n;
}

static void
do_empty(struct exchange *x, const struct fault *f)
{
	(void)f;
	x->answer_n = 0;
}

/* Marsaglia's xorshift: noise, but the same noise in every run. */
static void
do_garbage(struct exchange *x, const struct fault *f)
{
	uint32_t s = x->link->noise;
	size_t i;

	(void)f;
	for (i = 0; i < x->answer_n; i++) {
		s ^= s << 13;
		s ^= s >> 17;
		s ^= s << 5;
		x->answer[i] = (uint8_t)(s >> 24);
	}
	x->link->noise = s;
}

static void
do_truncate_sw(struct exchange *x, const struct fault *f)
{
	(void)f;
	if (x->answer_n > 0)
		x->answer_n--;
}

static void
do_delay(struct exchange *x, const struct fault *f)
{
	wait_us(x, (int64_t)f->value * 1000);
}

static void
do_delay_byte(struct exchange *x, const struct fault *f)
{
	wait_us(x, (int64_t)f->value * (int64_t)(x->n + x->answer_n));
}

/* Another program behind the same reader, which honours no transaction. */
static void
do_select(struct exchange *x, const struct fault *f)
{
	static const uint8_t other[] = { 0xD3, 0x92, 0x10, 0x00, 0x31, 0x00,
	    0x01, 0x01, 0x04, 0x08 };	/* input assistance */
	uint8_t command[5 + FAULT_AID_MAX] = { 0x00, 0xA4, 0x04, 0x0C };
	uint8_t answer[VCARD_SHORT_MAX];
	size_t n = f->aid_n > 0 ? f->aid_n : sizeof(other);
	size_t room = sizeof(answer);

	command[4] = (uint8_t)n;
	memcpy(command + 5, f->aid_n > 0 ? f->aid : other, n);
	vcard_transmit(x->link->card, command, 5 + n, answer, &room);
	link_log_event(x->link, "select");
}

static void
do_hold(struct exchange *x, const struct fault *f)
{
	(void)f;
	switch (link_hold(x->link, &(struct vlink_hold){ .index = x->index,
	    .ins = x->ins, .acted = x->acted }, x->events)) {
	case HOLD_RESUMED:
		break;
	case HOLD_REMOVED:
		x->result = VLINK_GONE;
		break;
	case HOLD_BROKEN:
		x->result = VLINK_HANGUP;
		break;
	}
}

static void
do_tear(struct exchange *x, const struct fault *f)
{
	x->link->tear = f->value;
}

static void
do_lie_length(struct exchange *x, const struct fault *f)
{
	x->link->lie += f->value;
}

typedef void fault_fn(struct exchange *x, const struct fault *f);

static fault_fn *const effects[FAULT_WHAT_COUNT] = {
	[FAULT_REMOVE] = do_remove,
	[FAULT_REMOVE_INSERT] = do_remove_insert,
	[FAULT_RESET] = do_reset,
	[FAULT_HANGUP] = do_hangup,
	[FAULT_SW] = do_sw,
	[FAULT_SHORT] = do_short,
	[FAULT_LONG] = do_long,
	[FAULT_EMPTY] = do_empty,
	[FAULT_GARBAGE] = do_garbage,
	[FAULT_TRUNCATE_SW] = do_truncate_sw,
	[FAULT_DELAY] = do_delay,
	[FAULT_DELAY_BYTE] = do_delay_byte,
	[FAULT_DELAY_SIGN] = do_delay,
	[FAULT_LIE_LENGTH] = do_lie_length,
	[FAULT_HOLD] = do_hold,
	[FAULT_SELECT] = do_select,
	[FAULT_TEAR] = do_tear,
};

static void
apply_faults(struct exchange *x, enum fault_when when)
{
	size_t i;

	for (i = 0; i < x->faults_n && x->result == VLINK_OK; i++)
		if (x->faults[i].when == when)
			effects[x->faults[i].what](x, &x->faults[i]);
}

/* Move the faults that strike now into x; those that are used up go. */
static void
collect_faults(struct exchange *x)
{
	struct vlink *link = x->link;
	unsigned long ins_index;
	struct fault *f;
	size_t i, kept = 0;

	ins_index = x->ins < 0 ? 0 : link->by_ins[x->ins].commands;
	for (i = 0; i < link->faults_n; i++) {
		f = &link->faults[i];
		if (fault_strikes(f, x->index, x->ins, ins_index)) {
			x->faults[x->faults_n++] = *f;
			if (f->left == 1)
				continue;
			if (f->left > 1)
				f->left--;
		}
		link->faults[kept++] = *f;
	}
	link->faults_n = kept;
}

static void
log_exchange(const struct exchange *x)
{
	static const char *const results[] = {
		[VLINK_OK] = "ok",
		[VLINK_GONE] = "gone",
		[VLINK_HANGUP] = "hangup",
	};
	const char *faults[LINK_FAULTS_MAX];
	struct record r = {
		.card = x->link->name,
		.event = "command",
		.index = x->index,
		.command = x->command,
		.command_n = x->n,
		.result = results[x->result],
		.answer = x->result == VLINK_OK ? x->answer : NULL,
		.answer_n = x->answer_n,
		.acted = x->acted,
		.faults = faults,
		.faults_n = x->faults_n,
	};
	size_t i;

	if (x->link->log == NULL)
		return;
	for (i = 0; i < x->faults_n; i++)
		faults[i] = x->faults[i].spec;
	r.time = link_time(x->link);
	record_write(x->link->log, &r);
}

static void
count_up(struct exchange *x)
{
	struct vlink *link = x->link;

	link->total.commands++;
	link->total.bytes_up += x->n;
	x->index = link->total.commands;
	if (x->ins < 0)
		return;
	link->by_ins[x->ins].commands++;
	link->by_ins[x->ins].bytes_up += x->n;
}

static void
count_down(const struct exchange *x)
{
	if (x->result != VLINK_OK)
		return;
	x->link->total.bytes_down += x->answer_n;
	if (x->ins >= 0)
		x->link->by_ins[x->ins].bytes_down += x->answer_n;
}

/* A delay "before" may have seen the card's power go, or the card itself. */
static void
ask_card(struct exchange *x)
{
	if (x->result != VLINK_OK || x->answered)
		return;
	if (!vcard_powered(x->link->card)) {
		x->result = VLINK_GONE;
		return;
	}
	x->answer_n = x->room;
	x->acted = true;
	vcard_transmit(x->link->card, x->command, x->n, x->answer,
	    &x->answer_n);
	x->answered = true;
}

enum vlink_result
vlink_transmit(struct vlink *link, const uint8_t *command, size_t n,
    uint8_t *answer, size_t *answer_n)
{
	struct exchange x = {
		.link = link,
		.command = command,
		.n = n,
		.answer = answer,
		.room = *answer_n,
		.ins = n < 2 ? -1 : command[1],
	};

	*answer_n = 0;
	if (x.room < 2)
		return VLINK_GONE;
	pthread_mutex_lock(&link->lock);
	link->lie = 0;
	link->tear = -1;
	x.events = link->events;
	count_up(&x);
	collect_faults(&x);
	if (!link->present || link->mute)
		x.result = VLINK_GONE;
	apply_faults(&x, FAULT_BEFORE);
	ask_card(&x);
	apply_faults(&x, FAULT_AFTER);
	count_down(&x);
	log_exchange(&x);
	pthread_mutex_unlock(&link->lock);
	if (x.moved)
		link_call_watch(link);
	if (x.result == VLINK_OK)
		*answer_n = x.answer_n;
	return x.result;
}
