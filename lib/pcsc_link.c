/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections over PC/SC.
 *
 * A connection is for one card.  The service tells a handle the last thing
 * that happened only, so that a reset hides that the card was exchanged
 * before; therefore the reader's count of insertions and removals is noted
 * when a connection is made, and compared when it is kept.
 */
#include "pcsc.h"

#include <stdlib.h>
#include <string.h>

#define BEGIN_ROUNDS	3	/* reset or gone, at most so often */
#define PROTOCOLS	(SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1)

struct pcsc_conn {
	struct transport_conn	 base;
	char			 name[TRANSPORT_NAME_MAX];
	SCARDHANDLE		 handle;
	DWORD			 protocol;
	unsigned		 generation;	/* of the context it is of */
	uint32_t		 events;	/* of the reader, for this card */
	enum transport_since	 untold;	/* begin failed before it said */
	bool			 live;
	bool			 doubtful;	/* an exchange failed */
	bool			 alone;		/* nobody else may connect */
	bool			 released;	/* may still be locked: see end */
};

static struct pcsc_conn *
conn_of(struct transport_conn *c)
{
	return (struct pcsc_conn *)(void *)c;
}

static void
conn_drop(struct pcsc_conn *conn)
{
	if (conn->live)
		(void)SCardDisconnect(conn->handle, SCARD_LEAVE_CARD);
	conn->live = conn->alone = conn->doubtful = conn->released = false;
}

/*
 * Off and on again.  Disconnecting with SCARD_UNPOWER_CARD would leave the
 * card without power under the other programs, and pcscd would take a while
 * to see it again.  A connection that excludes the others still does while
 * the card loses its power.
 */
static void
conn_cold_reset(struct pcsc_conn *conn)
{
	if (conn->live)
		(void)SCardReconnect(conn->handle, SCARD_SHARE_SHARED,
		    PROTOCOLS, SCARD_UNPOWER_CARD, &conn->protocol);
}

/* Refused, or cut off?  Who is refused is still told of the readers. */
static LONG
refused(struct pcsc *pcsc)
{
	DWORD n = 0;
	LONG rv;

	rv = pcsc_established(SCardListReaders(pcsc->context, NULL, NULL,
	    &n));
	return pcsc_err(rv) == JPKI_ERR_NO_SERVICE ? rv :
	    SCARD_W_SECURITY_VIOLATION;
}

static LONG
conn_connect(struct pcsc *pcsc, struct pcsc_conn *conn, DWORD share)
{
	LONG rv;

	rv = pcsc_context_need(pcsc);
	/* Before: a card exchanged in between is taken for another later. */
	if (rv == SCARD_S_SUCCESS)
		rv = pcsc_events(pcsc, conn->name, &conn->events);
	if (rv != SCARD_S_SUCCESS)
		return rv;
	rv = SCardConnect(pcsc->context, conn->name, share, PROTOCOLS,
	    &conn->handle, &conn->protocol);
	if (rv == SCARD_W_SECURITY_VIOLATION)
		rv = refused(pcsc);
	conn->live = rv == SCARD_S_SUCCESS;
	conn->generation = pcsc->generation;
	conn->alone = conn->live && share == SCARD_SHARE_EXCLUSIVE;
	return rv;
}

/* Connect, with a fresh context if the service turns out to be a new one. */
static LONG
conn_establish(struct pcsc *pcsc, struct pcsc_conn *conn, DWORD share)
{
	LONG rv;

	rv = conn_connect(pcsc, conn, share);
	if (pcsc_err(rv) != JPKI_ERR_NO_SERVICE)
		return rv;
	pcsc_context_drop(pcsc);
	return conn_connect(pcsc, conn, share);
}

enum jpki_err
pcsc_link_connect(struct transport *t, const char *reader,
    struct transport_conn **out)
{
	struct pcsc_conn *conn;
	LONG rv;

	if (strlen(reader) >= sizeof(conn->name))
		return JPKI_ERR_NO_READER;
	conn = calloc(1, sizeof(*conn));
	if (conn == NULL)
		return JPKI_ERR_MEMORY;
	conn->base.transport = t;
	memcpy(conn->name, reader, strlen(reader));
	rv = conn_establish(pcsc_of(t), conn, SCARD_SHARE_SHARED);
	if (rv != SCARD_S_SUCCESS) {
		free(conn);
		return pcsc_err(rv);
	}
	*out = &conn->base;
	return JPKI_OK;
}

/* Has no card come or gone since the one that the connection is for? */
static LONG
conn_check(struct pcsc *pcsc, const struct pcsc_conn *conn)
{
	uint32_t events = 0;
	LONG rv;

	rv = pcsc_events(pcsc, conn->name, &events);
	if (rv == SCARD_S_SUCCESS && events != conn->events)
		rv = SCARD_W_REMOVED_CARD;
	return rv;
}

