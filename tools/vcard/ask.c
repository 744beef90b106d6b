/* SPDX-License-Identifier: BSD-2-Clause */
/* A program is asked, without a shell in between. */
#define _GNU_SOURCE		/* pipe2 */
#include "ask.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static void
become_answer(int out, const char *program, const char *option)
{
	int null = open("/dev/null", O_RDONLY);

	dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	execl(program, program, option, (char *)NULL);
	_exit(127);
}

void
program_ask(const char *program, const char *option, char *out, size_t room)
{
	size_t n = 0;
	ssize_t got;
	int ends[2];
	pid_t pid;

	out[0] = '\0';
	if (pipe2(ends, O_CLOEXEC) != 0)
		return;
	if ((pid = fork()) == 0)
		become_answer(ends[1], program, option);
	close(ends[1]);
	while (n < room - 1 &&
	    (got = read(ends[0], out + n, room - 1 - n)) > 0)
		n += (size_t)got;
	close(ends[0]);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	out[n] = '\0';
}
