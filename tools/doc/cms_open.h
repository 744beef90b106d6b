/* SPDX-License-Identifier: BSD-2-Clause */
/* A CMS SignedData that came from elsewhere, opened within bounds. */
#ifndef CMS_OPEN_H
#define CMS_OPEN_H

#include <openssl/cms.h>

#include "doc.h"

struct cms_message {
	CMS_ContentInfo			*cms;
	STACK_OF(X509)			*certs;
	STACK_OF(CMS_SignerInfo)	*signers;	/* of cms; 1 or more */
	const ASN1_OBJECT		*type;		/* of the content */
	const ASN1_OCTET_STRING		*content;	/* NULL: detached */
};

/*
 * DER or BER, without a byte behind it; its content is of the type nid.
 * DOC_ERR_INPUT: it is something else, or nobody signed it.
 */
enum doc_err	cms_open(OSSL_LIB_CTX *crypto, const uint8_t *der, size_t n,
		    int nid, struct cms_message *out,
		    struct doc_error *error);
/* Takes one that was never opened, of nothing but zeros. */
void		cms_close(struct cms_message *message);

/* What stands in it: bytes of an attached content, or of a detached one.
 * DOC_ERR_OPTION: detached is there and should not, or the other way round. */
enum doc_err	cms_content(const struct cms_message *message, BIO *detached,
		    BIO **out, struct doc_error *error);

/* DER of the whole. */
enum doc_err	cms_der(CMS_ContentInfo *cms, struct jpki_buf *out,
		    struct doc_error *error);

#endif
