/* SPDX-License-Identifier: BSD-2-Clause */
/* Outputs that would overwrite each other, or what is read. */
#ifndef CLASH_H
#define CLASH_H

#include <stdbool.h>
#include <stddef.h>

#include "fail.h"

struct clash_path {
	const char	*path;
	bool		 is_output;
};

/*
 * Reports an output that is another output or an input, by whatever names;
 * asked before the card is used.  Pipes and devices may be named repeatedly.
 */
enum exit_code	clash_check(const struct clash_path *paths, size_t count);

#endif
