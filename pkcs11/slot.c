/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Slots: which readers there are and which cards are in them.  A card is
 * asked once an insertion whether it is ours, by jpki_card_open(); a reader
 * that went away keeps its slots, without a token.
 */
#include <stdlib.h>
#include <string.h>

#include "session.h"

static unsigned
slots_of_reader(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < SLOTS_MAX; i++)
		n += module.settings.tokens >> i & 1;
	return n;
}

/*
 * Readers.
 */

static struct reader *
reader_find(const char *name)
{
	for (size_t i = 0; i < module.reader_count; i++)
		if (strcmp(module.readers[i]->name, name) == 0)
			return module.readers[i];
	return NULL;
}

static void
slots_make(struct reader *reader, size_t at)
{
	unsigned n = 0;

	memset(reader->slot, 0, sizeof(reader->slot));
	for (unsigned i = 0; i < SLOTS_MAX; i++) {
		if ((module.settings.tokens >> i & 1) == 0)
			continue;
		reader->slot[n].reader = reader;
		reader->slot[n].row = &token_rows[i];
		reader->slot[n].id = at * slots_of_reader() + n;
		n++;
	}
}

static struct reader *
reader_add(const char *name)
{
	struct reader **grown, *reader;

	grown = realloc(module.readers,
	    (module.reader_count + 1) * sizeof(struct reader *));
	if (grown == NULL)
		return NULL;
	module.readers = grown;
	reader = calloc(1, sizeof(*reader));
	if (reader == NULL || (reader->name = strdup(name)) == NULL) {
		free(reader);
		return NULL;
	}
	slots_make(reader, module.reader_count);
	module.readers[module.reader_count++] = reader;
	return reader;
}

static void
slots_present(struct reader *reader, bool present)
{
	for (unsigned i = 0; i < slots_of_reader(); i++) {
		struct slot *slot = &reader->slot[i];

		if (slot->present != present && !reader->quiet)
			slot->event = true;
		slot->present = present;
	}
}

static void
reader_forget_card(struct reader *reader)
{
	for (unsigned i = 0; i < slots_of_reader(); i++)
		slot_forget_token(&reader->slot[i]);
	jpki_card_close(&reader->card);
	reader->probed = false;
	reader->pss = JPKI_UNKNOWN;
	reader->pss_asked = false;
	reader->serial[0] = '\0';
}

/*
 * Is the card one of ours?  Asked once; after errors of the link, or without
 * memory, again.
 */
static CK_RV
reader_probe(struct reader *reader)
{
	enum jpki_err err;

	if (reader->probed || !reader->has_card)
		return CKR_OK;
	/* Who shows no token asks no card, and waits for none. */
	if (module.settings.tokens == 0)
		return CKR_OK;
	err = jpki_card_open(module.ctx, reader->name, &reader->card);
	if (err == JPKI_OK) {
		jpki_card_end(reader->card);
		reader->insertion = jpki_card_insertion(reader->card);
	}
	reader->probed = err == JPKI_OK || err == JPKI_ERR_NOT_JPKI;
	return err == JPKI_ERR_MEMORY ? CKR_HOST_MEMORY : CKR_OK;
}

/* The card is out, or was since the last look. */
static void
reader_lose(struct reader *reader)
{
	/* If nobody looked at it, it may have been one of ours. */
	bool unknown = reader->quiet && reader->has_card;

	reader->quiet = false;
	for (unsigned i = 0; i < slots_of_reader(); i++)
		reader->slot[i].event = reader->slot[i].event || unknown;
	slots_present(reader, false);
	reader_forget_card(reader);
}

/* HOST_MEMORY: what is in the reader is not known yet. */
static CK_RV
reader_see(struct reader *reader, const struct jpki_reader *seen)
{
	bool same = reader->has_card == seen->has_card &&
	    reader->events == seen->events;
	CK_RV rv;

	if (!same)
		reader_lose(reader);
	reader->listed = true;
	reader->has_card = seen->has_card;
	reader->events = seen->events;
	rv = reader_probe(reader);
	if (rv != CKR_OK)
		return rv;
	slots_present(reader, reader->card != NULL);
	if (reader->probed)
		reader->quiet = false;
	return CKR_OK;
}

static void
reader_miss(struct reader *reader)
{
	if (reader->listed)
		reader_lose(reader);
	reader->listed = false;
	reader->has_card = false;
}

static struct reader *
reader_need(const char *name)
{
	struct reader *reader = reader_find(name);

	return reader != NULL ? reader : reader_add(name);
}

static bool
is_listed(const char *name, const struct jpki_reader *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].name, name) == 0)
			return true;
	return false;
}

static CK_RV
readers_see(const struct jpki_reader *list, size_t n)
{
	struct reader *reader;
	CK_RV rv;

	for (size_t i = 0; i < n; i++) {
		reader = reader_need(list[i].name);
		rv = reader != NULL ? reader_see(reader, &list[i]) :
		    CKR_HOST_MEMORY;
		if (rv != CKR_OK)
			return rv;
	}
	for (size_t i = 0; i < module.reader_count; i++)
		if (!is_listed(module.readers[i]->name, list, n))
			reader_miss(module.readers[i]);
	return CKR_OK;
}

