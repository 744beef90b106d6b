/* SPDX-License-Identifier: BSD-2-Clause */
/* Digests, where the token offers them: 5.12. */
#include <string.h>

#include "check.h"
#include "proof.h"

struct hash {
	const char		*name;
	CK_MECHANISM_TYPE	 type;
};

static const struct hash hashes[] = {
	{ "MD5", CKM_MD5 },
	{ "SHA1", CKM_SHA_1 },
	{ "SHA224", CKM_SHA224 },
	{ "SHA256", CKM_SHA256 },
	{ "SHA384", CKM_SHA384 },
	{ "SHA512", CKM_SHA512 },
};

static unsigned char data[5000], out[128];
static CK_ULONG n;

#define ENDED	CKR_OPERATION_NOT_INITIALIZED

static bool
offered(const struct hash *hash)
{
	memset(data, 'd', sizeof(data));
	return kit_offers(hash->type, CKF_DIGEST);
}

static bool
init(const struct hash *hash)
{
	CK_MECHANISM m = { hash->type, NULL, 0 };

	return expect("C_DigestInit", kit.f->C_DigestInit(kit.session, &m),
	    CKR_OK);
}

static CK_RV
digest(CK_ULONG length, unsigned char *to, CK_ULONG room)
{
	n = room;
	return kit.f->C_Digest(kit.session, data, length, to, &n);
}

static CK_RV
update(CK_ULONG from, CK_ULONG length)
{
	return kit.f->C_DigestUpdate(kit.session, data + from, length);
}

static CK_RV
final(unsigned char *to, CK_ULONG room)
{
	n = room;
	return kit.f->C_DigestFinal(kit.session, to, &n);
}

static void
compare(const struct hash *hash, CK_ULONG length)
{
	struct bytes wanted = proof_digest(hash->name, data, length);

	if (expect("OpenSSL's digest", wanted.rv, CKR_OK))
		(void)holds(wanted.n == n && memcmp(wanted.p, out, n) == 0,
		    "%s of %lu bytes is not OpenSSL's", hash->name, length);
}

static void
right(const void *arg)
{
	static const CK_ULONG lengths[] = { 0, 1, 63, 64, 65, 5000 };
	const struct hash *hash = arg;

	if (!offered(hash))
		return;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		if (init(hash) && expect("C_Digest", digest(lengths[i], out,
		    sizeof(out)), CKR_OK))
			compare(hash, lengths[i]);
}

static void
parts(const void *arg)
{
	const struct hash *hash = arg;

	if (!offered(hash) || !init(hash))
		return;
	for (CK_ULONG at = 0, step = 1; at < sizeof(data); at += step++) {
		if (step > sizeof(data) - at)
			step = sizeof(data) - at;
		(void)expect("C_DigestUpdate", update(at, step), CKR_OK);
		(void)expect("C_DigestUpdate of nothing", update(at, 0),
		    CKR_OK);
		if (step == sizeof(data) - at)
			break;
	}
	if (expect("C_DigestFinal", final(out, sizeof(out)), CKR_OK))
		compare(hash, sizeof(data));
	if (init(hash) && expect("C_DigestFinal at once",
	    final(out, sizeof(out)), CKR_OK))
		compare(hash, 0);
}

static void
output(const void *arg)
{
	const struct hash *hash = arg;
	CK_ULONG length;

	if (!offered(hash) || !init(hash))
		return;
	(void)expect("C_Digest, length only", digest(10, NULL, 0), CKR_OK);
	length = n;
	(void)expect("C_Digest into 1 byte", digest(10, out, 1),
	    CKR_BUFFER_TOO_SMALL);
	(void)holds(n == length, "then the length is %lu, not %lu", n,
	    length);
	(void)expect("C_Digest into what fits", digest(10, out, length),
	    CKR_OK);
	compare(hash, 10);
	(void)expect("C_Digest after that", digest(10, out, sizeof(out)),
	    ENDED);
}

