/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checks: rows of tables, each run in a process of its own, so that a crash
 * or a hang is a result like any other and no check disturbs the next.
 */
#ifndef CHECK_H
#define CHECK_H

#include "kit.h"
#include "rv.h"

/* What is ready when a check begins; each includes those before it. */
enum stage {
	LOADED,		/* kit.f, not initialised */
	INITIALIZED,	/* kit.slot */
	SESSION,	/* kit.session, read only */
	LOGGED_IN
};

#define NEEDS_3_0	1u	/* skipped where the module has no 3.0 */
#define DESTRUCTIVE	2u	/* only with --destructive */
#define STRICT		4u	/* only with --strict */

struct check {
	const char	*section;	/* of the standard, and function */
	const char	*name;		/* what must hold */
	void		(*run)(const void *arg);
	enum stage	 stage;
	unsigned	 flags;
	const void	*arg;
};


/* Run one and print its result. */
void	check_run(const struct check *check);
/* The name follows printf's format. */
void	check_run_named(const struct check *check, const char *format, ...)
	    __attribute__((format(printf, 2, 3)));
/* Does it hold?  Nothing is printed or counted. */
bool	check_probe(const struct check *check);
/* The plan and the count; the exit status. */
int	check_end(void);

/*
 * Within a check.  Each says on the check's output what is wrong, makes the
 * check fail, and returns false; or returns true.
 */
bool	expect(const char *what, CK_RV got, CK_RV wanted);
/* wanted ends with END_OF_LIST. */
bool	expect_any(const char *what, CK_RV got, const CK_RV *wanted);
/* The same; or, if not strict, the function is a stub. */
bool	expect_or_stub(const char *what, CK_RV got, CK_RV wanted);
bool	expect_error(const char *what, CK_RV got);
bool	holds(bool condition, const char *format, ...)
	    __attribute__((format(printf, 2, 3)));

#define END_OF_LIST	((CK_RV)-1)
#define ANY_OF(...)	((const CK_RV[]){ __VA_ARGS__, END_OF_LIST })

/* Did a call before this one in the same check fail? */
bool	check_failed(void);

extern bool check_destructive;
/*
 * The standard lets a stub "simply return" CKR_FUNCTION_NOT_SUPPORTED.  With
 * this, even a stub has to say first what is wrong with its call.
 */
extern bool check_strict;

/* The groups; each runs all of its checks. */
void	run_general(void);
void	run_calls(void);
void	run_null(void);
void	run_interfaces(void);
void	run_slots(void);
void	run_mechanisms(void);
void	run_sessions(void);
void	run_logins(void);
void	run_pins(void);
void	run_objects(void);
void	run_attributes(void);
void	run_buffers(void);
void	run_searches(void);
void	run_signatures(void);
void	run_sign_states(void);
void	run_verifications(void);
void	run_digests(void);
void	run_threads(void);
void	run_forks(void);

#define RUN_ALL(rows) \
	check_run_all(rows, sizeof(rows) / sizeof((rows)[0]))
void	check_run_all(const struct check *rows, size_t n);

#endif
