/* SPDX-License-Identifier: BSD-2-Clause */
/* What operations cost in commands to the card. */
#include "p11kit.h"

#define READ_BYTES	256

static CK_TOKEN_INFO info;

/* READ BINARY commands that a certificate of n bytes needs. */
static unsigned long
reads(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE cert)
{
	CK_ATTRIBUTE value = { CKA_VALUE, NULL, 0 };

	expect_rv("value", p11->C_GetAttributeValue(s, cert, &value, 1),
	    CKR_OK);
	return (value.ulValueLen + READ_BYTES - 1) / READ_BYTES;
}

static void
to_initialise_costs_nothing(void **state)
{
	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	assert_int_equal(kit_commands(), 0);
	kit_fini();
	assert_int_equal(kit_commands(), 0);
}

static void
to_list_slots_costs_one_and_only_once(void **state)
{
	CK_SLOT_ID ids[4], id;
	CK_ULONG n = 4;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	expect_rv("list", p11->C_GetSlotList(CK_TRUE, ids, &n), CKR_OK);
	assert_int_equal(n, 2);
	assert_int_equal(kit_commands(), 1);
	kit_counters_clear();
	for (int i = 0; i < 5; i++) {
		n = 4;
		expect_rv("list", p11->C_GetSlotList(CK_TRUE, ids, &n),
		    CKR_OK);
		(void)p11->C_GetSlotInfo(ids[0], &(CK_SLOT_INFO){ 0 });
		(void)p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, NULL);
	}
	assert_int_equal(kit_commands(), 0);
}

static void
token_infos_cost_seven_and_the_certificate(void **state)
{
	CK_SESSION_HANDLE s;
	unsigned long cost;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	for (unsigned i = AUTH; i <= SIGN; i++)
		expect_rv("token", p11->C_GetTokenInfo(kit_slot(i), &info),
		    CKR_OK);
	cost = kit_commands();
	s = kit_open(AUTH);
	/*
	 * SELECT; PIN file, query, SELECT, certificate file; PIN file,
	 * query: eleven for a certificate of 1 kB.
	 */
	assert_int_equal(cost, 7 + reads(s, kit_find(s, CKO_CERTIFICATE)));
	kit_counters_clear();
	for (unsigned i = AUTH; i <= SIGN; i++)
		expect_rv("token", p11->C_GetTokenInfo(kit_slot(i), &info),
		    CKR_OK);
	assert_int_equal(kit_commands(), 4);
	assert_int_equal(kit_verifies(), 0);
}

static void
certificates_are_read_once_an_insertion(void **state)
{
	CK_SESSION_HANDLE s;
	unsigned long cost;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open(AUTH);
	kit_counters_clear();
	assert_int_equal(kit_search(s, NULL, 0,
	    (CK_OBJECT_HANDLE[KIT_OBJECTS]){ 0 }), 4);
	cost = kit_commands();
	assert_int_equal(cost, 4 + reads(s, kit_find(s, CKO_CERTIFICATE)) +
	    reads(s, kit_find_ca(s)));
	kit_counters_clear();
	s = kit_open_rw(AUTH);
	assert_int_equal(kit_count(s, CKO_CERTIFICATE), 2);
	assert_int_equal(kit_count(s, CKO_PUBLIC_KEY), 1);
	assert_int_equal(kit_commands(), 0);
}

/* A search for one thing reads nothing else. */
static void
a_search_reads_what_it_has_to(void **state)
{
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE data[] = { { CKA_CLASS, &class, sizeof(class) },
	    { CKA_TOKEN, &yes, sizeof(yes) } };
	CK_OBJECT_HANDLE found[KIT_OBJECTS];
	CK_SESSION_HANDLE s;
	unsigned long cost;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open(SIGN);
	kit_counters_clear();
	assert_int_equal(kit_search(s, data, 2, found), 0);
	class = CKO_SECRET_KEY;
	assert_int_equal(kit_search(s, data, 1, found), 0);
	class = CKO_PROFILE;
	assert_int_equal(kit_search(s, data, 2, found), 1);
	/* Private, and nobody logged in. */
	assert_int_equal(kit_count(s, CKO_PRIVATE_KEY), 0);
	assert_int_equal(kit_count(s, CKO_PUBLIC_KEY), 0);
	assert_int_equal(kit_commands(), 0);
	s = kit_open(AUTH);
	assert_int_equal(kit_count(s, CKO_PRIVATE_KEY), 0);
	assert_int_equal(kit_commands(), 0);
	assert_int_equal(kit_count(s, CKO_PUBLIC_KEY), 1);
	/* Not the CA's certificate. */
	cost = kit_commands();
	assert_int_equal(cost, 2 + reads(s, kit_find(s, CKO_CERTIFICATE)));
}

