/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificates as the card's memory holds them; inside a transaction. */
#ifndef CERT_H
#define CERT_H

#include "card.h"

/* Read once, then kept; *out lives until the login or insertion ends. */
enum jpki_err	cert_load(struct jpki_card *card, enum jpki_cert_id id,
    struct slice *out);

/* The key's public half, from its certificate; owned by the card. */
enum jpki_err	cert_public_key(struct jpki_card *card, enum jpki_key key,
    EVP_PKEY **out);

#endif
