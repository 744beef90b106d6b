/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The card's BER-TLV: tags of one or two bytes, definite lengths of up to
 * three bytes.  Files on the card are longer than what they hold, so the
 * header alone must tell where the data ends.
 */
#ifndef TLV_H
#define TLV_H

#include "buf.h"

/*
 * Read the header at the front of s.  header is its length in bytes, length
 * that of the value, which need not be in s yet.  False: not a header, or s
 * is too short to hold it.
 */
bool	tlv_header(struct slice s, uint16_t *tag, size_t *header,
	    size_t *length);

#endif
