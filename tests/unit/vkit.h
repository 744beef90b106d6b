/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtual cards for tests: one of each profile, made at its first use with
 * keys from vkit_keys.c and given back as new at every load.
 */
#ifndef VKIT_H
#define VKIT_H

#include <openssl/x509.h>

#include "personalise.h"
#include "unit.h"
#include "vcard.h"

#define VKIT_ANSWER_MAX	4352

struct vkit_answer {
	uint8_t		p[VKIT_ANSWER_MAX];
	size_t		n;		/* without the status word */
	uint16_t	sw;
};

/* A key of the tests; it protects nothing.  To be freed. */
EVP_PKEY	*vkit_key(enum personalise_key which);

/* A path in a folder that vkit_end() removes; valid until the next call. */
const char	*vkit_path(const char *name);
/* The directory of that profile's card. */
const char	*vkit_dir(const char *profile);
/*
 * As it was created, powered on, with quirks "name name=value".  The kit owns
 * the card, and frees it when the next one is loaded.
 */
struct vcard	*vkit_load(const char *profile, const char *quirks);
/* As the directory has it now. */
struct vcard	*vkit_reload(const char *profile);

struct vkit_answer vkit_send(struct vcard *card, struct slice command);
/* A command in hexadecimal. */
struct vkit_answer vkit_hex(struct vcard *card, const char *command);

/* A whole file of at most 4096 bytes. */
struct vkit_answer vkit_read(struct vcard *card, const char *fid);

/* VERIFY of the current default PIN in the JPKI application; must succeed. */
void		 vkit_login_auth(struct vcard *card);
void		 vkit_login_sign(struct vcard *card);
/* A certificate file of the JPKI application, to be freed. */
X509		*vkit_cert(struct vcard *card, const char *fid);

/* Remove all folders and forget the cards; the last function of a group. */
int		 vkit_end(void **state);

#endif
