/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that are changed by others while they are read. */
#define _GNU_SOURCE		/* mkdtemp */
#include "infile.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mapping.h"
#include "unit.h"

#define LONG	((off_t)32 << 20)	/* so that it is mapped */
#define SHORT	100000

static char path[] = "/tmp/jpki-infile.XXXXXX";
static struct infile file;

/* Full of zeros, which take no room; last comes an x. */
static void
open_file(off_t n)
{
	struct timespec old[2] = { { 1000000000, 0 }, { 1000000000, 0 } };
	int fd = open(path, O_WRONLY | O_TRUNC);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "x", 1, n - 1), 1);
	assert_int_equal(futimens(fd, old), 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(infile_open(path, &file), EXIT_DONE);
	assert_int_equal(file.n, n);
	assert_int_equal(file.p[n - 1], 'x');
	assert_true(infile_same(&file));
}

static void
overwrite(off_t at)
{
	int fd = open(path, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "y", 1, at), 1);
	assert_int_equal(close(fd), 0);
}

static void
a_short_file_is_read_once(void **state)
{
	(void)state;
	open_file(SHORT);
	overwrite(SHORT - 1);
	assert_int_equal(truncate(path, 1), 0);
	assert_int_equal(file.p[SHORT - 1], 'x');
	assert_true(infile_same(&file));
}

static void
what_is_cut_off_a_long_file_reads_as_zeros_and_is_told(void **state)
{
	(void)state;
	open_file(LONG);
	assert_false(mapping_torn(file.p));
	assert_int_equal(truncate(path, SHORT), 0);
	assert_int_equal(file.p[LONG - 1], 0);
	assert_int_equal(file.p[LONG / 2], 0);
	assert_int_equal(file.p[0], 0);
	assert_true(mapping_torn(file.p));
	assert_false(infile_same(&file));
	/* Nor does it help to make it as long as it was. */
	assert_int_equal(truncate(path, LONG), 0);
	assert_false(infile_same(&file));
}

static void
a_change_of_a_long_file_is_told(void **state)
{
	(void)state;
	open_file(LONG);
	overwrite(7);
	assert_false(infile_same(&file));
	infile_close(&file);
	open_file(LONG);
	overwrite(LONG);
	assert_false(infile_same(&file));
}

/* The time of a change is easily set back, but not the time of that. */
static void
a_change_that_was_hidden_is_told(void **state)
{
	struct stat before;
	struct timespec times[2];

	(void)state;
	open_file(LONG);
	assert_int_equal(stat(path, &before), 0);
	overwrite(7);
	times[0] = before.st_atim;
	times[1] = before.st_mtim;
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	assert_false(infile_same(&file));
}

static void
another_file_of_that_name_changes_nothing(void **state)
{
	(void)state;
	open_file(LONG);
	assert_int_equal(unlink(path), 0);
	/* Its number of names is another, so the times are, too. */
	assert_int_equal(file.p[LONG - 1], 'x');
	assert_false(mapping_torn(file.p));
	assert_int_equal(close(open(path, O_WRONLY | O_CREAT, 0600)), 0);
}

static void
only_files_last(void **state)
{
	char folder[] = "/tmp/jpki-test.XXXXXX";

	(void)state;
	assert_true(infile_lasts(path));
	assert_false(infile_lasts("/dev/null"));
	assert_false(infile_lasts("-"));
	/* A file of that name is not what "-" means. */
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(symlink(path, "-"), 0);
	assert_false(infile_lasts("-"));
	assert_int_equal(unlink("-"), 0);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(folder), 0);
	assert_false(infile_lasts("/tmp"));
}

static int
set_up(void **state)
{
	int fd;

	(void)state;
	strcpy(path + strlen(path) - 6, "XXXXXX");
	fd = mkstemp(path);
	file.fd = -1;
	return fd < 0 ? -1 : close(fd);
}

static int
tear_down(void **state)
{
	(void)state;
	infile_close(&file);
	return unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name)	cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(a_short_file_is_read_once),
		TEST(what_is_cut_off_a_long_file_reads_as_zeros_and_is_told),
		TEST(a_change_of_a_long_file_is_told),
		TEST(a_change_that_was_hidden_is_told),
		TEST(another_file_of_that_name_changes_nothing),
		TEST(only_files_last),
	};

	return cmocka_run_group_tests_name("tool_infile", tests, NULL, NULL);
}
