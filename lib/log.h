/* SPDX-License-Identifier: BSD-2-Clause */
/* Log: one line an event, what then why; secret bytes never. */
#ifndef LOG_H
#define LOG_H

#include "buf.h"

struct log {
	enum jpki_log_level	 level;
	jpki_log_fn		*fn;
	void			*user;
};

#if defined(__GNUC__)
#define LOG_PRINTF __attribute__((format(printf, 3, 4)))
#else
#define LOG_PRINTF
#endif

void	log_line(const struct log *log, enum jpki_log_level level,
	    const char *format, ...) LOG_PRINTF;

/*
 * Bytes that go over the link, at level JPKI_LOG_APDU.  Of a command only
 * the first clear bytes are shown, and of the rest not even its length: a PIN
 * never appears.
 */
void	log_bytes(const struct log *log, const char *mark, struct slice bytes,
	    size_t clear);

#endif
