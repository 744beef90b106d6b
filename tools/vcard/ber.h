/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing the card's BER-TLV objects. */
#ifndef VCARD_BER_H
#define VCARD_BER_H

#include "buf.h"

/* A tag of one or two bytes, the shortest length, the value. */
void	ber_put(struct wbuf *w, uint16_t tag, struct slice value);
void	ber_put_text(struct wbuf *w, uint16_t tag, const char *value);
/* Bytes that ber_put() writes before a value of n bytes. */
size_t	ber_header_size(uint16_t tag, size_t n);

#endif
