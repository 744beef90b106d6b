/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ds:Signature, taken apart: nothing in it that the standard does not have
 * there, and nothing that could be read in two ways.
 */
#ifndef XMLSIG_H
#define XMLSIG_H

#include "xmlref.h"

struct xml_signature {
	xmlNode				*node;
	xmlNode				*info;		/* ds:SignedInfo */
	xmlNode				*c14n;
	const struct xml_method		*method;
	xmlNode				*value;		/* ds:SignatureValue */
	xmlNode				*key_info;	/* or NULL */
	struct xml_reference		*references;
	size_t				 n;
};

/* All but the references.  out needs no clearing after it. */
enum doc_err	xml_signature_read(xmlNode *node, struct xml_signature *out,
		    struct doc_error *error);
/* The references, if it has been read; to be cleared also after an error. */
enum doc_err	xml_signature_read_references(struct xml_signature *signature,
		    const struct xml_scope *scope, struct doc_error *error);
void		xml_signature_clear(struct xml_signature *signature);

/* How many ds:Reference it says to have. */
size_t		xml_signature_count(const struct xml_signature *signature);

/*
 * The value of a signature over ds:SignedInfo as it is now.  A key may be of
 * a provider of crypto, and never leave it: libxmlsec1 has one context for a
 * process, and takes a key for a private one only if it can see it.
 */
enum doc_err	xml_signature_make(OSSL_LIB_CTX *crypto, EVP_PKEY *key,
		    const struct xml_signature *signature,
		    struct jpki_buf *out, struct doc_error *error);
bool		xml_signature_holds(OSSL_LIB_CTX *crypto, EVP_PKEY *key,
		    const struct xml_signature *signature,
		    const struct jpki_buf *info, const struct jpki_buf *value);

/* "RSA", "EC", or NULL. */
const char	*xml_key_type(const EVP_PKEY *key);

#endif
