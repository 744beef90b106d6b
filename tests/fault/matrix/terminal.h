/* SPDX-License-Identifier: BSD-2-Clause */
/* A terminal at which somebody sits and types PINs when asked. */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

struct terminal {
	int		 master, slave;		/* -1: none */
	const char	*now, *next;	/* the first answer; the others */
	char		 shown[2048];
	size_t		 n;
	unsigned	 answered;
};

bool	terminal_open(struct terminal *t, const char *now, const char *next);
void	terminal_close(struct terminal *t);
/* In the program's process: it is its controlling terminal. */
bool	terminal_own(const struct terminal *t);
/* Read what was shown; is there a question without an answer? */
bool	terminal_asks(struct terminal *t);
void	terminal_answer(struct terminal *t);

#endif
