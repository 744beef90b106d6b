/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificates of the card, and the public face of x509.c. */
#include "anchors.h"
#include "cert.h"
#include "digest.h"
#include "mem.h"
#include "x509.h"

#define DER_SEQUENCE	0x30

enum jpki_err
cert_load(struct jpki_card *card, enum jpki_cert_id id, struct slice *out)
{
	const struct cert_row *row = cert_row(id);
	struct jpki_buf *kept = &card->cert[id];
	enum jpki_err err = JPKI_OK;

	if (kept->p == NULL) {
		/* Law of thrift: the card would only say 6982. */
		if (row->always && !jpki_pin_verified(card, row->pin))
			return JPKI_ERR_AUTH_REQUIRED;
		err = card_read_object(card, &row->ef, DER_SEQUENCE, kept);
		/* The login is over, whatever ended it. */
		if (err == JPKI_ERR_AUTH_REQUIRED &&
		    row->pin < JPKI_PIN_COUNT)
			card_unverify(card, row->pin);
	}
	*out = slice_of(kept->p, kept->n);
	return err;
}

enum jpki_err
cert_public_key(struct jpki_card *card, enum jpki_key key, EVP_PKEY **out)
{
	enum jpki_err err = JPKI_OK;
	struct slice der;

	if (card->public_key[key] == NULL) {
		err = cert_load(card, key_row(key)->cert, &der);
		if (err == JPKI_OK)
			err = ctx_crypto(card->ctx);
		if (err == JPKI_OK)
			err = x509_public_key(card->ctx->crypto, der,
			    &card->public_key[key]);
	}
	*out = card->public_key[key];
	return err;
}

enum jpki_err
jpki_cert_read(struct jpki_card *card, enum jpki_cert_id id,
    struct jpki_buf *der)
{
	struct slice kept;
	enum jpki_err err;

	if (card == NULL || der == NULL || (unsigned)id >= JPKI_CERT_COUNT)
		return JPKI_ERR_ARG;
	err = jpki_card_begin(card);
	if (err != JPKI_OK)
		return err;
	err = cert_load(card, id, &kept);
	jpki_card_end(card);
	return err == JPKI_OK ? buf_copy(kept, der) : err;
}

enum jpki_err
jpki_cert_parse(struct jpki_ctx *ctx, const uint8_t *der, size_t n,
    struct jpki_cert **out)
{
	enum jpki_err err;

	if (ctx == NULL || der == NULL || out == NULL)
		return JPKI_ERR_ARG;
	err = ctx_crypto(ctx);
	return err == JPKI_OK ? x509_parse(ctx->crypto, slice_of(der, n),
	    out) : err;
}

enum jpki_ca
jpki_cert_ca_claim(const struct jpki_cert *cert)
{
	if (cert->is_test)
		return JPKI_CA_TEST;
	return anchor_has_key_id(cert->authority_key_id) ?
	    JPKI_CA_KNOWN : JPKI_CA_UNKNOWN;
}

static enum jpki_ca
kind_of(const struct jpki_cert *ca)
{
	if (anchor_has_fingerprint(ca->fingerprint))
		return JPKI_CA_KNOWN;
	return ca->is_test ? JPKI_CA_TEST : JPKI_CA_UNKNOWN;
}

enum jpki_err
jpki_cert_ca_prove(struct jpki_ctx *ctx, const uint8_t *der, size_t n,
    const uint8_t *ca_der, size_t ca_n, enum jpki_ca *out)
{
	struct jpki_cert *ca = NULL;
	enum jpki_err err;

	if (ctx == NULL || der == NULL || ca_der == NULL || out == NULL)
		return JPKI_ERR_ARG;
	err = ctx_crypto(ctx);
	if (err == JPKI_OK)
		err = x509_parse(ctx->crypto, slice_of(ca_der, ca_n), &ca);
	if (err != JPKI_OK)
		return err;
	if (x509_issued_by(ctx->crypto, slice_of(der, n),
	    slice_of(ca_der, ca_n)))
		*out = kind_of(ca);
	else if (mem_judge(JPKI_ERR_MISMATCH) == JPKI_ERR_MEMORY)
		err = JPKI_ERR_MEMORY;
	else
		*out = JPKI_CA_UNKNOWN;
	jpki_cert_free(&ca);
	return err;
}

enum jpki_err
jpki_cert_spki(struct jpki_ctx *ctx, const uint8_t *der, size_t n,
    struct jpki_buf *out)
{
	enum jpki_err err;

	if (ctx == NULL || der == NULL || out == NULL)
		return JPKI_ERR_ARG;
	err = ctx_crypto(ctx);
	return err == JPKI_OK ? x509_spki(ctx->crypto, slice_of(der, n),
	    out) : err;
}

enum jpki_err
jpki_cert_ssh_key(struct jpki_ctx *ctx, const uint8_t *der, size_t n,
    char **line)
{
	enum jpki_err err;

	if (ctx == NULL || der == NULL || line == NULL)
		return JPKI_ERR_ARG;
	err = ctx_crypto(ctx);
	return err == JPKI_OK ? x509_ssh_key(ctx->crypto, slice_of(der, n),
	    line) : err;
}

enum jpki_err
jpki_digest_new(struct jpki_ctx *ctx, enum jpki_hash hash,
    struct jpki_digest **out)
{
	enum jpki_err err;

	if (ctx == NULL || out == NULL)
		return JPKI_ERR_ARG;
	err = ctx_crypto(ctx);
	return err == JPKI_OK ? digest_new(ctx->crypto, hash, out) : err;
}
