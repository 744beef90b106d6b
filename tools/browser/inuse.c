/* SPDX-License-Identifier: BSD-2-Clause */
/* Does a browser use a profile?  By the locks that browsers hold. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "places.h"

/* Chromium and its kind share the database; each has a lock of its own. */
static const char *const chromium_folders[] = {
	"~/.config/chromium",
	"~/.config/google-chrome",
	"~/.config/microsoft-edge",
	"~/.config/BraveSoftware/Brave-Browser",
	"~/.config/vivaldi",
	"~/snap/chromium/common/chromium",
	"~/.var/app/org.chromium.Chromium/config/chromium",
	"~/.var/app/com.google.Chrome/config/google-chrome",
};

#define CHROMIUM_FOLDERS \
	(sizeof chromium_folders / sizeof chromium_folders[0])

bool
places_chromium_used(const struct host *host)
{
	for (size_t i = 0; i < CHROMIUM_FOLDERS; i++)
		if (host_exists(host, chromium_folders[i]))
			return true;
	return false;
}

/* Firefox locks a file: the kernel lets go when its process ends. */
static bool
is_locked(const char *path)
{
	struct flock	lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	const int	how = O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	int		fd = open(path, O_RDWR | how);
	bool		locked;

	/* Opened for reading only, it tells of the lock all the same. */
	if (fd < 0)
		fd = open(path, O_RDONLY | how);
	if (fd < 0)
		return false;
	locked = fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
	(void)close(fd);
	return locked;
}

/*
 * Chromium makes a symbolic link to "HOST-PID", and leaves it if it crashes.
 * Of another host nothing can be told: it counts as running.
 */
static bool
is_alive(const char *path)
{
	char	 target[512], here[256] = "";
	ssize_t	 n = readlink(path, target, sizeof target - 1);
	char	*dash;
	long	 pid;

	if (n < 0)
		return false;
	target[n] = '\0';
	dash = strrchr(target, '-');
	if (dash == NULL)
		return false;
	*dash = '\0';
	pid = strtol(dash + 1, NULL, 10);
	if (gethostname(here, sizeof here - 1) != 0 ||
	    strcmp(target, here) != 0)
		return true;
	return pid > 0 && (kill((pid_t)pid, 0) == 0 || errno == EPERM);
}

static bool
firefox_runs(const struct host *host, const struct profile *profile,
    char *lock, size_t n)
{
	char room[PATH_MAX];

	(void)path_join(profile->folder, ".parentlock", room, sizeof room);
	return is_locked(host_path(host, room, lock, n));
}

static bool
chromium_runs(const struct host *host, char *lock, size_t n)
{
	char room[PATH_MAX];

	for (size_t i = 0; i < CHROMIUM_FOLDERS; i++) {
		(void)path_join(chromium_folders[i], "SingletonLock", room,
		    sizeof room);
		if (is_alive(host_path(host, room, lock, n)))
			return true;
	}
	return false;
}

bool
profile_in_use(const struct host *host, const struct profile *profile,
    char *lock, size_t n)
{
	if (profile->browser != BROWSER_CHROMIUM &&
	    firefox_runs(host, profile, lock, n))
		return true;
	return profile->browser != BROWSER_FIREFOX &&
	    chromium_runs(host, lock, n);
}
