/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * peak FILE COMMAND...
 *
 * Runs a command, and writes to FILE how many kilobytes of memory it, or one of
 * those that it started and waited for, had resident at most.  Ends as it does.
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include <stdio.h>
#include <unistd.h>

#define CANNOT_RUN	127

static int
run(char *const command[])
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		(void)execvp(command[0], command);
		perror(command[0]);
		_exit(CANNOT_RUN);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return CANNOT_RUN;
	return WEXITSTATUS(status);
}

int
main(int argc, char *argv[])
{
	struct rusage usage;
	FILE *out;
	int status;

	if (argc < 3) {
		fprintf(stderr, "usage: peak FILE COMMAND...\n");
		return 2;
	}
	status = run(argv + 2);
	out = fopen(argv[1], "w");
	if (out == NULL || getrusage(RUSAGE_CHILDREN, &usage) != 0 ||
	    fprintf(out, "%ld\n", usage.ru_maxrss) < 0 || fclose(out) != 0) {
		perror(argv[1]);
		return CANNOT_RUN;
	}
	return status;
}
