/* SPDX-License-Identifier: BSD-2-Clause */
#include "pinwords.h"

#include <stdio.h>

#include "language.h"

const char *
pin_title(enum jpki_pin pin)
{
	return language_of(jpki_pin_describe(pin)->title);
}

const char *
pin_rule(enum jpki_pin pin, bool is_new, char room[PINWORDS_MAX])
{
	const struct jpki_pin_desc *desc = jpki_pin_describe(pin);

	if (desc->min == desc->max)
		(void)snprintf(room, PINWORDS_MAX, _("%u digits"), desc->max);
	else
		(void)snprintf(room, PINWORDS_MAX, is_new && desc->letters ?
		    _("%u to %u letters and digits, at least one of each") :
		    _("%u to %u letters and digits"), desc->min, desc->max);
	return room;
}

const char *
pin_tries(int tries_left, char room[PINWORDS_MAX])
{
	(void)snprintf(room, PINWORDS_MAX, ngettext("%d try left",
	    "%d tries left", (unsigned long)tries_left), tries_left);
	return room;
}
