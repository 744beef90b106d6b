/* SPDX-License-Identifier: BSD-2-Clause */
/* The certificates of a card, and their CAs, by name. */
#ifndef CERTNAMES_H
#define CERTNAMES_H

#include "jpki.h"

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

/* "known", "test", "unknown" */
const char	*cert_ca_name(enum jpki_ca ca);

#endif
