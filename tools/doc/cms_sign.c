/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OpenSSL makes everything but the signature itself: its CMS wants a key of
 * its own library context, of which it can compare the public half.  A key on
 * a card signs, and does nothing else.
 */
#include "cms.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pkcs7.h>

#include "cms_open.h"
#include "cms_signer.h"
#include "timestamp.h"

#define CHUNK		(1 << 15)

/* What is to be signed, once it was read. */
struct cms_draft {
	CMS_ContentInfo	*cms;
	struct hashes	 content;
	enum jpki_hash	 hash;
	bool		 timed, used;
};

static enum doc_err
check_hash(const struct doc_signer *signer, struct doc_error *error)
{
	return hash_is_safe(signer->hash) ? DOC_OK : doc_fail(error,
	    DOC_ERR_OPTION, "documents are signed with sha256, sha384 or "
	    "sha512");
}

static enum doc_err
check_key(const struct doc_signer *signer, struct doc_error *error)
{
	EVP_PKEY *key = X509_get0_pubkey(signer->cert);

	if (key == NULL || (!doc_key_is(key, "RSA") &&
	    !doc_key_is(key, "EC")))
		return doc_fail(error, DOC_ERR_OPTION, "documents are signed "
		    "with an RSA or an EC key");
	return DOC_OK;
}

/* Neither twice. */
static bool
add_cert(CMS_ContentInfo *cms, X509 *cert)
{
	STACK_OF(X509) *certs;
	bool there = false;

	if (cert == NULL)
		return true;
	certs = CMS_get1_certs(cms);
	for (int i = 0; i < sk_X509_num(certs); i++)
		there |= X509_cmp(sk_X509_value(certs, i), cert) == 0;
	trust_certs_free(certs);
	return there || CMS_add1_cert(cms, cert) == 1;
}

static CMS_SignerInfo *
add_info(const struct doc_signer *signer, CMS_ContentInfo *cms)
{
	EVP_MD *md = hash_fetch(signer->crypto, signer->hash);
	EVP_PKEY *key = X509_get0_pubkey(signer->cert);
	CMS_SignerInfo *info = NULL;

	/* With the public key: see above. */
	if (md != NULL && add_cert(cms, signer->cert) &&
	    add_cert(cms, signer->ca))
		info = CMS_add1_signer(cms, signer->cert, key, md,
		    CMS_PARTIAL | CMS_BINARY | CMS_NOCERTS | CMS_NOSMIMECAP |
		    CMS_CADES);
	EVP_MD_free(md);
	return info;
}

static bool
add_time(CMS_SignerInfo *info, int64_t now)
{
	ASN1_TIME *time = ASN1_TIME_set(NULL, (time_t)now);
	bool done = time != NULL && CMS_signed_add1_attr_by_NID(info,
	    NID_pkcs9_signingTime, ASN1_STRING_type(time), time, -1) == 1;

	ASN1_TIME_free(time);
	return done;
}

static bool
add_attributes(const struct doc_signer *signer, CMS_ContentInfo *cms,
    CMS_SignerInfo *info, const struct hashes *content, bool timed)
{
	return CMS_signed_add1_attr_by_NID(info, NID_pkcs9_contentType,
	    V_ASN1_OBJECT, CMS_get0_eContentType(cms), -1) == 1 &&
	    CMS_signed_add1_attr_by_NID(info, NID_pkcs9_messageDigest,
	    V_ASN1_OCTET_STRING, content->md[signer->hash],
	    (int)jpki_hash_size(signer->hash)) == 1 &&
	    (!timed || add_time(info, signer->now));
}

/* RFC 5652, 5.4: what is signed is the set of attributes, in DER. */
static int
encode_attributes(CMS_SignerInfo *info, unsigned char **out)
{
	STACK_OF(X509_ATTRIBUTE) *all = sk_X509_ATTRIBUTE_new_null();
	int count = CMS_signed_get_attr_count(info), n = -1;
	bool done = all != NULL;

	for (int i = 0; done && i < count; i++)
		done = sk_X509_ATTRIBUTE_push(all,
		    CMS_signed_get_attr(info, i)) > 0;
	if (done)
		n = ASN1_item_i2d((ASN1_VALUE *)all, out,
		    ASN1_ITEM_rptr(PKCS7_ATTR_SIGN));
	sk_X509_ATTRIBUTE_free(all);
	return n;
}

