/* SPDX-License-Identifier: BSD-2-Clause */
/* Beginning, end, locking, and what the module says of itself. */
#define _GNU_SOURCE		/* secure_getenv */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

#include "module.h"
#include "session.h"

#define FIRST_PAGE	4096	/* no string begins below it */
#define CANCEL_NS	(20 * 1000 * 1000)	/* until it is repeated */
#define SECOND_NS	(1000 * 1000 * 1000)

/* The value of module.pid before the first call; no process has it. */
#define NOBODY		0L

struct module module;

/*
 * Two locks.  This one guards the module itself and is always held; the
 * application's mutex is taken as well if it gave us one.
 */
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t idle = PTHREAD_COND_INITIALIZER;

/* What a child forgot: never used again, but no leak either. */
static struct module inherited;

/* Handles stay used up, so that none of the parent's is one of the child's. */
static void
forget_all(void)
{
	static const size_t from = offsetof(struct module, settings);
	CK_SESSION_HANDLE last_session = module.last_session;
	CK_OBJECT_HANDLE last_object = module.last_object;

	(void)pthread_mutex_init(&guard, NULL);
	(void)pthread_cond_init(&idle, NULL);
	memcpy((char *)&inherited + from, (char *)&module + from,
	    sizeof(module) - from);
	memset((char *)&module + from, 0, sizeof(module) - from);
	module.initialized = false;
	module.last_session = last_session;
	module.last_object = last_object;
}

/*
 * A forked child inherits handles of a conversation that its parent goes on
 * with.  They are forgotten, not closed, and the locks are made anew: a
 * thread that held them is not in the child.  While that lasts, the owner is
 * -pid, and the child's other threads wait.
 */
static void
forget_parent(void)
{
	long pid = (long)getpid(), owner = atomic_load(&module.pid);

	while (owner != pid) {
		if (owner == -pid) {
			(void)sched_yield();
			owner = atomic_load(&module.pid);
			continue;
		}
		/* If another thread comes first, owner is what it left. */
		if (!atomic_compare_exchange_strong(&module.pid, &owner,
		    owner == NOBODY ? pid : -pid))
			continue;
		if (owner != NOBODY)
			forget_all();
		atomic_store(&module.pid, pid);
		owner = pid;
	}
}

static void
mutex_lock(void)
{
	if (module.mutexes.LockMutex != NULL)
		module.mutex_held =
		    module.mutexes.LockMutex(module.mutex) == CKR_OK;
}

static void
mutex_unlock(void)
{
	if (module.mutex_held)
		(void)module.mutexes.UnlockMutex(module.mutex);
	module.mutex_held = false;
}

void
module_lock(void)
{
	(void)pthread_mutex_lock(&guard);
	mutex_lock();
}

void
module_unlock(void)
{
	mutex_unlock();
	(void)pthread_mutex_unlock(&guard);
}

/*
 * glibc allocates what a loaded module has for each thread at its first use,
 * and ends the program if there is no memory.  A few bytes have a place that
 * is there already.
 */
#ifdef __GLIBC__
#define STATIC_TLS	__attribute__((tls_model("initial-exec")))
#else
#define STATIC_TLS
#endif

/*
 * How deep this thread is in the module.  More than one: what the module
 * calls called it again, as a configuration of OpenSSL's can that loads us.
 * That call gets an error, not a lock that this thread holds already.
 */
static STATIC_TLS _Thread_local unsigned depth;

CK_RV
enter(void)
{
	if (depth++ > 0)
		return CKR_FUNCTION_FAILED;
	forget_parent();
	module_lock();
	module.trouble = CKR_OK;
	return module.initialized && !module.leaving ? CKR_OK :
	    CKR_CRYPTOKI_NOT_INITIALIZED;
}

CK_RV
leave(CK_RV rv)
{
	if (--depth > 0)
		return rv;
	sessions_bury();
	module_unlock();
	return rv;
}

void
trouble_note(CK_RV rv)
{
	if (module.trouble == CKR_OK)
		module.trouble = rv;
}

CK_RV
trouble_or(CK_RV rv)
{
	return module.trouble != CKR_OK ? module.trouble : rv;
}

CK_RV
enter_session(CK_SESSION_HANDLE handle, struct session **out)
{
	CK_RV rv = enter();

	if (rv != CKR_OK)
		return rv;
	*out = session_find(handle);
	return *out != NULL ? CKR_OK : CKR_SESSION_HANDLE_INVALID;
}

CK_RV
enter_session_fresh(CK_SESSION_HANDLE handle, struct session **out)
{
	CK_RV rv = enter();

	if (rv == CKR_OK)
		rv = slots_refresh();
	if (rv != CKR_OK)
		return rv;
	*out = session_find(handle);
	return *out != NULL ? CKR_OK : CKR_SESSION_HANDLE_INVALID;
}

/*
 * C_Initialize.
 */

/*
 * How the application wants to lock (PKCS #11 2.40, 5.4): all four functions
 * or none; without them and without CKF_OS_LOCKING_OK it promises to call
 * from one thread.  The module creates no threads, so
 * CKF_LIBRARY_CANT_CREATE_OS_THREADS asks nothing of it.
 */
static CK_RV
check_args(const CK_C_INITIALIZE_ARGS *args)
{
	int given = (args->CreateMutex != NULL) +
	    (args->DestroyMutex != NULL) + (args->LockMutex != NULL) +
	    (args->UnlockMutex != NULL);

	if (given != 0 && given != 4)
		return CKR_ARGUMENTS_BAD;
	if (args->pReserved != NULL &&
	    (uintptr_t)args->pReserved < FIRST_PAGE)
		return CKR_ARGUMENTS_BAD;
	return CKR_OK;
}

