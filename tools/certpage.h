/* SPDX-License-Identifier: BSD-2-Clause */
/* What a certificate says, as a page for people and as JSON. */
#ifndef CERTPAGE_H
#define CERTPAGE_H

#include "certs.h"
#include "outjson.h"

void	certpage_text(FILE *f, const struct certview *view, int64_t now);

/* The members of an open object. */
void	certpage_json(struct json *j, const struct certview *view, int64_t now);

/* Who the holder is: a paragraph, and the member "holder" (null for NULL). */
void	certpage_holder(FILE *f, const struct jpki_holder *holder);
void	certpage_holder_json(struct json *j, const struct jpki_holder *holder);

/* From when to when it is valid, and when it can be renewed. */
void	certpage_period(FILE *f, const struct jpki_cert *cert, int64_t now);

/* The lines on validity and CA, and the members that status fixes. */
void	certpage_validity(FILE *f, const struct certview *view, int64_t now);
void	certpage_status_json(struct json *j, const struct certview *view,
	    int64_t now);

#endif
