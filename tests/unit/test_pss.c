/* SPDX-License-Identifier: BSD-2-Clause */
/* PSS: whether the card makes it, what it makes, and checking claims. */
#include <string.h>

#include <openssl/rsa.h>

#include "fixture.h"
#include "identity.h"
#include "scene.h"

/* A byte short of a digest: what no card signs. */
#define ZEROS	"00000000000000000000000000000000000000000000000000000000000000"
#define DIGEST	"000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"
#define PROBE_PSS	"802A 0480 1F" ZEROS "00"
#define PROBE_NONE	"802A 7F80 1F" ZEROS "00"
#define SIGN_PSS_DIGEST	"802A 0480 20" DIGEST "00"

static struct identity holder, other, ec;
static uint8_t digest[32];

static int
identities_make(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(digest); i++)
		digest[i] = (uint8_t)i;
	identity_rsa(&holder, 2048);
	identity_rsa(&other, 2048);
	identity_ec(&ec);
	return 0;
}

static int
identities_free(void **state)
{
	identity_free(&holder);
	identity_free(&other);
	identity_free(&ec);
	return fixture_free(state);
}

/* RSASSA-PSS by OpenSSL with this salt length. */
static struct jpki_buf
pss_by_openssl(const struct identity *identity, int salt)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(identity->key, NULL);
	struct jpki_buf sig = { NULL, 512 };

	assert_non_null(ctx);
	assert_non_null(sig.p = malloc(sig.n));
	assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx,
	    RSA_PKCS1_PSS_PADDING), 1);
	assert_int_equal(EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, salt), 1);
	assert_int_equal(EVP_PKEY_sign(ctx, sig.p, &sig.n, digest,
	    sizeof(digest)), 1);
	EVP_PKEY_CTX_free(ctx);
	return sig;
}

static const struct {
	const char	*what, *pss, *impossible;
	enum jpki_answer answer;
} probes[] = {
	{ "knows the command, misses the PIN", "6982", "6A86", JPKI_YES },
	{ "knows it, and somebody gave the PIN", "6985", "6A86", JPKI_YES },
	{ "the same, in other words", "6700", "6A86", JPKI_YES },
	{ "signs what it should not", "9000", "6A86", JPKI_UNKNOWN },
	{ "does not know it", "6A86", NULL, JPKI_NO },
	{ "looks at the PIN first", "6982", "6982", JPKI_UNKNOWN },
	{ "says something else", "6F00", "6A86", JPKI_UNKNOWN },
	{ "does not work at all", "6D00", "6D00", JPKI_UNKNOWN },
};

static void
the_probe_tells_a_known_command_from_an_impossible_one(void **state)
{
	enum jpki_answer answer;
	struct scene *s;

	for (size_t i = 0; i < COUNT(probes); i++) {
		(void)scene_new(state);
		s = *state;
		scene_open(s);
		SCENE(s, ROW_EF("0017"),
		    { PROBE_PSS, probes[i].pss, probes[i].what });
		if (probes[i].impossible != NULL)
			SCENE(s, { PROBE_NONE, probes[i].impossible, NULL });
		SCENE(s, ROWS_CLOSE);
		expect_err(probes[i].what, jpki_pss_probe(s->card,
		    JPKI_KEY_AUTH, &answer), JPKI_OK);
		expect_int(probes[i].what, answer, probes[i].answer);
		scene_close(s);
		(void)scene_free(state);
	}
}

static void
log_in(struct scene *s)
{
	scene_open(s);
	SCENE(s, ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { "0020 0080 04 31323334", "9000", NULL });
	expect_err("verify", jpki_pin_verify(s->card, JPKI_PIN_AUTH, "1234",
	    4, 0, NULL), JPKI_OK);
	script_name(s->script, "cert", fixture_slice(&holder.cert));
	scene_read(s, "000A", "cert", holder.cert.n);
}

static void
a_pss_signature_is_checked_and_handed_out(void **state)
{
	struct jpki_buf sig = pss_by_openssl(&holder, JPKI_PSS_SALT), out;
	struct scene *s = *state;

	log_in(s);
	script_name(s->script, "sig", fixture_slice(&sig));
	SCENE(s, ROW_EF("0017"), { SIGN_PSS_DIGEST, "<sig> 9000", NULL },
	    ROWS_LOGOUT_CLOSE);
	expect_err("sign", jpki_sign_pss(s->card, JPKI_KEY_AUTH, digest,
	    sizeof(digest), &out), JPKI_OK);
	expect_bytes("signature", fixture_slice(&out), fixture_slice(&sig));
	jpki_buf_free(&out);
	jpki_buf_free(&sig);
	scene_close(s);
}

static void
a_pss_signature_with_another_salt_is_not_handed_out(void **state)
{
	struct jpki_buf sig = pss_by_openssl(&holder, 20);
	struct jpki_buf out = { NULL, 0 };
	struct scene *s = *state;

	log_in(s);
	script_name(s->script, "sig", fixture_slice(&sig));
	SCENE(s, ROW_EF("0017"), { SIGN_PSS_DIGEST, "<sig> 9000", NULL },
	    ROWS_LOGOUT_CLOSE);
	expect_err("sign", jpki_sign_pss(s->card, JPKI_KEY_AUTH, digest,
	    sizeof(digest), &out), JPKI_ERR_MISMATCH);
	assert_null(out.p);
	jpki_buf_free(&sig);
	scene_close(s);
}

static void
a_card_without_pss_says_unsupported(void **state)
{
	struct jpki_buf out = { NULL, 0 };
	struct scene *s = *state;

	log_in(s);
	SCENE(s, ROW_EF("0017"), { SIGN_PSS_DIGEST, "6A86", NULL },
	    ROWS_LOGOUT_CLOSE);
	expect_err("sign", jpki_sign_pss(s->card, JPKI_KEY_AUTH, digest,
	    sizeof(digest), &out), JPKI_ERR_UNSUPPORTED);
	scene_close(s);
}

