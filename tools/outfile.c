/* SPDX-License-Identifier: BSD-2-Clause */
#include "outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "interrupt.h"

#define TEMP_NAME	".jpki-tool.XXXXXX"
#define COPY_SIZE	65536

/* 0 or errno, as all static functions here. */
static int
write_all(int fd, const void *p, size_t n)
{
	const char *at = p;

	while (n > 0) {
		ssize_t done = write(fd, at, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done < 0 ? errno : EIO;
		at += done;
		n -= (size_t)done;
	}
	return 0;
}

/* The folder of path with its slash, and name behind it. */
static char *
beside(const char *path, const char *name)
{
	const char	*slash = strrchr(path, '/');
	size_t		 folder = slash ? (size_t)(slash - path) + 1 : 0;
	size_t		 name_n = strlen(name);
	char		*out = malloc(folder + name_n + 1);

	if (out == NULL)
		return NULL;
	memcpy(out, path, folder);
	memcpy(out + folder, name, name_n + 1);
	return out;
}

static mode_t
file_mode(bool secret)
{
	mode_t mask = umask(0);

	(void)umask(mask);
	return (secret ? 0600 : 0666) & ~mask;
}

/* n bytes from the start of a file. */
static int
copy(int to, int from, size_t n)
{
	uint8_t	room[COPY_SIZE];
	off_t	at = 0;
	int	err = 0;

	while (n > 0 && err == 0) {
		ssize_t got = pread(from, room, n < COPY_SIZE ? n : COPY_SIZE,
		    at);

		if (got < 0 && errno == EINTR)
			continue;
		/* It has become shorter. */
		if (got <= 0)
			return got < 0 ? errno : ESTALE;
		err = write_all(to, room, (size_t)got);
		at += got;
		n -= (size_t)got;
	}
	return err;
}

static int
write_pieces(int fd, const struct outpiece *pieces)
{
	int err = 0;

	for (; pieces->p != NULL && err == 0; pieces++) {
		const struct infile *f = pieces->file;

		err = f != NULL && f->fd >= 0 ? copy(fd, f->fd, pieces->n) :
		    write_all(fd, pieces->p, pieces->n);
		if (err == 0 && f != NULL && !infile_same(f))
			err = ESTALE;
	}
	return err;
}

/* Fill the temporary file; its name is completed in place. */
static int
write_temp(char *temp, const struct outpiece *pieces, mode_t mode)
{
	int	fd = mkstemp(temp), err;

	if (fd < 0)
		return errno;
	err = write_pieces(fd, pieces);
	if (err == 0 && (fchmod(fd, mode) != 0 || fsync(fd) != 0))
		err = errno;
	if (close(fd) != 0 && err == 0)
		err = errno;
	if (err != 0)
		(void)unlink(temp);
	return err;
}

/* Take the name by an empty file, for file systems without hard links. */
static int
claim_and_rename(const char *temp, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int err;

	if (fd < 0)
		return errno;
	(void)close(fd);
	if (rename(temp, path) == 0)
		return 0;
	err = errno;
	(void)unlink(path);
	return err;
}

/* Give the temporary file its name.  link() refuses one that is taken. */
static int
publish(const char *temp, const char *path, bool force)
{
	int err;

	if (force)
		return rename(temp, path) == 0 ? 0 : errno;
	if (link(temp, path) == 0) {
		/* The file is there, whole, even if the other name stays. */
		(void)unlink(temp);
		return 0;
	}
	err = errno;
	if (err == EPERM || err == ENOSYS || err == EOPNOTSUPP ||
	    err == ENOTSUP || err == EMLINK)
		err = claim_and_rename(temp, path);
	return err;
}

/* The name itself lasts through a crash once its folder is on the disk. */
static void
sync_folder(const char *path)
{
	char	*folder = beside(path, ".");
	int	 fd = folder ? open(folder, O_RDONLY | O_CLOEXEC) : -1;

	if (fd >= 0) {
		(void)fsync(fd);
		(void)close(fd);
	}
	free(folder);
}

static int
write_file(const char *path, const struct outpiece *pieces, bool force,
    mode_t mode)
{
	char	*temp = beside(path, TEMP_NAME);
	int	 err;

	if (temp == NULL)
		return ENOMEM;
	/* Ctrl-C must not leave the temporary file behind. */
	interrupt_hold();
	err = write_temp(temp, pieces, mode);
	if (err == 0) {
		err = publish(temp, path, force);
		if (err != 0)
			(void)unlink(temp);
		else
			sync_folder(path);
	}
	interrupt_release();
	free(temp);
	return err;
}

static int
write_device(const char *path, const struct outpiece *pieces)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY), err;

	if (fd < 0)
		return errno;
	err = write_pieces(fd, pieces);
	if (close(fd) != 0 && err == 0)
		err = errno;
	return err;
}

/* May a file be put beside path? */
static int
check_folder(const char *path)
{
	char	*folder = beside(path, ".");
	int	 err = 0;

	if (folder == NULL)
		return ENOMEM;
	if (faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) != 0)
		err = errno;
	free(folder);
	return err;
}

/* What stands at path; a name that is free has no mode. */
static int
look(const char *path, struct stat *st)
{
	if (lstat(path, st) != 0) {
		st->st_mode = 0;
		return errno == ENOENT ? 0 : errno;
	}
	if (S_ISLNK(st->st_mode) && stat(path, st) != 0)
		st->st_mode = S_IFREG;	/* it points nowhere: a name taken */
	return S_ISDIR(st->st_mode) ? EISDIR : 0;
}

enum exit_code
outfile_check(const char *path, bool force)
{
	struct stat	st;
	int		err = look(path, &st);

	if (err == 0 && S_ISREG(st.st_mode) && !force)
		return fail(EXIT_FAILED, "%s exists and is left as it is; "
		    "choose another name, or give --force", path);
	if (err == 0 && (S_ISREG(st.st_mode) || st.st_mode == 0))
		err = check_folder(path);
	return err == 0 ? EXIT_DONE : fail_write(path, err);
}

enum exit_code
outfile_write(const char *path, const void *p, size_t n, bool force,
    bool secret)
{
	const struct outpiece pieces[] = { { p, n, NULL }, { NULL, 0, NULL } };

	return outfile_write_pieces(path, pieces, force, secret);
}

enum exit_code
outfile_write_pieces(const char *path, const struct outpiece *pieces,
    bool force, bool secret)
{
	struct stat	st;
	enum exit_code	code = outfile_check(path, force);
	int		err;

	if (code != EXIT_DONE)
		return code;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		err = write_device(path, pieces);
	else
		err = write_file(path, pieces, force, file_mode(secret));
	if (err == ESTALE)
		return fail(EXIT_FAILED, "%s is not written: what was to go "
		    "into it changed meanwhile; try again when nothing writes "
		    "to that", path);
	return err == 0 ? EXIT_DONE : fail_write(path, err);
}

enum exit_code
outfile_stdout(const char *done, const void *p, size_t n)
{
	int err = write_all(STDOUT_FILENO, p, n);

	if (err == 0)
		return EXIT_DONE;
	if (done != NULL)
		return fail(EXIT_FAILED, "%s, but standard output cannot be "
		    "written to: %s; check what it is connected to", done,
		    strerror(err));
	return fail(EXIT_FAILED, "cannot write to standard output: %s; "
	    "check what it is connected to", strerror(err));
}
