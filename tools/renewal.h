/* SPDX-License-Identifier: BSD-2-Clause */
/* Which certificates end soon, and what to do then: words for people. */
#ifndef RENEWAL_H
#define RENEWAL_H

#include "look.h"

#define RENEWAL_DAYS_MAX	36500

/* Has any certificate been read, so that something is known? */
bool	renewal_known(const struct look *look);

/* Does one that was read end within so many days, or has ended? */
bool	renewal_due(const struct look *look, int64_t now, int days);

/* Those that do, and the ways. */
void	renewal_put(FILE *f, const struct look *look, int64_t now, int days);

#endif
