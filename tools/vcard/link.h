/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What lies between a reader and the virtual card: the card being in or out,
 * faults and delays on the way, counters, and the log.  The vpcd client and
 * the in-process transport both drive a card through a link only.
 *
 * A link may be used by several threads at once; one of them, the reader,
 * transmits.
 */
#ifndef VCARD_LINK_H
#define VCARD_LINK_H

#include <stdio.h>

#include "vcard.h"

struct vlink;

enum vlink_result {
	VLINK_OK,
	VLINK_GONE,	/* the card is out, or left during the exchange; or it
			   has no power or is mute */
	VLINK_HANGUP,	/* a fault: the connection to the reader drops */
};

/* Takes the card over, inserted and without power; NULL: no memory. */
struct vlink	*vlink_new(struct vcard *card);
void		 vlink_free(struct vlink **link);
/* Not to be touched while another thread uses the link. */
struct vcard	*vlink_card(struct vlink *link);

/* What the card is called in the log; "card" until told. */
void		 vlink_name(struct vlink *link, const char *name);
/* Every exchange as a JSON line; PIN bytes masked.  NULL: none. */
void		 vlink_log_to(struct vlink *link, FILE *log);

void		 vlink_insert(struct vlink *link);
void		 vlink_remove(struct vlink *link);
bool		 vlink_present(const struct vlink *link);
/* Insertions and removals so far; 1 for a new link. */
uint32_t	 vlink_events(const struct vlink *link);
/* A mute card is in the reader but answers nothing. */
void		 vlink_set_mute(struct vlink *link, bool mute);
bool		 vlink_mute(const struct vlink *link);
/* fn is called, in any thread, after presence or muteness changed. */
void		 vlink_watch(struct vlink *link, void (*fn)(void *user),
		    void *user);

/* From the reader's side. */
void		 vlink_power_on(struct vlink *link);
void		 vlink_power_off(struct vlink *link);
void		 vlink_reset(struct vlink *link);
bool		 vlink_powered(const struct vlink *link);
/* 0 bytes if the card is out. */
size_t		 vlink_atr(const struct vlink *link,
		    uint8_t atr[VCARD_ATR_MAX]);
enum vlink_result vlink_transmit(struct vlink *link, const uint8_t *command,
		    size_t n, uint8_t *answer, size_t *answer_n);
/* By how many bytes the length of the last answer is to be misstated. */
long		 vlink_lie(const struct vlink *link);
/*
 * After how many bytes of the message that carries the last answer the
 * connection to the reader is to drop; -1: it is not.
 */
long		 vlink_tear(const struct vlink *link);
/* The connection to the reader is gone: what is held ends as hung up. */
void		 vlink_break(struct vlink *link);
/* fn tells, in the thread that transmits, whether that is so by now. */
void		 vlink_reader(struct vlink *link, bool (*gone)(void *user),
		    void *user);

/* As vcard_tries() and vcard_set_tries(), among threads. */
int		 vlink_tries(const struct vlink *link, const char *pin);
int		 vlink_set_tries(struct vlink *link, const char *pin,
		    int tries);

/* As vcard_pin_use(), and so on, among threads. */
int		 vlink_pin_use(const struct vlink *link, const char *pin,
		    struct vcard_pin_use *out);
unsigned long	 vlink_pin_astray(const struct vlink *link);
void		 vlink_pin_use_clear(struct vlink *link);
/*
 * As vcard_renew(); faults and counters go too, and what is held ends as hung
 * up.  Presence, muteness and power stay.
 */
int		 vlink_renew(struct vlink *link);

/*
 * The fault "hold" stops an exchange until vlink_resume(), or until the card
 * leaves or its reader is gone.
 */
struct vlink_hold {
	unsigned long	index;	/* of the command, from 1; 0: none is held */
	int		ins;	/* -1: too short to have one */
	bool		acted;	/* has the card seen it? */
};

struct vlink_hold vlink_held(const struct vlink *link);
/* Wait until an exchange is held; index 0 if the time was over first. */
struct vlink_hold vlink_await_held(struct vlink *link, int timeout_ms);
/* False: none was held. */
bool		 vlink_resume(struct vlink *link);

/*
 * Add a fault by its specification, "WHAT[=VALUE][@WHERE]"; fault.h has the
 * grammar.  -1 with one line in error.
 */
int		 vlink_fault(struct vlink *link, const char *spec,
		    char error[VCARD_ERROR_MAX]);
void		 vlink_faults_clear(struct vlink *link);

/* Counters since the link was made or they were cleared. */
struct vlink_count {
	unsigned long	commands;
	unsigned long	bytes_up;	/* to the card */
	unsigned long	bytes_down;	/* from the card, status included */
};

/* ins -1: all instructions together. */
struct vlink_count vlink_counters(const struct vlink *link, int ins);
void		 vlink_counters_clear(struct vlink *link);

#endif
