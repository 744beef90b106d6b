/* SPDX-License-Identifier: BSD-2-Clause */
#include "xmlplace.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "xmlalg.h"
#include "xmlothers.h"
#include "xmlread.h"
#include "xmltree.h"

#define JAPAN		(9 * 3600)	/* seconds before UTC */
#define BASE64_MAX	7000000		/* libxml2 reads texts of 10 MB */

/* "configuration information" and "signature information". */
const char		xml_egov_id[] = "\xE6\xA7\x8B\xE6\x88\x90"
    "\xE6\x83\x85\xE5\xA0\xB1";
static const char	egov_place[] = "\xE7\xBD\xB2\xE5\x90\x8D"
    "\xE6\x83\x85\xE5\xA0\xB1";

static const struct {
	const char	*prefix;	/* of ds:; NULL: none */
	bool		 shaped;	/* nothing of its shape can be chosen */
	bool		 files;
} profiles[] = {
	[XML_PLAIN] = { "ds", false, true },
	[XML_ETAX] = { "dsig", true, false },
	[XML_EGOV] = { NULL, true, true },
};

static enum doc_err
check_shape(const struct xml_options *o, size_t n, struct doc_error *error)
{
	bool detached = o->shape == XML_DETACHED;

	if (!detached && o->ids_n > 0)
		return doc_fail(error, DOC_ERR_OPTION, "elements by their Id "
		    "are signed detached only");
	if (detached && o->ids_n + o->files_n == 0)
		return doc_fail(error, DOC_ERR_OPTION, "a detached signature "
		    "needs an element's Id, or a file");
	if (n == 0 && (!detached || o->ids_n > 0 || o->into != NULL))
		return doc_fail(error, DOC_ERR_INPUT, "the document is empty");
	if (o->shape == XML_ENVELOPING ? o->into != NULL : o->base64)
		return doc_fail(error, DOC_ERR_OPTION, "a place in the "
		    "document is for a signature in it, and base64 for one "
		    "around it");
	return DOC_OK;
}

static enum doc_err
check_profile(const struct doc_signer *signer, const struct xml_options *o,
    size_t n, struct doc_error *error)
{
	if (n == 0)
		return doc_fail(error, DOC_ERR_INPUT, "the document is empty");
	if (o->shape != XML_ENVELOPED || o->ids_n > 0 || o->into != NULL ||
	    o->exclusive || o->base64 || o->ca || o->xades)
		return doc_fail(error, DOC_ERR_OPTION, "a profile says itself "
		    "what is signed and how; leave the other options out");
	if (signer->hash != JPKI_HASH_SHA256)
		return doc_fail(error, DOC_ERR_OPTION,
		    "this profile is signed with sha256");
	if (o->files_n > 0 && !profiles[o->profile].files)
		return doc_fail(error, DOC_ERR_OPTION,
		    "this profile signs no files");
	return DOC_OK;
}

enum doc_err
xml_options_check(const struct doc_signer *signer,
    const struct xml_options *options, size_t n, struct doc_error *error)
{
	for (size_t i = 0; i < options->files_n; i++)
		for (size_t j = 0; j < i; j++)
			if (strcmp(options->files[i].name,
			    options->files[j].name) == 0)
				return doc_fail(error, DOC_ERR_OPTION,
				    "two files have the same name");
	if (options->ca && signer->ca == NULL)
		return doc_fail(error, DOC_ERR_OPTION,
		    "there is no certificate of the CA to be included");
	if (signer->timestamp != NULL && !options->xades)
		return doc_fail(error, DOC_ERR_OPTION, "a time stamp stands "
		    "in properties as XAdES has them; ask for these, too");
	if (profiles[options->profile].shaped)
		return check_profile(signer, options, n, error);
	return check_shape(options, n, error);
}

/*
 * Names.
 */

void
xml_job_name(const struct xml_job *job, const char *stem, char out[XML_ID_MAX])
{
	int n = 1;

	(void)snprintf(out, XML_ID_MAX, "%s", stem);
	while (job->ids != NULL && xml_ids_find(job->ids, out) != NULL)
		(void)snprintf(out, XML_ID_MAX, "%s-%d", stem, ++n);
}

/* "Id = time stamp": of Japan, without a mark between the numbers. */
static enum doc_err
name_by_time(struct xml_job *job, struct doc_error *error)
{
	time_t seconds = (time_t)job->signer->now + JAPAN;
	struct tm tm;

	if (gmtime_r(&seconds, &tm) == NULL ||
	    strftime(job->id, sizeof(job->id), "%Y%m%d%H%M%S", &tm) == 0)
		return doc_fail(error, DOC_ERR_INTERNAL, "there is no time");
	if (xml_ids_find(job->ids, job->id) != NULL)
		return doc_fail(error, DOC_ERR_INPUT, "the document has a "
		    "signature of this second; sign again");
	return DOC_OK;
}

static enum doc_err
name_parts(struct xml_job *job, struct doc_error *error)
{
	if (job->options->profile == XML_EGOV)
		return name_by_time(job, error);
	if (job->options->xades) {
		xml_job_name(job, "signature", job->id);
		xml_job_name(job, "properties", job->properties);
	}
	if (job->options->shape == XML_ENVELOPING)
		xml_job_name(job, "object", job->object);
	return DOC_OK;
}

/*
 * The place.
 */

static enum doc_err
no_memory(struct doc_error *error)
{
	return doc_fail(error, DOC_ERR_MEMORY, "out of memory");
}

