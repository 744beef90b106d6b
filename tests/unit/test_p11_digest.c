/* SPDX-License-Identifier: BSD-2-Clause */
/* Digests in software, and their states. */
#include "p11kit.h"

#include <string.h>

#include <openssl/evp.h>

static CK_SESSION_HANDLE s;
static CK_BYTE data[300], out[80];

static int
setup(void **state)
{
	kit_setup(state);
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open(AUTH);
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (CK_BYTE)i;
	memset(out, 0xA5, sizeof(out));
	return 0;
}

static CK_RV
init(CK_MECHANISM_TYPE type)
{
	CK_MECHANISM m = { type, NULL, 0 };

	return p11->C_DigestInit(s, &m);
}

static const struct {
	CK_MECHANISM_TYPE	 type;
	const char		*name;
	CK_ULONG		 bytes;
} rows[] = {
	{ CKM_SHA_1, "SHA1", 20 },
	{ CKM_SHA256, "SHA256", 32 },
	{ CKM_SHA384, "SHA384", 48 },
	{ CKM_SHA512, "SHA512", 64 },
};

static void
expect_digest(const char *name, CK_ULONG n, CK_ULONG got)
{
	uint8_t wanted[EVP_MAX_MD_SIZE];
	size_t wanted_n;

	assert_int_equal(EVP_Q_digest(NULL, name, NULL, data, n, wanted,
	    &wanted_n), 1);
	expect_bytes(name, slice_of(out, got), slice_of(wanted, wanted_n));
}

static void
each_digest_is_openssls(void **state)
{
	static const CK_ULONG lengths[] = { 0, 1, 63, 64, 65, 300 };
	CK_ULONG n;

	(void)state;
	kit_counters_clear();
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t j = 0; j < COUNT(lengths); j++) {
			expect_rv("init", init(rows[i].type), CKR_OK);
			n = sizeof(out);
			expect_rv("digest", p11->C_Digest(s, data,
			    lengths[j], out, &n), CKR_OK);
			expect_digest(rows[i].name, lengths[j], n);
			expect_rv("init", init(rows[i].type), CKR_OK);
			for (CK_ULONG at = 0; at < lengths[j]; at++)
				expect_rv("part", p11->C_DigestUpdate(s,
				    data + at, 1), CKR_OK);
			expect_rv("none", p11->C_DigestUpdate(s, NULL, 0),
			    CKR_OK);
			n = sizeof(out);
			expect_rv("final", p11->C_DigestFinal(s, out, &n),
			    CKR_OK);
			expect_digest(rows[i].name, lengths[j], n);
		}
	assert_int_equal(kit_commands(), 0);
}

static void
a_question_or_a_small_buffer_keeps_it(void **state)
{
	CK_ULONG n;

	(void)state;
	for (int parts = 0; parts < 2; parts++) {
		expect_rv("init", init(CKM_SHA256), CKR_OK);
		if (parts)
			expect_rv("update", p11->C_DigestUpdate(s, data, 9),
			    CKR_OK);
		for (CK_ULONG room = 0; room < 32; room++) {
			n = room;
			expect_rv("small", parts ?
			    p11->C_DigestFinal(s, out, &n) :
			    p11->C_Digest(s, data, 9, out, &n),
			    CKR_BUFFER_TOO_SMALL);
			assert_int_equal(n, 32);
			expect_rv("question", parts ?
			    p11->C_DigestFinal(s, NULL, &n) :
			    p11->C_Digest(s, data, 9, NULL, &n), CKR_OK);
		}
		n = 32;
		expect_rv("digest", parts ? p11->C_DigestFinal(s, out, &n) :
		    p11->C_Digest(s, data, 9, out, &n), CKR_OK);
		expect_digest("SHA256", 9, n);
		assert_int_equal(out[32], 0xA5);
		expect_rv("ended", p11->C_DigestUpdate(s, data, 1),
		    CKR_OPERATION_NOT_INITIALIZED);
	}
}

