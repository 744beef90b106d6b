/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether a signature is over all that a reader takes for signed.  A digest
 * that is right says only that what it is over is unchanged; the rest of the
 * document, where a signed part may have been moved about, is looked at here.
 */
#ifndef XMLCOVER_H
#define XMLCOVER_H

#include "xmlsig.h"

/* Notes CHECK_COVERAGE.  False without memory. */
bool	xml_cover_judge(const struct xml_signature *signature,
	    const struct xml_scope *scope, const struct xml_given *given,
	    struct verdict_signature *out);

/* Is the node, an element, signed by it, with all that is in it? */
bool	xml_covers(const struct xml_signature *signature, const xmlNode *node);

#endif
