/* SPDX-License-Identifier: BSD-2-Clause */
/* The laws of PIN safety P6 and P7: where a PIN is, and where it is not. */
#include <stdio.h>
#include <string.h>

#include "scan.h"
#include "scene.h"

/*
 * P6: where a PIN is, and where it is not.
 */

#define VERIFY_SECRET	"0020 0080 10 *"
#define CHANGE_SECRET	"0024 0180 10 *"

/* Looking at memory when the library does a certain thing. */
struct lookout {
	const char		*does;
	const struct masked	*masked;
	size_t			 found;
	unsigned		 looks;
};

static void
look(void *user, const struct row *row)
{
	struct lookout *l = user;

	if (strcmp(row->does, l->does) != 0)
		return;
	l->found = scan_memory(l->masked);
	l->looks++;
}

/* The log is in memory too; this says it by name. */
static void
log_is_clean(const struct scene *s, const struct masked *masked)
{
	char text[SCAN_SECRET + 1] = "", hex[2 * SCAN_SECRET + 1];

	scan_unmask(masked, text, 0);
	for (size_t i = 0; i < SCAN_SECRET; i++)
		(void)snprintf(hex + 2 * i, 3, "%02X",
		    (unsigned)(unsigned char)text[i]);
	assert_false(scene_logged(s, text));
	assert_false(scene_logged(s, hex));
	scan_wipe(text);
	scan_wipe(hex);
	scan_wipe(hex + SCAN_SECRET);
}

static void
p6_the_scanner_finds_what_is_there(void **state)
{
	struct masked masked = scan_secret_new();
	static char here[SCAN_SECRET], hex[2 * SCAN_SECRET + 1];
	char there[SCAN_SECRET];

	(void)state;
	expect_int("nowhere", (long long)scan_memory(&masked), 0);
	scan_unmask(&masked, here, 0);
	expect_int("static", (long long)scan_memory(&masked), 1);
	scan_unmask(&masked, there, 1);
	expect_int("stack, lower case", (long long)scan_memory(&masked), 2);
	scan_wipe(there);
	for (size_t i = 0; i < SCAN_SECRET; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x",
		    (unsigned)(unsigned char)here[i]);
	scan_wipe(here);
	expect_int("hexadecimal", (long long)scan_memory(&masked), 1);
	scan_wipe(hex);
	scan_wipe(hex + SCAN_SECRET);
	expect_int("wiped", (long long)scan_memory(&masked), 0);
}

/* The call with a fresh secret; the caller's own copy is wiped after it. */
static enum jpki_err
verify_secret(struct scene *s, const struct masked *masked, int lower)
{
	static char text[SCAN_SECRET];
	enum jpki_err err;

	scan_unmask(masked, text, lower);
	err = jpki_pin_verify(s->card, JPKI_PIN_SIGN, text, SCAN_SECRET, 0,
	    NULL);
	scan_wipe(text);
	return err;
}

/* However VERIFY ends. */
static const struct {
	const char	*sw;
	enum jpki_err	 err;
} ends[] = {
	{ "9000", JPKI_OK },
	{ "63C4", JPKI_ERR_PIN_WRONG },
	{ "63C0", JPKI_ERR_PIN_LOCKED },
	{ "6D00", JPKI_ERR_UNSUPPORTED },
};

static void
p6_no_pin_is_in_memory_or_log_after_the_call(void **state)
{
	struct masked masked;
	struct scene *s;

	for (size_t i = 0; i < COUNT(ends); i++) {
		(void)scene_new(state);
		s = *state;
		masked = scan_secret_new();
		scene_open(s);
		SCENE(s, ROW_EF("001B"), { QUERY, "63C5", NULL },
		    { VERIFY_SECRET, ends[i].sw, NULL });
		if (ends[i].err == JPKI_ERR_UNSUPPORTED)
			SCENE(s, { QUERY, "63C5", NULL });
		SCENE(s, ROWS_LOGOUT_CLOSE);
		expect_err(ends[i].sw, verify_secret(s, &masked, i % 2 == 1),
		    ends[i].err);
		expect_int(ends[i].sw, (long long)scan_memory(&masked), 0);
		log_is_clean(s, &masked);
		assert_true(scene_logged(s,
		    "> 00200080 [not shown]"));
		scene_close(s);
		(void)scene_free(state);
	}
}

