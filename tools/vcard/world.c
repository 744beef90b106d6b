/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE		/* signalfd */
#include "world.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "language.h"
#include "pcscd.h"
#include "space.h"
#include "verror.h"

#define CARD		SPACE_RUN "/card"
#define CONTROL		SPACE_RUN "/control"
#define LOG		SPACE_RUN "/log"
#define PATIENCE_MS	20000	/* of a busy machine, not of a good one */
#define PAUSE_MS	5
#define GRACE_S		10	/* from SIGTERM to SIGKILL for the command */

struct world {
	struct world_options	*options;
	struct pcscd		 pcscd;
	struct station		 station;
	struct child		 child;
	int			 signals;	/* of signalfd() */
	struct timespec		 deadline;	/* of the command, if set */
	bool			 has_deadline;
	char			 log[PATH_MAX], control[PATH_MAX];
	char			 dirs[STATION_CARDS_MAX][PATH_MAX];
};

/*
 * Before anything runs.
 */
static int
make_absolute(const char *path, char out[PATH_MAX],
    char error[VCARD_ERROR_MAX])
{
	char cwd[PATH_MAX];
	int n;

	if (path[0] == '/')
		n = snprintf(out, PATH_MAX, "%s", path);
	else if (getcwd(cwd, sizeof(cwd)) != NULL)
		n = snprintf(out, PATH_MAX, "%s/%s", cwd, path);
	else
		n = -1;
	if (n >= 0 && n < PATH_MAX)
		return 0;
	return vcard_fail(error, "the path %.100s is too long", path);
}

/* The card's folder and so on as the command may find them. */
static int
fix_paths(struct world *w, char error[VCARD_ERROR_MAX])
{
	struct station_options *o = &w->options->station;
	size_t i;

	if (make_absolute(o->log != NULL ? o->log : LOG, w->log, error) != 0 ||
	    make_absolute(o->control != NULL ? o->control : CONTROL,
	    w->control, error) != 0)
		return -1;
	o->log = w->log;
	o->control = w->control;
	for (i = 0; i < o->dirs_n; i++) {
		if (make_absolute(o->dirs[i], w->dirs[i], error) != 0)
			return -1;
		o->dirs[i] = w->dirs[i];
	}
	return 0;
}

static int
make_card(struct world *w, char error[VCARD_ERROR_MAX])
{
	static const struct vcard_person nobody = { NULL, NULL, NULL, NULL, NULL };
	static const struct vcard_pins usual = { NULL, NULL, NULL, NULL };
	struct station_options *o = &w->options->station;

	if (w->options->no_reader || o->dirs_n > 0)
		return 0;
	o->dirs[o->dirs_n++] = CARD;
	return vcard_create(CARD, w->options->profile, &nobody, &usual,
	    error);
}

/*
 * The command's environment.  What would lead PC/SC clients, or pcscd, past
 * the private world goes.
 */
static int
set_environment(const struct world *w, char error[VCARD_ERROR_MAX])
{
	const struct station_options *o = &w->options->station;
	const char *dir = o->dirs_n > 0 ? o->dirs[0] : "";

	if (setenv("JPKI_VCARD_CONTROL", w->control, 1) == 0 &&
	    setenv("JPKI_VCARD_LOG", w->log, 1) == 0 &&
	    setenv("JPKI_VCARD_DIR", dir, 1) == 0 &&
	    unsetenv("PCSCLITE_CSOCK_NAME") == 0 &&
	    unsetenv("PCSCLITE_FILTER_IGNORE_READER_NAMES") == 0 &&
	    unsetenv("PCSCLITE_FILTER_EXTEND_READER_NAMES") == 0)
		return 0;
	return vcard_fail(error, "no memory");
}

static int
catch_signals(struct world *w, sigset_t *before, char error[VCARD_ERROR_MAX])
{
	static const int caught[] = { SIGCHLD, SIGTERM, SIGINT, SIGHUP,
	    SIGQUIT };
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		sigaddset(&set, caught[i]);
	sigprocmask(SIG_BLOCK, &set, before);
	w->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (w->signals >= 0)
		return 0;
	return vcard_fail(error, "cannot wait for signals: %s",
	    strerror(errno));
}

/*
 * What the control socket can do here and not elsewhere.
 */

/*
 * Until clients see the card, or that it is away.  pcscd may still believe in
 * a card that left a moment ago: first the driver has to meet the new one.
 */
static int
await_card(struct world *w, size_t card, char error[VCARD_ERROR_MAX])
{
	const struct timespec pause = { 0, PAUSE_MS * 1000000 };
	bool present = vlink_present(w->station.links[card]);
	int i;

	for (i = 0; present && i < PATIENCE_MS / PAUSE_MS; i++) {
		if (vpcd_seen(w->station.readers[card]) ||
		    pcscd_has_ended(&w->pcscd))
			break;
		nanosleep(&pause, NULL);
	}
	return pcscd_await(&w->pcscd, card, present, error);
}

static int
start_service(struct world *w, char error[VCARD_ERROR_MAX])
{
	size_t i;

	if (pcscd_start(&w->pcscd, error) != 0)
		return -1;
	for (i = 0; i < w->station.n; i++)
		vpcd_kick(w->station.readers[i]);
	for (i = 0; i < w->station.n; i++)
		if (await_card(w, i, error) != 0)
			return -1;
	return 0;
}

