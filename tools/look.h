/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A look at a card: what it is, its certificates, the tries of its PINs.
 * Nothing is sent that costs a try.
 */
#ifndef LOOK_H
#define LOOK_H

#include "certs.h"
#include "tool.h"

enum { LOOK_AUTH, LOOK_SIGN, LOOK_CERTS };	/* the holder's certificates */

struct look_pin {
	bool			asked;		/* the card has such a PIN */
	enum jpki_err		err;
	struct jpki_pin_info	info;
};

struct look_cert {
	enum jpki_answer	present;
	enum jpki_err		err;		/* why view.cert is NULL */
	struct certview		view;
};

struct look {
	struct jpki_token	 token;
	struct jpki_availability have;
	struct look_cert	 certs[LOOK_CERTS];
	struct look_pin		 pins[JPKI_PIN_COUNT];
};

void		look_init(struct look *look);
void		look_free(struct look *look);

/*
 * The least that tells all: token information, availability, both tries, the
 * user authentication certificate.  The card is open and in a transaction,
 * and is left so.  An odd answer to one question never hides the rest of the
 * card; what is returned is worse.
 */
enum jpki_err	look_card(struct tool *t, struct look *look);

/* The other PINs live in other applications: after all else of this one. */
enum jpki_err	look_other_pins(struct tool *t, struct look *look);

/* The tries of one PIN. */
enum jpki_err	look_pin(struct tool *t, struct look *look, enum jpki_pin pin);

/* Read one of the certificates (LOOK_...); the signature's needs its PIN. */
enum jpki_err	look_cert(struct tool *t, struct look *look, size_t which);

#endif
