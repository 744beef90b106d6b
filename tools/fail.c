/* SPDX-License-Identifier: BSD-2-Clause */
#include "fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "certnames.h"
#include "guide.h"
#include "language.h"
#include "outtext.h"
#include "pinwords.h"
#include "tool.h"

struct fail_row {
	enum jpki_err	 err;
	enum exit_code	 code;
	const char	*what, *next;	/* what happened; what to do next */
};

static const struct fail_row rows[] = {
	{ JPKI_OK, EXIT_DONE, N_("done"), N_("go on") },

	{ JPKI_ERR_ARG, EXIT_USAGE,
	    N_("that argument cannot be right"), N_("see \"jpki-tool --help\"") },
	/* fail_pin() says more of these three. */
	{ JPKI_ERR_PIN_FORMAT, EXIT_PIN_WRONG,
	    N_("that cannot be the PIN, and nothing was sent to the card"), N_("try again") },
	{ JPKI_ERR_PIN_NEW, EXIT_FAILED,
	    N_("the new PIN breaks the rules, and nothing was changed"), N_("choose another") },
	{ JPKI_ERR_PIN_SAME, EXIT_FAILED,
	    N_("the new PIN is the current one, and nothing was changed"), N_("choose another") },
	{ JPKI_ERR_BUFFER, EXIT_FAILED,
	    N_("the data is too long"), N_("give less") },

	{ JPKI_ERR_MEMORY, EXIT_FAILED,
	    N_("out of memory"), N_("close other programs and try again") },
	{ JPKI_ERR_INTERNAL, EXIT_FAILED,
	    N_("a library that jpki-tool uses failed"), N_("check how OpenSSL is installed") },

	{ JPKI_ERR_NO_SERVICE, EXIT_NO_CARD,
	    N_("the smart card service pcscd is not running"),
	    N_("start it with \"systemctl start pcscd.socket\", or as your system starts services; "
	    "\"jpki-tool doctor\" finds the cause") },
	{ JPKI_ERR_ACCESS, EXIT_NO_CARD,
	    N_("pcscd refuses this user"), N_("work on the machine's own screen, or let polkit allow "
	    "org.debian.pcsc-lite.access_pcsc and org.debian.pcsc-lite.access_card") },
	{ JPKI_ERR_NO_READER, EXIT_NO_CARD,
	    N_("no card reader is there"),
	    N_("connect one that pcscd knows; for most it needs libccid") },
	{ JPKI_ERR_NO_CARD, EXIT_NO_CARD,
	    N_("there is no card in the reader"), N_("put a My Number Card in or on it") },
	{ JPKI_ERR_REMOVED, EXIT_NO_CARD,
	    N_("the card was taken away"), N_("put it back, leave it there, and try again") },
	{ JPKI_ERR_BUSY, EXIT_NO_CARD,
	    N_("another program holds the card"),
	    N_("end it (for GnuPG: \"gpgconf --kill scdaemon\") and try again") },
	{ JPKI_ERR_MUTE, EXIT_NO_CARD,
	    N_("the card does not answer"), N_("turn it over or place it anew, and try again") },
	{ JPKI_ERR_TIMEOUT, EXIT_FAILED,
	    N_("the time ran out"), N_("try again, or give a longer --timeout") },
	{ JPKI_ERR_CANCELLED, EXIT_CANCELLED,
	    N_("cancelled"), N_("start again when you are ready") },
	/* A card that is pulled looks so until pcscd has seen it. */
	{ JPKI_ERR_IO, EXIT_NO_CARD,
	    N_("the link to the card broke"),
	    N_("place the card anew and look with \"jpki-tool status\" before you try again") },

	{ JPKI_ERR_NOT_JPKI, EXIT_NO_CARD,
	    N_("the card has no JPKI application"),
	    N_("put in a My Number Card, and look with \"jpki-tool readers\"") },
	{ JPKI_ERR_NOT_FOUND, EXIT_FAILED,
	    N_("the card does not hold that"), N_("\"jpki-tool status -a\" shows what it holds") },
	{ JPKI_ERR_AUTH_REQUIRED, EXIT_FAILED,
	    N_("the card asks for a PIN first"), N_("verify it and try again") },
	{ JPKI_ERR_PIN_WRONG, EXIT_PIN_WRONG,
	    N_("the PIN is wrong"), N_("look at the tries left with \"jpki-tool status\"") },
	{ JPKI_ERR_PIN_LAST_TRY, EXIT_PIN_LOCKED,
	    N_("one try is left, and nothing was sent"), N_("give --last-try if you are sure") },
	{ JPKI_ERR_PIN_LOCKED, EXIT_PIN_LOCKED,
	    N_("the PIN is locked"), N_("\"jpki-tool status -a\" says how to reset it") },
	{ JPKI_ERR_PIN_UNCERTAIN, EXIT_FAILED,
	    N_("the link broke while the PIN was changed, so the old or the new one is valid now"),
	    N_("find out with one \"jpki-tool pin verify\" each") },
	{ JPKI_ERR_UNSUPPORTED, EXIT_FAILED,
	    N_("this card cannot do that, or no safe way to do it is known"),
	    N_("PROTOCOL in the documentation says what is known") },
	{ JPKI_ERR_SW, EXIT_FAILED,
	    N_("the card gave an unexpected answer"), N_("try again, and -vv shows the exchange") },
	{ JPKI_ERR_MALFORMED, EXIT_FAILED,
	    N_("what the card holds there makes no sense"),
	    N_("place the card anew and try again, and -vv shows the exchange") },
	{ JPKI_ERR_MISMATCH, EXIT_FAILED,
	    N_("the signature does not fit the certificate and was thrown away"),
	    N_("place the card anew and try again") },
};

