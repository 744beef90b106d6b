/* SPDX-License-Identifier: BSD-2-Clause */
#include "session.h"

#include <stdio.h>

#include <openssl/err.h>

#include "pin.h"

static const struct {
	enum jpki_pin		 pin;
	enum jpki_cert_id	 cert;
} rows[JPKI_KEY_COUNT] = {
	[JPKI_KEY_AUTH] = { JPKI_PIN_AUTH, JPKI_CERT_AUTH },
	[JPKI_KEY_SIGN] = { JPKI_PIN_SIGN, JPKI_CERT_SIGN },
};

static enum jpki_err
read_cert(struct session *s, enum jpki_cert_id id)
{
	struct jpki_buf der = { NULL, 0 };
	const unsigned char *p;
	enum jpki_err err;

	err = jpki_cert_read(s->card, id, &der);
	if (err != JPKI_OK)
		return err;
	p = der.p;
	s->cert = X509_new_ex(s->crypto, NULL);
	/* On failure it frees the certificate, and leaves NULL. */
	if (s->cert == NULL || d2i_X509(&s->cert, &p, (long)der.n) == NULL)
		err = JPKI_ERR_MALFORMED;
	jpki_buf_free(&der);
	return err;
}

/* After the login: the signature certificate is not readable before. */
static enum jpki_err
load(struct session *s, enum jpki_key key)
{
	enum jpki_err err;

	err = jpki_crypto(s->ctx, &s->crypto);
	if (err == JPKI_OK)
		err = read_cert(s, rows[key].cert);
	if (err == JPKI_OK)
		err = jpki_pkey(s->card, key, &s->key);
	if (err == JPKI_OK)
		err = jpki_pss_probe(s->card, key, &s->pss);
	return err;
}

int
session_open(struct session *s, enum jpki_key key)
{
	enum jpki_err err;

	*s = (struct session){ .pss = JPKI_UNKNOWN };
	err = jpki_ctx_new(&s->ctx);
	if (err == JPKI_OK)
		err = jpki_card_open(s->ctx, NULL, &s->card);
	if (err == JPKI_OK) {
		/* Nobody has to wait for us while a person is asked. */
		jpki_card_end(s->card);
		if (pin_login(s->card, rows[key].pin) != 0)
			return -1;
		err = load(s, key);
	}
	if (err == JPKI_OK)
		return 0;
	fprintf(stderr, "card: %s\n", jpki_strerror(err));
	return -1;
}

void
session_leave(struct session *s)
{
	jpki_card_close(&s->card);
}

void
session_close(struct session *s)
{
	EVP_PKEY_free(s->key);
	X509_free(s->cert);
	jpki_card_close(&s->card);
	jpki_ctx_free(&s->ctx);
}

void
session_fail(const struct session *s, const char *what)
{
	enum jpki_err err = jpki_pkey_error(s->key);

	ERR_print_errors_fp(stderr);
	fprintf(stderr, "%s failed", what);
	if (err != JPKI_OK)
		fprintf(stderr, ": %s", jpki_strerror(err));
	fprintf(stderr, "\n");
}
