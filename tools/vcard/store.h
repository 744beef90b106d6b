/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A card's directory:
 *
 *	state			text; see below
 *	files/APP-FID.bin	content of an EF (or object of GET DATA), whole,
 *				filler included: files/jpki-000A.bin is the
 *				user authentication certificate in DER
 *	keys/APP-FID.pem	private keys, PKCS #8
 *
 * A file that is missing is missing on the card.  The state is lines of words,
 * and comments that begin with #:
 *
 *	version 1
 *	profile adult
 *	pin auth 3 1234		name, tries left, value; "-": never set
 *
 * Everything may be edited while no program uses the card.  The state is
 * replaced by rename after it reached the disk, so that a crash leaves the old
 * one or the new one; "state.tmp" is the rest of one that did not get there.
 */
#ifndef VCARD_STORE_H
#define VCARD_STORE_H

#include "core.h"

/* Write a new card; the directory appears complete or not at all. */
int	store_create(const char *dir, const struct vcard *card,
	    char error[VCARD_ERROR_MAX]);
/* 0 if a card may be created there. */
int	store_check(const char *dir, char error[VCARD_ERROR_MAX]);

/* Write tries and PINs back; true when they are on the disk. */
bool	store_save(const struct vcard *card);
void	store_close(int dir);

#endif
