/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * p11storm MODULE PROCESSES THREADS OPERATIONS AUTH.PUB SIGN.PUB
 *
 * Many programs at one card: processes, each with threads, each with its share
 * of the operations: signatures with both keys, lists, the state of PINs,
 * searches, now and then a logout, which ends the login of all of them.  Who
 * finds the login gone logs in again with the right PIN.  Every signature is
 * verified with both public keys: one fits, the other does not.
 *
 * It prints what was done and how fairly, and ends with 0 if all of it was
 * right, 1 if anything was not, 3 if it had not ended within TIME_LIMIT.
 */
#define _GNU_SOURCE		/* MAP_ANONYMOUS */
#include "p11load.h"

#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#define PROCESSES_MAX	16
#define THREADS_MAX	16
#define FAILURE_MAX	160
#define TIME_LIMIT	540	/* seconds; it takes some twenty */
#define ATTEMPTS	1000	/* of one operation that loses its login */
#define LOGOUT_EVERY	50	/* operations of the first thread of each */

enum token { AUTH, SIGN, TOKENS };

static const struct {
	const char	*label, *pin;
} tokens[TOKENS] = {
	{ "JPKI-AUTH", "1234" },	/* as jpki-vcard makes them */
	{ "JPKI-SIGN", "ABC123" },
};

/* What a process has to tell, in memory that all share. */
struct tally {
	atomic_uint	done[THREADS_MAX];	/* operations */
	unsigned	at_half[THREADS_MAX];	/* when half of all were */
	atomic_uint	signatures[TOKENS];
	atomic_uint	asked;			/* PINs handed to C_Login */
	atomic_uint	logins;			/* of these, taken */
	atomic_uint	lost;			/* logins found gone */
	atomic_uint	logouts;
	atomic_ulong	longest;		/* operation, in ms */
};

struct board {
	unsigned	processes, threads, share;
	atomic_uint	total, half_seen;
	atomic_uint	failures;
	char		failure[FAILURE_MAX];	/* the first */
	struct tally	tally[PROCESSES_MAX];
};

static struct board	*board;
static EVP_PKEY		*keys[TOKENS];

/* Of this process. */
static struct p11	p11;
static CK_SLOT_ID	slots[TOKENS];
static struct tally	*mine;
static unsigned		me;

struct worker {
	pthread_t		thread;
	unsigned		index, step;
	CK_SESSION_HANDLE	session[TOKENS];
	uint32_t		random;
};

/* Always false, so that it can be returned. */
static bool fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static bool
fail(const char *fmt, ...)
{
	char text[FAILURE_MAX - 24];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (atomic_fetch_add(&board->failures, 1) == 0)
		(void)snprintf(board->failure, sizeof(board->failure),
		    "process %u: %s", me, text);
	return false;
}

/* Return values have names in one buffer for all: numbers will do here. */
static bool
expect(const char *what, CK_RV rv, CK_RV wanted)
{
	return rv == wanted || fail("%s: CKR 0x%lX", what, rv);
}

/* Of xorshift's kind: the same in every run, as far as one thread goes. */
static unsigned
draw(struct worker *w, unsigned below)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 17;
	w->random ^= w->random << 5;
	return w->random % below;
}

/*
 * Operations.
 */

static bool
login(struct worker *w, enum token token)
{
	CK_UTF8CHAR pin[16];
	size_t n = strlen(tokens[token].pin);
	CK_RV rv;

	memcpy(pin, tokens[token].pin, n);
	rv = p11.f->C_Login(w->session[token], CKU_USER, pin, n);
	/* Another thread came first. */
	if (rv == CKR_USER_ALREADY_LOGGED_IN)
		return true;
	atomic_fetch_add(&mine->asked, 1);
	if (rv != CKR_OK)
		return expect("C_Login", rv, CKR_OK);
	atomic_fetch_add(&mine->logins, 1);
	return true;
}

/* What a program is told whose login is gone, at each of its steps. */
static bool
is_login_lost(CK_RV rv)
{
	return rv == CKR_USER_NOT_LOGGED_IN || rv == CKR_KEY_HANDLE_INVALID ||
	    rv == CKR_OPERATION_NOT_INITIALIZED;
}

