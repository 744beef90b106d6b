/* SPDX-License-Identifier: BSD-2-Clause */
/* C_Verify and its kin, in software. */
#include "p11kit.h"

#include <string.h>

static CK_SESSION_HANDLE s;
static CK_OBJECT_HANDLE public;
static CK_BYTE data[600], signature[KEY_BYTES];

static const CK_MECHANISM_TYPE types[] = {
	CKM_RSA_PKCS, CKM_SHA1_RSA_PKCS, CKM_SHA256_RSA_PKCS,
	CKM_SHA384_RSA_PKCS, CKM_SHA512_RSA_PKCS,
};

static int
setup(void **state)
{
	kit_setup(state);
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open_user(AUTH);
	public = kit_find(s, CKO_PUBLIC_KEY);
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (CK_BYTE)(i + 1);
	return 0;
}

static void
sign(CK_MECHANISM_TYPE type, CK_ULONG n)
{
	CK_ULONG room = KEY_BYTES;

	expect_rv("init", kit_sign_init(s, type), CKR_OK);
	expect_rv("sign", p11->C_Sign(s, data, n, signature, &room), CKR_OK);
}

static CK_RV
init(CK_MECHANISM_TYPE type)
{
	CK_MECHANISM m = { type, NULL, 0 };

	return p11->C_VerifyInit(s, &m, public);
}

static CK_RV
verify(CK_MECHANISM_TYPE type, CK_ULONG n, CK_ULONG signature_n)
{
	CK_RV rv = init(type);

	if (rv == CKR_OK)
		rv = p11->C_Verify(s, data, n, signature, signature_n);
	expect_rv("ended", p11->C_VerifyUpdate(s, data, 1),
	    CKR_OPERATION_NOT_INITIALIZED);
	return rv;
}

static void
each_signature_holds_and_only_itself(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		sign(types[i], 100);
		kit_counters_clear();
		expect_rv("right", verify(types[i], 100, KEY_BYTES), CKR_OK);
		data[50] ^= 1;
		expect_rv("data", verify(types[i], 100, KEY_BYTES),
		    CKR_SIGNATURE_INVALID);
		data[50] ^= 1;
		signature[77] ^= 1;
		expect_rv("signature", verify(types[i], 100, KEY_BYTES),
		    CKR_SIGNATURE_INVALID);
		signature[77] ^= 1;
		expect_rv("shorter data", verify(types[i], 99, KEY_BYTES),
		    CKR_SIGNATURE_INVALID);
		for (size_t j = 0; j < COUNT(types); j++)
			expect_rv("mechanism", verify(types[j], 100,
			    KEY_BYTES), i == j ? CKR_OK :
			    CKR_SIGNATURE_INVALID);
		assert_int_equal(kit_commands(), 0);
	}
}

static void
a_signature_has_the_keys_length(void **state)
{
	static const CK_ULONG lengths[] = { 0, 1, 255, 257, 1UL << 31,
	    1UL << 63, ~0UL };

	(void)state;
	sign(CKM_SHA256_RSA_PKCS, 100);
	for (size_t i = 0; i < COUNT(lengths); i++)
		expect_rv("length", verify(CKM_SHA256_RSA_PKCS, 100,
		    lengths[i]), CKR_SIGNATURE_LEN_RANGE);
	memset(signature, 0xFF, KEY_BYTES);
	expect_rv("above the modulus", verify(CKM_SHA256_RSA_PKCS, 100,
	    KEY_BYTES), CKR_SIGNATURE_INVALID);
	memset(signature, 0, KEY_BYTES);
	expect_rv("nothing", verify(CKM_SHA256_RSA_PKCS, 100, KEY_BYTES),
	    CKR_SIGNATURE_INVALID);
}

static void
raw_data_has_bounds(void **state)
{
	(void)state;
	sign(CKM_RSA_PKCS, 245);
	expect_rv("most", verify(CKM_RSA_PKCS, 245, KEY_BYTES), CKR_OK);
	expect_rv("246", verify(CKM_RSA_PKCS, 246, KEY_BYTES),
	    CKR_DATA_LEN_RANGE);
	expect_rv("none", verify(CKM_RSA_PKCS, 0, KEY_BYTES),
	    CKR_DATA_LEN_RANGE);
	expect_rv("300", verify(CKM_RSA_PKCS, 300, KEY_BYTES),
	    CKR_DATA_LEN_RANGE);
	expect_rv("600", verify(CKM_RSA_PKCS, 600, KEY_BYTES),
	    CKR_DATA_LEN_RANGE);
}

