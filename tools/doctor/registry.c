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
	{ "/etc/pkcs11/modules", false },
	{ JPKI_P11_CONFIGS, false },
};

static struct registered *
entry_of(struct registry *registry, const char *name, const char *folder)
{
	struct registered *more;

	for (size_t i = 0; i < registry->n; i++)
		if (strcmp(registry->list[i].name, name) == 0)
			return &registry->list[i];
	more = realloc(registry->list, (registry->n + 1) * sizeof *more);
	if (more == NULL)
		return NULL;
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

/* The first file that says it counts. */
static void
take_text(struct registered *entry, const char *text)
{
	while (*text != '\0') {
		size_t		 n = strcspn(text, "\r\n"), length;
		const char	*value = value_of(text, n, "module", &length);

		if (value != NULL && entry->module[0] == '\0')
			(void)snprintf(entry->module, sizeof entry->module,
			    "%.*s", (int)length, value);
		if (value_of(text, n, "enable-in", &length) != NULL)
			entry->kept = true;
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

unsigned
registry_tokens(const struct registry *registry)
{
	unsigned tokens = 0;

	for (size_t i = 0; i < registry->n; i++) {
		struct p11_file file = p11_file_of(registry->list[i].module);

		if (file.kind == P11_OURS && !registry->list[i].kept)
			tokens |= file.tokens;
	}
	return tokens;
}
