/* SPDX-License-Identifier: BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L
#include "ctx.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mem.h"
#include "selftest.h"

enum jpki_err
ctx_new(struct transport *transport, struct jpki_ctx **out)
{
	struct jpki_ctx *ctx = NULL;

	ctx = calloc(1, sizeof(*ctx));
	if (ctx == NULL) {
		transport->ops->free(transport);
		return JPKI_ERR_MEMORY;
	}
	ctx->transport = transport;
	*out = ctx;
	return JPKI_OK;
}

/* A library context that does not work is dropped: the next one may. */
enum jpki_err
ctx_crypto_new(OSSL_LIB_CTX **out)
{
	struct mem_watch watch;
	OSSL_LIB_CTX *crypto;
	enum jpki_err err;

	mem_watch_begin(&watch);
	crypto = OSSL_LIB_CTX_new();
	err = mem_watch_end(&watch, crypto != NULL && selftest(crypto) ?
	    JPKI_OK : JPKI_ERR_INTERNAL);
	if (err == JPKI_OK)
		*out = crypto;
	else
		OSSL_LIB_CTX_free(crypto);
	return err;
}

enum jpki_err
ctx_crypto(struct jpki_ctx *ctx)
{
	return ctx->crypto != NULL ? JPKI_OK : ctx_crypto_new(&ctx->crypto);
}

enum jpki_err
jpki_ctx_new(struct jpki_ctx **out)
{
	struct transport *transport;
	enum jpki_err err;

	if (out == NULL)
		return JPKI_ERR_ARG;
	err = transport_pcsc_new(&transport);
	return err == JPKI_OK ? ctx_new(transport, out) : err;
}

void
jpki_ctx_free(struct jpki_ctx **ctx)
{
	struct jpki_ctx *c;

	if (ctx == NULL || *ctx == NULL)
		return;
	c = *ctx;
	*ctx = NULL;
	c->transport->ops->free(c->transport);
	if (c->provider != NULL)
		OSSL_PROVIDER_unload(c->provider);
	OSSL_LIB_CTX_free(c->shared);
	OSSL_LIB_CTX_free(c->crypto);
	free(c->refused);
	free(c);
}

void
jpki_ctx_set_log(struct jpki_ctx *ctx, enum jpki_log_level level,
    jpki_log_fn *fn, void *user)
{
	ctx->log = (struct log){ .level = level, .fn = fn, .user = user };
}

enum jpki_err
ctx_list(struct jpki_ctx *ctx, struct transport_reader **out, size_t *n)
{
	enum jpki_err err;

	err = ctx->transport->ops->list(ctx->transport, out, n);
	if (err != JPKI_OK)
		log_line(&ctx->log, JPKI_LOG_ERROR, "list readers: %s",
		    jpki_strerror(err));
	return err;
}

static struct refusal *
refusal_find(const struct jpki_ctx *ctx, const char *name)
{
	for (size_t i = 0; i < ctx->refused_count; i++)
		if (strcmp(ctx->refused[i].name, name) == 0)
			return &ctx->refused[i];
	return NULL;
}

bool
ctx_refused(const struct jpki_ctx *ctx, const struct transport_reader *reader)
{
	const struct refusal *r = refusal_find(ctx, reader->name);

	return r != NULL && r->events == reader->events;
}

void
ctx_refuse(struct jpki_ctx *ctx, const struct transport_reader *reader)
{
	struct refusal *r = refusal_find(ctx, reader->name), *grown;

	if (r == NULL) {
		grown = realloc(ctx->refused,
		    (ctx->refused_count + 1) * sizeof(*grown));
		if (grown == NULL)
			return;
		ctx->refused = grown;
		r = &grown[ctx->refused_count++];
		memcpy(r->name, reader->name, sizeof(r->name));
	}
	r->events = reader->events;
}

static enum jpki_err
reader_copy(const struct transport_reader *from, struct jpki_reader *to)
{
	*to = (struct jpki_reader){ .has_card = from->has_card,
	    .mute = from->mute, .events = from->events };
	to->name = strdup(from->name);
	if (to->name == NULL)
		return JPKI_ERR_MEMORY;
	to->atr_len = from->atr_len < sizeof(to->atr) ? from->atr_len :
	    sizeof(to->atr);
	memcpy(to->atr, from->atr, to->atr_len);
	return JPKI_OK;
}

