/* SPDX-License-Identifier: BSD-2-Clause */
/* GET DATA, GET CHALLENGE, GET RESPONSE.  PROTOCOL, "Card manager". */
#include <openssl/rand.h>

#include "command.h"
#include "core.h"

uint16_t
ins_get_data(struct vcard *card, const struct vcommand *cmd,
    struct wbuf *out)
{
	const struct vef *object;
	size_t i;

	i = layout_find_object((uint16_t)(cmd->p1 << 8 | cmd->p2));
	if (card->app != VAPP_ISD || i == LAYOUT_FILES ||
	    !card->efs[i].exists)
		return VSW_NO_REFERENCE;
	object = &card->efs[i];
	/* What does not fit a short answer has to be asked for as such. */
	if (object->n > cmd->le)
		return VSW_LENGTH;
	wbuf_put(out, object->p, object->n);
	return VSW_OK;
}

uint16_t
ins_get_challenge(struct vcard *card, const struct vcommand *cmd,
    struct wbuf *out)
{
	uint8_t challenge[LE_SHORT_MAX];

	(void)card;
	if (cmd->extended)
		return VSW_CONDITIONS;
	if (cmd->p1 != 0 || cmd->p2 != 0)
		return VSW_P1P2;
	if (RAND_bytes(challenge, (int)cmd->le) != 1)
		return VSW_DIAGNOSIS;
	wbuf_put(out, challenge, cmd->le);
	return VSW_OK;
}

/* Only with the quirk: no card was ever seen to need it. */
uint16_t
ins_get_response(struct vcard *card, const struct vcommand *cmd,
    struct wbuf *out)
{
	size_t n = cmd->le < card->pending_n ? cmd->le : card->pending_n;

	if (cmd->p1 != 0 || cmd->p2 != 0)
		return VSW_P1P2;
	if (card->pending_n == 0)
		return VSW_CONDITIONS;
	wbuf_put(out, card->pending, n);
	card->pending_n -= n;
	for (size_t i = 0; i < card->pending_n; i++)
		card->pending[i] = card->pending[i + n];
	if (card->pending_n == 0)
		return VSW_OK;
	return (uint16_t)(VSW_MORE |
	    (card->pending_n < 256 ? card->pending_n : 0));
}
