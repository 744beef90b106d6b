/* SPDX-License-Identifier: BSD-2-Clause */
/* jpki-vcard run: a reader, a card and a pcscd for one command. */
#include <stddef.h>

#include "cli.h"
#include "language.h"
#include "verror.h"
#include "world.h"

#define AT(member)	offsetof(struct world_options, member)

static int
add_dir(struct station_options *o, const char *dir,
    char error[VCARD_ERROR_MAX])
{
	if (o->dirs_n == STATION_CARDS_MAX)
		return vcard_fail(error, "at most %d cards", STATION_CARDS_MAX);
	o->dirs[o->dirs_n++] = dir;
	return 0;
}

struct run_options {
	struct world_options	 world;		/* first */
	struct station_options	 more;		/* its dirs: --card */
};

static int
set_card(void *options, const char *value, char error[VCARD_ERROR_MAX])
{
	struct run_options *o = options;

	return add_dir(&o->more, value, error);
}

static int
set_fault(void *options, const char *value, char error[VCARD_ERROR_MAX])
{
	struct run_options *o = options;

	return station_set_fault(&o->world.station, value, error);
}

static int
set_quirk(void *options, const char *value, char error[VCARD_ERROR_MAX])
{
	struct run_options *o = options;

	return station_set_quirk(&o->world.station, value, error);
}

static int
set_no_card(void *options, const char *value, char error[VCARD_ERROR_MAX])
{
	struct run_options *o = options;

	return station_set_removed(&o->world.station, value, error);
}

static int
set_no_reader(void *options, const char *value, char error[VCARD_ERROR_MAX])
{
	struct run_options *o = options;

	(void)value;
	(void)error;
	o->world.no_reader = true;
	return 0;
}

static const struct option_row rows[] = {
	{ "profile", "NAME", N_("of the card that is made without DIR (adult)"), NULL, AT(profile) },
	{ "log", "FILE", N_("append every exchange as a line of JSON; PINs masked"), NULL, AT(station.log) },
	{ "control", "SOCKET", N_("where to listen for \"jpki-vcard control\""), NULL, AT(station.control) },
	{ "fault", "SPEC", N_("see below; may be repeated"), set_fault, 0 },
	{ "quirk", "NAME[=VALUE]", N_("see below; may be repeated"), set_quirk, 0 },
	{ "card", "DIR2", N_("one more card in one more reader; may be repeated"), set_card, 0 },
	{ "no-card", NULL, N_("start with the cards out of the readers"), set_no_card, 0 },
	{ "no-reader", NULL, N_("a pcscd without any reader"), set_no_reader, 0 },
	{ NULL, NULL, NULL, NULL, 0 },
};

static void
help(const struct command *self)
{
	options_help(stdout, self, rows);
	fputs(_("\nThe command finds JPKI_VCARD_CONTROL, JPKI_VCARD_LOG and "
	    "JPKI_VCARD_DIR in its\nenvironment.  When it ends, all that it "
	    "has started ends, and nothing is left.\n"), stdout);
	station_help(stdout);
}

/* The card of DIR, or the one that is made, is the first. */
static int
collect_cards(struct run_options *o, const struct arguments *args,
    char error[VCARD_ERROR_MAX])
{
	struct station_options *s = &o->world.station;
	size_t i;

	if (args->n > 1 || (args->n == 0 && o->more.dirs_n > 0))
		return vcard_fail(error, args->n > 1 ?
		    _("one folder only; further cards come by --card") :
		    _("--card needs a first card, DIR"));
	if (o->world.no_reader && args->n > 0)
		return vcard_fail(error, "--no-reader leaves no place for a "
		    "card");
	if (args->n == 1)
		s->dirs[s->dirs_n++] = args->operands[0];	/* the first */
	for (i = 0; i < o->more.dirs_n; i++)
		if (add_dir(s, o->more.dirs[i], error) != 0)
			return -1;
	return 0;
}

int
cmd_run(const struct command *self, int argc, char **argv)
{
	struct run_options o = {
		.world = {
			.profile = "adult",
			.station = { .host = "127.0.0.1", .port = VPCD_PORT },
		},
	};
	char error[VCARD_ERROR_MAX];
	struct arguments args;

	switch (options_parse(rows, &o, argc, argv, &args, error)) {
	case PARSED_HELP:
		help(self);
		return CLI_DONE;
	case PARSED_BAD:
		return cli_usage(self, error);
	case PARSED_OK:
		break;
	}
	if (args.rest == NULL || args.rest[0] == NULL)
		return cli_usage(self, "the command stands behind --");
	if (collect_cards(&o, &args, error) != 0)
		return cli_usage(self, error);
	return world_run(&o.world, args.rest);
}
