/* SPDX-License-Identifier: BSD-2-Clause */
#include "registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "p11file.h"

static const struct folder_row {
	const char	*path;
	bool		 of_user;
} folders[] = {
	{ "~/.config/pkcs11/modules", true },
	{ P11KIT_ADMIN, false },
	{ P11KIT_CONFIGS, false },
};

static struct registered *
entry_of(struct registry *registry, const char *name, const char *folder)
{
	struct registered *more;

	for (size_t i = 0; i < registry->n; i++)
		if (strcmp(registry->list[i].name, name) == 0)
			return &registry->list[i];
	more = realloc(registry->list, (registry->n + 1) * sizeof *more);
	if (more == NULL) {
		host_memory_lacks();
		return NULL;
	}
	registry->list = more;
	more += registry->n++;
	memset(more, 0, sizeof *more);
	(void)snprintf(more->name, sizeof more->name, "%s", name);
	(void)snprintf(more->folder, sizeof more->folder, "%s", folder);
	return more;
}

/* "key: value" of a line of n bytes; NULL if the key is another. */
static const char *
value_of(const char *line, size_t n, const char *key, size_t *length)
{
	size_t k = strlen(key);

	if (n <= k || strncmp(line, key, k) != 0 || line[k] != ':')
		return NULL;
	line += k + 1;
	*length = n - k - 1;
	while (*length > 0 && (*line == ' ' || *line == '\t')) {
		line++;
		(*length)--;
	}
	return line;
}

/* The first file that says it counts, also if it says nothing. */
static void
take_text(struct registered *entry, const char *text)
{
	const struct {
		const char	*key, *mark;
		char		*room;
		size_t		 n;
	} rows[] = {
		{ "module", "", entry->module, sizeof entry->module },
		{ "enable-in", ":", entry->only, sizeof entry->only },
		{ "disable-in", ":", entry->never, sizeof entry->never },
	};

	while (*text != '\0') {
		size_t		 n = strcspn(text, "\r\n"), length;
		const char	*value;

		for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
			value = value_of(text, n, rows[i].key, &length);
			if (value != NULL && rows[i].room[0] == '\0')
				(void)snprintf(rows[i].room, rows[i].n,
				    "%s%.*s", rows[i].mark, (int)length,
				    value);
		}
		text += n + (text[n] != '\0');
	}
}

static void
read_folder(const struct host *host, const char *folder,
    struct registry *out)
{
	struct names	names = host_names(host, folder);
	char		path[PATH_MAX];

	for (size_t i = 0; i < names.n; i++) {
		struct registered	*entry = NULL;
		const char		*dot = strrchr(names.name[i], '.');
		char			*text = NULL;

		if (dot != NULL && strcmp(dot, ".module") == 0)
			text = host_read(host, path_join(folder,
			    names.name[i], path, sizeof path));
		if (text != NULL)
			entry = entry_of(out, names.name[i], folder);
		if (entry != NULL)
			take_text(entry, text);
		free(text);
	}
	names_free(&names);
}

void
registry_read(const struct host *host, struct registry *out)
{
	memset(out, 0, sizeof *out);
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
		if (!folders[i].of_user || !host->root)
			read_folder(host, folders[i].path, out);
}

void
registry_free(struct registry *registry)
{
	free(registry->list);
	registry->list = NULL;
	registry->n = 0;
}

/* Names are parted by blanks, commas or both. */
static bool
lists(const char *names, const char *name)
{
	static const char between[] = ":, \t";

	while (*names != '\0') {
		size_t n = strcspn(names, between);

		if (name != NULL && n == strlen(name) &&
		    strncmp(names, name, n) == 0)
			return true;
		names += n + (names[n] != '\0');
	}
	return false;
}

bool
registered_for(const struct registered *entry, const char *program)
{
	if (entry->only[0] != '\0')
		return lists(entry->only, program);
	return !lists(entry->never, program);
}

bool
registered_apart(const struct registered *entry)
{
	return entry->only[0] != '\0' || entry->never[0] != '\0';
}

unsigned
registry_proxied(const struct registry *registry)
{
	unsigned tokens = 0;

	for (size_t i = 0; i < registry->n; i++) {
		struct p11_file file = p11_file_of(registry->list[i].module);

		if (file.kind == P11_OURS &&
		    registered_for(&registry->list[i], "p11-kit-proxy"))
			tokens |= file.tokens;
	}
	return tokens;
}
