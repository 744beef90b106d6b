/* SPDX-License-Identifier: BSD-2-Clause */
/* C_Sign and its kin: what they make, checked by OpenSSL, and their states. */
#include "p11kit.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

static CK_SESSION_HANDLE s;
static CK_BYTE data[1024], signature[KEY_BYTES + 16];

static int
setup(void **state)
{
	kit_setup(state);
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open_user(AUTH);
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (CK_BYTE)(i * 7 + 3);
	memset(signature, 0xA5, sizeof(signature));
	return 0;
}

static EVP_PKEY *
public_key(CK_SESSION_HANDLE session)
{
	CK_BYTE der[4096];
	CK_ATTRIBUTE a = { CKA_PUBLIC_KEY_INFO, der, sizeof(der) };
	const unsigned char *p = der;
	EVP_PKEY *key;

	expect_rv("key", p11->C_GetAttributeValue(session, kit_find(session,
	    CKO_PUBLIC_KEY), &a, 1), CKR_OK);
	key = d2i_PUBKEY(NULL, &p, (long)a.ulValueLen);
	assert_non_null(key);
	return key;
}

static const struct {
	CK_MECHANISM_TYPE	 type;
	const char		*hash;
} hashing[] = {
	{ CKM_SHA1_RSA_PKCS, "SHA1" },
	{ CKM_SHA256_RSA_PKCS, "SHA256" },
	{ CKM_SHA384_RSA_PKCS, "SHA384" },
	{ CKM_SHA512_RSA_PKCS, "SHA512" },
};

static void
expect_signed(EVP_PKEY *key, const char *hash, size_t n)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	assert_int_equal(EVP_DigestVerifyInit_ex(ctx, NULL, hash, NULL, NULL,
	    key, NULL), 1);
	if (EVP_DigestVerify(ctx, signature, KEY_BYTES, data, n) != 1)
		fail_msg("%s: OpenSSL rejects the signature", hash);
	EVP_MD_CTX_free(ctx);
}

/* As it is, without a DigestInfo. */
static void
expect_opens(EVP_PKEY *key, struct slice wanted)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	uint8_t opened[KEY_BYTES];
	size_t n = sizeof(opened);

	assert_int_equal(EVP_PKEY_verify_recover_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx,
	    RSA_PKCS1_PADDING), 1);
	assert_int_equal(EVP_PKEY_verify_recover(ctx, opened, &n, signature,
	    KEY_BYTES), 1);
	expect_bytes("opened", slice_of(opened, n), wanted);
	EVP_PKEY_CTX_free(ctx);
}

static CK_RV
sign(CK_ULONG n)
{
	CK_ULONG room = KEY_BYTES;
	CK_RV rv = p11->C_Sign(s, data, n, signature, &room);

	if (rv == CKR_OK)
		assert_int_equal(room, KEY_BYTES);
	return rv;
}

static CK_RV
sign_in_parts(CK_ULONG n, CK_ULONG step)
{
	CK_ULONG room = KEY_BYTES, part;
	CK_RV rv = CKR_OK;

	for (CK_ULONG at = 0; at < n && rv == CKR_OK; at += part) {
		part = n - at < step ? n - at : step;
		rv = p11->C_SignUpdate(s, data + at, part);
	}
	return rv == CKR_OK ? p11->C_SignFinal(s, signature, &room) : rv;
}

static void
each_mechanism_signs_whole_and_in_parts(void **state)
{
	CK_BYTE whole[KEY_BYTES];
	EVP_PKEY *key;

	(void)state;
	for (unsigned slot = AUTH; slot <= SIGN; slot++) {
		if (slot == SIGN)
			s = kit_open_user(SIGN);
		key = public_key(s);
		for (size_t i = 0; i < COUNT(hashing); i++) {
			expect_rv("init", kit_sign_init(s, hashing[i].type),
			    CKR_OK);
			expect_rv("sign", sign(sizeof(data)), CKR_OK);
			expect_signed(key, hashing[i].hash, sizeof(data));
			memcpy(whole, signature, KEY_BYTES);
			expect_rv("init", kit_sign_init(s, hashing[i].type),
			    CKR_OK);
			expect_rv("parts", sign_in_parts(sizeof(data), 100),
			    CKR_OK);
			assert_memory_equal(whole, signature, KEY_BYTES);
		}
		EVP_PKEY_free(key);
	}
}