static CK_RV
make_signature(CK_SESSION_HANDLE session, char *text, CK_BYTE *out,
    CK_ULONG *n)
{
	CK_MECHANISM mechanism = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_OBJECT_HANDLE key;
	CK_RV rv;

	rv = p11_key(&p11, session, &key);
	if (rv == CKR_OK)
		rv = p11.f->C_SignInit(session, &mechanism, key);
	if (rv == CKR_OK)
		rv = p11.f->C_Sign(session, (CK_BYTE *)text, strlen(text),
		    out, n);
	return rv;
}

static bool
fits(EVP_PKEY *key, const char *text, const CK_BYTE *signature, size_t n)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok;

	ok = ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(),
	    NULL, key) == 1 && EVP_DigestVerify(ctx, signature, n,
	    (const unsigned char *)text, strlen(text)) == 1;
	EVP_MD_CTX_free(ctx);
	return ok;
}

static bool
sign(struct worker *w, enum token token)
{
	CK_BYTE signature[SIGNATURE_MAX];
	CK_ULONG n = sizeof(signature);
	char text[64];
	CK_RV rv;

	(void)snprintf(text, sizeof(text), "%u %u %u %s", me, w->index,
	    w->step, tokens[token].label);
	rv = make_signature(w->session[token], text, signature, &n);
	for (int i = 0; i < ATTEMPTS && is_login_lost(rv); i++) {
		atomic_fetch_add(&mine->lost, 1);
		if (!login(w, token))
			return false;
		n = sizeof(signature);
		rv = make_signature(w->session[token], text, signature, &n);
	}
	if (!expect("C_Sign", rv, CKR_OK))
		return false;
	if (!fits(keys[token], text, signature, n))
		return fail("a wrong signature of %s", tokens[token].label);
	if (fits(keys[TOKENS - 1 - token], text, signature, n))
		return fail("%s signed with the other key",
		    tokens[token].label);
	atomic_fetch_add(&mine->signatures[token], 1);
	return true;
}

static bool
sign_auth(struct worker *w)
{
	return sign(w, AUTH);
}

static bool
sign_sign(struct worker *w)
{
	return sign(w, SIGN);
}

static bool
list(struct worker *w)
{
	CK_SLOT_ID ids[8];
	CK_ULONG n = 8;
	CK_RV rv;

	(void)w;
	rv = p11.f->C_GetSlotList(CK_TRUE, ids, &n);
	if (!expect("C_GetSlotList", rv, CKR_OK))
		return false;
	return n == TOKENS || fail("%lu tokens", n);
}

/* The state of a PIN: all its tries are left. */
static bool
pin_state(struct worker *w)
{
	const CK_FLAGS bad = CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY |
	    CKF_USER_PIN_LOCKED;
	enum token token = (enum token)draw(w, TOKENS);
	CK_TOKEN_INFO info;
	CK_RV rv;

	rv = p11.f->C_GetTokenInfo(slots[token], &info);
	if (!expect("C_GetTokenInfo", rv, CKR_OK))
		return false;
	return (info.flags & bad) == 0 || fail("a try of %s was lost",
	    tokens[token].label);
}

/* A session of its own, and what is public. */
static bool
search(struct worker *w)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_ATTRIBUTE wanted = { CKA_CLASS, &class, sizeof(class) };
	enum token token = (enum token)draw(w, TOKENS);
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE found[4];
	CK_ULONG n = 0;

	if (!expect("C_OpenSession", p11.f->C_OpenSession(slots[token],
	    CKF_SERIAL_SESSION, NULL, NULL, &session), CKR_OK) ||
	    !expect("C_FindObjectsInit", p11.f->C_FindObjectsInit(session,
	    &wanted, 1), CKR_OK))
		return false;
	/* The login may end, and with it the search. */
	if (p11.f->C_FindObjects(session, found, 4, &n) == CKR_OK && n == 0)
		(void)fail("no certificate");
	(void)p11.f->C_FindObjectsFinal(session);
	return expect("C_CloseSession", p11.f->C_CloseSession(session),
	    CKR_OK);
}

static bool
logout(struct worker *w)
{
	CK_RV rv = p11.f->C_Logout(w->session[draw(w, TOKENS)]);

	if (rv == CKR_OK)
		atomic_fetch_add(&mine->logouts, 1);
	return rv == CKR_OK || expect("C_Logout", rv, CKR_USER_NOT_LOGGED_IN);
}

