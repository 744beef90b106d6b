/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands in the four cases of ISO 7816-3, short and extended, and broken. */
#include "command.h"
#include "unit.h"

static const struct {
	const char	*what;
	const char	*apdu;
	bool		 is_one;
	unsigned	 kind;
	bool		 extended;
	const char	*data;
	size_t		 le;
} rows[] = {
	{ "case 1", "00A40400", true, CASE_1, false, "", 0 },
	{ "case 2", "00B00000 05", true, CASE_2, false, "", 5 },
	{ "case 2, all", "00B00000 00", true, CASE_2, false, "", 256 },
	{ "case 3", "00200080 02 3132", true, CASE_3, false, "3132", 0 },
	{ "case 4", "80 2A 0000 01 AA 10", true, CASE_4, false, "AA", 16 },
	{ "case 4, all", "80 2A 0000 01 AA 00", true, CASE_4, false, "AA", 256 },
	{ "case 2E", "00B00000 00 0102", true, CASE_2, true, "", 258 },
	{ "case 2E, all", "00B00000 00 0000", true, CASE_2, true, "", 65536 },
	{ "case 3E", "00200080 00 0002 3132", true, CASE_3, true, "3132", 0 },
	{ "case 4E", "80 2A 0000 00 0001 AA 0100", true, CASE_4, true, "AA", 256 },
	{ "case 4E, all", "80 2A 0000 00 0001 AA 0000", true, CASE_4, true, "AA", 65536 },

	{ "shorter than its data", "00200080 03 3132", false, 0, false, "", 0 },
	{ "a byte too much", "80 2A 0000 01 AA 10 00", false, 0, false, "", 0 },
	{ "extended, of one byte", "00B00000 00 01", false, 0, true, "", 0 },
	{ "extended, without data", "00B00000 00 0000 AA", false, 0, true, "", 0 },
	{ "extended, cut in its data", "00200080 00 0003 3132", false, 0, true, "", 0 },
	{ "extended, half a length at the end", "80 2A 0000 00 0001 AA 01", false, 0, true,
	    "", 0 },
	{ "extended, a byte too much", "80 2A 0000 00 0001 AA 0100 00", false, 0, true, "", 0 },
};

static void
each_case_is_told_from_the_others(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct octets apdu = unhex(rows[i].apdu);
		struct vcommand c;

		expect_true(rows[i].what, command_header(octets_slice(&apdu),
		    &c));
		expect_int(rows[i].what, command_body(octets_slice(&apdu),
		    &c), rows[i].is_one);
		expect_int(rows[i].what, c.extended, rows[i].extended);
		if (!rows[i].is_one)
			continue;
		expect_int(rows[i].what, c.kind, rows[i].kind);
		expect_hex(rows[i].what, c.data, rows[i].data);
		expect_int(rows[i].what, (long long)c.le,
		    (long long)rows[i].le);
	}
}

static void
a_header_has_four_bytes(void **state)
{
	static const uint8_t apdu[] = { 0x80, 0x2A, 0x01, 0x02 };
	struct vcommand c;

	(void)state;
	for (size_t n = 0; n < sizeof(apdu); n++) {
		assert_false(command_header(slice_of(apdu, n), &c));
		assert_false(command_body(slice_of(apdu, n), &c));
	}
	assert_true(command_header(slice_of(apdu, 4), &c));
	assert_int_equal(c.cla, 0x80);
	assert_int_equal(c.ins, 0x2A);
	assert_int_equal(c.p1, 0x01);
	assert_int_equal(c.p2, 0x02);
	assert_true(command_body(slice_of(apdu, 4), &c));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_case_is_told_from_the_others),
		cmocka_unit_test(a_header_has_four_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
