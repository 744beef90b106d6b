/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The private machine of "jpki-vcard run" on systems that refuse a part of it:
 * each refusal is named, with what allows it, and nothing else is touched.
 *
 * For that the source is compiled here once more, over a played system.
 */
#define _GNU_SOURCE		/* as space.c */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

/* A call that fails, by name and how often it works before; or NULL. */
static const char *failing;
static unsigned works;
static bool only_once;		/* and works again behind that */
static int fail_errno;
/* A setting of Linux, by the end of its name, and its text; or NULL. */
static const char *setting, *setting_text;
static char done[2048];		/* what was called, and worked */

static bool
fails(const char *name)
{
	if (failing == NULL || strcmp(failing, name) != 0)
		return false;
	if (works > 0) {
		works--;
		return false;
	}
	errno = fail_errno;
	if (only_once)
		failing = NULL;
	return true;
}

static int
call(const char *name, const char *what)
{
	size_t at = strlen(done);

	if (fails(name))
		return -1;
	assert_true(at + strlen(name) + strlen(what) + 3 < sizeof(done));
	(void)snprintf(done + at, sizeof(done) - at, "%s %s;", name, what);
	return 0;
}

static bool no_own_namespace;	/* of mounts, without one of users */

static int
fake_unshare(int flags)
{
	if (no_own_namespace && flags == CLONE_NEWNS)
		return -1;
	return call("unshare", (flags & CLONE_NEWUSER) != 0 ? "user" :
	    (flags & CLONE_NEWNET) != 0 ? "net" : "mounts");
}

static int
fake_mount(const char *source, const char *target, const char *type,
    unsigned long flags, const void *data)
{
	(void)source;
	(void)type;
	(void)flags;
	(void)data;
	return call("mount", target);
}

static int
fake_mkdir(const char *path, mode_t mode)
{
	assert_int_equal(mode, 0755);
	return call("mkdir", path);
}

static int
fake_symlink(const char *target, const char *path)
{
	(void)target;
	return call("symlink", path);
}

static int
fake_remove(const char *path)
{
	return call("remove", path);
}

static FILE *
fake_fopen(const char *path, const char *mode)
{
	size_t n = setting != NULL ? strlen(setting) : 0;

	assert_string_equal(mode, "re");
	if (n == 0 || strlen(path) < n ||
	    strcmp(path + strlen(path) - n, setting) != 0)
		return NULL;
	return fmemopen((void *)(uintptr_t)setting_text,
	    strlen(setting_text), "r");
}

/* What is made below /run, and the maps of a namespace, go nowhere. */
static int
fake_open(const char *path, int flags, mode_t mode)
{
	(void)mode;
	if (strcmp(path, "/run") == 0)
		return fails("open /run") ? -1 : open(getenv("TMPDIR") ?
		    getenv("TMPDIR") : "/tmp", flags);
	if (call("open", path) != 0)
		return -1;
	return open("/dev/null", O_WRONLY | O_CLOEXEC);
}

static ssize_t
fake_write(int fd, const void *p, size_t n)
{
	char text[64];

	(void)fd;
	(void)snprintf(text, sizeof(text), "%.*s", (int)n, (const char *)p);
	return call("write", text) == 0 ? (ssize_t)n : -1;
}

static DIR *
fake_opendir(const char *path)
{
	assert_string_equal(path, "/run");
	return fails("opendir") ? NULL : opendir("/");
}

/* Of the old /run: a folder, a file, a link, one that is gone, and ours. */
static const char *const names[] = {
	".", "..", "folder", "file", "link", "gone", "jpki-vcard", "pcscd",
};
static size_t next_name;

static struct dirent *
fake_readdir(DIR *dir)
{
	static struct dirent e;

	(void)dir;
	if (next_name == COUNT(names))
		return NULL;
	(void)snprintf(e.d_name, sizeof(e.d_name), "%s", names[next_name++]);
	return &e;
}

static int
fake_fstatat(int at, const char *name, struct stat *st, int flags)
{
	(void)at;
	assert_int_equal(flags, AT_SYMLINK_NOFOLLOW);
	memset(st, 0, sizeof(*st));
	st->st_mode = strcmp(name, "folder") == 0 ? S_IFDIR :
	    strcmp(name, "link") == 0 ? S_IFLNK : S_IFREG;
	return strcmp(name, "gone") == 0 ? -1 : 0;
}

static ssize_t
fake_readlinkat(int at, const char *name, char *out, size_t n)
{
	(void)at;
	(void)n;
	assert_string_equal(name, "link");
	if (fails("readlink"))
		return -1;
	memcpy(out, "target", 6);
	return 6;
}

