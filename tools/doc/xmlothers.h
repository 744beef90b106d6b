/* SPDX-License-Identifier: BSD-2-Clause */
/* Signatures that a document has already, and what one more does to them. */
#ifndef XMLOTHERS_H
#define XMLOTHERS_H

#include "xmlplace.h"

/* Would one of them be broken by a signature that goes into parent?  NULL: one
 * that goes around the document.  DOC_ERR_INPUT: so it would. */
enum doc_err	xml_others_check(const struct xml_job *job,
		    const xmlNode *parent, struct doc_error *error);

#endif
