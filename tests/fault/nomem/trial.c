/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "nomem.h"
#include "card.h"
#include "files.h"
#include "places.h"
#include "process.h"

#define PATH_BYTES	1024

static struct nomem *page;
static struct process reference, process;
static char tool[PATH_BYTES], client[PATH_BYTES], module[PATH_BYTES];
static char shim[PATH_BYTES];

static bool
paths_find(void)
{
	const char *build = getenv("JPKI_BUILD");

	if (build == NULL) {
		fputs("JPKI_BUILD is not set\n", stderr);
		return false;
	}
	(void)snprintf(tool, PATH_BYTES, "%s/jpki-tool", build);
	(void)snprintf(module, PATH_BYTES, "%s/jpki-pkcs11.so", build);
	(void)snprintf(client, PATH_BYTES, "%s/tests/fault/nomem/client",
	    build);
	(void)snprintf(shim, PATH_BYTES, "%s/tests/fault/nomem/shim.so", build);
	return true;
}

bool
trial_attach(void)
{
	if (!paths_find() || !card_attach() || !files_attach())
		return false;
	(void)unsetenv("JPKI_PKCS11");
	page = nomem_attach();
	if (page != NULL)
		places_of(page);
	return page != NULL;
}

void
trial_detach(void)
{
	files_detach();
}

bool
trial_spoilt(void)
{
	return page->spoilt;
}

const char *
trial_step(void)
{
	return page->step;
}

static bool	 complain(char complaint[static COMPLAINT_MAX],
    const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool
complain(char complaint[static COMPLAINT_MAX], const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(complaint, COMPLAINT_MAX, format, ap);
	va_end(ap);
	return false;
}

/* What an operation's words mean as a program and its arguments. */
static void
arguments_make(const struct operation *op, char *argv[ARGUMENTS_MAX + 2])
{
	bool is_client = strcmp(op->argv[0], "client") == 0;
	size_t n = 0;

	argv[n++] = is_client ? client : tool;
	if (is_client)
		argv[n++] = module;
	for (size_t i = 1; i < ARGUMENTS_MAX && op->argv[i] != NULL; i++)
		argv[n++] = (char *)(uintptr_t)op->argv[i];
	argv[n] = NULL;
}

/* The client arms by itself, when it begins. */
static bool
start(const struct operation *op, struct process *out)
{
	char *argv[ARGUMENTS_MAX + 2];

	arguments_make(op, argv);
	page->calls = 0;
	page->failed = 0;
	page->step[0] = '\0';
	page->spoilt = false;
	page->armed = strcmp(op->argv[0], "tool") == 0;
	return process_run(argv, shim, out);
}

/* As before, with no failure: the PIN that was changed. */
static bool
change_back(char complaint[static COMPLAINT_MAX])
{
	static const struct operation back = { "", { "tool", "pin", "change",
	    "auth", "--pin-file", "new-auth", "--new-pin-file", "auth" },
	    0, 1, true, false };
	static struct process p;

	page->fail_at = 0;
	if (!start(&back, &p))
		return complain(complaint, "no process");
	if (p.status != 0)
		return complain(complaint, "then the PIN cannot be changed "
		    "back: %s", p.err);
	return true;
}

/* Did it do what it should, as far as its exit status says? */
static bool
ended_well(const struct operation *op, const struct process *p)
{
	int code = WEXITSTATUS(p->status);

	if (!WIFEXITED(p->status))
		return false;
	if (op->exit == FINDINGS)
		return code == 0 || (code == 1 && p->out_n > 0);
	return code == op->exit;
}

bool
trial_reference(const struct operation *op, unsigned long *calls,
    char complaint[static COMPLAINT_MAX])
{
	struct card_run run;

	files_clear();
	if (!card_run_begin())
		return complain(complaint, "the card does not answer");
	page->fail_at = 0;
	page->note = true;
	memset(page->places, 0, sizeof(page->places));
	if (!start(op, &reference))
		return complain(complaint, "no process");
	page->note = false;
	*calls = page->calls;
	if (*calls == 0)
		return complain(complaint, "no allocation is seen");
	if (!ended_well(op, &reference))
		return complain(complaint, "without a failure it ends with "
		    "%#x: %s%s", (unsigned)reference.status, reference.out,
		    reference.err);
	if (!card_run_end(&run, complaint, COMPLAINT_MAX) ||
	    !files_remember())
		return false;
	return !op->changes || change_back(complaint);
}

/* The same words as the reference. */
static bool
output_right(char complaint[static COMPLAINT_MAX])
{
	if (process.out_n == reference.out_n && memcmp(process.out,
	    reference.out, process.out_n) == 0)
		return true;
	return complain(complaint, "it says: %.300s", process.out);
}

static bool
says_why(const char *err)
{
	static const char ours[] = "jpki-tool: ";

	return strncmp(err, ours, sizeof(ours) - 1) == 0;
}

static bool
failure_right(const struct operation *op, const struct card_run *run,
    char complaint[static COMPLAINT_MAX])
{
	int code = WEXITSTATUS(process.status);

	if (code != 1)
		return complain(complaint, "exit status %d: %.300s", code,
		    process.err);
	if (process.out_n > 0)
		return complain(complaint, "failed, but wrote: %.300s",
		    process.out);
	if (!says_why(process.err))
		return complain(complaint, "failed, and said: \"%.300s\"",
		    process.err);
	if (op->changes && run->changes > 0 &&
	    strstr(process.err, "changed") == NULL)
		return complain(complaint, "the PIN was changed, but it "
		    "says: %.300s", process.err);
	return true;
}

static bool
card_right(const struct operation *op, const struct card_run *run,
    char complaint[static COMPLAINT_MAX])
{
	if (run->verifies > op->verifies)
		return complain(complaint, "%u VERIFYs", run->verifies);
	if (run->open)
		return complain(complaint, "the PIN stays verified: %.300s",
		    process.err);
	if (op->changes && process.status == 0 && run->changes != 1)
		return complain(complaint, "said to be changed, but is not");
	return true;
}

static bool
judge(const struct operation *op, char complaint[static COMPLAINT_MAX])
{
	struct card_run run;
	bool done;

	if (!card_run_end(&run, complaint, COMPLAINT_MAX))
		return false;
	if (process.hung)
		return complain(complaint, "it hung, and was killed");
	if (!WIFEXITED(process.status))
		return complain(complaint, "it ended by signal %d: %.300s",
		    WTERMSIG(process.status), process.err);
	done = ended_well(op, &process);
	if (page->spoilt)
		return done && card_right(op, &run, complaint);
	if (!(done ? output_right(complaint) :
	    failure_right(op, &run, complaint)))
		return false;
	return files_right(done, op->dated, complaint, COMPLAINT_MAX) &&
	    card_right(op, &run, complaint) &&
	    (!op->changes || run.changes == 0 || change_back(complaint));
}

bool
trial_run(const struct operation *op, enum mode mode, unsigned long n,
    bool *failed, char complaint[static COMPLAINT_MAX])
{
	bool good;

	files_clear();
	if (!card_run_begin())
		return complain(complaint, "the card does not answer");
	page->fail_at = n;
	page->from_then_on = mode == FROM_THEN_ON;
	if (!start(op, &process))
		return complain(complaint, "no process");
	*failed = page->failed > 0;
	good = judge(op, complaint);
	return good;
}
