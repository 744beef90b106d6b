/* SPDX-License-Identifier: BSD-2-Clause */
/* C_GetAttributeValue's buffers, and the refusals of all that writes. */
#include "p11kit.h"

#include <string.h>

#define GUARD	0xA5

static CK_SESSION_HANDLE s;
static CK_OBJECT_HANDLE cert, key;

static int
setup(void **state)
{
	kit_setup(state);
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open_user(AUTH);
	cert = kit_find(s, CKO_CERTIFICATE);
	key = kit_find(s, CKO_PRIVATE_KEY);
	return 0;
}

static void
a_null_buffer_asks_for_the_length(void **state)
{
	CK_ATTRIBUTE a[] = { { CKA_CLASS, NULL, 77 },
	    { CKA_LABEL, NULL, 0 }, { CKA_URL, NULL, ~0UL } };

	(void)state;
	expect_rv("lengths", p11->C_GetAttributeValue(s, cert, a, 3),
	    CKR_OK);
	assert_int_equal(a[0].ulValueLen, sizeof(CK_ULONG));
	assert_int_equal(a[1].ulValueLen, strlen("JPKI-AUTH"));
	assert_int_equal(a[2].ulValueLen, 0);
}

static void
no_byte_is_written_beyond_the_length(void **state)
{
	CK_BYTE buffer[64];
	CK_ATTRIBUTE a = { CKA_LABEL, buffer, 0 };
	size_t n = strlen("JPKI-AUTH");

	(void)state;
	for (size_t room = 0; room < sizeof(buffer); room++) {
		memset(buffer, GUARD, sizeof(buffer));
		a.ulValueLen = room;
		expect_rv("label", p11->C_GetAttributeValue(s, cert, &a, 1),
		    room < n ? CKR_BUFFER_TOO_SMALL : CKR_OK);
		assert_true(a.ulValueLen == (room < n ?
		    CK_UNAVAILABLE_INFORMATION : n));
		for (size_t i = room < n ? 0 : n; i < sizeof(buffer); i++)
			assert_int_equal(buffer[i], GUARD);
	}
}

/* One error does not keep the others from being answered. */
static void
all_attributes_are_handled_whatever_befalls_one(void **state)
{
	CK_BYTE short_buffer[1] = { GUARD }, label[32], secret[256];
	CK_ULONG class = 0;
	CK_ATTRIBUTE a[] = {
		{ CKA_VENDOR_DEFINED | 1, label, sizeof(label) },
		{ CKA_PRIME_1, secret, sizeof(secret) },
		{ CKA_ID, short_buffer, sizeof(short_buffer) },
		{ CKA_CERTIFICATE_TYPE, label, sizeof(label) },
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_PRIME_2, NULL, 0 },
		{ CKA_LABEL, label, sizeof(label) },
	};
	CK_RV rv;

	(void)state;
	rv = p11->C_GetAttributeValue(s, key, a, COUNT(a));
	assert_true(rv == CKR_ATTRIBUTE_TYPE_INVALID ||
	    rv == CKR_ATTRIBUTE_SENSITIVE || rv == CKR_BUFFER_TOO_SMALL);
	for (size_t i = 0; i < 4; i++)
		assert_true(a[i].ulValueLen == CK_UNAVAILABLE_INFORMATION);
	assert_int_equal(short_buffer[0], GUARD);
	assert_int_equal(a[4].ulValueLen, sizeof(class));
	assert_int_equal(class, CKO_PRIVATE_KEY);
	assert_true(a[5].ulValueLen == CK_UNAVAILABLE_INFORMATION);
	assert_int_equal(a[6].ulValueLen, strlen("JPKI-AUTH"));
	assert_memory_equal(label, "JPKI-AUTH", strlen("JPKI-AUTH"));
}

static const struct {
	CK_ATTRIBUTE_TYPE	type;
	CK_ULONG		room;
	CK_RV			rv;
} singles[] = {
	{ CKA_PRIME_1, 0, CKR_ATTRIBUTE_SENSITIVE },
	{ CKA_PRIME_1, 256, CKR_ATTRIBUTE_SENSITIVE },
	{ CKA_VALUE, 256, CKR_ATTRIBUTE_TYPE_INVALID },
	{ CKA_CERTIFICATE_TYPE, 256, CKR_ATTRIBUTE_TYPE_INVALID },
	{ CKA_VERIFY, 256, CKR_ATTRIBUTE_TYPE_INVALID },
	{ CKA_VENDOR_DEFINED, 256, CKR_ATTRIBUTE_TYPE_INVALID },
	{ ~0UL, 256, CKR_ATTRIBUTE_TYPE_INVALID },
	{ CKA_MODULUS, 255, CKR_BUFFER_TOO_SMALL },
	{ CKA_MODULUS, 256, CKR_OK },
	{ CKA_ID, 0, CKR_BUFFER_TOO_SMALL },
};

