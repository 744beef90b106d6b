/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signatures in PDF documents (ISO 32000-1 12.8, ISO 32000-2; PAdES: ETSI
 * EN 319 142-1).  A signature is an incremental update behind the document,
 * whose bytes stay as they are: so earlier signatures stay whole.
 */
#ifndef PDF_H
#define PDF_H

#include "bytes.h"
#include "trust.h"

enum pdf_profile {
	PDF_PLAIN,		/* adbe.pkcs7.detached */
	PDF_MOJ,		/* the same with all that the Legal Affairs
				   Bureau asks for: a signer's name, too */
	PDF_PADES,		/* ETSI.CAdES.detached */
};

/*
 * Where a signature is drawn: points of 1/72 inch from the lower left corner
 * of the page before it is turned.  Japanese text is in a font that is not in
 * the document: whoever shows it takes one of its own.
 */
struct pdf_place {
	int	page;		/* from 1 */
	double	x, y, w, h;
};

struct pdf_options {
	enum pdf_profile	 profile;
	const char		*name;		/* UTF-8; NULL: the holder's, from
						   the certificate */
	const char		*reason;	/* UTF-8, or NULL */
	const char		*location;	/* UTF-8, or NULL */
	const struct pdf_place	*visible;	/* NULL: nothing is drawn */
};

/* *update: the bytes that, behind the document's own, make it a signed one. */
enum doc_err	pdf_sign(const struct doc_signer *signer,
		    const struct doc_bytes *in,
		    const struct pdf_options *options,
		    struct jpki_buf *update, struct doc_error *error);

/* What pdf_sign() would find wrong with the document and the options, asked
 * before there is a key: of the signer crypto, hash and now count. */
enum doc_err	pdf_try(const struct doc_signer *signer,
		    const struct doc_bytes *in,
		    const struct pdf_options *options,
		    struct doc_error *error);

/*
 * Checks every signature that is or ever was in the document.  What a later
 * revision did to the document of an earlier signature is part of the latter's
 * CHECK_COVERAGE.  DOC_ERR_INPUT: it is no document that anything can be said
 * of, for being damaged or encrypted.
 */
enum doc_err	pdf_check(const struct trust *trust,
		    const struct doc_bytes *in, struct verdict *out,
		    struct doc_error *error);

#endif
