/* SPDX-License-Identifier: BSD-2-Clause */
#include "pin.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define CTRL_C	3

/*
 * One line, straight into the secret: no buffer of stdio's gets to see it.
 * -1: the person left, or the line is longer than any PIN.
 */
static int
read_line(int tty, struct jpki_secret *secret)
{
	char *text = jpki_secret_bytes(secret);
	ssize_t n = read(tty, text, JPKI_SECRET_MAX);

	if (n <= 0 || text[n - 1] != '\n') {
		jpki_secret_wipe(secret);
		return -1;
	}
	return jpki_secret_set_len(secret, (size_t)n - 1) == JPKI_OK ? 0 : -1;
}

/*
 * Without echo; and without signals, so that nothing leaves the terminal
 * mute: Ctrl-C ends the line instead, and no line ends like that.  The prompt
 * comes last: what is typed from then on is neither shown nor lost.
 */
static int
read_mute(int tty, const char *title, int tries, struct jpki_secret *secret)
{
	struct termios before, mute;
	sigset_t all, old;
	int done = -1;

	if (tcgetattr(tty, &before) != 0)
		return -1;
	mute = before;
	mute.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	mute.c_lflag |= ICANON;
	mute.c_cc[VEOL] = CTRL_C;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	if (tcsetattr(tty, TCSAFLUSH, &mute) == 0) {
		/* Not every card says. */
		if (tries >= 0)
			dprintf(tty, "%s (%d tries left): ", title, tries);
		else
			dprintf(tty, "%s: ", title);
		done = read_line(tty, secret);
	}
	tcsetattr(tty, TCSAFLUSH, &before);
	sigprocmask(SIG_SETMASK, &old, NULL);
	dprintf(tty, "\n");
	return done;
}

static int
ask(const char *title, int tries, struct jpki_secret *secret)
{
	int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC), done;

	if (tty < 0) {
		perror("/dev/tty");
		return -1;
	}
	done = read_mute(tty, title, tries, secret);
	close(tty);
	if (done != 0)
		fprintf(stderr, "no PIN, nothing sent\n");
	return done;
}

/* Nobody is asked in vain, or for a try that could lock the card. */
static int
may_try(struct jpki_card *card, enum jpki_pin pin, int *tries)
{
	struct jpki_pin_info info;
	enum jpki_err err;

	err = jpki_pin_info(card, pin, &info);
	if (err == JPKI_OK && info.locked)
		err = JPKI_ERR_PIN_LOCKED;
	else if (err == JPKI_OK && info.tries_left == 1)
		err = JPKI_ERR_PIN_LAST_TRY;
	if (err != JPKI_OK) {
		fprintf(stderr, "PIN: %s\n", jpki_strerror(err));
		return -1;
	}
	*tries = info.tries_left;
	return 0;
}

int
pin_login(struct jpki_card *card, enum jpki_pin pin)
{
	struct jpki_secret *secret = NULL;
	enum jpki_err err;
	int tries;

	if (may_try(card, pin, &tries) != 0)
		return -1;
	err = jpki_secret_new(&secret);
	if (err == JPKI_OK) {
		if (ask(jpki_pin_describe(pin)->title, tries, secret) != 0) {
			jpki_secret_free(&secret);
			return -1;
		}
		err = jpki_pin_verify(card, pin, jpki_secret_bytes(secret),
		    jpki_secret_len(secret), 0, &tries);
		/* Wiped before anything else is done. */
		jpki_secret_free(&secret);
	}
	if (err == JPKI_OK)
		return 0;
	fprintf(stderr, "PIN: %s", jpki_strerror(err));
	if (err == JPKI_ERR_PIN_WRONG && tries >= 0)
		fprintf(stderr, "; %d tries left", tries);
	fprintf(stderr, "\n");
	return -1;
}
