/* SPDX-License-Identifier: BSD-2-Clause */
/* Attempts of a program that has loaded the module. */
#define _GNU_SOURCE		/* pipe2 */
#include "attempt.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "client.h"

/* What the two say to each other. */
#define SAYS_READY	'r'	/* the client: begun, or done */
#define SAYS_PAUSE	'p'	/* the client: go on? */
#define SAYS_GO		'g'
#define SAYS_FIRST	'1'
#define SAYS_SAME	'2'
#define SAYS_FRESH	'3'
#define SAYS_END	'e'

struct client_run {
	pid_t		 pid;
	int		 to, from;
	struct shared	*shared;
	const struct operation *op;
	bool		 over;		/* waited for */
	int		 status;
};

/*
 * In its process.
 */

static void
say(const struct client *c, char what)
{
	if (write(c->out, &what, 1) != 1)
		_exit(3);
}

static char
hear(const struct client *c)
{
	char what;

	if (read(c->in, &what, 1) != 1)
		_exit(3);
	return what;
}

CK_RV
called(struct client *c, const char *name, CK_RV rv)
{
	struct shared *s = c->shared;

	if (s->calls < STEPS_MAX) {
		snprintf(s->call[s->calls].name, NAME_ROOM, "%s", name);
		s->call[s->calls++].rv = rv;
	}
	return rv;
}

static void
pause_if_asked(const struct client *c, int step)
{
	struct shared *s = c->shared;

	if (s->pause != step && !s->pause_next)
		return;
	s->pause_next = 0;
	say(c, SAYS_PAUSE);
	(void)hear(c);
}

static CK_RV
do_steps(struct client *c, step_fn *const *steps, bool may_pause)
{
	CK_RV rv = CKR_OK;

	for (int i = 0; rv == CKR_OK && steps[i] != NULL; i++) {
		if (may_pause)
			pause_if_asked(c, i);
		rv = steps[i](c);
	}
	return rv;
}

static void
do_way(struct client *c, char way)
{
	CK_RV rv = CKR_OK;

	c->fresh = way == SAYS_FRESH;
	if (way == SAYS_FRESH) {
		if (c->session != 0)
			(void)c->f->C_CloseSession(c->session);
		rv = do_steps(c, c->op->before, false);
	}
	c->shared->out_n = 0;
	if (rv == CKR_OK)
		rv = do_steps(c, c->op->steps, true);
	c->shared->rv = rv;
}

/* Returns the exit status: a program always gets out of the module. */
static int
live(struct client *c)
{
	char way;

	c->shared->rv = do_steps(c, c->op->before, false);
	say(c, SAYS_READY);
	while ((way = hear(c)) != SAYS_END) {
		do_way(c, way);
		say(c, SAYS_READY);
	}
	return c->initialized && c->f->C_Finalize(NULL) != CKR_OK ? 4 : 0;
}

/*
 * From outside.
 */

void *
client_load(const char *path)
{
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	CK_C_GetFunctionList get;
	CK_FUNCTION_LIST *list = NULL;

	if (library == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		return NULL;
	}
	/* ISO C knows no way from an object to a function. */
	*(void **)&get = dlsym(library, "C_GetFunctionList");
	if (get == NULL || get(&list) != CKR_OK)
		fprintf(stderr, "%s: no C_GetFunctionList\n", path);
	return list;
}

static struct shared *
share(void)
{
	void *p = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED ? p : NULL;
}

static void
note_end(struct client_run *r)
{
	while (!r->over && waitpid(r->pid, &r->status, 0) < 0 &&
	    errno == EINTR)
		;
	r->over = true;
}

/* A byte of the client's; 0: it is dead or hangs, which is in a then. */
static char
await(struct client_run *r, struct attempt *a)
{
	struct pollfd fd = { .fd = r->from, .events = POLLIN };
	char what = 0;

	if (poll(&fd, 1, BOUND_S * 1000) == 0) {
		a->hung = true;
		(void)kill(r->pid, SIGKILL);
	}
	if (a->hung || read(r->from, &what, 1) != 1) {
		note_end(r);
		a->signal = WIFSIGNALED(r->status) ? WTERMSIG(r->status) : 0;
		a->code = WIFEXITED(r->status) ? WEXITSTATUS(r->status) : -1;
		what = 0;
	}
	return what;
}

