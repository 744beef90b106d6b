/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a card that only signs cannot do: each function says so to arguments
 * that could be right, says that the arguments are bad when any one pointer is
 * missing that must not be, and writes nothing.
 */
#include "p11kit.h"

#include <string.h>

#define ROOM	16

/* What a call is given: which pointer is NULL, and how long it is said to be. */
struct given {
	CK_SESSION_HANDLE	s;
	int			null;		/* index, or -1 */
	CK_ULONG		null_n;
	CK_ULONG		room[ROOM];	/* behind all other pointers */
};

#define P(i)	(g->null == (i) ? NULL : (void *)g->room)
#define N(i)	(g->null == (i) ? g->null_n : 1)

/*
 * Each pointer is of a kind: a buffer with its length, required, or output,
 * which may be missing when a length is asked for.
 */
#define BUFFER		'b'
#define REQUIRED	'r'
#define OUTPUT		'o'

#define NO	CKR_FUNCTION_NOT_SUPPORTED
#define NO_RNG	CKR_RANDOM_NO_RNG
#define OLD	CKR_FUNCTION_NOT_PARALLEL

/* X(function, kinds of its pointers, answer, arguments) */
#define STUBS(X) \
	X(C_InitPIN, "b", NO, (g->s, P(0), N(0))) \
	X(C_GetOperationState, "or", NO, (g->s, P(0), P(1))) \
	X(C_SetOperationState, "b", NO, (g->s, P(0), N(0), 1, 1)) \
	X(C_EncryptInit, "r", NO, (g->s, P(0), 1)) \
	X(C_Encrypt, "bor", NO, (g->s, P(0), N(0), P(1), P(2))) \
	X(C_EncryptUpdate, "bor", NO, (g->s, P(0), N(0), P(1), P(2))) \
	X(C_EncryptFinal, "or", NO, (g->s, P(0), P(1))) \
	X(C_DecryptInit, "r", NO, (g->s, P(0), 1)) \
	X(C_Decrypt, "bor", NO, (g->s, P(0), N(0), P(1), P(2))) \
	X(C_DecryptUpdate, "bor", NO, (g->s, P(0), N(0), P(1), P(2))) \
	X(C_DecryptFinal, "or", NO, (g->s, P(0), P(1))) \
	X(C_DigestKey, "", NO, (g->s, 1)) \
	X(C_SignRecoverInit, "r", NO, (g->s, P(0), 1)) \
	X(C_SignRecover, "bor", NO, (g->s, P(0), N(0), P(1), P(2))) \
	X(C_VerifyRecoverInit, "r", NO, (g->s, P(0), 1)) \
	X(C_VerifyRecover, "bor", NO, (g->s, P(0), N(0), P(1), P(2))) \
	X(C_DigestEncryptUpdate, "bor", NO, (g->s, P(0), N(0), P(1), P(2))) \
	X(C_DecryptDigestUpdate, "bor", NO, (g->s, P(0), N(0), P(1), P(2))) \
	X(C_SignEncryptUpdate, "bor", NO, (g->s, P(0), N(0), P(1), P(2))) \
	X(C_DecryptVerifyUpdate, "bor", NO, (g->s, P(0), N(0), P(1), P(2))) \
	X(C_GenerateKey, "rbr", NO, (g->s, P(0), P(1), N(1), P(2))) \
	X(C_GenerateKeyPair, "rbbrr", NO, (g->s, P(0), P(1), N(1), P(2), N(2), P(3), P(4))) \
	X(C_WrapKey, "ror", NO, (g->s, P(0), 1, 1, P(1), P(2))) \
	X(C_UnwrapKey, "rbbr", NO, (g->s, P(0), 1, P(1), N(1), P(2), N(2), P(3))) \
	X(C_DeriveKey, "rbr", NO, (g->s, P(0), 1, P(1), N(1), P(2))) \
	X(C_SeedRandom, "b", NO_RNG, (g->s, P(0), N(0))) \
	X(C_GenerateRandom, "b", NO_RNG, (g->s, P(0), N(0))) \
	X(C_GetFunctionStatus, "", OLD, (g->s)) \
	X(C_CancelFunction, "", OLD, (g->s)) \
	X(C_MessageEncryptInit, "r", NO, (g->s, P(0), 1)) \
	X(C_EncryptMessage, "bbbor", NO, \
	    (g->s, P(0), N(0), P(1), N(1), P(2), N(2), P(3), P(4))) \
	X(C_EncryptMessageBegin, "bb", NO, (g->s, P(0), N(0), P(1), N(1))) \
	X(C_EncryptMessageNext, "bbor", NO, (g->s, P(0), N(0), P(1), N(1), P(2), P(3), 0)) \
	X(C_MessageEncryptFinal, "", NO, (g->s)) \
	X(C_MessageDecryptInit, "r", NO, (g->s, P(0), 1)) \
	X(C_DecryptMessage, "bbbor", NO, \
	    (g->s, P(0), N(0), P(1), N(1), P(2), N(2), P(3), P(4))) \
	X(C_DecryptMessageBegin, "bb", NO, (g->s, P(0), N(0), P(1), N(1))) \
	X(C_DecryptMessageNext, "bbor", NO, (g->s, P(0), N(0), P(1), N(1), P(2), P(3), 0)) \
	X(C_MessageDecryptFinal, "", NO, (g->s)) \
	X(C_MessageSignInit, "r", NO, (g->s, P(0), 1)) \
	X(C_SignMessage, "bbor", NO, (g->s, P(0), N(0), P(1), N(1), P(2), P(3))) \
	X(C_SignMessageBegin, "b", NO, (g->s, P(0), N(0))) \
	X(C_SignMessageNext, "bboo", NO, (g->s, P(0), N(0), P(1), N(1), P(2), P(3))) \
	X(C_MessageSignFinal, "", NO, (g->s)) \
	X(C_MessageVerifyInit, "r", NO, (g->s, P(0), 1)) \
	X(C_VerifyMessage, "bbr", NO, (g->s, P(0), N(0), P(1), N(1), P(2), 1)) \
	X(C_VerifyMessageBegin, "b", NO, (g->s, P(0), N(0))) \
	X(C_VerifyMessageNext, "bbo", NO, (g->s, P(0), N(0), P(1), N(1), P(2), 1)) \
	X(C_MessageVerifyFinal, "", NO, (g->s))

