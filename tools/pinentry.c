/* SPDX-License-Identifier: BSD-2-Clause */
#include "pinentry.h"

#include <fcntl.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <assuan.h>
#include <openssl/crypto.h>

#include "language.h"

#define PROGRAM		"pinentry"
#define WORDS_MAX	ASSUAN_LINELENGTH	/* of a command, escaped */

/*
 * Memory for libassuan, which keeps what it was told in its buffers: it is
 * wiped when it is given back.
 */
struct cell {
	alignas(max_align_t) size_t n;
};

static void *
cell_new(size_t n)
{
	struct cell *cell;

	if (n > SIZE_MAX - sizeof *cell)
		return NULL;
	cell = calloc(1, sizeof *cell + n);
	if (cell == NULL)
		return NULL;
	cell->n = n;
	return cell + 1;
}

static void
cell_free(void *p)
{
	struct cell *cell = p;

	if (p == NULL)
		return;
	cell--;
	OPENSSL_cleanse(cell + 1, cell->n);
	free(cell);
}

static void *
cell_resize(void *p, size_t n)
{
	void	*more = cell_new(n);
	size_t	 had;

	if (more == NULL || p == NULL)
		return more;
	had = ((struct cell *)p - 1)->n;
	memcpy(more, p, had < n ? had : n);
	cell_free(p);
	return more;
}

static struct assuan_malloc_hooks cells = { cell_new, cell_resize, cell_free };

/*
 * The program.
 */

/* The first of PATH; libassuan wants to be told where it is. */
static bool
find_program(char *out, size_t size)
{
	const char *path = getenv("PATH"), *end;

	for (; path != NULL; path = *end != '\0' ? end + 1 : NULL) {
		end = path + strcspn(path, ":");
		/* Not from the folder that somebody happens to be in. */
		if (path[0] != '/' || snprintf(out, size, "%.*s/%s",
		    (int)(end - path), path, PROGRAM) >= (int)size)
			continue;
		if (access(out, X_OK) == 0)
			return true;
	}
	return false;
}

static gpg_error_t
connect_program(assuan_context_t ctx, const char *path)
{
	const char	*argv[] = { PROGRAM, NULL };
	assuan_fd_t	 none[] = { ASSUAN_INVALID_FD };

	return assuan_pipe_connect(ctx, path, argv, none, NULL, NULL, 0);
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
	int		 fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)close(fd);
	(void)say(ctx, "OPTION", "ttyname=/dev/tty");
	(void)say(ctx, "OPTION", "lc-ctype=C.UTF-8");
	if (type == NULL)
		return;
	char words[64];

	(void)snprintf(words, sizeof words, "ttytype=%s", type);
	(void)say(ctx, "OPTION", words);
}

static gpg_error_t
take(void *user, const void *bytes, size_t n)
{
	struct jpki_secret	*secret = user;
	size_t			 had = jpki_secret_len(secret);

	if (n > JPKI_SECRET_MAX - had)
		return gpg_error(GPG_ERR_TOO_LARGE);
	memcpy(jpki_secret_bytes(secret) + had, bytes, n);
	(void)jpki_secret_set_len(secret, had + n);
	return 0;
}

/* A prompt's colon asks at a terminal; in a dialog it is a sentence. */
static gpg_error_t
describe(assuan_context_t ctx, const char *text)
{
	char	words[WORDS_MAX / 2];
	size_t	n;

	(void)snprintf(words, sizeof words, "%s", text);
	n = strlen(words);
	while (n > 0 && (words[n - 1] == ' ' || words[n - 1] == ':'))
		words[--n] = '\0';
	return say(ctx, "SETDESC", words);
}

static gpg_error_t
talk(assuan_context_t ctx, const char *path, const char *text,
    struct jpki_secret *out)
{
	gpg_error_t err = connect_program(ctx, path);

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

/* out NULL: a yes is wanted. */
static enum exit_code
ask(const char *text, struct jpki_secret *out)
{
	assuan_context_t	ctx = NULL;
	char			path[4096];
	gpg_error_t		err;

	if (!find_program(path, sizeof path))
		return fail(EXIT_USAGE, "there is no pinentry to ask with; "
		    "install one (on Debian: pinentry-gnome3, pinentry-qt or "
		    "pinentry-curses)");
	err = assuan_new_ext(&ctx, GPG_ERR_SOURCE_USER_1, &cells, NULL, NULL);
	if (err == 0) {
		assuan_set_flag(ctx, ASSUAN_NO_LOGGING, 1);
		err = talk(ctx, path, text, out);
	}
	assuan_release(ctx);
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
