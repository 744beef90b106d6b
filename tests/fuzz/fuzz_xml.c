/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Foreign XML, checked and signed.  All that the corpus has signed says that
 * the sum is 1000: whatever holds has to say so, too, wherever somebody looks
 * for it.  What is signed here has to hold.
 *
 * The last byte of an input says what is done with the document before it.
 * Where it is signed again, digests and value fit whatever stands there: then
 * only what the signature covers is left to be judged, and it has to be all.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "fixture.h"
#include "fuzz.h"
#include "xml.h"
#include "xml_mutate.h"
#include "xmlread.h"
#include "xmlsig.h"
#include "xmltree.h"

#define NOW	1767225600	/* 2026-01-01 00:00:00 UTC */

/* Bits of the last byte. */
#define SHAPE		0x07
#define SIGNED_AGAIN	0x08
#define WITH_ID		0x10
#define WITH_FILE	0x20

static const char *const ids[] = { "sum" };
static const struct xml_file file = { "f", (const uint8_t *)"1000", 4 };
static const struct xml_file other_file = { "f", (const uint8_t *)"9000", 4 };

/* 0 is to check it only. */
static const struct xml_options shapes[] = {
	{ .shape = XML_ENVELOPED },
	{ .shape = XML_ENVELOPED },
	{ .shape = XML_ENVELOPED, .exclusive = true, .xades = true },
	{ .shape = XML_ENVELOPING },
	{ .shape = XML_ENVELOPING, .exclusive = true, .xades = true },
	{ .shape = XML_DETACHED, .ids = ids, .ids_n = 1, .files = &file,
	    .files_n = 1, .ca = true },
	{ .profile = XML_ETAX },
	{ .profile = XML_EGOV },
};

static struct world {
	struct trust		 trust;
	struct doc_signer	 signer;
} world;

static X509 *
cert_of(const struct fixture *fixture)
{
	struct jpki_buf der = fixture_make(fixture);
	X509 *cert = trust_cert_new(fixture_crypto(), der.p, der.n);

	fuzz_law(cert != NULL, "a certificate");
	jpki_buf_free(&der);
	return cert;
}

static void
make_world(void)
{
	if (world.trust.ctx != NULL)
		return;
	fuzz_law(jpki_ctx_new(&world.trust.ctx) == JPKI_OK, "a context");
	world.trust.crypto = fixture_crypto();
	world.trust.now = NOW;
	world.trust.anchors = sk_X509_new_null();
	fuzz_law(sk_X509_push(world.trust.anchors, cert_of(&fixture_ca)) > 0,
	    "memory");
	world.signer = (struct doc_signer){ .crypto = fixture_crypto(),
	    .key = fixture_key(FIXTURE_RSA), .cert = cert_of(&fixture_sign),
	    .hash = JPKI_HASH_SHA256, .now = NOW };
}

static void
check_sums(const xmlNode *node)
{
	for (; node != NULL; node = node->next) {
		const xmlNode *text = node->children;

		if (node->type != XML_ELEMENT_NODE)
			continue;
		/* As a careless reader does: the first text of an element. */
		if (node->ns == NULL &&
		    strcmp((const char *)node->name, "sum") == 0)
			fuzz_law(text != NULL && text->content != NULL &&
			    strcmp((const char *)text->content, "1000") == 0,
			    "what holds says what was signed");
		check_sums(node->children);
	}
}

static void
check_content(struct slice text)
{
	xmlDoc *doc = NULL;

	fuzz_law(xml_read(text.p, text.n, &doc, NULL) == DOC_OK,
	    "what holds can be read");
	check_sums(doc->children);
	xmlFreeDoc(doc);
}