#define CALL(function, kinds, answer, arguments) \
	static CK_RV \
	call_##function(struct given *g) \
	{ \
		return p11_3->function arguments; \
	}
STUBS(CALL)

static const struct {
	const char	*name;
	const char	*kinds;
	CK_RV		 answer;
	CK_RV		(*call)(struct given *g);
} stubs[] = {
#define ROW(function, kinds, answer, arguments) \
	{ #function, kinds, answer, call_##function },
	STUBS(ROW)
};

/* Call it with pointer <null> missing, and see that it wrote nothing. */
static CK_RV
call(size_t i, CK_SESSION_HANDLE s, int null, CK_ULONG null_n)
{
	struct given g = { s, null, null_n, { 0 } }, before;
	CK_RV rv;

	memset(g.room, 0x5A, sizeof(g.room));
	before = g;
	rv = stubs[i].call(&g);
	assert_memory_equal(g.room, before.room, sizeof(g.room));
	return rv;
}

static void
right_arguments_are_refused_for_what_is_asked(void **state)
{
	CK_SESSION_HANDLE s;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open_user(AUTH);
	kit_counters_clear();
	for (size_t i = 0; i < COUNT(stubs); i++)
		expect_rv(stubs[i].name, call(i, s, -1, 0), stubs[i].answer);
	assert_int_equal(kit_commands(), 0);
	/* None of them has ended the login. */
	expect_rv("sign", kit_sign(s), CKR_OK);
}

static void
one_missing_pointer_is_noticed(void **state)
{
	CK_SESSION_HANDLE s;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open(AUTH);
	for (size_t i = 0; i < COUNT(stubs); i++)
		for (int p = 0; stubs[i].kinds[p] != '\0'; p++)
			expect_rv(stubs[i].name, call(i, s, p, 1),
			    stubs[i].kinds[p] == OUTPUT ? stubs[i].answer :
			    CKR_ARGUMENTS_BAD);
}

static void
an_empty_buffer_needs_no_pointer(void **state)
{
	CK_SESSION_HANDLE s;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open(AUTH);
	for (size_t i = 0; i < COUNT(stubs); i++)
		for (int p = 0; stubs[i].kinds[p] != '\0'; p++)
			if (stubs[i].kinds[p] == BUFFER)
				expect_rv(stubs[i].name, call(i, s, p, 0),
				    stubs[i].answer);
}

static void
every_kind_is_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(stubs); i++)
		for (const char *k = stubs[i].kinds; *k != '\0'; k++)
			expect_true(stubs[i].name, *k == BUFFER ||
			    *k == REQUIRED || *k == OUTPUT);
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, kit_setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_is_known),
		T(right_arguments_are_refused_for_what_is_asked),
		T(one_missing_pointer_is_noticed),
		T(an_empty_buffer_needs_no_pointer),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
