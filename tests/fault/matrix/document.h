/* SPDX-License-Identifier: BSD-2-Clause */
/* Signed documents, which jpki-tool itself judges: that it judges as others do
 * is shown elsewhere. */
#ifndef DOCUMENT_H
#define DOCUMENT_H

#include "matrix.h"

#define DOCUMENT_SUFFIX	".signed"
#define DOCUMENT_XML	"<letter><text>To be signed.</text></letter>\n"
/* One empty page. */
extern const char document_pdf[];

/* The CA of that card, whom to trust, into the current folder. */
#define DOCUMENT_CA	"ca"
bool	document_open(const char *card_folder, const char *tool);
bool	document_holds(const char *path);

#endif
