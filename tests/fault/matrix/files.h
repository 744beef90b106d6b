/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tool works on, and the files that it leaves. */
#ifndef FILES_H
#define FILES_H

#include "matrix.h"

/* Into the current folder. */
bool	files_make(void);
/* Take what is new in the folder over into the attempt, and remove it. */
void	files_take(const struct operation *op, struct attempt *a,
	    struct complaint *out);
/* All of a folder. */
void	files_remove(const char *folder);
bool	files_copy(const char *from, const char *to);

#endif
