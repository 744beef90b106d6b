/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every mechanism that is listed makes signatures that OpenSSL verifies, in
 * one part and in several: 5.13, and Current Mechanisms 2.1.
 */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "proof.h"

#define MESSAGE_MAX	100000

static unsigned char message[MESSAGE_MAX];

static void
message_make(void)
{
	for (size_t i = 0; i < sizeof(message); i++)
		message[i] = (unsigned char)(i * 31 + i / 251);
}

/* A key, what its certificate says of it, and a mechanism for it. */
struct bench {
	struct pair		pair;
	struct facts		facts;
	CK_RSA_PKCS_PSS_PARAMS	parameter;
	CK_MECHANISM		mechanism;
	unsigned char		out[1024];
	CK_ULONG		n;
};

static bool
bench_make(struct bench *b, const struct scheme *scheme)
{
	message_make();
	if (!kit_pair(&b->pair) || !proof_facts(b->pair.certificate,
	    &b->facts))
		return false;
	b->mechanism = scheme_mechanism(scheme, &b->parameter);
	b->n = sizeof(b->out);
	return true;
}

static bool
bench_init(struct bench *b)
{
	b->n = sizeof(b->out);
	return expect("C_SignInit", kit.f->C_SignInit(kit.session,
	    &b->mechanism, b->pair.private_key), CKR_OK);
}

static void
bench_verify(const struct bench *b, const struct scheme *scheme,
    CK_ULONG length)
{
	struct bytes data = { message, length, CKR_OK };
	struct bytes signature = { NULL, b->n, CKR_OK };

	signature.p = malloc(b->n + 1);
	if (signature.p == NULL)
		abort();
	memcpy(signature.p, b->out, b->n);
	(void)holds(b->n == (b->facts.bits + 7) / 8, "%lu bytes", b->n);
	(void)proof_verify(&b->facts, scheme, &data, &signature);
	free(signature.p);
}

static void
whole(const struct scheme *scheme, CK_ULONG length)
{
	struct bench b;

	if (!bench_make(&b, scheme) || !bench_init(&b) || !expect("C_Sign",
	    kit.f->C_Sign(kit.session, message, length, b.out, &b.n), CKR_OK))
		return;
	bench_verify(&b, scheme, length);
}

static void
one_part(const void *arg)
{
	const struct scheme *scheme = arg;

	whole(scheme, scheme_input(scheme, 1000));
}

static void
large(const void *arg)
{
	const struct scheme *scheme = arg;

	whole(scheme, scheme_input(scheme, MESSAGE_MAX));
}

static void
nothing(const void *arg)
{
	whole(arg, 0);
}

static void
parts(const void *arg)
{
	const struct scheme *scheme = arg;
	CK_ULONG length = 60000, at = 0, step = 1;
	struct bench b;

	if (!bench_make(&b, scheme) || !bench_init(&b))
		return;
	/* Steps of no byte, too. */
	while (at < length) {
		if (at + step > length)
			step = length - at;
		if (!expect("C_SignUpdate", kit.f->C_SignUpdate(kit.session,
		    message + at, step), CKR_OK) ||
		    !expect("C_SignUpdate of nothing", kit.f->C_SignUpdate(
		    kit.session, message, 0), CKR_OK))
			return;
		at += step;
		step = step * 3 + 1;
	}
	if (expect("C_SignFinal", kit.f->C_SignFinal(kit.session, b.out,
	    &b.n), CKR_OK))
		bench_verify(&b, scheme, length);
}

/* PKCS #1 v1.5 is the same every time; PSS is not. */
static void
repeat(const void *arg)
{
	const struct scheme *scheme = arg;
	unsigned char first[1024];
	CK_ULONG n = scheme_input(scheme, 500);
	struct bench b;
	int same;

	if (!bench_make(&b, scheme) || !bench_init(&b) || !expect("C_Sign",
	    kit.f->C_Sign(kit.session, message, n, b.out, &b.n), CKR_OK))
		return;
	memcpy(first, b.out, b.n);
	if (!bench_init(&b) || !expect("C_Sign",
	    kit.f->C_Sign(kit.session, message, n, b.out, &b.n), CKR_OK))
		return;
	same = memcmp(first, b.out, b.n) == 0;
	(void)holds(same == !scheme->pss, "two signatures are %s",
	    same ? "the same" : "different");
}

