/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * jpki-conformance: does a PKCS #11 module with a sign-only token keep to the
 * standard?  Any module: it is loaded by its file's name, and the results
 * come out as TAP.  Section numbers are those of the PKCS #11 Base
 * Specification 3.0 (OASIS, 2020), and with "mech" in front those of its
 * Current Mechanisms.
 */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

static const struct {
	const char	*name;
	void		(*run)(void);
} groups[] = {
	{ "general", run_general },
	{ "calls", run_calls },
	{ "null", run_null },
	{ "interfaces", run_interfaces },
	{ "slots", run_slots },
	{ "mechanisms", run_mechanisms },
	{ "sessions", run_sessions },
	{ "logins", run_logins },
	{ "objects", run_objects },
	{ "attributes", run_attributes },
	{ "buffers", run_buffers },
	{ "searches", run_searches },
	{ "signatures", run_signatures },
	{ "sign-states", run_sign_states },
	{ "verifications", run_verifications },
	{ "digests", run_digests },
	{ "threads", run_threads },
	{ "forks", run_forks },
	{ "pins", run_pins },
};

static const char usage_text[] =
"Usage: jpki-conformance [OPTION]... MODULE\n"
"Checks a PKCS #11 module against the standard and prints TAP.\n"
"\n"
"  --label LABEL    the token with this label\n"
"  --slot N         the Nth slot that has a token, from 0; the default is 0\n"
"  --pin-file FILE  the user's PIN; - is standard input\n"
"  --pin-fd N       the same, from an open descriptor\n"
"  --pin PIN        the same; others can see it: for virtual cards only\n"
"  --destructive    also what costs a try, changes the PIN and back, and asks\n"
"                   for objects to be destroyed in read-only sessions\n"
"  --strict         also what the standard leaves open and clients rely on;\n"
"                   unsupported functions say first what is wrong with a call\n"
"  --only GROUP     one group of checks\n"
"  --help           this text\n";

static void
fail(const char *what, const char *name)
{
	(void)fprintf(stderr, "jpki-conformance: %s%s\n", what, name);
	exit(2);
}

static CK_ULONG
number(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*text == '\0' || *end != '\0')
		fail("not a number: ", text);
	return n;
}

static void
pin_take(const unsigned char *pin, size_t n)
{
	while (n > 0 && (pin[n - 1] == '\n' || pin[n - 1] == '\r'))
		n--;
	if (n == 0 || n > sizeof(target.pin))
		fail("a PIN has 1 to 64 bytes", "");
	memcpy(target.pin, pin, n);
	target.pin_n = n;
}

static void
pin_read(int fd)
{
	unsigned char buf[sizeof(target.pin) + 2];
	size_t n = 0;
	ssize_t got;

	while (n < sizeof(buf) &&
	    (got = read(fd, buf + n, sizeof(buf) - n)) > 0)
		n += (size_t)got;
	pin_take(buf, n);
}

static void
pin_file(const char *name)
{
	int fd;

	if (strcmp(name, "-") == 0) {
		pin_read(STDIN_FILENO);
		return;
	}
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fail("cannot open ", name);
	pin_read(fd);
	(void)close(fd);
}

enum choice { LABEL = 1, SLOT, PIN, PIN_FILE, PIN_FD, FORCE, STRICTLY,
	ONLY, HELP };

static const struct option options[] = {
	{ "label", required_argument, NULL, LABEL },
	{ "slot", required_argument, NULL, SLOT },
	{ "pin", required_argument, NULL, PIN },
	{ "pin-file", required_argument, NULL, PIN_FILE },
	{ "pin-fd", required_argument, NULL, PIN_FD },
	{ "destructive", no_argument, NULL, FORCE },
	{ "strict", no_argument, NULL, STRICTLY },
	{ "only", required_argument, NULL, ONLY },
	{ "help", no_argument, NULL, HELP },
	{ NULL, 0, NULL, 0 },
};

static const char *only;

static void
take(int option)
{
	switch (option) {
	case LABEL:
		target.label = optarg;
		break;
	case SLOT:
		target.index = number(optarg);
		break;
	case PIN:
		pin_take((const unsigned char *)optarg, strlen(optarg));
		break;
	case PIN_FILE:
		pin_file(optarg);
		break;
	case PIN_FD:
		pin_read((int)number(optarg));
		break;
	case FORCE:
		check_destructive = true;
		break;
	case STRICTLY:
		check_strict = true;
		break;
	case ONLY:
		only = optarg;
		break;
	case HELP:
		(void)fputs(usage_text, stdout);
		exit(0);
	default:
		(void)fputs(usage_text, stderr);
		exit(2);
	}
}

int
main(int argc, char **argv)
{
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		take(option);
	if (optind + 1 != argc)
		take('?');
	if (target.pin_n == 0)
		fail("no PIN: say --pin-file, --pin-fd or --pin", "");
	/* dlopen searches its path for a name without a slash. */
	target.module = argv[optind];
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (only == NULL || strcmp(only, groups[i].name) == 0)
			groups[i].run();
	return check_end();
}
