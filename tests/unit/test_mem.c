/* SPDX-License-Identifier: BSD-2-Clause */
/* Wiping, and secrets in pages of their own. */
#define _DEFAULT_SOURCE		/* MADV_DONTDUMP, MADV_WIPEONFORK */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "mem.h"
#include "unit.h"

#define PIN	"ABC123"

static struct jpki_secret *
secret_of(const char *text)
{
	struct jpki_secret *secret = NULL;

	assert_int_equal(jpki_secret_new(&secret), JPKI_OK);
	assert_non_null(secret);
	assert_int_equal(secret_set(secret, text, strlen(text)), JPKI_OK);
	return secret;
}

static bool
all_zero(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			return false;
	return true;
}

static void
wipe_zeroes_just_what_it_was_given(void **state)
{
	char text[] = "0123456789";

	(void)state;
	mem_wipe(text + 2, 5);
	assert_memory_equal(text, "01\0\0\0\0\0" "789", 11);
	mem_wipe(text, 0);
	assert_int_equal(text[0], '0');
	mem_wipe(NULL, 0);
}

static void
free_takes_null(void **state)
{
	struct jpki_secret *none = NULL;

	(void)state;
	mem_free(NULL, 0);
	mem_free(NULL, 16);
	mem_free(calloc(1, 16), 16);
	jpki_secret_free(NULL);
	jpki_secret_free(&none);
	jpki_secret_wipe(NULL);
}

static void
new_secret_is_empty(void **state)
{
	struct jpki_secret *secret = NULL;

	(void)state;
	assert_int_equal(jpki_secret_new(NULL), JPKI_ERR_ARG);
	assert_int_equal(jpki_secret_new(&secret), JPKI_OK);
	assert_int_equal(jpki_secret_len(secret), 0);
	assert_true(all_zero(jpki_secret_bytes(secret), JPKI_SECRET_MAX + 1));
	jpki_secret_free(&secret);
	assert_null(secret);
}

static void
secret_holds_what_was_set(void **state)
{
	struct jpki_secret *secret = secret_of(PIN);

	(void)state;
	assert_int_equal(jpki_secret_len(secret), strlen(PIN));
	assert_string_equal(jpki_secret_bytes(secret), PIN);
	/* A shorter one leaves nothing of the longer one. */
	assert_int_equal(secret_set(secret, "X1", 2), JPKI_OK);
	assert_int_equal(jpki_secret_len(secret), 2);
	assert_true(all_zero(jpki_secret_bytes(secret) + 2,
	    JPKI_SECRET_MAX - 1));
	assert_int_equal(secret_set(secret, NULL, 0), JPKI_OK);
	assert_int_equal(jpki_secret_len(secret), 0);
	assert_true(all_zero(jpki_secret_bytes(secret), JPKI_SECRET_MAX + 1));
	jpki_secret_free(&secret);
}

static void
secret_takes_its_maximum_and_no_more(void **state)
{
	char much[JPKI_SECRET_MAX + 1];
	struct jpki_secret *secret = secret_of(PIN);

	(void)state;
	memset(much, 'A', sizeof(much));
	assert_int_equal(secret_set(secret, much, JPKI_SECRET_MAX), JPKI_OK);
	assert_int_equal(jpki_secret_len(secret), JPKI_SECRET_MAX);
	assert_int_equal(strlen(jpki_secret_bytes(secret)), JPKI_SECRET_MAX);
	assert_int_equal(secret_set(secret, much, sizeof(much)), JPKI_ERR_ARG);
	assert_int_equal(jpki_secret_len(secret), 0);
	assert_true(all_zero(jpki_secret_bytes(secret), JPKI_SECRET_MAX + 1));
	assert_int_equal(secret_set(secret, much, SIZE_MAX), JPKI_ERR_ARG);
	jpki_secret_free(&secret);
}

static void
secret_that_is_not_there_takes_nothing(void **state)
{
	(void)state;
	assert_int_equal(secret_set(NULL, PIN, strlen(PIN)), JPKI_ERR_ARG);
	assert_int_equal(secret_set(NULL, NULL, 0), JPKI_ERR_ARG);
}