static int
fake_socket(int domain, int type, int protocol)
{
	(void)domain;
	(void)type;
	(void)protocol;
	return call("socket", "") == 0 ? open("/dev/null", O_RDONLY) : -1;
}

static int
fake_ioctl(int fd, unsigned long request, void *arg)
{
	(void)fd;
	(void)arg;
	return call("ioctl", request == SIOCGIFFLAGS ? "get" :
	    "set");
}

#define unshare		fake_unshare
#define mount		fake_mount
#define mkdir		fake_mkdir
#define symlink		fake_symlink
#define remove		fake_remove
#define fopen		fake_fopen
#define open(...)	fake_open_with(__VA_ARGS__, 0, 0)
#define fake_open_with(path, flags, mode, ...) fake_open(path, flags, mode)
#define write		fake_write
#define opendir		fake_opendir
#define readdir		fake_readdir
#define fstatat		fake_fstatat
#define readlinkat	fake_readlinkat
#define socket		fake_socket
#define ioctl		fake_ioctl
#undef _GNU_SOURCE
#include "tools/vcard/space.c"

static char error[VCARD_ERROR_MAX];

/* That call fails; works: how often it works before. */
static void
set_failing(const char *name, unsigned before, int errnum)
{
	failing = name;
	works = before;
	fail_errno = errnum;
	only_once = false;
	done[0] = error[0] = '\0';
	next_name = 0;
}

static void
expect_error(const char *a, const char *b)
{
	if (strstr(error, a) == NULL || strstr(error, b) == NULL)
		fail_msg("no \"%s\", or no \"%s\", in: %s", a, b, error);
}

static void
root_needs_no_user_namespace(void **state)
{
	(void)state;
	assert_int_equal(space_enter(error), 0);
	assert_string_equal(done, "unshare mounts;mount /;");
}

/* Each keeps its own number. */
static void
others_get_one_with_their_own_name(void **state)
{
	char wanted[512];
	unsigned long uid = geteuid(), gid = getegid();

	(void)state;
	set_failing("unshare", 0, EPERM);
	assert_int_equal(space_enter(error), -1);
	expect_error("mount and user namespaces", strerror(EPERM));
	assert_string_equal(done, "");

	set_failing("unshare", 0, EPERM);
	only_once = true;
	(void)snprintf(wanted, sizeof(wanted), "unshare user;"
	    "open /proc/self/setgroups;write deny;"
	    "open /proc/self/uid_map;write %lu %lu 1;"
	    "open /proc/self/gid_map;write %lu %lu 1;mount /;",
	    uid, uid, gid, gid);
	assert_int_equal(space_enter(error), 0);
	assert_string_equal(done, wanted);
	/* Kernels before 3.19 have no setgroups. */
	set_failing("open", 0, ENOENT);
	only_once = true;
	assert_int_equal(map_ids(1, 1), 0);
}

static void
a_map_that_is_refused_is_an_error(void **state)
{
	static const char *const calls[] = { "open", "write" };

	(void)state;
	for (size_t i = 0; i < COUNT(calls); i++)
		for (unsigned before = 0; before < 3; before++) {
			set_failing(calls[i], before, EACCES);
			assert_int_equal(map_ids(1000, 1000), -1);
		}
	no_own_namespace = true;
	set_failing("write", 0, EACCES);
	assert_int_equal(space_enter(error), -1);
	expect_error("a user namespace's names", strerror(EACCES));
}

