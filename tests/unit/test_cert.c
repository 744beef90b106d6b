/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificates: read when, kept how long; what is claimed and what is proved. */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "scene.h"

/* Two files, as long as a chunk and a bit. */
static uint8_t file_a[300], file_b[300];

#define READ_A	{ "00B0 0000 00", "<a:0+256> 9000", NULL }, \
		{ "00B0 0100 2C", "<a:256+44> 9000", NULL }
#define READ_B	{ "00B0 0000 00", "<b:0+256> 9000", NULL }, \
		{ "00B0 0100 2C", "<b:256+44> 9000", NULL }
#define LOGIN_SIGN ROW_EF("001B"), { QUERY, "63C5", NULL }, \
		{ "0020 0080 06 414243313233", "9000", NULL }

static void
files_make(struct scene *s)
{
	static const uint8_t header[] = { 0x30, 0x82, 0x01, 0x28 };

	memset(file_a, 0xAA, sizeof(file_a));
	memset(file_b, 0xBB, sizeof(file_b));
	memcpy(file_a, header, sizeof(header));
	memcpy(file_b, header, sizeof(header));
	script_name(s->script, "a", slice_of(file_a, sizeof(file_a)));
	script_name(s->script, "b", slice_of(file_b, sizeof(file_b)));
}

static void
reads(struct scene *s, enum jpki_cert_id id, const uint8_t *file)
{
	struct jpki_buf der = { NULL, 0 };

	expect_err("read", jpki_cert_read(s->card, id, &der), JPKI_OK);
	expect_bytes("certificate", slice_of(der.p, der.n),
	    slice_of(file, sizeof(file_a)));
	jpki_buf_free(&der);
}

static void
does_not_read(struct scene *s, enum jpki_cert_id id, enum jpki_err err)
{
	struct jpki_buf der = { NULL, 0 };

	expect_err("read", jpki_cert_read(s->card, id, &der), err);
	assert_true(der.p == NULL && der.n == 0);
}

static enum jpki_err
login_sign(struct scene *s)
{
	return jpki_pin_verify(s->card, JPKI_PIN_SIGN, "ABC123", 6, 0, NULL);
}

/*
 * Reading and keeping.
 */

static void
a_certificate_is_read_once_an_insertion(void **state)
{
	struct scene *s = *state;

	files_make(s);
	scene_open(s);
	SCENE(s, ROW_EF("000A"), READ_A, ROW_END,
	    ROW_BEGIN, ROW_END,
	    { "begin", "reset", "the same card" }, ROW_END,
	    { "begin", "new", "perhaps another" },
	    ROW_JPKI, ROW_EF("000A"), READ_B, ROW_END,
	    ROW_BEGIN, ROW_END, ROW_DISCONNECT);
	reads(s, JPKI_CERT_AUTH, file_a);
	reads(s, JPKI_CERT_AUTH, file_a);
	jpki_card_end(s->card);
	reads(s, JPKI_CERT_AUTH, file_a);
	reads(s, JPKI_CERT_AUTH, file_a);
	reads(s, JPKI_CERT_AUTH, file_b);
	reads(s, JPKI_CERT_AUTH, file_b);
	scene_close(s);
}

static void
each_certificate_has_its_file(void **state)
{
	static const char *const efs[JPKI_CERT_COUNT] = {
		[JPKI_CERT_AUTH] = SELECT_EF("000A"),
		[JPKI_CERT_SIGN] = SELECT_EF("0001"),
		[JPKI_CERT_AUTH_CA] = SELECT_EF("000B"),
		[JPKI_CERT_SIGN_CA] = SELECT_EF("0002"),
	};
	struct scene *s = *state;

	files_make(s);
	scene_open(s);
	SCENE(s, LOGIN_SIGN);
	expect_err("login", login_sign(s), JPKI_OK);
	for (unsigned id = 0; id < JPKI_CERT_COUNT; id++) {
		SCENE(s, { efs[id], "9000", NULL }, READ_A);
		reads(s, (enum jpki_cert_id)id, file_a);
	}
	SCENE(s, ROWS_LOGOUT_CLOSE);
	scene_close(s);
}

