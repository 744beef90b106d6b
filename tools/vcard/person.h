/* SPDX-License-Identifier: BSD-2-Clause */
/* Who a card is made for: always somebody invented. */
#ifndef VCARD_PERSON_H
#define VCARD_PERSON_H

#include <time.h>

#include "calendar.h"
#include "profile.h"
#include "vcard.h"

/* Of a prefecture, city and municipality code that do not exist. */
#define PERSON_PREFECTURE	"Mihon-ken"
#define PERSON_CITY		"Mihon-shi"
#define PERSON_MUNICIPALITY	"99999"

struct person {
	const char	*name, *address;	/* UTF-8 */
	struct day	 birth;
	char		 cert_sex;		/* 1, 2, 3: in certificates */
	char		 card_sex;		/* 1, 2, 0: ISO 5218 */
	/* Verification numbers and what they are made of. */
	char		 number[13];		/* Individual Number */
	char		 number_b[15];
	char		 birth_era[7];		/* YYMMDD, year in the era */
	char		 serial[16];		/* of the card */
	/* Seconds since 1970 UTC. */
	int64_t		 issued, until;		/* certificates */
	struct day	 card_until;
};

/* Fill in what given does not say; now is the time of creation. */
int	person_make(struct person *out, const struct profile *profile,
	    const struct vcard_person *given, int64_t now,
	    char error[VCARD_ERROR_MAX]);

/* Characters of a UTF-8 text; 0 if it is empty or not UTF-8. */
size_t	person_characters(const char *text);

#endif
