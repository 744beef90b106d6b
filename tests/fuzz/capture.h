/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What code writes to stderr that cannot be given another place to write to:
 * the module's log.
 */
#ifndef CAPTURE_H
#define CAPTURE_H

void	capture_begin(void);
/* Every line since the last time, to fn. */
void	capture_lines(void (*fn)(const char *line));
/* stderr is what it was. */
void	capture_end(void);

#endif
