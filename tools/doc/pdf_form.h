/* SPDX-License-Identifier: BSD-2-Clause */
/* The form field of a signature, and what has to name it: the document's
 * form (ISO 32000-1 12.7.2) and a page. */
#ifndef PDF_FORM_H
#define PDF_FORM_H

#include "pdf.h"
#include "pdf_update.h"

/* A new field for the signature dictionary of that handle, drawn as appearance
 * shows, which is NULL if the field is invisible. */
enum doc_err	pdf_form_add(struct pdf_update *update, qpdf_oh signature,
		    const struct pdf_place *place, const qpdf_oh *appearance,
		    struct doc_error *error);

#endif
