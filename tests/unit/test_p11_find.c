/* SPDX-License-Identifier: BSD-2-Clause */
/* Searches: by any attribute, in lumps of any size. */
#include "p11kit.h"

#include <string.h>

static CK_SESSION_HANDLE s;

static int
setup(void **state)
{
	kit_setup(state);
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open(AUTH);
	return 0;
}

static void
before_the_login_nothing_private_shows(void **state)
{
	CK_OBJECT_HANDLE found[KIT_OBJECTS];
	CK_BBOOL flag = CK_TRUE;
	CK_ATTRIBUTE private = { CKA_PRIVATE, &flag, 1 };

	(void)state;
	assert_int_equal(kit_search(s, NULL, 0, found), 4);
	assert_int_equal(kit_search(s, &private, 1, found), 0);
	flag = CK_FALSE;
	assert_int_equal(kit_search(s, &private, 1, found), 4);
	assert_int_equal(kit_search(kit_open(SIGN), NULL, 0, found), 2);
	kit_login(s, PIN_AUTH);
	assert_int_equal(kit_search(s, NULL, 0, found), 5);
	assert_int_equal(kit_search(s, &private, 1, found), 4);
	flag = CK_TRUE;
	assert_int_equal(kit_search(s, &private, 1, found), 1);
	/* Of the signature token all but the CA and the profile. */
	assert_int_equal(kit_search(kit_open_user(SIGN), &private, 1, found),
	    3);
}

static void
lumps_of_any_size_give_the_same(void **state)
{
	CK_OBJECT_HANDLE all[KIT_OBJECTS], lump[1024], got[KIT_OBJECTS];
	CK_ULONG sizes[] = { 1, 2, 3, 10, 1024 }, n, total;

	(void)state;
	kit_login(s, PIN_AUTH);
	assert_int_equal(kit_search(s, NULL, 0, all), 5);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		total = 0;
		expect_rv("init", p11->C_FindObjectsInit(s, NULL, 0),
		    CKR_OK);
		do {
			n = 77;
			expect_rv("find", p11->C_FindObjects(s, lump,
			    sizes[i], &n), CKR_OK);
			assert_true(n <= sizes[i] && total + n <= 5);
			memcpy(got + total, lump, n * sizeof(lump[0]));
			total += n;
		} while (n > 0);
		expect_rv("final", p11->C_FindObjectsFinal(s), CKR_OK);
		assert_int_equal(total, 5);
		assert_memory_equal(all, got, 5 * sizeof(all[0]));
	}
	/* Nor does a lump of none take one away. */
	expect_rv("init", p11->C_FindObjectsInit(s, NULL, 0), CKR_OK);
	expect_rv("none", p11->C_FindObjects(s, lump, 0, &n), CKR_OK);
	assert_int_equal(n, 0);
	expect_rv("all", p11->C_FindObjects(s, lump, ~0UL, &n), CKR_OK);
	assert_int_equal(n, 5);
}

