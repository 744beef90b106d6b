/* SPDX-License-Identifier: BSD-2-Clause */
/* What p11-kit is told of modules: files of "key: value" lines. */
#ifndef REGISTRY_H
#define REGISTRY_H

#include <limits.h>

#include "host.h"

#define REGISTRY_NAMES	512

struct registered {
	char	name[256];		/* of the file */
	char	folder[PATH_MAX];	/* of the file that says the most */
	char	module[PATH_MAX];	/* as it says; "" if none does */
	char	only[REGISTRY_NAMES];	/* "enable-in", with a ':' before */
	char	never[REGISTRY_NAMES];	/* "disable-in", likewise */
};

struct registry {
	struct registered	*list;
	size_t			 n;
};

/*
 * All files, those of one name merged as p11-kit does: the user's, which root
 * has none of, before the machine's, before those of packages.
 */
void	registry_read(const struct host *host, struct registry *out);
void	registry_free(struct registry *registry);

/*
 * Does p11-kit show a module to a program of this name?  NULL: to one that
 * nothing is said of.
 */
bool	 registered_for(const struct registered *entry, const char *program);

/* Are there programs that it is kept from? */
bool	 registered_apart(const struct registered *entry);

/* The tokens of this card that p11-kit's proxy shows, by our module. */
unsigned registry_proxied(const struct registry *registry);

#endif
