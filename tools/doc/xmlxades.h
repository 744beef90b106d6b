/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * XAdES-BES: what the signer says of a signature, in a ds:Object of it, and
 * signed like content (ETSI EN 319 132-1, 5).
 */
#ifndef XMLXADES_H
#define XMLXADES_H

#include "xmlsig.h"

#define XADES_TYPE	"http://uri.etsi.org/01903#SignedProperties"

/* Puts the object with the time and the certificate into a ds:Signature of
 * that Id, the properties under another. */
bool		xades_add(const struct doc_signer *signer, xmlNode *signature,
		    const char *id, const char *properties_id);

/* The xades:QualifyingProperties of a signature; NULL: it has none. */
xmlNode		*xades_find(const struct xml_signature *signature);
/* The xades:SignedProperties in them, or NULL. */
xmlNode		*xades_properties(const struct xml_signature *signature);

/*
 * XAdES-T: a time stamp over the ds:SignatureValue that is there now, in
 * properties that are not signed.  xades_stamp() needs what xades_add() made.
 */
enum doc_err	xades_stamp(const struct doc_signer *signer,
		    const struct xml_signature *signature, const char *c14n,
		    struct doc_error *error);
/* Notes CHECK_TIMESTAMP of every one that is there. */
enum doc_err	xades_check_stamps(const struct trust *trust,
		    const struct xml_signature *signature,
		    struct verdict_signature *out, struct doc_error *error);

/* Does it say, with digests that are known, that this one signed? */
bool		xades_names(OSSL_LIB_CTX *crypto, const xmlNode *properties,
		    X509 *cert);
/* When it was made; -1: it does not say.  False: what it says is no time. */
bool		xades_time(const xmlNode *properties, int64_t *when);

#endif