static void
raw_data_of_any_length_that_fits(void **state)
{
	static const CK_ULONG lengths[] = { 1, 20, 51, 128, 244, 245 };
	EVP_PKEY *key = public_key(s);

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		expect_rv("init", kit_sign_init(s, CKM_RSA_PKCS), CKR_OK);
		expect_rv("sign", sign(lengths[i]), CKR_OK);
		expect_opens(key, slice_of(data, lengths[i]));
		expect_rv("init", kit_sign_init(s, CKM_RSA_PKCS), CKR_OK);
		expect_rv("parts", sign_in_parts(lengths[i], 50), CKR_OK);
		expect_opens(key, slice_of(data, lengths[i]));
	}
	EVP_PKEY_free(key);
}

static void
raw_data_that_does_not_fit_ends_it(void **state)
{
	static const CK_ULONG lengths[] = { 0, 246, 247, 256, 512, 513,
	    1024 };

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		expect_rv("init", kit_sign_init(s, CKM_RSA_PKCS), CKR_OK);
		kit_counters_clear();
		expect_rv("sign", sign(lengths[i]), CKR_DATA_LEN_RANGE);
		assert_int_equal(kit_commands(), 0);
		expect_rv("ended", sign(1), CKR_OPERATION_NOT_INITIALIZED);
		expect_rv("init", kit_sign_init(s, CKM_RSA_PKCS), CKR_OK);
		expect_rv("parts", sign_in_parts(lengths[i], 100),
		    CKR_DATA_LEN_RANGE);
		expect_rv("ended", sign(1), CKR_OPERATION_NOT_INITIALIZED);
	}
}

static void
lengths_that_no_data_has(void **state)
{
	static const CK_ULONG lengths[] = { 1UL << 63, ~0UL };

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++)
		for (int raw = 0; raw < 2; raw++) {
			CK_MECHANISM_TYPE type = raw ? CKM_RSA_PKCS :
			    CKM_SHA256_RSA_PKCS;

			expect_rv("init", kit_sign_init(s, type), CKR_OK);
			expect_rv("sign", sign(lengths[i]),
			    CKR_ARGUMENTS_BAD);
			expect_rv("init", kit_sign_init(s, type), CKR_OK);
			expect_rv("update", p11->C_SignUpdate(s, data,
			    lengths[i]), CKR_ARGUMENTS_BAD);
			expect_rv("ended", sign(1),
			    CKR_OPERATION_NOT_INITIALIZED);
		}
	expect_rv("init", kit_sign_init(s, CKM_RSA_PKCS), CKR_OK);
	expect_rv("2^31", p11->C_SignUpdate(s, data, 1UL << 31),
	    CKR_DATA_LEN_RANGE);
}

static void
hashed_data_may_be_empty(void **state)
{
	EVP_PKEY *key = public_key(s);
	CK_ULONG n = KEY_BYTES;

	(void)state;
	expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	expect_rv("sign", p11->C_Sign(s, NULL, 0, signature, &n), CKR_OK);
	expect_signed(key, "SHA256", 0);
	expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	expect_rv("update", p11->C_SignUpdate(s, NULL, 0), CKR_OK);
	expect_rv("final", p11->C_SignFinal(s, signature, &n), CKR_OK);
	expect_signed(key, "SHA256", 0);
	expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	expect_rv("final", p11->C_SignFinal(s, signature, &n), CKR_OK);
	expect_signed(key, "SHA256", 0);
	EVP_PKEY_free(key);
}

