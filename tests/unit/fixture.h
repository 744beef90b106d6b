/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Synthetic certificates, made when a test runs: of the two profiles of JPKI
 * and of their CAs (PROTOCOL, "Certificates"), and of everything that they
 * should not be.  A test copies a fixture and changes what it is about.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "buf.h"

/* Each is made at its first use; the RSA keys are always the same. */
enum fixture_key {
	FIXTURE_RSA,		/* 2048 bits, the holder's */
	FIXTURE_RSA_CA,		/* 2048 bits */
	FIXTURE_P256,
	FIXTURE_P384,
	FIXTURE_P521,
	FIXTURE_P224,
	FIXTURE_ED25519,
	FIXTURE_KEY_COUNT
};

/*
 * An extension in the words of x509v3_config(5); DER:... is raw, "hash" the
 * key identifier.
 */
struct fixture_ext {
	const char	*name;
	const char	*value;
};

/* An otherName of subjectAltName: type is V_ASN1_UTF8STRING or another. */
struct fixture_other {
	const char	*oid;
	int		 type;
	const char	*value;
	int		 n;		/* bytes of value; 0: as strlen says */
};

struct fixture {
	const char *const	*subject;	/* field, value, ..., NULL */
	const char *const	*issuer;
	const char		*serial;	/* hexadecimal; "-01" */
	const char		*not_before;	/* ASN.1 time */
	const char		*not_after;
	enum fixture_key	 key;
	enum fixture_key	 issuer_key;
	enum fixture_key	 authority;	/* whom the AKI means */
	const struct fixture_ext *exts;		/* ends with a NULL name */
	const struct fixture_other *others;	/* ends with a NULL oid */
	void			(*alter)(X509 *x509);	/* before signing */
};

extern const struct fixture	fixture_sign, fixture_auth, fixture_ca;
/* The six of fixture_sign, in the profile's order, and the end. */
extern const struct fixture_other fixture_attributes[7];

/* The private library context of all fixtures. */
OSSL_LIB_CTX	*fixture_crypto(void);
EVP_PKEY	*fixture_key(enum fixture_key key);
/* DER, to be freed with jpki_buf_free(); fails the test if it cannot. */
struct jpki_buf	 fixture_make(const struct fixture *fixture);
struct slice	 fixture_slice(const struct jpki_buf *buf);

/* Forget keys and context; a cmocka group's last function. */
int		 fixture_free(void **state);

#endif
