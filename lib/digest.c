/* SPDX-License-Identifier: BSD-2-Clause */
#include "digest.h"

#include <stdlib.h>

#include <openssl/evp.h>

#include "mem.h"

struct jpki_digest {
	EVP_MD_CTX	*md;		/* NULL once final ended the stream */
};

struct hash_row {
	const char	*name;
	uint8_t		 size;
	uint8_t		 prefix_len;
	uint8_t		 prefix[19];	/* RFC 8017, 9.2 note 1 */
};

static const struct hash_row hashes[JPKI_HASH_COUNT] = {
	[JPKI_HASH_NONE] = { "none", 0, 0, { 0 } },
	[JPKI_HASH_SHA1] = { "sha1", 20, 15,
	    { 0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2B, 0x0E, 0x03, 0x02, 0x1A, 0x05, 0x00, 0x04,
	      0x14 } },
	[JPKI_HASH_SHA256] = { "sha256", 32, 19,
	    { 0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
	      0x01, 0x05, 0x00, 0x04, 0x20 } },
	[JPKI_HASH_SHA384] = { "sha384", 48, 19,
	    { 0x30, 0x41, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
	      0x02, 0x05, 0x00, 0x04, 0x30 } },
	[JPKI_HASH_SHA512] = { "sha512", 64, 19,
	    { 0x30, 0x51, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
	      0x03, 0x05, 0x00, 0x04, 0x40 } },
};

static bool
hash_known(enum jpki_hash hash)
{
	return (unsigned)hash < JPKI_HASH_COUNT;
}

const char *
jpki_hash_name(enum jpki_hash hash)
{
	return hash_known(hash) ? hashes[hash].name : NULL;
}

size_t
jpki_hash_size(enum jpki_hash hash)
{
	return hash_known(hash) ? hashes[hash].size : 0;
}

enum jpki_err
digest_info(enum jpki_hash hash, struct slice digest, struct wbuf *out)
{
	const struct hash_row *row;

	if (!hash_known(hash) || digest.n == 0)
		return JPKI_ERR_ARG;
	row = &hashes[hash];
	if (hash != JPKI_HASH_NONE && digest.n != row->size)
		return JPKI_ERR_ARG;
	wbuf_put(out, row->prefix, row->prefix_len);
	wbuf_put_slice(out, digest);
	return out->overflow ? JPKI_ERR_BUFFER : JPKI_OK;
}

enum jpki_err
digest_new(OSSL_LIB_CTX *crypto, enum jpki_hash hash,
    struct jpki_digest **out)
{
	struct jpki_digest *d = NULL;
	enum jpki_err err = JPKI_ERR_MEMORY;
	struct mem_watch watch;
	EVP_MD *md = NULL;

	if (!hash_known(hash) || hash == JPKI_HASH_NONE)
		return JPKI_ERR_ARG;
	mem_watch_begin(&watch);
	d = calloc(1, sizeof(*d));
	if (d == NULL || (d->md = EVP_MD_CTX_new()) == NULL)
		goto out;
	err = JPKI_ERR_INTERNAL;
	md = EVP_MD_fetch(crypto, hashes[hash].name, NULL);
	if (md != NULL && EVP_DigestInit_ex(d->md, md, NULL) == 1)
		err = JPKI_OK;
out:
	EVP_MD_free(md);
	err = mem_watch_end(&watch, err);
	if (err != JPKI_OK)
		jpki_digest_free(&d);
	else
		*out = d;
	return err;
}

enum jpki_err
jpki_digest_update(struct jpki_digest *digest, const void *p, size_t n)
{
	struct mem_watch watch;
	bool ok;

	if (digest == NULL || digest->md == NULL || (p == NULL && n > 0))
		return JPKI_ERR_ARG;
	mem_watch_begin(&watch);
	ok = EVP_DigestUpdate(digest->md, p, n) == 1;
	return mem_watch_end(&watch, ok ? JPKI_OK : JPKI_ERR_INTERNAL);
}

enum jpki_err
jpki_digest_final(struct jpki_digest *digest, uint8_t out[JPKI_DIGEST_MAX],
    size_t *n)
{
	struct mem_watch watch;
	enum jpki_err err;
	unsigned written;
	bool ok;

	if (digest == NULL || digest->md == NULL || out == NULL || n == NULL)
		return JPKI_ERR_ARG;
	mem_watch_begin(&watch);
	ok = EVP_DigestFinal_ex(digest->md, out, &written) == 1;
	/* OpenSSL would go on, and hand out digests of nothing in particular. */
	EVP_MD_CTX_free(digest->md);
	digest->md = NULL;
	err = mem_watch_end(&watch, ok ? JPKI_OK : JPKI_ERR_INTERNAL);
	if (err == JPKI_OK)
		*n = written;
	return err;
}

void
jpki_digest_free(struct jpki_digest **digest)
{
	if (digest == NULL || *digest == NULL)
		return;
	EVP_MD_CTX_free((*digest)->md);
	free(*digest);
	*digest = NULL;
}

enum jpki_err
digest_of(OSSL_LIB_CTX *crypto, enum jpki_hash hash, struct slice data,
    struct wbuf *out)
{
	struct jpki_digest *d = NULL;
	uint8_t md[JPKI_DIGEST_MAX];
	enum jpki_err err;
	size_t n;

	err = digest_new(crypto, hash, &d);
	if (err == JPKI_OK)
		err = jpki_digest_update(d, data.p, data.n);
	if (err == JPKI_OK)
		err = jpki_digest_final(d, md, &n);
	if (err == JPKI_OK) {
		wbuf_put(out, md, n);
		if (out->overflow)
			err = JPKI_ERR_BUFFER;
	}
	jpki_digest_free(&d);
	return err;
}
