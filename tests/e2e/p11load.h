/* SPDX-License-Identifier: BSD-2-Clause */
/* For clients of tests and benchmarks: any PKCS #11 module, loaded by path. */
#ifndef P11LOAD_H
#define P11LOAD_H

#include <stdbool.h>

#include "cryptoki.h"
#include "rv.h"

#define SIGNATURE_MAX	512

struct p11 {
	void			*library;
	CK_FUNCTION_LIST	*f;
};

/* False, and a line on stderr, if it cannot be had. */
bool		 p11_load(struct p11 *p11, const char *path);
void		 p11_unload(struct p11 *p11);

/* The slot of the token with that label; TOKEN_NOT_PRESENT: there is none. */
CK_RV		 p11_slot(const struct p11 *p11, const char *label,
    CK_SLOT_ID *out);

/* The first private key; KEY_HANDLE_INVALID: there is none. */
CK_RV		 p11_key(const struct p11 *p11, CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE *out);

/* CKM_SHA256_RSA_PKCS over a text of 14 bytes; n: bytes of the signature. */
CK_RV		 p11_sign(const struct p11 *p11, CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE key, CK_ULONG *n);

#endif
