/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of a plan: their words, and the programs of NSS that take them. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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
plan_describe(const struct plan *plan, FILE *f)
{
	const struct profile *last = NULL;

	for (size_t i = 0; i < plan->n; i++) {
		const struct step *step = &plan->steps[i];

		if (step->profile != last) {
			text_put(f, step->profile->folder);
			fputc('\n', f);
		}
		last = step->profile;
		fputs(language_of(rows[step->kind].text), f);
		if (step->kind != STEP_CREATE)
			text_put(f, step->kind == STEP_ADD ? plan->module :
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
argument(const struct plan *plan, const struct step *step, const char *arg,
    const char *db)
{
	if (arg == the_db)
		return db;
	if (arg == the_name)
		return step->name;
	return arg == the_file ? plan->module : arg;
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

static enum exit_code
run_step(const struct plan *plan, const struct step *step)
{
	const struct step_row	*row = &rows[step->kind];
	const char		*argv[ARGS_MAX + 1] = { NULL };
	char			 db[PATH_MAX + 8], path[PATH_MAX], *words;
	enum exit_code		 code = EXIT_DONE;

	if (host_program(plan->host, row->args[0], path, sizeof path)[0] ==
	    '\0')
		return fail(EXIT_FAILED, "the program %s is not installed; on "
		    "Debian and Ubuntu \"apt install libnss3-tools\", on "
		    "Fedora \"dnf install nss-tools\"", row->args[0]);
	(void)snprintf(db, sizeof db, "sql:%s", step->profile->folder);
	for (size_t i = 0; i < ARGS_MAX && row->args[i] != NULL; i++)
		argv[i] = argument(plan, step, row->args[i], db);
	if (spawn_run(path, argv, &words) != 0)
		code = fail(EXIT_FAILED, "%s failed in %s (%s); look with "
		    "\"jpki-tool browser status\"", row->args[0],
		    step->profile->folder, last_line(words));
	free(words);
	return code;
}

/* modutil tells success by its exit status; the list tells for sure. */
static enum exit_code
check_step(const struct plan *plan, const struct step *step)
{
	struct nssdb	db;
	bool		there = false;

	nssdb_read(plan->host, step->profile->folder, &db);
	for (size_t i = 0; i < db.n; i++)
		there |= db.modules[i].name != NULL &&
		    strcmp(db.modules[i].name, step->name) == 0;
	nssdb_free(&db);
	if (step->kind == STEP_CREATE || there == (step->kind == STEP_ADD))
		return EXIT_DONE;
	return fail(EXIT_FAILED, "%s was not changed, though modutil says so; "
	    "look with \"jpki-tool browser status\"", step->profile->folder);
}

enum exit_code
plan_carry_out(struct plan *plan)
{
	enum exit_code code = EXIT_DONE;

	for (size_t i = 0; i < plan->n && code == EXIT_DONE; i++) {
		struct step	*step = &plan->steps[i];
		int		 errnum = step->kind == STEP_CREATE ?
		    make_folders(step->profile->folder) : 0;

		code = errnum == 0 ? run_step(plan, step) :
		    fail_write(step->profile->folder, errnum);
		if (code == EXIT_DONE)
			code = check_step(plan, step);
		step->done = code == EXIT_DONE;
	}
	return code;
}
