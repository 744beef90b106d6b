/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NULL where the caller must give a pointer: CKR_ARGUMENTS_BAD (5.1.6), and
 * never a crash.  What a token cannot do at all may be refused for that
 * reason instead.
 */
#include "check.h"

static unsigned char data[32], out[1024];
static CK_ULONG n;
static CK_OBJECT_HANDLE handle;
static CK_MECHANISM raw = { CKM_RSA_PKCS, NULL, 0 };
static CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 };
static CK_MECHANISM sha256_rsa = { CKM_SHA256_RSA_PKCS, NULL, 0 };

/* Which operation is begun beforehand. */
enum before { NOTHING, SEARCH, DIGEST, SIGN, VERIFY };

/* What is asked of the function. */
enum answer {
	MUST,		/* CKR_ARGUMENTS_BAD */
	MAY,		/* the same, or it is not supported at all */
	CANCELS		/* 3.0 gave NULL a meaning; nothing is active here */
};

struct row {
	const char	*section, *name;
	CK_RV		(*call)(void);
	enum stage	 stage;
	enum before	 before;
	enum answer	 answer;
};

#define S	kit.session
#define F	kit.f

static CK_RV get_info(void) { return F->C_GetInfo(NULL); }
static CK_RV slot_list(void) { return F->C_GetSlotList(CK_FALSE, NULL, NULL); }
static CK_RV slot_info(void) { return F->C_GetSlotInfo(kit.slot, NULL); }
static CK_RV token_info(void) { return F->C_GetTokenInfo(kit.slot, NULL); }
static CK_RV wait_event(void) { return F->C_WaitForSlotEvent(CKF_DONT_BLOCK, NULL, NULL); }
static CK_RV mech_list(void) { return F->C_GetMechanismList(kit.slot, NULL, NULL); }
static CK_RV mech_info(void) { return F->C_GetMechanismInfo(kit.slot, CKM_RSA_PKCS, NULL); }
static CK_RV open_session(void) { return kit_open(0, NULL); }
static CK_RV session_info(void) { return F->C_GetSessionInfo(S, NULL); }
static CK_RV operation_state(void) { return F->C_GetOperationState(S, NULL, NULL); }
static CK_RV state_set(void) { return F->C_SetOperationState(S, NULL, 1, 0, 0); }
static CK_RV create_template(void) { return F->C_CreateObject(S, NULL, 1, &n); }
static CK_RV search_template(void) { return F->C_FindObjectsInit(S, NULL, 1); }
static CK_RV find_out(void) { return F->C_FindObjects(S, NULL, 1, &n); }
static CK_RV find_count(void) { return F->C_FindObjects(S, &handle, 1, NULL); }
static CK_RV digest_data(void) { n = sizeof(out); return F->C_Digest(S, NULL, 1, out, &n); }
static CK_RV digest_length(void) { return F->C_Digest(S, data, 1, out, NULL); }
static CK_RV digest_length_2(void) { return F->C_Digest(S, data, 1, NULL, NULL); }
static CK_RV digest_update(void) { return F->C_DigestUpdate(S, NULL, 1); }
static CK_RV digest_final(void) { return F->C_DigestFinal(S, out, NULL); }
static CK_RV sign_init(void) { return F->C_SignInit(S, NULL, NO_OBJECT); }
static CK_RV sign_data(void) { n = sizeof(out); return F->C_Sign(S, NULL, 1, out, &n); }
static CK_RV sign_length(void) { return F->C_Sign(S, data, 32, out, NULL); }
static CK_RV sign_length_2(void) { return F->C_Sign(S, data, 32, NULL, NULL); }
static CK_RV sign_update(void) { return F->C_SignUpdate(S, NULL, 1); }
static CK_RV sign_final(void) { return F->C_SignFinal(S, out, NULL); }
static CK_RV verify_init(void) { return F->C_VerifyInit(S, NULL, NO_OBJECT); }
static CK_RV verify_data(void) { return F->C_Verify(S, NULL, 1, out, 256); }
static CK_RV verify_signature(void) { return F->C_Verify(S, data, 32, NULL, 256); }
static CK_RV verify_update(void) { return F->C_VerifyUpdate(S, NULL, 1); }
static CK_RV verify_final(void) { return F->C_VerifyFinal(S, NULL, 256); }
static CK_RV seed(void) { return F->C_SeedRandom(S, NULL, 1); }
static CK_RV random_out(void) { return F->C_GenerateRandom(S, NULL, 1); }

