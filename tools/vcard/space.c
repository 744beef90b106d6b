/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE		/* unshare, O_PATH */
#include "space.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "language.h"
#include "verror.h"

#define TMPFS_FLAGS	(MS_NOSUID | MS_NODEV)

/* Settings of Linux that forbid user namespaces, and what allows them. */
static const struct {
	const char	*file;
	long		 forbids;
	const char	*allow;
} obstacles[] = {
	{ "/proc/sys/kernel/unprivileged_userns_clone", 0,
	    "sysctl -w kernel.unprivileged_userns_clone=1" },
	{ "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", 1,
	    "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0" },
	{ "/proc/sys/user/max_user_namespaces", 0,
	    "sysctl -w user.max_user_namespaces=10000" },
	{ "/proc/sys/user/max_mnt_namespaces", 0,
	    "sysctl -w user.max_mnt_namespaces=10000" },
	{ "/proc/sys/user/max_net_namespaces", 0,
	    "sysctl -w user.max_net_namespaces=10000" },
};

static long
read_number(const char *file, long missing)
{
	long v = missing;
	FILE *in = fopen(file, "re");

	if (in == NULL)
		return missing;
	if (fscanf(in, "%ld", &v) != 1)
		v = missing;
	fclose(in);
	return v;
}

/* What is refused, and how to allow it. */
static int
refuse(const char *what, char error[VCARD_ERROR_MAX])
{
	int saved = errno;
	const char *allow = _("in a container give it --cap-add SYS_ADMIN "
	    "and --security-opt seccomp=unconfined");
	size_t i;

	for (i = 0; i < sizeof(obstacles) / sizeof(obstacles[0]); i++) {
		if (read_number(obstacles[i].file,
		    obstacles[i].forbids + 1) == obstacles[i].forbids) {
			allow = obstacles[i].allow;
			break;
		}
	}
	return vcard_fail(error, "the system refuses %s (%s); run it as root, "
	    "or allow it: %s", language_of(what), strerror(saved), allow);
}

static int
write_file(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);
	size_t n = strlen(text);
	int rc;

	if (fd < 0)
		return -1;
	rc = write(fd, text, n) == (ssize_t)n ? 0 : -1;
	close(fd);
	return rc;
}

/* Everybody keeps the name that they have. */
static int
map_ids(uid_t uid, gid_t gid)
{
	char uids[64], gids[64];

	snprintf(uids, sizeof(uids), "%lu %lu 1", (unsigned long)uid,
	    (unsigned long)uid);
	snprintf(gids, sizeof(gids), "%lu %lu 1", (unsigned long)gid,
	    (unsigned long)gid);
	/* Kernels before 3.19 lack setgroups and do without. */
	if (write_file("/proc/self/setgroups", "deny") != 0 &&
	    errno != ENOENT)
		return -1;
	if (write_file("/proc/self/uid_map", uids) != 0)
		return -1;
	return write_file("/proc/self/gid_map", gids);
}

int
space_enter(char error[VCARD_ERROR_MAX])
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare(CLONE_NEWNS) != 0) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
			return refuse("mount and user namespaces", error);
		if (map_ids(uid, gid) != 0)
			return refuse("a user namespace's names", error);
	}
	/* See what the system mounts, but show it nothing of ours. */
	if (mount("none", "/", "none", MS_REC | MS_SLAVE, NULL) == 0)
		return 0;
	if (errno != EINVAL)
		return refuse("mounts in a namespace", error);
	return vcard_fail(error, "the root folder is no mount point, as in a "
	    "plain chroot; make it one with \"mount --bind DIR DIR\" before "
	    "the chroot into DIR");
}

/*
 * /run.
 */
static bool
is_fresh(const char *name)
{
	return strcmp(name, strrchr(SPACE_RUN, '/') + 1) == 0 ||
	    strcmp(name, strrchr(SPACE_PCSCD, '/') + 1) == 0;
}

static void
show_link(int old, const char *name, const char *path)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(old, name, target, sizeof(target) - 1);

	if (n < 0)
		return;
	target[n] = '\0';
	if (symlink(target, path) != 0)
		return;
}

/*
 * Show an entry of the old /run in the new one.  What cannot be shown, for
 * lack of rights, this user could not have used either.
 */
static void
show_entry(int old, const char *name)
{
	char path[PATH_MAX], source[PATH_MAX];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "/run/%s", name);
	snprintf(source, sizeof(source), "/proc/self/fd/%d/%s", old, name);
	if (fstatat(old, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return;
	if (S_ISLNK(st.st_mode)) {
		show_link(old, name, path);
		return;
	}
	if (S_ISDIR(st.st_mode)) {
		if (mkdir(path, 0755) != 0)
			return;
	} else {
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd < 0)
			return;
		close(fd);
	}
	if (mount(source, path, "none", MS_BIND | MS_REC, NULL) != 0)
		remove(path);
}

static void
show_entries(int old, DIR *entries)
{
	const struct dirent *e;

	while ((e = readdir(entries)) != NULL)
		if (strcmp(e->d_name, ".") != 0 &&
		    strcmp(e->d_name, "..") != 0 && !is_fresh(e->d_name))
			show_entry(old, e->d_name);
}

int
space_make_run(char error[VCARD_ERROR_MAX])
{
	int old = open("/run", O_PATH | O_DIRECTORY | O_CLOEXEC), rc = -1;
	DIR *entries = opendir("/run");

	if (old < 0 || entries == NULL) {
		vcard_fail(error, "/run: %s", strerror(errno));
		goto out;
	}
	if (mount("jpki-vcard", "/run", "tmpfs", TMPFS_FLAGS,
	    "mode=0755") != 0) {
		rc = refuse("a file system in memory", error);
		goto out;
	}
	show_entries(old, entries);
	if (mkdir(SPACE_RUN, 0755) != 0 || mkdir(SPACE_PCSCD, 0755) != 0) {
		vcard_fail(error, "private /run: %s", strerror(errno));
		goto out;
	}
	rc = 0;
out:
	if (entries != NULL)
		closedir(entries);
	if (old >= 0)
		close(old);
	return rc;
}

int
space_hide(const char *folder, char error[VCARD_ERROR_MAX])
{
	if (mount("jpki-vcard", folder, "tmpfs", TMPFS_FLAGS,
	    "mode=0755") == 0 || errno == ENOENT)
		return 0;
	return vcard_fail(error, "cannot hide %.150s: %s", folder,
	    strerror(errno));
}

static int
raise_loopback(void)
{
	struct ifreq lo = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc;

	if (fd < 0)
		return -1;
	rc = ioctl(fd, SIOCGIFFLAGS, &lo);
	if (rc == 0) {
		lo.ifr_flags = (short)(lo.ifr_flags | IFF_UP);
		rc = ioctl(fd, SIOCSIFFLAGS, &lo);
	}
	close(fd);
	return rc;
}

int
space_make_net(char error[VCARD_ERROR_MAX])
{
	if (unshare(CLONE_NEWNET) != 0 || raise_loopback() != 0)
		return refuse("a network namespace", error);
	return 0;
}
