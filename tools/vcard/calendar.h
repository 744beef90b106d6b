/* SPDX-License-Identifier: BSD-2-Clause */
/* Days, birthdays and Japanese eras, as certificates and cards need them. */
#ifndef VCARD_CALENDAR_H
#define VCARD_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

struct day {
	int	year, month, day;	/* Gregorian */
};

/* "YYYY-MM-DD", a day that existed, not before the first era. */
bool		calendar_parse(const char *text, struct day *out);
/* The day in Japan at that second since 1970 UTC. */
struct day	calendar_japan(int64_t epoch);
/* 23:59:59 of that day in Japan, the end of every JPKI certificate. */
int64_t		calendar_end(struct day d);
struct day	calendar_add(struct day d, int days);
/* The nth birthday after a day. */
struct day	calendar_birthday(struct day birth, struct day after, int nth);
/* Era digit of the certificates (1 Meiji ... 5 Reiwa) and year in the era. */
int		calendar_era(struct day d, int *year);
/* As a number, YYYYMMDD. */
int		calendar_number(struct day d);

#endif
