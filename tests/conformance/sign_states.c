/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When a signature operation begins, goes on and ends: 5.13, and 5.2 of how
 * output is given.
 */
#include <string.h>

#include "check.h"

static unsigned char data[64], out[1024];
static CK_ULONG n;
static struct pair pair;

#define ENDED	CKR_OPERATION_NOT_INITIALIZED

/* The mechanism of most of these: it can be used in parts where it hashes. */
static bool
hashes(void)
{
	return kit_offers(CKM_SHA256_RSA_PKCS, CKF_SIGN);
}

static bool
init(void)
{
	CK_MECHANISM m = { hashes() ? CKM_SHA256_RSA_PKCS : CKM_RSA_PKCS,
	    NULL, 0 };

	return (pair.private_key != 0 || kit_pair(&pair)) &&
	    expect("C_SignInit", kit.f->C_SignInit(kit.session, &m,
	    pair.private_key), CKR_OK);
}

static CK_RV
sign(unsigned char *to, CK_ULONG room)
{
	n = room;
	return kit.f->C_Sign(kit.session, data, sizeof(data), to, &n);
}

static CK_RV
update(void)
{
	return kit.f->C_SignUpdate(kit.session, data, sizeof(data));
}

static CK_RV
final(unsigned char *to, CK_ULONG room)
{
	n = room;
	return kit.f->C_SignFinal(kit.session, to, &n);
}

static void
not_begun(const void *arg)
{
	(void)arg;
	(void)expect("C_Sign", sign(out, sizeof(out)), ENDED);
	(void)expect("C_Sign, length only", sign(NULL, 0), ENDED);
	(void)expect("C_SignUpdate", update(), ENDED);
	(void)expect("C_SignFinal", final(out, sizeof(out)), ENDED);
}

static void
begun_twice(const void *arg)
{
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };

	(void)arg;
	if (init())
		(void)expect("C_SignInit again", kit.f->C_SignInit(
		    kit.session, &m, pair.private_key), CKR_OPERATION_ACTIVE);
}

static void
output(const void *arg)
{
	CK_ULONG length;

	(void)arg;
	if (!init())
		return;
	(void)expect("C_Sign, length only", sign(NULL, 0), CKR_OK);
	length = n;
	(void)expect("C_Sign into 1 byte", sign(out, 1),
	    CKR_BUFFER_TOO_SMALL);
	(void)holds(n == length, "then the length is %lu, not %lu", n,
	    length);
	(void)expect("C_Sign, length only, again", sign(NULL, 0), CKR_OK);
	memset(out, 0x5A, sizeof(out));
	(void)expect("C_Sign into what fits", sign(out, length), CKR_OK);
	(void)holds(n <= length && n > 0, "%lu bytes, said to be %lu", n,
	    length);
	(void)holds(out[length] == 0x5A, "the byte behind it is changed");
	(void)expect("C_Sign after that", sign(out, sizeof(out)), ENDED);
}

static void
output_final(const void *arg)
{
	CK_ULONG length;

	(void)arg;
	if (!init() || !hashes())
		return;
	(void)expect("C_SignUpdate", update(), CKR_OK);
	(void)expect("C_SignFinal, length only", final(NULL, 0), CKR_OK);
	length = n;
	(void)expect("C_SignFinal into 1 byte", final(out, 1),
	    CKR_BUFFER_TOO_SMALL);
	(void)holds(n == length, "then the length is %lu, not %lu", n,
	    length);
	(void)expect("C_SignFinal into what fits", final(out, length),
	    CKR_OK);
	(void)expect("C_SignFinal after that", final(out, sizeof(out)),
	    ENDED);
}

static void
final_is_sign(const void *arg)
{
	unsigned char first[sizeof(out)];
	CK_ULONG length;

	(void)arg;
	if (!init() || !hashes() ||
	    !expect("C_Sign", sign(first, sizeof(first)), CKR_OK))
		return;
	length = n;
	if (!init())
		return;
	(void)expect("C_SignUpdate", update(), CKR_OK);
	(void)expect("C_SignFinal", final(out, sizeof(out)), CKR_OK);
	(void)holds(n == length && memcmp(first, out, n) == 0,
	    "in parts it is another signature than at once");
}