CK_RV
slots_look(struct jpki_reader **list, size_t *n)
{
	enum jpki_err err;

	*list = NULL;
	*n = 0;
	err = jpki_readers(module.ctx, list, n);
	/* No service, no access: no readers, which is no error. */
	return err == JPKI_ERR_MEMORY ? CKR_HOST_MEMORY :
	    readers_see(*list, *n);
}

CK_RV
slots_refresh(void)
{
	struct jpki_reader *list;
	size_t n;
	CK_RV rv;

	rv = slots_look(&list, &n);
	jpki_readers_free(&list, n);
	return rv;
}

/*
 * C_Initialize clears all events (PKCS #11 2.40, 5.5), so it has to know
 * which cards are in.  They are not asked anything yet.
 */
CK_RV
slots_start(void)
{
	struct jpki_reader *list = NULL;
	struct reader *reader;
	CK_RV rv = CKR_OK;
	size_t n = 0;

	/* The settings may show other tokens than last time. */
	for (size_t i = 0; i < module.reader_count; i++)
		slots_make(module.readers[i], i);
	(void)jpki_readers(module.ctx, &list, &n);
	for (size_t i = 0; i < n && rv == CKR_OK; i++) {
		reader = reader_need(list[i].name);
		if (reader == NULL) {
			rv = CKR_HOST_MEMORY;
			continue;
		}
		reader_forget_card(reader);
		reader->listed = reader->quiet = true;
		reader->has_card = list[i].has_card;
		reader->events = list[i].events;
	}
	jpki_readers_free(&list, n);
	return rv;
}

void
slots_clear(void)
{
	for (size_t i = 0; i < module.reader_count; i++)
		reader_miss(module.readers[i]);
}

void
slots_free(void)
{
	for (size_t i = 0; i < module.reader_count; i++) {
		free(module.readers[i]->name);
		free(module.readers[i]);
	}
	free(module.readers);
	module.readers = NULL;
	module.reader_count = 0;
}

/*
 * Slots.
 */

struct slot *
slot_find(CK_SLOT_ID id)
{
	unsigned n = slots_of_reader();

	if (n == 0 || id / n >= module.reader_count)
		return NULL;
	return &module.readers[id / n]->slot[id % n];
}

CK_RV
slot_with_token(CK_SLOT_ID id, struct slot **out)
{
	CK_RV rv = slots_refresh();

	if (rv != CKR_OK)
		return rv;
	*out = slot_find(id);
	if (*out == NULL)
		return CKR_SLOT_ID_INVALID;
	return (*out)->present ? CKR_OK : CKR_TOKEN_NOT_PRESENT;
}

/* A card that was exchanged unobserved shows when it is spoken to. */
CK_RV
slot_with_live_token(CK_SLOT_ID id, struct slot **out)
{
	CK_RV rv = slot_with_token(id, out);

	if (rv != CKR_OK)
		return rv;
	rv = slot_begin(*out);
	if (rv == CKR_OK)
		jpki_card_end((*out)->reader->card);
	/* Held by another program: that shows later, if it lasts. */
	return rv == CKR_DEVICE_REMOVED ? slot_with_token(id, out) : CKR_OK;
}

bool
slot_anybody_logged_in(const struct reader *reader)
{
	for (unsigned i = 0; i < SLOTS_MAX; i++)
		if (reader->slot[i].logged_in)
			return true;
	return false;
}

/* Also a login that is under way: it lasts as long as the card's own. */
static bool
anybody_verified(const struct reader *reader)
{
	for (unsigned i = 0; i < slots_of_reader(); i++)
		if (jpki_pin_verified(reader->card, reader->slot[i].row->pin))
			return true;
	return false;
}

void
slot_release(struct slot *slot)
{
	struct reader *reader = slot->reader;

	if (!module.settings.exclusive || reader->card == NULL ||
	    slot_anybody_logged_in(reader) || anybody_verified(reader))
		return;
	if (jpki_card_release(reader->card) != JPKI_OK &&
	    !slot_reopen_card(slot))
		slot_drop_card(slot);
}

void
slot_lose_login(struct slot *slot)
{
	/* What was begun without a login goes on. */
	if (slot->logged_in)
		sessions_end_operations(slot);
	slot->logged_in = false;
	token_forget(slot, true);
}

void
slot_lose_logins(struct slot *slot)
{
	for (unsigned i = 0; i < slots_of_reader(); i++)
		if (slot->reader->slot[i].logged_in)
			slot_lose_login(&slot->reader->slot[i]);
}

void
slot_forget_login(struct slot *slot)
{
	slot_lose_login(slot);
	slot->private_base = module.last_object + 1;
	module.last_object += OBJECT_COUNT;
}

