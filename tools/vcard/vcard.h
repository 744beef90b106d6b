/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The virtual My Number Card: one card with its files, keys, PINs and state,
 * as a thing that takes command APDUs and gives response APDUs.  It knows
 * nothing of readers, sockets, faults or logs: link.h puts those around it.
 * The behaviour is described, with evidence for each fact, in PROTOCOL.
 */
#ifndef VCARD_H
#define VCARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VCARD_ATR_MAX		33
#define VCARD_ANSWER_MAX	65538	/* extended answer and SW1-SW2 */
#define VCARD_SHORT_MAX		258	/* short answer, likewise */
#define VCARD_ERROR_MAX		512
#define VCARD_PIN_MAX		16	/* bytes */

struct vcard;

/* What jpki-vcard create is told; NULL takes the profile's default. */
struct vcard_person {
	const char *name;	/* family and given name parted by U+3000 */
	const char *address;
	const char *birth;	/* YYYY-MM-DD */
	const char *sex;	/* "male", "female", "unknown" */
	const char *number;	/* 12 digits that are nobody's My Number */
};

struct vcard_pins {
	const char *auth;	/* default 1234 */
	const char *sign;	/* default ABC123 */
	const char *input;	/* default 1234 */
	const char *registration; /* default 1234 */
};

/*
 * Personalise a new card into DIR, which must not exist or be empty.
 * Functions here return 0, or -1 with one line for a person in error.
 */
int	vcard_create(const char *dir, const char *profile,
	    const struct vcard_person *person, const struct vcard_pins *pins,
	    char error[VCARD_ERROR_MAX]);
/* The names and one-line texts of the profiles; NULL behind the last. */
const char *vcard_profile_name(size_t i);
const char *vcard_profile_text(size_t i);

/*
 * Load a card.  PINs and tries are written back to DIR at every change,
 * before the answer is given, by rename; dir stays in use until freed.
 */
int	vcard_load(const char *dir, struct vcard **out,
	    char error[VCARD_ERROR_MAX]);
void	vcard_free(struct vcard **card);

/*
 * Departures of single cards or readers from the common behaviour, by name
 * ("locked-6983", "query-6700-short", ...).  They last as long as the loaded
 * card; value NULL switches a plain quirk on.
 */
int	vcard_quirk(struct vcard *card, const char *name, const char *value,
	    char error[VCARD_ERROR_MAX]);
const char *vcard_quirk_name(size_t i);
const char *vcard_quirk_text(size_t i);

/* Power: off forgets what was verified, a warm reset only what is selected. */
void	vcard_power_on(struct vcard *card);
void	vcard_power_off(struct vcard *card);
void	vcard_reset(struct vcard *card);
bool	vcard_powered(const struct vcard *card);
size_t	vcard_atr(const struct vcard *card, uint8_t atr[VCARD_ATR_MAX]);

/*
 * One exchange.  *answer_n is the room on entry (at least 258 for short
 * commands), the bytes written on return, status word included.
 */
void	vcard_transmit(struct vcard *card, const uint8_t *command, size_t n,
	    uint8_t *answer, size_t *answer_n);

/* Tries left of a PIN by name ("auth", "sign", "input", ...); -1: no such. */
int	vcard_tries(const struct vcard *card, const char *pin);
int	vcard_set_tries(struct vcard *card, const char *pin, int tries);

/*
 * What the card itself knows of a PIN's use since it was loaded, renewed or
 * cleared: commands with data that reached the PIN, whatever became of their
 * answers.
 */
struct vcard_pin_use {
	unsigned long	verify;		/* VERIFY */
	unsigned long	wrong;		/* of these, what cost a try */
	unsigned long	change;		/* CHANGE, by either instruction */
	unsigned long	changed;	/* of these, what gave it a value */
	int		tries;
	char		value[VCARD_PIN_MAX + 1];	/* "": never set */
};

/* -1: no such PIN. */
int	vcard_pin_use(const struct vcard *card, const char *pin,
	    struct vcard_pin_use *out);
/* VERIFY and CHANGE with data that no PIN took: a PIN that went astray. */
unsigned long vcard_pin_astray(const struct vcard *card);
void	vcard_pin_use_clear(struct vcard *card);

/*
 * As it was loaded: PINs, tries and their use, nothing selected or verified.
 * Quirks and power stay.  -1: it cannot be stored, and nothing has changed.
 */
int	vcard_renew(struct vcard *card);

#endif
