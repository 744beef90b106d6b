/* SPDX-License-Identifier: BSD-2-Clause */
#include "cms.h"

#include "cms_open.h"
#include "cms_signer.h"
#include "timestamp.h"

#define STAMPS_MAX	8

/* All digests that any signer asks for. */
static enum doc_err
digest_content(const struct trust *trust, const struct cms_message *m,
    BIO *detached, struct hashes *hashes, struct doc_error *error)
{
	BIO *content = NULL;
	enum doc_err err = cms_content(m, detached, &content, error);

	if (err != DOC_OK)
		return err;
	for (int i = 0; i < sk_CMS_SignerInfo_num(m->signers); i++)
		hashes->wanted[cms_signer_hash(
		    sk_CMS_SignerInfo_value(m->signers, i))] = true;
	hashes->wanted[JPKI_HASH_NONE] = false;
	err = hashes_read(trust->crypto, content, hashes, error);
	BIO_free(content);
	return err;
}

static enum doc_err
check_stamp(const struct trust *trust, CMS_SignerInfo *info,
    const ASN1_STRING *token, struct verdict_signature *out,
    struct doc_error *error)
{
	const ASN1_OCTET_STRING *sig = CMS_SignerInfo_get0_signature(info);
	struct timestamp stamp;

	if (token == NULL)
		return verdict_note(out, CHECK_TIMESTAMP, FINDING_FAILED,
		    "the time stamp is broken") ? DOC_OK :
		    doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	stamp = (struct timestamp){ ASN1_STRING_get0_data(token),
	    (size_t)ASN1_STRING_length(token), ASN1_STRING_get0_data(sig),
	    (size_t)ASN1_STRING_length(sig) };
	return timestamp_check(trust, &stamp, out, error);
}

/* All that are there: of several none may be wrong. */
static enum doc_err
check_stamps(const struct trust *trust, CMS_SignerInfo *info,
    struct verdict_signature *out, struct doc_error *error)
{
	int at = -1, stamps = 0;
	enum doc_err err = DOC_OK;

	while (err == DOC_OK && (at = CMS_unsigned_get_attr_by_NID(info,
	    NID_id_smime_aa_timeStampToken, at)) >= 0) {
		X509_ATTRIBUTE *attribute = CMS_unsigned_get_attr(info, at);
		int n = X509_ATTRIBUTE_count(attribute);

		stamps += n;
		if (stamps > STAMPS_MAX)
			return doc_fail(error, DOC_ERR_INPUT, "the CMS has "
			    "more time stamps than anybody needs");
		if (n == 0)
			err = check_stamp(trust, info, NULL, out, error);
		for (int i = 0; err == DOC_OK && i < n; i++)
			err = check_stamp(trust, info,
			    X509_ATTRIBUTE_get0_data(attribute, i,
			    V_ASN1_SEQUENCE, NULL), out, error);
	}
	return err;
}

static enum doc_err
check_signer(const struct trust *trust, struct cms_signer *signer,
    const struct hashes *content, int64_t claimed, struct verdict *verdict,
    struct doc_error *error)
{
	struct verdict_signature *out = verdict_add(verdict);
	enum doc_err err;

	if (out != NULL)
		out->claimed = claimed;
	if (out == NULL || !cms_signer_judge(signer, content, out))
		return doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	err = check_stamps(trust, signer->info, out, error);
	if (err == DOC_OK && signer->cert != NULL)
		err = trust_judge(trust, signer->cert, signer->message->certs,
		    out, error);
	return err;
}

enum doc_err
cms_check(const struct trust *trust, const uint8_t *der, size_t n,
    BIO *content, int64_t claimed, struct verdict *out,
    struct doc_error *error)
{
	struct cms_message m;
	struct hashes hashes = { { false }, { { 0 } } };
	enum doc_err err = cms_open(trust->crypto, der, n, NID_pkcs7_data,
	    &m, error);

	if (err != DOC_OK)
		return err;
	err = digest_content(trust, &m, content, &hashes, error);
	for (int i = 0; err == DOC_OK &&
	    i < sk_CMS_SignerInfo_num(m.signers); i++)
		err = check_signer(trust, &(struct cms_signer){ .message = &m,
		    .info = sk_CMS_SignerInfo_value(m.signers, i),
		    .anchors = trust->anchors }, &hashes, claimed, out, error);
	cms_close(&m);
	return err;
}
