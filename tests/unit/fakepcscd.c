/* SPDX-License-Identifier: BSD-2-Clause */
#include "fakepcscd.h"

#include <string.h>

#define HANDLES		8
#define ALONE		(-1)	/* of connections, as pcsc-lite has it */
#define NEIGHBOUR	0	/* the handle of another program */

struct handle {
	bool	open;
	LONG	event;		/* the last one, until it is cleared */
};

static struct {
	SCARDCONTEXT	context;	/* the last one that was given out */
	struct handle	handles[HANDLES];
	SCARDHANDLE	base;		/* handle numbers of this service */
	int		connections;
	SCARDHANDLE	lock;		/* 0: nobody's */
	unsigned	locks, events, resets, resets_locked;
	unsigned	begin_failures, calls_left;
	LONG		begin_rv, reconnect_rv;
	bool		transmit_fails, neighbour_takes;
} fake;

void
fakepcscd_start(void)
{
	memset(&fake, 0, sizeof(fake));
	fake.context = 1;
	fake.base = 100;
	fake.events = 1;
}

void
fakepcscd_restart(void)
{
	SCARDCONTEXT context = fake.context;
	SCARDHANDLE base = fake.base;

	fakepcscd_start();
	fake.context = context + 1;
	fake.base = base + 100;
}

static void
set_event(LONG event)
{
	for (int i = 0; i < HANDLES; i++)
		fake.handles[i].event = event;
}

void
fakepcscd_exchange(void)
{
	set_event(SCARD_W_REMOVED_CARD);
	fake.lock = 0;
	fake.locks = 0;
	fake.events += 2;
}

void
fakepcscd_fail_begins(unsigned n, long rv)
{
	fake.begin_failures = n;
	fake.begin_rv = rv;
}

void
fakepcscd_fail_reconnect(long rv)
{
	fake.reconnect_rv = rv;
}

void
fakepcscd_fail_transmit(void)
{
	fake.transmit_fails = true;
}

void
fakepcscd_exchange_after(unsigned calls)
{
	fake.calls_left = calls;
}

/* Of each call on a handle. */
static void
count_call(void)
{
	if (fake.calls_left > 0 && --fake.calls_left == 0)
		fakepcscd_exchange();
}

/*
 * The accounts.
 */

static struct handle *
handle_of(SCARDHANDLE handle)
{
	struct handle *h;

	if (handle < fake.base || handle >= fake.base + HANDLES)
		return NULL;
	h = &fake.handles[handle - fake.base];
	return h->open ? h : NULL;
}

static bool
is_locked_to(SCARDHANDLE handle)
{
	return fake.lock != 0 && fake.lock != handle;
}

static LONG
lock(SCARDHANDLE handle)
{
	if (is_locked_to(handle))
		return SCARD_E_SHARING_VIOLATION;
	fake.lock = handle;
	fake.locks++;
	return SCARD_S_SUCCESS;
}

/* Of one that has the card alone, the last lock stays. */
static LONG
unlock(SCARDHANDLE handle)
{
	if (is_locked_to(handle))
		return SCARD_E_SHARING_VIOLATION;
	if (fake.locks <= (fake.connections == ALONE ? 1u : 0u))
		return SCARD_E_NOT_TRANSACTED;
	if (--fake.locks == 0)
		fake.lock = 0;
	return SCARD_S_SUCCESS;
}

static void
reset(void)
{
	set_event(SCARD_W_RESET_CARD);
	fake.resets++;
	fake.resets_locked += fake.lock != 0;
}

static LONG
open_handle(unsigned first, bool alone, SCARDHANDLE *out)
{
	if (fake.connections == ALONE || (alone && fake.connections > 0))
		return SCARD_E_SHARING_VIOLATION;
	while (first < HANDLES && fake.handles[first].open)
		first++;
	if (first == HANDLES)
		return SCARD_E_NO_MEMORY;
	fake.handles[first] = (struct handle){ .open = true };
	*out = fake.base + first;
	fake.connections = alone ? ALONE : fake.connections + 1;
	return alone ? lock(*out) : SCARD_S_SUCCESS;
}

static void
close_handle(SCARDHANDLE handle)
{
	if (!is_locked_to(handle))
		fake.lock = fake.locks = 0;
	handle_of(handle)->open = false;
	fake.connections = fake.connections > 0 ? fake.connections - 1 : 0;
}

bool
fakepcscd_neighbour(void)
{
	SCARDHANDLE handle;

	return open_handle(NEIGHBOUR, false, &handle) == SCARD_S_SUCCESS;
}

void
fakepcscd_neighbour_takes(void)
{
	fake.neighbour_takes = true;
}

void
fakepcscd_neighbour_leaves(void)
{
	close_handle(fake.base + NEIGHBOUR);
}

void
fakepcscd_neighbour_resets(void)
{
	reset();
	fake.handles[NEIGHBOUR].event = SCARD_S_SUCCESS;
}

void
fakepcscd_neighbour_slips_in(void)
{
	fake.handles[NEIGHBOUR].open = true;
	fake.connections++;
}

bool
fakepcscd_is_unlocked(void)
{
	return fake.lock == 0;
}

bool
fakepcscd_is_shared(void)
{
	return fake.connections != ALONE;
}

unsigned
fakepcscd_resets(void)
{
	return fake.resets;
}

unsigned
fakepcscd_resets_locked(void)
{
	return fake.resets_locked;
}

