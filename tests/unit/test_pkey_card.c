/* SPDX-License-Identifier: BSD-2-Clause */
/* The card's keys as OpenSSL's, and the card: costs, failures, lives. */
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/provider.h>

#include "fixture.h"
#include "signkit.h"

/*
 * What it costs.
 */

static unsigned long
cost_by_the_library(struct keykit *kit, enum jpki_key key, bool with_pss)
{
	static const uint8_t digest[32];
	struct jpki_buf sig = { NULL, 0 };

	vlink_counters_clear(kit->link);
	expect_err("sign", with_pss ?
	    jpki_sign_pss(kit->card, key, digest, 32, &sig) :
	    jpki_sign(kit->card, key, JPKI_HASH_SHA256, digest, 32, &sig),
	    JPKI_OK);
	jpki_buf_free(&sig);
	return keykit_commands(kit);
}

static unsigned long
cost_by_openssl(struct keykit *kit, bool with_pss)
{
	struct sig sig;

	vlink_counters_clear(kit->link);
	assert_int_equal(signkit_sign(kit,
	    with_pss ? &signkit_pss : &signkit_pkcs1,
	    &sig), 1);
	return keykit_commands(kit);
}

static void
a_signature_costs_what_the_librarys_does(void **state)
{
	struct keykit *kit = *state;
	unsigned long cold, warm, wanted;

	for (unsigned i = 0; i < 2 * JPKI_KEY_COUNT; i++) {
		enum jpki_key key = signkit_keys[i / 2].key;
		bool with_pss = i % 2 == 1;

		keykit_load(kit, "adult");
		keykit_key(kit, key);
		cold = cost_by_openssl(kit, with_pss);
		warm = cost_by_openssl(kit, with_pss);
		wanted = cost_by_the_library(kit, key, with_pss);
		expect_int("warm", (long long)warm, (long long)wanted);
		keykit_load(kit, "adult");
		keykit_key(kit, key);
		wanted = cost_by_the_library(kit, key, with_pss);
		expect_int("cold", (long long)cold, (long long)wanted);
	}
}

static void
inside_a_transaction_a_signature_is_one_command(void **state)
{
	struct keykit *kit = *state;
	struct sig sig;

	expect_err("begin", jpki_card_begin(kit->card), JPKI_OK);
	keykit_key(kit, JPKI_KEY_AUTH);
	assert_int_equal(signkit_sign(kit, &signkit_pkcs1, &sig), 1);
	vlink_counters_clear(kit->link);
	for (int i = 0; i < 3; i++)
		assert_int_equal(signkit_sign(kit, &signkit_pkcs1, &sig), 1);
	expect_int("commands", (long long)keykit_commands(kit), 3);
	jpki_card_end(kit->card);
}

static void
a_key_costs_its_certificate_once(void **state)
{
	struct keykit *kit = *state;
	EVP_PKEY *again = NULL;

	keykit_key(kit, JPKI_KEY_AUTH);
	vlink_counters_clear(kit->link);
	expect_err("again", jpki_pkey(kit->card, JPKI_KEY_AUTH, &again),
	    JPKI_OK);
	expect_int("commands", (long long)keykit_commands(kit), 0);
	assert_int_equal(EVP_PKEY_eq(again, kit->key), 1);
	EVP_PKEY_free(again);
}

/*
 * What goes wrong.
 */

static void
without_a_login_the_card_is_not_asked(void **state)
{
	struct keykit *kit = *state;

	for (size_t i = 0; i < JPKI_KEY_COUNT; i++) {
		keykit_key(kit, signkit_keys[i].key);
		expect_err("logout", jpki_logout(kit->card), JPKI_OK);
		vlink_counters_clear(kit->link);
		signkit_fails(kit, "PKCS #1", &signkit_pkcs1,
		    JPKI_ERR_AUTH_REQUIRED);
		signkit_fails(kit, "PSS", &signkit_pss, JPKI_ERR_AUTH_REQUIRED);
		expect_int("commands", (long long)keykit_commands(kit), 0);
	}
}

static void
the_signature_key_needs_its_certificate_and_so_a_login(void **state)
{
	struct keykit *kit = *state;
	EVP_PKEY *key = NULL;

	vlink_counters_clear(kit->link);
	expect_err("key", jpki_pkey(kit->card, JPKI_KEY_SIGN, &key),
	    JPKI_ERR_AUTH_REQUIRED);
	expect_int("commands", (long long)keykit_commands(kit), 0);
	assert_null(key);
}

