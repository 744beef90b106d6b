/* SPDX-License-Identifier: BSD-2-Clause */
/* Where browsers of a user keep their NSS databases, by table. */
#ifndef PLACES_H
#define PLACES_H

#include "host.h"

enum browser {
	BROWSER_FIREFOX,
	BROWSER_CHROMIUM,	/* and Chrome and others of its kind */
	BROWSER_ANY,		/* of --profile: not said */
};

/* How the browser came; what is boxed loads no module of the system. */
enum boxed {
	BOXED_NOT,
	BOXED_SNAP,
	BOXED_FLATPAK,
};

struct profile {
	enum browser	 browser;
	enum boxed	 boxed;
	char		*folder;	/* absolute, without host->base */
};

struct profiles {
	struct profile	*list;
	size_t		 n;
};

/*
 * The profiles of Firefox, used or not yet, the folders of Chromium that exist,
 * and those of a Chromium in a box that was started.  Free takes what it made.
 */
void		 places_find(const struct host *host, struct profiles *out);
void		 profiles_free(struct profiles *profiles);

/* Adds one; nothing if it is there already.  false: no memory. */
bool		 profiles_add(struct profiles *profiles, enum browser browser,
		    enum boxed boxed, const char *folder);

/* Does a folder lie where a snap or a flatpak keeps its data? */
enum boxed	 places_boxed(const struct host *host, const char *folder);

/* The folder that Chromium's database is made in, if there is none. */
#define CHROMIUM_FOLDER	"~/.pki/nssdb"

/* Chromium and its kind; those of one box share their databases. */
struct chromium {
	enum boxed	 boxed;
	const char	*settings;	/* made when it is started first */
	const char	*database;	/* of what is boxed; else NULL */
};

/* NULL: there is none. */
const struct chromium	*chromium_nth(size_t n);

/* Has one that is not boxed ever been started by this user? */
bool		 places_chromium_used(const struct host *host);

/* Whose a folder is, as far as it is a usual one, and its box; folder: NULL. */
struct profile	 places_known(const struct host *host, const char *folder);

/*
 * Does a browser use this profile now?  lock (of n bytes) gets the file that
 * says so.
 */
bool		 profile_in_use(const struct host *host,
		    const struct profile *profile, char *lock, size_t n);

#endif