unsigned
fakepcscd_handles(void)
{
	unsigned n = 0;

	for (int i = 0; i < HANDLES; i++)
		n += fake.handles[i].open;
	return n;
}

/*
 * winscard.h, as far as the transport uses it.
 */

LONG
SCardEstablishContext(DWORD scope, LPCVOID a, LPCVOID b, LPSCARDCONTEXT out)
{
	(void)scope;
	(void)a;
	(void)b;
	*out = ++fake.context;
	return SCARD_S_SUCCESS;
}

LONG
SCardReleaseContext(SCARDCONTEXT context)
{
	(void)context;
	return SCARD_S_SUCCESS;
}

LONG
SCardGetStatusChange(SCARDCONTEXT context, DWORD timeout,
    SCARD_READERSTATE *states, DWORD n)
{
	(void)timeout;
	count_call();
	if (context != fake.context)
		return SCARD_E_INVALID_HANDLE;
	for (DWORD i = 0; i < n; i++)
		states[i].dwEventState = SCARD_STATE_CHANGED |
		    SCARD_STATE_PRESENT | (DWORD)fake.events << 16;
	return SCARD_S_SUCCESS;
}

LONG
SCardConnect(SCARDCONTEXT context, LPCSTR reader, DWORD share,
    DWORD protocols, LPSCARDHANDLE out, LPDWORD protocol)
{
	(void)protocols;
	count_call();
	if (context != fake.context)
		return SCARD_E_INVALID_HANDLE;
	if (strcmp(reader, FAKE_READER) != 0)
		return SCARD_E_UNKNOWN_READER;
	*protocol = SCARD_PROTOCOL_T1;
	return open_handle(NEIGHBOUR + 1, share == SCARD_SHARE_EXCLUSIVE, out);
}

/* Only the way back: libpcsclite may wait for ever on the way to be alone. */
static LONG
share_again(SCARDHANDLE handle, DWORD share)
{
	if (share != SCARD_SHARE_SHARED)
		return SCARD_E_UNSUPPORTED_FEATURE;
	if (fake.connections == ALONE) {
		(void)unlock(handle);
		fake.connections = 1;
	}
	return SCARD_S_SUCCESS;
}

LONG
SCardReconnect(SCARDHANDLE handle, DWORD share, DWORD protocols, DWORD how,
    LPDWORD protocol)
{
	struct handle *h;
	LONG rv;

	(void)protocols;
	count_call();
	if ((h = handle_of(handle)) == NULL)
		return SCARD_E_INVALID_HANDLE;
	if (is_locked_to(handle))
		return SCARD_E_SHARING_VIOLATION;
	rv = fake.reconnect_rv;
	fake.reconnect_rv = SCARD_S_SUCCESS;
	if (rv != SCARD_S_SUCCESS)
		return rv;
	if (how != SCARD_LEAVE_CARD)
		reset();
	*protocol = SCARD_PROTOCOL_T1;
	rv = share_again(handle, share);
	if (rv == SCARD_S_SUCCESS)
		h->event = SCARD_S_SUCCESS;
	return rv;
}

LONG
SCardDisconnect(SCARDHANDLE handle, DWORD how)
{
	if (handle_of(handle) == NULL)
		return SCARD_E_INVALID_HANDLE;
	if (how != SCARD_LEAVE_CARD)
		reset();
	close_handle(handle);
	if (fake.neighbour_takes)
		(void)open_handle(NEIGHBOUR, true, &handle);
	fake.neighbour_takes = false;
	return SCARD_S_SUCCESS;
}

LONG
SCardBeginTransaction(SCARDHANDLE handle)
{
	struct handle *h;

	count_call();
	if ((h = handle_of(handle)) == NULL)
		return SCARD_E_INVALID_HANDLE;
	if (h->event != SCARD_S_SUCCESS)
		return h->event;
	if (fake.begin_failures > 0) {
		fake.begin_failures--;
		return fake.begin_rv;
	}
	return lock(handle);
}

LONG
SCardEndTransaction(SCARDHANDLE handle, DWORD how)
{
	struct handle *h = handle_of(handle);

	if (h == NULL)
		return SCARD_E_INVALID_HANDLE;
	if (h->event != SCARD_S_SUCCESS)
		return h->event;
	if (how != SCARD_LEAVE_CARD && is_locked_to(handle))
		return SCARD_E_SHARING_VIOLATION;
	if (how != SCARD_LEAVE_CARD)
		reset();
	return unlock(handle);
}

LONG
SCardTransmit(SCARDHANDLE handle, const SCARD_IO_REQUEST *send_pci,
    LPCBYTE command, DWORD n, SCARD_IO_REQUEST *recv_pci, LPBYTE answer,
    LPDWORD answer_n)
{
	struct handle *h = handle_of(handle);

	(void)send_pci;
	(void)command;
	(void)n;
	(void)recv_pci;
	if (h == NULL)
		return SCARD_E_INVALID_HANDLE;
	if (h->event != SCARD_S_SUCCESS || is_locked_to(handle))
		return h->event != SCARD_S_SUCCESS ? h->event :
		    SCARD_E_SHARING_VIOLATION;
	if (fake.transmit_fails) {
		fake.transmit_fails = false;
		return SCARD_E_NOT_TRANSACTED;
	}
	memcpy(answer, "\x90", 2);
	*answer_n = 2;
	return SCARD_S_SUCCESS;
}
