/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE		/* nftw */
#include "files.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "document.h"
#include "signature.h"

static const struct {
	const char	*name, *content;	/* NULL: it is made elsewhere */
} inputs[] = {
	{ "pin", LETTER }, { "new-pin", LETTER },
	{ "letter", LETTER }, { "letter.2", LETTER }, { "letter.3", LETTER },
	{ "a.xml", DOCUMENT_XML }, { "b.xml", DOCUMENT_XML },
	{ "a.pdf", document_pdf }, { "b.pdf", document_pdf },
	{ DOCUMENT_CA, NULL },
};

#define INPUTS	(sizeof(inputs) / sizeof(inputs[0]))

bool
files_make(void)
{
	bool ok = true;

	for (size_t i = 0; i < INPUTS && ok; i++) {
		FILE *f;

		if (inputs[i].content == NULL)
			continue;
		f = fopen(inputs[i].name, "we");
		ok = f != NULL && fputs(inputs[i].content, f) >= 0;
		if (f != NULL && fclose(f) != 0)
			ok = false;
		ok = ok && chmod(inputs[i].name, 0600) == 0;
	}
	return ok;
}

static bool
is_input(const char *name)
{
	for (size_t i = 0; i < INPUTS; i++)
		if (strcmp(name, inputs[i].name) == 0)
			return true;
	return false;
}

static size_t
file_read(const char *path, char *room, size_t n)
{
	FILE *f = fopen(path, "re");
	size_t got = 0;

	if (f != NULL) {
		got = fread(room, 1, n, f);
		fclose(f);
	}
	return got;
}

static bool
makes_signatures(const struct operation *op)
{
	return op->yield == YIELD_SIGNATURE || op->yield == YIELD_PSS;
}

static void
take_signature(struct attempt *a, const char *p, size_t n,
    const char *where, struct complaint *out)
{
	if (n != SIGNATURE_BYTES) {
		complain(out, "%s has %zu bytes", where, n);
		return;
	}
	if (a->signatures < SIGNATURES_MAX)
		memcpy(a->signature[a->signatures++], p, n);
}

/* It has the name of an input, and more; what is half a document, or a name on
 * its way to another, is none. */
static void
take_document(struct attempt *a, const char *name, struct complaint *out)
{
	char input[NAME_ROOM];
	size_t n = strlen(name), end = strlen(DOCUMENT_SUFFIX);

	if (n > end)
		snprintf(input, sizeof(input), "%.*s", (int)(n - end), name);
	if (n <= end || strcmp(name + n - end, DOCUMENT_SUFFIX) != 0 ||
	    !is_input(input))
		complain(out, "leaves the file %s", name);
	else if (!document_holds(name))
		complain(out, "leaves %s, which does not hold", name);
	a->documents++;
}

static void
take_file(const struct operation *op, struct attempt *a, const char *name,
    struct complaint *out)
{
	static char room[16 * 1024];
	size_t n = file_read(name, room, sizeof(room));

	if (makes_signatures(op))
		take_signature(a, room, n, name, out);
	else if (op->yield == YIELD_DOCUMENTS)
		take_document(a, name, out);
	else if (!op->makes_files || a->out_n > 0 || name[0] == '.')
		complain(out, "leaves the file %s", name);
	else if (n > 0) {
		/* The tool's pipe has as much room. */
		memcpy(a->out, room, n);
		a->out_n = n;
	}
	(void)unlink(name);
}

void
files_take(const struct operation *op, struct attempt *a,
    struct complaint *out)
{
	const struct dirent *e;
	DIR *dir = opendir(".");

	while (dir != NULL && (e = readdir(dir)) != NULL)
		if (strcmp(e->d_name, ".") != 0 &&
		    strcmp(e->d_name, "..") != 0 && !is_input(e->d_name))
			take_file(op, a, e->d_name, out);
	if (dir != NULL)
		closedir(dir);
	if (makes_signatures(op) && !op->makes_files && a->out_n > 0) {
		take_signature(a, a->out, a->out_n, "standard output", out);
		a->out_n = 0;
	}
}

static int
remove_one(const char *path, const struct stat *st, int type,
    struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

void
files_remove(const char *folder)
{
	(void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/*
 * Copying a card's folder: two levels.
 */

static bool
copy_file(const char *from, const char *to)
{
	static char room[64 * 1024];
	size_t n = file_read(from, room, sizeof(room));
	FILE *f = fopen(to, "we");
	bool ok = f != NULL && fwrite(room, 1, n, f) == n;

	if (f != NULL && fclose(f) != 0)
		ok = false;
	return ok;
}

bool
files_copy(const char *from, const char *to)
{
	char a[512], b[512];
	const struct dirent *e;
	struct stat st;
	DIR *dir = opendir(from);
	bool ok = dir != NULL && mkdir(to, 0700) == 0;

	while (ok && (e = readdir(dir)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(a, sizeof(a), "%s/%s", from, e->d_name);
		snprintf(b, sizeof(b), "%s/%s", to, e->d_name);
		if (stat(a, &st) != 0)
			ok = false;
		else
			ok = S_ISDIR(st.st_mode) ? files_copy(a, b) :
			    copy_file(a, b);
	}
	if (dir != NULL)
		closedir(dir);
	return ok;
}
