/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The card's keys for OpenSSL 3: an EVP_PKEY whose private operation the card
 * does.  CMS, X.509, TLS and whatever else signs through EVP works with it
 * and does not know.  jpki_openssl(3) is the manual.
 *
 * The key knows no PIN: verify it with jpki_pin_verify(), sign, log out.
 * Nothing is ever repeated.
 */
#ifndef JPKI_OPENSSL_H
#define JPKI_OPENSSL_H

#include <openssl/evp.h>

#include "jpki.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The library context in which the keys live, for CMS_sign_ex(),
 * SSL_CTX_new_ex(), X509_new_ex() and so on.  It reads no configuration file,
 * and its other algorithms are those of OpenSSL's default provider.  It is
 * the jpki_ctx's: free all that was made in it before jpki_ctx_free().
 * Errors: MEMORY, INTERNAL, ARG.
 */
enum jpki_err	jpki_crypto(struct jpki_ctx *ctx, OSSL_LIB_CTX **out);

/*
 * A key of the card, to be freed with EVP_PKEY_free(), before or after the
 * card is closed.  It costs what jpki_cert_read() does, nothing if that
 * certificate was read before.  The key belongs to the card's thread; while
 * that leaves the card alone, others may sign with its keys, and take turns.
 *
 * It signs as jpki_sign() does, with SHA-256, SHA-384, SHA-512 or without a
 * hash, and, if jpki_pss_probe() says that the card can, as jpki_sign_pss(),
 * for which the digest, MGF1's digest and the length of the salt must be its
 * own.  It verifies, too, which asks no card.
 *
 * Errors: NOT_FOUND, AUTH_REQUIRED (the certificate needs a PIN), MALFORMED,
 * UNSUPPORTED (key type without a known command), INTERNAL.
 */
enum jpki_err	jpki_pkey(struct jpki_card *card, enum jpki_key key,
    EVP_PKEY **out);

/*
 * How the key's last signature ended, of which OpenSSL says only that it
 * failed; OK if none was asked for yet.  Besides the errors of jpki_sign():
 * MISMATCH (the card in the reader has another key), UNSUPPORTED (digest or
 * padding), ARG (the card was closed, or pkey is no key of this library).
 */
enum jpki_err	jpki_pkey_error(const EVP_PKEY *pkey);

#ifdef __cplusplus
}
#endif

#endif
