/* SPDX-License-Identifier: BSD-2-Clause */
/* Signatures: the command, the budget of commands, and the check of each. */
#include <string.h>

#include "digest.h"
#include "fixture.h"
#include "identity.h"
#include "scene.h"

/* DigestInfo of SHA-256 over 00 01 02 ... 1F. */
#define INFO	"3031300D060960864801650304020105000420" \
		"000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"
#define SIGN_INFO	"802A 0080 33" INFO "00"

static struct identity rsa1024, rsa2048, rsa3072, other2048, ec, tiny, huge;
static uint8_t digest[64];

static int
identities_make(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(digest); i++)
		digest[i] = (uint8_t)i;
	identity_rsa(&rsa1024, 1024);
	identity_rsa(&rsa2048, 2048);
	identity_rsa(&rsa3072, 3072);
	identity_rsa(&other2048, 2048);
	identity_rsa(&tiny, 88);
	identity_rsa(&huge, 16392);
	identity_ec(&ec);
	return 0;
}

static int
identities_free(void **state)
{
	identity_free(&rsa1024);
	identity_free(&rsa2048);
	identity_free(&rsa3072);
	identity_free(&other2048);
	identity_free(&tiny);
	identity_free(&huge);
	identity_free(&ec);
	return fixture_free(state);
}

/* A card with a verified PIN, inside the transaction. */
static void
log_in(struct scene *s, enum jpki_key key)
{
	bool auth = key == JPKI_KEY_AUTH;

	scene_open(s);
	if (auth)
		SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
		    { "0020 0080 04 31323334", "9000", NULL });
	else
		SCENE(s, ROW_EF("001B"), { QUERY, "63C5", NULL },
		    { "0020 0080 06 414243313233", "9000", NULL });
	expect_err("verify", auth ?
	    jpki_pin_verify(s->card, JPKI_PIN_AUTH, "1234", 4, 0, NULL) :
	    jpki_pin_verify(s->card, JPKI_PIN_SIGN, "ABC123", 6, 0, NULL),
	    JPKI_OK);
}

/* The rows by which the certificate of this identity is read. */
static void
cert_follows(struct scene *s, const struct identity *identity,
    enum jpki_key key)
{
	script_name(s->script, "cert", fixture_slice(&identity->cert));
	scene_read(s, key == JPKI_KEY_AUTH ? "000A" : "0001", "cert",
	    identity->cert.n);
}

static enum jpki_err
sign(struct scene *s, enum jpki_key key, struct jpki_buf *out)
{
	return jpki_sign(s->card, key, JPKI_HASH_SHA256, digest, 32, out);
}

/* The signature that the card should make over INFO; <sig> in rows. */
static struct jpki_buf
signature_of_info(struct scene *s, const struct identity *identity)
{
	struct octets info = unhex(INFO);
	struct jpki_buf sig = identity_sign(identity, octets_slice(&info));

	script_name(s->script, "sig", fixture_slice(&sig));
	return sig;
}

/* One signature fails like this, and nothing is handed out. */
static void
sign_fails(struct scene *s, const char *about, enum jpki_key key,
    enum jpki_err err)
{
	struct jpki_buf out = { NULL, 0 };

	expect_err(about, sign(s, key, &out), err);
	assert_true(out.p == NULL && out.n == 0);
}

/*
 * What goes well.
 */

static void
a_cold_signature_keeps_to_the_budget(void **state)
{
	struct scene *s;
	struct jpki_buf sig, out;

	for (unsigned key = 0; key < JPKI_KEY_COUNT; key++) {
		(void)scene_new(state);
		s = *state;
		sig = signature_of_info(s, &rsa2048);
		out = (struct jpki_buf){ NULL, 0 };
		log_in(s, (enum jpki_key)key);
		cert_follows(s, &rsa2048, (enum jpki_key)key);
		SCENE(s, { key == JPKI_KEY_AUTH ? SELECT_EF("0017") :
		    SELECT_EF("001A"), "9000", "select key" },
		    { SIGN_INFO, "<sig> 9000", NULL });
		expect_err("sign", sign(s, (enum jpki_key)key, &out),
		    JPKI_OK);
		expect_bytes("signature", fixture_slice(&out),
		    fixture_slice(&sig));
		assert_true(s->script->commands <=
		    8 + (rsa2048.cert.n + 255) / 256);
		SCENE(s, ROWS_LOGOUT_CLOSE);
		scene_close(s);
		jpki_buf_free(&out);
		jpki_buf_free(&sig);
		(void)scene_free(state);
	}
}

