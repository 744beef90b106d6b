/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The world of the targets that call whole programs in process: two readers,
 * virtual cards in memory, and a door that takes the place of PC/SC.  What
 * happens in it comes from the input: events, between two calls or before the
 * nth command, and answers that are not the card's.
 */
#ifndef CALLS_WORLD_H
#define CALLS_WORLD_H

#include "core.h"
#include "fuzz.h"
#include "link.h"
#include "virtual.h"
#include "vtransport.h"

#define READERS		2
#define READER_A	"Reader A"
#define READER_B	"Reader B"

struct world_reader {
	const char	*name;
	struct vlink	*link;
	struct vcard	*card;		/* the link's */
	bool		 plugged;
	bool		 exclusive, mute, unpowered;
};

/* What went through the door since world_count() was called. */
struct world_count {
	unsigned	commands;
	unsigned	verifies;	/* with a PIN */
	unsigned	changes;	/* of a PIN */
	bool		tries_set;	/* by an event */
	uint8_t		pin[VPIN_MAX];	/* of the last VERIFY */
	size_t		pin_n;
};

struct world {
	struct transport	*t;
	struct world_reader	 reader[READERS];
	bool			 running;	/* the service */
	bool			 faulty;	/* an answer was falsified */
	struct world_count	 count;
};

extern struct world world;

/*
 * Make it; what it is like is read from the back of the input, where 0 means
 * one adult's card in Reader A, and nothing that ever happens.
 */
void	world_begin(struct fuzz_in *in);
void	world_end(void);

/* An event, chosen and shaped by two bytes. */
void	world_event(uint8_t what, uint8_t how);
/* Did anything happen since it was asked last?  A set of 1 << reader. */
unsigned world_moved(void);
/* Is anything unusual going on there that lasts? */
bool	world_odd(unsigned reader);
void	world_count(void);

/* Is another program kept from connecting to the card? */
bool	world_held(unsigned reader);

/* The card's key of that token; NULL: there is none. */
EVP_PKEY *world_key(unsigned reader, bool sign);

#endif