static bool
sign_bytes(const struct doc_signer *signer, const unsigned char *bytes,
    size_t n, ASN1_OCTET_STRING *out)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t sig_n = (size_t)EVP_PKEY_get_size(signer->key);
	unsigned char *sig = OPENSSL_malloc(sig_n);
	bool done = ctx != NULL && sig != NULL &&
	    EVP_DigestSignInit_ex(ctx, NULL, jpki_hash_name(signer->hash),
	    signer->crypto, NULL, signer->key, NULL) == 1 &&
	    EVP_DigestSign(ctx, sig, &sig_n, bytes, n) == 1 &&
	    sig_n <= INT_MAX;

	if (done)
		ASN1_STRING_set0(out, sig, (int)sig_n);
	else
		OPENSSL_free(sig);
	EVP_MD_CTX_free(ctx);
	return done;
}

/* Whoever pairs a key with a certificate can be wrong; a card, too. */
static bool
holds(const struct doc_signer *signer, const unsigned char *bytes, size_t n,
    const ASN1_OCTET_STRING *sig)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool holds = ctx != NULL && EVP_DigestVerifyInit_ex(ctx, NULL,
	    jpki_hash_name(signer->hash), signer->crypto, NULL,
	    X509_get0_pubkey(signer->cert), NULL) == 1 &&
	    EVP_DigestVerify(ctx, ASN1_STRING_get0_data(sig),
	    (size_t)ASN1_STRING_length(sig), bytes, n) == 1;

	EVP_MD_CTX_free(ctx);
	return holds;
}

static enum doc_err
sign_info(const struct doc_signer *signer, CMS_SignerInfo *info,
    struct doc_error *error)
{
	ASN1_OCTET_STRING *sig = CMS_SignerInfo_get0_signature(info);
	unsigned char *bytes = NULL;
	int n = encode_attributes(info, &bytes);
	enum doc_err err = DOC_OK;

	if (n <= 0)
		return doc_fail_crypto(error, DOC_ERR_INTERNAL,
		    "the signed attributes cannot be encoded");
	if (!sign_bytes(signer, bytes, (size_t)n, sig))
		err = doc_fail_crypto(error, DOC_ERR_KEY,
		    "the key did not sign");
	else if (!holds(signer, bytes, (size_t)n, sig))
		err = doc_fail_crypto(error, DOC_ERR_KEY, "the signature does "
		    "not match the certificate, and was not used");
	OPENSSL_free(bytes);
	return err;
}

/* RFC 3161, appendix A. */
static enum doc_err
stamp(const struct doc_signer *signer, CMS_SignerInfo *info,
    struct doc_error *error)
{
	ASN1_OCTET_STRING *sig = CMS_SignerInfo_get0_signature(info);
	struct jpki_buf token = { NULL, 0 };
	enum doc_err err;

	if (signer->timestamp == NULL)
		return DOC_OK;
	err = timestamp_fetch(signer, ASN1_STRING_get0_data(sig),
	    (size_t)ASN1_STRING_length(sig), &token, error);
	if (err == DOC_OK && CMS_unsigned_add1_attr_by_NID(info,
	    NID_id_smime_aa_timeStampToken, V_ASN1_SEQUENCE, token.p,
	    (int)token.n) != 1)
		err = doc_fail_crypto(error, DOC_ERR_INTERNAL,
		    "the time stamp cannot be added");
	jpki_buf_free(&token);
	return err;
}

