/* SPDX-License-Identifier: BSD-2-Clause */
/* C_Initialize and C_Finalize: arguments, mutexes, settings, again, fork. */
#include "p11kit.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * The application's mutexes: one at most is made, and every lock is met by an
 * unlock.
 */
static struct {
	int	made, destroyed, locks, unlocks, held;
	CK_RV	create_rv;
} mutexes;

static int a_mutex;

static CK_RV
mutex_create(CK_VOID_PTR_PTR out)
{
	*out = &a_mutex;
	mutexes.made++;
	return mutexes.create_rv;
}

static CK_RV
mutex_destroy(void *mutex)
{
	assert_ptr_equal(mutex, &a_mutex);
	assert_int_equal(mutexes.held, 0);
	mutexes.destroyed++;
	return CKR_OK;
}

static CK_RV
mutex_lock(void *mutex)
{
	assert_ptr_equal(mutex, &a_mutex);
	assert_int_equal(mutexes.held++, 0);
	mutexes.locks++;
	return CKR_OK;
}

static CK_RV
mutex_unlock(void *mutex)
{
	assert_ptr_equal(mutex, &a_mutex);
	assert_int_equal(--mutexes.held, 0);
	mutexes.unlocks++;
	return CKR_OK;
}

/* What OpenSSL does whose configuration loads us: it calls from within. */
static CK_RV called_from_within, started_from_within;

static CK_RV
mutex_lock_and_call(void *mutex)
{
	CK_ULONG n;

	called_from_within = p11->C_GetSlotList(CK_FALSE, NULL, &n);
	started_from_within = p11->C_Initialize(NULL);
	return mutex_lock(mutex);
}

static CK_C_INITIALIZE_ARGS
some_mutexes(unsigned which)
{
	return (CK_C_INITIALIZE_ARGS){
		.CreateMutex = (which & 1) != 0 ? mutex_create : NULL,
		.DestroyMutex = (which & 2) != 0 ? mutex_destroy : NULL,
		.LockMutex = (which & 4) != 0 ? mutex_lock : NULL,
		.UnlockMutex = (which & 8) != 0 ? mutex_unlock : NULL,
	};
}

static void
without_arguments_it_starts(void **state)
{
	CK_INFO info;

	(void)state;
	expect_rv("init", p11->C_Initialize(NULL), CKR_OK);
	expect_rv("info", p11->C_GetInfo(&info), CKR_OK);
	expect_rv("again", p11->C_Initialize(NULL),
	    CKR_CRYPTOKI_ALREADY_INITIALIZED);
	expect_rv("fini", p11->C_Finalize(NULL), CKR_OK);
	expect_rv("fini again", p11->C_Finalize(NULL),
	    CKR_CRYPTOKI_NOT_INITIALIZED);
	expect_rv("info then", p11->C_GetInfo(&info),
	    CKR_CRYPTOKI_NOT_INITIALIZED);
}

static void
what_c_get_info_says(void **state)
{
	CK_INFO info;

	(void)state;
	memset(&info, 0xAA, sizeof(info));
	kit_init(NULL);
	expect_rv("NULL", p11->C_GetInfo(NULL), CKR_ARGUMENTS_BAD);
	expect_rv("info", p11->C_GetInfo(&info), CKR_OK);
	assert_int_equal(info.cryptokiVersion.major, 2);
	assert_int_equal(info.cryptokiVersion.minor, 40);
	assert_int_equal(info.flags, 0);
	assert_memory_equal(info.manufacturerID,
	    "jpki                            ", 32);
	assert_memory_equal(info.libraryDescription, "JPKI ", 5);
	assert_int_equal(info.libraryDescription[31], ' ');
}

static void
finalize_wants_null(void **state)
{
	int something;

	(void)state;
	kit_init(NULL);
	expect_rv("fini", p11->C_Finalize(&something), CKR_ARGUMENTS_BAD);
	/* And is still there. */
	expect_rv("again", p11->C_Initialize(NULL),
	    CKR_CRYPTOKI_ALREADY_INITIALIZED);
}

