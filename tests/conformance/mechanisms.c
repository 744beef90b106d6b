/* SPDX-License-Identifier: BSD-2-Clause */
/* Which mechanisms a token says it has, and whether it has them: 5.5.5. */
#include <string.h>

#include "check.h"

#define MECHANISMS_MAX	512

#define PKCS1	(CKF_SIGN | CKF_VERIFY | CKF_SIGN_RECOVER | \
		CKF_VERIFY_RECOVER | CKF_ENCRYPT | CKF_DECRYPT | CKF_WRAP | \
		CKF_UNWRAP)
#define SIGNS	(CKF_SIGN | CKF_VERIFY)

/* What each can be for (Current Mechanisms, tables of section 2). */
static const struct {
	CK_MECHANISM_TYPE	type;
	CK_FLAGS		may;
	bool			parameter;	/* needs one */
} meanings[] = {
	{ CKM_RSA_PKCS, PKCS1, false },
	{ CKM_SHA1_RSA_PKCS, SIGNS, false },
	{ CKM_SHA224_RSA_PKCS, SIGNS, false },
	{ CKM_SHA256_RSA_PKCS, SIGNS, false },
	{ CKM_SHA384_RSA_PKCS, SIGNS, false },
	{ CKM_SHA512_RSA_PKCS, SIGNS, false },
	{ CKM_MD5_RSA_PKCS, SIGNS, false },
	{ CKM_RIPEMD160_RSA_PKCS, SIGNS, false },
	{ CKM_RSA_PKCS_PSS, SIGNS, true },
	{ CKM_SHA1_RSA_PKCS_PSS, SIGNS, true },
	{ CKM_SHA256_RSA_PKCS_PSS, SIGNS, true },
	{ CKM_SHA384_RSA_PKCS_PSS, SIGNS, true },
	{ CKM_SHA512_RSA_PKCS_PSS, SIGNS, true },
	{ CKM_MD5, CKF_DIGEST, false },
	{ CKM_SHA_1, CKF_DIGEST, false },
	{ CKM_SHA224, CKF_DIGEST, false },
	{ CKM_SHA256, CKF_DIGEST, false },
	{ CKM_SHA384, CKF_DIGEST, false },
	{ CKM_SHA512, CKF_DIGEST, false },
	{ CKM_RSA_PKCS_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR, false },
};

#define COUNT	(sizeof(meanings) / sizeof(meanings[0]))

static bool
info(CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *out)
{
	memset(out, 0, sizeof(*out));
	return expect("C_GetMechanismInfo",
	    kit.f->C_GetMechanismInfo(kit.slot, type, out), CKR_OK);
}

static void
sizes(const void *arg)
{
	CK_MECHANISM_TYPE list[MECHANISMS_MAX];
	CK_ULONG n = 0, all = MECHANISMS_MAX;

	(void)arg;
	(void)expect("C_GetMechanismList(NULL)",
	    kit.f->C_GetMechanismList(kit.slot, NULL, &n), CKR_OK);
	if (!kit_mechanisms(list, &all))
		return;
	(void)holds(n == all, "%lu mechanisms, said to be %lu", all, n);
	n = all - 1;
	(void)expect("one entry too few",
	    kit.f->C_GetMechanismList(kit.slot, list, &n),
	    CKR_BUFFER_TOO_SMALL);
	(void)holds(n == all, "then the count is %lu, not %lu", n, all);
}

static void
each_once(const void *arg)
{
	CK_MECHANISM_TYPE list[MECHANISMS_MAX];
	CK_ULONG n = MECHANISMS_MAX;
	CK_MECHANISM_INFO i;

	(void)arg;
	if (!kit_mechanisms(list, &n))
		return;
	for (CK_ULONG k = 0; k < n; k++) {
		for (CK_ULONG j = 0; j < k; j++)
			(void)holds(list[k] != list[j],
			    "0x%lX is there twice", list[k]);
		if (info(list[k], &i))
			(void)holds(i.ulMinKeySize <= i.ulMaxKeySize,
			    "0x%lX: keys of %lu to %lu", list[k],
			    i.ulMinKeySize, i.ulMaxKeySize);
	}
}

static void
unlisted(const void *arg)
{
	CK_MECHANISM_TYPE list[MECHANISMS_MAX];
	CK_ULONG n = MECHANISMS_MAX;
	CK_MECHANISM_INFO i;
	bool listed;

	(void)arg;
	(void)expect("a mechanism that there is not",
	    kit.f->C_GetMechanismInfo(kit.slot, 0x7FFF1234, &i),
	    CKR_MECHANISM_INVALID);
	if (!kit_mechanisms(list, &n))
		return;
	for (size_t k = 0; k < COUNT; k++) {
		listed = false;
		for (CK_ULONG j = 0; j < n; j++)
			listed = listed || list[j] == meanings[k].type;
		if (!listed)
			(void)expect("one that is not in the list",
			    kit.f->C_GetMechanismInfo(kit.slot,
			    meanings[k].type, &i), CKR_MECHANISM_INVALID);
	}
}

static void
meaning(const void *arg)
{
	CK_MECHANISM_INFO i;
	CK_FLAGS odd;

	(void)arg;
	for (size_t k = 0; k < COUNT; k++) {
		if (!kit_offers(meanings[k].type, ~0UL) ||
		    !info(meanings[k].type, &i))
			continue;
		odd = i.flags & ~(meanings[k].may | CKF_HW | CKF_EXTENSION);
		/* Those of 3.0, for messages. */
		odd &= ~0x7EUL;
		(void)holds(odd == 0, "0x%lX: flags 0x%lX",
		    meanings[k].type, i.flags);
	}
}

