/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A fuzz target without a fuzzer: files, and the files of folders, go through
 * it one by one.  Without arguments the target's corpus does, and the outcome
 * is TAP; built by AFL++, the program is then AFL++'s to drive.
 */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

#define INPUT_MAX	(1 << 20)

#ifdef __AFL_COMPILER
#pragma clang diagnostic ignored "-Weverything"	/* AFL++'s macros */
__AFL_FUZZ_INIT();

static int
run_afl(void)
{
	const uint8_t *input;

	__AFL_INIT();
	input = __AFL_FUZZ_TESTCASE_BUF;
	while (__AFL_LOOP(10000))
		LLVMFuzzerTestOneInput(input, (size_t)__AFL_FUZZ_TESTCASE_LEN);
	return 0;
}
#endif

/* For targets with a mutator of their own, which only libFuzzer calls. */
size_t
LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size)
{
	(void)data, (void)max_size;
	return size;
}

/* In a block of just its size, so that a sanitizer sees its end. */
static bool
run_file(const char *path)
{
	uint8_t *bytes = malloc(INPUT_MAX), *exact;
	size_t n = 0;
	FILE *f;

	/* What was being read when the program died. */
	fprintf(stderr, "%s\n", path);
	f = fopen(path, "rb");
	if (f == NULL || bytes == NULL) {
		perror(path);
		free(bytes);
		return false;
	}
	n = fread(bytes, 1, INPUT_MAX, f);
	(void)fclose(f);
	exact = malloc(n > 0 ? n : 1);
	if (exact != NULL) {
		memcpy(exact, bytes, n);
		LLVMFuzzerTestOneInput(exact, n);
	}
	free(bytes);
	free(exact);
	return exact != NULL;
}

static int
visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* How many inputs went through; -1: one of them cannot be read. */
static int
run_path(const char *path)
{
	struct dirent **entries = NULL;
	char name[PATH_MAX];
	int n, done = 0;
	struct stat st;

	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		return run_file(path) ? 1 : -1;
	n = scandir(path, &entries, visible, alphasort);
	for (int i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%s/%s", path,
		    entries[i]->d_name);
		done = done >= 0 && run_file(name) ? done + 1 : -1;
		free(entries[i]);
	}
	free(entries);
	return n < 0 ? -1 : done;
}

/* The corpus of fuzz_NAME, where run-tests says that the sources are. */
static int
run_corpus(const char *program)
{
	const char *src = getenv("JPKI_SRC"), *name = strrchr(program, '/');
	char path[PATH_MAX];
	int n;

	name = name != NULL ? name + 1 : program;
	if (strncmp(name, "fuzz_", 5) == 0)
		name += 5;
	snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s",
	    src != NULL ? src : ".", name);
	printf("1..1\n");
	n = run_path(path);
	printf("%s 1 - %s: %d inputs break no law\n", n > 0 ? "ok" : "not ok",
	    name, n);
	return n > 0 ? 0 : 1;
}

int
main(int argc, char **argv)
{
	int failed = 0, n;

#ifdef __AFL_COMPILER
	if (argc == 1 && getenv("JPKI_SRC") == NULL)
		return run_afl();
#endif
	if (argc == 1)
		return run_corpus(argv[0]);
	for (int i = 1; i < argc; i++) {
		n = run_path(argv[i]);
		printf("%s: %d\n", argv[i], n);
		failed |= n < 0;
	}
	return failed;
}