static void
sign_after_update(const void *arg)
{
	(void)arg;
	if (!init() || !hashes())
		return;
	(void)expect("C_SignUpdate", update(), CKR_OK);
	(void)expect_error("C_Sign after C_SignUpdate",
	    sign(out, sizeof(out)));
	(void)expect("C_SignFinal after that", final(out, sizeof(out)),
	    ENDED);
}

/* An error ends the operation. */
static void
error_ends(const void *arg)
{
	(void)arg;
	if (!init())
		return;
	(void)expect("C_Sign without data", kit.f->C_Sign(kit.session, NULL,
	    1, out, &n), CKR_ARGUMENTS_BAD);
	(void)expect("C_Sign after that", sign(out, sizeof(out)), ENDED);
}

static void
failed_init(const void *arg)
{
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };

	(void)arg;
	(void)expect("C_SignInit without such a key", kit.f->C_SignInit(
	    kit.session, &m, NO_OBJECT), CKR_KEY_HANDLE_INVALID);
	(void)expect("C_SignInit with the key 0", kit.f->C_SignInit(
	    kit.session, &m, 0), CKR_KEY_HANDLE_INVALID);
	(void)expect("C_Sign after that", sign(out, sizeof(out)), ENDED);
	if (init())
		(void)expect("C_Sign after a right C_SignInit",
		    sign(out, sizeof(out)), CKR_OK);
}

static void
wrong_key(const void *arg)
{
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };

	(void)arg;
	if (!kit_pair(&pair))
		return;
	(void)expect_any("C_SignInit with a certificate", kit.f->C_SignInit(
	    kit.session, &m, pair.certificate), ANY_OF(CKR_KEY_HANDLE_INVALID,
	    CKR_KEY_TYPE_INCONSISTENT, CKR_KEY_FUNCTION_NOT_PERMITTED));
	if (pair.public_key != 0)
		(void)expect_any("C_SignInit with a public key",
		    kit.f->C_SignInit(kit.session, &m, pair.public_key),
		    ANY_OF(CKR_KEY_HANDLE_INVALID, CKR_KEY_TYPE_INCONSISTENT,
		    CKR_KEY_FUNCTION_NOT_PERMITTED));
}

static void
wrong_mechanism(const void *arg)
{
	static const CK_MECHANISM_TYPE types[] = {
		CKM_SHA256, CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_AES_CBC,
		0x7FFF1234,
	};

	(void)arg;
	if (!kit_pair(&pair))
		return;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		CK_MECHANISM m = { types[i], NULL, 0 };

		(void)expect("C_SignInit with what cannot sign",
		    kit.f->C_SignInit(kit.session, &m, pair.private_key),
		    CKR_MECHANISM_INVALID);
	}
}

static void
odd_parameter(const void *arg)
{
	unsigned char something[16] = { 0 };
	CK_MECHANISM m = { CKM_RSA_PKCS, something, sizeof(something) };
	CK_RV rv;

	(void)arg;
	if (!kit_pair(&pair))
		return;
	rv = kit.f->C_SignInit(kit.session, &m, pair.private_key);
	(void)expect("C_SignInit with a parameter that CKM_RSA_PKCS has not",
	    rv, CKR_MECHANISM_PARAM_INVALID);
}

static void
two_sessions(const void *arg)
{
	CK_SESSION_HANDLE first = kit.session, other;

	(void)arg;
	if (!init() || !hashes() ||
	    !expect("C_OpenSession", kit_open(0, &other), CKR_OK))
		return;
	(void)expect("C_SignUpdate", update(), CKR_OK);
	kit.session = other;
	(void)expect("C_SignFinal in the other session",
	    final(out, sizeof(out)), ENDED);
	if (!init())
		return;
	(void)expect("C_Sign in the other session", sign(out, sizeof(out)),
	    CKR_OK);
	kit.session = first;
	(void)expect("C_SignFinal in the first", final(out, sizeof(out)),
	    CKR_OK);
}

