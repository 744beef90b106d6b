/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A private pcscd that is not installed, cannot be configured, does not come
 * up, ends by itself or does not end: what is said, and that no process but
 * its own is waited for or killed.
 *
 * For that the source is compiled here once more, over a played system.
 */
#define _GNU_SOURCE		/* as pcscd.c */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "jpki.h"
#include "space.h"
#include "unit.h"

#define PID	4242

static const char *installed;	/* that is installed; NULL: none */
static const char *version, *help;	/* what it prints; NULL: it cannot run */
static const char *driver;	/* pattern that finds one; NULL: none */
static const char *log_text;	/* of the service; NULL: no file */
static const char *failing;	/* call; NULL: none */
static char killed[64];		/* "PID SIGNAL;" */
static int alive;		/* looks that find it alive; then it ended */
static int end_status;
static int readers_busy;	/* questions until it answers; -1: never */
static enum jpki_err ctx_err, readers_err, wait_err;
static int64_t clock_s;		/* of every reading, one second later */
static char made[2048];		/* what was configured */
static FILE *conf_file;
static char hidden[256];

static bool
fails(const char *call)
{
	if (failing == NULL || strcmp(failing, call) != 0)
		return false;
	errno = EIO;
	return true;
}

static int
fake_access(const char *path, int how)
{
	assert_int_equal(how, X_OK);
	return installed != NULL && strcmp(path, installed) == 0 ? 0 : -1;
}

static void
fake_ask(const char *program, const char *option, char *out, size_t room)
{
	const char *text = strcmp(option, "--version") == 0 ? version : help;

	assert_string_equal(program, installed);
	snprintf(out, room, "%s", text == NULL ? "" : text);
}

static int
fake_glob(const char *pattern, int flags, int (*fn)(const char *, int),
    glob_t *g)
{
	static char found[] = "/dev/zero", *paths[] = { found };

	assert_true(flags == 0 && fn == NULL);
	if (driver == NULL || strcmp(pattern, driver) != 0)
		return GLOB_NOMATCH;
	*g = (glob_t){ .gl_pathc = 1, .gl_pathv = paths };
	return 0;
}

static int
fake_open(const char *path, int flags, mode_t mode)
{
	(void)mode;
	if (strcmp(path, "/dev/zero") == 0)
		return fails("driver") ? -1 : open(path, flags);
	assert_true((flags & O_EXCL) != 0);
	assert_ptr_equal(strstr(path, SPACE_RUN "/libifdvpcd"), path);
	return fails("copy") ? -1 : open("/dev/null", O_WRONLY);
}

/* A driver of 20000 bytes. */
static ssize_t
fake_pread(int fd, void *p, size_t n, off_t at)
{
	(void)fd;
	if (fails("pread"))
		return -1;
	memset(p, 0, n);
	return at >= 20000 ? 0 : at + (off_t)n > 20000 ? 20000 - at :
	    (ssize_t)n;
}

static ssize_t
fake_write(int fd, const void *p, size_t n)
{
	(void)p;
	assert_true(fd >= 0);
	return fails("write") ? (ssize_t)n - 1 : (ssize_t)n;
}

static FILE *
fake_fopen(const char *path, const char *mode)
{
	if (strcmp(path, SPACE_RUN "/reader.conf") == 0) {
		assert_string_equal(mode, "we");
		if (fails("conf"))
			return NULL;
		memset(made, 0, sizeof(made));
		conf_file = fmemopen(made, sizeof(made), "w");
		return conf_file;
	}
	assert_string_equal(path, SPACE_RUN "/pcscd.log");
	if (log_text == NULL)
		return NULL;
	return log_text[0] == '\0' ? fopen("/dev/null", mode) :
	    fmemopen((void *)(uintptr_t)log_text, strlen(log_text), "r");
}

static int
fake_fclose(FILE *f)
{
	bool is_conf = f == conf_file;

	conf_file = NULL;
	return fclose(f) == 0 && !(is_conf && fails("fclose")) ? 0 : EOF;
}

