/* SPDX-License-Identifier: BSD-2-Clause */
/* Hashes by OpenSSL, and the DigestInfo that PKCS #1 v1.5 puts around them. */
#ifndef DIGEST_H
#define DIGEST_H

#include <openssl/crypto.h>

#include "buf.h"

#define DIGEST_INFO_MAX	(19 + JPKI_DIGEST_MAX)

/*
 * What a signature of PKCS #1 v1.5 is made over: the DigestInfo of a digest,
 * or for HASH_NONE the data itself.  ARG if digest has not the hash's length.
 */
enum jpki_err	digest_info(enum jpki_hash hash, struct slice digest,
    struct wbuf *out);

enum jpki_err	digest_new(OSSL_LIB_CTX *crypto, enum jpki_hash hash,
    struct jpki_digest **out);

/* One call: the digest of one slice. */
enum jpki_err	digest_of(OSSL_LIB_CTX *crypto, enum jpki_hash hash,
    struct slice data, struct wbuf *out);

#endif
