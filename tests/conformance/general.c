/* SPDX-License-Identifier: BSD-2-Clause */
/* General purpose functions: 5.4. */
#include <dirent.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

/* A field of characters, padded with blanks, without a NUL. */
static bool
padded(const unsigned char *field, size_t n)
{
	return memchr(field, '\0', n) == NULL;
}

static void
version(const void *arg)
{
	(void)arg;
	(void)holds(kit.f->version.major == 2, "version %d.%d",
	    kit.f->version.major, kit.f->version.minor);
}

static void
no_holes(const void *arg)
{
	const void *const *list = (const void *const *)(const void *)
	    &kit.f->C_Initialize;
	size_t n = (sizeof(*kit.f) - offsetof(CK_FUNCTION_LIST,
	    C_Initialize)) / sizeof(void *);

	(void)arg;
	for (size_t i = 0; i < n; i++)
		(void)holds(list[i] != NULL, "entry %zu is NULL", i);
}

static void
info(const void *arg)
{
	CK_INFO i;

	(void)arg;
	memset(&i, 0, sizeof(i));
	if (!expect("C_GetInfo", kit.f->C_GetInfo(&i), CKR_OK))
		return;
	(void)holds(i.cryptokiVersion.major == 2 ||
	    i.cryptokiVersion.major == 3, "cryptokiVersion %d.%d",
	    i.cryptokiVersion.major, i.cryptokiVersion.minor);
	(void)holds(i.flags == 0, "flags 0x%lX, must be 0", i.flags);
	(void)holds(padded(i.manufacturerID, sizeof(i.manufacturerID)),
	    "manufacturerID is not padded with blanks");
	(void)holds(padded(i.libraryDescription,
	    sizeof(i.libraryDescription)),
	    "libraryDescription is not padded with blanks");
}

/*
 * C_Initialize.
 */

static void
no_arguments(const void *arg)
{
	(void)arg;
	(void)expect("C_Initialize(NULL)", kit.f->C_Initialize(NULL), CKR_OK);
}

static void
twice(const void *arg)
{
	(void)arg;
	(void)expect("the second", kit_initialize(),
	    CKR_CRYPTOKI_ALREADY_INITIALIZED);
	(void)expect("the second, without arguments",
	    kit.f->C_Initialize(NULL), CKR_CRYPTOKI_ALREADY_INITIALIZED);
}

static void
reserved(const void *arg)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };

	(void)arg;
	/* No pointer to anything. */
	args.pReserved = (void *)1;
	(void)expect("pReserved 1", kit.f->C_Initialize(&args),
	    CKR_ARGUMENTS_BAD);
}

static void
reserved_text(const void *arg)
{
	static char text[] = "what=is this";
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };

	(void)arg;
	args.pReserved = text;
	(void)expect_any("pReserved with words that mean nothing",
	    kit.f->C_Initialize(&args), ANY_OF(CKR_OK, CKR_ARGUMENTS_BAD));
}

static void
no_threads(const void *arg)
{
	CK_C_INITIALIZE_ARGS args = {
		.flags = CKF_OS_LOCKING_OK | CKF_LIBRARY_CANT_CREATE_OS_THREADS
	};

	(void)arg;
	(void)expect_any("C_Initialize", kit.f->C_Initialize(&args),
	    ANY_OF(CKR_OK, CKR_NEED_TO_CREATE_THREADS));
}

/* Mutexes of the application, which count. */

struct mutex {
	int	locked;
};

static int made, destroyed, locks, unlocks, strange;

static CK_RV
mutex_create(void **out)
{
	*out = calloc(1, sizeof(struct mutex));
	made++;
	return *out != NULL ? CKR_OK : CKR_HOST_MEMORY;
}

static CK_RV
mutex_destroy(void *mutex)
{
	destroyed++;
	free(mutex);
	return CKR_OK;
}

static CK_RV
mutex_lock(void *mutex)
{
	struct mutex *m = mutex;

	strange += m->locked++ != 0;
	locks++;
	return CKR_OK;
}

