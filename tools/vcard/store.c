/* SPDX-License-Identifier: BSD-2-Clause */
#define _DEFAULT_SOURCE		/* flock */
#include "store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/pem.h>

#include "store_state.h"
#include "verror.h"

#define FILE_MAX	65536
#define NAME_BYTES	48
#define STATE		"state"
#define STATE_NEW	"state.tmp"
#define FILES_DIR	"files"
#define KEYS_DIR	"keys"
#define NEW_SUFFIX	".new-XXXXXX"

#define OPEN_DIR	(O_RDONLY | O_DIRECTORY | O_CLOEXEC)

static void
name_of(size_t file, char name[NAME_BYTES])
{
	const struct layout_file *row = &layout_files[file];
	bool key = row->kind == VEF_KEY;

	snprintf(name, NAME_BYTES, "%s/%s-%04X.%s",
	    key ? KEYS_DIR : FILES_DIR, layout_apps[row->app].name,
	    (unsigned)row->fid, key ? "pem" : "bin");
}

static bool
write_all(int fd, struct slice s)
{
	while (s.n > 0) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		s.p += n;
		s.n -= (size_t)n;
	}
	return true;
}

static bool
write_file(int dir, const char *name, struct slice content)
{
	int fd;
	bool done;

	/* What an interrupted write left has to go, its mode too. */
	(void)unlinkat(dir, name, 0);
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    0600);
	if (fd < 0)
		return false;
	done = write_all(fd, content) && fsync(fd) == 0;
	return close(fd) == 0 && done;
}

/* *n bytes and a NUL, to be freed; NULL with errno. */
static uint8_t *
read_file(int dir, const char *name, size_t *n)
{
	uint8_t *p = NULL;
	ssize_t got;
	int fd;

	fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	p = malloc(FILE_MAX + 1);
	*n = 0;
	while (p != NULL && *n < FILE_MAX) {
		got = read(fd, p + *n, FILE_MAX - *n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			free(p);
			p = NULL;
		}
		if (got <= 0)
			break;
		*n += (size_t)got;
	}
	if (p != NULL)
		p[*n] = '\0';
	(void)close(fd);
	return p;
}

bool
store_save(const struct vcard *card)
{
	uint8_t text[STATE_MAX];
	struct wbuf w = wbuf_of(text, sizeof(text));

	if (card->dir < 0)
		return true;
	return state_print(card, &w) &&
	    write_file(card->dir, STATE_NEW, wbuf_slice(&w)) &&
	    renameat(card->dir, STATE_NEW, card->dir, STATE) == 0 &&
	    fsync(card->dir) == 0;
}

void
store_close(int dir)
{
	if (dir >= 0)
		(void)close(dir);
}

static bool
write_key(int dir, const char *name, EVP_PKEY *key)
{
	BIO *bio = NULL;
	char *p;
	long n;
	bool done = false;

	bio = BIO_new(BIO_s_mem());
	if (bio == NULL || PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL,
	    0, NULL, NULL) != 1)
		goto out;
	n = BIO_get_mem_data(bio, &p);
	done = n > 0 && write_file(dir, name, slice_of(p, (size_t)n));
out:
	BIO_free(bio);
	return done;
}

static EVP_PKEY *
read_key(struct slice pem)
{
	EVP_PKEY *key = NULL;
	BIO *bio;

	bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	if (bio != NULL)
		key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	BIO_free(bio);
	return key;
}

static bool
write_ef(int dir, size_t file, const struct vef *ef)
{
	char name[NAME_BYTES];

	name_of(file, name);
	if (ef->key != NULL)
		return write_key(dir, name, ef->key);
	if (ef->p != NULL)
		return write_file(dir, name, slice_of(ef->p, ef->n));
	return true;
}

static bool
sync_dir(int at, const char *name)
{
	int fd;
	bool done;

	fd = openat(at, name, OPEN_DIR);
	if (fd < 0)
		return false;
	done = fsync(fd) == 0;
	return close(fd) == 0 && done;
}

static bool
write_card(int dir, const struct vcard *card)
{
	uint8_t text[STATE_MAX];
	struct wbuf w = wbuf_of(text, sizeof(text));

	if (mkdirat(dir, FILES_DIR, 0700) != 0 ||
	    mkdirat(dir, KEYS_DIR, 0700) != 0)
		return false;
	for (size_t i = 0; i < LAYOUT_FILES; i++)
		if (!write_ef(dir, i, &card->efs[i]))
			return false;
	return state_print(card, &w) &&
	    write_file(dir, STATE, wbuf_slice(&w)) &&
	    sync_dir(dir, FILES_DIR) && sync_dir(dir, KEYS_DIR) &&
	    fsync(dir) == 0;
}

/* What write_card() may have made, nothing else. */
static void
remove_card(const char *path)
{
	char name[NAME_BYTES];
	int dir;

	dir = open(path, OPEN_DIR);
	if (dir < 0)
		return;
	for (size_t i = 0; i < LAYOUT_FILES; i++) {
		name_of(i, name);
		(void)unlinkat(dir, name, 0);
	}
	(void)unlinkat(dir, STATE, 0);
	(void)unlinkat(dir, FILES_DIR, AT_REMOVEDIR);
	(void)unlinkat(dir, KEYS_DIR, AT_REMOVEDIR);
	(void)close(dir);
	(void)rmdir(path);
}