/* Does it have a signature at all?  *holds: and do all of them hold? */
static bool
check(struct slice text, const struct xml_given *given, bool *holds)
{
	struct verdict verdict = { .n = 0 };
	struct doc_error error = { .words = "" };
	enum doc_err err;

	err = xml_check(&world.trust, text.p, text.n, given, &verdict,
	    &error);
	fuzz_law(err == DOC_OK || err == DOC_ERR_INPUT,
	    "a document is judged, or is none");
	fuzz_law((err == DOC_OK) == (verdict.n > 0), "judged by signatures");
	fuzz_law(err == DOC_OK || error.words[0] != '\0', "or in words");
	*holds = err == DOC_OK && verdict_holds(&verdict);
	verdict_free(&verdict);
	fuzz_law(ERR_peek_error() == 0, "no error is left behind");
	return err == DOC_OK;
}

static bool
holds(struct slice text, const struct xml_given *given)
{
	bool holds;

	return check(text, given, &holds) && holds;
}

static void
sign(struct slice text, const struct xml_options *options)
{
	struct jpki_buf out = { NULL, 0 };
	struct xml_given given = { .files = options->files,
	    .files_n = options->files_n, .ids = options->ids,
	    .ids_n = options->ids_n };
	bool holds = false;

	if (xml_sign(&world.signer, text.p, text.n, options, &out, NULL) !=
	    DOC_OK) {
		fuzz_law(out.p == NULL, "signed, or nothing");
		return;
	}
	fuzz_law(check(fixture_slice(&out), &given, &holds),
	    "it has a signature");
	/* Profiles leave out what stands around their element. */
	fuzz_law(holds || options->profile != XML_PLAIN,
	    "what we sign holds");
	jpki_buf_free(&out);
}

/*
 * Signed again.
 */

static bool
fit(xmlNode *node, const struct xml_scope *scope)
{
	struct xml_signature s;
	struct xml_digest md;
	struct jpki_buf value = { NULL, 0 };
	bool fits;

	if (xml_signature_read(node, &s, NULL) != DOC_OK)
		return false;
	fits = xml_signature_read_references(&s, scope, NULL) == DOC_OK;
	for (size_t i = 0; fits && i < s.n; i++) {
		xmlNode *said = (xmlNode *)(uintptr_t)s.references[i].value;

		fits = xml_reference_digest(fixture_crypto(),
		    &s.references[i], &md, NULL) == DOC_OK;
		if (fits) {
			xmlNodeSetContent(said, NULL);
			fits = xml_encode(said, md.p, md.n);
		}
	}
	fits = fits && xml_signature_make(fixture_crypto(), world.signer.key,
	    &s, &value, NULL) == DOC_OK;
	if (fits) {
		xmlNodeSetContent(s.value, NULL);
		fits = xml_encode(s.value, value.p, value.n);
	}
	jpki_buf_free(&value);
	xml_signature_clear(&s);
	return fits;
}

/* The outer ones last: they may be over the inner ones. */
static void
fit_all(xmlNode *node, const struct xml_scope *scope, unsigned *left)
{
	for (; node != NULL; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		fit_all(node->children, scope, left);
		if (*left > 0 && xml_is(node, XML_NS_DSIG, "Signature") &&
		    fit(node, scope))
			--*left;
	}
}

/* What everybody takes for content: not what only signatures have. */
static bool
is_content(const xmlNode *node)
{
	static const char *const own[] = { XML_NS_DSIG, XML_NS_XADES,
	    "http://www.w3.org/2009/xmldsig11#",
	    "http://uri.etsi.org/01903/v1.4.1#", XML_C14N_EXC };
	const char *ns = node->ns != NULL ? (const char *)node->ns->href : "";

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (strcmp(ns, own[i]) == 0)
			return false;
	return true;
}

static xmlNode *
find_content(xmlNode *node, unsigned *skip)
{
	xmlNode *found = NULL;

	for (; node != NULL && found == NULL; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		if (is_content(node) && (*skip)-- == 0)
			return node;
		found = find_content(node->children, skip);
	}
	return found;
}

