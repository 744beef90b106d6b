/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtual cards for fuzzing: made once, then in memory only, and as new at
 * every use.
 */
#ifndef VIRTUAL_H
#define VIRTUAL_H

#include "core.h"

/* What the cards were personalised with. */
#define VIRTUAL_PIN_AUTH	"7391"
#define VIRTUAL_PIN_SIGN	"ZQ9XK7WP"
#define VIRTUAL_PIN_INPUT	"5826"

/* Nothing else of a card has it. */
#define VIRTUAL_NUMBER		"880417263905"

/* How many profiles there are. */
unsigned	 virtual_profiles(void);

/*
 * The card of a profile (below virtual_profiles()), as it was created, without
 * power, and with the quirks whose bits are set.  It lives until the program
 * ends; what it was at its last use is forgotten.
 */
struct vcard	*virtual_card(unsigned profile, uint16_t quirks);

#endif
