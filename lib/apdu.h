/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Command APDUs of ISO 7816-4, short form, cases 1 to 4, and the split of a
 * response into data and status.  Extended length is never used: only some
 * generations of the card declare it (PROTOCOL, "Commands").
 */
#ifndef APDU_H
#define APDU_H

#include "buf.h"

#define APDU_MAX	261	/* header, Lc, 255 bytes of data, Le */
#define APDU_LE_MAX	256	/* Le = 00 */

struct apdu {
	uint8_t		cla, ins, p1, p2;
	struct slice	data;		/* empty: no Lc */
	size_t		le;		/* 0: no Le; 256: Le = 00 */
	bool		secret;		/* data is a PIN */
	bool		personal;	/* the answer is not for the log */
	bool		keyed;		/* data is the place of a PIN: the
					   reader's keys fill it */
};

struct answer {
	struct slice	data;
	uint16_t	sw;
};

/* False if data or le do not fit a short APDU. */
bool	apdu_encode(const struct apdu *apdu, struct wbuf *out);

/* Bytes of the encoded command that a log may show. */
size_t	apdu_clear(const struct apdu *apdu);

/* False if there is no room for a status word. */
bool	answer_split(struct slice raw, struct answer *out);

struct apdu	apdu_select_app(struct slice aid);
struct apdu	apdu_select_ef(const uint8_t id[2]);
struct apdu	apdu_read_binary(uint16_t offset, size_t le);
struct apdu	apdu_get_response(size_t le);
/* How the card pads: P1 of the signature command. */
enum apdu_sign_p1 {
	SIGN_VERBATIM = 0x00,	/* PKCS #1 v1.5 around the data as it is */
	SIGN_PSS = 0x04,	/* RSASSA-PSS over a SHA-256 digest */
	SIGN_IMPOSSIBLE = 0x7F,	/* no card has it: to compare with */
};

struct apdu	apdu_sign(enum apdu_sign_p1 p1, struct slice data);

/* The retry query, in its form without and with Le: never any data. */
struct apdu	apdu_pin_query(bool with_le);
struct apdu	apdu_verify(struct slice pin);
/* For a PIN of four digits, keyed in at the reader. */
struct apdu	apdu_verify_keyed(void);
struct apdu	apdu_change(struct slice new_pin);

#endif
