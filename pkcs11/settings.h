/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Settings: one string of "key=value" parted by blanks, from pReserved of
 * C_Initialize and from JPKI_PKCS11 in the environment, which wins.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>

enum setting_pss {
	PSS_OFF,
	PSS_ON,
	PSS_AUTO,
};

struct settings {
	unsigned	tokens;		/* bits 1 << index of token_rows */
	bool		last_try;	/* PINs go out on the last try, too */
	bool		consent_each;	/* a login for each signature */
	bool		exclusive;	/* no other program during a login */
	bool		pin_pad;	/* the keys of a reader that has them */
	enum setting_pss pss;
	unsigned	log;		/* enum jpki_log_level */
};

/*
 * Which tokens a module file shows: the one thing in which jpki-pkcs11.so,
 * jpki-pkcs11-auth.so and jpki-pkcs11-sign.so differ (tokens_*.c).
 */
extern const unsigned module_tokens;

/* The defaults of this module file. */
struct settings	settings_default(void);

/*
 * Apply a string.  Unknown keys are skipped: p11-kit and NSS put strings of
 * their own there.  False: a value that a known key has not.
 */
bool		settings_apply(struct settings *settings, const char *text);

#endif
