/* SPDX-License-Identifier: BSD-2-Clause */
#include "operation.h"

#include <stdint.h>
#include <string.h>

/* What an operation is for, and whose key it wants. */
static const struct {
	CK_FLAGS	use;
	bool		keyed;
	enum object_kind key;
} kinds[OPERATION_COUNT] = {
	[OPERATION_DIGEST] = { CKF_DIGEST, false, OBJECT_COUNT },
	[OPERATION_SIGN] = { CKF_SIGN, true, OBJECT_PRIVATE_KEY },
	[OPERATION_VERIFY] = { CKF_VERIFY, true, OBJECT_PUBLIC_KEY },
};

void
operation_end(struct operation *op)
{
	jpki_digest_free(&op->digest);
	memset(op, 0, sizeof(*op));
}

CK_RV
operation_result(struct operation *op, CK_RV rv, bool given)
{
	bool kept = rv == CKR_BUFFER_TOO_SMALL || (rv == CKR_OK && !given);

	if (!kept)
		operation_end(op);
	return rv;
}

/* Sets *bytes to those of the key's signatures. */
static CK_RV
check_key(struct session *session, CK_OBJECT_HANDLE handle,
    enum object_kind wanted, CK_ULONG *bytes)
{
	const struct cert *cert;
	struct object o;

	if (object_awaits_login(session, handle))
		return CKR_USER_NOT_LOGGED_IN;
	if (!object_find(session, handle, &o))
		return trouble_or(CKR_KEY_HANDLE_INVALID);
	if (o.kind != OBJECT_PRIVATE_KEY && o.kind != OBJECT_PUBLIC_KEY)
		return CKR_KEY_HANDLE_INVALID;
	if (o.kind != wanted)
		return CKR_KEY_FUNCTION_NOT_PERMITTED;
	cert = token_cert(o.slot, o.kind);
	if (cert == NULL || strcmp(cert->parsed->key_type, "RSA") != 0)
		return CKR_KEY_TYPE_INCONSISTENT;
	*bytes = (cert->parsed->key_bits + 7) / 8;
	return CKR_OK;
}

static CK_RV
begin(struct operation *op, const struct mech_row *mech, CK_ULONG bytes)
{
	enum jpki_err err = JPKI_OK;

	memset(op, 0, sizeof(*op));
	if (mech->hash != JPKI_HASH_NONE)
		err = jpki_digest_new(module.ctx, mech->hash, &op->digest);
	if (err == JPKI_OK) {
		op->mech = mech;
		op->bytes = bytes;
	}
	return rv_of(err);
}

CK_RV
operation_init(struct session *session, enum operation_kind kind,
    const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	struct operation *op = &session->operation[kind];
	const struct mech_row *mech;
	CK_ULONG bytes = 0;
	CK_RV rv;

	if (mechanism == NULL && op->mech == NULL)
		return CKR_ARGUMENTS_BAD;
	if (mechanism == NULL) {	/* 3.0: cancel */
		operation_end(op);
		return CKR_OK;
	}
	if (op->mech != NULL)
		return CKR_OPERATION_ACTIVE;
	rv = mech_find(session->slot, mechanism, kinds[kind].use, &mech);
	if (rv == CKR_OK && kinds[kind].keyed)
		rv = check_key(session, key, kinds[kind].key, &bytes);
	return rv == CKR_OK ? begin(op, mech, bytes) : rv;
}

/* Can there be n bytes at p? */
static bool
is_data(const CK_BYTE *p, CK_ULONG n)
{
	return n == 0 || (p != NULL && n <= PTRDIFF_MAX);
}

static CK_RV
add(struct operation *op, const CK_BYTE *data, CK_ULONG n)
{
	if (op->digest != NULL)
		return rv_of(jpki_digest_update(op->digest, data, n));
	if (n > sizeof(op->raw) - op->raw_n)
		return CKR_DATA_LEN_RANGE;
	if (n > 0)
		memcpy(op->raw + op->raw_n, data, n);
	op->raw_n += n;
	return CKR_OK;
}

CK_RV
operation_update(struct session *session, enum operation_kind kind,
    const CK_BYTE *data, CK_ULONG n)
{
	struct operation *op = &session->operation[kind];

	if (!is_data(data, n))
		return operation_result(op, CKR_ARGUMENTS_BAD, false);
	if (op->mech == NULL)
		return CKR_OPERATION_NOT_INITIALIZED;
	if (op->in_one)
		return operation_result(op, CKR_OPERATION_ACTIVE, false);
	op->in_parts = true;
	return operation_result(op, add(op, data, n), false);
}

CK_RV
operation_check(struct operation *op, const struct whole *whole,
    bool output_ok)
{
	if (!output_ok || (whole != NULL && !is_data(whole->p, whole->n)))
		return operation_result(op, CKR_ARGUMENTS_BAD, false);
	if (op->mech == NULL)
		return CKR_OPERATION_NOT_INITIALIZED;
	if (whole != NULL ? op->in_parts : op->in_one)
		return operation_result(op, CKR_OPERATION_ACTIVE, false);
	return CKR_OK;
}

CK_RV
operation_input(struct operation *op, const struct whole *whole,
    const uint8_t **p, size_t *n)
{
	CK_RV rv = CKR_OK;

	if (whole != NULL)
		rv = add(op, whole->p, whole->n);
	if (rv == CKR_OK && op->digest != NULL)
		rv = rv_of(jpki_digest_final(op->digest, op->raw,
		    &op->raw_n));
	*p = op->raw;
	*n = op->raw_n;
	return rv;
}

CK_RV
operation_room(const CK_BYTE *out, CK_ULONG *n, CK_ULONG need)
{
	CK_ULONG room = *n;

	*n = need;
	return out != NULL && room < need ? CKR_BUFFER_TOO_SMALL : CKR_OK;
}
