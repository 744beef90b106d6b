/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ctrl-C at a bad moment: while a file is put in place, or while a PIN is
 * verified on the card, the wish to stop is noted and obeyed a little later.
 * SIGINT, SIGTERM and SIGHUP; SIGQUIT stays the way out of a hanging card.
 * Ctrl-Z is another wish: a program that sleeps goes on later.
 */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <stdbool.h>

/* These nest; at the last release, what was noted acts. */
void	interrupt_hold(void);
/* Also what makes a program sleep: then it would keep the card for itself. */
void	interrupt_hold_awake(void);
void	interrupt_release(void);
/*
 * While a reader waits for keys not even SIGQUIT ends the program: the PIN that
 * is keyed in afterwards would stay verified.  True: it came, and was taken.
 */
void	interrupt_hold_quit(void);
bool	interrupt_release_quit(void);
/* Was a wish to end noted?  Only while held. */
bool	interrupt_noted(void);
/* Forget it, for it was obeyed or came too late; only while held. */
void	interrupt_drop(void);
/*
 * Block until a signal comes, and take it; only while held.  False if it is no
 * wish to end: one that this program was told to ignore, as by nohup.
 */
bool	interrupt_take(void);

#endif
