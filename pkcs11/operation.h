/* SPDX-License-Identifier: BSD-2-Clause */
/* What signatures, verifications and digests have in common. */
#ifndef OPERATION_H
#define OPERATION_H

#include "mech.h"
#include "object.h"

/* What C_Sign brings over C_SignFinal: all of the data, in one piece. */
struct whole {
	const CK_BYTE	*p;
	CK_ULONG	 n;
};

/* C_xxxInit; key is CK_INVALID_HANDLE for digests. */
CK_RV	operation_init(struct session *session, enum operation_kind kind,
    const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);
/* C_xxxUpdate. */
CK_RV	operation_update(struct session *session, enum operation_kind kind,
    const CK_BYTE *data, CK_ULONG n);
/*
 * The checks before the end: arguments (output_ok: those of the output),
 * then state.  whole is NULL at C_xxxFinal.  Ends the operation on errors.
 */
CK_RV	operation_check(struct operation *op, const struct whole *whole,
    bool output_ok);
/* All the data, whole included: its digest, or itself. */
CK_RV	operation_input(struct operation *op, const struct whole *whole,
    const uint8_t **p, size_t *n);
/* Is there room for need bytes?  Sets *n; OK only if the bytes can go out. */
CK_RV	operation_room(const CK_BYTE *out, CK_ULONG *n, CK_ULONG need);

/* The ends: whole is NULL at C_xxxFinal. */
CK_RV	digest_end(struct session *session, const struct whole *whole,
    CK_BYTE *out, CK_ULONG *n);
CK_RV	sign_end(struct session *session, const struct whole *whole,
    CK_BYTE *out, CK_ULONG *n);
CK_RV	verify_end(struct session *session, const struct whole *whole,
    const CK_BYTE *signature, CK_ULONG n);

#endif
