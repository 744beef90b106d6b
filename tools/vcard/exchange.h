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

struct vlink {
	struct vcard		*card;
	char			 name[LINK_NAME_MAX];
	FILE			*log;
	struct timespec		 start;

	pthread_mutex_t		 lock;		/* of all that follows */
	pthread_cond_t		 moved;		/* presence changed */
	bool			 present, mute;
	uint32_t		 events;
	void			(*watch)(void *);
	void			*watch_user;

	struct fault		 faults[LINK_FAULTS_MAX];
	size_t			 faults_n;
	struct vlink_count	 total, by_ins[LINK_INS_COUNT];
	uint32_t		 noise;		/* state of the generator */
	long			 lie;
};

/* The link is locked in link_log_event() and link_move(). */
double	link_time(const struct vlink *link);
void	link_log_event(struct vlink *link, const char *event);
void	link_move(struct vlink *link, bool present);
/* The link is not locked. */
void	link_call_watch(struct vlink *link);

#endif