/* The two-call protocol, at both ends. */
static void
a_question_or_a_small_buffer_keeps_it(void **state)
{
	EVP_PKEY *key = public_key(s);
	CK_ULONG n;

	(void)state;
	for (int parts = 0; parts < 2; parts++) {
		expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS),
		    CKR_OK);
		if (parts)
			expect_rv("update", p11->C_SignUpdate(s, data, 100),
			    CKR_OK);
		kit_counters_clear();
		for (CK_ULONG room = 0; room < KEY_BYTES; room += 51) {
			n = room;
			expect_rv("small", parts ?
			    p11->C_SignFinal(s, signature, &n) :
			    p11->C_Sign(s, data, 100, signature, &n),
			    CKR_BUFFER_TOO_SMALL);
			assert_int_equal(n, KEY_BYTES);
			n = room;
			expect_rv("question", parts ?
			    p11->C_SignFinal(s, NULL, &n) :
			    p11->C_Sign(s, data, 100, NULL, &n), CKR_OK);
			assert_int_equal(n, KEY_BYTES);
		}
		assert_int_equal(kit_commands(), 0);
		n = sizeof(signature);
		expect_rv("sign", parts ? p11->C_SignFinal(s, signature, &n) :
		    p11->C_Sign(s, data, 100, signature, &n), CKR_OK);
		assert_int_equal(n, KEY_BYTES);
		assert_int_equal(signature[KEY_BYTES], 0xA5);
		expect_signed(key, "SHA256", 100);
		expect_rv("ended", sign(1), CKR_OPERATION_NOT_INITIALIZED);
	}
	EVP_PKEY_free(key);
}

static void
states_of_a_signature(void **state)
{
	CK_ULONG n = KEY_BYTES;

	(void)state;
	expect_rv("none", sign(1), CKR_OPERATION_NOT_INITIALIZED);
	expect_rv("none", p11->C_SignUpdate(s, data, 1),
	    CKR_OPERATION_NOT_INITIALIZED);
	expect_rv("none", p11->C_SignFinal(s, signature, &n),
	    CKR_OPERATION_NOT_INITIALIZED);
	expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	expect_rv("again", kit_sign_init(s, CKM_SHA256_RSA_PKCS),
	    CKR_OPERATION_ACTIVE);
	/* One-shot after a part: an error, and the end. */
	expect_rv("update", p11->C_SignUpdate(s, data, 1), CKR_OK);
	expect_rv("one-shot", sign(1), CKR_OPERATION_ACTIVE);
	expect_rv("ended", p11->C_SignFinal(s, signature, &n),
	    CKR_OPERATION_NOT_INITIALIZED);
	/* Of no other kind of operation. */
	expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	expect_rv("verify", p11->C_VerifyUpdate(s, data, 1),
	    CKR_OPERATION_NOT_INITIALIZED);
	expect_rv("digest", p11->C_DigestUpdate(s, data, 1),
	    CKR_OPERATION_NOT_INITIALIZED);
	expect_rv("sign", sign(1), CKR_OK);
}

static void
a_null_ends_it(void **state)
{
	CK_ULONG n = KEY_BYTES;

	(void)state;
	for (int i = 0; i < 5; i++) {
		CK_RV rv;

		expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS),
		    CKR_OK);
		switch (i) {
		case 0:
			rv = p11->C_Sign(s, NULL, 1, signature, &n);
			break;
		case 1:
			rv = p11->C_Sign(s, data, 1, signature, NULL);
			break;
		case 2:
			rv = p11->C_Sign(s, data, 1, NULL, NULL);
			break;
		case 3:
			rv = p11->C_SignUpdate(s, NULL, 1);
			break;
		default:
			rv = p11->C_SignFinal(s, signature, NULL);
			break;
		}
		expect_rv("NULL", rv, CKR_ARGUMENTS_BAD);
		expect_rv("ended", sign(1), CKR_OPERATION_NOT_INITIALIZED);
	}
}

static void
keys_that_cannot_sign(void **state)
{
	CK_MECHANISM m = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_OBJECT_HANDLE key;

	(void)state;
	key = kit_find(s, CKO_PRIVATE_KEY);
	expect_rv("none", p11->C_SignInit(s, &m, 0), CKR_KEY_HANDLE_INVALID);
	expect_rv("made up", p11->C_SignInit(s, &m, 4711),
	    CKR_KEY_HANDLE_INVALID);
	expect_rv("certificate", p11->C_SignInit(s, &m, kit_find(s,
	    CKO_CERTIFICATE)), CKR_KEY_HANDLE_INVALID);
	expect_rv("public key", p11->C_SignInit(s, &m, kit_find(s,
	    CKO_PUBLIC_KEY)), CKR_KEY_FUNCTION_NOT_PERMITTED);
	expect_rv("logout", p11->C_Logout(s), CKR_OK);
	expect_rv("logged out", p11->C_SignInit(s, &m, key),
	    CKR_KEY_HANDLE_INVALID);
}

