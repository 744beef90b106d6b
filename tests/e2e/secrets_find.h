/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looking for PINs in bytes that somebody else wrote: in every form in which
 * software may have left one behind, whole or in part.
 */
#ifndef SECRETS_FIND_H
#define SECRETS_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SECRETS_MAX	4	/* PINs that are looked for at once */
#define SECRET_BYTES	16	/* of the longest PIN */
#define SECRET_PART	8	/* characters in a row that are no accident */
/* The longest form of a PIN: "\x41" for a character. */
#define SECRET_FORM_MAX	(SECRET_BYTES * 4)

struct secret {
	char	text[SECRET_BYTES];	/* letters in upper case */
	size_t	n;
};

struct secrets {
	struct secret	of[SECRETS_MAX];
	size_t		n;
	bool		may_begin[256][256];	/* two bytes of any form */
};

struct finding {
	const char	*form;
	size_t		 at;		/* byte at which it begins */
	size_t		 bytes;
	size_t		 which;		/* index of the PIN, from 0 */
	size_t		 characters;	/* of it, in a row */
};

/* One PIN a line, 4 to 16 letters and digits; false, and a line on stderr. */
bool	secrets_read(const char *path, struct secrets *out);
/* The same of one PIN; false if it cannot be one. */
bool	secrets_of(const char *text, struct secrets *out);

/*
 * The first finding at *from or behind it; *from then is behind the finding,
 * or n if there is none.
 */
bool	secrets_find(const struct secrets *secrets, const uint8_t *p, size_t n,
    size_t *from, struct finding *out);

#endif