static void
length_wipes_what_lies_behind_it(void **state)
{
	struct jpki_secret *secret = secret_of(PIN "\n");
	char *bytes = jpki_secret_bytes(secret);

	(void)state;
	assert_int_equal(jpki_secret_set_len(secret, 6), JPKI_OK);
	assert_memory_equal(bytes, PIN "\0", 8);
	assert_int_equal(jpki_secret_set_len(secret, 3), JPKI_OK);
	assert_memory_equal(bytes, "ABC\0\0\0\0", 8);
	assert_int_equal(jpki_secret_set_len(secret, JPKI_SECRET_MAX + 1),
	    JPKI_ERR_ARG);
	assert_int_equal(jpki_secret_set_len(secret, SIZE_MAX), JPKI_ERR_ARG);
	assert_int_equal(jpki_secret_len(secret), 3);
	memset(bytes, 'A', JPKI_SECRET_MAX);
	assert_int_equal(jpki_secret_set_len(secret, JPKI_SECRET_MAX), JPKI_OK);
	assert_int_equal(strlen(bytes), JPKI_SECRET_MAX);
	jpki_secret_free(&secret);
}

static void
wiped_secret_is_empty(void **state)
{
	struct jpki_secret *secret = secret_of(PIN);

	(void)state;
	jpki_secret_wipe(secret);
	assert_int_equal(jpki_secret_len(secret), 0);
	assert_true(all_zero(jpki_secret_bytes(secret), JPKI_SECRET_MAX + 1));
	jpki_secret_free(&secret);
}

static char *
page_of(const struct jpki_secret *secret)
{
	uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE);

	return (char *)((uintptr_t)secret / size * size);
}

static void
two_secrets_share_no_page(void **state)
{
	struct jpki_secret *a = secret_of(PIN), *b = secret_of("1234");

	(void)state;
	assert_ptr_not_equal(page_of(a), page_of(b));
	jpki_secret_free(&a);
	assert_string_equal(jpki_secret_bytes(b), "1234");
	jpki_secret_free(&b);
}

/* Exit status of a child that runs this. */
static int
in_child(int (*run)(struct jpki_secret *), struct jpki_secret *secret)
{
	int status = -1;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(run(secret));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

#ifdef __linux__
/*
 * The kernel's flags of the mapping that page lies in, such as " dd lo", into
 * flags; false if there is no mapping.
 */
static bool
page_flags(const char *page, char flags[512])
{
	FILE *maps = fopen("/proc/self/smaps", "r");
	bool found = false, known = false;
	uintptr_t from, to;

	assert_non_null(maps);
	while (!known && fgets(flags, 512, maps) != NULL) {
		if (sscanf(flags, "%" SCNxPTR "-%" SCNxPTR " ", &from,
		    &to) == 2)
			found = from <= (uintptr_t)page &&
			    (uintptr_t)page < to;
		known = found && strncmp(flags, "VmFlags:", 8) == 0;
	}
	(void)fclose(maps);
	return known;
}

static bool
page_has_flag(const char *page, const char *flag)
{
	char flags[512];

	return page_flags(page, flags) && strstr(flags, flag) != NULL;
}

static void
freed_secret_leaves_no_page(void **state)
{
	struct jpki_secret *secret = secret_of(PIN);
	char *page = page_of(secret), flags[512];

	(void)state;
	assert_true(page_flags(page, flags));
	jpki_secret_free(&secret);
	assert_null(secret);
	assert_false(page_flags(page, flags));
}

static void
secret_is_left_out_of_core_dumps(void **state)
{
	struct jpki_secret *secret = secret_of(PIN);

	(void)state;
	assert_true(page_has_flag(page_of(secret), " dd"));
	jpki_secret_free(&secret);
}

/* As locked as a page can be: limits and sanitizers may forbid it. */
static void
secret_is_locked_into_memory(void **state)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	struct jpki_secret *secret = secret_of(PIN);
	char *page;

	(void)state;
	page = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(page != MAP_FAILED);
	(void)mlock(page, size);
	assert_int_equal(page_has_flag(page_of(secret), " lo"),
	    page_has_flag(page, " lo"));
	assert_int_equal(munmap(page, size), 0);
	jpki_secret_free(&secret);
}
#endif

#ifdef MADV_WIPEONFORK
static int
finds_nothing(struct jpki_secret *secret)
{
	if (jpki_secret_len(secret) != 0 ||
	    !all_zero(jpki_secret_bytes(secret), JPKI_SECRET_MAX + 1))
		return 1;
	jpki_secret_free(&secret);
	return secret == NULL ? 0 : 2;
}

static void
secret_does_not_reach_a_child(void **state)
{
	struct jpki_secret *secret = secret_of(PIN);

	(void)state;
	assert_int_equal(in_child(finds_nothing, secret), 0);
	assert_string_equal(jpki_secret_bytes(secret), PIN);
	jpki_secret_free(&secret);
}
#endif

/* Root may lock all it likes; so root becomes nobody. */
static int
works_unlocked(struct jpki_secret *secret)
{
	const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_MEMLOCK, &none) != 0 ||
	    (geteuid() == 0 && setuid(65534) != 0))
		return 1;
	secret = NULL;
	if (jpki_secret_new(&secret) != JPKI_OK ||
	    secret_set(secret, PIN, strlen(PIN)) != JPKI_OK ||
	    strcmp(jpki_secret_bytes(secret), PIN) != 0)
		return 2;
	jpki_secret_free(&secret);
	return secret == NULL ? 0 : 3;
}

