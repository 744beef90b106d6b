/* SPDX-License-Identifier: BSD-2-Clause */
/* jpki-vcard create: personalise a new card. */
#include <stddef.h>

#include "cli.h"
#include "language.h"

struct create_options {
	const char		*profile;
	struct vcard_person	 person;
	struct vcard_pins	 pins;
};

#define AT(member)	offsetof(struct create_options, member)

static const struct option_row rows[] = {
	{ "profile", "NAME", N_("see below (default adult)"), NULL, AT(profile) },
	{ "name", "TEXT", N_("the holder's name; U+3000 between the two names"), NULL, AT(person.name) },
	{ "address", "TEXT", N_("the holder's address"), NULL, AT(person.address) },
	{ "birth", "YYYY-MM-DD", N_("the holder's date of birth"), NULL, AT(person.birth) },
	{ "sex", "SEX", N_("male, female, unknown"), NULL, AT(person.sex) },
	{ "number", "DIGITS", N_("My Number, with a wrong check digit"), NULL, AT(person.number) },
	{ "pin-auth", "PIN", N_("user authentication (default 1234)"), NULL, AT(pins.auth) },
	{ "pin-sign", "PIN", N_("signature (default ABC123)"), NULL, AT(pins.sign) },
	{ "pin-input", "PIN", N_("surface input assistance (default 1234)"), NULL, AT(pins.input) },
	{ "pin-registration", "PIN", N_("resident register (default 1234)"), NULL, AT(pins.registration) },
	{ NULL, NULL, NULL, NULL, 0 },
};

static void
help(const struct command *self)
{
	const char *name;
	size_t i;

	options_help(stdout, self, rows);
	fputs(_("\nProfiles:\n"), stdout);
	for (i = 0; (name = vcard_profile_name(i)) != NULL; i++)
		printf("  %-19s %s\n", name,
		    language_of(vcard_profile_text(i)));
	fputs(_("\nThe PINs of a virtual card protect nobody: never give it the "
	    "ones of a real card.\n"), stdout);
}

int
cmd_create(const struct command *self, int argc, char **argv)
{
	struct create_options o = { .profile = "adult" };
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
	if (args.n != 1 || args.rest != NULL)
		return cli_usage(self, "one folder is needed");
	if (vcard_create(args.operands[0], o.profile, &o.person, &o.pins,
	    error) != 0)
		return cli_fail(error);
	return CLI_DONE;
}
