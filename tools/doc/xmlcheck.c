/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checking: every ds:Signature of a document, wherever it stands.  What it
 * refers to is found by the names of elements that were made sure to be
 * unique, and by the names of files that were given; its key is that of a
 * certificate in it, and nothing else of ds:KeyInfo counts.
 */
#include "xml.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "language.h"
#include "xmlcover.h"
#include "xmlmem.h"
#include "xmlread.h"
#include "xmlsig.h"
#include "xmltree.h"
#include "xmlxades.h"

#define SIGNATURES_MAX	16
#define CERTS_MAX	16
#define WORK_MAX	((size_t)1 << 31)	/* bytes to be digested */

static const struct xml_given nothing_given;

/* A signature on its way to a verdict. */
struct judged {
	const struct trust		*trust;
	const struct xml_given		*given;
	struct xml_scope		 scope;
	struct xml_signature		 signature;
	struct verdict_signature	*out;
	STACK_OF(X509)			*certs;
	X509				*signer;	/* one of certs */
};

static enum doc_err
no_memory(struct doc_error *error)
{
	return doc_fail(error, DOC_ERR_MEMORY, "out of memory");
}

static enum doc_err
note(struct judged *j, enum check check, enum finding finding,
    const char *words, struct doc_error *error)
{
	return verdict_note(j->out, check, finding, words != NULL ? "%s" :
	    NULL, words) ? DOC_OK : no_memory(error);
}

/* What is wrong with a signature is said of it, and is no error. */
static enum doc_err
note_failure(struct judged *j, enum check check, enum doc_err err,
    struct doc_error *error)
{
	if (err != DOC_ERR_INPUT)
		return err;
	return note(j, check, FINDING_FAILED, error->words, error);
}

/*
 * Integrity.
 */

static enum doc_err
note_changed(struct judged *j, const struct xml_reference *r,
    struct doc_error *error)
{
	char quoted[XML_QUOTE_MAX];
	bool noted;

	if (r->file != NULL)
		noted = verdict_note(j->out, CHECK_INTEGRITY, FINDING_FAILED,
		    "the file \"%s\" is not the one that was signed",
		    xml_quote(r->file->name, quoted));
	else if (r->target != NULL)
		noted = verdict_note(j->out, CHECK_INTEGRITY, FINDING_FAILED,
		    "<%s> in line %ld was changed after it was signed",
		    xml_quote((const char *)r->target->name, quoted),
		    xmlGetLineNo(r->target));
	else
		noted = verdict_note(j->out, CHECK_INTEGRITY, FINDING_FAILED,
		    "the document was changed after it was signed");
	return noted ? DOC_OK : no_memory(error);
}

static enum doc_err
check_reference(struct judged *j, const struct xml_reference *r,
    struct doc_error *error)
{
	struct jpki_buf said = { NULL, 0 };
	struct xml_digest digest;
	enum doc_err err;
	bool same;

	err = xml_reference_digest(j->trust->crypto, r, &digest, error);
	if (err != DOC_OK)
		return note_failure(j, CHECK_INTEGRITY, err, error);
	same = xml_decode(r->value, &said) && said.n == digest.n &&
	    CRYPTO_memcmp(said.p, digest.p, digest.n) == 0;
	jpki_buf_free(&said);
	return same ? DOC_OK : note_changed(j, r, error);
}

static enum doc_err
check_integrity(struct judged *j, struct doc_error *error)
{
	enum doc_err err;

	err = xml_signature_read_references(&j->signature, &j->scope, error);
	if (err != DOC_OK)
		return note_failure(j, CHECK_INTEGRITY, err, error);
	for (size_t i = 0; i < j->signature.n && err == DOC_OK; i++)
		err = check_reference(j, &j->signature.references[i], error);
	if (err == DOC_OK)
		err = note(j, CHECK_INTEGRITY, FINDING_OK, NULL, error);
	if (err == DOC_OK && !xml_cover_judge(&j->signature, &j->scope,
	    j->given, j->out))
		err = no_memory(error);
	return err;
}

/*
 * The signature's value, and whose it is.
 */

