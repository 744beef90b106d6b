/* SPDX-License-Identifier: BSD-2-Clause */
/* Signatures by the card, each verified before it is handed out. */
#include "cert.h"
#include "digest.h"
#include "mem.h"
#include "sw.h"
#include "x509.h"

#define KEY_BYTES_MAX	2048	/* an RSA key of 16384 bits */
#define DATA_MAX	255	/* of a short command */
#define PSS_DIGEST	32	/* SHA-256, the only one that the card has */

typedef bool check_fn(OSSL_LIB_CTX *crypto, EVP_PKEY *key,
    struct slice signature, struct slice data);

/* What is to be signed, how, and how the result is checked. */
struct job {
	enum apdu_sign_p1	 p1;
	struct slice		 data;
	check_fn		*check;
};

/* No command for any other key type is public. */
static bool
fits(const EVP_PKEY *key, size_t *bytes)
{
	int n = EVP_PKEY_get_size(key);

	*bytes = n > 0 ? (size_t)n : 0;
	return EVP_PKEY_is_a(key, "RSA") && *bytes > JPKI_PKCS1_OVERHEAD &&
	    *bytes <= KEY_BYTES_MAX;
}

/*
 * What a key can sign; the sizes are the certificate's, never assumed.  Asked
 * once more, since the answer takes memory.
 */
static enum jpki_err
check_key(const EVP_PKEY *key, size_t *bytes)
{
	return fits(key, bytes) || fits(key, bytes) ? JPKI_OK :
	    mem_judge(JPKI_ERR_UNSUPPORTED);
}

/* The command, and the bytes it gave: as many as the key has, or an error. */
static enum jpki_err
card_sign(struct jpki_card *card, const struct job *job, struct wbuf *out)
{
	struct apdu apdu = apdu_sign(job->p1, job->data);
	enum jpki_err err;
	uint16_t sw;

	err = card_send(card, &apdu, out, &sw);
	if (err != JPKI_OK)
		return err;
	if (sw != SW_OK)
		return sw_err_plain(sw);
	return out->n == out->cap ? JPKI_OK : JPKI_ERR_MALFORMED;
}

/* What does not hold may lack memory, and is not handed out either. */
static enum jpki_err
check(struct jpki_card *card, const struct job *job, EVP_PKEY *key,
    struct slice signature)
{
	return job->check(card->ctx->crypto, key, signature, job->data) ?
	    JPKI_OK : mem_judge(JPKI_ERR_MISMATCH);
}

/*
 * One command less: if our application was current when the last transaction
 * ended, it mostly still is.  A key of another application cannot mislead,
 * because the result is checked; any doubt leads to the long way.
 */
static enum jpki_err
sign_quickly(struct jpki_card *card, const struct key_row *row,
    const struct job *job, EVP_PKEY *key, struct wbuf *out)
{
	enum jpki_err err;

	if (!card_select_again(card, &row->ef))
		return JPKI_ERR_NOT_FOUND;
	err = card_sign(card, job, out);
	if (err != JPKI_OK)
		return err;
	return check(card, job, key, wbuf_slice(out));
}

static enum jpki_err
sign_surely(struct jpki_card *card, const struct key_row *row,
    const struct job *job, EVP_PKEY *key, struct wbuf *out)
{
	enum jpki_err err;

	*out = wbuf_of(out->p, out->cap);
	err = card_select(card, &row->ef);
	if (err == JPKI_OK)
		err = card_sign(card, job, out);
	if (err == JPKI_ERR_AUTH_REQUIRED)
		card_unverify(card, row->pin);
	if (err != JPKI_OK)
		return err;
	return check(card, job, key, wbuf_slice(out));
}

static enum jpki_err
sign_checked(struct jpki_card *card, enum jpki_key key, const struct job *job,
    struct jpki_buf *out)
{
	const struct key_row *row = key_row(key);
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
	if (job->data.n > bytes - JPKI_PKCS1_OVERHEAD ||
	    job->data.n > DATA_MAX)
		return JPKI_ERR_BUFFER;
	w = wbuf_of(signature, bytes);
	err = sign_quickly(card, row, job, public_key, &w);
	/* What the card said is open to doubt; a broken link is not. */
	if (err >= JPKI_ERR_NOT_JPKI)
		err = sign_surely(card, row, job, public_key, &w);
	return err == JPKI_OK ? buf_copy(wbuf_slice(&w), out) : err;
}

static enum jpki_err
sign(struct jpki_card *card, enum jpki_key key, const struct job *job,
    struct jpki_buf *out)
{
	enum jpki_err err;

	err = jpki_card_begin(card);
	if (err != JPKI_OK)
		return err;
	/* After begin, which may have found that the login is gone. */
	err = jpki_pin_verified(card, key_row(key)->pin) ?
	    sign_checked(card, key, job, out) : JPKI_ERR_AUTH_REQUIRED;
	jpki_card_end(card);
	return err;
}

