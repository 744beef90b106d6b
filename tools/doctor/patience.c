/* SPDX-License-Identifier: BSD-2-Clause */
#include "patience.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

/* What the pipe carries: the reader that is waited for; "": none is. */
struct word {
	char reader[PATIENCE_NAME];
};

static void
tell(const struct patience *p, const char *reader)
{
	struct word word;

	memset(&word, 0, sizeof word);
	(void)snprintf(word.reader, sizeof word.reader, "%s", reader);
	/* Short enough to go as one piece, or not at all. */
	(void)!write(p->tell, &word, sizeof word);
}

bool
patience_lost(const struct patience *p, const char *reader)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->held[i], reader) == 0)
			return true;
	return false;
}

void
patience_wait_begin(const struct patience *p, const char *reader)
{
	tell(p, reader);
}

void
patience_wait_end(const struct patience *p)
{
	tell(p, "");
}

/*
 * jpki_card_open() says nothing between the beginning of its transaction and
 * the answer to its first command, which may take its time; but its log does.
 */
void
patience_hear(void *user, enum jpki_log_level level, const char *line)
{
	if (level == JPKI_LOG_APDU && line[0] == '>')
		patience_wait_end(user);
}

/* The child's pid, or -1; 0 in the child. */
static pid_t
start(struct patience *p, int *listen)
{
	int	ends[2];
	pid_t	child;

	if (pipe(ends) != 0)
		return -1;
	(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	/* If it was ignored by who started us, nobody could be waited for. */
	(void)signal(SIGCHLD, SIG_DFL);
	child = fork();
	p->tell = ends[1];
	*listen = ends[0];
	(void)close(child == 0 ? ends[0] : ends[1]);
	if (child < 0)
		(void)close(ends[0]);
#ifdef __linux__
	/* Who ends the parent means both. */
	if (child == 0)
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
	return child;
}

/* Until the child ends, or waits too long: then for *word's reader. */
static bool
is_late(int listen, struct word *word)
{
	struct pollfd	end = { .fd = listen, .events = POLLIN };
	int		n;

	memset(word, 0, sizeof *word);
	do {
		n = poll(&end, 1, word->reader[0] != '\0' ?
		    PATIENCE_SECONDS * 1000 : -1);
		if (n == 0)
			return true;
	} while ((n < 0 && errno == EINTR) || (n > 0 &&
	    read(listen, word, sizeof *word) == (ssize_t)sizeof *word));
	return false;
}

static enum exit_code
judge(struct tool *t, int status)
{
	if (WIFEXITED(status))
		return (enum exit_code)WEXITSTATUS(status);
	if (WTERMSIG(status) == SIGINT || WTERMSIG(status) == SIGTERM ||
	    WTERMSIG(status) == SIGHUP)
		return fail_err(t, JPKI_ERR_CANCELLED);
	return fail(EXIT_FAILED, "the look at this machine was cut off; try "
	    "again");
}

bool
patience_begin(struct tool *t, struct patience *p, enum exit_code *code)
{
	struct word	word;
	bool		late = true;

	while (late && p->n < PATIENCE_READERS) {
		int	status = SIGKILL, listen;
		pid_t	child = start(p, &listen);

		*code = EXIT_DONE;
		if (child == 0)
			return true;
		if (child < 0) {
			*code = fail(EXIT_FAILED, "no process can be started: "
			    "%s; close other programs", strerror(errno));
			return false;
		}
		late = is_late(listen, &word);
		if (late) {
			memcpy(p->held[p->n++], word.reader, PATIENCE_NAME);
			(void)kill(child, SIGKILL);
		}
		while (waitpid(child, &status, 0) < 0 && errno == EINTR)
			;
		(void)close(listen);
		*code = late ? EXIT_FAILED : judge(t, status);
	}
	/* Never, as long as pcscd has no more readers than that. */
	if (late)
		*code = fail_err(t, JPKI_ERR_BUSY);
	return false;
}
