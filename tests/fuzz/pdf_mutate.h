/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changes to the texts of objects of which fuzz_pdf makes documents: what is
 * in a dictionary, which object is meant, one more object, one more revision.
 */
#ifndef PDF_MUTATE_H
#define PDF_MUTATE_H

#include "fuzz.h"

#define PDF_BREAK	'\f'	/* between objects */
#define PDF_REVISION	'\v'	/* before those of a later revision */

/* Change the text of size bytes at data, in place, to at most max_size.
 * Returns the new size; the old one if it does not fit. */
size_t	pdf_mutate(uint8_t *data, size_t size, size_t max_size,
	    unsigned seed);

#endif
