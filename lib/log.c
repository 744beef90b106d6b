/* SPDX-License-Identifier: BSD-2-Clause */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>

#define LINE_MAX_BYTES	900	/* 258 bytes in hex, a mark, a count */

static bool
wanted(const struct log *log, enum jpki_log_level level)
{
	return log->fn != NULL && level <= log->level;
}

void
log_line(const struct log *log, enum jpki_log_level level,
    const char *format, ...)
{
	char line[LINE_MAX_BYTES];
	va_list ap;

	if (!wanted(log, level))
		return;
	va_start(ap, format);
	(void)vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	log->fn(log->user, level, line);
}

void
log_bytes(const struct log *log, const char *mark, struct slice bytes,
    size_t clear)
{
	char hex[2 * 260 + 1] = "";
	size_t shown;

	if (!wanted(log, JPKI_LOG_APDU))
		return;
	shown = bytes.n < clear ? bytes.n : clear;
	if (shown > 260)
		shown = 260;
	for (size_t i = 0; i < shown; i++)
		(void)snprintf(hex + 2 * i, 3, "%02X", bytes.p[i]);
	if (shown == bytes.n)
		log_line(log, JPKI_LOG_APDU, "%s %s", mark, hex);
	else
		log_line(log, JPKI_LOG_APDU, "%s %s [not shown]", mark, hex);
}
