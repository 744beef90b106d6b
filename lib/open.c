/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding a card, opening it, having it alone, closing it. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "card.h"
#include "sw.h"

/* The card's own is one of the holders. */
struct card_ref {
	struct jpki_card	*card;
	atomic_uint		 holders;
	pthread_mutex_t		 lock;
};

enum jpki_err
card_ref_new(struct jpki_card *card, struct card_ref **out)
{
	if (card->ref == NULL) {
		card->ref = calloc(1, sizeof(*card->ref));
		if (card->ref == NULL)
			return JPKI_ERR_MEMORY;
		card->ref->card = card;
		atomic_init(&card->ref->holders, 1);
		(void)pthread_mutex_init(&card->ref->lock, NULL);
	}
	card_ref_up(card->ref);
	*out = card->ref;
	return JPKI_OK;
}

void
card_ref_up(struct card_ref *ref)
{
	ref->holders++;
}

void
card_ref_free(struct card_ref **ref)
{
	if (*ref != NULL && atomic_fetch_sub(&(*ref)->holders, 1) == 1) {
		(void)pthread_mutex_destroy(&(*ref)->lock);
		free(*ref);
	}
	*ref = NULL;
}

void
card_ref_lock(struct card_ref *ref)
{
	if (ref != NULL)
		(void)pthread_mutex_lock(&ref->lock);
}

void
card_ref_unlock(struct card_ref *ref)
{
	if (ref != NULL)
		(void)pthread_mutex_unlock(&ref->lock);
}

struct jpki_card *
card_of_ref(const struct card_ref *ref)
{
	return ref != NULL ? ref->card : NULL;
}

static void
card_free(struct jpki_card *card, bool unpower)
{
	if (card->ref != NULL)
		card->ref->card = NULL;
	card_ref_free(&card->ref);
	if (card->depth > 0)
		card_end_transaction(card);
	card->conn->transport->ops->disconnect(card->conn, unpower);
	for (unsigned id = 0; id < JPKI_CERT_COUNT; id++)
		card_drop_cert(card, (enum jpki_cert_id)id);
	free(card);
}

/* ISO/IEC 7816-4, 5.1.3: any other is noise. */
static bool
is_status(uint16_t sw)
{
	return sw >> 12 == 0x6 || sw >> 12 == 0x9;
}

/*
 * Did the card, in full health, say that it has no such application?  Cards
 * of other kinds refuse with all sorts of status words.
 */
static bool
refused(enum jpki_err err, uint16_t sw)
{
	return err >= JPKI_ERR_NOT_JPKI && err != JPKI_ERR_MALFORMED &&
	    sw != SW_SELF_TEST && is_status(sw);
}

static enum jpki_err
recognise(struct jpki_card *card, const struct transport_reader *reader)
{
	enum jpki_err err = card_select_app(card, APP_JPKI);

	if (err == JPKI_OK || !refused(err, card->sw))
		return err;
	log_line(&card->ctx->log, JPKI_LOG_INFO, "%s: not a JPKI card",
	    card->reader);
	ctx_refuse(card->ctx, reader);
	return JPKI_ERR_NOT_JPKI;
}

/* Connect, begin, and ask for the application.  Returns inside. */
static enum jpki_err
open_reader(struct jpki_ctx *ctx, const struct transport_reader *reader,
    struct jpki_card **out)
{
	struct jpki_card *card;
	enum jpki_err err;

	card = calloc(1, sizeof(*card));
	if (card == NULL)
		return JPKI_ERR_MEMORY;
	card->ctx = ctx;
	card->read_le = APDU_LE_MAX;
	memcpy(card->reader, reader->name, sizeof(card->reader));
	err = ctx->transport->ops->connect(ctx->transport, reader->name,
	    &card->conn);
	if (err != JPKI_OK) {
		log_line(&ctx->log, JPKI_LOG_ERROR, "%s: connect: %s",
		    reader->name, jpki_strerror(err));
		free(card);
		return err;
	}
	err = jpki_card_begin(card);
	if (err == JPKI_OK)
		err = recognise(card, reader);
	if (err != JPKI_OK) {
		card_free(card, false);
		return err;
	}
	log_line(&ctx->log, JPKI_LOG_INFO, "%s: JPKI card opened",
	    reader->name);
	*out = card;
	return JPKI_OK;
}