int
store_check(const char *dir, char error[VCARD_ERROR_MAX])
{
	struct dirent *entry;
	bool empty = true;
	DIR *d;

	d = opendir(dir);
	if (d == NULL && errno == ENOENT && dir[0] != '\0')
		return 0;
	if (d == NULL)
		return vcard_fail(error, "cannot use %s for a card: %s", dir,
		    strerror(errno));
	while (empty && (entry = readdir(d)) != NULL)
		empty = strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0;
	(void)closedir(d);
	if (!empty)
		return vcard_fail(error, "%s is not empty: name a directory "
		    "that is new or empty", dir);
	return 0;
}

/* A copy without slashes at the end, with room for the suffix. */
static char *
copy_path(const char *dir)
{
	size_t n = strlen(dir);
	char *path;

	while (n > 1 && dir[n - 1] == '/')
		n--;
	path = calloc(1, n + sizeof(NEW_SUFFIX));
	if (path != NULL)
		memcpy(path, dir, n);
	return path;
}

static bool
sync_parent(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash == NULL)
		return sync_dir(AT_FDCWD, ".");
	if (slash == path)
		return sync_dir(AT_FDCWD, "/");
	*slash = '\0';
	return sync_dir(AT_FDCWD, path);
}

int
store_create(const char *dir, const struct vcard *card,
    char error[VCARD_ERROR_MAX])
{
	char *path = copy_path(dir), *work = copy_path(dir);
	bool made = false;
	int fd = -1, r = -1;

	if (path == NULL || work == NULL) {
		vcard_fail(error, "out of memory");
		goto out;
	}
	memcpy(work + strlen(work), NEW_SUFFIX, sizeof(NEW_SUFFIX));
	made = mkdtemp(work) != NULL;
	if (made)
		fd = open(work, OPEN_DIR);
	/* rename() replaces an empty directory, and no other. */
	if (fd < 0 || !write_card(fd, card) || rename(work, path) != 0) {
		vcard_fail(error, "cannot write the card into %s: %s", dir,
		    strerror(errno));
		goto out;
	}
	made = false;
	r = sync_parent(path) ? 0 : vcard_fail(error,
	    "cannot make sure that %s is on the disk: %s", dir,
	    strerror(errno));
out:
	if (made)
		remove_card(work);
	store_close(fd);
	free(work);
	free(path);
	return r;
}

/* Nothing in place of a file is a file that the card lacks. */
static bool
load_ef(struct vcard *card, int dir, size_t file)
{
	struct vef *ef = &card->efs[file];
	char name[NAME_BYTES];
	uint8_t *p;
	size_t n = 0;

	ef->exists = layout_files[file].kind == VEF_KEY;
	name_of(file, name);
	p = read_file(dir, name, &n);
	if (p == NULL)
		return errno == ENOENT;
	if (layout_files[file].kind != VEF_KEY) {
		ef->p = p;
		ef->n = n;
		ef->exists = true;
		return true;
	}
	ef->key = read_key(slice_of(p, n));
	free(p);
	return ef->key != NULL;
}

static int
load_files(struct vcard *card, int dir, char error[VCARD_ERROR_MAX])
{
	char name[NAME_BYTES];

	for (size_t i = 0; i < LAYOUT_FILES; i++) {
		const struct layout_file *row = &layout_files[i];

		if ((card->profile->apps & 1u << row->app) == 0)
			continue;
		if (row->kind == VEF_CLOSED)
			card->efs[i].exists = true;
		else if (row->kind == VEF_PIN)
			card->efs[i].exists = card->pins[row->pin].exists;
		else if (!load_ef(card, dir, i)) {
			name_of(i, name);
			return vcard_fail(error, "cannot read %s of the card; "
			    "make a new card", name);
		}
	}
	return 0;
}

int
vcard_load(const char *dir, struct vcard **out, char error[VCARD_ERROR_MAX])
{
	struct vcard *card = NULL;
	uint8_t *text = NULL;
	size_t n;
	int fd, r = -1;

	fd = open(dir, OPEN_DIR);
	if (fd < 0) {
		vcard_fail(error, "cannot open the card %s: %s", dir,
		    strerror(errno));
		goto out;
	}
	/* Two programs with one card would lose each other's tries. */
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		vcard_fail(error, "the card %s is in use by another program",
		    dir);
		goto out;
	}
	text = read_file(fd, STATE, &n);
	if (text == NULL) {
		vcard_fail(error, "%s is no virtual card; make one with "
		    "\"jpki-vcard create\"", dir);
		goto out;
	}
	if (state_parse((char *)text, &card, error) != 0 ||
	    load_files(card, fd, error) != 0)
		goto out;
	card->dir = fd;
	fd = -1;
	memcpy(card->loaded, card->pins, sizeof(card->loaded));
	*out = card;
	card = NULL;
	r = 0;
out:
	free(text);
	vcard_free(&card);
	store_close(fd);
	return r;
}
