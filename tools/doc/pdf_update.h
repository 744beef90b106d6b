/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An incremental update (ISO 32000-1 7.5.6): new and changed objects, and a
 * cross-reference section of the same kind as the document's last one.
 */
#ifndef PDF_UPDATE_H
#define PDF_UPDATE_H

#include "pdf_doc.h"
#include "pdf_tail.h"

struct pdf_entry {
	int	id, gen;
	size_t	at;		/* in the document */
};

struct pdf_update {
	struct pdf_doc		*doc;
	const struct doc_bytes	*in;
	struct pdf_tail		 tail;
	BIO			*out;
	struct pdf_entry	*entries;	/* at 0: not written yet */
	size_t			 n, room;
	bool			 failed;	/* no memory */
};

enum doc_err	pdf_update_open(struct pdf_update *out, struct pdf_doc *doc,
		    const struct doc_bytes *in, struct doc_error *error);
void		pdf_update_close(struct pdf_update *update);

/* An object of the document has changed; it is written when all is. */
void		pdf_update_change(struct pdf_update *update, qpdf_oh oh);

/* A new object, made of a value or, being an id only, yet to be written. */
qpdf_oh		pdf_update_new(struct pdf_update *update, qpdf_oh value);
qpdf_oh		pdf_update_reserve(struct pdf_update *update);

/* Write one that was reserved: between begin and end, to update->out.  begin
 * returns where in the update its text begins. */
size_t		pdf_update_begin(struct pdf_update *update, qpdf_oh oh);
void		pdf_update_end(struct pdf_update *update);

/* Write all the rest. */
enum doc_err	pdf_update_finish(struct pdf_update *update,
		    OSSL_LIB_CTX *crypto, struct doc_error *error);

#endif
