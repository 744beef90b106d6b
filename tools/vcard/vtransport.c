/* SPDX-License-Identifier: BSD-2-Clause */
#include "vtransport.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "vconn.h"

static const struct transport_ops vtransport_ops;

struct vtransport *
vt_of(struct transport *t)
{
	return (struct vtransport *)(void *)t;
}

struct vreader *
vt_find_reader(struct vtransport *vt, const char *name)
{
	struct vreader *r;

	for (r = vt->readers; r != NULL; r = r->next)
		if (strcmp(r->name, name) == 0)
			return r;
	return NULL;
}

/* The watcher of every link: some card came or went. */
static void
wake(void *user)
{
	struct vtransport *vt = user;

	pthread_mutex_lock(&vt->lock);
	pthread_cond_broadcast(&vt->changed);
	pthread_mutex_unlock(&vt->lock);
}

enum jpki_err
vtransport_new(struct transport **out)
{
	struct vtransport *vt = calloc(1, sizeof(*vt));
	pthread_condattr_t attr;

	if (vt == NULL)
		return JPKI_ERR_MEMORY;
	pthread_mutex_init(&vt->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&vt->changed, &attr);
	pthread_condattr_destroy(&attr);
	vt->base.ops = &vtransport_ops;
	vt->running = true;
	*out = &vt->base;
	return JPKI_OK;
}

static void
vt_free(struct transport *t)
{
	struct vtransport *vt = vt_of(t);
	struct vreader *r;

	if (vt == NULL)
		return;
	while ((r = vt->readers) != NULL) {
		vlink_watch(r->link, NULL, NULL);
		vt->readers = r->next;
		free(r);
	}
	pthread_cond_destroy(&vt->changed);
	pthread_mutex_destroy(&vt->lock);
	free(vt);
}

/*
 * Readers.
 */
enum jpki_err
vtransport_add(struct transport *t, const char *reader, struct vlink *link)
{
	struct vtransport *vt = vt_of(t);
	struct vreader *r, **end;
	size_t n = strlen(reader);

	if (n >= sizeof(r->name))
		return JPKI_ERR_ARG;
	if ((r = calloc(1, sizeof(*r))) == NULL)
		return JPKI_ERR_MEMORY;
	memcpy(r->name, reader, n + 1);
	r->link = link;
	pthread_mutex_lock(&vt->lock);
	r->plugged = ++vt->plugged;
	for (end = &vt->readers; *end != NULL; end = &(*end)->next)
		;
	*end = r;
	pthread_cond_broadcast(&vt->changed);
	pthread_mutex_unlock(&vt->lock);
	vlink_watch(link, wake, vt);
	return JPKI_OK;
}

void
vtransport_unplug(struct transport *t, const char *reader)
{
	struct vtransport *vt = vt_of(t);
	struct vreader *r, **at;

	pthread_mutex_lock(&vt->lock);
	while ((r = vt_find_reader(vt, reader)) != NULL && r->busy)
		pthread_cond_wait(&vt->changed, &vt->lock);
	for (at = &vt->readers; *at != NULL && *at != r; at = &(*at)->next)
		;
	if (r != NULL)
		*at = r->next;
	pthread_cond_broadcast(&vt->changed);
	pthread_mutex_unlock(&vt->lock);
	if (r == NULL)
		return;
	vlink_watch(r->link, NULL, NULL);
	vlink_break(r->link);
	vlink_power_off(r->link);
	free(r);
}

static void
describe(const struct vreader *r, struct transport_reader *out)
{
	memset(out, 0, sizeof(*out));
	memcpy(out->name, r->name, sizeof(out->name));
	out->has_card = vlink_present(r->link);
	out->mute = out->has_card && vlink_mute(r->link);
	out->exclusive = r->exclusive || r->holder != NULL;
	out->events = vlink_events(r->link) & 0xFFFF;
	if (out->has_card && !out->mute)
		out->atr_len = vlink_atr(r->link, out->atr);
}

static size_t
count_readers(const struct vtransport *vt)
{
	const struct vreader *r;
	size_t n = 0;

	for (r = vt->readers; r != NULL; r = r->next)
		n++;
	return n;
}

