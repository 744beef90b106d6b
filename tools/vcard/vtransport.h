/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lib/transport.h without a PC/SC service: readers with names, each with a
 * link to a virtual card, in this process.  A test makes it, gives it to the
 * library, and then plays the rest of the world: vlink_insert() and
 * vlink_remove() move the card, and the functions below are the service, the
 * bus and other programs.  They may be called from any thread.
 */
#ifndef VTRANSPORT_H
#define VTRANSPORT_H

#include "link.h"
#include "transport.h"

/* A running service without readers. */
enum jpki_err	vtransport_new(struct transport **out);

/* The link is borrowed, has one reader, and is freed after the transport. */
enum jpki_err	vtransport_add(struct transport *t, const char *reader,
		    struct vlink *link);
/* Unplug a reader. */
void		vtransport_unplug(struct transport *t, const char *reader);

/* Stop the service, or start it again: then every connection is stale. */
void		vtransport_service(struct transport *t, bool running);

/* Another program takes, or releases, the card for itself alone. */
void		vtransport_exclusive(struct transport *t, const char *reader,
		    bool held);

/*
 * Another program, sharing the card, resets it or sends a command.  While a
 * transaction is open these have to wait for its end, as in life; false says
 * that they do.
 */
bool		vtransport_reset(struct transport *t, const char *reader);
bool		vtransport_foreign(struct transport *t, const char *reader,
		    const uint8_t *command, size_t n);
bool		vtransport_foreign_select(struct transport *t,
		    const char *reader, const uint8_t *aid, size_t n);

/*
 * fn is called before each transmission, as is its index from 1 on; it may
 * call all of the above.  NULL: none.
 */
void		vtransport_on_transmit(struct transport *t,
		    void (*fn)(void *user, unsigned long index), void *user);

/* Block until some thread waits in the transport's wait(). */
void		vtransport_await_waiter(struct transport *t);
/* Connections that are open. */
size_t		vtransport_open_count(struct transport *t);

#endif