static void
not_listed(const void *arg)
{
	const struct scheme *scheme = arg;
	struct bench b;

	if (bench_make(&b, scheme))
		(void)expect("C_SignInit", kit.f->C_SignInit(kit.session,
		    &b.mechanism, b.pair.private_key), CKR_MECHANISM_INVALID);
}

/* Is it listed?  Found out in a process of its own, like all else. */
static void
listed(const void *arg)
{
	const struct scheme *scheme = arg;

	(void)holds(kit_offers(scheme->type, CKF_SIGN), "not listed");
}

static const struct {
	const char	*name;
	void		(*run)(const void *);
	bool		 hashing;	/* only for those that hash */
} kinds[] = {
	{ "in one part", one_part, false },
	{ "of 100,000 bytes", large, true },
	{ "of an empty message", nothing, true },
	{ "in parts, odd and empty ones among them", parts, true },
	{ "twice", repeat, false },
};

static void
run_scheme(const struct scheme *scheme)
{
	struct check check = { scheme->section, NULL, not_listed, LOGGED_IN,
	    0, scheme };

	if (!check_probe(&(struct check){ "", "", listed, INITIALIZED, 0,
	    scheme })) {
		check_run_named(&check, "%s, which is not listed, is "
		    "CKR_MECHANISM_INVALID", scheme->name);
		return;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		check.run = kinds[i].run;
		if (!kinds[i].hashing || scheme->hashes)
			check_run_named(&check, "%s signs, %s", scheme->name,
			    kinds[i].name);
	}
}

/*
 * What a mechanism does not take.
 */

/* k - 11 bytes fit into a PKCS #1 v1.5 block. */
static void
raw_longest(const void *arg)
{
	const struct scheme *scheme = &schemes[0];
	struct bench b;
	CK_ULONG most;

	(void)arg;
	if (!bench_make(&b, scheme))
		return;
	most = (b.facts.bits + 7) / 8 - 11;
	if (!bench_init(&b) || !expect("C_Sign of k - 11 bytes",
	    kit.f->C_Sign(kit.session, message, most, b.out, &b.n), CKR_OK))
		return;
	bench_verify(&b, scheme, most);
}

static void
raw_too_long(const void *arg)
{
	CK_ULONG k;
	struct bench b;

	(void)arg;
	if (!bench_make(&b, &schemes[0]))
		return;
	k = (b.facts.bits + 7) / 8;
	for (CK_ULONG n = k - 10; n < 2 * k; n += k / 2) {
		if (!bench_init(&b))
			return;
		(void)expect("C_Sign of more than k - 11 bytes",
		    kit.f->C_Sign(kit.session, message, n, b.out, &b.n),
		    CKR_DATA_LEN_RANGE);
		(void)expect("C_Sign after that", kit.f->C_Sign(kit.session,
		    message, 32, b.out, &b.n), CKR_OPERATION_NOT_INITIALIZED);
	}
}

static void
pss_parameters(const void *arg)
{
	CK_RSA_PKCS_PSS_PARAMS wrong[] = {
		{ CKM_SHA256, CKG_MGF1_SHA256, 9999 },
		{ CKM_SHA256, 0x7F, 32 },
		{ 0x7FFF, CKG_MGF1_SHA256, 32 },
		{ CKM_RSA_PKCS, CKG_MGF1_SHA256, 32 },
	};
	CK_RSA_PKCS_PSS_PARAMS right = { CKM_SHA256, CKG_MGF1_SHA256, 32 };
	CK_MECHANISM m = { CKM_RSA_PKCS_PSS, NULL, sizeof(right) };
	struct pair pair;
	CK_RV wanted;

	(void)arg;
	if (!kit_pair(&pair))
		return;
	wanted = kit_offers(m.mechanism, CKF_SIGN) ?
	    CKR_MECHANISM_PARAM_INVALID : CKR_MECHANISM_INVALID;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		m.pParameter = &wrong[i];
		(void)expect("C_SignInit with a parameter that cannot be",
		    kit.f->C_SignInit(kit.session, &m, pair.private_key),
		    wanted);
	}
	m.pParameter = &right;
	m.ulParameterLen = 5;
	(void)expect("C_SignInit with a parameter of 5 bytes",
	    kit.f->C_SignInit(kit.session, &m, pair.private_key), wanted);
	m = (CK_MECHANISM){ CKM_RSA_PKCS_PSS, NULL, 0 };
	(void)expect_any("C_SignInit without a parameter",
	    kit.f->C_SignInit(kit.session, &m, pair.private_key),
	    ANY_OF(wanted, CKR_ARGUMENTS_BAD));
}

