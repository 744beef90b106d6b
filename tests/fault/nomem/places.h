/* SPDX-License-Identifier: BSD-2-Clause */
/* See place_is_new() in nomem.h. */
#ifndef PLACES_H
#define PLACES_H

#include "shim.h"

/* Where the shim notes the places of allocations. */
void	places_of(const struct nomem *noted);

#endif
