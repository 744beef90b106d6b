/* SPDX-License-Identifier: BSD-2-Clause */
#include "layout.h"

#include <string.h>

#define INS_CHANGE	0x24
#define INS_CHANGE_KEY	0x32	/* JICSAP, class 80 */

const struct layout_app layout_apps[VAPP_COUNT] = {
	[VAPP_ISD] = { "isd", { 0xA0, 0, 0, 0x01, 0x51, 0, 0 }, 7 },
	[VAPP_JPKI] = { "jpki",
	    { 0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01 }, 10 },
	[VAPP_INPUT] = { "input",
	    { 0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08 }, 10 },
	[VAPP_SURFACE] = { "surface",
	    { 0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x02 }, 10 },
	[VAPP_REGISTER] = { "register",
	    { 0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x01 }, 10 },
	[VAPP_COMMON] = { "common",
	    { 0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x01, 0x00 }, 10 },
};

/*
 * Name, length, tries, letters, how it is changed.  The ten tries of the
 * verification numbers are unverified, those of the date of birth unknown.
 */
const struct layout_pin layout_pins[VPIN_COUNT] = {
	[VPIN_AUTH] = { "auth", 4, 4, 3, false, INS_CHANGE },
	[VPIN_SIGN] = { "sign", 6, 16, 5, true, INS_CHANGE },
	[VPIN_INPUT] = { "input", 4, 4, 3, false, INS_CHANGE },
	[VPIN_REGISTER] = { "register", 4, 4, 3, false, INS_CHANGE_KEY },
	[VPIN_REGISTER_COMMON] = { "register-common", 4, 4, 3, false, INS_CHANGE_KEY },
	[VPIN_INPUT_A] = { "input-a", 12, 12, 10, false, 0 },
	[VPIN_INPUT_B] = { "input-b", 14, 14, 10, false, 0 },
	[VPIN_INPUT_RESERVED] = { "input-reserved", 1, 16, 3, false, 0 },
	[VPIN_SURFACE_A] = { "surface-a", 12, 12, 10, false, 0 },
	[VPIN_SURFACE_B] = { "surface-b", 14, 14, 10, false, 0 },
	[VPIN_SURFACE_BIRTH] = { "surface-birth", 6, 6, 10, false, 0 },
};

#define AUTH		VOPEN(VPIN_AUTH)
#define SIGN		VOPEN(VPIN_SIGN)
#define INPUT		VOPEN(VPIN_INPUT)
#define INPUT_A		VOPEN(VPIN_INPUT_A)
#define INPUT_B		VOPEN(VPIN_INPUT_B)
#define SURFACE_A	VOPEN(VPIN_SURFACE_A)
#define SURFACE_B	VOPEN(VPIN_SURFACE_B)
#define BIRTH		VOPEN(VPIN_SURFACE_BIRTH)

#define DATA_ROW(app, fid, opens) \
	{ app, fid, VEF_DATA, opens, VPIN_COUNT, VKEY_NONE, false }
#define RECORD_ROW(app, fid) \
	{ app, fid, VEF_RECORD, VOPEN_FREE, VPIN_COUNT, VKEY_NONE, false }
#define CLOSED_ROW(app, fid) \
	{ app, fid, VEF_CLOSED, VOPEN_NEVER, VPIN_COUNT, VKEY_NONE, false }
#define PIN_ROW(app, fid, pin) \
	{ app, fid, VEF_PIN, VOPEN_NEVER, pin, VKEY_NONE, false }
#define KEY_ROW(app, fid, opens, use, is_default) \
	{ app, fid, VEF_KEY, opens, VPIN_COUNT, use, is_default }
#define OBJECT_ROW(tag) \
	{ VAPP_ISD, tag, VEF_OBJECT, VOPEN_FREE, VPIN_COUNT, VKEY_NONE, false }

