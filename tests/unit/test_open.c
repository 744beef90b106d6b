/* SPDX-License-Identifier: BSD-2-Clause */
/* Recognising a card, choosing among readers, opening and closing. */
#include <string.h>

#include "scene.h"

#define CONNECT_B	{ "connect Reader B", "", NULL }
#define REFUSED(sw)	{ SELECT_JPKI, sw, "no such application" }

static enum jpki_err
open_in(struct scene *s, const char *reader)
{
	enum jpki_err err = jpki_card_open(s->ctx, reader, &s->card);

	assert_true((err == JPKI_OK) == (s->card != NULL));
	return err;
}

static void
both_readers_have_cards(struct scene *s)
{
	s->script->readers[1].has_card = true;
}

static void
a_card_is_recognised_by_its_application(void **state)
{
	struct scene *s = *state;

	SCENE(s, ROWS_OPEN, ROWS_CLOSE);
	/* Whatever the ATR says. */
	s->script->readers[0].atr_len = 0;
	expect_err("open", open_in(s, NULL), JPKI_OK);
	assert_string_equal(jpki_card_reader(s->card), "Reader A");
	expect_int("insertion", jpki_card_insertion(s->card), 0);
	expect_int("status", jpki_card_sw(s->card), 0x9000);
	scene_close(s);
	assert_true(scene_logged(s, "Reader A: JPKI card opened"));
}

static void
the_first_command_is_sent_again_after_6F00_once(void **state)
{
	struct scene *s = *state;

	SCENE(s, ROW_CONNECT, ROW_BEGIN,
	    { SELECT_JPKI, "6F00", "first command after power-up" },
	    { SELECT_JPKI, "9000", NULL },
	    ROWS_CLOSE);
	expect_err("open", open_in(s, NULL), JPKI_OK);
	scene_close(s);
}

static void
a_card_that_keeps_to_6F00_is_asked_anew_next_time(void **state)
{
	struct scene *s = *state;

	SCENE(s, ROW_CONNECT, ROW_BEGIN,
	    { SELECT_JPKI, "6F00", NULL },
	    { SELECT_JPKI, "6F00", NULL },
	    ROWS_CLOSE);
	expect_err("open", open_in(s, NULL), JPKI_ERR_SW);
	script_done(s->script);
	SCENE(s, ROWS_OPEN, ROWS_CLOSE);
	expect_err("open", open_in(s, NULL), JPKI_OK);
	scene_close(s);
}

static void
a_later_6F00_is_not_sent_again(void **state)
{
	struct scene *s = *state;

	SCENE(s, ROWS_OPEN, ROW_END,
	    ROW_BEGIN, { SELECT_JPKI, "6F00", NULL }, ROW_END,
	    ROW_DISCONNECT);
	expect_err("open", open_in(s, NULL), JPKI_OK);
	jpki_card_end(s->card);
	expect_err("token", jpki_token_read(s->card,
	    &(struct jpki_token){ .kind = JPKI_KIND_UNKNOWN }), JPKI_ERR_SW);
	scene_close(s);
}

/* Cards of other kinds refuse the application in all sorts of ways. */
static const char *const refusals[] = {
	"6A82", "6A86", "6D00", "6E00", "6700", "6985", "6283", "6982", "9300",
};

static void
a_foreign_card_is_not_jpki_and_not_asked_again(void **state)
{
	struct scene *s;

	for (size_t i = 0; i < COUNT(refusals); i++) {
		(void)scene_new(state);
		s = *state;
		SCENE(s, ROW_CONNECT, ROW_BEGIN, REFUSED(refusals[i]),
		    ROWS_CLOSE);
		expect_err(refusals[i], open_in(s, NULL), JPKI_ERR_NOT_JPKI);
		expect_err(refusals[i], open_in(s, NULL), JPKI_ERR_NOT_JPKI);
		expect_err(refusals[i], open_in(s, "Reader A"),
		    JPKI_ERR_NOT_JPKI);
		script_done(s->script);
		assert_true(scene_logged(s, "Reader A: not a JPKI card"));
		(void)scene_free(state);
	}
}

static void
another_card_in_the_same_reader_is_asked(void **state)
{
	struct scene *s = *state;

	SCENE(s, ROW_CONNECT, ROW_BEGIN, REFUSED("6A82"), ROWS_CLOSE,
	    ROWS_OPEN, ROWS_CLOSE);
	expect_err("open", open_in(s, NULL), JPKI_ERR_NOT_JPKI);
	s->script->readers[0].events += 2;
	expect_err("open", open_in(s, NULL), JPKI_OK);
	scene_close(s);
}

