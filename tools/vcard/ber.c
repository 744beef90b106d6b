/* SPDX-License-Identifier: BSD-2-Clause */
#include "ber.h"

#include <string.h>

size_t
ber_header_size(uint16_t tag, size_t n)
{
	size_t tag_n = tag > 0xFF ? 2 : 1;

	return tag_n + (n < 0x80 ? 1u : n <= 0xFF ? 2u : 3u);
}

void
ber_put(struct wbuf *w, uint16_t tag, struct slice value)
{
	if (value.n > 0xFFFF) {
		w->overflow = true;
		return;
	}
	if (tag > 0xFF)
		wbuf_put_u8(w, (uint8_t)(tag >> 8));
	wbuf_put_u8(w, (uint8_t)tag);
	if (value.n > 0xFF) {
		wbuf_put_u8(w, 0x82);
		wbuf_put_u8(w, (uint8_t)(value.n >> 8));
	} else if (value.n >= 0x80) {
		wbuf_put_u8(w, 0x81);
	}
	wbuf_put_u8(w, (uint8_t)value.n);
	wbuf_put_slice(w, value);
}

void
ber_put_text(struct wbuf *w, uint16_t tag, const char *value)
{
	ber_put(w, tag, slice_of(value, strlen(value)));
}