static CK_RV
mutex_unlock(void *mutex)
{
	struct mutex *m = mutex;

	strange += --m->locked != 0;
	unlocks++;
	return CKR_OK;
}

static CK_RV
mutex_refuse(void **out)
{
	(void)out;
	return CKR_HOST_MEMORY;
}

static const CK_C_INITIALIZE_ARGS own_mutexes = {
	.CreateMutex = mutex_create, .DestroyMutex = mutex_destroy,
	.LockMutex = mutex_lock, .UnlockMutex = mutex_unlock,
};

static void
some_mutexes(const void *arg)
{
	CK_INFO i;

	(void)arg;
	for (unsigned mask = 1; mask < 15; mask++) {
		CK_C_INITIALIZE_ARGS args = own_mutexes;

		if ((mask & 1) == 0)
			args.CreateMutex = NULL;
		if ((mask & 2) == 0)
			args.DestroyMutex = NULL;
		if ((mask & 4) == 0)
			args.LockMutex = NULL;
		if ((mask & 8) == 0)
			args.UnlockMutex = NULL;
		if (!expect("some of the four", kit.f->C_Initialize(&args),
		    CKR_ARGUMENTS_BAD))
			return;
		(void)expect("C_GetInfo after that", kit.f->C_GetInfo(&i),
		    CKR_CRYPTOKI_NOT_INITIALIZED);
	}
}

static void
all_mutexes(const void *arg)
{
	CK_C_INITIALIZE_ARGS args = own_mutexes;
	CK_RV rv = kit.f->C_Initialize(&args);
	CK_ULONG n;

	(void)arg;
	if (!expect_any("C_Initialize", rv, ANY_OF(CKR_OK, CKR_CANT_LOCK)) ||
	    rv != CKR_OK)
		return;
	(void)expect("C_GetSlotList",
	    kit.f->C_GetSlotList(CK_TRUE, NULL, &n), CKR_OK);
	(void)expect("C_Finalize", kit_finalize(), CKR_OK);
	(void)holds(made > 0 && locks > 0, "they are not used");
	(void)holds(made == destroyed, "%d made, %d destroyed", made,
	    destroyed);
	(void)holds(locks == unlocks, "%d locked, %d unlocked", locks,
	    unlocks);
	(void)holds(strange == 0,
	    "locked twice by one thread, or unlocked without");
}

static void
any_mutexes(const void *arg)
{
	CK_C_INITIALIZE_ARGS args = own_mutexes;

	(void)arg;
	args.flags = CKF_OS_LOCKING_OK;
	(void)expect_any("C_Initialize", kit.f->C_Initialize(&args),
	    ANY_OF(CKR_OK, CKR_CANT_LOCK));
}

static void
failing_mutexes(const void *arg)
{
	CK_C_INITIALIZE_ARGS args = own_mutexes;

	(void)arg;
	args.CreateMutex = mutex_refuse;
	if (!expect_error("C_Initialize when CreateMutex fails",
	    kit.f->C_Initialize(&args)))
		return;
	(void)expect("C_Initialize after that", kit_initialize(), CKR_OK);
}

/*
 * C_Finalize.
 */

static void
finalize_argument(const void *arg)
{
	int something;
	CK_INFO i;

	(void)arg;
	(void)expect("C_Finalize with an argument",
	    kit.f->C_Finalize(&something), CKR_ARGUMENTS_BAD);
	(void)expect("C_GetInfo after that", kit.f->C_GetInfo(&i), CKR_OK);
}

static int
descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	if (dir == NULL)
		return -1;
	while (readdir(dir) != NULL)
		n++;
	(void)closedir(dir);
	return n;
}

static bool
one_round(void)
{
	return expect("C_Initialize", kit_initialize(), CKR_OK) &&
	    kit_find_slot() &&
	    expect("C_OpenSession", kit_open(0, &kit.session), CKR_OK) &&
	    expect("C_Finalize", kit_finalize(), CKR_OK);
}

