/* SPDX-License-Identifier: BSD-2-Clause */
#include "atr.h"

#include <string.h>

/*
 * Cards that lie on readers in Japan, by their ATRs as hexadecimal text; a
 * point is any digit.  From the list that pcsc-tools keeps, and PC/SC part 3
 * for those of 3B8F8001804F0C; My Number Cards from PROTOCOL, 2.1.
 */
static const struct atr_row {
	const char	*pattern;
	enum finding_id	 id;
} atrs[] = {
	{ "3B8F8001804F0CA000000306..003B00000000..", FIND_CARD_FELICA },
	{ "3B8C80010443FD....................", FIND_CARD_FELICA },
	{ "3B8F8001804F0CA00000030603....00000000..", FIND_CARD_MIFARE },
	{ "3B888001000000009181C100D8", FIND_CARD_LICENCE },
	{ "3B888001000014E0B38191005E", FIND_CARD_JUKI },
	{ "3BE700FF8131FE458031C073C62148BE", FIND_CARD_ETC },
	{ "3BE000FF8131FE4514", FIND_CARD_DEAD },
	{ "3BDA13FF8131FB468012392F31C173C601C03B", FIND_CARD_DEAD },
	{ "3BC5FF8131FB458073C6010000", FIND_CARD_DEAD },
	{ "3BF59100FF918171FE400042000100D1D6", FIND_CARD_DEAD },
	{ "3BF59100FF918171FE4000420001B3A115", FIND_CARD_DEAD },
	{ "3B888001000005E0B381A1007F", FIND_CARD_DEAD },
	{ "3B888001000041E0B381A1003B", FIND_CARD_DEAD },
	{ "3B888001004B51FF0081D100BC", FIND_CARD_DEAD },
	{ "3B888001004B51FFB381D1000F", FIND_CARD_DEAD },
};

#define ATRS	(sizeof atrs / sizeof atrs[0])

const char *
atr_text(const uint8_t *atr, size_t n, char room[ATR_TEXT])
{
	room[0] = '\0';
	for (size_t i = 0; i < n && 2 * i + 2 < ATR_TEXT; i++)
		(void)snprintf(room + 2 * i, 3, "%02X", atr[i]);
	return room;
}

static bool
fits(const char *pattern, const char *text)
{
	while (*pattern != '\0' && (*pattern == '.' ? *text != '\0' :
	    *pattern == *text)) {
		pattern++;
		text++;
	}
	return *pattern == *text;
}

enum finding_id
atr_kind(const char *text)
{
	for (size_t i = 0; i < ATRS; i++)
		if (fits(atrs[i].pattern, text))
			return atrs[i].id;
	return FIND_CARD_FOREIGN;
}

bool
atr_is_public(const char *text)
{
	for (size_t i = 0; i < ATRS; i++)
		if (strcmp(atrs[i].pattern, text) == 0)
			return true;
	return false;
}
