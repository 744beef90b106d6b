/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What jpki-tool writes of bytes that a card, a reader or a command line made:
 * text that steers no terminal, JSON that is JSON.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "outjson.h"
#include "outtext.h"
#include "unit.h"

#define BAD	"\xEF\xBF\xBD"		/* U+FFFD */

static char *written;
static size_t written_n;

static FILE *
paper(void)
{
	FILE *f = open_memstream(&written, &written_n);

	assert_non_null(f);
	return f;
}

/* What was written since paper(). */
static void
expect_written(const char *what, FILE *f, const char *wanted)
{
	assert_int_equal(fclose(f), 0);
	expect_text(what, written, wanted);
	free(written);
	written = NULL;
}

static const struct {
	const char	*what;
	const char	*bytes;
	const char	*text;
	const char	*json;
} rows[] = {
	{ "nothing", "", "", "" },
	{ "ASCII", "a ~", "a ~", "a ~" },
	{ "two bytes, least", "\xC2\xA0", "\xC2\xA0", "\xC2\xA0" },
	{ "two bytes, most", "\xDF\xBF", "\xDF\xBF", "\xDF\xBF" },
	{ "three bytes, least", "\xE0\xA0\x80", "\xE0\xA0\x80", "\xE0\xA0\x80" },
	{ "kanji", "\xE5\x90\x8D", "\xE5\x90\x8D", "\xE5\x90\x8D" },
	{ "before the surrogates", "\xED\x9F\xBF", "\xED\x9F\xBF", "\xED\x9F\xBF" },
	{ "behind the surrogates", "\xEE\x80\x80", "\xEE\x80\x80", "\xEE\x80\x80" },
	{ "four bytes, least", "\xF0\x90\x80\x80", "\xF0\x90\x80\x80", "\xF0\x90\x80\x80" },
	{ "four bytes, most", "\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF" },
	{ "U+FFFD itself", BAD, BAD, "\\uFFFD" },

	{ "a lone tail", "\x80z", BAD "z", "\\uFFFDz" },
	{ "an overlong slash", "\xC0\xAFz", BAD BAD "z", "\\uFFFD\\uFFFDz" },
	{ "overlong, three bytes", "\xE0\x9F\xBF", BAD BAD BAD, "\\uFFFD\\uFFFD\\uFFFD" },
	{ "overlong, four bytes", "\xF0\x8F\xBF\xBF", BAD BAD BAD BAD,
	    "\\uFFFD\\uFFFD\\uFFFD\\uFFFD" },
	{ "first surrogate", "\xED\xA0\x80", BAD BAD BAD, "\\uFFFD\\uFFFD\\uFFFD" },
	{ "last surrogate", "\xED\xBF\xBF", BAD BAD BAD, "\\uFFFD\\uFFFD\\uFFFD" },
	{ "beyond Unicode", "\xF4\x90\x80\x80", BAD BAD BAD BAD,
	    "\\uFFFD\\uFFFD\\uFFFD\\uFFFD" },
	{ "no lead byte", "\xF8\xFF", BAD BAD, "\\uFFFD\\uFFFD" },
	{ "cut after one of two", "\xC3", BAD, "\\uFFFD" },
	{ "cut after one of three", "\xE5", BAD, "\\uFFFD" },
	{ "cut after two of three", "\xE5\x90", BAD BAD, "\\uFFFD\\uFFFD" },
	{ "cut after three of four", "\xF0\x90\x80", BAD BAD BAD, "\\uFFFD\\uFFFD\\uFFFD" },
	{ "a tail that is none", "\xE5\x90z", BAD BAD "z", "\\uFFFD\\uFFFDz" },

	{ "quote and backslash", "\"\\", "\"\\", "\\\"\\\\" },
	{ "newline", "a\nb", "a" BAD "b", "a\\u000Ab" },
	{ "escape", "\x1B[2J", BAD "[2J", "\\u001B[2J" },
	{ "last of C0", "\x1F", BAD, "\\u001F" },
	{ "delete", "\x7F", BAD, "\\u007F" },
	{ "first of C1", "\xC2\x80", BAD, "\\u0080" },
	{ "CSI of one character", "\xC2\x9B", BAD, "\\u009B" },
	{ "last of C1", "\xC2\x9F", BAD, "\\u009F" },
	/* Text that runs backwards passes for another. */
	{ "Arabic letter mark", "\xD8\x9C", BAD, "\xD8\x9C" },
	{ "before the marks", "\xE2\x80\x8D", "\xE2\x80\x8D", "\xE2\x80\x8D" },
	{ "left-to-right mark", "\xE2\x80\x8E", BAD, "\xE2\x80\x8E" },
	{ "right-to-left mark", "\xE2\x80\x8F", BAD, "\xE2\x80\x8F" },
	{ "behind the marks", "\xE2\x80\x90", "\xE2\x80\x90", "\xE2\x80\x90" },
	{ "line separator", "\xE2\x80\xA8", BAD, "\xE2\x80\xA8" },
	{ "right-to-left override", "\xE2\x80\xAE", BAD, "\xE2\x80\xAE" },
	{ "narrow space", "\xE2\x80\xAF", "\xE2\x80\xAF", "\xE2\x80\xAF" },
	{ "before the isolates", "\xE2\x81\xA5", "\xE2\x81\xA5", "\xE2\x81\xA5" },
	{ "left-to-right isolate", "\xE2\x81\xA6", BAD, "\xE2\x81\xA6" },
	{ "pop isolate", "\xE2\x81\xA9", BAD, "\xE2\x81\xA9" },
	{ "behind the isolates", "\xE2\x81\xAA", "\xE2\x81\xAA", "\xE2\x81\xAA" },
};

static void
text_steers_no_terminal(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		FILE *f = paper();

		text_put(f, rows[i].bytes);
		expect_written(rows[i].what, f, rows[i].text);
	}
}

static void
strings_of_any_bytes_are_json(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct json j = { paper(), false };
		char wanted[64];

		(void)snprintf(wanted, sizeof(wanted), "\"%s\"",
		    rows[i].json);
		json_string(&j, NULL, rows[i].bytes);
		expect_written(rows[i].what, j.f, wanted);
	}
}

static void
values_are_parted_by_commas(void **state)
{
	struct json j = { paper(), false };

	(void)state;
	json_open(&j, NULL, '{');
	json_string(&j, "a", "x");
	json_string(&j, "b", NULL);
	json_int(&j, "c", INT64_MIN);
	json_open(&j, "d", '[');
	json_bool(&j, NULL, true);
	json_bool(&j, NULL, false);
	json_open(&j, NULL, '{');
	json_close(&j, '}');
	json_close(&j, ']');
	json_null(&j, "e");
	json_close(&j, '}');
	expect_written("object", j.f, "{\"a\":\"x\",\"b\":null,"
	    "\"c\":-9223372036854775808,\"d\":[true,false,{}],\"e\":null}");
}

static void
rows_and_headings_have_their_columns(void **state)
{
	FILE *f = paper();

	(void)state;
	text_row(f, "Subject", "CN=\x1B");
	text_rowf(f, "", "%d %s", 2, "days left");
	text_capital(f, "pin", 6);
	text_capital(f, "signature", 3);
	text_heading(f, "PIN");
	expect_written("rows", f, "  Subject                CN=" BAD "\n"
	    "                         2 days left\n"
	    "Pin   SignaturePIN\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_steers_no_terminal),
		cmocka_unit_test(strings_of_any_bytes_are_json),
		cmocka_unit_test(values_are_parted_by_commas),
		cmocka_unit_test(rows_and_headings_have_their_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
