/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Foreign XML, checked and signed.  All that the corpus has signed says that
 * the sum is 1000: whatever holds has to say so, too, wherever somebody looks
 * for it.  What is signed here has to hold.
 *
 * The last byte of an input says what is done with the document before it.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "fixture.h"
#include "fuzz.h"
#include "xml.h"
#include "xmlread.h"

#define NOW	1767225600	/* 2026-01-01 00:00:00 UTC */

/* 0 is to check it only. */
static const struct xml_options shapes[] = {
	{ .shape = XML_ENVELOPED },
	{ .shape = XML_ENVELOPED },
	{ .shape = XML_ENVELOPED, .exclusive = true, .xades = true },
	{ .shape = XML_ENVELOPING },
	{ .shape = XML_ENVELOPING, .exclusive = true, .xades = true },
	{ .shape = XML_ENVELOPING, .base64 = true },
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
check(struct slice text, bool *holds)
{
	struct verdict verdict = { .n = 0 };
	struct doc_error error = { .words = "" };
	enum doc_err err;

	err = xml_check(&world.trust, text.p, text.n, NULL, &verdict, &error);
	fuzz_law(err == DOC_OK || err == DOC_ERR_INPUT,
	    "a document is judged, or is none");
	fuzz_law((err == DOC_OK) == (verdict.n > 0), "judged by signatures");
	fuzz_law(err == DOC_OK || error.words[0] != '\0', "or in words");
	*holds = err == DOC_OK && verdict_holds(&verdict);
	verdict_free(&verdict);
	fuzz_law(ERR_peek_error() == 0, "no error is left behind");
	return err == DOC_OK;
}

static void
sign(struct slice text, const struct xml_options *options)
{
	struct jpki_buf out = { NULL, 0 };
	bool holds = false;

	if (xml_sign(&world.signer, text.p, text.n, options, &out, NULL) !=
	    DOC_OK) {
		fuzz_law(out.p == NULL, "signed, or nothing");
		return;
	}
	fuzz_law(check(fixture_slice(&out), &holds), "it has a signature");
	/* Profiles leave out what stands around their element. */
	fuzz_law(holds || options->profile != XML_PLAIN,
	    "what we sign holds");
	jpki_buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = fuzz_in_of(data, size);
	unsigned shape = fuzz_last_below(&in, sizeof(shapes) /
	    sizeof(shapes[0]));
	struct slice text = slice_of(in.p, in.n);
	bool holds, any;

	make_world();
	any = check(text, &holds);
	if (holds)
		check_content(text);
	if (shape > 0 && !any)
		sign(text, &shapes[shape]);
	ERR_clear_error();
	return 0;
}
