/* SPDX-License-Identifier: BSD-2-Clause */
/* What the applications besides JPKI hold. */
#ifndef VCARD_SURFACE_H
#define VCARD_SURFACE_H

#include "core.h"
#include "person.h"

/*
 * Make every file of the applications that the card's profile has.  signer
 * is the key behind the records' signatures.  False: OpenSSL or memory.
 */
bool	surface_make(struct vcard *card, const struct person *p,
	    EVP_PKEY *signer);

#endif
