/* SPDX-License-Identifier: BSD-2-Clause */
#include "anchors.h"

#include <string.h>

struct anchor {
	const char	*name;
	const char	*key_id;
	const char	*sha256;
};

/*
 * All generations of a kind share one distinguished name, so the name tells
 * nothing.  The authentication CA of 2019 (serial 0133C349) is missing: its
 * fingerprint is not known to us (PROTOCOL, "Certification authorities").
 */
static const struct anchor anchors[] = {
	{ "signature 2015", "0D034CBB34D0714F45E45A1CAFD8FD143FAB54A7",
	    "19645405A1FE14377434BD55957628AC4038557C542403A2243F21C706FC9355" },
	{ "signature 2019", "4DE017DE4B7F473DCD867A62D38B134ACE83558A",
	    "79679C33E4CC9319440F1AD120A597FF1844E2EF217063ADB176966FD5E6FBEB" },
	{ "signature 2023", "D21EA55895617E93ADBF966B941AB4EDF653F08F",
	    "D227F6CDE11D35C5252178F106F843D24651944975413B539FA2FB68DBFA365F" },
	{ "authentication 2015", "9567951B5CA70D84A0FFF1D85A87F1AAB1340385",
	    "4DCFC4CA0AAF9FB2A3081B3F0C991C320B3ACC008667A341EEAEC5AF1D58CA7D" },
	{ "authentication 2023", "1AC100F596A3BC8C4B3DF195E32699249E9E308A",
	    "64114F29620C24ED2631D46476A040E7EE740D956089C00B036A6A8118C322B5" },
};

#define COUNT	(sizeof(anchors) / sizeof(anchors[0]))

bool
anchor_has_key_id(const char *hex)
{
	for (size_t i = 0; i < COUNT; i++)
		if (strcmp(anchors[i].key_id, hex) == 0)
			return true;
	return false;
}

bool
anchor_has_fingerprint(const char *hex)
{
	for (size_t i = 0; i < COUNT; i++)
		if (strcmp(anchors[i].sha256, hex) == 0)
			return true;
	return false;
}
