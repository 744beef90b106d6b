/* SPDX-License-Identifier: BSD-2-Clause */
#define _XOPEN_SOURCE 700	/* nftw, mkdtemp */
#include "virtual.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "store.h"
#include "vkit.h"

#define PROFILES_MAX	16
#define PATH_BYTES	64

static const struct vcard_pins pins = {
	.auth = VIRTUAL_PIN_AUTH, .sign = VIRTUAL_PIN_SIGN,
	.input = VIRTUAL_PIN_INPUT, .registration = VIRTUAL_PIN_INPUT,
};

/* The card in use, and what it is made as new from. */
static struct {
	struct vcard	*card;
	struct vcard	 new;
} cards[PROFILES_MAX];

unsigned
virtual_profiles(void)
{
	unsigned n = 0;

	while (n < PROFILES_MAX && vcard_profile_name(n) != NULL)
		n++;
	return n;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

/* PINs that the profile has never set cannot be given to it. */
static int
create(const char *dir, const char *profile, char error[VCARD_ERROR_MAX])
{
	struct vcard_pins given = pins;
	const struct vcard_person person = { .number = VIRTUAL_NUMBER };

	if (personalise(dir, profile, &person, &given, vkit_key, error) == 0)
		return 0;
	given.sign = NULL;
	if (personalise(dir, profile, &person, &given, vkit_key, error) == 0)
		return 0;
	given.sign = pins.sign;
	given.auth = NULL;
	return personalise(dir, profile, &person, &given, vkit_key, error);
}

/* By way of a folder, which is gone afterwards. */
static void
make(unsigned profile)
{
	char dir[PATH_BYTES], error[VCARD_ERROR_MAX] = "";
	const char *tmp = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	struct vcard *card = NULL;

	snprintf(dir, sizeof(dir), "%s/virtual-XXXXXX", tmp);
	if (mkdtemp(dir) == NULL ||
	    create(dir, vcard_profile_name(profile), error) != 0 ||
	    vcard_load(dir, &card, error) != 0) {
		fprintf(stderr, "%s: %s\n", dir, error);
		abort();
	}
	nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	store_close(card->dir);
	card->dir = -1;
	cards[profile].card = card;
	cards[profile].new = *card;
}

static struct vquirks
quirks_of(uint16_t bits)
{
	return (struct vquirks){
		.locked_6983 = (bits & 0x01) != 0,
		.query_locked_sw = (bits & 0x02) != 0,
		.query_6700_short = (bits & 0x04) != 0,
		.query_6700_long = (bits & 0x08) != 0,
		.query_9000 = (bits & 0x10) != 0,
		.query_none = (bits & 0x20) != 0,
		.first_6f00 = (bits & 0x40) != 0,
		.strict_p1 = (bits & 0x80) != 0,
		.get_response = (bits & 0x100) != 0,
		.wrong_le = (bits & 0x200) != 0,
	};
}

struct vcard *
virtual_card(unsigned profile, uint16_t quirks)
{
	struct vcard *card;

	fuzz_law(profile < virtual_profiles(), "there is such a profile");
	if (cards[profile].card == NULL)
		make(profile);
	card = cards[profile].card;
	free(card->pending);
	*card = cards[profile].new;
	card->quirks = quirks_of(quirks);
	return card;
}
