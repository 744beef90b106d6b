/* SPDX-License-Identifier: BSD-2-Clause */
/* What another program says of itself. */
#ifndef VCARD_ASK_H
#define VCARD_ASK_H

#include <stddef.h>

/* What it prints for an option, cut to the room; "" if it cannot be run. */
void	program_ask(const char *program, const char *option, char *out,
	    size_t room);

#endif
