/* SPDX-License-Identifier: BSD-2-Clause */
#include "cms_signer.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/ess.h>

#include "language.h"

#define ATTRIBUTES_MAX	64
#define ESS_MAX		4096	/* bytes; a certificate's name takes 40 to 200,
				   and is looked for among all that are there */

static X509_ALGOR *
digest_algorithm(CMS_SignerInfo *info)
{
	X509_ALGOR *digest = NULL;

	CMS_SignerInfo_get0_algs(info, NULL, NULL, &digest, NULL);
	return digest;
}

enum jpki_hash
cms_signer_hash(CMS_SignerInfo *info)
{
	return hash_of(digest_algorithm(info));
}

const void *
cms_signed_value(CMS_SignerInfo *info, int nid, int type)
{
	/* -3: one attribute of one value. */
	return CMS_signed_get0_data_by_OBJ(info, OBJ_nid2obj(nid), -3, type);
}

/*
 * Issuer and number, or key identifier, are only a name: who brings two
 * certificates of one name wants one to be shown and the other to be checked.
 */
static const char *
find_cert(struct cms_signer *s)
{
	for (int i = 0; i < sk_X509_num(s->message->certs); i++) {
		X509 *cert = sk_X509_value(s->message->certs, i);

		if (CMS_SignerInfo_cert_cmp(s->info, cert) != 0)
			continue;
		if (s->cert != NULL && X509_cmp(s->cert, cert) != 0) {
			s->cert = NULL;
			return _("several certificates could be the signer's");
		}
		s->cert = cert;
	}
	return s->cert != NULL ? NULL :
	    _("the signer's certificate is not in the CMS");
}

static const char *
attributes_fault(const struct cms_signer *s)
{
	int n = CMS_signed_get_attr_count(s->info);
	const ASN1_OBJECT *type;

	if (n <= 0)
		return _("it has no signed attributes");
	if (n > ATTRIBUTES_MAX)
		return _("it has more signed attributes than anybody needs");
	for (int i = 0; i < n; i++) {
		X509_ATTRIBUTE *a = CMS_signed_get_attr(s->info, i);

		/* It looks behind the one that it is told. */
		if (CMS_signed_get_attr_by_OBJ(s->info,
		    X509_ATTRIBUTE_get0_object(a), i) >= 0)
			return _("a signed attribute is there twice");
	}
	type = cms_signed_value(s->info, NID_pkcs9_contentType, V_ASN1_OBJECT);
	if (type == NULL || OBJ_cmp(type, s->message->type) != 0)
		return _("its signed attributes tell another type of content");
	return NULL;
}

/* The digest has to be the same wherever it is named. */
static const char *
algorithms_fault(const struct cms_signer *s)
{
	X509_ALGOR *digest = NULL, *signature = NULL;
	const ASN1_OBJECT *object = NULL;
	int named = NID_undef;

	CMS_SignerInfo_get0_algs(s->info, NULL, NULL, &digest, &signature);
	if (hash_of(digest) == JPKI_HASH_NONE)
		return _("its digest is not accepted");
	X509_ALGOR_get0(&object, NULL, NULL, signature);
	if (OBJ_find_sigid_algs(OBJ_obj2nid(object), &named, NULL) != 1 ||
	    named == NID_undef)
		return NULL;
	X509_ALGOR_get0(&object, NULL, NULL, digest);
	return OBJ_obj2nid(object) == named ? NULL :
	    _("it names two different digests");
}

/* The signer's first, as the attribute has to have it, then all others. */
static STACK_OF(X509) *
certs_that_may_be_named(const struct cms_signer *s)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	bool done = certs != NULL && sk_X509_push(certs, s->cert) > 0;

	for (int i = 0; done && i < sk_X509_num(s->message->certs); i++)
		done = sk_X509_push(certs,
		    sk_X509_value(s->message->certs, i)) > 0;
	for (int i = 0; done && i < sk_X509_num(s->anchors); i++)
		done = sk_X509_push(certs, sk_X509_value(s->anchors, i)) > 0;
	if (done)
		return certs;
	sk_X509_free(certs);
	return NULL;
}

static bool
ess_names_signer(const struct cms_signer *s, const ASN1_STRING *v1,
    const ASN1_STRING *v2)
{
	const unsigned char *p1 = v1 != NULL ? ASN1_STRING_get0_data(v1) : NULL;
	const unsigned char *p2 = v2 != NULL ? ASN1_STRING_get0_data(v2) : NULL;
	STACK_OF(X509) *certs = certs_that_may_be_named(s);
	ESS_SIGNING_CERT *ess1 = NULL;
	ESS_SIGNING_CERT_V2 *ess2 = NULL;
	bool names = certs != NULL;

	if (v1 != NULL)
		ess1 = d2i_ESS_SIGNING_CERT(NULL, &p1, ASN1_STRING_length(v1));
	if (v2 != NULL)
		ess2 = d2i_ESS_SIGNING_CERT_V2(NULL, &p2,
		    ASN1_STRING_length(v2));
	if ((v1 != NULL && ess1 == NULL) || (v2 != NULL && ess2 == NULL))
		names = false;
	names = names && OSSL_ESS_check_signing_certs(ess1, ess2, certs,
	    true) > 0;
	ESS_SIGNING_CERT_free(ess1);
	ESS_SIGNING_CERT_V2_free(ess2);
	sk_X509_free(certs);
	return names;
}