/* Every mixture of the four functions, with every flag. */
static void
all_mutex_functions_or_none(void **state)
{
	CK_C_INITIALIZE_ARGS args;

	(void)state;
	for (unsigned which = 0; which < 16; which++)
		for (CK_FLAGS flags = 0; flags < 4; flags++) {
			args = some_mutexes(which);
			args.flags = flags;
			expect_rv("init", p11->C_Initialize(&args),
			    which == 0 || which == 15 ? CKR_OK :
			    CKR_ARGUMENTS_BAD);
			expect_rv("fini", p11->C_Finalize(NULL),
			    which == 0 || which == 15 ? CKR_OK :
			    CKR_CRYPTOKI_NOT_INITIALIZED);
		}
}

/* A short life: every kind of call, errors among them. */
static void
live(void)
{
	CK_SESSION_HANDLE session = kit_open_user(AUTH);
	CK_SLOT_ID id;

	expect_rv("sign", kit_sign(session), CKR_OK);
	expect_rv("bad", p11->C_GetInfo(NULL), CKR_ARGUMENTS_BAD);
	expect_rv("bad session", p11->C_Logout(session + 99),
	    CKR_SESSION_HANDLE_INVALID);
	expect_rv("twice", p11->C_Initialize(NULL),
	    CKR_CRYPTOKI_ALREADY_INITIALIZED);
	expect_rv("event", p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &id,
	    NULL), CKR_NO_EVENT);
	expect_rv("stub", p11->C_SeedRandom(session, NULL, 0),
	    CKR_RANDOM_NO_RNG);
}

static void
given_mutexes_are_used_balanced_and_destroyed(void **state)
{
	CK_C_INITIALIZE_ARGS args = some_mutexes(15);

	(void)state;
	memset(&mutexes, 0, sizeof(mutexes));
	(void)kit_card(READER_A, "adult", NULL);
	expect_rv("init", p11->C_Initialize(&args), CKR_OK);
	assert_int_equal(mutexes.made, 1);
	live();
	assert_true(mutexes.locks > 10);
	assert_int_equal(mutexes.locks, mutexes.unlocks);
	kit_fini();
	assert_int_equal(mutexes.locks, mutexes.unlocks);
	assert_int_equal(mutexes.destroyed, 1);
	/* They are gone: nothing uses them any more. */
	expect_rv("later", p11->C_GetInfo(NULL),
	    CKR_CRYPTOKI_NOT_INITIALIZED);
	assert_int_equal(mutexes.made + mutexes.destroyed, 2);
}

static void
with_os_locking_the_module_may_choose(void **state)
{
	CK_C_INITIALIZE_ARGS args = some_mutexes(15);

	(void)state;
	memset(&mutexes, 0, sizeof(mutexes));
	args.flags = CKF_OS_LOCKING_OK | CKF_LIBRARY_CANT_CREATE_OS_THREADS;
	(void)kit_card(READER_A, "adult", NULL);
	expect_rv("init", p11->C_Initialize(&args), CKR_OK);
	live();
	kit_fini();
	assert_int_equal(mutexes.made, mutexes.destroyed);
	assert_int_equal(mutexes.locks, mutexes.unlocks);
}

static void
a_mutex_that_cannot_be_made_stops_it(void **state)
{
	CK_C_INITIALIZE_ARGS args = some_mutexes(15);

	(void)state;
	memset(&mutexes, 0, sizeof(mutexes));
	mutexes.create_rv = CKR_HOST_MEMORY;
	expect_rv("init", p11->C_Initialize(&args), CKR_HOST_MEMORY);
	expect_rv("fini", p11->C_Finalize(NULL),
	    CKR_CRYPTOKI_NOT_INITIALIZED);
	assert_int_equal(mutexes.locks + mutexes.destroyed, 0);
	kit_init(NULL);
}

/* What p11-kit and NSS put there, and what nobody should. */
static const struct {
	const char	*text;
	CK_RV		 rv;
} reserved[] = {
	{ "", CKR_OK },
	{ "tokens=auth", CKR_OK },
	{ " tokens=both\tlast-try=allow\nconsent=each pss=off log=none ",
	  CKR_OK },
	{ "configdir='sql:/home/x/.pki/nssdb' certPrefix='' keyPrefix='' "
	  "secmod='secmod.db' flags=readOnly", CKR_OK },
	{ "slots=(0x1=[slotFlags=RSA askpw=any timeout=30])", CKR_OK },
	{ "=", CKR_OK },
	{ "= =x y= tokens", CKR_OK },
	{ "\xFF\xFE\x01\x7F", CKR_OK },
	{ "tokens=", CKR_ARGUMENTS_BAD },
	{ "tokens=neither", CKR_ARGUMENTS_BAD },
	{ "pss=maybe", CKR_ARGUMENTS_BAD },
	{ "consent=once last-try=perhaps", CKR_ARGUMENTS_BAD },
};

