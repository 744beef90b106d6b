/* SPDX-License-Identifier: BSD-2-Clause */
/* Signatures over the letter, verified with the card's certificates. */
#ifndef SIGNATURE_H
#define SIGNATURE_H

#include "matrix.h"

#define LETTER	"To be signed.\n"

bool	signature_open(const char *card_folder);
bool	signature_holds(enum card_pin key, bool pss,
	    const uint8_t signature[SIGNATURE_BYTES]);

#endif
