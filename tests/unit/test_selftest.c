/* SPDX-License-Identifier: BSD-2-Clause */
/* What OpenSSL is tried on before it is relied upon. */
#include "unit.h"

#include "lib/selftest.c"

static void
an_openssl_that_works_is_taken(void **state)
{
	OSSL_LIB_CTX *crypto = OSSL_LIB_CTX_new();

	(void)state;
	assert_non_null(crypto);
	expect_true("works", selftest(crypto));
	OSSL_LIB_CTX_free(crypto);
}

/* OpenSSL, ossl_rsa_check_key_size(): 1024 to verify, 2048 for all else. */
static void
its_key_is_one_that_fips_mode_has(void **state)
{
	OSSL_LIB_CTX *crypto = OSSL_LIB_CTX_new();
	struct jpki_cert *c = NULL;

	(void)state;
	assert_non_null(crypto);
	expect_err("parse", x509_parse(crypto, slice_of(known, sizeof(known)),
	    &c), JPKI_OK);
	assert_true(c->key_bits >= 2048);
	jpki_cert_free(&c);
	OSSL_LIB_CTX_free(crypto);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_openssl_that_works_is_taken),
		cmocka_unit_test(its_key_is_one_that_fips_mode_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
