/* SPDX-License-Identifier: BSD-2-Clause */
/* The context: readers, waiting, foreign cards remembered, the log. */
#include <stdlib.h>
#include <string.h>

#include "scene.h"

/*
 * Making and freeing.
 */

static bool no_memory;	/* for OpenSSL; set by a test */

static void *
crypto_malloc(size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return no_memory ? NULL : malloc(n);
}

static void *
crypto_realloc(void *p, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return no_memory ? NULL : realloc(p, n);
}

static void
crypto_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

/* What OpenSSL makes once in a process is made, and so out of this. */
static void
openssl_begin(void)
{
	struct jpki_digest *d = NULL;
	struct jpki_ctx *ctx = NULL;

	expect_err("new", jpki_ctx_new(&ctx), JPKI_OK);
	expect_err("digest", jpki_digest_new(ctx, JPKI_HASH_SHA1, &d),
	    JPKI_OK);
	jpki_digest_free(&d);
	jpki_ctx_free(&ctx);
}

/* A library context would remember for ever what it could not make. */
static void
without_memory_there_is_no_digest_until_there_is(void **state)
{
	struct scene *s = *state;
	struct jpki_digest *d = NULL;

	openssl_begin();
	no_memory = true;
	expect_err("without", jpki_digest_new(s->ctx, JPKI_HASH_SHA384, &d),
	    JPKI_ERR_MEMORY);
	no_memory = false;
	assert_null(d);
	assert_null(s->ctx->crypto);
	expect_err("with", jpki_digest_new(s->ctx, JPKI_HASH_SHA384, &d),
	    JPKI_OK);
	jpki_digest_free(&d);
}

static void
a_pcsc_context_talks_to_nobody_when_made(void **state)
{
	struct jpki_ctx *ctx = NULL;

	(void)state;
	expect_err("no out", jpki_ctx_new(NULL), JPKI_ERR_ARG);
	expect_err("new", jpki_ctx_new(&ctx), JPKI_OK);
	assert_non_null(ctx);
	jpki_ctx_free(&ctx);
	assert_null(ctx);
}

static void
free_takes_nothing(void **state)
{
	struct jpki_reader *readers = NULL;
	struct jpki_ctx *ctx = NULL;

	(void)state;
	jpki_ctx_free(NULL);
	jpki_ctx_free(&ctx);
	jpki_readers_free(NULL, 3);
	jpki_readers_free(&readers, 3);
	jpki_cancel(NULL);
}

/*
 * Readers.
 */

static void
readers_come_as_the_transport_lists_them(void **state)
{
	struct scene *s = *state;
	struct jpki_reader *readers = NULL;
	size_t n = 0;

	s->script->readers[1].mute = true;
	expect_err("readers", jpki_readers(s->ctx, &readers, &n), JPKI_OK);
	expect_int("count", (long long)n, 2);
	assert_string_equal(readers[0].name, "Reader A");
	assert_true(readers[0].has_card && !readers[0].mute);
	expect_int("events", readers[0].events, 1);
	expect_hex("ATR", slice_of(readers[0].atr, readers[0].atr_len),
	    "3B 80");
	assert_string_equal(readers[1].name, "Reader B");
	assert_true(!readers[1].has_card && readers[1].mute);
	expect_int("events", readers[1].events, 7);
	jpki_readers_free(&readers, n);
	assert_null(readers);
}

static void
no_reader_is_success(void **state)
{
	struct scene *s = *state;
	struct jpki_reader *readers = (struct jpki_reader *)(void *)s;
	size_t n = 9;

	s->script->reader_count = 0;
	expect_err("readers", jpki_readers(s->ctx, &readers, &n), JPKI_OK);
	expect_int("count", (long long)n, 0);
	assert_null(readers);
}

static void
an_atr_longer_than_an_atr_is_cut(void **state)
{
	struct scene *s = *state;
	struct jpki_reader *readers = NULL;
	size_t n = 0;

	s->script->readers[0].atr_len = 4000;
	s->script->readers[1].atr_len = TRANSPORT_ATR_MAX;
	expect_err("readers", jpki_readers(s->ctx, &readers, &n), JPKI_OK);
	expect_int("length", (long long)readers[0].atr_len, 33);
	expect_int("length", (long long)readers[1].atr_len, 33);
	jpki_readers_free(&readers, n);
}

static void
a_list_that_fails_writes_nothing(void **state)
{
	struct scene *s = *state;
	struct jpki_reader *readers = (struct jpki_reader *)(void *)s;
	size_t n = 9;

	s->script->list_err = JPKI_ERR_NO_SERVICE;
	expect_err("readers", jpki_readers(s->ctx, &readers, &n),
	    JPKI_ERR_NO_SERVICE);
	assert_true(readers == (struct jpki_reader *)(void *)s);
	expect_int("count", (long long)n, 9);
	assert_true(scene_logged(s,
	    "list readers: the PC/SC service (pcscd) is not running"));
}

