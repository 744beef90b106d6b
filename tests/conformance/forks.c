/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fork: the child initialises the library anew, and the parent's login and
 * sessions go on (Usage Guide 2.6.1, and what servers do).
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#define CHILD_HANGS_AFTER	60	/* seconds, for a hang's sake */

static struct pair pair;

static CK_RV
sign(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE key)
{
	unsigned char data[32] = { 0 }, out[1024];
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };
	CK_ULONG n = sizeof(out);
	CK_RV rv = kit.f->C_SignInit(s, &m, key);

	return rv == CKR_OK ?
	    kit.f->C_Sign(s, data, sizeof(data), out, &n) : rv;
}

/* Run the child's part; it says on stdout what is wrong. */
static void
in_child(void (*run)(void))
{
	int status;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		(void)alarm(CHILD_HANGS_AFTER);
		run();
		_exit(check_failed() ? 1 : 0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		(void)holds(false, "no child");
		return;
	}
	(void)holds(!WIFSIGNALED(status), "the child crashed: signal %d",
	    WTERMSIG(status));
	(void)holds(!WIFEXITED(status) || WEXITSTATUS(status) == 0,
	    "the child's part went wrong");
}

/* The parent afterwards. */
static void
parent_signs(void)
{
	(void)expect("C_Sign in the parent afterwards",
	    sign(kit.session, pair.private_key), CKR_OK);
}

static void
leave(void)
{
}

static void
child_leaves(const void *arg)
{
	(void)arg;
	if (!kit_pair(&pair))
		return;
	in_child(leave);
	parent_signs();
}

static void
execute(void)
{
	(void)execl("/bin/sh", "sh", "-c", ":", (char *)NULL);
	_exit(1);
}

static void
child_executes(const void *arg)
{
	(void)arg;
	if (!kit_pair(&pair))
		return;
	in_child(execute);
	parent_signs();
}

static void
initialize(void)
{
	(void)expect("C_Initialize in the child", kit_initialize(), CKR_OK);
}

static void
child_initializes(const void *arg)
{
	(void)arg;
	in_child(initialize);
}

static void
work(void)
{
	struct pair own;

	initialize();
	if (!kit_find_slot() ||
	    !expect("C_OpenSession in the child", kit_open(0, &kit.session),
	    CKR_OK) ||
	    !expect("C_Login in the child", kit_login(kit.session), CKR_OK) ||
	    !kit_pair(&own))
		return;
	(void)expect("C_Sign in the child",
	    sign(kit.session, own.private_key), CKR_OK);
}

static void
child_works(const void *arg)
{
	(void)arg;
	in_child(work);
}

/* The child's own: a login of its own, then C_Finalize.  The parent goes on;
 * what it must not see is a dead session or an odd error. */
static void
work_and_finish(void)
{
	work();
	(void)expect("C_Finalize in the child", kit_finalize(), CKR_OK);
}

static void
child_works_parent_goes_on(const void *arg)
{
	CK_RV rv;

	(void)arg;
	if (!kit_pair(&pair))
		return;
	in_child(work_and_finish);
	rv = sign(kit.session, pair.private_key);
	if (!expect_any("C_Sign in the parent afterwards", rv,
	    ANY_OF(CKR_OK, CKR_USER_NOT_LOGGED_IN, CKR_KEY_HANDLE_INVALID)) ||
	    rv == CKR_OK)
		return;
	(void)expect("C_Login in the parent, in its old session",
	    kit_login(kit.session), CKR_OK);
	if (kit_pair(&pair))
		parent_signs();
}

/* Without C_Initialize anything may come of it, but no crash. */
static void
use_parents_session(void)
{
	CK_SESSION_INFO info;

	(void)kit.f->C_GetSessionInfo(kit.session, &info);
	(void)sign(kit.session, pair.private_key);
	(void)kit.f->C_CloseSession(kit.session);
	(void)kit.f->C_Finalize(NULL);
}

static void
child_misuses(const void *arg)
{
	(void)arg;
	if (!kit_pair(&pair))
		return;
	in_child(use_parents_session);
}

/* Without C_Finalize, through exit and the library's own ends. */
static void
exit_at_once(void)
{
	work();
	exit(check_failed() ? 1 : 0);
}

static void
exit_without_finalize(const void *arg)
{
	(void)arg;
	in_child(exit_at_once);
}

static const struct check checks[] = {
	{ "UG 2.6.1 fork", "a child that ends leaves the parent's login alone",
	    child_leaves, LOGGED_IN, 0, NULL },
	{ "UG 2.6.1 fork", "a child that becomes another program does, too",
	    child_executes, LOGGED_IN, 0, NULL },
	{ "UG 2.6.1 fork", "C_Initialize in the child is CKR_OK",
	    child_initializes, LOGGED_IN, 0, NULL },
	{ "UG 2.6.1 fork", "a child with a login of its own signs",
	    child_works, LOGGED_IN, 0, NULL },
	{ "UG 2.6.1 fork", "and the parent goes on, at worst with a new login",
	    child_works_parent_goes_on, LOGGED_IN, 0, NULL },
	{ "5.4.2 C_Finalize", "may be left out: exit does not crash",
	    exit_without_finalize, LOADED, 0, NULL },
	{ "UG 2.6.1 fork", "a child that does not initialise does not crash",
	    child_misuses, LOGGED_IN, 0, NULL },
};

void
run_forks(void)
{
	RUN_ALL(checks);
}
