/* SPDX-License-Identifier: BSD-2-Clause */
#include "calls_world.h"

#include <stdlib.h>
#include <string.h>

#include "calls_pool.h"

#define TRIGGERS	12
#define WAITS_MAX	3
#define INS_VERIFY	0x20
#define INS_CHANGE	0x24
#define INS_CHANGE_KEY	0x32

#define COUNT_OF(a)	(sizeof(a) / sizeof((a)[0]))

struct world world;

static unsigned moved;		/* 1 << reader */

/* Before the nth command something happens, or its answer is another. */
static struct trigger {
	unsigned	at;		/* of commands; 0: none */
	uint8_t		what, how;
	struct slice	answer;		/* if what is ANSWER */
} triggers[TRIGGERS];
static size_t triggers_n;
static unsigned transmissions;
static unsigned waits;

/*
 * Cards: the world gets copies, since two readers may hold the same kind.
 */

static struct vcard *
card_copy(const struct vcard *from)
{
	struct vcard *card = core_new(from->profile);

	fuzz_law(card != NULL, "there is memory for a card");
	for (size_t i = 0; i < LAYOUT_FILES; i++) {
		const struct vef *ef = &from->efs[i];

		if (ef->p != NULL)
			(void)core_put(card, i, slice_of(ef->p, ef->n));
		if (ef->key != NULL && EVP_PKEY_up_ref(ef->key) == 1)
			card->efs[i].key = ef->key;
		card->efs[i].exists = ef->exists;
	}
	memcpy(card->pins, from->pins, sizeof(card->pins));
	return card;
}

EVP_PKEY *
world_key(unsigned reader, bool sign)
{
	size_t file = layout_find(VAPP_JPKI, sign ? 0x001A : 0x0017);

	return world.reader[reader].card->efs[file].key;
}

/*
 * Events.
 */

static void
note(unsigned reader)
{
	moved |= 1u << reader;
}

static void
note_all(void)
{
	moved |= (1u << READERS) - 1;
}

typedef void event_fn(unsigned reader, uint8_t how);

static void
ev_none(unsigned reader, uint8_t how)
{
	(void)reader, (void)how;
}

static void
ev_remove(unsigned reader, uint8_t how)
{
	(void)how;
	note(reader);
	world.reader[reader].unpowered = false;
	vlink_remove(world.reader[reader].link);
}

static void
ev_insert(unsigned reader, uint8_t how)
{
	(void)how;
	note(reader);
	vlink_insert(world.reader[reader].link);
}

static void
ev_exchange(unsigned reader, uint8_t how)
{
	ev_remove(reader, how);
	ev_insert(reader, how);
}

static void
ev_reset(unsigned reader, uint8_t how)
{
	(void)how;
	note(reader);
	(void)vtransport_reset(world.t, world.reader[reader].name);
}

/* Another program selects another application, or the same. */
static void
ev_foreign(unsigned reader, uint8_t how)
{
	const struct layout_app *app = &layout_apps[how % VAPP_COUNT];

	note(reader);
	(void)vtransport_foreign_select(world.t, world.reader[reader].name,
	    app->aid, app->aid_len);
}

static void
ev_service(unsigned reader, uint8_t how)
{
	(void)reader;
	note_all();
	world.running = (how & 1) != 0;
	vtransport_service(world.t, world.running);
	for (unsigned i = 0; i < READERS && !world.running; i++)
		world.reader[i].exclusive = false;
}

static void
ev_restart(unsigned reader, uint8_t how)
{
	(void)how;
	ev_service(reader, 0);
	ev_service(reader, 1);
}

static void
ev_exclusive(unsigned reader, uint8_t how)
{
	struct world_reader *r = &world.reader[reader];

	note(reader);
	r->exclusive = (how & 1) != 0 && world.running;
	vtransport_exclusive(world.t, r->name, r->exclusive);
}

