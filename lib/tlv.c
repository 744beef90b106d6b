/* SPDX-License-Identifier: BSD-2-Clause */
#include "tlv.h"

#define TAG_MORE	0x1F	/* low five bits set: a second tag byte */
#define LENGTH_LONG	0x80
#define LENGTH_BYTES	2	/* no file of the card needs more */

static bool
take_tag(struct slice *s, uint16_t *tag)
{
	uint8_t first, second;

	if (!slice_take_u8(s, &first))
		return false;
	*tag = first;
	if ((first & TAG_MORE) != TAG_MORE)
		return true;
	if (!slice_take_u8(s, &second) || (second & 0x80) != 0)
		return false;
	*tag = (uint16_t)(first << 8 | second);
	return true;
}

static bool
take_length(struct slice *s, size_t *length)
{
	uint8_t first, byte;
	size_t count;

	if (!slice_take_u8(s, &first))
		return false;
	*length = first;
	if (first < LENGTH_LONG)
		return true;
	count = first & 0x7F;
	if (count == 0 || count > LENGTH_BYTES)
		return false;
	for (*length = 0; count > 0; count--) {
		if (!slice_take_u8(s, &byte))
			return false;
		*length = *length << 8 | byte;
	}
	return true;
}

bool
tlv_header(struct slice s, uint16_t *tag, size_t *header, size_t *length)
{
	struct slice rest = s;

	if (!take_tag(&rest, tag) || !take_length(&rest, length))
		return false;
	*header = s.n - rest.n;
	return true;
}
