/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads.  Besides the results, what counts is that SAN=thread finds no
 * race.  Threads report through their own records: cmocka checks in main().
 */
#include "p11kit.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "module.h"

#include <openssl/evp.h>

#define THREADS	8
#define ROUNDS	6

struct worker {
	pthread_t	thread;
	unsigned	index;
	CK_RV		rv;		/* what went wrong first */
	const char	*where;
	unsigned	done;
};

static struct worker workers[THREADS];

static void
run(void *(*body)(void *))
{
	memset(workers, 0, sizeof(workers));
	for (unsigned i = 0; i < THREADS; i++) {
		workers[i].index = i;
		assert_int_equal(pthread_create(&workers[i].thread, NULL,
		    body, &workers[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
}

static void
expect_all_well(void)
{
	for (unsigned i = 0; i < THREADS; i++)
		expect_rv(workers[i].where != NULL ? workers[i].where :
		    "worker", workers[i].rv, CKR_OK);
}

static bool
ok(struct worker *w, const char *where, CK_RV rv)
{
	if (rv != CKR_OK && w->rv == CKR_OK) {
		w->rv = rv;
		w->where = where;
	}
	return rv == CKR_OK;
}

/* As kit_sign(), which may not fail a test from here. */
static CK_RV
find_key(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE *key)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE t = { CKA_CLASS, &class, sizeof(class) };
	CK_ULONG n = 0;
	CK_RV rv = p11->C_FindObjectsInit(s, &t, 1);

	if (rv == CKR_OK)
		rv = p11->C_FindObjects(s, key, 1, &n);
	if (rv == CKR_OK)
		rv = p11->C_FindObjectsFinal(s);
	return rv == CKR_OK && n != 1 ? CKR_KEY_HANDLE_INVALID : rv;
}

static CK_RV
sign(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE key)
{
	CK_MECHANISM m = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_BYTE data[5] = { 1 }, out[KEY_BYTES];
	CK_ULONG n = sizeof(out);
	CK_RV rv = p11->C_SignInit(s, &m, key);

	if (rv == CKR_OK)
		rv = p11->C_SignUpdate(s, data, sizeof(data));
	return rv == CKR_OK ? p11->C_SignFinal(s, out, &n) : rv;
}

static void *
list_and_sign(void *user)
{
	struct worker *w = user;
	CK_SESSION_HANDLE s;
	CK_OBJECT_HANDLE key;
	CK_TOKEN_INFO info;
	CK_SLOT_ID ids[8];
	CK_ULONG n;

	for (int i = 0; i < ROUNDS; i++) {
		n = COUNT(ids);
		if (!ok(w, "list", p11->C_GetSlotList(CK_TRUE, ids, &n)) ||
		    !ok(w, "info", p11->C_GetTokenInfo(ids[w->index % 2],
		    &info)) ||
		    !ok(w, "open", p11->C_OpenSession(ids[w->index % 2],
		    CKF_SERIAL_SESSION, NULL, NULL, &s)) ||
		    !ok(w, "find", find_key(s, &key)) ||
		    !ok(w, "sign", sign(s, key)) ||
		    !ok(w, "close", p11->C_CloseSession(s)))
			break;
		w->done++;
	}
	return NULL;
}

static void
eight_threads_list_and_sign(void **state)
{
	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	(void)kit_open_user(AUTH);
	(void)kit_open_user(SIGN);
	run(list_and_sign);
	expect_all_well();
	assert_int_equal(kit_verifies(), 2);
}

static void *
start(void *user)
{
	struct worker *w = user;
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };
	CK_SLOT_ID ids[8];
	CK_ULONG n = COUNT(ids);
	CK_RV rv = p11->C_Initialize(&args);

	w->done = rv == CKR_OK;
	if (rv == CKR_CRYPTOKI_ALREADY_INITIALIZED)
		rv = CKR_OK;
	(void)ok(w, "init", rv);
	(void)ok(w, "list", p11->C_GetSlotList(CK_FALSE, ids, &n));
	return NULL;
}

static void
of_eight_that_initialise_one_does(void **state)
{
	unsigned done = 0;

	(void)state;
	(void)kit_card(READER_A, "adult", NULL);
	run(start);
	expect_all_well();
	for (unsigned i = 0; i < THREADS; i++)
		done += workers[i].done;
	assert_int_equal(done, 1);
}

/* Any of these is an honest answer while others finalise. */
static bool
is_honest(CK_RV rv)
{
	return rv == CKR_OK || rv == CKR_CRYPTOKI_NOT_INITIALIZED ||
	    rv == CKR_CRYPTOKI_ALREADY_INITIALIZED ||
	    rv == CKR_SESSION_HANDLE_INVALID ||
	    rv == CKR_USER_ALREADY_LOGGED_IN ||
	    rv == CKR_USER_NOT_LOGGED_IN || rv == CKR_SLOT_ID_INVALID ||
	    rv == CKR_KEY_HANDLE_INVALID ||
	    rv == CKR_OPERATION_NOT_INITIALIZED || rv == CKR_NO_EVENT;
}

static CK_RV
one_of_many(unsigned kind)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };
	CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
	CK_UTF8CHAR pin[] = PIN_AUTH;
	CK_SESSION_HANDLE s = 0;
	CK_SLOT_ID id = 0;
	CK_RV rv;

	switch (kind) {
	case 0:
		return p11->C_Initialize(&args);
	case 1:
		return p11->C_Finalize(NULL);
	case 2:
		return p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, NULL);
	default:
		break;
	}
	rv = p11->C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL, &s);
	if (rv != CKR_OK)
		return rv;
	rv = p11->C_Login(s, CKU_USER, pin, 4);
	if (rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN)
		rv = find_key(s, &key);
	if (rv == CKR_OK)
		rv = sign(s, key);
	(void)p11->C_Logout(s);
	return rv;
}