static enum jpki_err
vt_list(struct transport *t, struct transport_reader **out, size_t *n)
{
	struct vtransport *vt = vt_of(t);
	struct transport_reader *list = NULL;
	enum jpki_err err = JPKI_ERR_NO_SERVICE;
	const struct vreader *r;
	size_t count, i = 0;

	pthread_mutex_lock(&vt->lock);
	if (!vt->running)
		goto out;
	err = JPKI_ERR_MEMORY;
	count = count_readers(vt);
	if (count > 0 && (list = calloc(count, sizeof(*list))) == NULL)
		goto out;
	for (r = vt->readers; r != NULL && i < count; r = r->next)
		describe(r, &list[i++]);
	*out = list;
	*n = count;
	err = JPKI_OK;
out:
	pthread_mutex_unlock(&vt->lock);
	return err;
}

/*
 * Waiting.  Who holds a card is no change that ends a wait, as with pcsc-lite.
 */
static bool
is_as_seen(const struct vtransport *vt, const struct transport_reader *seen,
    size_t n)
{
	struct transport_reader now;
	const struct vreader *r;
	size_t i;

	if (count_readers(vt) != n)
		return false;
	for (r = vt->readers, i = 0; r != NULL; r = r->next, i++) {
		describe(r, &now);
		if (strcmp(now.name, seen[i].name) != 0 ||
		    now.has_card != seen[i].has_card ||
		    now.mute != seen[i].mute ||
		    now.events != (seen[i].events & 0xFFFF))
			return false;
	}
	return true;
}

static struct timespec
deadline(int timeout_ms)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	ts.tv_sec += timeout_ms / 1000;
	ts.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
	if (ts.tv_nsec >= 1000000000) {
		ts.tv_nsec -= 1000000000;
		ts.tv_sec++;
	}
	return ts;
}

static enum jpki_err
wait_locked(struct vtransport *vt, const struct transport_reader *seen,
    size_t n, int timeout_ms)
{
	struct timespec until = deadline(timeout_ms < 0 ? 0 : timeout_ms);
	unsigned cancels = vt->cancels;
	int rc = 0;

	for (;;) {
		if (!vt->running)
			return JPKI_ERR_NO_SERVICE;
		if (!is_as_seen(vt, seen, n))
			return JPKI_OK;
		if (vt->cancels != cancels)
			return JPKI_ERR_CANCELLED;
		if (rc == ETIMEDOUT)
			return JPKI_ERR_TIMEOUT;
		rc = timeout_ms < 0 ?
		    pthread_cond_wait(&vt->changed, &vt->lock) :
		    pthread_cond_timedwait(&vt->changed, &vt->lock, &until);
	}
}

static enum jpki_err
vt_wait(struct transport *t, const struct transport_reader *seen, size_t n,
    int timeout_ms)
{
	struct vtransport *vt = vt_of(t);
	enum jpki_err err;

	pthread_mutex_lock(&vt->lock);
	vt->waiters++;
	pthread_cond_broadcast(&vt->changed);
	err = wait_locked(vt, seen, n, timeout_ms);
	vt->waiters--;
	pthread_mutex_unlock(&vt->lock);
	return err;
}

static void
vt_cancel(struct transport *t)
{
	struct vtransport *vt = vt_of(t);

	pthread_mutex_lock(&vt->lock);
	vt->cancels++;
	pthread_cond_broadcast(&vt->changed);
	pthread_mutex_unlock(&vt->lock);
}

void
vtransport_await_waiter(struct transport *t)
{
	struct vtransport *vt = vt_of(t);

	pthread_mutex_lock(&vt->lock);
	while (vt->waiters == 0)
		pthread_cond_wait(&vt->changed, &vt->lock);
	pthread_mutex_unlock(&vt->lock);
}

/*
 * Other programs.
 */
static void
do_deferred(struct vreader *r, const struct deferred *d)
{
	uint8_t answer[TRANSPORT_ANSWER_MAX];
	size_t n = sizeof(answer);

	if (!vlink_powered(r->link))
		vlink_power_on(r->link);
	if (d->is_reset)
		vlink_reset(r->link);
	else
		vlink_transmit(r->link, d->command, d->n, answer, &n);
}

