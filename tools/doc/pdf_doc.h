/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A document as qpdf reads it: whole and open to all, or not at all.  What
 * qpdf only warns of and repairs (a wrong cross-reference table, a key that
 * stands twice) other readers read in another way; so it counts as damage.
 */
#ifndef PDF_DOC_H
#define PDF_DOC_H

#include <qpdf/qpdf-c.h>

#include "bytes.h"

struct pdf_object {
	int	id, gen;
};

struct pdf_doc {
	qpdf_data		 q;
	struct pdf_object	*objects;	/* all, ascending */
	size_t			 n;
};

/*
 * Of the first n bytes.  Reads every object once.  Bytes have to stay where
 * they are until it is closed.
 */
enum doc_err	pdf_doc_open(struct pdf_doc *out, const struct doc_bytes *bytes,
		    size_t n, struct doc_error *error);
void		pdf_doc_close(struct pdf_doc *doc);

/* DOC_ERR_INPUT if qpdf has complained since it was opened. */
enum doc_err	pdf_doc_sound(const struct pdf_doc *doc,
		    struct doc_error *error);

/* Where an object stands in the list; NULL: it is not there. */
const struct pdf_object *pdf_doc_find(const struct pdf_doc *doc, int id,
		    int gen);

/*
 * For qpdf's handles.  What is no dictionary, be it a stream, has no keys, and
 * what is not there is null; text is to be freed with free(), NULL without
 * memory.
 */
qpdf_oh		pdf_get(qpdf_data q, qpdf_oh dict, const char *key);
bool		pdf_has(qpdf_data q, qpdf_oh dict, const char *key);
bool		pdf_is_name(qpdf_data q, qpdf_oh dict, const char *key,
		    const char *name);
bool		pdf_same(qpdf_data q, qpdf_oh oh, int id, int gen);
/* Of a stream its dictionary; else the object itself. */
qpdf_oh		pdf_dict_of(qpdf_data q, qpdf_oh oh);
/* The object itself, its own references as they are; of a stream, its
 * dictionary. */
char		*pdf_text(qpdf_data q, qpdf_oh oh);
/* As it stands where it is used: maybe as a reference. */
char		*pdf_text_short(qpdf_data q, qpdf_oh oh);

/* Keys of a dictionary, which are few; ends with NULL.  Freed as one block. */
char		**pdf_keys(qpdf_data q, qpdf_oh dict);

#endif
