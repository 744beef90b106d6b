/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pcscd as a transcript: rows of what the transport has to call, and of what
 * it then gets.  Whatever differs from the rows, or is left over, fails the
 * test and shows the row.
 *
 * Calls, with the number of the context or of the handle, in the order in
 * which they were given out:
 *	"establish" "release 1" "list 1"
 *	"states 1 A B"		the state of these readers, at once
 *	"await 1 A+2 B-7m 500"	a change from: present (+) or empty (-), its
 *				count of events, mute (m); readers come and go;
 *				milliseconds, or "ever"
 *	"connect 1 A" "begin 1" "end 1" "disconnect 1" "transmit 1 T0 00A4"
 *	"end 1 unpower"
 *	"reconnect 1 leave"	or "reset", "unpower"
 *	"control 1 42000D48"	a control code, and the bytes with it, if any
 */
#ifndef PCSCPLAY_H
#define PCSCPLAY_H

#include <stdatomic.h>

#include <winscard.h>

#include "transport.h"
#include "unit.h"

struct play {
	const char	*does;
	LONG		 rv;
	const char	*gives;		/* of "list" the names: "A B" */
	DWORD		 flags[2];	/* of "states" dwEventState */
};

/* SCardCancel is not in the rows: it comes when it comes. */
extern atomic_uint	play_cancels;
/* Bytes of ATR that "states" claims; the protocol of a connection. */
extern DWORD		play_atr_n, play_protocol;
/* Called in each call, before its row is followed; may be NULL. */
extern void		(*play_watch)(const char *does);

/* Forget all rows, contexts and handles. */
void	play_start(void);
void	play_add(const struct play *rows, size_t n);
/* All rows were followed. */
void	play_done(void);

#define PLAY(...) \
	play_add((const struct play[]){ __VA_ARGS__ }, \
	    sizeof((const struct play[]){ __VA_ARGS__ }) / sizeof(struct play))

/* Of "list", more readers than the transport can hold: "R00" and so on. */
#define PLAY_MANY	"many"
#define PLAY_MANY_N	70

#endif