static CK_RV
digest_init(void)
{
	return F->C_DigestInit(S, NULL);
}

static CK_RV
object_size(void)
{
	CK_OBJECT_HANDLE list[OBJECTS_MAX];
	CK_ULONG found;

	if (!kit_search(S, NULL, 0, list, &found) ||
	    !holds(found > 0, "no objects"))
		return CKR_OK;
	return F->C_GetObjectSize(S, list[0], NULL);
}

static CK_RV
object_template(void)
{
	CK_OBJECT_HANDLE list[OBJECTS_MAX];
	CK_ULONG found;

	if (!kit_search(S, NULL, 0, list, &found) ||
	    !holds(found > 0, "no objects"))
		return CKR_OK;
	return F->C_GetAttributeValue(S, list[0], NULL, 1);
}

static CK_RV
create_out(void)
{
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_ATTRIBUTE t = { CKA_CLASS, &class, sizeof(class) };

	return F->C_CreateObject(S, &t, 1, NULL);
}

static CK_RV
generate_out(void)
{
	CK_MECHANISM m = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE t = { CKA_LABEL, NULL, 0 };

	return F->C_GenerateKeyPair(S, &m, &t, 1, &t, 1, NULL, NULL);
}

static const struct row rows[] = {
	{ "5.4.3", "C_GetInfo, pInfo", get_info, INITIALIZED, NOTHING, MUST },
	{ "5.5.1", "C_GetSlotList, pulCount", slot_list, INITIALIZED, NOTHING, MUST },
	{ "5.5.2", "C_GetSlotInfo, pInfo", slot_info, INITIALIZED, NOTHING, MUST },
	{ "5.5.3", "C_GetTokenInfo, pInfo", token_info, INITIALIZED, NOTHING, MUST },
	{ "5.5.4", "C_WaitForSlotEvent, pSlot", wait_event, INITIALIZED, NOTHING, MAY },
	{ "5.5.5", "C_GetMechanismList, pulCount", mech_list, INITIALIZED, NOTHING, MUST },
	{ "5.5.6", "C_GetMechanismInfo, pInfo", mech_info, INITIALIZED, NOTHING, MUST },
	{ "5.6.1", "C_OpenSession, phSession", open_session, INITIALIZED, NOTHING, MUST },
	{ "5.6.4", "C_GetSessionInfo, pInfo", session_info, SESSION, NOTHING, MUST },
	{ "5.6.6", "C_GetOperationState, pulOperationStateLen",
	    operation_state, SESSION, NOTHING, MAY },
	{ "5.6.7", "C_SetOperationState, pOperationState", state_set, SESSION, NOTHING, MAY },
	{ "5.7.1", "C_CreateObject, pTemplate", create_template, SESSION, NOTHING, MAY },
	{ "5.7.1", "C_CreateObject, phObject", create_out, SESSION, NOTHING, MAY },
	{ "5.7.4", "C_GetObjectSize, pulSize", object_size, LOGGED_IN, NOTHING, MAY },
	{ "5.7.5", "C_GetAttributeValue, pTemplate", object_template, LOGGED_IN, NOTHING, MUST },
	{ "5.7.7", "C_FindObjectsInit, pTemplate", search_template, SESSION, NOTHING, MUST },
	{ "5.7.8", "C_FindObjects, phObject", find_out, SESSION, SEARCH, MUST },
	{ "5.7.8", "C_FindObjects, pulObjectCount", find_count, SESSION, SEARCH, MUST },
	{ "5.12.1", "C_DigestInit, pMechanism", digest_init, SESSION, NOTHING, CANCELS },
	{ "5.12.2", "C_Digest, pData", digest_data, SESSION, DIGEST, MAY },
	{ "5.12.2", "C_Digest, pulDigestLen", digest_length, SESSION, DIGEST, MAY },
	{ "5.12.2", "C_Digest, pDigest and pulDigestLen", digest_length_2, SESSION, DIGEST, MAY },
	{ "5.12.3", "C_DigestUpdate, pPart", digest_update, SESSION, DIGEST, MAY },
	{ "5.12.5", "C_DigestFinal, pulDigestLen", digest_final, SESSION, DIGEST, MAY },
	{ "5.13.1", "C_SignInit, pMechanism", sign_init, LOGGED_IN, NOTHING, CANCELS },
	{ "5.13.2", "C_Sign, pData", sign_data, LOGGED_IN, SIGN, MUST },
	{ "5.13.2", "C_Sign, pulSignatureLen", sign_length, LOGGED_IN, SIGN, MUST },
	{ "5.13.2", "C_Sign, pSignature and pulSignatureLen",
	    sign_length_2, LOGGED_IN, SIGN, MUST },
	{ "5.13.3", "C_SignUpdate, pPart", sign_update, LOGGED_IN, SIGN, MUST },
	{ "5.13.4", "C_SignFinal, pulSignatureLen", sign_final, LOGGED_IN, SIGN, MUST },
	{ "5.15.1", "C_VerifyInit, pMechanism", verify_init, LOGGED_IN, NOTHING, CANCELS },
	{ "5.15.2", "C_Verify, pData", verify_data, LOGGED_IN, VERIFY, MAY },
	{ "5.15.2", "C_Verify, pSignature", verify_signature, LOGGED_IN, VERIFY, MAY },
	{ "5.15.3", "C_VerifyUpdate, pPart", verify_update, LOGGED_IN, VERIFY, MAY },
	{ "5.15.4", "C_VerifyFinal, pSignature", verify_final, LOGGED_IN, VERIFY, MAY },
	{ "5.18.2", "C_GenerateKeyPair, both handles", generate_out, SESSION, NOTHING, MAY },
	{ "5.19.1", "C_SeedRandom, pSeed", seed, SESSION, NOTHING, MAY },
	{ "5.19.2", "C_GenerateRandom, pRandomData", random_out, SESSION, NOTHING, MAY },
};

