/* SPDX-License-Identifier: BSD-2-Clause */
/* Hashes against FIPS 180-4's examples, DigestInfo against RFC 8017. */
#include "digest.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/provider.h>
#include <openssl/x509.h>

#include "fixture.h"
#include "unit.h"

static const struct {
	enum jpki_hash	 hash;
	int		 nid;
	const char	*name;
	size_t		 size;
	const char	*prefix;	/* RFC 8017, 9.2, note 1 */
	const char	*of_abc;	/* FIPS 180-4, examples */
} known[] = {
	{ JPKI_HASH_SHA1, NID_sha1, "sha1", 20,
	    "30 21 30 09 06 05 2b 0e 03 02 1a 05 00 04 14",
	    "A9993E36 4706816A BA3E2571 7850C26C 9CD0D89D" },
	{ JPKI_HASH_SHA256, NID_sha256, "sha256", 32,
	    "30 31 30 0d 06 09 60 86 48 01 65 03 04 02 01 05 00 04 20",
	    "BA7816BF 8F01CFEA 414140DE 5DAE2223 B00361A3 96177A9C B410FF61 F20015AD" },
	{ JPKI_HASH_SHA384, NID_sha384, "sha384", 48,
	    "30 41 30 0d 06 09 60 86 48 01 65 03 04 02 02 05 00 04 30",
	    "CB00753F45A35E8B B5A03D699AC65007 272C32AB0EDED163 1A8B605A43FF5BED"
	    "8086072BA1E7CC23 58BAECA134C825A7" },
	{ JPKI_HASH_SHA512, NID_sha512, "sha512", 64,
	    "30 51 30 0d 06 09 60 86 48 01 65 03 04 02 03 05 00 04 40",
	    "DDAF35A193617ABA CC417349AE204131 12E6FA4E89A97EA2 0A9EEEE64B55D39A"
	    "2192992A274FC1A8 36BA3C23A3FEEBBD 454D4423643CE80E 2A9AC94FA54CA49F" },
};

static void
hashes_have_name_and_size(void **state)
{
	(void)state;
	assert_int_equal(COUNT(known) + 1, JPKI_HASH_COUNT);
	for (size_t i = 0; i < COUNT(known); i++) {
		expect_text("name", jpki_hash_name(known[i].hash),
		    known[i].name);
		expect_int("size", (long long)jpki_hash_size(known[i].hash),
		    (long long)known[i].size);
	}
	assert_string_equal(jpki_hash_name(JPKI_HASH_NONE), "none");
	assert_int_equal(jpki_hash_size(JPKI_HASH_NONE), 0);
}

static void
a_hash_out_of_range_has_no_name(void **state)
{
	static const int values[] = { JPKI_HASH_COUNT, -1, 1000 };

	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		assert_null(jpki_hash_name((enum jpki_hash)values[i]));
		assert_int_equal(jpki_hash_size((enum jpki_hash)values[i]), 0);
	}
}

static void
digests_are_those_of_the_standard(void **state)
{
	uint8_t md[JPKI_DIGEST_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(known); i++) {
		struct wbuf w = wbuf_of(md, sizeof(md));

		expect_err(known[i].name, digest_of(fixture_crypto(),
		    known[i].hash, text_slice("abc"), &w), JPKI_OK);
		expect_hex(known[i].name, wbuf_slice(&w), known[i].of_abc);
	}
}

static void
digest_of_nothing(void **state)
{
	uint8_t md[JPKI_DIGEST_MAX];
	struct wbuf w = wbuf_of(md, sizeof(md));

	(void)state;
	assert_int_equal(digest_of(fixture_crypto(), JPKI_HASH_SHA256,
	    slice_of(NULL, 0), &w), JPKI_OK);
	expect_hex("SHA-256", wbuf_slice(&w), "E3B0C44298FC1C149AFBF4C8996FB924"
	    "27AE41E4649B934CA495991B7852B855");
}

static void
a_stream_comes_in_pieces(void **state)
{
	struct jpki_digest *digest = NULL;
	uint8_t md[JPKI_DIGEST_MAX];
	char piece[1000];
	size_t n = 0;

	(void)state;
	memset(piece, 'a', sizeof(piece));
	assert_int_equal(digest_new(fixture_crypto(), JPKI_HASH_SHA256,
	    &digest), JPKI_OK);
	assert_int_equal(jpki_digest_update(digest, NULL, 0), JPKI_OK);
	/* A million times "a", in pieces of 1, 999, 1000, 1000, ... */
	assert_int_equal(jpki_digest_update(digest, piece, 1), JPKI_OK);
	assert_int_equal(jpki_digest_update(digest, piece, 999), JPKI_OK);
	for (int i = 1; i < 1000; i++)
		assert_int_equal(jpki_digest_update(digest, piece,
		    sizeof(piece)), JPKI_OK);
	assert_int_equal(jpki_digest_final(digest, md, &n), JPKI_OK);
	expect_hex("SHA-256", slice_of(md, n), "CDC76E5C 9914FB92 81A1C7E2 "
	    "84D73E67 F1809A48 A497200E 046D39CC C7112CD0");
	jpki_digest_free(&digest);
	assert_null(digest);
}

