/* SPDX-License-Identifier: BSD-2-Clause */
#include "hostkit.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spawn.h"
#include "unit.h"

struct hostkit kit;

int
hostkit_setup(void **state)
{
	(void)state;
	memset(&kit, 0, sizeof(kit));
	(void)snprintf(kit.base, sizeof(kit.base), "%s/host.XXXXXX",
	    getenv("TMPDIR") != NULL && strlen(getenv("TMPDIR")) < 40 ?
	    getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(kit.base));
	kit.host.base = kit.base;
	kit.host.home = "/home/u";
	kit.host.path = "/usr/bin:/bin";
	kit.host.socket = "/run/pcscd/pcscd.comm";
	kit.host.now = 1700000000;
	return 0;
}

int
hostkit_teardown(void **state)
{
	const char *argv[] = { "rm", "-rf", kit.base, NULL };
	char *words = NULL;

	(void)state;
	assert_int_equal(spawn_run("/bin/rm", argv, &words), 0);
	free(words);
	return 0;
}

static const char *
make_folders(struct hostkit *k, const char *path, char room[PATH_MAX],
    bool all)
{
	char *at;

	(void)host_path(&k->host, path, room, PATH_MAX);
	assert_true(room[0] != '\0');
	for (at = room + strlen(k->base) + 1; *at != '\0'; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		assert_true(mkdir(room, 0755) == 0 || errno == EEXIST);
		*at = '/';
	}
	if (all)
		assert_true(mkdir(room, 0755) == 0 || errno == EEXIST);
	return room;
}

void
hostkit_folder(struct hostkit *k, const char *path)
{
	char room[PATH_MAX];

	(void)make_folders(k, path, room, true);
}

void
hostkit_file(struct hostkit *k, const char *path, const char *text)
{
	char room[PATH_MAX];
	FILE *f = fopen(make_folders(k, path, room, false), "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

void
hostkit_program(struct hostkit *k, const char *path, const char *script)
{
	char room[PATH_MAX];

	hostkit_file(k, path, script);
	assert_int_equal(chmod(host_path(&k->host, path, room, PATH_MAX),
	    0755), 0);
}

void
hostkit_remove(struct hostkit *k, const char *path)
{
	char room[PATH_MAX];

	assert_int_equal(remove(host_path(&k->host, path, room, PATH_MAX)),
	    0);
}

const char *
hostkit_found(const struct hostkit *k, check_fn *check,
    const struct survey *survey)
{
	static char text[4096];
	struct findings found = { .n = 0 };
	size_t n = 0;

	text[0] = '\0';
	check(&k->host, survey, &found);
	for (size_t i = 0; i < found.n && n < sizeof(text); i++) {
		const char *seen = found.list[i].seen;

		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "%s%s%s%s%s", i > 0 ? "; " : "",
		    finding_name(found.list[i].id), seen[0] ? " (" : "", seen,
		    seen[0] ? ")" : "");
	}
	return text;
}
