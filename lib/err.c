/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors by table. */
#include "jpki.h"

#include "config.h"

struct err_row {
	enum jpki_err	 err;
	const char	*name;
	const char	*text;
};

static const struct err_row errors[] = {
	{ JPKI_OK, "OK", "success" },
	{ JPKI_ERR_ARG, "ARG", "an argument cannot be right" },
	{ JPKI_ERR_PIN_FORMAT, "PIN_FORMAT",
	    "that cannot be the PIN (wrong length or characters); nothing was sent to the card" },
	{ JPKI_ERR_PIN_NEW, "PIN_NEW",
	    "the new PIN breaks the rules; nothing was sent to the card" },
	{ JPKI_ERR_PIN_SAME, "PIN_SAME",
	    "the new PIN is the current one; nothing was sent to the card" },
	{ JPKI_ERR_BUFFER, "BUFFER", "the data does not fit" },
	{ JPKI_ERR_MEMORY, "MEMORY", "out of memory" },
	{ JPKI_ERR_INTERNAL, "INTERNAL", "an internal operation failed" },
	{ JPKI_ERR_NO_SERVICE, "NO_SERVICE", "the PC/SC service (pcscd) is not running" },
	{ JPKI_ERR_ACCESS, "ACCESS", "the PC/SC service refused access" },
	{ JPKI_ERR_NO_READER, "NO_READER", "no such card reader" },
	{ JPKI_ERR_NO_CARD, "NO_CARD", "no card in the reader" },
	{ JPKI_ERR_REMOVED, "REMOVED", "the card was removed" },
	{ JPKI_ERR_BUSY, "BUSY", "another program holds the card exclusively" },
	{ JPKI_ERR_MUTE, "MUTE", "the card does not answer" },
	{ JPKI_ERR_TIMEOUT, "TIMEOUT", "the time ran out" },
	{ JPKI_ERR_CANCELLED, "CANCELLED", "cancelled" },
	{ JPKI_ERR_IO, "IO", "the link to the card broke" },
	{ JPKI_ERR_NOT_JPKI, "NOT_JPKI", "the card has no JPKI application" },
	{ JPKI_ERR_NOT_FOUND, "NOT_FOUND", "not on this card" },
	{ JPKI_ERR_AUTH_REQUIRED, "AUTH_REQUIRED", "a PIN must be verified first" },
	{ JPKI_ERR_PIN_WRONG, "PIN_WRONG", "wrong PIN" },
	{ JPKI_ERR_PIN_LAST_TRY, "PIN_LAST_TRY", "only one try is left; nothing was sent to the card" },
	{ JPKI_ERR_PIN_LOCKED, "PIN_LOCKED", "the PIN is locked" },
	{ JPKI_ERR_PIN_UNCERTAIN, "PIN_UNCERTAIN",
	    "the link broke while the PIN was being changed: the old or the new PIN is valid" },
	{ JPKI_ERR_UNSUPPORTED, "UNSUPPORTED", "not supported by this card or library" },
	{ JPKI_ERR_SW, "SW", "the card answered with an unexpected status" },
	{ JPKI_ERR_MALFORMED, "MALFORMED", "the card's data makes no sense" },
	{ JPKI_ERR_MISMATCH, "MISMATCH",
	    "the card's signature does not verify with its certificate" },
};

static const struct err_row *
err_row(enum jpki_err err)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].err == err)
			return &errors[i];
	return NULL;
}

const char *
jpki_strerror(enum jpki_err err)
{
	const struct err_row *row = err_row(err);

	return row != NULL ? row->text : "unknown error";
}

const char *
jpki_err_name(enum jpki_err err)
{
	const struct err_row *row = err_row(err);

	return row != NULL ? row->name : "UNKNOWN";
}

const char *
jpki_version(void)
{
	return JPKI_VERSION;
}
