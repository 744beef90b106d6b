/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signing: a ds:Signature is made with all that stands in it but digests and
 * value; then it is read as a foreign one is, and these are filled in.
 */
#include "xml.h"

#include <stdlib.h>
#include <string.h>

#include "xmlmem.h"
#include "xmlplace.h"
#include "xmlread.h"
#include "xmlsig.h"
#include "xmltree.h"
#include "xmluri.h"
#include "xmlxades.h"

static enum doc_err
no_memory(struct doc_error *error)
{
	return doc_fail(error, DOC_ERR_MEMORY, "out of memory");
}

/*
 * The parts, in their order.
 */

static const char *
c14n_of(const struct xml_job *job)
{
	return job->options->exclusive ? XML_C14N_EXC : XML_C14N;
}

/* What is meant: an element, the document (uri ""), or a file. */
static bool
add_reference(const struct xml_job *job, xmlNode *info, const char *uri,
    const xmlNode *target, const char *type)
{
	xmlNode *reference = xml_add(info, "Reference", NULL), *transforms;
	bool nodes = target != NULL || uri[0] == '\0';
	/* What has the signature in it cannot be signed with it. */
	bool enveloped = nodes && (target == NULL ||
	    xml_is_within(job->signature, target));

	if (!xml_set(reference, "URI", uri) ||
	    (type != NULL && !xml_set(reference, "Type", type)))
		return false;
	if (nodes) {
		transforms = xml_add(reference, "Transforms", NULL);
		if ((enveloped && xml_add_algorithm(transforms, "Transform",
		    XML_ALG_ENVELOPED) == NULL) || xml_add_algorithm(transforms,
		    "Transform", c14n_of(job)) == NULL)
			return false;
	}
	return xml_add_algorithm(reference, "DigestMethod",
	    xml_digest_uri(job->signer->hash)) != NULL &&
	    xml_add(reference, "DigestValue", NULL) != NULL;
}

static enum doc_err
refer_to_element(const struct xml_job *job, xmlNode *info, const char *id,
    struct doc_error *error)
{
	const xmlNode *target = xml_ids_find(job->ids, id);
	char *uri = xml_uri_make("#", id);
	bool added;

	if (target == NULL) {
		free(uri);
		return doc_fail(error, DOC_ERR_INPUT, "no element has the Id "
		    "\"%s\", which shall be signed", id);
	}
	added = uri != NULL && add_reference(job, info, uri, target, NULL);
	free(uri);
	return added ? DOC_OK : no_memory(error);
}

/* What this signature itself has in it, so that it is not in that, no more
 * than in info; its names need no encoding. */
static enum doc_err
refer_to_part(const struct xml_job *job, xmlNode *info, const char *id,
    const char *type, struct doc_error *error)
{
	char uri[XML_ID_MAX + 1] = "#";

	memcpy(uri + 1, id, strlen(id) + 1);
	return add_reference(job, info, uri, info, type) ? DOC_OK :
	    no_memory(error);
}

static enum doc_err
refer_to_file(const struct xml_job *job, xmlNode *info, const char *name,
    struct doc_error *error)
{
	char *uri = xml_uri_make("", name), *back = NULL;
	/* "a:b" would be a scheme, and "/a" a place on a disk. */
	bool relative = uri != NULL &&
	    xml_uri_read(uri, &back) == XML_URI_FILE;
	bool added = relative && add_reference(job, info, uri, NULL, NULL);

	free(back);
	free(uri);
	if (uri != NULL && !relative)
		return doc_fail(error, DOC_ERR_OPTION, "a signed file needs "
		    "a name in UTF-8 that does not begin with \"/\"");
	return added ? DOC_OK : no_memory(error);
}

static enum doc_err
refer_to_root(const struct xml_job *job, xmlNode *info,
    struct doc_error *error)
{
	char *id = xml_id_of(xmlDocGetRootElement(job->doc));
	enum doc_err err;

	if (id == NULL)
		return doc_fail(error, DOC_ERR_INPUT,
		    "the root element has no Id, by which e-Tax has it signed");
	err = refer_to_element(job, info, id, error);
	xmlFree(id);
	return err;
}

