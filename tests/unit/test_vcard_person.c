/* SPDX-License-Identifier: BSD-2-Clause */
/* Periods, eras and numbers of the virtual card's person; no card needed. */
#include "unit.h"

#include <string.h>

#include "calendar.h"
#include "person.h"

static int64_t
noon(const char *day)
{
	struct day d;

	assert_true(calendar_parse(day, &d));
	return calendar_end(d) - 12 * 3600;
}

static struct person
make(const char *profile, const struct vcard_person *given, const char *today)
{
	char error[VCARD_ERROR_MAX] = "";
	struct person p;

	if (person_make(&p, profile_find(profile), given, noon(today),
	    error) != 0)
		fail_msg("%s: %s", profile, error);
	return p;
}

/* The first row is a real test card's holder. */
static void
certificates_end_with_the_fifth_birthday(void **state)
{
	static const struct {
		const char *birth, *today;
		int until, card;
	} rows[] = {
		{ "1980-02-17", "2025-10-27", 20300217, 20350217 },
		{ "1980-02-17", "2026-02-16", 20300217, 20350217 },
		{ "1980-02-17", "2026-02-17", 20310217, 20360217 },
		{ "1980-12-31", "2026-01-01", 20301231, 20351231 },
		{ "1996-02-29", "2026-01-01", 20300228, 20350228 },
		{ "1996-02-29", "2023-03-01", 20280229, 20330228 },
		{ "2015-05-05", "2026-01-01", 20300505, 20300505 },
		{ "2008-01-01", "2026-01-01", 20310101, 20360101 },
		{ "2008-01-02", "2026-01-01", 20300102, 20300102 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct vcard_person given = { .birth = rows[i].birth };
		struct person p = make("adult", &given, rows[i].today);

		expect_int(rows[i].birth,
		    calendar_number(calendar_japan(p.until)), rows[i].until);
		expect_int(rows[i].birth, calendar_number(p.card_until),
		    rows[i].card);
		/* 23:59:59 in Japan is 14:59:59 in UTC. */
		expect_int("time", p.until % 86400, 14 * 3600 + 59 * 60 + 59);
		expect_int("issued", p.issued, noon(rows[i].today));
	}
}

static void
expiring_and_expired_lie_around_creation(void **state)
{
	static const char *const days[] = {
		"2026-01-01", "2026-04-30", "2024-01-15", "2024-03-30", "2027-12-31"
	};

	(void)state;
	for (size_t i = 0; i < COUNT(days); i++) {
		struct person expiring = make("expiring", NULL, days[i]);
		struct person expired = make("expired", NULL, days[i]);
		int64_t now = noon(days[i]);

		expect_true(days[i], expiring.until > now);
		expect_true(days[i], expiring.until < now + 60 * 86400);
		expect_true(days[i], expired.until < now);
		expect_true(days[i], expired.until > now - 60 * 86400);
		/* The rule of the fifth birthday holds for them too. */
		expect_int(days[i], calendar_number(calendar_birthday(
		    expiring.birth, calendar_japan(expiring.issued), 5)),
		    calendar_number(calendar_japan(expiring.until)));
		expect_int(days[i], calendar_number(calendar_birthday(
		    expired.birth, calendar_japan(expired.issued), 5)),
		    calendar_number(calendar_japan(expired.until)));
	}
}

static void
under15_is_under_15(void **state)
{
	struct person p = make("under15", NULL, "2026-06-01");

	(void)state;
	assert_int_equal(calendar_number(p.birth), 20160401);
	assert_int_equal(calendar_number(p.card_until), 20310401);
}

static void
eras_change_on_their_days(void **state)
{
	static const struct {
		const char *day;
		int code, year;
	} rows[] = {
		{ "1868-01-25", 1, 1 }, { "1912-07-29", 1, 45 }, { "1912-07-30", 2, 1 },
		{ "1926-12-24", 2, 15 }, { "1926-12-25", 3, 1 }, { "1980-02-17", 3, 55 },
		{ "1989-01-07", 3, 64 }, { "1989-01-08", 4, 1 }, { "2019-04-30", 4, 31 },
		{ "2019-05-01", 5, 1 }, { "2026-01-01", 5, 8 },
	};
	struct day d;
	int year;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_true(calendar_parse(rows[i].day, &d));
		expect_int(rows[i].day, calendar_era(d, &year), rows[i].code);
		expect_int(rows[i].day, year, rows[i].year);
	}
}

static void
days_that_never_were_are_refused(void **state)
{
	static const char *const wrong[] = {
		"", "1990", "1990-1-1", "1990/01/01", "1990-13-01", "1990-00-01",
		"1990-02-29", "1990-04-31", "1990-01-00", "1867-12-31",
		"1990-01-01 ", "199O-01-01",
	};
	struct day d;

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++)
		expect_true(wrong[i], !calendar_parse(wrong[i], &d));
	assert_true(calendar_parse("2024-02-29", &d));
	assert_true(calendar_parse("2000-02-29", &d));
	assert_false(calendar_parse("1900-02-29", &d));
}

static void
days_count_before_and_after_1970(void **state)
{
	struct day d;

	(void)state;
	assert_true(calendar_parse("1969-12-31", &d));
	assert_int_equal(calendar_end(d), -9 * 3600 - 1);
	assert_int_equal(calendar_number(calendar_add(d, 1)), 19700101);
	assert_int_equal(calendar_number(calendar_add(d, -365)), 19681231);
	assert_int_equal(calendar_number(calendar_japan(-1)), 19700101);
	assert_int_equal(calendar_number(calendar_japan(-9 * 3600 - 1)),
	    19691231);
	assert_int_equal(calendar_number(calendar_japan(951786000)),
	    20000229);
}

