/* SPDX-License-Identifier: BSD-2-Clause */
#include "plan.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "list.h"
#include "nssdb.h"
#include "p11file.h"

static enum exit_code
add_step(struct plan *plan, enum step_kind kind,
    const struct profile *profile, const char *name, const char *library)
{
	struct step step = {
		kind, profile, strdup(name), strdup(library), false
	};

	if (step.name != NULL && step.library != NULL &&
	    list_append(&plan->steps, &plan->n, &step, sizeof step))
		return EXIT_DONE;
	free(step.name);
	free(step.library);
	return fail(EXIT_FAILED, "out of memory; close other programs and try "
	    "again");
}

void
plan_free(struct plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		free(plan->steps[i].name);
		free(plan->steps[i].library);
	}
	free(plan->steps);
	plan->steps = NULL;
	plan->n = 0;
}

/* Of a path, or of the part of it that is there; false: of none. */
static bool
find_owner(const char *path, uid_t *out)
{
	char		room[PATH_MAX];
	struct stat	st;
	char		*slash;

	(void)snprintf(room, sizeof room, "%s", path);
	while (stat(room, &st) != 0) {
		slash = strrchr(room, '/');
		if (slash == NULL || slash == room)
			return false;
		*slash = '\0';
	}
	*out = st.st_uid;
	return true;
}

/* What root writes into somebody's profile, that one cannot use any more. */
static enum exit_code
check_owner(const char *folder)
{
	uid_t owner;

	if (geteuid() != 0 || !find_owner(folder, &owner) || owner == 0)
		return EXIT_DONE;
	return fail(EXIT_FAILED, "%s belongs to another user, whom root would "
	    "lock out of it; run this as that user, without sudo", folder);
}

static enum exit_code
check_writable(const char *folder)
{
	char		list[PATH_MAX];
	struct stat	st;

	(void)path_join(folder, "pkcs11.txt", list, sizeof list);
	/* A FIFO would let modutil wait for ever. */
	if (stat(list, &st) == 0 && !S_ISREG(st.st_mode))
		return fail(EXIT_FAILED, "%s is not a file; put it out of the "
		    "way, and try again", list);
	if (faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0 &&
	    (faccessat(AT_FDCWD, list, W_OK, AT_EACCESS) == 0 ||
	    errno == ENOENT))
		return EXIT_DONE;
	return fail_write(folder, errno);
}

enum exit_code
plan_check_in_use(const struct plan *plan, const struct profile *profile)
{
	char lock[PATH_MAX];

	if (!profile_in_use(plan->host, profile, lock, sizeof lock))
		return EXIT_DONE;
	return fail(EXIT_FAILED, "the browser that uses %s is running; close "
	    "all its windows and try again (if it is not running, remove %s)",
	    profile->folder, lock);
}

/* May this database be changed? */
static enum exit_code
check_profile(const struct plan *plan, const struct profile *profile)
{
	enum exit_code code = check_owner(profile->folder);

	if (code == EXIT_DONE)
		code = check_writable(profile->folder);
	if (code == EXIT_DONE)
		code = plan_check_in_use(plan, profile);
	return code;
}

static bool
is_named(const struct nss_module *module, const char *name)
{
	return module->name != NULL && strcmp(module->name, name) == 0;
}

/*
 * A module of ours that shows what the browser is to see, or that was put there
 * by "browser install", which registers any of them.
 */
static bool
is_ours(const struct nss_module *module)
{
	struct p11_file file = p11_file_of(module->library);

	return file.kind == P11_OURS && ((file.tokens & P11_AUTH) != 0 ||
	    is_named(module, PLAN_NAME));
}

static enum exit_code
delete_ours(struct plan *plan, const struct profile *profile,
    const struct nssdb *db)
{
	enum exit_code code = EXIT_DONE;

	for (size_t i = 0; i < db->n && code == EXIT_DONE; i++)
		if (is_ours(&db->modules[i]) && db->modules[i].name != NULL)
			code = add_step(plan, STEP_DELETE, profile,
			    db->modules[i].name, db->modules[i].library);
	return code;
}

/* Is the file registered already, and nothing of ours beside it? */
static bool
is_installed(const struct plan *plan, const struct nssdb *db)
{
	size_t ours = 0, same = 0;

	for (size_t i = 0; i < db->n; i++) {
		same += strcmp(db->modules[i].library, plan->module) == 0;
		ours += is_ours(&db->modules[i]);
	}
	return same == 1 && ours <= 1;
}

