/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A provider of OpenSSL's, built in: keys on a card, and signatures by them.
 *
 * Everything about a key that is public, verifying among it, is done with its
 * public half, by some other provider of the same library context.  So no
 * function here knows what an RSA key is; what does is in tables.
 */
#ifndef PROVIDER_H
#define PROVIDER_H

#include <openssl/core_dispatch.h>
#include <openssl/provider.h>

#include "card.h"

#define PROVIDER_NAME	"jpki"
#define PROVIDER_OURS	"provider=" PROVIDER_NAME
#define PROVIDER_OTHERS	"provider!=" PROVIDER_NAME

/* Parameters of a key beside those of OpenSSL's, for this library alone. */
#define PROVIDER_ORIGIN	"jpki-origin"	/* of import: a struct origin */
#define PROVIDER_ERROR	"jpki-error"	/* to be read: an enum jpki_err */

/* Where a key is. */
struct origin {
	struct card_ref	*card;
	enum jpki_key	 key;
};

/* A key as OpenSSL holds it. */
struct provider_key {
	OSSL_LIB_CTX	*crypto;	/* that the provider is loaded into */
	const char	*type;		/* "RSA" */
	EVP_PKEY	*public_key;	/* of another provider there */
	struct origin	 origin;	/* card NULL: a public key */
	enum jpki_err	 err;		/* how the last signature ended */
	bool		 no_pss;	/* the card said so ... */
	uint32_t	 no_pss_since;	/* ... in this insertion */
};

extern const OSSL_DISPATCH provider_rsa_key[];
extern const OSSL_DISPATCH provider_signature[];

/* Load it; ends with OSSL_PROVIDER_unload().  MEMORY, INTERNAL. */
enum jpki_err	provider_load(OSSL_LIB_CTX *crypto, OSSL_PROVIDER **out);

/* What is to be signed, and how. */
struct provider_job {
	enum jpki_hash	 hash;
	bool		 pss;
	struct slice	 digest;
};

/*
 * By the key's card, if that is still the one with this key and somebody is
 * logged in; else it is sent nothing.  Notes the outcome in the key.
 */
enum jpki_err	provider_sign(struct provider_key *key,
    const struct provider_job *job, struct jpki_buf *signature);

/* How the last signature ended; threads may share the key. */
void		provider_set_error(struct provider_key *key, enum jpki_err err);
enum jpki_err	provider_error(struct provider_key *key);

#endif