static void
any_string_in_reserved_is_survived(void **state)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };
	char copy[256];

	(void)state;
	for (size_t i = 0; i < COUNT(reserved); i++) {
		strcpy(copy, reserved[i].text);
		args.pReserved = copy;
		expect_rv(reserved[i].text, p11->C_Initialize(&args),
		    reserved[i].rv);
		(void)p11->C_Finalize(NULL);
	}
}

static void
what_cannot_point_to_a_string_is_refused(void **state)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };

	(void)state;
	for (uintptr_t p = 1; p < 4096; p += p < 16 ? 1 : 511) {
		args.pReserved = (void *)p;
		expect_rv("init", p11->C_Initialize(&args),
		    CKR_ARGUMENTS_BAD);
	}
	args.pReserved = (void *)(uintptr_t)4095;
	expect_rv("init", p11->C_Initialize(&args), CKR_ARGUMENTS_BAD);
}

static CK_ULONG
slots(void)
{
	CK_ULONG n = 0;

	expect_rv("slots", p11->C_GetSlotList(CK_FALSE, NULL, &n), CKR_OK);
	return n;
}

static void
the_environment_wins_and_its_errors_are_skipped(void **state)
{
	(void)state;
	(void)kit_card(READER_A, "adult", NULL);
	kit_init("tokens=sign");
	assert_int_equal(slots(), 1);
	kit_fini();
	setenv("JPKI_PKCS11", "tokens=both", 1);
	kit_init("tokens=sign");
	assert_int_equal(slots(), 2);
	kit_fini();
	setenv("JPKI_PKCS11", "tokens=zebra", 1);
	kit_init("tokens=sign");
	assert_int_equal(slots(), 1);
	unsetenv("JPKI_PKCS11");
}

static void
expect_label(unsigned slot, const char *label)
{
	CK_TOKEN_INFO info;

	expect_rv("token", p11->C_GetTokenInfo(kit_slot(slot), &info),
	    CKR_OK);
	assert_memory_equal(info.label, label, strlen(label));
	assert_int_equal(info.label[strlen(label)], ' ');
}

/* The readers' slots outlive C_Finalize, but which tokens show may change. */
static void
each_start_has_its_own_tokens(void **state)
{
	(void)state;
	(void)kit_card(READER_A, "adult", NULL);
	kit_init("tokens=both");
	expect_label(0, "JPKI-AUTH");
	expect_label(1, "JPKI-SIGN");
	kit_fini();
	kit_init("tokens=sign");
	assert_int_equal(slots(), 1);
	expect_label(0, "JPKI-SIGN");
	kit_fini();
	kit_init("tokens=auth");
	assert_int_equal(slots(), 1);
	expect_label(0, "JPKI-AUTH");
	kit_fini();
	kit_init(NULL);
	assert_int_equal(slots(), 2);
}

static int
descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

static void
ten_rounds_leak_no_descriptor_and_no_connection(void **state)
{
	CK_SESSION_HANDLE session = 0, last = 0;
	int before = 0;

	(void)state;
	(void)kit_card(READER_A, "adult", NULL);
	for (int round = 0; round < 10; round++) {
		kit_init(NULL);
		last = session;
		session = kit_open_user(AUTH);
		assert_true(session > last);
		expect_rv("sign", kit_sign(session), CKR_OK);
		if (round > 0)
			expect_rv("of the last round", p11->C_GetSessionInfo(
			    last, &(CK_SESSION_INFO){ 0 }),
			    CKR_SESSION_HANDLE_INVALID);
		kit_fini();
		assert_int_equal(vtransport_open_count(kit_world), 0);
		if (round == 0)
			before = descriptors();
	}
	assert_int_equal(descriptors(), before);
}