static void
nonsense_for_an_answer_does_not_make_a_card_foreign(void **state)
{
	struct scene *s = *state;

	SCENE(s, ROW_CONNECT, ROW_BEGIN, { SELECT_JPKI, "90", "half a status" },
	    ROWS_CLOSE,
	    ROW_CONNECT, ROW_BEGIN, { SELECT_JPKI, "1234", "no status at all" },
	    ROWS_CLOSE,
	    ROWS_OPEN, ROWS_CLOSE);
	expect_err("open", open_in(s, NULL), JPKI_ERR_IO);
	expect_err("open", open_in(s, NULL), JPKI_ERR_SW);
	expect_err("open", open_in(s, NULL), JPKI_OK);
	scene_close(s);
}

static void
a_broken_link_does_not_make_a_card_foreign(void **state)
{
	struct scene *s = *state;

	SCENE(s, ROW_CONNECT, ROW_BEGIN, { SELECT_JPKI, "!REMOVED", NULL },
	    ROWS_CLOSE,
	    ROWS_OPEN, ROWS_CLOSE);
	expect_err("open", open_in(s, NULL), JPKI_ERR_REMOVED);
	expect_err("open", open_in(s, NULL), JPKI_OK);
	scene_close(s);
}

/*
 * Several readers.
 */

static void
the_first_jpki_card_wins(void **state)
{
	struct scene *s = *state;

	both_readers_have_cards(s);
	SCENE(s, ROWS_OPEN, ROWS_CLOSE);
	expect_err("open", open_in(s, NULL), JPKI_OK);
	assert_string_equal(jpki_card_reader(s->card), "Reader A");
	scene_close(s);
}

static void
a_foreign_card_in_the_first_reader_is_passed_over(void **state)
{
	struct scene *s = *state;

	both_readers_have_cards(s);
	SCENE(s, ROW_CONNECT, ROW_BEGIN, REFUSED("6A82"), ROWS_CLOSE,
	    CONNECT_B, ROW_BEGIN, ROW_JPKI, ROWS_CLOSE,
	    CONNECT_B, ROW_BEGIN, ROW_JPKI, ROWS_CLOSE);
	expect_err("open", open_in(s, NULL), JPKI_OK);
	assert_string_equal(jpki_card_reader(s->card), "Reader B");
	jpki_card_close(&s->card);
	expect_err("open again", open_in(s, NULL), JPKI_OK);
	scene_close(s);
}

static void
a_named_reader_is_the_only_one_asked(void **state)
{
	struct scene *s = *state;

	both_readers_have_cards(s);
	SCENE(s, CONNECT_B, ROW_BEGIN, ROW_JPKI, ROWS_CLOSE);
	expect_err("open", open_in(s, "Reader B"), JPKI_OK);
	scene_close(s);
}

/* What the two readers are like, and what is told of them. */
static const struct {
	const char	*about;
	const char	*reader;
	bool		 card[2], mute[2];
	const char	*connect[2];	/* NULL: not reached */
	enum jpki_err	 err;
} failures[] = {
	{ "no card anywhere", NULL, { false, false }, { false, false },
	    { NULL, NULL }, JPKI_ERR_NO_CARD },
	{ "none in the named reader", "Reader B", { true, false }, { false, false },
	    { NULL, NULL }, JPKI_ERR_NO_CARD },
	{ "no reader of that name", "Reader Z", { true, true }, { false, false },
	    { NULL, NULL }, JPKI_ERR_NO_READER },
	{ "the beginning of a name is no name", "Reader", { true, true }, { false, false },
	    { NULL, NULL }, JPKI_ERR_NO_READER },
	{ "mute, and an empty reader", NULL, { true, false }, { true, false },
	    { NULL, NULL }, JPKI_ERR_MUTE },
	{ "an empty reader, and mute", NULL, { false, true }, { false, true },
	    { NULL, NULL }, JPKI_ERR_MUTE },
	{ "in use, and an empty reader", NULL, { true, false }, { false, false },
	    { "!BUSY", NULL }, JPKI_ERR_BUSY },
	{ "mute, and in use", NULL, { true, true }, { true, false },
	    { NULL, "!BUSY" }, JPKI_ERR_MUTE },
	{ "refused by the service", NULL, { true, false }, { false, false },
	    { "!ACCESS", NULL }, JPKI_ERR_ACCESS },
	{ "taken out just now", NULL, { true, true }, { false, false },
	    { "!NO_CARD", "!BUSY" }, JPKI_ERR_BUSY },
	{ "unplugged just now, and an empty reader", NULL, { true, false }, { false, false },
	    { "!NO_READER", NULL }, JPKI_ERR_NO_CARD },
};

static void
of_several_failures_the_most_telling_is_told(void **state)
{
	static const char *const connects[] = {
		"connect Reader A", "connect Reader B"
	};
	struct scene *s;

	for (size_t i = 0; i < COUNT(failures); i++) {
		(void)scene_new(state);
		s = *state;
		for (size_t r = 0; r < 2; r++) {
			s->script->readers[r].has_card = failures[i].card[r];
			s->script->readers[r].mute = failures[i].mute[r];
			if (failures[i].connect[r] != NULL)
				SCENE(s, { connects[r],
				    failures[i].connect[r], NULL });
		}
		expect_err(failures[i].about, open_in(s, failures[i].reader),
		    failures[i].err);
		script_done(s->script);
		(void)scene_free(state);
	}
}

