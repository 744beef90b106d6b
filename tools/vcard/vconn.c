/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections and transactions of the in-process transport. */
#include "vconn.h"

#include <stdlib.h>
#include <string.h>

static struct vconn *
vc_of(struct transport_conn *c)
{
	return (struct vconn *)(void *)c;
}

/*
 * Connections.  What makes one unusable without a new connect: the service
 * was restarted, the card left, the link broke.
 */
static bool
is_stale(const struct vtransport *vt, const struct vreader *r,
    const struct vconn *c)
{
	return c->broken || c->epoch != vt->epoch ||
	    c->events != vlink_events(r->link);
}

/*
 * The reader's connections, counted as pcscd does: one is until it is given
 * up, whatever became of the card; a reader that was unplugged, or a service
 * that was stopped, counts anew.
 */
static bool
is_counted(const struct vtransport *vt, const struct vreader *r,
    const struct vconn *c)
{
	return c->counted && c->epoch == vt->epoch &&
	    c->plugged == r->plugged;
}

static void
detach(const struct vtransport *vt, struct vreader *r, struct vconn *c)
{
	if (is_counted(vt, r, c))
		r->conns--;
	c->counted = false;
	if (r->holder == c)
		r->holder = NULL;
}

static enum jpki_err
attach(const struct vtransport *vt, struct vreader *r, struct vconn *c)
{
	detach(vt, r, c);
	c->events = vlink_events(r->link);
	if (!vlink_present(r->link))
		return JPKI_ERR_NO_CARD;
	if (vlink_mute(r->link))
		return JPKI_ERR_MUTE;
	if (!vlink_powered(r->link))
		vlink_power_on(r->link);
	c->epoch = vt->epoch;
	c->plugged = r->plugged;
	c->resets = r->resets;
	c->broken = c->doubtful = false;
	c->counted = true;
	r->conns++;
	return JPKI_OK;
}

/* What any use of a reader can meet; c is NULL before there is a connection. */
static enum jpki_err
reach(struct vtransport *vt, const char *reader, const struct vconn *c,
    struct vreader **out)
{
	if (!vt->running)
		return JPKI_ERR_NO_SERVICE;
	if ((*out = vt_find_reader(vt, reader)) == NULL)
		return JPKI_ERR_NO_READER;
	if ((*out)->exclusive)
		return JPKI_ERR_BUSY;
	return (*out)->holder != NULL && (*out)->holder != c ?
	    JPKI_ERR_BUSY : JPKI_OK;
}

enum jpki_err
vconn_connect(struct transport *t, const char *reader,
    struct transport_conn **out)
{
	struct vtransport *vt = vt_of(t);
	struct vconn *c = NULL;
	struct vreader *r;
	enum jpki_err err;

	pthread_mutex_lock(&vt->lock);
	if ((err = reach(vt, reader, NULL, &r)) != JPKI_OK)
		goto out;
	err = JPKI_ERR_MEMORY;
	if ((c = calloc(1, sizeof(*c))) == NULL)
		goto out;
	if ((err = attach(vt, r, c)) != JPKI_OK)
		goto out;
	c->base.transport = t;
	memcpy(c->reader, r->name, sizeof(c->reader));
	vt->open++;
	*out = &c->base;
	c = NULL;
out:
	pthread_mutex_unlock(&vt->lock);
	free(c);
	return err;
}

/* Wait for the other transaction's end; the reader may vanish meanwhile. */
static enum jpki_err
own_reader(struct vtransport *vt, struct vconn *c, struct vreader **out)
{
	enum jpki_err err;

	while ((err = reach(vt, c->reader, c, out)) == JPKI_OK &&
	    ((*out)->owner != NULL || (*out)->busy))
		pthread_cond_wait(&vt->changed, &vt->lock);
	return err;
}

/* As over PC/SC, by its power: nobody knows what a failed exchange left. */
static void
reset_card(struct vreader *r)
{
	vlink_power_off(r->link);
	vlink_power_on(r->link);
	r->resets++;
}

enum jpki_err
vconn_begin(struct transport_conn *conn, enum transport_since *since)
{
	struct vtransport *vt = vt_of(conn->transport);
	enum transport_since happened = SINCE_NOTHING;
	struct vconn *c = vc_of(conn);
	struct vreader *r;
	enum jpki_err err;

	pthread_mutex_lock(&vt->lock);
	if ((err = own_reader(vt, c, &r)) != JPKI_OK)
		goto out;
	if (is_stale(vt, r, c))
		happened = SINCE_NEW;
	else if (c->doubtful || c->resets != r->resets)
		happened = SINCE_RESET;
	if (happened == SINCE_RESET && c->doubtful)
		reset_card(r);
	if (happened != SINCE_NOTHING && (err = attach(vt, r, c)) != JPKI_OK) {
		c->broken = true;
		goto out;
	}
	r->owner = c;
	c->in_transaction = true;
	*since = happened;
out:
	pthread_mutex_unlock(&vt->lock);
	return err;
}

