/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * secrets_trace [-m MOMENT] [-o FILE] PINS COMMAND...: runs COMMAND, stops it
 * before each of its system calls, and looks for the PINs in all memory that
 * it can have written to, and in its registers.  Ends as COMMAND does.
 *
 * To FILE (standard error without) go: a line for each new kind of finding,
 *
 *	found FORM CHARACTERS NUMBER-OF-THE-PIN PLACE
 *
 * where PLACE is "registers", or memory that is not locked; when it exits
 *
 *	exit locked N open N
 *
 * whether a PIN stands in locked memory then, or anywhere else, be it in what
 * it cannot write to; and at the end
 *
 *	stops N locked N open N
 *
 * how often it was stopped, and in how many of the stops a PIN stood in locked
 * memory, or elsewhere.
 *
 * At the MOMENT the command is let go and stopped like by a signal; then FILE
 * gets "held PID", and whoever reads it sends SIGCONT.  A MOMENT is the
 * beginning of what is sent, in hexadecimal, and how often:
 *
 *	0020008010	after the first VERIFY of 16 bytes was sent
 *	802A:3		after the third signature was asked for
 */
#define _GNU_SOURCE		/* ptrace, __WALL, __ptrace_syscall_info */
#include "secrets_memory.h"

#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define KINDS_MAX	64
#define MOMENT_BYTES	16
#define REGISTER_BYTES	16384

struct moment {
	bool	wanted;
	uint8_t	bytes[MOMENT_BYTES];
	size_t	n;
	long	left;
};

struct kind {
	struct finding	finding;
	char		place[PLACE_MAX];
};

static struct secrets secrets;
static struct moment moment;
static FILE *out;
static struct kind kinds[KINDS_MAX];
static size_t kind_count;
static unsigned long stops, stops_locked, stops_open;
static bool in_locked, in_open;

static void
die(const char *what)
{
	fprintf(stderr, "secrets_trace: %s: %s\n", what, strerror(errno));
	exit(125);
}

/* Each kind of finding is told once. */
static void
found(void *user, const struct finding *finding, const struct place *place)
{
	struct kind *kind;

	(void)user;
	in_locked |= place->locked;
	in_open |= !place->locked;
	if (place->locked || kind_count == KINDS_MAX)
		return;
	for (size_t i = 0; i < kind_count; i++) {
		kind = &kinds[i];
		if (kind->finding.form == finding->form &&
		    kind->finding.which == finding->which &&
		    strcmp(kind->place, place->name) == 0)
			return;
	}
	kind = &kinds[kind_count++];
	kind->finding = *finding;
	(void)snprintf(kind->place, sizeof(kind->place), "%s", place->name);
	fprintf(out, "found %s %zu %zu %s\n", finding->form,
	    finding->characters, finding->which + 1, place->name);
}

/* What a register holds is in every core dump. */
static void
registers_scan(pid_t pid)
{
	static const int sets[] = { NT_PRSTATUS, NT_FPREGSET, NT_X86_XSTATE };
	static uint8_t bytes[REGISTER_BYTES];
	const struct place place = { .name = "registers" };
	struct finding finding;

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		struct iovec room = { bytes, sizeof(bytes) };
		size_t from = 0;

		/* Not every processor has every set. */
		if (ptrace(PTRACE_GETREGSET, pid, (void *)(uintptr_t)sets[i],
		    &room) != 0)
			continue;
		while (secrets_find(&secrets, bytes, room.iov_len, &from,
		    &finding))
			found(NULL, &finding, &place);
	}
}

static void
look(pid_t pid, enum extent extent)
{
	in_locked = in_open = false;
	if (!memory_scan(pid, extent, &secrets, found, NULL))
		exit(125);
	registers_scan(pid);
	if (extent == EVERYTHING)
		fprintf(out, "exit locked %d open %d\n", in_locked, in_open);
	stops++;
	stops_locked += in_locked;
	stops_open += in_open;
}

/* The beginning of what a system call sends; 0 bytes if it sends nothing. */
static size_t
sent_bytes(pid_t pid, const struct __ptrace_syscall_info *call,
    uint8_t bytes[static MOMENT_BYTES])
{
	size_t n = call->entry.args[2] < MOMENT_BYTES ?
	    (size_t)call->entry.args[2] : MOMENT_BYTES;
	size_t i;

	if (call->entry.nr != SYS_write && call->entry.nr != SYS_sendto)
		return 0;
	for (i = 0; i < n; i += sizeof(long)) {
		long word = ptrace(PTRACE_PEEKDATA, pid,
		    (void *)(uintptr_t)(call->entry.args[1] + i), NULL);

		memcpy(bytes + i, &word, sizeof(word));
	}
	return n;
}

