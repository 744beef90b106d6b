/* SPDX-License-Identifier: BSD-2-Clause */
#include "sw.h"

#include <stddef.h>

struct sw_row {
	uint16_t	 sw, mask;
	enum jpki_err	 err;
	const char	*text;
};

/* The first match counts.  Meanings: JICSAP 1.1 (PROTOCOL, "Status words"). */
static const struct sw_row rows[] = {
	{ 0x9000, 0xFFFF, JPKI_OK, "done" },
	{ 0x63C0, 0xFFFF, JPKI_ERR_PIN_LOCKED, "wrong PIN, no tries left" },
	{ 0x63C0, 0xFFF0, JPKI_ERR_PIN_WRONG, "wrong PIN, tries left in the last digit" },
	{ 0x6300, 0xFFFF, JPKI_ERR_PIN_WRONG, "wrong PIN, tries not counted" },
	{ 0x6281, 0xFFFF, JPKI_ERR_SW, "data may be corrupted" },
	{ 0x6282, 0xFFFF, JPKI_ERR_SW, "end of file before Le bytes" },
	{ 0x6283, 0xFFFF, JPKI_ERR_SW, "application locked" },
	{ 0x6400, 0xFFFF, JPKI_ERR_SW, "file control information faulty" },
	{ 0x6581, 0xFFFF, JPKI_ERR_SW, "memory write failed" },
	{ 0x6700, 0xFFFF, JPKI_ERR_SW, "wrong length" },
	{ 0x6881, 0xFFFF, JPKI_ERR_UNSUPPORTED, "logical channel not supported" },
	{ 0x6882, 0xFFFF, JPKI_ERR_UNSUPPORTED, "secure messaging not supported" },
	{ 0x6981, 0xFFFF, JPKI_ERR_SW, "command does not fit the file" },
	{ 0x6982, 0xFFFF, JPKI_ERR_AUTH_REQUIRED, "a PIN must be verified first" },
	{ 0x6983, 0xFFFF, JPKI_ERR_PIN_LOCKED, "PIN locked (6983)" },
	{ 0x6984, 0xFFFF, JPKI_ERR_PIN_LOCKED, "PIN locked (6984)" },
	{ 0x6985, 0xFFFF, JPKI_ERR_SW, "conditions of use not satisfied" },
	{ 0x6986, 0xFFFF, JPKI_ERR_NOT_FOUND, "no file selected" },
	{ 0x6A80, 0xFFFF, JPKI_ERR_SW, "wrong data" },
	{ 0x6A81, 0xFFFF, JPKI_ERR_UNSUPPORTED, "function not supported" },
	{ 0x6A82, 0xFFFF, JPKI_ERR_NOT_FOUND, "file or application not found" },
	{ 0x6A83, 0xFFFF, JPKI_ERR_NOT_FOUND, "record not found" },
	{ 0x6A86, 0xFFFF, JPKI_ERR_UNSUPPORTED, "wrong P1-P2" },
	{ 0x6A87, 0xFFFF, JPKI_ERR_SW, "Lc does not fit P1-P2" },
	{ 0x6A88, 0xFFFF, JPKI_ERR_NOT_FOUND, "key or data object not set" },
	{ 0x6B00, 0xFFFF, JPKI_ERR_SW, "offset behind the end of the file" },
	{ 0x6D00, 0xFFFF, JPKI_ERR_UNSUPPORTED, "instruction not supported" },
	{ 0x6E00, 0xFFFF, JPKI_ERR_UNSUPPORTED, "class not supported" },
	{ 0x6F00, 0xFFFF, JPKI_ERR_SW, "self test failed, or first command after power-up" },
};

static const struct sw_row *
sw_row(uint16_t sw)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if ((sw & rows[i].mask) == rows[i].sw)
			return &rows[i];
	return NULL;
}

enum jpki_err
sw_err(uint16_t sw)
{
	const struct sw_row *row = sw_row(sw);

	return row != NULL ? row->err : JPKI_ERR_SW;
}

enum jpki_err
sw_err_plain(uint16_t sw)
{
	enum jpki_err err = sw_err(sw);

	return err == JPKI_ERR_PIN_WRONG || err == JPKI_ERR_PIN_LOCKED ?
	    JPKI_ERR_SW : err;
}

const char *
sw_text(uint16_t sw)
{
	const struct sw_row *row = sw_row(sw);

	return row != NULL ? row->text : "unknown status";
}

/* ISO/IEC 7816-4, table 5: 64 says so, from 67 on the command was checked. */
bool
sw_refuses(uint16_t sw)
{
	static const uint8_t first[] = {
		0x63, 0x64, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E,
	};

	for (size_t i = 0; i < sizeof(first); i++)
		if (first[i] == sw >> 8)
			return true;
	return false;
}

int
sw_tries(uint16_t sw)
{
	if ((sw & 0xFFF0) == 0x63C0)
		return sw & 0x0F;
	return sw_err(sw) == JPKI_ERR_PIN_LOCKED ? 0 : -1;
}
