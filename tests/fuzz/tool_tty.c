/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A terminal without a person: /dev/tty is one end of a pseudo-terminal, and
 * a line is typed when the echo goes off, or what was typed before is dropped,
 * since that is not an answer.  For that open(), tcsetattr() and tcflush()
 * stand in the place of the C library's, which <fcntl.h> would not have.
 */
#define _GNU_SOURCE		/* RTLD_NEXT, posix_openpt */
#include <dlfcn.h>
#include <errno.h>
#include <linux/fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "hostile.h"
#include "tool_run.h"

#define END_OF_INPUT	"\004"

int	open(const char *path, int flags, ...);
int	fcntl(int fd, int command, ...);

static int master = -1, slave = -1;
static struct termios before;
static const struct run *typing;
static size_t typed;

static void *
real(const char *name)
{
	void *symbol = dlsym(RTLD_NEXT, name);

	fuzz_law(symbol != NULL, "the C library has that function");
	return symbol;
}

int
open(const char *path, int flags, ...)
{
	static int (*real_open)(const char *, int, ...);
	unsigned mode = 0;
	void *symbol;
	va_list args;

	if (strcmp(path, "/dev/tty") == 0) {
		errno = ENXIO;
		return typing != NULL && typing->has_terminal ?
		    fcntl(slave, F_DUPFD_CLOEXEC, 0) : -1;
	}
	if (real_open == NULL) {
		symbol = real("open");
		memcpy(&real_open, &symbol, sizeof(real_open));
	}
	if ((flags & (O_CREAT | __O_TMPFILE)) != 0) {
		va_start(args, flags);
		mode = va_arg(args, unsigned);
		va_end(args);
	}
	return real_open(path, flags, mode);
}

static void
type_line(void)
{
	const struct typed *line = &typing->line[typed];
	bool more = typed < typing->lines;
	ssize_t n;

	if (more && line->n > 0)
		n = write(master, line->p, line->n);
	n = more ? write(master, "\n", 1) : write(master, END_OF_INPUT, 1);
	fuzz_law(n == 1, "a terminal can be typed at");
	typed += more;
}

int
tcsetattr(int fd, int when, const struct termios *t)
{
	static int (*real_set)(int, int, const struct termios *);
	void *symbol;
	int rc;

	if (real_set == NULL) {
		symbol = real("tcsetattr");
		memcpy(&real_set, &symbol, sizeof(real_set));
	}
	rc = real_set(fd, when, t);
	if (typing != NULL && rc == 0 && (t->c_lflag & (tcflag_t)ECHO) == 0)
		type_line();
	return rc;
}

/* A question whose answer may be seen: what was typed before is dropped. */
int
tcflush(int fd, int what)
{
	static int (*real_flush)(int, int);
	void *symbol;
	int rc;

	if (real_flush == NULL) {
		symbol = real("tcflush");
		memcpy(&real_flush, &symbol, sizeof(real_flush));
	}
	rc = real_flush(fd, what);
	if (typing != NULL && rc == 0)
		fuzz_law(write(master, typing->refuses ? "n\n" : "y\n", 2) ==
		    2, "a terminal can be typed at");
	return rc;
}

static void
start(void)
{
	master = posix_openpt(O_RDWR | O_NOCTTY);
	fuzz_law(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0,
	    "there is a pseudo-terminal");
	slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	fuzz_law(slave >= 0 && tcgetattr(slave, &before) == 0,
	    "a pseudo-terminal has two ends");
	fuzz_law(fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK) == 0,
	    "reading does not block");
}

void
terminal_begin(const struct run *run)
{
	if (master < 0)
		start();
	typed = 0;
	typing = run;
}

/* What was shown tells no PIN, and the terminal is as it was. */
void
terminal_end(const struct run *run)
{
	struct termios after;
	char shown[4096];
	ssize_t n;

	(void)run;
	typing = NULL;
	fuzz_law(tcgetattr(slave, &after) == 0 &&
	    after.c_lflag == before.c_lflag, "the terminal is as it was");
	(void)tcflush(slave, TCIFLUSH);
	n = read(master, shown, sizeof(shown) - 1);
	if (n <= 0)
		return;
	shown[n] = '\0';
	fuzz_law(strstr(shown, hostile_pin(JPKI_PIN_SIGN)) == NULL &&
	    strstr(shown, hostile_pin(JPKI_PIN_AUTH)) == NULL,
	    "P6: no PIN at the terminal");
}
