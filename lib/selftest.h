/* SPDX-License-Identifier: BSD-2-Clause */
/* Does OpenSSL do, in this process and library context, what we need of it? */
#ifndef SELFTEST_H
#define SELFTEST_H

#include <stdbool.h>

#include <openssl/crypto.h>

/*
 * Tried on a certificate that is known.  What had no memory when OpenSSL made
 * it, at its first use, is not there, or not under all of its names, and never
 * will be: for this library context, or for the whole process.  Certificates
 * then lack their keys or extensions, and good signatures do not verify.
 */
bool	selftest(OSSL_LIB_CTX *crypto);

#endif
