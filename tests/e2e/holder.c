/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program that keeps a card to itself by a transaction, as one does that
 * signs or waits for a PIN: "held" is written when it has it, and it lets go
 * when its standard input ends.
 */
#include <stdio.h>
#include <string.h>

#include <winscard.h>

/* Of the first reader that has a card. */
static LONG
hold(SCARDCONTEXT context, SCARDHANDLE *card)
{
	char	names[4096];
	DWORD	n = sizeof(names), protocol;
	LONG	rv = SCardListReaders(context, NULL, names, &n);

	if (rv != SCARD_S_SUCCESS)
		return rv;
	rv = SCARD_E_NO_SMARTCARD;
	for (const char *name = names; *name != '\0' && rv != SCARD_S_SUCCESS;
	    name += strlen(name) + 1)
		rv = SCardConnect(context, name, SCARD_SHARE_SHARED,
		    SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, card, &protocol);
	return rv == SCARD_S_SUCCESS ? SCardBeginTransaction(*card) : rv;
}

int
main(void)
{
	SCARDCONTEXT	context;
	SCARDHANDLE	card = 0;
	LONG		rv;

	rv = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context);
	if (rv == SCARD_S_SUCCESS)
		rv = hold(context, &card);
	if (rv != SCARD_S_SUCCESS) {
		(void)fprintf(stderr, "%s\n", pcsc_stringify_error(rv));
		return 1;
	}
	(void)puts("held");
	(void)fflush(stdout);
	while (getchar() != EOF)
		;
	(void)SCardEndTransaction(card, SCARD_LEAVE_CARD);
	(void)SCardDisconnect(card, SCARD_LEAVE_CARD);
	(void)SCardReleaseContext(context);
	return 0;
}
