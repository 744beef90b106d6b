/* SPDX-License-Identifier: BSD-2-Clause */
/* The world of one worker: a card, its reader, pcscd; what happens to them. */
#ifndef WORLD_H
#define WORLD_H

#include <stdio.h>
#include <sys/types.h>

#include "matrix.h"

struct world {
	int		 control;	/* the socket of the virtual card */
	FILE		*answers;	/* from it */
	FILE		*log;		/* of the card's exchanges */
	char		*line;		/* the last answer */
	char		 failed[256];	/* the last request that did, and its answer */
	size_t		 room;
	pid_t		 client;	/* whose operation it is; 0: none */
	struct neighbour *neighbour;
};

/* From the environment that "jpki-vcard run" gives; false: there is none. */
bool	world_open(struct world *w);

/* A request; false if the answer is not ok. */
bool	world_ask(struct world *w, const char *format, ...)
	    __attribute__((format(printf, 2, 3)));

/*
 * pcscd is up: started again if it was stopped or ended by itself, which it
 * does now and then of a reader that talks nonsense.  Sets *started (may be
 * NULL) if it had to be.
 */
bool	world_serve(struct world *w, bool *started);
/* As if nothing had ever happened: card in, pcscd up, all tries. */
bool	world_renew(struct world *w);
/* The card is seen again after its reader lost it in the last attempt. */
bool	world_await_return(struct world *w);
/* The same of a reader that talked nonsense; *died as world_serve() has it. */
bool	world_recover(struct world *w, bool *died);

/* What the log says since the last call; a fault may be awaited. */
void	world_look(struct world *w, bool until_struck, struct seen *out);
/* Forget what it said so far. */
void	world_skip(struct world *w);
/* What the neighbour began is done. */
void	world_settle(struct world *w);
/* What the card says of its PINs. */
bool	world_pins(struct world *w, struct attempt *a);

/* What happens to the world while a command is held, or between two calls. */
act_fn	act_kill_service, act_stop_service, act_restart_service,
	act_neighbour_select, act_neighbour_waits, act_take, act_try_to_take,
	act_let_go, act_remove, act_away, act_reset, act_mute;

#endif