static enum doc_err
refer_to_content(const struct xml_job *job, xmlNode *info,
    struct doc_error *error)
{
	const struct xml_options *o = job->options;
	enum doc_err err = DOC_OK;

	if (o->profile == XML_ETAX)
		return refer_to_root(job, info, error);
	if (o->profile == XML_EGOV)
		return refer_to_element(job, info, xml_egov_id, error);
	if (o->shape == XML_ENVELOPING)
		return refer_to_part(job, info, job->object, NULL, error);
	if (o->shape == XML_ENVELOPED)
		return add_reference(job, info, "", NULL, NULL) ? DOC_OK :
		    no_memory(error);
	for (size_t i = 0; i < o->ids_n && err == DOC_OK; i++)
		err = refer_to_element(job, info, o->ids[i], error);
	return err;
}

static enum doc_err
add_references(const struct xml_job *job, xmlNode *info,
    struct doc_error *error)
{
	enum doc_err err = refer_to_content(job, info, error);

	for (size_t i = 0; i < job->options->files_n && err == DOC_OK; i++)
		err = refer_to_file(job, info, job->options->files[i].name,
		    error);
	if (err == DOC_OK && job->options->xades)
		err = refer_to_part(job, info, job->properties, XADES_TYPE,
		    error);
	return err;
}

static bool
add_certificate(xmlNode *data, X509 *cert)
{
	xmlNode *node = xml_add(data, "X509Certificate", NULL);
	unsigned char *der = NULL;
	int n = i2d_X509(cert, &der);
	bool added = n > 0 && xml_encode(node, der, (size_t)n);

	OPENSSL_free(der);
	return added;
}

static bool
add_key_info(const struct xml_job *job)
{
	xmlNode *data = xml_add(xml_add(job->signature, "KeyInfo", NULL),
	    "X509Data", NULL);

	return add_certificate(data, job->signer->cert) &&
	    (!job->options->ca || add_certificate(data, job->signer->ca));
}

/* An object that is there already goes to the end. */
static enum doc_err
add_parts(struct xml_job *job, struct doc_error *error)
{
	const char *type = xml_key_type(job->signer->key);
	const struct xml_method *method = type != NULL ?
	    xml_method_of(type, job->signer->hash) : NULL;
	xmlNode *object = xml_first(job->signature), *info;
	enum doc_err err;

	if (method == NULL)
		return doc_fail(error, DOC_ERR_OPTION, "no XML signature can "
		    "be made with this key and %s",
		    jpki_hash_name(job->signer->hash));
	info = xml_add(job->signature, "SignedInfo", NULL);
	if (xml_add_algorithm(info, "CanonicalizationMethod", c14n_of(job)) ==
	    NULL || xml_add_algorithm(info, "SignatureMethod", method->uri) ==
	    NULL)
		return no_memory(error);
	err = add_references(job, info, error);
	if (err != DOC_OK)
		return err;
	if (xml_add(job->signature, "SignatureValue", NULL) == NULL ||
	    !add_key_info(job))
		return no_memory(error);
	if (object != NULL) {
		xmlUnlinkNode(object);
		xmlAddChild(job->signature, object);
	}
	return !job->options->xades || xades_add(job->signer, job->signature,
	    job->id, job->properties) ? DOC_OK : no_memory(error);
}

/*
 * Digests and value.
 */

static enum doc_err
fill_digests(const struct xml_job *job, struct xml_signature *signature,
    struct doc_error *error)
{
	struct xml_digest digest;
	enum doc_err err = DOC_OK;

	for (size_t i = 0; i < signature->n && err == DOC_OK; i++) {
		err = xml_reference_digest(job->signer->crypto,
		    &signature->references[i], &digest, error);
		if (err == DOC_OK && !xml_encode(signature->references[i].value,
		    digest.p, digest.n))
			err = no_memory(error);
	}
	return err;
}

