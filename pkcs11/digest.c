/* SPDX-License-Identifier: BSD-2-Clause */
/* Digests, in software. */
#include <string.h>

#include "operation.h"

CK_RV
digest_end(struct session *session, const struct whole *whole, CK_BYTE *out,
    CK_ULONG *n)
{
	struct operation *op = &session->operation[OPERATION_DIGEST];
	const uint8_t *digest;
	size_t bytes;
	CK_RV rv;

	rv = operation_check(op, whole, n != NULL);
	if (rv != CKR_OK)
		return rv;
	/* C_Digest for the length, then C_DigestFinal: a digest of nothing. */
	op->in_one = whole != NULL;
	rv = operation_room(out, n, jpki_hash_size(op->mech->hash));
	if (rv != CKR_OK || out == NULL)
		return operation_result(op, rv, false);
	rv = operation_input(op, whole, &digest, &bytes);
	if (rv == CKR_OK)
		memcpy(out, digest, bytes);
	return operation_result(op, rv, true);
}
