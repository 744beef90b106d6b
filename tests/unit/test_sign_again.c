/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signatures in transactions of their own: two commands each as long as
 * nobody else chose another application, and no doubt about it if somebody
 * did.
 */
#include "fixture.h"
#include "identity.h"
#include "scene.h"

#define INFO	"3031300D060960864801650304020105000420" \
		"000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"
#define SIGN_INFO	"802A 0080 33" INFO "00"
#define ROW_SIGN	{ SIGN_INFO, "<sig> 9000", NULL }

static struct identity holder, stranger;
static uint8_t digest[32];

static int
identities_make(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(digest); i++)
		digest[i] = (uint8_t)i;
	identity_rsa(&holder, 2048);
	identity_rsa(&stranger, 1024);
	return 0;
}

static int
identities_free(void **state)
{
	identity_free(&holder);
	identity_free(&stranger);
	return fixture_free(state);
}

/* One signature made, its transaction over: <sig> is what the key gives. */
static void
sign_first(struct scene *s, struct jpki_buf *sig)
{
	struct octets info = unhex(INFO);
	struct jpki_buf out = { NULL, 0 };

	*sig = identity_sign(&holder, octets_slice(&info));
	script_name(s->script, "sig", fixture_slice(sig));
	script_name(s->script, "cert", fixture_slice(&holder.cert));
	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { "0020 0080 04 31323334", "9000", NULL });
	scene_read(s, "000A", "cert", holder.cert.n);
	SCENE(s, ROW_EF("0017"), ROW_SIGN, ROW_END);
	expect_err("verify", jpki_pin_verify(s->card, JPKI_PIN_AUTH, "1234",
	    4, 0, NULL), JPKI_OK);
	expect_err("sign", jpki_sign(s->card, JPKI_KEY_AUTH,
	    JPKI_HASH_SHA256, digest, 32, &out), JPKI_OK);
	jpki_buf_free(&out);
	jpki_card_end(s->card);
}

static void
sign_again(struct scene *s, const struct jpki_buf *sig, enum jpki_err err)
{
	struct jpki_buf out = { NULL, 0 };

	expect_err("sign", jpki_sign(s->card, JPKI_KEY_AUTH,
	    JPKI_HASH_SHA256, digest, 32, &out), err);
	if (err == JPKI_OK)
		expect_bytes("signature", fixture_slice(&out),
		    fixture_slice(sig));
	else
		assert_null(out.p);
	jpki_buf_free(&out);
}

static void
each_further_signature_is_two_commands(void **state)
{
	struct scene *s = *state;
	struct jpki_buf sig;

	sign_first(s, &sig);
	for (int i = 0; i < 3; i++) {
		SCENE(s, ROW_BEGIN, ROW_EF("0017"), ROW_SIGN, ROW_END);
		sign_again(s, &sig, JPKI_OK);
	}
	SCENE(s, ROW_BEGIN, ROW_ISD, ROW_END, ROW_DISCONNECT);
	scene_close(s);
	jpki_buf_free(&sig);
}

/* Another program's application has no such file: ours is selected again. */
static void
where_the_file_is_missing_the_application_is_selected(void **state)
{
	struct scene *s = *state;
	struct jpki_buf sig;

	sign_first(s, &sig);
	SCENE(s, ROW_BEGIN, { SELECT_EF("0017"), "6A82", NULL },
	    ROW_JPKI, ROW_EF("0017"), ROW_SIGN, ROW_END);
	sign_again(s, &sig, JPKI_OK);
	/* And what was learnt by that serves the next one. */
	SCENE(s, ROW_BEGIN, ROW_EF("0017"), ROW_SIGN, ROW_END,
	    ROW_BEGIN, ROW_ISD, ROW_END, ROW_DISCONNECT);
	sign_again(s, &sig, JPKI_OK);
	scene_close(s);
	jpki_buf_free(&sig);
}

/* Leaving the application took the login along: that is what is told. */
static void
a_login_that_another_program_ended_is_told(void **state)
{
	struct scene *s = *state;
	struct jpki_buf sig;

	sign_first(s, &sig);
	SCENE(s, ROW_BEGIN, { SELECT_EF("0017"), "6A82", NULL },
	    ROW_JPKI, ROW_EF("0017"), { SIGN_INFO, "6982", NULL }, ROW_END);
	sign_again(s, &sig, JPKI_ERR_AUTH_REQUIRED);
	assert_false(jpki_pin_verified(s->card, JPKI_PIN_AUTH));
	SCENE(s, ROW_BEGIN, ROW_ISD, ROW_END, ROW_DISCONNECT);
	scene_close(s);
	jpki_buf_free(&sig);
}

