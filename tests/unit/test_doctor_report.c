/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the report keeps of what went over the link, and what it does not; the
 * tables of findings and facts.
 */
#include <stdlib.h>
#include <string.h>

#include "exchange.h"
#include "facts.h"
#include "findtable.h"
#include "model.h"
#include "unit.h"

static struct exchanges x;

static int
begin(void **state)
{
	(void)state;
	memset(&x, 0, sizeof(x));
	exchanges_begin(&x, 0);
	return 0;
}

static void
take(const char *command, const char *answer)
{
	exchanges_take(&x, command);
	if (answer != NULL)
		exchanges_take(&x, answer);
}

/* Is any of these bytes of text in what was kept? */
static bool
keeps(const char *text)
{
	size_t n = strlen(text);

	for (size_t at = 0; at + n <= sizeof(x); at++)
		if (memcmp((const char *)&x + at, text, n) == 0)
			return true;
	return false;
}

static void
answers_become_lengths(void **state)
{
	(void)state;
	take("> 00A4020C02000A", "< 9000");
	take("> 00B0000000", "< E7949FE5B9B4E69C889000");
	assert_int_equal(x.n, 2);
	assert_string_equal(x.list[1].command, "00B0000000");
	assert_int_equal(x.list[1].answer_n, 9);
	assert_int_equal(x.list[1].sw, 0x9000);
	assert_false(keeps("E794"));
	assert_false(keeps("\xE7\x94"));
}

/* Only what no secret can be in is shown whole. */
static void
commands_with_data_become_headers(void **state)
{
	static const struct {
		const char *line, *command;
	} rows[] = {
		{ "> 00200080", "00200080" },
		{ "> 0020008000", "0020008000" },
		{ "> 002000800431323334", "00200080" },
		{ "> 002401800435363738", "00240180" },
		{ "> 802A008006414243444546", "802A0080" },
		{ "> 00A4040C0AD392F000260100000001",
		    "00A4040C0AD392F000260100000001" },
		{ "> 00CA0045", "00CA0045" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		take(rows[i].line, "< 9000");
		assert_string_equal(x.list[i].command, rows[i].command);
	}
	assert_false(keeps("3132"));
	assert_false(keeps("1234"));
	assert_false(keeps("4142"));
}

static void
other_lines_are_passed_over(void **state)
{
	static const char *const lines[] = {
		"", ">", "> ", "<", "< ", "> 00", "> 00A4", "> 00A4020",
		"> 002000 [not shown]", "> 00200080 [not shown]",
		"> 00a4020c020006", "opened 00A4020C020006", ">00A4020C02",
		"> 00A4020C02000A ", "< 9000", "< 900", "< 90 00",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++)
		exchanges_take(&x, lines[i]);
	assert_int_equal(x.n, 0);
	take("> 00200080", "< 90");
	exchanges_take(&x, "< 9000 [not shown]");
	assert_false(x.list[0].answered);
	exchanges_take(&x, "< 63C3");
	exchanges_take(&x, "< 6984");
	assert_int_equal(x.list[0].sw, 0x63C3);
}

static void
what_is_current_is_followed(void **state)
{
	(void)state;
	take("> 00A4040C0AD392F000260100000001", "< 9000");
	take("> 00A4020C020018", "< 9000");
	take("> 00200080", "< 63C3");
	take("> 00A4040C0AD3921000310001010408", "< 9000");
	take("> 00200080", "< 6986");
	assert_int_equal(x.list[0].app, 0x0001);
	assert_int_equal(x.list[2].app, 0x0001);
	assert_int_equal(x.list[2].file, 0x0018);
	assert_int_equal(x.list[4].app, 0x0408);
	assert_int_equal(x.list[4].file, 0);
	exchanges_begin(&x, 1);
	take("> 00200080", "< 6986");
	assert_int_equal(x.list[5].app, 0);
	assert_int_equal(x.list[5].reader, 1);
}

/* A SELECT that lies about its length is none that we sent. */
static void
a_selection_of_odd_length_selects_nothing(void **state)
{
	static const char *const lines[] = {
		"> 00A4040CFFD3921000310001010408", "> 00A4020C02",
		"> 00A4040C",
		"> 00A4040C01D3", "> 00A4020C0100",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++)
		take(lines[i], "< 9000");
	for (size_t i = 0; i < x.n; i++)
		assert_int_equal(x.list[i].app | x.list[i].file, 0);
}

static void
there_is_an_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < EXCHANGES_MAX + 5; i++)
		take("> 00200080", i < EXCHANGES_MAX ? "< 63C3" : "< 6984");
	assert_int_equal(x.n, EXCHANGES_MAX);
	assert_int_equal(x.list[EXCHANGES_MAX - 1].sw, 0x63C3);
}

static char facts[8192];

/* The first line with this number has that answer. */
static void
expect_fact(const struct facts_seen *seen, const char *number,
    const char *answer)
{
	FILE *f = fmemopen(facts, sizeof(facts), "w");
	char *line;

	assert_non_null(f);
	facts_put(f, &x, 0, seen);
	assert_int_equal(fclose(f), 0);
	line = strstr(facts, number);
	assert_non_null(line);
	line[strcspn(line, "\n")] = '\0';
	if (strstr(line, answer) == NULL)
		fail_msg("not \"%s\" in: %s", answer, line);
}

