/* SPDX-License-Identifier: BSD-2-Clause */
#include "xmlmem.h"

#include <stdlib.h>
#include <string.h>

#include <libxml/xmlmemory.h>

static _Thread_local bool was_short;

static void *
note(void *p)
{
	was_short |= p == NULL;
	return p;
}

static void *
watched_malloc(size_t n)
{
	return note(malloc(n > 0 ? n : 1));
}

static void *
watched_realloc(void *p, size_t n)
{
	return note(realloc(p, n > 0 ? n : 1));
}

static char *
watched_strdup(const char *text)
{
	return note(strdup(text));
}

bool
xml_mem_start(void)
{
	return xmlMemSetup(free, watched_malloc, watched_realloc,
	    watched_strdup) == 0;
}

void
xml_mem_watch(void)
{
	was_short = false;
}

bool
xml_mem_short(void)
{
	return was_short;
}
