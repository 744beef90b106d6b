/* SPDX-License-Identifier: BSD-2-Clause */
/* Signing through OpenSSL with the keys of keykit.h, in several ways. */
#ifndef SIGNKIT_H
#define SIGNKIT_H

#include <openssl/rsa.h>

#include "keykit.h"

#define SIG_MAX		512
#define SIGNKIT_TEXT_N	24	/* with its NUL */

/* How a signature is asked for; what is not set is left to OpenSSL. */
struct way {
	const char	*digest;	/* NULL: none */
	int		 padding;	/* 0: not set */
	int		 salt;		/* 0: not set */
	const char	*mgf1;
};

struct sig {
	uint8_t	p[SIG_MAX];
	size_t	n;
};

struct signkit_key {
	enum jpki_key		 key;
	enum jpki_cert_id	 cert;
};

extern const struct signkit_key	signkit_keys[JPKI_KEY_COUNT];
extern const struct way		signkit_pkcs1, signkit_pss;
extern const uint8_t		signkit_text[SIGNKIT_TEXT_N];

/* The text as a stream, its bytes one by one; as EVP_DigestSignFinal(). */
int	signkit_sign(const struct keykit *kit, const struct way *way,
	    struct sig *sig);
bool	signkit_verify(const struct keykit *kit, const struct way *way,
	    EVP_PKEY *key, const struct sig *sig);
/* A digest that is there already; of no digest, the data themselves. */
int	signkit_sign_digest(const struct keykit *kit, const struct way *way,
	    struct slice digest, struct sig *sig);
/* Signing must fail, and say so to who asks the library, and who OpenSSL. */
void	signkit_fails(struct keykit *kit, const char *what,
	    const struct way *way, enum jpki_err err);

#endif