static void
facts_are_answered_by_lines(void **state)
{
	const struct facts_seen seen = { .kind = JPKI_KIND_CARD };

	(void)state;
	expect_fact(&seen, "9.2 ", "not asked");
	take("> 00A4040C0AD392F000260100000001", "< 9000");
	take("> 00A4020C020018", "< 9000");
	take("> 00200080", "< 63C3");
	expect_fact(&seen, "9.2 ", " no");
	expect_fact(&seen, "9.3 ", "63C3 (3)");
	take("> 00200080", "< 63C3");
	take("> 00200080", "< 9000");
	expect_fact(&seen, "9.2 ", "9000 (5)");
	expect_fact(&seen, "9.3 ", "63C3 (3 4) 9000 (5)");
	/* What another reader's card answered is not this one's. */
	exchanges_begin(&x, 1);
	take("> 00200080", "< 6984");
	expect_fact(&seen, "6984 (locked)", " no");
}

static void
facts_are_answered_by_words(void **state)
{
	struct facts_seen seen = { .kind = JPKI_KIND_PHONE };

	(void)state;
	expect_fact(&seen, "5.2 ", "the label of a phone");
	expect_fact(&seen, "18.3 ", "could not be read");
	expect_fact(&seen, "6.2 ", "neither 8F nor 00");
	seen.have.sign = JPKI_NO;
	expect_fact(&seen, "6.2 ", "00");
	seen.ca_read = true;
	expect_fact(&seen, "18.3 ", "no: it is another");
	seen.ca = JPKI_CA_TEST;
	expect_fact(&seen, "18.3 ", "no: it is a test CA");
	seen.ca = JPKI_CA_KNOWN;
	expect_fact(&seen, "18.3 ", "no: it is one that is known");
	seen.ca_2019 = true;
	expect_fact(&seen, "18.3 ", "yes");
}

/* pcscd puts serial numbers in parentheses, mostly. */
static void
a_reader_is_its_model(void **state)
{
	static const struct {
		const char *name, *model;
	} rows[] = {
		{ "Sony RC-S300/S (1234567) 00 00", "Sony RC-S300/S  00 00" },
		{ "SCM SCR 3310 [CCID Interface] (21120951216253) 00 00",
		    "SCM SCR 3310 [CCID Interface]  00 00" },
		{ "ACS ACR1252 1S CL Reader 01 02",
		    "ACS ACR1252 1S CL Reader 01 02" },
		{ "Maker A1B2C3D4E5F6 00 00", "Maker  00 00" },
		{ "Maker 20260001", "Maker " },
		{ "open (12(34)56", "open " },
		{ "(a(b)c) x) 00", " x) 00" },
		{ "", "" },
		{ "0123456789", "" },
	};
	char room[64];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_text(rows[i].name, model_of(rows[i].name, room,
		    sizeof(room)), rows[i].model);
	expect_text("cut", model_of("Reader", room, 4), "Rea");
}

/* Nobody can be helped by a finding without words. */
static void
every_finding_has_its_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < FIND_COUNT; i++) {
		const struct finding_row *row = &finding_rows[i];

		assert_non_null(row->name);
		assert_true(strlen(row->what) > 20 && strlen(row->what) <= 80);
		assert_int_equal(row->what[strlen(row->what) - 1], '.');
		assert_null(strchr(row->what, '\n'));
		assert_true(strlen(row->fix) > 20);
		for (const char *at = row->fix; *at != '\0';
		    at += strcspn(at, "\n") + (at[strcspn(at, "\n")] != '\0'))
			assert_true(strcspn(at, "\n") <= 80);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(row->name,
			    finding_rows[k].name);
	}
}

static void
more_findings_than_there_is_room_for(void **state)
{
	struct findings found = { .n = 0 };

	(void)state;
	for (size_t i = 0; i < FINDINGS_MAX + 3; i++)
		findings_add(&found, FIND_CARD_NONE, "%0400zu", i);
	assert_int_equal(found.n, FINDINGS_MAX);
	assert_int_equal(strlen(found.list[0].seen), FINDING_SEEN - 1);
	assert_true(findings_have(&found, FIND_CARD_NONE));
	assert_false(findings_have(&found, FIND_CARD_MUTE));
}

/* What pcscd tells of a reader could steer a terminal. */
static void
what_was_seen_steers_no_terminal(void **state)
{
	struct findings found = { .n = 0 };
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	(void)state;
	assert_non_null(f);
	findings_add(&found, FIND_CARD_NONE, "Reader\033[2J");
	findings_add(&found, FIND_READER_NONE, "%s", "");
	findings_text(f, &found);
	assert_int_equal(fclose(f), 0);
	assert_null(strchr(text, '\033'));
	assert_non_null(strstr(text, "\n  Reader"));
	assert_non_null(strstr(text,
	    "\n\nNo card reader is there.\n    Connect"));
	free(text);
}

#define TEST(name)	cmocka_unit_test_setup(name, begin)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_become_lengths),
		TEST(commands_with_data_become_headers),
		TEST(other_lines_are_passed_over),
		TEST(what_is_current_is_followed),
		TEST(a_selection_of_odd_length_selects_nothing),
		TEST(there_is_an_end),
		TEST(facts_are_answered_by_lines),
		TEST(facts_are_answered_by_words),
		TEST(a_reader_is_its_model),
		TEST(every_finding_has_its_row),
		TEST(more_findings_than_there_is_room_for),
		TEST(what_was_seen_steers_no_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