static void
in_parts_it_is_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		sign(types[i], 100);
		for (int wrong = 0; wrong < 2; wrong++) {
			expect_rv("init", init(types[i]), CKR_OK);
			for (int at = 0; at < 100; at += 25)
				expect_rv("part", p11->C_VerifyUpdate(s,
				    data + at + wrong, 25), CKR_OK);
			expect_rv("final", p11->C_VerifyFinal(s, signature,
			    KEY_BYTES), wrong ? CKR_SIGNATURE_INVALID :
			    CKR_OK);
			expect_rv("ended", p11->C_VerifyFinal(s, signature,
			    KEY_BYTES), CKR_OPERATION_NOT_INITIALIZED);
		}
	}
}

static void
states_of_a_verification(void **state)
{
	(void)state;
	expect_rv("none", p11->C_Verify(s, data, 1, signature, KEY_BYTES),
	    CKR_OPERATION_NOT_INITIALIZED);
	expect_rv("none", p11->C_VerifyFinal(s, signature, KEY_BYTES),
	    CKR_OPERATION_NOT_INITIALIZED);
	expect_rv("init", init(CKM_SHA256_RSA_PKCS), CKR_OK);
	expect_rv("again", init(CKM_SHA256_RSA_PKCS), CKR_OPERATION_ACTIVE);
	expect_rv("update", p11->C_VerifyUpdate(s, data, 1), CKR_OK);
	expect_rv("one-shot", p11->C_Verify(s, data, 1, signature,
	    KEY_BYTES), CKR_OPERATION_ACTIVE);
	expect_rv("ended", p11->C_VerifyUpdate(s, data, 1),
	    CKR_OPERATION_NOT_INITIALIZED);
	for (int i = 0; i < 4; i++) {
		expect_rv("init", init(CKM_RSA_PKCS), CKR_OK);
		expect_rv("NULL",
		    i == 0 ? p11->C_Verify(s, NULL, 1, signature, 256) :
		    i == 1 ? p11->C_Verify(s, data, 1, NULL, 256) :
		    i == 2 ? p11->C_VerifyUpdate(s, NULL, 1) :
		    p11->C_VerifyFinal(s, NULL, 256), CKR_ARGUMENTS_BAD);
		expect_rv("ended", p11->C_VerifyUpdate(s, data, 1),
		    CKR_OPERATION_NOT_INITIALIZED);
	}
}

static void
keys_that_cannot_verify(void **state)
{
	CK_MECHANISM m = { CKM_SHA256_RSA_PKCS, NULL, 0 };

	(void)state;
	expect_rv("none", p11->C_VerifyInit(s, &m, 0),
	    CKR_KEY_HANDLE_INVALID);
	expect_rv("certificate", p11->C_VerifyInit(s, &m, kit_find(s,
	    CKO_CERTIFICATE)), CKR_KEY_HANDLE_INVALID);
	expect_rv("private key", p11->C_VerifyInit(s, &m, kit_find(s,
	    CKO_PRIVATE_KEY)), CKR_KEY_FUNCTION_NOT_PERMITTED);
	m.mechanism = CKM_SHA256;
	expect_rv("digest", p11->C_VerifyInit(s, &m, public),
	    CKR_MECHANISM_INVALID);
}

/* Whoever has the certificate may check; only signing needs the PIN. */
static void
verification_needs_no_login(void **state)
{
	(void)state;
	sign(CKM_SHA256_RSA_PKCS, 10);
	expect_rv("logout", p11->C_Logout(s), CKR_OK);
	expect_rv("verify", verify(CKM_SHA256_RSA_PKCS, 10, KEY_BYTES),
	    CKR_OK);
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(each_signature_holds_and_only_itself),
		T(a_signature_has_the_keys_length),
		T(raw_data_has_bounds),
		T(in_parts_it_is_the_same),
		T(states_of_a_verification),
		T(keys_that_cannot_verify),
		T(verification_needs_no_login),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