static enum jpki_err
try_reader(struct jpki_ctx *ctx, const struct transport_reader *reader,
    struct jpki_card **out)
{
	if (!reader->has_card)
		return JPKI_ERR_NO_CARD;
	if (reader->mute)
		return JPKI_ERR_MUTE;
	if (ctx_refused(ctx, reader))
		return JPKI_ERR_NOT_JPKI;
	return open_reader(ctx, reader, out);
}

/* Of several failures the one that a person can do most about. */
static enum jpki_err
more_telling(enum jpki_err a, enum jpki_err b)
{
	static const enum jpki_err dull[] = {
		JPKI_ERR_NO_READER, JPKI_ERR_NO_CARD, JPKI_ERR_NOT_JPKI,
	};

	for (size_t i = 0; i < sizeof(dull) / sizeof(dull[0]); i++) {
		if (a == dull[i])
			return b;
		if (b == dull[i])
			return a;
	}
	return a;
}

enum jpki_err
jpki_card_open(struct jpki_ctx *ctx, const char *reader,
    struct jpki_card **out)
{
	enum jpki_err err = JPKI_ERR_NO_READER, one;
	struct transport_reader *list = NULL;
	size_t n = 0;

	if (ctx == NULL || out == NULL)
		return JPKI_ERR_ARG;
	one = ctx_list(ctx, &list, &n);
	if (one != JPKI_OK)
		return one;
	for (size_t i = 0; i < n && err != JPKI_OK; i++) {
		if (reader != NULL && strcmp(list[i].name, reader) != 0)
			continue;
		one = try_reader(ctx, &list[i], out);
		err = one == JPKI_OK ? one : more_telling(err, one);
	}
	free(list);
	return err;
}

/*
 * To have it alone.
 */

/* The outcome of taking it (alone) or letting others in again. */
static void
shared_now(struct jpki_card *card, bool alone, enum jpki_err err)
{
	if (err == JPKI_OK) {
		card->claimed = alone;
		log_line(&card->ctx->log, JPKI_LOG_INFO, "%s: %s",
		    card->reader, alone ? "claimed: no other program can use "
		    "it" : "shared again");
	} else {
		log_line(&card->ctx->log, JPKI_LOG_ERROR, "%s: %s: %s",
		    card->reader, alone ? "claim" : "release",
		    err == JPKI_ERR_BUSY ? "another program is connected to "
		    "the card; end it and try again" : jpki_strerror(err));
	}
}

/* A new link, in which a reset of the card may have gone unseen. */
static enum jpki_err
take(struct jpki_card *card)
{
	enum transport_since since = SINCE_NOTHING;
	enum jpki_err err;

	err = card->conn->transport->ops->claim(card->conn, &since);
	card_renew(card, since);
	shared_now(card, true, err);
	return err;
}

enum jpki_err
jpki_card_claim(struct jpki_card *card)
{
	enum jpki_err err;

	/* It may heal a link, and what was claimed is shared then. */
	err = jpki_card_begin(card);
	if (err != JPKI_OK || card->claimed)
		return err;
	jpki_card_end(card);
	if (card->depth > 0)
		return JPKI_ERR_ARG;
	err = take(card);
	if (err == JPKI_OK)
		err = jpki_card_begin(card);
	if (err != JPKI_OK || card->claimed)
		return err;
	jpki_card_end(card);
	return JPKI_ERR_REMOVED;	/* as soon as it was ours */
}

enum jpki_err
jpki_card_release(struct jpki_card *card)
{
	enum jpki_err err;

	if (card == NULL || !card->claimed)
		return jpki_logout(card);
	card_forget_login(card);
	err = jpki_card_begin(card);
	if (err != JPKI_OK)
		return err;
	/* Not for a moment is it open to others and logged in. */
	err = jpki_logout(card);
	if (err == JPKI_OK && card->claimed) {
		err = card->conn->transport->ops->release(card->conn);
		shared_now(card, false, err);
	}
	jpki_card_end(card);
	return err;
}

void
jpki_card_close(struct jpki_card **card)
{
	struct jpki_card *c;
	bool unpower;

	if (card == NULL || *card == NULL)
		return;
	c = *card;
	*card = NULL;
	/* A PIN must not outlive its user: without logout, without power. */
	unpower = jpki_logout(c) != JPKI_OK;
	card_free(c, unpower);
}
