/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a signature dictionary says that it signs, and whether that is what it
 * has to be: all of a revision but the signature itself.
 */
#ifndef PDF_RANGE_H
#define PDF_RANGE_H

#include "pdf_doc.h"

struct pdf_range {
	size_t		gap, behind;	/* what is not signed: gap <= x < behind */
	size_t		end;		/* of what is signed */
	struct jpki_buf	cms;		/* as it was in the gap, unpadded */
};

/*
 * Returns NULL, or what is wrong: a sentence.  doc is any revision that has the
 * dictionary.  out->cms is to be freed in either case.
 */
const char	*pdf_range_read(const struct doc_bytes *bytes,
		    const struct pdf_doc *doc, OSSL_LIB_CTX *crypto,
		    qpdf_oh signature, struct pdf_range *out);

/* NULL, or why this kind of signature (SubFilter) is not accepted. */
const char	*pdf_kind_refused(qpdf_data q, qpdf_oh signature);

#endif
