/* SPDX-License-Identifier: BSD-2-Clause */
/* A time stamp from a service (RFC 3161). */
#include "timestamp.h"

#include <openssl/err.h>
#include <openssl/rand.h>

#include "hashes.h"
#include "language.h"
#include "timestamp_http.h"
#include "tst.h"

#define NONCE_BYTES	16

#define GRANTED			0	/* RFC 3161, 2.4.2 */
#define GRANTED_WITH_MODS	1

static TS_MSG_IMPRINT *
imprint_new(const struct doc_signer *signer, const uint8_t *bytes, size_t n)
{
	TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
	X509_ALGOR *algorithm = X509_ALGOR_new();
	EVP_MD *md = hash_fetch(signer->crypto, signer->hash);
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned digest_n = 0;
	bool done = imprint != NULL && algorithm != NULL && md != NULL &&
	    EVP_Digest(bytes, n, digest, &digest_n, md, NULL) == 1;

	if (done) {
		X509_ALGOR_set_md(algorithm, md);
		done = TS_MSG_IMPRINT_set_algo(imprint, algorithm) == 1 &&
		    TS_MSG_IMPRINT_set_msg(imprint, digest,
		    (int)digest_n) == 1;
	}
	EVP_MD_free(md);
	X509_ALGOR_free(algorithm);
	if (done)
		return imprint;
	TS_MSG_IMPRINT_free(imprint);
	return NULL;
}

static ASN1_INTEGER *
nonce_new(OSSL_LIB_CTX *crypto)
{
	unsigned char random[NONCE_BYTES];
	ASN1_INTEGER *nonce = ASN1_INTEGER_new();

	/* An integer that begins with a zero has two encodings. */
	if (nonce != NULL && RAND_bytes_ex(crypto, random, sizeof(random),
	    0) == 1 && (random[0] |= 1) != 0 &&
	    ASN1_STRING_set(nonce, random, sizeof(random)) == 1)
		return nonce;
	ASN1_INTEGER_free(nonce);
	return NULL;
}

static TS_REQ *
request_new(const struct doc_signer *signer, const uint8_t *bytes, size_t n)
{
	TS_REQ *request = TS_REQ_new();
	TS_MSG_IMPRINT *imprint = imprint_new(signer, bytes, n);
	ASN1_INTEGER *nonce = nonce_new(signer->crypto);
	bool done = request != NULL && imprint != NULL && nonce != NULL &&
	    TS_REQ_set_version(request, 1) == 1 &&
	    TS_REQ_set_msg_imprint(request, imprint) == 1 &&
	    TS_REQ_set_nonce(request, nonce) == 1 &&
	    TS_REQ_set_cert_req(request, 1) == 1;

	TS_MSG_IMPRINT_free(imprint);
	ASN1_INTEGER_free(nonce);
	if (done)
		return request;
	TS_REQ_free(request);
	return NULL;
}

/* What the service answers, whatever that is. */
static enum doc_err
send(const char *url, TS_REQ *request, TS_RESP **out, struct doc_error *error)
{
	unsigned char *der = NULL;
	const unsigned char *p;
	int n = i2d_TS_REQ(request, &der);
	struct jpki_buf answer = { NULL, 0 };
	enum doc_err err;

	if (n <= 0)
		return doc_fail_crypto(error, DOC_ERR_MEMORY,
		    "no time stamp can be asked for");
	err = timestamp_http_post(url, der, (size_t)n, &answer, error);
	OPENSSL_free(der);
	p = answer.p;
	if (err == DOC_OK &&
	    (*out = d2i_TS_RESP(NULL, &p, (long)answer.n)) == NULL)
		err = doc_fail_crypto(error, DOC_ERR_NETWORK,
		    "the time stamp service's answer cannot be read");
	jpki_buf_free(&answer);
	return err;
}

