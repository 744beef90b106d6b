/* SPDX-License-Identifier: BSD-2-Clause */
#include "pins.h"

#include <limits.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "interrupt.h"
#include "language.h"
#include "outtext.h"
#include "pinentry.h"
#include "pinsource.h"
#include "pinwords.h"
#include "ui.h"

/* Options that exclude each other. */
static const uint32_t exclusive[] = {
	OPT(PIN_FD) | OPT(PIN_FILE) | OPT(PIN_PAD),
	OPT(PINENTRY) | OPT(PIN_PAD),
	OPT(NEW_PIN_FD) | OPT(NEW_PIN_FILE),
};

/* Where the PIN and the new one come from. */
static const struct source {
	enum option_id fd, file;
} sources[] = {
	{ OPT_PIN_FD, OPT_PIN_FILE },
	{ OPT_NEW_PIN_FD, OPT_NEW_PIN_FILE },
};

/* Is the source this file, whatever its name or number? */
static enum exit_code
source_is(const struct options *opt, const struct source *source,
    const struct stat *file, bool *same)
{
	struct stat	st;
	int		fd, err = -1;

	if (opt->seen[source->fd]) {
		fd = options_number(opt, source->fd, INT_MAX);
		if (fd < 0)
			return EXIT_USAGE;
		err = fstat(fd, &st);
	} else if (opt->seen[source->file]) {
		err = stat(opt->value[source->file], &st);
	}
	*same = err == 0 && st.st_dev == file->st_dev &&
	    st.st_ino == file->st_ino;
	return EXIT_DONE;
}

enum exit_code
pins_leave_stdin(const struct options *opt)
{
	struct stat	file;
	enum exit_code	code = EXIT_DONE;

	if (fstat(STDIN_FILENO, &file) != 0)
		return EXIT_DONE;
	for (size_t i = 0; i < sizeof sources / sizeof sources[0] &&
	    code == EXIT_DONE; i++) {
		bool is_stdin;

		code = source_is(opt, &sources[i], &file, &is_stdin);
		if (code == EXIT_DONE && is_stdin)
			code = fail(EXIT_USAGE, "standard input cannot give "
			    "both the PIN and the data; name a file");
	}
	return code;
}

/* Not one descriptor for both. */
static enum exit_code
check_descriptors(const struct options *opt)
{
	int fd, new_fd;

	if (!opt->seen[OPT_PIN_FD] || !opt->seen[OPT_NEW_PIN_FD])
		return EXIT_DONE;
	fd = options_number(opt, OPT_PIN_FD, INT_MAX);
	new_fd = fd < 0 ? -1 : options_number(opt, OPT_NEW_PIN_FD, INT_MAX);
	if (new_fd < 0)
		return EXIT_USAGE;
	return fd != new_fd ? EXIT_DONE : fail(EXIT_USAGE, "--pin-fd and "
	    "--new-pin-fd name one descriptor, which is read to its end; "
	    "give two");
}

static enum exit_code
check_options(const struct options *opt)
{
	enum exit_code code = EXIT_DONE;

	for (size_t i = 0; i < sizeof exclusive / sizeof exclusive[0] &&
	    code == EXIT_DONE; i++)
		code = options_exclude(opt, exclusive[i]);
	return code == EXIT_DONE ? check_descriptors(opt) : code;
}

/*
 * From here on there may be a PIN.  Its page is left out of core dumps, but
 * what else crashes leave behind is nobody's business either, and no other
 * program of this user is to look into this one.
 */
