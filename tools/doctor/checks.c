/* SPDX-License-Identifier: BSD-2-Clause */
#include "checks.h"

#define DAY	86400

/* From the machine to the card, then to the programs that use it. */
static check_fn *const checks[] = {
	check_clock, check_service, check_usb, check_readers, check_cards,
	check_p11kit, check_nss, check_boxed,
};

void
check_all(const struct host *host, const struct survey *survey,
    struct findings *out)
{
	for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
		checks[i](host, survey, out);
}

bool
found_card(const struct survey *survey)
{
	for (size_t i = 0; i < survey->n; i++)
		if (survey->cards[i].err == JPKI_OK)
			return true;
	return false;
}

/* A day is left to time zones, and to who built it. */
void
check_clock(const struct host *host, const struct survey *survey,
    struct findings *out)
{
	(void)survey;
	if (host->now + DAY < host->built)
		findings_add(out, FIND_CLOCK, "%s", "");
}

/* Firefox in a box: the box itself, since its data stay when it goes. */
static const struct box_row {
	enum finding_id	 id;
	const char	*path;
} boxes[] = {
	{ FIND_FIREFOX_SNAP, "/snap/bin/firefox" },
	{ FIND_FIREFOX_SNAP, "/var/lib/snapd/snap/bin/firefox" },
	{ FIND_FIREFOX_FLATPAK, "/var/lib/flatpak/app/org.mozilla.firefox" },
	{ FIND_FIREFOX_FLATPAK,
	    "~/.local/share/flatpak/app/org.mozilla.firefox" },
};

void
check_boxed(const struct host *host, const struct survey *survey,
    struct findings *out)
{
	(void)survey;
	for (size_t i = 0; i < sizeof boxes / sizeof boxes[0]; i++)
		if (!findings_have(out, boxes[i].id) &&
		    host_exists(host, boxes[i].path))
			findings_add(out, boxes[i].id, "%s", boxes[i].path);
}