static void
each_further_signature_of_a_batch_is_one_command(void **state)
{
	struct scene *s = *state;
	struct jpki_buf sig = signature_of_info(s, &rsa2048), out;

	log_in(s, JPKI_KEY_SIGN);
	cert_follows(s, &rsa2048, JPKI_KEY_SIGN);
	SCENE(s, ROW_EF("001A"),
	    { SIGN_INFO, "<sig> 9000", NULL },
	    { SIGN_INFO, "<sig> 9000", NULL },
	    { SIGN_INFO, "<sig> 9000", NULL },
	    ROWS_LOGOUT_CLOSE);
	for (int i = 0; i < 3; i++) {
		out = (struct jpki_buf){ NULL, 0 };
		expect_err("sign", sign(s, JPKI_KEY_SIGN, &out), JPKI_OK);
		jpki_buf_free(&out);
	}
	scene_close(s);
	jpki_buf_free(&sig);
}

static void
every_hash_has_its_digest_info(void **state)
{
	struct scene *s;
	struct jpki_buf sig, out;
	uint8_t info[128];
	struct wbuf w;

	for (unsigned hash = 0; hash < JPKI_HASH_COUNT; hash++) {
		size_t n = hash == JPKI_HASH_NONE ? 5 :
		    jpki_hash_size((enum jpki_hash)hash);

		(void)scene_new(state);
		s = *state;
		w = wbuf_of(info, sizeof(info));
		expect_err("info", digest_info((enum jpki_hash)hash,
		    slice_of(digest, n), &w), JPKI_OK);
		sig = identity_sign(&rsa2048, wbuf_slice(&w));
		script_name(s->script, "sig", fixture_slice(&sig));
		script_name(s->script, "info", wbuf_slice(&w));
		out = (struct jpki_buf){ NULL, 0 };
		log_in(s, JPKI_KEY_AUTH);
		cert_follows(s, &rsa2048, JPKI_KEY_AUTH);
		SCENE(s, ROW_EF("0017"), { hash == JPKI_HASH_NONE ?
		    "802A 0080 05 <info> 00" : "802A 0080 *", "<sig> 9000",
		    NULL }, ROWS_LOGOUT_CLOSE);
		expect_err(jpki_hash_name((enum jpki_hash)hash),
		    jpki_sign(s->card, JPKI_KEY_AUTH, (enum jpki_hash)hash,
		    digest, n, &out), JPKI_OK);
		scene_close(s);
		jpki_buf_free(&out);
		jpki_buf_free(&sig);
		(void)scene_free(state);
	}
}

static void
a_1024_bit_key_gives_128_bytes(void **state)
{
	struct scene *s = *state;
	struct jpki_buf sig = signature_of_info(s, &rsa1024), out;

	expect_int("bytes", (long long)sig.n, 128);
	log_in(s, JPKI_KEY_AUTH);
	cert_follows(s, &rsa1024, JPKI_KEY_AUTH);
	SCENE(s, ROW_EF("0017"), { SIGN_INFO, "<sig> 9000", NULL },
	    ROWS_LOGOUT_CLOSE);
	expect_err("sign", sign(s, JPKI_KEY_AUTH, &out), JPKI_OK);
	expect_bytes("signature", fixture_slice(&out), fixture_slice(&sig));
	jpki_buf_free(&out);
	scene_close(s);
	jpki_buf_free(&sig);
}

static void
a_3072_bit_key_gives_384_bytes_in_two_answers(void **state)
{
	struct scene *s = *state;
	struct jpki_buf sig = signature_of_info(s, &rsa3072), out;

	expect_int("bytes", (long long)sig.n, 384);
	log_in(s, JPKI_KEY_AUTH);
	cert_follows(s, &rsa3072, JPKI_KEY_AUTH);
	SCENE(s, ROW_EF("0017"),
	    { SIGN_INFO, "<sig:0+256> 6180", NULL },
	    { "00C0 0000 80", "<sig:256+128> 9000", NULL },
	    ROWS_LOGOUT_CLOSE);
	expect_err("sign", sign(s, JPKI_KEY_AUTH, &out), JPKI_OK);
	expect_bytes("signature", fixture_slice(&out), fixture_slice(&sig));
	jpki_buf_free(&out);
	scene_close(s);
	jpki_buf_free(&sig);
}

