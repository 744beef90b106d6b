/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The list of PKCS #11 modules in an NSS database: pkcs11.txt, beside
 * cert9.db.  It is read here, and written by NSS's own modutil only.
 */
#ifndef NSSDB_H
#define NSSDB_H

#include "host.h"

enum nssdb_state {
	NSSDB_NONE,	/* no database there */
	NSSDB_SQL,
	NSSDB_OLD,	/* Berkeley DB only: secmod.db, before 2018 */
};

struct nss_module {
	char	*name, *library;
};

struct nssdb {
	enum nssdb_state	 state;
	struct nss_module	*modules;	/* NSS's own left out */
	size_t			 n;
};

/* The database in a folder.  Free takes what it made. */
void	nssdb_read(const struct host *host, const char *folder,
	    struct nssdb *out);
void	nssdb_free(struct nssdb *db);

#endif
