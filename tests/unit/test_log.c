/* SPDX-License-Identifier: BSD-2-Clause */
/* One line an event, by level; no byte of a PIN at any level. */
#include "log.h"

#include <stdio.h>
#include <string.h>

#include "apdu.h"
#include "unit.h"

#define LINE_ROOM	2048

/* What the last call of the log function was given. */
struct heard {
	int			count;
	enum jpki_log_level	level;
	char			line[LINE_ROOM];
};

static void
hear(void *user, enum jpki_log_level level, const char *line)
{
	struct heard *heard = user;

	heard->count++;
	heard->level = level;
	assert_true(strlen(line) < sizeof(heard->line));
	(void)snprintf(heard->line, sizeof(heard->line), "%s", line);
}

static struct log
log_to(struct heard *heard, enum jpki_log_level level)
{
	*heard = (struct heard){ .count = 0 };
	return (struct log){ .level = level, .fn = hear, .user = heard };
}

static void
a_level_passes_itself_and_what_is_graver(void **state)
{
	struct heard heard;

	(void)state;
	for (int at = JPKI_LOG_NONE; at <= JPKI_LOG_APDU; at++)
		for (int of = JPKI_LOG_ERROR; of <= JPKI_LOG_APDU; of++) {
			struct log log = log_to(&heard,
			    (enum jpki_log_level)at);

			log_line(&log, (enum jpki_log_level)of, "what: %s",
			    "why");
			assert_int_equal(heard.count, of <= at ? 1 : 0);
			if (heard.count > 0) {
				assert_int_equal(heard.level, of);
				expect_text("line", heard.line, "what: why");
			}
		}
}

static void
without_a_function_nothing_happens(void **state)
{
	const struct log off = { .level = JPKI_LOG_APDU };
	const struct log zero = { .fn = NULL };

	(void)state;
	log_line(&off, JPKI_LOG_ERROR, "%d", 1);
	log_bytes(&off, ">", text_slice("abc"), 3);
	log_line(&zero, JPKI_LOG_ERROR, "%d", 1);
	log_bytes(&zero, ">", text_slice("abc"), 3);
}

static void
a_line_too_long_is_cut(void **state)
{
	char much[LINE_ROOM];
	struct heard heard;
	struct log log = log_to(&heard, JPKI_LOG_INFO);
	size_t n;

	(void)state;
	memset(much, 'x', sizeof(much) - 1);
	much[sizeof(much) - 1] = '\0';
	log_line(&log, JPKI_LOG_INFO, "a%sz", much);
	n = strlen(heard.line);
	assert_true(n > 600 && n < sizeof(much));
	assert_int_equal(heard.line[0], 'a');
	assert_int_equal(strspn(heard.line + 1, "x"), n - 1);
}

static void
bytes_are_shown_at_level_apdu_only(void **state)
{
	struct heard heard;

	(void)state;
	for (int at = JPKI_LOG_NONE; at <= JPKI_LOG_APDU; at++) {
		struct log log = log_to(&heard, (enum jpki_log_level)at);

		log_bytes(&log, ">", slice_of("\x00\xA4\x04\x0C", 4), 4);
		assert_int_equal(heard.count, at == JPKI_LOG_APDU ? 1 : 0);
	}
	expect_text("line", heard.line, "> 00A4040C");
}

static void
bytes_not_clear_are_counted(void **state)
{
	static const struct {
		const char	*line;
		size_t		 n, clear;
	} rows[] = {
		{ "> ", 0, 0 },
		{ "> ", 0, 9 },
		{ "> 41424344", 4, 4 },
		{ "> 41424344", 4, SIZE_MAX },
		{ "> 414243 [not shown]", 4, 3 },
		{ ">  [not shown]", 4, 0 },
	};
	struct heard heard;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct log log = log_to(&heard, JPKI_LOG_APDU);

		log_bytes(&log, ">", slice_of("ABCD", rows[i].n),
		    rows[i].clear);
		expect_text("line", heard.line, rows[i].line);
	}
}

static void
the_longest_answer_is_shown_whole(void **state)
{
	uint8_t answer[258];
	char wanted[2 * sizeof(answer) + 3] = "< ";
	struct heard heard;
	struct log log = log_to(&heard, JPKI_LOG_APDU);

	(void)state;
	for (size_t i = 0; i < sizeof(answer); i++) {
		answer[i] = (uint8_t)i;
		(void)snprintf(wanted + 2 + 2 * i, 3, "%02X", answer[i]);
	}
	log_bytes(&log, "<", slice_of(answer, sizeof(answer)), SIZE_MAX);
	expect_text("line", heard.line, wanted);
}

static void
bytes_beyond_any_apdu_are_counted(void **state)
{
	static const uint8_t much[3000];
	struct heard heard;
	struct log log = log_to(&heard, JPKI_LOG_APDU);

	(void)state;
	log_bytes(&log, "<", slice_of(much, sizeof(much)), SIZE_MAX);
	assert_int_equal(strspn(heard.line + 2, "0") % 2, 0);
	assert_non_null(strstr(heard.line, "[not shown]"));
}

/* Of a command with a PIN, what may be in a line: no byte behind Lc. */
static void
no_byte_of_a_secret_is_logged_at_any_level(void **state)
{
	static const struct {
		const char	*pin;
		const char	*verify, *change;
	} rows[] = {
		{ "1234", "> 00200080 [not shown]",
		    "> 00240180 [not shown]" },
		{ "ABC123", "> 00200080 [not shown]",
		    "> 00240180 [not shown]" },
		{ "ZYXWVUTSRQ987654", "> 00200080 [not shown]",
		    "> 00240180 [not shown]" },
	};
	struct heard heard;

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		struct slice pin = text_slice(rows[i / 2].pin);
		struct apdu apdu = i % 2 == 0 ? apdu_verify(pin) :
		    apdu_change(pin);
		uint8_t bytes[APDU_MAX];
		struct wbuf w = wbuf_of(bytes, sizeof(bytes));

		assert_true(apdu_encode(&apdu, &w));
		for (int at = JPKI_LOG_NONE; at <= JPKI_LOG_APDU; at++) {
			struct log log = log_to(&heard,
			    (enum jpki_log_level)at);

			log_bytes(&log, ">", wbuf_slice(&w),
			    apdu_clear(&apdu));
			expect_text("line", heard.line,
			    at < JPKI_LOG_APDU ? "" : i % 2 == 0 ?
			    rows[i / 2].verify : rows[i / 2].change);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_level_passes_itself_and_what_is_graver),
		cmocka_unit_test(without_a_function_nothing_happens),
		cmocka_unit_test(a_line_too_long_is_cut),
		cmocka_unit_test(bytes_are_shown_at_level_apdu_only),
		cmocka_unit_test(bytes_not_clear_are_counted),
		cmocka_unit_test(the_longest_answer_is_shown_whole),
		cmocka_unit_test(bytes_beyond_any_apdu_are_counted),
		cmocka_unit_test(no_byte_of_a_secret_is_logged_at_any_level),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
