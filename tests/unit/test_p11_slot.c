/* SPDX-License-Identifier: BSD-2-Clause */
/* Slots: two a reader, as long as the module is loaded. */
#include "p11kit.h"

#include <string.h>

static CK_ULONG
count_slots(CK_BBOOL present)
{
	CK_ULONG n = 77;

	expect_rv("count", p11->C_GetSlotList(present, NULL, &n), CKR_OK);
	return n;
}

static CK_FLAGS
slot_flags(CK_SLOT_ID id)
{
	CK_SLOT_INFO info;

	memset(&info, 0xAA, sizeof(info));
	expect_rv("info", p11->C_GetSlotInfo(id, &info), CKR_OK);
	assert_int_equal(info.hardwareVersion.major, 0);
	assert_int_equal(info.flags & ~(CK_FLAGS)CKF_TOKEN_PRESENT,
	    CKF_REMOVABLE_DEVICE | CKF_HW_SLOT);
	return info.flags;
}

static void
expect_present(const char *when, bool auth, bool sign)
{
	bool wanted[] = { auth, sign };
	CK_SESSION_HANDLE s;
	CK_TOKEN_INFO info;
	CK_ULONG n = 0;

	assert_int_equal(count_slots(CK_TRUE), auth + sign);
	for (unsigned i = AUTH; i <= SIGN; i++) {
		expect_true(when, !!(slot_flags(kit_slot(i)) &
		    CKF_TOKEN_PRESENT) == wanted[i]);
		if (wanted[i])
			continue;
		expect_rv(when, p11->C_GetTokenInfo(kit_slot(i), &info),
		    CKR_TOKEN_NOT_PRESENT);
		expect_rv(when, p11->C_GetMechanismList(kit_slot(i), NULL,
		    &n), CKR_TOKEN_NOT_PRESENT);
		expect_rv(when, p11->C_OpenSession(kit_slot(i),
		    CKF_SERIAL_SESSION, NULL, NULL, &s),
		    CKR_TOKEN_NOT_PRESENT);
	}
}

static void
without_a_reader_there_are_no_slots(void **state)
{
	CK_SLOT_ID id = 42;
	CK_ULONG n = 1;

	(void)state;
	kit_init(NULL);
	assert_int_equal(count_slots(CK_FALSE), 0);
	assert_int_equal(count_slots(CK_TRUE), 0);
	expect_rv("list", p11->C_GetSlotList(CK_FALSE, &id, &n), CKR_OK);
	assert_int_equal(n, 0);
	assert_int_equal(id, 42);
}

static void
without_the_service_there_are_no_slots(void **state)
{
	(void)state;
	vtransport_service(kit_world, false);
	kit_init(NULL);
	assert_int_equal(count_slots(CK_FALSE), 0);
	vtransport_service(kit_world, true);
	(void)kit_card(READER_A, "adult", NULL);
	expect_present("started", true, true);
}

static void
the_list_follows_the_two_call_protocol(void **state)
{
	CK_SLOT_ID ids[6] = { 99, 99, 99, 99, 99, 99 };
	CK_ULONG n;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	(void)kit_card(READER_B, "adult", NULL);
	assert_int_equal(count_slots(CK_FALSE), 4);
	for (CK_ULONG room = 0; room < 4; room++) {
		n = room;
		expect_rv("short", p11->C_GetSlotList(CK_FALSE, ids, &n),
		    CKR_BUFFER_TOO_SMALL);
		assert_int_equal(n, 4);
		assert_int_equal(ids[room], 99);
	}
	n = 6;
	expect_rv("ample", p11->C_GetSlotList(CK_FALSE, ids, &n), CKR_OK);
	assert_int_equal(n, 4);
	assert_int_equal(ids[4], 99);
	for (int i = 0; i < 4; i++)
		for (int j = 0; j < i; j++)
			assert_true(ids[i] != ids[j]);
	/* Small numbers: people write them into configurations. */
	for (int i = 0; i < 4; i++)
		assert_true(ids[i] < 4);
}

/* An id means one reader and one of its tokens, whatever else comes or goes. */
static void
ids_stay_while_readers_come_and_go(void **state)
{
	struct vlink *a = kit_begin("adult", NULL, NULL), *b;
	CK_SLOT_ID first = kit_slot(AUTH), third;
	CK_SLOT_INFO info;

	(void)state;
	b = kit_card(READER_B, "expiring", NULL);
	third = kit_slot(2);
	assert_int_equal(count_slots(CK_TRUE), 4);
	vtransport_unplug(kit_world, READER_A);
	assert_int_equal(count_slots(CK_TRUE), 2);
	assert_int_equal(count_slots(CK_FALSE), 4);
	assert_int_equal(slot_flags(first) & CKF_TOKEN_PRESENT, 0);
	assert_int_equal(slot_flags(third) & CKF_TOKEN_PRESENT,
	    CKF_TOKEN_PRESENT);
	expect_rv("info", p11->C_GetSlotInfo(third, &info), CKR_OK);
	assert_memory_equal(info.slotDescription, "Reader B  ", 10);
	vtransport_unplug(kit_world, READER_B);
	assert_int_equal(count_slots(CK_TRUE), 0);
	/* Back in the other order. */
	vtransport_add(kit_world, READER_B, b);
	vtransport_add(kit_world, READER_A, a);
	assert_int_equal(count_slots(CK_FALSE), 4);
	expect_rv("info", p11->C_GetSlotInfo(first, &info), CKR_OK);
	assert_memory_equal(info.slotDescription, "Reader A  ", 10);
	expect_rv("info", p11->C_GetSlotInfo(third, &info), CKR_OK);
	assert_memory_equal(info.slotDescription, "Reader B  ", 10);
	kit_fini();
	kit_init(NULL);
	assert_int_equal(kit_slot(AUTH), first);
	assert_int_equal(kit_slot(2), third);
}

