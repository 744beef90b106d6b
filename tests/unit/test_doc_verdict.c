/* SPDX-License-Identifier: BSD-2-Clause */
/* What findings make of a document. */
#include "verdict.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

static const enum check needed[] = {
	CHECK_INTEGRITY, CHECK_SIGNATURE, CHECK_COVERAGE, CHECK_USAGE,
	CHECK_VALIDITY, CHECK_CHAIN,
};

/* A signature of which all that has to be good is. */
static struct verdict_signature *
add_good(struct verdict *v)
{
	struct verdict_signature *s = verdict_add(v);

	assert_non_null(s);
	for (size_t i = 0; i < COUNT(needed); i++)
		assert_true(verdict_note(s, needed[i], FINDING_OK, NULL));
	return s;
}

static void
expect_verdict(struct verdict *v, bool holds, bool fails)
{
	assert_int_equal(verdict_holds(v), holds);
	assert_int_equal(verdict_fails(v), fails);
	verdict_free(v);
}

static void
a_document_without_signatures_fails(void **state)
{
	struct verdict v = { NULL, NULL, 0 };

	(void)state;
	expect_verdict(&v, false, true);
}

static void
time_stamps_and_revocation_need_not_be_known(void **state)
{
	static const enum finding findings[] = {
		FINDING_NONE, FINDING_OK, FINDING_UNKNOWN
	};
	struct verdict v = { NULL, NULL, 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(findings); i++) {
		struct verdict_signature *s = add_good(&v);

		verdict_note(s, CHECK_TIMESTAMP, findings[i], NULL);
		verdict_note(s, CHECK_REVOCATION, findings[i], NULL);
		expect_verdict(&v, true, false);
	}
}

static void
what_fails_fails_the_document(void **state)
{
	struct verdict v = { NULL, NULL, 0 };

	(void)state;
	for (int check = 0; check < CHECK_COUNT; check++) {
		(void)add_good(&v);
		verdict_note(add_good(&v), (enum check)check, FINDING_FAILED,
		    "%s", check_name((enum check)check));
		(void)add_good(&v);
		expect_verdict(&v, false, true);
	}
}

static void
what_was_not_looked_at_is_not_good(void **state)
{
	struct verdict v = { NULL, NULL, 0 };

	(void)state;
	for (size_t left_out = 0; left_out < COUNT(needed); left_out++) {
		struct verdict_signature *s = verdict_add(&v);

		for (size_t i = 0; i < COUNT(needed); i++)
			if (i != left_out)
				verdict_note(s, needed[i], FINDING_OK, NULL);
		expect_verdict(&v, false, true);
	}
}

static void
what_is_not_known_neither_holds_nor_fails(void **state)
{
	struct verdict v = { NULL, NULL, 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(needed); i++) {
		verdict_note(add_good(&v), needed[i], FINDING_UNKNOWN, "?");
		expect_verdict(&v, false, false);
	}
}

static void
what_failed_stays_failed(void **state)
{
	struct verdict v = { NULL, NULL, 0 };
	struct verdict_signature *s = add_good(&v);

	(void)state;
	assert_true(verdict_note(s, CHECK_CHAIN, FINDING_FAILED, "no"));
	assert_true(verdict_note(s, CHECK_CHAIN, FINDING_OK, "yes"));
	assert_string_equal(s->check[CHECK_CHAIN].words, "no");
	expect_verdict(&v, false, true);
}

static void
checks_have_names(void **state)
{
	(void)state;
	for (int check = 0; check < CHECK_COUNT; check++)
		assert_non_null(check_name((enum check)check));
	assert_null(check_name(CHECK_COUNT));
	assert_null(check_name((enum check)-1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_without_signatures_fails),
		cmocka_unit_test(time_stamps_and_revocation_need_not_be_known),
		cmocka_unit_test(what_fails_fails_the_document),
		cmocka_unit_test(what_was_not_looked_at_is_not_good),
		cmocka_unit_test(what_is_not_known_neither_holds_nor_fails),
		cmocka_unit_test(what_failed_stays_failed),
		cmocka_unit_test(checks_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
