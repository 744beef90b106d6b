/* SPDX-License-Identifier: BSD-2-Clause */
/* What has to hold after an attempt. */
#ifndef JUDGE_H
#define JUDGE_H

#include "matrix.h"

/* An operation that nothing disturbed. */
struct baseline {
	struct attempt	attempt;
	unsigned	commands;	/* places of faults at commands */
	unsigned	steps;		/* and at calls */
};

/* What is known when an attempt is judged. */
struct case_ {
	const struct operation	*op;
	const struct fault_row	*fault;		/* NULL: it is over */
	const struct baseline	*base;
	const struct pin_state	*before;	/* of all PINs */
	const struct attempt	*attempt;
	unsigned		 place;
	const char		*now, *next;	/* the PINs that were given */
};

/* Where certificates are, to verify signatures with. */
bool	judge_open(const char *card_folder);

/* While the fault struck. */
void	judge_first(const struct case_ *c, struct complaint *out);
/* With the handles that the program had: whatever is documented. */
void	judge_same(const struct case_ *c, struct complaint *out);
/* The fault is over: it has to succeed. */
void	judge_success(const struct case_ *c, struct complaint *out);

/*
 * Has the card said in so many words that it is none of ours, or something
 * wrong of itself that made sense?  That lasts until it is put in anew
 * (jpki-pkcs11(7), TOKENS).
 */
bool	judge_refused(const struct case_ *c);

/* "exit 3", "C_Login CKR_DEVICE_ERROR": the end of an attempt. */
void	judge_outcome(const struct attempt *a, enum part part, char *out,
	    size_t room);

/*
 * Is the end of a first attempt one that is documented?  The rows are in
 * allowed.c.
 */
bool	allowed(const struct case_ *c);
bool	allowed_same(const struct case_ *c);

#endif
