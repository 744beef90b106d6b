/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of a world that cannot be made, and of one whose command, service
 * and signals end in each order: what is said, with which code it ends, and
 * that no process but its own is ever signalled.
 *
 * For that the source is compiled here once more, over played parts.
 */
#define _GNU_SOURCE		/* as world.c */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "pcscd.h"
#include "space.h"
#include "unit.h"
#include "world.h"

#define COMMAND_PID	4242
#define PCSCD_PID	4243

static const char *failing;	/* the part that fails; NULL: none */
static char done[512];		/* the parts that were called, and worked */
static char killed[128];	/* "PID SIGNAL;" */
static int queue[2];		/* what signalfd() tells */
static enum station_event events[8];	/* what station_wait() tells */
static size_t event_at;
static bool command_ends;	/* when it is next looked at */
static bool pcscd_ends;
static bool has_card, seen;	/* the card, by the link and the driver */
static unsigned kicks;
static time_t monotonic;	/* of the clock, in seconds */
static time_t grace;		/* that passes in the second wait */
static int code_at_end;

static int
part(const char *name, char error[VCARD_ERROR_MAX])
{
	size_t at = strlen(done);

	if (failing != NULL && strcmp(failing, name) == 0) {
		if (error != NULL)
			(void)snprintf(error, VCARD_ERROR_MAX, "no %s", name);
		return -1;
	}
	(void)snprintf(done + at, sizeof(done) - at, "%s;", name);
	return 0;
}

