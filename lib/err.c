/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors by table. */
#include "jpki.h"

#include "config.h"
#include "text.h"

struct err_row {
	enum jpki_err	 err;
	const char	*name;
	const char	*text;
};

static const struct err_row errors[] = {
	{ JPKI_OK, "OK", N_("success") },
	{ JPKI_ERR_ARG, "ARG", N_("an argument cannot be right") },
	{ JPKI_ERR_PIN_FORMAT, "PIN_FORMAT",
	    N_("that cannot be the PIN (wrong length or characters); nothing was sent to the card") },
	{ JPKI_ERR_PIN_NEW, "PIN_NEW",
	    N_("the new PIN breaks the rules; nothing was sent to the card") },
	{ JPKI_ERR_PIN_SAME, "PIN_SAME",
	    N_("the new PIN is the current one; nothing was sent to the card") },
	{ JPKI_ERR_BUFFER, "BUFFER", N_("the data does not fit") },
	{ JPKI_ERR_MEMORY, "MEMORY", N_("out of memory") },
	{ JPKI_ERR_INTERNAL, "INTERNAL", N_("an internal operation failed") },
	{ JPKI_ERR_NO_SERVICE, "NO_SERVICE", N_("the PC/SC service (pcscd) is not running") },
	{ JPKI_ERR_ACCESS, "ACCESS", N_("the PC/SC service refused access") },
	{ JPKI_ERR_NO_READER, "NO_READER", N_("no such card reader") },
	{ JPKI_ERR_NO_CARD, "NO_CARD", N_("no card in the reader") },
	{ JPKI_ERR_REMOVED, "REMOVED", N_("the card was removed") },
	{ JPKI_ERR_BUSY, "BUSY", N_("another program holds the card exclusively") },
	{ JPKI_ERR_MUTE, "MUTE", N_("the card does not answer") },
	{ JPKI_ERR_TIMEOUT, "TIMEOUT", N_("the time ran out") },
	{ JPKI_ERR_CANCELLED, "CANCELLED", N_("cancelled") },
	{ JPKI_ERR_IO, "IO", N_("the link to the card broke") },
	{ JPKI_ERR_NOT_JPKI, "NOT_JPKI", N_("the card has no JPKI application") },
	{ JPKI_ERR_NOT_FOUND, "NOT_FOUND", N_("not on this card") },
	{ JPKI_ERR_AUTH_REQUIRED, "AUTH_REQUIRED", N_("a PIN must be verified first") },
	{ JPKI_ERR_PIN_WRONG, "PIN_WRONG", N_("wrong PIN") },
	{ JPKI_ERR_PIN_LAST_TRY, "PIN_LAST_TRY", N_("only one try is left; nothing was sent to the card") },
	{ JPKI_ERR_PIN_LOCKED, "PIN_LOCKED", N_("the PIN is locked") },
	{ JPKI_ERR_PIN_UNCERTAIN, "PIN_UNCERTAIN",
	    N_("the link broke while the PIN was being changed: the old or the new PIN is valid") },
	{ JPKI_ERR_UNSUPPORTED, "UNSUPPORTED", N_("not supported by this card or library") },
	{ JPKI_ERR_SW, "SW", N_("the card answered with an unexpected status") },
	{ JPKI_ERR_MALFORMED, "MALFORMED", N_("the card's data makes no sense") },
	{ JPKI_ERR_MISMATCH, "MISMATCH",
	    N_("the card's signature does not verify with its certificate") },
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

	return row != NULL ? row->text : N_("unknown error");
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
