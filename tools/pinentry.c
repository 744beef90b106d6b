/* SPDX-License-Identifier: BSD-2-Clause */
#include "pinentry.h"

#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <assuan.h>

#include "cells.h"
#include "language.h"
#include "signals.h"

#define PROGRAM		"pinentry"
#define WORDS_MAX	ASSUAN_LINELENGTH	/* of a command, escaped */

/* libassuan keeps what it was told in its buffers. */
static struct assuan_malloc_hooks cells = { cell_new, cell_resize, cell_free };

/* The first of PATH; libassuan wants to be told where it is. */
static bool
find_program(char *out, size_t size)
{
	const char *path = getenv("PATH"), *end;
	struct stat st;

	for (; path != NULL; path = *end != '\0' ? end + 1 : NULL) {
		end = path + strcspn(path, ":");
		/* Not from the folder that somebody happens to be in. */
		if (path[0] != '/' || snprintf(out, size, "%.*s/%s",
		    (int)(end - path), path, PROGRAM) >= (int)size)
			continue;
		if (stat(out, &st) == 0 && S_ISREG(st.st_mode) &&
		    access(out, X_OK) == 0)
			return true;
	}
	return false;
}

/* In the child: it takes signals as others do. */
static void
let_signals_in(void *signals, int reserved)
{
	(void)reserved;
	(void)sigprocmask(SIG_SETMASK, &((struct signals *)signals)->mask_before,
	    NULL);
}

static gpg_error_t
connect_program(assuan_context_t ctx, const char *path,
    struct signals *signals)
{
	const char	*argv[] = { PROGRAM, NULL };
	assuan_fd_t	 none[] = { ASSUAN_INVALID_FD };
	gpg_error_t	 err;

	err = assuan_pipe_connect(ctx, path, argv, none, let_signals_in,
	    signals, 0);
	if (err == 0)
		signals_pass_on(signals, assuan_get_pid(ctx));
	return err;
}

/* Sends "NAME words"; what pinentry does not know is no error. */
static gpg_error_t
say(assuan_context_t ctx, const char *name, const char *words)
{
	char	line[WORDS_MAX];
	size_t	n = (size_t)snprintf(line, sizeof line, "%s ", name);

	for (; *words != '\0' && n + 4 < sizeof line; words++) {
		if (*words == '%' || (unsigned char)*words < ' ')
			n += (size_t)snprintf(line + n, sizeof line - n,
			    "%%%02X", (unsigned)(unsigned char)*words);
		else
			line[n++] = *words;
	}
	line[n] = '\0';
	return assuan_transact(ctx, line, NULL, NULL, NULL, NULL, NULL, NULL);
}

/* Where a pinentry without windows finds the person. */
static void
tell_terminal(assuan_context_t ctx)
{
	const char	*type = getenv("TERM");
	char		 words[64];
	int		 fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)close(fd);
	(void)say(ctx, "OPTION", "ttyname=/dev/tty");
	(void)snprintf(words, sizeof words, "lc-ctype=%s",
	    setlocale(LC_CTYPE, NULL));
	(void)say(ctx, "OPTION", words);
	if (type == NULL)
		return;
	(void)snprintf(words, sizeof words, "ttytype=%s", type);
	(void)say(ctx, "OPTION", words);
}

/* Byte by byte: memcpy() leaves what it copies in registers. */
static gpg_error_t
take(void *user, const void *bytes, size_t n)
{
	struct jpki_secret	*secret = user;
	const volatile char	*from = bytes;
	volatile char		*to;
	size_t			 had = jpki_secret_len(secret);

	if (n > JPKI_SECRET_MAX - had)
		return gpg_error(GPG_ERR_TOO_LARGE);
	to = jpki_secret_bytes(secret) + had;
	for (size_t i = 0; i < n; i++)
		to[i] = from[i];
	(void)jpki_secret_set_len(secret, had + n);
	return 0;
}

/*
 * A prompt's colon asks at a terminal; in a dialog it is a sentence.  A text
 * that is too long is cut between two characters.
 */
