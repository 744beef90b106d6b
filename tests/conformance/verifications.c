/* SPDX-License-Identifier: BSD-2-Clause */
/* Verification, where the token offers it: 5.15. */
#include <string.h>

#include "check.h"
#include "proof.h"

static unsigned char message[500], signature[1024];
static CK_ULONG signature_n;
static struct pair pair;

#define ENDED	CKR_OPERATION_NOT_INITIALIZED

/* Sign the message; false: not offered, or it went wrong. */
static bool
sign(const struct scheme *scheme, CK_MECHANISM *m, CK_RSA_PKCS_PSS_PARAMS *p)
{
	CK_ULONG n = scheme_input(scheme, sizeof(message));

	memset(message, 'm', sizeof(message));
	*m = scheme_mechanism(scheme, p);
	signature_n = sizeof(signature);
	return kit_offers(scheme->type, CKF_SIGN) &&
	    kit_offers(scheme->type, CKF_VERIFY) && kit_pair(&pair) &&
	    holds(pair.public_key != 0, "no public key") &&
	    expect("C_SignInit", kit.f->C_SignInit(kit.session, m,
	    pair.private_key), CKR_OK) &&
	    expect("C_Sign", kit.f->C_Sign(kit.session, message, n,
	    signature, &signature_n), CKR_OK);
}

static bool
init(CK_MECHANISM *m)
{
	return expect("C_VerifyInit", kit.f->C_VerifyInit(kit.session, m,
	    pair.public_key), CKR_OK);
}

static CK_RV
verify(CK_ULONG n, CK_ULONG length)
{
	return kit.f->C_Verify(kit.session, message, n, signature, length);
}

static void
right(const void *arg)
{
	const struct scheme *scheme = arg;
	CK_RSA_PKCS_PSS_PARAMS p;
	CK_MECHANISM m;
	CK_ULONG n = scheme_input(scheme, sizeof(message));

	if (!sign(scheme, &m, &p) || !init(&m))
		return;
	(void)expect("C_Verify", verify(n, signature_n), CKR_OK);
	(void)expect("C_Verify after that", verify(n, signature_n), ENDED);
	if (!scheme->hashes || !init(&m))
		return;
	(void)expect("C_VerifyUpdate", kit.f->C_VerifyUpdate(kit.session,
	    message, 100), CKR_OK);
	(void)expect("C_VerifyUpdate", kit.f->C_VerifyUpdate(kit.session,
	    message + 100, n - 100), CKR_OK);
	(void)expect("C_VerifyFinal", kit.f->C_VerifyFinal(kit.session,
	    signature, signature_n), CKR_OK);
	(void)expect("C_VerifyFinal after that", kit.f->C_VerifyFinal(
	    kit.session, signature, signature_n), ENDED);
}

static void
wrong(const void *arg)
{
	const struct scheme *scheme = arg;
	CK_RSA_PKCS_PSS_PARAMS p;
	CK_MECHANISM m;
	CK_ULONG n = scheme_input(scheme, sizeof(message));

	if (!sign(scheme, &m, &p) || !init(&m))
		return;
	signature[signature_n / 2] ^= 1;
	(void)expect("a changed signature", verify(n, signature_n),
	    CKR_SIGNATURE_INVALID);
	signature[signature_n / 2] ^= 1;
	(void)expect("C_Verify after that", verify(n, signature_n), ENDED);
	if (!init(&m))
		return;
	message[0] ^= 1;
	(void)expect("a changed message", verify(n, signature_n),
	    CKR_SIGNATURE_INVALID);
	message[0] ^= 1;
	if (!init(&m))
		return;
	memset(signature, 0xFF, signature_n);
	(void)expect("a number above the modulus", verify(n, signature_n),
	    CKR_SIGNATURE_INVALID);
}

static void
length(const void *arg)
{
	const struct scheme *scheme = arg;
	CK_RSA_PKCS_PSS_PARAMS p;
	CK_MECHANISM m;
	CK_ULONG n = scheme_input(scheme, sizeof(message));

	if (!sign(scheme, &m, &p))
		return;
	if (init(&m))
		(void)expect("a byte short", verify(n, signature_n - 1),
		    CKR_SIGNATURE_LEN_RANGE);
	if (init(&m))
		(void)expect("a byte too long", verify(n, signature_n + 1),
		    CKR_SIGNATURE_LEN_RANGE);
	if (init(&m))
		(void)expect("no bytes", verify(n, 0),
		    CKR_SIGNATURE_LEN_RANGE);
	(void)expect("C_Verify after that", verify(n, signature_n), ENDED);
}

