/* SPDX-License-Identifier: BSD-2-Clause */
/* The command of "run": a process that is made early and let go later. */
#ifndef VCARD_CHILD_H
#define VCARD_CHILD_H

#include <signal.h>
#include <sys/types.h>

#include "vcard.h"

struct child {
	pid_t	pid;
	int	go;		/* -1: let go, or never made */
	bool	ended;
	int	status;		/* of waitpid(), once it has ended */
};

/*
 * Fork; the child waits for child_go() before it becomes the command, with
 * the given signal mask, or ends if this process does.  The process has one
 * thread and the environment of the command.
 */
int	child_make(struct child *c, char *const argv[], const sigset_t *mask,
	    char error[VCARD_ERROR_MAX]);
void	child_go(struct child *c);

/* Collect processes that ended, pcscd's excepted. */
void	child_reap(struct child *c, pid_t except);

/* The exit code that stands for how it ended; 128 + N for signal N. */
int	child_code(const struct child *c);

/*
 * End whatever of our children is left, and theirs, which become ours one
 * after the other: by SIGTERM, then by SIGKILL.
 */
void	child_end_all(struct child *c, pid_t except);

#endif
