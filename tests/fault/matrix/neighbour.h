/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Another program that uses the card, in a process of its own: a plain PC/SC
 * client that has nothing of the library's.
 */
#ifndef NEIGHBOUR_H
#define NEIGHBOUR_H

#include <stdbool.h>

enum neighbour_deed {
	NEIGHBOUR_SELECT = 's',	/* another application, in a transaction */
	NEIGHBOUR_TAKE = 't',	/* the reader, for itself alone */
	NEIGHBOUR_LEAVE = 'l',
};

struct neighbour;

struct neighbour *neighbour_new(void);
void		 neighbour_free(struct neighbour **neighbour);
/* False: the service, or another program, did not let it. */
bool		 neighbour_do(struct neighbour *n, enum neighbour_deed deed);
/* It begins, and may have to wait for its turn. */
bool		 neighbour_start(struct neighbour *n,
		    enum neighbour_deed deed);
/* Until it is done, if anything was begun. */
bool		 neighbour_finish(struct neighbour *n);

#endif
