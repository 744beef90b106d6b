/* SPDX-License-Identifier: BSD-2-Clause */
/* Where results go: standard output, or a file that is whole or not there. */
#ifndef OUTFILE_H
#define OUTFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "fail.h"
#include "infile.h"

/* All functions report their errors. */

/*
 * Would outfile_write() refuse the path, because it exists or its folder does
 * not, or cannot be written to?  Asked before the card is used, so that no
 * PIN is spent in vain.
 */
enum exit_code	outfile_check(const char *path, bool force);

/*
 * Write path by a temporary name in the same folder, fsync and link, so that
 * nothing half-written is ever seen.  An existing file is refused unless
 * force; something other than a file (a pipe, a device) is written to as it is.
 * secret: readable for the owner only.
 */
enum exit_code	outfile_write(const char *path, const void *p, size_t n,
		    bool force, bool secret);

/*
 * The same of several pieces, one behind the other; the last has p NULL.  If p
 * is all of a file that is mapped, it is copied from there piece by piece, so
 * that it takes no memory; and refused if the file has changed since.
 */
struct outpiece {
	const void		*p;
	size_t			 n;
	const struct infile	*file;		/* that it is of, or NULL */
};

enum exit_code	outfile_write_pieces(const char *path,
		    const struct outpiece *pieces, bool force, bool secret);

/* done: what holds even if this fails, such as "the PIN is changed", or NULL. */
enum exit_code	outfile_stdout(const char *done, const void *p, size_t n);

#endif
