/* SPDX-License-Identifier: BSD-2-Clause */
/* Mechanisms: what is offered, PSS where the card makes it. */
#include "p11kit.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#define MAX	32

static const CK_MECHANISM_TYPE plain[] = {
	CKM_RSA_PKCS, CKM_SHA1_RSA_PKCS, CKM_SHA256_RSA_PKCS,
	CKM_SHA384_RSA_PKCS, CKM_SHA512_RSA_PKCS, CKM_SHA_1, CKM_SHA256,
	CKM_SHA384, CKM_SHA512,
};

static CK_ULONG
list(unsigned slot, CK_MECHANISM_TYPE types[MAX])
{
	CK_ULONG n = MAX;

	expect_rv("list", p11->C_GetMechanismList(kit_slot(slot), types,
	    &n), CKR_OK);
	return n;
}

static bool
offers(unsigned slot, CK_MECHANISM_TYPE type)
{
	CK_MECHANISM_TYPE types[MAX];
	CK_ULONG n = list(slot, types);

	for (CK_ULONG i = 0; i < n; i++)
		if (types[i] == type)
			return true;
	return false;
}

static void
the_list_follows_the_two_call_protocol(void **state)
{
	CK_MECHANISM_TYPE types[MAX];
	CK_ULONG all = 0, n;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	expect_rv("count", p11->C_GetMechanismList(kit_slot(AUTH), NULL,
	    &all), CKR_OK);
	assert_int_equal(all, COUNT(plain) + 2);
	for (CK_ULONG room = 0; room < all; room++) {
		n = room;
		memset(types, 0xA5, sizeof(types));
		expect_rv("short", p11->C_GetMechanismList(kit_slot(AUTH),
		    types, &n), CKR_BUFFER_TOO_SMALL);
		assert_int_equal(n, all);
		assert_int_equal(((CK_BYTE *)types)[room *
		    sizeof(types[0])], 0xA5);
	}
	assert_int_equal(list(AUTH, types), all);
	for (size_t i = 0; i < COUNT(plain); i++)
		assert_true(offers(SIGN, plain[i]));
}

static void
what_is_offered_says_what_it_can_be(void **state)
{
	CK_MECHANISM_TYPE types[MAX];
	CK_MECHANISM_INFO info;
	CK_ULONG n;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	n = list(SIGN, types);
	for (CK_ULONG i = 0; i < n; i++) {
		memset(&info, 0xAA, sizeof(info));
		expect_rv("info", p11->C_GetMechanismInfo(kit_slot(SIGN),
		    types[i], &info), CKR_OK);
		assert_true(info.ulMinKeySize <= info.ulMaxKeySize);
		if ((info.flags & CKF_DIGEST) != 0) {
			assert_int_equal(info.flags, CKF_DIGEST);
			assert_int_equal(info.ulMaxKeySize, 0);
		} else {
			assert_int_equal(info.flags, CKF_HW | CKF_SIGN |
			    CKF_VERIFY);
			assert_true(info.ulMinKeySize <= 2048 &&
			    info.ulMaxKeySize >= 2048);
		}
	}
	/* What no key of the card does. */
	expect_rv("raw", p11->C_GetMechanismInfo(kit_slot(SIGN),
	    CKM_RSA_X_509, &info), CKR_MECHANISM_INVALID);
	expect_rv("keygen", p11->C_GetMechanismInfo(kit_slot(SIGN),
	    CKM_RSA_PKCS_KEY_PAIR_GEN, &info), CKR_MECHANISM_INVALID);
	expect_rv("none", p11->C_GetMechanismInfo(kit_slot(SIGN), ~0UL,
	    &info), CKR_MECHANISM_INVALID);
}

/*
 * PSS.
 */

