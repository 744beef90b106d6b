/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands byte by byte as the card wants them, and answers taken apart. */
#include "apdu.h"

#include <string.h>

#include "unit.h"

static const uint8_t aid[] =
    { 0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01 };
static const uint8_t ef[] = { 0x00, 0x1B };
static uint8_t zeros[300];

static void
expect_command(const char *what, struct apdu apdu, const char *hex)
{
	uint8_t bytes[APDU_MAX];
	struct wbuf w = wbuf_of(bytes, sizeof(bytes));

	expect_true(what, apdu_encode(&apdu, &w));
	expect_hex(what, wbuf_slice(&w), hex);
}

/* PROTOCOL, "Commands". */
static void
commands_are_these_bytes(void **state)
{
	(void)state;
	expect_command("select application",
	    apdu_select_app(slice_of(aid, sizeof(aid))),
	    "00 A4 04 0C 0A D3 92 F0 00 26 01 00 00 00 01");
	expect_command("select file", apdu_select_ef(ef), "00 A4 02 0C 02 00 1B");
	expect_command("read", apdu_read_binary(0, 256), "00 B0 00 00 00");
	expect_command("read on", apdu_read_binary(0x0600, 43), "00 B0 06 00 2B");
	expect_command("read far", apdu_read_binary(0x7FFF, 1), "00 B0 7F FF 01");
	expect_command("get response", apdu_get_response(256), "00 C0 00 00 00");
	expect_command("get the rest", apdu_get_response(0x10), "00 C0 00 00 10");
	expect_command("sign", apdu_sign(SIGN_VERBATIM, text_slice("hello\n")),
	    "80 2A 00 80 06 68 65 6C 6C 6F 0A 00");
	expect_command("query", apdu_pin_query(false), "00 20 00 80");
	expect_command("query, the other form", apdu_pin_query(true), "00 20 00 80 00");
	expect_command("verify", apdu_verify(text_slice("ABC123")),
	    "00 20 00 80 06 41 42 43 31 32 33");
	expect_command("change", apdu_change(text_slice("4321")),
	    "00 24 01 80 04 34 33 32 31");
}

/* Bit 8 of P1 would select another file by its short identifier. */
static void
no_offset_sets_bit_8_of_p1(void **state)
{
	(void)state;
	for (unsigned offset = 0; offset <= 0xFFFF; offset++) {
		struct apdu apdu = apdu_read_binary((uint16_t)offset, 1);

		assert_int_equal(apdu.p1 & 0x80, 0);
		assert_int_equal(apdu.p1 << 8 | apdu.p2, offset & 0x7FFF);
	}
}

/* ISO/IEC 7816-4, 5.1: absent, Lc, Le, or both. */
static void
the_four_cases_are_encoded(void **state)
{
	static const struct {
		const char	*what;
		size_t		 n, le, length;
		const char	*end;
	} rows[] = {
		{ "1", 0, 0, 4, "04" },
		{ "2", 0, 1, 5, "01" },
		{ "2, 255", 0, 255, 5, "FF" },
		{ "2, 256", 0, 256, 5, "00" },
		{ "3", 1, 0, 6, "AA" },
		{ "3, longest", 255, 0, 260, "AA" },
		{ "4", 1, 256, 7, "00" },
		{ "4, longest", 255, 256, 261, "00" },
	};
	uint8_t data[255], bytes[APDU_MAX];

	(void)state;
	memset(data, 0xAA, sizeof(data));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct apdu apdu = { .cla = 1, .ins = 2, .p1 = 3, .p2 = 4,
		    .data = slice_of(data, rows[i].n), .le = rows[i].le };
		struct wbuf w = wbuf_of(bytes, sizeof(bytes));

		expect_true(rows[i].what, apdu_encode(&apdu, &w));
		expect_int(rows[i].what, (long long)w.n,
		    (long long)rows[i].length);
		expect_hex(rows[i].what, slice_of(bytes, 4), "01 02 03 04");
		expect_hex(rows[i].what, slice_of(bytes + w.n - 1, 1),
		    rows[i].end);
		if (rows[i].n > 0)
			expect_int(rows[i].what, bytes[4],
			    (long long)rows[i].n);
	}
}