void
slot_forget_token(struct slot *slot)
{
	sessions_drop(slot);
	slot_forget_login(slot);
	refused_forget(&slot->refused);
	slot->public_base = module.last_object + 1;
	module.last_object += OBJECT_COUNT;
	token_forget(slot, false);
}

void
slot_drop_card(struct slot *slot)
{
	slots_present(slot->reader, false);
	reader_forget_card(slot->reader);
}

/* Did its card stay, as far as the service counted? */
static bool
is_undisturbed(const struct reader *reader)
{
	struct jpki_reader *list = NULL;
	bool same = false;
	size_t n = 0;

	(void)jpki_readers(module.ctx, &list, &n);
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].name, reader->name) == 0)
			same = list[i].has_card &&
			    list[i].events == reader->events;
	jpki_readers_free(&list, n);
	return same;
}

bool
slot_reopen_card(struct slot *slot)
{
	struct reader *reader = slot->reader;

	jpki_card_close(&reader->card);
	reader->probed = false;
	(void)reader_probe(reader);
	/* The new handle would not know of an exchange before it. */
	return reader->card != NULL && is_undisturbed(reader);
}

/*
 * The card is out of reach, and with it what it knew: a link that broke comes
 * back without it.
 */
static bool
is_gone(enum jpki_err err)
{
	static const enum jpki_err gone[] = {
		JPKI_ERR_REMOVED, JPKI_ERR_NO_CARD, JPKI_ERR_NO_READER,
		JPKI_ERR_NO_SERVICE, JPKI_ERR_ACCESS, JPKI_ERR_IO,
		JPKI_ERR_TIMEOUT,
	};

	for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++)
		if (gone[i] == err)
			return true;
	return false;
}

static CK_RV
begin(struct slot *slot, bool alone)
{
	struct reader *reader = slot->reader;
	enum jpki_err err;

	err = alone ? jpki_card_claim(reader->card) :
	    jpki_card_begin(reader->card);
	if (err == JPKI_OK &&
	    jpki_card_insertion(reader->card) == reader->insertion)
		return CKR_OK;
	if (err == JPKI_OK)
		jpki_card_end(reader->card);
	return slot_judge(slot, err);
}

CK_RV
slot_begin(struct slot *slot)
{
	return begin(slot, false);
}

CK_RV
slot_begin_login(struct slot *slot)
{
	return begin(slot, module.settings.exclusive);
}

/*
 * The library knows best what happened to the card: a new insertion ends the
 * token, a PIN that is no longer verified ends the login of its slot.
 */
CK_RV
slot_judge(struct slot *slot, enum jpki_err err)
{
	struct reader *reader = slot->reader;
	bool lost = false;

	if (reader->card == NULL)
		return CKR_DEVICE_REMOVED;
	if (jpki_card_insertion(reader->card) != reader->insertion ||
	    is_gone(err)) {
		slot_drop_card(slot);
		return CKR_DEVICE_REMOVED;
	}
	for (unsigned i = 0; i < slots_of_reader(); i++) {
		struct slot *one = &reader->slot[i];

		if (!one->logged_in ||
		    jpki_pin_verified(reader->card, one->row->pin))
			continue;
		slot_lose_login(one);
		lost = true;
	}
	if (lost)
		slot_release(slot);
	return reader->card != NULL ? rv_of(err) : CKR_DEVICE_REMOVED;
}

CK_RV
slot_list(CK_BBOOL present, CK_SLOT_ID *list, CK_ULONG *count)
{
	CK_ULONG n = 0, room;
	CK_RV rv;

	if (count == NULL)
		return CKR_ARGUMENTS_BAD;
	rv = slots_refresh();
	if (rv != CKR_OK)
		return rv;
	room = list != NULL ? *count : 0;
	for (size_t i = 0; i < module.reader_count; i++)
		for (unsigned j = 0; j < slots_of_reader(); j++) {
			struct slot *slot = &module.readers[i]->slot[j];

			if (present && !slot->present)
				continue;
			if (n < room)
				list[n] = slot->id;
			n++;
		}
	*count = n;
	return list != NULL && n > room ? CKR_BUFFER_TOO_SMALL : CKR_OK;
}

CK_RV
slot_info(CK_SLOT_ID id, CK_SLOT_INFO *info)
{
	struct slot *slot;
	CK_RV rv;

	if (info == NULL)
		return CKR_ARGUMENTS_BAD;
	rv = slots_refresh();
	if (rv != CKR_OK)
		return rv;
	slot = slot_find(id);
	if (slot == NULL)
		return CKR_SLOT_ID_INVALID;
	memset(info, 0, sizeof(*info));
	pad(info->slotDescription, sizeof(info->slotDescription),
	    slot->reader->name);
	pad(info->manufacturerID, sizeof(info->manufacturerID), "PC/SC");
	info->flags = CKF_REMOVABLE_DEVICE | CKF_HW_SLOT;
	if (slot->present)
		info->flags |= CKF_TOKEN_PRESENT;
	return CKR_OK;
}
