/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls in any order, with handles of any age, while the card and the world
 * around it misbehave: nothing breaks, no try is lost by right PINs, and when
 * the trouble is over everything works.  The sequences are always the same.
 */
#include "p11kit.h"

#include <stdio.h>
#include <string.h>

#define SEEDS	60
#define STEPS	60
#define HANDLES	6

static uint32_t seed;
static CK_SESSION_HANDLE sessions[HANDLES];
static CK_OBJECT_HANDLE objects[HANDLES];
static CK_BYTE data[600], out[600];

/* xorshift32 */
static uint32_t
random_below(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % n;
}

static CK_SESSION_HANDLE
some_session(void)
{
	return sessions[random_below(HANDLES)];
}

static CK_OBJECT_HANDLE
some_object(void)
{
	return objects[random_below(HANDLES)];
}

static CK_MECHANISM
some_mechanism(void)
{
	static struct rsa_pss_params pss = { CKM_SHA256, CKG_MGF1_SHA256,
	    32 };
	static const CK_MECHANISM_TYPE types[] = { CKM_RSA_PKCS,
	    CKM_SHA256_RSA_PKCS, CKM_SHA512_RSA_PKCS, CKM_RSA_PKCS_PSS,
	    CKM_SHA256_RSA_PKCS_PSS, CKM_SHA256, CKM_MD5 };
	CK_MECHANISM m = { types[random_below(COUNT(types))], NULL, 0 };

	if (m.mechanism == CKM_RSA_PKCS_PSS ||
	    m.mechanism == CKM_SHA256_RSA_PKCS_PSS) {
		m.pParameter = &pss;
		m.ulParameterLen = sizeof(pss);
	}
	return m;
}

static void
open_some(void)
{
	CK_SESSION_HANDLE s;

	if (p11->C_OpenSession(random_below(3), CKF_SERIAL_SESSION |
	    (random_below(2) ? CKF_RW_SESSION : 0), NULL, NULL, &s) ==
	    CKR_OK)
		sessions[random_below(HANDLES)] = s;
}

/* Never a PIN that the card would count. */
static void
log_in(void)
{
	static const char *const pins[] = { PIN_AUTH, PIN_SIGN, "", "x" };
	CK_USER_TYPE users[] = { CKU_USER, CKU_USER, CKU_USER, CKU_SO,
	    CKU_CONTEXT_SPECIFIC };

	(void)kit_try_login(some_session(), users[random_below(5)],
	    pins[random_below(4)]);
}

static void
search(void)
{
	CK_SESSION_HANDLE s = some_session();
	CK_ULONG n = 0;

	if (p11->C_FindObjectsInit(s, NULL, 0) != CKR_OK)
		return;
	while (p11->C_FindObjects(s, &objects[random_below(HANDLES)], 1,
	    &n) == CKR_OK && n == 1)
		;
	if (random_below(4) > 0)
		(void)p11->C_FindObjectsFinal(s);
}

static void
look(void)
{
	CK_ATTRIBUTE a[] = { { CKA_CLASS, out, 8 }, { CKA_ID, out, 64 },
	    { CKA_VALUE, NULL, 0 }, { CKA_MODULUS, out, 256 },
	    { CKA_ALLOWED_MECHANISMS, out, 600 } };
	CK_SLOT_ID ids[8];
	CK_TOKEN_INFO info;
	CK_ULONG n = 8;

	(void)p11->C_GetAttributeValue(some_session(), some_object(), a,
	    COUNT(a));
	(void)p11->C_GetSlotList(random_below(2) != 0, ids, &n);
	(void)p11->C_GetTokenInfo(random_below(4), &info);
	(void)p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, ids, NULL);
	n = 8;
	(void)p11->C_GetMechanismList(random_below(4), NULL, &n);
}

