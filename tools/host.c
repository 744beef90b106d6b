/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "list.h"

/* Services are where an ordinary user's PATH does not lead. */
static const char service_path[] =
    "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin";

static bool memory_lacked;

bool
host_memory_lacked(void)
{
	return memory_lacked;
}

void
host_memory_lacks(void)
{
	memory_lacked = true;
}

/* After a call of the C library that gave nothing. */
static void
note_failure(void)
{
	if (errno == ENOMEM)
		host_memory_lacks();
}

static const char *
env_or(const char *name, const char *instead)
{
	const char *value = getenv(name);

	return value != NULL ? value : instead;
}

void
host_here(struct host *out, int64_t now)
{
	struct stat self;

	out->base = "";
	out->home = env_or("HOME", "");
	out->config = getenv("XDG_CONFIG_HOME");
	out->data = getenv("XDG_DATA_HOME");
	out->path = env_or("PATH", service_path);
	out->socket = env_or("PCSCLITE_CSOCK_NAME", "/run/pcscd/pcscd.comm");
	out->remote = *env_or("SSH_CONNECTION", "") != '\0';
	out->root = geteuid() == 0;
	out->now = now;
	out->built = stat("/proc/self/exe", &self) == 0 ? self.st_mtime : 0;
}

/* What stands for the beginning of a path, and *rest behind it; or NULL. */
static const char *
folder_of(const struct host *host, const char *path, const char **rest)
{
	const struct {
		const char *begin, *folder;
	} rows[] = {
		/* By the specification, a relative one does not count. */
		{ "~/.config/", host->config },
		{ "~/.local/share/", host->data },
		{ "~/", host->home },
	};

	*rest = path;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t n = strlen(rows[i].begin);

		if (strncmp(path, rows[i].begin, n) != 0 ||
		    rows[i].folder == NULL || rows[i].folder[0] != '/')
			continue;
		*rest = path + n - 1;
		return rows[i].folder;
	}
	return strncmp(path, "~/", 2) == 0 ? NULL : "";
}

const char *
host_path(const struct host *host, const char *path, char *room, size_t n)
{
	const char	*rest;
	const char	*folder = folder_of(host, path, &rest);
	int		 length = -1;

	if (folder != NULL)
		length = snprintf(room, n, "%s%s%s", host->base, folder, rest);
	if (length < 0 || (size_t)length >= n)
		room[0] = '\0';
	return room;
}

bool
host_exists(const struct host *host, const char *path)
{
	char room[PATH_MAX];

	return access(host_path(host, path, room, sizeof room), F_OK) == 0;
}

/* To the end, or to the first NUL, which no text holds. */
static char *
read_text(FILE *f)
{
	char	*text = NULL;
	size_t	 room = 0;
	ssize_t	 n;

	errno = 0;
	n = getdelim(&text, &room, '\0', f);
	if (n < 0 && (ferror(f) || text == NULL || errno == ENOMEM)) {
		note_failure();
		free(text);
		return NULL;
	}
	if (n < 0)
		text[0] = '\0';
	return text;
}

/* Something else in a file's place, such as a FIFO, could wait for ever. */
static FILE *
open_file(const char *path)
{
	int		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY |
			    O_NONBLOCK);
	struct stat	st;
	FILE		*f = NULL;

	if (fd >= 0)
		errno = 0;
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		f = fdopen(fd, "r");
	if (f == NULL && fd >= 0)
		(void)close(fd);
	return f;
}

char *
host_read(const struct host *host, const char *path)
{
	char	 room[PATH_MAX];
	FILE	*f = open_file(host_path(host, path, room, sizeof room));
	char	*text = f != NULL ? read_text(f) : NULL;

	if (f != NULL)
		(void)fclose(f);
	else
		note_failure();
	return text;
}

const char *
host_line(const struct host *host, const char *path, char *room, size_t n)
{
	char *text = host_read(host, path);

	(void)snprintf(room, n, "%s", text != NULL ? text : "");
	room[strcspn(room, "\n")] = '\0';
	free(text);
	return room;
}

static void
names_add(struct names *names, const char *name)
{
	char *copy = strdup(name);

	if (copy != NULL &&
	    list_append(&names->name, &names->n, &copy, sizeof copy))
		return;
	free(copy);
	host_memory_lacks();
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct names
host_names(const struct host *host, const char *path)
{
	struct names	 names = { NULL, 0 };
	char		 room[PATH_MAX];
	DIR		*dir;
	struct dirent	*entry;

	dir = opendir(host_path(host, path, room, sizeof room));
	if (dir == NULL) {
		note_failure();
		return names;
	}
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			names_add(&names, entry->d_name);
	(void)closedir(dir);
	if (names.n > 0)
		qsort(names.name, names.n, sizeof *names.name, compare_names);
	return names;
}

void
names_free(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->name[i]);
	free(names->name);
	names->name = NULL;
	names->n = 0;
}

static bool
is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    access(path, X_OK) == 0;
}

static bool
find_in(const struct host *host, const char *path, const char *name,
    char *room, size_t n)
{
	for (const char *at = path; *at != '\0';) {
		size_t	length = strcspn(at, ":");
		int	whole = snprintf(room, n, "%s%.*s/%s", host->base,
		    (int)length, at, name);

		if (whole > 0 && (size_t)whole < n && at[0] == '/' &&
		    is_program(room))
			return true;
		at += length + (at[length] == ':');
	}
	return false;
}

const char *
host_program(const struct host *host, const char *name, char *room, size_t n)
{
	if (!find_in(host, host->path, name, room, n) &&
	    !find_in(host, service_path, name, room, n))
		room[0] = '\0';
	return room;
}

bool
host_runs(const struct host *host, const char *name)
{
	struct names	names = host_names(host, "/proc");
	char		path[PATH_MAX], line[64];
	bool		found = false;

	for (size_t i = 0; i < names.n && !found; i++) {
		if (!isdigit((unsigned char)names.name[i][0]))
			continue;
		(void)snprintf(path, sizeof path, "/proc/%s/comm",
		    names.name[i]);
		found = strcmp(host_line(host, path, line, sizeof line),
		    name) == 0;
	}
	names_free(&names);
	return found;
}

const char *
path_join(const char *folder, const char *name, char *room, size_t n)
{
	int length = snprintf(room, n, "%s/%s", folder, name);

	if (length < 0 || (size_t)length >= n)
		room[0] = '\0';
	return room;
}

const char *
path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}
