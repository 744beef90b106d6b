/* SPDX-License-Identifier: BSD-2-Clause */
#include "apdu.h"

#define DATA_MAX	255
#define HEADER_BYTES	4	/* CLA INS P1 P2; Lc would be the PIN's length */

/* mem.h says why not at once. */
static void
put_secret(struct wbuf *out, struct slice data)
{
	for (size_t i = 0; i < data.n; i++)
		wbuf_put_u8(out, data.p[i]);
}

bool
apdu_encode(const struct apdu *apdu, struct wbuf *out)
{
	if (apdu->data.n > DATA_MAX || apdu->le > APDU_LE_MAX)
		return false;
	wbuf_put_u8(out, apdu->cla);
	wbuf_put_u8(out, apdu->ins);
	wbuf_put_u8(out, apdu->p1);
	wbuf_put_u8(out, apdu->p2);
	if (apdu->data.n > 0) {
		wbuf_put_u8(out, (uint8_t)apdu->data.n);
		if (apdu->secret)
			put_secret(out, apdu->data);
		else
			wbuf_put_slice(out, apdu->data);
	}
	if (apdu->le > 0)
		wbuf_put_u8(out, (uint8_t)apdu->le);	/* 256 becomes 00 */
	return !out->overflow;
}

size_t
apdu_clear(const struct apdu *apdu)
{
	return apdu->secret ? HEADER_BYTES : APDU_MAX;
}

bool
answer_split(struct slice raw, struct answer *out)
{
	struct slice data, rest = raw;

	if (raw.n < 2 || !slice_take(&rest, raw.n - 2, &data))
		return false;
	out->data = data;
	return slice_take_u16(&rest, &out->sw);
}

/* P2 = 0C: no FCI wanted, hence no Le. */
struct apdu
apdu_select_app(struct slice aid)
{
	return (struct apdu){ .ins = 0xA4, .p1 = 0x04, .p2 = 0x0C,
	    .data = aid };
}

/* P1 = 02, EF under the current DF: the only form that the card takes. */
struct apdu
apdu_select_ef(const uint8_t id[2])
{
	return (struct apdu){ .ins = 0xA4, .p1 = 0x02, .p2 = 0x0C,
	    .data = slice_of(id, 2) };
}

/* Offsets have 15 bits: bit 8 of P1 would mean a short file identifier. */
struct apdu
apdu_read_binary(uint16_t offset, size_t le)
{
	return (struct apdu){ .ins = 0xB0, .p1 = (uint8_t)(offset >> 8 & 0x7F),
	    .p2 = (uint8_t)offset, .le = le };
}

struct apdu
apdu_get_response(size_t le)
{
	return (struct apdu){ .ins = 0xC0, .le = le };
}

struct apdu
apdu_sign(enum apdu_sign_p1 p1, struct slice data)
{
	return (struct apdu){ .cla = 0x80, .ins = 0x2A, .p1 = (uint8_t)p1,
	    .p2 = 0x80, .data = data, .le = APDU_LE_MAX };
}

struct apdu
apdu_pin_query(bool with_le)
{
	return (struct apdu){ .ins = 0x20, .p2 = 0x80,
	    .le = with_le ? APDU_LE_MAX : 0 };
}

struct apdu
apdu_verify(struct slice pin)
{
	return (struct apdu){ .ins = 0x20, .p2 = 0x80, .data = pin,
	    .secret = true };
}

/*
 * FF is no digit.  Of a reader that sent the place as it is, a card would take
 * it for a wrong PIN; no content is known that it would not.
 */
struct apdu
apdu_verify_keyed(void)
{
	static const uint8_t place[] = { 0xFF, 0xFF, 0xFF, 0xFF };
	struct apdu apdu = apdu_verify(slice_of(place, sizeof(place)));

	apdu.keyed = true;
	return apdu;
}

/* P1 = 01: the new PIN alone; the old one was verified just before. */
struct apdu
apdu_change(struct slice new_pin)
{
	return (struct apdu){ .ins = 0x24, .p1 = 0x01, .p2 = 0x80,
	    .data = new_pin, .secret = true };
}
