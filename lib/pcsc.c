/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The transport over PC/SC: pcsc-lite, or the PCSC framework of macOS.  Here
 * are the service, the readers and waiting; connections are in pcsc_link.c.
 *
 * A context of the service is made at the first use and made anew when the
 * service went away; connections notice by its generation.  Waiting has a
 * context of its own, because a wait holds the context that it uses.
 */
#define _POSIX_C_SOURCE 200809L
#include "pcsc.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define READERS_MAX	64
#define NAMES_MAX	(READERS_MAX * TRANSPORT_NAME_MAX)
#define PNP		"\\\\?PnP?\\Notification"

static const struct {
	LONG		rv;
	enum jpki_err	err;
} errors[] = {
	{ SCARD_S_SUCCESS, JPKI_OK },
	{ SCARD_E_NO_SERVICE, JPKI_ERR_NO_SERVICE },
	{ SCARD_E_SERVICE_STOPPED, JPKI_ERR_NO_SERVICE },
	{ SCARD_E_INVALID_HANDLE, JPKI_ERR_NO_SERVICE },
	{ SCARD_F_COMM_ERROR, JPKI_ERR_NO_SERVICE },
	{ SCARD_W_SECURITY_VIOLATION, JPKI_ERR_ACCESS },
	{ SCARD_E_NO_ACCESS, JPKI_ERR_ACCESS },
	{ SCARD_E_NO_READERS_AVAILABLE, JPKI_ERR_NO_READER },
	{ SCARD_E_UNKNOWN_READER, JPKI_ERR_NO_READER },
	{ SCARD_E_READER_UNAVAILABLE, JPKI_ERR_NO_READER },
	{ SCARD_E_NO_SMARTCARD, JPKI_ERR_NO_CARD },
	{ SCARD_W_REMOVED_CARD, JPKI_ERR_REMOVED },
	{ SCARD_E_SHARING_VIOLATION, JPKI_ERR_BUSY },
	{ SCARD_W_UNRESPONSIVE_CARD, JPKI_ERR_MUTE },
	{ SCARD_W_UNPOWERED_CARD, JPKI_ERR_MUTE },
	{ SCARD_W_UNSUPPORTED_CARD, JPKI_ERR_MUTE },
	{ SCARD_E_PROTO_MISMATCH, JPKI_ERR_MUTE },
	{ SCARD_E_TIMEOUT, JPKI_ERR_TIMEOUT },
	{ SCARD_E_CANCELLED, JPKI_ERR_CANCELLED },
	{ SCARD_E_NO_MEMORY, JPKI_ERR_MEMORY },
};

enum jpki_err
pcsc_err(LONG rv)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].rv == rv)
			return errors[i].err;
	return JPKI_ERR_IO;
}

/*
 * Whoever has a context is not refused any more.  libpcsclite says so of a
 * connection that was reset, too: pcscd ended with words of ours unread
 * (pcsc-lite 1.9.9, MessageReceive).
 */
LONG
pcsc_established(LONG rv)
{
	return rv == SCARD_W_SECURITY_VIOLATION ? SCARD_E_NO_SERVICE : rv;
}

struct pcsc *
pcsc_of(struct transport *t)
{
	return (struct pcsc *)(void *)t;
}

/*
 * The service's context.
 */

void
pcsc_context_drop(struct pcsc *pcsc)
{
	if (!pcsc->have_context)
		return;
	(void)SCardReleaseContext(pcsc->context);
	pcsc->have_context = false;
	pcsc->generation++;
}

LONG
pcsc_context_need(struct pcsc *pcsc)
{
	LONG rv = SCARD_S_SUCCESS;

	if (!pcsc->have_context)
		rv = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL,
		    &pcsc->context);
	pcsc->have_context = rv == SCARD_S_SUCCESS;
	return rv;
}

/*
 * Readers.
 */

/* The readers' names, NUL after each; *n is 0 without any. */
static LONG
names_get(SCARDCONTEXT context, char names[static NAMES_MAX], DWORD *n)
{
	LONG rv;

	*n = NAMES_MAX;
	rv = pcsc_established(SCardListReaders(context, NULL, names, n));
	if (rv == SCARD_E_NO_READERS_AVAILABLE) {
		*n = 0;
		return SCARD_S_SUCCESS;
	}
	return rv;
}

/* Step through the names; NULL behind the last. */
static const char *
name_next(const char *names, DWORD n, const char *current)
{
	const char *next = current == NULL ? names :
	    current + strlen(current) + 1;

	return next < names + n && *next != '\0' ? next : NULL;
}

