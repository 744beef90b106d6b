/* SPDX-License-Identifier: BSD-2-Clause */
/* A virtual My Number Card: the program. */
#include <string.h>

#include "cli.h"
#include "jpki.h"

static const struct command commands[] = {
	{ "create", "DIR [OPTION...]",
	    "Make a new card in the folder DIR.", cmd_create },
	{ "serve", "DIR [OPTION...]",
	    "Put the card into a reader of pcscd's vpcd driver.", cmd_serve },
	{ "run", "[DIR] [OPTION...] -- COMMAND [ARGUMENT...]",
	    "Run a command with a reader, a card and a pcscd of its own.", cmd_run },
	{ "control", "SOCKET COMMAND [ARGUMENT...]",
	    "Move, reset, count and disturb a card that is being served.", cmd_control },
};

#define COMMANDS	(sizeof(commands) / sizeof(commands[0]))

static void
usage(FILE *out)
{
	size_t i;

	fprintf(out, "usage: jpki-vcard COMMAND ...\n"
	    "A virtual My Number Card.\n");
	for (i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-8s %s\n           %s\n", commands[i].name,
		    commands[i].synopsis, commands[i].text);
	fprintf(out, "  jpki-vcard COMMAND --help says more.\n"
	    "exit status: 0 done, 1 failed, 2 usage; run: that of COMMAND,\n"
	    "  128 + N if signal N ended it, 126 and 127 if it cannot be run\n");
}

int
main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return commands[i].run(&commands[i], argc - 2,
			    argv + 2);
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
		usage(stdout);
		return CLI_DONE;
	}
	if (strcmp(name, "--version") == 0) {
		printf("jpki-vcard %s\n", jpki_version());
		return CLI_DONE;
	}
	if (*name != '\0')
		fprintf(stderr, "jpki-vcard: no such command: %s\n", name);
	usage(stderr);
	return CLI_USAGE;
}
