/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a stranger's document may cost.  A few kilobytes of it can ask for any
 * amount of memory and time, and the libraries that read it give what they
 * have.  So it is read by a child process with limits: whatever becomes of
 * that one, the program goes on, and says so.
 */
#ifndef CONFINE_H
#define CONFINE_H

#include <stdbool.h>
#include <stddef.h>

#include "fail.h"

/*
 * Limits for documents of so many bytes altogether: 1 GiB of memory and 20 s
 * of processor time, and more of both as they are longer.  The document's own
 * bytes, if mapped, do not count.
 */
#define CONFINE_MEMORY		((size_t)1 << 30)
#define CONFINE_MEMORY_TIMES	8		/* the documents' size */
#define CONFINE_SECONDS		20
#define CONFINE_BYTES_A_SECOND	((size_t)1 << 20)

/*
 * As fork(): the work is done by who gets true, and ends with its exit code.
 * Who gets false has waited for that; *code is what it was, and what became of
 * a child that did not come to its end is reported.  To be called while there
 * is one thread.
 */
bool	confine_begin(const char *name, size_t bytes, enum exit_code *code);

#endif