static void
ten_rounds(const void *arg)
{
	int before;

	(void)arg;
	if (!one_round())
		return;
	before = descriptors();
	for (int i = 0; i < 10; i++)
		if (!one_round())
			return;
	(void)holds(descriptors() == before,
	    "%d descriptors after the first round, %d after the eleventh",
	    before, descriptors());
}

static void
reload(const void *arg)
{
	(void)arg;
	for (int i = 0; i < 3; i++) {
		if (!one_round())
			return;
		(void)holds(dlclose(kit.dl) == 0, "dlclose fails");
		if (!kit_load())
			return;
	}
	(void)one_round();
}

static void
handles_end(const void *arg)
{
	CK_SESSION_INFO i;

	(void)arg;
	(void)expect("C_Finalize", kit_finalize(), CKR_OK);
	(void)expect("C_Initialize", kit_initialize(), CKR_OK);
	(void)expect("a session of before",
	    kit.f->C_GetSessionInfo(kit.session, &i),
	    CKR_SESSION_HANDLE_INVALID);
}

static void
login_ends(const void *arg)
{
	CK_STATE state;

	(void)arg;
	(void)expect("C_Finalize", kit_finalize(), CKR_OK);
	(void)expect("C_Initialize", kit_initialize(), CKR_OK);
	if (!kit_find_slot() ||
	    !expect("C_OpenSession", kit_open(0, &kit.session), CKR_OK))
		return;
	state = kit_state(kit.session);
	(void)holds(state == CKS_RO_PUBLIC_SESSION, "state %lu", state);
}

static const struct check checks[] = {
	{ "5.4.4 C_GetFunctionList", "the list's version is 2.x", version, LOADED, 0, NULL },
	{ "5.4.4 C_GetFunctionList", "no entry is NULL", no_holes, LOADED, 0, NULL },
	{ "5.4.3 C_GetInfo", "flags 0, text padded with blanks", info, INITIALIZED, 0, NULL },
	{ "5.4.1 C_Initialize", "no arguments are fine", no_arguments, LOADED, 0, NULL },
	{ "5.4.1 C_Initialize", "the second time is CKR_CRYPTOKI_ALREADY_INITIALIZED",
	    twice, INITIALIZED, 0, NULL },
	{ "5.4.1 C_Initialize", "pReserved that is no pointer is CKR_ARGUMENTS_BAD",
	    reserved, LOADED, 0, NULL },
	{ "5.4.1 C_Initialize", "pReserved with text is survived", reserved_text, LOADED, 0, NULL },
	{ "5.4.1 C_Initialize", "CKF_LIBRARY_CANT_CREATE_OS_THREADS is heeded",
	    no_threads, LOADED, 0, NULL },
	{ "5.4.1 C_Initialize", "some mutex functions, but not all, are CKR_ARGUMENTS_BAD",
	    some_mutexes, LOADED, 0, NULL },
	{ "5.4.1 C_Initialize",
	    "four mutex functions are used, in pairs, and the mutexes destroyed",
	    all_mutexes, LOADED, 0, NULL },
	{ "5.4.1 C_Initialize", "four mutex functions and CKF_OS_LOCKING_OK are fine",
	    any_mutexes, LOADED, 0, NULL },
	{ "5.4.1 C_Initialize", "a mutex that cannot be made fails it, and it can be tried again",
	    failing_mutexes, LOADED, 0, NULL },
	{ "5.4.2 C_Finalize", "an argument is CKR_ARGUMENTS_BAD, and finalises nothing",
	    finalize_argument, INITIALIZED, 0, NULL },
	{ "5.4.2 C_Finalize", "ten rounds with C_Initialize leave no descriptor open",
	    ten_rounds, LOADED, 0, NULL },
	{ "5.4.2 C_Finalize", "the library can be unloaded and loaded again",
	    reload, LOADED, 0, NULL },
	{ "5.4.2 C_Finalize", "ends the sessions", handles_end, SESSION, 0, NULL },
	{ "5.4.2 C_Finalize", "ends the login", login_ends, LOGGED_IN, 0, NULL },
};

void
run_general(void)
{
	RUN_ALL(checks);
}
