/* SPDX-License-Identifier: BSD-2-Clause */
/* Many threads at once: 5.4.1, and 2.6.2 of the Usage Guide. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

#define THREADS	8
#define ROUNDS	6

static atomic_int oks, others, trouble;
static pthread_barrier_t start;
static unsigned char expected[1024];
static CK_ULONG expected_n;

/* In a thread nothing is printed: trouble is counted. */
static bool
fine(CK_RV rv)
{
	if (rv != CKR_OK)
		atomic_fetch_add(&trouble, 1);
	return rv == CKR_OK;
}

static void
count(CK_RV rv, CK_RV other)
{
	if (rv == CKR_OK)
		atomic_fetch_add(&oks, 1);
	else if (rv == other)
		atomic_fetch_add(&others, 1);
	else
		atomic_fetch_add(&trouble, 1);
}

static void
at_once(void *(*run)(void *))
{
	pthread_t thread[THREADS];

	if (!holds(pthread_barrier_init(&start, NULL, THREADS) == 0,
	    "no barrier"))
		return;
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&thread[i], NULL, run, NULL) != 0)
			abort();
	for (int i = 0; i < THREADS; i++)
		(void)pthread_join(thread[i], NULL);
	(void)holds(atomic_load(&trouble) == 0, "%d calls went wrong",
	    atomic_load(&trouble));
}

static void *
initialize(void *arg)
{
	(void)arg;
	(void)pthread_barrier_wait(&start);
	count(kit_initialize(), CKR_CRYPTOKI_ALREADY_INITIALIZED);
	return NULL;
}

static void
initialize_once(const void *arg)
{
	(void)arg;
	at_once(initialize);
	(void)holds(atomic_load(&oks) == 1 &&
	    atomic_load(&others) == THREADS - 1,
	    "%d succeeded, %d found it initialised", atomic_load(&oks),
	    atomic_load(&others));
}

static void *
login(void *arg)
{
	CK_SESSION_HANDLE s;

	(void)arg;
	if (!fine(kit_open(0, &s)))
		s = 0;
	(void)pthread_barrier_wait(&start);
	count(kit_login(s), CKR_USER_ALREADY_LOGGED_IN);
	return NULL;
}

static void
login_once(const void *arg)
{
	(void)arg;
	at_once(login);
	(void)holds(atomic_load(&oks) == 1 &&
	    atomic_load(&others) == THREADS - 1,
	    "%d succeeded, %d found the user logged in", atomic_load(&oks),
	    atomic_load(&others));
}

static void
look_around(CK_SESSION_HANDLE s)
{
	CK_OBJECT_HANDLE list[OBJECTS_MAX];
	CK_SESSION_INFO session;
	CK_TOKEN_INFO token;
	CK_SLOT_ID slots[64];
	CK_ULONG n = 64;

	(void)fine(kit.f->C_GetSlotList(CK_TRUE, slots, &n));
	(void)fine(kit.f->C_GetTokenInfo(kit.slot, &token));
	(void)fine(kit.f->C_GetSessionInfo(s, &session));
	(void)fine(kit.f->C_FindObjectsInit(s, NULL, 0));
	(void)fine(kit.f->C_FindObjects(s, list, OBJECTS_MAX, &n));
	(void)fine(kit.f->C_FindObjectsFinal(s));
}

static void *
wander(void *arg)
{
	CK_SESSION_HANDLE s;

	(void)arg;
	(void)pthread_barrier_wait(&start);
	for (int i = 0; i < ROUNDS; i++) {
		if (!fine(kit_open(i % 2 != 0 ? CKF_RW_SESSION : 0, &s)))
			break;
		look_around(s);
		(void)fine(kit.f->C_CloseSession(s));
	}
	return NULL;
}

static void
wander_about(const void *arg)
{
	(void)arg;
	at_once(wander);
}

static bool
sign(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE key, unsigned char *out,
    CK_ULONG *n)
{
	unsigned char data[32] = { 0 };
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };

	return fine(kit.f->C_SignInit(s, &m, key)) &&
	    fine(kit.f->C_Sign(s, data, sizeof(data), out, n));
}

static CK_OBJECT_HANDLE key;

static void *
sign_much(void *arg)
{
	unsigned char out[1024];
	CK_SESSION_HANDLE s;
	CK_ULONG n;

	(void)arg;
	if (!fine(kit_open(0, &s)))
		s = 0;
	(void)pthread_barrier_wait(&start);
	for (int i = 0; i < ROUNDS; i++) {
		n = sizeof(out);
		if (sign(s, key, out, &n) && (n != expected_n ||
		    memcmp(out, expected, n) != 0))
			atomic_fetch_add(&trouble, 1);
	}
	(void)fine(kit.f->C_CloseSession(s));
	return NULL;
}

static void
signing(const void *arg)
{
	struct pair pair;

	(void)arg;
	if (!kit_pair(&pair))
		return;
	key = pair.private_key;
	expected_n = sizeof(expected);
	if (holds(sign(kit.session, key, expected, &expected_n),
	    "it does not sign in one thread"))
		at_once(sign_much);
}

static const struct check checks[] = {
	{ "5.4.1 C_Initialize", "by 8 threads at once succeeds once",
	    initialize_once, LOADED, 0, NULL },
	{ "5.6.8 C_Login", "by 8 threads at once succeeds once", login_once, INITIALIZED, 0, NULL },
	{ "5.4.1 threads", "8 of them open sessions, look around and close",
	    wander_about, SESSION, 0, NULL },
	{ "5.4.1 threads", "8 of them sign, and all get the right bytes",
	    signing, LOGGED_IN, 0, NULL },
};

void
run_threads(void)
{
	RUN_ALL(checks);
}
