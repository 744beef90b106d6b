/* SPDX-License-Identifier: BSD-2-Clause */
#define _XOPEN_SOURCE 700	/* mkdtemp, nftw */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool_run.h"

#define COUNT_OF(a)	(sizeof(a) / sizeof((a)[0]))
#define CONTENT_MAX	65536

/* Files that stay; a content of NULL comes from the input. */
static struct file {
	const char	*name, *content;
	const struct typed *typed;
	struct stat	 st;		/* as it was made */
} files[] = {
	{ .name = "in1", .content = "To be signed.\n" },
	{ .name = "in2", .content = "" },
	{ .name = "exists", .content = "It was here before.\n" },
	{ .name = "pin" },
	{ .name = "newpin" },
	{ .name = "xml", .content = "<a><b Id=\"it\"/></a>\n" },
	{ .name = "pdf", .content =
    "%PDF-1.7\n"
    "1 0 obj\n"
    "<</Type/Catalog/Pages 2 0 R>>\n"
    "endobj\n"
    "2 0 obj\n"
    "<</Type/Pages/Kids[3 0 R]/Count 1>>\n"
    "endobj\n"
    "3 0 obj\n"
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>\n"
    "endobj\n"
    "xref\n"
    "0 4\n"
    "0000000000 65535 f \n"
    "0000000009 00000 n \n"
    "0000000054 00000 n \n"
    "0000000105 00000 n \n"
    "trailer\n"
    "<</Root 1 0 R/Size 4>>\n"
    "startxref\n"
    "166\n"
    "%%EOF\n" },
	{ .name = "cms", .content = "-----BEGIN CMS-----\nMAA=\n"
	    "-----END CMS-----\n" },
};

#define LINK_TO		"exists"
#define DANGLES_TO	"nowhere"

static char folder[] = "/dev/shm/fuzz-tool-XXXXXX";
static bool started;
static int back_fd = -1;	/* the folder of the harness */

