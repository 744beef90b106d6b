/* SPDX-License-Identifier: BSD-2-Clause */
/* What is in the readers, if it is no JPKI card. */
#include "atr.h"
#include "checks.h"

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
	char		atr[ATR_TEXT];
	enum finding_id	id;

	if (seen->err != JPKI_ERR_NOT_JPKI) {
		id = open_kind(host, seen->err);
		findings_add(out, id, "%s%s%s", seen->reader,
		    id == FIND_CARD_ODD ? ", " : "", id == FIND_CARD_ODD ?
		    jpki_err_name(seen->err) : "");
		return;
	}
	id = atr_kind(atr_text(seen->atr, seen->atr_len, atr));
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