static enum doc_err
place_into(const struct xml_job *job, xmlNode **out, struct doc_error *error)
{
	const char *into = job->options->into;

	*out = into != NULL ? xml_ids_find(job->ids, into) :
	    xmlDocGetRootElement(job->doc);
	return *out != NULL ? DOC_OK : doc_fail(error, DOC_ERR_INPUT, "no "
	    "element has the Id \"%s\", into which the signature shall go",
	    into);
}

static enum doc_err
place_egov(const struct xml_job *job, xmlNode **out, struct doc_error *error)
{
	xmlNode *content = xml_ids_find(job->ids, xml_egov_id), *at;

	if (content == NULL || content->parent->type != XML_ELEMENT_NODE)
		return doc_fail(error, DOC_ERR_INPUT, "no element below the "
		    "root has the Id \"%s\", which e-Gov has signed",
		    xml_egov_id);
	for (at = xml_next(content); at != NULL; at = xml_next(at))
		if (strcmp((const char *)at->name, egov_place) == 0)
			break;
	if (at == NULL)
		at = xmlAddNextSibling(content, xmlNewDocNode(job->doc,
		    content->ns, (const xmlChar *)egov_place, NULL));
	*out = at;
	return at != NULL ? DOC_OK : no_memory(error);
}

/* Into parent; NULL: as the root. */
static enum doc_err
add_signature(struct xml_job *job, xmlNode *parent, struct doc_error *error)
{
	const char *prefix = profiles[job->options->profile].prefix;
	xmlNode *node = xmlNewDocNode(job->doc, NULL,
	    (const xmlChar *)"Signature", NULL);

	if (node == NULL)
		return no_memory(error);
	node->ns = xmlNewNs(node, (const xmlChar *)XML_NS_DSIG,
	    (const xmlChar *)prefix);
	if (parent != NULL)
		xmlAddChild(parent, node);
	else
		xmlDocSetRootElement(job->doc, node);
	job->signature = node;
	if (node->ns == NULL ||
	    (job->id[0] != '\0' && !xml_set(node, "Id", job->id)))
		return no_memory(error);
	return DOC_OK;
}

/*
 * Content.
 */

static enum doc_err
read_document(struct xml_job *job, const uint8_t *p, size_t n,
    struct doc_error *error)
{
	enum doc_err err = xml_read(p, n, &job->doc, error);
	const xmlNode *parting;

	if (err != DOC_OK)
		return err;
	parting = xml_parted_text(job->doc);
	if (parting != NULL)
		return doc_fail(error, DOC_ERR_INPUT, "a text in line %ld is "
		    "parted by a comment or a CDATA section, of which a "
		    "signature knows nothing; take that out of the text",
		    xmlGetLineNo(parting));
	return DOC_OK;
}

static enum doc_err
new_document(struct xml_job *job, struct doc_error *error)
{
	job->doc = xmlNewDoc((const xmlChar *)"1.0");
	return job->doc != NULL ? DOC_OK : no_memory(error);
}

/* The document's nodes, all of them, and in their order. */
static void
move_children(xmlNode *first, xmlNode *object)
{
	while (first != NULL) {
		xmlNode *next = first->next;

		xmlUnlinkNode(first);
		xmlAddChild(object, first);
		first = next;
	}
}

static enum doc_err
envelop(struct xml_job *job, const uint8_t *p, size_t n,
    struct doc_error *error)
{
	/* Before the signature is the root. */
	xmlNode *first = job->doc->children, *object;
	enum doc_err err;

	job->doc->children = job->doc->last = NULL;
	err = add_signature(job, NULL, error);
	object = xml_add(job->signature, "Object", NULL);
	if (object != NULL)
		move_children(first, object);
	if (err != DOC_OK || !xml_set(object, "Id", job->object))
		return no_memory(error);
	if (job->options->base64 && (!xml_encode(object, p, n) ||
	    !xml_set(object, "Encoding", XML_ALG_BASE64)))
		return no_memory(error);
	return DOC_OK;
}

static enum doc_err
read_content(struct xml_job *job, const uint8_t *p, size_t n,
    struct doc_error *error)
{
	enum doc_err err;

	if (job->options->base64 && n > BASE64_MAX)
		return doc_fail(error, DOC_ERR_INPUT, "a signature cannot "
		    "have more than %d MB in it; sign a large file as one "
		    "that stands beside it", BASE64_MAX / 1000000);
	if (job->options->base64 || n == 0)
		err = new_document(job, error);
	else
		err = read_document(job, p, n, error);
	return err == DOC_OK ? xml_ids_read(job->doc, &job->ids, error) : err;
}

enum doc_err
xml_job_open(struct xml_job *job, const uint8_t *p, size_t n,
    struct doc_error *error)
{
	enum doc_err err = read_content(job, p, n, error);
	xmlNode *parent = NULL;

	if (err == DOC_OK)
		err = name_parts(job, error);
	if (err != DOC_OK)
		return err;
	if (job->options->profile == XML_EGOV)
		err = place_egov(job, &parent, error);
	else if (job->options->shape != XML_ENVELOPING && n > 0)
		err = place_into(job, &parent, error);
	if (err == DOC_OK)
		err = xml_others_check(job, parent, error);
	if (err == DOC_OK && job->options->shape == XML_ENVELOPING)
		return envelop(job, p, n, error);
	return err == DOC_OK ? add_signature(job, parent, error) : err;
}

void
xml_job_clear(struct xml_job *job)
{
	xml_ids_free(job->ids);
	xmlFreeDoc(job->doc);
	job->ids = NULL;
	job->doc = NULL;
}
