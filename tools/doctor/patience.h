/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A look at cards that waits for no other program without end.  Who opens a
 * card waits until another program has ended its transaction, and pcscd knows
 * no limit for that.  So a child process does the work; if it waits too long
 * it is ended, and another one begins, which leaves that card alone.  It is
 * never ended when it has the card itself: pcscd resets a card whose holder
 * dies, and that would end the login of somebody else.
 */
#ifndef PATIENCE_H
#define PATIENCE_H

#include "tool.h"

#define PATIENCE_SECONDS	10	/* for one card to be opened */
#define PATIENCE_READERS	16	/* pcscd has no more */
#define PATIENCE_NAME		256	/* of a reader */

struct patience {
	int	tell;			/* the parent, by a pipe */
	char	held[PATIENCE_READERS][PATIENCE_NAME];
	size_t	n;
};

/*
 * As fork(): the work is done by who gets true, and ends with its exit code.
 * Who gets false has waited for that; *code is what it was, and what became of
 * a child that did not come to its end is reported.  *p begins as zeros.  To
 * be called while there is one thread, and no link to pcscd.
 */
bool	patience_begin(struct tool *t, struct patience *p,
	    enum exit_code *code);

/* For the child: is this a reader whose card was waited for in vain? */
bool	patience_lost(const struct patience *p, const char *reader);

/* For the child: from begin to end it may have to wait for this reader. */
void	patience_wait_begin(const struct patience *p, const char *reader);
void	patience_wait_end(const struct patience *p);

/*
 * For the child, as a jpki_log_fn with the patience as user: a command that
 * goes out to a card tells that the wait for it is over.
 */
void	patience_hear(void *user, enum jpki_log_level level,
	    const char *line);

#endif