static void
tell(struct client_run *r, char what)
{
	if (!r->over && write(r->to, &what, 1) != 1)
		(void)kill(r->pid, SIGKILL);
}

static void
take(struct attempt *a, struct shared *s)
{
	memcpy(a->call, s->call, sizeof(a->call));
	a->calls = s->calls;
	a->rv = s->rv;
	memcpy(a->signature, s->signature, sizeof(a->signature));
	a->signatures = s->signatures;
	a->out = malloc(s->out_n + 1);
	if (a->out == NULL)
		return;
	memcpy(a->out, s->out, s->out_n);
	a->out_n = s->out_n;
}

static void
prepare(struct shared *s, const char *now, const char *next, int pause)
{
	snprintf(s->now, sizeof(s->now), "%s", now);
	snprintf(s->next, sizeof(s->next), "%s", next);
	s->calls = s->signatures = s->out_n = 0;
	s->rv = CKR_GENERAL_ERROR;
	s->pause = pause;
	s->pause_next = 0;
}

static void
become_client(const struct bench *b, const struct operation *op,
    struct shared *shared, int in, int out)
{
	struct client c = { .f = b->module, .op = op, .shared = shared,
	    .slot = op->pin == CARD_SIGN ? 1 : 0, .in = in, .out = out };

	_exit(live(&c));
}

bool
client_start(struct bench *b, const struct operation *op,
    struct client_run **out, struct attempt *a)
{
	const struct pin_row *pin = &pin_rows[op->pin % CARD_PINS];
	struct client_run *r = calloc(1, sizeof(*r));
	bool ok = false;
	int to[2], from[2];

	memset(a, 0, sizeof(*a));
	if (r == NULL || (r->shared = share()) == NULL ||
	    pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
		goto out;
	prepare(r->shared, pin->value, pin->other, -1);
	r->op = op;
	r->pid = fork();
	if (r->pid < 0)
		goto out;
	if (r->pid == 0) {
		close(to[1]);
		close(from[0]);
		become_client(b, op, r->shared, to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	r->to = to[1];
	r->from = from[0];
	(void)await(r, a);
	take(a, r->shared);
	*out = r;
	r = NULL;
	ok = true;
out:
	free(r);
	return ok;
}

/* At a held command: act; what has to wait for its turn gets one. */
static void
act_held(struct bench *b, struct client_run *r, struct meanwhile *m)
{
	b->world.client = r->pid;
	m->failed = !world_ask(&b->world, "held %d", BOUND_S);
	if (!m->failed) {
		r->shared->pause_next = m->fault->act == act_neighbour_waits;
		m->failed = !m->fault->act(&b->world);
	}
	b->world.client = 0;
}

/* The call has begun by then, or begins now: both happen in life. */
static void
act_while_waiting(struct bench *b, struct meanwhile *m)
{
	static const struct timespec pause = { 0, 150 * 1000 * 1000 };

	(void)nanosleep(&pause, NULL);
	m->failed = !m->fault->act(&b->world);
}

bool
client_go(struct bench *b, struct client_run *r, enum client_way way,
    const char *now, const char *next, struct meanwhile *m,
    struct attempt *a)
{
	static const char ways[] = {
		[CLIENT_FIRST] = SAYS_FIRST,
		[CLIENT_SAME] = SAYS_SAME,
		[CLIENT_FRESH] = SAYS_FRESH,
	};
	bool acts = m != NULL && m->fault != NULL && m->fault->act != NULL;

	memset(a, 0, sizeof(*a));
	prepare(r->shared, now, next, m != NULL && !r->op->waits ? m->step :
	    -1);
	tell(r, ways[way]);
	if (acts && m->step < 0)
		act_held(b, r, m);
	else if (acts && r->op->waits)
		act_while_waiting(b, m);
	while (await(r, a) == SAYS_PAUSE) {
		if (acts && m->step >= 0)
			m->failed = !m->fault->act(&b->world);
		else
			world_settle(&b->world);
		tell(r, SAYS_GO);
	}
	take(a, r->shared);
	return true;
}

void
client_end(struct client_run **run, struct attempt *a)
{
	struct client_run *r = *run;

	memset(a, 0, sizeof(*a));
	if (r == NULL)
		return;
	tell(r, SAYS_END);
	while (!r->over && await(r, a) != 0)
		;
	close(r->to);
	close(r->from);
	(void)munmap(r->shared, sizeof(*r->shared));
	free(r);
	*run = NULL;
}