static void
output_final(const void *arg)
{
	const struct hash *hash = arg;
	CK_ULONG length;

	if (!offered(hash) || !init(hash))
		return;
	(void)expect("C_DigestUpdate", update(0, 10), CKR_OK);
	(void)expect("C_DigestFinal, length only", final(NULL, 0), CKR_OK);
	length = n;
	(void)expect("C_DigestFinal into 1 byte", final(out, 1),
	    CKR_BUFFER_TOO_SMALL);
	(void)holds(n == length, "then the length is %lu, not %lu", n,
	    length);
	(void)expect("C_DigestFinal into what fits", final(out, length),
	    CKR_OK);
	compare(hash, 10);
	(void)expect("C_DigestFinal after that", final(out, sizeof(out)),
	    ENDED);
}

static void
states(const void *arg)
{
	const struct hash *hash = arg;
	CK_MECHANISM m = { hash->type, NULL, 0 };

	if (!offered(hash))
		return;
	(void)expect("C_Digest", digest(1, out, sizeof(out)), ENDED);
	(void)expect("C_DigestUpdate", update(0, 1), ENDED);
	(void)expect("C_DigestFinal", final(out, sizeof(out)), ENDED);
	if (!init(hash))
		return;
	(void)expect("C_DigestInit again",
	    kit.f->C_DigestInit(kit.session, &m), CKR_OPERATION_ACTIVE);
	(void)expect("C_DigestUpdate", update(0, 1), CKR_OK);
	(void)expect_error("C_Digest after C_DigestUpdate",
	    digest(1, out, sizeof(out)));
	(void)expect("C_DigestFinal after that", final(out, sizeof(out)),
	    ENDED);
}

/* An error ends it. */
static void
error_ends(const void *arg)
{
	const struct hash *hash = arg;

	if (!offered(hash) || !init(hash))
		return;
	(void)expect("C_Digest without a length", kit.f->C_Digest(
	    kit.session, data, 1, out, NULL), CKR_ARGUMENTS_BAD);
	(void)expect("C_Digest after that", digest(1, out, sizeof(out)),
	    ENDED);
	if (!init(hash))
		return;
	(void)expect("C_DigestUpdate without data",
	    kit.f->C_DigestUpdate(kit.session, NULL, 1), CKR_ARGUMENTS_BAD);
	(void)expect("C_DigestFinal after that", final(out, sizeof(out)),
	    ENDED);
}

static void
refused(const void *arg)
{
	const struct hash *hash = arg;
	CK_MECHANISM m = { hash->type, NULL, 0 };

	if (!offered(hash))
		(void)expect_any("C_DigestInit",
		    kit.f->C_DigestInit(kit.session, &m),
		    ANY_OF(CKR_MECHANISM_INVALID,
		    CKR_FUNCTION_NOT_SUPPORTED));
}

static const struct {
	const char	*name;
	void		(*run)(const void *);
} kinds[] = {
	{ "is OpenSSL's", right },
	{ "is OpenSSL's, in parts", parts },
	{ "C_Digest: length only, too small a buffer, one that fits, and the end", output },
	{ "C_DigestFinal: length only, too small a buffer, one that fits, and the end",
	    output_final },
	{ "states and ends", states },
	{ "ends with an error", error_ends },
	{ "is refused if it is not listed", refused },
};

static void
not_a_digest(const void *arg)
{
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };

	(void)arg;
	(void)expect_any("C_DigestInit with CKM_RSA_PKCS",
	    kit.f->C_DigestInit(kit.session, &m),
	    ANY_OF(CKR_MECHANISM_INVALID, CKR_FUNCTION_NOT_SUPPORTED));
}

static const struct check checks[] = {
	{ "5.12.1 C_DigestInit", "with what is no digest is CKR_MECHANISM_INVALID",
	    not_a_digest, SESSION, 0, NULL },
};

void
run_digests(void)
{
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++)
		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
			struct check check = { "5.12", NULL, kinds[k].run,
			    SESSION, 0, &hashes[i] };

			check_run_named(&check, "%s: %s", hashes[i].name,
			    kinds[k].name);
		}
	RUN_ALL(checks);
}