static void
secret_works_where_locking_is_forbidden(void **state)
{
	(void)state;
	assert_int_equal(in_child(works_unlocked, NULL), 0);
}

static void
secrets_are_equal_in_every_byte(void **state)
{
	static const struct {
		const char	*other;
		bool		 equal;
	} rows[] = {
		{ PIN, true },
		{ "", false },
		{ "ABC12", false },
		{ "ABC1234", false },
		{ "XBC123", false },
		{ "ABC124", false },
	};
	struct jpki_secret *a = secret_of(PIN), *b;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		b = secret_of(rows[i].other);
		assert_int_equal(secret_equal(a, b), rows[i].equal);
		assert_int_equal(secret_equal(b, a), rows[i].equal);
		jpki_secret_free(&b);
	}
	jpki_secret_free(&a);
}

/*
 * No memory in OpenSSL.
 */

static void
raise_no_memory(void)
{
	ERR_raise(ERR_LIB_X509, ERR_R_MALLOC_FAILURE);
	/* What it makes of it in the end. */
	ERR_raise(ERR_LIB_X509, ERR_R_ASN1_LIB);
}

static void
no_memory_in_openssl_does_not_pass_for_bad_data(void **state)
{
	struct mem_watch watch;

	(void)state;
	ERR_clear_error();
	mem_watch_begin(&watch);
	raise_no_memory();
	expect_err("told", mem_watch_end(&watch, JPKI_ERR_MALFORMED),
	    JPKI_ERR_MEMORY);
	assert_int_equal(ERR_peek_error(), 0);
	mem_watch_begin(&watch);
	ERR_raise(ERR_LIB_X509, ERR_R_MALLOC_FAILURE);
	expect_err("though it went on", mem_watch_end(&watch, JPKI_OK),
	    JPKI_ERR_MEMORY);
	mem_watch_begin(&watch);
	ERR_raise(ERR_LIB_X509, ERR_R_ASN1_LIB);
	expect_err("bad data", mem_watch_end(&watch, JPKI_ERR_MALFORMED),
	    JPKI_ERR_MALFORMED);
	assert_int_equal(ERR_peek_error(), 0);
}

static void
errors_that_the_program_left_are_not_ours(void **state)
{
	unsigned long left;
	struct mem_watch watch;

	(void)state;
	ERR_clear_error();
	ERR_raise(ERR_LIB_X509, ERR_R_MALLOC_FAILURE);
	left = ERR_peek_last_error();
	mem_watch_begin(&watch);
	expect_err("nothing", mem_watch_end(&watch, JPKI_OK), JPKI_OK);
	mem_watch_begin(&watch);
	ERR_raise(ERR_LIB_X509, ERR_R_ASN1_LIB);
	expect_err("bad data", mem_watch_end(&watch, JPKI_ERR_MALFORMED),
	    JPKI_ERR_MALFORMED);
	mem_watch_begin(&watch);
	ERR_raise(ERR_LIB_X509, ERR_R_MALLOC_FAILURE);
	expect_err("ours", mem_watch_end(&watch, JPKI_ERR_MALFORMED),
	    JPKI_ERR_MEMORY);
	assert_int_equal(ERR_get_error(), left);
	assert_int_equal(ERR_get_error(), 0);
}

static bool no_memory;		/* for the next that OpenSSL asks for */

/* Says why, as OpenSSL does from 3.2 on. */
static void *
crypto_alloc(size_t n, const char *file, int line)
{
	bool fails = no_memory;

	(void)file;
	(void)line;
	no_memory = false;
	if (fails)
		ERR_raise(ERR_LIB_CRYPTO, ERR_R_MALLOC_FAILURE);
	return fails ? NULL : malloc(n);
}

static void *
crypto_grow(void *p, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return realloc(p, n);
}

static void
crypto_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

static void
a_look_for_memory_leaves_the_queue_as_it_was(void **state)
{
	unsigned long left;

	(void)state;
	ERR_clear_error();
	no_memory = true;
	expect_err("none", mem_judge(JPKI_ERR_MISMATCH), JPKI_ERR_MEMORY);
	assert_int_equal(ERR_peek_error(), 0);
	ERR_raise(ERR_LIB_X509, ERR_R_ASN1_LIB);
	left = ERR_peek_last_error();
	no_memory = true;
	expect_err("none", mem_judge(JPKI_ERR_MISMATCH), JPKI_ERR_MEMORY);
	assert_int_equal(ERR_get_error(), left);
	assert_int_equal(ERR_get_error(), 0);
}

