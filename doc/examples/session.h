/* SPDX-License-Identifier: BSD-2-Clause */
/* A card that somebody has logged in to, and one of its keys for OpenSSL. */
#ifndef SESSION_H
#define SESSION_H

#include <jpki_openssl.h>
#include <openssl/x509.h>

struct session {
	struct jpki_ctx		*ctx;
	struct jpki_card	*card;
	OSSL_LIB_CTX		*crypto;	/* the context's */
	EVP_PKEY		*key;
	X509			*cert;
	enum jpki_answer	 pss;		/* does the key make it? */
};

/* Says what went wrong: 0, or -1.  To be closed in either case. */
int	session_open(struct session *s, enum jpki_key key);
/* Log out, and leave the card: to be called as soon as all is signed. */
void	session_leave(struct session *s);
/* Comes last, when nothing is left of what was made in crypto. */
void	session_close(struct session *s);

/* What OpenSSL failed at, and what the card says of it. */
void	session_fail(const struct session *s, const char *what);

#endif
