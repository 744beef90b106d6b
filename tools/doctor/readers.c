/* SPDX-License-Identifier: BSD-2-Clause */
/* What is in the readers, if it is no JPKI card. */
#include <stdio.h>
#include <string.h>

#include "checks.h"

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

static const char *
atr_text(const struct card_seen *seen, char room[2 * 33 + 1])
{
	room[0] = '\0';
	for (size_t i = 0; i < seen->atr_len && i < sizeof seen->atr; i++)
		(void)snprintf(room + 2 * i, 3, "%02X", seen->atr[i]);
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

static enum finding_id
foreign_kind(const char *atr)
{
	for (size_t i = 0; i < sizeof atrs / sizeof atrs[0]; i++)
		if (fits(atrs[i].pattern, atr))
			return atrs[i].id;
	return FIND_CARD_FOREIGN;
}

/* Errors of opening a card; a card that is not there is judged over all. */
static const struct open_row {
	enum jpki_err	err;
	enum finding_id	id;
} opens[] = {
	{ JPKI_ERR_MUTE, FIND_CARD_MUTE },
	{ JPKI_ERR_BUSY, FIND_CARD_HELD },
	{ JPKI_ERR_ACCESS, FIND_PCSCD_REFUSES },
};

/* The same with more known of this machine. */
static enum finding_id
open_kind(const struct host *host, enum jpki_err err)
{
	enum finding_id id = FIND_CARD_ODD;

	for (size_t i = 0; i < sizeof opens / sizeof opens[0]; i++)
		if (opens[i].err == err)
			id = opens[i].id;
	if (id == FIND_CARD_HELD && host_runs(host, "scdaemon"))
		return FIND_CARD_HELD_SCDAEMON;
	if (id == FIND_PCSCD_REFUSES && host->remote)
		return FIND_PCSCD_REFUSES_REMOTE;
	return id;
}

static bool
is_empty(const struct card_seen *seen)
{
	return seen->err == JPKI_ERR_NO_CARD ||
	    seen->err == JPKI_ERR_REMOVED || seen->err == JPKI_ERR_NO_READER;
}

static void
find_card(const struct host *host, const struct card_seen *seen,
    struct findings *out)
{
	char			 room[2 * 33 + 1];
	const char		*atr = atr_text(seen, room);
	enum finding_id		 id;

	if (seen->err != JPKI_ERR_NOT_JPKI) {
		id = open_kind(host, seen->err);
		findings_add(out, id, "%s%s%s", seen->reader,
		    id == FIND_CARD_ODD ? ", " : "", id == FIND_CARD_ODD ?
		    jpki_err_name(seen->err) : "");
		return;
	}
	id = foreign_kind(atr);
	findings_add(out, id, "%s, ATR %s", seen->reader, atr);
}

void
check_readers(const struct host *host, const struct survey *survey,
    struct findings *out)
{
	size_t empty = 0;

	if (found_card(survey))
		return;
	for (size_t i = 0; i < survey->n; i++) {
		if (is_empty(&survey->cards[i]))
			empty++;
		else
			find_card(host, &survey->cards[i], out);
	}
	if (survey->n > 0 && empty == survey->n)
		findings_add(out, FIND_CARD_NONE, "%s",
		    survey->cards[0].reader);
}