static void
ev_mute(unsigned reader, uint8_t how)
{
	struct world_reader *r = &world.reader[reader];

	note(reader);
	r->mute = (how & 1) != 0;
	/* It had no power meanwhile, which shows at the next command only. */
	r->unpowered = r->unpowered || r->mute;
	vlink_set_mute(r->link, r->mute);
}

static void
ev_unplug(unsigned reader, uint8_t how)
{
	struct world_reader *r = &world.reader[reader];

	note(reader);
	if (r->plugged && (how & 1) == 0) {
		vtransport_unplug(world.t, r->name);
	} else if (!r->plugged && (how & 1) != 0) {
		vlink_remove(r->link);
		vlink_insert(r->link);
		(void)vtransport_add(world.t, r->name, r->link);
	} else {
		return;
	}
	r->plugged = !r->plugged;
	r->exclusive = false;
}

/* What befalls the next command. */
static void
ev_fault(unsigned reader, uint8_t how)
{
	static const char *const specs[] = {
		"hangup", "hangup,after", "remove", "remove,after",
		"remove-insert", "remove-insert,after", "reset,after",
		"sw=6F00", "sw=6985", "sw=6982", "sw=6A82", "sw=63C1",
		"sw=63C0", "sw=6984", "sw=9000", "sw=6700", "sw=6A86",
		"sw=6100", "sw=6C10", "sw=6F00,before", "sw=63C2,before",
		"short=1", "short=200", "long=1", "long=300", "empty",
		"garbage", "truncate-sw", "lie-length=1", "lie-length=-3",
		"lie-length=60000", "sw=6282", "sw=6300", "sw=6A80",
	};
	char error[VCARD_ERROR_MAX] = "";

	note(reader);
	world.faulty = true;
	(void)vlink_fault(world.reader[reader].link,
	    specs[how % COUNT_OF(specs)], error);
}

/* Somebody else uses a try up, or the counter is set anew. */
static void
ev_tries(unsigned reader, uint8_t how)
{
	struct vcard *card = world.reader[reader].card;
	enum vpin pin = (how & 1) != 0 ? VPIN_SIGN : VPIN_AUTH;

	note(reader);
	world.count.tries_set = true;
	if (card->pins[pin].exists)
		card->pins[pin].tries = (how >> 1) %
		    (layout_pins[pin].tries + 1);
	if (card->pins[pin].tries == 0)
		card->pins[pin].verified = false;
}

static event_fn *const events[] = {
	ev_none, ev_remove, ev_insert, ev_exchange, ev_reset, ev_foreign,
	ev_service, ev_restart, ev_exclusive, ev_mute, ev_unplug, ev_tries,
	ev_fault, ev_fault, ev_fault, ev_fault,
};

#define EVENTS		COUNT_OF(events)
#define ANSWER		(2 * EVENTS)	/* and above, of a trigger */

/* The upper bit of how says which reader. */
void
world_event(uint8_t what, uint8_t how)
{
	events[what % EVENTS](how >> 7, how & 0x7F);
}

unsigned
world_moved(void)
{
	unsigned m = moved;

	moved = 0;
	return m;
}

bool
world_odd(unsigned reader)
{
	const struct world_reader *r = &world.reader[reader];

	return world.faulty || !world.running || r->exclusive || r->mute ||
	    r->unpowered || !r->plugged || !vlink_present(r->link);
}

bool
world_held(unsigned reader)
{
	struct transport_conn *c = NULL;
	enum jpki_err err;

	err = world.t->ops->connect(world.t, world.reader[reader].name, &c);
	if (err == JPKI_OK)
		world.t->ops->disconnect(c, false);
	return err == JPKI_ERR_BUSY;
}

/*
 * The door: what the library takes for PC/SC.
 */

struct door_conn {
	struct transport_conn	 base;
	struct transport_conn	*inner;
	unsigned		 reader;
};

static struct door_conn *
door_of(struct transport_conn *c)
{
	return (struct door_conn *)(void *)c;
}

static enum jpki_err
door_list(struct transport *t, struct transport_reader **out, size_t *n)
{
	(void)t;
	return world.t->ops->list(world.t, out, n);
}

