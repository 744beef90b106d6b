/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes libpcsclite's place in the programs that call play_start(). */
#include "pcscplay.h"

#include <stdio.h>
#include <string.h>

#define ROWS_MAX	64
#define TEXT_MAX	1024

atomic_uint	play_cancels;
DWORD		play_atr_n, play_protocol;
void		(*play_watch)(const char *does);

static struct play	rows[ROWS_MAX];
static size_t		rows_n, at;
static long		contexts, handles;	/* given out */

void
play_start(void)
{
	rows_n = at = 0;
	contexts = handles = 0;
	play_cancels = 0;
	play_atr_n = 0;
	play_protocol = SCARD_PROTOCOL_T1;
	play_watch = NULL;
}

void
play_add(const struct play *more, size_t n)
{
	assert_true(rows_n + n <= ROWS_MAX);
	memcpy(rows + rows_n, more, n * sizeof(*more));
	rows_n += n;
}

void
play_done(void)
{
	if (at < rows_n)
		fail_msg("row %zu was not reached: %s", at, rows[at].does);
}

/* The row of this call. */
static const struct play *
follow(const char *does)
{
	if (play_watch != NULL)
		play_watch(does);
	if (at == rows_n)
		fail_msg("behind the last row: %s", does);
	if (strcmp(rows[at].does, does) != 0)
		fail_msg("row %zu: %s, not %s", at, does, rows[at].does);
	return &rows[at++];
}

static const struct play *
follow_number(const char *does, long number)
{
	char text[TEXT_MAX];

	(void)snprintf(text, sizeof(text), "%s %ld", does, number);
	return follow(text);
}

LONG
SCardEstablishContext(DWORD scope, LPCVOID reserved1, LPCVOID reserved2,
    LPSCARDCONTEXT context)
{
	const struct play *row = follow("establish");

	assert_int_equal(scope, SCARD_SCOPE_SYSTEM);
	assert_true(reserved1 == NULL && reserved2 == NULL);
	if (row->rv == SCARD_S_SUCCESS)
		*context = ++contexts;
	return row->rv;
}

LONG
SCardReleaseContext(SCARDCONTEXT context)
{
	return follow_number("release", context)->rv;
}

LONG
SCardCancel(SCARDCONTEXT context)
{
	assert_true(context >= 1 && context <= contexts);
	play_cancels++;
	return SCARD_S_SUCCESS;
}

/* The names, each with its NUL, and one more. */
static DWORD
put_names(const char *names, char *out, size_t room)
{
	size_t n = 0;

	if (strcmp(names, PLAY_MANY) == 0) {
		for (unsigned i = 0; i < PLAY_MANY_N; i++)
			n += (size_t)snprintf(out + n, room - n, "R%02u",
			    i) + 1;
	} else {
		(void)snprintf(out, room, "%s", names);
		n = strlen(out) + 1;
		for (size_t i = 0; i < n; i++)
			if (out[i] == ' ')
				out[i] = '\0';
	}
	out[n++] = '\0';
	return (DWORD)n;
}

LONG
SCardListReaders(SCARDCONTEXT context, LPCSTR groups, LPSTR readers,
    LPDWORD n)
{
	const struct play *row = follow_number("list", context);

	assert_null(groups);
	/* Asked for how many bytes there are, it says one; nobody minds. */
	if (row->rv == SCARD_S_SUCCESS)
		*n = readers != NULL ? put_names(row->gives, readers, *n) : 1;
	return row->rv;
}

/* " A+2": what a reader is said to have been like; the last is PnP's. */
static void
tell_seen(char *text, size_t room, const SCARD_READERSTATE *states, DWORD n)
{
	for (DWORD i = 0; i < n - 1; i++) {
		DWORD now = states[i].dwCurrentState;
		size_t used = strlen(text);

		assert_true((now & SCARD_STATE_PRESENT) == 0 ||
		    (now & SCARD_STATE_EMPTY) == 0);
		(void)snprintf(text + used, room - used, " %s%c%lu%s",
		    states[i].szReader,
		    (now & SCARD_STATE_PRESENT) != 0 ? '+' : '-',
		    (unsigned long)(now >> 16),
		    (now & SCARD_STATE_MUTE) != 0 ? "m" : "");
	}
	assert_string_equal(states[n - 1].szReader,
	    "\\\\?PnP?\\Notification");
}

static LONG
await(SCARDCONTEXT context, DWORD timeout, SCARD_READERSTATE *states, DWORD n)
{
	char text[TEXT_MAX];
	size_t used;

	(void)snprintf(text, sizeof(text), "await %ld", context);
	tell_seen(text, sizeof(text), states, n);
	used = strlen(text);
	if (timeout == INFINITE)
		(void)snprintf(text + used, sizeof(text) - used, " ever");
	else
		(void)snprintf(text + used, sizeof(text) - used, " %lu",
		    (unsigned long)timeout);
	return follow(text)->rv;
}

