/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Errors in one line: what happened, what to do next, with which exit code.
 * Of PINs with all that is known, and no more.
 *
 * For that the source is compiled here once more, over a played card.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"
#include "unit.h"
#undef fail		/* of cmocka; the tool has one of its own */

static char *said;
static size_t said_n;
static FILE *paper;
static enum jpki_err have_err;
static struct jpki_availability held;

static uint16_t
fake_card_sw(const struct jpki_card *card)
{
	assert_non_null(card);
	return 0x6F12;
}

static enum jpki_err
fake_availability(struct jpki_card *card, struct jpki_availability *out)
{
	assert_non_null(card);
	*out = held;
	return have_err;
}

#undef stderr
#define stderr			paper
#define jpki_card_sw		fake_card_sw
#define jpki_availability_read	fake_availability
#include "tools/fail.c"

static struct options options;
static struct tool tool = { .opt = &options };
static struct jpki_card *const some_card = (struct jpki_card *)(void *)&tool;

static void
start(void)
{
	paper = open_memstream(&said, &said_n);
	assert_non_null(paper);
}

/* One line, with that text; then all is as before start(). */
static void
expect_said(const char *what, const char *text)
{
	const char *end;

	assert_int_equal(fclose(paper), 0);
	end = strchr(said, '\n');
	expect_true(what, end != NULL && end[1] == '\0');
	if (strstr(said, text) == NULL)
		expect_text(what, said, text);	/* fails, and shows both */
	free(said);
}

static void
every_error_says_what_to_do_next(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		start();
		expect_int(rows[i].what, fail_err(&tool, rows[i].err),
		    rows[i].code);
		expect_said(rows[i].what, "; ");
	}
}

static void
an_error_that_is_none_is_an_internal_one(void **state)
{
	(void)state;
	start();
	assert_int_equal(fail_err(&tool, (enum jpki_err)9999), EXIT_FAILED);
	expect_said("9999", "a library that jpki-tool uses failed");
}

static void
a_status_word_is_shown_if_a_card_said_it(void **state)
{
	(void)state;
	start();
	(void)fail_err(&tool, JPKI_ERR_SW);
	expect_said("no card", "unexpected answer; ");
	tool.card = some_card;
	start();
	(void)fail_err(&tool, JPKI_ERR_SW);
	expect_said("card", "(status 6F12)");
}

static void
a_reader_that_is_missing_is_named(void **state)
{
	(void)state;
	start();
	(void)fail_err(&tool, JPKI_ERR_NO_READER);
	expect_said("any", "no card reader is there; connect one");
	options.value[OPT_READER] = "My\x1BReader";
	start();
	(void)fail_err(&tool, JPKI_ERR_NO_READER);
	expect_said("named", "called \"My\xEF\xBF\xBDReader\"");
}

