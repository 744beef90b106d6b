/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A transport whose behaviour is a transcript: rows of what the library has
 * to do next and of what it then gets.  Whatever differs from the script, is
 * not in it, or is left over, fails the test and shows the row.
 *
 * What a row expects:
 *	"connect NAME" "begin" "end" "disconnect" "unpower" "wait" "claim"
 *	"release"
 *	or a command as hex text; blanks are free, <NAME> stands for named
 *	bytes, and a final * for bytes that the row does not care for.
 *	"keyed " and such a command: its data is keyed in at the reader.
 * What the library gets:
 *	"!NAME"		that error, such as !REMOVED; no answer
 *	hex text	of a command, the status word last; <NAME> as above,
 *			<NAME:FROM+N> a part; #N claims N bytes whatever came
 *	"reset" "new"	of begin: what happened since the last transaction;
 *			of claim "new"
 *	"in N" "out N"	of wait: what the reader of that index now shows
 *	""		nothing worth telling: success
 *
 * A command or release outside a transaction, a claim or begin inside one, and
 * a command on a closed connection fail the test by themselves.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include "transport.h"

#define SCRIPT_READERS	4
#define SCRIPT_NAMES	8

struct row {
	const char	*does;
	const char	*gets;
	const char	*note;		/* for the reader; may be NULL */
};

struct script {
	struct transport	 base;
	struct row		*rows;
	size_t			 count, at;
	/* What list answers; a test writes here as it likes. */
	struct transport_reader	 readers[SCRIPT_READERS];
	size_t			 reader_count;
	enum jpki_err		 list_err;
	bool			 pad;		/* the readers have keys */
	/* What was seen. */
	size_t			 commands, lists, cancels;
	int			 timeout_ms;	/* of the last wait */
	unsigned		 connections;	/* open ones */
	bool			 freed;		/* the context let go of it */
	/* Called before each row is followed; may be NULL. */
	void			(*watch)(void *user, const struct row *row);
	void			*watch_user;
	struct {
		const char	*name;
		struct slice	 bytes;
	} names[SCRIPT_NAMES];
};

/* Two readers, "Reader A" with a card and "Reader B" without; no rows. */
struct script	*script_new(void);
void		 script_free(struct script **script);

/* Rows to follow those that are there; the texts are not copied. */
void		 script_add(struct script *script, const struct row *rows,
    size_t n);
/* What <NAME> means from now on; the bytes are not copied. */
void		 script_name(struct script *script, const char *name,
    struct slice bytes);
/* Fails the test if rows are left over or a connection is open. */
void		 script_done(struct script *script);

#endif
