/* SPDX-License-Identifier: BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L	/* strtok_r */
#include "store_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verror.h"

#define VERSION		"1"
#define LINE_MAX_BYTES	128
#define WORDS		4
#define BLANKS		" \t\r"

bool
state_print(const struct vcard *card, struct wbuf *out)
{
	char line[LINE_MAX_BYTES];
	int n;

	n = snprintf(line, sizeof(line),
	    "# A virtual My Number Card.  The PINs below are plain text.\n"
	    "version " VERSION "\nprofile %s\n", card->profile->name);
	wbuf_put(out, line, (size_t)n);
	for (unsigned i = 0; i < VPIN_COUNT; i++) {
		const struct vpin_state *pin = &card->pins[i];

		if (!pin->exists)
			continue;
		n = snprintf(line, sizeof(line), "pin %s %d %s\n",
		    layout_pins[i].name, pin->tries,
		    pin->set ? pin->value : "-");
		wbuf_put(out, line, (size_t)n);
	}
	return !out->overflow;
}

/* A line's words; the count, at most WORDS. */
static size_t
split(char *line, char *words[WORDS])
{
	char *rest = NULL;
	size_t n = 0;

	for (char *w = strtok_r(line, BLANKS, &rest);
	    w != NULL && n < WORDS; w = strtok_r(NULL, BLANKS, &rest))
		words[n++] = w;
	return n;
}

static bool
parse_pin(struct vcard *card, char *words[WORDS], size_t n)
{
	struct vpin_state *pin;
	enum vpin which;
	char *end;
	long tries;

	if (card == NULL || n != 4)
		return false;
	which = layout_find_pin(words[1]);
	tries = strtol(words[2], &end, 10);
	if (which == VPIN_COUNT || *end != '\0' || end == words[2] ||
	    tries < 0 || tries > layout_pins[which].tries ||
	    strlen(words[3]) > VPIN_MAX)
		return false;
	pin = &card->pins[which];
	pin->exists = true;
	pin->tries = (int)tries;
	pin->set = strcmp(words[3], "-") != 0;
	if (pin->set)
		memcpy(pin->value, words[3], strlen(words[3]) + 1);
	return true;
}

static bool
parse_line(char *line, struct vcard **card)
{
	const struct profile *profile;
	char *words[WORDS];
	size_t n;

	n = split(line, words);
	if (n == 0 || words[0][0] == '#')
		return true;
	if (n == 2 && strcmp(words[0], "version") == 0)
		return strcmp(words[1], VERSION) == 0;
	if (strcmp(words[0], "pin") == 0)
		return parse_pin(*card, words, n);
	if (n != 2 || strcmp(words[0], "profile") != 0 || *card != NULL)
		return false;
	profile = profile_find(words[1]);
	if (profile == NULL)
		return false;
	*card = core_new(profile);
	return *card != NULL;
}

int
state_parse(char *text, struct vcard **out, char error[VCARD_ERROR_MAX])
{
	struct vcard *card = NULL;
	int line = 1;

	for (char *next; text != NULL; text = next, line++) {
		next = strchr(text, '\n');
		if (next != NULL)
			*next++ = '\0';
		if (parse_line(text, &card))
			continue;
		vcard_free(&card);
		return vcard_fail(error, "line %d of the card's state makes no "
		    "sense; correct it or make a new card", line);
	}
	if (card == NULL)
		return vcard_fail(error, "the card's state names no profile; "
		    "make a new card");
	*out = card;
	return 0;
}