static void
each_error_has_its_code(void **state)
{
	CK_BYTE buffer[256];
	CK_ATTRIBUTE a;

	(void)state;
	for (size_t i = 0; i < COUNT(singles); i++) {
		a = (CK_ATTRIBUTE){ singles[i].type, buffer,
		    singles[i].room };
		expect_rv("single", p11->C_GetAttributeValue(s, key, &a, 1),
		    singles[i].rv);
	}
}

static void
arguments_that_cannot_be(void **state)
{
	CK_ULONG class;
	CK_ATTRIBUTE a = { CKA_CLASS, &class, sizeof(class) };
	CK_ULONG counts[] = { 0, 1UL << 31, 1UL << 63, ~0UL };

	(void)state;
	expect_rv("NULL", p11->C_GetAttributeValue(s, cert, NULL, 1),
	    CKR_ARGUMENTS_BAD);
	for (size_t i = 0; i < COUNT(counts); i++)
		expect_rv("count", p11->C_GetAttributeValue(s, cert, &a,
		    counts[i]), CKR_ARGUMENTS_BAD);
	expect_rv("handle", p11->C_GetAttributeValue(s, 0, &a, 1),
	    CKR_OBJECT_HANDLE_INVALID);
	expect_rv("handle", p11->C_GetAttributeValue(s, ~0UL, &a, 1),
	    CKR_OBJECT_HANDLE_INVALID);
}

/*
 * Writing: what is wrong with the call is said first, then that the card's
 * objects are fixed.
 */

static void
nothing_is_created(void **state)
{
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_ATTRIBUTE label = { CKA_LABEL, &class, 1 };
	CK_ATTRIBUTE t = { CKA_CLASS, &class, sizeof(class) };
	CK_OBJECT_HANDLE o;

	(void)state;
	expect_rv("NULL", p11->C_CreateObject(s, NULL, 1, &o),
	    CKR_ARGUMENTS_BAD);
	expect_rv("NULL, 0", p11->C_CreateObject(s, NULL, 0, &o),
	    CKR_ARGUMENTS_BAD);
	expect_rv("output", p11->C_CreateObject(s, &t, 1, NULL),
	    CKR_ARGUMENTS_BAD);
	expect_rv("huge", p11->C_CreateObject(s, &t, ~0UL, &o),
	    CKR_ARGUMENTS_BAD);
	expect_rv("empty", p11->C_CreateObject(s, &t, 0, &o),
	    CKR_TEMPLATE_INCOMPLETE);
	expect_rv("classless", p11->C_CreateObject(s, &label, 1, &o),
	    CKR_TEMPLATE_INCOMPLETE);
	expect_rv("data", p11->C_CreateObject(s, &t, 1, &o),
	    CKR_FUNCTION_NOT_SUPPORTED);
}

static void
nothing_is_copied_changed_or_destroyed(void **state)
{
	CK_BYTE text[1] = "x";
	CK_ATTRIBUTE t = { CKA_LABEL, text, 1 };
	CK_SESSION_HANDLE rw = kit_open_rw(AUTH);
	CK_OBJECT_HANDLE o;

	(void)state;
	for (int i = 0; i < 2; i++) {
		CK_SESSION_HANDLE one = i == 0 ? s : rw;
		CK_RV no = i == 0 ? CKR_SESSION_READ_ONLY :
		    CKR_ACTION_PROHIBITED;

		expect_rv("copy", p11->C_CopyObject(one, cert, &t, 1, &o),
		    no);
		expect_rv("copy", p11->C_CopyObject(one, cert, NULL, 0, &o),
		    no);
		expect_rv("set", p11->C_SetAttributeValue(one, cert, &t, 1),
		    no);
		expect_rv("destroy", p11->C_DestroyObject(one, cert), no);
		expect_rv("no such", p11->C_CopyObject(one, 4711, &t, 1, &o),
		    CKR_OBJECT_HANDLE_INVALID);
		expect_rv("no such", p11->C_SetAttributeValue(one, 4711, &t,
		    1), CKR_OBJECT_HANDLE_INVALID);
		expect_rv("no such", p11->C_DestroyObject(one, 4711),
		    CKR_OBJECT_HANDLE_INVALID);
		expect_rv("NULL", p11->C_CopyObject(one, cert, NULL, 1, &o),
		    CKR_ARGUMENTS_BAD);
		expect_rv("NULL", p11->C_CopyObject(one, cert, &t, 1, NULL),
		    CKR_ARGUMENTS_BAD);
		expect_rv("NULL", p11->C_SetAttributeValue(one, cert, NULL,
		    1), CKR_ARGUMENTS_BAD);
		expect_rv("none", p11->C_SetAttributeValue(one, cert, &t, 0),
		    CKR_ARGUMENTS_BAD);
	}
	assert_int_equal(kit_count(s, CKO_CERTIFICATE), 2);
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_null_buffer_asks_for_the_length),
		T(no_byte_is_written_beyond_the_length),
		T(all_attributes_are_handled_whatever_befalls_one),
		T(each_error_has_its_code),
		T(arguments_that_cannot_be),
		T(nothing_is_created),
		T(nothing_is_copied_changed_or_destroyed),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