/* A path for the harness, which lives elsewhere; valid until the next call. */
static const char *
path_of(const char *name)
{
	static char path[640];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static void
leave(void)
{
	(void)nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static struct slice
content_of(const struct file *f)
{
	return f->typed != NULL ? slice_of(f->typed->p, f->typed->n) :
	    slice_of(f->content, strlen(f->content));
}

static void
file_make(struct file *f)
{
	const char *path = path_of(f->name);
	struct slice s = content_of(f);
	int fd;

	(void)unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	fuzz_law(fd >= 0 && write(fd, s.p, s.n) == (ssize_t)s.n &&
	    fstat(fd, &f->st) == 0 && close(fd) == 0, "a file is made");
}

static void
links_make(void)
{
	(void)unlink(path_of("link"));
	fuzz_law(symlink(LINK_TO, path_of("link")) == 0, "a link is made");
	(void)unlink(path_of("dangling"));
	fuzz_law(symlink(DANGLES_TO, path_of("dangling")) == 0,
	    "a link is made");
}

static void
start(void)
{
	back_fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fuzz_law(back_fd >= 0 && mkdtemp(folder) != NULL &&
	    mkdir(path_of("dir"), 0700) == 0, "there is a folder");
	(void)atexit(leave);
	links_make();
	for (size_t i = 0; i < COUNT_OF(files); i++)
		if (files[i].content != NULL)
			file_make(&files[i]);
	started = true;
}

void
files_begin(const struct run *run)
{
	if (!started)
		start();
	files[3].typed = &run->file;
	files[4].typed = &run->new_file;
	file_make(&files[3]);
	file_make(&files[4]);
}

void
files_enter(void)
{
	fuzz_law(chdir(folder) == 0, "the folder is there");
}

void
files_leave(void)
{
	fuzz_law(fchdir(back_fd) == 0, "there is a way back");
}

const char *
files_content(const char *name, size_t *n)
{
	if (strcmp(name, "link") == 0)
		name = LINK_TO;
	for (size_t i = 0; i < COUNT_OF(files); i++)
		if (strcmp(files[i].name, name) == 0) {
			*n = content_of(&files[i]).n;
			return (const char *)content_of(&files[i]).p;
		}
	return NULL;
}

char *
files_read(const char *name, size_t *n)
{
	char *p = malloc(CONTENT_MAX);
	int fd = open(path_of(name), O_RDONLY);
	ssize_t got = fd >= 0 && p != NULL ? read(fd, p, CONTENT_MAX) : -1;

	if (fd >= 0)
		(void)close(fd);
	if (got < 0) {
		free(p);
		return NULL;
	}
	*n = (size_t)got;
	return p;
}

/*
 * After a run.
 */

/* Is the path an output that the command line named? */
static bool
is_output(const struct run *run, const char *path)
{
	const char *output = run->opt.value[OPT_OUTPUT];
	const char *suffix = run->opt.value[OPT_SUFFIX];
	size_t n = suffix != NULL ? strlen(suffix) : 0, len = strlen(path);

	if (!run->parsed)
		return false;
	if (output != NULL && strcmp(path, output) == 0)
		return true;
	for (int i = 1; suffix != NULL && i < run->opt.operands; i++)
		if (strlen(run->opt.operand[i]) + n == len &&
		    strncmp(path, run->opt.operand[i], len - n) == 0 &&
		    strcmp(path + len - n, suffix) == 0)
			return true;
	return false;
}

static bool
is_forced(const struct run *run)
{
	return run->parsed && run->opt.seen[OPT_FORCE] > 0;
}

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* A file that stays: unchanged, unless the user wanted another. */
static void
check_file(const struct run *run, struct file *f)
{
	struct stat st;

	if (lstat(path_of(f->name), &st) == 0 &&
	    is_same(&st, &f->st))
		return;
	fuzz_law((run->code == 0 || run->no_out) && is_forced(run) &&
	    is_output(run, f->name),
	    "an existing file is changed only by force");
	file_make(f);
}

static bool
stays(const char *path)
{
	static const char *const others[] = { ".", "..", "dir", "link",
	    "dangling", "dir/.", "dir/.." };

	for (size_t i = 0; i < COUNT_OF(others); i++)
		if (strcmp(path, others[i]) == 0)
			return true;
	for (size_t i = 0; i < COUNT_OF(files); i++)
		if (strcmp(path, files[i].name) == 0)
			return true;
	return false;
}

/* A file that is new: an output, and only of a run that succeeded. */
static void
check_folder(const struct run *run, const char *prefix)
{
	DIR *dir = opendir(path_of(prefix));
	struct dirent *entry;
	char path[512];

	fuzz_law(dir != NULL, "the folder is there");
	while ((entry = readdir(dir)) != NULL) {
		snprintf(path, sizeof(path), "%s%s", prefix, entry->d_name);
		if (stays(path))
			continue;
		fuzz_law(is_output(run, path), "only outputs are left behind");
		fuzz_law(run->code == 0 || run->no_out,
		    "who fails leaves no output");
		(void)unlink(path_of(path));
	}
	(void)closedir(dir);
}

static void
check_links(const struct run *run)
{
	struct stat link, dangling;

	if (lstat(path_of("link"), &link) == 0 && S_ISLNK(link.st_mode) &&
	    lstat(path_of("dangling"), &dangling) == 0 &&
	    S_ISLNK(dangling.st_mode))
		return;
	fuzz_law((run->code == 0 || run->no_out) && is_forced(run) &&
	    (is_output(run, "link") || is_output(run, "dangling")),
	    "a link is replaced only by force");
	links_make();
}

void
files_end(const struct run *run)
{
	for (size_t i = 0; i < COUNT_OF(files); i++)
		check_file(run, &files[i]);
	check_links(run);
	check_folder(run, "");
	check_folder(run, "dir/");
}
