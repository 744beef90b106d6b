/* SPDX-License-Identifier: BSD-2-Clause */
#include "progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#define BAR	30	/* columns */

/* One thing alone is as good as done. */
static bool
is_shown(size_t count)
{
	return count > 1 && isatty(STDERR_FILENO);
}

void
progress_show(size_t done, size_t count)
{
	static const char full[BAR + 1] = "##############################";
	int width = (int)((double)done / (double)count * BAR);

	if (is_shown(count))
		fprintf(stderr, "\r[%-*.*s] %zu/%zu", BAR, width, full, done,
		    count);
}

void
progress_end(size_t count)
{
	if (is_shown(count))
		fprintf(stderr, "\r%*s\r", BAR + 40, "");
}
