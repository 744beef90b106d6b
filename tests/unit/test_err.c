/* SPDX-License-Identifier: BSD-2-Clause */
/* Every error has a name and a line of its own. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "unit.h"

#define ERR_END	1000	/* above every group of errors */

/*
 * No default: the compiler complains here when an error joins jpki.h, until
 * its name is known to this test, and so to err.c.
 */
static const char *
name_of(enum jpki_err err)
{
	switch (err) {
	case JPKI_OK: return "OK";
	case JPKI_ERR_ARG: return "ARG";
	case JPKI_ERR_PIN_FORMAT: return "PIN_FORMAT";
	case JPKI_ERR_PIN_NEW: return "PIN_NEW";
	case JPKI_ERR_PIN_SAME: return "PIN_SAME";
	case JPKI_ERR_BUFFER: return "BUFFER";
	case JPKI_ERR_MEMORY: return "MEMORY";
	case JPKI_ERR_INTERNAL: return "INTERNAL";
	case JPKI_ERR_NO_SERVICE: return "NO_SERVICE";
	case JPKI_ERR_ACCESS: return "ACCESS";
	case JPKI_ERR_NO_READER: return "NO_READER";
	case JPKI_ERR_NO_CARD: return "NO_CARD";
	case JPKI_ERR_REMOVED: return "REMOVED";
	case JPKI_ERR_BUSY: return "BUSY";
	case JPKI_ERR_MUTE: return "MUTE";
	case JPKI_ERR_TIMEOUT: return "TIMEOUT";
	case JPKI_ERR_CANCELLED: return "CANCELLED";
	case JPKI_ERR_IO: return "IO";
	case JPKI_ERR_NOT_JPKI: return "NOT_JPKI";
	case JPKI_ERR_NOT_FOUND: return "NOT_FOUND";
	case JPKI_ERR_AUTH_REQUIRED: return "AUTH_REQUIRED";
	case JPKI_ERR_PIN_WRONG: return "PIN_WRONG";
	case JPKI_ERR_PIN_LAST_TRY: return "PIN_LAST_TRY";
	case JPKI_ERR_PIN_LOCKED: return "PIN_LOCKED";
	case JPKI_ERR_PIN_UNCERTAIN: return "PIN_UNCERTAIN";
	case JPKI_ERR_UNSUPPORTED: return "UNSUPPORTED";
	case JPKI_ERR_SW: return "SW";
	case JPKI_ERR_MALFORMED: return "MALFORMED";
	case JPKI_ERR_MISMATCH: return "MISMATCH";
	}
	return "UNKNOWN";
}

static void
every_error_has_its_name(void **state)
{
	(void)state;
	for (int i = 0; i < ERR_END; i++)
		expect_text("name", jpki_err_name((enum jpki_err)i),
		    name_of((enum jpki_err)i));
}

static void
every_error_has_one_line_of_its_own(void **state)
{
	(void)state;
	for (int i = 0; i < ERR_END; i++) {
		const char *name = jpki_err_name((enum jpki_err)i);
		const char *text = jpki_strerror((enum jpki_err)i);
		bool known = strcmp(name, "UNKNOWN") != 0;

		assert_true(text != NULL && text[0] != '\0');
		expect_true(name, strchr(text, '\n') == NULL);
		expect_int(name, strcmp(text, "unknown error") != 0, known);
		for (int j = 0; known && j < i; j++)
			expect_true(name, strcmp(text,
			    jpki_strerror((enum jpki_err)j)) != 0);
	}
}

static void
errors_are_grouped_by_who_can_act(void **state)
{
	static const struct {
		enum jpki_err	err;
		int		group;
	} rows[] = {
		{ JPKI_ERR_ARG, 1 }, { JPKI_ERR_BUFFER, 1 },
		{ JPKI_ERR_MEMORY, 2 }, { JPKI_ERR_INTERNAL, 2 },
		{ JPKI_ERR_NO_SERVICE, 3 }, { JPKI_ERR_IO, 3 },
		{ JPKI_ERR_NOT_JPKI, 4 }, { JPKI_ERR_MISMATCH, 4 },
	};

	(void)state;
	assert_int_equal(JPKI_OK, 0);
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_int(jpki_err_name(rows[i].err), rows[i].err / 100,
		    rows[i].group);
}

static void
values_outside_the_enum_are_answered(void **state)
{
	static const int values[] = { -1, 1, 99, 199, 999, INT_MAX, INT_MIN };

	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		expect_text("name", jpki_err_name((enum jpki_err)values[i]),
		    "UNKNOWN");
		expect_text("text", jpki_strerror((enum jpki_err)values[i]),
		    "unknown error");
	}
}

static void
version_is_three_numbers(void **state)
{
	unsigned major, minor, patch;
	char again[40];

	(void)state;
	assert_int_equal(sscanf(jpki_version(), "%u.%u.%u", &major, &minor,
	    &patch), 3);
	(void)snprintf(again, sizeof(again), "%u.%u.%u", major, minor, patch);
	expect_text("version", jpki_version(), again);
	expect_text("version", jpki_version(), JPKI_VERSION);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_error_has_its_name),
		cmocka_unit_test(every_error_has_one_line_of_its_own),
		cmocka_unit_test(errors_are_grouped_by_who_can_act),
		cmocka_unit_test(values_outside_the_enum_are_answered),
		cmocka_unit_test(version_is_three_numbers),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
