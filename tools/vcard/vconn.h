/* SPDX-License-Identifier: BSD-2-Clause */
/* What vtransport.c and vconn.c share: the state of the transport. */
#ifndef VCONN_H
#define VCONN_H

#include <pthread.h>

#include "vtransport.h"

#define DEFERRED_MAX	8
#define COMMAND_MAX	261	/* short command: header, Lc, 255 bytes, Le */

/* What another program wants to do once the transaction is over. */
struct deferred {
	bool		 is_reset;
	uint8_t		 command[COMMAND_MAX];
	size_t		 n;
};

struct vconn;

struct vreader {
	struct vreader	*next;
	char		 name[TRANSPORT_NAME_MAX];
	struct vlink	*link;
	bool		 exclusive;	/* held by another program */
	unsigned	 plugged;	/* which of this transport's it is */
	unsigned	 conns;		/* connections to it */
	struct vconn	*holder;	/* the one that has it alone */
	unsigned	 resets;	/* by other programs */
	struct vconn	*owner;		/* of the open transaction */
	bool		 busy;		/* another program is at work */
	struct deferred	 deferred[DEFERRED_MAX];
	size_t		 deferred_n;
};

struct vtransport {
	struct transport base;		/* first */
	pthread_mutex_t	 lock;		/* of all below, readers included */
	pthread_cond_t	 changed;
	struct vreader	*readers;
	bool		 running;
	unsigned	 epoch;		/* starts of the service */
	unsigned	 plugged;	/* readers so far */
	unsigned	 cancels;
	unsigned	 waiters;
	size_t		 open;
	unsigned long	 transmissions;
	void		(*on_transmit)(void *, unsigned long);
	void		*on_transmit_user;
};

struct vconn {
	struct transport_conn base;	/* first */
	char		 reader[TRANSPORT_NAME_MAX];
	unsigned	 epoch, plugged, resets;
	uint32_t	 events;
	bool		 counted;	/* among its reader's conns */
	bool		 broken;	/* the connection dropped */
	bool		 doubtful;	/* an exchange failed */
	bool		 in_transaction;
	uint8_t		 answer[VCARD_ANSWER_MAX];
};

struct vtransport *vt_of(struct transport *t);
/* All below with the lock held. */
struct vreader	*vt_find_reader(struct vtransport *vt, const char *name);
/* Another programs' turn, then the next transaction's; unlocks in between. */
void		 vt_release(struct vtransport *vt, struct vreader *r);

/* The part of the table that is about connections. */
enum jpki_err	 vconn_connect(struct transport *t, const char *reader,
		    struct transport_conn **out);
enum jpki_err	 vconn_begin(struct transport_conn *conn,
		    enum transport_since *since);
enum jpki_err	 vconn_claim(struct transport_conn *conn,
		    enum transport_since *since);
enum jpki_err	 vconn_release(struct transport_conn *conn);
enum jpki_err	 vconn_transmit(struct transport_conn *conn,
		    struct slice command, uint8_t *answer, size_t *n);
void		 vconn_end(struct transport_conn *conn);
void		 vconn_disconnect(struct transport_conn *conn, bool unpower);

#endif