static int
fake_hide(const char *folder, char error[VCARD_ERROR_MAX])
{
	(void)snprintf(hidden, sizeof(hidden), "%s", folder);
	(void)snprintf(error, VCARD_ERROR_MAX, "cannot hide");
	return fails("hide") ? -1 : 0;
}

static pid_t
fake_fork(void)
{
	return fails("fork") ? -1 : PID;
}

static pid_t
fake_waitpid(pid_t pid, int *status, int options)
{
	assert_int_equal(pid, PID);
	assert_int_equal(options, WNOHANG);
	if (alive > 0 || (alive < 0 && strstr(killed, " 9;") == NULL)) {
		alive--;
		return 0;
	}
	*status = end_status;
	return PID;
}

static int
fake_kill(pid_t pid, int signum)
{
	size_t at = strlen(killed);

	if (at + 16 < sizeof(killed))
		(void)snprintf(killed + at, sizeof(killed) - at, "%ld %d;",
		    (long)pid, signum);
	return 0;
}

static int
fake_clock(clockid_t id, struct timespec *ts)
{
	assert_int_equal(id, CLOCK_MONOTONIC);
	*ts = (struct timespec){ (time_t)clock_s++, 0 };
	return 0;
}

static int
fake_sleep(const struct timespec *ts, struct timespec *rest)
{
	(void)ts;
	(void)rest;
	return 0;
}

static enum jpki_err
fake_ctx_new(struct jpki_ctx **ctx)
{
	*ctx = NULL;
	return ctx_err;
}

static void
fake_ctx_free(struct jpki_ctx **ctx)
{
	assert_null(*ctx);
}

static enum jpki_err
fake_readers(struct jpki_ctx *ctx, struct jpki_reader **readers, size_t *n)
{
	assert_null(ctx);
	*readers = NULL;
	*n = 0;
	return readers_busy != 0 && readers_busy-- != 0 ?
	    JPKI_ERR_NO_SERVICE : readers_err;
}

static enum jpki_err
fake_wait(struct jpki_ctx *ctx, const char *reader, enum jpki_event event,
    int timeout_ms, char **which)
{
	(void)ctx;
	(void)event;
	assert_true(timeout_ms > 0 && which == NULL);
	assert_string_equal(reader, "Virtual PCD 00 01");
	return wait_err;
}

#define access		fake_access
#define program_ask	fake_ask
#define glob(pattern, flags, fn, g)	fake_glob(pattern, flags, fn, g)
#define globfree(g)	((void)(g))
#define open(...)	fake_open_with(__VA_ARGS__, 0, 0)
#define fake_open_with(path, flags, mode, ...) fake_open(path, flags, mode)
#define pread		fake_pread
#define write		fake_write
#define fopen		fake_fopen
#define fclose		fake_fclose
#define space_hide	fake_hide
#define fork		fake_fork
#define waitpid		fake_waitpid
#define kill		fake_kill
#define clock_gettime	fake_clock
#define nanosleep	fake_sleep
#define jpki_ctx_new	fake_ctx_new
#define jpki_ctx_free	fake_ctx_free
#define jpki_readers	fake_readers
#define jpki_wait	fake_wait
#undef _GNU_SOURCE
#include "tools/vcard/pcscd.c"
#undef fclose

static struct pcscd p;
static char error[VCARD_ERROR_MAX];

static void
expect_error(const char *wanted)
{
	if (strstr(error, wanted) == NULL)
		fail_msg("no \"%s\" in: %s", wanted, error);
}

static void
what_is_not_installed_is_named(void **state)
{
	(void)state;
	installed = NULL;
	assert_int_equal(pcscd_find(&p, error), -1);
	expect_error("apt install pcscd");
	installed = "/sbin/pcscd";
	driver = NULL;
	assert_int_equal(pcscd_find(&p, error), -1);
	expect_error("vsmartcard-vpcd");
	driver = "/usr/lib64/pcsc/drivers/serial/libifdvpcd.so";
	failing = "driver";
	assert_int_equal(pcscd_find(&p, error), -1);
	failing = NULL;
	assert_int_equal(pcscd_find(&p, error), 0);
	assert_string_equal(p.program, "/sbin/pcscd");
}

