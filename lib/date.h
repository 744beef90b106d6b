/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calendar arithmetic in Japan time (UTC+9, no summer time), which is what
 * the validity of the certificates is counted in.
 */
#ifndef DATE_H
#define DATE_H

#include <stdint.h>

#define DATE_JST	(9 * 3600)	/* seconds ahead of UTC */

struct date {
	int	year, month, day;	/* Gregorian; month and day from 1 */
};

/* Seconds since 1970 UTC of 00:00 UTC on that day. */
int64_t		date_to_epoch(struct date d);
/* The day in Japan on which that second falls. */
struct date	date_in_japan(int64_t epoch);
/* The same day months earlier; the month's last day if it has no such day. */
struct date	date_minus_months(struct date d, int months);
/* From when a certificate can be renewed: 3 months before its last day. */
int64_t		date_renewable_from(int64_t not_after);

#endif