static void
what_failed_for_no_memory_is_not_doubted(void **state)
{
	(void)state;
	assert_false(mem_doubts(JPKI_OK));
	assert_false(mem_doubts(JPKI_ERR_MEMORY));
	assert_true(mem_doubts(JPKI_ERR_MALFORMED));
	expect_err("fine", mem_judge(JPKI_OK), JPKI_OK);
	expect_err("as it is", mem_judge(JPKI_ERR_MISMATCH),
	    JPKI_ERR_MISMATCH);
}

/*
 * What the registers hold is on the stack of whoever catches a signal then,
 * and stays there.
 */
#define SIGNAL_STACK	(256 * 1024)
#define LONG_PIN	"Q7XK2MVB9RTZ4WHD"

static uint8_t *signal_stack;

static void
catch(int signum)
{
	(void)signum;
}

/* memcmp() itself would leave the PIN in a register, for the next signal. */
static bool
same_8_bytes(const void *a, const void *b)
{
	const volatile char *p = a, *q = b;
	size_t i = 0;

	while (i < 8 && p[i] == q[i])
		i++;
	return i == 8;
}

/* A signal of ours, now: how many 8 bytes of the PIN does it leave? */
static size_t
left_by_signal(void)
{
	size_t found = 0;

	(void)kill(getpid(), SIGUSR1);
	for (size_t i = 0; i + 8 <= SIGNAL_STACK; i++)
		for (size_t k = 0; k + 8 < sizeof(LONG_PIN); k += 8)
			found += same_8_bytes(signal_stack + i,
			    &LONG_PIN[k]);
	memset(signal_stack, 0, SIGNAL_STACK);
	return found;
}

static void
a_caught_signal_keeps_no_secret(void **state)
{
	struct jpki_secret *a = secret_of(LONG_PIN), *b = secret_of(LONG_PIN);
	struct sigaction action = { .sa_flags = SA_ONSTACK }, before;
	stack_t stack = { .ss_size = SIGNAL_STACK }, stack_before;

	(void)state;
	signal_stack = calloc(1, SIGNAL_STACK);
	assert_non_null(signal_stack);
	stack.ss_sp = signal_stack;
	action.sa_handler = catch;
	assert_int_equal(sigaltstack(&stack, &stack_before), 0);
	assert_int_equal(sigaction(SIGUSR1, &action, &before), 0);
	assert_int_equal(secret_set(a, jpki_secret_bytes(b), 16), JPKI_OK);
	assert_int_equal(left_by_signal(), 0);
	assert_true(secret_equal(a, b));
	assert_int_equal(left_by_signal(), 0);
	assert_int_equal(sigaction(SIGUSR1, &before, NULL), 0);
	assert_int_equal(sigaltstack(&stack_before, NULL), 0);
	free(signal_stack);
	jpki_secret_free(&a);
	jpki_secret_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wipe_zeroes_just_what_it_was_given),
		cmocka_unit_test(free_takes_null),
		cmocka_unit_test(new_secret_is_empty),
		cmocka_unit_test(secret_holds_what_was_set),
		cmocka_unit_test(secret_takes_its_maximum_and_no_more),
		cmocka_unit_test(secret_that_is_not_there_takes_nothing),
		cmocka_unit_test(length_wipes_what_lies_behind_it),
		cmocka_unit_test(wiped_secret_is_empty),
		cmocka_unit_test(two_secrets_share_no_page),
#ifdef __linux__
		cmocka_unit_test(freed_secret_leaves_no_page),
		cmocka_unit_test(secret_is_left_out_of_core_dumps),
		cmocka_unit_test(secret_is_locked_into_memory),
#endif
#ifdef MADV_WIPEONFORK
		cmocka_unit_test(secret_does_not_reach_a_child),
#endif
		cmocka_unit_test(secret_works_where_locking_is_forbidden),
		cmocka_unit_test(no_memory_in_openssl_does_not_pass_for_bad_data),
		cmocka_unit_test(errors_that_the_program_left_are_not_ours),
		cmocka_unit_test(a_look_for_memory_leaves_the_queue_as_it_was),
		cmocka_unit_test(what_failed_for_no_memory_is_not_doubted),
		cmocka_unit_test(secrets_are_equal_in_every_byte),
		cmocka_unit_test(a_caught_signal_keeps_no_secret),
	};

	/* Before it has allocated anything. */
	if (CRYPTO_set_mem_functions(crypto_alloc, crypto_grow,
	    crypto_free) != 1)
		return 1;
	return cmocka_run_group_tests_name("mem", tests, NULL, NULL);
}
