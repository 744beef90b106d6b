/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attempts at an operation, in a process that may crash or hang: the worker
 * gives it a fixed time and goes on.
 */
#ifndef ATTEMPT_H
#define ATTEMPT_H

#include "world.h"

/* Where the module and the tool are, and where they work. */
struct bench {
	struct world	world;
	const char	*tool;		/* its path */
	void		*module;	/* the function list of PKCS #11 */
};

/* What is done besides while the operation runs. */
struct meanwhile {
	const struct fault_row *fault;	/* NULL: nothing */
	int	step;		/* before which call; -1: at a held command */
	bool	failed;		/* it could not be done */
};

/*
 * jpki-tool, once, from its start to its end.  now: the operation's current
 * PIN; next: what it is to be changed to.
 */
bool	tool_run(struct bench *b, const struct operation *op, const char *now,
	    const char *next, struct meanwhile *m, struct attempt *a);

/*
 * A program that has loaded the module.  It does the operation's first part
 * at client_start(), the operation itself at client_go(), as often as asked,
 * and what ends it at client_end().
 */
struct client_run;

bool	client_start(struct bench *b, const struct operation *op,
	    struct client_run **out, struct attempt *a);

enum client_way {
	CLIENT_FIRST,	/* the operation */
	CLIENT_SAME,	/* once more, with the handles that it has */
	CLIENT_FRESH,	/* from a new session on; the module stays as it is */
};

bool	client_go(struct bench *b, struct client_run *run,
	    enum client_way way, const char *now, const char *next,
	    struct meanwhile *m, struct attempt *a);
/* Also of one that hangs or is dead. */
void	client_end(struct client_run **run, struct attempt *a);

/* The module's function list, for steps; NULL and a line on stderr. */
void	*client_load(const char *path);

#endif