/* Nothing blocks: what would be waited for happens, or the wait fails. */
static enum jpki_err
door_wait(struct transport *t, const struct transport_reader *seen, size_t n,
    int timeout_ms)
{
	enum jpki_err err;

	(void)t, (void)timeout_ms;
	err = world.t->ops->wait(world.t, seen, n, 0);
	if (err != JPKI_ERR_TIMEOUT || ++waits > WAITS_MAX)
		return err;
	ev_exchange(waits % READERS, 0);
	return JPKI_OK;
}

static void
door_cancel(struct transport *t)
{
	(void)t;
}

static enum jpki_err
door_connect(struct transport *t, const char *reader,
    struct transport_conn **out)
{
	struct door_conn *c = calloc(1, sizeof(*c));
	enum jpki_err err;

	if (c == NULL)
		return JPKI_ERR_MEMORY;
	c->base.transport = t;
	c->reader = strcmp(reader, READER_B) == 0;
	err = world.t->ops->connect(world.t, reader, &c->inner);
	if (err == JPKI_OK)
		*out = &c->base;
	else
		free(c);
	return err;
}

static enum jpki_err
door_begin(struct transport_conn *c, enum transport_since *since)
{
	return world.t->ops->begin(door_of(c)->inner, since);
}

static enum jpki_err
door_claim(struct transport_conn *c, enum transport_since *since)
{
	return world.t->ops->claim(door_of(c)->inner, since);
}

static enum jpki_err
door_release(struct transport_conn *c)
{
	return world.t->ops->release(door_of(c)->inner);
}

static void
count_command(struct slice command)
{
	struct world_count *n = &world.count;

	n->commands++;
	if (command.n <= 5)
		return;
	if (command.p[1] == INS_CHANGE || command.p[1] == INS_CHANGE_KEY)
		n->changes++;
	if (command.p[1] != INS_VERIFY)
		return;
	n->verifies++;
	n->pin_n = command.n - 5 < VPIN_MAX ? command.n - 5 : VPIN_MAX;
	memcpy(n->pin, command.p + 5, n->pin_n);
}

/* The input's own answer, in the place of the card's. */
static void
answer_otherwise(const struct trigger *trigger, uint8_t *answer, size_t *n,
    size_t room)
{
	size_t at = trigger->how < *n ? trigger->how : *n;
	size_t len = trigger->answer.n;

	world.faulty = true;
	if (trigger->what % 2 == 0) {	/* all of it */
		*n = len < room ? len : room;
		at = 0;
	}
	for (size_t i = 0; i < len && at + i < *n; i++)
		answer[at + i] = trigger->answer.p[i];
}

static const struct trigger *
trigger_of(unsigned at)
{
	for (size_t i = 0; i < triggers_n; i++)
		if (triggers[i].at == at)
			return &triggers[i];
	return NULL;
}

static enum jpki_err
door_transmit(struct transport_conn *conn, struct slice command,
    uint8_t *answer, size_t *n)
{
	const struct trigger *trigger = trigger_of(++transmissions);
	struct door_conn *c = door_of(conn);
	size_t room = *n;
	enum jpki_err err;

	count_command(command);
	if (trigger != NULL) {
		note(c->reader);
		if (trigger->what < ANSWER)
			events[trigger->what % EVENTS](c->reader,
			    trigger->how);
	}
	err = world.t->ops->transmit(c->inner, command, answer, n);
	if (trigger != NULL && trigger->what >= ANSWER && err == JPKI_OK)
		answer_otherwise(trigger, answer, n, room);
	return err;
}

static void
door_end(struct transport_conn *c)
{
	world.t->ops->end(door_of(c)->inner);
}

static void
door_disconnect(struct transport_conn *c, bool unpower)
{
	if (c != NULL)
		world.t->ops->disconnect(door_of(c)->inner, unpower);
	free(c);
}

static void
door_free(struct transport *t)
{
	free(t);
}