static const struct {
	CK_MECHANISM_TYPE	 type;
	CK_ULONG		 parameter_n;
	CK_RV			 rv;
} mechanisms[] = {
	{ CKM_RSA_PKCS, 0, CKR_OK },
	{ CKM_RSA_PKCS, 1, CKR_MECHANISM_PARAM_INVALID },
	{ CKM_SHA256_RSA_PKCS, 24, CKR_MECHANISM_PARAM_INVALID },
	{ CKM_SHA256_RSA_PKCS, ~0UL, CKR_MECHANISM_PARAM_INVALID },
	{ CKM_SHA256, 0, CKR_MECHANISM_INVALID },
	{ CKM_SHA224_RSA_PKCS, 0, CKR_MECHANISM_INVALID },
	{ CKM_MD5_RSA_PKCS, 0, CKR_MECHANISM_INVALID },
	{ CKM_RSA_X_509, 0, CKR_MECHANISM_INVALID },
	{ CKM_ECDSA, 0, CKR_MECHANISM_INVALID },
	{ CKM_VENDOR_DEFINED, 0, CKR_MECHANISM_INVALID },
	{ ~0UL, 0, CKR_MECHANISM_INVALID },
};

static void
mechanisms_are_checked_at_init(void **state)
{
	CK_OBJECT_HANDLE key = kit_find(s, CKO_PRIVATE_KEY);
	CK_MECHANISM m;

	(void)state;
	for (size_t i = 0; i < COUNT(mechanisms); i++) {
		m = (CK_MECHANISM){ mechanisms[i].type, data,
		    mechanisms[i].parameter_n };
		expect_rv("init", p11->C_SignInit(s, &m, key),
		    mechanisms[i].rv);
		if (mechanisms[i].rv == CKR_OK)
			expect_rv("sign", sign(1), CKR_OK);
		expect_rv("none", sign(1), CKR_OPERATION_NOT_INITIALIZED);
	}
}

/* The card's answer is hostile input: nothing but a signature gets out. */
static void
what_is_no_signature_is_not_handed_out(void **state)
{
	static const char *const faults[] = { "sw=9000@ins=2A",
	    "short@ins=2A", "short=256@ins=2A",
	    "garbage@ins=2A", "lie-length=-1@ins=2A", "sw=6F00@ins=2A", "sw=6A80@ins=2A",
	    "sw=6D00@ins=2A", "sw=6100@ins=2A", "sw=6C00@ins=2A" };
	static const CK_BYTE nothing[KEY_BYTES] = { 0 };
	CK_RV rv;

	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++) {
		kit_fault(kit_link(), faults[i]);
		memset(signature, 0, sizeof(signature));
		expect_rv("init", kit_sign_init(s, CKM_RSA_PKCS), CKR_OK);
		rv = sign(20);
		expect_true(faults[i], rv == CKR_DEVICE_ERROR ||
		    rv == CKR_FUNCTION_FAILED);
		assert_memory_equal(signature, nothing, KEY_BYTES);
		vlink_faults_clear(kit_link());
		expect_rv("ended", sign(1), CKR_OPERATION_NOT_INITIALIZED);
		expect_rv("next", kit_sign(s), CKR_OK);
	}
	assert_int_equal(kit_verifies(), 1);
}

static void
one_odd_answer_is_asked_again(void **state)
{
	(void)state;
	kit_fault(kit_link(), "sw=6F00@ins=2A*1");
	expect_rv("sign", kit_sign(s), CKR_OK);
	expect_rv("sign", kit_sign(s), CKR_OK);
	kit_fault(kit_link(), "garbage@ins=2A*1");
	expect_rv("sign", kit_sign(s), CKR_OK);
	assert_int_equal(kit_verifies(), 1);
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(each_mechanism_signs_whole_and_in_parts),
		T(raw_data_of_any_length_that_fits),
		T(raw_data_that_does_not_fit_ends_it),
		T(lengths_that_no_data_has),
		T(hashed_data_may_be_empty),
		T(a_question_or_a_small_buffer_keeps_it),
		T(states_of_a_signature),
		T(a_null_ends_it),
		T(keys_that_cannot_sign),
		T(mechanisms_are_checked_at_init),
		T(what_is_no_signature_is_not_handed_out),
		T(one_odd_answer_is_asked_again),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
