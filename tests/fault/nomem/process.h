/* SPDX-License-Identifier: BSD-2-Clause */
/* A process whose allocations fail as they are told to. */
#ifndef PROCESS_H
#define PROCESS_H

#include <stddef.h>

#include "shim.h"

#define PROCESS_TEXT_MAX	16384

struct process {
	int	status;			/* of waitpid() */
	bool	hung;			/* and was killed */
	char	out[PROCESS_TEXT_MAX];	/* what it wrote, NUL behind it */
	char	err[PROCESS_TEXT_MAX];
	size_t	out_n, err_n;
};

/* The shared file, in the current folder; NULL, and a line on stderr. */
struct nomem	*nomem_attach(void);

/* False, and a line on stderr, if it cannot be started. */
bool		 process_run(char *const argv[], const char *shim,
    struct process *out);

#endif
