/* SPDX-License-Identifier: BSD-2-Clause */
#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

static const int stopping[] = { SIGINT, SIGTERM, SIGHUP };
static const int sleeping[] = { SIGTSTP, SIGTTIN, SIGTTOU };

#define STOPPING	(sizeof stopping / sizeof stopping[0])
#define SLEEPING	(sizeof sleeping / sizeof sleeping[0])

/* The signal mask belongs to the whole program, and so do these. */
static sigset_t mask_before;
static unsigned depth;

static sigset_t
set_of(const int *signals, size_t count)
{
	sigset_t set;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < count; i++)
		(void)sigaddset(&set, signals[i]);
	return set;
}

void
interrupt_hold(void)
{
	sigset_t set = set_of(stopping, STOPPING);

	if (depth++ == 0)
		(void)sigprocmask(SIG_BLOCK, &set, &mask_before);
}

void
interrupt_hold_awake(void)
{
	sigset_t set = set_of(sleeping, SLEEPING);

	interrupt_hold();
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
}

void
interrupt_release(void)
{
	if (--depth == 0)
		(void)sigprocmask(SIG_SETMASK, &mask_before, NULL);
}

void
interrupt_hold_quit(void)
{
	static const int quit = SIGQUIT;
	sigset_t set = set_of(&quit, 1);

	(void)sigprocmask(SIG_BLOCK, &set, NULL);
}

bool
interrupt_release_quit(void)
{
	static const int quit = SIGQUIT;
	sigset_t set = set_of(&quit, 1), pending;
	int signum;
	bool came;

	came = sigpending(&pending) == 0 && sigismember(&pending, SIGQUIT) == 1;
	if (came)
		(void)sigwait(&set, &signum);
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
	return came;
}

/* Started by nohup, or behind: then the program is not to end by it. */
static bool
is_ignored(int signum)
{
	struct sigaction action;

	return sigaction(signum, NULL, &action) == 0 &&
	    action.sa_handler == SIG_IGN;
}

/* While blocked, a signal is pending even if it is ignored. */
bool
interrupt_noted(void)
{
	sigset_t pending;

	if (sigpending(&pending) != 0)
		return false;
	for (size_t i = 0; i < STOPPING; i++)
		if (sigismember(&pending, stopping[i]) == 1 &&
		    !is_ignored(stopping[i]))
			return true;
	return false;
}

void
interrupt_drop(void)
{
	while (interrupt_noted())
		(void)interrupt_take();
}

bool
interrupt_take(void)
{
	sigset_t	set = set_of(stopping, STOPPING);
	int		signum;

	(void)sigwait(&set, &signum);
	return !is_ignored(signum);
}
