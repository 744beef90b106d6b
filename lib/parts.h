/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of a certificate that programs want as bytes. */
#ifndef PARTS_H
#define PARTS_H

#include <openssl/x509.h>

#include "jpki.h"

/* Fill the jpki_buf members.  Errors: MALFORMED, MEMORY. */
enum jpki_err	parts_fill(OSSL_LIB_CTX *crypto, X509 *x509,
    struct jpki_cert *cert);
void		parts_free(struct jpki_cert *cert);

#endif
