/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CMS, time stamps and files of certificates that came from anybody.  The
 * first byte of an input selects what it is taken for.  The key that could
 * sign is in nobody's hands but ours: what is found good has to be one of the
 * samples, in all that a person is told.
 */
#include <string.h>

#include <openssl/err.h>

#include "cms.h"
#include "cms_open.h"
#include "cms_signer.h"
#include "cmskit.h"
#include "der.h"
#include "timestamp.h"
#include "tsakit.h"

#define BYTES		"what is stamped"
#define CONTENT_MAX	(1 << 20)	/* more than an input */

/* Made once. */
static struct dockit *kit;
static struct jpki_buf signer, mail_part;
static uint8_t attached[CONTENT_MAX];

static void
prepare(void)
{
	BIO *content;
	void *state;

	if (kit != NULL)
		return;
	fuzz_law(dockit_new(&state) == 0, "certificates");
	kit = state;
	signer = fixture_make(&fixture_sign);
	content = cmskit_text(CMSKIT_TEXT);
	fuzz_law(cms_smime_part("text/plain", content, &mail_part,
	    &kit->error) == DOC_OK, "a part of a mail");
	BIO_free(content);
}

static void
check_signature(struct verdict_signature *s)
{
	for (int i = 0; i < CHECK_COUNT; i++)
		fuzz_law((s->check[i].finding == FINDING_NONE) ==
		    (s->check[i].words == NULL), "a finding has words");
	verdict_note(s, CHECK_COVERAGE, FINDING_OK, NULL);
}

/* What holds was signed by the only key that there is, when it was, and says
 * what it said. */
static void
expect_ours(const struct verdict *v, struct slice content)
{
	struct slice text = slice_of(CMSKIT_TEXT, strlen(CMSKIT_TEXT));

	for (size_t i = 0; i < v->n; i++)
		fuzz_law(slice_equal(fixture_slice(&v->signatures[i].cert),
		    fixture_slice(&signer)) &&
		    v->signatures[i].claimed == DOCKIT_NOW &&
		    v->signatures[i].hash != JPKI_HASH_NONE,
		    "who signed, and when");
	fuzz_law(slice_equal(content, text) || slice_equal(content,
	    fixture_slice(&mail_part)), "what was signed");
}

/* What a reader takes for the content; of a detached one what was given. */
static struct slice
content_of(struct slice der, struct slice given)
{
	struct cms_message m;
	struct slice content = given;

	fuzz_law(cms_open(fixture_crypto(), der.p, der.n, NID_pkcs7_data, &m,
	    NULL) == DOC_OK, "what holds can be opened");
	if (m.content != NULL) {
		fuzz_law((size_t)ASN1_STRING_length(m.content) <=
		    sizeof(attached), "so large is no input");
		content = slice_of(attached,
		    (size_t)ASN1_STRING_length(m.content));
		memcpy(attached, ASN1_STRING_get0_data(m.content), content.n);
	}
	cms_close(&m);
	return content;
}

/* given: what is in no CMS; empty if it has to be in there.  What is found is
 * to be freed. */
static bool
check_cms(struct slice der, struct slice given, struct verdict *v)
{
	BIO *bio = given.n > 0 ? BIO_new_mem_buf(given.p, (int)given.n) : NULL;
	enum doc_err err = cms_check(&kit->trust, der.p, der.n, bio, -1, v,
	    &kit->error);

	BIO_free(bio);
	fuzz_law(err == DOC_OK || err == DOC_ERR_INPUT ||
	    err == DOC_ERR_OPTION, "CMS: what can go wrong");
	fuzz_law(err != DOC_OK || v->n > 0, "somebody signed");
	fuzz_law(err != DOC_OK || cms_size(fixture_crypto(), der.p, der.n) ==
	    der.n, "nothing stands behind it");
	for (size_t i = 0; i < v->n; i++)
		check_signature(&v->signatures[i]);
	return err == DOC_OK && verdict_holds(v);
}

static void
take(struct slice der, struct slice given)
{
	struct verdict v = { NULL, NULL, 0 };

	if (check_cms(der, given, &v))
		expect_ours(&v, content_of(der, given));
	verdict_free(&v);
}

static struct slice
text(void)
{
	return slice_of(CMSKIT_TEXT, strlen(CMSKIT_TEXT));
}

static void
take_detached(struct slice in)
{
	take(in, text());
}

static void
take_attached(struct slice in)
{
	take(in, slice_of(NULL, 0));
}

