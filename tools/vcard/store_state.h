/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of a card's state; store.h describes it. */
#ifndef VCARD_STORE_STATE_H
#define VCARD_STORE_STATE_H

#include "core.h"

#define STATE_MAX	4096

/* False if it does not fit. */
bool	state_print(const struct vcard *card, struct wbuf *out);
/* Make a card of the profile that text names, with its PINs. */
int	state_parse(char *text, struct vcard **out,
	    char error[VCARD_ERROR_MAX]);

#endif