static void
a_slot_has_its_readers_name(void **state)
{
	/* Longer than the field, and cut within a character: U+3042. */
	static const char name[] = "A reader with a name that is far too "
	    "long for 64 bytes .....\xE3\x81\x82\xE3\x81\x82 01 00";
	CK_SLOT_INFO info;
	CK_SLOT_ID ids[16];
	CK_ULONG n = COUNT(ids);

	(void)state;
	(void)kit_card(name, "adult", NULL);
	kit_init(NULL);
	expect_rv("list", p11->C_GetSlotList(CK_TRUE, ids, &n), CKR_OK);
	assert_int_equal(n, 2);
	expect_rv("info", p11->C_GetSlotInfo(ids[0], &info), CKR_OK);
	assert_memory_equal(info.slotDescription, name, 63);
	assert_int_equal(info.slotDescription[63], ' ');
	assert_memory_equal(info.manufacturerID, "PC/SC    ", 9);
}

static void
a_card_that_is_not_jpki_is_asked_once(void **state)
{
	struct vlink *link = kit_card(READER_A, "adult", NULL);

	(void)state;
	kit_fault(link, "sw=6A82@every");
	kit_init(NULL);
	expect_present("another card", false, false);
	for (int i = 0; i < 10; i++)
		(void)count_slots(CK_TRUE);
	assert_int_equal(kit_commands(), 1);
	/* And nobody keeps its handle. */
	assert_int_equal(vtransport_open_count(kit_world), 0);
	vlink_remove(link);
	vlink_faults_clear(link);
	vlink_insert(link);
	expect_present("ours", true, true);
}

static void
an_empty_or_mute_or_held_reader_has_no_token(void **state)
{
	struct vlink *link = kit_card(READER_A, "adult", NULL);

	(void)state;
	vlink_remove(link);
	kit_init(NULL);
	expect_present("empty", false, false);
	vlink_set_mute(link, true);
	vlink_insert(link);
	expect_present("mute", false, false);
	vlink_remove(link);
	vlink_set_mute(link, false);
	vtransport_exclusive(kit_world, READER_A, true);
	vlink_insert(link);
	expect_present("held", false, false);
	assert_int_equal(kit_commands(), 0);
	vtransport_exclusive(kit_world, READER_A, false);
	expect_present("released", true, true);
}

static void
trouble_in_recognising_is_tried_again(void **state)
{
	const char *faults[] = { "hangup", "empty", "truncate-sw",
	    "remove-insert" };
	struct vlink *link = kit_card(READER_A, "adult", NULL);

	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++) {
		kit_fault(link, faults[i]);
		kit_init(NULL);
		(void)count_slots(CK_TRUE);
		expect_present(faults[i], true, true);
		kit_fini();
	}
}

/* No signature certificate: the other token is as good as ever. */
static void
a_childs_card_has_one_useful_token(void **state)
{
	CK_SESSION_HANDLE a, s;

	(void)state;
	(void)kit_begin("under15", NULL, NULL);
	expect_present("under15", true, true);
	a = kit_open_user(AUTH);
	expect_rv("sign", kit_sign(a), CKR_OK);
	s = kit_open(SIGN);
	assert_true(kit_token_flags(SIGN) & CKF_USER_PIN_LOCKED);
	expect_rv("login", kit_try_login(s, CKU_USER, PIN_SIGN),
	    CKR_PIN_LOCKED);
	assert_int_equal(kit_count(s, CKO_PRIVATE_KEY), 0);
	assert_int_equal(kit_count(s, CKO_CERTIFICATE), 1);
	assert_int_equal(kit_verifies(), 1);
}

static void
a_card_without_the_auth_certificate_signs_documents(void **state)
{
	CK_SESSION_HANDLE a, s;

	(void)state;
	(void)kit_begin("no-auth", NULL, NULL);
	s = kit_open_user(SIGN);
	expect_rv("sign", kit_sign(s), CKR_OK);
	a = kit_open(AUTH);
	assert_int_equal(kit_count(a, CKO_CERTIFICATE), 1);
	assert_int_equal(kit_count(a, CKO_PUBLIC_KEY), 0);
	(void)kit_token_flags(AUTH);
	(void)kit_token_flags(SIGN);
}

