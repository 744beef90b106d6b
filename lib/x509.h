/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Certificates and public keys through OpenSSL, in the library context that
 * the caller passes.  OpenSSL's error queue is left as it was found: it
 * belongs to the program that hosts us.
 */
#ifndef X509_H
#define X509_H

#include <openssl/evp.h>

#include "buf.h"

enum jpki_err	x509_parse(OSSL_LIB_CTX *crypto, struct slice der,
    struct jpki_cert **out);
enum jpki_err	x509_public_key(OSSL_LIB_CTX *crypto, struct slice der,
    EVP_PKEY **out);
enum jpki_err	x509_spki(OSSL_LIB_CTX *crypto, struct slice der,
    struct jpki_buf *out);
enum jpki_err	x509_ssh_key(OSSL_LIB_CTX *crypto, struct slice der,
    char **line);
/* Was der issued by ca: key identifiers and signature.  False on any doubt. */
bool		x509_issued_by(OSSL_LIB_CTX *crypto, struct slice der,
    struct slice ca);
/*
 * Does the signature, opened with the public key by PKCS #1 v1.5, hold just
 * this data?
 */
bool		x509_opens(OSSL_LIB_CTX *crypto, EVP_PKEY *key,
    struct slice signature, struct slice data);

/* Is it RSASSA-PSS with SHA-256, its MGF1 and a salt of 32 bytes over it? */
bool		x509_pss_holds(OSSL_LIB_CTX *crypto, EVP_PKEY *key,
    struct slice signature, struct slice digest);

#endif