static void
without_the_pin_the_signature_certificate_costs_no_command(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROWS_CLOSE);
	does_not_read(s, JPKI_CERT_SIGN, JPKI_ERR_AUTH_REQUIRED);
	scene_close(s);
}

static void
the_signature_certificate_is_read_once_a_login(void **state)
{
	struct scene *s = *state;

	files_make(s);
	scene_open(s);
	SCENE(s, LOGIN_SIGN, ROW_EF("0001"), READ_A, ROW_ISD,
	    ROW_JPKI, LOGIN_SIGN, ROW_EF("0001"), READ_B,
	    ROWS_LOGOUT_CLOSE);
	expect_err("login", login_sign(s), JPKI_OK);
	reads(s, JPKI_CERT_SIGN, file_a);
	reads(s, JPKI_CERT_SIGN, file_a);
	expect_err("logout", jpki_logout(s->card), JPKI_OK);
	does_not_read(s, JPKI_CERT_SIGN, JPKI_ERR_AUTH_REQUIRED);
	expect_err("login", login_sign(s), JPKI_OK);
	reads(s, JPKI_CERT_SIGN, file_b);
	reads(s, JPKI_CERT_SIGN, file_b);
	scene_close(s);
}

static void
a_reset_takes_the_signature_certificate_only(void **state)
{
	struct scene *s = *state;

	files_make(s);
	scene_open(s);
	SCENE(s, LOGIN_SIGN, ROW_EF("0001"), READ_A, ROW_EF("000A"), READ_B,
	    ROW_END,
	    { "begin", "reset", NULL }, ROW_END,
	    ROW_BEGIN, ROW_END,
	    ROW_BEGIN, ROW_ISD, ROW_END, ROW_DISCONNECT);
	expect_err("login", login_sign(s), JPKI_OK);
	reads(s, JPKI_CERT_SIGN, file_a);
	reads(s, JPKI_CERT_AUTH, file_b);
	jpki_card_end(s->card);
	does_not_read(s, JPKI_CERT_SIGN, JPKI_ERR_AUTH_REQUIRED);
	reads(s, JPKI_CERT_AUTH, file_b);
	scene_close(s);
}

static void
a_wrong_signature_pin_takes_its_certificate(void **state)
{
	struct scene *s = *state;

	files_make(s);
	scene_open(s);
	SCENE(s, LOGIN_SIGN, ROW_EF("0001"), READ_A,
	    ROW_EF("001B"), { QUERY, "63C5", NULL },
	    { "0020 0080 06 414243313233", "63C4", NULL },
	    ROWS_LOGOUT_CLOSE);
	expect_err("login", login_sign(s), JPKI_OK);
	reads(s, JPKI_CERT_SIGN, file_a);
	expect_err("login", login_sign(s), JPKI_ERR_PIN_WRONG);
	does_not_read(s, JPKI_CERT_SIGN, JPKI_ERR_AUTH_REQUIRED);
	scene_close(s);
}

static void
the_authentication_pin_leaves_the_signature_certificate(void **state)
{
	struct scene *s = *state;

	files_make(s);
	scene_open(s);
	SCENE(s, LOGIN_SIGN, ROW_EF("0001"), READ_A,
	    ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { "0020 0080 04 31323334", "63C2", NULL },
	    ROWS_LOGOUT_CLOSE);
	expect_err("login", login_sign(s), JPKI_OK);
	reads(s, JPKI_CERT_SIGN, file_a);
	expect_err("auth", jpki_pin_verify(s->card, JPKI_PIN_AUTH, "1234", 4,
	    0, NULL), JPKI_ERR_PIN_WRONG);
	reads(s, JPKI_CERT_SIGN, file_a);
	scene_close(s);
}