static enum doc_err
add_signer(const struct doc_signer *signer, CMS_ContentInfo *cms,
    const struct hashes *content, bool timed, struct doc_error *error)
{
	CMS_SignerInfo *info = add_info(signer, cms);
	enum doc_err err;

	if (info == NULL || !add_attributes(signer, cms, info, content, timed))
		return doc_fail_crypto(error, DOC_ERR_INTERNAL,
		    "the signer cannot be added");
	err = sign_info(signer, info, error);
	return err == DOC_OK ? stamp(signer, info, error) : err;
}

/* All of it in memory: DER has to know its length. */
static enum doc_err
attach(CMS_ContentInfo *cms, BIO *content, struct doc_error *error)
{
	ASN1_OCTET_STRING **in = CMS_get0_content(cms);
	BUF_MEM *all = BUF_MEM_new();
	size_t have = 0;
	int n = 1;

	while (in != NULL && all != NULL && have <= CMS_ATTACHED_MAX && n > 0) {
		if (BUF_MEM_grow(all, have + CHUNK) == 0)
			break;
		n = BIO_read(content, all->data + have, CHUNK);
		have += n > 0 ? (size_t)n : 0;
	}
	if (n <= 0 && (n == 0 || BIO_eof(content))) {
		ASN1_STRING_set0(*in, all->data, (int)have);
		all->data = NULL;
	}
	BUF_MEM_free(all);
	if (have > CMS_ATTACHED_MAX)
		return doc_fail(error, DOC_ERR_INPUT, "the content is too "
		    "large to be put into the signature; sign it detached");
	if (n > 0)
		return doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	return n == 0 || BIO_eof(content) ? DOC_OK : doc_fail(error,
	    DOC_ERR_IO, "what is to be signed cannot be read");
}

static enum doc_err
take_content(const struct doc_signer *signer, CMS_ContentInfo *cms,
    BIO *content, struct hashes *hashes, struct doc_error *error)
{
	struct cms_message m = { .cms = cms };
	BIO *attached = NULL;
	enum doc_err err;

	hashes->wanted[signer->hash] = true;
	if (CMS_is_detached(cms))
		return hashes_read(signer->crypto, content, hashes, error);
	err = attach(cms, content, error);
	if (err != DOC_OK)
		return err;
	m.content = *CMS_get0_content(cms);
	err = cms_content(&m, NULL, &attached, error);
	if (err == DOC_OK)
		err = hashes_read(signer->crypto, attached, hashes, error);
	BIO_free(attached);
	return err;
}

enum doc_err
cms_draft_read(const struct doc_signer *signer, BIO *content,
    const struct cms_options *options, struct cms_draft **out,
    struct doc_error *error)
{
	struct cms_draft *draft;
	enum doc_err err = check_hash(signer, error);

	if (err != DOC_OK)
		return err;
	draft = calloc(1, sizeof(*draft));
	if (draft == NULL)
		return doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	draft->timed = !options->no_signing_time;
	draft->hash = signer->hash;
	draft->cms = CMS_sign_ex(NULL, NULL, NULL, NULL, CMS_PARTIAL |
	    CMS_BINARY | (options->detached ? CMS_DETACHED : 0),
	    signer->crypto, NULL);
	/* Without memory for a content OpenSSL makes a CMS without, and says
	 * nothing. */
	if (draft->cms == NULL ||
	    (CMS_is_detached(draft->cms) != 0) != options->detached)
		err = doc_fail_crypto(error, DOC_ERR_MEMORY,
		    "no CMS can be made");
	else
		err = take_content(signer, draft->cms, content,
		    &draft->content, error);
	if (err != DOC_OK)
		cms_draft_free(&draft);
	else
		*out = draft;
	return err;
}

enum doc_err
cms_draft_sign(const struct doc_signer *signer, struct cms_draft *draft,
    struct jpki_buf *out, struct doc_error *error)
{
	enum doc_err err = check_key(signer, error);

	if (err != DOC_OK)
		return err;
	if (signer->hash != draft->hash || draft->used)
		return doc_fail(error, DOC_ERR_INTERNAL, "the content was read "
		    "for another signature");
	draft->used = true;
	err = add_signer(signer, draft->cms, &draft->content, draft->timed,
	    error);
	return err == DOC_OK ? cms_der(draft->cms, out, error) : err;
}

