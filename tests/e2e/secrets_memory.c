/* SPDX-License-Identifier: BSD-2-Clause */
#include "secrets_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CHUNK		(256 * 1024)
#define LINE_MAX_BYTES	4400
#define MAPPINGS_MAX	1024

struct mapping {
	uint64_t	from, to;
	char		mode[5];
	char		name[PLACE_MAX];
};

/* What goes through all searches of one process or file. */
struct search {
	const struct secrets	*secrets;
	found_fn		*fn;
	void			*user;
	pid_t			 pid;
	const struct mapping	*mapping;	/* NULL: a file */
	const char		*path;
};

static struct mapping mappings[MAPPINGS_MAX];
static size_t mapping_count;
static uint8_t chunk[CHUNK + SECRET_FORM_MAX];

static bool
complain(const char *path)
{
	fprintf(stderr, "%s: %s\n", path, strerror(errno));
	return false;
}

static bool
mapping_parse(const char *line, struct mapping *m)
{
	int behind = 0;

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %*s %*s %*s %n",
	    &m->from, &m->to, m->mode, &behind) != 3 || behind == 0)
		return false;
	(void)snprintf(m->name, sizeof(m->name), "%.*s",
	    (int)strcspn(line + behind, "\n"), line + behind);
	if (m->name[0] == '\0')
		(void)snprintf(m->name, sizeof(m->name), "anonymous");
	return true;
}

/* All of them before the first is read. */
static bool
mappings_read(pid_t pid, enum extent extent)
{
	char line[LINE_MAX_BYTES], path[64];
	struct mapping *m;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	f = fopen(path, "re");
	if (f == NULL)
		return complain(path);
	mapping_count = 0;
	while (mapping_count < MAPPINGS_MAX &&
	    fgets(line, sizeof(line), f) != NULL) {
		m = &mappings[mapping_count];
		mapping_count += mapping_parse(line, m) && m->mode[0] == 'r' &&
		    (m->mode[1] == 'w' || extent == EVERYTHING);
	}
	(void)fclose(f);
	errno = ESRCH;
	return mapping_count > 0 || complain(path);
}

/* Locked, and left out of dumps: what the kernel says of the mapping. */
static bool
is_locked(pid_t pid, const struct mapping *mapping)
{
	char line[LINE_MAX_BYTES], path[64];
	struct mapping m = { 0 }, next;
	bool locked = false;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/smaps", (int)pid);
	f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (mapping_parse(line, &next))
			m = next;
		else if (strncmp(line, "VmFlags:", 8) == 0 &&
		    m.from == mapping->from)
			locked = strstr(line, " lo") != NULL &&
			    strstr(line, " dd") != NULL;
	}
	if (f != NULL)
		(void)fclose(f);
	return locked;
}

static void
tell(const struct search *s, const struct finding *finding)
{
	struct place place = { .locked = false };

	(void)snprintf(place.name, sizeof(place.name), "%s",
	    s->mapping != NULL ? s->mapping->name : s->path);
	if (s->mapping != NULL)
		place.locked = is_locked(s->pid, s->mapping);
	s->fn(s->user, finding, &place);
}

/*
 * Findings that begin within the first CHUNK bytes of n.  Returns how far the
 * last of them reaches beyond those.
 */
static size_t
search_chunk(const struct search *s, size_t n, size_t from)
{
	struct finding finding;
	size_t behind = from;

	while (from < CHUNK && secrets_find(s->secrets, chunk, n, &from,
	    &finding) && finding.at < CHUNK) {
		behind = from;
		tell(s, &finding);
	}
	return behind > CHUNK ? behind - CHUNK : 0;
}

/* A page that went, or that a device owns, ends its mapping. */
static void
search_mapping(const struct search *s, int fd)
{
	size_t behind = 0;
	uint64_t left;
	ssize_t n;

	for (uint64_t at = s->mapping->from; at < s->mapping->to;
	    at += CHUNK) {
		left = s->mapping->to - at;
		n = pread(fd, chunk, left < sizeof(chunk) ? (size_t)left :
		    sizeof(chunk), (off_t)at);
		if (n <= 0)
			return;
		behind = search_chunk(s, (size_t)n, behind);
	}
}

static bool
search_stream(const struct search *s)
{
	size_t behind = 0, had = 0, got;
	FILE *f = fopen(s->path, "re");

	if (f == NULL)
		return complain(s->path);
	while ((got = fread(chunk + had, 1, sizeof(chunk) - had, f)) > 0 ||
	    had > behind) {
		had += got;
		behind = search_chunk(s, had, behind);
		had = had > CHUNK ? had - CHUNK : 0;
		memmove(chunk, chunk + CHUNK, had);
	}
	(void)fclose(f);
	return true;
}

bool
file_scan(const char *path, const struct secrets *secrets, found_fn *fn,
    void *user)
{
	const struct search s = { .secrets = secrets, .fn = fn, .user = user,
	    .path = path };

	return search_stream(&s);
}

static bool
words_scan(pid_t pid, const char *what, const struct secrets *secrets,
    found_fn *fn, void *user)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, what);
	return file_scan(path, secrets, fn, user);
}

bool
memory_scan(pid_t pid, enum extent extent, const struct secrets *secrets,
    found_fn *fn, void *user)
{
	struct search s = { .secrets = secrets, .fn = fn, .user = user,
	    .pid = pid };
	char path[64];
	int fd;

	if (!mappings_read(pid, extent))
		return false;
	(void)snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return complain(path);
	for (size_t i = 0; i < mapping_count; i++) {
		s.mapping = &mappings[i];
		search_mapping(&s, fd);
	}
	(void)close(fd);
	return extent == WRITABLE ||
	    (words_scan(pid, "environ", secrets, fn, user) &&
	    words_scan(pid, "cmdline", secrets, fn, user));
}
