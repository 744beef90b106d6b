/* SPDX-License-Identifier: BSD-2-Clause */
/* An open virtual card, and its keys as OpenSSL's. */
#ifndef KEYKIT_H
#define KEYKIT_H

#include <openssl/x509.h>

#include "jpki_openssl.h"
#include "linkkit.h"
#include "vtransport.h"

#define KEYKIT_READER	"Reader A"

struct keykit {
	struct vlink		*link, *other;
	struct transport	*t;
	struct jpki_ctx		*ctx;
	struct jpki_card	*card;
	OSSL_LIB_CTX		*crypto;
	EVP_PKEY		*key;		/* what the test is about */
};

/* A test whose state is the adult's card, open, outside of transactions. */
#define WITH_KEYKIT(test)						\
	cmocka_unit_test_setup_teardown(test, keykit_new, keykit_free)

int		keykit_new(void **state);
/* Fails if the error queue is not empty, for tests that expect errors. */
int		keykit_free(void **state);
/* Another card instead of the one that is open. */
void		keykit_load(struct keykit *kit, const char *profile);

void		keykit_login(struct keykit *kit, enum jpki_key key);
/* Log in, and have kit->key. */
EVP_PKEY	*keykit_key(struct keykit *kit, enum jpki_key key);
/* Of a certificate of the card, in kit->crypto; to be freed. */
X509		*keykit_cert(struct keykit *kit, enum jpki_cert_id id);

/* Sent to the card since the counters were cleared. */
unsigned long	keykit_commands(const struct keykit *kit);

#endif