static void
a_card_that_forgot_the_login_is_believed(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, LOGIN_SIGN, ROW_EF("0001"),
	    { "00B0 0000 00", "6982", "power was lost meanwhile" },
	    ROWS_LOGOUT_CLOSE);
	expect_err("login", login_sign(s), JPKI_OK);
	does_not_read(s, JPKI_CERT_SIGN, JPKI_ERR_AUTH_REQUIRED);
	assert_false(jpki_pin_verified(s->card, JPKI_PIN_SIGN));
	does_not_read(s, JPKI_CERT_SIGN, JPKI_ERR_AUTH_REQUIRED);
	scene_close(s);
}

static void
a_phone_wants_the_pin_for_the_authentication_certificate(void **state)
{
	struct scene *s = *state;

	files_make(s);
	scene_open(s);
	SCENE(s, ROW_EF("000A"), { "00B0 0000 00", "6982", NULL },
	    ROW_EF("0018"), { QUERY, "63C3", NULL },
	    { "0020 0080 04 31323334", "9000", NULL },
	    ROW_EF("000A"), READ_A, ROWS_LOGOUT_CLOSE);
	does_not_read(s, JPKI_CERT_AUTH, JPKI_ERR_AUTH_REQUIRED);
	expect_err("auth", jpki_pin_verify(s->card, JPKI_PIN_AUTH, "1234", 4,
	    0, NULL), JPKI_OK);
	reads(s, JPKI_CERT_AUTH, file_a);
	reads(s, JPKI_CERT_AUTH, file_a);
	scene_close(s);
}

static void
a_refused_authentication_certificate_takes_no_login(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, LOGIN_SIGN, ROW_EF("000A"),
	    { "00B0 0000 00", "6982", "behind the other PIN" },
	    ROWS_LOGOUT_CLOSE);
	expect_err("login", login_sign(s), JPKI_OK);
	does_not_read(s, JPKI_CERT_AUTH, JPKI_ERR_AUTH_REQUIRED);
	assert_true(jpki_pin_verified(s->card, JPKI_PIN_SIGN));
	scene_close(s);
}

static void
what_could_not_be_read_is_not_kept(void **state)
{
	struct scene *s = *state;

	files_make(s);
	scene_open(s);
	SCENE(s, { SELECT_EF("000A"), "6A82", NULL },
	    ROW_JPKI, ROW_EF("000A"), { "00B0 0000 00", "FF 9000", NULL },
	    { "00B0 0000 00", "0400 9000", NULL },
	    READ_A, ROWS_CLOSE);
	does_not_read(s, JPKI_CERT_AUTH, JPKI_ERR_NOT_FOUND);
	does_not_read(s, JPKI_CERT_AUTH, JPKI_ERR_NOT_FOUND);
	does_not_read(s, JPKI_CERT_AUTH, JPKI_ERR_MALFORMED);
	reads(s, JPKI_CERT_AUTH, file_a);
	scene_close(s);
}

static void
read_arguments_are_checked(void **state)
{
	struct jpki_buf der = { NULL, 0 };
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROWS_CLOSE);
	expect_err("card", jpki_cert_read(NULL, JPKI_CERT_AUTH, &der),
	    JPKI_ERR_ARG);
	expect_err("id", jpki_cert_read(s->card, JPKI_CERT_COUNT, &der),
	    JPKI_ERR_ARG);
	expect_err("out", jpki_cert_read(s->card, JPKI_CERT_AUTH, NULL),
	    JPKI_ERR_ARG);
	scene_close(s);
}

/*
 * Claims and proofs.  Elliptic curves: RSA keys take long to make.
 */

static const char *const stranger[] = {
	"C", "JP", "O", "Nobody in particular", NULL
};

/* A CA of that name and key, and what it issued. */
static void
hierarchy(const char *const *name, enum fixture_key key,
    struct jpki_buf *cert, struct jpki_buf *ca)
{
	struct fixture f = fixture_auth, authority = fixture_ca;

	f.key = FIXTURE_P384;
	f.issuer_key = f.authority = key;
	authority.key = authority.issuer_key = authority.authority = key;
	if (name != NULL)
		f.issuer = authority.subject = authority.issuer = name;
	*cert = fixture_make(&f);
	*ca = fixture_make(&authority);
}

