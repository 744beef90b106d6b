/* SPDX-License-Identifier: BSD-2-Clause */
/* The context: a transport, a log, a private OpenSSL library context. */
#ifndef CTX_H
#define CTX_H

#include <openssl/crypto.h>
#include <openssl/provider.h>

#include "log.h"
#include "transport.h"

/* A card that said that it is not JPKI, until its reader's events change. */
struct refusal {
	char		name[TRANSPORT_NAME_MAX];
	uint32_t	events;
};

struct jpki_ctx {
	struct transport	*transport;
	OSSL_LIB_CTX		*crypto; /* no configuration file, no default;
					    NULL until ctx_crypto() */
	OSSL_LIB_CTX		*shared; /* with the caller, and with the
					    provider in it; or NULL */
	OSSL_PROVIDER		*provider;
	struct log		 log;
	struct refusal		*refused;
	size_t			 refused_count;
};

/* Over any transport, which the context owns from then on, errors included. */
enum jpki_err	ctx_new(struct transport *transport, struct jpki_ctx **out);

/* Have ctx->crypto.  MEMORY, INTERNAL. */
enum jpki_err	ctx_crypto(struct jpki_ctx *ctx);
/* Another one, which works. */
enum jpki_err	ctx_crypto_new(OSSL_LIB_CTX **out);

/* Readers as the transport lists them; *out is freed with free(). */
enum jpki_err	ctx_list(struct jpki_ctx *ctx, struct transport_reader **out,
    size_t *n);

bool		ctx_refused(const struct jpki_ctx *ctx,
    const struct transport_reader *reader);
/* Best effort: without memory the card is merely asked again. */
void		ctx_refuse(struct jpki_ctx *ctx,
    const struct transport_reader *reader);

#endif
