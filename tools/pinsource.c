/* SPDX-License-Identifier: BSD-2-Clause */
#include "pinsource.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

/* Full-width characters in UTF-8: two equal bytes, and a range of the third. */
static const struct fold_row {
	uint8_t	lead[2];
	uint8_t	first, last;
	char	ascii;		/* what first becomes */
} folds[] = {
	{ { 0xEF, 0xBC }, 0x90, 0x99, '0' },	/* U+FF10-FF19 */
	{ { 0xEF, 0xBC }, 0xA1, 0xBA, 'A' },	/* U+FF21-FF3A */
	{ { 0xEF, 0xBD }, 0x81, 0x9A, 'a' },	/* U+FF41-FF5A */
};

/* The ASCII character that 3 bytes stand for, or 0. */
static char
folded(const uint8_t *p)
{
	for (size_t i = 0; i < sizeof folds / sizeof folds[0]; i++) {
		const struct fold_row *row = &folds[i];

		if (p[0] == row->lead[0] && p[1] == row->lead[1] &&
		    p[2] >= row->first && p[2] <= row->last)
			return (char)(row->ascii + (p[2] - row->first));
	}
	return 0;
}

void
pinsource_fold(struct jpki_secret *secret)
{
	char	*p = jpki_secret_bytes(secret);
	size_t	 n = jpki_secret_len(secret), from = 0, to = 0;

	while (from < n) {
		char c = 0;

		if (n - from >= 3)
			c = folded((const uint8_t *)p + from);
		p[to++] = c != 0 ? c : p[from];
		from += c != 0 ? 3 : 1;
	}
	(void)jpki_secret_set_len(secret, to);
}

static size_t
without_newline(const char *p, size_t n)
{
	if (n > 0 && p[n - 1] == '\n') {
		n--;
		if (n > 0 && p[n - 1] == '\r')
			n--;
	}
	return n;
}

/* Read to the end; 0 or errno, EFBIG if it is more than any PIN. */
static int
read_all(int fd, struct jpki_secret *secret)
{
	char	*p = jpki_secret_bytes(secret);
	size_t	 n = 0;

	while (n < JPKI_SECRET_MAX) {
		ssize_t got = read(fd, p + n, JPKI_SECRET_MAX - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	if (n == JPKI_SECRET_MAX)
		return EFBIG;
	return jpki_secret_set_len(secret, without_newline(p, n)) == JPKI_OK
	    ? 0 : EFBIG;
}

static enum exit_code
read_source(int fd, const char *name, struct jpki_secret *secret)
{
	int err;

	if (isatty(fd))
		return fail(EXIT_USAGE, "%s is a terminal; leave the option "
		    "out to be asked without echo", name);
	err = read_all(fd, secret);
	if (err == EFBIG)
		return fail(EXIT_PIN_WRONG, "%s holds more than a PIN, and "
		    "nothing was sent to the card; give the PIN alone", name);
	/* Only of a descriptor that was given: a file was opened here. */
	if (err == EBADF)
		return fail(EXIT_FAILED, "%s names no descriptor that is open "
		    "for reading; give the number of one", name);
	if (err != 0)
		return fail_read_pin(name, err);
	pinsource_fold(secret);
	return EXIT_DONE;
}

static enum exit_code
read_file(const char *path, struct jpki_secret *secret)
{
	int		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat	st;
	enum exit_code	code;

	if (fd < 0)
		return fail_read_pin(path, errno);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (st.st_mode & (S_IRGRP | S_IROTH)) != 0)
		warning("other users can read %s; keep it to yourself with "
		    "\"chmod 600\"", path);
	code = read_source(fd, path, secret);
	(void)close(fd);
	return code;
}

static enum exit_code
read_fd(const struct options *opt, enum option_id id,
    struct jpki_secret *secret)
{
	int fd = options_number(opt, id, INT_MAX);

	if (fd < 0)
		return EXIT_USAGE;
	return read_source(fd, id == OPT_PIN_FD ? "--pin-fd" : "--new-pin-fd",
	    secret);
}

enum exit_code
pinsource_read(const struct options *opt, enum option_id fd,
    enum option_id file, struct jpki_secret **out)
{
	struct jpki_secret	*secret = NULL;
	enum exit_code		 code;

	if (!opt->seen[fd] && !opt->seen[file])
		return EXIT_DONE;
	if (jpki_secret_new(&secret) != JPKI_OK)
		return fail(EXIT_FAILED, "out of memory for the PIN; close "
		    "other programs and try again");
	if (opt->seen[fd])
		code = read_fd(opt, fd, secret);
	else
		code = read_file(opt->value[file], secret);
	if (code == EXIT_DONE)
		*out = secret;
	else
		jpki_secret_free(&secret);
	return code;
}
