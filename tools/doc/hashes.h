/* SPDX-License-Identifier: BSD-2-Clause */
/* Several digests over the same bytes, which are read once. */
#ifndef HASHES_H
#define HASHES_H

#include <openssl/bio.h>
#include <openssl/x509.h>

#include "doc.h"

struct hashes {
	bool	 wanted[JPKI_HASH_COUNT];
	uint8_t	 md[JPKI_HASH_COUNT][EVP_MAX_MD_SIZE];
};

/* The hash that an algorithm identifier names, if documents may be signed
 * with it (SHA-256, -384, -512); else NONE. */
enum jpki_hash	hash_of(const X509_ALGOR *algorithm);
/* What it is called: "sha1", or numbers with dots. */
const char	*hash_algorithm_text(const X509_ALGOR *algorithm, char *out,
		    size_t size);
bool		 hash_is_safe(enum jpki_hash hash);
/* NULL if OpenSSL failed. */
EVP_MD		*hash_fetch(OSSL_LIB_CTX *crypto, enum jpki_hash hash);

/* The wanted ones over all that can be read.  DOC_ERR_IO: it cannot be. */
enum doc_err	hashes_read(OSSL_LIB_CTX *crypto, BIO *bytes,
		    struct hashes *hashes, struct doc_error *error);

#endif