static const struct {
	const char	*settings, *quirks;
	bool		 offered;
	unsigned long	 commands;	/* of the probe */
} pss_rows[] = {
	{ "pss=auto", NULL, true, 4 },
	{ "pss=auto", "strict-p1", false, 3 },
	{ "pss=on", NULL, true, 0 },
	{ "pss=on", "strict-p1", true, 0 },
	{ "pss=off", NULL, false, 0 },
};

static void
pss_is_offered_where_the_probe_finds_it(void **state)
{
	CK_MECHANISM_INFO info;

	for (size_t i = 0; i < COUNT(pss_rows); i++) {
		kit_teardown(state);
		kit_setup(state);
		(void)kit_begin("adult", pss_rows[i].quirks,
		    pss_rows[i].settings);
		(void)kit_slot(AUTH);
		kit_counters_clear();
		for (unsigned slot = AUTH; slot <= SIGN; slot++) {
			assert_int_equal(offers(slot, CKM_RSA_PKCS_PSS),
			    pss_rows[i].offered);
			assert_int_equal(offers(slot,
			    CKM_SHA256_RSA_PKCS_PSS), pss_rows[i].offered);
			expect_rv("info", p11->C_GetMechanismInfo(
			    kit_slot(slot), CKM_RSA_PKCS_PSS, &info),
			    pss_rows[i].offered ? CKR_OK :
			    CKR_MECHANISM_INVALID);
		}
		/* Asked once an insertion, and no PIN is needed. */
		assert_int_equal(kit_commands(), pss_rows[i].commands);
	}
}

/* It is asked once an insertion, and the answer must not be chance. */
static void
a_probe_that_fails_once_is_repeated(void **state)
{
	static const char *const faults[] = { "sw=6F00@ins=2A#1",
	    "sw=6985@ins=2A#2", "sw=6A82@ins=A4#2", "garbage@ins=2A#1" };
	struct vlink *link = kit_begin("adult", NULL, NULL);

	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++) {
		vlink_remove(link);
		vlink_insert(link);
		(void)kit_slot(AUTH);
		vlink_counters_clear(link);
		kit_fault(link, faults[i]);
		assert_true(offers(AUTH, CKM_RSA_PKCS_PSS));
	}
}

/* Neither yes nor no, or no such key: not offered. */
static void
a_probe_that_does_not_tell_offers_nothing(void **state)
{
	static const char *const faults[] = { "sw=6982@ins=2A",
	    "sw=6F00@ins=2A", "sw=6D00@ins=2A" };
	struct vlink *link = kit_begin("adult", NULL, NULL);
	unsigned long cost;

	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++) {
		vlink_remove(link);
		vlink_insert(link);
		kit_fault(link, faults[i]);
		assert_false(offers(AUTH, CKM_RSA_PKCS_PSS));
		vlink_faults_clear(link);
		cost = kit_commands();
		assert_false(offers(AUTH, CKM_RSA_PKCS_PSS));
		assert_int_equal(kit_commands(), cost);
	}
}

static CK_BYTE digest[32], signature[KEY_BYTES];
static CK_SESSION_HANDLE s;

/* NSS reads the list once: trouble must not pass for an answer. */
static void
trouble_in_the_probe_is_no_answer(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_MECHANISM_TYPE types[MAX];
	CK_MECHANISM_INFO info;
	CK_ULONG n = MAX;

	(void)state;
	vlink_counters_clear(link);
	kit_fault(link, "hangup@ins=2A#1");
	assert_true(offers(AUTH, CKM_RSA_PKCS_PSS));
	vlink_remove(link);
	vlink_insert(link);
	kit_fault(link, "hangup@ins=2A");
	expect_rv("list", p11->C_GetMechanismList(kit_slot(AUTH), types, &n),
	    CKR_TOKEN_NOT_PRESENT);
	expect_rv("info", p11->C_GetMechanismInfo(kit_slot(AUTH),
	    CKM_RSA_PKCS_PSS, &info), CKR_TOKEN_NOT_PRESENT);
	/* What needs no probe does not fail with it. */
	expect_rv("info", p11->C_GetMechanismInfo(kit_slot(AUTH),
	    CKM_RSA_PKCS, &info), CKR_OK);
	vlink_faults_clear(link);
	assert_true(offers(AUTH, CKM_RSA_PKCS_PSS));
}

