/* SPDX-License-Identifier: BSD-2-Clause */
/* One signer of a CMS: whether the signature is one, and of what. */
#ifndef CMS_SIGNER_H
#define CMS_SIGNER_H

#include "cms_open.h"
#include "hashes.h"
#include "verdict.h"

struct cms_signer {
	const struct cms_message	*message;
	CMS_SignerInfo			*info;
	STACK_OF(X509)			*anchors;	/* or NULL */
	bool				 needs_ess;	/* RFC 3161 does */
	X509				*cert;		/* message's; or NULL */
};

/* What the digest of the content has to be made with; NONE: with nothing that
 * is accepted. */
enum jpki_hash	cms_signer_hash(CMS_SignerInfo *info);

/*
 * Finds the signer's certificate, notes CHECK_INTEGRITY and CHECK_SIGNATURE,
 * and sets hash and claimed.  content: digests, those of cms_signer_hash()
 * among them.  False: no memory.
 */
bool		cms_signer_judge(struct cms_signer *signer,
		    const struct hashes *content,
		    struct verdict_signature *out);

/* The one value of a signed attribute; NULL if there is none, or not one. */
const void	*cms_signed_value(CMS_SignerInfo *info, int nid, int type);

#endif
