/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE		/* pipe2 */
#include "pool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"

#define RESTARTS_MAX	20	/* of all worlds together */
#define PATH_ROOM	512

struct member {
	pid_t		pid;	/* of "jpki-vcard run"; 0: none */
	struct cell	cell;
	bool		busy;
};

struct pool {
	char		 folder[PATH_ROOM];
	struct member	*members;
	unsigned	 n, restarts;
	int		 cells[2], reports[2];
};

/*
 * The cards: one is made, each world has a copy, in which each PIN has lost a
 * try, so that a login is seen on the counter.
 */

static bool
run_program(char *const argv[])
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		execv(argv[0], argv);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

/* "pin auth 3 1234" becomes "pin auth 2 1234". */
static void
state_line(FILE *out, const char *line)
{
	char name[NAME_ROOM];

	for (unsigned i = 0; i < CARD_PINS; i++)
		if (sscanf(line, "pin %31s", name) == 1 &&
		    strcmp(name, pin_rows[i].name) == 0) {
			fprintf(out, "pin %s %d %s\n", name,
			    pin_rows[i].tries, pin_rows[i].value);
			return;
		}
	fputs(line, out);
}

static bool
state_set(const char *card)
{
	char path[PATH_ROOM + 16], lines[64][256];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/state", card);
	if ((f = fopen(path, "re")) == NULL)
		return false;
	while (n < 64 && fgets(lines[n], sizeof(lines[n]), f) != NULL)
		n++;
	fclose(f);
	if ((f = fopen(path, "we")) == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		state_line(f, lines[i]);
	return fclose(f) == 0;
}

static bool
make_card(struct pool *p)
{
	static char create[] = "create";
	char path[PATH_ROOM + 8], *vcard = getenv("JPKI_VCARD");
	char *argv[] = { vcard, create, path, NULL };

	snprintf(path, sizeof(path), "%s/card", p->folder);
	return vcard != NULL && run_program(argv) && state_set(path);
}

static bool
make_folder(struct pool *p, unsigned i)
{
	char from[PATH_ROOM + 8], to[PATH_ROOM + 32];

	snprintf(from, sizeof(from), "%s/card", p->folder);
	snprintf(to, sizeof(to), "%s/card-%u", p->folder, i);
	if (!files_copy(from, to))
		return false;
	snprintf(to, sizeof(to), "%s/bench-%u", p->folder, i);
	return mkdir(to, 0700) == 0;
}

/*
 * Worlds.
 */

static void
become_world(const struct pool *p, unsigned i)
{
	char self[PATH_ROOM], card[PATH_ROOM + 32], bench[PATH_ROOM + 32];
	char cells[16], reports[16], number[16];
	const char *vcard = getenv("JPKI_VCARD");
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[n > 0 ? n : 0] = '\0';
	snprintf(card, sizeof(card), "%s/card-%u", p->folder, i);
	snprintf(bench, sizeof(bench), "%s/bench-%u", p->folder, i);
	snprintf(cells, sizeof(cells), "%d", p->cells[0]);
	snprintf(reports, sizeof(reports), "%d", p->reports[1]);
	snprintf(number, sizeof(number), "%u", i);
	(void)fcntl(p->cells[0], F_SETFD, 0);
	(void)fcntl(p->reports[1], F_SETFD, 0);
	if (vcard != NULL)
		execl(vcard, "jpki-vcard", "run", card, "--", self, "worker",
		    cells, reports, number, bench, (char *)NULL);
	_exit(127);
}

static bool
start_world(struct pool *p, unsigned i)
{
	struct member *m = &p->members[i];

	m->busy = false;
	m->pid = fork();
	if (m->pid == 0)
		become_world(p, i);
	return m->pid > 0;
}

struct pool *
pool_new(unsigned worlds)
{
	struct pool *p = calloc(1, sizeof(*p));
	const char *tmp = getenv("TMPDIR");
	bool ok;

	if (p == NULL)
		return NULL;
	p->n = worlds;
	p->members = calloc(worlds, sizeof(*p->members));
	snprintf(p->folder, sizeof(p->folder), "%.400s/faults.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	ok = p->members != NULL && mkdtemp(p->folder) != NULL &&
	    make_card(p) && pipe2(p->cells, O_CLOEXEC) == 0 &&
	    pipe2(p->reports, O_CLOEXEC) == 0;
	for (unsigned i = 0; ok && i < worlds; i++)
		ok = make_folder(p, i) && start_world(p, i);
	if (!ok)
		pool_free(&p);
	return p;
}

/* Without cells to come, workers end, and their worlds with them. */
void
pool_free(struct pool **pool)
{
	struct pool *p = *pool;

	if (p == NULL)
		return;
	if (p->cells[1] > 0)
		close(p->cells[1]);
	for (unsigned i = 0; p->members != NULL && i < p->n; i++)
		if (p->members[i].pid > 0)
			(void)waitpid(p->members[i].pid, NULL, 0);
	files_remove(p->folder);
	free(p->members);
	free(p);
	*pool = NULL;
}

/*
 * Cells.
 */

struct job {
	struct pool		*pool;
	const struct cell	*cells;
	size_t			 n, given, done;
	pool_fn			*fn;
	void			*user;
	bool			 died_idle;	/* maybe with a cell in hand */
};

static void
hear(struct job *j)
{
	struct member *m;
	struct report r;

	if (read(j->pool->reports[0], &r, sizeof(r)) != (ssize_t)sizeof(r))
		return;
	m = &j->pool->members[r.worker];
	m->cell = r.cell;
	m->busy = r.kind == REPORT_BEGUN;
	if (m->busy)
		return;
	j->done++;
	j->fn(j->user, &r);
}

/* Worlds that ended although nobody told them to. */
static bool
bury(struct job *j)
{
	struct pool *p = j->pool;
	unsigned alive = 0;

	for (unsigned i = 0; i < p->n; i++) {
		struct member *m = &p->members[i];
		struct report r = { .kind = REPORT_DONE, .cell = m->cell,
		    .deviates = true, .worker = (uint16_t)i };

		if (m->pid > 0 && waitpid(m->pid, NULL, WNOHANG) == m->pid) {
			m->pid = 0;
			snprintf(r.text, sizeof(r.text), "the world ended");
			if (m->busy) {
				j->done++;
				j->fn(j->user, &r);
			} else {
				j->died_idle = true;
			}
			m->busy = false;
			if (p->restarts++ < RESTARTS_MAX)
				(void)start_world(p, i);
		}
		alive += m->pid > 0;
	}
	return alive > 0;
}

/*
 * Nobody does anything, and cells are missing: who took them ended before it
 * could say so.
 */
static void
miss(struct job *j)
{
	struct report r = { .kind = REPORT_DONE, .deviates = true };
	const struct pool *p = j->pool;
	int waiting = 0;

	if (!j->died_idle || j->given < j->n ||
	    ioctl(p->cells[0], FIONREAD, &waiting) != 0 || waiting > 0)
		return;
	for (unsigned i = 0; i < p->n; i++)
		if (p->members[i].busy)
			return;
	r.cell = j->cells[j->n - 1];
	snprintf(r.text, sizeof(r.text), "a world ended before its cell, this "
	    "or another, had begun");
	for (; j->done < j->n; j->done++)
		j->fn(j->user, &r);
}

bool
pool_run(struct pool *p, const struct cell *cells, size_t n, pool_fn *fn,
    void *user)
{
	struct job j = { p, cells, n, 0, 0, fn, user, false };

	while (j.done < n) {
		struct pollfd fds[2] = {
			{ .fd = p->reports[0], .events = POLLIN },
			{ .fd = j.given < n ? p->cells[1] : -1,
			    .events = POLLOUT },
		};

		if (poll(fds, 2, 1000) == 0)
			miss(&j);
		/* Reports first: a full pipe would hold all workers up. */
		if ((fds[0].revents & POLLIN) != 0)
			hear(&j);
		else if ((fds[1].revents & POLLOUT) != 0 &&
		    write(p->cells[1], &cells[j.given], sizeof(*cells)) ==
		    (ssize_t)sizeof(*cells))
			j.given++;
		else if (!bury(&j))
			return false;
	}
	return true;
}