static void
states(const void *arg)
{
	CK_MECHANISM m = { CKM_SHA256_RSA_PKCS, NULL, 0 };

	(void)arg;
	memset(signature, 1, sizeof(signature));
	if (!kit_offers(m.mechanism, CKF_VERIFY) || !kit_pair(&pair))
		return;
	(void)expect("C_Verify", verify(10, 256), ENDED);
	(void)expect("C_VerifyUpdate", kit.f->C_VerifyUpdate(kit.session,
	    message, 10), ENDED);
	(void)expect("C_VerifyFinal", kit.f->C_VerifyFinal(kit.session,
	    signature, 256), ENDED);
	if (!init(&m))
		return;
	(void)expect("C_VerifyInit again", kit.f->C_VerifyInit(kit.session,
	    &m, pair.public_key), CKR_OPERATION_ACTIVE);
	(void)expect("C_VerifyUpdate", kit.f->C_VerifyUpdate(kit.session,
	    message, 10), CKR_OK);
	(void)expect_error("C_Verify after C_VerifyUpdate",
	    verify(10, 256));
	(void)expect("C_VerifyFinal after that", kit.f->C_VerifyFinal(
	    kit.session, signature, 256), ENDED);
}

static void
wrong_key(const void *arg)
{
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };

	(void)arg;
	if (!kit_pair(&pair))
		return;
	(void)expect_any("C_VerifyInit with a private key",
	    kit.f->C_VerifyInit(kit.session, &m, pair.private_key),
	    ANY_OF(CKR_KEY_HANDLE_INVALID, CKR_KEY_TYPE_INCONSISTENT,
	    CKR_KEY_FUNCTION_NOT_PERMITTED, CKR_MECHANISM_INVALID));
	(void)expect_any("C_VerifyInit without such a key",
	    kit.f->C_VerifyInit(kit.session, &m, NO_OBJECT),
	    ANY_OF(CKR_KEY_HANDLE_INVALID, CKR_MECHANISM_INVALID));
}

/* The same session signs and verifies at once. */
static void
while_signing(const void *arg)
{
	CK_MECHANISM m = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	unsigned char other[1024];
	CK_ULONG n = sizeof(other);
	CK_RV rv;

	(void)arg;
	if (!sign(&schemes[2], &m, &(CK_RSA_PKCS_PSS_PARAMS){ 0 }) ||
	    !expect("C_SignInit", kit.f->C_SignInit(kit.session, &m,
	    pair.private_key), CKR_OK))
		return;
	rv = kit.f->C_VerifyInit(kit.session, &m, pair.public_key);
	if (expect_any("C_VerifyInit while signing", rv, ANY_OF(CKR_OK,
	    CKR_OPERATION_ACTIVE)) && rv == CKR_OK)
		(void)expect("C_Verify", verify(sizeof(message),
		    signature_n), CKR_OK);
	(void)expect("C_Sign", kit.f->C_Sign(kit.session, message,
	    sizeof(message), other, &n), CKR_OK);
	(void)holds(n == signature_n && memcmp(other, signature, n) == 0,
	    "it is another signature");
}

static const struct check checks[] = {
	{ "5.15.2 C_Verify", "states and ends, in one part and in several",
	    states, LOGGED_IN, 0, NULL },
	{ "5.15.1 C_VerifyInit", "with a key for something else is refused",
	    wrong_key, LOGGED_IN, 0, NULL },
	{ "5.15.1 C_VerifyInit", "disturbs no signature", while_signing, LOGGED_IN, 0, NULL },
};

static const struct {
	const char	*name;
	void		(*run)(const void *);
} kinds[] = {
	{ "what was signed verifies, in one part and in several", right },
	{ "what was changed is CKR_SIGNATURE_INVALID", wrong },
	{ "a signature of another length is CKR_SIGNATURE_LEN_RANGE", length },
};

void
run_verifications(void)
{
	for (size_t i = 0; i < scheme_count; i++)
		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
			struct check check = { "5.15.2 C_Verify", NULL,
			    kinds[k].run, LOGGED_IN, 0, &schemes[i] };

			check_run_named(&check, "%s: %s", schemes[i].name,
			    kinds[k].name);
		}
	RUN_ALL(checks);
}