const struct layout_file layout_files[] = {
	OBJECT_ROW(0x0042),		/* issuer's key reference */
	OBJECT_ROW(0x0045),		/* card identification number */
	OBJECT_ROW(0x0066),		/* GlobalPlatform card recognition */
	OBJECT_ROW(0x00F0),		/* municipality */
	OBJECT_ROW(0x00F2),		/* expiry of the card */
	OBJECT_ROW(0x00F7),		/* key id */
	OBJECT_ROW(0x00F8),		/* card-verifiable certificates */
	OBJECT_ROW(0x7F21),
	OBJECT_ROW(0x5F51),		/* contact ATR without TS */
	CLOSED_ROW(VAPP_ISD, 0x001E),

	DATA_ROW(VAPP_JPKI, 0x0001, SIGN),	/* signature certificate */
	DATA_ROW(VAPP_JPKI, 0x0002, VOPEN_FREE), /* its CA */
	DATA_ROW(VAPP_JPKI, 0x0006, VOPEN_FREE), /* token information */
	DATA_ROW(VAPP_JPKI, 0x0008, VOPEN_FREE), /* which certificates exist */
	DATA_ROW(VAPP_JPKI, 0x0009, VOPEN_NEVER), /* nothing known opens it */
	DATA_ROW(VAPP_JPKI, 0x000A, VOPEN_FREE), /* authentication certificate */
	DATA_ROW(VAPP_JPKI, 0x000B, VOPEN_FREE), /* its CA */
	CLOSED_ROW(VAPP_JPKI, 0x0010),		/* reference of unknown purpose */
	CLOSED_ROW(VAPP_JPKI, 0x0016),		/* checks terminal certificates */
	KEY_ROW(VAPP_JPKI, 0x0017, AUTH, VKEY_SIGN, false),
	PIN_ROW(VAPP_JPKI, 0x0018, VPIN_AUTH),
	KEY_ROW(VAPP_JPKI, 0x001A, SIGN, VKEY_SIGN, false),
	PIN_ROW(VAPP_JPKI, 0x001B, VPIN_SIGN),

	DATA_ROW(VAPP_INPUT, 0x0001, INPUT | INPUT_A),	/* Individual Number */
	DATA_ROW(VAPP_INPUT, 0x0002, INPUT | INPUT_B),	/* four attributes */
	DATA_ROW(VAPP_INPUT, 0x0003, INPUT | INPUT_A | INPUT_B),
	DATA_ROW(VAPP_INPUT, 0x0004, VOPEN_FREE),	/* CV certificate */
	DATA_ROW(VAPP_INPUT, 0x0005, VOPEN_FREE),
	DATA_ROW(VAPP_INPUT, 0x0006, INPUT | INPUT_A | INPUT_B),
	DATA_ROW(VAPP_INPUT, 0x0007, INPUT | INPUT_A | INPUT_B),
	/* What opens it is unknown. */
	DATA_ROW(VAPP_INPUT, 0x0008, INPUT | INPUT_A | INPUT_B),
	PIN_ROW(VAPP_INPUT, 0x0011, VPIN_INPUT),
	PIN_ROW(VAPP_INPUT, 0x0012, VPIN_INPUT_RESERVED),
	KEY_ROW(VAPP_INPUT, 0x0013, VOPEN_FREE, VKEY_SIGN_FREE, true),
	PIN_ROW(VAPP_INPUT, 0x0014, VPIN_INPUT_A),
	PIN_ROW(VAPP_INPUT, 0x0015, VPIN_INPUT_B),

	DATA_ROW(VAPP_SURFACE, 0x0001, BIRTH),		/* age record */
	DATA_ROW(VAPP_SURFACE, 0x0002, SURFACE_A | SURFACE_B),
	DATA_ROW(VAPP_SURFACE, 0x0003, VOPEN_FREE),
	DATA_ROW(VAPP_SURFACE, 0x0004, VOPEN_FREE),	/* CV certificate */
	DATA_ROW(VAPP_SURFACE, 0x0005, SURFACE_A),	/* Individual Number */
	DATA_ROW(VAPP_SURFACE, 0x0006, SURFACE_A | SURFACE_B),
	PIN_ROW(VAPP_SURFACE, 0x0011, VPIN_SURFACE_BIRTH),
	PIN_ROW(VAPP_SURFACE, 0x0012, VPIN_SURFACE_B),
	PIN_ROW(VAPP_SURFACE, 0x0013, VPIN_SURFACE_A),
	/* No file identifier is known for it: 0000 is never found. */
	KEY_ROW(VAPP_SURFACE, 0x0000, VOPEN_FREE, VKEY_SIGN_FREE, true),

	DATA_ROW(VAPP_REGISTER, 0x0002, VOPEN_FREE),	/* key reference */
	PIN_ROW(VAPP_REGISTER, 0x001C, VPIN_REGISTER),

	RECORD_ROW(VAPP_COMMON, 0x0001),		/* serial, expiry */
	DATA_ROW(VAPP_COMMON, 0x0002, VOPEN_FREE),	/* key reference */
	KEY_ROW(VAPP_COMMON, 0x0019, VOPEN_FREE, VKEY_INTERNAL, false),
	PIN_ROW(VAPP_COMMON, 0x001C, VPIN_REGISTER_COMMON),
	CLOSED_ROW(VAPP_COMMON, 0x001E),
};

size_t
layout_find(enum vapp app, uint16_t fid)
{
	size_t i;

	if (fid == 0)
		return LAYOUT_FILES;
	for (i = 0; i < LAYOUT_FILES; i++)
		if (layout_files[i].app == app && layout_files[i].fid == fid &&
		    layout_files[i].kind != VEF_OBJECT)
			break;
	return i;
}

size_t
layout_find_object(uint16_t tag)
{
	size_t i;

	for (i = 0; i < LAYOUT_FILES; i++)
		if (layout_files[i].kind == VEF_OBJECT &&
		    layout_files[i].fid == tag)
			break;
	return i;
}

size_t
layout_find_default_key(enum vapp app)
{
	size_t i;

	for (i = 0; i < LAYOUT_FILES; i++)
		if (layout_files[i].app == app && layout_files[i].default_key)
			break;
	return i;
}

enum vpin
layout_find_pin(const char *name)
{
	unsigned i;

	for (i = 0; i < VPIN_COUNT; i++)
		if (strcmp(layout_pins[i].name, name) == 0)
			break;
	return (enum vpin)i;
}

bool
layout_pin_format(enum vpin pin, const uint8_t *text, size_t n)
{
	const struct layout_pin *row = &layout_pins[pin];

	if (n < row->min || n > row->max)
		return false;
	for (size_t i = 0; i < n; i++) {
		bool digit = text[i] >= '0' && text[i] <= '9';
		bool letter = text[i] >= 'A' && text[i] <= 'Z';

		if (!digit && !(letter && row->letters))
			return false;
	}
	return true;
}
