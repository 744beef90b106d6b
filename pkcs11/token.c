/* SPDX-License-Identifier: BSD-2-Clause */
/* Tokens: what a card is to PKCS #11, once for each of its two keys. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "login.h"

const struct token_row token_rows[SLOTS_MAX] = {
	{
		.label = "JPKI-AUTH",
		.object_label = {
			[OBJECT_CERTIFICATE] = "JPKI-AUTH",
			[OBJECT_PRIVATE_KEY] = "JPKI-AUTH",
			[OBJECT_PUBLIC_KEY] = "JPKI-AUTH",
			[OBJECT_CA] = "JPKI-AUTH-CA",
		},
		.pin = JPKI_PIN_AUTH,
		.key = JPKI_KEY_AUTH,
		.cert = JPKI_CERT_AUTH,
		.ca = JPKI_CERT_AUTH_CA,
		.pin_min = 4, .pin_max = 4,
	}, {
		.label = "JPKI-SIGN",
		.object_label = {
			[OBJECT_CERTIFICATE] = "JPKI-SIGN",
			[OBJECT_PRIVATE_KEY] = "JPKI-SIGN",
			[OBJECT_PUBLIC_KEY] = "JPKI-SIGN",
			[OBJECT_CA] = "JPKI-SIGN-CA",
		},
		.pin = JPKI_PIN_SIGN,
		.key = JPKI_KEY_SIGN,
		.cert = JPKI_CERT_SIGN,
		.ca = JPKI_CERT_SIGN_CA,
		.pin_min = 6, .pin_max = 16,
		.private_cert = true,
	},
};

/*
 * Certificates.
 */

static void
cert_clear(struct cert *cert)
{
	jpki_buf_free(&cert->der);
	jpki_cert_free(&cert->parsed);
	memset(cert, 0, sizeof(*cert));
}

void
token_forget(struct slot *slot, bool login_only)
{
	bool behind_pin = slot->cert.behind_pin;

	if (!login_only || slot->row->private_cert || behind_pin)
		cert_clear(&slot->cert);
	slot->cert.behind_pin = login_only && behind_pin;
	if (!login_only)
		cert_clear(&slot->ca);
}

/* CKA_CHECK_VALUE: the first three bytes of SHA-1 over the value. */
static enum jpki_err
check_value(struct cert *cert)
{
	uint8_t digest[JPKI_DIGEST_MAX];
	struct jpki_digest *d = NULL;
	enum jpki_err err;
	size_t n;

	err = jpki_digest_new(module.ctx, JPKI_HASH_SHA1, &d);
	if (err == JPKI_OK)
		err = jpki_digest_update(d, cert->der.p, cert->der.n);
	if (err == JPKI_OK)
		err = jpki_digest_final(d, digest, &n);
	if (err == JPKI_OK)
		memcpy(cert->check, digest, sizeof(cert->check));
	jpki_digest_free(&d);
	return err;
}

static enum jpki_err
cert_fetch(struct slot *slot, enum jpki_cert_id id, struct cert *cert)
{
	enum jpki_err err;

	err = jpki_cert_read(slot->reader->card, id, &cert->der);
	if (err == JPKI_OK)
		err = jpki_cert_parse(module.ctx, cert->der.p, cert->der.n,
		    &cert->parsed);
	if (err == JPKI_OK)
		err = check_value(cert);
	if (err != JPKI_OK) {
		jpki_buf_free(&cert->der);
		jpki_cert_free(&cert->parsed);
	}
	return err;
}

/* An answer that makes no sense: of this once, or of this card. */
static bool
is_odd(enum jpki_err err)
{
	return err == JPKI_ERR_SW || err == JPKI_ERR_MALFORMED;
}

void
token_ask_again(struct slot *slot)
{
	slot->cert.asked = slot->cert.asked && !is_odd(slot->cert.err);
	slot->ca.asked = slot->ca.asked && !is_odd(slot->ca.err);
}