static gpg_error_t
describe(assuan_context_t ctx, const char *text)
{
	char	words[WORDS_MAX / 2];
	size_t	n;

	(void)snprintf(words, sizeof words, "%s", text);
	n = strlen(words);
	while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
		words[--n] = '\0';
	while (n > 0 && (words[n - 1] == ' ' || words[n - 1] == ':'))
		words[--n] = '\0';
	return say(ctx, "SETDESC", words);
}

static gpg_error_t
talk(assuan_context_t ctx, const char *path, struct signals *signals,
    const char *text, struct jpki_secret *out)
{
	gpg_error_t err = connect_program(ctx, path, signals);

	if (err != 0)
		return err;
	tell_terminal(ctx);
	(void)say(ctx, "SETTITLE", "jpki-tool");
	(void)say(ctx, "SETPROMPT", _("PIN:"));
	(void)say(ctx, "SETOK", _("_OK"));
	(void)say(ctx, "SETCANCEL", _("_Cancel"));
	err = describe(ctx, text);
	if (err != 0)
		return err;
	if (out == NULL)
		return assuan_transact(ctx, "CONFIRM", NULL, NULL, NULL, NULL,
		    NULL, NULL);
	(void)jpki_secret_set_len(out, 0);
	assuan_begin_confidential(ctx);
	return assuan_transact(ctx, "GETPIN", take, out, NULL, NULL, NULL,
	    NULL);
}

static enum exit_code
fail_talk(const char *path, gpg_error_t err)
{
	switch (gpg_err_code(err)) {
	case GPG_ERR_NO_ERROR:
		return EXIT_DONE;
	case GPG_ERR_CANCELED:
	case GPG_ERR_FULLY_CANCELED:
	case GPG_ERR_NOT_CONFIRMED:
		return fail(EXIT_CANCELLED, "cancelled; nothing was sent to "
		    "the card");
	case GPG_ERR_TOO_LARGE:
		return fail(EXIT_PIN_WRONG, "that is more than a PIN, and "
		    "nothing was sent to the card; try again");
	default:
		return fail(EXIT_FAILED, "%s failed: %s; leave --pinentry out "
		    "to be asked at the terminal", path, gpg_strerror(err));
	}
}

/* What a pinentry without windows leaves behind if it is ended. */
static void
keep_terminal(bool restore)
{
	static struct termios before;
	static bool known;
	int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (tty < 0)
		return;
	if (!restore)
		known = tcgetattr(tty, &before) == 0;
	else if (known)
		(void)tcsetattr(tty, TCSAFLUSH, &before);
	(void)close(tty);
}

/* The dialog, and its end by a signal. */
static gpg_error_t
talk_once(const char *path, const char *text, struct jpki_secret *out)
{
	assuan_context_t	ctx = NULL;
	struct signals		signals;
	gpg_error_t		err;

	err = assuan_new_ext(&ctx, GPG_ERR_SOURCE_USER_1, &cells, NULL, NULL);
	if (err != 0)
		return err;
	assuan_set_flag(ctx, ASSUAN_NO_LOGGING, 1);
	keep_terminal(false);
	signals_catch(&signals);
	err = talk(ctx, path, &signals, text, out);
	assuan_release(ctx);
	signals_restore(&signals);
	if (signals_caught() == 0)
		return err;
	keep_terminal(true);
	return gpg_error(GPG_ERR_CANCELED);
}

/* out NULL: a yes is wanted. */
static enum exit_code
ask(const char *text, struct jpki_secret *out)
{
	char		path[4096];
	gpg_error_t	err;

	if (!find_program(path, sizeof path))
		return fail(EXIT_USAGE, "there is no pinentry to ask with; "
		    "install one (on Debian: pinentry-gnome3, pinentry-qt or "
		    "pinentry-curses)");
	err = talk_once(path, text, out);
	if (err != 0 && out != NULL)
		jpki_secret_wipe(out);
	return fail_talk(path, err);
}

enum exit_code
pinentry_ask(const char *prompt, struct jpki_secret *out)
{
	return ask(prompt, out);
}

enum exit_code
pinentry_confirm(const char *question)
{
	return ask(question, NULL);
}
