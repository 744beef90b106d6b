/* SPDX-License-Identifier: BSD-2-Clause */
/* jpki-vcard serve: cards in the readers of a running pcscd. */
#define _GNU_SOURCE		/* signalfd */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli.h"
#include "language.h"
#include "serve.h"
#include "verror.h"

#define AT(member)	offsetof(struct station_options, member)

static int
set_port(void *options, const char *value, char error[VCARD_ERROR_MAX])
{
	struct station_options *o = options;
	char *end;
	long port;

	errno = 0;
	port = strtol(value, &end, 0);
	if (errno != 0 || *value == '\0' || *end != '\0' || port < 1 ||
	    port > 65535)
		return vcard_fail(error, "--port needs a number from 1 to "
		    "65535");
	o->port = (uint16_t)port;
	return 0;
}

static const struct option_row rows[] = {
	{ "port", "N", N_("of the vpcd driver (default 35963, its own)"), set_port, 0 },
	{ "host", "ADDRESS", N_("where it listens (default 127.0.0.1)"), NULL, AT(host) },
	{ "log", "FILE", N_("append every exchange as a line of JSON; PINs masked"), NULL, AT(log) },
	{ "control", "SOCKET", N_("listen for \"jpki-vcard control\""), NULL, AT(control) },
	{ "fault", "SPEC", N_("see below; may be repeated"), station_set_fault, 0 },
	{ "quirk", "NAME[=VALUE]", N_("see below; may be repeated"), station_set_quirk, 0 },
	{ "removed", NULL, N_("start with the card out of the reader"), station_set_removed, 0 },
	{ NULL, NULL, NULL, NULL, 0 },
};

static int
serve(const struct station_options *options)
{
	char error[VCARD_ERROR_MAX];
	struct station station;
	sigset_t ends;
	int fd;

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	if ((fd = signalfd(-1, &ends, SFD_CLOEXEC)) < 0)
		return cli_fail("cannot wait for signals");
	if (station_open(&station, options, NULL, error) != 0) {
		close(fd);
		return cli_fail(error);
	}
	fprintf(stderr, _("jpki-vcard: the card goes to a pcscd whose vpcd "
	    "driver listens at %s:%u, now or later\n"), options->host,
	    (unsigned)options->port);
	while (station_wait(&station, fd, -1) == STATION_NOTHING)
		;
	station_close(&station);
	close(fd);
	return CLI_DONE;
}

int
cmd_serve(const struct command *self, int argc, char **argv)
{
	struct station_options options = {
		.host = "127.0.0.1",
		.port = VPCD_PORT,
	};
	char error[VCARD_ERROR_MAX];
	struct arguments args;

	switch (options_parse(rows, &options, argc, argv, &args, error)) {
	case PARSED_HELP:
		options_help(stdout, self, rows);
		station_help(stdout);
		return CLI_DONE;
	case PARSED_BAD:
		return cli_usage(self, error);
	case PARSED_OK:
		break;
	}
	if (args.n != 1 || args.rest != NULL)
		return cli_usage(self, "one folder of a card is needed");
	options.dirs[options.dirs_n++] = args.operands[0];
	return serve(&options);
}
