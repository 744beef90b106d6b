/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * jpki-tool in process, over a hostile card: the input's front is a command
 * line and what its PINs come from, the back is the world.  FUZZ_TRACE=1 shows
 * the command line and what comes of it.
 */
#define _GNU_SOURCE		/* memfd_create */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "confine.h"
#include "hostile.h"
#include "pinentry.h"
#include "patience.h"
#include "spawn.h"
#include "tool_run.h"
#include "toolmain.h"

#define OUT_MAX		(1 << 18)
#define FD_KEPT		60	/* and above: descriptors of the harness */

static bool started, trace;
static int out_fd, in_fd, read_only_fd, kept_out, kept_in;
static FILE *err_file, *real_stderr;
static char *err_text, out_text[OUT_MAX];
static size_t err_n;

/* As high as this, no word of a command line names it. */
static int
high(int fd)
{
	int moved = fcntl(fd, F_DUPFD_CLOEXEC, FD_KEPT);

	fuzz_law(moved >= 0, "there are descriptors");
	return moved;
}

static int
memory_file(const char *name)
{
	int fd = memfd_create(name, MFD_CLOEXEC), moved = high(fd);

	(void)close(fd);
	return moved;
}

static void
start(void)
{
	started = true;
	trace = getenv("FUZZ_TRACE") != NULL;
	/* Browsers of whoever runs this are left alone. */
	fuzz_law(setenv("HOME", "", 1) == 0, "there is memory");
	real_stderr = stderr;
	err_file = open_memstream(&err_text, &err_n);
	fuzz_law(err_file != NULL, "there is memory");
	out_fd = memory_file("out");
	in_fd = memory_file("in");
	read_only_fd = high(open("/dev/null", O_RDONLY | O_CLOEXEC));
	kept_out = high(STDOUT_FILENO);
	kept_in = high(STDIN_FILENO);
}

/* A pipe that holds these bytes and has been closed by its writer. */
static void
pipe_make(int at, const struct typed *t)
{
	int ends[2];

	fuzz_law(pipe(ends) == 0 && write(ends[1], t->p, t->n) ==
	    (ssize_t)t->n && close(ends[1]) == 0 && dup2(ends[0], at) == at &&
	    close(ends[0]) == 0, "a pipe is made");
}

static void
streams_begin(const struct run *run)
{
	const struct typed *t = &run->standard;

	fuzz_law(ftruncate(out_fd, 0) == 0 && ftruncate(in_fd, 0) == 0 &&
	    pwrite(in_fd, t->p, t->n, 0) == (ssize_t)t->n &&
	    lseek(in_fd, 0, SEEK_SET) == 0 && lseek(out_fd, 0, SEEK_SET) == 0,
	    "streams are in memory");
	pipe_make(FD_PIN, &run->fd);
	pipe_make(FD_NEW_PIN, &run->new_fd);
	rewind(err_file);
	stderr = err_file;
	fuzz_law(dup2(run->no_out ? read_only_fd : out_fd, STDOUT_FILENO) >= 0
	    && dup2(in_fd, STDIN_FILENO) >= 0, "streams are connected");
}

static void
streams_end(struct run *run)
{
	ssize_t n;

	stderr = real_stderr;
	fuzz_law(dup2(kept_out, STDOUT_FILENO) >= 0 &&
	    dup2(kept_in, STDIN_FILENO) >= 0, "streams are disconnected");
	(void)close(FD_PIN);
	(void)close(FD_NEW_PIN);
	(void)fflush(err_file);
	run->err = err_text;
	run->err_n = (size_t)ftell(err_file);
	n = pread(out_fd, out_text, sizeof(out_text), 0);
	fuzz_law(n >= 0 && n < OUT_MAX, "output of some size");
	run->out = out_text;
	run->out_n = (size_t)n;
}

static void
show(const struct run *run)
{
	for (int i = 0; i < run->argc; i++)
		fprintf(stderr, "%s ", run->room[i]);
	fprintf(stderr, "= %d\n%.*s%.*s", run->code, (int)run->out_n, run->out,
	    (int)run->err_n, run->err);
}

static bool
same_mask(const sigset_t *a, const sigset_t *b)
{
	for (int i = 1; i < SIGRTMIN; i++)
		if (sigismember(a, i) != sigismember(b, i))
			return false;
	return true;
}

/* What it says of the command line is not what is asked here. */
static void
parse(struct run *run)
{
	rewind(err_file);
	stderr = err_file;
	run->parsed = options_parse(run->argc, run->argv_opt, &run->opt) ==
	    EXIT_DONE;
	stderr = real_stderr;
}

/*
 * Instead of tools/confine.c, whose child would be a second fuzzer: documents
 * are checked in this process, and are not tried before they are signed.
 */
static bool verifies;

bool
confine_begin(const char *name, size_t bytes, enum exit_code *code)
{
	(void)name, (void)bytes;
	*code = EXIT_DONE;
	return verifies;
}

/* Likewise instead of tools/doctor/patience.c: no card is another's here. */
bool
patience_begin(struct tool *t, struct patience *p, enum exit_code *code)
{
	(void)t, (void)p;
	*code = EXIT_DONE;
	return true;
}

bool
patience_lost(const struct patience *p, const char *reader)
{
	(void)p, (void)reader;
	return false;
}

void
patience_wait_begin(const struct patience *p, const char *reader)
{
	(void)p, (void)reader;
}

void
patience_wait_end(const struct patience *p)
{
	(void)p;
}

void
patience_hear(void *user, enum jpki_log_level level, const char *line)
{
	(void)user, (void)level, (void)line;
}

/*
 * Instead of tools/spawn.c and tools/pinentry.c: no program is started, and no
 * dialogue.  Who has none to start, and who closes it.
 */
int
spawn_run(const char *path, const char *const argv[], char **words)
{
	(void)path, (void)argv;
	*words = NULL;
	errno = ENOENT;
	return -1;
}

enum exit_code
pinentry_ask(const char *prompt, struct jpki_secret *out)
{
	(void)prompt, (void)out;
	return fail(EXIT_CANCELLED, "cancelled; start again");
}

enum exit_code
pinentry_confirm(const char *question)
{
	(void)question;
	return fail(EXIT_CANCELLED, "cancelled; start again");
}

static void
go(struct run *run)
{
	sigset_t before, after;

	verifies = run->parsed && run->opt.operands > 0 &&
	    strcmp(run->opt.operand[0], "verify") == 0;
	(void)sigprocmask(SIG_SETMASK, NULL, &before);
	streams_begin(run);
	files_enter();
	run->code = tool_main(run->argc, run->argv);
	files_leave();
	streams_end(run);
	(void)sigprocmask(SIG_SETMASK, NULL, &after);
	fuzz_law(same_mask(&before, &after), "signals are as they were");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = fuzz_in_of(data, size);
	struct run run = { .input = slice_of(data, size) };

	if (!started)
		start();
	hostile_begin(&in);
	words_make(&run, &in);
	parse(&run);
	files_begin(&run);
	terminal_begin(&run);
	laws_before(&run);
	go(&run);
	if (trace)
		show(&run);
	laws_after(&run);
	terminal_end(&run);
	files_end(&run);
	words_free(&run);
	hostile_end();
	return 0;
}