/* RFC 5035: which certificate the signer meant. */
static const char *
ess_fault(const struct cms_signer *s)
{
	static const int nids[] = { NID_id_smime_aa_signingCertificate,
	    NID_id_smime_aa_signingCertificateV2 };
	const ASN1_STRING *v[2];

	for (int i = 0; i < 2; i++) {
		v[i] = cms_signed_value(s->info, nids[i], V_ASN1_SEQUENCE);
		if (v[i] == NULL &&
		    CMS_signed_get_attr_by_NID(s->info, nids[i], -1) >= 0)
			return _("its signed attributes are broken");
		if (v[i] != NULL && ASN1_STRING_length(v[i]) > ESS_MAX)
			return _("its signed attributes name more certificates "
			    "than anybody needs");
	}
	if (v[0] == NULL && v[1] == NULL)
		return !s->needs_ess ? NULL :
		    _("its signed attributes do not say whose it is");
	return ess_names_signer(s, v[0], v[1]) ? NULL :
	    _("its signed attributes name another certificate");
}

static const char *
key_fault(const struct cms_signer *s)
{
	CMS_SignerInfo_set1_signer_cert(s->info, s->cert);
	return CMS_SignerInfo_verify(s->info) == 1 ? NULL :
	    _("the key of the signer's certificate did not make it");
}

static const char *
signature_fault(struct cms_signer *s)
{
	const char *fault = find_cert(s);

	if (fault == NULL)
		fault = algorithms_fault(s);
	if (fault == NULL)
		fault = attributes_fault(s);
	if (fault == NULL)
		fault = ess_fault(s);
	if (fault == NULL)
		fault = key_fault(s);
	ERR_clear_error();
	return fault;
}

static bool
judge_signature(struct cms_signer *s, struct verdict_signature *out)
{
	const char *fault = signature_fault(s);

	if (fault != NULL)
		return verdict_note(out, CHECK_SIGNATURE, FINDING_FAILED,
		    "the signature is not valid: %s", fault);
	return verdict_note(out, CHECK_SIGNATURE, FINDING_OK, "the key of the "
	    "certificate made the signature");
}

static bool
judge_integrity(const struct cms_signer *s, const struct hashes *content,
    struct verdict_signature *out)
{
	const ASN1_OCTET_STRING *digest = cms_signed_value(s->info,
	    NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING);
	char name[64];

	if (out->hash == JPKI_HASH_NONE)
		return verdict_note(out, CHECK_INTEGRITY, FINDING_FAILED,
		    "the digest %s is not accepted, only SHA-256, SHA-384 and "
		    "SHA-512 are", hash_algorithm_text(digest_algorithm(
		    s->info), name, sizeof(name)));
	if (digest == NULL)
		return verdict_note(out, CHECK_INTEGRITY, FINDING_FAILED,
		    "no digest of the content was signed");
	if ((size_t)ASN1_STRING_length(digest) != jpki_hash_size(out->hash) ||
	    memcmp(ASN1_STRING_get0_data(digest), content->md[out->hash],
	    jpki_hash_size(out->hash)) != 0)
		return verdict_note(out, CHECK_INTEGRITY, FINDING_FAILED,
		    "the content is not what was signed");
	return verdict_note(out, CHECK_INTEGRITY, FINDING_OK,
	    "the content is what was signed");
}

/* Of one of the two types of time. */
static bool
judge_claim(const struct cms_signer *s, struct verdict_signature *out)
{
	const ASN1_TIME *time = cms_signed_value(s->info,
	    NID_pkcs9_signingTime, V_ASN1_UTCTIME);

	if (CMS_signed_get_attr_by_NID(s->info, NID_pkcs9_signingTime,
	    -1) < 0)
		return true;
	if (time == NULL)
		time = cms_signed_value(s->info, NID_pkcs9_signingTime,
		    V_ASN1_GENERALIZEDTIME);
	if (time != NULL && doc_time_of(time, &out->claimed))
		return true;
	return verdict_note(out, CHECK_VALIDITY, FINDING_FAILED,
	    "the time of signing cannot be read");
}

bool
cms_signer_judge(struct cms_signer *s, const struct hashes *content,
    struct verdict_signature *out)
{
	out->hash = cms_signer_hash(s->info);
	return judge_integrity(s, content, out) &&
	    judge_signature(s, out) && judge_claim(s, out);
}
