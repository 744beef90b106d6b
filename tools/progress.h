/* SPDX-License-Identifier: BSD-2-Clause */
/* How far many things have come: a bar at the terminal, nothing elsewhere. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stddef.h>

void	progress_show(size_t done, size_t count);
/* The bar goes away. */
void	progress_end(size_t count);

#endif