static void
the_folder_that_pcscd_names_comes_first(void **state)
{
	(void)state;
	version = "pcsc-lite version 2\nEnabled features: usbdropdir=/odd "
	    "ipcdir=/x\n";
	driver = "/odd/serial/libifdvpcd.so";
	help = "  --disable-polkit\n";
	assert_int_equal(pcscd_find(&p, error), 0);
	assert_string_equal(p.drivers, "/odd");
	assert_true(p.can_skip_polkit);
}

/* One that cannot even be asked has the usual folder. */
static void
without_an_answer_the_usual_folder_is_taken(void **state)
{
	(void)state;
	version = help = NULL;
	assert_int_equal(pcscd_find(&p, error), 0);
	assert_string_equal(p.drivers, "/usr/lib/pcsc/drivers");
	assert_false(p.can_skip_polkit);
	pcscd_free(&p);
	version = "no such word";
	assert_int_equal(pcscd_find(&p, error), 0);
	assert_string_equal(p.drivers, "/usr/lib/pcsc/drivers");
}

static void
each_two_cards_have_a_reader(void **state)
{
	(void)state;
	assert_int_equal(pcscd_find(&p, error), 0);
	assert_int_equal(pcscd_prepare(&p, 3, 0x8C7B, error), 0);
	assert_non_null(strstr(made, "FRIENDLYNAME \"Virtual PCD\"\n"
	    "DEVICENAME /dev/null:0x8C7B\nLIBPATH " SPACE_RUN
	    "/libifdvpcd0.so\n"));
	assert_non_null(strstr(made, "FRIENDLYNAME \"Virtual PCD 2\"\n"
	    "DEVICENAME /dev/null:0x8C7D\n"));
	assert_null(strstr(made, "Virtual PCD 3"));
	assert_string_equal(hidden, "/usr/lib/pcsc/drivers");
	assert_int_equal(pcscd_prepare(&p, 0, 0x8C7B, error), 0);
	assert_string_equal(made, "");
}

static void
what_cannot_be_configured_is_told(void **state)
{
	static const char *const calls[] = {
		"conf", "copy", "pread", "write", "fclose",
	};

	(void)state;
	assert_int_equal(pcscd_find(&p, error), 0);
	for (size_t i = 0; i < COUNT(calls); i++) {
		failing = calls[i];
		error[0] = '\0';
		assert_int_equal(pcscd_prepare(&p, 1, 1, error), -1);
		expect_error("cannot configure the private pcscd");
	}
	failing = "hide";
	assert_int_equal(pcscd_prepare(&p, 1, 1, error), -1);
	expect_error("cannot hide");
}

static void
it_is_awaited_until_it_answers(void **state)
{
	(void)state;
	readers_busy = 5;
	alive = 1000;
	assert_int_equal(pcscd_start(&p, error), 0);
	assert_int_equal(p.pid, PID);
	assert_int_equal(readers_busy, 0);
	/* One is enough. */
	assert_int_equal(pcscd_start(&p, error), -1);
	expect_error("running already");
	alive = 3;
	pcscd_stop(&p, false);
	assert_int_equal(p.pid, 0);
	assert_string_equal(killed, "4242 15;");
	pcscd_stop(&p, false);
	assert_string_equal(killed, "4242 15;");
}

