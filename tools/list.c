/* SPDX-License-Identifier: BSD-2-Clause */
#include "list.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool
list_append(void *list, size_t *n, const void *item, size_t size)
{
	unsigned char *old, *items;

	if (*n >= SIZE_MAX / size)
		return false;
	/* Pointers look the same, whatever they point to: POSIX says so. */
	memcpy(&old, list, sizeof old);
	items = realloc(old, (*n + 1) * size);
	if (items == NULL)
		return false;
	memcpy(items + (*n)++ * size, item, size);
	memcpy(list, &items, sizeof items);
	return true;
}