/* Whoever pairs a key with a certificate can be wrong; a card, too. */
static enum doc_err
check_value(const struct xml_job *job, const struct xml_signature *signature,
    const struct jpki_buf *value, struct doc_error *error)
{
	struct jpki_buf info = { NULL, 0 };
	enum doc_err err = xml_canonical(signature->info, signature->c14n,
	    &info, error);

	if (err == DOC_OK && !xml_signature_holds(job->signer->crypto,
	    X509_get0_pubkey(job->signer->cert), signature, &info, value))
		err = doc_fail(error, DOC_ERR_KEY, "the signature does not "
		    "match the certificate, and was not used");
	jpki_buf_free(&info);
	return err;
}

static enum doc_err
fill_value(const struct xml_job *job, struct xml_signature *signature,
    struct doc_error *error)
{
	struct jpki_buf value = { NULL, 0 };
	enum doc_err err = xml_signature_make(job->signer->crypto,
	    job->signer->key, signature, &value, error);

	if (err == DOC_OK)
		err = check_value(job, signature, &value, error);
	if (err == DOC_OK && !xml_encode(signature->value, value.p, value.n))
		err = no_memory(error);
	jpki_buf_free(&value);
	return err;
}

static enum doc_err
fill(const struct xml_job *job, struct doc_error *error)
{
	struct xml_scope scope = { NULL, job->options->files,
	    job->options->files_n };
	struct xml_signature signature;
	enum doc_err err = xml_signature_read(job->signature, &signature,
	    error);

	if (err == DOC_OK)
		err = xml_ids_read(job->doc, &scope.ids, error);
	if (err == DOC_OK)
		err = xml_signature_read_references(&signature, &scope, error);
	if (err == DOC_OK)
		err = fill_digests(job, &signature, error);
	if (err == DOC_OK)
		err = fill_value(job, &signature, error);
	if (err == DOC_OK && job->signer->timestamp != NULL)
		err = xades_stamp(job->signer, &signature, c14n_of(job),
		    error);
	xml_signature_clear(&signature);
	xml_ids_free(scope.ids);
	return err;
}

/* Without an encoding of its own libxml2 would write ASCII. */
static enum doc_err
write_document(xmlDoc *doc, struct jpki_buf *out, struct doc_error *error)
{
	const char *encoding = (const char *)doc->encoding;
	xmlChar *text = NULL;
	int n = 0;

	xmlDocDumpMemoryEnc(doc, &text, &n, encoding != NULL ? encoding :
	    "UTF-8");
	out->p = text != NULL && n > 0 ? malloc((size_t)n) : NULL;
	if (out->p != NULL) {
		memcpy(out->p, text, (size_t)n);
		out->n = (size_t)n;
	}
	xmlFree(text);
	return out->p != NULL ? DOC_OK : no_memory(error);
}

static enum doc_err
sign(const struct doc_signer *signer, const uint8_t *p, size_t n,
    const struct xml_options *options, struct jpki_buf *out,
    struct doc_error *error)
{
	struct xml_job job = { .signer = signer, .options = options };
	enum doc_err err;

	err = xml_options_check(signer, options, n, error);
	if (err == DOC_OK && !xml_start())
		err = doc_fail(error, DOC_ERR_INTERNAL,
		    "libxmlsec1 does not start");
	if (err == DOC_OK)
		err = xml_job_open(&job, p, n, error);
	if (err == DOC_OK)
		err = add_parts(&job, error);
	if (err == DOC_OK)
		err = fill(&job, error);
	if (err == DOC_OK)
		err = write_document(job.doc, out, error);
	xml_job_clear(&job);
	return err;
}

/* Without memory a document could lack what nobody would miss. */
enum doc_err
xml_sign(const struct doc_signer *signer, const uint8_t *p, size_t n,
    const struct xml_options *options, struct jpki_buf *out,
    struct doc_error *error)
{
	struct jpki_buf made = { NULL, 0 };
	enum doc_err err;

	xml_mem_watch();
	err = sign(signer, p, n, options, &made, error);
	if (xml_mem_short())
		err = doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	if (err == DOC_OK)
		*out = made;
	else
		jpki_buf_free(&made);
	return err;
}