static const struct {
	const char	*what, *answer;
} doubts[] = {
	{ "refused for want of a PIN", "6982" },
	{ "refused", "6985" },
	{ "no signature", "9000" },
	{ "half of one", "<sig:0+128> 9000" },
	{ "another key's", "<other> 9000" },
};

/* Whatever the quick way gives instead, the long way decides. */
static void
any_doubt_leads_to_the_long_way(void **state)
{
	struct jpki_buf sig, other;
	struct octets info = unhex(INFO);
	struct scene *s;

	for (size_t i = 0; i < COUNT(doubts); i++) {
		(void)scene_new(state);
		s = *state;
		other = identity_sign(&stranger, octets_slice(&info));
		script_name(s->script, "other", fixture_slice(&other));
		sign_first(s, &sig);
		SCENE(s, ROW_BEGIN, ROW_EF("0017"),
		    { SIGN_INFO, doubts[i].answer, doubts[i].what },
		    ROW_JPKI, ROW_EF("0017"), ROW_SIGN, ROW_END,
		    ROW_BEGIN, ROW_ISD, ROW_END, ROW_DISCONNECT);
		sign_again(s, &sig, JPKI_OK);
		scene_close(s);
		jpki_buf_free(&sig);
		jpki_buf_free(&other);
		(void)scene_free(state);
	}
}

/* A broken link is no doubt: nothing is signed twice. */
static void
a_broken_link_is_not_signed_over_again(void **state)
{
	struct scene *s = *state;
	struct jpki_buf sig;

	sign_first(s, &sig);
	SCENE(s, ROW_BEGIN, ROW_EF("0017"), { SIGN_INFO, "!IO", NULL },
	    ROW_END,
	    { "begin", "reset", NULL }, ROW_ISD, ROW_END, ROW_DISCONNECT);
	sign_again(s, &sig, JPKI_ERR_IO);
	scene_close(s);
	jpki_buf_free(&sig);
}

/* The application was left by us: there is nothing to guess. */
static void
after_another_application_of_ours_nothing_is_guessed(void **state)
{
	struct jpki_pin_info pin;
	struct scene *s = *state;
	struct jpki_buf sig;

	sign_first(s, &sig);
	SCENE(s, ROW_BEGIN, { SELECT_INPUT, "9000", NULL }, ROW_EF("0011"),
	    { QUERY, "63C3", NULL }, ROW_END);
	expect_err("info", jpki_pin_info(s->card, JPKI_PIN_INPUT, &pin),
	    JPKI_OK);
	SCENE(s, ROW_BEGIN, ROW_END, ROW_BEGIN, ROW_ISD, ROW_END,
	    ROW_DISCONNECT);
	sign_again(s, &sig, JPKI_ERR_AUTH_REQUIRED);
	scene_close(s);
	jpki_buf_free(&sig);
}

/* A reset deselects, and the login is over in software. */
static void
after_a_reset_nothing_is_signed(void **state)
{
	struct scene *s = *state;
	struct jpki_buf sig;

	sign_first(s, &sig);
	SCENE(s, { "begin", "reset", NULL }, ROW_END,
	    ROW_BEGIN, ROW_ISD, ROW_END, ROW_DISCONNECT);
	sign_again(s, &sig, JPKI_ERR_AUTH_REQUIRED);
	scene_close(s);
	jpki_buf_free(&sig);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, scene_new, scene_free)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_further_signature_is_two_commands),
		TEST(where_the_file_is_missing_the_application_is_selected),
		TEST(a_login_that_another_program_ended_is_told),
		cmocka_unit_test(any_doubt_leads_to_the_long_way),
		TEST(a_broken_link_is_not_signed_over_again),
		TEST(after_another_application_of_ours_nothing_is_guessed),
		TEST(after_a_reset_nothing_is_signed),
	};

	return cmocka_run_group_tests_name("sign again", tests,
	    identities_make, identities_free);
}
