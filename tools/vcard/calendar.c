/* SPDX-License-Identifier: BSD-2-Clause */
#include "calendar.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define DAY_SECONDS	86400
#define JAPAN_SECONDS	(9 * 3600)

struct era {
	int	first;		/* its first day, YYYYMMDD */
	int	code;
};

static const struct era eras[] = {
	{ 20190501, 5 },	/* Reiwa */
	{ 19890108, 4 },	/* Heisei */
	{ 19261225, 3 },	/* Showa */
	{ 19120730, 2 },	/* Taisho */
	{ 18680125, 1 },	/* Meiji */
};

static bool
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
month_days(int year, int month)
{
	static const int days[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from 1970-01-01. */
static int64_t
to_days(struct day d)
{
	int64_t days = 0;
	int y;

	for (y = 1970; y < d.year; y++)
		days += is_leap(y) ? 366 : 365;
	for (y = d.year; y < 1970; y++)
		days -= is_leap(y) ? 366 : 365;
	for (int m = 1; m < d.month; m++)
		days += month_days(d.year, m);
	return days + d.day - 1;
}

static struct day
from_days(int64_t days)
{
	struct day d = { 1970, 1, 1 };

	for (; days < 0; d.year--)
		days += is_leap(d.year - 1) ? 366 : 365;
	for (; days >= (is_leap(d.year) ? 366 : 365); d.year++)
		days -= is_leap(d.year) ? 366 : 365;
	for (; days >= month_days(d.year, d.month); d.month++)
		days -= month_days(d.year, d.month);
	d.day += (int)days;
	return d;
}

int
calendar_number(struct day d)
{
	return d.year * 10000 + d.month * 100 + d.day;
}

bool
calendar_parse(const char *text, struct day *out)
{
	static const char shape[] = "dddd-dd-dd";
	struct day d;

	if (strlen(text) != sizeof(shape) - 1)
		return false;
	for (size_t i = 0; i < sizeof(shape) - 1; i++)
		if (shape[i] == 'd' ? !isdigit((unsigned char)text[i])
		    : text[i] != shape[i])
			return false;
	d.year = (int)strtol(text, NULL, 10);
	d.month = (int)strtol(text + 5, NULL, 10);
	d.day = (int)strtol(text + 8, NULL, 10);
	if (d.month < 1 || d.month > 12 || d.day < 1 ||
	    d.day > month_days(d.year, d.month))
		return false;
	if (calendar_era(d, NULL) == 0)
		return false;
	*out = d;
	return true;
}

struct day
calendar_japan(int64_t epoch)
{
	int64_t t = epoch + JAPAN_SECONDS;
	int64_t days = t / DAY_SECONDS;

	if (t % DAY_SECONDS < 0)
		days--;
	return from_days(days);
}

int64_t
calendar_end(struct day d)
{
	return (to_days(d) + 1) * DAY_SECONDS - 1 - JAPAN_SECONDS;
}

struct day
calendar_add(struct day d, int days)
{
	return from_days(to_days(d) + days);
}

/* Who is born on 29 February grows older at the end of the 28th. */
static struct day
birthday_in(struct day birth, int year)
{
	struct day d = { year, birth.month, birth.day };

	if (d.day > month_days(d.year, d.month))
		d.day = month_days(d.year, d.month);
	return d;
}

struct day
calendar_birthday(struct day birth, struct day after, int nth)
{
	int year = after.year;

	if (calendar_number(birthday_in(birth, year)) <=
	    calendar_number(after))
		year++;
	return birthday_in(birth, year + nth - 1);
}

int
calendar_era(struct day d, int *year)
{
	int number = calendar_number(d);

	for (size_t i = 0; i < sizeof(eras) / sizeof(eras[0]); i++) {
		if (number < eras[i].first)
			continue;
		if (year != NULL)
			*year = d.year - eras[i].first / 10000 + 1;
		return eras[i].code;
	}
	return 0;
}