static enum doc_err
read_cert(struct judged *j, const xmlNode *node, struct doc_error *error)
{
	struct jpki_buf der = { NULL, 0 };
	X509 *cert = NULL;

	if (sk_X509_num(j->certs) == CERTS_MAX)
		return doc_fail(error, DOC_ERR_INPUT, "it has more than %d "
		    "certificates", CERTS_MAX);
	if (xml_decode(node, &der))
		cert = trust_cert_new(j->trust->crypto, der.p, der.n);
	jpki_buf_free(&der);
	if (cert == NULL)
		return doc_fail(error, DOC_ERR_INPUT,
		    "a certificate in it cannot be read");
	if (sk_X509_push(j->certs, cert) > 0)
		return DOC_OK;
	X509_free(cert);
	return no_memory(error);
}

static enum doc_err
read_certs(struct judged *j, struct doc_error *error)
{
	const xmlNode *data = j->signature.key_info != NULL ?
	    xml_first(j->signature.key_info) : NULL;
	enum doc_err err = DOC_OK;

	j->certs = sk_X509_new_null();
	if (j->certs == NULL)
		return no_memory(error);
	for (; data != NULL; data = xml_next(data)) {
		if (!xml_is(data, XML_NS_DSIG, "X509Data"))
			continue;
		for (xmlNode *c = xml_first(data); c != NULL &&
		    err == DOC_OK; c = xml_next(c))
			if (xml_is(c, XML_NS_DSIG, "X509Certificate"))
				err = read_cert(j, c, error);
	}
	if (err == DOC_OK && sk_X509_num(j->certs) == 0)
		err = doc_fail(error, DOC_ERR_INPUT, "it has no certificate "
		    "(ds:X509Data), so that nobody can tell whose it is");
	return err;
}

/* More than one, of one key, are a choice that nobody signed. */
static enum doc_err
find_signer(struct judged *j, const struct jpki_buf *value,
    struct doc_error *error)
{
	struct jpki_buf info = { NULL, 0 };
	enum doc_err err;

	err = xml_canonical(j->signature.info, j->signature.c14n, &info, error);
	for (int i = 0; err == DOC_OK && i < sk_X509_num(j->certs); i++) {
		X509 *cert = sk_X509_value(j->certs, i);

		if (!xml_signature_holds(j->trust->crypto,
		    X509_get0_pubkey(cert), &j->signature, &info, value))
			continue;
		if (j->signer != NULL && X509_cmp(j->signer, cert) != 0)
			err = doc_fail(error, DOC_ERR_INPUT, "several "
			    "certificates in it could be the signer's");
		j->signer = cert;
	}
	jpki_buf_free(&info);
	if (err != DOC_OK)
		j->signer = NULL;
	else if (j->signer == NULL)
		err = doc_fail(error, DOC_ERR_INPUT, "no certificate in it "
		    "has a key that made it over what it is over now");
	return err;
}

static enum doc_err
check_value(struct judged *j, struct doc_error *error)
{
	struct jpki_buf value = { NULL, 0 };
	enum doc_err err = read_certs(j, error);

	if (err == DOC_OK && !xml_decode(j->signature.value, &value))
		err = doc_fail(error, DOC_ERR_INPUT,
		    "its ds:SignatureValue is not base64");
	if (err == DOC_OK)
		err = find_signer(j, &value, error);
	jpki_buf_free(&value);
	if (err != DOC_OK)
		return note_failure(j, CHECK_SIGNATURE, err, error);
	j->out->hash = j->signature.method->hash;
	return note(j, CHECK_SIGNATURE, FINDING_OK, NULL, error);
}

/*
 * What the signer says, and who that is.
 */

/* Only what is signed was said by the signer. */
static enum doc_err
check_properties(struct judged *j, struct doc_error *error)
{
	const xmlNode *properties = xades_properties(&j->signature);

	if (properties == NULL || !xml_covers(&j->signature, properties))
		return DOC_OK;
	if (!xades_time(properties, &j->out->claimed) &&
	    !verdict_note(j->out, CHECK_VALIDITY, FINDING_FAILED,
	    "the time of signing cannot be read"))
		return no_memory(error);
	if (xades_names(j->trust->crypto, properties, j->signer))
		return DOC_OK;
	return note(j, CHECK_SIGNATURE, FINDING_FAILED, _("its signed "
	    "properties do not name the certificate that signed"), error);
}

static enum doc_err
check_signer(struct judged *j, struct doc_error *error)
{
	enum doc_err err = check_properties(j, error);

	if (err == DOC_OK)
		err = xades_check_stamps(j->trust, &j->signature, j->out,
		    error);
	if (err == DOC_OK)
		err = trust_judge(j->trust, j->signer, j->certs, j->out,
		    error);
	return note_failure(j, CHECK_CHAIN, err, error);
}

