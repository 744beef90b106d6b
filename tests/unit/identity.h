/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A key pair with a certificate over it, and what a card does with such a
 * key.  Made in an instant: one of an RSA key's two primes is a published
 * one, for nobody has to be kept from guessing it.
 */
#ifndef IDENTITY_H
#define IDENTITY_H

#include <openssl/evp.h>

#include "buf.h"

struct identity {
	EVP_PKEY	*key;
	struct jpki_buf	 cert;
};

/* RSA of 1024, 2048 or 3072 bits; of any other size the public half only. */
void	identity_rsa(struct identity *identity, unsigned bits);
/* An EC key: no command of the card for it is public. */
void	identity_ec(struct identity *identity);
void	identity_free(struct identity *identity);

/* RSASSA-PKCS1-v1_5 over just this data, as the card's P1 = 00 makes it. */
struct jpki_buf	identity_sign(const struct identity *identity,
	    struct slice data);

#endif
