/* SPDX-License-Identifier: BSD-2-Clause */
/* What tests of PDF share: small documents, updates of them, and signatures
 * that say of themselves what they like. */
#ifndef PDFKIT_H
#define PDFKIT_H

#include "dockit.h"
#include "pdf.h"

/* Object id, with text for what stands between "obj" and "endobj".  In it
 * @RANGE@ is room for a ByteRange and @CONTENTS@ for a signature. */
struct pdfkit_object {
	int		 id;
	const char	*text;		/* NULL ends a list */
};

/* Catalog 1, pages 2, page 3 and its content 4. */
extern const struct pdfkit_object pdfkit_plain[];
/* The same with a form 5, its field 6 and the latter's signature 7. */
extern const struct pdfkit_object pdfkit_form[];
/* The value of object 7 there. */
extern const char	pdfkit_signature[];

/* A document of one revision; extra: more of the trailer. */
struct jpki_buf	pdfkit_make(const struct pdfkit_object *objects,
		    const char *extra);
/* The form's document with another text for one object. */
struct jpki_buf	pdfkit_make_with(int id, const char *text);
/* One revision more. */
void		pdfkit_append(struct jpki_buf *pdf,
		    const struct pdfkit_object *objects);
void		pdfkit_append_text(struct jpki_buf *pdf, const char *text);
/* Where a text is found first, or last. */
size_t		pdfkit_find(const struct jpki_buf *pdf, const char *text);
size_t		pdfkit_find_last(const struct jpki_buf *pdf, const char *text);
/* The first such text becomes another one of the same length. */
void		pdfkit_replace(struct jpki_buf *pdf, const char *from,
		    const char *to);

/*
 * Signs what the last room in the document is for.  bend changes the four
 * numbers before they are written and signed.
 */
void		pdfkit_seal(struct dockit *kit, struct jpki_buf *pdf,
		    void (*bend)(long long range[4]));

struct doc_bytes pdfkit_bytes(const struct jpki_buf *pdf);
/* Signed by pdf_sign(), the update behind the document. */
void		pdfkit_sign(struct dockit *kit, struct jpki_buf *pdf,
		    const struct pdf_options *options);
/* It is not signed, and the words hold this text. */
void		pdfkit_refuse(struct dockit *kit, const struct jpki_buf *pdf,
		    const struct pdf_options *options, const char *words);

/* Valid until the next call; pdfkit_forget() frees the last one. */
struct verdict	*pdfkit_check(struct dockit *kit, const struct jpki_buf *pdf);
/* It holds, and has so many signatures. */
void		pdfkit_accept(struct dockit *kit, const struct jpki_buf *pdf,
		    size_t n);
/* It does not hold: a check of the signature at an index failed, with words
 * that hold this text. */
void		pdfkit_reject(struct dockit *kit, const struct jpki_buf *pdf,
		    size_t index, enum check check, const char *words);
/* Nothing can be said of it; the words hold this text. */
void		pdfkit_unreadable(struct dockit *kit,
		    const struct jpki_buf *pdf, const char *words);
void		pdfkit_forget(void);

#endif
