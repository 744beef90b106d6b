/* SPDX-License-Identifier: BSD-2-Clause */
/* Files with PKCS #11 modules, as far as they may show this card. */
#ifndef P11FILE_H
#define P11FILE_H

#include <stdbool.h>

enum p11_kind {
	P11_OTHER,	/* nothing is known of it */
	P11_OURS,
	P11_OPENSC,
	P11_PROXY,	/* all that p11-kit has */
};

/* Tokens that a module shows. */
#define P11_AUTH	0x01u
#define P11_SIGN	0x02u

struct p11_file {
	enum p11_kind	 kind;
	unsigned	 tokens;	/* of this card; of the proxy 0 */
};

/* By the name of the file, in whatever folder. */
struct p11_file	 p11_file_of(const char *path);

/* Files of ours: what browsers get, and what all others get. */
#define P11_FILE_AUTH	"jpki-pkcs11-auth.so"
#define P11_FILE_BOTH	"jpki-pkcs11.so"

#endif