static enum jpki_ca
prove(struct scene *s, const struct jpki_buf *cert, const struct jpki_buf *ca)
{
	enum jpki_ca out = JPKI_CA_KNOWN;

	expect_err("prove", jpki_cert_ca_prove(s->ctx, cert->p, cert->n,
	    ca->p, ca->n, &out), JPKI_OK);
	return out;
}

static void
a_test_authority_is_proved_to_be_one(void **state)
{
	struct jpki_buf cert, ca, other_cert, other_ca;
	struct scene *s = *state;

	hierarchy(NULL, FIXTURE_P256, &cert, &ca);
	hierarchy(NULL, FIXTURE_P521, &other_cert, &other_ca);
	expect_int("its own", prove(s, &cert, &ca), JPKI_CA_TEST);
	expect_int("itself", prove(s, &ca, &ca), JPKI_CA_TEST);
	/* All generations have one name: the signature tells. */
	expect_int("another's", prove(s, &cert, &other_ca), JPKI_CA_UNKNOWN);
	expect_int("no CA", prove(s, &cert, &other_cert), JPKI_CA_UNKNOWN);
	jpki_buf_free(&cert);
	jpki_buf_free(&ca);
	jpki_buf_free(&other_cert);
	jpki_buf_free(&other_ca);
}

static void
an_authority_that_nobody_knows_is_unknown(void **state)
{
	struct jpki_buf cert, ca;
	struct scene *s = *state;

	hierarchy(stranger, FIXTURE_P256, &cert, &ca);
	expect_int("stranger", prove(s, &cert, &ca), JPKI_CA_UNKNOWN);
	jpki_buf_free(&cert);
	jpki_buf_free(&ca);
}

static void
garbage_proves_nothing(void **state)
{
	static const uint8_t garbage[] = { 0x30, 0x03, 0x02, 0x01, 0x00 };
	enum jpki_ca out = JPKI_CA_KNOWN;
	struct jpki_buf cert, ca;
	struct scene *s = *state;

	hierarchy(NULL, FIXTURE_P256, &cert, &ca);
	expect_err("CA", jpki_cert_ca_prove(s->ctx, cert.p, cert.n, garbage,
	    sizeof(garbage), &out), JPKI_ERR_MALFORMED);
	expect_int("untouched", out, JPKI_CA_KNOWN);
	expect_err("certificate", jpki_cert_ca_prove(s->ctx, garbage,
	    sizeof(garbage), ca.p, ca.n, &out), JPKI_OK);
	expect_int("unknown", out, JPKI_CA_UNKNOWN);
	jpki_buf_free(&cert);
	jpki_buf_free(&ca);
}

static void
a_claim_goes_by_key_identifier_and_test_name(void **state)
{
	static char known[] = "D21EA55895617E93ADBF966B941AB4EDF653F08F";
	static char nobody[] = "0000000000000000000000000000000000000000";
	static char none[] = "";
	const struct jpki_cert j_lis = { .authority_key_id = known };
	const struct jpki_cert stray = { .authority_key_id = nobody };
	const struct jpki_cert silent = { .authority_key_id = none };
	/* A test card never passes for a real one. */
	const struct jpki_cert test = { .authority_key_id = known,
	    .is_test = true };

	(void)state;
	expect_int("J-LIS", jpki_cert_ca_claim(&j_lis), JPKI_CA_KNOWN);
	expect_int("stray", jpki_cert_ca_claim(&stray), JPKI_CA_UNKNOWN);
	expect_int("silent", jpki_cert_ca_claim(&silent), JPKI_CA_UNKNOWN);
	expect_int("test", jpki_cert_ca_claim(&test), JPKI_CA_TEST);
}

/*
 * The public face of x509.c and digest.c.
 */