static void
a_foreign_card_tells_more_than_an_empty_reader(void **state)
{
	struct scene *s = *state;

	s->script->readers[0].has_card = false;
	s->script->readers[1].has_card = true;
	SCENE(s, CONNECT_B, ROW_BEGIN, REFUSED("6A82"), ROWS_CLOSE);
	expect_err("open", open_in(s, NULL), JPKI_ERR_NOT_JPKI);
	script_done(s->script);
}

static void
a_busy_card_tells_more_than_a_foreign_one(void **state)
{
	struct scene *s = *state;

	both_readers_have_cards(s);
	SCENE(s, { "connect Reader A", "!BUSY", NULL },
	    CONNECT_B, ROW_BEGIN, REFUSED("6A82"), ROWS_CLOSE);
	expect_err("open", open_in(s, NULL), JPKI_ERR_BUSY);
	script_done(s->script);
	assert_true(scene_logged(s, "Reader A: connect: another program"));
}

static void
no_reader_at_all(void **state)
{
	struct scene *s = *state;

	s->script->reader_count = 0;
	expect_err("any", open_in(s, NULL), JPKI_ERR_NO_READER);
	expect_err("named", open_in(s, "Reader A"), JPKI_ERR_NO_READER);
}

static void
a_failing_list_is_the_answer(void **state)
{
	struct scene *s = *state;

	s->script->list_err = JPKI_ERR_NO_SERVICE;
	expect_err("open", open_in(s, NULL), JPKI_ERR_NO_SERVICE);
}

static void
a_transaction_that_cannot_begin_is_not_ended(void **state)
{
	struct scene *s = *state;

	SCENE(s, ROW_CONNECT, { "begin", "!BUSY", NULL }, ROW_DISCONNECT);
	expect_err("open", open_in(s, NULL), JPKI_ERR_BUSY);
	script_done(s->script);
	assert_true(scene_logged(s, "Reader A: begin: another program"));
}

static void
a_card_put_in_anew_while_it_is_opened_is_one_insertion_more(void **state)
{
	struct scene *s = *state;

	SCENE(s, ROW_CONNECT, { "begin", "new", NULL }, ROW_JPKI, ROWS_CLOSE);
	expect_err("open", open_in(s, NULL), JPKI_OK);
	expect_int("insertion", jpki_card_insertion(s->card), 1);
	scene_close(s);
}

static void
open_arguments_are_checked(void **state)
{
	struct scene *s = *state;

	expect_err("no context", jpki_card_open(NULL, NULL, &s->card),
	    JPKI_ERR_ARG);
	expect_err("no out", jpki_card_open(s->ctx, NULL, NULL),
	    JPKI_ERR_ARG);
	expect_int("lists", (long long)s->script->lists, 0);
}

/*
 * Closing.
 */

static void
closing_nothing(void **state)
{
	struct jpki_card *card = NULL;

	(void)state;
	jpki_card_close(NULL);
	jpki_card_close(&card);
}

static void
closing_outside_a_transaction_costs_nothing(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_END, ROW_DISCONNECT);
	jpki_card_end(s->card);
	scene_close(s);
	expect_int("commands", (long long)s->script->commands, 1);
}

static void
closing_ends_nested_transactions(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROWS_CLOSE);
	expect_err("begin", jpki_card_begin(s->card), JPKI_OK);
	expect_err("begin", jpki_card_begin(s->card), JPKI_OK);
	scene_close(s);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, scene_new, scene_free)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_card_is_recognised_by_its_application),
		TEST(the_first_command_is_sent_again_after_6F00_once),
		TEST(a_card_that_keeps_to_6F00_is_asked_anew_next_time),
		TEST(a_later_6F00_is_not_sent_again),
		cmocka_unit_test(
		    a_foreign_card_is_not_jpki_and_not_asked_again),
		TEST(another_card_in_the_same_reader_is_asked),
		TEST(nonsense_for_an_answer_does_not_make_a_card_foreign),
		TEST(a_broken_link_does_not_make_a_card_foreign),
		TEST(the_first_jpki_card_wins),
		TEST(a_foreign_card_in_the_first_reader_is_passed_over),
		TEST(a_named_reader_is_the_only_one_asked),
		cmocka_unit_test(of_several_failures_the_most_telling_is_told),
		TEST(a_foreign_card_tells_more_than_an_empty_reader),
		TEST(a_busy_card_tells_more_than_a_foreign_one),
		TEST(no_reader_at_all),
		TEST(a_failing_list_is_the_answer),
		TEST(a_transaction_that_cannot_begin_is_not_ended),
		TEST(a_card_put_in_anew_while_it_is_opened_is_one_insertion_more),
		TEST(open_arguments_are_checked),
		cmocka_unit_test(closing_nothing),
		TEST(closing_outside_a_transaction_costs_nothing),
		TEST(closing_ends_nested_transactions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
