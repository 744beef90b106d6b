/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * csr: a certificate request for the card's user authentication key, as PEM on
 * standard output, with the subject of the card's own certificate.
 */
#include <stdio.h>

#include <openssl/pem.h>

#include "session.h"

static X509_REQ *
request_new(const struct session *s)
{
	X509_REQ *req = X509_REQ_new_ex(s->crypto, NULL);

	if (req == NULL)
		return NULL;
	if (X509_REQ_set_version(req, X509_REQ_VERSION_1) != 1 ||
	    X509_REQ_set_subject_name(req,
	    X509_get_subject_name(s->cert)) != 1 ||
	    X509_REQ_set_pubkey(req, s->key) != 1) {
		X509_REQ_free(req);
		return NULL;
	}
	return req;
}

/* Here the card signs; OpenSSL takes it for a key like any other. */
static int
request_sign(const struct session *s, X509_REQ *req)
{
	EVP_MD *md = EVP_MD_fetch(s->crypto, "SHA256", NULL);
	int ok = md != NULL && X509_REQ_sign(req, s->key, md) > 0;

	EVP_MD_free(md);
	return ok;
}

int
main(void)
{
	X509_REQ *req = NULL;
	struct session s;
	int ok = 0;

	if (session_open(&s, JPKI_KEY_AUTH) != 0)
		goto out;
	req = request_new(&s);
	ok = req != NULL && request_sign(&s, req);
	session_leave(&s);
	ok = ok && PEM_write_X509_REQ(stdout, req) == 1 &&
	    fflush(stdout) == 0;
	if (!ok)
		session_fail(&s, "the request");
out:
	X509_REQ_free(req);
	session_close(&s);
	return ok ? 0 : 1;
}
