/* SPDX-License-Identifier: BSD-2-Clause */
#include "list.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Pointers look the same, whatever they point to: POSIX says so. */
static unsigned char *
items_of(const void *list)
{
	unsigned char *items;

	memcpy(&items, list, sizeof items);
	return items;
}

static void
set_items(void *list, unsigned char *items)
{
	memcpy(list, &items, sizeof items);
}

bool
list_append(void *list, size_t *n, const void *item, size_t size)
{
	unsigned char *items;

	if (*n >= SIZE_MAX / size)
		return false;
	items = realloc(items_of(list), (*n + 1) * size);
	if (items == NULL)
		return false;
	memcpy(items + (*n)++ * size, item, size);
	set_items(list, items);
	return true;
}
