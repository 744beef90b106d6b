/* SPDX-License-Identifier: BSD-2-Clause */
/* What a stream holds, as it stands in the document, whatever its size. */
#ifndef PDF_DATA_H
#define PDF_DATA_H

#include "pdf_doc.h"

/* Bytes from which on a stream is digested instead of being kept in memory. */
#define PDF_DATA_LONG	((long long)4 << 20)

/* Do two documents have the same data in their stream of that id?  False, too,
 * if that cannot be told. */
bool	pdf_data_same(OSSL_LIB_CTX *crypto, const struct pdf_doc *a,
	    const struct pdf_doc *b, const struct pdf_object *stream);

#endif
