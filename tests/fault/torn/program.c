/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs that are run, through the proxy or not. */
#define _GNU_SOURCE		/* pipe2, environ */
#include "torn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ENVIRONMENT_MAX	512
#define SOCKET_VARIABLE	"PCSCLITE_CSOCK_NAME="
#define FIRST_PIN_FD	3
#define STREAMS		2	/* stdout and stderr */

/* A program that runs. */
struct running {
	pid_t	 pid;
	int	 fds[STREAMS];	/* -1: it closed them */
	char	*texts[STREAMS];
	size_t	 n[STREAMS];
};

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
close_all(int *fds, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

/*
 * The child's descriptors beyond the streams must not lie where the PINs are
 * to be, or the one would be overwritten by the other.
 */
static int
high(int fd)
{
	int moved = fcntl(fd, F_DUPFD_CLOEXEC, 16);

	close(fd);
	return moved;
}

static bool
make_pipe(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	ends[0] = high(ends[0]);
	ends[1] = high(ends[1]);
	return ends[0] >= 0 && ends[1] >= 0;
}

/* The reading end of a pipe that holds a text; -1. */
static int
pipe_of(const char *text)
{
	int ends[2] = { -1, -1 };
	bool done;

	if (!make_pipe(ends)) {
		close_all(ends, 2);
		return -1;
	}
	done = write(ends[1], text, strlen(text)) == (ssize_t)strlen(text);
	close(ends[1]);
	if (!done)
		close_all(ends, 1);
	return ends[0];
}

/* The environment with pcscd's socket in it. */
static void
fill_environment(const char *socket, char variable[160],
    char *environment[ENVIRONMENT_MAX])
{
	size_t i, n = 0;

	for (i = 0; environ[i] != NULL && n < ENVIRONMENT_MAX - 2; i++)
		if (strncmp(environ[i], SOCKET_VARIABLE,
		    strlen(SOCKET_VARIABLE)) != 0)
			environment[n++] = environ[i];
	if (socket != NULL) {
		snprintf(variable, 160, SOCKET_VARIABLE "%s", socket);
		environment[n++] = variable;
	}
	environment[n] = NULL;
}

static bool
spawn(const struct program *program, const char *socket, int out, int err,
    pid_t *pid)
{
	char *environment[ENVIRONMENT_MAX], variable[160], *argv[13];
	int pins[2] = { -1, -1 }, rc = 0;
	posix_spawn_file_actions_t a;
	size_t i;

	fill_environment(socket, variable, environment);
	memset(argv, 0, sizeof(argv));
	memcpy(argv, program->argv, sizeof(program->argv));
	posix_spawn_file_actions_init(&a);
	posix_spawn_file_actions_addopen(&a, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&a, out, 1);
	posix_spawn_file_actions_adddup2(&a, err, 2);
	for (i = 0; i < 2 && program->pins[i] != NULL; i++) {
		pins[i] = pipe_of(program->pins[i]);
		posix_spawn_file_actions_adddup2(&a, pins[i],
		    FIRST_PIN_FD + (int)i);
	}
	rc = posix_spawn(pid, argv[0], &a, NULL, argv, environment);
	posix_spawn_file_actions_destroy(&a);
	close_all(pins, 2);
	return rc == 0;
}

static bool
start(const struct program *program, const char *socket, struct running *r)
{
	int out[2] = { -1, -1 }, err[2] = { -1, -1 };
	bool done;

	done = make_pipe(out) && make_pipe(err) &&
	    spawn(program, socket, out[1], err[1], &r->pid);
	close_all(out + 1, 1);
	close_all(err + 1, 1);
	r->fds[0] = out[0];
	r->fds[1] = err[0];
	if (!done)
		close_all(r->fds, STREAMS);
	return done;
}

/* What is too much is read and forgotten. */
static void
hear(struct running *r, size_t stream)
{
	char rest[256], *to = r->texts[stream] + r->n[stream];
	size_t room = TEXT_MAX - 1 - r->n[stream];
	ssize_t got;

	if (room == 0)
		got = read(r->fds[stream], rest, sizeof(rest));
	else
		got = read(r->fds[stream], to, room);
	if (got < 0 && errno == EINTR)
		return;
	if (got <= 0)
		close_all(&r->fds[stream], 1);
	else if (room > 0)
		r->n[stream] += (size_t)got;
}

/* Until both streams are closed, and pcscd has ended what was torn. */
static bool
talk(struct running *r, struct proxy *proxy, int64_t until)
{
	struct pollfd fds[STREAMS + PROXY_FDS_MAX];
	size_t i, n;

	for (;;) {
		for (i = 0; i < STREAMS; i++)
			fds[i] = (struct pollfd){ .fd = r->fds[i],
			    .events = POLLIN };
		n = proxy == NULL ? 0 : proxy_fds(proxy, fds + STREAMS);
		if (r->fds[0] < 0 && r->fds[1] < 0 &&
		    (proxy == NULL || proxy_idle(proxy)))
			return true;
		if (now_ms() >= until)
			return false;
		if (poll(fds, (nfds_t)(STREAMS + n), 1000) < 0)
			continue;
		for (i = 0; i < STREAMS; i++)
			if (fds[i].revents != 0)
				hear(r, i);
		if (proxy != NULL)
			proxy_step(proxy, fds + STREAMS, n);
	}
}

/* It has closed its streams, or hangs. */
static int
finish(pid_t pid, bool *hung, int64_t until)
{
	const struct timespec pause = { 0, 200000 };
	int status = 0;

	while (!*hung && waitpid(pid, &status, WNOHANG) == 0) {
		*hung = now_ms() >= until;
		nanosleep(&pause, NULL);
	}
	if (*hung) {
		kill(pid, SIGKILL);
		(void)waitpid(pid, &status, 0);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status);
}

bool
program_run(const struct program *program, struct proxy *proxy,
    const char *socket, struct said *said)
{
	struct running r = { .texts = { said->out, said->err } };
	int64_t until = now_ms() + PATIENCE_MS;

	if (!start(program, socket, &r)) {
		fprintf(stderr, "%s cannot be run\n", program->argv[0]);
		return false;
	}
	said->hung = !talk(&r, proxy, until);
	close_all(r.fds, STREAMS);
	said->code = finish(r.pid, &said->hung, until);
	said->out[r.n[0]] = '\0';
	said->err[r.n[1]] = '\0';
	return true;
}
