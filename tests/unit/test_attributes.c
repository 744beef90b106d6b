/* SPDX-License-Identifier: BSD-2-Clause */
/* Attributes and number as the input assistance application has them. */
#include "attributes.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

/* 山田　花子, 東京都; two objects that most tests share. */
#define NAME_HEX	"E5B1B1E794B0E38080E88AB1E5AD90"
#define NAME		"山田　花子"
#define TABLE		"DF2108 000E 0020 0030 003C"

static struct jpki_attributes *
parsed(const char *what, const char *hex)
{
	struct jpki_attributes *a = NULL;
	struct octets in = unhex(hex);

	expect_err(what, attributes_parse(octets_slice(&in), &a), JPKI_OK);
	return a;
}

static void
the_four_attributes_are_read(void **state)
{
	struct jpki_attributes *a;

	(void)state;
	a = parsed("four", "FF20 38" TABLE
	    "DF22 0F" NAME_HEX
	    "DF23 09 E69DB1E4BAACE983BD"
	    "DF24 08 3139383030323137"
	    "DF25 01 32");
	assert_string_equal(a->name, NAME);
	assert_string_equal(a->address, "東京都");
	assert_string_equal(a->birth, "19800217");
	assert_string_equal(a->birth_date, "1980-02-17");
	assert_string_equal(a->sex, "2");
	assert_string_equal(a->sex_text, "female");
	expect_int("others", (long long)a->others_count, 0);
	jpki_attributes_free(&a);
	assert_null(a);
	jpki_attributes_free(&a);
	jpki_attributes_free(NULL);
}

/* A length of one byte is not enough for them: 81 and 82. */
static void
a_long_address_is_read(void **state)
{
	static const size_t lengths[] = { 0, 1, 127, 128, 255, 256, 600 };
	uint8_t object[1024];
	struct jpki_attributes *a;

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		size_t n = lengths[i];
		struct wbuf w = wbuf_of(object, sizeof(object));

		wbuf_put_u16(&w, 0xFF20);
		wbuf_put_u8(&w, 0x82);
		wbuf_put_u16(&w, (uint16_t)(n + 5));
		wbuf_put_u16(&w, 0xDF23);
		wbuf_put_u8(&w, 0x82);
		wbuf_put_u16(&w, (uint16_t)n);
		for (size_t j = 0; j < n; j++)
			wbuf_put_u8(&w, 'a');
		expect_err("long", attributes_parse(wbuf_slice(&w), &a),
		    JPKI_OK);
		expect_int("long", (long long)strlen(a->address),
		    (long long)n);
		assert_null(a->name);
		jpki_attributes_free(&a);
	}
}