static const struct transport_ops door_ops = {
	.list = door_list,
	.wait = door_wait,
	.cancel = door_cancel,
	.connect = door_connect,
	.begin = door_begin,
	.claim = door_claim,
	.release = door_release,
	.transmit = door_transmit,
	.end = door_end,
	.disconnect = door_disconnect,
	.free = door_free,
};

/* In the place of lib/pcsc.c. */
enum jpki_err
transport_pcsc_new(struct transport **out)
{
	*out = calloc(1, sizeof(**out));
	if (*out == NULL)
		return JPKI_ERR_MEMORY;
	(*out)->ops = &door_ops;
	return JPKI_OK;
}

/*
 * Beginning and end.
 */

static void
card_quirk(struct vcard *card, uint8_t how)
{
	static const char *const quirks[][2] = {
		{ "locked-6983", NULL }, { "query-locked-sw", NULL },
		{ "query-6700-short", NULL }, { "query-6700-long", NULL },
		{ "query-none", NULL }, { "query-9000", NULL },
		{ "first-6f00", NULL }, { "strict-p1", NULL },
		{ "get-response", NULL }, { "wrong-le", NULL },
		{ "filler-00", NULL }, { "no-0008", NULL },
		{ "no-sign-cert", "6a82" }, { "no-sign-cert", "ff" },
		{ "no-auth-cert", "empty" }, { "cert-garbage", "auth-length" },
	};
	char error[VCARD_ERROR_MAX] = "";

	if (how > 0)
		(void)vcard_quirk(card, quirks[how % COUNT_OF(quirks)][0],
		    quirks[how % COUNT_OF(quirks)][1], error);
}

static void
reader_begin(unsigned i, struct fuzz_in *in)
{
	static const char *const names[READERS] = { READER_A, READER_B };
	struct world_reader *r = &world.reader[i];
	uint8_t tries;

	r->name = names[i];
	r->plugged = true;
	r->card = card_copy(virtual_card(fuzz_last_below(in,
	    virtual_profiles()), 0));
	card_quirk(r->card, fuzz_last_u8(in));
	tries = fuzz_last_u8(in);
	if ((tries & 3) != 0 && r->card->pins[VPIN_AUTH].tries > 0)
		r->card->pins[VPIN_AUTH].tries = 3 - (tries & 3);
	if ((tries >> 2 & 7) != 0 && r->card->pins[VPIN_SIGN].tries > 0)
		r->card->pins[VPIN_SIGN].tries = (tries >> 2 & 7) % 5;
	r->link = vlink_new(r->card);
	fuzz_law(r->link != NULL, "there is memory for a link");
	/* Reader A has a card unless told, Reader B only if told. */
	if ((tries >> 5 & 1) != i)
		vlink_remove(r->link);
	(void)vtransport_add(world.t, r->name, r->link);
}

static void
triggers_read(struct fuzz_in *in)
{
	unsigned at = 0, gap;

	triggers_n = 0;
	while (triggers_n < TRIGGERS && (gap = fuzz_last_u8(in)) > 0) {
		struct trigger *t = &triggers[triggers_n++];

		at += gap;
		*t = (struct trigger){ .at = at };
		t->what = fuzz_last_below(in, ANSWER + 16);
		t->how = fuzz_last_u8(in);
		if (t->what >= ANSWER)
			t->answer = fuzz_last_take(in, fuzz_last_u8(in));
	}
}

void
world_begin(struct fuzz_in *in)
{
	memset(&world, 0, sizeof(world));
	moved = 0;
	transmissions = waits = 0;
	world.running = true;
	fuzz_law(vtransport_new(&world.t) == JPKI_OK, "a world can be made");
	triggers_read(in);
	for (unsigned i = 0; i < READERS; i++)
		reader_begin(i, in);
}

void
world_end(void)
{
	pool_check();
	fuzz_law_equal((long long)vtransport_open_count(world.t), 0,
	    "every connection was closed");
	world.t->ops->free(world.t);
	for (unsigned i = 0; i < READERS; i++)
		vlink_free(&world.reader[i].link);
}

void
world_count(void)
{
	memset(&world.count, 0, sizeof(world.count));
}
