/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors become one line for a person and an exit code, by table. */
#ifndef FAIL_H
#define FAIL_H

#include "jpki.h"

enum exit_code {
	EXIT_DONE,
	EXIT_FAILED,
	EXIT_USAGE,
	EXIT_NO_CARD,		/* no reader, no JPKI card, or its link broke */
	EXIT_PIN_WRONG,		/* or it cannot be right, and was not sent */
	EXIT_PIN_LOCKED,	/* or one try is left, and was not used */
	EXIT_CANCELLED,
	EXIT_RENEWAL,		/* a certificate ends soon, or has ended */
};

#ifdef __GNUC__
#define FAIL_PRINTF(f, a)	__attribute__((format(printf, f, a)))
#else
#define FAIL_PRINTF(f, a)
#endif

struct tool;

/* One line on standard error, in the user's language; returns the code. */
enum exit_code	fail(enum exit_code code, const char *fmt, ...)
		    FAIL_PRINTF(2, 3);
void		warning(const char *fmt, ...) FAIL_PRINTF(1, 2);

/* The table: what happened, what to do next, and the exit code. */
enum exit_code	fail_err(const struct tool *t, enum jpki_err err);

/* The same for what went wrong with a PIN; tries_left -1 is not known. */
enum exit_code	fail_pin(const struct tool *t, enum jpki_pin pin,
		    enum jpki_err err, int tries_left);

/* A file or stream that failed, with errno. */
enum exit_code	fail_read(const char *path, int errnum);
enum exit_code	fail_read_pin(const char *path, int errnum);
enum exit_code	fail_write(const char *path, int errnum);

#endif