static void
key_fits(const void *arg)
{
	CK_MECHANISM_INFO i;
	struct pair pair;
	CK_ULONG bits;

	(void)arg;
	if (!kit_pair(&pair) || !info(CKM_RSA_PKCS, &i))
		return;
	bits = kit_attribute(pair.private_key, CKA_MODULUS).n * 8;
	(void)holds(bits >= i.ulMinKeySize && bits <= i.ulMaxKeySize,
	    "the key has %lu bits, CKM_RSA_PKCS takes %lu to %lu", bits,
	    i.ulMinKeySize, i.ulMaxKeySize);
}

/* What is listed begins with the token's key; what is not is refused. */
static void
sign_begins(const void *arg)
{
	CK_SESSION_HANDLE s;
	struct pair pair;
	CK_RV rv, wanted;

	(void)arg;
	if (!kit_pair(&pair))
		return;
	for (size_t k = 0; k < COUNT; k++) {
		CK_MECHANISM m = { meanings[k].type, NULL, 0 };

		wanted = !kit_offers(m.mechanism, CKF_SIGN) ?
		    CKR_MECHANISM_INVALID : CKR_OK;
		/* Without the parameter that it needs: signatures.c. */
		if (wanted == CKR_OK && meanings[k].parameter)
			continue;
		if (!expect("C_OpenSession", kit_open(0, &s), CKR_OK))
			return;
		rv = kit.f->C_SignInit(s, &m, pair.private_key);
		(void)holds(rv == wanted, "0x%lX: %s, wanted %s",
		    m.mechanism, rv_name(rv), rv_name(wanted));
		(void)kit.f->C_CloseSession(s);
	}
}

/* Who says that it decrypts has a key for that, or says what forbids it. */
static void
decrypt_honest(const void *arg)
{
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };
	struct pair pair;
	CK_RV rv;

	(void)arg;
	if (!kit_pair(&pair))
		return;
	rv = kit.f->C_DecryptInit(kit.session, &m, pair.private_key);
	(void)expect_any("C_DecryptInit", rv,
	    kit_offers(CKM_RSA_PKCS, CKF_DECRYPT) ?
	    ANY_OF(CKR_OK, CKR_KEY_FUNCTION_NOT_PERMITTED) :
	    ANY_OF(CKR_MECHANISM_INVALID, CKR_FUNCTION_NOT_SUPPORTED,
	    CKR_KEY_FUNCTION_NOT_PERMITTED));
}

/* CKF_RNG and the functions say the same: 5.19. */
static void
random_honest(const void *arg)
{
	unsigned char a[32] = { 0 }, b[32] = { 0 };
	CK_TOKEN_INFO i;
	CK_RV rv;

	(void)arg;
	memset(&i, 0, sizeof(i));
	if (!expect("C_GetTokenInfo", kit.f->C_GetTokenInfo(kit.slot, &i),
	    CKR_OK))
		return;
	rv = kit.f->C_GenerateRandom(kit.session, a, sizeof(a));
	if ((i.flags & CKF_RNG) == 0) {
		(void)expect("C_GenerateRandom without CKF_RNG", rv,
		    CKR_RANDOM_NO_RNG);
		(void)expect("C_SeedRandom without CKF_RNG",
		    kit.f->C_SeedRandom(kit.session, a, sizeof(a)),
		    CKR_RANDOM_NO_RNG);
		return;
	}
	(void)expect("C_GenerateRandom", rv, CKR_OK);
	(void)expect("C_GenerateRandom",
	    kit.f->C_GenerateRandom(kit.session, b, sizeof(b)), CKR_OK);
	(void)holds(memcmp(a, b, sizeof(a)) != 0, "twice the same");
}

static void
not_parallel(const void *arg)
{
	(void)arg;
	(void)expect("C_GetFunctionStatus",
	    kit.f->C_GetFunctionStatus(kit.session),
	    CKR_FUNCTION_NOT_PARALLEL);
	(void)expect("C_CancelFunction",
	    kit.f->C_CancelFunction(kit.session), CKR_FUNCTION_NOT_PARALLEL);
}

static const struct check checks[] = {
	{ "5.5.5 C_GetMechanismList", "the count, and a list too short",
	    sizes, INITIALIZED, 0, NULL },
	{ "5.5.5 C_GetMechanismList", "each once, and each has its information",
	    each_once, INITIALIZED, 0, NULL },
	{ "5.5.6 C_GetMechanismInfo", "what is not listed is CKR_MECHANISM_INVALID",
	    unlisted, INITIALIZED, 0, NULL },
	{ "5.5.6 C_GetMechanismInfo", "the flags are what the mechanism can be for",
	    meaning, INITIALIZED, 0, NULL },
	{ "5.5.6 C_GetMechanismInfo", "the key's size is among those of CKM_RSA_PKCS",
	    key_fits, LOGGED_IN, 0, NULL },
	{ "5.13.1 C_SignInit", "takes the listed mechanisms, and no others",
	    sign_begins, LOGGED_IN, 0, NULL },
	{ "5.10.1 C_DecryptInit", "works as far as CKM_RSA_PKCS says",
	    decrypt_honest, LOGGED_IN, 0, NULL },
	{ "5.19 C_GenerateRandom", "works if the token has CKF_RNG, else CKR_RANDOM_NO_RNG",
	    random_honest, SESSION, 0, NULL },
	{ "5.20 C_GetFunctionStatus", "and C_CancelFunction are CKR_FUNCTION_NOT_PARALLEL",
	    not_parallel, SESSION, 0, NULL },
};

void
run_mechanisms(void)
{
	RUN_ALL(checks);
}