static void *
anything(void *user)
{
	struct worker *w = user;
	CK_RV rv;

	for (unsigned i = 0; i < 4 * ROUNDS; i++) {
		rv = one_of_many((i * 5 + w->index * 3) % 7);
		if (!is_honest(rv))
			(void)ok(w, "honest", rv);
	}
	return NULL;
}

static void
eight_threads_that_start_and_end_it_all_the_time(void **state)
{
	struct vlink *link = kit_card(READER_A, "adult", NULL);

	(void)state;
	run(anything);
	expect_all_well();
	assert_int_equal(vlink_tries(link, "auth"), 3);
}

static void *
wait_for_event(void *user)
{
	struct worker *w = user;
	CK_SLOT_ID id;

	w->rv = p11->C_WaitForSlotEvent(0, &id, NULL);
	return NULL;
}

static void *
finalise_with_the_rest(void *user)
{
	struct worker *w = user;

	if (w->index + 1 < THREADS)
		return wait_for_event(user);
	vtransport_await_waiter(kit_world);
	(void)ok(w, "fini", p11->C_Finalize(NULL));
	return NULL;
}

static void
seven_wait_and_one_finalises(void **state)
{
	(void)state;
	(void)kit_card(READER_A, "adult", NULL);
	for (int round = 0; round < 10; round++) {
		kit_init(NULL);
		run(finalise_with_the_rest);
		for (unsigned i = 0; i + 1 < THREADS; i++)
			expect_rv("waiter", workers[i].rv,
			    CKR_CRYPTOKI_NOT_INITIALIZED);
		expect_rv("fini", workers[THREADS - 1].rv, CKR_OK);
	}
}

/* The card goes and comes while they work: nobody lies, nothing breaks. */
static atomic_bool moving;

static void *
move(void *user)
{
	struct vlink *link = user;

	while (atomic_load(&moving)) {
		vlink_remove(link);
		vlink_insert(link);
		(void)vtransport_reset(kit_world, READER_A);
	}
	return NULL;
}

static void *
login_and_sign(void *user)
{
	struct worker *w = user;
	CK_OBJECT_HANDLE key;
	CK_UTF8CHAR pin[] = PIN_AUTH;
	CK_SESSION_HANDLE s;

	for (int i = 0; i < ROUNDS; i++) {
		if (p11->C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL,
		    &s) != CKR_OK)
			continue;
		(void)p11->C_Login(s, CKU_USER, pin, 4);
		if (find_key(s, &key) == CKR_OK && sign(s, key) == CKR_OK)
			w->done++;
		(void)p11->C_CloseSession(s);
	}
	return NULL;
}

static void
a_card_that_moves_under_eight_threads(void **state)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	pthread_t mover;

	(void)state;
	(void)kit_slot(AUTH);
	atomic_store(&moving, true);
	assert_int_equal(pthread_create(&mover, NULL, move, link), 0);
	run(login_and_sign);
	atomic_store(&moving, false);
	assert_int_equal(pthread_join(mover, NULL), 0);
	assert_int_equal(vlink_tries(link, "auth"), 3);
	expect_rv("close", p11->C_CloseAllSessions(kit_slot(AUTH)), CKR_OK);
	expect_rv("sign", kit_sign(kit_open_user(AUTH)), CKR_OK);
}

/*
 * The first calls of a process, made anew: two threads run into the same call
 * at the same moment, as near as can be.
 */
#define FIRST_CALLS	20000

static atomic_uint arrived;

static void *
call_first(void *user)
{
	struct worker *w = user;
	CK_INFO info;

	if (w->index > 1)
		return NULL;
	for (unsigned i = 0; i < FIRST_CALLS; i++) {
		/* The second to arrive opens for both. */
		if (atomic_fetch_add(&arrived, 1) % 2 != 0) {
			atomic_store(&module.pid, 0);
			atomic_fetch_add(&arrived, 2);
		}
		while (atomic_load(&arrived) < 4 * (i + 1))
			(void)sched_yield();
		(void)ok(w, "C_GetInfo", p11->C_GetInfo(&info));
	}
	return NULL;
}

static void
two_that_call_first_forget_nothing(void **state)
{
	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	atomic_store(&arrived, 0);
	run(call_first);
	expect_all_well();
}