static void
the_login_of_one_key_is_not_the_others(void **state)
{
	struct keykit *kit = *state;

	keykit_key(kit, JPKI_KEY_AUTH);
	expect_err("logout", jpki_logout(kit->card), JPKI_OK);
	keykit_login(kit, JPKI_KEY_SIGN);
	signkit_fails(kit, "sign", &signkit_pkcs1, JPKI_ERR_AUTH_REQUIRED);
}

static void
a_card_that_is_pulled_ends_the_login_and_not_the_key(void **state)
{
	struct vcard_pin_use use;
	struct keykit *kit = *state;
	struct sig sig;

	keykit_key(kit, JPKI_KEY_AUTH);
	assert_int_equal(signkit_sign(kit, &signkit_pkcs1, &sig), 1);
	vlink_counters_clear(kit->link);
	linkkit_fault(kit->link, "remove@2");
	signkit_fails(kit, "pulled", &signkit_pkcs1, JPKI_ERR_REMOVED);
	signkit_fails(kit, "out", &signkit_pkcs1, JPKI_ERR_NO_CARD);
	vlink_insert(kit->link);
	signkit_fails(kit, "in again", &signkit_pkcs1, JPKI_ERR_AUTH_REQUIRED);
	keykit_login(kit, JPKI_KEY_AUTH);
	assert_int_equal(signkit_sign(kit, &signkit_pkcs1, &sig), 1);
	expect_err("error", jpki_pkey_error(kit->key), JPKI_OK);
	assert_int_equal(vlink_pin_use(kit->link, "auth", &use), 0);
	expect_int("VERIFY", (long long)use.verify, 2);
}

static EVP_PKEY *
other_key(enum personalise_key which)
{
	return vkit_key(which == PERSONALISE_KEY_SIGN ? PERSONALISE_KEY_AUTH :
	    which);
}

static struct vlink *
other_card(void)
{
	char error[VCARD_ERROR_MAX] = "";
	struct vcard *card = NULL;
	struct vlink *link;

	if (personalise(vkit_path("other"), "adult", NULL, NULL, other_key,
	    error) != 0 || vcard_load(vkit_path("other"), &card, error) != 0)
		fail_msg("%s", error);
	link = vlink_new(card);
	assert_non_null(link);
	return link;
}

/* Whoever logs in to another card has not allowed this key anything. */
static void
another_card_signs_nothing_for_this_key(void **state)
{
	struct keykit *kit = *state;

	keykit_key(kit, JPKI_KEY_SIGN);
	vtransport_unplug(kit->t, KEYKIT_READER);
	kit->other = other_card();
	expect_err("add", vtransport_add(kit->t, KEYKIT_READER, kit->other),
	    JPKI_OK);
	signkit_fails(kit, "reader gone", &signkit_pkcs1, JPKI_ERR_IO);
	signkit_fails(kit, "logged out", &signkit_pkcs1,
	    JPKI_ERR_AUTH_REQUIRED);
	keykit_login(kit, JPKI_KEY_SIGN);
	vlink_counters_clear(kit->other);
	signkit_fails(kit, "other card", &signkit_pkcs1, JPKI_ERR_MISMATCH);
	expect_int("signatures", (long long)vlink_counters(kit->other,
	    0x2A).commands, 0);
}

static void
what_the_card_refuses_arrives_as_its_error(void **state)
{
	struct keykit *kit = *state;

	keykit_key(kit, JPKI_KEY_AUTH);
	linkkit_fault(kit->link, "sw=6F00@ins=2A");
	signkit_fails(kit, "refused", &signkit_pkcs1, JPKI_ERR_SW);
	expect_int("status word", jpki_card_sw(kit->card), 0x6F00);
}

static void
pss_is_asked_once_of_a_card_without_it(void **state)
{
	char error[VCARD_ERROR_MAX];
	struct keykit *kit = *state;
	struct sig sig;

	assert_int_equal(vcard_quirk(vlink_card(kit->link), "strict-p1", NULL,
	    error), 0);
	keykit_key(kit, JPKI_KEY_AUTH);
	signkit_fails(kit, "first", &signkit_pss, JPKI_ERR_UNSUPPORTED);
	vlink_counters_clear(kit->link);
	signkit_fails(kit, "second", &signkit_pss, JPKI_ERR_UNSUPPORTED);
	expect_int("commands", (long long)keykit_commands(kit), 0);
	assert_int_equal(signkit_sign(kit, &signkit_pkcs1, &sig), 1);
}

