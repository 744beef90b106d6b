/* SPDX-License-Identifier: BSD-2-Clause */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE_FILE	"page"
#define OUT_FILE	"stdout"
#define ERR_FILE	"stderr"
#define PATIENCE_S	120	/* of a busy machine */

struct nomem *
nomem_attach(void)
{
	struct nomem *page = MAP_FAILED;
	char folder[512], path[sizeof(folder) + sizeof("/" PAGE_FILE)];
	int fd;

	fd = open(PAGE_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0 && ftruncate(fd, sizeof(*page)) == 0)
		page = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE,
		    MAP_SHARED, fd, 0);
	if (fd >= 0)
		(void)close(fd);
	if (page == MAP_FAILED || getcwd(folder, sizeof(folder)) == NULL) {
		perror(PAGE_FILE);
		return NULL;
	}
	(void)snprintf(path, sizeof(path), "%s/" PAGE_FILE, folder);
	(void)setenv(NOMEM_FILE, path, 1);
	return page;
}

static void
replace(const char *path, int to)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || dup2(fd, to) < 0)
		_exit(126);
	(void)close(fd);
}

static void
become(char *const argv[], const char *shim)
{
	sigset_t none;
	int fd = open("/dev/null", O_RDONLY);

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (fd < 0 || dup2(fd, STDIN_FILENO) < 0)
		_exit(126);
	(void)close(fd);
	replace(OUT_FILE, STDOUT_FILENO);
	replace(ERR_FILE, STDERR_FILENO);
	(void)setenv("LD_PRELOAD", shim, 1);
	(void)execv(argv[0], argv);
	_exit(127);
}

static size_t
text_read(const char *path, char text[static PROCESS_TEXT_MAX])
{
	FILE *f = fopen(path, "re");
	size_t n = 0;

	if (f != NULL) {
		n = fread(text, 1, PROCESS_TEXT_MAX - 1, f);
		(void)fclose(f);
	}
	text[n] = '\0';
	return n;
}

/* SIGCHLD is blocked: none is lost between the look and the wait. */
static void
wait_for(pid_t pid, struct process *p)
{
	const struct timespec patience = { .tv_sec = PATIENCE_S };
	sigset_t child;

	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	p->hung = false;
	while (waitpid(pid, &p->status, WNOHANG) == 0) {
		if (sigtimedwait(&child, NULL, &patience) >= 0 ||
		    errno == EINTR)
			continue;
		p->hung = true;
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, &p->status, 0);
		return;
	}
}

bool
process_run(char *const argv[], const char *shim, struct process *out)
{
	sigset_t child;
	pid_t pid;

	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &child, NULL);
	pid = fork();
	if (pid < 0) {
		perror("fork");
		return false;
	}
	if (pid == 0)
		become(argv, shim);
	wait_for(pid, out);
	out->out_n = text_read(OUT_FILE, out->out);
	out->err_n = text_read(ERR_FILE, out->err);
	if (WIFEXITED(out->status) && WEXITSTATUS(out->status) >= 126) {
		fprintf(stderr, "%s cannot be run\n", argv[0]);
		return false;
	}
	return true;
}
