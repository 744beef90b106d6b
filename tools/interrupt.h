/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ctrl-C at a bad moment: while a file is put in place, or while a PIN is
 * verified on the card, the wish to stop is noted and obeyed a little later.
 * SIGINT, SIGTERM and SIGHUP; SIGQUIT stays the way out of a hanging card.
 */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <stdbool.h>

/* These nest; at the last release, what was noted acts. */
void	interrupt_hold(void);
void	interrupt_release(void);
/* Was one noted?  Only while held. */
bool	interrupt_noted(void);
/* Block until one is noted, and take it; only while held. */
void	interrupt_take(void);

#endif