/* What cannot be is refused at C_SignInit; what is not refused is signed. */
static void
pss_one(struct bench *b, const struct scheme *scheme, const char *hash)
{
	CK_ULONG length = scheme_input(scheme, 300);
	CK_RV rv;

	b->mechanism = scheme_mechanism(scheme, &b->parameter);
	rv = kit.f->C_SignInit(kit.session, &b->mechanism,
	    b->pair.private_key);
	if (!expect_any(hash, rv, ANY_OF(CKR_OK, CKR_MECHANISM_PARAM_INVALID,
	    CKR_MECHANISM_INVALID)) || rv != CKR_OK)
		return;
	b->n = sizeof(b->out);
	if (expect(hash, kit.f->C_Sign(kit.session, message, length, b->out,
	    &b->n), CKR_OK))
		bench_verify(b, scheme, length);
}

static void
pss_matrix(const void *arg)
{
	static const struct {
		const char		*name;
		CK_MECHANISM_TYPE	 hash;
		CK_ULONG		 mgf, size;
	} rows[] = {
		{ "SHA1", CKM_SHA_1, CKG_MGF1_SHA1, 20 },
		{ "SHA224", CKM_SHA224, CKG_MGF1_SHA224, 28 },
		{ "SHA256", CKM_SHA256, CKG_MGF1_SHA256, 32 },
		{ "SHA384", CKM_SHA384, CKG_MGF1_SHA384, 48 },
		{ "SHA512", CKM_SHA512, CKG_MGF1_SHA512, 64 },
	};
	struct scheme scheme = { "", "PSS", CKM_RSA_PKCS_PSS, NULL, true,
	    false, 0, 0, 0, 0 };
	struct bench b;

	(void)arg;
	if (!kit_offers(CKM_RSA_PKCS_PSS, CKF_SIGN) ||
	    !bench_make(&b, &schemes[0]))
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const CK_ULONG salts[] = { 0, rows[i].size,
		    (b.facts.bits + 7) / 8 - rows[i].size - 2 };

		for (size_t k = 0; k < 3; k++) {
			scheme.hash = rows[i].name;
			scheme.hash_type = rows[i].hash;
			scheme.mgf = rows[i].mgf;
			scheme.salt = salts[k];
			scheme.size = rows[i].size;
			pss_one(&b, &scheme, rows[i].name);
		}
	}
}

static const struct check checks[] = {
	{ "mech 2.1.6", "CKM_RSA_PKCS signs k - 11 bytes", raw_longest, LOGGED_IN, 0, NULL },
	{ "mech 2.1.6", "CKM_RSA_PKCS of more is CKR_DATA_LEN_RANGE, and ends",
	    raw_too_long, LOGGED_IN, 0, NULL },
	{ "mech 2.1.10", "CKM_RSA_PKCS_PSS signs with what it does not refuse",
	    pss_matrix, LOGGED_IN, 0, NULL },
	{ "mech 2.1.10", "PSS with an impossible parameter is refused at C_SignInit",
	    pss_parameters, LOGGED_IN, 0, NULL },
};

void
run_signatures(void)
{
	for (size_t i = 0; i < scheme_count; i++)
		run_scheme(&schemes[i]);
	RUN_ALL(checks);
}
