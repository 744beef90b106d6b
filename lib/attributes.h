/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The holder's attributes and Individual Number as the card surface input
 * assistance application has them (PROTOCOL, "Card surface input assistance").
 */
#ifndef ATTRIBUTES_H
#define ATTRIBUTES_H

#include "buf.h"

#define ATTRIBUTES_TAG		0xFF20
/* Header and digits; filler stands behind them. */
#define MYNUMBER_BYTES		(3 + JPKI_MYNUMBER_DIGITS)

/* From the whole object.  MALFORMED, MEMORY. */
enum jpki_err	attributes_parse(struct slice object,
    struct jpki_attributes **out);

/* NULL for a code that is not one of the application's. */
const char	*attributes_sex(const char *stored);

/* The digits in an object of MYNUMBER_BYTES.  False: there are none. */
bool		mynumber_find(struct slice object, struct slice *digits);

#endif
