/* SPDX-License-Identifier: BSD-2-Clause */
/* What the card says of itself without any PIN. */
#include "card.h"
#include "sw.h"

#define LABEL_BYTES	32	/* the label field of CK_TOKEN_INFO */
#define AVAILABILITY_BYTES 3
#define PRESENT		0x8F	/* the only value ever observed */
#define ABSENT		0x00	/* assumed, not observed */

static enum jpki_err
read_front(struct jpki_card *card, const struct ef *ef, struct wbuf *out)
{
	enum jpki_err err;

	err = jpki_card_begin(card);
	if (err != JPKI_OK)
		return err;
	err = card_read_front(card, ef, out);
	jpki_card_end(card);
	return err;
}

static void
label_trim(const struct wbuf *field, char label[static LABEL_BYTES + 1])
{
	size_t n = field->n;

	while (n > 0 && (field->p[n - 1] == ' ' || field->p[n - 1] == '\0'))
		n--;
	for (size_t i = 0; i < n; i++)
		label[i] = field->p[i] >= ' ' && field->p[i] <= '~' ?
		    (char)field->p[i] : '?';
	label[n] = '\0';
}

enum jpki_err
jpki_token_read(struct jpki_card *card, struct jpki_token *out)
{
	uint8_t field[LABEL_BYTES];
	struct wbuf w = wbuf_of(field, sizeof(field));
	enum jpki_err err;

	if (card == NULL || out == NULL)
		return JPKI_ERR_ARG;
	err = read_front(card, &ef_token_info, &w);
	if (err == JPKI_ERR_NOT_FOUND) {
		*out = (struct jpki_token){ .kind = JPKI_KIND_UNKNOWN };
		return JPKI_OK;
	}
	if (err != JPKI_OK)
		return err;
	label_trim(&w, out->label);
	out->kind = kind_of_label(out->label);
	return JPKI_OK;
}

static enum jpki_answer
answer_of(uint8_t byte)
{
	return byte == PRESENT ? JPKI_YES : byte == ABSENT ? JPKI_NO :
	    JPKI_UNKNOWN;
}

enum jpki_err
jpki_availability_read(struct jpki_card *card, struct jpki_availability *out)
{
	uint8_t bytes[AVAILABILITY_BYTES];
	struct wbuf w = wbuf_of(bytes, sizeof(bytes));
	enum jpki_err err;

	if (card == NULL || out == NULL)
		return JPKI_ERR_ARG;
	err = read_front(card, &ef_availability, &w);
	/* Advisory: whatever the card answers instead tells nothing. */
	if (err != JPKI_OK && err <= JPKI_ERR_NOT_JPKI)
		return err;
	*out = (struct jpki_availability){ JPKI_UNKNOWN, JPKI_UNKNOWN };
	if (err == JPKI_OK && w.n >= 2) {
		out->sign = answer_of(bytes[0]);
		out->auth = answer_of(bytes[1]);
	}
	return JPKI_OK;
}