#define ROWS	(sizeof rows / sizeof rows[0])

/*
 * Every error has a row: success, and the four groups of enum jpki_err, each
 * from its first to its last value.
 */
_Static_assert(ROWS == 1 + (JPKI_ERR_BUFFER - JPKI_ERR_ARG + 1) +
    (JPKI_ERR_INTERNAL - JPKI_ERR_MEMORY + 1) +
    (JPKI_ERR_IO - JPKI_ERR_NO_SERVICE + 1) +
    (JPKI_ERR_MISMATCH - JPKI_ERR_NOT_JPKI + 1),
    "an error of jpki.h has no row, or one too many");

static const struct fail_row *
row_of(enum jpki_err err)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].err == err)
			return &rows[i];
	return row_of(JPKI_ERR_INTERNAL);
}

#define LINE_MAX_BYTES	2048	/* longer messages are cut */

static void say(const char *prefix, const char *fmt, va_list args)
    FAIL_PRINTF(2, 0);

static void
say(const char *prefix, const char *fmt, va_list args)
{
	char line[LINE_MAX_BYTES];

	(void)vsnprintf(line, sizeof line, language_of(fmt), args);
	fprintf(stderr, "jpki-tool: %s", prefix);
	/* Names of files and readers stay on the one line. */
	text_put(stderr, line);
	fputc('\n', stderr);
}

enum exit_code
fail(enum exit_code code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say("", fmt, args);
	va_end(args);
	return code;
}

void
warning(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(_("warning: "), fmt, args);
	va_end(args);
}

/* next: instead of the row's, or NULL. */
static enum exit_code
fail_row(const struct tool *t, const struct fail_row *row, const char *next)
{
	const char *what = language_of(row->what);

	next = language_of(next != NULL ? next : row->next);
	if (row->err == JPKI_ERR_SW && t->card != NULL)
		return fail(row->code, "%s (status %04X); %s", what,
		    jpki_card_sw(t->card), next);
	return fail(row->code, "%s; %s", what, next);
}

enum exit_code
fail_err(const struct tool *t, enum jpki_err err)
{
	const struct fail_row	*row = row_of(err);
	const char		*reader = t->opt->value[OPT_READER];

	if (err == JPKI_ERR_NO_READER && reader != NULL)
		return fail(row->code, "there is no reader called \"%s\"; "
		    "look with \"jpki-tool readers\"", reader);
	return fail_row(t, row, NULL);
}

/* What went wrong with a PIN. */
struct pin_failure {
	const struct tool		*t;
	const struct fail_row		*row;
	const char			*title;
	enum jpki_pin			 pin;
	int				 tries_left;
};

typedef enum exit_code pin_fail_fn(const struct pin_failure *f);

/* The card says which certificates it has: a PIN of none of them is locked. */
static bool
was_never_issued(const struct pin_failure *f)
{
	struct jpki_availability have;

	return cert_of_pin(f->pin) != NULL && f->t->card != NULL &&
	    jpki_availability_read(f->t->card, &have) == JPKI_OK &&
	    guide_certificate(&have, f->pin) == JPKI_NO;
}

static enum exit_code
fail_format(const struct pin_failure *f)
{
	char rule[PINWORDS_MAX];

	return fail(f->row->code, "that cannot be the %s (%s), and nothing was "
	    "sent to the card; try again", f->title,
	    pin_rule(f->pin, false, rule));
}

