/* SPDX-License-Identifier: BSD-2-Clause */
#include "files.h"

#include <string.h>

#include "text.h"

struct app_row {
	uint8_t		 aid[10];
	uint8_t		 aid_len;
	bool		 personal;
};

static const struct app_row apps[APP_COUNT] = {
	[APP_NONE] = { { 0 }, 0, false },
	[APP_JPKI] = {
	    { 0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01 }, 10, false },
	[APP_INPUT] = {
	    { 0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08 }, 10, true },
	[APP_SURFACE] = {
	    { 0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x02 }, 10, true },
	[APP_REGISTER] = {
	    { 0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x01 }, 10, true },
	[APP_COMMON] = {
	    { 0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x01, 0x00 }, 10, true },
	[APP_ISD] = {
	    { 0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00 }, 7, true },
};

const struct ef ef_token_info = { APP_JPKI, { 0x00, 0x06 } };
const struct ef ef_availability = { APP_JPKI, { 0x00, 0x08 } };
const struct ef ef_mynumber = { APP_INPUT, { 0x00, 0x01 } };
const struct ef ef_attributes = { APP_INPUT, { 0x00, 0x02 } };

/* name, title, min, max, tries, letters, can verify, can change */
static const struct pin_row pins[JPKI_PIN_COUNT] = {
	[JPKI_PIN_AUTH] = { { APP_JPKI, { 0x00, 0x18 } },
	    { "auth", N_("user authentication PIN"), 4, 4, 3, false, true, true } },
	[JPKI_PIN_SIGN] = { { APP_JPKI, { 0x00, 0x1B } },
	    { "sign", N_("signature PIN"), 6, 16, 5, true, true, true } },
	[JPKI_PIN_INPUT] = { { APP_INPUT, { 0x00, 0x11 } },
	    { "input", N_("card surface input assistance PIN"), 4, 4, 3, false, true, true } },
	[JPKI_PIN_REGISTER] = { { APP_REGISTER, { 0x00, 0x1C } },
	    { "register", N_("Basic Resident Register PIN"), 4, 4, 3, false, false, false } },
	[JPKI_PIN_REGISTER_COMMON] = { { APP_COMMON, { 0x00, 0x1C } },
	    { "register-common", N_("Basic Resident Register PIN (common application)"),
	      4, 4, 3, false, false, false } },
	[JPKI_PIN_INPUT_A] = { { APP_INPUT, { 0x00, 0x14 } },
	    { "input-a", N_("verification number A (input assistance)"), 12, 12, 10, false, false, false } },
	[JPKI_PIN_INPUT_B] = { { APP_INPUT, { 0x00, 0x15 } },
	    { "input-b", N_("verification number B (input assistance)"), 14, 14, 10, false, false, false } },
	[JPKI_PIN_SURFACE_A] = { { APP_SURFACE, { 0x00, 0x13 } },
	    { "surface-a", N_("verification number A (surface confirmation)"),
	      12, 12, 10, false, false, false } },
	[JPKI_PIN_SURFACE_B] = { { APP_SURFACE, { 0x00, 0x12 } },
	    { "surface-b", N_("verification number B (surface confirmation)"),
	      14, 14, 10, false, false, false } },
	[JPKI_PIN_SURFACE_BIRTH] = { { APP_SURFACE, { 0x00, 0x11 } },
	    { "surface-birth", N_("date of birth (surface confirmation)"), 6, 6, 0, false, false, false } },
	[JPKI_PIN_INPUT_RESERVED] = { { APP_INPUT, { 0x00, 0x12 } },
	    { "input-reserved", N_("reserved reference, locked since issue on every card"),
	      0, 0, 0, false, false, false } },
};

static const struct key_row keys[JPKI_KEY_COUNT] = {
	[JPKI_KEY_AUTH] = { { APP_JPKI, { 0x00, 0x17 } }, JPKI_PIN_AUTH, JPKI_CERT_AUTH },
	[JPKI_KEY_SIGN] = { { APP_JPKI, { 0x00, 0x1A } }, JPKI_PIN_SIGN, JPKI_CERT_SIGN },
};

static const struct cert_row certs[JPKI_CERT_COUNT] = {
	[JPKI_CERT_AUTH] = { { APP_JPKI, { 0x00, 0x0A } }, JPKI_PIN_AUTH, false },
	[JPKI_CERT_SIGN] = { { APP_JPKI, { 0x00, 0x01 } }, JPKI_PIN_SIGN, true },
	[JPKI_CERT_AUTH_CA] = { { APP_JPKI, { 0x00, 0x0B } }, JPKI_PIN_COUNT, false },
	[JPKI_CERT_SIGN_CA] = { { APP_JPKI, { 0x00, 0x02 } }, JPKI_PIN_COUNT, false },
};

static const struct kind_row kinds[] = {
	{ "JPKIAPICCTOKEN2", JPKI_KIND_CARD },
	{ "JPKIAPGPSETOKEN", JPKI_KIND_PHONE },
	{ "JPKIAPIOSTOKEN", JPKI_KIND_PHONE },
	{ "JPKIAPICCTOKEN", JPKI_KIND_JUKI },
};

struct slice
app_aid(enum app app)
{
	return slice_of(apps[app].aid, apps[app].aid_len);
}

bool
app_is_personal(enum app app)
{
	return apps[app].personal;
}

const struct pin_row *
pin_row(enum jpki_pin pin)
{
	return &pins[pin];
}

const struct key_row *
key_row(enum jpki_key key)
{
	return &keys[key];
}

const struct cert_row *
cert_row(enum jpki_cert_id id)
{
	return &certs[id];
}

enum jpki_kind
kind_of_label(const char *label)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].label, label) == 0)
			return kinds[i].kind;
	return JPKI_KIND_UNKNOWN;
}

unsigned
app_pins(enum app app)
{
	unsigned bits = 0;

	for (unsigned i = 0; i < JPKI_PIN_COUNT; i++)
		if (pins[i].ef.app == app)
			bits |= 1u << i;
	return bits;
}

const struct jpki_pin_desc *
jpki_pin_describe(enum jpki_pin pin)
{
	if ((unsigned)pin >= JPKI_PIN_COUNT)
		return NULL;
	return &pins[pin].desc;
}