/* How often each comes, in MIX_WEIGHT. */
static const struct {
	unsigned	weight;
	bool		(*run)(struct worker *w);
} mix[] = {
	{ 4, sign_auth },
	{ 4, sign_sign },
	{ 1, pin_state },
	{ 1, list },
};
#define MIX_WEIGHT	10
#define SEARCH_EVERY	20

static bool
operate(struct worker *w)
{
	unsigned at = draw(w, MIX_WEIGHT), i = 0;

	if (w->index == 0 && w->step % LOGOUT_EVERY == LOGOUT_EVERY - 1)
		return logout(w);
	if (w->step % SEARCH_EVERY == SEARCH_EVERY - 1)
		return search(w);
	while (at >= mix[i].weight)
		at -= mix[i++].weight;
	return mix[i].run(w);
}

/*
 * Threads and processes.
 */

static unsigned long
now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (unsigned long)ts.tv_sec * 1000 +
	    (unsigned long)ts.tv_nsec / 1000000;
}

/* One more is done; who does the one in the middle notes how all stand. */
static void
count_one(struct worker *w, unsigned long began)
{
	unsigned long took = now_ms() - began, longest;
	unsigned total;

	longest = atomic_load(&mine->longest);
	while (took > longest &&
	    !atomic_compare_exchange_weak(&mine->longest, &longest, took))
		;
	atomic_fetch_add(&mine->done[w->index], 1);
	total = atomic_fetch_add(&board->total, 1) + 1;
	if (total != board->processes * board->threads * board->share / 2)
		return;
	for (unsigned p = 0; p < board->processes; p++)
		for (unsigned t = 0; t < board->threads; t++)
			board->tally[p].at_half[t] =
			    atomic_load(&board->tally[p].done[t]);
}

static bool
open_sessions(struct worker *w)
{
	bool ok = true;

	for (unsigned i = 0; ok && i < TOKENS; i++)
		ok = expect("C_OpenSession", p11.f->C_OpenSession(slots[i],
		    CKF_SERIAL_SESSION, NULL, NULL, &w->session[i]), CKR_OK);
	return ok;
}

static void *
work(void *user)
{
	struct worker *w = user;
	unsigned long began;
	bool ok;

	w->random = 1 + me * THREADS_MAX + w->index;
	ok = open_sessions(w);
	for (w->step = 0; ok && w->step < board->share; w->step++) {
		began = now_ms();
		ok = operate(w) && atomic_load(&board->failures) == 0;
		if (ok)
			count_one(w, began);
	}
	return NULL;
}

static bool
start_module(const char *path)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };

	if (!p11_load(&p11, path))
		return fail("%s cannot be loaded", path);
	if (!expect("C_Initialize", p11.f->C_Initialize(&args), CKR_OK))
		return false;
	for (unsigned i = 0; i < TOKENS; i++)
		if (!expect("slot", p11_slot(&p11, tokens[i].label,
		    &slots[i]), CKR_OK))
			return false;
	return true;
}

static void
run_process(unsigned number, const char *path)
{
	static struct worker workers[THREADS_MAX];
	unsigned n = 0;

	me = number;
	mine = &board->tally[number];
	if (!start_module(path))
		return;
	for (; n < board->threads; n++) {
		workers[n].index = n;
		if (pthread_create(&workers[n].thread, NULL, work,
		    &workers[n]) != 0) {
			(void)fail("no thread");
			break;
		}
	}
	while (n > 0)
		(void)pthread_join(workers[--n].thread, NULL);
	(void)expect("C_Finalize", p11.f->C_Finalize(NULL), CKR_OK);
	p11_unload(&p11);
}

static pid_t children[PROCESSES_MAX];

/* The hang that must not be. */
static void
out_of_time(int signal)
{
	static const char text[] = "out of time\n";

	(void)signal;
	for (unsigned i = 0; i < PROCESSES_MAX; i++)
		if (children[i] > 0)
			(void)kill(children[i], SIGKILL);
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(4);
	_exit(3);
}

static void
run_all(const char *path)
{
	int status;

	(void)signal(SIGALRM, out_of_time);
	for (unsigned i = 0; i < board->processes; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
			(void)signal(SIGALRM, SIG_DFL);
			run_process(i, path);
			_exit(0);
		}
		if (children[i] < 0)
			(void)fail("no process");
	}
	(void)alarm(TIME_LIMIT);
	for (unsigned i = 0; i < board->processes; i++) {
		if (children[i] <= 0)
			continue;
		if (waitpid(children[i], &status, 0) < 0 || status != 0)
			(void)fail("process %u ended with %d", i, status);
		children[i] = 0;
	}
	(void)alarm(0);
}

