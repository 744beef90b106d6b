/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtual card on a disk that fails: a new card is whole or not there, a
 * counter that cannot be kept is not lost, a card that cannot be read is none.
 *
 * For that the source is compiled here once more, over calls that fail when
 * they are told to.
 */
#define _DEFAULT_SOURCE		/* as store.c */
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

#include "vkit.h"

#define PROFILE	"under15"	/* the fewest files */

static size_t calls;		/* that may fail, so far */
static size_t fail_at;		/* which of them fails; 0: none */
static int fail_errno;
static bool interrupting, full;
static size_t step;		/* bytes that a write or read moves; 0: all */

static bool
fails(void)
{
	if (++calls != fail_at)
		return false;
	errno = fail_errno;
	return true;
}

/* Of an interrupted system, every other call. */
static bool
interrupts(void)
{
	static bool now;

	if (!interrupting)
		return false;
	now = !now;
	errno = EINTR;
	return now;
}

static size_t
part(size_t n)
{
	return step != 0 && step < n ? step : n;
}

static ssize_t
fake_write(int fd, const void *p, size_t n)
{
	if (full)
		return 0;
	return interrupts() || fails() ? -1 : write(fd, p, part(n));
}

static ssize_t
fake_read(int fd, void *p, size_t n)
{
	return interrupts() || fails() ? -1 : read(fd, p, part(n));
}

static int
fake_openat(int at, const char *name, int flags, mode_t mode)
{
	return fails() ? -1 : openat(at, name, flags, mode);
}

static int
fake_fsync(int fd)
{
	assert_true(fcntl(fd, F_GETFD) >= 0);
	return fails() ? -1 : 0;
}

static int
fake_close(int fd)
{
	int rc = close(fd);

	assert_int_equal(rc, 0);
	return fails() ? -1 : rc;
}

static int
fake_mkdirat(int at, const char *name, mode_t mode)
{
	return fails() ? -1 : mkdirat(at, name, mode);
}

static int
fake_renameat(int from_at, const char *from, int to_at, const char *to)
{
	return fails() ? -1 : renameat(from_at, from, to_at, to);
}

static int
fake_rename(const char *from, const char *to)
{
	return fails() ? -1 : rename(from, to);
}

static char *
fake_mkdtemp(char *name)
{
	return fails() ? NULL : mkdtemp(name);
}

static void *
fake_malloc(size_t n)
{
	return fails() ? NULL : malloc(n);
}

static void *
fake_calloc(size_t n, size_t size)
{
	return fails() ? NULL : calloc(n, size);
}

static int
fake_flock(int fd, int how)
{
	return fails() ? -1 : flock(fd, how);
}

static BIO *
fake_bio(const BIO_METHOD *method)
{
	return fails() ? NULL : BIO_new(method);
}

static BIO *
fake_bio_of(const void *p, int n)
{
	return fails() ? NULL : BIO_new_mem_buf(p, n);
}

static int
fake_pem(BIO *bio, EVP_PKEY *key)
{
	return fails() ? 0 : PEM_write_bio_PKCS8PrivateKey(bio, key, NULL,
	    NULL, 0, NULL, NULL);
}

#define write		fake_write
#define read		fake_read
#define openat(...)	fake_openat_with(__VA_ARGS__, 0, 0)
#define fake_openat_with(at, name, flags, mode, ...) \
	fake_openat(at, name, flags, mode)
#define open(name, flags)	fake_openat(AT_FDCWD, name, flags, 0)
#define fsync		fake_fsync
#define close		fake_close
#define mkdirat		fake_mkdirat
#define renameat	fake_renameat
#define rename		fake_rename
#define mkdtemp		fake_mkdtemp
#define malloc		fake_malloc
#define calloc		fake_calloc
#define flock		fake_flock
#define BIO_new		fake_bio
#define BIO_new_mem_buf	fake_bio_of
#define PEM_write_bio_PKCS8PrivateKey(bio, key, a, b, c, d, e) \
	fake_pem(bio, key)
#undef _DEFAULT_SOURCE
#include "tools/vcard/store.c"
#undef close
#undef rename
#undef open