static void
reader_arguments_are_checked(void **state)
{
	struct scene *s = *state;
	struct jpki_reader *readers = NULL;
	size_t n = 0;

	expect_err("no context", jpki_readers(NULL, &readers, &n),
	    JPKI_ERR_ARG);
	expect_err("no list", jpki_readers(s->ctx, NULL, &n), JPKI_ERR_ARG);
	expect_err("no count", jpki_readers(s->ctx, &readers, NULL),
	    JPKI_ERR_ARG);
	expect_int("lists", (long long)s->script->lists, 0);
}

/*
 * Waiting.
 */

#define INSERTED	JPKI_CARD_INSERTED
#define REMOVED		JPKI_CARD_REMOVED

static const struct wait_case {
	const char		*about;
	const char		*reader;
	enum jpki_event		 event;
	int			 timeout_ms;
	struct row		 rows[4];
	enum jpki_err		 err;
	const char		*which;
} wait_cases[] = {
	{ "a card is in some reader already", NULL, INSERTED, -1,
	    { { NULL, NULL, NULL } }, JPKI_OK, "Reader A" },
	{ "a card is in the named reader already", "Reader A", INSERTED, -1,
	    { { NULL, NULL, NULL } }, JPKI_OK, "Reader A" },
	{ "the named reader is empty already", "Reader B", REMOVED, -1,
	    { { NULL, NULL, NULL } }, JPKI_OK, "Reader B" },
	{ "an absent reader holds no card", "Reader Z", REMOVED, -1,
	    { { NULL, NULL, NULL } }, JPKI_OK, "Reader Z" },
	{ "an absent reader is waited for", "Reader Z", INSERTED, 0,
	    { { "wait", "!TIMEOUT", NULL } }, JPKI_ERR_TIMEOUT, NULL },
	{ "an insertion into the named reader", "Reader B", INSERTED, -1,
	    { { "wait", "in 1", NULL } }, JPKI_OK, "Reader B" },
	{ "what happens in other readers does not matter", "Reader B", INSERTED, -1,
	    { { "wait", "out 0", NULL }, { "wait", "in 0", NULL },
	      { "wait", "in 1", NULL } }, JPKI_OK, "Reader B" },
	{ "a removal from the named reader", "Reader A", REMOVED, -1,
	    { { "wait", "", "nothing changed" }, { "wait", "out 0", NULL } },
	    JPKI_OK, "Reader A" },
	{ "removal from every reader", NULL, REMOVED, -1,
	    { { "wait", "in 1", NULL }, { "wait", "out 0", NULL },
	      { "wait", "out 1", NULL } }, JPKI_OK, NULL },
	{ "cancelled", NULL, REMOVED, -1,
	    { { "wait", "!CANCELLED", NULL } }, JPKI_ERR_CANCELLED, NULL },
	{ "the service stops meanwhile", "Reader B", INSERTED, -1,
	    { { "wait", "!NO_SERVICE", NULL } }, JPKI_ERR_NO_SERVICE, NULL },
};

static void
waiting(void **state)
{
	struct scene *s;
	const struct wait_case *c;
	static char unset[] = "unset";
	char *which;

	for (size_t i = 0; i < COUNT(wait_cases); i++) {
		c = &wait_cases[i];
		(void)scene_new(state);
		s = *state;
		for (size_t r = 0; c->rows[r].does != NULL; r++)
			scene_add(s, &c->rows[r], 1);
		which = unset;
		expect_err(c->about, jpki_wait(s->ctx, c->reader, c->event,
		    c->timeout_ms, &which), c->err);
		expect_text(c->about, which, c->err == JPKI_OK ? c->which :
		    unset);
		if (which != unset)
			free(which);
		script_done(s->script);
		(void)scene_free(state);
	}
}

static void
a_wait_for_ever_stays_one(void **state)
{
	struct scene *s = *state;

	SCENE(s, { "wait", "in 1", NULL });
	expect_err("wait", jpki_wait(s->ctx, "Reader B", INSERTED, -1, NULL),
	    JPKI_OK);
	expect_int("timeout", s->script->timeout_ms, -1);
	script_done(s->script);
}

static void
the_time_left_never_exceeds_the_timeout(void **state)
{
	struct scene *s = *state;

	SCENE(s, { "wait", "", NULL }, { "wait", "!TIMEOUT", NULL });
	expect_err("wait", jpki_wait(s->ctx, "Reader B", INSERTED, 60000,
	    NULL), JPKI_ERR_TIMEOUT);
	assert_in_range(s->script->timeout_ms, 0, 60000);
	script_done(s->script);
}

