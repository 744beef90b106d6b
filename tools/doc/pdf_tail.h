/* SPDX-License-Identifier: BSD-2-Clause */
/* The ends of a document and of its earlier revisions: "startxref", where the
 * cross-reference section is, "%%EOF". */
#ifndef PDF_TAIL_H
#define PDF_TAIL_H

#include "bytes.h"

struct pdf_tail {
	size_t	xref;		/* offset of the cross-reference section */
	bool	is_stream;	/* else a table */
};

/* The end of the whole document, which has been found sound. */
enum doc_err	pdf_tail_read(const struct doc_bytes *bytes,
		    struct pdf_tail *out, struct doc_error *error);

#define PDF_REVISIONS_MAX	200

/* A document as it was once: the first end bytes.  The line's end behind
 * %%EOF may be missing there, so that it ends at eof. */
struct pdf_revision {
	size_t	eof, end;
};

struct pdf_revisions {
	struct pdf_revision	revision[PDF_REVISIONS_MAX];
	size_t			n;
};

/* All of them, the oldest first. */
enum doc_err	pdf_revisions_read(const struct doc_bytes *bytes,
		    struct pdf_revisions *out, struct doc_error *error);

#endif
