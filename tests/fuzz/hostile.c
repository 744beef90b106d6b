/* SPDX-License-Identifier: BSD-2-Clause */
#include "hostile.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "tricks.h"
#include "virtual.h"
#include "watch.h"

#define LISTED_MAX	4

struct conn {
	struct transport_conn	 base;
	uint32_t		 events, resets;	/* as it knows them */
	bool			 open;
};

static struct {
	struct fuzz_in	*in;
	struct vcard	*card;
	bool		 calm;
	bool		 present, other;
	uint32_t	 events, resets;
	unsigned	 doors, conns, losses;
} world;

const char *
hostile_pin(enum jpki_pin pin)
{
	switch (pin) {
	case JPKI_PIN_AUTH:
		return VIRTUAL_PIN_AUTH;
	case JPKI_PIN_SIGN:
		return VIRTUAL_PIN_SIGN;
	case JPKI_PIN_INPUT:
		return VIRTUAL_PIN_INPUT;
	default:
		return NULL;
	}
}

/* 0 while it is calm: nothing special. */
static uint8_t
chance(unsigned limit)
{
	return world.calm ? 0 : fuzz_last_below(world.in, limit);
}

/* PINs with few tries left are worth a bit each. */
static void
set_tries(uint8_t bits)
{
	static const char *const names[] = { "auth", "sign", "input" };

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if ((bits >> i & 1) != 0)
			(void)vcard_set_tries(world.card, names[i],
			    bits >> 4 & 3);
}

void
hostile_begin(struct fuzz_in *in)
{
	unsigned profile = fuzz_last_below(in, virtual_profiles());
	uint16_t quirks = fuzz_last_u16(in);
	/* A context may remember what it saw of a reader at this count. */
	uint32_t events = world.events + 2;

	memset(&world, 0, sizeof(world));
	world.in = in;
	world.card = virtual_card(profile, quirks);
	world.present = true;
	world.events = events;
	set_tries(fuzz_last_u8(in));
	tricks_clear();
	watch_clear();
}

void
hostile_end(void)
{
	fuzz_law_equal(world.conns, 0, "all connections are given back");
	fuzz_law_equal(world.doors, 0, "all transports are freed");
}

void
hostile_calm(bool calm)
{
	world.calm = calm;
}

unsigned
hostile_losses(void)
{
	return world.losses;
}

/*
 * From outside.
 */

void
hostile_remove(void)
{
	world.events += world.present;
	world.present = false;
	vcard_power_off(world.card);
}

void
hostile_insert(void)
{
	world.events += !world.present;
	world.present = true;
}

void
hostile_reset(void)
{
	world.resets++;
	vcard_reset(world.card);
}

void
hostile_select(void)
{
	static const uint8_t isd[] = { 0x00, 0xA4, 0x04, 0x0C, 0x07, 0xA0,
	    0x00, 0x00, 0x01, 0x51, 0x00, 0x00 };
	uint8_t answer[TRANSPORT_ANSWER_MAX];
	size_t n = sizeof(answer);

	vcard_power_on(world.card);
	vcard_transmit(world.card, isd, sizeof(isd), answer, &n);
}

void
hostile_plug_other(bool there)
{
	world.other = there;
}

/*
 * Readers.
 */

static void
describe(struct transport_reader *r, const char *name, bool has_card)
{
	memset(r, 0, sizeof(*r));
	strcpy(r->name, name);
	r->has_card = has_card;
	r->events = world.events & 0xFFFF;
	if (has_card)
		r->atr_len = vcard_atr(world.card, r->atr);
}

/* What a list may be instead; 0 is as it is. */
enum list_trick {
	LIST_TRUE,
	LIST_ERROR,
	LIST_EMPTY,
	LIST_MUTE,
	LIST_EXCLUSIVE,
	LIST_EVENTS,
	LIST_NO_CARD,
	LIST_TWICE,
	LIST_LONG_ATR,
	LIST_TRICKS
};

