/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The transport over PC/SC when libpcsclite says odd things.  The functions of
 * libpcsclite are those below; the transport is included, since the tests of
 * the modules have put another in its place.
 */
#include "pcsc.c"
#include "pcsc_link.c"

#include "unit.h"

#define READER	"Reader A"

/* What each says next; then SCARD_S_SUCCESS again. */
static struct {
	LONG	establish, list, change, connect, begin, reconnect, transmit;
} next;
/* Does every connection break that is made? */
static bool		 all_break;
static unsigned		 contexts, connects, transmits;

static LONG
take(LONG *rv)
{
	LONG now = *rv;

	*rv = SCARD_S_SUCCESS;
	return now;
}

LONG
SCardEstablishContext(DWORD scope, LPCVOID a, LPCVOID b, LPSCARDCONTEXT out)
{
	(void)scope, (void)a, (void)b;
	*out = ++contexts;
	return take(&next.establish);
}

LONG
SCardReleaseContext(SCARDCONTEXT context)
{
	(void)context;
	return SCARD_S_SUCCESS;
}

LONG
SCardListReaders(SCARDCONTEXT context, LPCSTR groups, LPSTR names, LPDWORD n)
{
	static const char one[] = READER "\0";

	(void)context, (void)groups;
	if (names != NULL)
		memcpy(names, one, sizeof(one));
	*n = sizeof(one);
	return take(&next.list);
}

LONG
SCardGetStatusChange(SCARDCONTEXT context, DWORD timeout,
    SCARD_READERSTATE *states, DWORD n)
{
	(void)context, (void)timeout;
	if (n > 0)
		states[0].dwEventState = SCARD_STATE_PRESENT;
	return take(&next.change);
}

LONG
SCardCancel(SCARDCONTEXT context)
{
	(void)context;
	return SCARD_S_SUCCESS;
}

LONG
SCardConnect(SCARDCONTEXT context, LPCSTR reader, DWORD share,
    DWORD protocols, LPSCARDHANDLE card, LPDWORD protocol)
{
	(void)context, (void)reader, (void)share, (void)protocols;
	*card = 1;
	*protocol = SCARD_PROTOCOL_T1;
	connects++;
	return all_break ? SCARD_W_SECURITY_VIOLATION : take(&next.connect);
}

LONG
SCardReconnect(SCARDHANDLE card, DWORD share, DWORD protocols, DWORD how,
    LPDWORD protocol)
{
	(void)card, (void)share, (void)protocols, (void)how;
	*protocol = SCARD_PROTOCOL_T1;
	return take(&next.reconnect);
}

LONG
SCardDisconnect(SCARDHANDLE card, DWORD how)
{
	(void)card, (void)how;
	return SCARD_S_SUCCESS;
}

LONG
SCardBeginTransaction(SCARDHANDLE card)
{
	(void)card;
	return take(&next.begin);
}

LONG
SCardEndTransaction(SCARDHANDLE card, DWORD how)
{
	(void)card, (void)how;
	return SCARD_S_SUCCESS;
}

LONG
SCardTransmit(SCARDHANDLE card, const SCARD_IO_REQUEST *pci,
    LPCBYTE command, DWORD n, SCARD_IO_REQUEST *recv_pci, LPBYTE answer,
    LPDWORD got)
{
	(void)card, (void)pci, (void)command, (void)n, (void)recv_pci;
	answer[0] = 0x90;
	answer[1] = 0x00;
	*got = 2;
	transmits++;
	return take(&next.transmit);
}

static struct transport *t;
static struct transport_conn *c;

static int
setup(void **state)
{
	(void)state;
	memset(&next, 0, sizeof(next));
	all_break = false;
	contexts = connects = transmits = 0;
	expect_err("new", transport_pcsc_new(&t), JPKI_OK);
	expect_err("connect", t->ops->connect(t, READER, &c), JPKI_OK);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	t->ops->disconnect(c, false);
	t->ops->free(t);
	return 0;
}

static enum jpki_err
send(void)
{
	static const uint8_t command[] = { 0x00, 0x20, 0x00, 0x80 };
	uint8_t answer[TRANSPORT_ANSWER_MAX];
	size_t n = sizeof(answer);

	return t->ops->transmit(c, slice_of(command, sizeof(command)), answer,
	    &n);
}

/*
 * pcscd was killed with words of ours unread: libpcsclite calls that a
 * refusal, and jpki-tool told the user to ask for a permission.
 */
static void
a_pcscd_that_was_killed_is_no_refusal(void **state)
{
	enum transport_since since;

	(void)state;
	expect_err("begin", t->ops->begin(c, &since), JPKI_OK);
	next.transmit = SCARD_W_SECURITY_VIOLATION;
	expect_err("transmit", send(), JPKI_ERR_NO_SERVICE);
	expect_int("never again by itself", transmits, 1);
	next.reconnect = SCARD_W_SECURITY_VIOLATION;
	expect_err("begin", t->ops->begin(c, &since), JPKI_OK);
	expect_int("since", since, SINCE_NEW);
	next.begin = SCARD_W_SECURITY_VIOLATION;
	expect_err("begin again", t->ops->begin(c, &since), JPKI_OK);
	expect_int("since", since, SINCE_NEW);
}

static void
readers_are_listed_by_the_next_pcscd(void **state)
{
	LONG *const places[] = { &next.list, &next.change };
	struct transport_reader *list = NULL;
	size_t i, n = 0;

	(void)state;
	for (i = 0; i < COUNT(places); i++) {
		*places[i] = SCARD_W_SECURITY_VIOLATION;
		expect_err("list", t->ops->list(t, &list, &n), JPKI_OK);
		expect_int("readers", (long long)n, 1);
		expect_int("contexts", contexts, 2 + (long long)i);
		free(list);
	}
}

static void
a_connect_that_was_cut_off_is_made_again(void **state)
{
	struct transport_conn *second = NULL;

	(void)state;
	next.connect = SCARD_W_SECURITY_VIOLATION;
	next.list = SCARD_F_COMM_ERROR;
	expect_err("cut off", t->ops->connect(t, READER, &second), JPKI_OK);
	expect_int("contexts", contexts, 2);
	t->ops->disconnect(second, false);
}

/* And asked for once: polkit may show a dialog each time. */
static void
a_refusal_stays_one(void **state)
{
	struct transport_conn *second = NULL;

	(void)state;
	all_break = true;
	connects = 0;
	expect_err("refused", t->ops->connect(t, READER, &second),
	    JPKI_ERR_ACCESS);
	assert_null(second);
	expect_int("connects", connects, 1);
}

/* A program that died is buried by pcscd with a reset of the card. */
static void
a_reset_under_our_feet_is_a_broken_link(void **state)
{
	enum transport_since since;

	(void)state;
	expect_err("begin", t->ops->begin(c, &since), JPKI_OK);
	next.transmit = SCARD_E_PROTO_MISMATCH;
	expect_err("transmit", send(), JPKI_ERR_IO);
	expect_err("begin", t->ops->begin(c, &since), JPKI_OK);
	expect_int("since", since, SINCE_RESET);
	expect_err("transmit", send(), JPKI_OK);
}

int
main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		WITH(a_pcscd_that_was_killed_is_no_refusal),
		WITH(readers_are_listed_by_the_next_pcscd),
		WITH(a_connect_that_was_cut_off_is_made_again),
		WITH(a_refusal_stays_one),
		WITH(a_reset_under_our_feet_is_a_broken_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
