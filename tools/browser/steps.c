/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of a plan: their words, and the programs of NSS that take them. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "interrupt.h"
#include "language.h"
#include "nssdb.h"
#include "outtext.h"
#include "plan.h"
#include "spawn.h"

#define ARGS_MAX	8

/* What stands for what is not known before. */
static const char the_db[] = "DB", the_name[] = "NAME", the_file[] = "FILE";

static const struct step_row {
	const char	*word;		/* of JSON */
	const char	*text;		/* of what is going to be done */
	const char	*args[ARGS_MAX];
} rows[STEP_KINDS] = {
	[STEP_CREATE] = { "created",
	    N_("  a database of certificates is made, without a password"),
	    { "certutil", "-N", "-d", the_db, "--empty-password" } },
	[STEP_ADD] = { "added", N_("  the module JPKI is added: "),
	    { "modutil", "-dbdir", the_db, "-add", the_name, "-libfile",
	    the_file, "-force" } },
	[STEP_DELETE] = { "removed",
	    N_("  a module for this card is taken out: "),
	    { "modutil", "-dbdir", the_db, "-delete", the_name, "-force" } },
};

const char *
step_word(enum step_kind kind)
{
	return rows[kind].word;
}

void
plan_describe(const struct plan *plan, bool only_done, FILE *f)
{
	const struct profile *last = NULL;

	for (size_t i = 0; i < plan->n; i++) {
		const struct step *step = &plan->steps[i];

		if (only_done && !step->done)
			continue;
		if (step->profile != last) {
			text_put(f, step->profile->folder);
			fputc('\n', f);
		}
		last = step->profile;
		fputs(language_of(rows[step->kind].text), f);
		text_put(f, step->kind == STEP_ADD ? step->library :
		    step->name);
		fputc('\n', f);
	}
}

/* With its parents, for the owner only; 0 or errno. */
static int
make_folders(const char *folder)
{
	char	room[PATH_MAX];
	size_t	n = strlen(folder);

	if (n >= sizeof room)
		return ENAMETOOLONG;
	for (size_t i = 1; i <= n; i++) {
		if (folder[i] != '/' && folder[i] != '\0')
			continue;
		memcpy(room, folder, i);
		room[i] = '\0';
		if (mkdir(room, 0700) != 0 && errno != EEXIST)
			return errno;
	}
	return 0;
}

static const char *
argument(const struct step *step, const char *arg, const char *db)
{
	if (arg == the_db)
		return db;
	if (arg == the_name)
		return step->name;
	return arg == the_file ? step->library : arg;
}

/* What a program said last, without the newline. */
static const char *
last_line(char *words)
{
	size_t	 n = words != NULL ? strlen(words) : 0;
	char	*line;

	if (n == 0)
		return _("it said nothing");
	while (n > 0 && words[n - 1] == '\n')
		words[--n] = '\0';
	line = strrchr(words, '\n');
	return line != NULL ? line + 1 : words;
}

/* path: of PATH_MAX bytes. */
static enum exit_code
find_program(const struct host *host, enum step_kind kind, char *path)
{
	const char *name = rows[kind].args[0];

	if (host_program(host, name, path, PATH_MAX)[0] != '\0')
		return EXIT_DONE;
	return fail(EXIT_FAILED, "the program %s is not installed; on "
	    "Debian and Ubuntu \"apt install libnss3-tools\", on "
	    "Fedora \"dnf install nss-tools\"", name);
}

enum exit_code
plan_check_programs(const struct plan *plan)
{
	enum exit_code	code = EXIT_DONE;
	char		path[PATH_MAX];

	for (size_t i = 0; i < plan->n && code == EXIT_DONE; i++)
		code = find_program(plan->host, plan->steps[i].kind, path);
	return code;
}

