/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * browser: the PKCS #11 module in the NSS databases of Firefox and Chromium.
 * What is going to be changed is shown and asked about first; NSS's own
 * programs change it.
 */
#define _XOPEN_SOURCE 700	/* realpath, which is POSIX's */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "language.h"
#include "nssdb.h"
#include "outjson.h"
#include "outtext.h"
#include "p11file.h"
#include "plan.h"
#include "tool.h"
#include "ui.h"

static const struct browser_row {
	const char	*name, *title;
} browsers[] = {
	[BROWSER_FIREFOX] = { "firefox", N_("Firefox: ") },
	[BROWSER_CHROMIUM] = { "chromium", N_("Chromium: ") },
	[BROWSER_ANY] = { NULL, N_("Profile: ") },
};

static const char *const boxed_names[] = {
	[BOXED_NOT] = NULL,
	[BOXED_SNAP] = "snap",
	[BOXED_FLATPAK] = "flatpak",
};

struct work {
	struct tool	*t;
	struct host	 host;
	enum browser	 only;
	struct profiles	 profiles;
	struct plan	 plan;
	char		 module[PATH_MAX];
};

typedef enum exit_code work_fn(struct work *w);

/*
 * Which profiles.
 */

static enum exit_code
take_browser(struct work *w)
{
	const char *name = w->t->opt->operand[2];

	w->only = BROWSER_ANY;
	if (name == NULL)
		return EXIT_DONE;
	for (size_t i = 0; i < BROWSER_ANY; i++)
		if (strcmp(browsers[i].name, name) == 0)
			w->only = (enum browser)i;
	if (w->only != BROWSER_ANY)
		return EXIT_DONE;
	return fail(EXIT_USAGE, "no browser is called \"%s\" here; give "
	    "firefox or chromium", name);
}

static enum exit_code
no_memory(void)
{
	return fail(EXIT_FAILED, "out of memory; close other programs and try "
	    "again");
}

static enum exit_code
find_named(struct work *w, const char *name)
{
	char		*folder = realpath(name, NULL);
	struct profile	 known;
	bool		 added;

	if (folder == NULL)
		return fail_read(name, errno);
	known = places_known(&w->host, folder);
	added = profiles_add(&w->profiles, known.browser == BROWSER_ANY ?
	    w->only : known.browser, known.boxed, folder);
	free(folder);
	return added ? EXIT_DONE : no_memory();
}

/* Is the database of a Chromium to be made, which makes it late itself? */
static bool
lacks_chromium(const struct work *w, const struct profiles *all)
{
	bool boxed = false;

	if (w->only == BROWSER_FIREFOX)
		return false;
	for (size_t i = 0; i < all->n; i++) {
		if (all->list[i].browser != BROWSER_CHROMIUM)
			continue;
		if (all->list[i].boxed == BOXED_NOT)
			return false;
		boxed = true;
	}
	/* Who names Chromium and has one in a box alone means that one. */
	return places_chromium_used(&w->host) ||
	    (w->only == BROWSER_CHROMIUM && !boxed);
}

static enum exit_code
find_usual(struct work *w)
{
	struct profiles	all;
	char		room[PATH_MAX];
	bool		added = true;

	if (w->host.home[0] != '/')
		return fail(EXIT_FAILED, "the environment names no home "
		    "folder (HOME); give --profile");
	places_find(&w->host, &all);
	for (size_t i = 0; i < all.n && added; i++) {
		const struct profile *p = &all.list[i];

		if (w->only == BROWSER_ANY || w->only == p->browser)
			added = profiles_add(&w->profiles, p->browser,
			    p->boxed, p->folder);
	}
	if (added && lacks_chromium(w, &all))
		added = profiles_add(&w->profiles, BROWSER_CHROMIUM, BOXED_NOT,
		    host_path(&w->host, CHROMIUM_FOLDER, room, sizeof room));
	profiles_free(&all);
	return added ? EXIT_DONE : no_memory();
}

static enum exit_code
find_profiles(struct work *w)
{
	const char	*name = w->t->opt->value[OPT_PROFILE];
	enum exit_code	 code = take_browser(w);

	if (code != EXIT_DONE)
		return code;
	code = name != NULL ? find_named(w, name) : find_usual(w);
	if (code == EXIT_DONE && host_memory_lacked())
		return no_memory();
	if (code == EXIT_DONE && w->profiles.n == 0)
		return fail(EXIT_FAILED, "no profile of a browser is there; "
		    "start the browser once, or name the folder with "
		    "--profile");
	return code;
}

/*
 * install and remove.
 */

