/* SPDX-License-Identifier: BSD-2-Clause */
/* Making a new card, with a say in where its keys come from. */
#ifndef VCARD_PERSONALISE_H
#define VCARD_PERSONALISE_H

#include <openssl/evp.h>

#include "vcard.h"

/*
 * RSA key pairs of a card.  Generating one takes a tenth of a second, and a
 * hundred times that beneath valgrind: tests bring theirs.
 */
enum personalise_key {
	PERSONALISE_KEY_SIGN,
	PERSONALISE_KEY_AUTH,
	PERSONALISE_KEY_SIGN_CA,
	PERSONALISE_KEY_AUTH_CA,
	PERSONALISE_KEY_CARD,	/* of all other applications */
	PERSONALISE_KEYS
};

/* A reference that the caller frees, or NULL. */
typedef EVP_PKEY *personalise_key_fn(enum personalise_key which);

/* vcard_create(), but with keys from key. */
int	personalise(const char *dir, const char *profile,
	    const struct vcard_person *person, const struct vcard_pins *pins,
	    personalise_key_fn *key, char error[VCARD_ERROR_MAX]);

#endif
