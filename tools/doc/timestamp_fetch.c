/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A time stamp from a service (RFC 3161, 3.4: over HTTP).  Without TLS: the
 * answer is signed, and what is asked is a digest.
 */
#include "timestamp.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/http.h>
#include <openssl/rand.h>

#include "hashes.h"
#include "tst.h"

#define NONCE_BYTES	16
#define ANSWER_MAX	(256 << 10)
#define SECONDS_MAX	30
#define REQUEST_TYPE	"application/timestamp-query"
#define ANSWER_TYPE	"application/timestamp-reply"

#define GRANTED			0	/* RFC 3161, 2.4.2 */
#define GRANTED_WITH_MODS	1

struct place {
	char	*host, *port;
	char	*path;			/* with what stands behind "?" */
};

static void
place_free(struct place *place)
{
	OPENSSL_free(place->host);
	OPENSSL_free(place->port);
	OPENSSL_free(place->path);
}

static char *
join(const char *path, const char *query)
{
	size_t n = strlen(path) + strlen(query) + 2;
	char *out = OPENSSL_malloc(n);

	if (out != NULL)
		(void)BIO_snprintf(out, n, "%s%s%s", path,
		    query[0] != '\0' ? "?" : "", query);
	return out;
}

static enum doc_err
place_find(const char *url, struct place *out, struct doc_error *error)
{
	char *user = NULL, *path = NULL, *query = NULL, *fragment = NULL;
	int tls = 0, number;
	enum doc_err err = DOC_OK;

	/* OpenSSL does without a scheme, and without a host. */
	if (strncmp(url, "http", 4) != 0 || strstr(url, "://") == NULL ||
	    OSSL_HTTP_parse_url(url, &tls, &user, &out->host, &out->port,
	    &number, &path, &query, &fragment) != 1 || out->host[0] == '\0')
		err = doc_fail(error, DOC_ERR_OPTION, "\"%.200s\" is no "
		    "address of a time stamp service; it looks like "
		    "http://HOST/PATH", url);
	else if (tls != 0 || (user != NULL && user[0] != '\0'))
		err = doc_fail(error, DOC_ERR_OPTION, "time stamps are asked "
		    "for by http:// without a password; what is sent is a "
		    "digest, and the answer is signed");
	else if ((out->path = join(path, query)) == NULL)
		err = doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	ERR_clear_error();
	OPENSSL_free(user);
	OPENSSL_free(path);
	OPENSSL_free(query);
	OPENSSL_free(fragment);
	return err;
}

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
send(const struct place *place, TS_REQ *request, TS_RESP **out,
    struct doc_error *error)
{
	BIO *bytes = BIO_new(BIO_s_mem()), *answer = NULL;
	enum doc_err err = DOC_OK;

	if (bytes == NULL || i2d_TS_REQ_bio(bytes, request) != 1) {
		BIO_free(bytes);
		return doc_fail_crypto(error, DOC_ERR_MEMORY,
		    "no time stamp can be asked for");
	}
	ERR_clear_error();
	answer = OSSL_HTTP_transfer(NULL, place->host, place->port,
	    place->path, 0, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL,
	    REQUEST_TYPE, bytes, ANSWER_TYPE, 1, ANSWER_MAX, SECONDS_MAX, 0);
	if (answer == NULL)
		err = doc_fail_crypto(error, DOC_ERR_NETWORK,
		    "the time stamp service does not answer as it should");
	else if ((*out = d2i_TS_RESP_bio(answer, NULL)) == NULL)
		err = doc_fail_crypto(error, DOC_ERR_NETWORK,
		    "the time stamp service's answer cannot be read");
	BIO_free(bytes);
	BIO_free(answer);
	return err;
}

/* What a service says in its refusal may be anything: printable or not said. */
static enum doc_err
check_status(TS_RESP *answer, struct doc_error *error)
{
	TS_STATUS_INFO *status = TS_RESP_get_status_info(answer);
	long code = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(status));
	const ASN1_UTF8STRING *text;
	char said[128] = "it does not say why";
	size_t n = 0;

	if (code == GRANTED || code == GRANTED_WITH_MODS)
		return DOC_OK;
	text = sk_ASN1_UTF8STRING_value(TS_STATUS_INFO_get0_text(status), 0);
	for (int i = 0; text != NULL && i < ASN1_STRING_length(text) &&
	    n + 1 < sizeof(said); i++) {
		unsigned char c = ASN1_STRING_get0_data(text)[i];

		said[n++] = c >= ' ' && c <= '~' ? (char)c : '?';
		said[n] = '\0';
	}
	return doc_fail(error, DOC_ERR_NETWORK, "the time stamp service gives "
	    "none: %s", said);
}

/* Ours, and not one that was made for an earlier request. */
static enum doc_err
check_token(OSSL_LIB_CTX *crypto, const struct timestamp *stamp,
    TS_REQ *request, struct doc_error *error)
{
	struct doc_error fault = { DOC_OK, "" };
	const ASN1_INTEGER *nonce;
	struct tst tst;
	enum doc_err err = tst_open(crypto, stamp, &tst, &fault);

	if (err != DOC_OK)
		return doc_fail(error, err == DOC_ERR_INPUT ?
		    DOC_ERR_NETWORK : err,
		    "the time stamp that came does not hold: %s", fault.words);
	nonce = TS_TST_INFO_get_nonce(tst.info);
	if (nonce == NULL || ASN1_INTEGER_cmp(nonce,
	    TS_REQ_get_nonce(request)) != 0)
		err = doc_fail(error, DOC_ERR_NETWORK, "the time stamp that "
		    "came is the answer to another request");
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
ask(const struct doc_signer *signer, const struct place *place,
    struct timestamp *stamp, struct jpki_buf *token, struct doc_error *error)
{
	TS_REQ *request = request_new(signer, stamp->bytes, stamp->n);
	TS_RESP *answer = NULL;
	enum doc_err err;

	if (request == NULL)
		return doc_fail_crypto(error, DOC_ERR_INTERNAL,
		    "no time stamp can be asked for");
	err = send(place, request, &answer, error);
	if (err == DOC_OK)
		err = check_status(answer, error);
	if (err == DOC_OK)
		err = take_token(answer, token, error);
	stamp->token = token->p;
	stamp->token_n = token->n;
	if (err == DOC_OK)
		err = check_token(signer->crypto, stamp, request, error);
	TS_RESP_free(answer);
	TS_REQ_free(request);
	return err;
}

enum doc_err
timestamp_fetch(const struct doc_signer *signer, const uint8_t *bytes,
    size_t n, struct jpki_buf *token, struct doc_error *error)
{
	struct place place = { NULL, NULL, NULL };
	struct timestamp stamp = { NULL, 0, bytes, n };
	struct jpki_buf got = { NULL, 0 };
	enum doc_err err;

	if (signer->timestamp == NULL)
		return doc_fail(error, DOC_ERR_OPTION,
		    "no time stamp service is named");
	err = place_find(signer->timestamp, &place, error);
	if (err == DOC_OK)
		err = ask(signer, &place, &stamp, &got, error);
	place_free(&place);
	if (err == DOC_OK)
		*token = got;
	else
		jpki_buf_free(&got);
	return err;
}