static enum doc_err
check_status(TS_RESP *answer, struct doc_error *error)
{
	TS_STATUS_INFO *status = TS_RESP_get_status_info(answer);
	long code = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(status));
	const ASN1_UTF8STRING *text;
	char said[128];

	if (code == GRANTED || code == GRANTED_WITH_MODS)
		return DOC_OK;
	(void)snprintf(said, sizeof(said), "%s", _("it does not say why"));
	text = sk_ASN1_UTF8STRING_value(TS_STATUS_INFO_get0_text(status), 0);
	if (text != NULL && ASN1_STRING_length(text) > 0)
		doc_printable(ASN1_STRING_get0_data(text),
		    (size_t)ASN1_STRING_length(text), said, sizeof(said));
	return doc_fail(error, DOC_ERR_NETWORK, "the time stamp service gives "
	    "none: %s", said);
}

/* Ours, not one that was made for an earlier request, and not of a time at
 * which nobody would believe us to have signed. */
static enum doc_err
check_token(const struct doc_signer *signer, const struct timestamp *stamp,
    TS_REQ *request, struct doc_error *error)
{
	struct doc_error fault = { DOC_OK, "" };
	const ASN1_INTEGER *nonce;
	char text[DOC_TIME_MAX];
	struct tst tst;
	enum doc_err err = tst_open(signer->crypto, stamp, &tst, &fault);

	if (err != DOC_OK)
		return doc_fail(error, err == DOC_ERR_INPUT ?
		    DOC_ERR_NETWORK : err,
		    "the time stamp that came does not hold: %s", fault.words);
	nonce = TS_TST_INFO_get_nonce(tst.info);
	if (nonce == NULL || ASN1_INTEGER_cmp(nonce,
	    TS_REQ_get_nonce(request)) != 0)
		err = doc_fail(error, DOC_ERR_NETWORK, "the time stamp that "
		    "came is the answer to another request");
	else if (tst.when + DOC_CLOCK_SKEW < signer->now)
		err = doc_fail(error, DOC_ERR_NETWORK, "the time stamp that "
		    "came says %s, before this was signed; set the clock of "
		    "this machine", doc_time_text(tst.when, text));
	tst_close(&tst);
	return err;
}

static enum doc_err
take_token(TS_RESP *answer, struct jpki_buf *out, struct doc_error *error)
{
	PKCS7 *token = TS_RESP_get_token(answer);
	unsigned char *der = NULL;
	int n = token != NULL ? i2d_PKCS7(token, &der) : 0;
	enum doc_err err;

	if (n <= 0)
		return doc_fail_crypto(error, DOC_ERR_NETWORK,
		    "the time stamp service gives none");
	err = doc_buf_copy(der, (size_t)n, out, error);
	OPENSSL_free(der);
	return err;
}

static enum doc_err
ask(const struct doc_signer *signer, struct timestamp *stamp,
    struct jpki_buf *token, struct doc_error *error)
{
	TS_REQ *request = request_new(signer, stamp->bytes, stamp->n);
	TS_RESP *answer = NULL;
	enum doc_err err;

	if (request == NULL)
		return doc_fail_crypto(error, DOC_ERR_INTERNAL,
		    "no time stamp can be asked for");
	err = send(signer->timestamp, request, &answer, error);
	if (err == DOC_OK)
		err = check_status(answer, error);
	if (err == DOC_OK)
		err = take_token(answer, token, error);
	stamp->token = token->p;
	stamp->token_n = token->n;
	if (err == DOC_OK)
		err = check_token(signer, stamp, request, error);
	TS_RESP_free(answer);
	TS_REQ_free(request);
	return err;
}

enum doc_err
timestamp_fetch(const struct doc_signer *signer, const uint8_t *bytes,
    size_t n, struct jpki_buf *token, struct doc_error *error)
{
	struct timestamp stamp = { NULL, 0, bytes, n };
	struct jpki_buf got = { NULL, 0 };
	enum doc_err err;

	if (signer->timestamp == NULL)
		return doc_fail(error, DOC_ERR_OPTION,
		    "no time stamp service is named");
	err = ask(signer, &stamp, &got, error);
	if (err == DOC_OK)
		*token = got;
	else
		jpki_buf_free(&got);
	return err;
}
