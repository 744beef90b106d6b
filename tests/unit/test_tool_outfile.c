/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What jpki-tool writes to a file is whole or not there, whichever call of the
 * system fails on the way, and a file that exists stays as it is.
 *
 * For that the source is compiled here once more, over calls that fail when
 * they are told to.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"
#undef fail		/* of cmocka; the tool has one of its own */

static size_t calls;		/* that may fail, so far */
static size_t fail_at;		/* which of them fails; 0: none */
static int fail_errno;
static ssize_t short_write;	/* of the next write: that much; -1: all */
static int read_errno;		/* of the next read; 0: it works */
static int link_errno;		/* of every link; 0: it works */
static void (*before_link)(void);
static bool no_unlink;

static bool
fails(void)
{
	if (++calls != fail_at)
		return false;
	errno = fail_errno;
	return true;
}

static ssize_t
fake_write(int fd, const void *p, size_t n)
{
	ssize_t part = short_write;

	short_write = -1;
	if (fails())
		return -1;
	return write(fd, p, part >= 0 ? (size_t)part : n);
}

static ssize_t
fake_pread(int fd, void *p, size_t n, off_t at)
{
	if (read_errno != 0) {
		errno = read_errno;
		read_errno = 0;
		return -1;
	}
	return fails() ? -1 : pread(fd, p, n, at);
}

static int
fake_link(const char *from, const char *to)
{
	if (before_link != NULL)
		before_link();
	if (link_errno != 0) {
		errno = link_errno;
		return -1;
	}
	return fails() ? -1 : link(from, to);
}

static int
fake_close(int fd)
{
	int rc = close(fd);

	return fails() ? -1 : rc;
}

static int
fake_open(const char *path, int flags, mode_t mode)
{
	return fails() ? -1 : open(path, flags, mode);
}

static int
fake_unlink(const char *name)
{
	return no_unlink ? -1 : unlink(name);
}

static void *
fake_malloc(size_t n)
{
	return fails() ? NULL : malloc(n);
}

static int
fake_rename(const char *from, const char *to)
{
	return fails() ? -1 : rename(from, to);
}

static int
fake_fsync(int fd)
{
	return fails() ? -1 : fsync(fd);
}

static int
fake_fchmod(int fd, mode_t mode)
{
	return fails() ? -1 : fchmod(fd, mode);
}

static int
fake_mkstemp(char *name)
{
	return fails() ? -1 : mkstemp(name);
}

static int
fake_access(int at, const char *path, int how, int flags)
{
	return fails() ? -1 : faccessat(at, path, how, flags);
}

#define write(fd, p, n)		fake_write(fd, p, n)
#define pread(fd, p, n, at)	fake_pread(fd, p, n, at)
#define link(from, to)		fake_link(from, to)
#define close(fd)		fake_close(fd)
#define unlink(name)		fake_unlink(name)
#define malloc(n)		fake_malloc(n)
#define rename(from, to)	fake_rename(from, to)
#define fsync(fd)		fake_fsync(fd)
#define fchmod(fd, mode)	fake_fchmod(fd, mode)
#define mkstemp(name)		fake_mkstemp(name)
#define faccessat(at, path, how, flags)	fake_access(at, path, how, flags)
#define open(...)		fake_open_with(__VA_ARGS__, 0, 0)
#define fake_open_with(path, flags, mode, ...) fake_open(path, flags, mode)
#include "tools/outfile.c"
#undef write
#undef close
#undef unlink
#undef open
#undef malloc
#undef rename

static struct infile source;	/* what is written is copied from it, if open */
static bool source_changed;

/* What is said; these take the place of fail.c. */
static char said[512];

enum exit_code
fail(enum exit_code code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(said, sizeof(said), fmt, args);
	va_end(args);
	return code;
}

/* And this that of infile.c. */
bool
infile_same(const struct infile *file)
{
	(void)file;
	return !source_changed;
}

enum exit_code
fail_read(const char *path, int errnum)
{
	return fail(EXIT_FAILED, "read %s %d", path, errnum);
}

enum exit_code
fail_write(const char *path, int errnum)
{
	return fail(EXIT_FAILED, "cannot write %s: %s", path,
	    strerror(errnum));
}

#define TEXT	"a signature of several bytes"
#define OLD	"what was there before"

static char folder[64], path[96];

