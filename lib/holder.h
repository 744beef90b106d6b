/* SPDX-License-Identifier: BSD-2-Clause */
/* The holder's four attributes in a signature certificate. */
#ifndef HOLDER_H
#define HOLDER_H

#include <openssl/x509.h>

#include "jpki.h"

/*
 * From subjectAltName's otherNames.  *out is NULL if the certificate has
 * none, or one that is no DER: the rest of the certificate is still good for
 * a signature.  Errors: MALFORMED, MEMORY.
 */
enum jpki_err	holder_from_x509(X509 *x509, struct jpki_holder **out);
void		holder_free(struct jpki_holder **holder);

/*
 * Parse a birth date as stored: era digit and YYYYMMDD, or YYYYMMDD alone.
 * date (11 bytes) and era (24 bytes) are written; era is "" if not known.
 */
bool		holder_birth(const char *stored, char date[11], char era[24]);
/* NULL for a code that is not one of the certificate's. */
const char	*holder_sex(const char *stored);

#endif
