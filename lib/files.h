/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is on the card, as tables: applications, files, PINs, keys,
 * certificates.  Evidence for each row: PROTOCOL, "Applications" and "Files".
 */
#ifndef FILES_H
#define FILES_H

#include "buf.h"

enum app {
	APP_NONE,
	APP_JPKI,
	APP_INPUT,		/* card surface input assistance */
	APP_SURFACE,		/* card surface confirmation */
	APP_REGISTER,		/* Basic Resident Register */
	APP_COMMON,
	APP_ISD,		/* card manager: selected at power-on */
	APP_COUNT
};

struct ef {
	enum app	app;
	uint8_t		id[2];
};

struct pin_row {
	struct ef		ef;
	struct jpki_pin_desc	desc;
};

struct key_row {
	struct ef		ef;
	enum jpki_pin		pin;
	enum jpki_cert_id	cert;
};

struct cert_row {
	struct ef	ef;
	enum jpki_pin	pin;		/* that may have to be verified first;
					   JPKI_PIN_COUNT: none */
	bool		always;		/* on a card, too; else on a phone */
};

struct kind_row {
	const char	*label;		/* EF 0006 */
	enum jpki_kind	 kind;
};

extern const struct ef ef_token_info;
extern const struct ef ef_availability;
extern const struct ef ef_mynumber;
extern const struct ef ef_attributes;

/* Arguments in range; the public functions have checked them. */
struct slice		 app_aid(enum app app);
/* Is what can be read there about the holder, and for no log? */
bool			 app_is_personal(enum app app);
const struct pin_row	*pin_row(enum jpki_pin pin);
const struct key_row	*key_row(enum jpki_key key);
const struct cert_row	*cert_row(enum jpki_cert_id id);
enum jpki_kind		 kind_of_label(const char *label);

/* The PINs of an application, as bits 1 << enum jpki_pin. */
unsigned		 app_pins(enum app app);

#endif
