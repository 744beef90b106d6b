/* SPDX-License-Identifier: BSD-2-Clause */
/* Mechanisms, as one table. */
#ifndef MECH_H
#define MECH_H

#include "module.h"

#define MECHANISMS_MAX	16

enum padding {
	PADDING_NONE,		/* a digest, no signature */
	PADDING_PKCS1,
	PADDING_PSS,
};

struct mech_row {
	CK_MECHANISM_TYPE	type;
	CK_FLAGS		flags;
	enum jpki_hash		hash;	/* NONE: the data comes hashed, or raw */
	enum padding		padding;
};

CK_RV	mech_list(CK_SLOT_ID id, CK_MECHANISM_TYPE *list, CK_ULONG *count);
CK_RV	mech_info(CK_SLOT_ID id, CK_MECHANISM_TYPE type,
    CK_MECHANISM_INFO *info);

/* The row of a mechanism, with its parameter checked; flag is its use. */
CK_RV	mech_find(struct slot *slot, const CK_MECHANISM *mechanism,
    CK_FLAGS flag, const struct mech_row **out);

/* The mechanisms for which the token's key serves; at most MECHANISMS_MAX. */
size_t	mech_of_key(struct slot *slot, CK_MECHANISM_TYPE *list);

#endif