static void
print_changes(struct work *w)
{
	struct json j = { w->t->out, false };

	json_open(&j, NULL, '{');
	json_open(&j, "changes", '[');
	for (size_t i = 0; i < w->plan.n; i++) {
		const struct step *step = &w->plan.steps[i];

		if (!step->done)
			continue;
		json_open(&j, NULL, '{');
		json_string(&j, "browser",
		    browsers[step->profile->browser].name);
		json_string(&j, "profile", step->profile->folder);
		json_string(&j, "change", step_word(step->kind));
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
	fputc('\n', w->t->out);
}

/* What is asked about has to be seen, wherever the answer goes. */
static enum exit_code
ask(const struct work *w)
{
	fputs(_("This is going to be changed:\n"), stderr);
	plan_describe(&w->plan, false, stderr);
	if (w->t->opt->seen[OPT_YES])
		return EXIT_DONE;
	return ui_confirm(_("Change it?"),
	    _("give --yes if that is right"),
	    _("cancelled; nothing was changed"));
}

/* Also of a plan that failed: what was changed before that has to be known. */
static void
report(struct work *w, enum exit_code code)
{
	if (code != EXIT_DONE && plan_done(&w->plan) == 0)
		return;
	if (w->t->opt->seen[OPT_JSON] > 0) {
		print_changes(w);
		w->t->answered = true;
	} else if (code != EXIT_DONE) {
		fputs(_("This was changed before:\n"), stderr);
		plan_describe(&w->plan, true, stderr);
	} else {
		fputs(w->plan.n > 0 ? _("Done.  It counts when the browser is "
		    "started the next time.\n") : _("There is nothing to "
		    "change.\n"), w->t->out);
	}
}

static enum exit_code
carry_out(struct work *w)
{
	enum exit_code code = host_memory_lacked() ? no_memory() : EXIT_DONE;

	if (code == EXIT_DONE && w->plan.n > 0)
		code = ask(w);
	if (code == EXIT_DONE)
		code = plan_carry_out(&w->plan);
	report(w, code);
	return code;
}

/*
 * The file as it was named, with its links, which outlive upgrades.  A browser
 * starts in another folder than this program.
 */
static enum exit_code
take_path(struct work *w, const char *file)
{
	char here[PATH_MAX];

	w->plan.module = file;
	if (file[0] == '/')
		return EXIT_DONE;
	if (getcwd(here, sizeof here) == NULL)
		return fail_read(".", errno);
	while (strncmp(file, "./", 2) == 0)
		file += 2 + strspn(file + 2, "/");
	w->plan.module = path_join(here, file, w->module, sizeof w->module);
	return w->module[0] != '\0' ? EXIT_DONE :
	    fail_read(file, ENAMETOOLONG);
}

static enum exit_code
take_module(struct work *w)
{
	const char	*file = w->t->opt->value[OPT_MODULE];
	char		*there;

	if (file == NULL)
		file = JPKI_P11_MODULES "/" P11_FILE_AUTH;
	there = realpath(file, NULL);
	if (there == NULL)
		return fail(EXIT_FAILED, "the module %s is not there; install "
		    "it (make install, or the package jpki-pkcs11), or name "
		    "its file with --module", file);
	free(there);
	/* By the name of the file it is known again. */
	if (p11_file_of(file).kind != P11_OURS)
		return fail(EXIT_USAGE, "%s has the name of no module of ours, "
		    "so \"browser remove\" would not take it out; name "
		    "jpki-pkcs11-auth.so, jpki-pkcs11-sign.so or "
		    "jpki-pkcs11.so", file);
	return take_path(w, file);
}

static enum exit_code
do_install(struct work *w)
{
	enum exit_code code = take_module(w);

	if (code != EXIT_DONE)
		return code;
	if (geteuid() == 0)
		warning("this registers the module for root alone; run it as "
		    "the user whose browser it is");
	code = plan_install(&w->plan, &w->profiles);
	if (code == EXIT_DONE && w->plan.fit == 0)
		return fail(EXIT_FAILED, "no profile is there that could load "
		    "the module; start the browser once, and try again");
	return code == EXIT_DONE ? carry_out(w) : code;
}

static enum exit_code
do_remove(struct work *w)
{
	enum exit_code code = plan_remove(&w->plan, &w->profiles);

	return code == EXIT_DONE ? carry_out(w) : code;
}

/*
 * status.
 */

static void
module_json(struct json *j, const struct nss_module *module)
{
	json_open(j, NULL, '{');
	json_string(j, "name", module->name);
	json_string(j, "library", module->library);
	json_close(j, '}');
}

static bool
has_kind(const struct nssdb *db, enum p11_kind kind)
{
	for (size_t i = 0; i < db->n; i++)
		if (p11_file_of(db->modules[i].library).kind == kind)
			return true;
	return false;
}

static void
profile_json(struct json *j, const struct work *w, const struct profile *p,
    const struct nssdb *db)
{
	char lock[PATH_MAX];

	json_open(j, NULL, '{');
	json_string(j, "browser", browsers[p->browser].name);
	json_string(j, "profile", p->folder);
	json_string(j, "boxed", boxed_names[p->boxed]);
	json_bool(j, "database", db->state == NSSDB_SQL);
	json_bool(j, "running", profile_in_use(&w->host, p, lock,
	    sizeof lock));
	json_bool(j, "registered", has_kind(db, P11_OURS));
	json_bool(j, "opensc", has_kind(db, P11_OPENSC));
	json_open(j, "modules", '[');
	for (size_t i = 0; i < db->n; i++)
		module_json(j, &db->modules[i]);
	json_close(j, ']');
	json_close(j, '}');
}

static const struct kind_row {
	enum p11_kind	 kind;
	const char	*text;
} kinds[] = {
	{ P11_OURS, N_("  registered for this card: ") },
	{ P11_OPENSC, N_("  OpenSC, which shows this card too: ") },
	{ P11_PROXY, N_("  p11-kit, which shows what it has: ") },
};

static void
put_modules(FILE *f, const struct nssdb *db)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		for (size_t k = 0; k < db->n; k++) {
			const char *library = db->modules[k].library;

			if (p11_file_of(library).kind != kinds[i].kind)
				continue;
			fputs(language_of(kinds[i].text), f);
			text_put(f, library);
			fputc('\n', f);
		}
}

