/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmskit.h"

#include <string.h>

#include "cms_open.h"
#include "unit.h"

static struct verdict verdict;

BIO *
cmskit_text(const char *text)
{
	BIO *bio = BIO_new_mem_buf(text, (int)strlen(text));

	assert_non_null(bio);
	return bio;
}

struct jpki_buf
cmskit_sign(struct dockit *kit, bool detached)
{
	struct cms_options options = { .detached = detached };
	struct jpki_buf der = { NULL, 0 };
	BIO *content = cmskit_text(CMSKIT_TEXT);
	enum doc_err err = cms_sign(&kit->signer, content, &options, &der,
	    &kit->error);

	if (err != DOC_OK)
		fail_msg("%s", kit->error.words);
	BIO_free(content);
	return der;
}

static struct jpki_buf
encode(CMS_ContentInfo *cms)
{
	struct jpki_buf der = { NULL, 0 };

	assert_int_equal(cms_der(cms, &der, NULL), DOC_OK);
	return der;
}

/* Else it would be the host's time, which is none of the certificate's. */
static void
add_time(CMS_SignerInfo *info)
{
	ASN1_TIME *time = ASN1_TIME_set(NULL, DOCKIT_NOW);

	assert_int_equal(CMS_signed_add1_attr_by_NID(info,
	    NID_pkcs9_signingTime, ASN1_STRING_type(time), time, -1), 1);
	ASN1_TIME_free(time);
}

struct jpki_buf
cmskit_foreign(struct dockit *kit, const char *hash, unsigned flags,
    void (*bend)(CMS_ContentInfo *cms, CMS_SignerInfo *info))
{
	BIO *content = cmskit_text(CMSKIT_TEXT);
	EVP_MD *md = EVP_MD_fetch(fixture_crypto(), hash, NULL);
	CMS_ContentInfo *cms = CMS_sign_ex(NULL, NULL, NULL, NULL,
	    flags | CMS_PARTIAL | CMS_BINARY, fixture_crypto(), NULL);
	CMS_SignerInfo *info;
	struct jpki_buf der;

	assert_true(md != NULL && cms != NULL);
	info = CMS_add1_signer(cms, kit->signer.cert, kit->signer.key, md,
	    flags | CMS_BINARY);
	assert_non_null(info);
	if ((flags & CMS_NOATTR) == 0)
		add_time(info);
	if (bend != NULL)
		bend(cms, info);
	assert_int_equal(CMS_final(cms, content, NULL, flags | CMS_BINARY), 1);
	der = encode(cms);
	CMS_ContentInfo_free(cms);
	EVP_MD_free(md);
	BIO_free(content);
	return der;
}

void
cmskit_bend(struct jpki_buf *der, void (*bend)(CMS_ContentInfo *cms))
{
	const unsigned char *p = der->p;
	CMS_ContentInfo *cms = CMS_ContentInfo_new_ex(fixture_crypto(), NULL);

	assert_non_null(d2i_CMS_ContentInfo(&cms, &p, (long)der->n));
	bend(cms);
	jpki_buf_free(der);
	*der = encode(cms);
	CMS_ContentInfo_free(cms);
}

void
cmskit_replace(struct jpki_buf *der, const char *from, const char *to,
    size_t n, size_t times)
{
	size_t found = 0;

	for (size_t at = 0; at + n <= der->n; at++)
		if (memcmp(der->p + at, from, n) == 0) {
			memcpy(der->p + at, to, n);
			found++;
		}
	assert_int_equal(found, times);
}

struct verdict *
cmskit_check(struct dockit *kit, const struct jpki_buf *der,
    const char *content)
{
	BIO *bio = content != NULL ? cmskit_text(content) : NULL;
	enum doc_err err;

	cmskit_forget();
	err = cms_check(&kit->trust, der->p, der->n, bio, -1, &verdict,
	    &kit->error);
	if (err != DOC_OK)
		fail_msg("%s", kit->error.words);
	BIO_free(bio);
	return &verdict;
}

struct verdict_signature *
cmskit_check_one(struct dockit *kit, const struct jpki_buf *der,
    const char *content)
{
	struct verdict *v = cmskit_check(kit, der, content);

	assert_int_equal(v->n, 1);
	return &v->signatures[0];
}

void
cmskit_refuse(struct dockit *kit, const struct jpki_buf *der,
    const char *words)
{
	struct verdict nothing = { NULL, NULL, 0 };

	assert_int_equal(cms_check(&kit->trust, der->p, der->n, NULL, -1,
	    &nothing, &kit->error), DOC_ERR_INPUT);
	assert_int_equal(nothing.n, 0);
	if (strstr(kit->error.words, words) == NULL)
		fail_msg("not \"%s\" but: %s", words, kit->error.words);
}

void
cmskit_forget(void)
{
	verdict_free(&verdict);
}

void
cmskit_expect_good(const struct verdict_signature *signature)
{
	static const enum check all[] = { CHECK_INTEGRITY, CHECK_SIGNATURE,
	    CHECK_USAGE, CHECK_VALIDITY, CHECK_CHAIN };

	for (size_t i = 0; i < COUNT(all); i++)
		dockit_expect(signature, all[i], FINDING_OK, NULL);
}
