/* SPDX-License-Identifier: BSD-2-Clause */
#include "infile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "language.h"
#include "mapping.h"

#define ROOM_FIRST	65536
#define IN_MEMORY_MAX	((off_t)16 << 20)	/* longer ones are mapped */

static int
grow(struct infile *f, size_t *room)
{
	size_t	 more = *room > 0 ? *room * 2 : ROOM_FIRST;
	uint8_t	*p = more > *room ? realloc(f->room, more) : NULL;

	if (p == NULL)
		return ENOMEM;
	f->room = p;
	*room = more;
	return 0;
}

/* 0 or errno. */
static int
read_all(int fd, struct infile *f)
{
	size_t	room = 0;
	ssize_t	n = 1;

	while (n != 0) {
		if (f->n == room && grow(f, &room) != 0)
			return ENOMEM;
		n = read(fd, f->room + f->n, room - f->n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		f->n += (size_t)n;
	}
	f->p = f->room;
	return 0;
}

/* Takes the descriptor if it is to be mapped, and can be. */
static bool
map(int fd, struct infile *f)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_size <= IN_MEMORY_MAX || (uintmax_t)st.st_size > SIZE_MAX)
		return false;
	f->p = mapping_new(fd, (size_t)st.st_size);
	if (f->p == NULL)
		return false;
	f->n = (size_t)st.st_size;
	f->fd = fd;
	f->changed[0] = st.st_mtim;
	f->changed[1] = st.st_ctim;
	return true;
}

static bool
same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool
infile_same(const struct infile *file)
{
	struct stat st;

	if (file->fd < 0)
		return true;
	return !mapping_torn(file->p) && fstat(file->fd, &st) == 0 &&
	    (size_t)st.st_size == file->n &&
	    same_time(st.st_mtim, file->changed[0]) &&
	    same_time(st.st_ctim, file->changed[1]);
}

bool
infile_lasts(const char *path)
{
	struct stat st;

	return strcmp(path, "-") != 0 && stat(path, &st) == 0 &&
	    S_ISREG(st.st_mode);
}

enum exit_code
infile_check(const char *path)
{
	struct stat	st;
	int		errnum = 0;

	if (stat(path, &st) != 0 || faccessat(AT_FDCWD, path, R_OK,
	    AT_EACCESS) != 0)
		errnum = errno;
	else if (S_ISDIR(st.st_mode))
		errnum = EISDIR;
	return errnum == 0 ? EXIT_DONE : fail_read(path, errnum);
}

enum exit_code
infile_open(const char *path, struct infile *out)
{
	bool	is_stdin = strcmp(path, "-") == 0;
	int	fd = STDIN_FILENO, errnum = 0;

	memset(out, 0, sizeof *out);
	out->fd = -1;
	out->name = is_stdin ? _("standard input") : path;
	if (!is_stdin)
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return fail_read(out->name, errno);
	if (!is_stdin && map(fd, out))
		return EXIT_DONE;
	errnum = read_all(fd, out);
	if (!is_stdin)
		(void)close(fd);
	if (errnum == 0)
		return EXIT_DONE;
	infile_close(out);
	return fail_read(is_stdin ? _("standard input") : path, errnum);
}

struct doc_bytes
infile_bytes(const struct infile *file)
{
	return (struct doc_bytes){ file->p, file->n, file->fd };
}

const char *
infile_last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

void
infile_close(struct infile *file)
{
	if (file->fd >= 0) {
		mapping_free(file->p);
		(void)close(file->fd);
	}
	free(file->room);
	memset(file, 0, sizeof *file);
	file->fd = -1;
}
