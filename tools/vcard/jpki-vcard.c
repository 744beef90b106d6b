/* SPDX-License-Identifier: BSD-2-Clause */
/* A virtual My Number Card: the program. */
#include <string.h>

#include "cli.h"
#include "jpki.h"
#include "language.h"

static const struct command commands[] = {
	{ "create", "DIR [OPTION...]",
	    N_("Make a new card in the folder DIR."), cmd_create },
	{ "serve", "DIR [OPTION...]",
	    N_("Put the card into a reader of pcscd's vpcd driver."), cmd_serve },
	{ "run", "[DIR] [OPTION...] -- COMMAND [ARGUMENT...]",
	    N_("Run a command with a reader, a card and a pcscd of its own."), cmd_run },
	{ "control", "SOCKET COMMAND [ARGUMENT...]",
	    N_("Move, reset, count and disturb a card that is being served."), cmd_control },
};

#define COMMANDS	(sizeof(commands) / sizeof(commands[0]))

static void
usage(FILE *out)
{
	size_t i;

	fputs(_("usage: jpki-vcard COMMAND ...\n"
	    "A virtual My Number Card.\n"), out);
	for (i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-8s %s\n           %s\n", commands[i].name,
		    commands[i].synopsis, language_of(commands[i].text));
	fputs(_("  jpki-vcard COMMAND --help says more.\n"
	    "exit status: 0 done, 1 failed, 2 usage; run: that of COMMAND,\n"
	    "  128 + N if signal N ended it, 126 and 127 if it cannot be run\n"),
	    out);
}

int
main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	size_t i;

	language_begin();
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
		fprintf(stderr, _("jpki-vcard: no such command: %s\n"),
		    name);
	usage(stderr);
	return CLI_USAGE;
}
