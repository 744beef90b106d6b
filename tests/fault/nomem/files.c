/* SPDX-License-Identifier: BSD-2-Clause */
#define _XOPEN_SOURCE 700	/* mkdtemp, nftw */
#include "files.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MAX	8
#define NAME_BYTES	64
#define CONTENT_MAX	65536
/* For a moment without memory OpenSSL names the hash of ESS that goes without
 * saying. */
#define MORE_MAX	13

struct file {
	char	name[NAME_BYTES];
	char	content[CONTENT_MAX];
	size_t	n;
};

static struct file right[FILES_MAX];
static size_t right_count;
static char folder[256];

static const struct {
	const char	*path, *content;
} inputs[] = {
	{ "auth", "1234\n" },
	{ "new-auth", "5678\n" },
	{ "sign", "ABC123\n" },
	{ "o/a", "To be signed.\n" },
	{ "o/b", "To be signed as well.\n" },
	{ "nss/pkcs11.txt", "library=\nname=NSS Internal PKCS #11 Module\n\n"
	    "library=/usr/lib/jpki-pkcs11-auth.so\nname=JPKI\n" },
	{ "xml", "<letter>To be signed.</letter>\n" },
};

static bool
file_write(const char *path, const char *content)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	size_t n = strlen(content);
	bool good = fd >= 0 && write(fd, content, n) == (ssize_t)n;

	return (fd < 0 || close(fd) == 0) && good;
}

bool
files_attach(void)
{
	const char *base = getenv("TMPDIR");
	bool good;

	(void)snprintf(folder, sizeof(folder), "%s/nomem.XXXXXX",
	    base != NULL ? base : "/tmp");
	good = mkdtemp(folder) != NULL && chdir(folder) == 0 &&
	    mkdir("o", 0700) == 0 && mkdir("nss", 0700) == 0;
	for (size_t i = 0; good && i < sizeof(inputs) / sizeof(inputs[0]); i++)
		good = file_write(inputs[i].path, inputs[i].content);
	if (!good)
		perror(folder);
	return good;
}

static int
drop(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

void
files_detach(void)
{
	if (chdir("/") == 0)
		(void)nftw(folder, drop, 16, FTW_DEPTH | FTW_PHYS);
}

/* The next entry's name with "o/" before it; false: there is none. */
static bool
next_file(DIR *dir, char name[static NAME_BYTES])
{
	struct dirent *entry;

	while ((entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		(void)snprintf(name, NAME_BYTES, "o/%.*s", NAME_BYTES - 3,
		    entry->d_name);
		return true;
	}
	return false;
}

static bool
file_read(struct file *file)
{
	FILE *f = fopen(file->name, "re");

	if (f == NULL)
		return false;
	file->n = fread(file->content, 1, sizeof(file->content), f);
	(void)fclose(f);
	return file->n < sizeof(file->content);
}

bool
files_remember(void)
{
	DIR *dir = opendir("o");
	bool good = dir != NULL;

	right_count = 0;
	while (good && right_count < FILES_MAX &&
	    next_file(dir, right[right_count].name))
		good = file_read(&right[right_count++]);
	if (dir != NULL)
		(void)closedir(dir);
	return good;
}

void
files_clear(void)
{
	char name[NAME_BYTES];
	DIR *dir = opendir("o");

	while (dir != NULL && next_file(dir, name))
		if (strcmp(name, "o/a") != 0 && strcmp(name, "o/b") != 0)
			(void)unlink(name);
	if (dir != NULL)
		(void)closedir(dir);
}

static const struct file *
right_one(const char *name)
{
	for (size_t i = 0; i < right_count; i++)
		if (strcmp(right[i].name, name) == 0)
			return &right[i];
	return NULL;
}

bool
files_right(bool all, bool dated, char *complaint, size_t room)
{
	static struct file file;
	const struct file *wanted;
	DIR *dir = opendir("o");
	size_t n = 0;
	bool good = dir != NULL;

	while (good && next_file(dir, file.name)) {
		n++;
		wanted = right_one(file.name);
		good = wanted != NULL && file_read(&file) && (dated ?
		    file.n >= wanted->n && file.n <= wanted->n + MORE_MAX :
		    file.n == wanted->n && memcmp(file.content,
		    wanted->content, file.n) == 0);
		if (!good)
			(void)snprintf(complaint, room, "it leaves %s%s",
			    file.name, wanted == NULL ? "" : ", not whole");
	}
	if (dir != NULL)
		(void)closedir(dir);
	if (good && all && n != right_count) {
		(void)snprintf(complaint, room, "%zu files, not %zu", n,
		    right_count);
		return false;
	}
	return good;
}
