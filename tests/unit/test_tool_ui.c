/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asking for a PIN at a terminal that fails at each call in turn: the echo
 * comes back, nothing of the PIN stays, and the signals are as before.
 *
 * For that the source is compiled here once more, over a played terminal.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <termios.h>
#include <unistd.h>

#include "jpki.h"
#include "unit.h"
#undef fail		/* of cmocka; the tool has one of its own */

#define TTY	40

static size_t calls;		/* that may fail, so far */
static size_t fail_at;		/* which of them fails; 0: none */
static int fail_errno;
static int tty;			/* what opening it gives */
static bool tty_open;
static struct termios now;	/* of the terminal */
static tcflag_t while_typing;	/* c_lflag when the line is read */
static const char *typed;	/* that is typed */
static int sent;		/* a signal, while the line is awaited; or 0 */
static int stops;		/* of the program, by SIGTSTP */
static char shown[256];		/* on the terminal */

static bool
fails(void)
{
	if (++calls != fail_at)
		return false;
	errno = fail_errno;
	return true;
}

static int
fake_open(const char *path, int flags)
{
	assert_string_equal(path, "/dev/tty");
	assert_true((flags & O_NOCTTY) != 0 && (flags & O_CLOEXEC) != 0);
	tty_open = tty >= 0;
	return tty;
}

static int
fake_close(int fd)
{
	assert_int_equal(fd, tty);
	assert_true(tty_open);
	tty_open = false;
	return 0;
}

static int
fake_tcgetattr(int fd, struct termios *out)
{
	assert_int_equal(fd, TTY);
	if (fails())
		return -1;
	*out = now;
	return 0;
}

static int
fake_tcsetattr(int fd, int how, const struct termios *set)
{
	assert_int_equal(fd, TTY);
	assert_int_equal(how, TCSAFLUSH);
	if (fails())
		return -1;
	now = *set;
	return 0;
}

static int
fake_pselect(int n, fd_set *set, fd_set *w, fd_set *e,
    const struct timespec *timeout, const sigset_t *mask)
{
	assert_int_equal(n, TTY + 1);
	assert_true(FD_ISSET(TTY, set) && w == NULL && e == NULL);
	assert_null(timeout);
	if (fails())
		return -1;
	if (sent != 0) {
		int signum = sent;
		sigset_t before;

		/* Only in here does one get through. */
		sent = 0;
		assert_int_equal(raise(signum), 0);
		assert_int_equal(sigprocmask(SIG_SETMASK, mask, &before), 0);
		assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
		FD_ZERO(set);
		errno = EINTR;
		return -1;
	}
	return 1;
}

static ssize_t
fake_read(int fd, void *out, size_t n)
{
	assert_int_equal(fd, TTY);
	while_typing = now.c_lflag;
	if (fails())
		return -1;
	assert_true(strlen(typed) <= n);
	memcpy(out, typed, strlen(typed));
	return (ssize_t)strlen(typed);
}

static ssize_t
fake_write(int fd, const void *p, size_t n)
{
	size_t at = strlen(shown);

	assert_int_equal(fd, TTY);
	if (fails())
		return -1;
	assert_true(at + n < sizeof(shown));
	memcpy(shown + at, p, n);
	shown[at + n] = '\0';
	return (ssize_t)n;
}

/* The program sleeps, and is continued. */
static int
fake_raise(int signum)
{
	assert_int_equal(signum, SIGTSTP);
	stops++;
	return 0;
}

#define open(path, flags)	fake_open(path, flags)
#define close(fd)		fake_close(fd)
#define tcgetattr(fd, out)	fake_tcgetattr(fd, out)
#define tcsetattr(fd, how, set)	fake_tcsetattr(fd, how, set)
#define pselect			fake_pselect
#define read(fd, p, n)		fake_read(fd, p, n)
#define write(fd, p, n)		fake_write(fd, p, n)
#define raise(signum)		fake_raise(signum)
#include "tools/ui.c"
#undef raise

static char said[256];

enum exit_code
fail(enum exit_code code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(said, sizeof(said), fmt, args);
	va_end(args);
	return code;
}

enum exit_code
fail_read_pin(const char *path, int errnum)
{
	return fail(EXIT_FAILED, "cannot read the PIN from %s: %s", path,
	    strerror(errnum));
}

static struct jpki_secret *secret;

static enum exit_code
ask(void)
{
	enum exit_code code;

	calls = 0;
	shown[0] = said[0] = '\0';
	code = ui_ask_secret("PIN: ", "--pin-fd", secret);
	assert_false(tty_open);
	return code;
}

static void
expect_secret(const char *wanted)
{
	assert_int_equal(jpki_secret_len(secret), strlen(wanted));
	assert_memory_equal(jpki_secret_bytes(secret), wanted,
	    strlen(wanted));
}

/* Nothing of it stays, whatever its length says. */
static void
expect_wiped(const char *what)
{
	const char *p = jpki_secret_bytes(secret);

	expect_int(what, (long long)jpki_secret_len(secret), 0);
	for (size_t i = 0; i < JPKI_SECRET_MAX; i++)
		expect_int(what, p[i], 0);
}

