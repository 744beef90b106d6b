/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The only door to a card.  A transport lists readers, waits for a change,
 * and connects; a connection carries transactions and bytes.  Behind the
 * table stand PC/SC (pcsc*.c), a script (tests), the virtual card.
 *
 * What a transport says is not believed: lengths are checked by the caller.
 */
#ifndef TRANSPORT_H
#define TRANSPORT_H

#include "buf.h"
#include "jpki.h"

#define TRANSPORT_NAME_MAX	128	/* MAX_READERNAME of pcsc-lite */
#define TRANSPORT_ATR_MAX	33	/* ISO 7816-3 */
#define TRANSPORT_ANSWER_MIN	2	/* SW1-SW2 end every answer */
#define TRANSPORT_ANSWER_MAX	258	/* short APDU: 256 bytes and SW1-SW2 */

struct transport_reader {
	char		name[TRANSPORT_NAME_MAX];
	bool		has_card;
	bool		mute;
	bool		exclusive;	/* held by another program */
	uint32_t	events;		/* insertions and removals, 16 bits */
	uint8_t		atr[TRANSPORT_ATR_MAX];
	size_t		atr_len;
};

/* What happened to the card since the last transaction. */
enum transport_since {
	SINCE_NOTHING,		/* as it was left, as far as is known */
	SINCE_RESET,		/* the same card, reset: nothing selected */
	SINCE_NEW,		/* connected anew: may be another card */
};

struct transport;
struct transport_conn;

struct transport_ops {
	/* *out is allocated, to be freed with free(); NULL if *n is 0. */
	enum jpki_err (*list)(struct transport *t,
	    struct transport_reader **out, size_t *n);
	/*
	 * Block until a reader differs from what was seen, appears or goes.
	 * timeout_ms -1: for ever.  TIMEOUT, CANCELLED.
	 */
	enum jpki_err (*wait)(struct transport *t,
	    const struct transport_reader *seen, size_t n, int timeout_ms);
	/* End a wait; callable from another thread. */
	void (*cancel)(struct transport *t);
	enum jpki_err (*connect)(struct transport *t, const char *reader,
	    struct transport_conn **out);
	/* Transaction.  Heals a link, once, here and only here. */
	enum jpki_err (*begin)(struct transport_conn *c,
	    enum transport_since *since);
	/*
	 * Outside a transaction: connect anew, and so that no other program
	 * can.  BUSY: another one is connected, and this one is as before.
	 * Whatever comes of it, *since says NEW if the card may be another
	 * one; resets go unseen.  Whenever begin says that anything happened,
	 * the card is shared.
	 */
	enum jpki_err (*claim)(struct transport_conn *c,
	    enum transport_since *since);
	/* Inside a transaction: let other programs connect again. */
	enum jpki_err (*release)(struct transport_conn *c);
	/* *n is the room in answer on entry, the bytes written on return. */
	enum jpki_err (*transmit)(struct transport_conn *c,
	    struct slice command, uint8_t *answer, size_t *n);
	/*
	 * Has the reader keys of its own for a PIN?  Asks the driver, not the
	 * card.  NULL, as key_in: no reader of this transport has.
	 */
	bool (*has_pad)(struct transport_conn *c);
	/*
	 * As transmit, but the reader puts digits of ASCII, as they are keyed
	 * in there, into the place of the command's data, all of it.  Comes
	 * back when they are, or with a status word of the reader's (part 10
	 * of the PC/SC specification): 6400 time ran out, 6401 cancelled, 6403
	 * too few or too many, 6B80 it cannot.  UNSUPPORTED: nothing was sent.
	 */
	enum jpki_err (*key_in)(struct transport_conn *c,
	    struct slice command, uint8_t *answer, size_t *n);
	/*
	 * After an exchange that failed, and may have opened the card, its
	 * power is cut and given again before anybody else can use it.
	 */
	void (*end)(struct transport_conn *c);
	/* unpower: cut the card's power first, and give it again. */
	void (*disconnect)(struct transport_conn *c, bool unpower);
	void (*free)(struct transport *t);
};

/* A transport and a connection begin with these; the rest is their own. */
struct transport {
	const struct transport_ops *ops;
};

struct transport_conn {
	struct transport *transport;
};

/* The transport over pcsc-lite; reaches pcscd at the first use. */
enum jpki_err transport_pcsc_new(struct transport **out);

#endif