static void
what_does_not_fit_a_short_command_is_refused(void **state)
{
	static const struct {
		size_t	n, le;
	} rows[] = {
		{ 256, 0 }, { 300, 256 }, { 0, 257 }, { 0, 65536 },
		{ 1, SIZE_MAX },
	};
	uint8_t bytes[400];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct apdu apdu = { .data = slice_of(zeros, rows[i].n),
		    .le = rows[i].le };
		struct wbuf w = wbuf_of(bytes, sizeof(bytes));

		assert_false(apdu_encode(&apdu, &w));
		assert_int_equal(w.n, 0);
	}
}

static void
a_command_longer_than_the_room_is_refused(void **state)
{
	struct apdu apdu = apdu_select_ef(ef);
	uint8_t bytes[APDU_MAX];

	(void)state;
	for (size_t room = 0; room < 7; room++) {
		struct wbuf w = wbuf_of(bytes, room);

		assert_false(apdu_encode(&apdu, &w));
	}
}

static void
only_commands_with_a_pin_hide_their_data(void **state)
{
	struct slice pin = text_slice("1234");
	const struct {
		const char	*what;
		struct apdu	 apdu;
		bool		 secret;
	} rows[] = {
		{ "verify", apdu_verify(pin), true },
		{ "change", apdu_change(pin), true },
		{ "query", apdu_pin_query(false), false },
		{ "query, the other form", apdu_pin_query(true), false },
		{ "select application", apdu_select_app(pin), false },
		{ "select file", apdu_select_ef(ef), false },
		{ "read", apdu_read_binary(0, 256), false },
		{ "get response", apdu_get_response(256), false },
		{ "sign", apdu_sign(SIGN_VERBATIM, pin), false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		expect_int(rows[i].what, rows[i].apdu.secret, rows[i].secret);
		expect_int(rows[i].what,
		    (long long)apdu_clear(&rows[i].apdu),
		    rows[i].secret ? 4 : APDU_MAX);
	}
}

static void
law_p5_the_query_never_has_data(void **state)
{
	(void)state;
	assert_int_equal(apdu_pin_query(false).data.n, 0);
	assert_int_equal(apdu_pin_query(true).data.n, 0);
}

static void
answer_is_data_and_status(void **state)
{
	static const struct {
		const char	*raw, *data;
		uint16_t	 sw;
	} rows[] = {
		{ "90 00", "", 0x9000 },
		{ "63 C3", "", 0x63C3 },
		{ "01 90 00", "01", 0x9000 },
		{ "8F 8F 00 6A 82", "8F 8F 00", 0x6A82 },
	};
	struct answer answer;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct octets raw = unhex(rows[i].raw);

		expect_true(rows[i].raw, answer_split(octets_slice(&raw),
		    &answer));
		expect_hex(rows[i].raw, answer.data, rows[i].data);
		expect_int(rows[i].raw, answer.sw, rows[i].sw);
	}
	assert_true(answer_split(slice_of(zeros, 258), &answer));
	assert_int_equal(answer.data.n, 256);
}

static void
answer_without_status_is_refused(void **state)
{
	struct answer answer = { .sw = 0x1234 };

	(void)state;
	assert_false(answer_split(slice_of(NULL, 0), &answer));
	assert_false(answer_split(slice_of("\x90", 1), &answer));
	assert_int_equal(answer.sw, 0x1234);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_are_these_bytes),
		cmocka_unit_test(no_offset_sets_bit_8_of_p1),
		cmocka_unit_test(the_four_cases_are_encoded),
		cmocka_unit_test(what_does_not_fit_a_short_command_is_refused),
		cmocka_unit_test(a_command_longer_than_the_room_is_refused),
		cmocka_unit_test(only_commands_with_a_pin_hide_their_data),
		cmocka_unit_test(law_p5_the_query_never_has_data),
		cmocka_unit_test(answer_is_data_and_status),
		cmocka_unit_test(answer_without_status_is_refused),
	};

	return cmocka_run_group_tests_name("apdu", tests, NULL, NULL);
}