static enum jpki_err
link_error(void)
{
	static const enum jpki_err errors[] = {
		JPKI_ERR_IO, JPKI_ERR_REMOVED, JPKI_ERR_NO_SERVICE,
		JPKI_ERR_NO_CARD, JPKI_ERR_NO_READER, JPKI_ERR_ACCESS,
		JPKI_ERR_BUSY, JPKI_ERR_MUTE, JPKI_ERR_TIMEOUT,
		JPKI_ERR_MEMORY,
	};

	return errors[chance(sizeof(errors) / sizeof(errors[0]))];
}

static void
trick_reader(struct transport_reader *r, uint8_t trick)
{
	switch (trick) {
	case LIST_MUTE:
		r->mute = r->has_card;
		break;
	case LIST_EXCLUSIVE:
		r->exclusive = true;
		break;
	case LIST_EVENTS:
		r->events = ++world.events & 0xFFFF;
		break;
	case LIST_NO_CARD:
		r->has_card = false;
		break;
	case LIST_LONG_ATR:
		r->atr_len = sizeof(r->atr) + chance(256);
		break;
	default:
		break;
	}
}

static enum jpki_err
world_list(struct transport *t, struct transport_reader **out, size_t *n)
{
	uint8_t trick = chance(256);
	struct transport_reader *list;

	(void)t;
	trick = trick < 128 ? LIST_TRUE : trick % LIST_TRICKS;
	if (trick == LIST_ERROR)
		return link_error();
	*out = NULL;
	*n = 0;
	if (trick == LIST_EMPTY)
		return JPKI_OK;
	list = calloc(LISTED_MAX, sizeof(*list));
	if (list == NULL)
		return JPKI_ERR_MEMORY;
	describe(&list[(*n)++], HOSTILE_READER, world.present);
	trick_reader(&list[0], trick);
	if (world.other)
		describe(&list[(*n)++], HOSTILE_OTHER, false);
	if (trick == LIST_TWICE)
		list[(*n)++] = list[0];
	*out = list;
	return JPKI_OK;
}

/* Ends when the input does. */
static enum jpki_err
world_wait(struct transport *t, const struct transport_reader *seen, size_t n,
    int timeout_ms)
{
	(void)t, (void)seen, (void)n;
	switch (chance(8)) {
	case 1:
		hostile_remove();
		return JPKI_OK;
	case 2:
		hostile_insert();
		return JPKI_OK;
	case 3:
		world.other = !world.other;
		return JPKI_OK;
	case 4:
		return JPKI_OK;
	case 5:
		return link_error();
	case 6:
		return JPKI_ERR_CANCELLED;
	default:
		return timeout_ms >= 0 ? JPKI_ERR_TIMEOUT :
		    JPKI_ERR_NO_SERVICE;
	}
}

static void
world_cancel(struct transport *t)
{
	(void)t;
}

/*
 * Connections.
 */

static struct conn *
conn_of(struct transport_conn *c)
{
	return (struct conn *)(void *)c;
}

static enum jpki_err
world_connect(struct transport *t, const char *reader,
    struct transport_conn **out)
{
	struct conn *c;

	if (chance(256) >= 224)
		return link_error();
	if (strcmp(reader, HOSTILE_READER) != 0)
		return strcmp(reader, HOSTILE_OTHER) == 0 && world.other ?
		    JPKI_ERR_NO_CARD : JPKI_ERR_NO_READER;
	if (!world.present)
		return JPKI_ERR_NO_CARD;
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return JPKI_ERR_MEMORY;
	vcard_power_on(world.card);
	c->base.transport = t;
	c->events = world.events;
	c->resets = world.resets;
	world.conns++;
	*out = &c->base;
	return JPKI_OK;
}

