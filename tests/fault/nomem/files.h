/* SPDX-License-Identifier: BSD-2-Clause */
/* The folder of a trial, and what a run leaves in its folder "o". */
#ifndef FILES_H
#define FILES_H

#include <stdbool.h>
#include <stddef.h>

/* A folder of its own becomes the current one; false, and a line on stderr. */
bool	files_attach(void);
void	files_detach(void);

/* What is in "o" now is right, from now on. */
bool	files_remember(void);
/* Drop what a run left. */
void	files_clear(void);
/*
 * Each file is one of the right ones, and whole; all of them are there, if
 * told so.  Of dated ones only the size is compared.  Else false, and complaint
 * says what is wrong.
 */
bool	files_right(bool all, bool dated, char *complaint, size_t room);

#endif
