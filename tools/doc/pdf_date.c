/* SPDX-License-Identifier: BSD-2-Clause */
#include "pdf_date.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <openssl/asn1.h>

#define DIGITS		14	/* YYYYMMDDHHMMSS */
#define YEAR_9999	253402300799
#define JAPAN		(9 * 3600)

/* As the clocks in Japan have it. */
static bool
split(int64_t at, struct tm *tm)
{
	time_t seconds = (time_t)(at + JAPAN);

	return at >= 0 && at <= YEAR_9999 - JAPAN &&
	    gmtime_r(&seconds, tm) != NULL;
}

bool
pdf_date_write(int64_t time, char out[PDF_DATE_MAX])
{
	struct tm tm;

	return split(time, &tm) &&
	    strftime(out, PDF_DATE_MAX, "D:%Y%m%d%H%M%S+09'00'", &tm) > 0;
}

bool
pdf_date_write_long(int64_t time, char out[PDF_DATE_MAX])
{
	struct tm tm;

	return split(time, &tm) &&
	    strftime(out, PDF_DATE_MAX, "%Y-%m-%d %H:%M:%S +09:00", &tm) > 0;
}

/* The seconds by which it is ahead of UTC: Z, +HH, +HH'mm, +HH'mm'. */
static bool
read_zone(const char *text, int64_t *out)
{
	int hours = 0, minutes = 0, n = 0;

	*out = 0;
	if (text[0] == 'Z')
		return true;
	if ((text[0] != '+' && text[0] != '-') ||
	    sscanf(text + 1, "%2d%n", &hours, &n) != 1 || n != 2)
		return false;
	if (text[3] == '\'' && text[4] != '\0' &&
	    sscanf(text + 4, "%2d", &minutes) != 1)
		return false;
	if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
		return false;
	*out = (text[0] == '-' ? -60 : 60) * (int64_t)(hours * 60 + minutes);
	return true;
}

/* OpenSSL knows the calendar. */
int64_t
pdf_date_read(const char *text)
{
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0), *at = ASN1_TIME_new();
	char digits[DIGITS + 2] = { 0 };
	int days = 0, seconds = 0;
	int64_t zone, time = -1;

	if (strncmp(text, "D:", 2) != 0 ||
	    strspn(text + 2, "0123456789") != DIGITS ||
	    !read_zone(text + 2 + DIGITS, &zone))
		goto out;
	memcpy(digits, text + 2, DIGITS);
	digits[DIGITS] = 'Z';
	if (epoch == NULL || at == NULL ||
	    ASN1_TIME_set_string(at, digits) != 1 ||
	    ASN1_TIME_diff(&days, &seconds, epoch, at) != 1)
		goto out;
	time = (int64_t)days * 86400 + seconds - zone;
out:
	ASN1_TIME_free(epoch);
	ASN1_TIME_free(at);
	return time < 0 ? -1 : time;
}