static void
take_text(struct slice in)
{
	struct jpki_buf der = { NULL, 0 };

	if (cms_unwrap(in.p, in.n, &der, &kit->error) == DOC_OK)
		take(fixture_slice(&der), text());
	jpki_buf_free(&der);
}

static void
take_stamp(struct slice in)
{
	struct verdict v = { NULL, NULL, 0 };
	struct verdict_signature *s = verdict_add(&v);
	struct timestamp stamp = { in.p, in.n, (const uint8_t *)BYTES,
	    strlen(BYTES) };

	fuzz_law(s != NULL && timestamp_check(&kit->trust, &stamp, s,
	    &kit->error) == DOC_OK, "a stamp: what can go wrong");
	fuzz_law(s->check[CHECK_TIMESTAMP].finding != FINDING_NONE,
	    "a stamp is judged");
	fuzz_law(s->stamped == -1 || (s->stamped == DOCKIT_NOW - 10 &&
	    s->check[CHECK_TIMESTAMP].finding == FINDING_OK),
	    "when it was stamped");
	verdict_free(&v);
}

static void
take_certs(struct slice in)
{
	STACK_OF(X509) *certs = NULL;
	enum doc_err err = trust_certs_read(fixture_crypto(), in.p, in.n,
	    &certs, &kit->error);

	fuzz_law(err == DOC_OK ? sk_X509_num(certs) > 0 : certs == NULL,
	    "certificates or none");
	trust_certs_free(certs);
}

static void
take_mail(struct slice in)
{
	struct jpki_buf der = { NULL, 0 }, content = der;

	if (cms_smime_read(fixture_crypto(), in.p, in.n, &der, &content,
	    &kit->error) == DOC_OK)
		take(fixture_slice(&der), fixture_slice(&content));
	jpki_buf_free(&der);
	jpki_buf_free(&content);
}

/*
 * One signer more.
 */

/* So many were made by their keys, over what is here. */
static size_t
count_whole(const struct verdict *v)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n; i++)
		n += v->signatures[i].check[CHECK_INTEGRITY].finding ==
		    FINDING_OK &&
		    v->signatures[i].check[CHECK_SIGNATURE].finding ==
		    FINDING_OK;
	return n;
}

static void
take_further(struct slice in)
{
	struct verdict v = { NULL, NULL, 0 }, w = v;
	struct jpki_buf old = { (uint8_t *)(uintptr_t)in.p, in.n },
	    out = { NULL, 0 };
	bool held = check_cms(in, text(), &v);
	BIO *content = cmskit_text(CMSKIT_TEXT);

	if (cms_add(&kit->signer, &old, content, &out, &kit->error) == DOC_OK) {
		fuzz_law(check_cms(fixture_slice(&out), text(), &w) || !held,
		    "a further signer leaves a good one good");
		fuzz_law(w.n == v.n + 1 && count_whole(&w) >
		    count_whole(&v), "there is one more");
	} else {
		fuzz_law(out.p == NULL, "one more, or nothing");
	}
	BIO_free(content);
	jpki_buf_free(&out);
	verdict_free(&v);
	verdict_free(&w);
}

/*
 * What the key has signed, whatever it is: so deep gets no change of what was
 * signed before.
 */

static void
sign_again(CMS_SignerInfo *info)
{
	enum jpki_hash hash = cms_signer_hash(info);
	STACK_OF(X509_ATTRIBUTE) *all = sk_X509_ATTRIBUTE_new_null();
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char *set = NULL, sig[512];
	size_t sig_n = sizeof(sig);
	int n;

	fuzz_law(all != NULL && ctx != NULL, "memory");
	for (int i = 0; i < CMS_signed_get_attr_count(info); i++)
		(void)sk_X509_ATTRIBUTE_push(all,
		    CMS_signed_get_attr(info, i));
	n = ASN1_item_i2d((ASN1_VALUE *)all, &set,
	    ASN1_ITEM_rptr(PKCS7_ATTR_SIGN));
	if (n > 0 && EVP_DigestSignInit_ex(ctx, NULL, jpki_hash_name(
	    hash_is_safe(hash) ? hash : JPKI_HASH_SHA256), fixture_crypto(),
	    NULL, kit->signer.key, NULL) == 1 &&
	    EVP_DigestSign(ctx, sig, &sig_n, set, (size_t)n) == 1)
		(void)ASN1_STRING_set(CMS_SignerInfo_get0_signature(info),
		    sig, (int)sig_n);
	sk_X509_ATTRIBUTE_free(all);
	EVP_MD_CTX_free(ctx);
	OPENSSL_free(set);
}

