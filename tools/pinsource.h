/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a PIN from a descriptor or a file, and what a PIN is made of. */
#ifndef PINSOURCE_H
#define PINSOURCE_H

#include "options.h"

/*
 * Read the source given by the option fd or the option file into a new
 * secret: all of it, one trailing newline removed, full-width letters and
 * digits folded.  *out stays NULL if neither was given.  Reports errors.
 */
enum exit_code	pinsource_read(const struct options *opt, enum option_id fd,
		    enum option_id file, struct jpki_secret **out);

/*
 * Full-width letters and digits (U+FF10-FF19, FF21-FF3A, FF41-FF5A), as a
 * Japanese keyboard types them, become ASCII.
 */
void		pinsource_fold(struct jpki_secret *secret);

#endif
