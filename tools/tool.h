/* SPDX-License-Identifier: BSD-2-Clause */
/* What one run of jpki-tool carries from the command line to its verb. */
#ifndef TOOL_H
#define TOOL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "fail.h"
#include "jpki.h"
#include "options.h"

struct tool {
	const struct options	*opt;
	struct jpki_ctx		*ctx;
	struct jpki_card	*card;		/* NULL unless open */
	/* What is printed, kept in memory until the verb has succeeded. */
	FILE			*out;
	char			*out_text;
	size_t			 out_size;
	int64_t			 now;		/* seconds since 1970 UTC */
	bool			 held;		/* Ctrl-C, until the card is closed */
	/* What was printed is the answer, though the answer is no. */
	bool			 answered;
	/* What the card has done for good, whatever fails now; or NULL. */
	const char		*done;
	jpki_log_fn		*listener;	/* see tool_listen(), or NULL */
	void			*listener_user;
};

/* A verb: operands stand in t->opt->operand[1] and behind. */
typedef enum exit_code verb_fn(struct tool *t);

verb_fn	cmd_attributes;
verb_fn	cmd_mynumber;
verb_fn	cmd_readers;
verb_fn	cmd_status;
verb_fn	cmd_cert;
verb_fn	cmd_pin;
verb_fn	cmd_sign;
verb_fn	cmd_ssh_key;
verb_fn	cmd_verify;
verb_fn	cmd_wait;
verb_fn	cmd_completion;
verb_fn	cmd_doctor;
verb_fn	cmd_browser;

/*
 * Have every line of the library's log heard, whatever -v shows of it; with
 * NULL, no more.
 */
void		tool_listen(struct tool *t, jpki_log_fn *listener, void *user);

/*
 * Open the card of -r, or the first one found; reports errors.  It comes back
 * inside a transaction: see jpki_card_open().
 */
enum exit_code	tool_card_open(struct tool *t);

/*
 * From here to tool_card_close() Ctrl-C and Ctrl-Z are only noted: a program
 * that ends or sleeps leaves the PIN verified on the card, for others to use.
 */
void		tool_hold(struct tool *t);

/*
 * As soon as no command follows; logs out.  Fine if none is open.  Returns the
 * code, or EXIT_CANCELLED after reporting: Ctrl-C was noted, and nothing is
 * done for good.
 */
enum exit_code	tool_card_close(struct tool *t, enum exit_code code);

/*
 * Write what the verb printed to a file, instead of standard output.  Reports
 * errors.  secret: readable for the owner only.
 */
enum exit_code	tool_write_out(struct tool *t, const char *path, bool secret);

/*
 * Does this error concern one file or PIN of the card only?  Then the rest of
 * the card is still worth asking.
 */
bool		tool_err_is_local(enum jpki_err err);

#endif
