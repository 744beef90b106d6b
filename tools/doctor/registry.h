/* SPDX-License-Identifier: BSD-2-Clause */
/* What p11-kit is told of modules: files of "key: value" lines. */
#ifndef REGISTRY_H
#define REGISTRY_H

#include <limits.h>

#include "host.h"

struct registered {
	char	name[256];		/* of the file */
	char	folder[PATH_MAX];	/* of the file that says the most */
	char	module[PATH_MAX];	/* as it says; "" if none does */
	bool	kept;			/* from all but some (enable-in) */
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

/* The tokens of this card that p11-kit shows, by our module. */
unsigned registry_tokens(const struct registry *registry);

#endif
