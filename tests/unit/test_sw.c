/* SPDX-License-Identifier: BSD-2-Clause */
/* Status words: what each means for the caller, and how many tries it tells. */
#include "sw.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

/* PROTOCOL, "Status words" and "Retry query". */
static const struct {
	uint16_t	sw;
	enum jpki_err	err;
	int		tries;
} known[] = {
	{ 0x9000, JPKI_OK, -1 },
	{ 0x63C0, JPKI_ERR_PIN_LOCKED, 0 },
	{ 0x63C1, JPKI_ERR_PIN_WRONG, 1 },
	{ 0x63C3, JPKI_ERR_PIN_WRONG, 3 },
	{ 0x63C5, JPKI_ERR_PIN_WRONG, 5 },
	{ 0x63CA, JPKI_ERR_PIN_WRONG, 10 },
	{ 0x63CF, JPKI_ERR_PIN_WRONG, 15 },
	{ 0x6300, JPKI_ERR_PIN_WRONG, -1 },
	{ 0x6983, JPKI_ERR_PIN_LOCKED, 0 },
	{ 0x6984, JPKI_ERR_PIN_LOCKED, 0 },
	{ 0x6982, JPKI_ERR_AUTH_REQUIRED, -1 },
	{ 0x6A82, JPKI_ERR_NOT_FOUND, -1 },
	{ 0x6A83, JPKI_ERR_NOT_FOUND, -1 },
	{ 0x6A88, JPKI_ERR_NOT_FOUND, -1 },
	{ 0x6986, JPKI_ERR_NOT_FOUND, -1 },
	{ 0x6881, JPKI_ERR_UNSUPPORTED, -1 },
	{ 0x6882, JPKI_ERR_UNSUPPORTED, -1 },
	{ 0x6A81, JPKI_ERR_UNSUPPORTED, -1 },
	{ 0x6A86, JPKI_ERR_UNSUPPORTED, -1 },
	{ 0x6D00, JPKI_ERR_UNSUPPORTED, -1 },
	{ 0x6E00, JPKI_ERR_UNSUPPORTED, -1 },
	{ 0x6281, JPKI_ERR_SW, -1 },
	{ 0x6282, JPKI_ERR_SW, -1 },
	{ 0x6283, JPKI_ERR_SW, -1 },
	{ 0x6400, JPKI_ERR_SW, -1 },
	{ 0x6581, JPKI_ERR_SW, -1 },
	{ 0x6700, JPKI_ERR_SW, -1 },
	{ 0x6981, JPKI_ERR_SW, -1 },
	{ 0x6985, JPKI_ERR_SW, -1 },
	{ 0x6A80, JPKI_ERR_SW, -1 },
	{ 0x6A87, JPKI_ERR_SW, -1 },
	{ 0x6B00, JPKI_ERR_SW, -1 },
	{ 0x6F00, JPKI_ERR_SW, -1 },
};

static void
known_status_words_are_translated(void **state)
{
	char name[8];

	(void)state;
	for (size_t i = 0; i < COUNT(known); i++) {
		(void)snprintf(name, sizeof(name), "%04X", known[i].sw);
		expect_err(name, sw_err(known[i].sw), known[i].err);
		expect_int(name, sw_tries(known[i].sw), known[i].tries);
		expect_true(name, strcmp(sw_text(known[i].sw),
		    "unknown status") != 0);
	}
}

static void
unknown_status_words_are_an_error(void **state)
{
	static const uint16_t words[] = {
		0x0000, 0x0090, 0x9001, 0x9100, 0x6100, 0x6110, 0x6C10,
		0x6301, 0x63B0, 0x63D0, 0x6989, 0x69FC, 0x66F1, 0xFFFF,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(words); i++) {
		expect_err("error", sw_err(words[i]), JPKI_ERR_SW);
		expect_text("text", sw_text(words[i]), "unknown status");
		expect_int("tries", sw_tries(words[i]), -1);
	}
}

static void
only_9000_is_success(void **state)
{
	(void)state;
	for (unsigned sw = 0; sw <= 0xFFFF; sw++)
		assert_int_equal(sw_err((uint16_t)sw) == JPKI_OK,
		    sw == 0x9000);
}

/* And nothing else: not the last digit of whatever the card said. */
static void
tries_are_told_by_63cx_6983_and_6984_alone(void **state)
{
	(void)state;
	for (unsigned sw = 0; sw <= 0xFFFF; sw++) {
		int wanted = -1;

		if (sw >= 0x63C0 && sw <= 0x63CF)
			wanted = (int)(sw - 0x63C0);
		else if (sw == 0x6983 || sw == 0x6984)
			wanted = 0;
		assert_int_equal(sw_tries((uint16_t)sw), wanted);
	}
}

static void
law_p8_63c0_6983_and_6984_mean_locked(void **state)
{
	(void)state;
	for (unsigned sw = 0; sw <= 0xFFFF; sw++)
		assert_int_equal(
		    sw_err((uint16_t)sw) == JPKI_ERR_PIN_LOCKED,
		    sw == 0x63C0 || sw == 0x6983 || sw == 0x6984);
}

static void
every_status_word_has_one_line(void **state)
{
	(void)state;
	for (unsigned sw = 0; sw <= 0xFFFF; sw++) {
		const char *text = sw_text((uint16_t)sw);

		assert_true(text != NULL && text[0] != '\0');
		assert_null(strchr(text, '\n'));
	}
}

/* ISO/IEC 7816-4, table 5: 64 and the checking errors; 65 is a change. */
static void
refusals_promise_that_nothing_changed(void **state)
{
	static const struct {
		uint16_t	sw;
		bool		refuses;
	} rows[] = {
		{ 0x63C2, true }, { 0x6400, true }, { 0x6700, true },
		{ 0x6982, true }, { 0x6A86, true }, { 0x6B00, true },
		{ 0x6C10, true }, { 0x6D00, true }, { 0x6E00, true },
		{ 0x9000, false }, { 0x6102, false }, { 0x6281, false },
		{ 0x6581, false }, { 0x6F00, false }, { 0x4242, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(sw_refuses(rows[i].sw), rows[i].refuses);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_status_words_are_translated),
		cmocka_unit_test(unknown_status_words_are_an_error),
		cmocka_unit_test(only_9000_is_success),
		cmocka_unit_test(tries_are_told_by_63cx_6983_and_6984_alone),
		cmocka_unit_test(law_p8_63c0_6983_and_6984_mean_locked),
		cmocka_unit_test(every_status_word_has_one_line),
		cmocka_unit_test(refusals_promise_that_nothing_changed),
	};

	return cmocka_run_group_tests_name("sw", tests, NULL, NULL);
}