static void
a_key_of_a_type_without_a_command_is_unsupported(void **state)
{
	struct keykit *kit = *state;
	EVP_PKEY *key = NULL;

	keykit_load(kit, "next-generation");
	expect_err("key", jpki_pkey(kit->card, JPKI_KEY_AUTH, &key),
	    JPKI_ERR_UNSUPPORTED);
	assert_null(key);
}

static void
arguments_that_cannot_be_right_are_refused(void **state)
{
	struct keykit *kit = *state;
	OSSL_LIB_CTX *crypto = NULL;
	EVP_PKEY *key = NULL;

	expect_err("card", jpki_pkey(NULL, JPKI_KEY_AUTH, &key),
	    JPKI_ERR_ARG);
	expect_err("key", jpki_pkey(kit->card, JPKI_KEY_COUNT, &key),
	    JPKI_ERR_ARG);
	expect_err("out", jpki_pkey(kit->card, JPKI_KEY_AUTH, NULL),
	    JPKI_ERR_ARG);
	expect_err("ctx", jpki_crypto(NULL, &crypto), JPKI_ERR_ARG);
	expect_err("out", jpki_crypto(kit->ctx, NULL), JPKI_ERR_ARG);
	assert_true(key == NULL && crypto == NULL);
}

/*
 * Lives.
 */

static void
a_key_outlives_its_card_and_says_that_it_is_closed(void **state)
{
	struct keykit *kit = *state;
	struct sig sig;

	keykit_key(kit, JPKI_KEY_AUTH);
	assert_int_equal(signkit_sign(kit, &signkit_pkcs1, &sig), 1);
	jpki_card_close(&kit->card);
	vlink_counters_clear(kit->link);
	signkit_fails(kit, "closed", &signkit_pkcs1, JPKI_ERR_ARG);
	expect_int("commands", (long long)keykit_commands(kit), 0);
	assert_true(signkit_verify(kit, &signkit_pkcs1, kit->key, &sig));
	EVP_PKEY_free(kit->key);
	kit->key = NULL;
}

static void
keys_go_in_any_order(void **state)
{
	struct keykit *kit = *state;
	EVP_PKEY *key[3];

	keykit_login(kit, JPKI_KEY_SIGN);
	for (size_t i = 0; i < COUNT(key); i++)
		expect_err("key", jpki_pkey(kit->card, i == 1 ? JPKI_KEY_SIGN :
		    JPKI_KEY_AUTH, &key[i]), JPKI_OK);
	EVP_PKEY_free(key[1]);
	jpki_card_close(&kit->card);
	EVP_PKEY_free(key[0]);
	EVP_PKEY_free(key[2]);
}

static void
the_library_context_is_always_the_same(void **state)
{
	struct keykit *kit = *state;
	OSSL_LIB_CTX *again = NULL;

	expect_err("again", jpki_crypto(kit->ctx, &again), JPKI_OK);
	assert_ptr_equal(again, kit->crypto);
	assert_int_equal(OSSL_PROVIDER_available(again, "jpki"), 1);
	assert_int_equal(OSSL_PROVIDER_available(NULL, "jpki"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_KEYKIT(a_signature_costs_what_the_librarys_does),
		WITH_KEYKIT(inside_a_transaction_a_signature_is_one_command),
		WITH_KEYKIT(a_key_costs_its_certificate_once),
		WITH_KEYKIT(without_a_login_the_card_is_not_asked),
		WITH_KEYKIT(the_signature_key_needs_its_certificate_and_so_a_login),
		WITH_KEYKIT(the_login_of_one_key_is_not_the_others),
		WITH_KEYKIT(a_card_that_is_pulled_ends_the_login_and_not_the_key),
		WITH_KEYKIT(another_card_signs_nothing_for_this_key),
		WITH_KEYKIT(what_the_card_refuses_arrives_as_its_error),
		WITH_KEYKIT(pss_is_asked_once_of_a_card_without_it),
		WITH_KEYKIT(a_key_of_a_type_without_a_command_is_unsupported),
		WITH_KEYKIT(arguments_that_cannot_be_right_are_refused),
		WITH_KEYKIT(a_key_outlives_its_card_and_says_that_it_is_closed),
		WITH_KEYKIT(keys_go_in_any_order),
		WITH_KEYKIT(the_library_context_is_always_the_same),
	};
	int failed = cmocka_run_group_tests_name("pkey_card", tests, NULL,
	    vkit_end);

	return failed + fixture_free(NULL);
}
