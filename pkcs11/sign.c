/* SPDX-License-Identifier: BSD-2-Clause */
/* C_Sign and its like: the one thing that the card does for a client. */
#include <string.h>

#include "operation.h"

#define INPUT_MAX	RAW_MAX

static struct operation *
sign_of(struct session *session)
{
	return &session->operation[OPERATION_SIGN];
}

/* May this be signed?  Told without asking the card. */
static CK_RV
check_input(const struct session *session, const struct operation *op,
    size_t n)
{
	if (object_needs_consent(session->slot) && !op->consented)
		return CKR_USER_NOT_LOGGED_IN;
	if (op->mech->padding == PADDING_PSS)
		return n == jpki_hash_size(JPKI_HASH_SHA256) ? CKR_OK :
		    CKR_DATA_LEN_RANGE;
	if (op->mech->hash == JPKI_HASH_NONE &&
	    (n == 0 || n > op->bytes - JPKI_PKCS1_OVERHEAD))
		return CKR_DATA_LEN_RANGE;
	return CKR_OK;
}

static enum jpki_err
card_sign(struct slot *slot, const struct mech_row *mech,
    const uint8_t *input, size_t n, struct jpki_buf *out)
{
	struct jpki_card *card = slot->reader->card;

	if (mech->padding == PADDING_PSS)
		return jpki_sign_pss(card, slot->row->key, input, n, out);
	return jpki_sign(card, slot->row->key, mech->hash, input, n, out);
}

/*
 * All that was added is signed.  The operation ends before the card is asked:
 * whatever comes of that ends it, and the session may go with the card.
 */
static CK_RV
sign_now(struct session *session, const struct whole *whole, CK_BYTE *out)
{
	struct operation *op = sign_of(session);
	const struct mech_row *mech = op->mech;
	struct slot *slot = session->slot;
	CK_ULONG bytes = op->bytes;
	struct jpki_buf signature = { 0 };
	uint8_t input[INPUT_MAX];
	const uint8_t *p;
	size_t n;
	CK_RV rv;

	rv = operation_input(op, whole, &p, &n);
	if (rv == CKR_OK)
		rv = check_input(session, op, n);
	if (rv == CKR_OK)
		memcpy(input, p, n);
	operation_end(op);
	if (rv != CKR_OK)
		return rv;
	rv = slot_judge(slot, card_sign(slot, mech, input, n, &signature));
	if (rv == CKR_OK && signature.n == bytes)
		memcpy(out, signature.p, signature.n);
	else if (rv == CKR_OK)
		rv = CKR_DEVICE_ERROR;
	jpki_buf_free(&signature);
	return rv;
}

CK_RV
sign_end(struct session *session, const struct whole *whole, CK_BYTE *out,
    CK_ULONG *n)
{
	struct operation *op = sign_of(session);
	CK_RV rv;

	rv = operation_check(op, whole, n != NULL);
	if (rv != CKR_OK)
		return rv;
	rv = operation_room(out, n, op->bytes);
	if (rv != CKR_OK || out == NULL)
		return operation_result(op, rv, false);
	return sign_now(session, whole, out);
}