static void
a_pin_is_typed_without_echo(void **state)
{
	(void)state;
	now.c_lflag = ECHO | ECHONL | IEXTEN;
	assert_int_equal(ask(), EXIT_DONE);
	expect_secret("1234");
	assert_int_equal(while_typing, ICANON | ISIG | IEXTEN);
	assert_int_equal(now.c_lflag, ECHO | ECHONL | IEXTEN);
	assert_string_equal(shown, "PIN: \n");
}

/* Ctrl-D behind it ends a line, too. */
static void
a_line_may_end_without_a_newline(void **state)
{
	(void)state;
	typed = "1234";
	assert_int_equal(ask(), EXIT_DONE);
	expect_secret("1234");
}

static void
an_empty_line_is_an_empty_pin(void **state)
{
	(void)state;
	typed = "\n";
	assert_int_equal(ask(), EXIT_DONE);
	expect_secret("");
}

static void
the_end_of_input_cancels(void **state)
{
	(void)state;
	typed = "";
	assert_int_equal(ask(), EXIT_CANCELLED);
	expect_wiped("end of input");
	assert_string_equal(shown, "PIN: \n");
}

static void
each_call_of_the_terminal_may_fail(void **state)
{
	size_t n;

	(void)state;
	for (n = 1;; n++) {
		struct termios before = now;
		enum exit_code code;
		char what[32];

		(void)snprintf(what, sizeof(what), "call %zu", n);
		memcpy(jpki_secret_bytes(secret), "old", 3);
		fail_at = n;
		code = ask();
		if (calls < n)
			break;
		/* What fails behind the line is no loss. */
		if (code != EXIT_DONE) {
			expect_int(what, code, EXIT_FAILED);
			expect_true(what, strstr(said, "/dev/tty") != NULL);
			expect_wiped(what);
		}
		/* Unless it is just the restoring that failed. */
		if (memcmp(&now, &before, sizeof(now)) != 0) {
			expect_int(what, code, EXIT_DONE);
			expect_int(what, (long long)n, 6);
		}
		now = before;
	}
	/* get, off, prompt, wait, line, restore, newline */
	assert_int_equal(n, 8);
}

static void
an_interrupted_wait_goes_on(void **state)
{
	(void)state;
	fail_at = 4;
	fail_errno = EINTR;
	assert_int_equal(ask(), EXIT_DONE);
	expect_secret("1234");
}

static void
a_signal_cancels_and_nothing_is_read(void **state)
{
	static const int signals[] = { SIGINT, SIGHUP, SIGQUIT, SIGTERM };

	(void)state;
	for (size_t i = 0; i < COUNT(signals); i++) {
		struct sigaction after;

		while_typing = 12345;
		sent = signals[i];
		assert_int_equal(ask(), EXIT_CANCELLED);
		expect_wiped("signal");
		assert_int_equal(while_typing, 12345);
		assert_int_equal(sigaction(signals[i], NULL, &after), 0);
		assert_true(after.sa_handler == SIG_DFL);
	}
}

static void
a_sleep_asks_again(void **state)
{
	(void)state;
	sent = SIGTSTP;
	assert_int_equal(ask(), EXIT_DONE);
	assert_int_equal(stops, 1);
	expect_secret("1234");
	assert_string_equal(shown, "PIN: \nPIN: \n");
}

/* As nohup wants it. */
static void
an_ignored_signal_stays_ignored(void **state)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before, after;

	(void)state;
	assert_int_equal(sigaction(SIGHUP, &ignore, &before), 0);
	sent = SIGHUP;
	assert_int_equal(ask(), EXIT_DONE);
	expect_secret("1234");
	assert_int_equal(sigaction(SIGHUP, &before, &after), 0);
	assert_true(after.sa_handler == SIG_IGN);
}

static void
without_a_terminal_the_way_around_is_named(void **state)
{
	static const int none[] = { -1, FD_SETSIZE };

	(void)state;
	for (size_t i = 0; i < COUNT(none); i++) {
		tty = none[i];
		assert_int_equal(ask(), EXIT_USAGE);
		assert_non_null(strstr(said, "give it with --pin-fd"));
	}
	assert_int_equal(calls, 0);
}

static int
set_up(void **state)
{
	(void)state;
	calls = fail_at = 0;
	fail_errno = EIO;
	tty = TTY;
	now = (struct termios){ .c_lflag = ECHO | ICANON | ISIG };
	typed = "1234\n";
	sent = stops = 0;
	return jpki_secret_new(&secret) == JPKI_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	jpki_secret_free(&secret);
	return 0;
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_pin_is_typed_without_echo),
		TEST(a_line_may_end_without_a_newline),
		TEST(an_empty_line_is_an_empty_pin),
		TEST(the_end_of_input_cancels),
		TEST(each_call_of_the_terminal_may_fail),
		TEST(an_interrupted_wait_goes_on),
		TEST(a_signal_cancels_and_nothing_is_read),
		TEST(a_sleep_asks_again),
		TEST(an_ignored_signal_stays_ignored),
		TEST(without_a_terminal_the_way_around_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
