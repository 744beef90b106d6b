/* SPDX-License-Identifier: BSD-2-Clause */
#include "nssdb.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"

static bool
has(const struct host *host, const char *folder, const char *name)
{
	char room[PATH_MAX];

	return host_exists(host, path_join(folder, name, room, sizeof room));
}

static enum nssdb_state
state_of(const struct host *host, const char *folder)
{
	if (has(host, folder, "cert9.db") || has(host, folder, "pkcs11.txt"))
		return NSSDB_SQL;
	return has(host, folder, "secmod.db") || has(host, folder, "cert8.db") ?
	    NSSDB_OLD : NSSDB_NONE;
}

/* Takes the texts; what has no library is NSS's own. */
static void
add(struct nssdb *db, struct nss_module *module)
{
	bool counts = module->library != NULL && module->library[0] != '\0';
	bool added = counts && list_append(&db->modules, &db->n, module,
	    sizeof *module);

	if (counts && !added)
		host_memory_lacks();
	if (!added) {
		free(module->name);
		free(module->library);
	}
	memset(module, 0, sizeof *module);
}

/* "key=value" of a line of n bytes, into *value if the key is that. */
static void
take(const char *line, size_t n, const char *key, char **value)
{
	size_t length = strlen(key);

	if (n <= length || strncmp(line, key, length) != 0 ||
	    line[length] != '=')
		return;
	free(*value);
	*value = strndup(line + length + 1, n - length - 1);
	if (*value == NULL)
		host_memory_lacks();
}

/* Modules are parted by empty lines. */
static void
read_list(const char *text, struct nssdb *db)
{
	struct nss_module module = { NULL, NULL };

	while (*text != '\0') {
		size_t n = strcspn(text, "\n");

		take(text, n, "name", &module.name);
		take(text, n, "library", &module.library);
		if (n == 0)
			add(db, &module);
		text += n + (text[n] == '\n');
	}
	add(db, &module);
}

void
nssdb_read(const struct host *host, const char *folder, struct nssdb *out)
{
	char	 room[PATH_MAX];
	char	*text;

	memset(out, 0, sizeof *out);
	out->state = state_of(host, folder);
	text = host_read(host, path_join(folder, "pkcs11.txt", room,
	    sizeof room));
	if (text != NULL)
		read_list(text, out);
	free(text);
}

void
nssdb_free(struct nssdb *db)
{
	for (size_t i = 0; i < db->n; i++) {
		free(db->modules[i].name);
		free(db->modules[i].library);
	}
	free(db->modules);
	memset(db, 0, sizeof *db);
}
