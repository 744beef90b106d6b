/* SPDX-License-Identifier: BSD-2-Clause */
#include "cms_open.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "cms.h"
#include "language.h"
#include "trust.h"

#define SIGNERS_MAX	64
#define CERTS_MAX	256

/* *end: behind its last byte. */
static CMS_ContentInfo *
parse(OSSL_LIB_CTX *crypto, const uint8_t *der, size_t n, const uint8_t **end)
{
	CMS_ContentInfo *cms;

	if (n == 0 || n > LONG_MAX)
		return NULL;
	cms = CMS_ContentInfo_new_ex(crypto, NULL);
	*end = der;
	if (cms == NULL || d2i_CMS_ContentInfo(&cms, end, (long)n) == NULL)
		return NULL;		/* d2i freed it */
	return cms;
}

size_t
cms_size(OSSL_LIB_CTX *crypto, const uint8_t *der, size_t n)
{
	const uint8_t *end;
	CMS_ContentInfo *cms = parse(crypto, der, n, &end);
	size_t size = cms != NULL ? (size_t)(end - der) : 0;

	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return size;
}

/* Why it is not taken; NULL if it is. */
static const char *
fill(struct cms_message *m, int nid)
{
	ASN1_OCTET_STRING **content;

	if (OBJ_obj2nid(CMS_get0_type(m->cms)) != NID_pkcs7_signed)
		return _("the CMS is not a signed one");
	m->signers = CMS_get0_SignerInfos(m->cms);
	m->certs = CMS_get1_certs(m->cms);
	m->type = CMS_get0_eContentType(m->cms);
	content = CMS_get0_content(m->cms);
	if (content == NULL || m->type == NULL)
		return _("the CMS is broken");
	m->content = *content;
	if (OBJ_obj2nid(m->type) != nid)
		return _("what was signed in the CMS is no document");
	if (sk_CMS_SignerInfo_num(m->signers) <= 0)
		return _("the CMS holds no signature");
	if (sk_CMS_SignerInfo_num(m->signers) > SIGNERS_MAX ||
	    sk_X509_num(m->certs) > CERTS_MAX)
		return _("the CMS has more signers or certificates than "
		    "anybody needs");
	return NULL;
}

enum doc_err
cms_open(OSSL_LIB_CTX *crypto, const uint8_t *der, size_t n, int nid,
    struct cms_message *out, struct doc_error *error)
{
	struct cms_message m = { NULL, NULL, NULL, NULL, NULL };
	const uint8_t *end = NULL;
	const char *fault;

	m.cms = parse(crypto, der, n, &end);
	if (m.cms == NULL)
		fault = _("this is no CMS");
	else if (end != der + n)
		fault = _("something that nobody signed stands behind "
		    "the CMS");
	else
		fault = fill(&m, nid);
	ERR_clear_error();
	if (fault != NULL) {
		cms_close(&m);
		return doc_fail(error, DOC_ERR_INPUT, "%s", fault);
	}
	*out = m;
	return DOC_OK;
}

void
cms_close(struct cms_message *message)
{
	CMS_ContentInfo_free(message->cms);
	trust_certs_free(message->certs);
	memset(message, 0, sizeof(*message));
}

enum doc_err
cms_content(const struct cms_message *message, BIO *detached, BIO **out,
    struct doc_error *error)
{
	const ASN1_OCTET_STRING *content = message->content;

	if (content == NULL && detached == NULL)
		return doc_fail(error, DOC_ERR_OPTION, "what was signed is not "
		    "in the CMS; give it with --content");
	if (content != NULL && detached != NULL)
		return doc_fail(error, DOC_ERR_OPTION, "what was signed is in "
		    "the CMS; leave out --content");
	if (content == NULL) {
		*out = detached;
		return BIO_up_ref(detached) == 1 ? DOC_OK :
		    doc_fail(error, DOC_ERR_INTERNAL, "OpenSSL failed");
	}
	*out = BIO_new_mem_buf(ASN1_STRING_get0_data(content),
	    ASN1_STRING_length(content));
	return *out != NULL ? DOC_OK :
	    doc_fail(error, DOC_ERR_MEMORY, "out of memory");
}

enum doc_err
cms_der(CMS_ContentInfo *cms, struct jpki_buf *out, struct doc_error *error)
{
	int n = i2d_CMS_ContentInfo(cms, NULL);
	uint8_t *room, *p;

	if (n <= 0)
		return doc_fail_crypto(error, DOC_ERR_INTERNAL,
		    "the CMS cannot be encoded");
	p = room = malloc((size_t)n);
	if (room == NULL)
		return doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	if (i2d_CMS_ContentInfo(cms, &p) != n) {
		free(room);
		return doc_fail_crypto(error, DOC_ERR_INTERNAL,
		    "the CMS cannot be encoded");
	}
	*out = (struct jpki_buf){ room, (size_t)n };
	return DOC_OK;
}
