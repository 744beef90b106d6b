/* SPDX-License-Identifier: BSD-2-Clause */
/* The kinds of card that can be made. */
#ifndef VCARD_PROFILE_H
#define VCARD_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

/* Where the certificates' end lies, seen from the day of creation. */
enum profile_end {
	PROFILE_FRESH,		/* issued now: the 5th birthday from now */
	PROFILE_EXPIRING,	/* within the three months of renewal */
	PROFILE_EXPIRED,
};

struct profile {
	const char	*name, *text;
	unsigned	 apps;		/* 1 << enum vapp */
	bool		 sign, auth;	/* has the certificate, key and PIN */
	bool		 phone;
	bool		 locked;	/* both JPKI PINs */
	bool		 ec;		/* authentication key is P-384 */
	enum profile_end end;
	int		 birth_year;	/* of the default person; below 1000: */
					/* years before creation */
	const char	*address;	/* of the default person */
	const char	*label;		/* EF 0006 */
	const char	*atr;		/* hexadecimal */
	const char	*sign_policy;
};

/* NULL: no such profile. */
const struct profile *profile_find(const char *name);

#endif
