/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificates from bytes, and back: what trust.h offers besides judging. */
#include "trust.h"

#include <limits.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "language.h"

#define CERTS_MAX	1000		/* a bundle of a system's CAs fits */
#define BYTES_MAX	(4u << 20)

X509 *
trust_cert_new(OSSL_LIB_CTX *crypto, const uint8_t *der, size_t n)
{
	const unsigned char *p = der;
	X509 *cert;

	if (n == 0 || n > BYTES_MAX)
		return NULL;
	cert = X509_new_ex(crypto, NULL);
	if (cert == NULL || d2i_X509(&cert, &p, (long)n) == NULL)
		return NULL;		/* d2i freed it */
	if (p == der + n)
		return cert;
	X509_free(cert);
	return NULL;
}

void
trust_certs_free(STACK_OF(X509) *certs)
{
	sk_X509_pop_free(certs, X509_free);
}

static bool
add(STACK_OF(X509) *certs, X509 *cert)
{
	if (cert != NULL && sk_X509_push(certs, cert) > 0)
		return true;
	X509_free(cert);
	return false;
}

/* The end of a file of PEM is that no further one starts. */
static bool
read_pem(OSSL_LIB_CTX *crypto, BIO *bio, STACK_OF(X509) *certs)
{
	unsigned long code;

	while (sk_X509_num(certs) < CERTS_MAX) {
		X509 *cert = X509_new_ex(crypto, NULL);

		if (cert == NULL || PEM_read_bio_X509(bio, &cert, NULL,
		    NULL) == NULL) {
			X509_free(cert);
			code = ERR_peek_last_error();
			ERR_clear_error();
			return ERR_GET_LIB(code) == ERR_LIB_PEM &&
			    ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
		}
		if (!add(certs, cert))
			return false;
	}
	return false;
}

enum doc_err
trust_certs_read(OSSL_LIB_CTX *crypto, const uint8_t *bytes, size_t n,
    STACK_OF(X509) **out, struct doc_error *error)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	BIO *bio = NULL;
	bool done;

	if (n == 0 || n > BYTES_MAX) {
		trust_certs_free(certs);
		return doc_fail(error, DOC_ERR_INPUT, n == 0 ?
		    _("the file of certificates is empty") :
		    _("the file of certificates is too large"));
	}
	bio = BIO_new_mem_buf(bytes, (int)n);
	done = bio != NULL && certs != NULL &&
	    (add(certs, trust_cert_new(crypto, bytes, n)) ||
	    (read_pem(crypto, bio, certs) && sk_X509_num(certs) > 0));
	BIO_free(bio);
	ERR_clear_error();
	if (done) {
		*out = certs;
		return DOC_OK;
	}
	trust_certs_free(certs);
	return doc_fail(error, DOC_ERR_INPUT, "the file has to hold "
	    "certificates in PEM or one in DER, and nothing broken");
}

enum doc_err
trust_cert_der(X509 *cert, struct jpki_buf *out, struct doc_error *error)
{
	unsigned char *der = NULL;
	int n = i2d_X509(cert, &der);
	enum doc_err err;

	if (n <= 0)
		return doc_fail_crypto(error, DOC_ERR_MEMORY,
		    "a certificate cannot be encoded");
	err = doc_buf_copy(der, (size_t)n, out, error);
	OPENSSL_free(der);
	return err;
}
