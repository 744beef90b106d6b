/* SPDX-License-Identifier: BSD-2-Clause */
/* PINs in words of the user's language. */
#ifndef PINWORDS_H
#define PINWORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "jpki.h"

#define PINWORDS_MAX	160

/* "signature PIN" */
const char	*pin_title(enum jpki_pin pin);
/* What it looks like: "4 digits".  A new one may have to hold more. */
const char	*pin_rule(enum jpki_pin pin, bool is_new,
		    char room[PINWORDS_MAX]);
/* "3 tries left" */
const char	*pin_tries(int tries_left, char room[PINWORDS_MAX]);

#endif
