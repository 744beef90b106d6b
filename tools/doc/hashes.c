/* SPDX-License-Identifier: BSD-2-Clause */
#include "hashes.h"

#include <string.h>

#define CHUNK	(1 << 15)

static const struct {
	int		 nid;
	enum jpki_hash	 hash;
} safe[] = {
	{ NID_sha256, JPKI_HASH_SHA256 },
	{ NID_sha384, JPKI_HASH_SHA384 },
	{ NID_sha512, JPKI_HASH_SHA512 },
};

#define SAFE	(sizeof(safe) / sizeof(safe[0]))

enum jpki_hash
hash_of(const X509_ALGOR *algorithm)
{
	const ASN1_OBJECT *object = NULL;
	int nid;

	X509_ALGOR_get0(&object, NULL, NULL, algorithm);
	nid = OBJ_obj2nid(object);
	for (size_t i = 0; i < SAFE; i++)
		if (safe[i].nid == nid)
			return safe[i].hash;
	return JPKI_HASH_NONE;
}

const char *
hash_algorithm_text(const X509_ALGOR *algorithm, char *out, size_t size)
{
	const ASN1_OBJECT *object = NULL;

	X509_ALGOR_get0(&object, NULL, NULL, algorithm);
	if (OBJ_obj2txt(out, (int)size, object, 0) <= 0)
		return "unknown";
	return out;
}

bool
hash_is_safe(enum jpki_hash hash)
{
	for (size_t i = 0; i < SAFE; i++)
		if (safe[i].hash == hash)
			return true;
	return false;
}

EVP_MD *
hash_fetch(OSSL_LIB_CTX *crypto, enum jpki_hash hash)
{
	const char *name = jpki_hash_name(hash);

	return name != NULL ? EVP_MD_fetch(crypto, name, NULL) : NULL;
}

static bool
start(OSSL_LIB_CTX *crypto, const struct hashes *hashes,
    EVP_MD_CTX *ctx[JPKI_HASH_COUNT])
{
	for (int hash = 0; hash < JPKI_HASH_COUNT; hash++) {
		EVP_MD *md;
		bool done;

		if (!hashes->wanted[hash])
			continue;
		md = hash_fetch(crypto, (enum jpki_hash)hash);
		ctx[hash] = EVP_MD_CTX_new();
		done = md != NULL && ctx[hash] != NULL &&
		    EVP_DigestInit_ex2(ctx[hash], md, NULL) == 1;
		EVP_MD_free(md);	/* the context holds it */
		if (!done)
			return false;
	}
	return true;
}

static bool
update(EVP_MD_CTX *ctx[JPKI_HASH_COUNT], const void *bytes, int n)
{
	for (int hash = 0; hash < JPKI_HASH_COUNT; hash++)
		if (ctx[hash] != NULL && EVP_DigestUpdate(ctx[hash], bytes,
		    (size_t)n) != 1)
			return false;
	return true;
}

static bool
finish(EVP_MD_CTX *ctx[JPKI_HASH_COUNT], struct hashes *hashes)
{
	for (int hash = 0; hash < JPKI_HASH_COUNT; hash++)
		if (ctx[hash] != NULL && EVP_DigestFinal_ex(ctx[hash],
		    hashes->md[hash], NULL) != 1)
			return false;
	return true;
}

enum doc_err
hashes_read(OSSL_LIB_CTX *crypto, BIO *bytes, struct hashes *hashes,
    struct doc_error *error)
{
	EVP_MD_CTX *ctx[JPKI_HASH_COUNT] = { NULL };
	enum doc_err err = DOC_OK;
	char room[CHUNK];
	int n = 0;
	bool done = start(crypto, hashes, ctx);

	while (done && (n = BIO_read(bytes, room, sizeof(room))) > 0)
		done = update(ctx, room, n);
	/* Of memory, the end looks like an error. */
	if (done && n < 0 && !BIO_eof(bytes))
		err = doc_fail(error, DOC_ERR_IO, "what is to be signed, or "
		    "was, cannot be read");
	else if (!done || !finish(ctx, hashes))
		err = doc_fail_crypto(error, DOC_ERR_INTERNAL,
		    "a digest cannot be made");
	for (int hash = 0; hash < JPKI_HASH_COUNT; hash++)
		EVP_MD_CTX_free(ctx[hash]);
	return err;
}
