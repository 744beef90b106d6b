/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE		/* prctl, and "e" of fopen */
#include "pcscd.h"

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

#include "ask.h"
#include "jpki.h"
#include "language.h"
#include "space.h"
#include "verror.h"

#define CONFIG		SPACE_RUN "/reader.conf"
#define LOG		SPACE_RUN "/pcscd.log"
#define FRIENDLY	"Virtual PCD"
#define PATIENCE_MS	20000	/* of a busy machine, not of a good one */
#define PAUSE_MS	5

static const char *const programs[] = {
	"/usr/sbin/pcscd",
	"/usr/local/sbin/pcscd",
	"/sbin/pcscd",
	"/usr/bin/pcscd",
};

/* Where the driver lies, besides the folder that pcscd names. */
static const char *const drivers[] = {
	"/usr/lib/pcsc/drivers/serial/libifdvpcd.so",
	"/usr/lib/*/pcsc/drivers/serial/libifdvpcd.so",
	"/usr/lib64/pcsc/drivers/serial/libifdvpcd.so",
	"/usr/local/lib/pcsc/drivers/serial/libifdvpcd.so",
	"/usr/local/lib/*/pcsc/drivers/serial/libifdvpcd.so",
	SPACE_RUN "/libifdvpcd0.so",	/* inside of another world */
};

/*
 * Finding.
 */

static void
read_features(struct pcscd *p)
{
	static const char key[] = "usbdropdir=";
	char text[4096];
	const char *at;

	snprintf(p->drivers, sizeof(p->drivers), "/usr/lib/pcsc/drivers");
	program_ask(p->program, "--version", text, sizeof(text));
	if ((at = strstr(text, key)) != NULL) {
		at += strlen(key);
		snprintf(p->drivers, sizeof(p->drivers), "%.*s",
		    (int)strcspn(at, " \n"), at);
	}
	program_ask(p->program, "--help", text, sizeof(text));
	p->can_skip_polkit = strstr(text, "--disable-polkit") != NULL;
}

static bool
open_driver(struct pcscd *p, const char *pattern)
{
	glob_t g;

	if (glob(pattern, 0, NULL, &g) != 0)
		return false;
	if (g.gl_pathc > 0)
		p->driver = open(g.gl_pathv[0], O_RDONLY | O_CLOEXEC);
	globfree(&g);
	return p->driver >= 0;
}

static bool
find_driver(struct pcscd *p)
{
	char first[sizeof(p->drivers) + 32];
	size_t i;

	snprintf(first, sizeof(first), "%s/serial/libifdvpcd.so", p->drivers);
	if (open_driver(p, first))
		return true;
	for (i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++)
		if (open_driver(p, drivers[i]))
			return true;
	return false;
}

void
pcscd_init(struct pcscd *p)
{
	memset(p, 0, sizeof(*p));
	p->driver = -1;
}

void
pcscd_free(struct pcscd *p)
{
	if (p->driver >= 0)
		close(p->driver);
	pcscd_init(p);
}

