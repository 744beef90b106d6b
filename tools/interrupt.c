/* SPDX-License-Identifier: BSD-2-Clause */
#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

static const int stopping[] = { SIGINT, SIGTERM, SIGHUP };

#define STOPPING	(sizeof stopping / sizeof stopping[0])

/* The signal mask belongs to the whole program, and so do these. */
static sigset_t mask_before;
static unsigned depth;

static sigset_t
stopping_set(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < STOPPING; i++)
		(void)sigaddset(&set, stopping[i]);
	return set;
}

void
interrupt_hold(void)
{
	sigset_t set = stopping_set();

	if (depth++ == 0)
		(void)sigprocmask(SIG_BLOCK, &set, &mask_before);
}

void
interrupt_release(void)
{
	if (--depth == 0)
		(void)sigprocmask(SIG_SETMASK, &mask_before, NULL);
}

bool
interrupt_noted(void)
{
	sigset_t pending;

	if (sigpending(&pending) != 0)
		return false;
	for (size_t i = 0; i < STOPPING; i++)
		if (sigismember(&pending, stopping[i]) == 1)
			return true;
	return false;
}

void
interrupt_take(void)
{
	sigset_t	set = stopping_set();
	int		signum;

	(void)sigwait(&set, &signum);
}