static void
nothing_follows_the_end_of_a_stream(void **state)
{
	struct jpki_digest *digest = NULL;
	uint8_t md[JPKI_DIGEST_MAX];
	size_t n = 99;

	(void)state;
	assert_int_equal(digest_new(fixture_crypto(), JPKI_HASH_SHA1,
	    &digest), JPKI_OK);
	assert_int_equal(jpki_digest_final(digest, md, &n), JPKI_OK);
	assert_int_equal(n, 20);
	memset(md, 0x55, sizeof(md));
	n = 99;
	assert_int_equal(jpki_digest_update(digest, "abc", 3), JPKI_ERR_ARG);
	assert_int_equal(jpki_digest_final(digest, md, &n), JPKI_ERR_ARG);
	assert_int_equal(n, 99);
	assert_int_equal(md[0], 0x55);
	jpki_digest_free(&digest);
}

static void
bad_arguments_are_refused(void **state)
{
	struct jpki_digest *digest = NULL;
	uint8_t md[JPKI_DIGEST_MAX];
	struct wbuf w = wbuf_of(md, sizeof(md));
	size_t n;

	(void)state;
	assert_int_equal(jpki_digest_update(NULL, "abc", 3), JPKI_ERR_ARG);
	assert_int_equal(jpki_digest_final(NULL, md, &n), JPKI_ERR_ARG);
	assert_int_equal(digest_new(fixture_crypto(), JPKI_HASH_NONE,
	    &digest), JPKI_ERR_ARG);
	assert_int_equal(digest_new(fixture_crypto(), JPKI_HASH_COUNT,
	    &digest), JPKI_ERR_ARG);
	assert_int_equal(digest_new(fixture_crypto(), (enum jpki_hash)-1,
	    &digest), JPKI_ERR_ARG);
	assert_null(digest);
	assert_int_equal(digest_of(fixture_crypto(), JPKI_HASH_NONE,
	    text_slice("abc"), &w), JPKI_ERR_ARG);
	assert_int_equal(w.n, 0);
	assert_int_equal(digest_new(fixture_crypto(), JPKI_HASH_SHA1,
	    &digest), JPKI_OK);
	assert_int_equal(jpki_digest_update(digest, NULL, 3), JPKI_ERR_ARG);
	assert_int_equal(jpki_digest_final(digest, NULL, &n), JPKI_ERR_ARG);
	assert_int_equal(jpki_digest_final(digest, md, NULL), JPKI_ERR_ARG);
	/* A refusal is not an end. */
	assert_int_equal(jpki_digest_final(digest, md, &n), JPKI_OK);
	jpki_digest_free(&digest);
}

static void
free_takes_nothing(void **state)
{
	struct jpki_digest *none = NULL;

	(void)state;
	jpki_digest_free(NULL);
	jpki_digest_free(&none);
}

static void
a_digest_that_does_not_fit_is_refused(void **state)
{
	uint8_t md[31];
	struct wbuf w = wbuf_of(md, sizeof(md));

	(void)state;
	assert_int_equal(digest_of(fixture_crypto(), JPKI_HASH_SHA256,
	    text_slice("abc"), &w), JPKI_ERR_BUFFER);
	assert_int_equal(w.n, 0);
}

/* As of an OpenSSL whose policy forbids the hash. */
static void
a_hash_that_openssl_lacks_is_an_internal_error(void **state)
{
	OSSL_LIB_CTX *bare = OSSL_LIB_CTX_new();
	OSSL_PROVIDER *null = OSSL_PROVIDER_load(bare, "null");
	struct jpki_digest *digest = NULL;
	uint8_t md[JPKI_DIGEST_MAX];
	struct wbuf w = wbuf_of(md, sizeof(md));

	(void)state;
	assert_non_null(null);
	assert_int_equal(digest_new(bare, JPKI_HASH_SHA256, &digest),
	    JPKI_ERR_INTERNAL);
	assert_null(digest);
	assert_int_equal(digest_of(bare, JPKI_HASH_SHA256, text_slice("abc"),
	    &w), JPKI_ERR_INTERNAL);
	assert_int_equal(w.n, 0);
	assert_int_equal(ERR_peek_error(), 0);
	OSSL_PROVIDER_unload(null);
	OSSL_LIB_CTX_free(bare);
}