static void
reader_fill(const SCARD_READERSTATE *state, struct transport_reader *r)
{
	DWORD flags = state->dwEventState;
	size_t n = state->cbAtr;

	memset(r, 0, sizeof(*r));
	strncpy(r->name, state->szReader, sizeof(r->name) - 1);
	r->has_card = (flags & SCARD_STATE_PRESENT) != 0;
	r->mute = (flags & SCARD_STATE_MUTE) != 0;
	r->exclusive = (flags & SCARD_STATE_EXCLUSIVE) != 0;
	r->events = (uint32_t)(flags >> 16) & 0xFFFF;
	r->atr_len = n < sizeof(r->atr) ? n : sizeof(r->atr);
	memcpy(r->atr, state->rgbAtr, r->atr_len);
}

static LONG
list_states(struct pcsc *pcsc, SCARD_READERSTATE states[static READERS_MAX],
    char names[static NAMES_MAX], DWORD *count)
{
	const char *name = NULL;
	DWORD n;
	LONG rv;

	*count = 0;
	rv = pcsc_context_need(pcsc);
	if (rv == SCARD_S_SUCCESS)
		rv = names_get(pcsc->context, names, &n);
	if (rv != SCARD_S_SUCCESS)
		return rv;
	while (*count < READERS_MAX &&
	    (name = name_next(names, n, name)) != NULL)
		states[(*count)++] = (SCARD_READERSTATE){ .szReader = name,
		    .dwCurrentState = SCARD_STATE_UNAWARE };
	if (*count == 0)
		return rv;
	return pcsc_established(SCardGetStatusChange(pcsc->context, 0, states,
	    *count));
}

LONG
pcsc_events(struct pcsc *pcsc, const char *reader, uint32_t *events)
{
	SCARD_READERSTATE state = { .szReader = reader,
	    .dwCurrentState = SCARD_STATE_UNAWARE };
	struct transport_reader r;
	LONG rv;

	rv = pcsc_established(SCardGetStatusChange(pcsc->context, 0, &state,
	    1));
	if (rv == SCARD_S_SUCCESS) {
		reader_fill(&state, &r);
		*events = r.events;
	}
	return rv;
}

/* A reader may go between its listing and the question for its state. */
static bool
worth_repeating(LONG rv)
{
	return pcsc_err(rv) == JPKI_ERR_NO_SERVICE ||
	    pcsc_err(rv) == JPKI_ERR_NO_READER;
}

static enum jpki_err
pcsc_list(struct transport *t, struct transport_reader **out, size_t *n)
{
	SCARD_READERSTATE states[READERS_MAX];
	char names[NAMES_MAX];
	struct pcsc *pcsc = pcsc_of(t);
	DWORD count;
	LONG rv;

	rv = list_states(pcsc, states, names, &count);
	if (pcsc_err(rv) == JPKI_ERR_NO_SERVICE)
		pcsc_context_drop(pcsc);
	if (worth_repeating(rv))
		rv = list_states(pcsc, states, names, &count);
	if (rv != SCARD_S_SUCCESS)
		return pcsc_err(rv);
	*out = NULL;
	*n = count;
	if (count == 0)
		return JPKI_OK;
	*out = calloc(count, sizeof(**out));
	if (*out == NULL)
		return JPKI_ERR_MEMORY;
	for (DWORD i = 0; i < count; i++)
		reader_fill(&states[i], &(*out)[i]);
	return JPKI_OK;
}

/*
 * Waiting.
 */

/* Have readers come or gone since they were seen? */
static bool
names_differ(const char *names, DWORD n, const struct transport_reader *seen,
    size_t count)
{
	const char *name = NULL;
	size_t i = 0;

	while ((name = name_next(names, n, name)) != NULL) {
		if (i >= count || strcmp(name, seen[i].name) != 0)
			return true;
		i++;
	}
	return i != count;
}

static LONG
wait_change(SCARDCONTEXT context, const struct transport_reader *seen,
    size_t count, int timeout_ms)
{
	SCARD_READERSTATE states[READERS_MAX + 1] = { 0 };
	DWORD timeout = timeout_ms < 0 ? INFINITE : (DWORD)timeout_ms;
	char names[NAMES_MAX];
	DWORD n;
	LONG rv;

	rv = names_get(context, names, &n);
	if (rv != SCARD_S_SUCCESS || names_differ(names, n, seen, count))
		return rv;
	for (size_t i = 0; i < count; i++) {
		states[i].szReader = seen[i].name;
		states[i].dwCurrentState = (DWORD)seen[i].events << 16 |
		    (seen[i].has_card ? SCARD_STATE_PRESENT :
		    SCARD_STATE_EMPTY) |
		    (seen[i].mute ? SCARD_STATE_MUTE : 0);
	}
	states[count].szReader = PNP;
	return pcsc_established(SCardGetStatusChange(context, timeout, states,
	    (DWORD)count + 1));
}