static enum exit_code
fail_new(const struct pin_failure *f)
{
	char rule[PINWORDS_MAX];

	return fail(f->row->code, "a new %s has %s, and nothing was changed; "
	    "choose another", f->title,
	    pin_rule(f->pin, true, rule));
}

static enum exit_code
fail_wrong(const struct pin_failure *f)
{
	if (f->tries_left < 0)
		return fail(f->row->code, "the %s is wrong; look at the tries "
		    "left with \"jpki-tool status -a\"", f->title);
	if (f->tries_left == 1)
		return fail(f->row->code, "the %s is wrong: 1 try left, and it "
		    "is used only with --last-try", f->title);
	return fail(f->row->code, "the %s is wrong: %d tries left; try again",
	    f->title, f->tries_left);
}

static enum exit_code
fail_last_try(const struct pin_failure *f)
{
	return fail(f->row->code, "the %s has one try left, and nothing was "
	    "sent; give --last-try if you are sure", f->title);
}

static enum exit_code
fail_locked(const struct pin_failure *f)
{
	if (was_never_issued(f))
		return fail(EXIT_FAILED, "this card holds no %s, so its PIN "
		    "cannot be used; \"jpki-tool status\" shows what it holds",
		    language_of(cert_of_pin(f->pin)->title));
	return fail(f->row->code, "the %s is locked; \"jpki-tool status -a\" "
	    "says how to reset it", f->title);
}

static enum exit_code
fail_no_pin(const struct pin_failure *f)
{
	return fail(f->row->code, "this card has no %s; \"jpki-tool status -a\" "
	    "shows which PINs it has", f->title);
}

/*
 * Nobody should repeat what may have cost a try.  status shows the PINs of the
 * certificates, and the others with -a.
 */
static enum exit_code
fail_after_sending(const struct pin_failure *f)
{
	return fail_row(f->t, f->row, cert_of_pin(f->pin) != NULL ?
	    N_("the PIN may have been sent: look with \"jpki-tool status\" "
	    "first") :
	    N_("the PIN may have been sent: look with \"jpki-tool status -a\" "
	    "first"));
}

static const struct pin_fail_row {
	enum jpki_err	 err;
	pin_fail_fn	*fail;
} pin_rows[] = {
	{ JPKI_ERR_PIN_FORMAT, fail_format },
	{ JPKI_ERR_PIN_NEW, fail_new },
	{ JPKI_ERR_PIN_WRONG, fail_wrong },
	{ JPKI_ERR_PIN_LAST_TRY, fail_last_try },
	{ JPKI_ERR_PIN_LOCKED, fail_locked },
	{ JPKI_ERR_NOT_FOUND, fail_no_pin },
	{ JPKI_ERR_NO_SERVICE, fail_after_sending },
	{ JPKI_ERR_NO_READER, fail_after_sending },
	{ JPKI_ERR_NO_CARD, fail_after_sending },
	{ JPKI_ERR_REMOVED, fail_after_sending },
	{ JPKI_ERR_MUTE, fail_after_sending },
	{ JPKI_ERR_IO, fail_after_sending },
	{ JPKI_ERR_AUTH_REQUIRED, fail_after_sending },
	{ JPKI_ERR_SW, fail_after_sending },
	{ JPKI_ERR_MALFORMED, fail_after_sending },
};

enum exit_code
fail_pin(const struct tool *t, enum jpki_pin pin, enum jpki_err err,
    int tries_left)
{
	const struct pin_failure f = {
		t, row_of(err), pin_title(pin), pin, tries_left
	};

	for (size_t i = 0; i < sizeof pin_rows / sizeof pin_rows[0]; i++)
		if (pin_rows[i].err == err)
			return pin_rows[i].fail(&f);
	return fail_err(t, err);
}

enum exit_code
fail_read(const char *path, int errnum)
{
	return fail(EXIT_FAILED, "cannot read %s: %s; check the name and the "
	    "permissions", path, strerror(errnum));
}

enum exit_code
fail_read_pin(const char *path, int errnum)
{
	return fail(EXIT_FAILED, "cannot read the PIN from %s: %s; check the "
	    "name and the permissions", path, strerror(errnum));
}

enum exit_code
fail_write(const char *path, int errnum)
{
	return fail(EXIT_FAILED, "cannot write %s: %s; check the name, the "
	    "permissions and the space", path, strerror(errnum));
}
