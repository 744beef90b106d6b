/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE		/* pipe2 */
#include "neighbour.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <winscard.h>

#define BOUND_MS 60000	/* no program waits so long for its turn */
#define READER	"Virtual PCD 00 00"	/* of the world's first card */

struct neighbour {
	pid_t	pid;
	int	to, from;
	bool	busy;
};

/*
 * In its process.
 */

struct connection {
	SCARDCONTEXT	context;
	SCARDHANDLE	card;
	bool		have_context, have_card;
};

static void
leave(struct connection *c)
{
	if (c->have_card)
		(void)SCardDisconnect(c->card, SCARD_LEAVE_CARD);
	if (c->have_context)
		(void)SCardReleaseContext(c->context);
	memset(c, 0, sizeof(*c));
}

static bool
join(struct connection *c, DWORD how)
{
	DWORD protocol;

	leave(c);
	c->have_context = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL,
	    NULL, &c->context) == SCARD_S_SUCCESS;
	c->have_card = c->have_context && SCardConnect(c->context, READER,
	    how, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &c->card,
	    &protocol) == SCARD_S_SUCCESS;
	return c->have_card;
}

/* The application that checks the printed surface: any but JPKI's will do. */
static bool
select_other(struct connection *c)
{
	static const uint8_t command[] = { 0x00, 0xA4, 0x04, 0x0C, 0x0A, 0xD3,
	    0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x02 };
	uint8_t answer[258];
	DWORD n = sizeof(answer);
	bool ok;

	if (!c->have_card ||
	    SCardBeginTransaction(c->card) != SCARD_S_SUCCESS)
		return false;
	ok = SCardTransmit(c->card, SCARD_PCI_T1, command, sizeof(command),
	    NULL, answer, &n) == SCARD_S_SUCCESS && n == 2 &&
	    answer[0] == 0x90;
	(void)SCardEndTransaction(c->card, SCARD_LEAVE_CARD);
	return ok;
}

static bool
deed_do(struct connection *c, char deed)
{
	switch (deed) {
	case NEIGHBOUR_SELECT:
		/* What it held may be gone, with pcscd or with the card. */
		return select_other(c) || (join(c, SCARD_SHARE_SHARED) &&
		    select_other(c));
	case NEIGHBOUR_TAKE:
		return join(c, SCARD_SHARE_EXCLUSIVE);
	default:
		leave(c);
		return true;
	}
}

static void
live(int in, int out)
{
	struct connection c = { 0 };
	char deed, ok;

	while (read(in, &deed, 1) == 1) {
		ok = deed_do(&c, deed) ? 1 : 0;
		if (write(out, &ok, 1) != 1)
			break;
	}
	leave(&c);
	_exit(0);
}

/*
 * From outside.
 */

struct neighbour *
neighbour_new(void)
{
	struct neighbour *n = calloc(1, sizeof(*n));
	int to[2], from[2];

	if (n == NULL || pipe2(to, O_CLOEXEC) != 0 ||
	    pipe2(from, O_CLOEXEC) != 0 || (n->pid = fork()) < 0) {
		free(n);
		return NULL;
	}
	if (n->pid == 0) {
		close(to[1]);
		close(from[0]);
		live(to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	n->to = to[1];
	n->from = from[0];
	return n;
}

void
neighbour_free(struct neighbour **neighbour)
{
	struct neighbour *n = *neighbour;

	if (n == NULL)
		return;
	close(n->to);
	close(n->from);
	(void)kill(n->pid, SIGKILL);
	(void)waitpid(n->pid, NULL, 0);
	free(n);
	*neighbour = NULL;
}

bool
neighbour_start(struct neighbour *n, enum neighbour_deed deed)
{
	char byte = (char)deed;

	if (n->busy)
		(void)neighbour_finish(n);
	n->busy = write(n->to, &byte, 1) == 1;
	return n->busy;
}

bool
neighbour_finish(struct neighbour *n)
{
	struct pollfd fd = { .fd = n->from, .events = POLLIN };
	char ok = 0;

	if (!n->busy)
		return true;
	n->busy = false;
	return poll(&fd, 1, BOUND_MS) == 1 && read(n->from, &ok, 1) == 1 &&
	    ok == 1;
}

bool
neighbour_do(struct neighbour *n, enum neighbour_deed deed)
{
	return neighbour_start(n, deed) && neighbour_finish(n);
}