static void
trouble_in_the_probe_ends_what_asked_for_it(void **state)
{
	struct rsa_pss_params p = { CKM_SHA256, CKG_MGF1_SHA256, 32 };
	CK_MECHANISM m = { CKM_RSA_PKCS_PSS, &p, sizeof(p) };
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_BYTE value[4096];
	CK_ATTRIBUTE a[] = {
		{ CKA_ALLOWED_MECHANISMS, value, sizeof(value) },
		{ CKA_SUBJECT, value, sizeof(value) },
		{ CKA_START_DATE, value, sizeof(value) },
		{ CKA_KEY_TYPE, value, sizeof(value) },
		{ CKA_MODULUS_BITS, value, sizeof(value) },
		{ CKA_TOKEN, value, sizeof(value) },
	};

	(void)state;
	for (int i = 0; i < 2; i++) {
		s = kit_open_user(AUTH);
		kit_fault(link, "remove@ins=2A");
		expect_rv("removed", i == 0 ?
		    p11->C_SignInit(s, &m, kit_find(s, CKO_PRIVATE_KEY)) :
		    p11->C_GetAttributeValue(s, kit_find(s, CKO_PUBLIC_KEY),
		    a, COUNT(a)), CKR_DEVICE_REMOVED);
		vlink_faults_clear(link);
		vlink_insert(link);
	}
	/* Nothing is told of a card that left, but what is no secret. */
	for (size_t i = 1; i < COUNT(a) - 1; i++)
		assert_true(a[i].ulValueLen == CK_UNAVAILABLE_INFORMATION);
	assert_int_equal(a[COUNT(a) - 1].ulValueLen, 1);
}

static CK_RV
init(CK_MECHANISM_TYPE type, struct rsa_pss_params *p, CK_ULONG n,
    bool verifying)
{
	CK_MECHANISM m = { type, p, n };

	return verifying ? p11->C_VerifyInit(s, &m, kit_find(s,
	    CKO_PUBLIC_KEY)) : p11->C_SignInit(s, &m, kit_find(s,
	    CKO_PRIVATE_KEY));
}

static CK_RV
sign(CK_ULONG n)
{
	CK_ULONG room = KEY_BYTES;

	return p11->C_Sign(s, digest, n, signature, &room);
}

static struct rsa_pss_params
right(void)
{
	return (struct rsa_pss_params){ CKM_SHA256, CKG_MGF1_SHA256, 32 };
}

static void
every_other_parameter_is_refused_at_init(void **state)
{
	static const CK_MECHANISM_TYPE hashes[] = { CKM_SHA256, CKM_SHA_1,
	    CKM_SHA384, CKM_SHA512, 0, ~0UL };
	static const CK_ULONG mgfs[] = { CKG_MGF1_SHA256, CKG_MGF1_SHA1,
	    CKG_MGF1_SHA384, CKG_MGF1_SHA512, 0, ~0UL };
	static const CK_ULONG salts[] = { 32, 0, 20, 31, 33, 64, 222, ~0UL };
	static const CK_MECHANISM_TYPE types[] = { CKM_RSA_PKCS_PSS,
	    CKM_SHA256_RSA_PKCS_PSS };
	struct rsa_pss_params p;
	unsigned good = 0;

	(void)state;
	(void)kit_begin("adult", NULL, "pss=on");
	s = kit_open_user(AUTH);
	for (size_t i = 0; i < COUNT(hashes) * COUNT(mgfs) * COUNT(salts);
	    i++) {
		p = (struct rsa_pss_params){ hashes[i % 6],
		    mgfs[i / 6 % 6], salts[i / 36] };
		for (size_t j = 0; j < COUNT(types); j++) {
			CK_RV rv = init(types[j], &p, sizeof(p), false);

			expect_rv("init", rv, i == 0 ? CKR_OK :
			    CKR_MECHANISM_PARAM_INVALID);
			good += rv == CKR_OK;
			if (rv == CKR_OK)
				expect_rv("cancel", p11->C_SignInit(s, NULL,
				    0), CKR_OK);
		}
	}
	assert_int_equal(good, 2);
	p = right();
	expect_rv("NULL", init(CKM_RSA_PKCS_PSS, NULL, sizeof(p), false),
	    CKR_MECHANISM_PARAM_INVALID);
	expect_rv("none", init(CKM_RSA_PKCS_PSS, NULL, 0, false),
	    CKR_MECHANISM_PARAM_INVALID);
	expect_rv("short", init(CKM_RSA_PKCS_PSS, &p, sizeof(p) - 1, false),
	    CKR_MECHANISM_PARAM_INVALID);
	expect_rv("long", init(CKM_RSA_PKCS_PSS, &p, sizeof(p) + 1, false),
	    CKR_MECHANISM_PARAM_INVALID);
}

