/* SPDX-License-Identifier: BSD-2-Clause */
/* Dates as PDF writes them (ISO 32000-1 7.9.4). */
#ifndef PDF_DATE_H
#define PDF_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PDF_DATE_MAX	32

/* D:YYYYMMDDHHMMSS+09'00'; false: not a year of four digits. */
bool	pdf_date_write(int64_t time, char out[PDF_DATE_MAX]);
/* "YYYY-MM-DD HH:MM:SS +09:00", for people. */
bool	pdf_date_write_long(int64_t time, char out[PDF_DATE_MAX]);

/* Seconds since 1970 UTC; -1: no such date, or one without a time zone. */
int64_t	pdf_date_read(const char *text);

#endif