/* There, every certificate is behind a PIN. */
static void
a_phone_shows_nothing_before_the_login(void **state)
{
	CK_OBJECT_HANDLE key;
	CK_SESSION_HANDLE s;
	CK_ULONG n;

	(void)state;
	(void)kit_begin("phone", NULL, NULL);
	for (unsigned slot = AUTH; slot <= SIGN; slot++) {
		s = kit_open(slot);
		assert_int_equal(kit_find(s, CKO_PUBLIC_KEY), 0);
		assert_int_equal(kit_find(s, CKO_PRIVATE_KEY), 0);
		assert_int_equal(kit_count(s, CKO_PROFILE), slot == SIGN);
		kit_login(s, slot == AUTH ? PIN_AUTH : PIN_SIGN);
		key = kit_find(s, CKO_PUBLIC_KEY);
		assert_true(key != 0);
		expect_rv("sign", kit_sign(s), CKR_OK);
		assert_int_equal(kit_count(s, CKO_PROFILE), slot == SIGN);
		expect_rv("logout", p11->C_Logout(s), CKR_OK);
		expect_rv("gone", p11->C_GetObjectSize(s, key, &n),
		    CKR_OBJECT_HANDLE_INVALID);
		assert_int_equal(kit_find(s, CKO_PUBLIC_KEY), 0);
	}
}

/* Even if nobody looked for objects before. */
static void
a_phones_certificate_is_private_whenever_it_is_read(void **state)
{
	CK_SESSION_HANDLE s;

	(void)state;
	(void)kit_begin("phone", NULL, NULL);
	s = kit_open(AUTH);
	kit_login(s, PIN_AUTH);
	assert_int_equal(kit_count(s, CKO_PROFILE), 0);
	assert_true(kit_find(s, CKO_PUBLIC_KEY) != 0);
	expect_rv("logout", p11->C_Logout(s), CKR_OK);
	assert_int_equal(kit_find(s, CKO_PUBLIC_KEY), 0);
}

/* The card says 6982 to the certificate: so does C_Login know. */
static void
a_phone_that_lost_the_login_can_be_logged_in_again(void **state)
{
	struct vlink *link = kit_begin("phone", NULL, NULL);
	CK_SESSION_HANDLE s = kit_open(AUTH);

	(void)state;
	kit_login(s, PIN_AUTH);
	kit_fault(link, "sw=6982@ins=B0*9");
	assert_int_equal(kit_find(s, CKO_PRIVATE_KEY), 0);
	vlink_faults_clear(link);
	assert_int_equal(kit_state(s), CKS_RO_PUBLIC_SESSION);
	kit_login(s, PIN_AUTH);
	assert_true(kit_find(s, CKO_PRIVATE_KEY) != 0);
}

static void
each_module_file_shows_its_tokens(void **state)
{
	static const struct {
		const char	*settings;
		CK_ULONG	 slots;
		const char	*pin;
	} files[] = {
		{ "tokens=auth", 1, PIN_AUTH },
		{ "tokens=sign", 1, PIN_SIGN },
	};
	CK_SESSION_HANDLE s;

	(void)state;
	(void)kit_card(READER_A, "adult", NULL);
	for (size_t i = 0; i < COUNT(files); i++) {
		kit_init(files[i].settings);
		assert_int_equal(count_slots(CK_TRUE), files[i].slots);
		s = kit_open(0);
		kit_login(s, files[i].pin);
		expect_rv("sign", kit_sign(s), CKR_OK);
		kit_fini();
	}
}

/* For who registers the module, and wants no card to be waited for. */
static void
no_tokens_are_no_slots_and_ask_no_card(void **state)
{
	CK_TOKEN_INFO info;

	(void)state;
	(void)kit_card(READER_A, "adult", NULL);
	kit_init("tokens=none");
	assert_int_equal(count_slots(CK_FALSE), 0);
	assert_int_equal(count_slots(CK_TRUE), 0);
	expect_rv("token info", p11->C_GetTokenInfo(0, &info),
	    CKR_SLOT_ID_INVALID);
	assert_int_equal(kit_commands(), 0);
	kit_fini();
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, kit_setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(without_a_reader_there_are_no_slots),
		T(without_the_service_there_are_no_slots),
		T(the_list_follows_the_two_call_protocol),
		T(ids_stay_while_readers_come_and_go),
		T(a_card_that_is_not_jpki_is_asked_once),
		T(an_empty_or_mute_or_held_reader_has_no_token),
		T(trouble_in_recognising_is_tried_again),
		T(a_childs_card_has_one_useful_token),
		T(a_card_without_the_auth_certificate_signs_documents),
		T(a_phone_shows_nothing_before_the_login),
		T(a_phones_certificate_is_private_whenever_it_is_read),
		T(a_phone_that_lost_the_login_can_be_logged_in_again),
		T(each_module_file_shows_its_tokens),
		T(no_tokens_are_no_slots_and_ask_no_card),
		T(a_slot_has_its_readers_name),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