void
cms_draft_free(struct cms_draft **draft)
{
	if (*draft == NULL)
		return;
	CMS_ContentInfo_free((*draft)->cms);
	free(*draft);
	*draft = NULL;
}

enum doc_err
cms_sign(const struct doc_signer *signer, BIO *content,
    const struct cms_options *options, struct jpki_buf *out,
    struct doc_error *error)
{
	struct cms_draft *draft = NULL;
	enum doc_err err = check_key(signer, error);

	if (err == DOC_OK)
		err = cms_draft_read(signer, content, options, &draft, error);
	if (draft != NULL)
		err = cms_draft_sign(signer, draft, out, error);
	cms_draft_free(&draft);
	return err;
}

static bool
signed_other(CMS_SignerInfo *info, const struct hashes *content)
{
	enum jpki_hash hash = cms_signer_hash(info);
	const ASN1_OCTET_STRING *digest = cms_signed_value(info,
	    NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING);

	return hash != JPKI_HASH_NONE && digest != NULL &&
	    ((size_t)ASN1_STRING_length(digest) != jpki_hash_size(hash) ||
	    memcmp(ASN1_STRING_get0_data(digest), content->md[hash],
	    jpki_hash_size(hash)) != 0);
}

/* Digests of what the others have signed, and is here again. */
static enum doc_err
take_again(const struct doc_signer *signer, const struct cms_message *m,
    BIO *detached, struct hashes *hashes, struct doc_error *error)
{
	BIO *content = NULL;
	enum doc_err err = cms_content(m, detached, &content, error);

	if (err != DOC_OK)
		return err;
	for (int hash = 0; hash < JPKI_HASH_COUNT; hash++)
		hashes->wanted[hash] = hash_is_safe((enum jpki_hash)hash);
	err = hashes_read(signer->crypto, content, hashes, error);
	BIO_free(content);
	for (int i = 0; err == DOC_OK &&
	    i < sk_CMS_SignerInfo_num(m->signers); i++)
		if (signed_other(sk_CMS_SignerInfo_value(m->signers, i),
		    hashes))
			err = doc_fail(error, DOC_ERR_INPUT, "the content is "
			    "not what the others have signed");
	return err;
}

/* Of two certificates of one name neither is believed (cms_signer.c): whoever
 * brought the other one would have made the new signature worthless. */
static enum doc_err
check_double(const struct doc_signer *signer, const struct cms_message *m,
    struct doc_error *error)
{
	for (int i = 0; i < sk_X509_num(m->certs); i++) {
		X509 *cert = sk_X509_value(m->certs, i);

		if (X509_issuer_and_serial_cmp(cert, signer->cert) == 0 &&
		    X509_cmp(cert, signer->cert) != 0)
			return doc_fail(error, DOC_ERR_INPUT, "the CMS holds "
			    "another certificate with issuer and serial "
			    "number of yours; nobody could tell them apart");
	}
	return DOC_OK;
}

enum doc_err
cms_add(const struct doc_signer *signer, const struct jpki_buf *cms,
    BIO *content, struct jpki_buf *out, struct doc_error *error)
{
	struct hashes hashes = { { false }, { { 0 } } };
	struct cms_message m;
	enum doc_err err = check_hash(signer, error);

	if (err == DOC_OK)
		err = check_key(signer, error);
	if (err == DOC_OK)
		err = cms_open(signer->crypto, cms->p, cms->n, NID_pkcs7_data,
		    &m, error);
	if (err != DOC_OK)
		return err;
	err = check_double(signer, &m, error);
	if (err == DOC_OK)
		err = take_again(signer, &m, content, &hashes, error);
	if (err == DOC_OK)
		err = add_signer(signer, m.cms, &hashes, true, error);
	if (err == DOC_OK)
		err = cms_der(m.cms, out, error);
	cms_close(&m);
	return err;
}