static void
put(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void
expect_content(const char *what, const char *wanted)
{
	char got[128] = "";
	FILE *f = fopen(path, "r");

	expect_true(what, f != NULL);
	got[fread(got, 1, sizeof(got) - 1, f)] = '\0';
	assert_int_equal(fclose(f), 0);
	expect_text(what, got, wanted);
}

/* Files in the folder, hidden ones too. */
static long
count_files(void)
{
	DIR *dir = opendir(folder);
	long n = -2;		/* . and .. */

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	assert_int_equal(closedir(dir), 0);
	return n;
}

static enum exit_code
write_text(bool force)
{
	const struct outpiece pieces[] = {
		{ OLD, strlen(TEXT) - 1, &source },
		{ &TEXT[strlen(TEXT) - 1], 1, NULL },
		{ NULL, 0, NULL },
	};

	calls = 0;
	said[0] = '\0';
	if (source.fd >= 0)
		return outfile_write_pieces(path, pieces, force, false);
	return outfile_write(path, TEXT, strlen(TEXT), force, false);
}

/* Each call in turn fails, and nothing of the new file is there. */
static void
each_call_may_fail(bool exists, bool force, size_t least)
{
	size_t n;

	fail_errno = ENOMEM;	/* for all, since malloc() knows no other */
	for (n = 1;; n++) {
		enum exit_code code;
		char what[32];

		(void)snprintf(what, sizeof(what), "call %zu", n);
		(void)unlink(path);
		if (exists)
			put(OLD);
		fail_at = n;
		code = write_text(force);
		fail_at = 0;
		if (calls < n)
			break;
		expect_int(what, count_files(), exists || code == EXIT_DONE);
		/* Not all of them matter: syncing the folder is a bonus. */
		if (code == EXIT_DONE)
			expect_content(what, TEXT);
		else if (exists)
			expect_content(what, OLD);
		expect_true(what, code == EXIT_DONE || strstr(said,
		    strerror(fail_errno)) != NULL);
	}
	expect_content("nothing failed", TEXT);
	assert_true(n > least);
}

static void
a_new_file_is_whole_or_not_there(void **state)
{
	(void)state;
	each_call_may_fail(false, false, 8);
}

static void
a_file_is_replaced_or_stays_as_it_is(void **state)
{
	(void)state;
	each_call_may_fail(true, true, 8);
}

static void
without_hard_links_it_is_whole_or_not_there(void **state)
{
	static const int none[] = {
		EPERM, ENOSYS, EOPNOTSUPP, ENOTSUP, EMLINK,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(none); i++) {
		link_errno = none[i];
		each_call_may_fail(false, false, 8);
	}
}

/* A file that has so much of the text. */
static void
open_source(size_t n)
{
	char name[] = "/tmp/jpki.XXXXXX";

	source.fd = mkstemp(name);
	assert_true(source.fd >= 0);
	assert_int_equal(unlink(name), 0);
	assert_int_equal(write(source.fd, TEXT, n), n);
}

static void
a_copy_of_a_file_is_whole_or_not_there(void **state)
{
	(void)state;
	open_source(strlen(TEXT));
	each_call_may_fail(false, false, 9);
}

static void
an_interrupted_read_is_continued(void **state)
{
	(void)state;
	open_source(strlen(TEXT));
	read_errno = EINTR;
	assert_int_equal(write_text(false), EXIT_DONE);
	expect_content("read again", TEXT);
}

static void
a_file_that_became_shorter_is_an_error(void **state)
{
	(void)state;
	open_source(5);
	assert_int_equal(write_text(false), EXIT_FAILED);
	assert_non_null(strstr(said, "changed meanwhile"));
	assert_int_equal(count_files(), 0);
}

static void
a_file_that_changed_is_an_error(void **state)
{
	(void)state;
	open_source(strlen(TEXT));
	source_changed = true;
	assert_int_equal(write_text(false), EXIT_FAILED);
	assert_non_null(strstr(said, "changed meanwhile"));
	assert_int_equal(count_files(), 0);
}

/* A signature that was made is not made again for the sake of tidiness. */
static void
a_file_that_is_there_is_no_failure(void **state)
{
	(void)state;
	no_unlink = true;
	assert_int_equal(write_text(false), EXIT_DONE);
	expect_content("there", TEXT);
}

static void
a_link_that_fails_otherwise_is_an_error(void **state)
{
	(void)state;
	link_errno = EACCES;
	assert_int_equal(write_text(false), EXIT_FAILED);
	assert_non_null(strstr(said, strerror(EACCES)));
	assert_int_equal(count_files(), 0);
}

static void
put_old(void)
{
	put(OLD);
}

/* Checked before, and taken since then. */
static void
a_name_that_is_taken_meanwhile_is_left_alone(void **state)
{
	static const int links[] = { 0, EPERM };

	(void)state;
	before_link = put_old;
	for (size_t i = 0; i < COUNT(links); i++) {
		(void)unlink(path);
		link_errno = links[i];
		assert_int_equal(write_text(false), EXIT_FAILED);
		assert_non_null(strstr(said, strerror(EEXIST)));
		expect_content("the other one's", OLD);
		assert_int_equal(count_files(), 1);
	}
}

static void
a_file_that_exists_needs_force(void **state)
{
	(void)state;
	put(OLD);
	assert_int_equal(write_text(false), EXIT_FAILED);
	assert_non_null(strstr(said, "--force"));
	expect_content("not forced", OLD);
	assert_int_equal(write_text(true), EXIT_DONE);
	expect_content("forced", TEXT);
}

static void
a_write_is_continued(void **state)
{
	(void)state;
	short_write = 3;
	assert_int_equal(write_text(false), EXIT_DONE);
	expect_content("three bytes first", TEXT);
	/* Interrupted: the call is made once more. */
	for (size_t n = 1; n < 8; n++) {
		(void)unlink(path);
		fail_at = n;
		fail_errno = EINTR;
		if (write_text(false) == EXIT_DONE)
			expect_content("interrupted", TEXT);
	}
	/* A file system that takes nothing must not make it spin. */
	(void)unlink(path);
	fail_at = 0;
	short_write = 0;
	assert_int_equal(write_text(false), EXIT_FAILED);
	assert_int_equal(count_files(), 0);
}

static void
an_interrupted_write_to_a_device_is_continued(void **state)
{
	(void)state;
	fail_errno = EINTR;
	calls = 0;
	fail_at = 2;
	assert_int_equal(outfile_write("/dev/null", TEXT, 5, false, false),
	    EXIT_DONE);
	assert_int_equal(calls, 4);	/* open, write, write, close */
}

static void
a_device_that_fails_is_told(void **state)
{
	(void)state;
	assert_int_equal(outfile_write("/dev/full", TEXT, 5, false, false),
	    EXIT_FAILED);
	assert_non_null(strstr(said, strerror(ENOSPC)));
	for (size_t n = 1; n <= 3; n++) {
		calls = 0;
		fail_at = n;
		assert_int_equal(outfile_write("/dev/null", TEXT, 5, false,
		    false), EXIT_FAILED);
		assert_non_null(strstr(said, strerror(EIO)));
	}
}

static void
standard_output_that_fails_is_told_with_what_is_done(void **state)
{
	(void)state;
	calls = 0;
	fail_at = 1;
	assert_int_equal(outfile_stdout(NULL, "x", 1), EXIT_FAILED);
	assert_ptr_equal(strstr(said, "cannot write to standard output"),
	    said);
	calls = 0;
	assert_int_equal(outfile_stdout("the PIN is changed", "x", 1),
	    EXIT_FAILED);
	assert_ptr_equal(strstr(said, "the PIN is changed, but "), said);
	fail_at = 0;
	assert_int_equal(outfile_stdout(NULL, "", 0), EXIT_DONE);
}

static void
what_cannot_be_written_is_said_beforehand(void **state)
{
	(void)state;
	assert_int_equal(outfile_check(folder, true), EXIT_FAILED);
	assert_non_null(strstr(said, strerror(EISDIR)));
	assert_int_equal(outfile_check("/dev/null/x", false), EXIT_FAILED);
	assert_non_null(strstr(said, strerror(ENOTDIR)));
	assert_int_equal(outfile_check("/dev/null", false), EXIT_DONE);
	/* A link that points nowhere is a name taken. */
	assert_int_equal(symlink("nowhere", path), 0);
	assert_int_equal(outfile_check(path, false), EXIT_FAILED);
	assert_int_equal(outfile_check(path, true), EXIT_DONE);
	(void)unlink(path);
	/* One that points to a device is that device. */
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_equal(outfile_check(path, false), EXIT_DONE);
	assert_int_equal(write_text(false), EXIT_DONE);
	(void)unlink(path);
	assert_int_equal(outfile_check("name-in-this-folder", false),
	    EXIT_DONE);
}

static void
a_secret_is_for_its_owner_only(void **state)
{
	mode_t before = umask(022);
	struct stat st;

	(void)state;
	assert_int_equal(outfile_write(path, "x", 1, false, true), EXIT_DONE);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(outfile_write(path, "x", 1, true, false), EXIT_DONE);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	(void)umask(before);
}

static int
set_up(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	calls = fail_at = 0;
	fail_errno = EIO;
	short_write = -1;
	read_errno = 0;
	link_errno = 0;
	before_link = NULL;
	no_unlink = false;
	source.fd = -1;
	source_changed = false;
	(void)snprintf(folder, sizeof(folder), "%s/jpki.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/out", folder);
	return 0;
}

static int
tear_down(void **state)
{
	struct dirent *e;
	DIR *dir = opendir(folder);

	(void)state;
	if (source.fd >= 0)
		(void)close(source.fd);
	while (dir != NULL && (e = readdir(dir)) != NULL)
		(void)unlinkat(dirfd(dir), e->d_name, 0);
	if (dir != NULL)
		(void)closedir(dir);
	return rmdir(folder);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_file_is_whole_or_not_there),
		TEST(a_file_is_replaced_or_stays_as_it_is),
		TEST(without_hard_links_it_is_whole_or_not_there),
		TEST(a_copy_of_a_file_is_whole_or_not_there),
		TEST(an_interrupted_read_is_continued),
		TEST(a_file_that_became_shorter_is_an_error),
		TEST(a_file_that_changed_is_an_error),
		TEST(a_file_that_is_there_is_no_failure),
		TEST(a_link_that_fails_otherwise_is_an_error),
		TEST(a_name_that_is_taken_meanwhile_is_left_alone),
		TEST(a_file_that_exists_needs_force),
		TEST(a_write_is_continued),
		TEST(an_interrupted_write_to_a_device_is_continued),
		TEST(a_device_that_fails_is_told),
		TEST(standard_output_that_fails_is_told_with_what_is_done),
		TEST(what_cannot_be_written_is_said_beforehand),
		TEST(a_secret_is_for_its_owner_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