/* It says so if pcscd has ended and nobody told it to. */
static void
watch_pcscd(struct world *w)
{
	char how[160];

	if (w->pcscd.pid == 0 || !pcscd_has_ended(&w->pcscd))
		return;
	pcscd_epitaph(&w->pcscd, how, sizeof(how));
	fprintf(stderr, _("jpki-vcard: the private pcscd ended by itself (%s); "
	    "\"pcscd start\" of the control starts another\n"), how);
}

static int
service(void *user, const char *verb, char error[VCARD_ERROR_MAX])
{
	struct world *w = user;

	/* Its end may not have come to our ears yet. */
	watch_pcscd(w);
	if (strcmp(verb, "start") == 0)
		return start_service(w, error);
	if (strcmp(verb, "stop") == 0 || strcmp(verb, "kill") == 0) {
		pcscd_stop(&w->pcscd, verb[0] == 'k');
		return 0;
	}
	/* Of the control's answer, which has no language. */
	snprintf(error, VCARD_ERROR_MAX, "pcscd stop, start or kill");
	return -1;
}

/* Once pcscd knows that the card is away, it may come back at once. */
static int
settle(void *user, size_t card, char error[VCARD_ERROR_MAX])
{
	struct world *w = user;

	if (await_card(w, card, error) != 0)
		return -1;
	if (!vlink_present(w->station.links[card]))
		(void)vpcd_hurry(w->station.readers[card]);
	return 0;
}

/*
 * The world's life.
 */

/* In this order: the command's process keeps the network that it has. */
static int
open_world(struct world *w, char *const command[], const sigset_t *before,
    char error[VCARD_ERROR_MAX])
{
	const struct control_host hooks = {
		.service = service,
		.settle = settle,
		.user = w,
	};
	struct station_options *o = &w->options->station;

	if (fix_paths(w, error) != 0 ||
	    space_enter(error) != 0 ||
	    space_make_run(error) != 0 ||
	    make_card(w, error) != 0 ||
	    pcscd_prepare(&w->pcscd, o->dirs_n, o->port, error) != 0 ||
	    set_environment(w, error) != 0 ||
	    child_make(&w->child, command, before, error) != 0 ||
	    space_make_net(error) != 0 ||
	    station_open(&w->station, o, &hooks, error) != 0)
		return -1;
	return start_service(w, error);
}

static void
set_deadline(struct world *w)
{
	clock_gettime(CLOCK_MONOTONIC, &w->deadline);
	w->deadline.tv_sec += GRACE_S;
	w->has_deadline = true;
}

static bool
deadline_passed(const struct world *w)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return w->has_deadline && now.tv_sec >= w->deadline.tv_sec;
}

/* One that has ended is gone, and its number may be somebody else's. */
static void
signal_command(const struct world *w, int signum)
{
	if (!w->child.ended)
		kill(w->child.pid, signum);
}

/*
 * Pass a signal on, unless it comes from the terminal, which has sent it to
 * the command as well.  The command decides what to do about it; only of
 * SIGTERM it cannot make nothing.
 */
static void
pass_on(struct world *w, const struct signalfd_siginfo *si)
{
	if (si->ssi_code == SI_KERNEL)
		return;
	signal_command(w, (int)si->ssi_signo);
	if (si->ssi_signo == SIGTERM)
		set_deadline(w);
}

static void
handle_signals(struct world *w)
{
	struct signalfd_siginfo si;

	while (read(w->signals, &si, sizeof(si)) == (ssize_t)sizeof(si)) {
		if (si.ssi_signo != SIGCHLD) {
			pass_on(w, &si);
			continue;
		}
		watch_pcscd(w);
		child_reap(&w->child, w->pcscd.pid);
	}
}

/* Was the end asked for before the command was let go?  Its exit code. */
static int
ended_early(struct world *w)
{
	struct signalfd_siginfo si;
	int code = 0;

	while (read(w->signals, &si, sizeof(si)) == (ssize_t)sizeof(si))
		if (si.ssi_signo != SIGCHLD)
			code = 128 + (int)si.ssi_signo;
	child_reap(&w->child, w->pcscd.pid);
	return code;
}

static void
live(struct world *w)
{
	while (!w->child.ended) {
		if (station_wait(&w->station, w->signals,
		    w->has_deadline ? 100 : -1) == STATION_QUIT) {
			signal_command(w, SIGTERM);
			set_deadline(w);
		}
		handle_signals(w);
		if (deadline_passed(w))
			signal_command(w, SIGKILL);
	}
}

static void
close_world(struct world *w)
{
	child_end_all(&w->child, w->pcscd.pid);
	pcscd_stop(&w->pcscd, false);
	station_close(&w->station);
	if (w->signals >= 0)
		close(w->signals);
}

int
world_run(struct world_options *options, char *const command[])
{
	char error[VCARD_ERROR_MAX];
	sigset_t before;
	struct world *w = calloc(1, sizeof(*w));
	int code = CLI_FAILED;

	if (w == NULL)
		return cli_fail("no memory");
	w->options = options;
	w->signals = w->child.go = -1;
	pcscd_init(&w->pcscd);
	if (pcscd_find(&w->pcscd, error) != 0) {
		cli_fail(error);
		goto out;
	}
	if (catch_signals(w, &before, error) != 0 ||
	    open_world(w, command, &before, error) != 0) {
		cli_fail(error);
		goto close;
	}
	if ((code = ended_early(w)) == 0) {
		child_go(&w->child);
		live(w);
		code = child_code(&w->child);
	}
close:
	close_world(w);
out:
	pcscd_free(&w->pcscd);
	free(w);
	return code;
}
