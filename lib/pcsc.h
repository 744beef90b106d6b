/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the transport over PC/SC share; theirs alone. */
#ifndef PCSC_H
#define PCSC_H

#include <pthread.h>
#include <winscard.h>
#include <reader.h>

#include "transport.h"

struct pcsc {
	struct transport	 base;
	SCARDCONTEXT		 context;
	bool			 have_context;
	unsigned		 generation;

	pthread_mutex_t		 lock;		/* of what follows */
	pthread_cond_t		 idle;
	SCARDCONTEXT		 waiter;
	bool			 waiting, have_waiter, cancelled;
};

/*
 * pcsc.c
 */
struct pcsc	*pcsc_of(struct transport *t);
enum jpki_err	 pcsc_err(LONG rv);
/* What the service says to who has a context: it cannot be a refusal. */
LONG		 pcsc_established(LONG rv);
/* A context of the service, made if there is none. */
LONG		 pcsc_context_need(struct pcsc *pcsc);
void		 pcsc_context_drop(struct pcsc *pcsc);
/* Insertions and removals that a reader has seen; there is a context. */
LONG		 pcsc_events(struct pcsc *pcsc, const char *reader,
		    uint32_t *events);

/*
 * pcsc_link.c: the part of the table that is about connections.
 */
enum jpki_err	 pcsc_link_connect(struct transport *t, const char *reader,
		    struct transport_conn **out);
enum jpki_err	 pcsc_link_begin(struct transport_conn *c,
		    enum transport_since *since);
enum jpki_err	 pcsc_link_claim(struct transport_conn *c,
		    enum transport_since *since);
enum jpki_err	 pcsc_link_release(struct transport_conn *c);
enum jpki_err	 pcsc_link_transmit(struct transport_conn *c,
		    struct slice command, uint8_t *answer, size_t *n);
bool		 pcsc_link_has_pad(struct transport_conn *c);
enum jpki_err	 pcsc_link_key_in(struct transport_conn *c,
		    struct slice command, uint8_t *answer, size_t *n);
void		 pcsc_link_end(struct transport_conn *c);
void		 pcsc_link_disconnect(struct transport_conn *c, bool unpower);

/*
 * pcsc_pad.c: the keys of a reader.
 */
/* The control code that has a PIN keyed in; 0: it has no keys. */
DWORD		 pcsc_pad_code(SCARDHANDLE handle);
/* As transport_ops.key_in; *n is the room on entry. */
LONG		 pcsc_pad_verify(SCARDHANDLE handle, DWORD code,
		    struct slice command, uint8_t *answer, DWORD *n);

#endif