static void
sex_codes_are_those_of_iso_5218(void **state)
{
	static const struct {
		const char	*stored, *text;
	} rows[] = {
		{ "0", "unknown" }, { "1", "male" }, { "2", "female" },
		{ "9", "not applicable" }, { "3", NULL }, { "", NULL },
		{ "11", NULL }, { "1 ", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_text(rows[i].stored, attributes_sex(rows[i].stored),
		    rows[i].text);
}

static void
a_birth_that_is_no_date_stays_as_it_is(void **state)
{
	static const struct {
		const char	*object, *stored, *date;
	} rows[] = {
		{ "FF20 0B DF24 08 3230323430323239", "20240229", "2024-02-29" },
		{ "FF20 0B DF24 08 3139383030303030", "19800000", NULL },
		{ "FF20 0B DF24 08 53353530323137 30", "S5502170", NULL },
		/* An era digit belongs to the certificate. */
		{ "FF20 0C DF24 09 333139383030323137", "319800217", NULL },
		{ "FF20 03 DF24 00", "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_attributes *a = parsed(rows[i].stored,
		    rows[i].object);

		expect_text(rows[i].stored, a->birth, rows[i].stored);
		expect_text(rows[i].stored, a->birth_date, rows[i].date);
		jpki_attributes_free(&a);
	}
}

static void
what_is_unknown_doubled_or_no_text_is_kept_raw(void **state)
{
	static const struct {
		const char	*what, *object;
		unsigned	 tag;
		const char	*hex;
	} rows[] = {
		{ "unknown", "FF20 0A DF25 01 31 DF26 03 41 42 43", 0xDF26, "414243" },
		{ "one byte of tag", "FF20 08 DF25 01 31 04 02 4142", 0x04, "4142" },
		{ "doubled", "FF20 08 DF25 01 31 DF25 01 32", 0xDF25, "32" },
		{ "a NUL", "FF20 0A DF25 01 31 DF22 03 41 00 42", 0xDF22, "410042" },
		{ "Shift JIS", "FF20 0B DF25 01 31 DF22 04 8E52 9363", 0xDF22, "8E529363" },
		{ "cut UTF-8", "FF20 09 DF25 01 31 DF22 02 E5B1", 0xDF22, "E5B1" },
		{ "overlong UTF-8", "FF20 09 DF25 01 31 DF22 02 C180", 0xDF22, "C180" },
		{ "a surrogate", "FF20 0A DF25 01 31 DF22 03 EDA080", 0xDF22, "EDA080" },
		{ "beyond Unicode", "FF20 0B DF25 01 31 DF22 04 F4908080", 0xDF22, "F4908080" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_attributes *a = parsed(rows[i].what,
		    rows[i].object);

		expect_text(rows[i].what, a->sex, "1");
		expect_int(rows[i].what, (long long)a->others_count, 1);
		expect_int(rows[i].what, a->others[0].tag, rows[i].tag);
		expect_text(rows[i].what, a->others[0].hex, rows[i].hex);
		jpki_attributes_free(&a);
	}
}

static void
what_is_no_attributes_is_refused(void **state)
{
	static const struct {
		const char	*what, *object;
	} rows[] = {
		{ "nothing", "" },
		{ "no length", "FF20" },
		{ "empty", "FF20 00" },
		{ "none of the four", "FF20 06 DF26 03 414243" },
		{ "offsets alone", "FF20 05 DF21 02 0005" },
		{ "another tag", "FF30 04 DF25 01 31" },
		{ "the number", "FF10 0C 393939393939393939393939" },
		{ "longer than what is there", "FF20 05 DF25 01 31" },
		{ "shorter", "FF20 03 DF25 01 31" },
		{ "an object that is cut", "FF20 04 DF25 02 31" },
		{ "a header that is cut", "FF20 02 DF25" },
		{ "half a tag", "FF20 05 DF25 01 31 DF" },
		{ "an indefinite length", "FF20 04 DF25 80 31" },
		{ "a length of three bytes", "FF20 07 DF25 83 000001 31" },
		{ "filler behind them", "FF20 06 DF25 01 31 FFFF" },
		{ "bytes behind it", "FF20 04 DF25 01 31 00" },
	};
	struct jpki_attributes *a = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct octets in = unhex(rows[i].object);

		expect_err(rows[i].what, attributes_parse(octets_slice(&in),
		    &a), JPKI_ERR_MALFORMED);
		assert_null(a);
	}
}

static void
a_number_is_twelve_digits(void **state)
{
	static const struct {
		const char	*what, *object;
		bool		 is;
	} rows[] = {
		{ "a number", "FF10 0C 393939393939393939393939", true },
		{ "and filler", "FF10 0C 303132333435363738393031 FFFF", true },
		{ "nothing", "", false },
		{ "filler", "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", false },
		{ "cut", "FF10 0C 3939393939393939393939", false },
		{ "eleven", "FF10 0B 3939393939393939393939", false },
		{ "thirteen", "FF10 0D 39393939393939393939393939", false },
		{ "a letter", "FF10 0C 393939393941393939393939", false },
		{ "below 0", "FF10 0C 2F3939393939393939393939", false },
		{ "above 9", "FF10 0C 39393939393939393939393A", false },
		{ "another tag", "FF20 0C 393939393939393939393939", false },
		{ "no end", "FF10 80 393939393939393939393939", false },
	};
	struct slice digits;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct octets in = unhex(rows[i].object);

		expect_true(rows[i].what, mynumber_find(octets_slice(&in),
		    &digits) == rows[i].is);
		if (rows[i].is)
			expect_bytes(rows[i].what, digits, slice_of(in.p + 3,
			    JPKI_MYNUMBER_DIGITS));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_four_attributes_are_read),
		cmocka_unit_test(a_long_address_is_read),
		cmocka_unit_test(sex_codes_are_those_of_iso_5218),
		cmocka_unit_test(a_birth_that_is_no_date_stays_as_it_is),
		cmocka_unit_test(
		    what_is_unknown_doubled_or_no_text_is_kept_raw),
		cmocka_unit_test(what_is_no_attributes_is_refused),
		cmocka_unit_test(a_number_is_twelve_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
