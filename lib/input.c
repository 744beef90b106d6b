/* SPDX-License-Identifier: BSD-2-Clause */
/* What the card surface input assistance application holds. */
#include "attributes.h"
#include "card.h"
#include "mem.h"

/* What to do once the application's PIN was verified. */
typedef enum jpki_err read_fn(struct jpki_card *card, void *out);

static enum jpki_err
read_logged_in(struct jpki_card *card, read_fn *read, void *out)
{
	enum jpki_err err;

	err = jpki_card_begin(card);
	if (err != JPKI_OK)
		return err;
	/* Law of thrift: the card would only say 6982. */
	err = jpki_pin_verified(card, JPKI_PIN_INPUT) ? read(card, out) :
	    JPKI_ERR_AUTH_REQUIRED;
	/* The login is over, whatever ended it. */
	if (err == JPKI_ERR_AUTH_REQUIRED)
		card_unverify(card, JPKI_PIN_INPUT);
	jpki_card_end(card);
	return err;
}

static enum jpki_err
read_attributes(struct jpki_card *card, void *out)
{
	return card_read_object(card, &ef_attributes, ATTRIBUTES_TAG, out);
}

enum jpki_err
jpki_attributes_read(struct jpki_card *card, struct jpki_attributes **out)
{
	struct jpki_buf object = { NULL, 0 };
	enum jpki_err err;

	if (card == NULL || out == NULL)
		return JPKI_ERR_ARG;
	err = read_logged_in(card, read_attributes, &object);
	if (err == JPKI_OK)
		err = attributes_parse(slice_of(object.p, object.n), out);
	jpki_buf_free(&object);
	return err;
}

static enum jpki_err
read_mynumber(struct jpki_card *card, void *out)
{
	return card_read_front(card, &ef_mynumber, out);
}

/* The digits alone, at the secret's front; byte by byte, as mem.h says. */
static enum jpki_err
keep_digits(struct jpki_secret *secret, struct slice object)
{
	volatile char *to = jpki_secret_bytes(secret);
	struct slice digits;

	if (!mynumber_find(object, &digits))
		return JPKI_ERR_MALFORMED;
	for (size_t i = 0; i < digits.n; i++)
		to[i] = (char)digits.p[i];
	return jpki_secret_set_len(secret, digits.n);
}

enum jpki_err
jpki_mynumber_read(struct jpki_card *card, struct jpki_secret *out)
{
	struct wbuf w;
	enum jpki_err err;

	if (card == NULL || out == NULL)
		return JPKI_ERR_ARG;
	jpki_secret_wipe(out);
	w = wbuf_of(jpki_secret_bytes(out), MYNUMBER_BYTES);
	err = read_logged_in(card, read_mynumber, &w);
	if (err == JPKI_OK)
		err = keep_digits(out, wbuf_slice(&w));
	if (err != JPKI_OK)
		jpki_secret_wipe(out);
	return err;
}