static void
put_profile(FILE *f, const struct work *w, const struct profile *p,
    const struct nssdb *db)
{
	char lock[PATH_MAX];

	fputs(language_of(browsers[p->browser].title), f);
	text_put(f, p->folder);
	fputc('\n', f);
	if (p->boxed == BOXED_SNAP)
		fputs(_("  of a snap, which cannot load modules of the "
		    "system\n"), f);
	if (p->boxed == BOXED_FLATPAK)
		fputs(_("  of a flatpak, which cannot see modules of the "
		    "system\n"), f);
	if (db->state == NSSDB_OLD)
		fputs(_("  has a database of the old format (cert8.db)\n"),
		    f);
	if (db->state == NSSDB_NONE)
		fputs(_("  has no database of certificates yet\n"), f);
	put_modules(f, db);
	if (db->state == NSSDB_SQL && !has_kind(db, P11_OURS))
		fputs(_("  not registered for this card\n"), f);
	if (profile_in_use(&w->host, p, lock, sizeof lock))
		fputs(_("  the browser is running\n"), f);
}

static enum exit_code
do_status(struct work *w)
{
	struct json	j = { w->t->out, false };
	bool		as_json = w->t->opt->seen[OPT_JSON] > 0;

	if (as_json) {
		json_open(&j, NULL, '{');
		json_open(&j, "profiles", '[');
	}
	for (size_t i = 0; i < w->profiles.n; i++) {
		const struct profile	*p = &w->profiles.list[i];
		struct nssdb		 db;

		nssdb_read(&w->host, p->folder, &db);
		if (as_json)
			profile_json(&j, w, p, &db);
		else
			put_profile(w->t->out, w, p, &db);
		nssdb_free(&db);
	}
	if (as_json) {
		json_close(&j, ']');
		json_close(&j, '}');
		fputc('\n', w->t->out);
	}
	return host_memory_lacked() ? no_memory() : EXIT_DONE;
}

static const struct verb_row {
	const char	*name;
	work_fn		*run;
	uint64_t	 refused;
} verbs[] = {
	{ "install", do_install, 0 },
	{ "remove", do_remove, OPT(MODULE) },
	{ "status", do_status, OPT(MODULE) | OPT(YES) },
};

enum exit_code
cmd_browser(struct tool *t)
{
	const char	*name = t->opt->operand[1], *option;
	struct work	 w = { .t = t };
	enum exit_code	 code;
	size_t		 i = 0;

	while (i < sizeof verbs / sizeof verbs[0] &&
	    strcmp(verbs[i].name, name) != 0)
		i++;
	if (i == sizeof verbs / sizeof verbs[0])
		return fail(EXIT_USAGE, "\"browser\" knows no \"%s\"; give "
		    "install, remove or status", name);
	option = options_first(t->opt, verbs[i].refused);
	if (option != NULL)
		return fail(EXIT_USAGE, "\"browser %s\" takes no option --%s; "
		    "leave it out", name, option);
	host_here(&w.host, t->now);
	w.plan.host = &w.host;
	w.plan.named = t->opt->value[OPT_PROFILE] != NULL;
	code = find_profiles(&w);
	if (code == EXIT_DONE)
		code = verbs[i].run(&w);
	plan_free(&w.plan);
	profiles_free(&w.profiles);
	return code;
}