static void
wait_enter(struct pcsc *pcsc)
{
	(void)pthread_mutex_lock(&pcsc->lock);
	pcsc->waiting = true;
	pcsc->cancelled = false;
	(void)pthread_mutex_unlock(&pcsc->lock);
}

static LONG
waiter_establish(struct pcsc *pcsc)
{
	SCARDCONTEXT context;
	LONG rv;

	rv = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context);
	if (rv != SCARD_S_SUCCESS)
		return rv;
	(void)pthread_mutex_lock(&pcsc->lock);
	pcsc->waiter = context;
	pcsc->have_waiter = true;
	if (pcsc->cancelled)
		rv = SCARD_E_CANCELLED;
	(void)pthread_mutex_unlock(&pcsc->lock);
	return rv;
}

/* Returns whether it was cancelled meanwhile. */
static bool
wait_leave(struct pcsc *pcsc)
{
	SCARDCONTEXT context;
	bool cancelled, have;

	(void)pthread_mutex_lock(&pcsc->lock);
	cancelled = pcsc->cancelled;
	context = pcsc->waiter;
	have = pcsc->have_waiter;
	pcsc->have_waiter = false;
	pcsc->waiting = false;
	(void)pthread_cond_broadcast(&pcsc->idle);
	(void)pthread_mutex_unlock(&pcsc->lock);
	if (have)
		(void)SCardReleaseContext(context);
	return cancelled;
}

static enum jpki_err
pcsc_wait(struct transport *t, const struct transport_reader *seen,
    size_t n, int timeout_ms)
{
	struct pcsc *pcsc = pcsc_of(t);
	LONG rv;

	if (n > READERS_MAX)
		return JPKI_ERR_ARG;
	wait_enter(pcsc);
	rv = waiter_establish(pcsc);
	if (rv == SCARD_S_SUCCESS)
		rv = wait_change(pcsc->waiter, seen, n, timeout_ms);
	if (wait_leave(pcsc))
		return JPKI_ERR_CANCELLED;
	/* The reader that went is the change that was waited for. */
	if (pcsc_err(rv) == JPKI_ERR_NO_READER)
		return JPKI_OK;
	return pcsc_err(rv);
}

/*
 * SCardCancel is lost on a context that does not wait yet, so it is repeated
 * until the waiter has left.
 */
static void
pcsc_cancel(struct transport *t)
{
	struct pcsc *pcsc = pcsc_of(t);
	struct timespec until;

	(void)pthread_mutex_lock(&pcsc->lock);
	pcsc->cancelled = true;
	while (pcsc->waiting) {
		if (pcsc->have_waiter)
			(void)SCardCancel(pcsc->waiter);
		(void)clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += 20 * 1000 * 1000;
		if (until.tv_nsec >= 1000 * 1000 * 1000) {
			until.tv_nsec -= 1000 * 1000 * 1000;
			until.tv_sec++;
		}
		(void)pthread_cond_timedwait(&pcsc->idle, &pcsc->lock,
		    &until);
	}
	(void)pthread_mutex_unlock(&pcsc->lock);
}

static void
pcsc_free(struct transport *t)
{
	struct pcsc *pcsc = pcsc_of(t);

	pcsc_context_drop(pcsc);
	(void)pthread_cond_destroy(&pcsc->idle);
	(void)pthread_mutex_destroy(&pcsc->lock);
	free(pcsc);
}

static const struct transport_ops pcsc_ops = {
	.list = pcsc_list,
	.wait = pcsc_wait,
	.cancel = pcsc_cancel,
	.connect = pcsc_link_connect,
	.begin = pcsc_link_begin,
	.claim = pcsc_link_claim,
	.release = pcsc_link_release,
	.transmit = pcsc_link_transmit,
	.has_pad = pcsc_link_has_pad,
	.key_in = pcsc_link_key_in,
	.end = pcsc_link_end,
	.disconnect = pcsc_link_disconnect,
	.free = pcsc_free,
};

enum jpki_err
transport_pcsc_new(struct transport **out)
{
	struct pcsc *pcsc;

	pcsc = calloc(1, sizeof(*pcsc));
	if (pcsc == NULL)
		return JPKI_ERR_MEMORY;
	pcsc->base.ops = &pcsc_ops;
	if (pthread_mutex_init(&pcsc->lock, NULL) == 0) {
		if (pthread_cond_init(&pcsc->idle, NULL) == 0) {
			*out = &pcsc->base;
			return JPKI_OK;
		}
		(void)pthread_mutex_destroy(&pcsc->lock);
	}
	free(pcsc);
	return JPKI_ERR_MEMORY;
}
