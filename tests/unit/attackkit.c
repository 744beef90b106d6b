/* SPDX-License-Identifier: BSD-2-Clause */
#include "attackkit.h"

#include <stdlib.h>
#include <string.h>

#include "cms_open.h"
#include "cmskit.h"
#include "pdfkit.h"
#include "tsakit.h"
#include "unit.h"
#include "xmlkit.h"

/*
 * CMS.
 */

struct jpki_buf
cms_plain(struct dockit *kit, const struct attack *a)
{
	struct jpki_buf der = cmskit_sign(kit, a->arguments != NULL);

	if (a->bend != NULL)
		cmskit_bend(&der, a->bend);
	return der;
}

struct jpki_buf
cms_trailing(struct dockit *kit, const struct attack *a)
{
	struct jpki_buf der = cmskit_sign(kit, false);

	der.p = realloc(der.p, der.n + 4);
	assert_non_null(der.p);
	memcpy(der.p + der.n, a->to, 4);
	der.n += 4;
	return der;
}

struct jpki_buf
cms_digest(struct dockit *kit, const struct attack *a)
{
	return cmskit_foreign(kit, a->to, 0, NULL);
}

struct jpki_buf
cms_bare(struct dockit *kit, const struct attack *a)
{
	(void)a;
	return cmskit_foreign(kit, "SHA256", CMS_NOATTR, NULL);
}

static CMS_SignerInfo *
first_signer(CMS_ContentInfo *cms)
{
	return sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
}

void
change_content(CMS_ContentInfo *cms)
{
	ASN1_OCTET_STRING **content = CMS_get0_content(cms);

	assert_int_equal(ASN1_STRING_set(*content, "Pay more.", 9), 1);
}

void
change_signature(CMS_ContentInfo *cms)
{
	ASN1_OCTET_STRING *sig = CMS_SignerInfo_get0_signature(
	    first_signer(cms));
	unsigned char byte = ASN1_STRING_get0_data(sig)[9];
	unsigned char copy[512];
	int n = ASN1_STRING_length(sig);

	assert_true(n > 9 && n <= (int)sizeof(copy));
	memcpy(copy, ASN1_STRING_get0_data(sig), (size_t)n);
	copy[9] = byte ^ 1;
	assert_int_equal(ASN1_STRING_set(sig, copy, n), 1);
}

/* What was signed were attributes; now they are the content, and nobody can
 * tell by the value (RFC 5652, 11: without attributes it is over that). */
struct jpki_buf
cms_confused(struct dockit *kit, const struct attack *a)
{
	struct jpki_buf der = cmskit_sign(kit, false), bare = cms_bare(kit, a);
	STACK_OF(X509_ATTRIBUTE) *all = sk_X509_ATTRIBUTE_new_null();
	unsigned char *set = NULL;
	struct cms_message m, other;
	ASN1_OCTET_STRING *sig;
	int n;

	assert_int_equal(cms_open(fixture_crypto(), der.p, der.n,
	    NID_pkcs7_data, &m, NULL), DOC_OK);
	assert_int_equal(cms_open(fixture_crypto(), bare.p, bare.n,
	    NID_pkcs7_data, &other, NULL), DOC_OK);
	for (int i = 0; i < CMS_signed_get_attr_count(first_signer(m.cms));
	    i++)
		assert_true(sk_X509_ATTRIBUTE_push(all, CMS_signed_get_attr(
		    first_signer(m.cms), i)) > 0);
	n = ASN1_item_i2d((ASN1_VALUE *)all, &set,
	    ASN1_ITEM_rptr(PKCS7_ATTR_SIGN));
	assert_true(n > 0);
	assert_int_equal(ASN1_STRING_set(*CMS_get0_content(other.cms), set,
	    n), 1);
	sig = CMS_SignerInfo_get0_signature(first_signer(m.cms));
	assert_int_equal(ASN1_STRING_copy(CMS_SignerInfo_get0_signature(
	    first_signer(other.cms)), sig), 1);
	jpki_buf_free(&der);
	jpki_buf_free(&bare);
	assert_int_equal(cms_der(other.cms, &bare, NULL), DOC_OK);
	sk_X509_ATTRIBUTE_free(all);
	OPENSSL_free(set);
	cms_close(&m);
	cms_close(&other);
	return bare;
}

