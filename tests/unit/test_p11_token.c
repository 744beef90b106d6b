/* SPDX-License-Identifier: BSD-2-Clause */
/* C_GetTokenInfo: names that stay, flags that follow the card. */
#include "p11kit.h"

#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

static CK_TOKEN_INFO
info_of(unsigned slot)
{
	CK_TOKEN_INFO info;

	memset(&info, 0xAA, sizeof(info));
	expect_rv("token", p11->C_GetTokenInfo(kit_slot(slot), &info),
	    CKR_OK);
	return info;
}

static void
expect_field(const char *what, const CK_UTF8CHAR *field, size_t n,
    const char *text)
{
	char padded[65];

	snprintf(padded, sizeof(padded), "%-64s", text);
	expect_bytes(what, slice_of(field, n), slice_of(padded, n));
}

static void
what_a_token_says_of_itself(void **state)
{
	static const struct {
		const char	*label;
		CK_ULONG	 min, max;
	} tokens[] = { { "JPKI-AUTH", 4, 4 }, { "JPKI-SIGN", 6, 16 } };
	CK_TOKEN_INFO info;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	for (unsigned i = AUTH; i <= SIGN; i++) {
		info = info_of(i);
		expect_field("label", info.label, 32, tokens[i].label);
		expect_field("manufacturer", info.manufacturerID, 32,
		    "J-LIS");
		expect_field("model", info.model, 16, "JPKI");
		expect_field("time", info.utcTime, 16, "");
		assert_int_equal(info.flags, CKF_LOGIN_REQUIRED |
		    CKF_USER_PIN_INITIALIZED | CKF_TOKEN_INITIALIZED);
		assert_int_equal(info.ulMinPinLen, tokens[i].min);
		assert_int_equal(info.ulMaxPinLen, tokens[i].max);
		assert_int_equal(info.ulMaxSessionCount,
		    CK_EFFECTIVELY_INFINITE);
		assert_int_equal(info.ulMaxRwSessionCount,
		    CK_EFFECTIVELY_INFINITE);
		assert_true(info.ulTotalPublicMemory ==
		    CK_UNAVAILABLE_INFORMATION);
		assert_true(info.ulFreePrivateMemory ==
		    CK_UNAVAILABLE_INFORMATION);
		assert_int_equal(info.hardwareVersion.major, 0);
		assert_int_equal(info.firmwareVersion.minor, 0);
	}
}

static void
sessions_are_counted(void **state)
{
	CK_SESSION_HANDLE s[3];
	CK_TOKEN_INFO info;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s[0] = kit_open(AUTH);
	s[1] = kit_open_rw(AUTH);
	s[2] = kit_open_rw(SIGN);
	info = info_of(AUTH);
	assert_int_equal(info.ulSessionCount, 2);
	assert_int_equal(info.ulRwSessionCount, 1);
	expect_rv("close", p11->C_CloseSession(s[1]), CKR_OK);
	info = info_of(AUTH);
	assert_int_equal(info.ulSessionCount, 1);
	assert_int_equal(info.ulRwSessionCount, 0);
	info = info_of(SIGN);
	assert_int_equal(info.ulSessionCount, 1);
	assert_int_equal(info.ulRwSessionCount, 1);
	expect_rv("close", p11->C_CloseAllSessions(kit_slot(SIGN)), CKR_OK);
	assert_int_equal(info_of(SIGN).ulSessionCount, 0);
}

/* 16 hexadecimal digits of SHA-256 over the authentication certificate. */
static void
expected_serial(struct vlink *link, char out[17])
{
	CK_BYTE der[4096];
	CK_ATTRIBUTE value = { CKA_VALUE, der, sizeof(der) };
	CK_SESSION_HANDLE s = kit_open(AUTH);
	uint8_t digest[EVP_MAX_MD_SIZE];

	(void)link;
	expect_rv("value", p11->C_GetAttributeValue(s,
	    kit_find(s, CKO_CERTIFICATE), &value, 1), CKR_OK);
	assert_int_equal(EVP_Digest(der, value.ulValueLen, digest, NULL,
	    EVP_sha256(), NULL), 1);
	for (int i = 0; i < 8; i++)
		snprintf(out + 2 * i, 3, "%02X", digest[i]);
	expect_rv("close", p11->C_CloseSession(s), CKR_OK);
}

/* A program would take it for another card. */
static void
a_no_that_passes_does_not_change_the_serial(void **state)
{
	const char *faults[] = { "reset,before@3", "select,before@4",
	    "reset,before@6", "reset,after@7", "select,after@8",
	    "sw=6A82@ins=A4#2", "sw=6982@ins=B0#1" };
	struct vlink *link = kit_begin("adult", NULL, NULL);
	char serial[17];

	(void)state;
	expected_serial(link, serial);
	for (size_t i = 0; i < COUNT(faults); i++) {
		vlink_remove(link);
		vlink_insert(link);
		vlink_counters_clear(link);
		kit_fault(link, faults[i]);
		assert_memory_equal(info_of(AUTH).serialNumber, serial, 16);
	}
}

