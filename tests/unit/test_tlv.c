/* SPDX-License-Identifier: BSD-2-Clause */
/* Headers as the card writes them, and as a hostile one would. */
#include "tlv.h"

#include <string.h>

#include "unit.h"

static void
header_is_read(void **state)
{
	static const struct {
		const char	*what;
		const char	*bytes;
		uint16_t	 tag;
		size_t		 header, length;
	} rows[] = {
		{ "short form, empty", "30 00", 0x30, 2, 0 },
		{ "short form, at its end", "04 7F", 0x04, 2, 127 },
		{ "81", "30 81 80", 0x30, 3, 128 },
		{ "81, at its end", "30 81 FF", 0x30, 3, 255 },
		{ "82: a certificate of 1583 bytes", "30 82 06 2B", 0x30, 4, 1579 },
		{ "82, at its end", "30 82 FF FF", 0x30, 4, 65535 },
		{ "81, shorter than need be", "30 81 05", 0x30, 3, 5 },
		{ "82, shorter than need be", "30 82 00 05", 0x30, 4, 5 },
		{ "two-byte tag FF 10: individual number", "FF 10 0C", 0xFF10, 3, 12 },
		{ "two-byte tag DF 21, length 81", "DF 21 81 90", 0xDF21, 4, 144 },
		{ "two-byte tag 7F 21, length 82", "7F 21 82 01 02", 0x7F21, 5, 258 },
		{ "value behind it is not looked at", "30 02 AA BB CC", 0x30, 2, 2 },
		{ "a file filled with 00", "00 00 00 00", 0x00, 2, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct octets in = unhex(rows[i].bytes);
		size_t header = 99, length = 99;
		uint16_t tag = 99;

		expect_true(rows[i].what, tlv_header(octets_slice(&in), &tag,
		    &header, &length));
		expect_int(rows[i].what, tag, rows[i].tag);
		expect_int(rows[i].what, (long long)header,
		    (long long)rows[i].header);
		expect_int(rows[i].what, (long long)length,
		    (long long)rows[i].length);
	}
}

static void
what_is_no_header_is_refused(void **state)
{
	static const struct {
		const char	*what;
		const char	*bytes;
	} rows[] = {
		{ "nothing", "" },
		{ "tag alone", "30" },
		{ "first half of a tag", "1F" },
		{ "two-byte tag alone", "DF 21" },
		{ "tag of three bytes", "7F 81 01 00" },
		{ "a file filled with FF", "FF FF FF FF" },
		{ "indefinite length", "30 80 00 00" },
		{ "81 cut short", "30 81" },
		{ "82 cut short", "30 82" },
		{ "82 cut short by one", "30 82 01" },
		{ "83", "30 83 00 00 05" },
		{ "84", "30 84 00 00 00 05" },
		{ "length of 126 bytes", "30 FE 01 02 03" },
		{ "reserved FF", "30 FF 00 00" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct octets in = unhex(rows[i].bytes);
		struct slice s = octets_slice(&in);
		size_t header, length;
		uint16_t tag;

		expect_true(rows[i].what, !tlv_header(s, &tag, &header,
		    &length));
	}
}

/* Every start of two bytes, in every length up to six. */
static void
no_header_is_longer_than_what_there_is(void **state)
{
	uint8_t bytes[6] = { 0, 0, 0x01, 0x02, 0x81, 0x03 };

	(void)state;
	for (unsigned start = 0; start <= 0xFFFF; start++)
		for (size_t n = 0; n <= sizeof(bytes); n++) {
			struct slice s = slice_of(bytes, n);
			size_t header, length;
			uint16_t tag;

			bytes[0] = (uint8_t)(start >> 8);
			bytes[1] = (uint8_t)start;
			if (!tlv_header(s, &tag, &header, &length))
				continue;
			assert_true(header >= 2 && header <= n);
			assert_true(length <= 0xFFFF);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_is_read),
		cmocka_unit_test(what_is_no_header_is_refused),
		cmocka_unit_test(no_header_is_longer_than_what_there_is),
	};

	return cmocka_run_group_tests_name("tlv", tests, NULL, NULL);
}
