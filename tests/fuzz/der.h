/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changes to DER that leave it DER: an element's value, its tag, its place
 * among its siblings, with all lengths around it put right again.
 */
#ifndef DER_H
#define DER_H

#include "fuzz.h"

#define DER_MAX	8192	/* bytes of an object that is changed */

/*
 * Change the object in the size bytes at data, in place, to at most max_size.
 * Returns the new size; the old one if it is no DER or does not fit.
 */
size_t	der_mutate(uint8_t *data, size_t size, size_t max_size,
	    unsigned seed);

/* The element at the front, header included; empty if there is none. */
struct slice der_element(struct slice s);
/* What is in it. */
struct slice der_value(struct slice element);

#endif