static void
the_serial_is_the_cards(void **state)
{
	struct vlink *a = kit_begin("adult", NULL, NULL), *b;
	CK_TOKEN_INFO info;
	char serial[17];

	(void)state;
	expected_serial(a, serial);
	info = info_of(AUTH);
	assert_memory_equal(info.serialNumber, serial, 16);
	info = info_of(SIGN);
	assert_memory_equal(info.serialNumber, serial, 16);
	vlink_remove(a);
	vlink_insert(a);
	info = info_of(SIGN);
	assert_memory_equal(info.serialNumber, serial, 16);
	/* Another card has another. */
	b = kit_card(READER_B, "expiring", NULL);
	info = info_of(2);
	assert_memory_not_equal(info.serialNumber, serial, 16);
	/* In the same reader, too. */
	vtransport_unplug(kit_world, READER_A);
	vtransport_unplug(kit_world, READER_B);
	vlink_remove(b);
	vlink_insert(b);
	assert_int_equal(vtransport_add(kit_world, READER_A, b), JPKI_OK);
	assert_memory_equal(info_of(AUTH).serialNumber, info.serialNumber,
	    16);
}

static void
cards_change_in_a_reader_unobserved(void **state)
{
	struct vlink *a = kit_begin("adult", NULL, NULL), *b;
	CK_TOKEN_INFO first = info_of(AUTH), second;

	(void)state;
	b = kit_card(READER_B, "expiring", NULL);
	vtransport_unplug(kit_world, READER_A);
	vtransport_unplug(kit_world, READER_B);
	while (vlink_events(b) <= vlink_events(a)) {
		vlink_remove(b);
		vlink_insert(b);
	}
	assert_int_equal(vtransport_add(kit_world, READER_A, b), JPKI_OK);
	second = info_of(AUTH);
	assert_memory_not_equal(first.serialNumber, second.serialNumber, 16);
}

static void
where_no_certificate_shows_the_label_makes_the_serial(void **state)
{
	const struct { const char *profile, *quirks; } cards[] = {
		{ "phone", NULL }, { "no-auth", NULL },
		{ "adult", "cert-garbage=auth" },
		{ "adult", "cert-garbage=auth-length" },
		{ "adult", "no-auth-cert=ff" },
		{ "no-auth", "no-auth-cert=6a82" },
	};
	CK_TOKEN_INFO before, after;

	for (size_t i = 0; i < COUNT(cards); i++) {
		if (i > 0) {
			kit_teardown(state);
			kit_setup(state);
		}
		(void)kit_begin(cards[i].profile, cards[i].quirks, NULL);
		before = info_of(SIGN);
		assert_int_equal(strspn((char *)before.serialNumber,
		    "0123456789ABCDEF"), 16);
		(void)kit_open_user(SIGN);
		after = info_of(AUTH);
		assert_memory_equal(before.serialNumber, after.serialNumber,
		    16);
	}
}

/* A phone's certificate shows after the login; it is named as before. */
static void
a_phones_serial_does_not_depend_on_the_login(void **state)
{
	CK_TOKEN_INFO before, after;

	(void)state;
	(void)kit_begin("phone", NULL, NULL);
	before = info_of(AUTH);
	kit_fini();
	kit_init(NULL);
	(void)kit_open_user(AUTH);
	after = info_of(AUTH);
	assert_memory_equal(before.serialNumber, after.serialNumber, 16);
}

static void
one_odd_answer_does_not_change_the_serial(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_TOKEN_INFO before = info_of(AUTH), after;
	const char *faults[] = { "garbage@ins=B0#1", "sw=6F00@ins=B0#1",
	    "empty@ins=B0#1", "hangup@ins=B0#1" };

	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++) {
		vlink_remove(link);
		vlink_insert(link);
		(void)kit_slot(AUTH);
		vlink_counters_clear(link);
		kit_fault(link, faults[i]);
		(void)p11->C_GetTokenInfo(kit_slot(AUTH), &after);
		after = info_of(AUTH);
		assert_memory_equal(before.serialNumber, after.serialNumber,
		    16);
	}
}

static const struct {
	int		 tries;
	CK_FLAGS	 flags[2];	/* auth has 3 tries, sign 5 */
} pins[] = {
	{ 5, { 0, 0 } },
	{ 4, { 0, CKF_USER_PIN_COUNT_LOW } },
	{ 3, { 0, CKF_USER_PIN_COUNT_LOW } },
	{ 2, { CKF_USER_PIN_COUNT_LOW, CKF_USER_PIN_COUNT_LOW } },
	{ 1, { CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY,
	       CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY } },
	{ 0, { CKF_USER_PIN_LOCKED, CKF_USER_PIN_LOCKED } },
	/* A lock is not remembered. */
	{ 3, { 0, CKF_USER_PIN_COUNT_LOW } },
	{ 5, { 0, 0 } },
};

