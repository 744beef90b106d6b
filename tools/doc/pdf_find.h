/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signature dictionaries, wherever in a document they are: those that the
 * form's fields name, and all others.
 */
#ifndef PDF_FIND_H
#define PDF_FIND_H

#include "pdf_doc.h"

struct pdf_found {
	int		 id, gen;	/* id 0: it stands inside of an object */
	unsigned	 fields;	/* of the form, that name it */
	char		*label;		/* the field's name, or the object's */
	char		*text;		/* all of the dictionary */
};

struct pdf_finds {
	struct pdf_found	*found;
	size_t			 n;
};

enum doc_err	pdf_find(const struct pdf_doc *doc, struct pdf_finds *out,
		    struct doc_error *error);
void		pdf_finds_free(struct pdf_finds *finds);

/* The one of the same object and text; NULL: there is none. */
struct pdf_found *pdf_finds_same(const struct pdf_finds *finds,
		    const struct pdf_found *one);

/* Does that signature forbid whatever change of the document (DocMDP, P 1)? */
bool		pdf_forbids_changes(qpdf_data q, qpdf_oh signature);

#endif