static CK_RV
take_settings(const CK_C_INITIALIZE_ARGS *args)
{
	const char *environment = secure_getenv("JPKI_PKCS11");

	module.settings = settings_default();
	if (args != NULL && args->pReserved != NULL &&
	    !settings_apply(&module.settings, args->pReserved))
		return CKR_ARGUMENTS_BAD;
	/* Not the application's fault: what is wrong there is skipped. */
	if (environment != NULL)
		(void)settings_apply(&module.settings, environment);
	return CKR_OK;
}

static CK_RV
take_mutexes(const CK_C_INITIALIZE_ARGS *args)
{
	CK_RV rv;

	if (args == NULL || args->CreateMutex == NULL ||
	    (args->flags & CKF_OS_LOCKING_OK) != 0)
		return CKR_OK;
	rv = args->CreateMutex(&module.mutex);
	if (rv == CKR_OK)
		module.mutexes = *args;
	return rv;
}

static void
log_line(void *user, enum jpki_log_level level, const char *line)
{
	(void)user;
	(void)level;
	(void)fprintf(stderr, "jpki-pkcs11: %s\n", line);
}

static CK_RV
start_readers(void)
{
	enum jpki_err err = jpki_ctx_new(&module.ctx);

	if (err != JPKI_OK)
		return rv_of(err);
	if (module.settings.log > 0)
		jpki_ctx_set_log(module.ctx,
		    (enum jpki_log_level)module.settings.log, log_line, NULL);
	return slots_start();
}

static CK_RV
start(const CK_C_INITIALIZE_ARGS *args)
{
	CK_RV rv;

	if (module.initialized)
		return CKR_CRYPTOKI_ALREADY_INITIALIZED;
	rv = args != NULL ? check_args(args) : CKR_OK;
	if (rv == CKR_OK)
		rv = take_settings(args);
	if (rv == CKR_OK)
		rv = start_readers();
	if (rv == CKR_OK)
		rv = take_mutexes(args);
	if (rv != CKR_OK) {
		jpki_ctx_free(&module.ctx);
		return rv;
	}
	module.leaving = false;
	module.initialized = true;
	atomic_store(&module.pid, (long)getpid());
	return CKR_OK;
}

CK_RV
module_initialize(void *args)
{
	CK_RV rv;

	if (depth > 0)
		return CKR_FUNCTION_FAILED;
	forget_parent();
	(void)pthread_mutex_lock(&guard);
	depth++;
	rv = start(args);
	depth--;
	(void)pthread_mutex_unlock(&guard);
	return rv;
}

/*
 * C_Finalize.  Threads that wait for a slot event are woken and waited for.
 */

void
module_wait_begin(struct wait *wait)
{
	wait->next = module.waits;
	module.waits = wait;
}

void
module_wait_end(struct wait *wait)
{
	struct wait **at = &module.waits;

	while (*at != wait)
		at = &(*at)->next;
	*at = wait->next;
	(void)pthread_cond_broadcast(&idle);
}

/* A cancel is lost on a thread that does not wait yet: it is repeated. */
static void
end_waits(void)
{
	struct timespec until;

	module.leaving = true;
	/* Those threads need it to leave. */
	mutex_unlock();
	while (module.waits != NULL) {
		for (struct wait *w = module.waits; w != NULL; w = w->next)
			jpki_cancel(w->ctx);
		(void)clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += CANCEL_NS;
		until.tv_sec += until.tv_nsec / SECOND_NS;
		until.tv_nsec %= SECOND_NS;
		(void)pthread_cond_timedwait(&idle, &guard, &until);
	}
	mutex_lock();
}

static void
stop(void)
{
	CK_C_INITIALIZE_ARGS mutexes = module.mutexes;

	sessions_clear();
	sessions_bury();
	slots_clear();
	jpki_ctx_free(&module.ctx);
	module.initialized = false;
	mutex_unlock();
	memset(&module.mutexes, 0, sizeof(module.mutexes));
	if (mutexes.DestroyMutex != NULL)
		(void)mutexes.DestroyMutex(module.mutex);
	module.mutex = NULL;
}

CK_RV
module_finalize(void *reserved)
{
	CK_RV rv = enter();

	if (rv == CKR_OK && reserved != NULL)
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK) {
		end_waits();
		stop();
	}
	return leave(rv);
}

/*
 * The module is unloaded, or the process ends, perhaps under threads that do
 * not know.  What outlives C_Finalize, the slots, goes; whoever left that out
 * or is still at work keeps all.
 */
__attribute__((destructor))
static void
unload(void)
{
	if (pthread_mutex_trylock(&guard) != 0)
		return;
	if (!module.initialized)
		slots_free();
	(void)pthread_mutex_unlock(&guard);
}

CK_RV
module_info(CK_INFO *info)
{
	unsigned major = 0, minor = 0;

	if (info == NULL)
		return CKR_ARGUMENTS_BAD;
	(void)sscanf(jpki_version(), "%u.%u", &major, &minor);
	memset(info, 0, sizeof(*info));
	info->cryptokiVersion = (CK_VERSION){ 2, 40 };
	pad(info->manufacturerID, sizeof(info->manufacturerID), "jpki");
	pad(info->libraryDescription, sizeof(info->libraryDescription),
	    "JPKI (My Number Card)");
	info->libraryVersion = (CK_VERSION){ (CK_BYTE)major, (CK_BYTE)minor };
	return CKR_OK;
}
