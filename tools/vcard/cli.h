/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands and options of jpki-vcard as tables, and what reads them. */
#ifndef VCARD_CLI_H
#define VCARD_CLI_H

#include <stdio.h>

#include "vcard.h"

/* Exit codes. */
#define CLI_DONE	0
#define CLI_FAILED	1
#define CLI_USAGE	2

struct command {
	const char	*name;
	const char	*synopsis;	/* behind the name */
	const char	*text;		/* one line, marked N_() */
	int		(*run)(const struct command *self, int argc,
			    char **argv);
};

typedef int cli_run(const struct command *self, int argc, char **argv);

/* Each in its cmd_*.c; argv begins behind the name.  Return exit codes. */
cli_run	cmd_create, cmd_serve, cmd_run, cmd_control;

/*
 * An option is --NAME, --NAME VALUE or --NAME=VALUE.  Its value goes to set(),
 * which returns -1 with one line in error, or, if set is NULL, into the
 * const char * at that offset of the options.
 */
struct option_row {
	const char	*name;
	const char	*arg;		/* of its value; NULL: takes none */
	const char	*text;		/* marked N_() */
	int		(*set)(void *options, const char *value,
			    char error[VCARD_ERROR_MAX]);
	size_t		 offset;
};

struct arguments {
	char	**operands;	/* between and behind options */
	size_t	  n;
	char	**rest;		/* behind "--"; NULL: no "--" */
};

enum parsed {
	PARSED_OK,
	PARSED_HELP,		/* -h or --help */
	PARSED_BAD,		/* one line in error */
};

/* Reorders argv, whose last element is NULL.  A row without name ends rows. */
enum parsed	options_parse(const struct option_row *rows, void *options,
		    int argc, char **argv, struct arguments *out,
		    char error[VCARD_ERROR_MAX]);
void		options_help(FILE *out, const struct command *command,
		    const struct option_row *rows);

/* One line on stderr, translated; return CLI_FAILED and CLI_USAGE. */
int		cli_fail(const char *message);
int		cli_usage(const struct command *command, const char *message);

#endif
