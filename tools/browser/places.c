/* SPDX-License-Identifier: BSD-2-Clause */
#include "places.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "inifile.h"
#include "list.h"

/* Firefox: folders with profiles.ini; of 147 and later the second. */
static const struct ini_row {
	enum boxed	 boxed;
	const char	*folder;
} ini_rows[] = {
	{ BOXED_NOT, "~/.mozilla/firefox" },
	{ BOXED_NOT, "~/.config/mozilla/firefox" },
	{ BOXED_SNAP, "~/snap/firefox/common/.mozilla/firefox" },
	{ BOXED_FLATPAK, "~/.var/app/org.mozilla.firefox/.mozilla/firefox" },
	{ BOXED_FLATPAK,
	    "~/.var/app/org.mozilla.firefox/config/mozilla/firefox" },
};

/* Chromium and its kind, not in a box: of 146 and later the second, where the
 * first is not. */
static const char *const databases[] = {
	CHROMIUM_FOLDER,
	"~/.local/share/pki/nssdb",
};

static const struct chromium chromiums[] = {
	{ BOXED_NOT, "~/.config/chromium", NULL },
	{ BOXED_NOT, "~/.config/google-chrome", NULL },
	{ BOXED_NOT, "~/.config/microsoft-edge", NULL },
	{ BOXED_NOT, "~/.config/BraveSoftware/Brave-Browser", NULL },
	{ BOXED_NOT, "~/.config/vivaldi", NULL },
	{ BOXED_SNAP, "~/snap/chromium/common/chromium",
	    "~/snap/chromium/current/.pki/nssdb" },
	{ BOXED_FLATPAK, "~/.var/app/org.chromium.Chromium/config/chromium",
	    "~/.var/app/org.chromium.Chromium/.pki/nssdb" },
	{ BOXED_FLATPAK, "~/.var/app/com.google.Chrome/config/google-chrome",
	    "~/.var/app/com.google.Chrome/.pki/nssdb" },
};

/* Both files name profiles; each may lack what the other has. */
static const char *const ini_files[] = { "profiles.ini", "installs.ini" };

/* Below these lies what a boxed browser sees of the home. */
static const struct ini_row boxes[] = {
	{ BOXED_SNAP, "~/snap/" },
	{ BOXED_FLATPAK, "~/.var/app/" },
};

#define COUNT_OF(table)	(sizeof(table) / sizeof(table)[0])

const struct chromium *
chromium_nth(size_t n)
{
	return n < COUNT_OF(chromiums) ? &chromiums[n] : NULL;
}

bool
places_chromium_used(const struct host *host)
{
	for (size_t i = 0; i < COUNT_OF(chromiums); i++)
		if (chromiums[i].boxed == BOXED_NOT &&
		    host_exists(host, chromiums[i].settings))
			return true;
	return false;
}

bool
profiles_add(struct profiles *profiles, enum browser browser,
    enum boxed boxed, const char *folder)
{
	struct profile one = { browser, boxed, NULL };

	for (size_t i = 0; i < profiles->n; i++)
		if (strcmp(profiles->list[i].folder, folder) == 0)
			return true;
	one.folder = strdup(folder);
	if (one.folder != NULL && list_append(&profiles->list, &profiles->n,
	    &one, sizeof one))
		return true;
	free(one.folder);
	host_memory_lacks();
	return false;
}

void
profiles_free(struct profiles *profiles)
{
	for (size_t i = 0; i < profiles->n; i++)
		free(profiles->list[i].folder);
	free(profiles->list);
	profiles->list = NULL;
	profiles->n = 0;
}

/* "~/..." to a path without the root. */
static const char *
in_home(const struct host *host, const char *path, char *room, size_t n)
{
	struct host here = *host;

	here.base = "";
	return host_path(&here, path, room, n);
}

enum boxed
places_boxed(const struct host *host, const char *folder)
{
	char room[PATH_MAX];

	for (size_t i = 0; i < COUNT_OF(boxes); i++) {
		const char *box = in_home(host, boxes[i].folder, room,
		    sizeof room);

		if (box[0] != '\0' && strncmp(folder, box, strlen(box)) == 0)
			return boxes[i].boxed;
	}
	return BOXED_NOT;
}

struct ini_search {
	struct profiles		*out;
	const struct ini_row	*row;
	char			 folder[PATH_MAX];	/* of the file */
};

/*
 * A profile's path is relative to the file, unless it begins with a slash;
 * installs.ini and the [Install...] sections say Default=PATH.
 */
static void
take_line(void *user, const char *section, const char *key, const char *value)
{
	struct ini_search	*search = user;
	bool			 of_profile;
	char			 room[PATH_MAX];

	of_profile = strncmp(section, "Profile", 7) == 0;
	if (strcmp(key, of_profile ? "Path" : "Default") != 0)
		return;
	if (value[0] == '/')
		(void)snprintf(room, sizeof room, "%s", value);
	else
		(void)path_join(search->folder, value, room, sizeof room);
	if (room[0] != '\0')
		(void)profiles_add(search->out, BROWSER_FIREFOX,
		    search->row->boxed, room);
}

static void
find_firefox(const struct host *host, const struct ini_row *row,
    struct profiles *out)
{
	struct ini_search	search = { .out = out, .row = row };
	char			path[PATH_MAX];

	(void)in_home(host, row->folder, search.folder, sizeof search.folder);
	for (size_t i = 0; i < COUNT_OF(ini_files); i++) {
		char *text = host_read(host, path_join(search.folder,
		    ini_files[i], path, sizeof path));

		if (text != NULL)
			ini_read(text, take_line, &search);
		free(text);
	}
}

static void
add_chromium(const struct host *host, enum boxed boxed, const char *folder,
    struct profiles *out)
{
	char room[PATH_MAX];

	(void)profiles_add(out, BROWSER_CHROMIUM, boxed, in_home(host, folder,
	    room, sizeof room));
}

void
places_find(const struct host *host, struct profiles *out)
{
	out->list = NULL;
	out->n = 0;
	for (size_t i = 0; i < COUNT_OF(ini_rows); i++)
		find_firefox(host, &ini_rows[i], out);
	for (size_t i = 0; i < COUNT_OF(databases); i++)
		if (host_exists(host, databases[i]))
			add_chromium(host, BOXED_NOT, databases[i], out);
	for (size_t i = 0; i < COUNT_OF(chromiums); i++)
		if (chromiums[i].database != NULL &&
		    (host_exists(host, chromiums[i].database) ||
		    host_exists(host, chromiums[i].settings)))
			add_chromium(host, chromiums[i].boxed,
			    chromiums[i].database, out);
}

static bool
is_same(const struct host *host, const char *a, const char *b)
{
	char		room[PATH_MAX];
	struct stat	at, bt;

	return stat(host_path(host, a, room, sizeof room), &at) == 0 &&
	    stat(host_path(host, b, room, sizeof room), &bt) == 0 &&
	    at.st_dev == bt.st_dev && at.st_ino == bt.st_ino;
}

struct profile
places_known(const struct host *host, const char *folder)
{
	struct profile	known = {
		BROWSER_ANY, places_boxed(host, folder), NULL
	};
	struct profiles	all;

	places_find(host, &all);
	for (size_t i = 0; i < all.n; i++)
		if (is_same(host, all.list[i].folder, folder)) {
			known.browser = all.list[i].browser;
			known.boxed = all.list[i].boxed;
			break;
		}
	profiles_free(&all);
	return known;
}
