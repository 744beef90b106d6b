/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A private space of this process and its children: mounts that nobody else
 * sees and that vanish with the last of them, and a network with nothing but
 * a loopback in it.  All functions return -1 with one line in error.
 */
#ifndef VCARD_SPACE_H
#define VCARD_SPACE_H

#include "vcard.h"

#define SPACE_RUN	"/run/jpki-vcard"	/* files of the world */
#define SPACE_PCSCD	"/run/pcscd"		/* files of its pcscd */

/*
 * Mounts of our own.  Root may; anybody else, and a root without the right,
 * through a user namespace that changes nobody's name.  The process has one
 * thread.
 */
int	space_enter(char error[VCARD_ERROR_MAX]);

/*
 * A /run in memory with all that the real one holds, but for a fresh
 * SPACE_PCSCD and SPACE_RUN.
 */
int	space_make_run(char error[VCARD_ERROR_MAX]);

/* Hide what a folder holds. */
int	space_hide(const char *folder, char error[VCARD_ERROR_MAX]);

/* A network of our own; processes that exist already stay in theirs. */
int	space_make_net(char error[VCARD_ERROR_MAX]);

#endif
