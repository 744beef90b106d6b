/* SPDX-License-Identifier: BSD-2-Clause */
/* Verification, in software, with the certificate's public key. */
#include "operation.h"

/* What the library says of a claim, in the standard's words for C_Verify. */
static CK_RV
verdict(enum jpki_err err)
{
	switch (err) {
	case JPKI_OK:
		return CKR_OK;
	case JPKI_ERR_ARG:
	case JPKI_ERR_BUFFER:
		return CKR_DATA_LEN_RANGE;
	case JPKI_ERR_MISMATCH:
		return CKR_SIGNATURE_INVALID;
	default:
		return rv_of(err);
	}
}

static CK_RV
verify_now(struct session *session, const struct whole *whole,
    const CK_BYTE *signature, CK_ULONG n)
{
	struct operation *op = &session->operation[OPERATION_VERIFY];
	const struct cert *cert = token_cert(session->slot,
	    OBJECT_PUBLIC_KEY);
	struct jpki_claim claim = { 0 };
	CK_RV rv;

	if (cert == NULL)
		return trouble_or(CKR_KEY_HANDLE_INVALID);
	if (n != op->bytes)
		return CKR_SIGNATURE_LEN_RANGE;
	rv = operation_input(op, whole, &claim.digest, &claim.digest_n);
	if (rv != CKR_OK)
		return rv;
	claim.pss = op->mech->padding == PADDING_PSS;
	claim.hash = op->mech->hash;
	claim.signature = signature;
	claim.signature_n = n;
	return verdict(jpki_verify(module.ctx, cert->der.p, cert->der.n,
	    &claim));
}

CK_RV
verify_end(struct session *session, const struct whole *whole,
    const CK_BYTE *signature, CK_ULONG n)
{
	struct operation *op = &session->operation[OPERATION_VERIFY];
	CK_RV rv;

	rv = operation_check(op, whole, signature != NULL);
	if (rv != CKR_OK)
		return rv;
	return operation_result(op, verify_now(session, whole, signature, n),
	    true);
}