static void
states_of_a_search(void **state)
{
	CK_BYTE data[4] = { 0 }, out[KEY_BYTES];
	CK_OBJECT_HANDLE o;
	CK_ULONG n = 0;

	(void)state;
	expect_rv("none", p11->C_FindObjects(s, &o, 1, &n),
	    CKR_OPERATION_NOT_INITIALIZED);
	expect_rv("none", p11->C_FindObjectsFinal(s),
	    CKR_OPERATION_NOT_INITIALIZED);
	expect_rv("init", p11->C_FindObjectsInit(s, NULL, 0), CKR_OK);
	expect_rv("again", p11->C_FindObjectsInit(s, NULL, 0),
	    CKR_OPERATION_ACTIVE);
	/* Errors leave it alive. */
	expect_rv("NULL", p11->C_FindObjects(s, NULL, 1, &n),
	    CKR_ARGUMENTS_BAD);
	expect_rv("NULL", p11->C_FindObjects(s, &o, 1, NULL),
	    CKR_ARGUMENTS_BAD);
	expect_rv("find", p11->C_FindObjects(s, &o, 1, &n), CKR_OK);
	assert_int_equal(n, 1);
	expect_rv("final", p11->C_FindObjectsFinal(s), CKR_OK);
	expect_rv("none", p11->C_FindObjects(s, &o, 1, &n),
	    CKR_OPERATION_NOT_INITIALIZED);
	/* A search neither ends a signature nor is ended by one. */
	kit_login(s, PIN_AUTH);
	expect_rv("sign", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	expect_rv("init", p11->C_FindObjectsInit(s, NULL, 0), CKR_OK);
	n = sizeof(out);
	expect_rv("sign", p11->C_Sign(s, data, 4, out, &n), CKR_OK);
	expect_rv("find", p11->C_FindObjects(s, &o, 1, &n), CKR_OK);
	/* Other sessions have searches of their own. */
	expect_rv("other", p11->C_FindObjectsFinal(kit_open(AUTH)),
	    CKR_OPERATION_NOT_INITIALIZED);
}

static void
templates_that_cannot_be(void **state)
{
	CK_ULONG class = CKO_CERTIFICATE;
	CK_ATTRIBUTE t[] = { { CKA_CLASS, &class, sizeof(class) },
	    { CKA_LABEL, NULL, 1 } };
	CK_ULONG counts[] = { 1UL << 31, 1UL << 63, ~0UL };

	(void)state;
	expect_rv("NULL", p11->C_FindObjectsInit(s, NULL, 1),
	    CKR_ARGUMENTS_BAD);
	expect_rv("NULL value", p11->C_FindObjectsInit(s, t, 2),
	    CKR_ARGUMENTS_BAD);
	for (size_t i = 0; i < COUNT(counts); i++)
		expect_rv("count", p11->C_FindObjectsInit(s, t, counts[i]),
		    CKR_ARGUMENTS_BAD);
	/* None of them began a search. */
	expect_rv("final", p11->C_FindObjectsFinal(s),
	    CKR_OPERATION_NOT_INITIALIZED);
}

static void
values_of_another_length_match_nothing(void **state)
{
	static const CK_ULONG lengths[] = { 0, 1, 2, 7, 9, 1UL << 31,
	    1UL << 63, ~0UL };
	CK_OBJECT_HANDLE found[KIT_OBJECTS];
	CK_BYTE value[16] = { CKO_CERTIFICATE };
	CK_ATTRIBUTE t = { CKA_CLASS, value, 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		t = (CK_ATTRIBUTE){ CKA_CLASS, value, lengths[i] };
		assert_int_equal(kit_search(s, &t, 1, found), 0);
		if (lengths[i] == 1)
			continue;
		t.type = CKA_TOKEN;
		assert_int_equal(kit_search(s, &t, 1, found), 0);
		t.type = CKA_LABEL;
		assert_int_equal(kit_search(s, &t, 1, found), 0);
	}
	/* But for the empty values that there are. */
	t = (CK_ATTRIBUTE){ CKA_URL, NULL, 0 };
	assert_int_equal(kit_search(s, &t, 1, found), 2);
	t = (CK_ATTRIBUTE){ CKA_LABEL, NULL, 0 };
	assert_int_equal(kit_search(s, &t, 1, found), 0);
}

/* What an object says of itself finds it. */
static const CK_ATTRIBUTE_TYPE types[] = {
	CKA_CLASS, CKA_TOKEN, CKA_PRIVATE, CKA_LABEL, CKA_UNIQUE_ID, CKA_ID,
	CKA_VALUE, CKA_SUBJECT, CKA_ISSUER, CKA_SERIAL_NUMBER,
	CKA_CHECK_VALUE, CKA_CERTIFICATE_TYPE, CKA_CERTIFICATE_CATEGORY,
	CKA_START_DATE, CKA_END_DATE, CKA_PUBLIC_KEY_INFO, CKA_KEY_TYPE,
	CKA_MODULUS, CKA_PUBLIC_EXPONENT, CKA_MODULUS_BITS, CKA_SIGN,
	CKA_VERIFY, CKA_ALWAYS_AUTHENTICATE, CKA_PROFILE_ID, CKA_TRUSTED,
	CKA_ALLOWED_MECHANISMS, CKA_MODIFIABLE, CKA_EXTRACTABLE,
};

static bool
is_found_by(CK_OBJECT_HANDLE o, CK_ATTRIBUTE *t)
{
	CK_OBJECT_HANDLE found[KIT_OBJECTS];
	CK_ULONG n = kit_search(s, t, 1, found);

	for (CK_ULONG i = 0; i < n; i++)
		if (found[i] == o)
			return true;
	return false;
}

static void
each_object_is_found_by_each_attribute(void **state)
{
	CK_OBJECT_HANDLE all[KIT_OBJECTS];
	CK_BYTE value[4096];
	unsigned matched = 0;
	CK_ATTRIBUTE t;
	CK_ULONG n;

	(void)state;
	kit_login(s, PIN_AUTH);
	n = kit_search(s, NULL, 0, all);
	for (CK_ULONG i = 0; i < n; i++)
		for (size_t j = 0; j < COUNT(types); j++) {
			t = (CK_ATTRIBUTE){ types[j], value, sizeof(value) };
			if (p11->C_GetAttributeValue(s, all[i], &t, 1) !=
			    CKR_OK)
				continue;
			assert_true(is_found_by(all[i], &t));
			matched++;
			value[t.ulValueLen - 1] ^= 0x40;
			assert_false(is_found_by(all[i], &t));
		}
	assert_true(matched > 60);
}

static void
a_secret_finds_nothing(void **state)
{
	CK_BYTE value[128] = { 0 };
	CK_ATTRIBUTE t = { CKA_PRIME_1, value, sizeof(value) };
	CK_OBJECT_HANDLE found[KIT_OBJECTS];

	(void)state;
	kit_login(s, PIN_AUTH);
	assert_int_equal(kit_search(s, &t, 1, found), 0);
	t.type = CKA_VENDOR_DEFINED;
	assert_int_equal(kit_search(s, &t, 1, found), 0);
}

/* NSS asks so whether it may list certificates without the PIN. */
static void
the_profile_is_found_as_nss_looks_for_it(void **state)
{
	CK_OBJECT_CLASS class = CKO_PROFILE;
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE t[] = { { CKA_TOKEN, &yes, 1 },
	    { CKA_CLASS, &class, sizeof(class) } };
	CK_OBJECT_HANDLE found[KIT_OBJECTS];

	(void)state;
	assert_int_equal(kit_search(s, t, 2, found), 1);
	assert_int_equal(kit_search(kit_open(SIGN), t, 2, found), 1);
}

/* The chain is looked for by subject, on the same token. */
static void
the_issuer_is_found_by_its_name(void **state)
{
	CK_BYTE issuer[1024];
	CK_ATTRIBUTE t = { CKA_ISSUER, issuer, sizeof(issuer) };
	CK_OBJECT_HANDLE found[KIT_OBJECTS];

	(void)state;
	expect_rv("issuer", p11->C_GetAttributeValue(s, kit_find(s,
	    CKO_CERTIFICATE), &t, 1), CKR_OK);
	t.type = CKA_SUBJECT;
	assert_int_equal(kit_search(s, &t, 1, found), 1);
	assert_int_equal(found[0], kit_find_ca(s));
}

/* One id for certificate, private and public key. */
static void
an_id_joins_what_belongs_together(void **state)
{
	CK_BYTE id[64];
	CK_ATTRIBUTE t = { CKA_ID, id, sizeof(id) };
	CK_OBJECT_HANDLE found[KIT_OBJECTS];

	(void)state;
	kit_login(s, PIN_AUTH);
	expect_rv("id", p11->C_GetAttributeValue(s, kit_find(s,
	    CKO_PRIVATE_KEY), &t, 1), CKR_OK);
	assert_int_equal(kit_search(s, &t, 1, found), 3);
	/* The CA has no public key object: ssh would take it for a user's. */
	assert_int_equal(kit_count(s, CKO_PUBLIC_KEY), 1);
}

/* Each fault, once after an insertion. */
static void
expect_nothing_hidden(const char *const *faults, size_t n)
{
	struct vlink *link = kit_link();

	for (size_t i = 0; i < n; i++) {
		vlink_remove(link);
		vlink_insert(link);
		s = kit_open(AUTH);
		vlink_counters_clear(link);
		kit_fault(link, faults[i]);
		expect_int(faults[i], (long long)kit_count(s,
		    CKO_CERTIFICATE), 2);
		assert_int_equal(kit_count(s, CKO_PUBLIC_KEY), 1);
	}
}

/* One odd answer in reading a certificate is asked again. */
static void
an_odd_answer_hides_no_object(void **state)
{
	static const char *const faults[] = { "sw=6F00@ins=B0#1",
	    "garbage@ins=B0#1", "sw=6F00@ins=B0#3", "long=1@ins=B0#6",
	    "short=1@ins=B0#1" };

	(void)state;
	expect_nothing_hidden(faults, COUNT(faults));
}

/*
 * So is a no: after a reset that nobody saw the card has no such file, and a
 * certificate that is hidden stays so until the card is put in anew.
 */
static void
a_no_that_passes_hides_no_object(void **state)
{
	static const char *const faults[] = { "reset,before@2",
	    "reset,after@2", "reset,before@4", "select,before@3",
	    "sw=6A82@ins=A4#2", "sw=6982@ins=B0#1", "sw=63C1@ins=B0#2",
	    "sw=6A82@ins=A4#1" };

	(void)state;
	expect_nothing_hidden(faults, COUNT(faults));
}

/* A certificate that is nonsense hides itself only, and not for ever. */
static void
nonsense_for_a_certificate_hides_nothing_else(void **state)
{
	struct vlink *link = kit_link();

	(void)state;
	kit_fault(link, "sw=6F00@ins=B0*2");
	/* The user's certificate is the first to be read. */
	assert_int_equal(kit_count(s, CKO_CERTIFICATE), 1);
	vlink_faults_clear(link);
	s = kit_open(AUTH);
	assert_int_equal(kit_count(s, CKO_CERTIFICATE), 2);
	kit_teardown(state);
	kit_setup(state);
	(void)kit_begin("adult", "cert-garbage=auth", NULL);
	s = kit_open(AUTH);
	assert_int_equal(kit_count(s, CKO_CERTIFICATE), 1);
	kit_login(s, PIN_AUTH);
	assert_int_equal(kit_count(s, CKO_PRIVATE_KEY), 0);
	expect_rv("sign", kit_sign(kit_open_user(SIGN)), CKR_OK);
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(before_the_login_nothing_private_shows),
		T(lumps_of_any_size_give_the_same),
		T(states_of_a_search),
		T(templates_that_cannot_be),
		T(values_of_another_length_match_nothing),
		T(each_object_is_found_by_each_attribute),
		T(a_secret_finds_nothing),
		T(the_profile_is_found_as_nss_looks_for_it),
		T(the_issuer_is_found_by_its_name),
		T(an_id_joins_what_belongs_together),
		T(an_odd_answer_hides_no_object),
		T(a_no_that_passes_hides_no_object),
		T(nonsense_for_a_certificate_hides_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