/* A reader that answers with what it was sent. */
static void
p6_an_echo_of_the_pin_is_not_logged(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { "0020 0080 04 37313933", "37313933 9000", "an echo" },
	    ROWS_LOGOUT_CLOSE);
	expect_err("verify", jpki_pin_verify(s->card, JPKI_PIN_AUTH, "7193",
	    4, 0, NULL), JPKI_OK);
	assert_false(scene_logged(s, "37313933"));
	assert_true(scene_logged(s, "< 9000"));
	scene_close(s);
}

static void
p6_no_pin_is_in_memory_if_none_was_sent(void **state)
{
	struct masked masked = scan_secret_new();
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_EF("001B"), { QUERY, "63C1", NULL },
	    { QUERY, "!REMOVED", NULL }, ROWS_CLOSE);
	expect_err("last", verify_secret(s, &masked, 0),
	    JPKI_ERR_PIN_LAST_TRY);
	expect_int("last", (long long)scan_memory(&masked), 0);
	expect_err("gone", verify_secret(s, &masked, 0), JPKI_ERR_REMOVED);
	expect_int("gone", (long long)scan_memory(&masked), 0);
	log_is_clean(s, &masked);
	scene_close(s);
}

static void
p6_the_pin_is_wiped_before_the_outcome_is_asked_for(void **state)
{
	struct masked masked = scan_secret_new();
	struct lookout lookout = { "begin", &masked, 0, 0 };
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_EF("001B"), { QUERY, "63C5", NULL },
	    { VERIFY_SECRET, "!IO", NULL }, ROW_END,
	    { "begin", "reset", NULL }, ROW_JPKI, ROW_EF("001B"),
	    { QUERY, "63C4", NULL }, ROWS_LOGOUT_CLOSE);
	s->script->watch = look;
	s->script->watch_user = &lookout;
	expect_err("verify", verify_secret(s, &masked, 0),
	    JPKI_ERR_PIN_WRONG);
	s->script->watch = NULL;
	expect_int("looks", lookout.looks, 1);
	expect_int("only the caller's", (long long)lookout.found, 1);
	expect_int("none", (long long)scan_memory(&masked), 0);
	log_is_clean(s, &masked);
	scene_close(s);
}

static void
p6_the_old_pin_is_wiped_before_the_new_one_is_sent(void **state)
{
	static char text[SCAN_SECRET], new_text[SCAN_SECRET];
	struct masked masked = scan_secret_new(), next = scan_secret_new();
	struct lookout lookout = { CHANGE_SECRET, &masked, 0, 0 };
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_EF("001B"), { QUERY, "63C5", NULL },
	    { VERIFY_SECRET, "9000", NULL },
	    { CHANGE_SECRET, "9000", NULL }, ROWS_LOGOUT_CLOSE);
	s->script->watch = look;
	s->script->watch_user = &lookout;
	scan_unmask(&masked, text, 0);
	scan_unmask(&next, new_text, 1);
	expect_err("change", jpki_pin_change(s->card, JPKI_PIN_SIGN, text,
	    SCAN_SECRET, new_text, SCAN_SECRET, 0, NULL), JPKI_OK);
	scan_wipe(text);
	scan_wipe(new_text);
	s->script->watch = NULL;
	expect_int("looks", lookout.looks, 1);
	expect_int("only the caller's", (long long)lookout.found, 1);
	expect_int("old", (long long)scan_memory(&masked), 0);
	expect_int("new", (long long)scan_memory(&next), 0);
	log_is_clean(s, &masked);
	log_is_clean(s, &next);
	assert_true(scene_logged(s, "> 00240180 [not shown]"));
	scene_close(s);
}

/* In a transaction of its own, whose end comes before the call returns. */
static void
p6_the_new_pin_is_wiped_before_its_outcome_is_looked_at(void **state)
{
	static char text[SCAN_SECRET], new_text[SCAN_SECRET];
	struct masked masked = scan_secret_new(), next = scan_secret_new();
	struct lookout lookout = { "end", &next, 0, 0 };
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_END,
	    ROW_BEGIN, ROW_JPKI, ROW_EF("001B"), { QUERY, "63C5", NULL },
	    { VERIFY_SECRET, "9000", NULL },
	    { CHANGE_SECRET, "6D00", NULL }, ROW_END,
	    ROW_BEGIN, ROW_ISD, ROW_END, ROW_DISCONNECT);
	jpki_card_end(s->card);
	s->script->watch = look;
	s->script->watch_user = &lookout;
	scan_unmask(&masked, text, 0);
	scan_unmask(&next, new_text, 0);
	expect_err("change", jpki_pin_change(s->card, JPKI_PIN_SIGN, text,
	    SCAN_SECRET, new_text, SCAN_SECRET, 0, NULL),
	    JPKI_ERR_UNSUPPORTED);
	scan_wipe(text);
	scan_wipe(new_text);
	s->script->watch = NULL;
	expect_int("looks", lookout.looks, 1);
	expect_int("only the caller's", (long long)lookout.found, 1);
	scene_close(s);
}