/* The driver is opened now: later its folder cannot be seen any more. */
int
pcscd_find(struct pcscd *p, char error[VCARD_ERROR_MAX])
{
	size_t i;

	for (i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (p->program == NULL && access(programs[i], X_OK) == 0)
			p->program = programs[i];
	if (p->program == NULL)
		return vcard_fail(error, "pcscd is missing; install it "
		    "(Debian: apt install pcscd)");
	read_features(p);
	if (find_driver(p))
		return 0;
	return vcard_fail(error, "pcscd's driver for virtual readers is "
	    "missing (libifdvpcd.so); install it (Debian: apt install "
	    "vsmartcard-vpcd)");
}

/*
 * Preparing.
 */
static int
copy_driver(const struct pcscd *p, const char *to)
{
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	char buf[8192];
	off_t at = 0;
	ssize_t n = -1;

	if (out < 0)
		return -1;
	while ((n = pread(p->driver, buf, sizeof(buf), at)) > 0) {
		if (write(out, buf, (size_t)n) != n)
			break;
		at += n;
	}
	close(out);
	return n == 0 ? 0 : -1;
}

/* The first is called as the package calls it; pcscd adds unit and slot. */
static void
reader_base(size_t index, char name[PCSCD_NAME_MAX])
{
	if (index == 0)
		snprintf(name, PCSCD_NAME_MAX, FRIENDLY);
	else
		snprintf(name, PCSCD_NAME_MAX, FRIENDLY " %zu", index + 1);
}

/*
 * One reader, with its slots.  The driver keeps its connections by slot only,
 * so a second reader needs a copy of its own, which is loaded apart; pcscd
 * counts units for each driver anew, so the name has to differ as well.
 */
static int
add_reader(FILE *conf, const struct pcscd *p, size_t index, unsigned port)
{
	char copy[64], name[PCSCD_NAME_MAX];

	reader_base(index, name);
	snprintf(copy, sizeof(copy), SPACE_RUN "/libifdvpcd%zu.so", index);
	if (copy_driver(p, copy) != 0)
		return -1;
	fprintf(conf, "FRIENDLYNAME \"%s\"\nDEVICENAME /dev/null:0x%04X\n"
	    "LIBPATH %s\nCHANNELID 0x%04X\n\n", name, port, copy, port);
	return 0;
}

int
pcscd_prepare(const struct pcscd *p, size_t cards, uint16_t port,
    char error[VCARD_ERROR_MAX])
{
	FILE *conf = fopen(CONFIG, "we");
	size_t i;
	int rc = 0;

	for (i = 0; conf != NULL && rc == 0 && i < cards; i += PCSCD_SLOTS)
		rc = add_reader(conf, p, i / PCSCD_SLOTS,
		    (unsigned)(port + i));
	if (conf == NULL || fclose(conf) != 0 || rc != 0)
		return vcard_fail(error, "cannot configure the private pcscd: "
		    "%s", strerror(errno));
	return space_hide(p->drivers, error);
}

void
pcscd_reader(size_t card, char name[PCSCD_NAME_MAX])
{
	char base[PCSCD_NAME_MAX];

	reader_base(card / PCSCD_SLOTS, base);
	snprintf(name, PCSCD_NAME_MAX, "%.100s 00 %02zX", base,
	    card % PCSCD_SLOTS);
}

/*
 * Running.
 */
static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
pause_ms(long ms)
{
	const struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

/*
 * The child's part: it may only do what is safe after a fork from a process
 * with threads.  A session of its own keeps the terminal's ^C away from it.
 */
static void
become_pcscd(const struct pcscd *p, char *const argv[], pid_t parent)
{
	int null = open("/dev/null", O_RDONLY);
	int log = open(LOG, O_WRONLY | O_CREAT | O_APPEND, 0600);
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || null < 0 || log < 0)
		_exit(127);
	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(null, STDIN_FILENO);
	dup2(log, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	if (null > STDERR_FILENO)
		close(null);
	if (log > STDERR_FILENO)
		close(log);
	execv(p->program, argv);
	_exit(127);
}

/* The last thing that pcscd said, without the line's end. */
static void
last_words(char *out, size_t room)
{
	FILE *in = fopen(LOG, "re");

	snprintf(out, room, "%s", _("it said nothing"));
	if (in == NULL)
		return;
	while (fgets(out, (int)room, in) != NULL)
		out[strcspn(out, "\n")] = '\0';
	fclose(in);
}

void
pcscd_epitaph(const struct pcscd *p, char *out, size_t room)
{
	char words[100];

	last_words(words, sizeof(words));
	if (WIFSIGNALED(p->status))
		snprintf(out, room, _("signal %d; %s"), WTERMSIG(p->status),
		    words);
	else
		snprintf(out, room, _("status %d; %s"),
		    WEXITSTATUS(p->status), words);
}

bool
pcscd_has_ended(struct pcscd *p)
{
	if (p->pid == 0 || waitpid(p->pid, &p->status, WNOHANG) == 0)
		return p->pid == 0;
	p->pid = 0;
	return true;
}

/* Until clients can talk to it. */
static enum jpki_err
await_answer(struct pcscd *p, struct jpki_ctx *ctx)
{
	int64_t until = now_ms() + PATIENCE_MS;
	struct jpki_reader *readers = NULL;
	enum jpki_err err;
	size_t n = 0;

	for (;;) {
		err = jpki_readers(ctx, &readers, &n);
		if (err != JPKI_ERR_NO_SERVICE || pcscd_has_ended(p) ||
		    now_ms() > until)
			break;
		pause_ms(PAUSE_MS);
	}
	jpki_readers_free(&readers, n);
	return err;
}

static int
await_service(struct pcscd *p, char error[VCARD_ERROR_MAX])
{
	struct jpki_ctx *ctx = NULL;
	enum jpki_err err = jpki_ctx_new(&ctx);
	char words[100];

	if (err == JPKI_OK)
		err = await_answer(p, ctx);
	jpki_ctx_free(&ctx);
	if (err == JPKI_OK)
		return 0;
	last_words(words, sizeof(words));
	return vcard_fail(error, "the private pcscd does not come up (%s): %s",
	    jpki_err_name(err), words);
}

int
pcscd_start(struct pcscd *p, char error[VCARD_ERROR_MAX])
{
	static char foreground[] = "-f", config[] = "-c", file[] = CONFIG;
	static char no_polkit[] = "--disable-polkit", name[] = "pcscd";
	char *argv[] = { name, foreground, config, file,
	    p->can_skip_polkit ? no_polkit : NULL, NULL };
	pid_t parent = getpid(), pid;

	if (p->pid != 0)
		return vcard_fail(error, "pcscd is running already");
	if ((pid = fork()) == 0)
		become_pcscd(p, argv, parent);
	if (pid < 0)
		return vcard_fail(error, "cannot start pcscd: %s",
		    strerror(errno));
	p->pid = pid;
	if (await_service(p, error) == 0)
		return 0;
	pcscd_stop(p, true);
	return -1;
}

void
pcscd_stop(struct pcscd *p, bool hard)
{
	int64_t until = now_ms() + PATIENCE_MS;

	if (pcscd_has_ended(p))
		return;
	kill(p->pid, hard ? SIGKILL : SIGTERM);
	while (!pcscd_has_ended(p)) {
		if (now_ms() > until)
			kill(p->pid, SIGKILL);
		pause_ms(PAUSE_MS);
	}
}

int
pcscd_await(const struct pcscd *p, size_t card, bool present,
    char error[VCARD_ERROR_MAX])
{
	enum jpki_event event = present ? JPKI_CARD_INSERTED :
	    JPKI_CARD_REMOVED;
	char name[PCSCD_NAME_MAX];
	struct jpki_ctx *ctx = NULL;
	enum jpki_err err;

	if (p->pid == 0)
		return 0;
	pcscd_reader(card, name);
	err = jpki_ctx_new(&ctx);
	if (err == JPKI_OK)
		err = jpki_wait(ctx, name, event, PATIENCE_MS, NULL);
	jpki_ctx_free(&ctx);
	if (err == JPKI_OK)
		return 0;
	return vcard_fail(error, present ?
	    _("the private pcscd does not see that the reader \"%s\" is full "
	    "(%s)") :
	    _("the private pcscd does not see that the reader \"%s\" is empty "
	    "(%s)"), name, jpki_err_name(err));
}
