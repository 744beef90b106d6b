/* SPDX-License-Identifier: BSD-2-Clause */
/* EF 0006, which says what kind of card it is, and EF 0008. */
#include <string.h>

#include "scene.h"

/* A label field is 32 bytes, padded with blanks. */
static const struct {
	const char	*field;
	const char	*label;
	enum jpki_kind	 kind;
} labels[] = {
	{ "JPKIAPICCTOKEN2                 ", "JPKIAPICCTOKEN2", JPKI_KIND_CARD },
	{ "JPKIAPGPSETOKEN                 ", "JPKIAPGPSETOKEN", JPKI_KIND_PHONE },
	{ "JPKIAPIOSTOKEN                  ", "JPKIAPIOSTOKEN", JPKI_KIND_PHONE },
	{ "JPKIAPICCTOKEN                  ", "JPKIAPICCTOKEN", JPKI_KIND_JUKI },
	{ "JPKIAPICCTOKEN3                 ", "JPKIAPICCTOKEN3", JPKI_KIND_UNKNOWN },
	{ "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345",
	    JPKI_KIND_UNKNOWN },
	{ " LEADING BLANK STAYS            ", " LEADING BLANK STAYS", JPKI_KIND_UNKNOWN },
	{ "JPKIAPICCTOKEN2", "JPKIAPICCTOKEN2", JPKI_KIND_CARD },
	{ "                                ", "", JPKI_KIND_UNKNOWN },
	{ "\x1B[31mRED\x7F\xE3\x81\x82", "?[31mRED????", JPKI_KIND_UNKNOWN },
	{ "", "", JPKI_KIND_UNKNOWN },
};

static void
a_label_is_trimmed_and_tells_the_kind(void **state)
{
	struct jpki_token token;
	struct scene *s;

	for (size_t i = 0; i < COUNT(labels); i++) {
		(void)scene_new(state);
		s = *state;
		scene_open(s);
		script_name(s->script, "label", text_slice(labels[i].field));
		SCENE(s, ROW_EF("0006"),
		    { "00B0 0000 20", "<label> 9000", labels[i].label },
		    ROWS_CLOSE);
		expect_err("token", jpki_token_read(s->card, &token),
		    JPKI_OK);
		expect_text("label", token.label, labels[i].label);
		expect_int(labels[i].label, token.kind, labels[i].kind);
		scene_close(s);
		(void)scene_free(state);
	}
}

static void
a_label_padded_with_zeros_is_trimmed(void **state)
{
	static const uint8_t field[32] = "JPKIAPGPSETOKEN\0 \0 ";
	struct scene *s = *state;
	struct jpki_token token;

	scene_open(s);
	script_name(s->script, "label", slice_of(field, sizeof(field)));
	SCENE(s, ROW_EF("0006"), { "00B0 0000 20", "<label> 9000", NULL },
	    ROWS_CLOSE);
	expect_err("token", jpki_token_read(s->card, &token), JPKI_OK);
	assert_string_equal(token.label, "JPKIAPGPSETOKEN");
	expect_int("kind", token.kind, JPKI_KIND_PHONE);
	scene_close(s);
}

static void
a_token_without_the_file_is_of_unknown_kind(void **state)
{
	struct jpki_token token = { "left over", JPKI_KIND_CARD };
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, { SELECT_EF("0006"), "6A82", NULL }, ROWS_CLOSE);
	expect_err("token", jpki_token_read(s->card, &token), JPKI_OK);
	assert_string_equal(token.label, "");
	expect_int("kind", token.kind, JPKI_KIND_UNKNOWN);
	scene_close(s);
}

static void
a_token_that_cannot_be_read_writes_nothing(void **state)
{
	struct jpki_token token = { "left", JPKI_KIND_JUKI };
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_EF("0006"), { "00B0 0000 20", "6981", NULL },
	    { "00B0 0000 20", "!REMOVED", NULL },
	    ROW_JPKI, ROW_EF("0006"),
	    { "00B0 0000 20", "00112233445566778899 00112233445566778899"
	      "00112233445566778899 00112233445566778899 9000", "too much" },
	    ROWS_CLOSE);
	expect_err("status", jpki_token_read(s->card, &token), JPKI_ERR_SW);
	expect_int("status", jpki_card_sw(s->card), 0x6981);
	expect_err("link", jpki_token_read(s->card, &token),
	    JPKI_ERR_REMOVED);
	expect_err("length", jpki_token_read(s->card, &token),
	    JPKI_ERR_MALFORMED);
	assert_string_equal(token.label, "left");
	expect_int("kind", token.kind, JPKI_KIND_JUKI);
	scene_close(s);
}