static void
cert_read(struct slot *slot, enum jpki_cert_id id, struct cert *cert)
{
	enum jpki_err err;
	CK_RV rv;

	if (cert->asked || slot->reader->card == NULL)
		return;
	if (cert->behind_pin && !slot->logged_in)
		return;
	err = cert_fetch(slot, id, cert);
	/*
	 * Remembered as long as the card is in, so asked for twice: a card that
	 * lost its place, by a reset that nobody saw, has no such file either.
	 */
	if (is_answer(err))
		err = cert_fetch(slot, id, cert);
	cert->behind_pin = cert->behind_pin || err == JPKI_ERR_AUTH_REQUIRED;
	/* An answer of the card is final; trouble on the way is not. */
	cert->asked = err == JPKI_OK ||
	    (is_answer(err) && err != JPKI_ERR_AUTH_REQUIRED);
	cert->err = err;
	rv = slot_judge(slot, err);
	if (rv == CKR_DEVICE_REMOVED || !is_answer(err))
		trouble_note(rv);
}

const struct cert *
token_cert(struct slot *slot, enum object_kind kind)
{
	bool ca = kind == OBJECT_CA;
	struct cert *cert = ca ? &slot->ca : &slot->cert;

	cert_read(slot, ca ? slot->row->ca : slot->row->cert, cert);
	return cert->asked && cert->err == JPKI_OK ? cert : NULL;
}

/*
 * On a card the signature certificate only; on a phone the other one as well,
 * which shows in the attempt to read it.
 */
bool
token_cert_is_private(struct slot *slot)
{
	if (slot->row->private_cert)
		return true;
	if (!slot->cert.asked)
		(void)token_cert(slot, OBJECT_CERTIFICATE);
	return slot->cert.behind_pin;
}

/*
 * C_GetTokenInfo.
 */

void
pad(CK_UTF8CHAR *field, size_t size, const char *text)
{
	size_t n = strlen(text);

	if (n > size)
		for (n = size; n > 0 && ((unsigned char)text[n] & 0xC0) ==
		    0x80; n--)
			;
	memset(field, ' ', size);
	memcpy(field, text, n);
}

/*
 * The serial number: from the authentication certificate, which anybody can
 * read, because the card's own number identifies its holder.  Where it cannot
 * be read (a phone, no certificate) the token's label serves.
 */

/* Either the certificate or the label; trouble on the way is an error. */
static enum jpki_err
serial_source(struct reader *reader, struct jpki_buf *der,
    struct jpki_token *token)
{
	enum jpki_err err;

	/* A phone's certificate shows now; another time it will not. */
	if (slot_anybody_logged_in(reader) &&
	    jpki_token_read(reader->card, token) == JPKI_OK &&
	    token->kind == JPKI_KIND_PHONE)
		return JPKI_OK;
	err = jpki_cert_read(reader->card, JPKI_CERT_AUTH, der);
	if (is_answer(err))
		err = jpki_cert_read(reader->card, JPKI_CERT_AUTH, der);
	if (is_answer(err))
		err = jpki_token_read(reader->card, token);
	return is_answer(err) ? JPKI_OK : err;
}

static enum jpki_err
serial_make(struct reader *reader)
{
	struct jpki_token token = { .label = "" };
	uint8_t digest[JPKI_DIGEST_MAX];
	struct jpki_digest *d = NULL;
	struct jpki_buf der = { 0 };
	enum jpki_err err;
	size_t n;

	err = serial_source(reader, &der, &token);
	if (err == JPKI_OK)
		err = jpki_digest_new(module.ctx, JPKI_HASH_SHA256, &d);
	if (err == JPKI_OK)
		err = der.p != NULL ? jpki_digest_update(d, der.p, der.n) :
		    jpki_digest_update(d, token.label, strlen(token.label));
	if (err == JPKI_OK)
		err = jpki_digest_final(d, digest, &n);
	for (int i = 0; err == JPKI_OK && i < 8; i++)
		(void)snprintf(reader->serial + 2 * i, 3, "%02X", digest[i]);
	jpki_digest_free(&d);
	jpki_buf_free(&der);
	return err;
}

/*
 * In one transaction: the tries, always, and the serial number, once.  An odd
 * answer about the PIN hides nothing else (law P8).
 */
