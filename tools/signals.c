/* SPDX-License-Identifier: BSD-2-Clause */
#include "signals.h"

#include <string.h>

static const int caught[SIGNALS_MAX] = {
	SIGINT, SIGHUP, SIGQUIT, SIGTERM, SIGTSTP,
};

/* The two things that a handler may touch. */
static volatile sig_atomic_t caught_signal;
static volatile pid_t asking;	/* the child, or 0 */

static void
note_signal(int signum)
{
	caught_signal = signum;
	if (asking > 0)
		(void)kill(asking, SIGTERM);
}

void
signals_catch(struct signals *s)
{
	struct sigaction	action;
	sigset_t		block;

	memset(&action, 0, sizeof action);
	action.sa_handler = note_signal;
	(void)sigemptyset(&action.sa_mask);
	(void)sigemptyset(&block);
	for (size_t i = 0; i < SIGNALS_MAX; i++)
		(void)sigaddset(&block, caught[i]);
	(void)sigprocmask(SIG_BLOCK, &block, &s->mask_before);
	caught_signal = 0;
	asking = 0;
	for (size_t i = 0; i < SIGNALS_MAX; i++) {
		(void)sigaction(caught[i], NULL, &s->action_before[i]);
		/* Started by nohup: then a hang-up does not end us either. */
		if (s->action_before[i].sa_handler != SIG_IGN)
			(void)sigaction(caught[i], &action, NULL);
	}
}

/* A child that is stopped goes on with us: that one is not caught. */
void
signals_pass_on(const struct signals *s, pid_t child)
{
	for (size_t i = 0; i < SIGNALS_MAX; i++)
		if (caught[i] == SIGTSTP)
			(void)sigaction(SIGTSTP, &s->action_before[i], NULL);
	asking = child;
	(void)sigprocmask(SIG_SETMASK, &s->mask_before, NULL);
}

void
signals_restore(const struct signals *s)
{
	asking = 0;
	for (size_t i = 0; i < SIGNALS_MAX; i++)
		(void)sigaction(caught[i], &s->action_before[i], NULL);
	(void)sigprocmask(SIG_SETMASK, &s->mask_before, NULL);
}

int
signals_caught(void)
{
	return caught_signal;
}