enum jpki_err
jpki_readers(struct jpki_ctx *ctx, struct jpki_reader **out, size_t *count)
{
	struct transport_reader *list = NULL;
	struct jpki_reader *readers = NULL;
	size_t n = 0, copied = 0;
	enum jpki_err err;

	if (ctx == NULL || out == NULL || count == NULL)
		return JPKI_ERR_ARG;
	err = ctx_list(ctx, &list, &n);
	if (err != JPKI_OK)
		return err;
	if (n > 0 && (readers = calloc(n, sizeof(*readers))) == NULL)
		err = JPKI_ERR_MEMORY;
	while (err == JPKI_OK && copied < n) {
		err = reader_copy(&list[copied], &readers[copied]);
		copied++;
	}
	if (err == JPKI_OK) {
		*out = readers;
		*count = n;
	} else {
		jpki_readers_free(&readers, copied);
	}
	free(list);
	return err;
}

void
jpki_readers_free(struct jpki_reader **readers, size_t count)
{
	if (readers == NULL || *readers == NULL)
		return;
	for (size_t i = 0; i < count; i++)
		free((*readers)[i].name);
	free(*readers);
	*readers = NULL;
}

/* Is what the caller waits for already so?  *which: the reader, or NULL. */
static bool
event_holds(const struct transport_reader *list, size_t n,
    const char *reader, enum jpki_event event, const char **which)
{
	*which = reader;
	for (size_t i = 0; i < n; i++) {
		if (reader != NULL && strcmp(list[i].name, reader) != 0)
			continue;
		if (!list[i].has_card)
			continue;
		*which = list[i].name;
		return event == JPKI_CARD_INSERTED;
	}
	return event == JPKI_CARD_REMOVED;
}

static int64_t
now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int
ms_left(int64_t deadline)
{
	int64_t left = deadline - now_ms();

	return left > 0 ? (int)left : 0;
}

static enum jpki_err
name_out(const char *which, char **out)
{
	if (out == NULL)
		return JPKI_OK;
	*out = NULL;
	if (which != NULL && (*out = strdup(which)) == NULL)
		return JPKI_ERR_MEMORY;
	return JPKI_OK;
}

enum jpki_err
jpki_wait(struct jpki_ctx *ctx, const char *reader, enum jpki_event event,
    int timeout_ms, char **reader_out)
{
	int64_t deadline = now_ms() + timeout_ms;
	struct transport_reader *list;
	enum jpki_err err;
	const char *which;
	bool done = false, late = false;
	size_t n;

	if (ctx == NULL || (event != JPKI_CARD_INSERTED &&
	    event != JPKI_CARD_REMOVED))
		return JPKI_ERR_ARG;
	do {
		list = NULL;
		n = 0;
		err = ctx_list(ctx, &list, &n);
		if (err == JPKI_OK)
			done = event_holds(list, n, reader, event, &which);
		if (err == JPKI_OK && done)
			err = name_out(which, reader_out);
		else if (err == JPKI_OK && late)
			err = JPKI_ERR_TIMEOUT;
		else if (err == JPKI_OK)
			err = ctx->transport->ops->wait(ctx->transport, list,
			    n, timeout_ms < 0 ? -1 : ms_left(deadline));
		free(list);
		/* Changes that are not the one waited for do not add time. */
		late = timeout_ms >= 0 && ms_left(deadline) == 0;
	} while (err == JPKI_OK && !done);
	return err;
}

/* The transport compares names, presence and events only. */
static void
reader_seen(const struct jpki_reader *from, struct transport_reader *to)
{
	*to = (struct transport_reader){ .has_card = from->has_card,
	    .mute = from->mute, .events = from->events };
	strncpy(to->name, from->name, sizeof(to->name) - 1);
}

enum jpki_err
jpki_wait_change(struct jpki_ctx *ctx, const struct jpki_reader *seen,
    size_t count, int timeout_ms)
{
	struct transport_reader *list = NULL;
	enum jpki_err err;

	if (ctx == NULL || (seen == NULL && count > 0))
		return JPKI_ERR_ARG;
	list = calloc(count > 0 ? count : 1, sizeof(*list));
	if (list == NULL)
		return JPKI_ERR_MEMORY;
	for (size_t i = 0; i < count; i++)
		reader_seen(&seen[i], &list[i]);
	err = ctx->transport->ops->wait(ctx->transport, list, count,
	    timeout_ms);
	free(list);
	return err;
}

void
jpki_cancel(struct jpki_ctx *ctx)
{
	if (ctx != NULL)
		ctx->transport->ops->cancel(ctx->transport);
}