/*
 * P7: the library keeps no PIN; a lost login is lost.
 */

static const struct {
	const char	*since;
	const char	*about;
} losses[] = {
	{ "reset", "reset by another program" },
	{ "new", "pulled and put back, or the service started again" },
};

static void
p7_a_lost_login_is_not_made_again(void **state)
{
	static const uint8_t data[1] = { 1 };
	struct jpki_buf out = { NULL, 0 };
	struct masked masked;
	struct scene *s;

	for (size_t i = 0; i < COUNT(losses); i++) {
		(void)scene_new(state);
		s = *state;
		masked = scan_secret_new();
		scene_open(s);
		SCENE(s, ROW_EF("001B"), { QUERY, "63C5", NULL },
		    { VERIFY_SECRET, "9000", NULL }, ROW_END,
		    { "begin", losses[i].since, losses[i].about }, ROW_END,
		    ROW_BEGIN, ROW_END,
		    ROW_BEGIN, ROW_ISD, ROW_END, ROW_DISCONNECT);
		expect_err("verify", verify_secret(s, &masked, 0), JPKI_OK);
		jpki_card_end(s->card);
		assert_true(jpki_pin_verified(s->card, JPKI_PIN_SIGN));
		expect_err("sign", jpki_sign(s->card, JPKI_KEY_SIGN,
		    JPKI_HASH_NONE, data, 1, &out), JPKI_ERR_AUTH_REQUIRED);
		assert_false(jpki_pin_verified(s->card, JPKI_PIN_SIGN));
		expect_err("certificate", jpki_cert_read(s->card,
		    JPKI_CERT_SIGN, &out), JPKI_ERR_AUTH_REQUIRED);
		expect_int("kept", (long long)scan_memory(&masked), 0);
		scene_close(s);
		(void)scene_free(state);
	}
}

static void
p7_another_application_chosen_is_a_lost_login(void **state)
{
	static const uint8_t data[1] = { 1 };
	struct jpki_buf out = { NULL, 0 };
	struct jpki_pin_info info;
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { "0020 0080 04 31323334", "9000", NULL },
	    { SELECT_COMMON, "9000", NULL }, ROW_EF("001C"),
	    { QUERY, "63C3", NULL }, ROWS_LOGOUT_CLOSE);
	expect_err("verify", jpki_pin_verify(s->card, JPKI_PIN_AUTH, "1234", 4,
	    0, NULL), JPKI_OK);
	expect_err("common", jpki_pin_info(s->card, JPKI_PIN_REGISTER_COMMON,
	    &info), JPKI_OK);
	assert_false(jpki_pin_verified(s->card, JPKI_PIN_AUTH));
	expect_err("sign", jpki_sign(s->card, JPKI_KEY_AUTH, JPKI_HASH_NONE,
	    data, 1, &out), JPKI_ERR_AUTH_REQUIRED);
	scene_close(s);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, scene_new, scene_free)
#define ROWS(f)	cmocka_unit_test(f)	/* makes a scene for each row */

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ROWS(p6_the_scanner_finds_what_is_there),
		ROWS(p6_no_pin_is_in_memory_or_log_after_the_call),
		TEST(p6_an_echo_of_the_pin_is_not_logged),
		TEST(p6_no_pin_is_in_memory_if_none_was_sent),
		TEST(p6_the_pin_is_wiped_before_the_outcome_is_asked_for),
		TEST(p6_the_old_pin_is_wiped_before_the_new_one_is_sent),
		TEST(p6_the_new_pin_is_wiped_before_its_outcome_is_looked_at),
		ROWS(p7_a_lost_login_is_not_made_again),
		TEST(p7_another_application_chosen_is_a_lost_login),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
