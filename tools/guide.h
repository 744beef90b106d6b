/* SPDX-License-Identifier: BSD-2-Clause */
/* How locked PINs are reset: words for people, chosen by table. */
#ifndef GUIDE_H
#define GUIDE_H

#include <stdbool.h>
#include <stdio.h>

#include "jpki.h"

struct guide {
	enum jpki_kind		kind;
	/* A PIN that looks locked may belong to no certificate. */
	struct jpki_availability have;
	bool			locked[JPKI_PIN_COUNT];
};

/* Has the card the certificate of this PIN?  YES for a PIN of none. */
enum jpki_answer guide_certificate(const struct jpki_availability *have,
		    enum jpki_pin pin);

/* The ways to reset every locked PIN; nothing if none is. */
void	guide_put(FILE *f, const struct guide *guide);

#endif