struct jpki_buf
cms_of_nobody(struct dockit *kit, const struct attack *a)
{
	CMS_ContentInfo *cms = CMS_sign_ex(NULL, NULL, NULL, NULL,
	    CMS_DETACHED | CMS_PARTIAL, fixture_crypto(), NULL);
	struct jpki_buf der = { NULL, 0 };

	(void)a;
	assert_int_equal(CMS_add1_cert(cms, kit->sign), 1);
	assert_int_equal(cms_der(cms, &der, NULL), DOC_OK);
	CMS_ContentInfo_free(cms);
	return der;
}

struct jpki_buf
cms_of_two(struct dockit *kit, const struct attack *a)
{
	struct jpki_buf first = cmskit_sign(kit, false), both = { NULL, 0 };

	assert_int_equal(cms_add(&kit->signer, &first, NULL, &both,
	    &kit->error), DOC_OK);
	jpki_buf_free(&first);
	if (a->bend != NULL)
		cmskit_bend(&both, a->bend);
	return both;
}

static void
tell_another_type(CMS_ContentInfo *cms, CMS_SignerInfo *info)
{
	(void)info;
	CMS_set1_eContentType(cms, OBJ_nid2obj(NID_id_smime_ct_TSTInfo));
}

struct jpki_buf
cms_of_another_type(struct dockit *kit, const struct attack *a)
{
	(void)a;
	return cmskit_foreign(kit, "SHA256", 0, tell_another_type);
}

/* Issuer and number are the signer's, the name is not. */
struct jpki_buf
cms_with_a_double(struct dockit *kit, const struct attack *a)
{
	static const char *const other[] = { "C", "JP", "CN", "Double", NULL };
	struct jpki_buf der = cmskit_foreign(kit, "SHA256",
	    CMS_CADES | CMS_NOCERTS, NULL);
	struct fixture leaf = fixture_sign;
	struct cms_message m;
	X509 *cert;

	(void)a;
	leaf.subject = other;
	cert = dockit_cert(&leaf);
	assert_int_equal(cms_open(fixture_crypto(), der.p, der.n,
	    NID_pkcs7_data, &m, NULL), DOC_OK);
	assert_int_equal(CMS_add1_cert(m.cms, cert), 1);
	jpki_buf_free(&der);
	assert_int_equal(cms_der(m.cms, &der, NULL), DOC_OK);
	cms_close(&m);
	X509_free(cert);
	return der;
}

struct jpki_buf
cms_by(struct dockit *kit, const struct attack *a)
{
	struct doc_signer own = kit->signer;
	X509 *cert = dockit_cert(a->signer);
	struct jpki_buf der;

	kit->signer.cert = cert;
	kit->signer.key = fixture_key(a->signer->key);
	der = cmskit_sign(kit, false);
	kit->signer = own;
	X509_free(cert);
	return der;
}

/* The CA has the right name, and comes along. */
struct jpki_buf
cms_by_own_ca(struct dockit *kit, const struct attack *a)
{
	struct doc_signer own = kit->signer;
	struct fixture ca = fixture_ca, leaf = fixture_sign;
	struct attack made = *a;
	struct jpki_buf der;
	X509 *impostor;

	ca.key = ca.issuer_key = leaf.issuer_key = FIXTURE_P384;
	leaf.authority = FIXTURE_P384;
	kit->signer.ca = impostor = dockit_cert(&ca);
	made.signer = &leaf;
	der = cms_by(kit, &made);
	kit->signer = own;
	X509_free(impostor);
	return der;
}

