/* SPDX-License-Identifier: BSD-2-Clause */
#include "validity.h"

#include <string.h>
#include <time.h>

#define JST_AHEAD	(9 * 3600)
#define DAY		86400

static struct tm
in_japan(int64_t epoch)
{
	time_t		t = (time_t)(epoch + JST_AHEAD);
	struct tm	tm = { 0 };

	(void)gmtime_r(&t, &tm);
	return tm;
}

const char *
validity_rfc3339(int64_t epoch, char room[VALIDITY_TEXT])
{
	struct tm tm = in_japan(epoch);

	if (strftime(room, VALIDITY_TEXT, "%Y-%m-%dT%H:%M:%S+09:00", &tm) == 0)
		room[0] = '\0';
	return room;
}

const char *
validity_day(int64_t epoch, char room[VALIDITY_TEXT])
{
	(void)validity_rfc3339(epoch, room);
	room[strcspn(room, "T")] = '\0';
	return room;
}

struct validity
validity_of(const struct jpki_cert *cert, int64_t now)
{
	struct validity	v = { 0 };
	int64_t		left = cert->not_after - now;

	v.not_yet = now < cert->not_before;
	v.expired = left < 0;
	v.days_left = left / DAY - (left % DAY < 0);
	v.renewable = !v.expired && now >= cert->renewable_from;
	return v;
}
