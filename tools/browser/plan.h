/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What "browser" is going to change, before it changes anything: steps, each
 * of which is one run of a program of NSS.
 */
#ifndef PLAN_H
#define PLAN_H

#include <stdio.h>

#include "fail.h"
#include "places.h"

#define PLAN_NAME	"JPKI"	/* of our module in a database */

enum step_kind {
	STEP_CREATE,		/* a database, where there is none */
	STEP_ADD,
	STEP_DELETE,
	STEP_KINDS
};

struct step {
	enum step_kind		 kind;
	const struct profile	*profile;
	char			*name, *library; /* of the module; or "" */
	bool			 done;
};

struct plan {
	const struct host	*host;
	const char		*module;	/* the file to register */
	bool			 named;		/* by --profile */
	size_t			 fit;		/* profiles that have it then */
	struct step		*steps;
	size_t			 n;
};

/*
 * Put together what registers plan->module in these profiles, or takes ours
 * out of them.  Profiles that hold no database, or one of the old format, and
 * those of snaps and flatpaks, are passed over, with a warning where it
 * matters; if they were named, that is an error.  So is a program that is
 * missing for a step.  Reports errors: nothing is changed then.
 */
enum exit_code	plan_install(struct plan *plan,
		    const struct profiles *profiles);
enum exit_code	plan_remove(struct plan *plan,
		    const struct profiles *profiles);
void		plan_free(struct plan *plan);

/* A line for each step, or each that is done, for the person who is asked. */
void		plan_describe(const struct plan *plan, bool only_done,
		    FILE *f);

/* Does no browser use the profile now?  Reports one that does. */
enum exit_code	plan_check_in_use(const struct plan *plan,
		    const struct profile *profile);

/* Are the programs there that take the steps?  Reports one that is not. */
enum exit_code	plan_check_programs(const struct plan *plan);

/*
 * Take the steps; marks what is done.  What asks to stop waits for the end of
 * a profile, but for a program that hangs not for long.  In a profile in which a step fails, what was taken out is put
 * back.  Reports errors.
 */
enum exit_code	plan_carry_out(struct plan *plan);

/* How many steps are done. */
size_t		plan_done(const struct plan *plan);

/* "added", ... */
const char	*step_word(enum step_kind kind);

#endif
