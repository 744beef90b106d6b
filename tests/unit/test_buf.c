/* SPDX-License-Identifier: BSD-2-Clause */
/* Views, bounded writers, allocating copies. */
#include <stdlib.h>
#include <string.h>

#include "unit.h"

static const uint8_t bytes[] = { 0x12, 0x34, 0x56, 0x78, 0x9A };

static void
slice_equal_compares_length_and_bytes(void **state)
{
	static const uint8_t same[] = { 0x12, 0x34 };
	static const uint8_t other[] = { 0x12, 0x35 };
	static const struct {
		const char	*what;
		struct slice	 a, b;
		bool		 equal;
	} rows[] = {
		{ "the same bytes", { bytes, 2 }, { same, 2 }, true },
		{ "another byte", { bytes, 2 }, { other, 2 }, false },
		{ "one byte more", { bytes, 3 }, { same, 2 }, false },
		{ "one byte less", { bytes, 1 }, { same, 2 }, false },
		{ "both empty", { bytes, 0 }, { other, 0 }, true },
		{ "both nothing", { NULL, 0 }, { NULL, 0 }, true },
		{ "nothing and empty", { NULL, 0 }, { bytes, 0 }, true },
		{ "nothing and a byte", { NULL, 0 }, { bytes, 1 }, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_int(rows[i].what, slice_equal(rows[i].a, rows[i].b),
		    rows[i].equal);
}

static void
slice_of_is_a_view(void **state)
{
	struct slice s = slice_of(bytes, sizeof(bytes));

	(void)state;
	assert_ptr_equal(s.p, bytes);
	assert_int_equal(s.n, sizeof(bytes));
}

static void
take_cuts_off_the_front(void **state)
{
	struct slice s = slice_of(bytes, sizeof(bytes)), front;

	(void)state;
	assert_true(slice_take(&s, 2, &front));
	expect_hex("the front", front, "12 34");
	expect_hex("the rest", s, "56 78 9A");
	assert_true(slice_take(&s, 0, &front));
	expect_hex("nothing", front, "");
	expect_hex("the same rest", s, "56 78 9A");
	assert_true(slice_take(&s, 3, &front));
	expect_hex("all", front, "56 78 9A");
	assert_int_equal(s.n, 0);
}

static void
take_too_much_leaves_all_as_it_was(void **state)
{
	static const size_t lengths[] = { 6, 7, 256, SIZE_MAX };
	struct slice s = slice_of(bytes, sizeof(bytes));
	struct slice out = slice_of(bytes, 1);

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++)
		assert_false(slice_take(&s, lengths[i], &out));
	expect_hex("source", s, "12 34 56 78 9A");
	expect_hex("output", out, "12");
}

static void
take_from_nothing(void **state)
{
	struct slice s = slice_of(NULL, 0), out = slice_of(bytes, 1);

	(void)state;
	assert_false(slice_take(&s, 1, &out));
	assert_true(slice_take(&s, 0, &out));
	assert_int_equal(out.n, 0);
	assert_null(s.p);
}

static void
numbers_are_big_endian(void **state)
{
	struct slice s = slice_of(bytes, sizeof(bytes));
	uint16_t word = 0;
	uint8_t byte = 0;

	(void)state;
	assert_true(slice_take_u8(&s, &byte));
	assert_int_equal(byte, 0x12);
	assert_true(slice_take_u16(&s, &word));
	assert_int_equal(word, 0x3456);
	assert_true(slice_take_u16(&s, &word));
	assert_int_equal(word, 0x789A);
	assert_int_equal(s.n, 0);
}

static void
numbers_that_are_cut_short_are_refused(void **state)
{
	struct slice s = slice_of(bytes, 1);
	uint16_t word = 0xABCD;
	uint8_t byte = 0xEF;

	(void)state;
	assert_false(slice_take_u16(&s, &word));
	assert_int_equal(word, 0xABCD);
	assert_int_equal(s.n, 1);
	s.n = 0;
	assert_false(slice_take_u8(&s, &byte));
	assert_int_equal(byte, 0xEF);
}

static void
writer_appends(void **state)
{
	uint8_t room[9];
	struct wbuf w = wbuf_of(room, sizeof(room));

	(void)state;
	expect_hex("at first", wbuf_slice(&w), "");
	wbuf_put(&w, bytes, 2);
	wbuf_put_u8(&w, 0xFE);
	wbuf_put_u16(&w, 0x0102);
	wbuf_put_slice(&w, slice_of(bytes + 2, 3));
	wbuf_put(&w, NULL, 0);
	wbuf_put_slice(&w, slice_of(NULL, 0));
	expect_hex("written", wbuf_slice(&w), "12 34 FE 01 02 56 78 9A");
	assert_false(w.overflow);
	wbuf_put_u8(&w, 0xFF);
	assert_false(w.overflow);
	expect_hex("full", wbuf_slice(&w), "12 34 FE 01 02 56 78 9A FF");
}

static void
writer_remembers_that_it_overflowed(void **state)
{
	uint8_t room[4] = { 0, 0, 0, 0x55 };
	struct wbuf w = wbuf_of(room, 3);

	(void)state;
	wbuf_put(&w, bytes, 2);
	wbuf_put_u16(&w, 0x0102);
	assert_true(w.overflow);
	/* What would fit now would be text with a hole. */
	wbuf_put_u8(&w, 0xFF);
	assert_true(w.overflow);
	expect_hex("what came before", wbuf_slice(&w), "12 34");
	assert_int_equal(room[3], 0x55);
}

static void
writer_survives_the_largest_length(void **state)
{
	uint8_t room[2];
	struct wbuf w = wbuf_of(room, sizeof(room));

	(void)state;
	wbuf_put_u8(&w, 1);
	wbuf_put(&w, bytes, SIZE_MAX);
	assert_true(w.overflow);
	assert_int_equal(w.n, 1);
}

static void
writer_without_room_takes_only_nothing(void **state)
{
	struct wbuf w = wbuf_of(NULL, 0);

	(void)state;
	wbuf_put(&w, NULL, 0);
	assert_false(w.overflow);
	wbuf_put_u8(&w, 1);
	assert_true(w.overflow);
	assert_int_equal(wbuf_slice(&w).n, 0);
}

static void
copy_is_apart_from_its_source(void **state)
{
	uint8_t source[] = { 1, 2, 3 };
	struct jpki_buf copy = { NULL, 0 };

	(void)state;
	assert_int_equal(buf_copy(slice_of(source, 3), &copy), JPKI_OK);
	source[0] = 9;
	expect_hex("copy", slice_of(copy.p, copy.n), "01 02 03");
	jpki_buf_free(&copy);
	assert_null(copy.p);
	assert_int_equal(copy.n, 0);
}

static void
copy_of_nothing_is_empty(void **state)
{
	struct jpki_buf copy = { NULL, 7 };

	(void)state;
	assert_int_equal(buf_copy(slice_of(NULL, 0), &copy), JPKI_OK);
	assert_int_equal(copy.n, 0);
	jpki_buf_free(&copy);
}

static void
free_takes_nothing(void **state)
{
	struct jpki_buf empty = { NULL, 0 };

	(void)state;
	jpki_buf_free(NULL);
	jpki_buf_free(&empty);
	assert_null(empty.p);
}

static void
hex_is_upper_case_without_blanks(void **state)
{
	static const struct {
		const char	*text;
		uint8_t		 p[4];
		size_t		 n;
	} rows[] = {
		{ "", { 0 }, 0 },
		{ "00", { 0x00 }, 1 },
		{ "09AFFF", { 0x09, 0xAF, 0xFF }, 3 },
		{ "DEADBEEF", { 0xDE, 0xAD, 0xBE, 0xEF }, 4 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *hex = hex_new(slice_of(rows[i].p, rows[i].n));

		expect_text("hex", hex, rows[i].text);
		free(hex);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slice_equal_compares_length_and_bytes),
		cmocka_unit_test(slice_of_is_a_view),
		cmocka_unit_test(take_cuts_off_the_front),
		cmocka_unit_test(take_too_much_leaves_all_as_it_was),
		cmocka_unit_test(take_from_nothing),
		cmocka_unit_test(numbers_are_big_endian),
		cmocka_unit_test(numbers_that_are_cut_short_are_refused),
		cmocka_unit_test(writer_appends),
		cmocka_unit_test(writer_remembers_that_it_overflowed),
		cmocka_unit_test(writer_survives_the_largest_length),
		cmocka_unit_test(writer_without_room_takes_only_nothing),
		cmocka_unit_test(copy_is_apart_from_its_source),
		cmocka_unit_test(copy_of_nothing_is_empty),
		cmocka_unit_test(free_takes_nothing),
		cmocka_unit_test(hex_is_upper_case_without_blanks),
	};

	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
