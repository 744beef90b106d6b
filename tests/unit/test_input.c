/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading the input assistance application: behind its PIN only, no command
 * too many, nothing of it in a log, whatever the card answers.
 */
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "scene.h"

#define LOGIN	{ SELECT_INPUT, "9000", "input assistance" }, ROW_EF("0011"), \
		{ QUERY, "63C3", NULL }, \
		{ "0020 0080 04 31323334", "9000", NULL }
#define NUMBER_HEX	"303132333435363738393031"
#define READ_NUMBER	"00B0 0000 0F"
#define READ_FIRST	"00B0 0000 00"

/* FF 20 82: name, 300 bytes; then filler. */
static uint8_t file[400];

static void
file_make(struct scene *s)
{
	static const uint8_t front[] = { 0xFF, 0x20, 0x82, 0x01, 0x27, 0xDF,
	    0x22, 0x82, 0x01, 0x22 };

	memset(file, 0xFF, sizeof(file));
	memset(file, 'N', 300);
	memcpy(file, front, sizeof(front));
	script_name(s->script, "file", slice_of(file, sizeof(file)));
}

static void
log_in(struct scene *s)
{
	scene_open(s);
	SCENE(s, LOGIN);
	expect_err("login", jpki_pin_verify(s->card, JPKI_PIN_INPUT, "1234",
	    4, 0, NULL), JPKI_OK);
}

static void
number_fails(struct scene *s, const char *what, enum jpki_err err)
{
	struct jpki_secret *number = NULL;

	assert_int_equal(jpki_secret_new(&number), JPKI_OK);
	assert_int_equal(secret_set(number, "left over", 9), JPKI_OK);
	expect_err(what, jpki_mynumber_read(s->card, number), err);
	expect_int(what, (long long)jpki_secret_len(number), 0);
	for (size_t i = 0; i < JPKI_SECRET_MAX; i++)
		expect_int(what, jpki_secret_bytes(number)[i], 0);
	jpki_secret_free(&number);
}

static void
attributes_fail(struct scene *s, const char *what, enum jpki_err err)
{
	struct jpki_attributes *a = NULL;

	expect_err(what, jpki_attributes_read(s->card, &a), err);
	assert_null(a);
}

static void
the_number_is_read_into_a_secret(void **state)
{
	struct jpki_secret *number = NULL;
	struct scene *s = *state;

	log_in(s);
	SCENE(s, ROW_EF("0001"),
	    { READ_NUMBER, "FF10 0C " NUMBER_HEX " 9000", NULL },
	    ROWS_LOGOUT_CLOSE);
	assert_int_equal(jpki_secret_new(&number), JPKI_OK);
	expect_err("number", jpki_mynumber_read(s->card, number), JPKI_OK);
	expect_int("number", (long long)jpki_secret_len(number),
	    JPKI_MYNUMBER_DIGITS);
	assert_string_equal(jpki_secret_bytes(number), "012345678901");
	jpki_secret_free(&number);
	assert_true(scene_logged(s, "< [15 bytes not shown] 9000"));
	assert_false(scene_logged(s, NUMBER_HEX));
	assert_false(scene_logged(s, "FF100C"));
	scene_close(s);
}

static void
the_attributes_are_read_to_their_end(void **state)
{
	struct jpki_attributes *a = NULL;
	struct scene *s = *state;

	file_make(s);
	log_in(s);
	SCENE(s, ROW_EF("0002"),
	    { READ_FIRST, "<file:0+256> 9000", NULL },
	    { "00B0 0100 2C", "<file:256+44> 9000", NULL },
	    ROWS_LOGOUT_CLOSE);
	expect_err("attributes", jpki_attributes_read(s->card, &a), JPKI_OK);
	expect_int("name", (long long)strlen(a->name), 290);
	assert_true(strspn(a->name, "N") == 290);
	jpki_attributes_free(&a);
	assert_true(scene_logged(s, "< [256 bytes not shown] 9000"));
	assert_true(scene_logged(s, "< [44 bytes not shown] 9000"));
	assert_false(scene_logged(s, "4E4E4E"));
	scene_close(s);
}