/* False: this token does not do it, or it went wrong. */
static bool
begin(enum before before)
{
	CK_MECHANISM *m = kit_offers(CKM_SHA256_RSA_PKCS, CKF_SIGN) ?
	    &sha256_rsa : &raw;
	struct pair pair;

	switch (before) {
	case SEARCH:
		return expect("C_FindObjectsInit",
		    F->C_FindObjectsInit(S, NULL, 0), CKR_OK);
	case DIGEST:
		return !kit_offers(CKM_SHA256, CKF_DIGEST) ? false :
		    expect("C_DigestInit", F->C_DigestInit(S, &sha256),
		    CKR_OK);
	case SIGN:
		return kit_pair(&pair) && expect("C_SignInit",
		    F->C_SignInit(S, m, pair.private_key), CKR_OK);
	case VERIFY:
		return !kit_offers(m->mechanism, CKF_VERIFY) ? false :
		    kit_pair(&pair) && expect("C_VerifyInit",
		    F->C_VerifyInit(S, m, pair.public_key), CKR_OK);
	default:
		return true;
	}
}

static void
null(const void *arg)
{
	const struct row *row = arg;
	const CK_RV *answers[] = {
		[MUST] = ANY_OF(CKR_ARGUMENTS_BAD),
		[MAY] = ANY_OF(CKR_ARGUMENTS_BAD, CKR_FUNCTION_NOT_SUPPORTED,
		    CKR_RANDOM_NO_RNG, CKR_RANDOM_SEED_NOT_SUPPORTED,
		    CKR_TEMPLATE_INCOMPLETE, CKR_MECHANISM_INVALID,
		    CKR_SESSION_READ_ONLY),
		[CANCELS] = ANY_OF(CKR_ARGUMENTS_BAD, CKR_OK,
		    CKR_OPERATION_NOT_INITIALIZED,
		    CKR_FUNCTION_NOT_SUPPORTED),
	};

	if (begin(row->before))
		(void)expect_any(row->name, row->call(),
		    answers[row->answer]);
}

void
run_null(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct check check = { rows[i].section, NULL, null,
		    rows[i].stage, 0, &rows[i] };

		check_run_named(&check, "%s: NULL is refused", rows[i].name);
	}
}
