/* SPDX-License-Identifier: BSD-2-Clause */
/* What pcscd shows: its readers, what is in them, and a look at JPKI cards. */
#ifndef SURVEY_H
#define SURVEY_H

#include "look.h"
#include "patience.h"

struct card_seen {
	char		reader[256];
	uint8_t		atr[33];
	size_t		atr_len;
	enum jpki_err	err;		/* of opening it; OK: it is JPKI */
	enum jpki_err	look_err;	/* of looking at it */
	struct look	look;
};

struct survey {
	enum jpki_err	 err;		/* of asking pcscd for its readers */
	struct card_seen *cards;	/* one a reader, also without a card */
	size_t		 n;
};

/* How long it takes, and what is asked beside what status asks. */
struct survey_more {
	const struct patience *patience;
	/* The reader of that number, from 0, is looked at next; or NULL. */
	void		(*begin)(void *user, size_t reader);
	/* More to be asked of a JPKI card, inside its transaction. */
	enum jpki_err	(*ask)(void *user, struct tool *t,
			    struct card_seen *seen);
	void		*user;
};

/*
 * Look at every reader, or at that of -r.  What does not answer is part of the
 * result.  Errors: MEMORY, and NO_READER if none has
 * the name of -r.
 */
enum jpki_err	 survey_take(struct tool *t, const struct survey_more *more,
		    struct survey *out);
void		 survey_free(struct survey *survey);

#endif