enum jpki_err
jpki_sign(struct jpki_card *card, enum jpki_key key, enum jpki_hash hash,
    const uint8_t *digest, size_t n, struct jpki_buf *signature)
{
	struct job job = { .p1 = SIGN_VERBATIM, .check = x509_opens };
	uint8_t info[DATA_MAX];
	struct wbuf data = wbuf_of(info, sizeof(info));
	enum jpki_err err;

	if (card == NULL || digest == NULL || signature == NULL ||
	    (unsigned)key >= JPKI_KEY_COUNT)
		return JPKI_ERR_ARG;
	err = digest_info(hash, slice_of(digest, n), &data);
	if (err != JPKI_OK)
		return err;
	job.data = wbuf_slice(&data);
	return sign(card, key, &job, signature);
}

enum jpki_err
jpki_sign_pss(struct jpki_card *card, enum jpki_key key,
    const uint8_t *digest, size_t n, struct jpki_buf *signature)
{
	struct job job = { .p1 = SIGN_PSS, .data = slice_of(digest, n),
	    .check = x509_pss_holds };

	if (card == NULL || digest == NULL || signature == NULL ||
	    (unsigned)key >= JPKI_KEY_COUNT || n != PSS_DIGEST)
		return JPKI_ERR_ARG;
	return sign(card, key, &job, signature);
}

/*
 * Whether a card makes PSS (PROTOCOL, 15.9): it judges P1 before anything
 * else, and says 6A86 to one that it does not know.  The data are a byte short
 * of a digest, so that a card never signs them, whoever is logged in.
 */
#define PROBE_BYTES	(PSS_DIGEST - 1)

static enum jpki_err
probe(struct jpki_card *card, const struct key_row *row,
    enum apdu_sign_p1 p1, uint16_t *sw)
{
	static const uint8_t data[PROBE_BYTES];
	struct apdu apdu = apdu_sign(p1, slice_of(data, sizeof(data)));
	enum jpki_err err;

	err = card_select(card, &row->ef);
	return err == JPKI_OK ? card_send(card, &apdu, NULL, sw) : err;
}

static enum jpki_answer
probe_answer(uint16_t pss, uint16_t impossible)
{
	if (pss == SW_WRONG_P1P2)
		return JPKI_NO;
	if (impossible != SW_WRONG_P1P2)
		return JPKI_UNKNOWN;
	return pss == SW_AUTH_REQUIRED || pss == SW_WRONG_LENGTH ||
	    pss == SW_CONDITIONS ? JPKI_YES : JPKI_UNKNOWN;
}

enum jpki_err
jpki_pss_probe(struct jpki_card *card, enum jpki_key key,
    enum jpki_answer *out)
{
	uint16_t pss = 0, impossible = 0;
	enum jpki_err err;

	if (card == NULL || out == NULL || (unsigned)key >= JPKI_KEY_COUNT)
		return JPKI_ERR_ARG;
	err = jpki_card_begin(card);
	if (err != JPKI_OK)
		return err;
	err = probe(card, key_row(key), SIGN_PSS, &pss);
	if (err == JPKI_OK && pss != SW_WRONG_P1P2)
		err = probe(card, key_row(key), SIGN_IMPOSSIBLE, &impossible);
	jpki_card_end(card);
	if (err == JPKI_OK)
		*out = probe_answer(pss, impossible);
	return err;
}

enum jpki_err
jpki_verify(struct jpki_ctx *ctx, const uint8_t *der, size_t n,
    const struct jpki_claim *claim)
{
	struct slice digest, signature;
	uint8_t info[KEY_BYTES_MAX];
	struct wbuf data = wbuf_of(info, sizeof(info));
	EVP_PKEY *key = NULL;
	enum jpki_err err;
	size_t bytes;
	bool holds;

	if (ctx == NULL || der == NULL || claim == NULL ||
	    claim->digest == NULL || claim->signature == NULL ||
	    (claim->pss && claim->digest_n != PSS_DIGEST))
		return JPKI_ERR_ARG;
	digest = slice_of(claim->digest, claim->digest_n);
	signature = slice_of(claim->signature, claim->signature_n);
	err = ctx_crypto(ctx);
	if (err == JPKI_OK)
		err = x509_public_key(ctx->crypto, slice_of(der, n), &key);
	if (err == JPKI_OK)
		err = check_key(key, &bytes);
	if (err == JPKI_OK && !claim->pss)
		err = digest_info(claim->hash, digest, &data);
	if (err == JPKI_OK && data.n > bytes - JPKI_PKCS1_OVERHEAD)
		err = JPKI_ERR_BUFFER;
	if (err != JPKI_OK)
		goto out;
	holds = claim->pss ?
	    x509_pss_holds(ctx->crypto, key, signature, digest) :
	    x509_opens(ctx->crypto, key, signature, wbuf_slice(&data));
	err = holds ? JPKI_OK : mem_judge(JPKI_ERR_MISMATCH);
out:
	EVP_PKEY_free(key);
	return err;
}
