/* SPDX-License-Identifier: BSD-2-Clause */
/* jpki-vcard control: one command to a card that is being served. */
#include "cli.h"
#include "control.h"

static const struct option_row rows[] = {
	{ NULL, NULL, NULL, NULL, 0 },
};

int
cmd_control(const struct command *self, int argc, char **argv)
{
	char error[VCARD_ERROR_MAX];
	struct arguments args;
	int rc;

	switch (options_parse(rows, NULL, argc, argv, &args, error)) {
	case PARSED_HELP:
		options_help(stdout, self, rows);
		control_help(stdout);
		return CLI_DONE;
	case PARSED_BAD:
		return cli_usage(self, error);
	case PARSED_OK:
		break;
	}
	if (args.n < 2 || args.rest != NULL)
		return cli_usage(self, "a socket and a command are needed");
	rc = control_ask(args.operands[0], args.operands + 1, args.n - 1,
	    stdout, error);
	if (rc < 0)
		return cli_fail(error);
	return rc == 1 ? CLI_DONE : CLI_FAILED;
}