/*
 * Keep the handle, as a shared one, after a reset or after having been alone.
 * This also forgets what the service had to say of the card.
 */
static LONG
conn_keep(struct pcsc *pcsc, struct pcsc_conn *conn, DWORD how)
{
	LONG rv;

	rv = pcsc_established(SCardReconnect(conn->handle, SCARD_SHARE_SHARED,
	    PROTOCOLS, how, &conn->protocol));
	if (rv != SCARD_S_SUCCESS)
		return rv;
	conn->alone = false;
	rv = conn_check(pcsc, conn);
	if (rv != SCARD_S_SUCCESS)
		conn_drop(conn);
	return rv;
}

/*
 * One attempt to begin.  A failed exchange left the card in a state that
 * nobody knows: it is reset, which also tells the other programs, if that did
 * not come about when the transaction ended.
 */
static LONG
begin_once(struct pcsc *pcsc, struct pcsc_conn *conn)
{
	if (!conn->live || conn->generation != pcsc->generation)
		return SCARD_W_REMOVED_CARD;
	if (conn->doubtful)
		return SCARD_W_RESET_CARD;
	return pcsc_established(SCardBeginTransaction(conn->handle));
}

/*
 * The card was reset, or is now, by cutting its power: a warm reset would
 * leave a PIN verified (PROTOCOL, 11.4).  While we have it alone nobody else
 * resets it, so nobody is logged in any more when it is everybody's again.
 */
static LONG
conn_after_reset(struct pcsc *pcsc, struct pcsc_conn *conn)
{
	DWORD how = conn->doubtful ? SCARD_UNPOWER_CARD : SCARD_LEAVE_CARD;
	bool alone = conn->alone;
	LONG rv;

	rv = conn_keep(pcsc, conn, how);
	if (rv != SCARD_S_SUCCESS)
		return rv;	/* in doubt still, for the next attempt */
	conn->doubtful = false;
	/* Outside a transaction the mode goes and its lock stays. */
	if (alone)
		(void)SCardEndTransaction(conn->handle, SCARD_LEAVE_CARD);
	return rv;
}

/* Errors of begin that a new connection may cure. */
static bool
connection_lost(LONG rv)
{
	enum jpki_err err = pcsc_err(rv);

	return err == JPKI_ERR_REMOVED || err == JPKI_ERR_NO_SERVICE ||
	    err == JPKI_ERR_NO_READER || err == JPKI_ERR_NO_CARD;
}

/*
 * What begin said, cured as far as it can be: SUCCESS if begin is worth
 * another attempt.  A new connection is made once only; a card that is gone
 * is not worth another.
 */
static LONG
conn_heal(struct pcsc *pcsc, struct pcsc_conn *conn, LONG rv,
    enum transport_since *since)
{
	if (rv == SCARD_W_RESET_CARD) {
		if (*since == SINCE_NOTHING)
			*since = SINCE_RESET;
		rv = conn_after_reset(pcsc, conn);
	}
	if (!connection_lost(rv) || *since == SINCE_NEW)
		return rv;
	*since = SINCE_NEW;
	conn_drop(conn);
	return conn_establish(pcsc, conn, SCARD_SHARE_SHARED);
}

enum jpki_err
pcsc_link_begin(struct transport_conn *c, enum transport_since *since)
{
	enum transport_since happened = SINCE_NOTHING;
	struct pcsc *pcsc = pcsc_of(c->transport);
	struct pcsc_conn *conn = conn_of(c);
	LONG rv;

	*since = conn->untold;
	for (int round = 0; round < BEGIN_ROUNDS; round++) {
		rv = begin_once(pcsc, conn);
		if (rv == SCARD_S_SUCCESS) {
			conn->untold = SINCE_NOTHING;
			return JPKI_OK;
		}
		rv = conn_heal(pcsc, conn, rv, &happened);
		if (happened > conn->untold)
			conn->untold = happened;
		*since = conn->untold;
		if (rv != SCARD_S_SUCCESS)
			return pcsc_err(rv);
	}
	return JPKI_ERR_IO;	/* reset by somebody again and again */
}

/*
 * SCardReconnect would be the way, but with another program connected
 * libpcsclite repeats it until that one leaves, if it ever does.  A new
 * connection is refused at once.
 */
