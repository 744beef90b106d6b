/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * No memory while a key of the card is made or signs: every allocation of
 * OpenSSL's fails once.  The caller is told, nothing leaks, no signature is
 * asked of the card twice, and the next attempt succeeds.
 */
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "keykit.h"

#define INS_SIGN	0x2A

static unsigned long calls;	/* allocations since the last fail_at() */
static unsigned long failing;	/* which of them fails; 0: none */

static void
fail_at(unsigned long which)
{
	calls = 0;
	failing = which;
}

static void *
crypto_alloc(size_t n, const char *file, int line)
{
	(void)file, (void)line;
	return ++calls == failing ? NULL : malloc(n);
}

static void *
crypto_grow(void *p, size_t n, const char *file, int line)
{
	(void)file, (void)line;
	return ++calls == failing ? NULL : realloc(p, n);
}

static void
crypto_free(void *p, const char *file, int line)
{
	(void)file, (void)line;
	free(p);
}

static int
sign(const struct keykit *kit)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	unsigned char sig[256];
	size_t n = sizeof(sig);
	int done;

	done = md != NULL && EVP_DigestSignInit_ex(md, NULL, "SHA256",
	    kit->crypto, NULL, kit->key, NULL) == 1 &&
	    EVP_DigestSign(md, sig, &n, (const unsigned char *)"text", 4) == 1;
	EVP_MD_CTX_free(md);
	return done;
}

/* It fails for want of memory, or does without, and then succeeds. */
static void
a_key_is_made_or_there_is_no_memory(void **state)
{
	struct keykit *kit = *state;
	EVP_PKEY *key = NULL;
	enum jpki_err err;

	keykit_key(kit, JPKI_KEY_AUTH);
	for (unsigned long i = 1; i == 1 || i <= calls; i += stride()) {
		fail_at(i);
		err = jpki_pkey(kit->card, JPKI_KEY_AUTH, &key);
		failing = 0;
		if (err != JPKI_OK) {
			expect_err("no memory", err, JPKI_ERR_MEMORY);
			assert_null(key);
			expect_err("again", jpki_pkey(kit->card,
			    JPKI_KEY_AUTH, &key), JPKI_OK);
		}
		EVP_PKEY_free(key);
		key = NULL;
		assert_int_equal(ERR_peek_error(), 0);
	}
}

static void
a_signature_is_made_or_there_is_no_memory(void **state)
{
	struct keykit *kit = *state;
	struct vcard_pin_use use;

	keykit_key(kit, JPKI_KEY_AUTH);
	assert_int_equal(sign(kit), 1);
	for (unsigned long i = 1; i == 1 || i <= calls; i += stride()) {
		vlink_counters_clear(kit->link);
		fail_at(i);
		if (sign(kit) != 1) {
			failing = 0;
			ERR_clear_error();
			assert_int_equal(sign(kit), 1);
		}
		failing = 0;
		assert_true(vlink_counters(kit->link, INS_SIGN).commands <= 2);
		ERR_clear_error();
	}
	assert_int_equal(vlink_pin_use(kit->link, "auth", &use), 0);
	expect_int("VERIFY", (long long)use.verify, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_KEYKIT(a_key_is_made_or_there_is_no_memory),
		WITH_KEYKIT(a_signature_is_made_or_there_is_no_memory),
	};

	/* Before it has allocated anything. */
	if (CRYPTO_set_mem_functions(crypto_alloc, crypto_grow,
	    crypto_free) != 1)
		return 1;
	return cmocka_run_group_tests_name("pkey_nomem", tests, NULL,
	    vkit_end);
}