/* The transaction is over: those who waited take their turn. */
void
vt_release(struct vtransport *vt, struct vreader *r)
{
	struct deferred d;

	r->busy = true;
	while (r->deferred_n > 0) {
		d = r->deferred[0];
		r->deferred_n--;
		memmove(r->deferred, r->deferred + 1,
		    r->deferred_n * sizeof(d));
		r->resets += d.is_reset ? 1 : 0;
		pthread_mutex_unlock(&vt->lock);
		do_deferred(r, &d);
		pthread_mutex_lock(&vt->lock);
	}
	r->busy = false;
	r->owner = NULL;
	pthread_cond_broadcast(&vt->changed);
}

static bool
act(struct transport *t, const char *reader, const struct deferred *d)
{
	struct vtransport *vt = vt_of(t);
	struct vreader *r;
	bool at_once = false;

	pthread_mutex_lock(&vt->lock);
	r = vt_find_reader(vt, reader);
	if (r != NULL && r->deferred_n < DEFERRED_MAX) {
		r->deferred[r->deferred_n++] = *d;
		at_once = r->owner == NULL && !r->busy;
		if (at_once)
			vt_release(vt, r);
	}
	pthread_mutex_unlock(&vt->lock);
	return at_once;
}

bool
vtransport_reset(struct transport *t, const char *reader)
{
	const struct deferred d = { .is_reset = true };

	return act(t, reader, &d);
}

bool
vtransport_foreign(struct transport *t, const char *reader,
    const uint8_t *command, size_t n)
{
	struct deferred d = { .is_reset = false, .n = n };

	if (n > sizeof(d.command))
		return false;
	memcpy(d.command, command, n);
	return act(t, reader, &d);
}

bool
vtransport_foreign_select(struct transport *t, const char *reader,
    const uint8_t *aid, size_t n)
{
	uint8_t command[5 + 16] = { 0x00, 0xA4, 0x04, 0x0C, (uint8_t)n };

	if (n > 16)
		return false;
	memcpy(command + 5, aid, n);
	return vtransport_foreign(t, reader, command, 5 + n);
}

void
vtransport_exclusive(struct transport *t, const char *reader, bool held)
{
	struct vtransport *vt = vt_of(t);
	struct vreader *r;

	pthread_mutex_lock(&vt->lock);
	if ((r = vt_find_reader(vt, reader)) != NULL)
		r->exclusive = held;
	pthread_cond_broadcast(&vt->changed);
	pthread_mutex_unlock(&vt->lock);
}

void
vtransport_service(struct transport *t, bool running)
{
	struct vtransport *vt = vt_of(t);
	struct vreader *r;

	pthread_mutex_lock(&vt->lock);
	if (running && !vt->running)
		vt->epoch++;
	vt->running = running;
	for (r = vt->readers; r != NULL && !running; r = r->next) {
		r->owner = NULL;
		r->deferred_n = 0;
		r->exclusive = false;
		r->holder = NULL;
		r->conns = 0;
		vlink_break(r->link);
		vlink_power_off(r->link);
	}
	pthread_cond_broadcast(&vt->changed);
	pthread_mutex_unlock(&vt->lock);
}

void
vtransport_on_transmit(struct transport *t,
    void (*fn)(void *user, unsigned long index), void *user)
{
	struct vtransport *vt = vt_of(t);

	pthread_mutex_lock(&vt->lock);
	vt->on_transmit = fn;
	vt->on_transmit_user = user;
	pthread_mutex_unlock(&vt->lock);
}

size_t
vtransport_open_count(struct transport *t)
{
	struct vtransport *vt = vt_of(t);
	size_t n;

	pthread_mutex_lock(&vt->lock);
	n = vt->open;
	pthread_mutex_unlock(&vt->lock);
	return n;
}

static const struct transport_ops vtransport_ops = {
	.list = vt_list,
	.wait = vt_wait,
	.cancel = vt_cancel,
	.connect = vconn_connect,
	.begin = vconn_begin,
	.claim = vconn_claim,
	.release = vconn_release,
	.transmit = vconn_transmit,
	.end = vconn_end,
	.disconnect = vconn_disconnect,
	.free = vt_free,
};
