/* SPDX-License-Identifier: BSD-2-Clause */
/* Validity of a certificate, and dates in Japan time (UTC+9 all year). */
#ifndef VALIDITY_H
#define VALIDITY_H

#include <stdbool.h>
#include <stdint.h>

#include "jpki.h"

#define VALIDITY_TEXT	40

/* RFC 3339, such as "2030-02-17T23:59:59+09:00". */
const char	*validity_rfc3339(int64_t epoch, char room[VALIDITY_TEXT]);
/* The day in Japan, such as "2030-02-17". */
const char	*validity_day(int64_t epoch, char room[VALIDITY_TEXT]);

struct validity {
	bool	not_yet;
	bool	expired;
	bool	renewable;	/* renewal is open now */
	int64_t	days_left;	/* whole days; negative when expired */
};

struct validity	 validity_of(const struct jpki_cert *cert, int64_t now);

#endif