/* Of very many readers only how many they are. */
static const struct play *
follow_states(SCARDCONTEXT context, const SCARD_READERSTATE *states, DWORD n)
{
	char text[TEXT_MAX];
	size_t used;

	(void)snprintf(text, sizeof(text), "states %ld", context);
	for (DWORD i = 0; n <= 2 && i < n; i++) {
		used = strlen(text);
		assert_int_equal(states[i].dwCurrentState,
		    SCARD_STATE_UNAWARE);
		(void)snprintf(text + used, sizeof(text) - used, " %s",
		    states[i].szReader);
	}
	used = strlen(text);
	if (n > 2)
		(void)snprintf(text + used, sizeof(text) - used, " of %lu",
		    (unsigned long)n);
	return follow(text);
}

LONG
SCardGetStatusChange(SCARDCONTEXT context, DWORD timeout,
    SCARD_READERSTATE *states, DWORD n)
{
	const struct play *row;

	if (n > 0 && states[n - 1].szReader[0] == '\\')
		return await(context, timeout, states, n);
	assert_int_equal(timeout, 0);
	row = follow_states(context, states, n);
	for (DWORD i = 0; i < n && row->rv == SCARD_S_SUCCESS; i++) {
		states[i].dwEventState = i < 2 ? row->flags[i] : 0;
		states[i].cbAtr = play_atr_n;
		memset(states[i].rgbAtr, 0x3B, sizeof(states[i].rgbAtr));
	}
	return row->rv;
}

#define EITHER	(SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1)

LONG
SCardConnect(SCARDCONTEXT context, LPCSTR reader, DWORD mode, DWORD protocols,
    LPSCARDHANDLE handle, LPDWORD protocol)
{
	char text[TEXT_MAX];
	const struct play *row;

	(void)snprintf(text, sizeof(text), "connect %ld %s", context, reader);
	row = follow(text);
	assert_int_equal(mode, SCARD_SHARE_SHARED);
	assert_int_equal(protocols, EITHER);
	if (row->rv == SCARD_S_SUCCESS) {
		*handle = ++handles;
		*protocol = play_protocol;
	}
	return row->rv;
}

LONG
SCardReconnect(SCARDHANDLE handle, DWORD mode, DWORD protocols, DWORD how,
    LPDWORD protocol)
{
	static const char *const ways[] = {
		[SCARD_LEAVE_CARD] = "leave",
		[SCARD_RESET_CARD] = "reset",
		[SCARD_UNPOWER_CARD] = "unpower",
	};
	char text[TEXT_MAX];
	const struct play *row;

	assert_true(how < COUNT(ways));
	(void)snprintf(text, sizeof(text), "reconnect %ld %s", handle,
	    ways[how]);
	row = follow(text);
	assert_int_equal(mode, SCARD_SHARE_SHARED);
	assert_int_equal(protocols, EITHER);
	if (row->rv == SCARD_S_SUCCESS)
		*protocol = play_protocol;
	return row->rv;
}

LONG
SCardDisconnect(SCARDHANDLE handle, DWORD how)
{
	assert_int_equal(how, SCARD_LEAVE_CARD);
	return follow_number("disconnect", handle)->rv;
}

LONG
SCardBeginTransaction(SCARDHANDLE handle)
{
	return follow_number("begin", handle)->rv;
}

LONG
SCardEndTransaction(SCARDHANDLE handle, DWORD how)
{
	char text[TEXT_MAX];

	assert_true(how == SCARD_LEAVE_CARD || how == SCARD_UNPOWER_CARD);
	(void)snprintf(text, sizeof(text), "end %ld%s", handle,
	    how == SCARD_UNPOWER_CARD ? " unpower" : "");
	return follow(text)->rv;
}

/* *n is the room on entry. */
static LONG
answer_row(const struct play *row, uint8_t *answer, DWORD *n)
{
	struct octets octets;

	if (row->rv != SCARD_S_SUCCESS)
		return row->rv;
	octets = unhex(row->gives);
	assert_true(octets.n <= *n);
	memcpy(answer, octets.p, octets.n);
	*n = (DWORD)octets.n;
	return row->rv;
}

LONG
SCardTransmit(SCARDHANDLE handle, const SCARD_IO_REQUEST *pci,
    LPCBYTE command, DWORD n, SCARD_IO_REQUEST *answer_pci, LPBYTE answer,
    LPDWORD answer_n)
{
	char text[TEXT_MAX];
	const struct play *row;
	int used;

	used = snprintf(text, sizeof(text), "transmit %ld %s ", handle,
	    pci == SCARD_PCI_T0 ? "T0" : "T1");
	for (DWORD i = 0; i < n; i++)
		used += snprintf(text + used, sizeof(text) - (size_t)used,
		    "%02X", command[i]);
	row = follow(text);
	assert_null(answer_pci);
	return answer_row(row, answer, answer_n);
}

LONG
SCardControl(SCARDHANDLE handle, DWORD code, LPCVOID in, DWORD n, LPVOID out,
    DWORD room, LPDWORD out_n)
{
	const uint8_t *bytes = in;
	char text[TEXT_MAX];
	int used;

	used = snprintf(text, sizeof(text), "control %ld %08lX%s", handle,
	    (unsigned long)code, n > 0 ? " " : "");
	for (DWORD i = 0; i < n; i++)
		used += snprintf(text + used, sizeof(text) - (size_t)used,
		    "%02X", bytes[i]);
	*out_n = room;
	return answer_row(follow(text), out, out_n);
}
