/* SPDX-License-Identifier: BSD-2-Clause */
/* What a visible signature looks like: a name, and a date below it. */
#ifndef PDF_DRAW_H
#define PDF_DRAW_H

#include "pdf.h"
#include "pdf_update.h"

/*
 * A form XObject of the place's size.  Text that is not ASCII is in a CID font
 * that the document names and does not contain (ISO 32000-1 9.7.5.2): a viewer
 * without any Japanese font shows blanks there.
 */
enum doc_err	pdf_draw(struct pdf_update *update,
		    const struct pdf_place *place, const char *name,
		    const char *date, qpdf_oh *out, struct doc_error *error);

#endif
