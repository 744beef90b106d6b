/* SPDX-License-Identifier: BSD-2-Clause */
/* The certificates of a card by name, and fetching one with all around it. */
#ifndef CERTS_H
#define CERTS_H

#include "pins.h"
#include "tool.h"

struct cert_desc {
	const char		*name;		/* on the command line */
	const char		*title;		/* English, lower case */
	const char		*japanese;	/* the official term */
	enum jpki_cert_id	 issuer;	/* the CA's, itself for a CA */
	enum jpki_pin		 pin;		/* that it may need */
};

const struct cert_desc	*cert_describe(enum jpki_cert_id id);

/* The holder's certificate that a PIN belongs to; NULL if it is of none. */
const struct cert_desc	*cert_of_pin(enum jpki_pin pin);

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

/* "known", "test", "unknown" */
const char	*cert_ca_name(enum jpki_ca ca);

#endif
