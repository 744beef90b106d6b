/* SPDX-License-Identifier: BSD-2-Clause */
/* SELECT, READ BINARY, READ RECORD.  PROTOCOL, "Select and read". */
#include <string.h>

#include "command.h"
#include "core.h"

#define SELECT_BY_FID	0x00	/* the master file, here */
#define SELECT_EF	0x02
#define SELECT_AID	0x04
#define SELECT_FCI	0x00
#define SELECT_SILENT	0x0C

#define READ_SFI	0x80	/* in P1: a short identifier, not an offset */
#define RECORD_BY_NUMBER 0x04	/* in P2, behind the short identifier */

/*
 * Seen on a card: refused right after power-on, later accepted without any
 * effect.  The master file's identifier is not found.
 */
static uint16_t
select_mf(const struct vcard *card, const struct vcommand *cmd)
{
	if (cmd->kind != CASE_1)
		return VSW_NOT_FOUND;
	return card->app_chosen ? VSW_OK : VSW_P1P2;
}

static enum vapp
find_app(const struct vcard *card, struct slice name)
{
	unsigned i;

	/* The start of a name will do; the first in the table wins. */
	for (i = 0; i < VAPP_COUNT; i++)
		if ((card->profile->apps & 1u << i) != 0 &&
		    name.n <= layout_apps[i].aid_len &&
		    memcmp(name.p, layout_apps[i].aid, name.n) == 0)
			break;
	return (enum vapp)i;
}

/* File control information with nothing but the name. */
static void
put_fci(enum vapp app, struct wbuf *out)
{
	uint8_t n = (uint8_t)layout_apps[app].aid_len;

	wbuf_put_u8(out, 0x6F);
	wbuf_put_u8(out, (uint8_t)(n + 2));
	wbuf_put_u8(out, 0x84);
	wbuf_put_u8(out, n);
	wbuf_put(out, layout_apps[app].aid, n);
}

static uint16_t
select_app(struct vcard *card, const struct vcommand *cmd, struct wbuf *out)
{
	enum vapp app;

	if (cmd->data.n < 1 || cmd->data.n > 16)
		return VSW_LENGTH;
	app = find_app(card, cmd->data);
	if (app == VAPP_COUNT)
		return VSW_NOT_FOUND;
	/* Another application ends what was verified; the same does not. */
	if (app != card->status_app)
		for (unsigned i = 0; i < VPIN_COUNT; i++)
			card->pins[i].verified = false;
	card->app = card->status_app = app;
	card->current = LAYOUT_FILES;
	card->app_chosen = true;
	if (cmd->kind == CASE_4)
		put_fci(app, out);
	return VSW_OK;
}

static uint16_t
select_ef(struct vcard *card, const struct vcommand *cmd)
{
	size_t file;

	if (cmd->data.n != 2)
		return VSW_LENGTH;
	file = core_find(card,
	    (uint16_t)(cmd->data.p[0] << 8 | cmd->data.p[1]));
	if (file == LAYOUT_FILES)
		return VSW_NOT_FOUND;
	card->current = file;
	return VSW_OK;
}

uint16_t
ins_select(struct vcard *card, const struct vcommand *cmd, struct wbuf *out)
{
	if (cmd->p1 == SELECT_BY_FID)
		return select_mf(card, cmd);
	if (cmd->p1 != SELECT_EF && cmd->p1 != SELECT_AID)
		return VSW_P1P2;
	/*
	 * An EF is selected with P2=0C only: nobody was seen to ask a card
	 * for an EF's control information.
	 */
	if (cmd->p2 != SELECT_SILENT &&
	    (cmd->p2 != SELECT_FCI || cmd->p1 == SELECT_EF))
		return VSW_P1P2;
	if (cmd->p2 == SELECT_SILENT && cmd->kind == CASE_4)
		return VSW_LENGTH;
	return cmd->p1 == SELECT_AID ?
	    select_app(card, cmd, out) : select_ef(card, cmd);
}

/* Which file, and from where. */
static uint16_t
read_where(struct vcard *card, const struct vcommand *cmd, size_t *offset)
{
	if ((cmd->p1 & READ_SFI) == 0) {
		*offset = (size_t)cmd->p1 << 8 | cmd->p2;
		return card->current == LAYOUT_FILES ? VSW_NO_EF : VSW_OK;
	}
	if ((cmd->p1 & 0x60) != 0)
		return VSW_P1P2;
	*offset = cmd->p2;
	if (core_find(card, cmd->p1 & 0x1F) == LAYOUT_FILES)
		return VSW_NOT_FOUND;
	card->current = core_find(card, cmd->p1 & 0x1F);
	return VSW_OK;
}

uint16_t
ins_read_binary(struct vcard *card, const struct vcommand *cmd,
    struct wbuf *out)
{
	const struct vef *ef;
	size_t offset, left;
	uint16_t sw;

	sw = read_where(card, cmd, &offset);
	if (sw != VSW_OK)
		return sw;
	ef = &card->efs[card->current];
	if (layout_files[card->current].kind != VEF_DATA)
		return VSW_STRUCTURE;
	if (!core_open(card, ef->opens))
		return VSW_SECURITY;
	/* An empty file, as one without a certificate may be, reads as empty. */
	if (offset >= ef->n && offset > 0)
		return VSW_OFFSET;
	if (ef->n == 0)
		return VSW_OK;
	left = ef->n - offset;
	if (card->quirks.wrong_le && cmd->le > left && left > 0)
		return (uint16_t)(VSW_WRONG_LE | left);
	wbuf_put(out, ef->p + offset, left < cmd->le ? left : cmd->le);
	return VSW_OK;
}

/* Only the common application has a file of records, with one record. */
uint16_t
ins_read_record(struct vcard *card, const struct vcommand *cmd,
    struct wbuf *out)
{
	size_t file = card->current;
	const struct vef *ef;

	if ((cmd->p2 & 0x07) != RECORD_BY_NUMBER)
		return VSW_P1P2;
	if (cmd->p2 == RECORD_BY_NUMBER && file == LAYOUT_FILES)
		return VSW_NO_EF;
	if (cmd->p2 != RECORD_BY_NUMBER)
		file = core_find(card, cmd->p2 >> 3);
	if (file == LAYOUT_FILES)
		return VSW_NOT_FOUND;
	card->current = file;
	if (layout_files[file].kind != VEF_RECORD)
		return VSW_STRUCTURE;
	if (cmd->p1 != 1)
		return VSW_NO_RECORD;
	ef = &card->efs[file];
	wbuf_put(out, ef->p, ef->n < cmd->le ? ef->n : cmd->le);
	return VSW_OK;
}