/*
 * What the card may answer.
 */

static const struct {
	const char	*about;
	const char	*gets;
	enum jpki_err	 err;
	bool		 logged_in;
} answers[] = {
	{ "one byte short", "<sig:0+255> 9000", JPKI_ERR_MALFORMED, true },
	{ "no bytes", "9000", JPKI_ERR_MALFORMED, true },
	{ "one byte of signature", "<sig:0+1> 9000", JPKI_ERR_MALFORMED, true },
	{ "one byte too many", "<sig> 00 9000", JPKI_ERR_MALFORMED, true },
	{ "the other key's", "<other> 9000", JPKI_ERR_MISMATCH, true },
	{ "over other data", "<wrong> 9000", JPKI_ERR_MISMATCH, true },
	{ "a bit turned", "<turned> 9000", JPKI_ERR_MISMATCH, true },
	{ "zeros", "<zeros> 9000", JPKI_ERR_MISMATCH, true },
	{ "larger than the modulus", "<ones> 9000", JPKI_ERR_MISMATCH, true },
	{ "the login is gone", "6982", JPKI_ERR_AUTH_REQUIRED, false },
	{ "conditions", "6985", JPKI_ERR_SW, true },
	{ "wrong length", "6700", JPKI_ERR_SW, true },
	{ "wrong P1-P2", "6A86", JPKI_ERR_UNSUPPORTED, true },
	{ "a wrong PIN, though none was sent", "63C1", JPKI_ERR_SW, true },
	{ "a locked PIN, likewise", "6984", JPKI_ERR_SW, true },
	{ "no key", "6A88", JPKI_ERR_NOT_FOUND, true },
	{ "signature with an error", "<sig> 6281", JPKI_ERR_SW, true },
	{ "the link breaks", "!REMOVED", JPKI_ERR_REMOVED, true },
};

static void
what_does_not_verify_is_not_handed_out(void **state)
{
	static const uint8_t zeros[256], hello[] = "hello";
	struct jpki_buf sig, other, wrong;
	uint8_t turned[256], ones[256];
	struct scene *s;

	wrong = identity_sign(&rsa2048, slice_of(hello, 5));
	memset(ones, 0xFF, sizeof(ones));
	for (size_t i = 0; i < COUNT(answers); i++) {
		(void)scene_new(state);
		s = *state;
		other = signature_of_info(s, &other2048);
		script_name(s->script, "other", fixture_slice(&other));
		sig = signature_of_info(s, &rsa2048);
		memcpy(turned, sig.p, sizeof(turned));
		turned[255] ^= 1;
		script_name(s->script, "turned", slice_of(turned, 256));
		script_name(s->script, "wrong", fixture_slice(&wrong));
		script_name(s->script, "zeros", slice_of(zeros, 256));
		script_name(s->script, "ones", slice_of(ones, 256));
		log_in(s, JPKI_KEY_AUTH);
		cert_follows(s, &rsa2048, JPKI_KEY_AUTH);
		SCENE(s, ROW_EF("0017"), { SIGN_INFO, answers[i].gets,
		    answers[i].about }, ROWS_LOGOUT_CLOSE);
		sign_fails(s, answers[i].about, JPKI_KEY_AUTH,
		    answers[i].err);
		expect_int(answers[i].about, jpki_pin_verified(s->card,
		    JPKI_PIN_AUTH), answers[i].logged_in);
		scene_close(s);
		jpki_buf_free(&sig);
		jpki_buf_free(&other);
		(void)scene_free(state);
	}
	jpki_buf_free(&wrong);
}

static void
a_key_that_the_card_lacks_is_not_found(void **state)
{
	struct scene *s = *state;

	log_in(s, JPKI_KEY_AUTH);
	cert_follows(s, &rsa2048, JPKI_KEY_AUTH);
	SCENE(s, { SELECT_EF("0017"), "6A82", NULL }, ROWS_LOGOUT_CLOSE);
	sign_fails(s, "key", JPKI_KEY_AUTH, JPKI_ERR_NOT_FOUND);
	scene_close(s);
}

