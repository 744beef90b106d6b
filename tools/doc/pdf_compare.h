/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a later revision did to a document that was signed.  Nothing of the
 * document may become another; a further signature brings a field, which the
 * form and a page name, and maybe data for checking it (DSS).  All else is a
 * change of what was signed, and so is what nobody has thought of.
 */
#ifndef PDF_COMPARE_H
#define PDF_COMPARE_H

#include "pdf_doc.h"

/* DOC_OK, or DOC_ERR_INPUT and which change it was. */
enum doc_err	pdf_compare(OSSL_LIB_CTX *crypto,
		    const struct pdf_doc *before,
		    const struct pdf_doc *after, struct doc_error *error);

#endif
