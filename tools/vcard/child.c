/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE		/* pipe2 */
#include "child.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "language.h"
#include "verror.h"

#define CODE_CANNOT	126	/* as shells and env(1) say it */
#define CODE_NOT_FOUND	127
#define PAUSE_MS	5
#define SIGNAL_ROUNDS	40	/* pauses between one signal and the next */
#define POLITE_ROUNDS	400	/* pauses between SIGTERM and SIGKILL */

static void
become_command(int go, char *const argv[], const sigset_t *mask, pid_t parent)
{
	int code;
	char byte;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(CODE_CANNOT);
	if (read(go, &byte, 1) != 1)
		_exit(CODE_CANNOT);
	sigprocmask(SIG_SETMASK, mask, NULL);
	execvp(argv[0], argv);
	code = errno == ENOENT ? CODE_NOT_FOUND : CODE_CANNOT;
	fprintf(stderr, _("jpki-vcard: cannot run %s: %s\n"), argv[0],
	    strerror(errno));
	_exit(code);
}

static int
cannot_make(char error[VCARD_ERROR_MAX])
{
	return vcard_fail(error, "cannot make a process: %s", strerror(errno));
}

int
child_make(struct child *c, char *const argv[], const sigset_t *mask,
    char error[VCARD_ERROR_MAX])
{
	pid_t parent = getpid(), pid;
	int ends[2];

	memset(c, 0, sizeof(*c));
	c->go = -1;
	/* Orphans of the command come to us, who end them in the end. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return cannot_make(error);
	pid = fork();
	if (pid < 0) {
		close(ends[0]);
		close(ends[1]);
		return cannot_make(error);
	}
	if (pid == 0) {
		close(ends[1]);
		become_command(ends[0], argv, mask, parent);
	}
	close(ends[0]);
	c->go = ends[1];
	c->pid = pid;
	return 0;
}

void
child_go(struct child *c)
{
	ssize_t n = write(c->go, "", 1);

	(void)n;	/* fails only if it was killed, which is seen later */
	close(c->go);
	c->go = -1;
}

/* "pid (name) state ppid ..."; the name may hold anything. */
static long
parent_of(pid_t pid)
{
	char path[64], line[512];
	const char *at = NULL;
	long ppid = 0;
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	if ((in = fopen(path, "re")) == NULL)
		return 0;
	if (fgets(line, sizeof(line), in) != NULL)
		at = strrchr(line, ')');
	if (at == NULL || sscanf(at + 1, " %*c %ld", &ppid) != 1)
		ppid = 0;
	fclose(in);
	return ppid;
}

/*
 * Visit our children.  A child keeps its pid until it is waited for, so it
 * cannot have become somebody else's meanwhile.
 */
static size_t
each_child(pid_t except, void (*fn)(pid_t pid, void *arg), void *arg)
{
	const struct dirent *e;
	DIR *proc = opendir("/proc");
	size_t n = 0;
	pid_t pid;

	while (proc != NULL && (e = readdir(proc)) != NULL) {
		pid = (pid_t)atol(e->d_name);
		if (pid <= 0 || pid == except ||
		    parent_of(pid) != (long)getpid())
			continue;
		fn(pid, arg);
		n++;
	}
	if (proc != NULL)
		closedir(proc);
	return n;
}

static void
reap_one(pid_t pid, void *arg)
{
	struct child *c = arg;
	int status;

	if (waitpid(pid, &status, WNOHANG) != pid || pid != c->pid)
		return;
	c->ended = true;
	c->status = status;
}

void
child_reap(struct child *c, pid_t except)
{
	each_child(except, reap_one, c);
}

static void
signal_one(pid_t pid, void *arg)
{
	const int *sig = arg;

	if (*sig != 0)
		kill(pid, *sig);
}

int
child_code(const struct child *c)
{
	if (WIFSIGNALED(c->status))
		return 128 + WTERMSIG(c->status);
	return WEXITSTATUS(c->status);
}

void
child_end_all(struct child *c, pid_t except)
{
	const struct timespec pause = { 0, PAUSE_MS * 1000000 };
	int sig, round = 0;

	if (c->go >= 0)
		close(c->go);
	c->go = -1;
	/* Who became our child since the last time is asked politely, too. */
	for (;; round++) {
		sig = round > POLITE_ROUNDS ? SIGKILL :
		    round % SIGNAL_ROUNDS == 0 ? SIGTERM : 0;
		if (each_child(except, signal_one, &sig) == 0)
			break;
		child_reap(c, except);
		nanosleep(&pause, NULL);
		child_reap(c, except);
	}
}
