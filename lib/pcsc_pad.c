/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keys of a reader, for a PIN that the computer never sees: part 10 of the
 * PC/SC specification, "IFDs with Secure PIN Entry Capabilities" (2.02.09).  A
 * driver lists what its reader can do, each with the control code for it.
 */
#include "pcsc.h"

#include <string.h>

#define FEATURES_MAX	256	/* bytes of the list */
#define CODE_BYTES	4	/* of a control code, highest byte first */

#define HEADER_BYTES	5	/* CLA INS P1 P2 Lc */
#define DIGITS_MAX	15	/* four bits tell a block's size */

#define KEYING_SECONDS	30	/* to the first key, and for the others */
#define ASCII_IN_BYTES	0x82	/* from the first byte of data on */
#define BY_KEY		0x02	/* until then it can be corrected */
#define MESSAGE_NONE	0x00
#define MESSAGE_DEFAULT	0xFF	/* the reader's own words */

/* The control code of a feature; 0: the reader does not have it. */
static DWORD
feature(SCARDHANDLE handle, uint8_t wanted)
{
	uint8_t list[FEATURES_MAX], tag, size;
	struct slice rest, value;
	DWORD n = 0, code = 0;

	if (SCardControl(handle, CM_IOCTL_GET_FEATURE_REQUEST, NULL, 0, list,
	    sizeof(list), &n) != SCARD_S_SUCCESS || n > sizeof(list))
		return 0;
	rest = slice_of(list, n);
	while (slice_take_u8(&rest, &tag) && slice_take_u8(&rest, &size) &&
	    slice_take(&rest, size, &value)) {
		if (tag != wanted || size != CODE_BYTES)
			continue;
		for (size_t i = 0; i < CODE_BYTES; i++)
			code = code << 8 | value.p[i];
		break;
	}
	return code;
}

/* Who asks a reader without a display for a message may be refused. */
static uint8_t
message(SCARDHANDLE handle)
{
	DWORD code = feature(handle, FEATURE_IFD_PIN_PROPERTIES), n = 0;
	PIN_PROPERTIES_STRUCTURE properties = { 0 };

	if (code == 0 || SCardControl(handle, code, NULL, 0, &properties,
	    sizeof(properties), &n) != SCARD_S_SUCCESS ||
	    n != sizeof(properties))
		return MESSAGE_NONE;
	return properties.wLcdLayout != 0 ? MESSAGE_DEFAULT : MESSAGE_NONE;
}

DWORD
pcsc_pad_code(SCARDHANDLE handle)
{
	return feature(handle, FEATURE_VERIFY_PIN_DIRECT);
}

LONG
pcsc_pad_verify(SCARDHANDLE handle, DWORD code, struct slice command,
    uint8_t *answer, DWORD *n)
{
	uint8_t request[sizeof(PIN_VERIFY_STRUCTURE) + HEADER_BYTES +
	    DIGITS_MAX];
	PIN_VERIFY_STRUCTURE head = {
		.bTimerOut = KEYING_SECONDS,
		.bTimerOut2 = KEYING_SECONDS,
		.bmFormatString = ASCII_IN_BYTES,
		.bEntryValidationCondition = BY_KEY,
		.ulDataLength = (uint32_t)command.n,
	};
	size_t digits;

	if (command.n <= HEADER_BYTES || command.n > HEADER_BYTES + DIGITS_MAX)
		return SCARD_E_INVALID_PARAMETER;
	digits = command.n - HEADER_BYTES;
	head.bmPINBlockString = (uint8_t)digits;
	head.wPINMaxExtraDigit = (uint16_t)(digits << 8 | digits);
	head.bNumberMessage = message(handle);
	memcpy(request, &head, sizeof(head));
	memcpy(request + sizeof(head), command.p, command.n);
	return SCardControl(handle, code, request,
	    (DWORD)(sizeof(head) + command.n), answer, *n, n);
}
