/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tls-client HOST PORT [CA.pem]: connects, proves with the card's user
 * authentication key who is there, asks for "/" and prints the answer.  The
 * server has to prove itself, too: to the system's CAs, or to that of CA.pem.
 */
#include <stdio.h>

#include <openssl/ssl.h>

#include "session.h"

/*
 * What the client signs with: OpenSSL has to be told, or it may promise what
 * the card cannot do.  Without PSS there is no certificate in TLS 1.3.
 */
#define PKCS1	"RSA+SHA256:RSA+SHA384:RSA+SHA512"
#define PSS	"rsa_pss_rsae_sha256"

static SSL_CTX *
context_new(const struct session *s, const char *ca)
{
	SSL_CTX *ctx = SSL_CTX_new_ex(s->crypto, NULL, TLS_client_method());
	char with[] = PSS ":" PKCS1, without[] = PKCS1;

	if (ctx == NULL)
		return NULL;
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	/* The card is not there any more when a server asks again. */
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION);
	if ((ca != NULL ? SSL_CTX_load_verify_file(ctx, ca) :
	    SSL_CTX_set_default_verify_paths(ctx)) == 1 &&
	    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1 &&
	    SSL_CTX_set1_client_sigalgs_list(ctx,
	    s->pss == JPKI_YES ? with : without) == 1 &&
	    SSL_CTX_use_certificate(ctx, s->cert) == 1 &&
	    SSL_CTX_use_PrivateKey(ctx, s->key) == 1)
		return ctx;
	SSL_CTX_free(ctx);
	return NULL;
}

/* The handshake, in which the card signs. */
static BIO *
connect_to(SSL_CTX *ctx, char *host, char *port)
{
	BIO *bio = BIO_new_ssl_connect(ctx);
	SSL *ssl = NULL;

	if (bio == NULL)
		return NULL;
	BIO_get_ssl(bio, &ssl);
	BIO_set_conn_hostname(bio, host);
	BIO_set_conn_port(bio, port);
	if (ssl != NULL && SSL_set1_host(ssl, host) == 1 &&
	    SSL_set_tlsext_host_name(ssl, host) == 1 &&
	    BIO_do_connect(bio) == 1 && BIO_do_handshake(bio) == 1) {
		fprintf(stderr, "%s\n", SSL_get_version(ssl));
		return bio;
	}
	BIO_free_all(bio);
	return NULL;
}

/* A server of TLS 1.3 that refuses a client says so only here. */
static int
get_page(BIO *bio, const char *host)
{
	char page[4096];
	int n, got = 0;

	if (BIO_printf(bio, "GET / HTTP/1.0\r\nHost: %s\r\n\r\n", host) <= 0)
		return 0;
	while ((n = BIO_read(bio, page, sizeof(page))) > 0) {
		fwrite(page, 1, (size_t)n, stdout);
		got = 1;
	}
	return got && fflush(stdout) == 0;
}

static int
run(struct session *s, char *host, char *port, const char *ca)
{
	SSL_CTX *ctx = NULL;
	BIO *bio = NULL;
	int ok = 0;

	ctx = context_new(s, ca);
	if (ctx != NULL)
		bio = connect_to(ctx, host, port);
	session_leave(s);
	if (bio != NULL)
		ok = get_page(bio, host);
	if (!ok)
		session_fail(s, "the connection");
	BIO_free_all(bio);
	SSL_CTX_free(ctx);
	return ok;
}

int
main(int argc, char **argv)
{
	struct session s;
	int ok;

	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: tls-client HOST PORT [CA.pem]\n");
		return 2;
	}
	ok = session_open(&s, JPKI_KEY_AUTH) == 0 &&
	    run(&s, argv[1], argv[2], argv[3]);
	session_close(&s);
	return ok ? 0 : 1;
}
