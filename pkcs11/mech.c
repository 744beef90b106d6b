/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mechanisms: only what the token's own key does, and digests.  PSS is
 * offered where the card makes it, which a probe tells that needs no PIN and
 * changes nothing (PROTOCOL, "Signature").
 */
#include "mech.h"

#include <string.h>

#define KEY_BITS_MIN	1024
#define KEY_BITS_MAX	4096
#define RSA		(CKF_HW | CKF_SIGN | CKF_VERIFY)

static const struct mech_row rows[] = {
	{ CKM_RSA_PKCS, RSA, JPKI_HASH_NONE, PADDING_PKCS1 },
	{ CKM_SHA1_RSA_PKCS, RSA, JPKI_HASH_SHA1, PADDING_PKCS1 },
	{ CKM_SHA256_RSA_PKCS, RSA, JPKI_HASH_SHA256, PADDING_PKCS1 },
	{ CKM_SHA384_RSA_PKCS, RSA, JPKI_HASH_SHA384, PADDING_PKCS1 },
	{ CKM_SHA512_RSA_PKCS, RSA, JPKI_HASH_SHA512, PADDING_PKCS1 },
	{ CKM_RSA_PKCS_PSS, RSA, JPKI_HASH_NONE, PADDING_PSS },
	{ CKM_SHA256_RSA_PKCS_PSS, RSA, JPKI_HASH_SHA256, PADDING_PSS },
	{ CKM_SHA_1, CKF_DIGEST, JPKI_HASH_SHA1, PADDING_NONE },
	{ CKM_SHA256, CKF_DIGEST, JPKI_HASH_SHA256, PADDING_NONE },
	{ CKM_SHA384, CKF_DIGEST, JPKI_HASH_SHA384, PADDING_NONE },
	{ CKM_SHA512, CKF_DIGEST, JPKI_HASH_SHA512, PADDING_NONE },
};

#define COUNT	(sizeof(rows) / sizeof(rows[0]))

_Static_assert(COUNT <= MECHANISMS_MAX, "a list of all has room");

/* An answer that tells nothing is asked for twice, since it is remembered. */
static enum jpki_err
probe_pss(const struct reader *reader, enum jpki_key key,
    enum jpki_answer *out)
{
	enum jpki_err err = jpki_pss_probe(reader->card, key, out);

	if (err == JPKI_OK ? *out == JPKI_UNKNOWN : is_answer(err))
		err = jpki_pss_probe(reader->card, key, out);
	return err;
}

/*
 * Asked once an insertion; trouble on the way is no answer.  The card makes it
 * with both keys or with none, and what is sent no card signs, whoever is
 * logged in.
 */
static void
ask_pss(struct slot *slot, const struct token_row *row)
{
	struct reader *reader = slot->reader;
	enum jpki_err err;
	CK_RV rv;

	err = probe_pss(reader, row->key, &reader->pss);
	/* Without this key, the other one may tell. */
	reader->pss_asked = err == JPKI_OK ||
	    (is_answer(err) && err != JPKI_ERR_NOT_FOUND);
	rv = slot_judge(slot, err);
	if (rv == CKR_DEVICE_REMOVED || !is_answer(err))
		trouble_note(rv);
}

static bool
makes_pss(struct slot *slot)
{
	struct reader *reader = slot->reader;

	if (module.settings.pss != PSS_AUTO)
		return module.settings.pss == PSS_ON;
	for (unsigned i = 0; i < SLOTS_MAX; i++)
		if (!reader->pss_asked && reader->card != NULL)
			ask_pss(slot, &token_rows[i]);
	return reader->pss == JPKI_YES;
}

/* No certificate is read to find out: RSA is what all known cards have. */
static bool
is_known_not_rsa(const struct slot *slot)
{
	const struct jpki_cert *cert = slot->cert.parsed;

	return cert != NULL && strcmp(cert->key_type, "RSA") != 0;
}

static bool
offered(struct slot *slot, const struct mech_row *row)
{
	if (row->padding != PADDING_NONE && is_known_not_rsa(slot))
		return false;
	return row->padding != PADDING_PSS || makes_pss(slot);
}

