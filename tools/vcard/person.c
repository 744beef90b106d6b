/* SPDX-License-Identifier: BSD-2-Clause */
#include "person.h"

#include <stdio.h>
#include <string.h>

#include <openssl/rand.h>

#include "core.h"
#include "verror.h"

#define NAME		"見本　花子"
#define NAME_MAX_CHARS	100
#define ADDRESS_MAX_CHARS 200	/* PROTOCOL, "Certificates" */

#define ADULT_YEARS	18
#define EXPIRES_IN	45	/* days, profile expiring */
#define EXPIRED_SINCE	30	/* days, profile expired */
/* Back from the fifth birthday to a day of issue that leads to it. */
#define ISSUED_BEFORE	(4 * 365 + 300)

/* All nines have a wrong check digit: nobody's Individual Number. */
#define NUMBER		"999999999999"
#define NUMBER_DIGITS	(sizeof(NUMBER) - 1)
#define SECURITY_CODE	"0000"	/* the four digits on the card's face */

struct sex {
	const char	*name;
	char		 cert, card;
};

static const struct sex sexes[] = {
	{ "female", '2', '2' },
	{ "male", '1', '1' },
	{ "unknown", '3', '0' },
};

size_t
person_characters(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t n = 0;

	while (*p != '\0') {
		int more = *p < 0x80 ? 0 : *p >= 0xC2 && *p < 0xE0 ? 1 :
		    *p >= 0xE0 && *p < 0xF0 ? 2 :
		    *p >= 0xF0 && *p < 0xF5 ? 3 : -1;

		if (more < 0 || *p < 0x20 || *p == 0x7F)
			return 0;
		for (p++; more > 0; more--, p++)
			if ((*p & 0xC0) != 0x80)
				return 0;
		n++;
	}
	return n;
}

static bool
is_text(const char *text, size_t max)
{
	size_t n = person_characters(text);

	return n > 0 && n <= max;
}

static int
check_texts(const struct person *p, char error[VCARD_ERROR_MAX])
{
	if (!is_text(p->name, NAME_MAX_CHARS))
		return vcard_fail(error, "the name has to be UTF-8 text of 1 "
		    "to %d characters", NAME_MAX_CHARS);
	if (!is_text(p->address, ADDRESS_MAX_CHARS))
		return vcard_fail(error, "the address has to be UTF-8 text of "
		    "1 to %d characters", ADDRESS_MAX_CHARS);
	return 0;
}

static int
take_birth(struct person *p, const struct profile *profile, const char *given,
    struct day today, char error[VCARD_ERROR_MAX])
{
	struct day end = calendar_japan(p->until);

	if (given != NULL) {
		if (!calendar_parse(given, &p->birth) ||
		    calendar_number(p->birth) > calendar_number(today))
			return vcard_fail(error, "the date of birth \"%s\" is "
			    "no past day written YYYY-MM-DD", given);
		return 0;
	}
	p->birth = (struct day){ profile->birth_year, 4, 1 };
	if (p->birth.year < 1000)
		p->birth.year = today.year - profile->birth_year;
	/* The end of a certificate is a birthday. */
	if (profile->end != PROFILE_FRESH)
		p->birth = (struct day){ profile->birth_year, end.month,
		    end.day };
	return 0;
}

static int
take_sex(struct person *p, const char *given, char error[VCARD_ERROR_MAX])
{
	for (size_t i = 0; i < sizeof(sexes) / sizeof(sexes[0]); i++) {
		if (given != NULL && strcmp(given, sexes[i].name) != 0)
			continue;
		p->cert_sex = sexes[i].cert;
		p->card_sex = sexes[i].card;
		return 0;
	}
	return vcard_fail(error, "the sex is male, female or unknown, not "
	    "\"%s\"", given);
}

/*
 * When the certificates were issued, and for the profiles that want it near,
 * their end.  29 February is avoided: few years have such a birthday.
 */