void
stamp_other(CMS_ContentInfo *cms)
{
	struct jpki_buf token = tsakit_token(NULL, "other", 5,
	    DOCKIT_NOW - 10);

	assert_int_equal(CMS_unsigned_add1_attr_by_NID(first_signer(cms),
	    NID_id_smime_aa_timeStampToken, V_ASN1_SEQUENCE, token.p,
	    (int)token.n), 1);
	jpki_buf_free(&token);
}

/*
 * XML.
 */

static struct jpki_buf
buf_of(char *text)
{
	return (struct jpki_buf){ (uint8_t *)text, strlen(text) };
}

/* Of the letter, enveloped. */
struct jpki_buf
xml_changed(struct dockit *kit, const struct attack *a)
{
	static const struct xml_options enveloped;
	char *text = xmlkit_sign(kit, xmlkit_letter, &enveloped);

	return buf_of(a->from != NULL ? xmlkit_change(text, a->from, a->to) :
	    text);
}

/* The signer has signed what is wrong with it. */
struct jpki_buf
xml_made(struct dockit *kit, const struct attack *a)
{
	struct jpki_buf text = xml_changed(kit, a);

	return buf_of(xmlkit_resign(kit, (char *)text.p));
}

struct jpki_buf
xml_without(struct dockit *kit, const struct attack *a)
{
	struct attack none = { .from = NULL };
	struct jpki_buf text = xml_changed(kit, &none);
	char *part = xmlkit_part((char *)text.p, a->from, a->to);

	text = buf_of(xmlkit_change((char *)text.p, part, a->instead));
	free(part);
	return text;
}

/* A document around the element that was signed, and its signature. */
struct jpki_buf
xml_wrapped(struct dockit *kit, const struct attack *a)
{
	static const char *const ids[] = { "sum" };
	static const struct xml_options detached = { .shape = XML_DETACHED,
	    .ids = ids, .ids_n = 1, .exclusive = true };
	char *out = xmlkit_sign(kit, "<order><sum Id=\"sum\">1000</sum>"
	    "</order>", &detached);
	char *signature = xmlkit_part(out, "<ds:Signature",
	    "</ds:Signature>");
	char *sum = xmlkit_part(out, "<sum", "</sum>");
	char *text = xmlkit_change(xmlkit_replace(a->to, "SIGNATURE",
	    signature), "SUM", sum);

	free(sum);
	free(signature);
	free(out);
	return buf_of(text);
}

/*
 * PDF.
 */

struct jpki_buf
pdf_plain(struct dockit *kit, const struct attack *a)
{
	struct jpki_buf pdf = pdfkit_make(pdfkit_form, NULL);

	(void)a;
	pdfkit_seal(kit, &pdf, NULL);
	return pdf;
}

static void
leave_out(long long range[4])
{
	range[1] -= 20;
}

struct jpki_buf
pdf_with_a_hole(struct dockit *kit, const struct attack *a)
{
	struct jpki_buf pdf = pdfkit_make(pdfkit_form, NULL);

	(void)a;
	pdfkit_seal(kit, &pdf, leave_out);
	return pdf;
}

struct jpki_buf
pdf_longer(struct dockit *kit, const struct attack *a)
{
	struct jpki_buf pdf = pdf_plain(kit, a);

	pdfkit_append_text(&pdf, "% more\n");
	return pdf;
}

/* A good signature in the form, a bad one beside it. */
struct jpki_buf
pdf_with_another(struct dockit *kit, const struct attack *a)
{
	struct jpki_buf pdf = pdfkit_make_with(8, "<</Type/Sig"
	    "/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached"
	    "/ByteRange[0 1 2 3]/Contents<30>>>");

	(void)a;
	pdfkit_seal(kit, &pdf, NULL);
	return pdf;
}

struct jpki_buf
pdf_changed_later(struct dockit *kit, const struct attack *a)
{
	static const struct pdfkit_object other[] = {
		{ 4, "<</Length 5>>\nstream\n9 9 m\nendstream" }, { 0, NULL }
	};
	struct jpki_buf pdf = pdf_plain(kit, a);

	pdfkit_append(&pdf, other);
	return pdf;
}
