/* SPDX-License-Identifier: BSD-2-Clause */
/* A list that grows: an array of any type, and how many there are. */
#ifndef LIST_H
#define LIST_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Copy an item of size bytes behind the *n of a list.  list points to the
 * pointer to them, which is NULL at first, and is to be freed.  false: no
 * memory, and the list is as it was.
 */
bool	list_append(void *list, size_t *n, const void *item, size_t size);

#endif