static void
digest_info_is_that_of_rfc_8017(void **state)
{
	uint8_t digest[JPKI_DIGEST_MAX], info[DIGEST_INFO_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(digest); i++)
		digest[i] = (uint8_t)(0xA0 + i);
	for (size_t i = 0; i < COUNT(known); i++) {
		struct wbuf w = wbuf_of(info, sizeof(info));
		struct octets prefix = unhex(known[i].prefix);

		expect_err(known[i].name, digest_info(known[i].hash,
		    slice_of(digest, known[i].size), &w), JPKI_OK);
		expect_int(known[i].name, (long long)w.n,
		    (long long)(prefix.n + known[i].size));
		expect_bytes(known[i].name, slice_of(info, prefix.n),
		    octets_slice(&prefix));
		expect_bytes(known[i].name,
		    slice_of(info + prefix.n, known[i].size),
		    slice_of(digest, known[i].size));
	}
}

/* DigestInfo is the same ASN.1 as X509_SIG. */
static void
digest_info_is_what_openssl_encodes(void **state)
{
	static const uint8_t digest[JPKI_DIGEST_MAX] = { 1, 2, 3 };
	uint8_t info[DIGEST_INFO_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(known); i++) {
		struct wbuf w = wbuf_of(info, sizeof(info));
		X509_SIG *sig = X509_SIG_new();
		X509_ALGOR *algorithm;
		ASN1_OCTET_STRING *octets;
		unsigned char *der = NULL;
		int n;

		assert_int_equal(digest_info(known[i].hash,
		    slice_of(digest, known[i].size), &w), JPKI_OK);
		X509_SIG_getm(sig, &algorithm, &octets);
		assert_int_equal(X509_ALGOR_set0(algorithm,
		    OBJ_nid2obj(known[i].nid), V_ASN1_NULL, NULL), 1);
		assert_int_equal(ASN1_OCTET_STRING_set(octets, digest,
		    (int)known[i].size), 1);
		n = i2d_X509_SIG(sig, &der);
		assert_true(n > 0);
		expect_bytes(known[i].name, wbuf_slice(&w),
		    slice_of(der, (size_t)n));
		OPENSSL_free(der);
		X509_SIG_free(sig);
	}
}

static void
digest_info_of_another_length_is_refused(void **state)
{
	static const uint8_t digest[JPKI_DIGEST_MAX + 1];
	uint8_t info[2 * DIGEST_INFO_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(known); i++)
		for (size_t n = 0; n <= sizeof(digest); n++) {
			struct wbuf w = wbuf_of(info, sizeof(info));

			expect_err(known[i].name, digest_info(known[i].hash,
			    slice_of(digest, n), &w),
			    n == known[i].size ? JPKI_OK : JPKI_ERR_ARG);
			assert_true(n == known[i].size || w.n == 0);
		}
}

static void
without_a_hash_data_passes_as_it_is(void **state)
{
	uint8_t data[245], out[245];
	struct wbuf w = wbuf_of(out, sizeof(out));

	(void)state;
	memset(data, 0x42, sizeof(data));
	assert_int_equal(digest_info(JPKI_HASH_NONE,
	    slice_of(data, sizeof(data)), &w), JPKI_OK);
	expect_bytes("data", wbuf_slice(&w), slice_of(data, sizeof(data)));
	w = wbuf_of(out, sizeof(out));
	assert_int_equal(digest_info(JPKI_HASH_NONE, slice_of(data, 0), &w),
	    JPKI_ERR_ARG);
}

static void
digest_info_checks_its_arguments(void **state)
{
	static const uint8_t digest[32];
	uint8_t info[50];
	struct wbuf w = wbuf_of(info, sizeof(info));

	(void)state;
	assert_int_equal(digest_info(JPKI_HASH_COUNT, slice_of(digest, 32),
	    &w), JPKI_ERR_ARG);
	assert_int_equal(digest_info((enum jpki_hash)-1, slice_of(digest, 32),
	    &w), JPKI_ERR_ARG);
	/* One byte short of 19 + 32. */
	assert_int_equal(digest_info(JPKI_HASH_SHA256, slice_of(digest, 32),
	    &w), JPKI_ERR_BUFFER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_have_name_and_size),
		cmocka_unit_test(a_hash_out_of_range_has_no_name),
		cmocka_unit_test(digests_are_those_of_the_standard),
		cmocka_unit_test(digest_of_nothing),
		cmocka_unit_test(a_stream_comes_in_pieces),
		cmocka_unit_test(nothing_follows_the_end_of_a_stream),
		cmocka_unit_test(bad_arguments_are_refused),
		cmocka_unit_test(free_takes_nothing),
		cmocka_unit_test(a_digest_that_does_not_fit_is_refused),
		cmocka_unit_test(a_hash_that_openssl_lacks_is_an_internal_error),
		cmocka_unit_test(digest_info_is_that_of_rfc_8017),
		cmocka_unit_test(digest_info_is_what_openssl_encodes),
		cmocka_unit_test(digest_info_of_another_length_is_refused),
		cmocka_unit_test(without_a_hash_data_passes_as_it_is),
		cmocka_unit_test(digest_info_checks_its_arguments),
	};

	return cmocka_run_group_tests_name("digest", tests, NULL,
	    fixture_free);
}