/* Both of one login; what is fetched in parts is shown in none. */
static void
one_login_is_enough_for_both(void **state)
{
	struct jpki_secret *number = NULL;
	struct jpki_attributes *a = NULL;
	struct scene *s = *state;

	log_in(s);
	SCENE(s, ROW_EF("0002"),
	    { READ_FIRST, "6109", NULL },
	    { "00C0 0000 09", "FF20 06 DF22 03 4E4E4E 9000", NULL },
	    ROW_EF("0001"),
	    { READ_NUMBER, "6C11", "another Le" },
	    { "00B0 0000 11", "FF10 0C " NUMBER_HEX " FFFF 9000", "too much" },
	    { READ_NUMBER, "FF10 0C 3031 6182", NULL },
	    { "00C0 0000 82", "32333435363738393031 9000", NULL },
	    ROWS_LOGOUT_CLOSE);
	expect_err("attributes", jpki_attributes_read(s->card, &a), JPKI_OK);
	assert_string_equal(a->name, "NNN");
	jpki_attributes_free(&a);
	number_fails(s, "too much", JPKI_ERR_MALFORMED);
	assert_int_equal(jpki_secret_new(&number), JPKI_OK);
	expect_err("number", jpki_mynumber_read(s->card, number), JPKI_OK);
	assert_string_equal(jpki_secret_bytes(number), "012345678901");
	jpki_secret_free(&number);
	assert_false(scene_logged(s, "4E4E4E"));
	assert_false(scene_logged(s, "3132"));
	scene_close(s);
}

static void
without_the_pin_they_cost_no_command(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	number_fails(s, "number", JPKI_ERR_AUTH_REQUIRED);
	attributes_fail(s, "attributes", JPKI_ERR_AUTH_REQUIRED);
	/* Another application's does not count. */
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { "0020 0080 04 31323334", "9000", NULL });
	expect_err("login", jpki_pin_verify(s->card, JPKI_PIN_AUTH, "1234",
	    4, 0, NULL), JPKI_OK);
	number_fails(s, "number", JPKI_ERR_AUTH_REQUIRED);
	attributes_fail(s, "attributes", JPKI_ERR_AUTH_REQUIRED);
	SCENE(s, ROWS_LOGOUT_CLOSE);
	scene_close(s);
}

static void
another_application_ends_the_login(void **state)
{
	struct jpki_pin_info info;
	struct scene *s = *state;

	log_in(s);
	SCENE(s, ROW_JPKI, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    ROWS_LOGOUT_CLOSE);
	expect_err("tries", jpki_pin_info(s->card, JPKI_PIN_AUTH, &info),
	    JPKI_OK);
	number_fails(s, "number", JPKI_ERR_AUTH_REQUIRED);
	scene_close(s);
}

static void
a_refusal_ends_the_login(void **state)
{
	struct scene *s = *state;

	log_in(s);
	SCENE(s, ROW_EF("0001"), { READ_NUMBER, "6982", NULL },
	    ROWS_LOGOUT_CLOSE);
	number_fails(s, "number", JPKI_ERR_AUTH_REQUIRED);
	assert_false(jpki_pin_verified(s->card, JPKI_PIN_INPUT));
	number_fails(s, "again", JPKI_ERR_AUTH_REQUIRED);
	scene_close(s);
}

/* What the READ BINARY answers, and what becomes of it. */
static const struct {
	const char	*about, *gets;
	enum jpki_err	 number, attributes;
} answers[] = {
	{ "nothing", "9000", JPKI_ERR_MALFORMED, JPKI_ERR_NOT_FOUND },
	{ "filler FF", "FFFFFFFF 9000", JPKI_ERR_MALFORMED, JPKI_ERR_NOT_FOUND },
	{ "one FF", "FF 9000", JPKI_ERR_MALFORMED, JPKI_ERR_NOT_FOUND },
	{ "filler 00", "00000000 9000", JPKI_ERR_MALFORMED, JPKI_ERR_NOT_FOUND },
	{ "a tag alone", "FF20 9000", JPKI_ERR_MALFORMED, JPKI_ERR_MALFORMED },
	{ "another tag", "FF30 03 DF3100 9000", JPKI_ERR_MALFORMED, JPKI_ERR_MALFORMED },
	{ "a certificate", "3003 020100 9000", JPKI_ERR_MALFORMED, JPKI_ERR_MALFORMED },
	{ "no end", "FF20 80 DF2501310000 9000", JPKI_ERR_MALFORMED, JPKI_ERR_MALFORMED },
	{ "longer than offsets reach", "FF20 82 7FFB 9000", JPKI_ERR_MALFORMED,
	  JPKI_ERR_MALFORMED },
	{ "the longest length", "FF20 82 FFFF 9000", JPKI_ERR_MALFORMED, JPKI_ERR_MALFORMED },
	{ "a long one, of nothing", "FF20 02 DF26 9000", JPKI_ERR_MALFORMED,
	  JPKI_ERR_MALFORMED },
	{ "an odd status", "6F00", JPKI_ERR_SW, JPKI_ERR_SW },
	{ "tries left", "63C2", JPKI_ERR_SW, JPKI_ERR_SW },
	{ "locked", "6984", JPKI_ERR_SW, JPKI_ERR_SW },
	{ "no such file", "6A82", JPKI_ERR_NOT_FOUND, JPKI_ERR_NOT_FOUND },
	{ "it was pulled", "!REMOVED", JPKI_ERR_REMOVED, JPKI_ERR_REMOVED },
	{ "the link breaks", "!IO", JPKI_ERR_IO, JPKI_ERR_IO },
};