static void
verification_number_b_is_era_birth_expiry_and_code(void **state)
{
	struct vcard_person given = { .birth = "1980-02-17" };
	struct person p = make("adult", &given, "2025-10-27");

	(void)state;
	expect_text("B", p.number_b, "55021720350000");
	expect_text("birth", p.birth_era, "550217");
	assert_int_equal(strlen(p.number), 12);
	assert_int_equal(strlen(p.serial), 15);
}

/* Weights 6 5 4 3 2 7 6 5 4 3 2 over the first eleven digits, modulo 11. */
static void
the_individual_number_can_be_nobodys(void **state)
{
	static const int weights[] = { 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2 };
	struct person p = make("adult", NULL, "2026-01-01");
	int sum = 0, check;

	(void)state;
	for (size_t i = 0; i < COUNT(weights); i++)
		sum += (p.number[i] - '0') * weights[i];
	check = sum % 11 <= 1 ? 0 : 11 - sum % 11;
	assert_int_not_equal(p.number[11] - '0', check);
}

/* One in ten has the right check digit, and that is the one to refuse. */
static void
a_number_that_could_be_somebodys_is_refused(void **state)
{
	static const int weights[] = { 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2 };
	char number[] = "739150284610", error[VCARD_ERROR_MAX];
	struct vcard_person given = { .number = number };
	struct person p;
	int sum = 0, check;

	(void)state;
	for (size_t i = 0; i < COUNT(weights); i++)
		sum += (number[i] - '0') * weights[i];
	check = sum % 11 <= 1 ? 0 : 11 - sum % 11;
	for (int last = 0; last < 10; last++) {
		number[11] = (char)('0' + last);
		expect_int(number, person_make(&p, profile_find("adult"),
		    &given, noon("2026-01-01"), error),
		    last == check ? -1 : 0);
		if (last != check)
			expect_text(number, p.number, number);
	}
	assert_true(check > 1);
	/* A remainder of 0 or 1 makes 0. */
	given.number = "000000000000";
	assert_int_equal(person_make(&p, profile_find("adult"), &given,
	    noon("2026-01-01"), error), -1);
}

static void
the_two_sex_codes_differ(void **state)
{
	static const struct {
		const char *sex;
		char cert, card;
	} rows[] = {
		{ "male", '1', '1' }, { "female", '2', '2' }, { "unknown", '3', '0' },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct vcard_person given = { .sex = rows[i].sex };
		struct person p = make("adult", &given, "2026-01-01");

		expect_int(rows[i].sex, p.cert_sex, rows[i].cert);
		expect_int(rows[i].sex, p.card_sex, rows[i].card);
	}
}

static void
persons_that_cannot_be_are_refused(void **state)
{
	static const struct vcard_person wrong[] = {
		{ .name = "" }, { .name = "\xFF" }, { .name = "\xE8\xA6" },
		{ .name = "line\nbreak" }, { .name = "\xC0\x80" }, { .address = "" },
		{ .birth = "2026-01-02" }, { .birth = "yesterday" }, { .sex = "m" },
		{ .sex = "" }, { .number = "" }, { .number = "99999999999" },
		{ .number = "9999999999999" }, { .number = "99999999999a" },
	};
	char error[VCARD_ERROR_MAX], longest[202];
	struct vcard_person p = { .address = longest };
	struct person out;

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		error[0] = '\0';
		assert_int_equal(person_make(&out, profile_find("adult"),
		    &wrong[i], noon("2026-01-01"), error), -1);
		assert_true(error[0] != '\0');
	}
	memset(longest, 'x', sizeof(longest));
	longest[201] = '\0';
	assert_int_equal(person_make(&out, profile_find("adult"), &p,
	    noon("2026-01-01"), error), -1);
	longest[200] = '\0';
	assert_int_equal(person_make(&out, profile_find("adult"), &p,
	    noon("2026-01-01"), error), 0);
}

static void
characters_are_counted_not_bytes(void **state)
{
	(void)state;
	assert_int_equal(person_characters("見本　花子"), 5);
	assert_int_equal(person_characters("abc"), 3);
	assert_int_equal(person_characters("\xF0\xA0\xAE\xB7"), 1);
	assert_int_equal(person_characters(""), 0);
	assert_int_equal(person_characters("\xF5\x80\x80\x80"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(certificates_end_with_the_fifth_birthday),
		cmocka_unit_test(expiring_and_expired_lie_around_creation),
		cmocka_unit_test(under15_is_under_15),
		cmocka_unit_test(eras_change_on_their_days),
		cmocka_unit_test(days_that_never_were_are_refused),
		cmocka_unit_test(days_count_before_and_after_1970),
		cmocka_unit_test(verification_number_b_is_era_birth_expiry_and_code),
		cmocka_unit_test(the_individual_number_can_be_nobodys),
		cmocka_unit_test(a_number_that_could_be_somebodys_is_refused),
		cmocka_unit_test(the_two_sex_codes_differ),
		cmocka_unit_test(persons_that_cannot_be_are_refused),
		cmocka_unit_test(characters_are_counted_not_bytes),
	};

	return cmocka_run_group_tests_name("vcard person", tests, NULL, NULL);
}