static void
a_login_costs_four_with_one_verify(void **state)
{
	CK_SESSION_HANDLE s;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	expect_rv("token", p11->C_GetTokenInfo(kit_slot(AUTH), &info),
	    CKR_OK);
	for (unsigned slot = AUTH; slot <= SIGN; slot++) {
		s = kit_open(slot);
		kit_counters_clear();
		kit_login(s, slot == AUTH ? PIN_AUTH : PIN_SIGN);
		assert_int_equal(kit_commands(), 4);
		assert_int_equal(kit_verifies(), 1);
	}
}

static void
each_further_signature_costs_two(void **state)
{
	CK_SESSION_HANDLE s;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	for (unsigned slot = AUTH; slot <= SIGN; slot++) {
		s = kit_open_user(slot);
		expect_rv("first", kit_sign(s), CKR_OK);
		kit_counters_clear();
		for (unsigned long i = 1; i <= 20; i++) {
			expect_rv("sign", kit_sign(s), CKR_OK);
			assert_int_equal(kit_commands(), 2 * i);
		}
		assert_int_equal(kit_verifies(), 0);
	}
}

/* As a program does that signs once: list, name, log in, find, sign. */
static unsigned long
sign_once(unsigned slot, unsigned long *certificate)
{
	CK_SESSION_HANDLE s;
	CK_SLOT_ID ids[4];
	unsigned long cost;
	CK_ULONG n = 4;

	kit_init(NULL);
	kit_counters_clear();
	expect_rv("list", p11->C_GetSlotList(CK_TRUE, ids, &n), CKR_OK);
	expect_rv("token", p11->C_GetTokenInfo(ids[slot], &info), CKR_OK);
	s = kit_open_user(slot);
	expect_rv("sign", kit_sign(s), CKR_OK);
	cost = kit_commands();
	assert_int_equal(kit_verifies(), 1);
	*certificate = reads(s, kit_find(s, CKO_CERTIFICATE));
	kit_fini();
	return cost;
}

/* 15 and 21 for certificates of 1 kB. */
static void
a_first_signature_costs_what_it_has_to(void **state)
{
	unsigned long cost, auth, sign;

	(void)state;
	(void)kit_card(READER_A, "adult", NULL);
	cost = sign_once(AUTH, &auth);
	assert_int_equal(cost, 11 + auth);
	cost = sign_once(SIGN, &sign);
	/* The serial number is made from the other token's certificate. */
	assert_int_equal(cost, 13 + auth + sign);
}

static void
what_is_wrong_is_refused_without_a_command(void **state)
{
	CK_BYTE data[300] = { 0 }, out[KEY_BYTES];
	CK_ULONG n = sizeof(out);
	CK_SESSION_HANDLE s;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open_user(AUTH);
	expect_rv("init", kit_sign_init(s, CKM_RSA_PKCS), CKR_OK);
	kit_counters_clear();
	expect_rv("246", p11->C_Sign(s, data, 246, out, &n),
	    CKR_DATA_LEN_RANGE);
	expect_rv("no operation", p11->C_Sign(s, data, 1, out, &n),
	    CKR_OPERATION_NOT_INITIALIZED);
	expect_rv("bad key", p11->C_SignInit(s, &(CK_MECHANISM){ CKM_RSA_PKCS,
	    NULL, 0 }, 4711), CKR_KEY_HANDLE_INVALID);
	expect_rv("init", kit_sign_init(s, CKM_RSA_PKCS), CKR_OK);
	expect_rv("size", p11->C_Sign(s, data, 1, NULL, &n), CKR_OK);
	assert_int_equal(kit_commands(), 0);
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, kit_setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(to_initialise_costs_nothing),
		T(to_list_slots_costs_one_and_only_once),
		T(token_infos_cost_seven_and_the_certificate),
		T(certificates_are_read_once_an_insertion),
		T(a_search_reads_what_it_has_to),
		T(a_login_costs_four_with_one_verify),
		T(each_further_signature_costs_two),
		T(a_first_signature_costs_what_it_has_to),
		T(what_is_wrong_is_refused_without_a_command),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
