/* SPDX-License-Identifier: BSD-2-Clause */
/* Calendar: known days, the C library's calendar, Japan's midnight. */
#include "date.h"

#include <stdio.h>
#include <time.h>

#include "unit.h"

#define DAY	86400

static void
expect_date(const char *what, struct date got, struct date wanted)
{
	char got_text[40], wanted_text[40];

	(void)snprintf(got_text, sizeof(got_text), "%d-%d-%d", got.year,
	    got.month, got.day);
	(void)snprintf(wanted_text, sizeof(wanted_text), "%d-%d-%d",
	    wanted.year, wanted.month, wanted.day);
	expect_text(what, got_text, wanted_text);
}

/* From date(1), not from the code. */
static void
known_days_have_their_second(void **state)
{
	static const struct {
		struct date	day;
		int64_t		epoch;
	} rows[] = {
		{ { 1970, 1, 1 }, 0 },
		{ { 1969, 12, 31 }, -86400 },
		{ { 1, 1, 1 }, -62135596800 },
		{ { 1600, 1, 1 }, -11676096000 },
		{ { 1873, 1, 1 }, -3060979200 },
		{ { 1926, 12, 25 }, -1357603200 },
		{ { 2000, 2, 29 }, 951782400 },
		{ { 2000, 3, 1 }, 951868800 },
		{ { 2024, 2, 29 }, 1709164800 },
		{ { 2038, 1, 19 }, 2147472000 },
		{ { 2100, 2, 28 }, 4107456000 },
		{ { 2100, 3, 1 }, 4107542400 },
		{ { 9999, 12, 31 }, 253402214400 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		expect_int("epoch", date_to_epoch(rows[i].day),
		    rows[i].epoch);
		expect_date("date", date_in_japan(rows[i].epoch),
		    rows[i].day);
	}
}

static void
expect_as_in_libc(int64_t day)
{
	time_t epoch = (time_t)(day * DAY);
	struct date wanted;
	struct tm tm;

	assert_non_null(gmtime_r(&epoch, &tm));
	wanted = (struct date){ tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday };
	expect_date("day", date_in_japan(epoch - DATE_JST), wanted);
	expect_int("epoch", date_to_epoch(wanted), epoch);
}

static void
every_day_from_1850_to_2150_is_as_in_libc(void **state)
{
	(void)state;
	for (int64_t day = -43829; day < 65745; day++)
		expect_as_in_libc(day);
}

static void
days_of_the_years_1_to_9999_are_as_in_libc(void **state)
{
	(void)state;
	for (int64_t day = -719162; day < 2932896; day += 97)
		expect_as_in_libc(day);
}

static void
japans_day_begins_nine_hours_early(void **state)
{
	static const struct {
		const char	*what;
		int64_t		 epoch;
		struct date	 day;
	} rows[] = {
		{ "2030-02-17 14:59:59Z", 1897570799, { 2030, 2, 17 } },
		{ "2030-02-17 15:00:00Z", 1897570800, { 2030, 2, 18 } },
		{ "1970-01-01 00:00:00Z", 0, { 1970, 1, 1 } },
		{ "1970-01-01 00:00:00 Japan", -32400, { 1970, 1, 1 } },
		{ "a second before", -32401, { 1969, 12, 31 } },
		{ "1969-12-30 15:00:00Z", -118800, { 1969, 12, 31 } },
		{ "a second before", -118801, { 1969, 12, 30 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_date(rows[i].what, date_in_japan(rows[i].epoch),
		    rows[i].day);
}

static void
months_earlier_is_the_same_day_or_the_months_last(void **state)
{
	static const struct {
		const char	*what;
		struct date	 from;
		int		 months;
		struct date	 wanted;
	} rows[] = {
		{ "no month", { 2024, 2, 29 }, 0, { 2024, 2, 29 } },
		{ "within the year", { 2030, 5, 17 }, 3, { 2030, 2, 17 } },
		{ "to December", { 2030, 3, 17 }, 3, { 2029, 12, 17 } },
		{ "over the turn of the year", { 2030, 2, 17 }, 3, { 2029, 11, 17 } },
		{ "from January", { 2030, 1, 31 }, 3, { 2029, 10, 31 } },
		{ "31st to a month of 30", { 2030, 12, 31 }, 3, { 2030, 9, 30 } },
		{ "31st to February", { 2023, 5, 31 }, 3, { 2023, 2, 28 } },
		{ "31st to a leap February", { 2024, 5, 31 }, 3, { 2024, 2, 29 } },
		{ "30th to February", { 2031, 5, 30 }, 3, { 2031, 2, 28 } },
		{ "29th to February", { 2031, 5, 29 }, 3, { 2031, 2, 28 } },
		{ "29th to a leap February", { 2028, 5, 29 }, 3, { 2028, 2, 29 } },
		{ "2000 was a leap year", { 2000, 5, 31 }, 3, { 2000, 2, 29 } },
		{ "2100 is none", { 2100, 5, 31 }, 3, { 2100, 2, 28 } },
		{ "a year", { 2024, 2, 29 }, 12, { 2023, 2, 28 } },
		{ "over a year", { 2026, 1, 31 }, 14, { 2024, 11, 30 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_date(rows[i].what, date_minus_months(rows[i].from,
		    rows[i].months), rows[i].wanted);
}

/* A certificate can say so; the calendar goes on backwards. */
static void
months_before_the_year_0_are_months(void **state)
{
	static const struct {
		struct date	from;
		int		months;
		struct date	wanted;
	} rows[] = {
		{ { 0, 4, 1 }, 3, { 0, 1, 1 } },
		{ { 0, 3, 31 }, 3, { -1, 12, 31 } },
		{ { 0, 1, 1 }, 3, { -1, 10, 1 } },
		{ { -1, 12, 31 }, 3, { -1, 9, 30 } },
		{ { -1, 1, 31 }, 13, { -3, 12, 31 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_date("months", date_minus_months(rows[i].from,
		    rows[i].months), rows[i].wanted);
}

/* Seconds from date(1): the end in UTC, the beginning with TZ=Asia/Tokyo. */
static void
renewal_opens_three_months_before_at_midnight_in_japan(void **state)
{
	static const struct {
		const char	*not_after;
		int64_t		 epoch, from;
	} rows[] = {
		{ "2030-02-17", 1897570799, 1889535600 },
		{ "2024-05-31", 1717167599, 1709132400 },
		{ "2023-05-31", 1685545199, 1677510000 },
		{ "2026-01-15", 1768489199, 1760454000 },
		{ "2025-12-31", 1767193199, 1759158000 },
		{ "2030-03-30", 1901113199, 1893250800 },
		{ "2031-05-30", 1937919599, 1929970800 },
		{ "2028-05-29", 1843225199, 1835362800 },
		/* Ends at 00:00 Japan time: that day is the last. */
		{ "2030-02-17 00:00", 1897570799 - DAY + 1, 1889535600 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_int(rows[i].not_after,
		    date_renewable_from(rows[i].epoch), rows[i].from);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_days_have_their_second),
		cmocka_unit_test(every_day_from_1850_to_2150_is_as_in_libc),
		cmocka_unit_test(days_of_the_years_1_to_9999_are_as_in_libc),
		cmocka_unit_test(japans_day_begins_nine_hours_early),
		cmocka_unit_test(months_earlier_is_the_same_day_or_the_months_last),
		cmocka_unit_test(months_before_the_year_0_are_months),
		cmocka_unit_test(renewal_opens_three_months_before_at_midnight_in_japan),
	};

	return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
