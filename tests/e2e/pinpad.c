/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A reader with keys, to be preloaded: it stands between a program and
 * libpcsclite, says that the reader can do FEATURE_VERIFY_PIN_DIRECT, and sends
 * what is "keyed in" on to the card.  The file that JPKI_TEST_PAD names says
 * what the person does, and how the reader is:
 *
 *	1234		these digits, and the key that confirms
 *	cancel timeout	(the reader's own status words)
 *	refuse		the reader takes no such request
 *	broken		it fails, and sends nothing
 *	cut		what was keyed in (1234) is sent, and no answer comes
 *	wait		nothing, until the file says something else
 *	none		a reader without keys
 *
 * With "+display" behind it the reader has one.  Each request is appended to
 * the file's name with ".log", as hexadecimal digits.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <winscard.h>
#include <reader.h>

#define CODE_VERIFY	SCARD_CTL_CODE(2006)
#define CODE_PROPERTIES	SCARD_CTL_CODE(2010)
#define HEADER_BYTES	5
#define REQUEST_MAX	64

static char what[64];	/* the person does */

static bool
read_script(void)
{
	const char *path = getenv("JPKI_TEST_PAD");
	FILE *f = path != NULL ? fopen(path, "r") : NULL;
	bool read;

	if (f == NULL)
		return false;
	read = fscanf(f, "%63s", what) == 1;
	(void)fclose(f);
	return read && strcmp(what, "none") != 0;
}

static bool
does(const char *word)
{
	size_t n = strcspn(what, "+");

	return strlen(word) == n && memcmp(what, word, n) == 0;
}

static LONG
give(const void *bytes, size_t n, LPVOID out, DWORD room, LPDWORD returned)
{
	if (n > room)
		return SCARD_E_INSUFFICIENT_BUFFER;
	memcpy(out, bytes, n);
	*returned = (DWORD)n;
	return SCARD_S_SUCCESS;
}

/* Another feature before those that count, as real drivers have. */
static LONG
list_features(LPVOID out, DWORD room, LPDWORD returned)
{
	static const uint8_t list[] = {
		FEATURE_CCID_ESC_COMMAND, 4, 0x42, 0x00, 0x00, 0x01,
		FEATURE_IFD_PIN_PROPERTIES, 4, CODE_PROPERTIES >> 24,
		CODE_PROPERTIES >> 16 & 0xFF, CODE_PROPERTIES >> 8 & 0xFF,
		CODE_PROPERTIES & 0xFF,
		FEATURE_VERIFY_PIN_DIRECT, 4, CODE_VERIFY >> 24,
		CODE_VERIFY >> 16 & 0xFF, CODE_VERIFY >> 8 & 0xFF,
		CODE_VERIFY & 0xFF,
	};

	return give(list, sizeof(list), out, room, returned);
}

static void
note(const uint8_t *request, size_t n)
{
	char path[4096];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s.log", getenv("JPKI_TEST_PAD"));
	f = fopen(path, "a");
	if (f == NULL)
		abort();
	for (size_t i = 0; i < n; i++)
		(void)fprintf(f, "%02X", request[i]);
	(void)fputc('\n', f);
	(void)fclose(f);
}

/* What every driver checks before the keys are lit. */
static bool
is_sound(const PIN_VERIFY_STRUCTURE *head, size_t n)
{
	size_t digits = head->bmPINBlockString & 0x0F;

	return n >= sizeof(*head) + HEADER_BYTES && n <= REQUEST_MAX &&
	    head->ulDataLength == n - sizeof(*head) &&
	    head->ulDataLength == HEADER_BYTES + digits &&
	    head->bmFormatString == 0x82;
}

static LONG
transmit(SCARDHANDLE handle, const uint8_t *command, size_t n, LPVOID out,
    DWORD room, LPDWORD returned)
{
	DWORD state = 0, protocol = 0, name_n = 0, atr_n = 0;

	(void)SCardStatus(handle, NULL, &name_n, &state, &protocol, NULL,
	    &atr_n);
	*returned = room;
	return SCardTransmit(handle, protocol == SCARD_PROTOCOL_T0 ?
	    SCARD_PCI_T0 : SCARD_PCI_T1, command, (DWORD)n, NULL, out,
	    returned);
}

/* The digits go where the place for them is. */
static LONG
key_in(SCARDHANDLE handle, const PIN_VERIFY_STRUCTURE *head,
    const char *digits, LPVOID out, DWORD room, LPDWORD returned)
{
	size_t n = strcspn(digits, "+");
	uint8_t command[REQUEST_MAX];

	if (n < head->wPINMaxExtraDigit >> 8 ||
	    n > (head->wPINMaxExtraDigit & 0xFF))
		return give("\x64\x03", 2, out, room, returned);
	memcpy(command, head->abData, head->ulDataLength);
	memcpy(command + HEADER_BYTES, digits, n);
	return transmit(handle, command, head->ulDataLength, out, room,
	    returned);
}

static LONG
verify(SCARDHANDLE handle, LPCVOID in, DWORD n, LPVOID out, DWORD room,
    LPDWORD returned)
{
	const PIN_VERIFY_STRUCTURE *head = in;

	note(in, n);
	while (does("wait") && read_script())
		(void)usleep(10000);
	if (does("broken"))
		return SCARD_E_NOT_TRANSACTED;
	if (does("refuse") || n < sizeof(*head) || !is_sound(head, n))
		return give("\x6B\x80", 2, out, room, returned);
	if (does("timeout"))
		return give("\x64\x00", 2, out, room, returned);
	if (does("cancel"))
		return give("\x64\x01", 2, out, room, returned);
	if (does("cut")) {
		(void)key_in(handle, head, "1234", out, room, returned);
		return SCARD_E_NOT_TRANSACTED;
	}
	return key_in(handle, head, what, out, room, returned);
}

LONG
SCardControl(SCARDHANDLE handle, DWORD code, LPCVOID in, DWORD n, LPVOID out,
    DWORD room, LPDWORD returned)
{
	PIN_PROPERTIES_STRUCTURE properties = { 0 };
	LONG (*real)(SCARDHANDLE, DWORD, LPCVOID, DWORD, LPVOID, DWORD,
	    LPDWORD);

	if (read_script()) {
		properties.wLcdLayout = strchr(what, '+') != NULL ? 0x0210 : 0;
		if (code == CM_IOCTL_GET_FEATURE_REQUEST)
			return list_features(out, room, returned);
		if (code == CODE_PROPERTIES)
			return give(&properties, sizeof(properties), out,
			    room, returned);
		if (code == CODE_VERIFY)
			return verify(handle, in, n, out, room, returned);
	}
	*(void **)&real = dlsym(RTLD_NEXT, "SCardControl");
	return real(handle, code, in, n, out, room, returned);
}