static void
change(xmlNode *node, unsigned how)
{
	xmlDoc *doc = node->doc;

	if (how % 4 == 0)
		(void)xmlSetProp(node, (const xmlChar *)"currency", (const xmlChar *)"9000");
	else if (how % 4 == 1)
		(void)xmlAddChild(node, xmlNewDocText(doc, (const xmlChar *)"9000"));
	else if (how % 4 == 2)
		(void)xmlAddChild(node, xmlNewDocPI(doc, (const xmlChar *)"sum",
		    (const xmlChar *)"9000"));
	else
		(void)xmlAddChild(node, xmlNewDocNode(doc, NULL,
		    (const xmlChar *)"sum", (const xmlChar *)"9000"));
}

static struct jpki_buf
text_of(xmlDoc *doc)
{
	struct jpki_buf text = { NULL, 0 };
	xmlChar *out = NULL;
	int n = 0;

	xmlDocDumpMemory(doc, &out, &n);
	fuzz_law(out != NULL && n > 0 && buf_copy(slice_of(out, (size_t)n),
	    &text) == JPKI_OK, "memory");
	xmlFree(out);
	return text;
}

/* Whatever holds holds no longer if it is changed where it was asked for. */
static void
expect_covered(xmlDoc *doc, const struct xml_given *given, unsigned place)
{
	unsigned skip = place % 16;
	xmlHashTable *all = NULL;
	struct jpki_buf text;
	xmlNode *node;

	if (given->ids_n > 0 && xml_ids_read(doc, &all, NULL) == DOC_OK)
		node = xml_ids_find(all, ids[0]);
	else
		node = find_content(doc->children, &skip);
	xml_ids_free(all);
	if (node == NULL)
		return;
	change(node, place >> 4);
	text = text_of(doc);
	fuzz_law(!holds(fixture_slice(&text), given),
	    "what was changed does not hold");
	jpki_buf_free(&text);
}

static void
sign_again(struct slice in, const struct xml_given *given, unsigned place)
{
	struct xml_given others = *given;
	struct xml_scope scope = { .files = given->files,
	    .files_n = given->files_n };
	unsigned left = 2;
	xmlDoc *doc = NULL;
	struct jpki_buf text;

	if (xml_read(in.p, in.n, &doc, NULL) != DOC_OK)
		return;
	if (xml_ids_read(doc, &scope.ids, NULL) == DOC_OK)
		fit_all(doc->children, &scope, &left);
	xml_ids_free(scope.ids);
	text = text_of(doc);
	if (holds(fixture_slice(&text), given)) {
		expect_covered(doc, given, place);
		others.files = &other_file;
		fuzz_law(given->files_n == 0 ||
		    !holds(fixture_slice(&text), &others),
		    "another file does not hold");
	}
	jpki_buf_free(&text);
	xmlFreeDoc(doc);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = fuzz_in_of(data, size);
	uint8_t how = fuzz_last_u8(&in);
	struct slice text = slice_of(in.p, in.n);
	struct xml_given given = { .ids = ids, .ids_n = how & WITH_ID ? 1 : 0,
	    .files = &file, .files_n = how & WITH_FILE ? 1 : 0 };
	bool good, any;

	make_world();
	any = check(text, &given, &good);
	if (good && given.ids_n == 0)
		check_content(text);
	if ((how & SIGNED_AGAIN) != 0)
		sign_again(text, &given, (unsigned)size + how);
	else if ((how & SHAPE) > 0 && !any)
		sign(text, &shapes[how & SHAPE]);
	ERR_clear_error();
	return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
    unsigned seed)
{
	uint8_t how = size > 0 ? data[size - 1] : 0;
	size_t n;

	if (size < 2 || seed % 4 == 0)
		return LLVMFuzzerMutate(data, size, max_size);
	if (seed % 32 == 1)
		how = (uint8_t)(seed >> 5) & (SHAPE | SIGNED_AGAIN |
		    WITH_ID | WITH_FILE);
	n = xml_mutate(data, size - 1, max_size - 1, seed >> 2);
	data[n] = how;
	return n + 1;
}
