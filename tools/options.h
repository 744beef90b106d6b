/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line: options are rows, and stand before or behind operands. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "fail.h"

enum option_id {
	OPT_READER,
	OPT_VERBOSE,
	OPT_JSON,
	OPT_HELP,
	OPT_VERSION,
	OPT_ALL,
	OPT_LOGIN,
	OPT_TEXT,
	OPT_PEM,
	OPT_DER,
	OPT_KEY,
	OPT_HASH,
	OPT_OUTPUT,
	OPT_SUFFIX,
	OPT_FORCE,
	OPT_TIMEOUT,
	OPT_PIN_FD,
	OPT_PIN_FILE,
	OPT_NEW_PIN_FD,
	OPT_NEW_PIN_FILE,
	OPT_PINENTRY,
	OPT_PIN_PAD,
	OPT_LAST_TRY,
	OPT_FORMAT,
	OPT_CONTENT,
	OPT_CA,
	OPT_CERT,
	OPT_DETACHED,
	OPT_ADD,
	OPT_ID,
	OPT_INTO,
	OPT_ENVELOPING,
	OPT_EXCLUSIVE,
	OPT_XADES,
	OPT_PROFILE,
	OPT_NAME,
	OPT_REASON,
	OPT_LOCATION,
	OPT_VISIBLE,
	OPT_TIMESTAMP,
	OPT_YES,
	OPT_JOBS,
	OPT_MODULE,
	OPT_REPORT,
	OPT_MAY_HANDLE,
	OPT_WARN_DAYS,
	OPT_COUNT
};

struct option_row {
	char		 letter;	/* 0: none */
	const char	*name;
	const char	*arg;		/* NULL: takes none */
	const char	*text;
	bool		 repeat;
	const char	*words;		/* to choose from, parted by |; or NULL */
};

#define OPT(name)	(UINT64_C(1) << OPT_##name)

/* What every command takes, and what those take that may send a PIN. */
#define OPTS_GLOBAL	(OPT(READER) | OPT(VERBOSE) | OPT(JSON) | OPT(HELP) | \
			    OPT(VERSION))
#define OPTS_PIN	(OPT(PIN_FD) | OPT(PIN_FILE) | OPT(PINENTRY) | \
			    OPT(PIN_PAD) | OPT(LAST_TRY))
#define OPTS_NEW_PIN	(OPT(NEW_PIN_FD) | OPT(NEW_PIN_FILE))

#define OPTIONS_LIST_MAX	256

struct options {
	unsigned	  seen[OPT_COUNT];	/* how often it was given */
	const char	 *value[OPT_COUNT];	/* of those that take one; the last */
	struct {
		enum option_id	 id;
		const char	*value;
	}		  list[OPTIONS_LIST_MAX]; /* of all that may be repeated */
	size_t		  list_n;
	char		**operand;		/* NULL behind the last */
	int		  operands;
};

/*
 * Sort argv[1..] into options and operands; argv is reordered.  Reports what
 * is wrong: EXIT_DONE or EXIT_USAGE.
 */
enum exit_code	 options_parse(int argc, char **argv, struct options *out);

/* Reports the first option given that is not in the set allowed. */
enum exit_code	 options_allow(const struct options *opt, uint64_t allowed,
		    const char *command);

/* The name of the first option of the set that was given, or NULL. */
const char	*options_first(const struct options *opt, uint64_t set);

/* Reports two options of the set given together. */
enum exit_code	 options_exclude(const struct options *opt, uint64_t set);

/* The n-th value, from 0, of an option that may be repeated; NULL: no more. */
const char	*options_nth(const struct options *opt, enum option_id id,
		    size_t n);

/* What it is with a verb; NULL: with most of them. */
const struct option_row *options_row(enum option_id id, const char *verb);

/* A line for each option of the set. */
void		 options_describe(FILE *f, uint64_t set, const char *verb);

/*
 * A whole number from 0 to max, digits only; -1 after reporting, for id
 * must have been given.
 */
int		 options_number(const struct options *opt, enum option_id id,
		    int max);

#endif