/* Java keeps an operation in every session. */
static void
many(const void *arg)
{
	CK_SESSION_HANDLE s[100], first = kit.session;

	(void)arg;
	if (!kit_pair(&pair))
		return;
	for (int i = 0; i < 100; i++) {
		if (!expect("C_OpenSession", kit_open(0, &s[i]), CKR_OK))
			return;
		kit.session = s[i];
		if (!init())
			return;
	}
	for (int i = 0; i < 100; i += 9) {
		kit.session = s[i];
		(void)expect("C_Sign", sign(out, sizeof(out)), CKR_OK);
	}
	kit.session = first;
}

static void
close_ends(const void *arg)
{
	CK_SESSION_HANDLE keeps_the_login;

	(void)arg;
	if (!init() || !expect("C_OpenSession", kit_open(0, &keeps_the_login),
	    CKR_OK))
		return;
	(void)expect("C_CloseSession", kit.f->C_CloseSession(kit.session),
	    CKR_OK);
	(void)expect("C_OpenSession", kit_open(0, &kit.session), CKR_OK);
	(void)expect("C_Sign in a new session", sign(out, sizeof(out)),
	    ENDED);
}

static void
public_session(const void *arg)
{
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };
	CK_OBJECT_HANDLE list[OBJECTS_MAX];
	CK_ULONG found;

	(void)arg;
	if (!kit_search(kit.session, NULL, 0, list, &found))
		return;
	for (CK_ULONG i = 0; i < found; i++)
		(void)expect_any("C_SignInit before the login",
		    kit.f->C_SignInit(kit.session, &m, list[i]),
		    ANY_OF(CKR_KEY_HANDLE_INVALID, CKR_USER_NOT_LOGGED_IN,
		    CKR_KEY_TYPE_INCONSISTENT,
		    CKR_KEY_FUNCTION_NOT_PERMITTED));
}

static const struct check checks[] = {
	{ "5.13.2 C_Sign",
	    "without C_SignInit is CKR_OPERATION_NOT_INITIALIZED, and so are the others",
	    not_begun, LOGGED_IN, 0, NULL },
	{ "5.13.1 C_SignInit", "the second time is CKR_OPERATION_ACTIVE",
	    begun_twice, LOGGED_IN, 0, NULL },
	{ "5.13.2 C_Sign", "length only, too small a buffer, one that fits, and the end",
	    output, LOGGED_IN, 0, NULL },
	{ "5.13.4 C_SignFinal", "length only, too small a buffer, one that fits, and the end",
	    output_final, LOGGED_IN, 0, NULL },
	{ "5.13.4 C_SignFinal", "gives what C_Sign gives", final_is_sign, LOGGED_IN, 0, NULL },
	{ "5.13.2 C_Sign", "after C_SignUpdate fails and ends",
	    sign_after_update, LOGGED_IN, 0, NULL },
	{ "5.13.2 C_Sign", "ends with an error", error_ends, LOGGED_IN, 0, NULL },
	{ "5.13.1 C_SignInit", "without such a key begins nothing",
	    failed_init, LOGGED_IN, 0, NULL },
	{ "5.13.1 C_SignInit", "with a key for something else is refused",
	    wrong_key, LOGGED_IN, 0, NULL },
	{ "5.13.1 C_SignInit", "with what cannot sign is CKR_MECHANISM_INVALID",
	    wrong_mechanism, LOGGED_IN, 0, NULL },
	{ "5.13.1 C_SignInit", "a parameter too many is CKR_MECHANISM_PARAM_INVALID",
	    odd_parameter, LOGGED_IN, STRICT, NULL },
	{ "5.13.1 C_SignInit", "before the login is refused", public_session, SESSION, 0, NULL },
	{ "5.13 signing", "two sessions sign without knowing of each other",
	    two_sessions, LOGGED_IN, 0, NULL },
	{ "5.13 signing", "in 100 sessions at once", many, LOGGED_IN, 0, NULL },
	{ "5.6.2 C_CloseSession", "ends its signature", close_ends, LOGGED_IN, 0, NULL },
};

void
run_sign_states(void)
{
	RUN_ALL(checks);
}
