/* SPDX-License-Identifier: BSD-2-Clause */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "interrupt.h"

extern char **environ;

#define TICK_MS		100	/* between looks for a wish to end */
#define WORDS_MAX	65536	/* the rest of a talkative program is dropped */

/* jpki-tool ignores these; what it starts should not. */
static const int usual[] = { SIGPIPE, SIGXFSZ };

static int
set_signals(posix_spawnattr_t *attr)
{
	sigset_t	set;
	int		failed;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
		(void)sigaddset(&set, usual[i]);
	failed = posix_spawnattr_setsigdefault(attr, &set);
	return failed != 0 ? failed :
	    posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGDEF);
}

static int
set_files(posix_spawn_file_actions_t *files, int out)
{
	int failed = posix_spawn_file_actions_addopen(files, STDIN_FILENO,
	    "/dev/null", O_RDONLY, 0);

	if (failed == 0)
		failed = posix_spawn_file_actions_adddup2(files, out,
		    STDOUT_FILENO);
	return failed != 0 ? failed : posix_spawn_file_actions_adddup2(files,
	    out, STDERR_FILENO);
}

/* The child's pid, or -1 and errno. */
static pid_t
start(const char *path, const char *const argv[], int out)
{
	posix_spawn_file_actions_t	files;
	posix_spawnattr_t		attr;
	pid_t				pid;
	int				failed;

	errno = posix_spawn_file_actions_init(&files);
	if (errno != 0)
		return -1;
	errno = posix_spawnattr_init(&attr);
	if (errno != 0) {
		(void)posix_spawn_file_actions_destroy(&files);
		return -1;
	}
	failed = set_files(&files, out);
	if (failed == 0)
		failed = set_signals(&attr);
	/* POSIX leaves the strings alone, whatever its types say. */
	if (failed == 0)
		failed = posix_spawn(&pid, path, &files, &attr,
		    (char *const *)(uintptr_t)argv, environ);
	(void)posix_spawnattr_destroy(&attr);
	(void)posix_spawn_file_actions_destroy(&files);
	errno = failed;
	return failed == 0 ? pid : -1;
}

/*
 * Until it says something, or ends; false: it was killed.  A signal that is
 * held wakes nobody up, so it is looked for again and again; *left counts down
 * once it is there.
 */
static bool
wait_for_words(int fd, pid_t pid, int *left)
{
	struct pollfd end = { .fd = fd, .events = POLLIN };

	while (poll(&end, 1, TICK_MS) == 0)
		if (interrupt_noted() && (*left -= TICK_MS) <= 0) {
			(void)kill(pid, SIGKILL);
			return false;
		}
	return true;
}

static char *
listen_to(int fd, pid_t pid)
{
	char	*words = NULL, room[1024];
	size_t	 n = 0;
	FILE	*f = open_memstream(&words, &n);
	size_t	 kept = 0;
	ssize_t	 got;
	int	 left = SPAWN_SECONDS * 1000;

	/* Read to the end, so that the program never waits for us. */
	while (wait_for_words(fd, pid, &left)) {
		got = read(fd, room, sizeof room);
		if (got == 0)
			break;
		if (got < 0 && errno != EINTR)
			break;
		if (got < 0 || f == NULL || kept > WORDS_MAX)
			continue;
		kept += fwrite(room, 1, (size_t)got, f);
	}
	if (f == NULL || fclose(f) != 0) {
		free(words);
		return NULL;
	}
	return words;
}

static int
wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int
spawn_run(const char *path, const char *const argv[], char **words)
{
	int	ends[2], status = -1;
	pid_t	pid;

	*words = NULL;
	if (pipe(ends) != 0)
		return -1;
	(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	pid = start(path, argv, ends[1]);
	(void)close(ends[1]);
	if (pid > 0) {
		*words = listen_to(ends[0], pid);
		status = wait_for(pid);
	}
	(void)close(ends[0]);
	return status;
}
