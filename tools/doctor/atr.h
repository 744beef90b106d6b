/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers to reset: which kind of card it is. */
#ifndef ATR_H
#define ATR_H

#include "findings.h"

#define ATR_TEXT	(2 * 33 + 1)

/* In hexadecimal. */
const char	*atr_text(const uint8_t *atr, size_t n, char room[ATR_TEXT]);

/*
 * Of a card that has no JPKI, by the text of its ATR: FIND_CARD_DEAD for a My
 * Number Card, FIND_CARD_FOREIGN for one of a kind that is not known.
 */
enum finding_id	 atr_kind(const char *text);

/*
 * Does every card of its kind have this one?  Others may tell cards apart: some
 * hold a number of the card.
 */
bool		 atr_is_public(const char *text);

#endif
