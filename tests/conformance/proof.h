/* SPDX-License-Identifier: BSD-2-Clause */
/* OpenSSL's word against the module's. */
#ifndef PROOF_H
#define PROOF_H

#include "kit.h"

#include <openssl/evp.h>

/* What a certificate says, in the shapes of attributes. */
struct facts {
	struct bytes	subject, issuer, serial, public_key_info;
	struct bytes	modulus, exponent, check_value, start, end;
	CK_ULONG	bits;
	bool		authority;
	EVP_PKEY	*key;
};

/* From CKA_VALUE of a certificate object. */
bool	proof_facts(CK_OBJECT_HANDLE certificate, struct facts *out);

/* A mechanism that signs, and its digest; NULL: it takes bytes as they are. */
struct scheme {
	const char		*section, *name;
	CK_MECHANISM_TYPE	 type;
	const char		*hash;
	bool			 pss;
	bool			 hashes;	/* the module does */
	CK_MECHANISM_TYPE	 hash_type;
	CK_ULONG		 mgf, salt;
	CK_ULONG		 size;		/* of the digest */
};

extern const struct scheme schemes[];
extern const size_t scheme_count;

/* With its parameter; storage is the caller's. */
CK_MECHANISM scheme_mechanism(const struct scheme *scheme,
	    CK_RSA_PKCS_PSS_PARAMS *parameter);
/* Bytes that it can sign in one part; at most n. */
CK_ULONG scheme_input(const struct scheme *scheme, CK_ULONG n);

bool	proof_verify(const struct facts *facts, const struct scheme *scheme,
	    const struct bytes *data, const struct bytes *signature);
/* The digest, by OpenSSL. */
struct bytes proof_digest(const char *hash, const unsigned char *data,
	    CK_ULONG n);

#endif
