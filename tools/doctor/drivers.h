/* SPDX-License-Identifier: BSD-2-Clause */
/* pcscd's drivers of USB readers: folders with a list of what they know. */
#ifndef DRIVERS_H
#define DRIVERS_H

#include "host.h"

enum driver_answer {
	DRIVER_NONE,		/* no driver of USB readers at all */
	DRIVER_UNLISTED,	/* none that knows this reader */
	DRIVER_KNOWS
};

enum driver_answer driver_of(const struct host *host, unsigned vendor,
		    unsigned product);

/* The version of libccid, into room; "" if it is not there. */
const char	*driver_ccid_version(const struct host *host, char *room,
		    size_t n);

#endif