#define READ_3	"00B0 0000 03"

static const struct {
	const char	*about;
	struct row	 rows[2];
	enum jpki_answer sign, auth;
} there[] = {
	{ "both", { ROW_EF("0008"), { READ_3, "8F8F00 9000", NULL } }, JPKI_YES, JPKI_YES },
	{ "authentication only", { ROW_EF("0008"), { READ_3, "008F00 9000", NULL } },
	    JPKI_NO, JPKI_YES },
	{ "signature only", { ROW_EF("0008"), { READ_3, "8F0000 9000", NULL } },
	    JPKI_YES, JPKI_NO },
	{ "values never seen", { ROW_EF("0008"), { READ_3, "FF0100 9000", NULL } },
	    JPKI_UNKNOWN, JPKI_UNKNOWN },
	{ "two bytes are enough", { ROW_EF("0008"), { READ_3, "8F00 6282", NULL } },
	    JPKI_YES, JPKI_NO },
	{ "one byte is not", { ROW_EF("0008"), { READ_3, "8F 9000", NULL } },
	    JPKI_UNKNOWN, JPKI_UNKNOWN },
	{ "empty", { ROW_EF("0008"), { READ_3, "9000", NULL } }, JPKI_UNKNOWN, JPKI_UNKNOWN },
	{ "no such file", { { SELECT_EF("0008"), "6A82", NULL } }, JPKI_UNKNOWN, JPKI_UNKNOWN },
	{ "not to be read", { ROW_EF("0008"), { READ_3, "6982", NULL } },
	    JPKI_UNKNOWN, JPKI_UNKNOWN },
	{ "an odd status", { ROW_EF("0008"), { READ_3, "6F00", NULL } },
	    JPKI_UNKNOWN, JPKI_UNKNOWN },
	{ "more than was asked", { ROW_EF("0008"), { READ_3, "8F8F0000 9000", NULL } },
	    JPKI_UNKNOWN, JPKI_UNKNOWN },
};

static void
availability_is_advice(void **state)
{
	struct jpki_availability a;
	struct scene *s;

	for (size_t i = 0; i < COUNT(there); i++) {
		(void)scene_new(state);
		s = *state;
		scene_open(s);
		for (size_t r = 0; r < 2 && there[i].rows[r].does != NULL; r++)
			scene_add(s, &there[i].rows[r], 1);
		SCENE(s, ROWS_CLOSE);
		expect_err(there[i].about, jpki_availability_read(s->card,
		    &a), JPKI_OK);
		expect_int(there[i].about, a.sign, there[i].sign);
		expect_int(there[i].about, a.auth, there[i].auth);
		scene_close(s);
		(void)scene_free(state);
	}
}

static void
a_broken_link_is_not_advice(void **state)
{
	struct jpki_availability a = { JPKI_YES, JPKI_NO };
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_EF("0008"), { READ_3, "!REMOVED", NULL }, ROWS_CLOSE);
	expect_err("availability", jpki_availability_read(s->card, &a),
	    JPKI_ERR_REMOVED);
	assert_true(a.sign == JPKI_YES && a.auth == JPKI_NO);
	scene_close(s);
}

static void
arguments_are_checked(void **state)
{
	struct jpki_availability a;
	struct jpki_token token;
	struct scene *s = *state;

	scene_open(s);
	expect_err("card", jpki_token_read(NULL, &token), JPKI_ERR_ARG);
	expect_err("out", jpki_token_read(s->card, NULL), JPKI_ERR_ARG);
	expect_err("card", jpki_availability_read(NULL, &a), JPKI_ERR_ARG);
	expect_err("out", jpki_availability_read(s->card, NULL),
	    JPKI_ERR_ARG);
	SCENE(s, ROWS_CLOSE);
	scene_close(s);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, scene_new, scene_free)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_label_is_trimmed_and_tells_the_kind),
		TEST(a_label_padded_with_zeros_is_trimmed),
		TEST(a_token_without_the_file_is_of_unknown_kind),
		TEST(a_token_that_cannot_be_read_writes_nothing),
		cmocka_unit_test(availability_is_advice),
		TEST(a_broken_link_is_not_advice),
		TEST(arguments_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
