/* SPDX-License-Identifier: BSD-2-Clause */
/* The two halves of the card target, and what both of them need. */
#ifndef CARD_TARGET_H
#define CARD_TARGET_H

#include "hostile.h"

/* Programs over the library, and over the module; once before all of them. */
void	card_library_start(void);
void	card_library(struct fuzz_in *in);
void	card_module(struct fuzz_in *in);

#define PIN_MAX	24

/* What a user might type; p is NULL for no PIN at all. */
struct typed {
	char	 bytes[PIN_MAX];
	char	*p;
	size_t	 n;
};

/* A PIN that is right, wrong, misspelt, or anything; or a new one. */
void	card_type(struct fuzz_in *in, enum jpki_pin pin, struct typed *out);
struct slice card_typed(const struct typed *typed);

/* What a signature is made over: never a byte that could be of a PIN. */
void	card_data(struct fuzz_in *in, uint8_t *out, size_t n);

bool	card_digest(enum jpki_hash hash, struct slice data,
	    uint8_t out[JPKI_DIGEST_MAX], unsigned *n);

/* Something happens outside the program. */
void	card_world(struct fuzz_in *in);

/*
 * Is it the certificate's signature over this digest (hash NONE: data)?  By
 * the shortest way through OpenSSL, which has nothing of the library's.
 */
bool	card_signature_holds(struct slice der, const struct jpki_claim *claim);

#endif