static enum exit_code
check_name(const struct profile *profile, const struct nssdb *db)
{
	for (size_t i = 0; i < db->n; i++)
		if (is_named(&db->modules[i], PLAN_NAME) &&
		    !is_ours(&db->modules[i]))
			return fail(EXIT_FAILED, "%s has another module of the "
			    "name JPKI, %s; take that one out first",
			    profile->folder, db->modules[i].library);
	return EXIT_DONE;
}

static enum exit_code
change_database(struct plan *plan, const struct profile *profile,
    const struct nssdb *db)
{
	enum exit_code code;

	if (is_installed(plan, db))
		return EXIT_DONE;
	code = check_name(profile, db);
	if (code == EXIT_DONE)
		code = check_profile(plan, profile);
	if (code == EXIT_DONE)
		code = delete_ours(plan, profile, db);
	if (code == EXIT_DONE)
		code = add_step(plan, STEP_ADD, profile, PLAN_NAME,
		    plan->module);
	return code;
}

/* Chromium makes its database when it needs one; so may we. */
static enum exit_code
make_database(struct plan *plan, const struct profile *profile)
{
	enum exit_code code;

	if (profile->browser != BROWSER_CHROMIUM)
		return plan->named ? fail(EXIT_FAILED, "there is no database "
		    "of certificates in %s; start the browser once with that "
		    "profile, or check the name", profile->folder) : EXIT_DONE;
	code = check_owner(profile->folder);
	if (code == EXIT_DONE)
		code = plan_check_in_use(plan, profile);
	if (code == EXIT_DONE)
		code = add_step(plan, STEP_CREATE, profile, "", "");
	if (code == EXIT_DONE)
		code = add_step(plan, STEP_ADD, profile, PLAN_NAME,
		    plan->module);
	return code;
}

static enum exit_code
refuse_old(const struct plan *plan, const struct profile *profile)
{
	if (plan->named)
		return fail(EXIT_FAILED, "the database in %s is of the old "
		    "format (cert8.db), which is not touched; start a browser "
		    "of today once with that profile, and try again",
		    profile->folder);
	warning("%s is left as it is: its database is of the old format "
	    "(cert8.db); if the profile is still used, start the browser once "
	    "with it, and try again", profile->folder);
	return EXIT_DONE;
}

/* What is in a box sees nothing of the system's modules. */
static enum exit_code
refuse_boxed(const struct plan *plan, const struct profile *profile)
{
	if (plan->named)
		return fail(EXIT_FAILED, "%s is of a snap or a flatpak, which "
		    "cannot load modules of the system; take a browser from a "
		    "package of your system", profile->folder);
	warning("%s is left as it is: a snap or a flatpak cannot load modules "
	    "of the system; take a browser from a package of your system",
	    profile->folder);
	return EXIT_DONE;
}

static enum exit_code
install_into(struct plan *plan, const struct profile *profile)
{
	struct nssdb	db;
	enum exit_code	code;

	if (profile->boxed != BOXED_NOT)
		return refuse_boxed(plan, profile);
	nssdb_read(plan->host, profile->folder, &db);
	plan->fit += db.state == NSSDB_SQL || (db.state == NSSDB_NONE &&
	    profile->browser == BROWSER_CHROMIUM);
	if (db.state == NSSDB_OLD)
		code = refuse_old(plan, profile);
	else if (db.state == NSSDB_NONE)
		code = make_database(plan, profile);
	else
		code = change_database(plan, profile, &db);
	nssdb_free(&db);
	return code;
}

static enum exit_code
remove_from(struct plan *plan, const struct profile *profile)
{
	struct nssdb	db;
	size_t		before = plan->n;
	enum exit_code	code;

	nssdb_read(plan->host, profile->folder, &db);
	code = db.state == NSSDB_OLD && plan->named ?
	    refuse_old(plan, profile) : delete_ours(plan, profile, &db);
	if (code == EXIT_DONE && plan->n > before)
		code = check_profile(plan, profile);
	nssdb_free(&db);
	return code;
}

typedef enum exit_code part_fn(struct plan *plan,
    const struct profile *profile);

static enum exit_code
each_profile(struct plan *plan, const struct profiles *profiles, part_fn *fn)
{
	enum exit_code code = EXIT_DONE;

	for (size_t i = 0; i < profiles->n && code == EXIT_DONE; i++)
		code = fn(plan, &profiles->list[i]);
	return code == EXIT_DONE ? plan_check_programs(plan) : code;
}

enum exit_code
plan_install(struct plan *plan, const struct profiles *profiles)
{
	return each_profile(plan, profiles, install_into);
}

enum exit_code
plan_remove(struct plan *plan, const struct profiles *profiles)
{
	return each_profile(plan, profiles, remove_from);
}