static void
time_that_ran_out_is_no_time_left(void **state)
{
	struct scene *s = *state;

	SCENE(s, { "wait", "!TIMEOUT", NULL });
	expect_err("wait", jpki_wait(s->ctx, "Reader B", INSERTED, 0, NULL),
	    JPKI_ERR_TIMEOUT);
	expect_int("timeout", s->script->timeout_ms, 0);
	script_done(s->script);
}

/* A reader whose changes never end, such as one with a mute card. */
static void
changes_of_no_interest_do_not_add_time(void **state)
{
	struct scene *s = *state;

	SCENE(s, { "wait", "", "something changed" });
	expect_err("wait", jpki_wait(s->ctx, "Reader B", INSERTED, 0, NULL),
	    JPKI_ERR_TIMEOUT);
	script_done(s->script);
}

static void
a_wait_without_readers_waits_for_one(void **state)
{
	struct scene *s = *state;
	char *which = NULL;

	s->script->reader_count = 0;
	SCENE(s, { "wait", "!TIMEOUT", NULL });
	expect_err("insertion", jpki_wait(s->ctx, NULL, INSERTED, 0, &which),
	    JPKI_ERR_TIMEOUT);
	expect_err("removal", jpki_wait(s->ctx, NULL, REMOVED, 0, &which),
	    JPKI_OK);
	assert_null(which);
	script_done(s->script);
}

static void
a_wait_whose_list_fails_says_so(void **state)
{
	struct scene *s = *state;

	s->script->list_err = JPKI_ERR_ACCESS;
	expect_err("wait", jpki_wait(s->ctx, NULL, INSERTED, -1, NULL),
	    JPKI_ERR_ACCESS);
}

static void
wait_arguments_are_checked(void **state)
{
	struct scene *s = *state;

	expect_err("no context", jpki_wait(NULL, NULL, INSERTED, 0, NULL),
	    JPKI_ERR_ARG);
	expect_err("no such event", jpki_wait(s->ctx, NULL,
	    (enum jpki_event)7, 0, NULL), JPKI_ERR_ARG);
	expect_int("lists", (long long)s->script->lists, 0);
}

static void
cancel_reaches_the_transport(void **state)
{
	struct scene *s = *state;

	jpki_cancel(s->ctx);
	expect_int("cancels", (long long)s->script->cancels, 1);
}

/*
 * Foreign cards.
 */

static void
a_foreign_card_is_remembered_until_the_events_change(void **state)
{
	struct scene *s = *state;
	struct transport_reader *a = &s->script->readers[0];
	struct transport_reader *b = &s->script->readers[1];

	assert_false(ctx_refused(s->ctx, a));
	ctx_refuse(s->ctx, a);
	assert_true(ctx_refused(s->ctx, a));
	assert_false(ctx_refused(s->ctx, b));
	a->events += 2;
	assert_false(ctx_refused(s->ctx, a));
	ctx_refuse(s->ctx, a);
	assert_true(ctx_refused(s->ctx, a));
	ctx_refuse(s->ctx, b);
	assert_true(ctx_refused(s->ctx, a) && ctx_refused(s->ctx, b));
	expect_int("remembered", (long long)s->ctx->refused_count, 2);
}

/*
 * The log.
 */

static void
the_log_can_be_turned_off(void **state)
{
	struct scene *s = *state;

	jpki_ctx_set_log(s->ctx, JPKI_LOG_NONE, NULL, NULL);
	s->script->list_err = JPKI_ERR_IO;
	expect_err("wait", jpki_wait(s->ctx, NULL, INSERTED, 0, NULL),
	    JPKI_ERR_IO);
	assert_null(s->log);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, scene_new, scene_free)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		/* First, while OpenSSL still lets its memory be replaced. */
		TEST(without_memory_there_is_no_digest_until_there_is),
		cmocka_unit_test(a_pcsc_context_talks_to_nobody_when_made),
		cmocka_unit_test(free_takes_nothing),
		TEST(readers_come_as_the_transport_lists_them),
		TEST(no_reader_is_success),
		TEST(an_atr_longer_than_an_atr_is_cut),
		TEST(a_list_that_fails_writes_nothing),
		TEST(reader_arguments_are_checked),
		cmocka_unit_test(waiting),
		TEST(a_wait_for_ever_stays_one),
		TEST(the_time_left_never_exceeds_the_timeout),
		TEST(time_that_ran_out_is_no_time_left),
		TEST(changes_of_no_interest_do_not_add_time),
		TEST(a_wait_without_readers_waits_for_one),
		TEST(a_wait_whose_list_fails_says_so),
		TEST(wait_arguments_are_checked),
		TEST(cancel_reaches_the_transport),
		TEST(a_foreign_card_is_remembered_until_the_events_change),
		TEST(the_log_can_be_turned_off),
	};

	if (CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc,
	    crypto_free) != 1)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
