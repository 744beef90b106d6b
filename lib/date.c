/* SPDX-License-Identifier: BSD-2-Clause */
#include "date.h"

#include <stdbool.h>

#define DAY		86400
#define RENEWAL_MONTHS	3	/* PROTOCOL, "Certificates" */

/* Days from 1970-01-01, with years that begin in March. */
static int64_t
days_from_civil(struct date d)
{
	int64_t y = d.month > 2 ? d.year : d.year - 1;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t month = d.month > 2 ? d.month - 3 : d.month + 9;
	int64_t day_of_year = (153 * month + 2) / 5 + d.day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 -
	    year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

static struct date
civil_from_days(int64_t days)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t month = (5 * doy + 2) / 153;
	struct date d;

	d.day = (int)(doy - (153 * month + 2) / 5 + 1);
	d.month = (int)(month < 10 ? month + 3 : month - 9);
	d.year = (int)(yoe + era * 400 + (d.month <= 2 ? 1 : 0));
	return d;
}

static int
days_in_month(int year, int month)
{
	static const int days[] =
	    { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

int64_t
date_to_epoch(struct date d)
{
	return days_from_civil(d) * DAY;
}

struct date
date_in_japan(int64_t epoch)
{
	int64_t local = epoch + DATE_JST;
	int64_t days = local / DAY;

	if (local % DAY < 0)
		days--;
	return civil_from_days(days);
}

struct date
date_minus_months(struct date d, int months)
{
	int total = d.year * 12 + (d.month - 1) - months;
	int month = total % 12;
	int last;

	if (month < 0)		/* a certificate may say the year 0 */
		month += 12;
	d.year = (total - month) / 12;
	d.month = month + 1;
	last = days_in_month(d.year, d.month);
	if (d.day > last)
		d.day = last;
	return d;
}

int64_t
date_renewable_from(int64_t not_after)
{
	struct date last = date_in_japan(not_after);

	return date_to_epoch(date_minus_months(last, RENEWAL_MONTHS)) -
	    DATE_JST;
}