/*
 * Fork.  A check in the child ends it with the number of the step that
 * failed.
 */

static int
child(CK_SESSION_HANDLE parents)
{
	CK_SESSION_HANDLE session = 0;
	CK_SESSION_INFO info;
	CK_SLOT_ID ids[4];
	CK_ULONG n = 4;
	CK_UTF8CHAR pin[] = "1234";

	if (p11->C_GetInfo(&(CK_INFO){ 0 }) != CKR_CRYPTOKI_NOT_INITIALIZED)
		return 1;
	if (p11->C_GetSessionInfo(parents, &info) !=
	    CKR_CRYPTOKI_NOT_INITIALIZED)
		return 2;
	if (p11->C_Finalize(NULL) != CKR_CRYPTOKI_NOT_INITIALIZED)
		return 3;
	if (p11->C_Initialize(NULL) != CKR_OK)
		return 4;
	if (p11->C_GetSessionInfo(parents, &info) !=
	    CKR_SESSION_HANDLE_INVALID)
		return 5;
	if (p11->C_GetSlotList(CK_TRUE, ids, &n) != CKR_OK || n != 2)
		return 6;
	if (p11->C_OpenSession(ids[0], CKF_SERIAL_SESSION, NULL, NULL,
	    &session) != CKR_OK || session == parents)
		return 7;
	if (p11->C_Login(session, CKU_USER, pin, 4) != CKR_OK)
		return 8;
	if (kit_sign(session) != CKR_OK)
		return 9;
	return p11->C_Finalize(NULL) == CKR_OK ? 0 : 10;
}

static void
a_child_starts_anew_and_the_parent_goes_on(void **state)
{
	CK_SESSION_HANDLE session;
	int status;
	pid_t pid;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	session = kit_open_user(AUTH);
	pid = fork();
	if (pid == 0)
		_exit(child(session));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	/* The two worlds are copies: the parent's login is its own. */
	assert_int_equal(kit_state(session), CKS_RO_USER_FUNCTIONS);
	expect_rv("sign", kit_sign(session), CKR_OK);
}

static void
a_child_sends_nothing_on_the_parents_connection(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	(void)kit_open_user(AUTH);
	kit_counters_clear();
	pid = fork();
	if (pid == 0) {
		/* Not a command, nor a connection ended, by being forked. */
		(void)p11->C_Finalize(NULL);
		_exit(kit_commands() == 0 &&
		    vtransport_open_count(kit_world) == 1 ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void
a_child_of_a_finalized_parent_can_start(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	kit_fini();
	pid = fork();
	if (pid == 0)
		_exit(child(1));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	kit_init(NULL);
}

static void
a_call_from_within_is_refused_and_does_not_hang(void **state)
{
	CK_C_INITIALIZE_ARGS args = some_mutexes(15);
	CK_INFO info;

	(void)state;
	memset(&mutexes, 0, sizeof(mutexes));
	args.LockMutex = mutex_lock_and_call;
	expect_rv("init", p11->C_Initialize(&args), CKR_OK);
	expect_rv("info", p11->C_GetInfo(&info), CKR_OK);
	expect_rv("slots", called_from_within, CKR_FUNCTION_FAILED);
	expect_rv("start", started_from_within, CKR_FUNCTION_FAILED);
	expect_rv("fini", p11->C_Finalize(NULL), CKR_OK);
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, kit_setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(without_arguments_it_starts),
		T(what_c_get_info_says),
		T(finalize_wants_null),
		T(all_mutex_functions_or_none),
		T(given_mutexes_are_used_balanced_and_destroyed),
		T(with_os_locking_the_module_may_choose),
		T(a_mutex_that_cannot_be_made_stops_it),
		T(any_string_in_reserved_is_survived),
		T(what_cannot_point_to_a_string_is_refused),
		T(the_environment_wins_and_its_errors_are_skipped),
		T(each_start_has_its_own_tokens),
		T(ten_rounds_leak_no_descriptor_and_no_connection),
		T(a_child_starts_anew_and_the_parent_goes_on),
		T(a_child_sends_nothing_on_the_parents_connection),
		T(a_child_of_a_finalized_parent_can_start),
		T(a_call_from_within_is_refused_and_does_not_hang),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