static void
states_of_a_digest(void **state)
{
	CK_ULONG n = sizeof(out);

	(void)state;
	expect_rv("none", p11->C_Digest(s, data, 1, out, &n),
	    CKR_OPERATION_NOT_INITIALIZED);
	expect_rv("none", p11->C_DigestUpdate(s, data, 1),
	    CKR_OPERATION_NOT_INITIALIZED);
	expect_rv("none", p11->C_DigestFinal(s, out, &n),
	    CKR_OPERATION_NOT_INITIALIZED);
	expect_rv("init", init(CKM_SHA_1), CKR_OK);
	expect_rv("again", init(CKM_SHA256), CKR_OPERATION_ACTIVE);
	expect_rv("update", p11->C_DigestUpdate(s, data, 1), CKR_OK);
	expect_rv("one-shot", p11->C_Digest(s, data, 1, out, &n),
	    CKR_OPERATION_ACTIVE);
	expect_rv("ended", p11->C_DigestFinal(s, out, &n),
	    CKR_OPERATION_NOT_INITIALIZED);
}

static void
a_null_ends_it(void **state)
{
	CK_ULONG n = sizeof(out);

	(void)state;
	for (int i = 0; i < 5; i++) {
		CK_RV rv;

		expect_rv("init", init(CKM_SHA256), CKR_OK);
		rv = i == 0 ? p11->C_Digest(s, NULL, 1, out, &n) :
		    i == 1 ? p11->C_Digest(s, data, 1, out, NULL) :
		    i == 2 ? p11->C_DigestUpdate(s, NULL, 1) :
		    i == 3 ? p11->C_DigestUpdate(s, data, ~0UL) :
		    p11->C_DigestFinal(s, out, NULL);
		expect_rv("NULL", rv, CKR_ARGUMENTS_BAD);
		expect_rv("ended", p11->C_DigestFinal(s, out, &n),
		    CKR_OPERATION_NOT_INITIALIZED);
	}
}

static void
what_is_no_digest_is_refused(void **state)
{
	static const CK_MECHANISM_TYPE types[] = { CKM_MD5, CKM_SHA224,
	    CKM_RSA_PKCS, CKM_SHA256_RSA_PKCS, CKM_RIPEMD160, ~0UL };
	CK_MECHANISM m = { CKM_SHA256, data, 1 };

	(void)state;
	for (size_t i = 0; i < COUNT(types); i++)
		expect_rv("type", init(types[i]), CKR_MECHANISM_INVALID);
	expect_rv("parameter", p11->C_DigestInit(s, &m),
	    CKR_MECHANISM_PARAM_INVALID);
}

/* Else C_DigestFinal would give the digest of nothing. */
static void
a_digest_in_one_call_is_not_ended_in_parts(void **state)
{
	CK_ULONG n;

	(void)state;
	expect_rv("init", init(CKM_SHA256), CKR_OK);
	expect_rv("length", p11->C_Digest(s, data, 3, NULL, &n), CKR_OK);
	n = sizeof(out);
	expect_rv("final", p11->C_DigestFinal(s, out, &n),
	    CKR_OPERATION_ACTIVE);
	expect_rv("init", init(CKM_SHA256), CKR_OK);
	expect_rv("length", p11->C_Digest(s, data, 3, NULL, &n), CKR_OK);
	expect_rv("update", p11->C_DigestUpdate(s, data, 3),
	    CKR_OPERATION_ACTIVE);
	expect_rv("over", p11->C_DigestUpdate(s, data, 3),
	    CKR_OPERATION_NOT_INITIALIZED);
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(each_digest_is_openssls),
		T(a_question_or_a_small_buffer_keeps_it),
		T(states_of_a_digest),
		T(a_null_ends_it),
		T(what_is_no_digest_is_refused),
		T(a_digest_in_one_call_is_not_ended_in_parts),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