#define SPACE(name) \
	static int \
	fake_##name(char error[VCARD_ERROR_MAX]) \
	{ \
		return part(#name, error); \
	}
SPACE(space_enter)
SPACE(space_make_run)
SPACE(space_make_net)

static int
fake_vcard_create(const char *dir, const char *profile,
    const struct vcard_person *person, const struct vcard_pins *pins,
    char error[VCARD_ERROR_MAX])
{
	assert_string_equal(dir, SPACE_RUN "/card");
	assert_string_equal(profile, "adult");
	assert_true(person != NULL && pins != NULL);
	return part("vcard_create", error);
}

static int
fake_pcscd_find(struct pcscd *p, char error[VCARD_ERROR_MAX])
{
	(void)p;
	return part("pcscd_find", error);
}

static int
fake_pcscd_prepare(const struct pcscd *p, size_t cards, uint16_t port,
    char error[VCARD_ERROR_MAX])
{
	(void)p;
	(void)cards;
	(void)port;
	return part("pcscd_prepare", error);
}

static int
fake_pcscd_start(struct pcscd *p, char error[VCARD_ERROR_MAX])
{
	if (part("pcscd_start", error) != 0)
		return -1;
	p->pid = PCSCD_PID;
	return 0;
}

static void
fake_pcscd_stop(struct pcscd *p, bool hard)
{
	(void)part(hard ? "pcscd_kill" : "pcscd_stop", NULL);
	p->pid = 0;
}

static bool
fake_pcscd_has_ended(struct pcscd *p)
{
	if (pcscd_ends) {
		p->pid = 0;
		p->status = SIGSEGV;
	}
	return p->pid == 0;
}

static int
fake_pcscd_await(const struct pcscd *p, size_t card, bool is_present,
    char error[VCARD_ERROR_MAX])
{
	(void)p;
	assert_int_equal(card, 0);
	return part(is_present ? "await_card" : "await_none", error);
}

static int
fake_child_make(struct child *c, char *const argv[], const sigset_t *mask,
    char error[VCARD_ERROR_MAX])
{
	(void)argv;
	(void)mask;
	memset(c, 0, sizeof(*c));
	c->go = -1;
	if (part("child_make", error) != 0)
		return -1;
	c->pid = COMMAND_PID;
	return 0;
}

static void
fake_child_reap(struct child *c, pid_t except)
{
	(void)except;
	c->ended = c->ended || command_ends || strstr(killed, " 9;") != NULL;
	c->status = code_at_end << 8;
}

static int
fake_station_open(struct station *s, const struct station_options *options,
    const struct control_host *hooks, char error[VCARD_ERROR_MAX])
{
	(void)options;
	assert_non_null(hooks);
	if (part("station_open", error) != 0)
		return -1;
	s->n = 1;
	return 0;
}

/* A signal that waits to be read; from: SI_KERNEL, SI_USER. */
static void
put_signal(int signum, int from)
{
	struct signalfd_siginfo si = { .ssi_signo = (uint32_t)signum,
	    .ssi_code = from };

	assert_int_equal(write(queue[1], &si, sizeof(si)), sizeof(si));
}

static enum station_event
fake_station_wait(struct station *s, int fd, int timeout_ms)
{
	(void)s;
	assert_int_equal(fd, queue[0]);
	assert_true(timeout_ms == -1 || timeout_ms == 100);
	assert_true(event_at < COUNT(events));
	/* In the second wait the grace passes; SIGKILL ends the command. */
	if (event_at == 1)
		monotonic += grace;
	if (strstr(killed, " 9;") != NULL)
		put_signal(SIGCHLD, SI_USER);
	return events[event_at++];
}

static int
fake_kill(pid_t pid, int signum)
{
	size_t at = strlen(killed);

	(void)snprintf(killed + at, sizeof(killed) - at, "%ld %d;", (long)pid,
	    signum);
	return 0;
}

static int
fake_signalfd(int fd, const sigset_t *set, int flags)
{
	(void)flags;
	assert_int_equal(fd, -1);
	assert_int_equal(sigismember(set, SIGCHLD), 1);
	return part("signalfd", NULL) == 0 ? dup2(queue[0], queue[0]) : -1;
}

static int
fake_close(int fd)
{
	assert_int_equal(fd, queue[0]);
	return 0;
}

static int
fake_setenv(const char *name, const char *value, int over)
{
	assert_true(value != NULL && over != 0);
	return part(name, NULL);
}

static int
fake_unsetenv(const char *name)
{
	return part(name, NULL);
}

static int
fake_clock(clockid_t id, struct timespec *out)
{
	assert_int_equal(id, CLOCK_MONOTONIC);
	*out = (struct timespec){ monotonic, 0 };
	return 0;
}

static int
fake_sleep(const struct timespec *ts, struct timespec *rest)
{
	(void)ts;
	(void)rest;
	return 0;
}

static bool
fake_present(struct vlink *link)
{
	(void)link;
	return has_card;
}

static bool
fake_seen(struct vpcd *vpcd)
{
	(void)vpcd;
	return seen;
}

static void
fake_kick(struct vpcd *vpcd)
{
	(void)vpcd;
	kicks++;
}

static bool
fake_hurry(struct vpcd *vpcd)
{
	fake_kick(vpcd);
	return true;
}

static char said[VCARD_ERROR_MAX];

static int
fake_fail(const char *error)
{
	(void)snprintf(said, sizeof(said), "%s", error);
	return CLI_FAILED;
}

static char *
fake_getcwd(char *out, size_t n)
{
	return part("getcwd", NULL) == 0 ? getcwd(out, n) : NULL;
}

static void *
fake_calloc(size_t n, size_t size)
{
	return part("calloc", NULL) == 0 ? calloc(n, size) : NULL;
}

#define space_enter	fake_space_enter
#define space_make_run	fake_space_make_run
#define space_make_net	fake_space_make_net
#define vcard_create	fake_vcard_create
#define pcscd_find	fake_pcscd_find
#define pcscd_prepare	fake_pcscd_prepare
#define pcscd_start	fake_pcscd_start
#define pcscd_stop	fake_pcscd_stop
#define pcscd_has_ended	fake_pcscd_has_ended
#define pcscd_await	fake_pcscd_await
#define child_make	fake_child_make
#define child_go(c)	((void)part("child_go", NULL))
#define child_reap	fake_child_reap
#define child_end_all(c, except)	((void)part("child_end_all", NULL))
#define station_open	fake_station_open
#define station_close(s)	((void)part("station_close", NULL))
#define station_wait	fake_station_wait
#define vlink_present	fake_present
#define vpcd_seen	fake_seen
#define vpcd_kick	fake_kick
#define vpcd_hurry	fake_hurry
#define cli_fail	fake_fail
#define kill		fake_kill
#define signalfd(fd, set, flags)	fake_signalfd(fd, set, flags)
#define close		fake_close
#define setenv		fake_setenv
#define unsetenv	fake_unsetenv
#define clock_gettime	fake_clock
#define nanosleep	fake_sleep
#define getcwd		fake_getcwd
#define calloc		fake_calloc
#undef _GNU_SOURCE
#include "tools/vcard/world.c"
#undef close

static struct world_options options;

static int
run_world(void)
{
	static char name[] = "command";
	static char *const command[] = { name, NULL };
	sigset_t before;
	int code;

	assert_int_equal(sigprocmask(SIG_SETMASK, NULL, &before), 0);
	code = world_run(&options, command);
	assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
	return code;
}

static void
a_world_is_made_in_order_and_unmade(void **state)
{
	(void)state;
	command_ends = true;
	code_at_end = 7;
	put_signal(SIGCHLD, SI_USER);
	/* It ends before it is let go, and is found so at once. */
	assert_int_equal(run_world(), 7);
	assert_string_equal(done, "calloc;pcscd_find;signalfd;space_enter;"
	    "space_make_run;vcard_create;pcscd_prepare;JPKI_VCARD_CONTROL;"
	    "JPKI_VCARD_LOG;JPKI_VCARD_DIR;PCSCLITE_CSOCK_NAME;"
	    "PCSCLITE_FILTER_IGNORE_READER_NAMES;"
	    "PCSCLITE_FILTER_EXTEND_READER_NAMES;child_make;space_make_net;"
	    "station_open;pcscd_start;await_card;child_go;child_end_all;"
	    "pcscd_stop;station_close;");
	assert_string_equal(killed, "");
}

/* Whichever part fails: it says so, and all that was made is ended. */
static void
each_part_may_fail(void **state)
{
	static const struct {
		const char *part, *error;
	} rows[] = {
		{ "calloc", "no memory" },
		{ "pcscd_find", "no pcscd_find" },
		{ "signalfd", "cannot wait for signals" },
		{ "space_enter", "no space_enter" },
		{ "space_make_run", "no space_make_run" },
		{ "vcard_create", "no vcard_create" },
		{ "pcscd_prepare", "no pcscd_prepare" },
		{ "JPKI_VCARD_CONTROL", "no memory" },
		{ "JPKI_VCARD_LOG", "no memory" },
		{ "JPKI_VCARD_DIR", "no memory" },
		{ "PCSCLITE_CSOCK_NAME", "no memory" },
		{ "PCSCLITE_FILTER_IGNORE_READER_NAMES", "no memory" },
		{ "PCSCLITE_FILTER_EXTEND_READER_NAMES", "no memory" },
		{ "child_make", "no child_make" },
		{ "space_make_net", "no space_make_net" },
		{ "station_open", "no station_open" },
		{ "pcscd_start", "no pcscd_start" },
		{ "await_card", "no await_card" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		failing = rows[i].part;
		done[0] = said[0] = '\0';
		options.station.dirs_n = 0;
		options.station.log = options.station.control = NULL;
		expect_int(rows[i].part, run_world(), CLI_FAILED);
		expect_true(rows[i].part, strstr(said, rows[i].error) == said);
		expect_true(rows[i].part, strstr(done, "child_go") == NULL);
		/* From where there is something to end. */
		expect_int(rows[i].part, strstr(done, "child_end_all;"
		    "pcscd_stop;station_close;") != NULL, i > 1);
	}
	assert_string_equal(killed, "");
}

static void
paths_become_absolute_or_are_refused(void **state)
{
	char path[PATH_MAX + 8], out[PATH_MAX], error[VCARD_ERROR_MAX];

	(void)state;
	memset(path, 'a', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(make_absolute(path, out, error), -1);
	assert_non_null(strstr(error, "is too long"));
	path[0] = '/';
	assert_int_equal(make_absolute(path, out, error), -1);
	assert_int_equal(make_absolute("/a", out, error), 0);
	assert_string_equal(out, "/a");
	assert_int_equal(make_absolute("a", out, error), 0);
	assert_int_equal(out[0], '/');
	failing = "getcwd";
	assert_int_equal(make_absolute("a", out, error), -1);

	/* Of each of them. */
	failing = NULL;
	options.station.log = path;
	assert_int_equal(run_world(), CLI_FAILED);
	options.station.log = NULL;
	options.station.control = path;
	assert_int_equal(run_world(), CLI_FAILED);
	options.station.control = NULL;
	options.station.dirs[0] = path;
	options.station.dirs_n = 1;
	assert_int_equal(run_world(), CLI_FAILED);
	assert_null(strstr(done, "space_enter"));
}

static void
an_early_end_lets_no_command_go(void **state)
{
	(void)state;
	put_signal(SIGCHLD, SI_USER);
	put_signal(SIGTERM, SI_USER);
	assert_int_equal(run_world(), 128 + SIGTERM);
	assert_null(strstr(done, "child_go"));
	assert_non_null(strstr(done, "child_end_all"));
}

/* A world in which a command runs. */
static struct world *
new_world(void)
{
	static struct world w;

	memset(&w, 0, sizeof(w));
	w.signals = queue[0];
	w.child.pid = COMMAND_PID;
	w.pcscd.pid = PCSCD_PID;
	w.station.n = 1;
	return &w;
}

static void
signals_are_passed_on_but_for_the_terminal_s(void **state)
{
	struct world *w = new_world();
	char wanted[64];

	(void)state;
	put_signal(SIGINT, SI_KERNEL);
	put_signal(SIGHUP, SI_USER);
	handle_signals(w);
	(void)snprintf(wanted, sizeof(wanted), "%d %d;", COMMAND_PID, SIGHUP);
	assert_string_equal(killed, wanted);
	assert_false(w->has_deadline);
	put_signal(SIGTERM, SI_USER);
	handle_signals(w);
	assert_true(w->has_deadline);
}

/* Its number may be another process's by now. */
static void
a_command_that_has_ended_is_not_signalled(void **state)
{
	struct world *w = new_world();

	(void)state;
	command_ends = true;
	put_signal(SIGCHLD, SI_USER);
	put_signal(SIGTERM, SI_USER);
	events[0] = STATION_SIGNAL;
	monotonic = 100;
	w->has_deadline = true;
	w->deadline.tv_sec = 50;
	live(w);
	assert_true(w->child.ended);
	assert_string_equal(killed, "");
}

/* Asked to end by the control; the time runs out; killed, it ends. */
static void
a_command_that_does_not_end_is_killed(void **state)
{
	struct world *w = new_world();
	char wanted[64];

	(void)state;
	events[0] = STATION_QUIT;
	grace = GRACE_S;
	live(w);
	(void)snprintf(wanted, sizeof(wanted), "%d %d;%d %d;", COMMAND_PID,
	    SIGTERM, COMMAND_PID, SIGKILL);
	assert_string_equal(killed, wanted);
}

static void
the_service_starts_and_stops_on_demand(void **state)
{
	struct world *w = new_world();
	char error[VCARD_ERROR_MAX];

	(void)state;
	assert_int_equal(service(w, "stop", error), 0);
	assert_int_equal(service(w, "kill", error), 0);
	assert_int_equal(service(w, "start", error), 0);
	assert_string_equal(done, "pcscd_stop;pcscd_kill;pcscd_start;"
	    "await_card;");
	assert_int_equal(kicks, 1);
	assert_int_equal(service(w, "walk", error), -1);
	assert_string_equal(error, "pcscd stop, start or kill");
}

static void
a_card_is_awaited_until_the_driver_has_met_it(void **state)
{
	struct world *w = new_world();
	char error[VCARD_ERROR_MAX];

	(void)state;
	/* It never does: the clients decide. */
	seen = false;
	assert_int_equal(await_card(w, 0, error), 0);
	/* The service ends meanwhile. */
	pcscd_ends = true;
	assert_int_equal(await_card(w, 0, error), 0);
	failing = "await_card";
	assert_int_equal(settle(w, 0, error), -1);
	assert_int_equal(kicks, 0);
	has_card = false;
	assert_int_equal(settle(w, 0, error), 0);
	assert_int_equal(kicks, 1);
	assert_string_equal(done, "await_card;await_card;await_none;");
}

static int
set_up(void **state)
{
	(void)state;
	failing = NULL;
	done[0] = killed[0] = said[0] = '\0';
	event_at = 0;
	memset(events, 0, sizeof(events));
	command_ends = pcscd_ends = false;
	has_card = seen = true;
	kicks = 0;
	monotonic = grace = 0;
	code_at_end = 0;
	options = (struct world_options){ .profile = "adult" };
	return pipe2(queue, O_NONBLOCK | O_CLOEXEC);
}

static int
tear_down(void **state)
{
	(void)state;
	(void)close(queue[1]);
	return close(queue[0]);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_world_is_made_in_order_and_unmade),
		TEST(each_part_may_fail),
		TEST(paths_become_absolute_or_are_refused),
		TEST(an_early_end_lets_no_command_go),
		TEST(signals_are_passed_on_but_for_the_terminal_s),
		TEST(a_command_that_has_ended_is_not_signalled),
		TEST(a_command_that_does_not_end_is_killed),
		TEST(the_service_starts_and_stops_on_demand),
		TEST(a_card_is_awaited_until_the_driver_has_met_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
