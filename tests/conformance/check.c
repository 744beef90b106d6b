/* SPDX-License-Identifier: BSD-2-Clause */
#include "check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define HANGS_AFTER	120	/* seconds; nothing comes near that works */
#define STATUS_SKIPPED	77

bool check_destructive, check_strict;

static unsigned run, bad, skipped;
static bool failed;

__attribute__((format(printf, 1, 0)))
static void
say(const char *format, va_list ap)
{
	char line[512];

	(void)vsnprintf(line, sizeof(line), format, ap);
	printf("# %s\n", line);
	(void)fflush(stdout);
}

bool
holds(bool condition, const char *format, ...)
{
	va_list ap;

	if (condition)
		return true;
	failed = true;
	va_start(ap, format);
	say(format, ap);
	va_end(ap);
	return false;
}

bool
expect(const char *what, CK_RV got, CK_RV wanted)
{
	return holds(got == wanted, "%s: %s, wanted %s", what, rv_name(got),
	    rv_name(wanted));
}

bool
expect_or_stub(const char *what, CK_RV got, CK_RV wanted)
{
	return (!check_strict && got == CKR_FUNCTION_NOT_SUPPORTED) ||
	    expect(what, got, wanted);
}

bool
expect_any(const char *what, CK_RV got, const CK_RV *wanted)
{
	char list[256] = "";
	size_t n = 0;

	for (const CK_RV *w = wanted; *w != END_OF_LIST; w++) {
		if (got == *w)
			return true;
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s",
		    w == wanted ? "" : " or ", rv_name(*w));
		if (n >= sizeof(list))
			break;
	}
	return holds(false, "%s: %s, wanted %s", what, rv_name(got), list);
}

bool
expect_error(const char *what, CK_RV got)
{
	return holds(got != CKR_OK, "%s: CKR_OK, wanted an error", what);
}

bool
check_failed(void)
{
	return failed;
}

static bool
prepare(enum stage stage)
{
	if (stage < INITIALIZED)
		return true;
	if (!expect("C_Initialize", kit_initialize(), CKR_OK) ||
	    !kit_find_slot())
		return false;
	if (stage < SESSION)
		return true;
	if (!expect("C_OpenSession", kit_open(0, &kit.session), CKR_OK))
		return false;
	return stage < LOGGED_IN ||
	    expect("C_Login", kit_login(kit.session), CKR_OK);
}

/* The process of one check. */
static void
child(const struct check *check)
{
	(void)alarm(HANGS_AFTER);
	if (!kit_load())
		_exit(1);
	if ((check->flags & NEEDS_3_0) != 0 && kit.f3 == NULL)
		_exit(STATUS_SKIPPED);
	if (prepare(check->stage))
		check->run(check->arg);
	/* Leave as clients do; it was asked elsewhere whether that works. */
	(void)kit.f->C_Finalize(NULL);
	_exit(failed ? 1 : 0);
}

/* What the check said; TAP wants it behind its result. */
static void
said(FILE *output)
{
	char buf[4096];
	size_t n;

	rewind(output);
	while ((n = fread(buf, 1, sizeof(buf), output)) > 0)
		(void)fwrite(buf, 1, n, stdout);
}

static void
report(const char *name, int status, FILE *output)
{
	run++;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		printf("ok %u - %s\n", run, name);
	} else if (WIFEXITED(status) && WEXITSTATUS(status) == STATUS_SKIPPED) {
		skipped++;
		printf("ok %u - %s # SKIP the module has no 3.0\n", run, name);
	} else {
		bad++;
		printf("not ok %u - %s\n", run, name);
	}
	if (WIFSIGNALED(status))
		printf("# %s: %s\n", WTERMSIG(status) == SIGALRM ? "hung" :
		    "crashed", strsignal(WTERMSIG(status)));
	said(output);
	(void)fflush(stdout);
}

_Noreturn static void
die(const char *what)
{
	perror(what);
	exit(2);
}

/* Its exit status, as waitpid has it; what it says goes to a file. */
static int
check_fork(const struct check *check, FILE *output)
{
	int status;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		if (dup2(fileno(output), STDOUT_FILENO) < 0)
			_exit(1);
		child(check);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		die("jpki-conformance: fork");
	return status;
}

static FILE *
output_make(void)
{
	FILE *output = tmpfile();

	if (output == NULL)
		die("jpki-conformance: a temporary file");
	return output;
}

bool
check_probe(const struct check *check)
{
	FILE *output = output_make();
	int status = check_fork(check, output);

	(void)fclose(output);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void
check_run(const struct check *check)
{
	check_run_named(check, "%s", check->name);
}

void
check_run_named(const struct check *check, const char *format, ...)
{
	char name[256];
	FILE *output;
	va_list ap;
	size_t n;

	if (((check->flags & DESTRUCTIVE) != 0 && !check_destructive) ||
	    ((check->flags & STRICT) != 0 && !check_strict))
		return;
	n = (size_t)snprintf(name, sizeof(name), "%s: ", check->section);
	va_start(ap, format);
	(void)vsnprintf(name + n, sizeof(name) - n, format, ap);
	va_end(ap);
	output = output_make();
	report(name, check_fork(check, output), output);
	(void)fclose(output);
}

void
check_run_all(const struct check *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check_run(&rows[i]);
}

int
check_end(void)
{
	printf("1..%u\n", run);
	printf("# %u hold, %u do not, %u skipped\n", run - bad - skipped, bad,
	    skipped);
	return bad == 0 && run > 0 ? 0 : 1;
}