static void
take_period(struct person *p, const struct profile *profile, int64_t now)
{
	struct day end = calendar_japan(now);

	p->issued = p->until = now;
	if (profile->end == PROFILE_FRESH)
		return;
	end = calendar_add(end, profile->end == PROFILE_EXPIRING ?
	    EXPIRES_IN : -EXPIRED_SINCE);
	if (end.month == 2 && end.day == 29)
		end.day = 28;
	p->until = calendar_end(end);
	p->issued = p->until - (int64_t)ISSUED_BEFORE * 86400;
}

/*
 * The last digit, as the ordinance on My Numbers has it: weights from the
 * right are 2 to 7, then 2 to 6.
 */
static char
check_digit(const char *number)
{
	unsigned sum = 0, weight = 2, rest;

	for (size_t i = NUMBER_DIGITS - 1; i-- > 0;) {
		sum += (unsigned)(number[i] - '0') * weight;
		weight = weight < 7 ? weight + 1 : 2;
	}
	rest = sum % 11;
	return (char)('0' + (rest <= 1 ? 0 : 11 - rest));
}

static int
take_number(struct person *p, const char *given, char error[VCARD_ERROR_MAX])
{
	if (given == NULL)
		given = NUMBER;
	if (strlen(given) != NUMBER_DIGITS ||
	    strspn(given, "0123456789") != NUMBER_DIGITS)
		return vcard_fail(error, "a My Number has 12 digits");
	if (given[NUMBER_DIGITS - 1] == check_digit(given))
		return vcard_fail(error, "that could be somebody's My Number: "
		    "its check digit is right");
	memcpy(p->number, given, sizeof(NUMBER));
	return 0;
}

static int
take_numbers(struct person *p, char error[VCARD_ERROR_MAX])
{
	uint8_t random[11];
	int year;

	calendar_era(p->birth, &year);
	snprintf(p->birth_era, sizeof(p->birth_era), "%02u%02u%02u",
	    (unsigned)year % 100, (unsigned)p->birth.month % 100,
	    (unsigned)p->birth.day % 100);
	snprintf(p->number_b, sizeof(p->number_b), "%.6s%04u%s", p->birth_era,
	    (unsigned)p->card_until.year % 10000, SECURITY_CODE);
	if (RAND_bytes(random, sizeof(random)) != 1)
		return vcard_fail(error, "OpenSSL has no random numbers");
	memcpy(p->serial, "9999", 4);
	for (size_t i = 0; i < sizeof(random); i++)
		p->serial[4 + i] = (char)('0' + random[i] % 10);
	p->serial[15] = '\0';
	return 0;
}

int
person_make(struct person *out, const struct profile *profile,
    const struct vcard_person *given, int64_t now,
    char error[VCARD_ERROR_MAX])
{
	static const struct vcard_person nobody = { NULL, NULL, NULL, NULL, NULL };
	struct person p = { 0 };
	struct day issued;
	bool adult;

	if (given == NULL)
		given = &nobody;
	p.name = given->name != NULL ? given->name : NAME;
	p.address = given->address != NULL ? given->address :
	    profile->address;
	take_period(&p, profile, now);
	issued = calendar_japan(p.issued);
	if (check_texts(&p, error) != 0 ||
	    take_birth(&p, profile, given->birth, issued, error) != 0 ||
	    take_sex(&p, given->sex, error) != 0)
		return -1;
	if (profile->end == PROFILE_FRESH)
		p.until = calendar_end(calendar_birthday(p.birth, issued, 5));
	adult = calendar_number(calendar_birthday(p.birth, p.birth,
	    ADULT_YEARS)) <= calendar_number(issued);
	p.card_until = calendar_birthday(p.birth, issued, adult ? 10 : 5);
	if (take_number(&p, given->number, error) != 0 ||
	    take_numbers(&p, error) != 0)
		return -1;
	*out = p;
	return 0;
}
