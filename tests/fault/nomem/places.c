/* SPDX-License-Identifier: BSD-2-Clause */
#include "places.h"

#include <string.h>

#include "nomem.h"

#define SEEN_MAX	(1u << 16)	/* a power of two, half of it used */

struct seen {
	uint64_t	hash[SEEN_MAX];
	size_t		n;
};

static struct seen inners, ours;
static const struct nomem *page;

void
places_of(const struct nomem *noted)
{
	page = noted;
}

void
places_forget_ours(void)
{
	memset(&ours, 0, sizeof(ours));
}

/* 0 is a free place of the table, and no hash that one would miss. */
static bool
is_new(struct seen *seen, uint64_t hash)
{
	size_t i = hash & (SEEN_MAX - 1);

	while (seen->hash[i] != 0 && seen->hash[i] != hash)
		i = (i + 1) & (SEEN_MAX - 1);
	if (seen->hash[i] == hash || seen->n >= SEEN_MAX / 2)
		return false;
	seen->hash[i] = hash;
	seen->n++;
	return true;
}

bool
place_is_new(unsigned long n)
{
	const struct nomem_place *place;
	bool inner, own;

	if (n > NOMEM_CALLS)
		return true;
	place = &page->places[n - 1];
	inner = is_new(&inners, place->inner);
	own = is_new(&ours, place->ours);
	return inner || own;
}
