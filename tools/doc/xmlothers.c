/* SPDX-License-Identifier: BSD-2-Clause */
#include "xmlothers.h"

#include <stdlib.h>
#include <string.h>

#include "xmlalg.h"
#include "xmlread.h"
#include "xmltree.h"
#include "xmluri.h"

/* With others, XPath filters above all, signatures can leave out each other;
 * whoever made them knows. */
static bool
has_plain_transforms(const xmlNode *reference)
{
	const xmlNode *t = xml_child(reference, XML_NS_DSIG, "Transforms");
	bool plain = true;

	for (t = t != NULL ? xml_first(t) : NULL; t != NULL; t = xml_next(t)) {
		char *uri = xml_attribute(t, "Algorithm");

		plain &= uri != NULL && (xml_is_c14n(uri) ||
		    strcmp(uri, XML_ALG_ENVELOPED) == 0);
		xmlFree(uri);
	}
	return plain;
}

static bool
covers_place(const struct xml_job *job, const xmlNode *reference,
    const xmlNode *parent)
{
	char *uri = xml_attribute(reference, "URI"), *name = NULL;
	enum xml_uri_kind kind = XML_URI_REFUSED;
	const xmlNode *target = NULL;

	if (uri != NULL)
		kind = xml_uri_read(uri, &name);
	if (kind == XML_URI_ELEMENT && name != NULL)
		target = xml_ids_find(job->ids, name);
	free(name);
	xmlFree(uri);
	return kind == XML_URI_DOCUMENT || (target != NULL && parent != NULL &&
	    xml_is_within(parent, target));
}

static bool
is_broken_below(const struct xml_job *job, const xmlNode *node,
    const xmlNode *parent)
{
	if (xml_is(node, XML_NS_DSIG, "Reference") &&
	    has_plain_transforms(node) && covers_place(job, node, parent))
		return true;
	for (node = xml_first(node); node != NULL; node = xml_next(node))
		if (is_broken_below(job, node, parent))
			return true;
	return false;
}

enum doc_err
xml_others_check(const struct xml_job *job, const xmlNode *parent,
    struct doc_error *error)
{
	const xmlNode *root = xmlDocGetRootElement(job->doc);

	if (root == NULL || !is_broken_below(job, root, parent))
		return DOC_OK;
	return doc_fail(error, DOC_ERR_INPUT, "the document has a signature "
	    "that one more in this place would break; give another place with "
	    "--into, or sign the document as a file with --format cms");
}