static enum jpki_err
world_begin(struct transport_conn *base, enum transport_since *since)
{
	struct conn *c = conn_of(base);
	uint8_t trick = chance(256);

	fuzz_law(!c->open, "transactions do not nest");
	if (trick >= 240)
		return link_error();
	if (!world.present)
		return JPKI_ERR_REMOVED;
	world.resets += trick >= 224 && trick < 232;
	world.events += trick >= 232 ? 2 : 0;
	if (c->events != world.events)
		*since = SINCE_NEW;
	else
		*since = c->resets != world.resets ? SINCE_RESET :
		    SINCE_NOTHING;
	if (*since == SINCE_NEW) {
		vcard_power_off(world.card);
		vcard_power_on(world.card);
	} else if (*since == SINCE_RESET) {
		vcard_reset(world.card);
	}
	world.losses += *since != SINCE_NOTHING;
	c->events = world.events;
	c->resets = world.resets;
	c->open = true;
	watch_transaction(true);
	return JPKI_OK;
}

/* Nobody else is here: the link is made anew, and that is all. */
static enum jpki_err
world_claim(struct transport_conn *base, enum transport_since *since)
{
	struct conn *c = conn_of(base);

	fuzz_law(!c->open, "a claim comes before the transaction");
	*since = c->events != world.events ? SINCE_NEW : SINCE_NOTHING;
	return world.present ? JPKI_OK : JPKI_ERR_NO_CARD;
}

static enum jpki_err
world_release(struct transport_conn *base)
{
	fuzz_law(conn_of(base)->open, "a release is in a transaction");
	return JPKI_OK;
}

/* What the card's OpenSSL has to say is nothing to the program. */
static void
ask_card(struct exchange *x)
{
	x->n = TRANSPORT_ANSWER_MAX;
	ERR_set_mark();
	vcard_transmit(world.card, x->command, x->command_n, x->p, &x->n);
	ERR_pop_to_mark();
}

static enum jpki_err
exchange(struct conn *c, struct slice command, struct exchange *x)
{
	const struct trick *trick = world.calm ? NULL :
	    tricks_next(world.in);

	if (!world.present || c->events != world.events)
		return JPKI_ERR_REMOVED;
	x->command_n = command.n;
	memcpy(x->command, command.p, command.n);
	if (trick != NULL)
		trick_before(trick, x);
	if (x->err == JPKI_OK && world.present)
		ask_card(x);
	if (x->err == JPKI_OK && trick != NULL)
		trick_after(trick, x);
	if (x->err == JPKI_OK && !world.present)
		x->err = JPKI_ERR_REMOVED;
	return x->err;
}

static enum jpki_err
world_transmit(struct transport_conn *base, struct slice command,
    uint8_t *answer, size_t *n)
{
	struct exchange x = { .n = 0 };
	size_t room = *n;
	enum jpki_err err;

	fuzz_law(room >= TRANSPORT_ANSWER_MAX, "room for an answer");
	watch_command(command);
	err = exchange(conn_of(base), command, &x);
	watch_answer(err, slice_of(x.p, x.n));
	if (err != JPKI_OK)
		return err;
	/* A lie about the length is handed on as it is. */
	memcpy(answer, x.p, x.n < room ? x.n : room);
	*n = x.n;
	return JPKI_OK;
}

static void
world_end(struct transport_conn *base)
{
	fuzz_law(conn_of(base)->open, "only what began is ended");
	conn_of(base)->open = false;
	watch_transaction(false);
}

static void
world_disconnect(struct transport_conn *base, bool unpower)
{
	if (base == NULL)
		return;
	if (unpower)
		vcard_power_off(world.card);
	watch_transaction(false);
	world.conns--;
	free(base);
}

static void
world_free(struct transport *t)
{
	world.doors -= t != NULL;
	free(t);
}

static const struct transport_ops ops = {
	.list = world_list,
	.wait = world_wait,
	.cancel = world_cancel,
	.connect = world_connect,
	.begin = world_begin,
	.claim = world_claim,
	.release = world_release,
	.transmit = world_transmit,
	.end = world_end,
	.disconnect = world_disconnect,
	.free = world_free,
};

enum jpki_err
hostile_transport_new(struct transport **out)
{
	struct transport *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return JPKI_ERR_MEMORY;
	t->ops = &ops;
	world.doors++;
	*out = t;
	return JPKI_OK;
}

/* In the place of lib/pcsc.c. */
enum jpki_err
transport_pcsc_new(struct transport **out)
{
	return hostile_transport_new(out);
}
