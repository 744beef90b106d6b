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

/* Each has a lock of its own for the database that they share. */
static bool
chromium_runs(const struct host *host, enum boxed boxed, char *lock, size_t n)
{
	const struct chromium	*row;
	char			 room[PATH_MAX];

	for (size_t i = 0; (row = chromium_nth(i)) != NULL; i++) {
		if (row->boxed != boxed)
			continue;
		(void)path_join(row->settings, "SingletonLock", room,
		    sizeof room);
		if (is_alive(host_path(host, room, lock, n)))
			return true;
	}
	return false;
}

/* Chromium uses no folder but its own; the lock of Firefox lies in each. */
bool
profile_in_use(const struct host *host, const struct profile *profile,
    char *lock, size_t n)
{
	if (profile->browser == BROWSER_CHROMIUM)
		return chromium_runs(host, profile->boxed, lock, n);
	return firefox_runs(host, profile, lock, n);
}
