/* SPDX-License-Identifier: BSD-2-Clause */
/* Which certification authorities are pinned, and that nothing else is. */
#include "anchors.h"

#include <string.h>

#include "unit.h"

/* PROTOCOL, "Certification authorities". */
static const struct {
	const char	*name;
	const char	*key_id;
	const char	*sha256;
} pinned[] = {
	{ "signature 01", "0D034CBB34D0714F45E45A1CAFD8FD143FAB54A7",
	    "19645405A1FE14377434BD55957628AC4038557C542403A2243F21C706FC9355" },
	{ "signature 02", "4DE017DE4B7F473DCD867A62D38B134ACE83558A",
	    "79679C33E4CC9319440F1AD120A597FF1844E2EF217063ADB176966FD5E6FBEB" },
	{ "signature 03", "D21EA55895617E93ADBF966B941AB4EDF653F08F",
	    "D227F6CDE11D35C5252178F106F843D24651944975413B539FA2FB68DBFA365F" },
	{ "user authentication 01", "9567951B5CA70D84A0FFF1D85A87F1AAB1340385",
	    "4DCFC4CA0AAF9FB2A3081B3F0C991C320B3ACC008667A341EEAEC5AF1D58CA7D" },
	{ "user authentication 03", "1AC100F596A3BC8C4B3DF195E32699249E9E308A",
	    "64114F29620C24ED2631D46476A040E7EE740D956089C00B036A6A8118C322B5" },
};

static void
the_authorities_of_j_lis_are_pinned(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pinned); i++) {
		expect_true(pinned[i].name,
		    anchor_has_key_id(pinned[i].key_id));
		expect_true(pinned[i].name,
		    anchor_has_fingerprint(pinned[i].sha256));
	}
}

static void
a_key_id_is_no_fingerprint(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pinned); i++) {
		expect_true(pinned[i].name,
		    !anchor_has_key_id(pinned[i].sha256));
		expect_true(pinned[i].name,
		    !anchor_has_fingerprint(pinned[i].key_id));
	}
}

static void
nothing_else_is_pinned(void **state)
{
	static const char *const others[] = {
		"", "0", "0D034CBB34D0714F45E45A1CAFD8FD143FAB54A",
		"0D034CBB34D0714F45E45A1CAFD8FD143FAB54A70",
		"0D034CBB34D0714F45E45A1CAFD8FD143FAB54A8",
		"0d034cbb34d0714f45e45a1cafd8fd143fab54a7",
		"1D034CBB34D0714F45E45A1CAFD8FD143FAB54A7",
		"E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
		"0000000000000000000000000000000000000000000000000000000000000000",
		"19645405A1FE14377434BD55957628AC4038557C542403A2243F21C706FC9354",
		"19645405a1fe14377434bd55957628ac4038557c542403a2243f21c706fc9355",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++) {
		expect_true(others[i], !anchor_has_key_id(others[i]));
		expect_true(others[i], !anchor_has_fingerprint(others[i]));
	}
}

/* A pin that differs in any one digit from ours must not pass. */
static void
every_digit_of_a_pin_counts(void **state)
{
	char text[65];

	(void)state;
	for (size_t i = 0; i < COUNT(pinned); i++)
		for (size_t at = 0; at < 64; at++) {
			(void)memcpy(text, pinned[i].sha256, sizeof(text));
			text[at] = text[at] == '0' ? '1' : '0';
			expect_true(text, !anchor_has_fingerprint(text));
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_authorities_of_j_lis_are_pinned),
		cmocka_unit_test(a_key_id_is_no_fingerprint),
		cmocka_unit_test(nothing_else_is_pinned),
		cmocka_unit_test(every_digit_of_a_pin_counts),
	};

	return cmocka_run_group_tests_name("anchors", tests, NULL, NULL);
}
