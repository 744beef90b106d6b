/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changes to XML that leave it XML: elements moved, copied and wrapped,
 * attributes and texts that mean something to whoever checks signatures.
 */
#ifndef XML_MUTATE_H
#define XML_MUTATE_H

#include "fuzz.h"

/*
 * Change the document in the size bytes at data, in place, to at most
 * max_size.  Returns the new size; the old one if it is no document or does
 * not fit.
 */
size_t	xml_mutate(uint8_t *data, size_t size, size_t max_size,
	    unsigned seed);

#endif
