/* SPDX-License-Identifier: BSD-2-Clause */
#include "certs.h"

#include "language.h"

enum exit_code
fail_cert(const struct tool *t, enum jpki_cert_id id, enum jpki_err err)
{
	if (err == JPKI_ERR_NOT_FOUND)
		return fail(EXIT_FAILED, "this card holds no %s; "
		    "\"jpki-tool status\" shows what it holds",
		    language_of(cert_describe(id)->title));
	if (err == JPKI_ERR_MALFORMED)
		return fail(EXIT_FAILED, "the %s on the card makes no sense; "
		    "place the card anew and try again, -vv shows the exchange",
		    language_of(cert_describe(id)->title));
	return fail_err(t, err);
}

/* A card that does not ask for the PIN is not given it. */
enum exit_code
certs_read(struct tool *t, enum jpki_cert_id id, struct pins *pins,
    struct jpki_buf *der)
{
	enum jpki_err	err = jpki_cert_read(t->card, id, der);
	enum exit_code	code;

	if (err == JPKI_ERR_AUTH_REQUIRED) {
		code = pins_login(t, pins, NULL);
		if (code != EXIT_DONE)
			return code;
		err = jpki_cert_read(t->card, id, der);
	}
	return err == JPKI_OK ? EXIT_DONE : fail_cert(t, id, err);
}

/*
 * Without the CA's certificate, or with one that makes no sense, there is only
 * the claim: it is no fault of the certificate, which was parsed before.
 */
static enum jpki_err
judge_ca(struct tool *t, struct certview *view)
{
	enum jpki_cert_id	issuer = cert_describe(view->id)->issuer;
	struct jpki_buf		ca = { NULL, 0 };
	enum jpki_err		err;

	err = jpki_cert_read(t->card, issuer, &ca);
	if (err == JPKI_OK)
		err = jpki_cert_ca_prove(t->ctx, view->der.p, view->der.n,
		    ca.p, ca.n, &view->ca);
	view->proved = err == JPKI_OK;
	if (tool_err_is_local(err)) {
		view->ca = jpki_cert_ca_claim(view->cert);
		err = JPKI_OK;
	}
	jpki_buf_free(&ca);
	return err;
}

enum exit_code
certs_fetch(struct tool *t, enum jpki_cert_id id, struct pins *pins,
    bool prove, struct certview *out)
{
	struct certview	view = { .id = id };
	enum exit_code	code = certs_read(t, id, pins, &view.der);
	enum jpki_err	err;

	if (code != EXIT_DONE)
		return code;
	err = jpki_cert_parse(t->ctx, view.der.p, view.der.n, &view.cert);
	if (err == JPKI_OK && prove)
		err = judge_ca(t, &view);
	if (err == JPKI_OK) {
		*out = view;
		return EXIT_DONE;
	}
	code = fail_cert(t, id, err);
	certview_free(&view);
	return code;
}

void
certview_free(struct certview *view)
{
	jpki_cert_free(&view->cert);
	jpki_buf_free(&view->der);
}