/* Entries of the folder of all cards. */
static int
count_entries(void)
{
	DIR *d = opendir(vkit_path("."));
	int n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

static void
start(size_t which)
{
	calls = 0;
	fail_at = which;
}

static void
stop(void)
{
	fail_at = 0;
}

/* Move it out of the way. */
static void
remove_new(void)
{
	char aside[512];
	static unsigned n;

	(void)snprintf(aside, sizeof(aside), "%s-%u", vkit_path("done"), n++);
	assert_int_equal(rename(vkit_path("new"), aside), 0);
}

static void
a_new_card_is_whole_or_not_there(void **state)
{
	struct vcard *card = vkit_load(PROFILE, NULL), *made = NULL;
	char dir[512], error[VCARD_ERROR_MAX];
	int before = count_entries(), open_before = open_descriptors();
	size_t n;

	(void)state;
	(void)snprintf(dir, sizeof(dir), "%s", vkit_path("new"));
	for (n = 1;; n++) {
		int rc;

		error[0] = '\0';
		start(n);
		rc = store_create(dir, card, error);
		stop();
		assert_int_equal(open_descriptors(), open_before);
		if (calls < n && rc == 0)
			break;
		/* Only the folder that it is in has not reached the disk. */
		if (access(dir, F_OK) == 0) {
			assert_int_equal(vcard_load(dir, &made, error), 0);
			vcard_free(&made);
			remove_new();
			before++;
		}
		expect_int("left behind", count_entries(), before);
		if (rc != 0)
			expect_true("said", error[0] != '\0');
	}
	assert_true(n > 50);
	assert_int_equal(vcard_load(dir, &made, error), 0);
	vcard_free(&made);
	remove_new();
}

/* The state on the disk, as the next program would find it. */
static int
tries_on_disk(void)
{
	char text[4096];
	FILE *f = fopen(vkit_path(PROFILE "/state"), "r");
	const char *at;
	int tries = -1;

	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	at = strstr(text, "\npin auth ");
	assert_non_null(at);
	assert_int_equal(sscanf(at, "\npin auth %d", &tries), 1);
	return tries;
}

static void
a_try_that_cannot_be_kept_is_not_answered(void **state)
{
	size_t n;

	(void)state;
	for (n = 1;; n++) {
		struct vcard *card = vkit_load(PROFILE, NULL);
		struct vkit_answer a;

		vkit_hex(card, "00A4040C0A D392F000260100000001");
		vkit_hex(card, "00A4020C02 0018");
		start(n);
		a = vkit_hex(card, "0020008004 30303030");
		stop();
		if (a.sw == 0x63C2)
			break;
		assert_int_equal(a.sw, 0x6581);
		assert_int_equal(vcard_tries(card, "auth"), 3);
		/* The old one or the new one, whole. */
		assert_true(tries_on_disk() == 3 || tries_on_disk() == 2);
	}
	assert_int_equal(n, 7);	/* open write sync close rename sync */
	assert_int_equal(tries_on_disk(), 2);
}

static void
a_card_that_cannot_be_read_is_none(void **state)
{
	char dir[512], error[VCARD_ERROR_MAX];
	struct vcard *card = NULL;
	int before;
	size_t n;

	(void)state;
	(void)vkit_load("adult", NULL);		/* lets go of the other one */
	(void)snprintf(dir, sizeof(dir), "%s", vkit_dir(PROFILE));
	before = open_descriptors();
	for (n = 1;; n++) {
		int rc;

		error[0] = '\0';
		start(n);
		rc = vcard_load(dir, &card, error);
		stop();
		if (rc == 0) {
			vcard_free(&card);
			if (calls < n)
				break;
			continue;	/* such as the close of what was read */
		}
		assert_null(card);
		expect_true("said", error[0] != '\0');
		assert_int_equal(open_descriptors(), before);
	}
	assert_true(n > 50);
}

static void
interrupted_and_short_calls_are_continued(void **state)
{
	char dir[512], error[VCARD_ERROR_MAX];
	struct vcard *card = vkit_load(PROFILE, NULL), *made = NULL;

	(void)state;
	(void)snprintf(dir, sizeof(dir), "%s", vkit_path("new"));
	step = 100;
	interrupting = true;
	assert_int_equal(store_create(dir, card, error), 0);
	if (vcard_load(dir, &made, error) != 0)
		fail_msg("%s", error);
	for (size_t i = 0; i < LAYOUT_FILES; i++) {
		assert_int_equal(made->efs[i].n, card->efs[i].n);
		if (card->efs[i].n > 0)
			assert_memory_equal(made->efs[i].p, card->efs[i].p,
			    card->efs[i].n);
	}
	vcard_free(&made);
	/* A disk that takes nothing more must not make it spin. */
	remove_new();
	interrupting = false;
	full = true;
	assert_int_equal(store_create(dir, card, error), -1);
	full = false;
}

/* open, unlink and mkdtemp take the suffix; the card's name is as given. */
static void
a_card_may_lie_in_this_folder(void **state)
{
	char error[VCARD_ERROR_MAX], cwd[512], name[512], root[] = "/x";
	struct vcard *card = vkit_load(PROFILE, NULL), *made = NULL;

	(void)state;
	(void)snprintf(name, sizeof(name), "%s", vkit_path("new"));
	assert_non_null(getcwd(cwd, sizeof(cwd)));
	assert_int_equal(chdir(vkit_path(".")), 0);
	assert_int_equal(store_create("new///", card, error), 0);
	assert_int_equal(vcard_load("new", &made, error), 0);
	vcard_free(&made);
	assert_int_equal(chdir(cwd), 0);
	assert_int_equal(access(name, F_OK), 0);
	assert_true(sync_parent(root));
	remove_new();
}

static int
set_up(void **state)
{
	(void)state;
	stop();
	fail_errno = EIO;
	step = 0;
	interrupting = false;
	return 0;
}

#define TEST(f)	cmocka_unit_test_setup(f, set_up)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_card_is_whole_or_not_there),
		TEST(a_try_that_cannot_be_kept_is_not_answered),
		TEST(a_card_that_cannot_be_read_is_none),
		TEST(interrupted_and_short_calls_are_continued),
		TEST(a_card_may_lie_in_this_folder),
	};

	return cmocka_run_group_tests(tests, NULL, vkit_end);
}
