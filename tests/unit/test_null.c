/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Null pointers and numbers out of range are refused by each public function
 * before a command is sent, and nothing is written.
 */
#include <string.h>

#include "scene.h"

static uint8_t bytes[32];
static struct jpki_buf out;
static struct jpki_cert *cert;
static enum jpki_answer answer;
static enum jpki_ca ca;
static char *line;

static void
signatures(void **state)
{
	struct scene *s = *state;
	struct jpki_card *card = s->card;
	const enum jpki_key key = JPKI_KEY_AUTH, none = JPKI_KEY_COUNT;
	const enum jpki_hash hash = JPKI_HASH_SHA256;

#define NO(call)	expect_err(#call, (call), JPKI_ERR_ARG)
	NO(jpki_sign(NULL, key, hash, bytes, 32, &out));
	NO(jpki_sign(card, none, hash, bytes, 32, &out));
	NO(jpki_sign(card, key, hash, NULL, 32, &out));
	NO(jpki_sign(card, key, hash, bytes, 31, &out));
	NO(jpki_sign(card, key, hash, bytes, 32, NULL));
	NO(jpki_sign_pss(NULL, key, bytes, 32, &out));
	NO(jpki_sign_pss(card, none, bytes, 32, &out));
	NO(jpki_sign_pss(card, key, NULL, 32, &out));
	NO(jpki_sign_pss(card, key, bytes, 31, &out));
	NO(jpki_sign_pss(card, key, bytes, 32, NULL));
	NO(jpki_pss_probe(NULL, key, &answer));
	NO(jpki_pss_probe(card, none, &answer));
	NO(jpki_pss_probe(card, key, NULL));
}

static void
verifications(void **state)
{
	struct scene *s = *state;
	const struct jpki_claim good = { .hash = JPKI_HASH_SHA256,
	    .digest = bytes, .digest_n = 32, .signature = bytes,
	    .signature_n = 32 };
	struct jpki_claim no_digest = good, no_signature = good, pss = good;

	no_digest.digest = NULL;
	no_signature.signature = NULL;
	pss.pss = true;
	pss.digest_n = 31;
	NO(jpki_verify(NULL, bytes, 32, &good));
	NO(jpki_verify(s->ctx, NULL, 32, &good));
	NO(jpki_verify(s->ctx, bytes, 32, NULL));
	NO(jpki_verify(s->ctx, bytes, 32, &no_digest));
	NO(jpki_verify(s->ctx, bytes, 32, &no_signature));
	NO(jpki_verify(s->ctx, bytes, 32, &pss));
}

static void
certificates(void **state)
{
	struct scene *s = *state;

	NO(jpki_cert_read(NULL, JPKI_CERT_AUTH, &out));
	NO(jpki_cert_read(s->card, JPKI_CERT_COUNT, &out));
	NO(jpki_cert_read(s->card, JPKI_CERT_AUTH, NULL));
	NO(jpki_cert_parse(NULL, bytes, 32, &cert));
	NO(jpki_cert_parse(s->ctx, NULL, 32, &cert));
	NO(jpki_cert_parse(s->ctx, bytes, 32, NULL));
	NO(jpki_cert_spki(NULL, bytes, 32, &out));
	NO(jpki_cert_spki(s->ctx, NULL, 32, &out));
	NO(jpki_cert_spki(s->ctx, bytes, 32, NULL));
	NO(jpki_cert_ssh_key(NULL, bytes, 32, &line));
	NO(jpki_cert_ssh_key(s->ctx, NULL, 32, &line));
	NO(jpki_cert_ssh_key(s->ctx, bytes, 32, NULL));
	NO(jpki_cert_ca_prove(NULL, bytes, 32, bytes, 32, &ca));
	NO(jpki_cert_ca_prove(s->ctx, NULL, 32, bytes, 32, &ca));
	NO(jpki_cert_ca_prove(s->ctx, bytes, 32, NULL, 32, &ca));
	NO(jpki_cert_ca_prove(s->ctx, bytes, 32, bytes, 32, NULL));
}

static void
pins(void **state)
{
	struct scene *s = *state;
	struct jpki_pin_info info;
	int tries;

	NO(jpki_pin_info(NULL, JPKI_PIN_AUTH, &info));
	NO(jpki_pin_info(s->card, JPKI_PIN_COUNT, &info));
	NO(jpki_pin_info(s->card, JPKI_PIN_AUTH, NULL));
	NO(jpki_pin_verify(NULL, JPKI_PIN_AUTH, "1234", 4, 0, &tries));
	NO(jpki_pin_verify(s->card, JPKI_PIN_COUNT, "1234", 4, 0, &tries));
	NO(jpki_pin_change(NULL, JPKI_PIN_AUTH, "1234", 4, "4321", 4, 0,
	    &tries));
	NO(jpki_pin_change(s->card, JPKI_PIN_COUNT, "1234", 4, "4321", 4, 0,
	    &tries));
}

static void
waits(void **state)
{
	struct scene *s = *state;

	NO(jpki_wait_change(NULL, NULL, 0, 0));
	NO(jpki_wait_change(s->ctx, NULL, 1, 0));
	NO(jpki_wait(NULL, NULL, JPKI_CARD_INSERTED, 0, NULL));
#undef NO
}

/* A card that is open, and rows for closing it: no other command is sent. */
static int
set_up(void **state)
{
	struct scene *s;

	if (scene_new(state) != 0)
		return -1;
	s = *state;
	scene_open(s);
	SCENE(s, ROWS_CLOSE);
	return 0;
}

static int
tear_down(void **state)
{
	scene_close(*state);
	assert_true(out.p == NULL && cert == NULL && line == NULL);
	return scene_free(state);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(signatures),
		TEST(verifications),
		TEST(certificates),
		TEST(pins),
		TEST(waits),
	};

	return cmocka_run_group_tests_name("null", tests, NULL, NULL);
}
