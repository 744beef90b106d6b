/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals that would end or stop the program while it asks a person: they are
 * noted, and who asks obeys when the terminal is as it was.
 */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <signal.h>
#include <sys/types.h>

#define SIGNALS_MAX	5

struct signals {
	sigset_t		mask_before;
	struct sigaction	action_before[SIGNALS_MAX];
};

/* Catch them, and block them as well: none comes between a look and a wait. */
void	signals_catch(struct signals *s);
/* Let them come; each is passed on to the child that asks, for it to end. */
void	signals_pass_on(const struct signals *s, pid_t child);
/* As they were before. */
void	signals_restore(const struct signals *s);
/* The last one that came since signals_catch(), or 0. */
int	signals_caught(void);

#endif
