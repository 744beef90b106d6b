/* SPDX-License-Identifier: BSD-2-Clause */
/* What link.c and exchange.c share: the state of a link. */
#ifndef VCARD_EXCHANGE_H
#define VCARD_EXCHANGE_H

#include <pthread.h>
#include <time.h>

#include "fault.h"
#include "link.h"

#define LINK_FAULTS_MAX	64
#define LINK_NAME_MAX	32
#define LINK_INS_COUNT	256

/* How a hold ends. */
enum hold_end {
	HOLD_RESUMED,
	HOLD_REMOVED,	/* the card left */
	HOLD_BROKEN,	/* the connection to the reader did */
};

struct vlink {
	struct vcard		*card;
	char			 name[LINK_NAME_MAX];
	FILE			*log;
	struct timespec		 start;

	pthread_mutex_t		 lock;		/* of all that follows */
	pthread_cond_t		 moved;		/* or held, or let go */
	bool			 present, mute;
	uint32_t		 events;
	void			(*watch)(void *);
	void			*watch_user;

	struct fault		 faults[LINK_FAULTS_MAX];
	size_t			 faults_n;
	struct vlink_count	 total, by_ins[LINK_INS_COUNT];
	uint32_t		 noise;		/* state of the generator */
	long			 lie, tear;

	struct vlink_hold	 held;
	unsigned long		 resumes, breaks;
	bool			(*gone)(void *);	/* is the reader? */
	void			*gone_user;
};

struct vlink *link_lock(const struct vlink *link);
void	link_unlock(struct vlink *link);

/* The link is locked in those of the next block. */
double	link_time(const struct vlink *link);
void	link_log_event(struct vlink *link, const char *event);
void	link_move(struct vlink *link, bool present);
struct timespec link_in_us(int64_t us);		/* of moved's clock */
/* Hold an exchange; events is the link's when it began. */
enum hold_end	link_hold(struct vlink *link, const struct vlink_hold *what,
	    uint32_t events);
/* The link is not locked. */
void	link_call_watch(struct vlink *link);

#endif
