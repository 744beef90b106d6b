/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * secrets_scan PINS PLACE...: where the PINs in the file PINS stand.  A PLACE
 * is the number of a process, of which every mapping, the environment and the
 * command line are looked at, or a file with a '/' in its name.  For each
 * finding a line:
 *
 *	FORM CHARACTERS NUMBER-OF-THE-PIN locked|open PLACE
 *
 * "locked" is memory that is kept out of the swap and out of core dumps.
 *
 * secrets_scan --absent N PLACE...: N numbers of four digits, a line each,
 * that stand nowhere there.
 *
 * The exit status is 1 if a place cannot be read, whatever is found.
 */
#include "secrets_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct secrets secrets;

static void
print(void *user, const struct finding *finding, const struct place *place)
{
	(void)user;
	printf("%s %zu %zu %s %s\n", finding->form, finding->characters,
	    finding->which + 1, place->locked ? "locked" : "open",
	    place->name);
}

static void
count(void *user, const struct finding *finding, const struct place *place)
{
	size_t *n = user;

	(void)finding;
	(void)place;
	++*n;
}

static bool
scan(const char *place, found_fn *fn, void *user)
{
	if (strchr(place, '/') != NULL)
		return file_scan(place, &secrets, fn, user);
	return memory_scan((pid_t)strtol(place, NULL, 10), EVERYTHING,
	    &secrets, fn, user);
}

/* From 7000 on, since the numbers of years and pages are small. */
static bool
absent(size_t wanted, char **places)
{
	for (unsigned number = 7001; wanted > 0 && number < 10000;
	    number += 17) {
		char text[8];
		size_t n = 0;

		(void)snprintf(text, sizeof(text), "%04u", number);
		if (!secrets_of(text, &secrets))
			return false;
		for (char **place = places; *place != NULL; place++)
			if (!scan(*place, count, &n))
				return false;
		if (n > 0)
			continue;
		puts(text);
		wanted--;
	}
	return wanted == 0;
}

int
main(int argc, char **argv)
{
	if (argc > 3 && strcmp(argv[1], "--absent") == 0)
		return absent(strtoul(argv[2], NULL, 10), argv + 3) ? 0 : 1;
	if (argc < 3) {
		fputs("usage: secrets_scan PINS PLACE...\n", stderr);
		return 2;
	}
	if (!secrets_read(argv[1], &secrets))
		return 1;
	for (int i = 2; i < argc; i++)
		if (!scan(argv[i], print, NULL))
			return 1;
	return 0;
}
