/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * No memory in the session layer: the caller is told, gets nothing, nothing
 * leaks, and the card sees nothing that it should not.
 *
 * For that the sources are compiled here once more, over an allocator that
 * fails when it is told to.
 */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mem.h"
#include "scene.h"

static unsigned calls;		/* allocations since the last fail_at() */
static unsigned failing;	/* which of them fails; 0: none */

static void
fail_at(unsigned which)
{
	calls = 0;
	failing = which;
}

static bool
fails(void)
{
	return ++calls == failing;
}

static void *
test_alloc(size_t n)
{
	return fails() ? NULL : malloc(n);
}

static void *
test_zalloc(size_t count, size_t n)
{
	return fails() ? NULL : calloc(count, n);
}

static void *
test_grow(void *p, size_t n)
{
	return fails() ? NULL : realloc(p, n);
}

static char *
test_dup(const char *text)
{
	return fails() ? NULL : strdup(text);
}

static enum jpki_err
test_secret(struct jpki_secret **out)
{
	return fails() ? JPKI_ERR_MEMORY : jpki_secret_new(out);
}

#define malloc		test_alloc
#define calloc		test_zalloc
#define realloc		test_grow
#undef strdup
#define strdup		test_dup
#define jpki_secret_new	test_secret

#undef _POSIX_C_SOURCE		/* ctx.c defines it */
#include "lib/ctx.c"
#include "lib/card.c"
#include "lib/open.c"
#include "lib/pin.c"

#define VERIFY_1234	"0020 0080 04 31323334"

static void
a_context(void **state)
{
	struct script *script = script_new();
	struct jpki_ctx *ctx = NULL;

	(void)state;
	assert_non_null(script);
	fail_at(1);
	expect_err("ctx_new", ctx_new(&script->base, &ctx), JPKI_ERR_MEMORY);
	assert_null(ctx);
	assert_true(script->freed);
	script_free(&script);
}

static void
a_list_of_readers(void **state)
{
	struct scene *s = *state;
	struct jpki_reader *readers = NULL;
	size_t n = 0;

	/* The list itself, the first name, the second. */
	for (unsigned which = 1; which <= 3; which++) {
		fail_at(which);
		expect_err("readers", jpki_readers(s->ctx, &readers, &n),
		    JPKI_ERR_MEMORY);
		assert_true(readers == NULL && n == 0);
	}
	fail_at(4);
	expect_err("readers", jpki_readers(s->ctx, &readers, &n), JPKI_OK);
	jpki_readers_free(&readers, n);
}

static void
the_name_of_a_reader(void **state)
{
	struct scene *s = *state;
	char *name = NULL;

	fail_at(1);
	expect_err("wait", jpki_wait(s->ctx, NULL, JPKI_CARD_INSERTED, 0,
	    &name), JPKI_ERR_MEMORY);
	assert_null(name);
}

static void
a_card(void **state)
{
	struct scene *s = *state;

	fail_at(1);
	expect_err("open", jpki_card_open(s->ctx, NULL, &s->card),
	    JPKI_ERR_MEMORY);
	assert_null(s->card);
	script_done(s->script);
}

static void
a_foreign_card_that_cannot_be_remembered_is_asked_again(void **state)
{
	struct scene *s = *state;

	for (int i = 0; i < 2; i++) {
		SCENE(s, ROW_CONNECT, ROW_BEGIN, { SELECT_JPKI, "6A82", NULL },
		    ROWS_CLOSE);
		fail_at(2);	/* behind the card itself */
		expect_err("open", jpki_card_open(s->ctx, NULL, &s->card),
		    JPKI_ERR_NOT_JPKI);
	}
	script_done(s->script);
}

static void
a_certificate(void **state)
{
	struct jpki_buf der = { NULL, 0 };
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_EF("000A"), { "00B0 0000 00", "3000 9000", NULL },
	    { "00B0 0000 00", "3000 9000", "tried anew" }, ROWS_CLOSE);
	fail_at(1);
	expect_err("read", jpki_cert_read(s->card, JPKI_CERT_AUTH, &der),
	    JPKI_ERR_MEMORY);
	assert_null(der.p);
	expect_err("read", jpki_cert_read(s->card, JPKI_CERT_AUTH, &der),
	    JPKI_OK);
	jpki_buf_free(&der);
	scene_close(s);
}

static void
a_copy_of_the_pin(void **state)
{
	struct scene *s = *state;
	int tries = 99;

	scene_open(s);
	SCENE(s, ROWS_CLOSE);
	fail_at(1);
	expect_err("verify", jpki_pin_verify(s->card, JPKI_PIN_AUTH, "1234",
	    4, 0, &tries), JPKI_ERR_MEMORY);
	expect_int("left", tries, -1);
	for (unsigned which = 1; which <= 2; which++) {
		fail_at(which);
		expect_err("change", jpki_pin_change(s->card, JPKI_PIN_AUTH,
		    "1234", 4, "4321", 4, 0, &tries), JPKI_ERR_MEMORY);
	}
	scene_close(s);
}

static void
a_verify_that_could_not_be_encoded_was_not_sent(void **state)
{
	struct scene *s = *state;
	int tries = 99;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL }, ROWS_LOGOUT_CLOSE);
	fail_at(2);
	expect_err("verify", jpki_pin_verify(s->card, JPKI_PIN_AUTH, "1234",
	    4, 0, &tries), JPKI_ERR_MEMORY);
	expect_int("left", tries, 3);
	assert_false(jpki_pin_verified(s->card, JPKI_PIN_AUTH));
	scene_close(s);
}

/* It is open still, and whoever believes otherwise leaves it so. */
static void
a_verify_that_was_not_sent_ends_no_login(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { VERIFY_1234, "9000", NULL }, { QUERY, "63C3", NULL },
	    ROWS_LOGOUT_CLOSE);
	expect_err("verify", jpki_pin_verify(s->card, JPKI_PIN_AUTH, "1234",
	    4, 0, NULL), JPKI_OK);
	fail_at(2);
	expect_err("again", jpki_pin_verify(s->card, JPKI_PIN_AUTH, "1234",
	    4, 0, NULL), JPKI_ERR_MEMORY);
	assert_true(jpki_pin_verified(s->card, JPKI_PIN_AUTH));
	scene_close(s);
}

static void
a_change_that_could_not_be_encoded_leaves_no_doubt(void **state)
{
	struct scene *s = *state;
	int tries = 99;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { VERIFY_1234, "9000", NULL }, ROWS_LOGOUT_CLOSE);
	fail_at(4);
	expect_err("change", jpki_pin_change(s->card, JPKI_PIN_AUTH, "1234",
	    4, "4321", 4, 0, &tries), JPKI_ERR_MEMORY);
	scene_close(s);
}

static int
set_up(void **state)
{
	fail_at(0);
	return scene_new(state);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, set_up, scene_free)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_context),
		TEST(a_list_of_readers),
		TEST(the_name_of_a_reader),
		TEST(a_card),
		TEST(a_foreign_card_that_cannot_be_remembered_is_asked_again),
		TEST(a_certificate),
		TEST(a_copy_of_the_pin),
		TEST(a_verify_that_could_not_be_encoded_was_not_sent),
		TEST(a_verify_that_was_not_sent_ends_no_login),
		TEST(a_change_that_could_not_be_encoded_leaves_no_doubt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
