/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CMS SignedData (RFC 5652) as CAdES-BES has it (ETSI EN 319 122-1): signed
 * attributes content type, message digest, signing time and ESS
 * signing-certificate-v2 (RFC 5035); the signer's and its CA's certificate.
 */
#ifndef CMS_H
#define CMS_H

#include <openssl/bio.h>

#include "doc.h"
#include "trust.h"

struct cms_options {
	bool	 detached;	/* the content is not in it */
	bool	 no_signing_time; /* PAdES: the time stands in the document */
};

/* Bytes of a content that can be in a signature: it is in memory then. */
#define CMS_ATTACHED_MAX	((size_t)512 << 20)

/*
 * A signature over all that can be read from content.  The content is read
 * once, from front to back, and not kept unless it goes into the result: a
 * detached signature takes the same memory whatever its content's size.
 * *out: DER.
 */
enum doc_err	cms_sign(const struct doc_signer *signer, BIO *content,
		    const struct cms_options *options, struct jpki_buf *out,
		    struct doc_error *error);

/*
 * The same in two steps, for whoever reads ahead: what is read needs of the
 * signer crypto and hash alone, and no key.  The second step can be done once.
 */
struct cms_draft;

enum doc_err	cms_draft_read(const struct doc_signer *signer, BIO *content,
		    const struct cms_options *options, struct cms_draft **out,
		    struct doc_error *error);
enum doc_err	cms_draft_sign(const struct doc_signer *signer,
		    struct cms_draft *draft, struct jpki_buf *out,
		    struct doc_error *error);
/* Takes one that is NULL, and makes it NULL. */
void		cms_draft_free(struct cms_draft **draft);

/* One signer more on an existing one; the others' signatures stay as they are.
 * content: of a detached one, else NULL; it has to be what the others signed.
 * cms may be BER; *out: DER. */
enum doc_err	cms_add(const struct doc_signer *signer,
		    const struct jpki_buf *cms, BIO *content,
		    struct jpki_buf *out, struct doc_error *error);

/*
 * Notes all checks of every signer but CHECK_COVERAGE, which whoever has the
 * content judges.  content: of a detached one, else NULL.  DER or BER, and
 * nothing behind it.  claimed: when it was signed as the document around it
 * says (-1: it does not), if the CMS itself says nothing.
 * DOC_ERR_INPUT: it is no CMS that somebody signed.
 */
enum doc_err	cms_check(const struct trust *trust, const uint8_t *der,
		    size_t n, BIO *content, int64_t claimed,
		    struct verdict *out, struct doc_error *error);

/* Bytes of the CMS that these begin with, be it DER or BER; 0: it is none. */
size_t		cms_size(OSSL_LIB_CTX *crypto, const uint8_t *der, size_t n);

/*
 * A file that holds a CMS as it is or in PEM: its DER or BER.  What is neither
 * is DOC_ERR_INPUT.
 */
enum doc_err	cms_unwrap(const uint8_t *bytes, size_t n,
		    struct jpki_buf *out, struct doc_error *error);
/* In PEM, "-----BEGIN CMS-----". */
enum doc_err	cms_pem(const struct jpki_buf *der, struct jpki_buf *out,
		    struct doc_error *error);

/*
 * S/MIME (RFC 8551): multipart/signed, made of content and a detached
 * signature over it.  content is a part of MIME with its header, every line
 * ended by CR LF: what cms_smime_part() makes.
 */
enum doc_err	cms_smime(OSSL_LIB_CTX *crypto, const struct jpki_buf *der,
		    const struct jpki_buf *content, struct jpki_buf *out,
		    struct doc_error *error);
/* Any bytes as such a part, in Base64, which mail does not change.
 * type: "text/plain; charset=UTF-8". */
enum doc_err	cms_smime_part(const char *type, BIO *bytes,
		    struct jpki_buf *out, struct doc_error *error);

/*
 * The two parts of such a mail: *content as it was signed, with its header;
 * what stands around it, the mail's own header above all, nobody signed.  Of
 * a mail that holds the content in the CMS (application/pkcs7-mime), *content
 * stays empty.  DOC_ERR_INPUT: it is no signed mail.
 */
enum doc_err	cms_smime_read(OSSL_LIB_CTX *crypto, const uint8_t *bytes,
		    size_t n, struct jpki_buf *der, struct jpki_buf *content,
		    struct doc_error *error);

#endif
