/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PC/SC service in the place of pcscd, for tests of the transport over
 * PC/SC: one reader, and the accounts that pcsc-lite 1.9.9 keeps of it, its
 * mistakes included (src/winscard.c, src/readerfactory.c there).
 */
#ifndef FAKEPCSCD_H
#define FAKEPCSCD_H

#include <stdbool.h>

#include <winscard.h>

/*
 * Its side of winscard.h, for a file that includes the transport's: that is
 * compiled there once more, with these in the place of libpcsclite's.
 */
#define SCardEstablishContext	fake_SCardEstablishContext
#define SCardReleaseContext		fake_SCardReleaseContext
#define SCardGetStatusChange	fake_SCardGetStatusChange
#define SCardConnect		fake_SCardConnect
#define SCardReconnect		fake_SCardReconnect
#define SCardDisconnect		fake_SCardDisconnect
#define SCardBeginTransaction	fake_SCardBeginTransaction
#define SCardEndTransaction		fake_SCardEndTransaction
#define SCardTransmit		fake_SCardTransmit

LONG	SCardEstablishContext(DWORD scope, LPCVOID a, LPCVOID b,
	    LPSCARDCONTEXT out);
LONG	SCardReleaseContext(SCARDCONTEXT context);
LONG	SCardGetStatusChange(SCARDCONTEXT context, DWORD timeout,
	    SCARD_READERSTATE *states, DWORD n);
LONG	SCardConnect(SCARDCONTEXT context, LPCSTR reader, DWORD share,
	    DWORD protocols, LPSCARDHANDLE out, LPDWORD protocol);
LONG	SCardReconnect(SCARDHANDLE handle, DWORD share, DWORD protocols,
	    DWORD how, LPDWORD protocol);
LONG	SCardDisconnect(SCARDHANDLE handle, DWORD how);
LONG	SCardBeginTransaction(SCARDHANDLE handle);
LONG	SCardEndTransaction(SCARDHANDLE handle, DWORD how);
LONG	SCardTransmit(SCARDHANDLE handle, const SCARD_IO_REQUEST *send_pci,
	    LPCBYTE command, DWORD n, SCARD_IO_REQUEST *recv_pci,
	    LPBYTE answer, LPDWORD answer_n);

#define FAKE_READER	"Reader A"

/* The service as it is at the start: running, the card in, nobody there. */
void	fakepcscd_start(void);
/* Stop it and start it: contexts and handles are of no use any more. */
void	fakepcscd_restart(void);
/* Out, and another one in. */
void	fakepcscd_exchange(void);
/* What begin answers from then on as often, by its number. */
void	fakepcscd_fail_begins(unsigned n, long rv);
/* What the next reconnect answers, and does nothing. */
void	fakepcscd_fail_reconnect(long rv);
/* The next exchange with the card fails. */
void	fakepcscd_fail_transmit(void);
/* After that many of the coming calls the card is exchanged. */
void	fakepcscd_exchange_after(unsigned calls);

/* Another program: connect, as if it were one; false: refused. */
bool	fakepcscd_neighbour(void);
/* It has the card for itself as soon as we give our handle up. */
void	fakepcscd_neighbour_takes(void);
void	fakepcscd_neighbour_leaves(void);
/* It resets the card. */
void	fakepcscd_neighbour_resets(void);
/* It gets its handle while another takes the card for itself: see above. */
void	fakepcscd_neighbour_slips_in(void);
/* Could another program have a transaction now? */
bool	fakepcscd_is_unlocked(void);
/* Could another program connect now? */
bool	fakepcscd_is_shared(void);

/* Resets and losses of power that the card has seen. */
unsigned fakepcscd_resets(void);
/* Of these, the ones while nobody else could use the card. */
unsigned fakepcscd_resets_locked(void);
/* Handles that are open. */
unsigned fakepcscd_handles(void);

#endif