/*
 * NSS reads the list once only: what it says must not depend on trouble that
 * passes.  A card that was lost may be back already.
 */
static CK_RV
slot_with_answer(CK_SLOT_ID id, bool pss, struct slot **out)
{
	CK_RV rv = CKR_DEVICE_REMOVED;

	for (int i = 0; i < 2 && rv == CKR_DEVICE_REMOVED; i++) {
		module.trouble = CKR_OK;
		rv = slot_with_token(id, out);
		if (rv == CKR_OK && pss) {
			(void)makes_pss(*out);
			rv = module.trouble;
		}
	}
	return rv == CKR_DEVICE_REMOVED ? CKR_TOKEN_NOT_PRESENT : rv;
}

CK_RV
mech_list(CK_SLOT_ID id, CK_MECHANISM_TYPE *list, CK_ULONG *count)
{
	CK_ULONG n = 0, room;
	struct slot *slot;
	CK_RV rv;

	if (count == NULL)
		return CKR_ARGUMENTS_BAD;
	rv = slot_with_answer(id, true, &slot);
	if (rv != CKR_OK)
		return rv;
	room = list != NULL ? *count : 0;
	for (size_t i = 0; i < COUNT; i++) {
		if (!offered(slot, &rows[i]))
			continue;
		if (n < room)
			list[n] = rows[i].type;
		n++;
	}
	*count = n;
	return list != NULL && n > room ? CKR_BUFFER_TOO_SMALL : CKR_OK;
}

size_t
mech_of_key(struct slot *slot, CK_MECHANISM_TYPE *list)
{
	size_t n = 0;

	for (size_t i = 0; i < COUNT; i++)
		if (rows[i].padding != PADDING_NONE &&
		    offered(slot, &rows[i]))
			list[n++] = rows[i].type;
	return n;
}

static const struct mech_row *
row_of(CK_MECHANISM_TYPE type)
{
	for (size_t i = 0; i < COUNT; i++)
		if (rows[i].type == type)
			return &rows[i];
	return NULL;
}

CK_RV
mech_info(CK_SLOT_ID id, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)
{
	const struct mech_row *row = row_of(type);
	struct slot *slot;
	CK_RV rv;

	if (info == NULL)
		return CKR_ARGUMENTS_BAD;
	rv = slot_with_answer(id, row != NULL && row->padding == PADDING_PSS,
	    &slot);
	if (rv != CKR_OK)
		return rv;
	if (row == NULL || !offered(slot, row))
		return CKR_MECHANISM_INVALID;
	memset(info, 0, sizeof(*info));
	info->flags = row->flags;
	if (row->padding != PADDING_NONE) {
		info->ulMinKeySize = KEY_BITS_MIN;
		info->ulMaxKeySize = KEY_BITS_MAX;
	}
	return CKR_OK;
}

/* The one set of parameters that the card makes (and every client asks). */
static bool
pss_parameter_holds(const CK_MECHANISM *m)
{
	struct rsa_pss_params p;

	if (m->pParameter == NULL || m->ulParameterLen != sizeof(p))
		return false;
	memcpy(&p, m->pParameter, sizeof(p));
	return p.hash == CKM_SHA256 && p.mgf == CKG_MGF1_SHA256 &&
	    p.salt == JPKI_PSS_SALT;
}

CK_RV
mech_find(struct slot *slot, const CK_MECHANISM *mechanism, CK_FLAGS flag,
    const struct mech_row **out)
{
	const struct mech_row *row = row_of(mechanism->mechanism);

	if (row == NULL || (row->flags & flag) == 0)
		return CKR_MECHANISM_INVALID;
	if (!offered(slot, row))
		return trouble_or(CKR_MECHANISM_INVALID);
	if (row->padding == PADDING_PSS ? !pss_parameter_holds(mechanism) :
	    mechanism->ulParameterLen != 0)
		return CKR_MECHANISM_PARAM_INVALID;
	*out = row;
	return CKR_OK;
}