static enum exit_code
run_step(const struct plan *plan, const struct step *step)
{
	const struct step_row	*row = &rows[step->kind];
	const char		*argv[ARGS_MAX + 1] = { NULL };
	char			 db[PATH_MAX + 8], path[PATH_MAX], *words;
	enum exit_code		 code;

	code = find_program(plan->host, step->kind, path);
	if (code != EXIT_DONE)
		return code;
	(void)snprintf(db, sizeof db, "sql:%s", step->profile->folder);
	for (size_t i = 0; i < ARGS_MAX && row->args[i] != NULL; i++)
		argv[i] = argument(step, row->args[i], db);
	if (spawn_run(path, argv, &words) != 0)
		code = fail(interrupt_noted() ? EXIT_CANCELLED : EXIT_FAILED,
		    "%s failed in %s (%s); look with "
		    "\"jpki-tool browser status\"", row->args[0],
		    step->profile->folder, last_line(words));
	free(words);
	return code;
}

static bool
is_listed(const struct plan *plan, const struct step *step)
{
	struct nssdb	db;
	bool		there = false;

	nssdb_read(plan->host, step->profile->folder, &db);
	for (size_t i = 0; i < db.n; i++)
		there |= db.modules[i].name != NULL &&
		    strcmp(db.modules[i].name, step->name) == 0;
	nssdb_free(&db);
	return there;
}

/* modutil tells success by its exit status; the list tells for sure. */
static enum exit_code
check_step(const struct plan *plan, const struct step *step)
{
	const bool there = is_listed(plan, step);

	if (host_memory_lacked())
		return fail(EXIT_FAILED, "out of memory; close other programs "
		    "and try again");
	if (step->kind == STEP_CREATE || there == (step->kind == STEP_ADD))
		return EXIT_DONE;
	return fail(EXIT_FAILED, "%s was not changed, though modutil says so; "
	    "look with \"jpki-tool browser status\"", step->profile->folder);
}

static enum exit_code
take_step(const struct plan *plan, struct step *step)
{
	int		errnum = step->kind == STEP_CREATE ?
	    make_folders(step->profile->folder) : 0;
	enum exit_code	code = errnum == 0 ? run_step(plan, step) :
	    fail_write(step->profile->folder, errnum);

	if (code == EXIT_DONE)
		code = check_step(plan, step);
	step->done = code == EXIT_DONE;
	return code;
}

/*
 * Register again what a step took out, also one that failed behind that.  An
 * empty database that was made stays: it is what the browser would make.
 */
static void
undo_step(const struct plan *plan, struct step *step)
{
	struct step back = *step;

	if (step->kind != STEP_DELETE || is_listed(plan, step) ||
	    host_memory_lacked())
		return;
	back.kind = STEP_ADD;
	step->done = take_step(plan, &back) != EXIT_DONE;
	if (step->done)
		warning("%s was taken out of %s and could not be put back; "
		    "register it again when it can be loaded", step->library,
		    step->profile->folder);
	else
		fprintf(stderr, _("%s is registered again, as it was.\n"),
		    step->library);
}

/*
 * The steps of one profile, from one on; *end is behind them.  Its browser may
 * have been started while the question stood.
 */
static enum exit_code
change_profile(struct plan *plan, size_t from, size_t *end)
{
	struct step	*steps = plan->steps;
	enum exit_code	 code = plan_check_in_use(plan, steps[from].profile);
	size_t		 i = from;

	while (i < plan->n && code == EXIT_DONE &&
	    steps[i].profile == steps[from].profile)
		code = take_step(plan, &steps[i++]);
	*end = i;
	while (code != EXIT_DONE && i > from)
		undo_step(plan, &steps[--i]);
	return code;
}

enum exit_code
plan_carry_out(struct plan *plan)
{
	enum exit_code	code = EXIT_DONE;
	size_t		i = 0;

	/* Our module is loaded by modutil, and would wait for a card in use. */
	(void)setenv("JPKI_PKCS11", "tokens=none", 1);
	interrupt_hold();
	while (i < plan->n && code == EXIT_DONE) {
		code = change_profile(plan, i, &i);
		if (code == EXIT_DONE && i < plan->n && interrupt_noted())
			code = fail(EXIT_CANCELLED, "cancelled before %s; "
			    "start again to change that as well",
			    plan->steps[i].profile->folder);
	}
	interrupt_drop();
	interrupt_release();
	return code;
}

size_t
plan_done(const struct plan *plan)
{
	size_t done = 0;

	for (size_t i = 0; i < plan->n; i++)
		done += plan->steps[i].done;
	return done;
}