static void
expect_openssl_agrees(void)
{
	CK_BYTE der[1024];
	CK_ATTRIBUTE a = { CKA_PUBLIC_KEY_INFO, der, sizeof(der) };
	const unsigned char *p = der;
	EVP_PKEY_CTX *ctx;
	EVP_PKEY *key;

	expect_rv("key", p11->C_GetAttributeValue(s, kit_find(s,
	    CKO_PUBLIC_KEY), &a, 1), CKR_OK);
	key = d2i_PUBKEY(NULL, &p, (long)a.ulValueLen);
	ctx = EVP_PKEY_CTX_new(key, NULL);
	assert_int_equal(EVP_PKEY_verify_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx,
	    RSA_PKCS1_PSS_PADDING), 1);
	assert_int_equal(EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()),
	    1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, 32), 1);
	assert_int_equal(EVP_PKEY_verify(ctx, signature, KEY_BYTES, digest,
	    32), 1);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
}

static void
pss_signatures_are_pss(void **state)
{
	struct rsa_pss_params p = right();
	CK_BYTE text[] = "hello", first[KEY_BYTES];
	CK_ULONG n = KEY_BYTES;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	for (unsigned slot = AUTH; slot <= SIGN; slot++) {
		s = kit_open_user(slot);
		expect_rv("init", init(CKM_RSA_PKCS_PSS, &p, sizeof(p),
		    false), CKR_OK);
		expect_rv("sign", sign(32), CKR_OK);
		expect_openssl_agrees();
		memcpy(first, signature, KEY_BYTES);
		expect_rv("init", init(CKM_RSA_PKCS_PSS, &p, sizeof(p),
		    true), CKR_OK);
		expect_rv("verify", p11->C_Verify(s, digest, 32, signature,
		    KEY_BYTES), CKR_OK);
		signature[3] ^= 1;
		expect_rv("init", init(CKM_RSA_PKCS_PSS, &p, sizeof(p),
		    true), CKR_OK);
		expect_rv("verify", p11->C_Verify(s, digest, 32, signature,
		    KEY_BYTES), CKR_SIGNATURE_INVALID);
		/* The module hashes, in parts. */
		expect_rv("init", init(CKM_SHA256_RSA_PKCS_PSS, &p,
		    sizeof(p), false), CKR_OK);
		expect_rv("update", p11->C_SignUpdate(s, text, 5), CKR_OK);
		expect_rv("final", p11->C_SignFinal(s, signature, &n),
		    CKR_OK);
		expect_rv("init", init(CKM_SHA256_RSA_PKCS_PSS, &p,
		    sizeof(p), true), CKR_OK);
		expect_rv("verify", p11->C_Verify(s, text, 5, signature,
		    KEY_BYTES), CKR_OK);
		assert_memory_not_equal(first, signature, KEY_BYTES);
	}
}