/*
 * Both keys, the card moving or other programs about: what is signed is signed
 * by the right key.
 */

static EVP_PKEY *public_keys[SIGN + 1];

static bool
fits(EVP_PKEY *key, struct slice text, const CK_BYTE *signature, size_t n)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok;

	ok = ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(),
	    NULL, key) == 1 && EVP_DigestVerify(ctx, signature, n, text.p,
	    text.n) == 1;
	EVP_MD_CTX_free(ctx);
	return ok;
}

/* CKR_OK, what kept it from signing, or CKR_SIGNATURE_INVALID. */
static CK_RV
sign_and_judge(CK_SESSION_HANDLE s, unsigned slot, CK_BYTE number)
{
	CK_MECHANISM m = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_BYTE data[3] = { (CK_BYTE)slot, number, 7 }, out[KEY_BYTES];
	struct slice text = slice_of(data, sizeof(data));
	CK_ULONG n = sizeof(out);
	CK_OBJECT_HANDLE key;
	CK_RV rv = find_key(s, &key);

	if (rv == CKR_OK)
		rv = p11->C_SignInit(s, &m, key);
	if (rv == CKR_OK)
		rv = p11->C_Sign(s, data, sizeof(data), out, &n);
	if (rv != CKR_OK)
		return rv;
	return fits(public_keys[slot], text, out, n) &&
	    !fits(public_keys[slot == AUTH ? SIGN : AUTH], text, out, n) ?
	    CKR_OK : CKR_SIGNATURE_INVALID;
}

static void *
sign_with_both(void *user)
{
	struct worker *w = user;
	CK_TOKEN_INFO token;
	CK_SESSION_HANDLE s;
	unsigned slot;
	CK_RV rv;

	for (unsigned i = 0; i < ROUNDS; i++) {
		slot = (i + w->index) % 2 == 0 ? AUTH : SIGN;
		(void)p11->C_GetTokenInfo(slot, &token);
		if (p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL,
		    &s) != CKR_OK)
			continue;
		(void)kit_try_login(s, CKU_USER, slot == AUTH ? PIN_AUTH :
		    PIN_SIGN);
		/* The card may be gone, or the login; but no lies. */
		rv = sign_and_judge(s, slot, (CK_BYTE)i);
		if (rv == CKR_SIGNATURE_INVALID)
			(void)ok(w, "sign", rv);
		w->done += rv == CKR_OK;
		(void)p11->C_CloseSession(s);
	}
	return NULL;
}

/* Another program resets the card, and selects what ends each login. */
static void *
disturb(void *user)
{
	static const uint8_t aid[] = { 0xA0, 0x00, 0x00, 0x01, 0x51, 0x00,
	    0x00 };

	(void)user;
	while (atomic_load(&moving)) {
		(void)vtransport_foreign_select(kit_world, READER_A, aid,
		    sizeof(aid));
		(void)vtransport_reset(kit_world, READER_A);
		(void)sched_yield();
	}
	return NULL;
}

static void
sign_under(void *(*trouble)(void *user), const char *settings)
{
	struct vlink *link = kit_begin("adult", NULL, settings);
	pthread_t troubler;
	unsigned done = 0;

	public_keys[AUTH] = vkit_key(PERSONALISE_KEY_AUTH);
	public_keys[SIGN] = vkit_key(PERSONALISE_KEY_SIGN);
	(void)kit_slot(AUTH);
	atomic_store(&moving, true);
	assert_int_equal(pthread_create(&troubler, NULL, trouble, link), 0);
	run(sign_with_both);
	atomic_store(&moving, false);
	assert_int_equal(pthread_join(troubler, NULL), 0);
	expect_all_well();
	/* In the quiet afterwards all of it works. */
	run(sign_with_both);
	expect_all_well();
	for (unsigned i = 0; i < THREADS; i++)
		done += workers[i].done;
	assert_true(done > 0);
	assert_int_equal(vlink_tries(link, "auth"), 3);
	assert_int_equal(vlink_tries(link, "sign"), 5);
	for (unsigned i = AUTH; i <= SIGN; i++)
		EVP_PKEY_free(public_keys[i]);
}

static void
both_keys_while_the_card_moves(void **state)
{
	(void)state;
	sign_under(move, NULL);
}

static void
both_keys_among_other_programs(void **state)
{
	(void)state;
	sign_under(disturb, NULL);
}

static void
both_keys_while_the_card_moves_and_is_held(void **state)
{
	(void)state;
	sign_under(move, "exclusive=login");
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, kit_setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(eight_threads_list_and_sign),
		T(of_eight_that_initialise_one_does),
		T(eight_threads_that_start_and_end_it_all_the_time),
		T(seven_wait_and_one_finalises),
		T(two_that_call_first_forget_nothing),
		T(a_card_that_moves_under_eight_threads),
		T(both_keys_while_the_card_moves),
		T(both_keys_among_other_programs),
		T(both_keys_while_the_card_moves_and_is_held),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
