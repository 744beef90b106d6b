/* SPDX-License-Identifier: BSD-2-Clause */
/* VERIFY, the retry query, CHANGE.  PROTOCOL, "PINs". */
#include <string.h>

#include "command.h"
#include "core.h"
#include "store.h"

static uint16_t
tries_sw(int tries)
{
	return (uint16_t)(VSW_TRIES | tries);
}

static uint16_t
locked_sw(const struct vcard *card)
{
	return card->quirks.locked_6983 ? VSW_ISO_LOCKED : VSW_LOCKED;
}

/*
 * VERIFY without data.  Counts nothing, and does not tell whether the PIN was
 * verified: 63Cx comes even right after a success.
 */
static uint16_t
query(const struct vcard *card, const struct vcommand *cmd,
    const struct vpin_state *pin)
{
	const struct vquirks *q = &card->quirks;

	if (q->query_none || (q->query_6700_short && cmd->kind == CASE_1) ||
	    (q->query_6700_long && cmd->kind == CASE_2))
		return VSW_LENGTH;
	if (q->query_9000 && pin->verified)
		return VSW_OK;
	if (q->query_locked_sw && pin->tries == 0)
		return locked_sw(card);
	return tries_sw(pin->tries);
}

/* Set the counter and keep it; the answer comes only after that. */
static bool
count(struct vcard *card, struct vpin_state *pin, int tries)
{
	int before = pin->tries;

	if (tries == before)
		return true;
	pin->tries = tries;
	if (store_save(card))
		return true;
	pin->tries = before;
	return false;
}

static bool
matches(const struct vpin_state *pin, struct slice text)
{
	return pin->set &&
	    slice_equal(text, slice_of(pin->value, strlen(pin->value)));
}

uint16_t
ins_verify(struct vcard *card, const struct vcommand *cmd, struct wbuf *out)
{
	struct vpin_state *pin;
	enum vpin which;
	size_t file;
	uint16_t sw;

	(void)out;
	sw = cmd->p1 == 0 ? core_reference(card, cmd->p2, VEF_PIN, &file) :
	    VSW_P1P2;
	if (sw != VSW_OK) {
		card->astray += cmd->kind == CASE_3;
		return sw;
	}
	which = layout_files[file].pin;
	pin = &card->pins[which];
	if (cmd->kind != CASE_3)
		return query(card, cmd, pin);
	pin->verify++;
	if (cmd->data.n > VPIN_MAX)
		return VSW_LENGTH;
	if (pin->tries == 0)
		return locked_sw(card);
	if (matches(pin, cmd->data)) {
		if (!count(card, pin, layout_pins[which].tries))
			return VSW_MEMORY;
		pin->verified = true;
		return VSW_OK;
	}
	/* Whether a card keeps an earlier success is unknown; this does not. */
	pin->verified = false;
	if (!count(card, pin, pin->tries - 1))
		return VSW_MEMORY;
	pin->wrong++;
	return tries_sw(pin->tries);
}

/*
 * The new PIN alone, after VERIFY of the old one.  The card is said to check
 * the format, but what a real one answers to a bad one is unknown: 6A80 here.
 */
static uint16_t
change(struct vcard *card, const struct vcommand *cmd, uint8_t ins)
{
	struct vpin_state *pin, before;
	enum vpin which;
	size_t file;
	uint16_t sw;

	sw = core_reference(card, cmd->p2, VEF_PIN, &file);
	if (sw != VSW_OK) {
		card->astray++;
		return sw;
	}
	which = layout_files[file].pin;
	pin = &card->pins[which];
	pin->change++;
	/* Which status word a card has for the wrong one is unknown too. */
	if (layout_pins[which].change != ins)
		return VSW_CONDITIONS;
	if (cmd->data.n > VPIN_MAX)
		return VSW_LENGTH;
	if (pin->tries == 0)
		return locked_sw(card);
	if (!pin->verified)
		return VSW_SECURITY;
	if (!layout_pin_format(which, cmd->data.p, cmd->data.n))
		return VSW_DATA;
	before = *pin;
	memcpy(pin->value, cmd->data.p, cmd->data.n);
	pin->value[cmd->data.n] = '\0';
	if (store_save(card)) {
		pin->changed++;
		return VSW_OK;
	}
	*pin = before;
	return VSW_MEMORY;
}

uint16_t
ins_change(struct vcard *card, const struct vcommand *cmd, struct wbuf *out)
{
	(void)out;
	/* P1=00, old and new PIN together, is used by nobody. */
	return cmd->p1 == 1 ? change(card, cmd, cmd->ins) : VSW_P1P2;
}

uint16_t
ins_change_key(struct vcard *card, const struct vcommand *cmd,
    struct wbuf *out)
{
	(void)out;
	return cmd->p1 == 0 ? change(card, cmd, cmd->ins) : VSW_P1P2;
}