static void
shut_others_out(void)
{
	static const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
#ifdef PR_SET_DUMPABLE
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

/* The keys of a reader are for one PIN, to verify it. */
static enum exit_code
check_pad(const struct options *opt, enum jpki_pin which)
{
	if (!opt->seen[OPT_PIN_PAD] || which == JPKI_PIN_AUTH)
		return EXIT_DONE;
	return fail(EXIT_USAGE, "only the user authentication PIN can be keyed "
	    "in at a reader; leave out --pin-pad");
}

/* Judge the form of a secret, which may be NULL: not given yet. */
static enum exit_code
check_form(const struct tool *t, enum jpki_pin which, enum jpki_pin_use use,
    struct jpki_secret *secret)
{
	enum jpki_err err;

	if (secret == NULL)
		return EXIT_DONE;
	err = jpki_pin_check(which, use, jpki_secret_bytes(secret),
	    jpki_secret_len(secret));
	return err == JPKI_OK ? EXIT_DONE : fail_pin(t, which, err, -1);
}

enum exit_code
pins_load(struct tool *t, enum jpki_pin which, struct pins *out)
{
	struct pins	pins = { which, NULL, NULL };
	enum exit_code	code = check_options(t->opt);

	shut_others_out();
	if (code == EXIT_DONE)
		code = check_pad(t->opt, which);
	if (code == EXIT_DONE)
		code = pinsource_read(t->opt, OPT_PIN_FD, OPT_PIN_FILE,
		    &pins.current);
	if (code == EXIT_DONE)
		code = pinsource_read(t->opt, OPT_NEW_PIN_FD,
		    OPT_NEW_PIN_FILE, &pins.next);
	if (code == EXIT_DONE)
		code = check_form(t, which, JPKI_PIN_CURRENT, pins.current);
	if (code == EXIT_DONE)
		code = check_form(t, which, JPKI_PIN_TO_SET, pins.next);
	if (code == EXIT_DONE)
		*out = pins;
	else
		pins_free(&pins);
	return code;
}

void
pins_free(struct pins *pins)
{
	jpki_secret_free(&pins->current);
	jpki_secret_free(&pins->next);
}

/*
 * Tries left, asked before the person is: a PIN that will not be sent is not
 * asked for.  The transaction is over afterwards.
 */
static enum exit_code
look_before_asking(struct tool *t, enum jpki_pin which,
    struct jpki_pin_info *info)
{
	enum jpki_err	err = jpki_pin_info(t->card, which, info);
	enum exit_code	code = EXIT_DONE;

	if (err == JPKI_ERR_NOT_FOUND)
		code = fail_pin(t, which, err, -1);
	else if (err != JPKI_OK)
		code = fail_err(t, err);
	else if (info->locked)
		code = fail_pin(t, which, JPKI_ERR_PIN_LOCKED, 0);
	else if (info->tries_left == 1 && !t->opt->seen[OPT_LAST_TRY])
		code = fail_pin(t, which, JPKI_ERR_PIN_LAST_TRY, 1);
	jpki_card_end(t->card);
	return code;
}

/* "4 digits; 3 tries left" */
static void
describe_form(enum jpki_pin which, int tries_left, char *room, size_t n)
{
	char rule[PINWORDS_MAX], tries[PINWORDS_MAX];

	if (tries_left >= 0)
		(void)snprintf(room, n, _("%1$s; %2$s"),
		    pin_rule(which, false, rule),
		    pin_tries(tries_left, tries));
	else
		(void)snprintf(room, n, "%s", pin_rule(which, false, rule));
}

/* Its reader, if others have cards, else "". */
static void
describe_card(const struct tool *t, char *room, size_t n)
{
	struct jpki_reader	*readers = NULL;
	size_t			 count = 0, cards = 0;
	FILE			*f;

	room[0] = '\0';
	if (jpki_readers(t->ctx, &readers, &count) != JPKI_OK)
		return;
	for (size_t i = 0; i < count; i++)
		cards += readers[i].has_card;
	jpki_readers_free(&readers, count);
	f = cards > 1 ? fmemopen(room, n, "w") : NULL;
	if (f == NULL)
		return;
	text_put(f, jpki_card_reader(t->card));
	(void)fclose(f);
	room[n - 1] = '\0';
}

/* Ask, fold and judge: the form of a PIN costs no try. */
static enum exit_code
ask(struct tool *t, enum jpki_pin which, enum jpki_pin_use use,
    const char *prompt, struct jpki_secret **out)
{
	struct jpki_secret	*secret = NULL;
	enum exit_code		 code;

	if (jpki_secret_new(&secret) != JPKI_OK)
		return fail_err(t, JPKI_ERR_MEMORY);
	if (t->opt->seen[OPT_PINENTRY])
		code = pinentry_ask(prompt, secret);
	else
		code = ui_ask_secret(prompt, use == JPKI_PIN_TO_SET ?
		    _("--new-pin-fd or --new-pin-file") :
		    _("--pin-fd or --pin-file"), secret);
	if (code == EXIT_DONE) {
		pinsource_fold(secret);
		code = check_form(t, which, use, secret);
	}
	if (code == EXIT_DONE)
		*out = secret;
	else
		jpki_secret_free(&secret);
	return code;
}

static enum exit_code
ask_current(struct tool *t, struct pins *pins, int tries_left)
{
	char prompt[1280], form[2 * PINWORDS_MAX], reader[512];

	if (pins->current != NULL)
		return EXIT_DONE;
	describe_form(pins->which, tries_left, form, sizeof form);
	describe_card(t, reader, sizeof reader);
	if (reader[0] != '\0')
		(void)snprintf(prompt, sizeof prompt,
		    _("Enter the %s of the card in %s (%s): "),
		    pin_title(pins->which), reader, form);
	else
		(void)snprintf(prompt, sizeof prompt, _("Enter the %s (%s): "),
		    pin_title(pins->which), form);
	return ask(t, pins->which, JPKI_PIN_CURRENT, prompt, &pins->current);
}

/* Byte by byte: memcmp() leaves what it compares in registers. */
static bool
same(struct jpki_secret *a, struct jpki_secret *b)
{
	const volatile char	*p = jpki_secret_bytes(a);
	const volatile char	*q = jpki_secret_bytes(b);
	size_t			 n = jpki_secret_len(a);
	bool			 equal = n == jpki_secret_len(b);

	for (size_t i = 0; equal && i < n; i++)
		equal = p[i] == q[i];
	return equal;
}

static enum exit_code
ask_new(struct tool *t, struct pins *pins)
{
	struct jpki_secret	*again = NULL;
	enum exit_code		 code;
	char			 prompt[480], form[2 * PINWORDS_MAX];

	if (pins->next != NULL)
		return EXIT_DONE;
	describe_form(pins->which, -1, form, sizeof form);
	(void)snprintf(prompt, sizeof prompt, _("Enter the new one (%s): "),
	    form);
	code = ask(t, pins->which, JPKI_PIN_TO_SET, prompt, &pins->next);
	if (code == EXIT_DONE)
		code = ask(t, pins->which, JPKI_PIN_TO_SET,
		    _("Enter the new one again: "), &again);
	if (code == EXIT_DONE && !same(pins->next, again))
		code = fail(EXIT_FAILED, "the new PIN was typed in two ways, "
		    "and nothing was changed; try again");
	jpki_secret_free(&again);
	return code;
}

/*
 * Between the question and the answer nothing was held.  The PIN goes only to
 * the card that the person was told about.
 */
static enum exit_code
begin_with_same_card(struct tool *t, uint32_t insertion)
{
	enum jpki_err err = jpki_card_begin(t->card);

	if (err != JPKI_OK)
		return fail_err(t, err);
	if (jpki_card_insertion(t->card) != insertion)
		return fail(EXIT_NO_CARD, "the card was changed meanwhile, "
		    "and nothing was sent; leave it there and try again");
	return EXIT_DONE;
}

/* Ask for what was not given, with no transaction open meanwhile. */
static enum exit_code
ask_missing(struct tool *t, struct pins *pins, bool need_next)
{
	struct jpki_pin_info	info = { -1, 0, false };
	uint32_t		insertion = jpki_card_insertion(t->card);
	enum exit_code		code;

	if (pins->current != NULL && (pins->next != NULL || !need_next))
		return EXIT_DONE;
	code = look_before_asking(t, pins->which, &info);
	if (code == EXIT_DONE)
		code = ask_current(t, pins, info.tries_left);
	if (code == EXIT_DONE && need_next)
		code = ask_new(t, pins);
	if (code == EXIT_DONE)
		code = begin_with_same_card(t, insertion);
	return code;
}

static unsigned
pin_flags(const struct tool *t)
{
	return t->opt->seen[OPT_LAST_TRY] ? JPKI_ALLOW_LAST_TRY : 0;
}

/*
 * Tries left, -1 if not known, in the transaction in which the PIN goes out
 * next.  Asked only where a wrong PIN may be the last one: PIN_LOCKED is what
 * the card says then, and also what it said before.
 */
static int
tries_before(const struct tool *t, enum jpki_pin which)
{
	struct jpki_pin_info info;

	if (!t->opt->seen[OPT_LAST_TRY] ||
	    jpki_pin_info(t->card, which, &info) != JPKI_OK)
		return -1;
	return info.tries_left;
}

/* What became of a PIN, before and after which there were so many tries. */
static enum exit_code
judge(const struct tool *t, enum jpki_pin which, enum jpki_err err,
    int before, int left)
{
	if (err == JPKI_OK)
		return EXIT_DONE;
	if (err == JPKI_ERR_PIN_LOCKED && before == 1)
		return fail(EXIT_PIN_LOCKED, "the %s was wrong, and is now "
		    "locked; \"jpki-tool status -a\" says how to reset it",
		    pin_title(which));
	return fail_pin(t, which, err, left);
}

/* A PIN that is keyed in at the reader. */
struct keying {
	struct tool	*t;
	int		 before;	/* tries left then, or -1 */
};

/* Called when nothing stands against it any more, in the transaction. */
static void
ask_to_key_in(void *user, const struct jpki_pin_info *info)
{
	char		 form[2 * PINWORDS_MAX], reader[512];
	struct keying	*asked = user;

	asked->before = info->tries_left;
	describe_form(JPKI_PIN_AUTH, info->tries_left, form, sizeof form);
	describe_card(asked->t, reader, sizeof reader);
	if (reader[0] != '\0')
		fprintf(stderr, _("Key in the %s (%s) at the reader %s, and "
		    "confirm it there.\n"), pin_title(JPKI_PIN_AUTH), form,
		    reader);
	else
		fprintf(stderr, _("Key in the %s (%s) at the reader, and "
		    "confirm it there.\n"), pin_title(JPKI_PIN_AUTH), form);
}

/*
 * The card is held all the time, for the reader sends what is keyed in; so is
 * Ctrl-C, because a reader that waits cannot be called off from here.
 */
static enum exit_code
key_in(struct tool *t, int *tries_left)
{
	struct keying	asked = { t, -1 };
	enum jpki_err	err;
	int		left = -1;
	bool		quit;

	if (!jpki_card_has_pad(t->card))
		return fail(EXIT_FAILED, "this reader has no keys for a PIN, "
		    "or its driver does not know of them; leave out --pin-pad");
	tool_hold(t);
	interrupt_hold_quit();
	err = jpki_pin_verify_pad(t->card, JPKI_PIN_AUTH, pin_flags(t),
	    ask_to_key_in, &asked, &left);
	quit = interrupt_release_quit();
	if (tries_left != NULL)
		*tries_left = left;
	if (quit && err == JPKI_OK)
		return fail_err(t, JPKI_ERR_CANCELLED);
	if (err == JPKI_ERR_CANCELLED)
		return fail(EXIT_CANCELLED, "no PIN was keyed in at the "
		    "reader, and nothing was sent; start again when you are "
		    "ready");
	if (err == JPKI_ERR_UNSUPPORTED)
		return fail(EXIT_FAILED, "this reader cannot take such a PIN "
		    "by its keys, and nothing was sent; leave out --pin-pad");
	return judge(t, JPKI_PIN_AUTH, err, asked.before, left);
}

enum exit_code
pins_login(struct tool *t, struct pins *pins, int *tries_left)
{
	enum exit_code	code;
	enum jpki_err	err;
	int		before, left = -1;

	if (t->opt->seen[OPT_PIN_PAD])
		return key_in(t, tries_left);
	code = ask_missing(t, pins, false);
	if (code != EXIT_DONE)
		return code;
	tool_hold(t);
	before = tries_before(t, pins->which);
	err = jpki_pin_verify(t->card, pins->which,
	    jpki_secret_bytes(pins->current), jpki_secret_len(pins->current),
	    pin_flags(t), &left);
	jpki_secret_free(&pins->current);
	if (tries_left != NULL)
		*tries_left = left;
	return judge(t, pins->which, err, before, left);
}

enum exit_code
pins_change(struct tool *t, struct pins *pins)
{
	enum exit_code	code = ask_missing(t, pins, true);
	enum jpki_err	err;
	int		before, left = -1;

	if (code != EXIT_DONE)
		return code;
	tool_hold(t);
	before = tries_before(t, pins->which);
	err = jpki_pin_change(t->card, pins->which,
	    jpki_secret_bytes(pins->current), jpki_secret_len(pins->current),
	    jpki_secret_bytes(pins->next), jpki_secret_len(pins->next),
	    pin_flags(t), &left);
	pins_free(pins);
	if (err != JPKI_OK)
		return judge(t, pins->which, err, before, left);
	t->done = _("the PIN is changed");
	return EXIT_DONE;
}