static const struct {
	const char	*what;
	enum jpki_pin	 pin;
	enum jpki_err	 err;
	int		 left;
	enum exit_code	 code;
	const char	*text;
} pin_failures[] = {
	{ "wrong", JPKI_PIN_AUTH, JPKI_ERR_PIN_WRONG, 2, EXIT_PIN_WRONG, "2 tries left" },
	{ "wrong, one left", JPKI_PIN_AUTH, JPKI_ERR_PIN_WRONG, 1, EXIT_PIN_WRONG,
	    "1 try left, and it is used only with --last-try" },
	{ "wrong, nobody knows", JPKI_PIN_AUTH, JPKI_ERR_PIN_WRONG, -1, EXIT_PIN_WRONG,
	    "look at the tries left with" },
	{ "last try", JPKI_PIN_SIGN, JPKI_ERR_PIN_LAST_TRY, 1, EXIT_PIN_LOCKED,
	    "nothing was sent; give --last-try" },
	{ "locked", JPKI_PIN_SIGN, JPKI_ERR_PIN_LOCKED, 0, EXIT_PIN_LOCKED,
	    "the signature PIN is locked" },
	{ "format, digits", JPKI_PIN_AUTH, JPKI_ERR_PIN_FORMAT, -1, EXIT_PIN_WRONG,
	    "(4 digits), and nothing was sent" },
	{ "format, letters", JPKI_PIN_SIGN, JPKI_ERR_PIN_FORMAT, -1, EXIT_PIN_WRONG,
	    "(6 to 16 letters and digits)" },
	{ "new, digits", JPKI_PIN_AUTH, JPKI_ERR_PIN_NEW, -1, EXIT_FAILED, "has 4 digits" },
	{ "new, letters", JPKI_PIN_SIGN, JPKI_ERR_PIN_NEW, -1, EXIT_FAILED,
	    "6 to 16 letters and digits, at least one of each" },
	{ "pulled", JPKI_PIN_AUTH, JPKI_ERR_REMOVED, -1, EXIT_NO_CARD,
	    "the PIN may have been sent: look" },
	{ "odd", JPKI_PIN_AUTH, JPKI_ERR_SW, -1, EXIT_FAILED, "the PIN may have been sent: look" },
	{ "pulled, of the signature", JPKI_PIN_SIGN, JPKI_ERR_IO, -1, EXIT_NO_CARD,
	    "look with \"jpki-tool status\" first" },
	{ "pulled, of another", JPKI_PIN_INPUT, JPKI_ERR_IO, -1, EXIT_NO_CARD,
	    "look with \"jpki-tool status -a\" first" },
	{ "another", JPKI_PIN_AUTH, JPKI_ERR_BUSY, -1, EXIT_NO_CARD, "another program holds" },
};

static void
a_pin_failure_tells_all_that_is_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pin_failures); i++) {
		start();
		expect_int(pin_failures[i].what, fail_pin(&tool,
		    pin_failures[i].pin, pin_failures[i].err,
		    pin_failures[i].left), pin_failures[i].code);
		expect_said(pin_failures[i].what, pin_failures[i].text);
	}
}

/* A card says that it has no such certificate: its PIN is locked for ever. */
static void
a_locked_pin_of_no_certificate_is_no_locked_pin(void **state)
{
	(void)state;
	tool.card = some_card;
	held = (struct jpki_availability){ .auth = JPKI_YES, .sign = JPKI_NO };
	start();
	assert_int_equal(fail_pin(&tool, JPKI_PIN_SIGN, JPKI_ERR_PIN_LOCKED,
	    0), EXIT_FAILED);
	expect_said("none", "this card holds no signature certificate");
	start();
	assert_int_equal(fail_pin(&tool, JPKI_PIN_AUTH, JPKI_ERR_PIN_LOCKED,
	    0), EXIT_PIN_LOCKED);
	expect_said("there", "is locked");
	/* Of a PIN that belongs to no certificate nothing follows. */
	start();
	assert_int_equal(fail_pin(&tool, JPKI_PIN_INPUT, JPKI_ERR_PIN_LOCKED,
	    0), EXIT_PIN_LOCKED);
	expect_said("other", "is locked");
	have_err = JPKI_ERR_IO;
	start();
	assert_int_equal(fail_pin(&tool, JPKI_PIN_SIGN, JPKI_ERR_PIN_LOCKED,
	    0), EXIT_PIN_LOCKED);
	expect_said("unknown", "is locked");
}

static void
long_messages_are_cut_and_stay_one_line(void **state)
{
	char name[4096];

	(void)state;
	memset(name, '\n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	start();
	(void)fail_read(name, 2);
	expect_said("long", "cannot read ");
	start();
	warning("%s", "a\nb");
	expect_said("warning", "warning: a\xEF\xBF\xBD" "b");
}

static int
set_up(void **state)
{
	(void)state;
	memset(&options, 0, sizeof(options));
	tool.card = NULL;
	have_err = JPKI_OK;
	return 0;
}

#define TEST(f)	cmocka_unit_test_setup(f, set_up)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_error_says_what_to_do_next),
		TEST(an_error_that_is_none_is_an_internal_one),
		TEST(a_status_word_is_shown_if_a_card_said_it),
		TEST(a_reader_that_is_missing_is_named),
		TEST(a_pin_failure_tells_all_that_is_known),
		TEST(a_locked_pin_of_no_certificate_is_no_locked_pin),
		TEST(long_messages_are_cut_and_stay_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
