/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <string.h>

#include "language.h"
#include "verror.h"

static const struct option_row *
find_option(const struct option_row *rows, const char *name, size_t n)
{
	for (; rows->name != NULL; rows++)
		if (strlen(rows->name) == n &&
		    strncmp(rows->name, name, n) == 0)
			return rows;
	return NULL;
}

static int
store(const struct option_row *row, void *options, const char *value,
    char error[VCARD_ERROR_MAX])
{
	if (row->set != NULL)
		return row->set(options, value, error);
	memcpy((char *)options + row->offset, &value, sizeof(value));
	return 0;
}

/* One option; *used is how many elements of argv it took. */
static int
parse_option(const struct option_row *rows, void *options, char **argv,
    int *used, char error[VCARD_ERROR_MAX])
{
	const char *name = argv[0] + 2, *value = strchr(name, '=');
	size_t n = value != NULL ? (size_t)(value - name) : strlen(name);
	const struct option_row *row = find_option(rows, name, n);

	*used = 1;
	if (row == NULL || strncmp(argv[0], "--", 2) != 0)
		return vcard_fail(error, "no such option: %s", argv[0]);
	if (value != NULL)
		value++;
	if (row->arg == NULL && value != NULL)
		return vcard_fail(error, "--%s takes no value", row->name);
	if (row->arg != NULL && value == NULL) {
		value = argv[1];
		*used = 2;
	}
	if (row->arg != NULL && value == NULL)
		return vcard_fail(error, "--%s needs %s", row->name, row->arg);
	return store(row, options, value, error);
}

enum parsed
options_parse(const struct option_row *rows, void *options, int argc,
    char **argv, struct arguments *out, char error[VCARD_ERROR_MAX])
{
	int i, used;

	out->operands = argv;
	out->n = 0;
	out->rest = NULL;
	for (i = 0; i < argc; i += used) {
		used = 1;
		if (strcmp(argv[i], "--") == 0) {
			out->rest = argv + i + 1;
			break;
		}
		if (strcmp(argv[i], "-h") == 0 ||
		    strcmp(argv[i], "--help") == 0)
			return PARSED_HELP;
		if (argv[i][0] != '-' || argv[i][1] == '\0')
			out->operands[out->n++] = argv[i];
		else if (parse_option(rows, options, argv + i, &used,
		    error) != 0)
			return PARSED_BAD;
	}
	return PARSED_OK;
}

void
options_help(FILE *out, const struct command *command,
    const struct option_row *rows)
{
	fprintf(out, _("usage: jpki-vcard %s %s\n%s\n"), command->name,
	    command->synopsis, language_of(command->text));
	for (; rows->name != NULL; rows++)
		fprintf(out, "  --%s%s%-*s %s\n", rows->name,
		    rows->arg != NULL ? " " : "",
		    20 - (int)strlen(rows->name) -
		    (rows->arg != NULL ? 1 : 0),
		    rows->arg != NULL ? rows->arg : "",
		    language_of(rows->text));
}

int
cli_fail(const char *message)
{
	fprintf(stderr, "jpki-vcard: %s\n", language_of(message));
	return CLI_FAILED;
}

int
cli_usage(const struct command *command, const char *message)
{
	fprintf(stderr, _("jpki-vcard: %s; usage: jpki-vcard %s %s\n"),
	    language_of(message), command->name, command->synopsis);
	return CLI_USAGE;
}