static void
operate(void)
{
	CK_SESSION_HANDLE s = some_session();
	CK_MECHANISM m = some_mechanism();
	CK_ULONG n = random_below(2) ? sizeof(out) : random_below(300);
	CK_BYTE *to = random_below(4) > 0 ? out : NULL;
	CK_ULONG length = random_below(300);

	switch (random_below(10)) {
	case 0:
	case 1:
	case 2:
		(void)p11->C_SignInit(s, &m, some_object());
		break;
	case 3:
		(void)p11->C_Sign(s, data, length, to, &n);
		break;
	case 4:
		(void)p11->C_SignUpdate(s, data, length);
		break;
	case 5:
		(void)p11->C_SignFinal(s, to, &n);
		break;
	case 6:
		(void)p11->C_VerifyInit(s, &m, some_object());
		break;
	case 7:
		(void)p11->C_Verify(s, data, length, out, KEY_BYTES);
		break;
	case 8:
		(void)p11->C_DigestInit(s, &m);
		break;
	default:
		(void)p11->C_Digest(s, data, length, to, &n);
		break;
	}
}

static void
end_some(void)
{
	switch (random_below(6)) {
	case 0:
		(void)p11->C_CloseAllSessions(random_below(3));
		break;
	case 1:
		(void)p11->C_Logout(some_session());
		break;
	case 2:
		(void)p11->C_CloseSession(some_session());
		break;
	case 3:
		(void)p11_3->C_SessionCancel(some_session(),
		    random_below(2) ? ~0UL : CKF_SIGN);
		break;
	case 4:
		if (random_below(4) == 0) {
			(void)p11->C_Finalize(NULL);
			(void)p11->C_Initialize(NULL);
		}
		break;
	default:
		break;
	}
}

static void
misbehave(struct vlink *link)
{
	static const char *const what[] = { "remove", "remove-insert",
	    "reset", "hangup", "sw=6F00", "sw=6982", "sw=6A82", "sw=9000",
	    "empty", "garbage", "short=3", "long=1", "truncate-sw" };
	char spec[64];

	switch (random_below(8)) {
	case 0:
		vlink_remove(link);
		break;
	case 1:
		(void)vtransport_reset(kit_world, READER_A);
		break;
	case 2:
		(void)vtransport_foreign_select(kit_world, READER_A,
		    (const uint8_t *)"\xA0\x00\x00\x01\x51\x00\x00", 7);
		break;
	case 3:
		vtransport_service(kit_world, false);
		break;
	case 4:
		vtransport_exclusive(kit_world, READER_A, true);
		break;
	default:
		snprintf(spec, sizeof(spec), "%s*1",
		    what[random_below(COUNT(what))]);
		kit_fault(link, spec);
		break;
	}
}

static void
behave(struct vlink *link)
{
	vlink_faults_clear(link);
	vlink_insert(link);
	vtransport_service(kit_world, true);
	vtransport_exclusive(kit_world, READER_A, false);
}

static void
run(struct vlink *link)
{
	for (int step = 0; step < STEPS; step++) {
		switch (random_below(9)) {
		case 0:
		case 1:
			open_some();
			break;
		case 2:
			log_in();
			break;
		case 3:
			search();
			break;
		case 4:
			look();
			break;
		case 5:
			end_some();
			break;
		case 6:
			if (random_below(2) == 0)
				misbehave(link);
			else
				behave(link);
			break;
		default:
			operate();
			break;
		}
	}
}

/* All is well: in new sessions, everything works at once. */
static void
expect_all_works(struct vlink *link)
{
	behave(link);
	/* A card that once denied to be ours is asked anew when put back. */
	vlink_remove(link);
	vlink_insert(link);
	for (unsigned slot = AUTH; slot <= SIGN; slot++)
		expect_rv("sign", kit_sign(kit_open_user(slot)), CKR_OK);
	assert_int_equal(vlink_tries(link, "auth"), 3);
	assert_int_equal(vlink_tries(link, "sign"), 5);
	kit_fini();
	assert_int_equal(kit_foreign_sign(link, AUTH), 0x6982);
	assert_int_equal(kit_foreign_sign(link, SIGN), 0x6982);
}

static void
any_sequence_of_calls_and_troubles(void **state)
{
	struct vlink *link;

	for (uint32_t i = 1; i <= SEEDS; i += (uint32_t)stride()) {
		kit_teardown(state);
		kit_setup(state);
		seed = i * 2654435761u;
		memset(sessions, 0, sizeof(sessions));
		memset(objects, 0, sizeof(objects));
		link = kit_begin("adult", NULL, i % 3 == 0 ? "consent=each" :
		    NULL);
		run(link);
		if (i % 3 == 0) {
			behave(link);
			continue;
		}
		expect_all_works(link);
	}
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, kit_setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(any_sequence_of_calls_and_troubles),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
