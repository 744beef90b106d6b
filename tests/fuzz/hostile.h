/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A world in which nothing can be trusted: readers that come and go, and a
 * card whose answers are a virtual card's, but for what the back of the input
 * does to them.  It takes the place of lib/pcsc.c: every context of the
 * program leads into the one world.
 *
 * The world also watches.  Whatever is sent has to keep the laws of PIN
 * safety (HACKING), judged by the answers as the program got them:
 *
 *	a command goes out in a transaction only, and is a short one;
 *	VERIFY goes out at most once for what a user asked, with the PIN
 *	that the user gave, right behind SELECT application, SELECT PIN file
 *	and the retry query, which neither said locked nor, without leave,
 *	one try left;
 *	CHANGE goes out at most once, right behind a VERIFY that succeeded,
 *	with the new PIN;
 *	no other command holds a PIN;
 *	one call of the program sends a bounded number of commands.
 */
#ifndef HOSTILE_H
#define HOSTILE_H

#include "fuzz.h"
#include "transport.h"

#define HOSTILE_READER	"Reader A"	/* has the card */
#define HOSTILE_OTHER	"Reader B"	/* sometimes there, and empty */

#define HOSTILE_COMMANDS_MAX	4608	/* of one call, which may read two
					   certificates, each twice */

/* PINs of the card, by the library's number; NULL: the fuzzer knows none. */
const char	*hostile_pin(enum jpki_pin pin);

/*
 * A new world.  Its nature is read from the back of *in at once, what it does
 * later as it does it.  *in has to outlive the world.
 */
void		 hostile_begin(struct fuzz_in *in);
/* Law: all connections and transports have been given back. */
void		 hostile_end(void);

/* Nothing goes wrong while it is calm, and nothing is read from the input. */
void		 hostile_calm(bool calm);

/* A transport into the world.  transport_pcsc_new() gives the same. */
enum jpki_err	 hostile_transport_new(struct transport **out);

/* What is done to the world from outside. */
void		 hostile_insert(void);
void		 hostile_remove(void);
void		 hostile_reset(void);		/* by another program */
void		 hostile_select(void);		/* another application, too */
void		 hostile_plug_other(bool there);

/*
 * What the program is about to do for its user, and that it is over.  pin and
 * new_pin are what the user gives, NULL if nothing; they are copied.
 */
struct hostile_call {
	enum jpki_pin	 which;
	struct slice	 pin, new_pin;
	bool		 last_try;	/* the user allows it */
};

/* call NULL: no PIN is given. */
void		 hostile_call_begin(const struct hostile_call *call);
void		 hostile_call_end(void);

/*
 * How often a transaction's begin said that the card was reset or may be
 * another: what was verified before does not count any more (P7).
 */
unsigned	 hostile_losses(void);

/* Commands in this call so far; VERIFYs and CHANGEs with data, too. */
unsigned	 hostile_commands(void);
unsigned	 hostile_verifies(void);
unsigned	 hostile_changes(void);

/*
 * A line of the program's log, at any level.  Law: it tells no PIN that the
 * user gave in this call or, of which it could be an echo, in any before.
 */
void		 hostile_log(const char *line);

#endif