static void
the_public_functions_reach_the_formats(void **state)
{
	struct jpki_buf cert, ca, spki = { NULL, 0 };
	struct jpki_digest *digest = NULL;
	struct jpki_cert *parsed = NULL;
	struct scene *s = *state;
	char *line = NULL;

	hierarchy(NULL, FIXTURE_P256, &cert, &ca);
	expect_err("parse", jpki_cert_parse(s->ctx, cert.p, cert.n, &parsed),
	    JPKI_OK);
	assert_string_equal(parsed->serial, "0705D991");
	assert_true(parsed->is_test);
	jpki_cert_free(&parsed);
	expect_err("spki", jpki_cert_spki(s->ctx, cert.p, cert.n, &spki),
	    JPKI_OK);
	expect_int("spki", spki.p[0], 0x30);
	jpki_buf_free(&spki);
	expect_err("ssh", jpki_cert_ssh_key(s->ctx, cert.p, cert.n, &line),
	    JPKI_OK);
	assert_true(strncmp(line, "ecdsa-sha2-nistp384 ", 20) == 0);
	free(line);
	expect_err("digest", jpki_digest_new(s->ctx, JPKI_HASH_SHA256,
	    &digest), JPKI_OK);
	jpki_digest_free(&digest);
	jpki_buf_free(&cert);
	jpki_buf_free(&ca);
}

/* Each in turn is NULL. */
static void
null_arguments_are_refused(void **state)
{
	const uint8_t der[1] = { 0x30 };
	struct jpki_digest *digest = NULL;
	struct jpki_cert *parsed = NULL;
	struct jpki_buf spki = { NULL, 0 };
	struct scene *s = *state;
	struct jpki_ctx *ctx;
	const uint8_t *p;
	enum jpki_ca ca;
	char *line = NULL;
	bool out;

	for (int null = 0; null < 3; null++) {
		ctx = null == 0 ? NULL : s->ctx;
		p = null == 1 ? NULL : der;
		out = null != 2;
		expect_err("parse", jpki_cert_parse(ctx, p, 1,
		    out ? &parsed : NULL), JPKI_ERR_ARG);
		expect_err("spki", jpki_cert_spki(ctx, p, 1,
		    out ? &spki : NULL), JPKI_ERR_ARG);
		expect_err("ssh", jpki_cert_ssh_key(ctx, p, 1,
		    out ? &line : NULL), JPKI_ERR_ARG);
		expect_err("prove", jpki_cert_ca_prove(ctx, p, 1, der, 1,
		    out ? &ca : NULL), JPKI_ERR_ARG);
	}
	expect_err("no CA", jpki_cert_ca_prove(s->ctx, der, 1, NULL, 1, &ca),
	    JPKI_ERR_ARG);
	expect_err("digest", jpki_digest_new(NULL, JPKI_HASH_SHA256,
	    &digest), JPKI_ERR_ARG);
	expect_err("digest", jpki_digest_new(s->ctx, JPKI_HASH_SHA256, NULL),
	    JPKI_ERR_ARG);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, scene_new, scene_free)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_certificate_is_read_once_an_insertion),
		TEST(each_certificate_has_its_file),
		TEST(without_the_pin_the_signature_certificate_costs_no_command),
		TEST(the_signature_certificate_is_read_once_a_login),
		TEST(a_reset_takes_the_signature_certificate_only),
		TEST(a_wrong_signature_pin_takes_its_certificate),
		TEST(the_authentication_pin_leaves_the_signature_certificate),
		TEST(a_card_that_forgot_the_login_is_believed),
		TEST(a_phone_wants_the_pin_for_the_authentication_certificate),
		TEST(a_refused_authentication_certificate_takes_no_login),
		TEST(what_could_not_be_read_is_not_kept),
		TEST(read_arguments_are_checked),
		TEST(a_test_authority_is_proved_to_be_one),
		TEST(an_authority_that_nobody_knows_is_unknown),
		TEST(garbage_proves_nothing),
		cmocka_unit_test(a_claim_goes_by_key_identifier_and_test_name),
		TEST(the_public_functions_reach_the_formats),
		TEST(null_arguments_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_free);
}