/* As over PC/SC: a connection anew, once the transaction of another is over. */
enum jpki_err
vconn_claim(struct transport_conn *conn, enum transport_since *since)
{
	struct vtransport *vt = vt_of(conn->transport);
	struct vconn *c = vc_of(conn);
	struct vreader *r;
	enum jpki_err err;

	*since = SINCE_NEW;
	pthread_mutex_lock(&vt->lock);
	if ((err = own_reader(vt, c, &r)) != JPKI_OK)
		goto out;
	if (!is_stale(vt, r, c))
		*since = SINCE_NOTHING;
	if ((err = attach(vt, r, c)) != JPKI_OK)
		c->broken = true;
	else if (r->conns > 1)
		err = JPKI_ERR_BUSY;
	else
		r->holder = c;
out:
	pthread_mutex_unlock(&vt->lock);
	return err;
}

enum jpki_err
vconn_release(struct transport_conn *conn)
{
	struct vtransport *vt = vt_of(conn->transport);
	enum jpki_err err = JPKI_OK;
	struct vconn *c = vc_of(conn);
	struct vreader *r;

	pthread_mutex_lock(&vt->lock);
	r = vt->running ? vt_find_reader(vt, c->reader) : NULL;
	if (!c->in_transaction)
		err = JPKI_ERR_INTERNAL;
	else if (r == NULL || is_stale(vt, r, c))
		err = JPKI_ERR_REMOVED;
	else
		r->holder = NULL;
	pthread_mutex_unlock(&vt->lock);
	return err;
}

static void
call_on_transmit(struct vtransport *vt)
{
	void (*fn)(void *, unsigned long);
	unsigned long index;
	void *user;

	pthread_mutex_lock(&vt->lock);
	index = ++vt->transmissions;
	fn = vt->on_transmit;
	user = vt->on_transmit_user;
	pthread_mutex_unlock(&vt->lock);
	if (fn != NULL)
		fn(user, index);
}

static enum jpki_err
check_transmit(struct vtransport *vt, struct vconn *c, struct vlink **out)
{
	enum jpki_err err = JPKI_OK;
	struct vreader *r = NULL;

	pthread_mutex_lock(&vt->lock);
	if (!c->in_transaction)
		err = JPKI_ERR_INTERNAL;
	else if (!vt->running || c->epoch != vt->epoch)
		err = JPKI_ERR_NO_SERVICE;
	else if ((r = vt_find_reader(vt, c->reader)) == NULL ||
	    c->events != vlink_events(r->link))
		err = JPKI_ERR_REMOVED;
	else if (c->broken)
		err = JPKI_ERR_IO;
	else
		*out = r->link;
	pthread_mutex_unlock(&vt->lock);
	return err;
}

/* A lie about the length is passed on as it is: *n may exceed the room. */
static enum jpki_err
deliver(struct vconn *c, const struct vlink *link, size_t got,
    uint8_t *answer, size_t *n)
{
	long lie = vlink_lie(link);

	if (got > *n) {
		c->doubtful = true;
		return JPKI_ERR_IO;
	}
	memcpy(answer, c->answer, got);
	if (lie < 0 && (size_t)-lie > got)
		*n = 0;
	else
		*n = (size_t)((long)got + lie);
	c->doubtful = c->doubtful || *n < TRANSPORT_ANSWER_MIN;
	return JPKI_OK;
}

/* The link is used unlocked: a delay must not hold up cancel() and tests. */
enum jpki_err
vconn_transmit(struct transport_conn *conn, struct slice command,
    uint8_t *answer, size_t *n)
{
	struct vtransport *vt = vt_of(conn->transport);
	struct vconn *c = vc_of(conn);
	struct vlink *link = NULL;
	size_t got = sizeof(c->answer);
	enum jpki_err err;

	call_on_transmit(vt);
	if ((err = check_transmit(vt, c, &link)) != JPKI_OK)
		return err;
	switch (vlink_transmit(link, command.p, command.n, c->answer, &got)) {
	case VLINK_OK:
		if (vlink_tear(link) < 0)
			return deliver(c, link, got, answer, n);
		c->broken = true;
		vlink_power_off(link);
		break;
	case VLINK_GONE:
		c->doubtful = true;
		return c->events != vlink_events(link) ? JPKI_ERR_REMOVED :
		    JPKI_ERR_IO;
	case VLINK_HANGUP:
		c->broken = true;
		vlink_power_off(link);
		break;
	}
	return JPKI_ERR_IO;
}

void
vconn_end(struct transport_conn *conn)
{
	struct vtransport *vt = vt_of(conn->transport);
	struct vconn *c = vc_of(conn);
	struct vreader *r;

	pthread_mutex_lock(&vt->lock);
	c->in_transaction = false;
	r = vt_find_reader(vt, c->reader);
	if (r != NULL && r->owner == c) {
		if (c->doubtful && !is_stale(vt, r, c)) {
			reset_card(r);
			c->doubtful = false;
		}
		vt_release(vt, r);
	}
	pthread_mutex_unlock(&vt->lock);
}

void
vconn_disconnect(struct transport_conn *conn, bool unpower)
{
	struct vtransport *vt;
	struct vreader *r;
	struct vconn *c;

	if (conn == NULL)
		return;
	vt = vt_of(conn->transport);
	c = vc_of(conn);
	vconn_end(conn);
	pthread_mutex_lock(&vt->lock);
	r = vt->running ? vt_find_reader(vt, c->reader) : NULL;
	if (unpower && r != NULL && !is_stale(vt, r, c)) {
		vlink_power_off(r->link);
		r->resets++;
	}
	if (r != NULL)
		detach(vt, r, c);
	vt->open--;
	pthread_mutex_unlock(&vt->lock);
	free(c);
}
