/* SPDX-License-Identifier: BSD-2-Clause */
/* C_GetFunctionList, C_GetInterfaceList, C_GetInterface. */
#include "p11kit.h"

#include <string.h>

static CK_UTF8CHAR standard[] = "PKCS 11";

static void
the_list_of_functions_is_2_40(void **state)
{
	(void)state;
	expect_rv("NULL", C_GetFunctionList(NULL), CKR_ARGUMENTS_BAD);
	assert_int_equal(p11->version.major, 2);
	assert_int_equal(p11->version.minor, 40);
	assert_ptr_equal(p11->C_GetFunctionList, C_GetFunctionList);
}

/* Every entry is there, and in the place that the standard gives it. */
static void
both_lists_are_complete_and_agree(void **state)
{
	(void)state;
	assert_int_equal(p11_3->version.major, 3);
	assert_int_equal(p11_3->version.minor, 0);
#define SAME(name, parameters) \
	assert_non_null(p11->name); \
	assert_ptr_equal(p11->name, p11_3->name); \
	assert_int_equal(offsetof(CK_FUNCTION_LIST, name), \
	    offsetof(struct functions_3_0, name));
	FUNCTIONS_2_40(SAME)
#define THERE(name, parameters)	assert_non_null(p11_3->name);
	FUNCTIONS_3_0(THERE)
	assert_ptr_equal(p11_3->C_GetInterface, C_GetInterface);
	assert_ptr_equal(p11_3->C_GetInterfaceList, C_GetInterfaceList);
}

static void
the_interface_list_follows_the_two_call_protocol(void **state)
{
	CK_INTERFACE list[3];
	CK_ULONG n = 77;

	(void)state;
	expect_rv("NULL", C_GetInterfaceList(NULL, NULL), CKR_ARGUMENTS_BAD);
	expect_rv("NULL", C_GetInterfaceList(list, NULL), CKR_ARGUMENTS_BAD);
	expect_rv("count", C_GetInterfaceList(NULL, &n), CKR_OK);
	assert_int_equal(n, 2);
	n = 1;
	expect_rv("short", C_GetInterfaceList(list, &n),
	    CKR_BUFFER_TOO_SMALL);
	assert_int_equal(n, 2);
	n = 3;
	expect_rv("list", C_GetInterfaceList(list, &n), CKR_OK);
	assert_int_equal(n, 2);
	for (int i = 0; i < 2; i++) {
		assert_string_equal((char *)list[i].pInterfaceName,
		    "PKCS 11");
		assert_int_equal(list[i].flags, 0);
	}
	assert_ptr_equal(list[0].pFunctionList, p11_3);
	assert_ptr_equal(list[1].pFunctionList, p11);
}

static const struct {
	const char	*name;		/* NULL: any */
	int		 major, minor;	/* -1: any */
	CK_FLAGS	 flags;
	int		 got;		/* 2, 3, or 0 for ARGUMENTS_BAD */
} wishes[] = {
	{ NULL, -1, -1, 0, 3 },
	{ "PKCS 11", -1, -1, 0, 3 },
	{ NULL, 3, 0, 0, 3 },
	{ NULL, 2, 40, 0, 2 },
	{ "PKCS 11", 3, 0, 0, 3 },
	{ "PKCS 11", 2, 40, 0, 2 },
	{ "PKCS 11", 4, 50, 0, 0 },
	{ "PKCS 11", 3, 1, 0, 0 },
	{ "PKCS 11", 2, 20, 0, 0 },
	{ "PKCS", -1, -1, 0, 0 },
	{ "PKCS 11 ", -1, -1, 0, 0 },
	{ "", -1, -1, 0, 0 },
	{ "Vendor MegaCorp", -1, -1, 0, 0 },
	{ NULL, -1, -1, CKF_INTERFACE_FORK_SAFE, 0 },
	{ NULL, -1, -1, 1UL << 31, 0 },
	{ "PKCS 11", 3, 0, ~0UL, 0 },
};

static void
an_interface_is_got_only_by_what_it_is(void **state)
{
	CK_UTF8CHAR name[32];
	CK_VERSION version;
	CK_INTERFACE *got;
	CK_RV rv;

	(void)state;
	expect_rv("NULL", C_GetInterface(NULL, NULL, NULL, 0),
	    CKR_ARGUMENTS_BAD);
	expect_rv("NULL", C_GetInterface(standard, NULL, NULL, 0),
	    CKR_ARGUMENTS_BAD);
	for (size_t i = 0; i < COUNT(wishes); i++) {
		got = NULL;
		if (wishes[i].name != NULL)
			strcpy((char *)name, wishes[i].name);
		version = (CK_VERSION){ (CK_BYTE)wishes[i].major,
		    (CK_BYTE)wishes[i].minor };
		rv = C_GetInterface(wishes[i].name != NULL ? name : NULL,
		    wishes[i].major >= 0 ? &version : NULL, &got,
		    wishes[i].flags);
		expect_rv("interface", rv, wishes[i].got != 0 ? CKR_OK :
		    CKR_ARGUMENTS_BAD);
		if (wishes[i].got == 0)
			assert_null(got);
		else
			assert_ptr_equal(got->pFunctionList,
			    wishes[i].got == 3 ? (void *)p11_3 :
			    (void *)p11);
	}
}

/* They are asked for before anything is initialised, and after its end. */
static void
interfaces_need_no_initialisation(void **state)
{
	CK_INTERFACE *got = NULL;

	(void)state;
	kit_init(NULL);
	kit_fini();
	expect_rv("interface", C_GetInterface(standard, NULL, &got, 0),
	    CKR_OK);
	assert_ptr_equal(got->pFunctionList, p11_3);
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, kit_setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_list_of_functions_is_2_40),
		T(both_lists_are_complete_and_agree),
		T(the_interface_list_follows_the_two_call_protocol),
		T(an_interface_is_got_only_by_what_it_is),
		T(interfaces_need_no_initialisation),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
