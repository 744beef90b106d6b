/* SPDX-License-Identifier: BSD-2-Clause */
#include "confine.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "language.h"

/* By which signal a child ended, and what that says of the document. */
static const struct end {
	int		 signum;
	enum exit_code	 code;
	const char	*words;
} ends[] = {
	{ SIGXCPU, EXIT_FAILED, N_("it takes more computing than a document of "
	    "its size may; do not trust it") },
	{ SIGBUS, EXIT_FAILED, N_("it was cut short while it was read; try again "
	    "when nothing writes to it") },
	{ SIGINT, EXIT_CANCELLED, N_("cancelled; nothing can be said of it") },
	{ SIGTERM, EXIT_CANCELLED, N_("cancelled; nothing can be said of it") },
	{ SIGHUP, EXIT_CANCELLED, N_("cancelled; nothing can be said of it") },
	{ 0, EXIT_FAILED, N_("reading it takes more memory than there is, or "
	    "fails altogether; do not trust it") },
};

static enum exit_code
judge(const char *name, int status)
{
	const struct end *end = ends;

	if (WIFEXITED(status))
		return (enum exit_code)WEXITSTATUS(status);
	while (end->signum != 0 && end->signum != WTERMSIG(status))
		end++;
	return fail(end->code, "%s: %s", name, language_of(end->words));
}

/*
 * Memory that is in use already.  It is next to nothing, but for a program
 * that was built with a sanitizer.  0 if it cannot be told.
 */
static rlim_t
memory_used(void)
{
	unsigned long	 pages = 0;
	FILE		*f = fopen("/proc/self/statm", "re");

	if (f != NULL) {
		/* The sixth of its numbers: data and stack. */
		if (fscanf(f, "%*s %*s %*s %*s %*s %lu", &pages) != 1)
			pages = 0;
		(void)fclose(f);
	}
	return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static void
set_limit(int what, rlim_t soft, rlim_t hard)
{
	struct rlimit limit;

	if (getrlimit(what, &limit) != 0)
		return;
	limit.rlim_cur = soft < limit.rlim_cur ? soft : limit.rlim_cur;
	limit.rlim_max = hard < limit.rlim_max ? hard : limit.rlim_max;
	(void)setrlimit(what, &limit);
}

static void
set_limits(size_t bytes)
{
	rlim_t memory = memory_used() + CONFINE_MEMORY +
	    CONFINE_MEMORY_TIMES * (rlim_t)bytes;
	rlim_t seconds = CONFINE_SECONDS + bytes / CONFINE_BYTES_A_SECOND;

#ifdef __linux__
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
	(void)signal(SIGXCPU, SIG_DFL);
	/* Of Linux's limits the one that leaves out files that are mapped. */
	set_limit(RLIMIT_DATA, memory, memory);
	set_limit(RLIMIT_CPU, seconds, seconds + 1);
	set_limit(RLIMIT_CORE, 0, 0);
}

bool
confine_begin(const char *name, size_t bytes, enum exit_code *code)
{
	pid_t	child;
	int	status = SIGKILL;	/* the worst, unless it is told */

	/* If it was ignored by who started us, nobody could be waited for. */
	(void)signal(SIGCHLD, SIG_DFL);
	child = fork();
	*code = EXIT_DONE;
	if (child == 0) {
		set_limits(bytes);
		return true;
	}
	if (child < 0) {
		*code = fail(EXIT_FAILED, "no process can be started to read "
		    "%s: %s; close other programs", name, strerror(errno));
		return false;
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	*code = judge(name, status);
	return false;
}