/* Whoever signs may say what he likes, but not of other content. */
static void
expect_digest(struct slice der, struct slice content)
{
	struct cms_message m;
	uint8_t md[EVP_MAX_MD_SIZE];
	size_t n = 0;

	fuzz_law(cms_open(fixture_crypto(), der.p, der.n, NID_pkcs7_data, &m,
	    NULL) == DOC_OK, "what holds can be opened");
	for (int i = 0; i < sk_CMS_SignerInfo_num(m.signers); i++) {
		CMS_SignerInfo *info = sk_CMS_SignerInfo_value(m.signers, i);
		const ASN1_OCTET_STRING *said = cms_signed_value(info,
		    NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING);

		fuzz_law(EVP_Q_digest(fixture_crypto(), jpki_hash_name(
		    cms_signer_hash(info)), NULL, content.p, content.n, md,
		    &n) == 1 && said != NULL && slice_equal(slice_of(md, n),
		    slice_of(ASN1_STRING_get0_data(said),
		    (size_t)ASN1_STRING_length(said))), "its digest");
	}
	cms_close(&m);
}

static void
take_signed_again(struct slice in)
{
	struct verdict v = { NULL, NULL, 0 };
	struct jpki_buf der = { NULL, 0 };
	struct slice given = slice_of(NULL, 0);
	struct cms_message m;

	if (cms_open(fixture_crypto(), in.p, in.n, NID_pkcs7_data, &m,
	    &kit->error) != DOC_OK)
		return;
	if (m.content == NULL)
		given = text();
	for (int i = 0; i < sk_CMS_SignerInfo_num(m.signers); i++)
		sign_again(sk_CMS_SignerInfo_value(m.signers, i));
	if (cms_der(m.cms, &der, &kit->error) == DOC_OK &&
	    check_cms(fixture_slice(&der), given, &v))
		expect_digest(fixture_slice(&der),
		    content_of(fixture_slice(&der), given));
	cms_close(&m);
	jpki_buf_free(&der);
	verdict_free(&v);
}

static const struct {
	void	(*take)(struct slice in);
	bool	 der;
} takers[] = {
	{ take_detached, true },
	{ take_attached, true },
	{ take_stamp, true },
	{ take_text, false },
	{ take_certs, false },
	{ take_mail, false },
	{ take_further, true },
	{ take_signed_again, true },
};

#define TAKERS	(sizeof(takers) / sizeof(takers[0]))

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = fuzz_in_of(data, size);
	unsigned taker = fuzz_below(&in, TAKERS);

	prepare();
	/* OpenSSL's readers want a place, even to read nothing. */
	takers[taker].take(in.n > 0 ? slice_of(in.p, in.n) :
	    slice_of(data, 0));
	ERR_clear_error();
	return 0;
}

/* What holds, in a mail. */
static struct jpki_buf
mail_make(void)
{
	struct cms_options detached = { .detached = true };
	struct jpki_buf der = { NULL, 0 }, mail = { NULL, 0 };
	BIO *content = BIO_new_mem_buf(mail_part.p, (int)mail_part.n);

	fuzz_law(cms_sign(&kit->signer, content, &detached, &der,
	    &kit->error) == DOC_OK && cms_smime(fixture_crypto(), &der,
	    &mail_part, &mail, &kit->error) == DOC_OK, "a mail");
	BIO_free(content);
	jpki_buf_free(&der);
	return mail;
}

/* What a taker finds good. */
static struct jpki_buf
sample_make(unsigned taker)
{
	if (takers[taker].take == take_stamp)
		return tsakit_token(NULL, BYTES, strlen(BYTES),
		    DOCKIT_NOW - 10);
	if (takers[taker].take == take_mail)
		return mail_make();
	return cmskit_sign(kit, takers[taker].take != take_attached);
}

static size_t
sample(uint8_t *data, size_t max_size, unsigned taker)
{
	struct jpki_buf der;
	size_t n = 0;

	prepare();
	der = sample_make(taker);
	if (der.n < max_size) {
		n = der.n + 1;
		data[0] = (uint8_t)taker;
		memcpy(data + 1, der.p, der.n);
	}
	jpki_buf_free(&der);
	return n;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
    unsigned seed)
{
	size_t n = 0;

	if (seed % 1024 == 0)
		n = sample(data, max_size, (seed >> 10) % TAKERS);
	if (n > 0)
		return n;
	if (size < 2 || !takers[data[0] % TAKERS].der || seed % 8 == 0)
		return LLVMFuzzerMutate(data, size, max_size);
	n = der_mutate(data + 1, size - 1, max_size - 1, seed >> 3);
	return n + 1;
}
