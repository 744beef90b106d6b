/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The certification authorities of J-LIS that can be recognised: pinned by
 * the SHA-256 of their certificates.  The certificates themselves are on the
 * card; a pin makes the card's copy trustworthy.
 */
#ifndef ANCHORS_H
#define ANCHORS_H

#include "jpki.h"

/* Does a pinned CA have this subject key identifier (upper-case hex)? */
bool	anchor_has_key_id(const char *hex);
/* Is this the SHA-256 (upper-case hex) of a pinned CA certificate? */
bool	anchor_has_fingerprint(const char *hex);

#endif
