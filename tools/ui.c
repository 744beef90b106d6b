/* SPDX-License-Identifier: BSD-2-Clause */
#include "ui.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <termios.h>
#include <unistd.h>

#include "signals.h"

struct prompt {
	int		tty;
	struct termios	before;
	struct signals	signals;
};

static int
echo_off(struct prompt *p)
{
	struct termios quiet;

	if (tcgetattr(p->tty, &p->before) != 0)
		return errno;
	quiet = p->before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	quiet.c_lflag |= ICANON | ISIG;
	/* What was typed before the question is not its answer. */
	return tcsetattr(p->tty, TCSAFLUSH, &quiet) == 0 ? 0 : errno;
}

static void
echo_restore(const struct prompt *p)
{
	(void)tcsetattr(p->tty, TCSAFLUSH, &p->before);
	(void)!write(p->tty, "\n", 1);
}

/* Wait for a line, or a signal: then EINTR. */
static int
wait_for_line(const struct prompt *p)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(p->tty, &set);
	while (signals_caught() == 0) {
		if (pselect(p->tty + 1, &set, NULL, NULL, NULL,
		    &p->signals.mask_before) > 0)
			return 0;
		if (errno != EINTR)
			return errno;
		FD_SET(p->tty, &set);
	}
	return EINTR;
}

/* A line without its newline; ECANCELED at the end of input. */
static int
read_line(const struct prompt *p, struct jpki_secret *out)
{
	char	*line = jpki_secret_bytes(out);
	int	 err = wait_for_line(p);
	ssize_t	 n;

	if (err != 0)
		return err;
	n = read(p->tty, line, JPKI_SECRET_MAX);
	if (n < 0)
		return errno;
	if (n == 0)
		return ECANCELED;
	if (line[n - 1] == '\n')
		n--;
	(void)jpki_secret_set_len(out, (size_t)n);	/* it has the room */
	return 0;
}

static int
ask_once(struct prompt *p, const char *prompt, struct jpki_secret *out)
{
	int err;

	signals_catch(&p->signals);
	err = echo_off(p);
	if (err == 0) {
		if (write(p->tty, prompt, strlen(prompt)) < 0)
			err = errno;
		if (err == 0)
			err = read_line(p, out);
		echo_restore(p);
	}
	signals_restore(&p->signals);
	return err;
}

enum exit_code
ui_ask_secret(const char *prompt, const char *instead, struct jpki_secret *out)
{
	struct prompt	p;
	int		err;

	p.tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (p.tty < 0 || p.tty >= FD_SETSIZE) {
		if (p.tty >= 0)
			(void)close(p.tty);
		return fail(EXIT_USAGE, "there is no terminal to ask for the "
		    "PIN at; give it with %s", instead);
	}
	while ((err = ask_once(&p, prompt, out)) == EINTR &&
	    signals_caught() == SIGTSTP)
		(void)raise(SIGTSTP);	/* and ask again when continued */
	(void)close(p.tty);
	if (err != 0)
		jpki_secret_wipe(out);
	if (err == EINTR || err == ECANCELED)
		return fail(EXIT_CANCELLED, "cancelled; nothing was sent to "
		    "the card");
	return err == 0 ? EXIT_DONE : fail_read_pin("/dev/tty",
	    err);
}

#define ANSWER_MAX	64

/* Also as an input method for Japanese has them.  A word alone on its line. */
static bool
is_yes(const char *answer)
{
	static const char *const starts[] = { "y", "Y", "ｙ", "Ｙ", "はい\n" };

	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
		if (strncmp(answer, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

/* 0, with the line that was typed; EINTR: a signal came instead. */
static int
confirm_once(struct prompt *p, const char *question, char answer[ANSWER_MAX])
{
	int err = 0;

	memset(answer, 0, ANSWER_MAX);

	signals_catch(&p->signals);
	/* What was typed before the question is not its answer. */
	(void)tcflush(p->tty, TCIFLUSH);
	if (dprintf(p->tty, "%s [y/N] ", question) < 0)
		err = errno;
	if (err == 0)
		err = wait_for_line(p);
	if (err == 0 && read(p->tty, answer, ANSWER_MAX - 1) < 0)
		err = errno;
	if (err == EINTR)
		(void)!write(p->tty, "\n", 1);
	signals_restore(&p->signals);
	return err;
}

enum exit_code
ui_confirm(const char *question, const char *instead, const char *cancelled)
{
	struct prompt	p;
	char		answer[ANSWER_MAX] = "";
	int		err = EINTR;

	p.tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (p.tty < 0 || p.tty >= FD_SETSIZE) {
		if (p.tty >= 0)
			(void)close(p.tty);
		return fail(EXIT_USAGE, "there is no terminal to ask at; %s",
		    instead);
	}
	while ((err = confirm_once(&p, question, answer)) == EINTR &&
	    signals_caught() == SIGTSTP)
		(void)raise(SIGTSTP);	/* and ask again when continued */
	(void)close(p.tty);
	if (err == 0 && is_yes(answer))
		return EXIT_DONE;
	return fail(EXIT_CANCELLED, "%s", cancelled);
}