enum jpki_err
pcsc_link_claim(struct transport_conn *c, enum transport_since *since)
{
	struct pcsc *pcsc = pcsc_of(c->transport);
	struct pcsc_conn *conn = conn_of(c);
	unsigned generation = conn->generation;
	uint32_t events = conn->events;
	bool live = conn->live;
	LONG rv;

	conn_drop(conn);
	rv = conn_establish(pcsc, conn, SCARD_SHARE_EXCLUSIVE);
	/* If even that fails, begin tries again and says so. */
	if (rv != SCARD_S_SUCCESS)
		(void)conn_establish(pcsc, conn, SCARD_SHARE_SHARED);
	/* A service that was restarted counts anew. */
	*since = live && conn->generation == generation &&
	    conn->events == events &&
	    conn_check(pcsc, conn) == SCARD_S_SUCCESS ? SINCE_NOTHING :
	    SINCE_NEW;
	return pcsc_err(rv);
}

/*
 * Inside a transaction: outside of one pcscd (1.8.17 to 2.5 at least) leaves
 * the mode and keeps its lock.
 */
enum jpki_err
pcsc_link_release(struct transport_conn *c)
{
	struct pcsc *pcsc = pcsc_of(c->transport);
	struct pcsc_conn *conn = conn_of(c);
	LONG rv;

	if (!conn->live || conn->generation != pcsc->generation)
		return JPKI_ERR_REMOVED;
	rv = conn_keep(pcsc, conn, SCARD_LEAVE_CARD);
	conn->released = rv == SCARD_S_SUCCESS;
	return pcsc_err(rv);
}

/* What came of an exchange with the card: got bytes. */
static enum jpki_err
conn_answered(struct pcsc_conn *conn, LONG rv, DWORD got, size_t *n)
{
	/* Without a status word nobody knows either what the card did. */
	conn->doubtful = conn->doubtful || rv != SCARD_S_SUCCESS ||
	    got < TRANSPORT_ANSWER_MIN;
	/* Reset under our feet: the card's protocol is open again. */
	if (rv == SCARD_E_PROTO_MISMATCH)
		return JPKI_ERR_IO;
	if (rv != SCARD_S_SUCCESS)
		return pcsc_err(rv);
	*n = got;
	return JPKI_OK;
}

enum jpki_err
pcsc_link_transmit(struct transport_conn *c, struct slice command,
    uint8_t *answer, size_t *n)
{
	struct pcsc_conn *conn = conn_of(c);
	const SCARD_IO_REQUEST *pci = conn->protocol == SCARD_PROTOCOL_T0 ?
	    SCARD_PCI_T0 : SCARD_PCI_T1;
	DWORD got = (DWORD)*n;
	LONG rv;

	if (!conn->live)
		return JPKI_ERR_REMOVED;
	rv = pcsc_established(SCardTransmit(conn->handle, pci, command.p,
	    (DWORD)command.n, NULL, answer, &got));
	return conn_answered(conn, rv, got, n);
}

bool
pcsc_link_has_pad(struct transport_conn *c)
{
	const struct pcsc_conn *conn = conn_of(c);

	return conn->live && pcsc_pad_code(conn->handle) != 0;
}

enum jpki_err
pcsc_link_key_in(struct transport_conn *c, struct slice command,
    uint8_t *answer, size_t *n)
{
	struct pcsc_conn *conn = conn_of(c);
	DWORD got = (DWORD)*n, code;
	enum jpki_err err;
	LONG rv;

	if (!conn->live)
		return JPKI_ERR_REMOVED;
	code = pcsc_pad_code(conn->handle);
	if (code == 0)
		return JPKI_ERR_UNSUPPORTED;
	rv = pcsc_established(pcsc_pad_verify(conn->handle, code, command,
	    answer, &got));
	err = conn_answered(conn, rv, got, n);
	/* Whatever a driver means by these, the card may have acted. */
	return err == JPKI_ERR_CANCELLED || err == JPKI_ERR_TIMEOUT ?
	    JPKI_ERR_IO : err;
}

/*
 * pcscd counts wrong if a program connects at the very moment when another
 * takes the card for itself: then sharing it again does not unlock it.  One
 * end too many does, and means nothing otherwise.
 */
void
pcsc_link_end(struct transport_conn *c)
{
	struct pcsc_conn *conn = conn_of(c);
	LONG rv;

	if (!conn->live)
		return;
	rv = SCardEndTransaction(conn->handle, conn->doubtful ?
	    SCARD_UNPOWER_CARD : SCARD_LEAVE_CARD);
	/* Begin is told of the reset, as all are. */
	if (rv == SCARD_S_SUCCESS)
		conn->doubtful = false;
	if (conn->released)
		(void)SCardEndTransaction(conn->handle, SCARD_LEAVE_CARD);
	conn->released = false;
}

void
pcsc_link_disconnect(struct transport_conn *c, bool unpower)
{
	struct pcsc_conn *conn = conn_of(c);

	if (unpower)
		conn_cold_reset(conn);
	conn_drop(conn);
	free(conn);
}