static void
pss_signs_digests_of_its_hash_only(void **state)
{
	static const CK_ULONG lengths[] = { 0, 1, 20, 31, 33, 64, 245 };
	static CK_BYTE data[256];
	struct rsa_pss_params p = right();
	CK_ULONG n;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open_user(AUTH);
	for (size_t i = 0; i < COUNT(lengths); i++) {
		expect_rv("init", init(CKM_RSA_PKCS_PSS, &p, sizeof(p),
		    false), CKR_OK);
		n = KEY_BYTES;
		expect_rv("sign", p11->C_Sign(s, data, lengths[i],
		    signature, &n), CKR_DATA_LEN_RANGE);
		expect_rv("init", init(CKM_RSA_PKCS_PSS, &p, sizeof(p),
		    true), CKR_OK);
		expect_rv("verify", p11->C_Verify(s, data, lengths[i],
		    signature, KEY_BYTES), CKR_DATA_LEN_RANGE);
	}
}

/* pss=on does not make a card able: it is told at last, and nothing false. */
static void
a_card_that_cannot_says_so(void **state)
{
	struct rsa_pss_params p = right();

	(void)state;
	(void)kit_begin("adult", "strict-p1", "pss=on");
	s = kit_open_user(AUTH);
	expect_rv("init", init(CKM_RSA_PKCS_PSS, &p, sizeof(p), false),
	    CKR_OK);
	expect_rv("sign", sign(32), CKR_FUNCTION_FAILED);
	expect_rv("next", kit_sign(s), CKR_OK);
	kit_fini();
	kit_init("pss=auto");
	s = kit_open_user(AUTH);
	expect_rv("init", init(CKM_RSA_PKCS_PSS, &p, sizeof(p), false),
	    CKR_MECHANISM_INVALID);
}

/*
 * Whoever is logged in when it is first asked: what is sent no card signs, so
 * an open key may be asked, too.
 */
static void
pss_is_found_after_a_login_too(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	struct rsa_pss_params p = right();

	(void)state;
	for (unsigned slot = AUTH; slot <= SIGN; slot++) {
		vlink_remove(link);
		vlink_insert(link);
		s = kit_open_user(slot);
		expect_rv("init", init(CKM_RSA_PKCS_PSS, &p, sizeof(p),
		    false), CKR_OK);
		expect_rv("sign", sign(32), CKR_OK);
		expect_openssl_agrees();
	}
	vlink_remove(link);
	vlink_insert(link);
	s = kit_open_user(AUTH);
	(void)kit_open_user(SIGN);
	assert_true(offers(AUTH, CKM_RSA_PKCS_PSS));
	assert_true(offers(SIGN, CKM_RSA_PKCS_PSS));
}

/* A child's card has no signature key: the other one tells. */
static void
the_key_that_there_is_tells_for_the_card(void **state)
{
	(void)state;
	(void)kit_begin("under15", NULL, NULL);
	(void)offers(SIGN, CKM_RSA_PKCS_PSS);
	assert_true(offers(AUTH, CKM_RSA_PKCS_PSS));
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, kit_setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_list_follows_the_two_call_protocol),
		T(what_is_offered_says_what_it_can_be),
		T(pss_is_offered_where_the_probe_finds_it),
		T(a_probe_that_fails_once_is_repeated),
		T(a_probe_that_does_not_tell_offers_nothing),
		T(trouble_in_the_probe_is_no_answer),
		T(trouble_in_the_probe_ends_what_asked_for_it),
		T(every_other_parameter_is_refused_at_init),
		T(pss_signatures_are_pss),
		T(pss_signs_digests_of_its_hash_only),
		T(a_card_that_cannot_says_so),
		T(pss_is_found_after_a_login_too),
		T(the_key_that_there_is_tells_for_the_card),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