/*
 * The report.
 */

static int
by_size(const void *a, const void *b)
{
	unsigned long x = *(const unsigned long *)a;
	unsigned long y = *(const unsigned long *)b;

	return x < y ? -1 : x > y;
}

static void
print_spread(const char *what, unsigned long *values, size_t n)
{
	if (n == 0)
		return;
	qsort(values, n, sizeof(values[0]), by_size);
	printf("%s: min %lu, median %lu, max %lu\n", what, values[0],
	    values[n / 2], values[n - 1]);
}

static void
print_fairness(void)
{
	unsigned long process[PROCESSES_MAX] = { 0 };
	unsigned long thread[PROCESSES_MAX * THREADS_MAX];
	unsigned long wait[PROCESSES_MAX];
	size_t n = 0;

	for (unsigned p = 0; p < board->processes; p++) {
		for (unsigned t = 0; t < board->threads; t++) {
			thread[n++] = board->tally[p].at_half[t];
			process[p] += board->tally[p].at_half[t];
		}
		wait[p] = atomic_load(&board->tally[p].longest);
	}
	print_spread("operations of a process when half of all were done",
	    process, board->processes);
	print_spread("operations of a thread then", thread, n);
	print_spread("longest operation of a process, in ms", wait,
	    board->processes);
}

static void
print_report(unsigned long began)
{
	unsigned sums[6] = { 0 };

	for (unsigned p = 0; p < board->processes; p++) {
		const struct tally *t = &board->tally[p];

		sums[0] += atomic_load(&t->signatures[AUTH]);
		sums[1] += atomic_load(&t->signatures[SIGN]);
		sums[2] += atomic_load(&t->asked);
		sums[3] += atomic_load(&t->logins);
		sums[4] += atomic_load(&t->lost);
		sums[5] += atomic_load(&t->logouts);
	}
	printf("%u processes with %u threads each: %u operations in %lu ms\n",
	    board->processes, board->threads, atomic_load(&board->total),
	    now_ms() - began);
	printf("signatures: %u user authentication, %u signature\n", sums[0],
	    sums[1]);
	printf("logins: %u asked for, %u taken; %u times gone when needed, "
	    "%u logouts\n", sums[2], sums[3], sums[4], sums[5]);
	print_fairness();
}

static EVP_PKEY *
read_key(const char *path)
{
	FILE *f = fopen(path, "r");
	EVP_PKEY *key = NULL;

	if (f != NULL) {
		key = PEM_read_PUBKEY(f, NULL, NULL, NULL);
		(void)fclose(f);
	}
	return key;
}

/* A whole number from 1 to most; 0: it is none. */
static unsigned
number(const char *text, unsigned long most)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	return *end == '\0' && n <= most ? (unsigned)n : 0;
}

int
main(int argc, char **argv)
{
	unsigned operations, workers;
	unsigned long began = now_ms();
	int status;

	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (board == MAP_FAILED || argc != 7 ||
	    (board->processes = number(argv[2], PROCESSES_MAX)) == 0 ||
	    (board->threads = number(argv[3], THREADS_MAX)) == 0 ||
	    (operations = number(argv[4], 1000000)) == 0 ||
	    (keys[AUTH] = read_key(argv[5])) == NULL ||
	    (keys[SIGN] = read_key(argv[6])) == NULL) {
		fputs("usage: p11storm MODULE PROCESSES THREADS OPERATIONS "
		    "AUTH.PUB SIGN.PUB\n", stderr);
		return 2;
	}
	workers = board->processes * board->threads;
	board->share = (operations + workers - 1) / workers;
	run_all(argv[1]);
	if (atomic_load(&board->total) != workers * board->share)
		(void)fail("%u operations of %u",
		    atomic_load(&board->total), workers * board->share);
	print_report(began);
	status = atomic_load(&board->failures) > 0;
	if (status != 0)
		printf("FAILED: %s\n", board->failure);
	for (unsigned i = 0; i < TOKENS; i++)
		EVP_PKEY_free(keys[i]);
	return status;
}
