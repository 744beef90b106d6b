/* SPDX-License-Identifier: BSD-2-Clause */
/* Fetching a certificate of a card, with all around it. */
#ifndef CERTS_H
#define CERTS_H

#include "certnames.h"
#include "pins.h"
#include "tool.h"

/* A certificate as it was read, and what is known of it. */
struct certview {
	enum jpki_cert_id	 id;
	struct jpki_buf		 der;
	struct jpki_cert	*cert;
	enum jpki_ca		 ca;
	bool			 proved;	/* else ca is a claim */
};

/*
 * Read a certificate, with its PIN if the card asks for it.  The card is open
 * and in a transaction, and is left so.  pins was loaded for the PIN of the
 * certificate's row.  Reports errors.
 */
enum exit_code	 certs_read(struct tool *t, enum jpki_cert_id id,
		    struct pins *pins, struct jpki_buf *der);

/*
 * Read it and parse it; with prove, prove its CA with the CA's certificate on
 * the card, which costs reading that too.
 */
enum exit_code	 certs_fetch(struct tool *t, enum jpki_cert_id id,
		    struct pins *pins, bool prove, struct certview *out);
void		 certview_free(struct certview *view);

/* Why a certificate could not be read, for a person. */
enum exit_code	 fail_cert(const struct tool *t, enum jpki_cert_id id,
		    enum jpki_err err);

#endif
