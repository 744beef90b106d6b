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
#include "cmskit.h"
#include "der.h"
#include "timestamp.h"
#include "tsakit.h"

#define BYTES	"what is stamped"

/* Made once. */
static struct dockit *kit;
static struct jpki_buf signer;

static void
prepare(void)
{
	void *state;

	if (kit != NULL)
		return;
	fuzz_law(dockit_new(&state) == 0, "certificates");
	kit = state;
	signer = fixture_make(&fixture_sign);
}

static void
check_signature(struct verdict_signature *s)
{
	for (int i = 0; i < CHECK_COUNT; i++)
		fuzz_law((s->check[i].finding == FINDING_NONE) ==
		    (s->check[i].words == NULL), "a finding has words");
	verdict_note(s, CHECK_COVERAGE, FINDING_OK, NULL);
}

static void
check_cms(struct slice der, const char *content)
{
	struct verdict v = { NULL, NULL, 0 };
	BIO *bio = content != NULL ? cmskit_text(content) : NULL;
	enum doc_err err = cms_check(&kit->trust, der.p, der.n, bio, -1, &v,
	    &kit->error);

	BIO_free(bio);
	fuzz_law(err == DOC_OK || err == DOC_ERR_INPUT ||
	    err == DOC_ERR_OPTION, "CMS: what can go wrong");
	fuzz_law(err != DOC_OK || v.n > 0, "somebody signed");
	fuzz_law(err != DOC_OK || cms_size(fixture_crypto(), der.p, der.n) ==
	    der.n, "nothing stands behind it");
	for (size_t i = 0; i < v.n; i++)
		check_signature(&v.signatures[i]);
	for (size_t i = 0; verdict_holds(&v) && i < v.n; i++)
		fuzz_law(slice_equal(fixture_slice(&v.signatures[i].cert),
		    fixture_slice(&signer)) &&
		    v.signatures[i].claimed == DOCKIT_NOW &&
		    v.signatures[i].hash != JPKI_HASH_NONE,
		    "who signed, and when");
	verdict_free(&v);
}

static void
take_detached(struct slice in)
{
	check_cms(in, CMSKIT_TEXT);
}

static void
take_attached(struct slice in)
{
	check_cms(in, NULL);
}

static void
take_text(struct slice in)
{
	struct jpki_buf der = { NULL, 0 };

	if (cms_unwrap(in.p, in.n, &der, &kit->error) == DOC_OK)
		check_cms(fixture_slice(&der), CMSKIT_TEXT);
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
		check_cms(fixture_slice(&der), CMSKIT_TEXT);
	jpki_buf_free(&der);
	jpki_buf_free(&content);
}

static void (*const takers[])(struct slice) = {
	take_detached, take_attached, take_stamp, take_text, take_certs,
	take_mail,
};

#define TAKERS	(sizeof(takers) / sizeof(takers[0]))
#define DER	3		/* so many of them take DER */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = fuzz_in_of(data, size);
	unsigned taker = fuzz_below(&in, TAKERS);

	prepare();
	/* OpenSSL's readers want a place, even to read nothing. */
	takers[taker](in.n > 0 ? slice_of(in.p, in.n) : slice_of(data, 0));
	ERR_clear_error();
	return 0;
}

/* What a taker finds good. */
static struct jpki_buf
sample_make(unsigned taker)
{
	if (taker == 2)
		return tsakit_token(NULL, BYTES, strlen(BYTES),
		    DOCKIT_NOW - 10);
	return cmskit_sign(kit, taker == 0);
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
		n = sample(data, max_size, (seed >> 10) % DER);
	if (n > 0)
		return n;
	if (size < 2 || data[0] % TAKERS >= DER || seed % 8 == 0)
		return LLVMFuzzerMutate(data, size, max_size);
	n = der_mutate(data + 1, size - 1, max_size - 1, seed >> 3);
	return n + 1;
}
