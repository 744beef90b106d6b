/* SPDX-License-Identifier: BSD-2-Clause */
/* Running another program: no shell, nothing to read, its words kept. */
#ifndef SPAWN_H
#define SPAWN_H

#include <stddef.h>

#define SPAWN_SECONDS	10

/*
 * Run path with these arguments (the first is its name, NULL behind the last)
 * until it ends.  Its standard output and error come together in *words, to be
 * freed, also if it failed; NULL if there is none, and errno says why.  Returns its exit
 * status, or -1 if it was killed or could not be started; the latter is 127 on
 * some systems, and under some tools.
 *
 * While Ctrl-C is held (see interrupt.h) it is so for the program as well,
 * which may be writing a file.  If it goes on for SPAWN_SECONDS after a wish to
 * end was noted, it is killed; Ctrl-\ ends both at once.
 */
int	spawn_run(const char *path, const char *const argv[], char **words);

#endif
