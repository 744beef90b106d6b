/* SPDX-License-Identifier: BSD-2-Clause */
/* Signatures by the card, each verified before it is handed out. */
#include <stdlib.h>

#include "cert.h"
#include "digest.h"
#include "sw.h"
#include "x509.h"

#define PKCS1_OVERHEAD	11	/* RFC 8017, 9.2: 00 01 FF*8 00 */
#define KEY_BYTES_MAX	2048	/* an RSA key of 16384 bits */
#define DATA_MAX	255	/* of a short command */

/* What a key can sign; the sizes are the certificate's, never assumed. */
static enum jpki_err
check_key(EVP_PKEY *key, size_t *bytes)
{
	int n = EVP_PKEY_get_size(key);

	/* No command for any other key type is public. */
	if (!EVP_PKEY_is_a(key, "RSA"))
		return JPKI_ERR_UNSUPPORTED;
	if (n <= PKCS1_OVERHEAD || n > KEY_BYTES_MAX)
		return JPKI_ERR_UNSUPPORTED;
	*bytes = (size_t)n;
	return JPKI_OK;
}

/* The command, and the bytes it gave: as many as the key has, or an error. */
static enum jpki_err
card_sign(struct jpki_card *card, const struct key_row *row,
    struct slice data, struct wbuf *out)
{
	struct apdu apdu = apdu_sign(data);
	enum jpki_err err;
	uint16_t sw;

	err = card_select(card, &row->ef);
	if (err == JPKI_OK)
		err = card_send(card, &apdu, out, &sw);
	if (err != JPKI_OK)
		return err;
	if (sw == SW_AUTH_REQUIRED)
		card_unverify(card, row->pin);
	if (sw != SW_OK)
		return sw_err(sw);
	return out->n == out->cap ? JPKI_OK : JPKI_ERR_MALFORMED;
}

static enum jpki_err
sign_checked(struct jpki_card *card, enum jpki_key key, struct slice data,
    struct jpki_buf *out)
{
	uint8_t signature[KEY_BYTES_MAX];
	EVP_PKEY *public_key;
	enum jpki_err err;
	struct wbuf w;
	size_t bytes;

	err = cert_public_key(card, key, &public_key);
	if (err == JPKI_OK)
		err = check_key(public_key, &bytes);
	if (err != JPKI_OK)
		return err;
	if (data.n > bytes - PKCS1_OVERHEAD || data.n > DATA_MAX)
		return JPKI_ERR_BUFFER;
	w = wbuf_of(signature, bytes);
	err = card_sign(card, key_row(key), data, &w);
	if (err != JPKI_OK)
		return err;
	if (!x509_opens(card->ctx->crypto, public_key, wbuf_slice(&w), data))
		return JPKI_ERR_MISMATCH;
	return buf_copy(wbuf_slice(&w), out);
}

enum jpki_err
jpki_sign(struct jpki_card *card, enum jpki_key key, enum jpki_hash hash,
    const uint8_t *digest, size_t n, struct jpki_buf *signature)
{
	uint8_t info[DATA_MAX];
	struct wbuf data = wbuf_of(info, sizeof(info));
	enum jpki_err err;

	if (card == NULL || digest == NULL || signature == NULL ||
	    (unsigned)key >= JPKI_KEY_COUNT)
		return JPKI_ERR_ARG;
	err = digest_info(hash, slice_of(digest, n), &data);
	if (err != JPKI_OK)
		return err;
	err = jpki_card_begin(card);
	if (err != JPKI_OK)
		return err;
	/* After begin, which may have found that the login is gone. */
	err = jpki_pin_verified(card, key_row(key)->pin) ?
	    sign_checked(card, key, wbuf_slice(&data), signature) :
	    JPKI_ERR_AUTH_REQUIRED;
	jpki_card_end(card);
	return err;
}