static void
what_forbids_namespaces_is_named(void **state)
{
	static const struct {
		const char *name, *text, *wanted;
	} rows[] = {
		{ "/unprivileged_userns_clone", "0\n",
		    "kernel.unprivileged_userns_clone=1" },
		{ "/unprivileged_userns_clone", "1\n", "--cap-add SYS_ADMIN" },
		{ "/unprivileged_userns_clone", "?\n", "--cap-add SYS_ADMIN" },
		{ "/apparmor_restrict_unprivileged_userns", "1\n",
		    "kernel.apparmor_restrict_unprivileged_userns=0" },
		{ "/apparmor_restrict_unprivileged_userns", "0\n",
		    "--cap-add SYS_ADMIN" },
		{ "/max_user_namespaces", "0\n", "user.max_user_namespaces=" },
		{ "/max_mnt_namespaces", "0\n", "user.max_mnt_namespaces=" },
		{ "/max_net_namespaces", "0\n", "user.max_net_namespaces=" },
		{ "/max_net_namespaces", "9\n", "--cap-add SYS_ADMIN" },
		{ "/no such file", "", "--cap-add SYS_ADMIN" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		setting = rows[i].name;
		setting_text = rows[i].text;
		set_failing("unshare", 0, ENOSPC);
		assert_int_equal(space_make_net(error), -1);
		expect_error("a network namespace", rows[i].wanted);
	}
}

static void
mounts_that_are_refused_are_named(void **state)
{
	(void)state;
	set_failing("mount", 0, EPERM);
	assert_int_equal(space_enter(error), -1);
	expect_error("mounts in a namespace", strerror(EPERM));
	set_failing("mount", 0, EINVAL);
	assert_int_equal(space_enter(error), -1);
	expect_error("no mount point", "mount --bind");
}

static void
the_old_run_is_shown_in_the_new_one(void **state)
{
	(void)state;
	assert_int_equal(space_make_run(error), 0);
	assert_string_equal(done, "mount /run;mkdir /run/folder;"
	    "mount /run/folder;open /run/file;mount /run/file;"
	    "symlink /run/link;mkdir /run/jpki-vcard;mkdir /run/pcscd;");
}

/* What this user may not see is left out, and the rest is there. */
static void
what_cannot_be_shown_is_left_out(void **state)
{
	static const struct {
		const char	*call;
		unsigned	 before;
		const char	*without, *with;
	} rows[] = {
		{ "mkdir", 0, "mount /run/folder", "mount /run/file" },
		{ "open", 0, "mount /run/file", "mount /run/folder" },
		{ "readlink", 0, "symlink", "mount /run/file" },
		{ "symlink", 0, "symlink", "mount /run/file" },
		{ "mount", 1, "mount /run/folder", "remove /run/folder" },
		{ "mount", 2, "mount /run/file", "remove /run/file" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		set_failing(rows[i].call, rows[i].before, EPERM);
		only_once = true;
		expect_int(rows[i].call, space_make_run(error), 0);
		expect_true(rows[i].call,
		    strstr(done, rows[i].without) == NULL);
		expect_true(rows[i].call, strstr(done, rows[i].with) != NULL);
	}
}

static void
a_run_that_cannot_be_made_is_an_error(void **state)
{
	static const struct {
		const char	*call;
		unsigned	 before;
		const char	*wanted;
	} rows[] = {
		{ "open /run", 0, "/run: " },
		{ "opendir", 0, "/run: " },
		{ "mount", 0, "a file system in memory" },
		{ "mkdir", 1, "private /run: " },
		{ "mkdir", 2, "private /run: " },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		set_failing(rows[i].call, rows[i].before, EACCES);
		assert_int_equal(space_make_run(error), -1);
		expect_error(rows[i].wanted, strerror(EACCES));
	}
}

static void
a_folder_that_is_not_there_needs_no_hiding(void **state)
{
	(void)state;
	assert_int_equal(space_hide("/a", error), 0);
	assert_string_equal(done, "mount /a;");
	set_failing("mount", 0, ENOENT);
	assert_int_equal(space_hide("/a", error), 0);
	set_failing("mount", 0, EPERM);
	assert_int_equal(space_hide("/a", error), -1);
	expect_error("cannot hide /a", strerror(EPERM));
}

static void
a_network_without_loopback_is_refused(void **state)
{
	static const struct {
		const char	*call;
		unsigned	 before;
	} rows[] = {
		{ "unshare", 0 }, { "socket", 0 }, { "ioctl", 0 },
		{ "ioctl", 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		set_failing(rows[i].call, rows[i].before, EPERM);
		assert_int_equal(space_make_net(error), -1);
		expect_error("a network namespace", strerror(EPERM));
	}
	set_failing(NULL, 0, 0);
	assert_int_equal(space_make_net(error), 0);
	assert_string_equal(done, "unshare net;socket ;ioctl get;ioctl set;");
}

static int
set_up(void **state)
{
	(void)state;
	setting = NULL;
	no_own_namespace = false;
	set_failing(NULL, 0, 0);
	return 0;
}

#define TEST(f)	cmocka_unit_test_setup(f, set_up)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(root_needs_no_user_namespace),
		TEST(others_get_one_with_their_own_name),
		TEST(a_map_that_is_refused_is_an_error),
		TEST(what_forbids_namespaces_is_named),
		TEST(mounts_that_are_refused_are_named),
		TEST(the_old_run_is_shown_in_the_new_one),
		TEST(what_cannot_be_shown_is_left_out),
		TEST(a_run_that_cannot_be_made_is_an_error),
		TEST(a_folder_that_is_not_there_needs_no_hiding),
		TEST(a_network_without_loopback_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
