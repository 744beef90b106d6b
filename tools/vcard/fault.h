/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults: what can go wrong between a reader and a card, as one line of text.
 *
 *	WHAT[=VALUE][,before|,after][@WHERE][*COUNT]
 *
 * WHAT and its VALUE are rows of a table (fault_help() prints it).  "before"
 * and "after" say whether the card has acted when the fault comes; a fault
 * without a value takes them as its value: remove=after.
 *
 * WHERE is one of
 *	N		the Nth command, from 1, since the link was made or
 *			its counters were cleared
 *	ins=XX		every command of that instruction (hexadecimal)
 *	ins=XX#K	the Kth command of that instruction, counted likewise
 *	every		every command
 * Without WHERE a delay holds for every command, any other fault for the next
 * one.  COUNT bounds how often a fault strikes: by default once for N, #K and
 * the next command, else without bound.  Faults on one command add up, in
 * the order in which they were given.
 */
#ifndef VCARD_FAULT_H
#define VCARD_FAULT_H

#include <stdio.h>

#include "vcard.h"

#define FAULT_SPEC_MAX	64	/* bytes of a specification, NUL included */
#define FAULT_AID_MAX	16

enum fault_what {
	FAULT_REMOVE,
	FAULT_REMOVE_INSERT,
	FAULT_RESET,
	FAULT_HANGUP,
	FAULT_SW,
	FAULT_SHORT,
	FAULT_LONG,
	FAULT_EMPTY,
	FAULT_GARBAGE,
	FAULT_TRUNCATE_SW,
	FAULT_DELAY,
	FAULT_DELAY_BYTE,
	FAULT_DELAY_SIGN,
	FAULT_LIE_LENGTH,
	FAULT_HOLD,
	FAULT_SELECT,
	FAULT_TEAR,
	FAULT_WHAT_COUNT
};

/* When the fault comes, seen from the card. */
enum fault_when {
	FAULT_BEFORE,
	FAULT_AFTER,
};

struct fault {
	enum fault_what	 what;
	enum fault_when	 when;
	long		 value;
	uint8_t		 aid[FAULT_AID_MAX];	/* of FAULT_SELECT */
	size_t		 aid_n;			/* 0: the usual one */
	int		 ins;	/* only this instruction; -1: any */
	unsigned long	 nth;	/* only the nth, from 1; 0: any */
	unsigned long	 left;	/* how often it still strikes; 0: no bound */
	char		 spec[FAULT_SPEC_MAX];
};

/* Returns 0, or -1 with one line for a person in error. */
int	fault_parse(const char *spec, struct fault *out,
	    char error[VCARD_ERROR_MAX]);

/*
 * Does it strike the index-th command, which is the ins_index-th of
 * instruction ins?  Both count from 1.
 */
bool	fault_strikes(const struct fault *fault, unsigned long index, int ins,
	    unsigned long ins_index);

/* The table of WHAT and the grammar, for people. */
void	fault_help(FILE *out);

#endif