/* Does the system call that begins bring the moment? */
static bool
moment_comes(pid_t pid, const struct __ptrace_syscall_info *call)
{
	uint8_t bytes[MOMENT_BYTES];

	return moment.wanted && sent_bytes(pid, call, bytes) >= moment.n &&
	    memcmp(bytes, moment.bytes, moment.n) == 0 && --moment.left == 0;
}

/* Told when it stands still: a SIGCONT that comes too early is lost. */
static void
hold(pid_t pid)
{
	int status;

	moment.wanted = false;
	if (ptrace(PTRACE_DETACH, pid, NULL, (void *)(uintptr_t)SIGSTOP) != 0)
		die("detach");
	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status))
		die("it does not stand still");
	fprintf(out, "held %d\n", (int)pid);
	(void)fflush(out);
}

/*
 * A stop before or after a system call.  After the one that brought the moment
 * the process is held, and traced no more: false.
 */
static bool
at_call(pid_t pid, bool *eve)
{
	struct __ptrace_syscall_info call;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid,
	    (void *)(uintptr_t)sizeof(call), &call) <= 0)
		die("PTRACE_GET_SYSCALL_INFO");
	if (call.op == PTRACE_SYSCALL_INFO_ENTRY) {
		look(pid, call.entry.nr == SYS_exit_group ? EVERYTHING :
		    WRITABLE);
		*eve = moment_comes(pid, &call);
		return true;
	}
	if (!*eve)
		return true;
	hold(pid);
	return false;
}

/* Until it ends, or is held; returns its status if it ended. */
static bool
trace(pid_t first, int *status)
{
	bool eve = false;
	int signum;
	pid_t pid;

	for (;;) {
		pid = waitpid(-1, status, __WALL);
		if (pid < 0)
			die("waitpid");
		if (!WIFSTOPPED(*status)) {
			if (pid == first)
				return true;
			continue;
		}
		signum = WSTOPSIG(*status);
		if (signum == (SIGTRAP | 0x80)) {
			if (!at_call(pid, &eve))
				return false;
			signum = 0;
		} else if (signum == SIGTRAP || signum == SIGSTOP) {
			signum = 0;	/* of the tracing itself */
		}
		if (ptrace(PTRACE_SYSCALL, pid, NULL,
		    (void *)(uintptr_t)signum) != 0 && errno != ESRCH)
			die("PTRACE_SYSCALL");
	}
}

static void
start_traced(pid_t *pid, char **command)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL |
	    PTRACE_O_TRACECLONE;
	int status;

	*pid = fork();
	if (*pid < 0)
		die("fork");
	if (*pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
			die("ptrace is not permitted here");
		execvp(command[0], command);
		die(command[0]);
	}
	if (waitpid(*pid, &status, 0) < 0 || !WIFSTOPPED(status)) {
		fputs("secrets_trace: ptrace is not permitted here\n", stderr);
		exit(125);
	}
	if (ptrace(PTRACE_SETOPTIONS, *pid, NULL, (void *)options) != 0 ||
	    ptrace(PTRACE_SYSCALL, *pid, NULL, NULL) != 0)
		die("ptrace");
}

static bool
moment_parse(const char *text)
{
	const char *count = strchr(text, ':');
	size_t n = count != NULL ? (size_t)(count - text) : strlen(text);
	unsigned byte;

	moment.wanted = true;
	moment.left = count != NULL ? strtol(count + 1, NULL, 10) : 1;
	for (size_t i = 0; i < n; i += 2) {
		if (moment.n == MOMENT_BYTES ||
		    sscanf(text + i, "%2x", &byte) != 1)
			return false;
		moment.bytes[moment.n++] = (uint8_t)byte;
	}
	return moment.n > 0 && moment.left > 0;
}

static bool
options_parse(int argc, char **argv)
{
	int c;

	out = stderr;
	while ((c = getopt(argc, argv, "+m:o:")) != -1) {
		if (c == 'm' && moment_parse(optarg))
			continue;
		if (c != 'o')
			return false;
		out = fopen(optarg, "we");
		if (out == NULL)
			die(optarg);
	}
	return argc - optind >= 2;
}

int
main(int argc, char **argv)
{
	int status = 0;
	pid_t pid;

	if (!options_parse(argc, argv)) {
		fputs("usage: secrets_trace [-m MOMENT] [-o FILE] PINS "
		    "COMMAND...\n", stderr);
		return 125;
	}
	if (!secrets_read(argv[optind], &secrets))
		return 125;
	start_traced(&pid, argv + optind + 1);
	if (!trace(pid, &status) && waitpid(pid, &status, 0) != pid)
		die("waitpid");
	fprintf(out, "stops %lu locked %lu open %lu\n", stops, stops_locked,
	    stops_open);
	(void)fclose(out);
	return WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status);
}
