/* SPDX-License-Identifier: BSD-2-Clause */
/* Attempts of jpki-tool. */
#define _GNU_SOURCE		/* pipe2 */
#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "terminal.h"

#define ARGS_MAX	24
#define OUT_ROOM	(64 * 1024)
#define LOOK_MS		5	/* how often the card is asked: held? */
#define BEGUN_MS	150	/* until an operation that waits does so */

enum { IN, OUT, ERR, PIPES };

/* What the tool says on one stream. */
struct hearing {
	char	*p;
	size_t	 n;
};

struct tool_run {
	struct bench		*bench;
	const struct operation	*op;
	struct meanwhile	*m;
	pid_t			 pid;
	int			 mine[PIPES], its[PIPES];
	struct hearing		 heard[PIPES];
	struct terminal		 terminal;
	bool			 acted;
	long			 begun;		/* ms, of no particular clock */
};

static bool
file_put(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");
	bool ok;

	if (f == NULL)
		return false;
	ok = fputs(text, f) >= 0;
	return fclose(f) == 0 && ok && chmod(path, 0600) == 0;
}

/*
 * In its process.
 */

static void
split(char *text, char *argv[ARGS_MAX])
{
	char *save = NULL, *word;
	size_t n = 1;

	for (word = strtok_r(text, " ", &save);
	    word != NULL && n < ARGS_MAX - 1;
	    word = strtok_r(NULL, " ", &save))
		argv[n++] = word;
	argv[n] = NULL;
}

static void
become_tool(struct tool_run *r)
{
	char program[] = "jpki-tool", text[512], *argv[ARGS_MAX] = { program };

	if (snprintf(text, sizeof(text), "%s", r->op->args) >=
	    (int)sizeof(text))
		_exit(126);
	split(text, argv);
	if (r->op->asks && !terminal_own(&r->terminal))
		_exit(126);
	/* Nobody can be asked where a PIN was given. */
	if (!r->op->asks)
		(void)setsid();
	for (int i = 0; i < PIPES; i++)
		if (dup2(r->its[i], i) < 0)
			_exit(126);
	execv(r->bench->tool, argv);
	_exit(127);
}

/*
 * From outside.
 */

/* False: it has ended what it says there. */
static bool
hear(int fd, struct hearing *h)
{
	ssize_t n;

	if (h->n + 4096 > OUT_ROOM)
		return false;
	n = read(fd, h->p + h->n, 4096);
	if (n < 0 && errno == EINTR)
		return true;
	if (n > 0)
		h->n += (size_t)n;
	return n > 0;
}

static long
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
act(struct tool_run *r)
{
	r->acted = true;
	r->bench->world.client = r->pid;
	r->m->failed = !r->m->fault->act(&r->bench->world);
	r->bench->world.client = 0;
}

static bool
has_act(const struct tool_run *r)
{
	return r->m != NULL && r->m->fault->act != NULL && !r->acted;
}

/* What happens at a held command, or while the tool waits. */
static void
act_in_time(struct tool_run *r)
{
	if (!has_act(r))
		return;
	if (r->m->step < 0 ? world_ask(&r->bench->world, "held 0") :
	    r->op->waits && now_ms() - r->begun > BEGUN_MS)
		act(r);
}

/* A question at the terminal; something may happen before the answer. */
static void
answer(struct tool_run *r)
{
	if (!terminal_asks(&r->terminal))
		return;
	if (has_act(r) && r->m->step == 1)
		act(r);
	terminal_answer(&r->terminal);
}

/* Until it says no more, or the time is over; false: it is. */
static bool
attend(struct tool_run *r)
{
	struct pollfd fds[PIPES] = {
		{ .fd = r->op->asks ? r->terminal.master : -1,
		    .events = POLLIN },
		{ .fd = r->mine[OUT], .events = POLLIN },
		{ .fd = r->mine[ERR], .events = POLLIN },
	};

	r->begun = now_ms();
	while (fds[OUT].fd >= 0 || fds[ERR].fd >= 0) {
		if (now_ms() - r->begun > BOUND_S * 1000L)
			return false;
		(void)poll(fds, PIPES, has_act(r) ? LOOK_MS : 1000);
		act_in_time(r);
		for (int i = OUT; i < PIPES; i++)
			if (fds[i].fd >= 0 && fds[i].revents != 0 &&
			    !hear(r->mine[i], &r->heard[i]))
				fds[i].fd = -1;
		if (fds[IN].revents != 0)
			answer(r);
	}
	return true;
}

static bool
open_pipes(struct tool_run *r)
{
	int ends[2];

	for (int i = OUT; i < PIPES; i++) {
		if (pipe2(ends, O_CLOEXEC) != 0)
			return false;
		r->mine[i] = ends[0];
		r->its[i] = ends[1];
		r->heard[i].p = calloc(1, OUT_ROOM);
		if (r->heard[i].p == NULL)
			return false;
	}
	r->its[IN] = open("letter", O_RDONLY | O_CLOEXEC);
	return r->its[IN] >= 0;
}

static void
close_all(int fds[PIPES])
{
	for (int i = 0; i < PIPES; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

static void
note_end(struct tool_run *r, struct attempt *a)
{
	int status = 0;

	if (a->hung)
		(void)kill(r->pid, SIGKILL);
	while (waitpid(r->pid, &status, 0) < 0 && errno == EINTR)
		;
	a->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	a->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	a->out = r->heard[OUT].p;
	a->out_n = r->heard[OUT].n;
	a->err = r->heard[ERR].p;
}

static bool
begin(struct tool_run *r)
{
	if (!open_pipes(r))
		return false;
	r->pid = fork();
	if (r->pid == 0)
		become_tool(r);
	close_all(r->its);
	return r->pid > 0;
}

bool
tool_run(struct bench *b, const struct operation *op, const char *now,
    const char *next, struct meanwhile *m, struct attempt *a)
{
	struct tool_run r = { .bench = b, .op = op, .m = m,
	    .mine = { -1, -1, -1 }, .its = { -1, -1, -1 },
	    .terminal = { .master = -1, .slave = -1 } };
	bool ok;

	memset(a, 0, sizeof(*a));
	if (has_act(&r) && m->step == 0 && !op->waits)
		act(&r);
	ok = file_put("pin", now) && file_put("new-pin", next) &&
	    (!op->asks || terminal_open(&r.terminal, now, next)) &&
	    begin(&r);
	if (ok) {
		a->hung = !attend(&r);
		note_end(&r, a);
	} else {
		free(r.heard[OUT].p);
		free(r.heard[ERR].p);
	}
	close_all(r.mine);
	close_all(r.its);
	terminal_close(&r.terminal);
	return ok;
}

void
attempt_free(struct attempt *a)
{
	free(a->out);
	free(a->err);
	memset(a, 0, sizeof(*a));
}
