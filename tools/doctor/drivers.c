/* SPDX-License-Identifier: BSD-2-Clause */
#include "drivers.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As systems configure pcsc-lite (usbdropdir). */
static const char *const folders[] = {
	"/usr/lib/pcsc/drivers",
	"/usr/lib64/pcsc/drivers",
	"/usr/local/lib/pcsc/drivers",
};

#define FOLDERS		(sizeof folders / sizeof folders[0])
#define CCID_BUNDLE	"ifd-ccid.bundle"

/* The text of a bundle's list, to be freed; NULL if it is no bundle. */
static char *
read_list(const struct host *host, const char *folder, const char *bundle)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof path, "%s/%s/Contents/Info.plist", folder,
	    bundle);
	return host_read(host, path);
}

/* What stands behind <key>KEY</key>, or NULL. */
static const char *
behind_key(const char *list, const char *key)
{
	char tag[64];

	(void)snprintf(tag, sizeof tag, "<key>%s</key>", key);
	list = strstr(list, tag);
	return list != NULL ? list + strlen(tag) : NULL;
}

/* The next <string> before the end of an array; *number is its value. */
static const char *
next_number(const char *at, unsigned long *number)
{
	const char *end, *string;

	if (at == NULL)
		return NULL;
	end = strstr(at, "</array>");
	string = strstr(at, "<string>");
	if (string == NULL || end == NULL || string > end)
		return NULL;
	string += strlen("<string>");
	*number = strtoul(string, NULL, 16);
	return string;
}

/* Both lists are as long as each other, and go together. */
static bool
lists(const char *list, unsigned vendor, unsigned product)
{
	const char	*v = behind_key(list, "ifdVendorID");
	const char	*p = behind_key(list, "ifdProductID");
	unsigned long	 v_number = 0, p_number = 0;

	while ((v = next_number(v, &v_number)) != NULL &&
	    (p = next_number(p, &p_number)) != NULL)
		if (v_number == vendor && p_number == product)
			return true;
	return false;
}

/* By its numbers alone: pcscd asks no driver for a whole class of readers. */
enum driver_answer
driver_of(const struct host *host, unsigned vendor, unsigned product)
{
	enum driver_answer answer = DRIVER_NONE;

	for (size_t i = 0; i < FOLDERS; i++) {
		struct names names = host_names(host, folders[i]);

		for (size_t k = 0; k < names.n; k++) {
			char *list = read_list(host, folders[i],
			    names.name[k]);

			if (list != NULL && answer == DRIVER_NONE)
				answer = DRIVER_UNLISTED;
			if (list != NULL && lists(list, vendor, product))
				answer = DRIVER_KNOWS;
			free(list);
		}
		names_free(&names);
	}
	return answer;
}

const char *
driver_ccid_version(const struct host *host, char *room, size_t n)
{
	room[0] = '\0';
	for (size_t i = 0; i < FOLDERS && room[0] == '\0'; i++) {
		char		*list = read_list(host, folders[i],
		    CCID_BUNDLE);
		const char	*at = list == NULL ? NULL : behind_key(list,
		    "CFBundleShortVersionString");

		at = at != NULL ? strstr(at, "<string>") : NULL;
		if (at != NULL)
			(void)snprintf(room, n, "%.*s",
			    (int)strcspn(at + 8, "<\n"), at + 8);
		free(list);
	}
	return room;
}