static void
without_certificate_nothing_is_signed(void **state)
{
	struct scene *s = *state;

	log_in(s, JPKI_KEY_AUTH);
	SCENE(s, { SELECT_EF("000A"), "6A82", NULL },
	    ROW_JPKI, ROW_EF("000A"), { "00B0 0000 00", "3003 020100 9000", "garbage" },
	    ROWS_LOGOUT_CLOSE);
	sign_fails(s, "certificate", JPKI_KEY_AUTH, JPKI_ERR_NOT_FOUND);
	sign_fails(s, "certificate", JPKI_KEY_AUTH, JPKI_ERR_MALFORMED);
	/* It was read; that will not get better. */
	sign_fails(s, "certificate", JPKI_KEY_AUTH, JPKI_ERR_MALFORMED);
	scene_close(s);
}

/*
 * What is not sent.
 */

static void
a_key_without_a_known_command_is_unsupported(void **state)
{
	const struct identity *const identities[] = { &ec, &tiny, &huge };
	struct scene *s;

	for (size_t i = 0; i < COUNT(identities); i++) {
		(void)scene_new(state);
		s = *state;
		log_in(s, JPKI_KEY_AUTH);
		cert_follows(s, identities[i], JPKI_KEY_AUTH);
		sign_fails(s, "first", JPKI_KEY_AUTH, JPKI_ERR_UNSUPPORTED);
		sign_fails(s, "again", JPKI_KEY_AUTH, JPKI_ERR_UNSUPPORTED);
		SCENE(s, ROWS_LOGOUT_CLOSE);
		scene_close(s);
		(void)scene_free(state);
	}
}

static const struct {
	const char		*about;
	const struct identity	*identity;
	size_t			 fits;
} limits[] = {
	{ "1024 bits", &rsa1024, 117 },
	{ "2048 bits", &rsa2048, 245 },
	{ "3072 bits: a short command's limit", &rsa3072, 255 },
};

static void
data_that_the_key_cannot_hold_is_refused(void **state)
{
	static const uint8_t data[256] = { 1 };
	struct jpki_buf sig, out;
	struct scene *s;

	for (size_t i = 0; i < COUNT(limits); i++) {
		(void)scene_new(state);
		s = *state;
		sig = identity_sign(limits[i].identity, slice_of(data,
		    limits[i].fits));
		script_name(s->script, "sig", fixture_slice(&sig));
		log_in(s, JPKI_KEY_AUTH);
		cert_follows(s, limits[i].identity, JPKI_KEY_AUTH);
		out = (struct jpki_buf){ NULL, 0 };
		SCENE(s, ROW_EF("0017"));
		if (sig.n > 256)
			SCENE(s, { "802A 0080 *", "<sig:0+256> 6180", NULL },
			    { "00C0 0000 80", "<sig:256+128> 9000", NULL });
		else
			SCENE(s, { "802A 0080 *", "<sig> 9000", NULL });
		expect_err(limits[i].about, jpki_sign(s->card, JPKI_KEY_AUTH,
		    JPKI_HASH_NONE, data, limits[i].fits, &out), JPKI_OK);
		jpki_buf_free(&out);
		expect_err(limits[i].about, jpki_sign(s->card, JPKI_KEY_AUTH,
		    JPKI_HASH_NONE, data, limits[i].fits + 1, &out),
		    JPKI_ERR_BUFFER);
		assert_null(out.p);
		SCENE(s, ROWS_LOGOUT_CLOSE);
		scene_close(s);
		jpki_buf_free(&sig);
		(void)scene_free(state);
	}
}

static void
wrong_arguments_cost_no_command(void **state)
{
	struct scene *s = *state;
	struct jpki_buf out = { NULL, 0 };

	log_in(s, JPKI_KEY_AUTH);
	SCENE(s, ROWS_LOGOUT_CLOSE);
	for (size_t n = 0; n <= 64; n++) {
		if (n != 32)
			expect_err("digest length", jpki_sign(s->card,
			    JPKI_KEY_AUTH, JPKI_HASH_SHA256, digest, n,
			    &out), JPKI_ERR_ARG);
	}
	expect_err("no data", jpki_sign(s->card, JPKI_KEY_AUTH,
	    JPKI_HASH_NONE, digest, 0, &out), JPKI_ERR_ARG);
	expect_err("hash", jpki_sign(s->card, JPKI_KEY_AUTH,
	    JPKI_HASH_COUNT, digest, 32, &out), JPKI_ERR_ARG);
	expect_err("key", jpki_sign(s->card, JPKI_KEY_COUNT,
	    JPKI_HASH_SHA256, digest, 32, &out), JPKI_ERR_ARG);
	expect_err("card", jpki_sign(NULL, JPKI_KEY_AUTH,
	    JPKI_HASH_SHA256, digest, 32, &out), JPKI_ERR_ARG);
	expect_err("digest", jpki_sign(s->card, JPKI_KEY_AUTH,
	    JPKI_HASH_SHA256, NULL, 32, &out), JPKI_ERR_ARG);
	expect_err("out", jpki_sign(s->card, JPKI_KEY_AUTH,
	    JPKI_HASH_SHA256, digest, 32, NULL), JPKI_ERR_ARG);
	assert_null(out.p);
	scene_close(s);
}

