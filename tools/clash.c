/* SPDX-License-Identifier: BSD-2-Clause */
#include "clash.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What a path leads to: a file, or a free name in a folder. */
struct place {
	dev_t		 dev;
	ino_t		 ino;
	const char	*name;		/* that is free; "" for a file */
	const char	*path;
	bool		 is_output;
};

/* false: not there, which the reader or writer reports. */
static bool
find_folder(const char *path, const char *slash, struct stat *st)
{
	size_t	 n = slash != NULL ? (size_t)(slash - path) + 1 : 0;
	char	*folder = malloc(n + 2);
	bool	 found;

	if (folder == NULL)
		return false;
	memcpy(folder, path, n);
	memcpy(folder + n, ".", 2);
	found = stat(folder, st) == 0;
	free(folder);
	return found;
}

static bool
find_place(const struct clash_path *path, struct place *out)
{
	const char	*slash = strrchr(path->path, '/');
	struct stat	 st;

	out->path = path->path;
	out->is_output = path->is_output;
	out->name = "";
	if (stat(path->path, &st) == 0) {
		if (!S_ISREG(st.st_mode))
			return false;
	} else {
		if (!path->is_output || !find_folder(path->path, slash, &st))
			return false;
		out->name = slash != NULL ? slash + 1 : path->path;
	}
	out->dev = st.st_dev;
	out->ino = st.st_ino;
	return true;
}

static int
compare_places(const struct place *a, const struct place *b)
{
	if (a->dev != b->dev)
		return a->dev < b->dev ? -1 : 1;
	if (a->ino != b->ino)
		return a->ino < b->ino ? -1 : 1;
	return strcmp(a->name, b->name);
}

/* Of one place, outputs come first. */
static int
compare(const void *a, const void *b)
{
	const struct place	*x = a, *y = b;
	int			 order = compare_places(x, y);

	return order != 0 ? order : y->is_output - x->is_output;
}

static enum exit_code
fail_clash(const struct place *output, const struct place *other)
{
	if (other->is_output)
		return fail(EXIT_USAGE, "%s would be written twice; name each "
		    "file once", output->path);
	return fail(EXIT_USAGE, "%s is to be signed and would be overwritten; "
	    "choose another name for the signature", output->path);
}

enum exit_code
clash_check(const struct clash_path *paths, size_t count)
{
	struct place	*places = calloc(count + 1, sizeof *places);
	size_t		 n = 0;
	enum exit_code	 code = EXIT_DONE;

	if (places == NULL)
		return fail(EXIT_FAILED, "out of memory; give fewer files");
	for (size_t i = 0; i < count; i++)
		n += find_place(&paths[i], &places[n]);
	qsort(places, n, sizeof *places, compare);
	for (size_t i = 1; i < n && code == EXIT_DONE; i++)
		if (places[i - 1].is_output &&
		    compare_places(&places[i - 1], &places[i]) == 0)
			code = fail_clash(&places[i - 1], &places[i]);
	free(places);
	return code;
}
