/* SPDX-License-Identifier: BSD-2-Clause */
#include "linkkit.h"

#include <stdio.h>

#define ROOM	1024

struct vlink *
linkkit_new(const char *profile)
{
	char error[VCARD_ERROR_MAX] = "";
	struct vcard *card = NULL;
	struct vlink *link;

	if (vcard_load(vkit_dir(profile), &card, error) != 0)
		fail_msg("cannot load %s: %s", profile, error);
	link = vlink_new(card);
	assert_non_null(link);
	if (vlink_tries(link, "auth") >= 0)
		assert_int_equal(vlink_set_tries(link, "auth", 3), 0);
	vlink_power_on(link);
	return link;
}

const char *
linkkit_send(struct vlink *link, const char *command)
{
	static char text[2 * ROOM + 1];
	struct octets o = unhex(command);
	uint8_t answer[ROOM];
	size_t n = sizeof(answer), i;

	text[0] = '\0';
	switch (vlink_transmit(link, o.p, o.n, answer, &n)) {
	case VLINK_GONE:
		return "gone";
	case VLINK_HANGUP:
		return "hangup";
	case VLINK_OK:
		break;
	}
	for (i = 0; i < n; i++)
		snprintf(text + 2 * i, 3, "%02X", answer[i]);
	return text;
}

void
linkkit_fault(struct vlink *link, const char *spec)
{
	char error[VCARD_ERROR_MAX] = "";

	if (vlink_fault(link, spec, error) != 0)
		fail_msg("%s", error);
}