static void
without_login_nothing_is_sent(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROWS_CLOSE);
	sign_fails(s, "auth", JPKI_KEY_AUTH, JPKI_ERR_AUTH_REQUIRED);
	sign_fails(s, "sign", JPKI_KEY_SIGN, JPKI_ERR_AUTH_REQUIRED);
	scene_close(s);
}

static void
the_other_pin_is_no_login(void **state)
{
	struct scene *s = *state;

	log_in(s, JPKI_KEY_AUTH);
	SCENE(s, ROWS_LOGOUT_CLOSE);
	sign_fails(s, "sign", JPKI_KEY_SIGN, JPKI_ERR_AUTH_REQUIRED);
	scene_close(s);
}

/* The key of the certificate is the one that signatures are checked with. */
static void
a_card_put_in_instead_is_checked_with_its_own_certificate(void **state)
{
	struct scene *s = *state;
	struct jpki_buf sig = signature_of_info(s, &rsa2048), out, other;

	log_in(s, JPKI_KEY_AUTH);
	cert_follows(s, &rsa2048, JPKI_KEY_AUTH);
	SCENE(s, ROW_EF("0017"), { SIGN_INFO, "<sig> 9000", NULL }, ROW_END,
	    { "begin", "new", NULL }, ROW_END);
	expect_err("sign", sign(s, JPKI_KEY_AUTH, &out), JPKI_OK);
	jpki_buf_free(&out);
	jpki_card_end(s->card);
	sign_fails(s, "another card", JPKI_KEY_AUTH, JPKI_ERR_AUTH_REQUIRED);

	other = signature_of_info(s, &other2048);
	SCENE(s, ROW_BEGIN, ROW_JPKI, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { "0020 0080 04 31323334", "9000", NULL });
	expect_err("begin", jpki_card_begin(s->card), JPKI_OK);
	expect_err("verify", jpki_pin_verify(s->card, JPKI_PIN_AUTH, "1234",
	    4, 0, NULL), JPKI_OK);
	cert_follows(s, &other2048, JPKI_KEY_AUTH);
	SCENE(s, ROW_EF("0017"), { SIGN_INFO, "<sig> 9000", NULL },
	    ROWS_LOGOUT_CLOSE);
	expect_err("sign", sign(s, JPKI_KEY_AUTH, &out), JPKI_OK);
	expect_bytes("signature", fixture_slice(&out),
	    fixture_slice(&other));
	jpki_buf_free(&out);
	scene_close(s);
	jpki_buf_free(&sig);
	jpki_buf_free(&other);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, scene_new, scene_free)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cold_signature_keeps_to_the_budget),
		TEST(each_further_signature_of_a_batch_is_one_command),
		cmocka_unit_test(every_hash_has_its_digest_info),
		TEST(a_1024_bit_key_gives_128_bytes),
		TEST(a_3072_bit_key_gives_384_bytes_in_two_answers),
		cmocka_unit_test(what_does_not_verify_is_not_handed_out),
		TEST(a_key_that_the_card_lacks_is_not_found),
		TEST(without_certificate_nothing_is_signed),
		cmocka_unit_test(a_key_without_a_known_command_is_unsupported),
		cmocka_unit_test(data_that_the_key_cannot_hold_is_refused),
		TEST(wrong_arguments_cost_no_command),
		TEST(without_login_nothing_is_sent),
		TEST(the_other_pin_is_no_login),
		TEST(a_card_put_in_instead_is_checked_with_its_own_certificate),
	};

	return cmocka_run_group_tests(tests, identities_make, identities_free);
}