static void
one_that_does_not_come_up_is_told_with_its_last_words(void **state)
{
	static const struct {
		const char	*log, *words;
	} rows[] = {
		{ NULL, "it said nothing" }, { "", "it said nothing" },
		{ "first\nlast\n", ": last" }, { "no end", ": no end" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		log_text = rows[i].log;
		readers_busy = -1;
		alive = 3;
		assert_int_equal(pcscd_start(&p, error), -1);
		expect_error("does not come up (NO_SERVICE)");
		expect_error(rows[i].words);
		assert_int_equal(p.pid, 0);
	}
	/* It had ended, and its number is somebody else's. */
	assert_string_equal(killed, "");
}

/* Alive, but it says nothing until the patience is over: then it goes. */
static void
one_that_never_answers_is_killed(void **state)
{
	(void)state;
	readers_busy = -1;
	alive = -1;
	assert_int_equal(pcscd_start(&p, error), -1);
	expect_error("does not come up");
	assert_int_equal(p.pid, 0);
	assert_string_equal(killed, "4242 9;");
}

static void
an_error_of_the_library_is_told(void **state)
{
	(void)state;
	ctx_err = JPKI_ERR_MEMORY;
	alive = 1;
	assert_int_equal(pcscd_start(&p, error), -1);
	expect_error("(MEMORY)");
	ctx_err = JPKI_OK;
	readers_err = JPKI_ERR_ACCESS;
	alive = 1;
	assert_int_equal(pcscd_start(&p, error), -1);
	expect_error("(ACCESS)");
}

static void
a_process_that_cannot_be_made_is_told(void **state)
{
	(void)state;
	failing = "fork";
	assert_int_equal(pcscd_start(&p, error), -1);
	expect_error("cannot start pcscd");
	assert_int_equal(p.pid, 0);
	pcscd_stop(&p, true);
	assert_string_equal(killed, "");
}

static void
one_that_ignores_sigterm_is_killed(void **state)
{
	(void)state;
	p.pid = PID;
	alive = -1;
	pcscd_stop(&p, false);
	assert_int_equal(p.pid, 0);
	assert_string_equal(killed, "4242 15;4242 9;");
}

static void
its_end_is_told(void **state)
{
	char how[160];

	(void)state;
	log_text = "bye\n";
	p.status = 3 << 8;
	pcscd_epitaph(&p, how, sizeof(how));
	assert_string_equal(how, "status 3; bye");
	p.status = SIGSEGV;
	pcscd_epitaph(&p, how, sizeof(how));
	assert_string_equal(how, "signal 11; bye");
}

static void
a_card_that_clients_do_not_see_is_told(void **state)
{
	(void)state;
	/* Without a service nobody looks. */
	wait_err = JPKI_ERR_TIMEOUT;
	assert_int_equal(pcscd_await(&p, 1, true, error), 0);
	p.pid = PID;
	assert_int_equal(pcscd_await(&p, 1, true, error), -1);
	expect_error("is full (TIMEOUT)");
	assert_int_equal(pcscd_await(&p, 1, false, error), -1);
	expect_error("is empty (TIMEOUT)");
	ctx_err = JPKI_ERR_MEMORY;
	assert_int_equal(pcscd_await(&p, 1, false, error), -1);
	expect_error("(MEMORY)");
	ctx_err = wait_err = JPKI_OK;
	assert_int_equal(pcscd_await(&p, 1, true, error), 0);
}

static int
set_up(void **state)
{
	(void)state;
	installed = "/usr/sbin/pcscd";
	version = help = "";
	driver = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
	log_text = failing = NULL;
	killed[0] = hidden[0] = error[0] = '\0';
	alive = end_status = readers_busy = 0;
	ctx_err = readers_err = wait_err = JPKI_OK;
	clock_s = 0;
	pcscd_init(&p);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	pcscd_free(&p);
	return 0;
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_not_installed_is_named),
		TEST(the_folder_that_pcscd_names_comes_first),
		TEST(without_an_answer_the_usual_folder_is_taken),
		TEST(each_two_cards_have_a_reader),
		TEST(what_cannot_be_configured_is_told),
		TEST(it_is_awaited_until_it_answers),
		TEST(one_that_does_not_come_up_is_told_with_its_last_words),
		TEST(one_that_never_answers_is_killed),
		TEST(an_error_of_the_library_is_told),
		TEST(a_process_that_cannot_be_made_is_told),
		TEST(one_that_ignores_sigterm_is_killed),
		TEST(its_end_is_told),
		TEST(a_card_that_clients_do_not_see_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
