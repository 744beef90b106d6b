/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CMS SignedData (RFC 5652) as CAdES-BES has it (ETSI EN 319 122-1): signed
 * attributes content type, message digest, signing time and ESS
 * signing-certificate-v2 (RFC 5035); the signer's and its CA's certificate.
 */
#ifndef CMS_H
#define CMS_H

#include <openssl/bio.h>

#include "doc.h"
#include "trust.h"

struct cms_options {
	bool	 detached;	/* the content is not in it */
	bool	 no_signing_time; /* PAdES: the time stands in the document */
};

/*
 * A signature over all that can be read from content.  The content is read
 * once, from front to back, and not kept unless it goes into the result.
 * *out: DER.
 */
enum doc_err	cms_sign(const struct doc_signer *signer, BIO *content,
		    const struct cms_options *options, struct jpki_buf *out,
		    struct doc_error *error);

/* One signer more on an existing one; the others' signatures stay as they are.
 * content: of a detached one, else NULL. */
enum doc_err	cms_add(const struct doc_signer *signer,
		    const struct jpki_buf *der, BIO *content,
		    struct jpki_buf *out, struct doc_error *error);

/* Notes all checks of every signer but CHECK_COVERAGE, which whoever has the
 * content judges.  content: of a detached one, else NULL. */
enum doc_err	cms_check(const struct trust *trust, const uint8_t *der,
		    size_t n, BIO *content, struct verdict *out,
		    struct doc_error *error);

#endif