#define PIN_FLAGS	(CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY | \
			CKF_USER_PIN_LOCKED)

static void
follow(struct vlink *link)
{
	static const char *const names[] = { "auth", "sign" };

	for (size_t i = 0; i < COUNT(pins); i++)
		for (unsigned slot = AUTH; slot <= SIGN; slot++) {
			if (slot == AUTH && pins[i].tries > 3)
				continue;
			assert_int_equal(vlink_set_tries(link, names[slot],
			    pins[i].tries), 0);
			assert_int_equal(kit_token_flags(slot) & PIN_FLAGS,
			    pins[i].flags[slot]);
		}
}

static void
pin_flags_follow_the_card(void **state)
{
	const char *quirks[] = { NULL, "locked-6983",
	    "locked-6983 query-locked-sw", "query-locked-sw",
	    "query-6700-short", "query-6700-long" };

	for (size_t i = 0; i < COUNT(quirks); i++) {
		if (i > 0) {
			kit_teardown(state);
			kit_setup(state);
		}
		follow(kit_begin("adult", quirks[i], NULL));
		assert_int_equal(kit_verifies(), 0);
	}
}

static void
pin_flags_follow_the_logins(void **state)
{
	CK_SESSION_HANDLE s;

	(void)state;
	(void)kit_begin("adult", NULL, "last-try=allow");
	s = kit_open(AUTH);
	(void)kit_try_login(s, CKU_USER, "9999");
	assert_int_equal(kit_token_flags(AUTH) & PIN_FLAGS,
	    CKF_USER_PIN_COUNT_LOW);
	(void)kit_try_login(s, CKU_USER, "9998");
	assert_int_equal(kit_token_flags(AUTH) & PIN_FLAGS,
	    CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY);
	kit_login(s, PIN_AUTH);
	assert_int_equal(kit_token_flags(AUTH) & PIN_FLAGS, 0);
	assert_int_equal(kit_token_flags(SIGN) & PIN_FLAGS, 0);
	/* To ask does not end the login. */
	expect_rv("sign", kit_sign(s), CKR_OK);
}

/* Law P8: an odd answer hides nothing else. */
static void
an_odd_answer_about_the_pin_hides_no_token(void **state)
{
	const char *sws[] = { "sw=6700@ins=20", "sw=6D00@ins=20",
	    "sw=6F00@ins=20", "sw=9000@ins=20", "sw=6300@ins=20",
	    "sw=6982@ins=20", "sw=63FF@ins=20" };
	struct vlink *link = kit_begin("adult", NULL, NULL);

	(void)state;
	for (size_t i = 0; i < COUNT(sws); i++) {
		kit_fault(link, sws[i]);
		assert_int_equal(kit_token_flags(AUTH) &
		    (CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED), 0);
		vlink_faults_clear(link);
	}
}

static void
trouble_on_the_way_passes_or_is_an_error(void **state)
{
	static const struct { const char *fault; CK_RV rv; } faults[] = {
		{ "hangup@ins=20#1", CKR_OK },
		{ "remove-insert@ins=20#1", CKR_OK },
		{ "hangup@ins=20", CKR_TOKEN_NOT_PRESENT },
		{ "remove@ins=20#1", CKR_TOKEN_NOT_PRESENT },
	};
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_TOKEN_INFO info;

	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++) {
		(void)kit_token_flags(AUTH);
		vlink_counters_clear(link);
		kit_fault(link, faults[i].fault);
		expect_rv(faults[i].fault, p11->C_GetTokenInfo(
		    kit_slot(AUTH), &info), faults[i].rv);
		vlink_faults_clear(link);
		vlink_insert(link);
	}
	(void)kit_token_flags(AUTH);
	vtransport_exclusive(kit_world, READER_A, true);
	expect_rv("held", p11->C_GetTokenInfo(kit_slot(AUTH), &info),
	    CKR_DEVICE_ERROR);
	vtransport_exclusive(kit_world, READER_A, false);
	(void)kit_token_flags(AUTH);
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, kit_setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_a_token_says_of_itself),
		T(sessions_are_counted),
		T(the_serial_is_the_cards),
		T(a_no_that_passes_does_not_change_the_serial),
		T(cards_change_in_a_reader_unobserved),
		T(where_no_certificate_shows_the_label_makes_the_serial),
		T(a_phones_serial_does_not_depend_on_the_login),
		T(one_odd_answer_does_not_change_the_serial),
		T(pin_flags_follow_the_card),
		T(pin_flags_follow_the_logins),
		T(an_odd_answer_about_the_pin_hides_no_token),
		T(trouble_on_the_way_passes_or_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
