/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is where on the card, as tables: applications, PINs, files.  These are
 * the virtual card's own; lib/ has others, so that errors do not cancel.
 * Evidence for the rows: PROTOCOL, "Applications", "Files" and "PINs".
 */
#ifndef VCARD_LAYOUT_H
#define VCARD_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum vapp {
	VAPP_ISD,		/* card manager: current at power-on */
	VAPP_JPKI,
	VAPP_INPUT,		/* card surface input assistance */
	VAPP_SURFACE,		/* card surface confirmation */
	VAPP_REGISTER,		/* Basic Resident Register */
	VAPP_COMMON,
	VAPP_COUNT,
	VAPP_NONE = VAPP_COUNT
};

enum vpin {
	VPIN_AUTH,
	VPIN_SIGN,
	VPIN_INPUT,
	VPIN_REGISTER,
	VPIN_REGISTER_COMMON,
	VPIN_INPUT_A,
	VPIN_INPUT_B,
	VPIN_INPUT_RESERVED,
	VPIN_SURFACE_A,
	VPIN_SURFACE_B,
	VPIN_SURFACE_BIRTH,
	VPIN_COUNT
};

#define VPIN_MAX	16	/* bytes: the limit of VERIFY and CHANGE */

enum vef_kind {
	VEF_DATA,		/* transparent: READ BINARY */
	VEF_RECORD,		/* READ RECORD */
	VEF_PIN,
	VEF_KEY,
	VEF_CLOSED,		/* can be selected; every use answers 6981 */
	VEF_OBJECT,		/* no file: a data object of GET DATA */
};

/* What a key answers to. */
enum vkey_use {
	VKEY_NONE,
	VKEY_SIGN,		/* 80 2A, every P1, behind a PIN */
	VKEY_SIGN_FREE,		/* 80 2A with P1=00, no PIN */
	VKEY_INTERNAL,		/* INTERNAL AUTHENTICATE, no PIN */
};

#define VOPEN_FREE	0x0000u
#define VOPEN_NEVER	0x8000u
#define VOPEN(pin)	(1u << (pin))

struct layout_app {
	const char	*name;	/* in file names */
	uint8_t		 aid[16];
	size_t		 aid_len;
};

struct layout_pin {
	const char	*name;
	uint8_t		 min, max;
	uint8_t		 tries;
	bool		 letters;	/* A-Z and 0-9, else 0-9 */
	uint8_t		 change;	/* INS that changes it, 0: none */
};

struct layout_file {
	enum vapp	app;
	uint16_t	fid;		/* tag of a VEF_OBJECT */
	enum vef_kind	kind;
	unsigned	opens;		/* any of these PINs; VOPEN_... */
	enum vpin	pin;		/* of a VEF_PIN */
	enum vkey_use	use;		/* of a VEF_KEY */
	bool		default_key;	/* P2=00 of 80 2A means it */
};

#define LAYOUT_FILES	53

extern const struct layout_app layout_apps[VAPP_COUNT];
extern const struct layout_pin layout_pins[VPIN_COUNT];
extern const struct layout_file layout_files[LAYOUT_FILES];

/* Index into layout_files, or LAYOUT_FILES. */
size_t	layout_find(enum vapp app, uint16_t fid);
size_t	layout_find_object(uint16_t tag);
size_t	layout_find_default_key(enum vapp app);

/* Index into layout_pins, or VPIN_COUNT. */
enum vpin layout_find_pin(const char *name);

/* Has a PIN the length and the characters that its reference demands? */
bool	layout_pin_format(enum vpin pin, const uint8_t *text, size_t n);

#endif