static enum doc_err
check_signature(struct judged *j, xmlNode *node, struct doc_error *error)
{
	enum doc_err err = xml_signature_read(node, &j->signature, error);

	if (err != DOC_OK)
		return note_failure(j, CHECK_SIGNATURE, err, error);
	err = check_integrity(j, error);
	if (err == DOC_OK)
		err = check_value(j, error);
	if (err == DOC_OK && j->signer != NULL)
		err = check_signer(j, error);
	trust_certs_free(j->certs);
	xml_signature_clear(&j->signature);
	return err;
}

/*
 * All of them.
 */

struct found {
	xmlNode	*node[SIGNATURES_MAX];
	size_t	 n, references;
	bool	 too_many;
};

static void
find_signatures(xmlNode *node, struct found *found)
{
	for (; node != NULL && !found->too_many; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		found->references += xml_is(node, XML_NS_DSIG, "Reference");
		if (xml_is(node, XML_NS_DSIG, "Signature")) {
			found->too_many = found->n == SIGNATURES_MAX;
			if (!found->too_many)
				found->node[found->n++] = node;
		}
		find_signatures(node->children, found);
	}
}

/* Each reference can be to all of the document. */
static enum doc_err
check_amount(const struct found *found, size_t n, struct doc_error *error)
{
	if (found->n == 0)
		return doc_fail(error, DOC_ERR_INPUT,
		    "the document has no signature (ds:Signature)");
	if (found->too_many || found->references > WORK_MAX / n)
		return doc_fail(error, DOC_ERR_INPUT, "the document has more "
		    "signatures, or references in them, than can be checked");
	return DOC_OK;
}

/* As the signature calls itself, or by its number. */
static bool
set_label(const xmlNode *node, size_t number, struct verdict_signature *out)
{
	char *id = xml_attribute(node, "Id"), text[XML_QUOTE_MAX];

	if (id != NULL)
		xml_quote(id, text);
	else
		(void)snprintf(text, sizeof(text), "%zu", number);
	xmlFree(id);
	out->label = strdup(text);
	return out->label != NULL;
}

static enum doc_err
check_all(const struct judged *blank, const struct found *found,
    struct verdict *out, struct doc_error *error)
{
	enum doc_err err = DOC_OK;

	for (size_t i = 0; i < found->n && err == DOC_OK; i++) {
		struct judged j = *blank;

		j.out = verdict_add(out);
		if (j.out == NULL || !set_label(found->node[i], i + 1, j.out))
			return no_memory(error);
		err = check_signature(&j, found->node[i], error);
	}
	return err;
}

static enum doc_err
check(const struct trust *trust, const uint8_t *p, size_t n,
    const struct xml_given *given, struct verdict *out,
    struct doc_error *error)
{
	struct judged blank = { .trust = trust, .given = given != NULL ?
	    given : &nothing_given };
	struct found found = { .n = 0 };
	struct doc_error spare;
	xmlDoc *doc = NULL;
	enum doc_err err;

	if (error == NULL)
		error = &spare;
	ERR_set_mark();		/* what foreign bytes do to it is in words */
	blank.scope.files = blank.given->files;
	blank.scope.files_n = blank.given->files_n;
	err = xml_read(p, n, &doc, error);
	if (err == DOC_OK)
		err = xml_ids_read(doc, &blank.scope.ids, error);
	if (err != DOC_OK)
		goto out;
	find_signatures(doc->children, &found);
	err = check_amount(&found, n, error);
	if (err == DOC_OK)
		err = check_all(&blank, &found, out, error);
out:
	ERR_pop_to_mark();
	xml_ids_free(blank.scope.ids);
	xmlFreeDoc(doc);
	return err;
}

/* Without memory what is checked could be less than what is there. */
enum doc_err
xml_check(const struct trust *trust, const uint8_t *p, size_t n,
    const struct xml_given *given, struct verdict *out,
    struct doc_error *error)
{
	enum doc_err err;

	xml_mem_watch();
	err = check(trust, p, n, given, out, error);
	return xml_mem_short() ? doc_fail(error, DOC_ERR_MEMORY,
	    "out of memory") : err;
}