static void
wrong_arguments_cost_no_command(void **state)
{
	struct jpki_buf out = { NULL, 0 };
	enum jpki_answer answer;
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROWS_CLOSE);
	expect_err("31 bytes", jpki_sign_pss(s->card, JPKI_KEY_AUTH, digest,
	    31, &out), JPKI_ERR_ARG);
	expect_err("no card", jpki_sign_pss(NULL, JPKI_KEY_AUTH, digest, 32,
	    &out), JPKI_ERR_ARG);
	expect_err("no digest", jpki_sign_pss(s->card, JPKI_KEY_AUTH, NULL,
	    32, &out), JPKI_ERR_ARG);
	expect_err("no key", jpki_sign_pss(s->card, JPKI_KEY_COUNT, digest,
	    32, &out), JPKI_ERR_ARG);
	expect_err("not logged in", jpki_sign_pss(s->card, JPKI_KEY_AUTH,
	    digest, 32, &out), JPKI_ERR_AUTH_REQUIRED);
	expect_err("probe", jpki_pss_probe(s->card, JPKI_KEY_COUNT, &answer),
	    JPKI_ERR_ARG);
	expect_err("probe", jpki_pss_probe(s->card, JPKI_KEY_AUTH, NULL),
	    JPKI_ERR_ARG);
	scene_close(s);
}

/*
 * Claims.
 */

static enum jpki_err
judge(struct scene *s, const struct identity *by, bool pss,
    const struct jpki_buf *sig)
{
	const struct jpki_claim claim = {
		.pss = pss, .hash = JPKI_HASH_SHA256,
		.digest = digest, .digest_n = sizeof(digest),
		.signature = sig->p, .signature_n = sig->n,
	};

	return jpki_verify(s->ctx, by->cert.p, by->cert.n, &claim);
}

static void
a_claim_holds_for_its_own_key_padding_and_salt_only(void **state)
{
	struct octets info = unhex("3031300D060960864801650304020105000420"
	    DIGEST);
	struct jpki_buf pkcs1 = identity_sign(&holder, octets_slice(&info));
	struct jpki_buf pss = pss_by_openssl(&holder, JPKI_PSS_SALT);
	struct jpki_buf salt20 = pss_by_openssl(&holder, 20);
	struct scene *s = *state;

	expect_err("v1.5", judge(s, &holder, false, &pkcs1), JPKI_OK);
	expect_err("PSS", judge(s, &holder, true, &pss), JPKI_OK);
	expect_err("v1.5 for PSS", judge(s, &holder, true, &pkcs1),
	    JPKI_ERR_MISMATCH);
	expect_err("PSS for v1.5", judge(s, &holder, false, &pss),
	    JPKI_ERR_MISMATCH);
	expect_err("salt", judge(s, &holder, true, &salt20),
	    JPKI_ERR_MISMATCH);
	expect_err("another key", judge(s, &other, true, &pss),
	    JPKI_ERR_MISMATCH);
	expect_err("EC key", judge(s, &ec, true, &pss),
	    JPKI_ERR_UNSUPPORTED);
	pss.p[17] ^= 1;
	expect_err("one bit", judge(s, &holder, true, &pss),
	    JPKI_ERR_MISMATCH);
	jpki_buf_free(&pkcs1);
	jpki_buf_free(&pss);
	jpki_buf_free(&salt20);
}

static void
claims_that_cannot_be_are_refused(void **state)
{
	static const uint8_t bytes[246];
	struct jpki_claim claim = { .hash = JPKI_HASH_NONE, .digest = bytes,
	    .digest_n = sizeof(bytes), .signature = bytes,
	    .signature_n = sizeof(bytes) };
	const struct jpki_buf *cert = &holder.cert;
	struct scene *s = *state;

	expect_err("246 bytes", jpki_verify(s->ctx, cert->p, cert->n,
	    &claim), JPKI_ERR_BUFFER);
	claim.pss = true;
	expect_err("a PSS digest of 246 bytes", jpki_verify(s->ctx, cert->p,
	    cert->n, &claim), JPKI_ERR_ARG);
	claim.pss = false;
	claim.hash = JPKI_HASH_SHA256;
	expect_err("a SHA-256 of 246 bytes", jpki_verify(s->ctx, cert->p,
	    cert->n, &claim), JPKI_ERR_ARG);
	expect_err("no certificate", jpki_verify(s->ctx, bytes,
	    sizeof(bytes), &(struct jpki_claim){ .digest = bytes,
	    .digest_n = 1, .signature = bytes, .signature_n = 1 }),
	    JPKI_ERR_MALFORMED);
	claim.signature = NULL;
	expect_err("no signature", jpki_verify(s->ctx, cert->p, cert->n,
	    &claim), JPKI_ERR_ARG);
	expect_err("no claim", jpki_verify(s->ctx, cert->p, cert->n, NULL),
	    JPKI_ERR_ARG);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, scene_new, scene_free)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_probe_tells_a_known_command_from_an_impossible_one),
		TEST(a_pss_signature_is_checked_and_handed_out),
		TEST(a_pss_signature_with_another_salt_is_not_handed_out),
		TEST(a_card_without_pss_says_unsupported),
		TEST(wrong_arguments_cost_no_command),
		TEST(a_claim_holds_for_its_own_key_padding_and_salt_only),
		TEST(claims_that_cannot_be_are_refused),
	};

	return cmocka_run_group_tests_name("pss", tests, identities_make,
	    identities_free);
}
