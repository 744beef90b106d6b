/* SPDX-License-Identifier: BSD-2-Clause */
#include "usb.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks.h"
#include "drivers.h"

#define DEVICES		"/sys/bus/usb/devices"
#define CLASS_CCID	0x0B

/*
 * Readers that people in Japan have, by what usb.ids and libccid call them.
 * That the first ones have no CCID interface: the public list of readers that
 * libccid's author keeps, and pcsc-lite's issue 86.
 */
static const struct known_row {
	unsigned	 vendor, product;
	bool		 ccid;
	const char	*name;
} known[] = {
	{ 0x054C, 0x006C, false, "Sony FeliCa S310 (PaSoRi)" },
	{ 0x054C, 0x01BB, false, "Sony FeliCa S320 (PaSoRi)" },
	{ 0x054C, 0x02E1, false, "Sony FeliCa S330 (PaSoRi)" },
	{ 0x054C, 0x06C1, false, "Sony RC-S380/S (PaSoRi)" },
	{ 0x054C, 0x06C3, false, "Sony RC-S380/P (PaSoRi)" },
	{ 0x054C, 0x0DC8, true, "Sony RC-S300/S (PaSoRi)" },
	{ 0x054C, 0x0DC9, true, "Sony RC-S300/P (PaSoRi)" },
	{ 0x054C, 0x0D8F, true, "Sony RC-S660/U" },
};

static const struct known_row *
find_known(unsigned vendor, unsigned product)
{
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (known[i].vendor == vendor && known[i].product == product)
			return &known[i];
	return NULL;
}

/* A file with one number in hexadecimal; 0 if it is not there. */
static unsigned
read_hex(const struct host *host, const char *device, const char *file)
{
	char path[PATH_MAX], line[32];

	(void)snprintf(path, sizeof path, DEVICES "/%s/%s", device, file);
	return (unsigned)strtoul(host_line(host, path, line, sizeof line),
	    NULL, 16);
}

/* Interfaces are called DEVICE:NUMBERS. */
static bool
has_ccid(const struct host *host, const struct names *names,
    const char *device)
{
	size_t n = strlen(device);

	for (size_t i = 0; i < names->n; i++)
		if (strncmp(names->name[i], device, n) == 0 &&
		    names->name[i][n] == ':' && read_hex(host, names->name[i],
		    "bInterfaceClass") == CLASS_CCID)
			return true;
	return false;
}

size_t
usb_readers(const struct host *host, struct usb_reader out[USB_READERS_MAX])
{
	struct names	names = host_names(host, DEVICES);
	size_t		n = 0;

	for (size_t i = 0; i < names.n && n < USB_READERS_MAX; i++) {
		const char		*device = names.name[i];
		const struct known_row	*row;
		struct usb_reader	*reader = &out[n];

		if (strchr(device, ':') != NULL)
			continue;
		reader->vendor = read_hex(host, device, "idVendor");
		reader->product = read_hex(host, device, "idProduct");
		row = find_known(reader->vendor, reader->product);
		reader->name = row != NULL ? row->name : NULL;
		reader->ccid = has_ccid(host, &names, device) ||
		    (row != NULL && row->ccid);
		n += reader->ccid || row != NULL;
	}
	names_free(&names);
	return n;
}

/* Why pcscd does not show a reader that it could. */
static void
find_reason(const struct host *host, const struct usb_reader *reader,
    struct findings *out)
{
	static const enum finding_id ids[] = {
		[DRIVER_NONE] = FIND_DRIVER_MISSING,
		[DRIVER_UNLISTED] = FIND_DRIVER_UNLISTED,
		[DRIVER_KNOWS] = FIND_READER_NOT_SHOWN,
	};
	enum driver_answer answer = driver_of(host, reader->vendor,
	    reader->product);
	enum finding_id id = ids[answer];

	if (answer == DRIVER_KNOWS && host_runs(host, "scdaemon"))
		id = FIND_READER_TAKEN;
	findings_add(out, id, "%04x:%04x %s", reader->vendor, reader->product,
	    reader->name != NULL ? reader->name : "");
}

/*
 * pcscd and USB name readers differently: which of them it does not show can
 * only be told where it shows none.  One that it cannot show is worth a word
 * as long as no card is found in another.
 */
void
check_usb(const struct host *host, const struct survey *survey,
    struct findings *out)
{
	struct usb_reader	readers[USB_READERS_MAX];
	size_t			n = usb_readers(host, readers);
	bool			asked = survey->err == JPKI_OK;

	if (found_card(survey))
		return;
	for (size_t i = 0; i < n; i++) {
		if (!readers[i].ccid)
			findings_add(out, FIND_READER_NOT_CCID,
			    "%04x:%04x %s", readers[i].vendor,
			    readers[i].product, readers[i].name);
		else if (asked && survey->n == 0)
			find_reason(host, &readers[i], out);
	}
	if (asked && survey->n == 0 && n == 0)
		findings_add(out, FIND_READER_NONE, "%s", "");
}
