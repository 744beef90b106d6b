/* SPDX-License-Identifier: BSD-2-Clause */
/* See place_is_new() in nomem.h. */
#ifndef NOMEM_PLACES_H
#define NOMEM_PLACES_H

#include "nomem_shim.h"

/* Where the shim notes the places of allocations. */
void	places_of(const struct nomem *noted);

#endif