static enum jpki_err
ask(struct slot *slot, struct jpki_pin_info *pin, bool *has_pin, bool *has_pad)
{
	struct jpki_card *card = slot->reader->card;
	enum jpki_err err;

	err = jpki_card_begin(card);
	if (err != JPKI_OK)
		return err;
	err = jpki_pin_info(card, slot->row->pin, pin);
	*has_pin = err != JPKI_ERR_NOT_FOUND;
	if (is_answer(err)) {
		*pin = (struct jpki_pin_info){ .tries_left = -1 };
		err = JPKI_OK;
	}
	if (err == JPKI_OK && slot->reader->serial[0] == '\0')
		err = serial_make(slot->reader);
	*has_pad = err == JPKI_OK && login_has_pad(slot);
	jpki_card_end(card);
	return err;
}

/* A card that was lost may be back already: it is looked for once more. */
static CK_RV
ask_slot(CK_SLOT_ID id, struct slot **slot, struct jpki_pin_info *pin,
    bool *has_pin, bool *has_pad)
{
	CK_RV rv = CKR_DEVICE_REMOVED;

	for (int i = 0; i < 2 && rv == CKR_DEVICE_REMOVED; i++) {
		rv = slot_with_token(id, slot);
		if (rv == CKR_OK)
			rv = slot_judge(*slot, ask(*slot, pin, has_pin,
			    has_pad));
	}
	return rv == CKR_DEVICE_REMOVED ? CKR_TOKEN_NOT_PRESENT : rv;
}

static CK_FLAGS
pin_flags(const struct jpki_pin_info *pin)
{
	if (pin->locked)
		return CKF_USER_PIN_LOCKED;
	if (pin->tries_left == 1)
		return CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_COUNT_LOW;
	if (pin->tries_left > 0 && pin->tries_left < pin->tries_max)
		return CKF_USER_PIN_COUNT_LOW;
	return 0;
}

CK_RV
token_info(CK_SLOT_ID id, CK_TOKEN_INFO *info)
{
	struct jpki_pin_info pin = { .tries_left = -1 };
	struct slot *slot;
	bool has_pin = false, has_pad = false;
	CK_RV rv;

	if (info == NULL)
		return CKR_ARGUMENTS_BAD;
	rv = ask_slot(id, &slot, &pin, &has_pin, &has_pad);
	if (rv != CKR_OK)
		return rv;
	memset(info, 0, sizeof(*info));
	pad(info->label, sizeof(info->label), slot->row->label);
	pad(info->manufacturerID, sizeof(info->manufacturerID), "J-LIS");
	pad(info->model, sizeof(info->model), "JPKI");
	pad(info->serialNumber, sizeof(info->serialNumber),
	    slot->reader->serial);
	/* Never WRITE_PROTECTED: ssh opens R/W sessions, and PINs change. */
	info->flags = CKF_LOGIN_REQUIRED | CKF_TOKEN_INITIALIZED |
	    (has_pin ? CKF_USER_PIN_INITIALIZED : 0) |
	    (has_pad ? CKF_PROTECTED_AUTHENTICATION_PATH : 0) |
	    pin_flags(&pin);
	info->ulMaxSessionCount = CK_EFFECTIVELY_INFINITE;
	info->ulSessionCount = slot->sessions;
	info->ulMaxRwSessionCount = CK_EFFECTIVELY_INFINITE;
	info->ulRwSessionCount = slot->rw_sessions;
	info->ulMaxPinLen = slot->row->pin_max;
	info->ulMinPinLen = slot->row->pin_min;
	info->ulTotalPublicMemory = CK_UNAVAILABLE_INFORMATION;
	info->ulFreePublicMemory = CK_UNAVAILABLE_INFORMATION;
	info->ulTotalPrivateMemory = CK_UNAVAILABLE_INFORMATION;
	info->ulFreePrivateMemory = CK_UNAVAILABLE_INFORMATION;
	pad(info->utcTime, sizeof(info->utcTime), "");
	return CKR_OK;
}
