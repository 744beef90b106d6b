/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes to values: nothing here has a card. */
#include "fuzz.h"
#include "tlv.h"

/* What is cut off lies within the input, and is what the header said. */
static void
parse_tlv(struct slice s)
{
	size_t header, length;
	struct slice rest = s;
	struct tlv tlv;
	uint16_t tag;

	while (tlv_header(rest, &tag, &header, &length)) {
		struct slice before = rest;

		fuzz_law(header >= 2 && header <= rest.n, "header in input");
		if (!tlv_take(&rest, &tlv)) {
			fuzz_law(length > rest.n - header, "whole is taken");
			break;
		}
		fuzz_law_equal(tlv.tag, tag, "tag as in header");
		fuzz_law(tlv.value.p == before.p + header, "value's place");
		fuzz_law_equal((long long)tlv.value.n, (long long)length,
		    "value's length");
		fuzz_law(rest.p == tlv.value.p + length &&
		    rest.n == before.n - header - length, "rest behind it");
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	parse_tlv(slice_of(data, size));
	return 0;
}