static void
odd_answers_are_refused(void **state)
{
	struct scene *s;

	for (size_t i = 0; i < COUNT(answers); i++) {
		(void)scene_new(state);
		s = *state;
		log_in(s);
		SCENE(s, ROW_EF("0001"),
		    { READ_NUMBER, answers[i].gets, answers[i].about },
		    ROWS_LOGOUT_CLOSE);
		number_fails(s, answers[i].about, answers[i].number);
		scene_close(s);
		(void)scene_free(state);
		(void)scene_new(state);
		s = *state;
		log_in(s);
		SCENE(s, ROW_EF("0002"),
		    { READ_FIRST, answers[i].gets, answers[i].about },
		    ROWS_LOGOUT_CLOSE);
		attributes_fail(s, answers[i].about, answers[i].attributes);
		scene_close(s);
		(void)scene_free(state);
	}
}

/* Byte by byte, and never all of it. */
static void
attributes_without_end_end(void **state)
{
	struct scene *s = *state;

	log_in(s);
	SCENE(s, ROW_EF("0002"),
	    { READ_FIRST, "FF20 82 7FFA 9000", "of 32767 bytes" });
	for (int i = 0; i <= 1024; i++)
		SCENE(s, { "00B0 *", "4E 9000", NULL });
	SCENE(s, ROWS_LOGOUT_CLOSE);
	attributes_fail(s, "drops", JPKI_ERR_MALFORMED);
	scene_close(s);
}

static void
a_phone_has_no_such_application(void **state)
{
	struct scene *s = *state;
	int left = 0;

	scene_open(s);
	SCENE(s, { SELECT_INPUT, "6A82", NULL }, ROWS_CLOSE);
	expect_err("login", jpki_pin_verify(s->card, JPKI_PIN_INPUT, "1234",
	    4, 0, &left), JPKI_ERR_NOT_FOUND);
	expect_int("tries", left, -1);
	number_fails(s, "number", JPKI_ERR_AUTH_REQUIRED);
	scene_close(s);
}

static void
arguments_are_checked(void **state)
{
	struct jpki_attributes *a = NULL;
	struct jpki_secret *number = NULL;
	struct scene *s = *state;

	scene_open(s);
	assert_int_equal(jpki_secret_new(&number), JPKI_OK);
	expect_err("card", jpki_mynumber_read(NULL, number), JPKI_ERR_ARG);
	expect_err("out", jpki_mynumber_read(s->card, NULL), JPKI_ERR_ARG);
	expect_err("card", jpki_attributes_read(NULL, &a), JPKI_ERR_ARG);
	expect_err("out", jpki_attributes_read(s->card, NULL), JPKI_ERR_ARG);
	jpki_secret_free(&number);
	SCENE(s, ROWS_CLOSE);
	scene_close(s);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, scene_new, scene_free)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_number_is_read_into_a_secret),
		TEST(the_attributes_are_read_to_their_end),
		TEST(one_login_is_enough_for_both),
		TEST(without_the_pin_they_cost_no_command),
		TEST(another_application_ends_the_login),
		TEST(a_refusal_ends_the_login),
		cmocka_unit_test(odd_answers_are_refused),
		TEST(attributes_without_end_end),
		TEST(a_phone_has_no_such_application),
		TEST(arguments_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
