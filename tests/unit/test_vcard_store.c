/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtual card's directory: what survives, and what is refused. */
#include "vkit.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define JPKI	"00A4040C0A D392F000260100000001"
#define TEXT_MAX 4096

static void
read_text(const char *name, char text[TEXT_MAX])
{
	FILE *f = fopen(vkit_path(name), "r");
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, TEXT_MAX - 1, f);
	text[n] = '\0';
	fclose(f);
}

static void
write_text(const char *name, const char *text)
{
	FILE *f = fopen(vkit_path(name), "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void
counters_are_on_the_disk_before_the_answer(void **state)
{
	struct vcard *card = vkit_load("adult", NULL);
	char text[TEXT_MAX];

	(void)state;
	vkit_hex(card, JPKI);
	assert_int_equal(vkit_hex(card, "0020009804 30303030").sw, 0x63C2);
	read_text("adult/state", text);
	assert_non_null(strstr(text, "\npin auth 2 1234\n"));
	assert_int_equal(vkit_hex(card, "0020009804 31323334").sw, 0x9000);
	read_text("adult/state", text);
	assert_non_null(strstr(text, "\npin auth 3 1234\n"));
}

static void
counters_and_pins_survive_a_reload(void **state)
{
	struct vcard *card = vkit_load("adult", NULL);

	(void)state;
	vkit_login_auth(card);
	assert_int_equal(vkit_hex(card, "0024019804 39383736").sw, 0x9000);
	assert_int_equal(vkit_hex(card, "0020009B06 303030303030").sw,
	    0x63C4);
	card = vkit_reload("adult");
	assert_int_equal(vcard_tries(card, "sign"), 4);
	vkit_hex(card, JPKI);
	assert_int_equal(vkit_hex(card, "0020009804 39383736").sw, 0x9000);
	card = vkit_reload("adult");
	vkit_hex(card, JPKI);
	assert_int_equal(vkit_hex(card, "0020009804 31323334").sw, 0x63C2);
}

static void
tries_that_were_set_survive_a_reload(void **state)
{
	struct vcard *card = vkit_load("adult", NULL);

	(void)state;
	assert_int_equal(vcard_set_tries(card, "sign", 1), 0);
	card = vkit_reload("adult");
	assert_int_equal(vcard_tries(card, "sign"), 1);
}

static void
a_leftover_temporary_file_is_ignored(void **state)
{
	struct vcard *card = vkit_load("adult", NULL);

	(void)state;
	write_text("adult/state.tmp", "version 1\nprofile adult\npin au");
	card = vkit_reload("adult");
	assert_int_equal(vcard_tries(card, "auth"), 3);
	vkit_hex(card, JPKI);
	assert_int_equal(vkit_hex(card, "0020009804 30303030").sw, 0x63C2);
	card = vkit_reload("adult");
	assert_int_equal(vcard_tries(card, "auth"), 2);
	assert_int_equal(access(vkit_path("adult/state.tmp"), F_OK), -1);
}

/* Nothing can be written where a directory stands. */
static void
a_state_that_cannot_be_kept_changes_nothing(void **state)
{
	struct vcard *card = vkit_load("adult", NULL);

	(void)state;
	vkit_login_auth(card);
	assert_int_equal(mkdir(vkit_path("adult/state.tmp"), 0700), 0);
	assert_int_equal(vkit_hex(card, "0020009B06 303030303030").sw,
	    0x6581);
	assert_int_equal(vcard_tries(card, "sign"), 5);
	assert_int_equal(vkit_hex(card, "0024019804 39383736").sw, 0x6581);
	assert_int_equal(vcard_set_tries(card, "sign", 1), -1);
	assert_int_equal(vcard_tries(card, "sign"), 5);
	assert_int_equal(rmdir(vkit_path("adult/state.tmp")), 0);
	assert_int_equal(vkit_hex(card, "0020009804 31323334").sw, 0x9000);
}

static void
a_card_is_used_by_one_program_at_a_time(void **state)
{
	struct vcard *second = NULL;
	char error[VCARD_ERROR_MAX] = "";

	(void)state;
	vkit_load("adult", NULL);
	assert_int_equal(vcard_load(vkit_dir("adult"), &second, error), -1);
	assert_null(second);
	assert_non_null(strstr(error, "in use"));
	vkit_load("phone", NULL);
	assert_int_equal(vcard_load(vkit_dir("adult"), &second, error), 0);
	vcard_free(&second);
	assert_null(second);
}

static void
a_file_that_is_missing_is_missing_on_the_card(void **state)
{
	struct vcard *card;
	char away[700], file[600];

	(void)state;
	vkit_load("adult", NULL);
	snprintf(file, sizeof(file), "%s",
	    vkit_path("adult/files/jpki-000B.bin"));
	snprintf(away, sizeof(away), "%s.away", file);
	assert_int_equal(rename(file, away), 0);
	card = vkit_load("adult", NULL);
	assert_int_equal(rename(away, file), 0);
	vkit_hex(card, JPKI);
	assert_int_equal(vkit_hex(card, "00A4020C02 000B").sw, 0x6A82);
	assert_int_equal(vkit_hex(card, "00A4020C02 0002").sw, 0x9000);
}

static void
expect_no_load(const char *what, const char *name)
{
	char error[VCARD_ERROR_MAX] = "";
	struct vcard *card = NULL;

	expect_int(what, vcard_load(vkit_path(name), &card, error), -1);
	expect_true(what, card == NULL && error[0] != '\0');
}

static void
what_is_no_card_is_not_loaded(void **state)
{
	static const char *const states[] = {
		"", "version 2\nprofile adult\n", "profile nobody\n",
		"pin auth 3 1234\nprofile adult\n", "profile adult\nprofile adult\n",
		"profile adult\npin nobody 3 1234\n", "profile adult\npin auth 9 1234\n",
		"profile adult\npin auth -1 1234\n", "profile adult\npin auth x 1234\n",
		"profile adult\npin auth 3\n", "profile adult\nnonsense\n",
		"profile adult\npin auth 3 12345678901234567\n",
	};

	(void)state;
	expect_no_load("absent", "nowhere");
	assert_int_equal(mkdir(vkit_path("odd"), 0700), 0);
	expect_no_load("empty", "odd");
	for (size_t i = 0; i < COUNT(states); i++) {
		write_text("odd/state", states[i]);
		expect_no_load(states[i], "odd");
	}
	write_text("odd/state", "# comment\n\nversion 1\nprofile adult\n");
	assert_int_equal(mkdir(vkit_path("odd/keys"), 0700), 0);
	write_text("odd/keys/jpki-0017.pem", "no key");
	expect_no_load("key", "odd");
}

static void
a_card_can_be_created_in_an_empty_directory(void **state)
{
	char error[VCARD_ERROR_MAX] = "";

	(void)state;
	assert_int_equal(mkdir(vkit_path("fresh"), 0700), 0);
	if (personalise(vkit_path("fresh/"), "adult", NULL, NULL, vkit_key,
	    error) != 0)
		fail_msg("%s", error);
	assert_non_null(vkit_reload("fresh"));
}

static int
count_entries(const char *path)
{
	DIR *d = opendir(path);
	int n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

static EVP_PKEY *
no_key(enum personalise_key which)
{
	return which == PERSONALISE_KEY_AUTH ? NULL : vkit_key(which);
}

static void
a_failed_creation_leaves_nothing(void **state)
{
	static const struct vcard_pins pins[] = {
		{ .auth = "123" }, { .auth = "12345" }, { .auth = "12a4" },
		{ .sign = "abc123" }, { .sign = "ABC12" }, { .input = "" },
		{ .registration = "ABCD" }, { .sign = "ABCDEFGH123456789" },
	};
	static const struct vcard_pins sign = { .sign = "ABC123" };
	static const struct vcard_person person = { .birth = "never" };
	char error[VCARD_ERROR_MAX] = "", dir[600];
	int before;

	(void)state;
	assert_int_equal(mkdir(vkit_path("many"), 0700), 0);
	before = count_entries(vkit_path("many"));
	snprintf(dir, sizeof(dir), "%s", vkit_path("many/card"));
	for (size_t i = 0; i < COUNT(pins); i++)
		assert_int_equal(personalise(dir, "adult", NULL, &pins[i],
		    vkit_key, error), -1);
	assert_int_equal(personalise(dir, "under15", NULL, &sign, vkit_key,
	    error), -1);
	assert_int_equal(vcard_create(dir, "nobody", NULL, NULL, error), -1);
	assert_int_equal(vcard_create(dir, "adult", &person, NULL, error),
	    -1);
	assert_int_equal(personalise(dir, "adult", NULL, NULL, no_key,
	    error), -1);
	assert_int_equal(count_entries(vkit_path("many")), before);
}

static void
creation_never_writes_over_something(void **state)
{
	char error[VCARD_ERROR_MAX] = "", dir[600];
	int before;

	(void)state;
	vkit_dir("adult");
	before = count_entries(vkit_path("."));
	assert_int_equal(personalise(vkit_path("adult"), "adult", NULL, NULL,
	    vkit_key, error), -1);
	assert_non_null(strstr(error, "not empty"));
	write_text("file", "text");
	assert_int_equal(personalise(vkit_path("file"), "adult", NULL, NULL,
	    vkit_key, error), -1);
	assert_int_equal(unlink(vkit_path("file")), 0);
	snprintf(dir, sizeof(dir), "%s", vkit_path("no/such/parent"));
	assert_int_equal(personalise(dir, "adult", NULL, NULL, vkit_key,
	    error), -1);
	assert_int_equal(personalise("", "adult", NULL, NULL, vkit_key,
	    error), -1);
	assert_int_equal(count_entries(vkit_path(".")), before);
}

static void
only_the_owner_can_look_into_a_card(void **state)
{
	static const char *const names[] = {
		"adult", "adult/state", "adult/keys", "adult/keys/jpki-0017.pem"
	};
	struct stat st;

	(void)state;
	vkit_dir("adult");
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_int_equal(stat(vkit_path(names[i]), &st), 0);
		expect_int(names[i], st.st_mode & 077, 0);
	}
}

/* The profile with the fewest keys, made as a person would make it. */
static void
a_card_is_created_with_keys_of_its_own(void **state)
{
	char error[VCARD_ERROR_MAX] = "";
	EVP_PKEY *old = vkit_key(PERSONALISE_KEY_AUTH);
	struct vcard *card;
	X509 *cert;

	(void)state;
	if (vcard_create(vkit_path("own"), "under15", NULL, NULL, error) != 0)
		fail_msg("%s", error);
	card = vkit_reload("own");
	vkit_hex(card, JPKI);
	{
		struct vkit_answer a = vkit_read(card, "000A");
		const unsigned char *p = a.p;

		cert = d2i_X509(NULL, &p, (long)a.n);
	}
	assert_non_null(cert);
	assert_int_equal(EVP_PKEY_get_bits(X509_get0_pubkey(cert)), 2048);
	assert_int_not_equal(EVP_PKEY_eq(X509_get0_pubkey(cert), old), 1);
	X509_free(cert);
	EVP_PKEY_free(old);
}

static void
every_profile_has_a_name_and_a_text(void **state)
{
	static const char *const wanted[] = {
		"adult", "under15", "no-auth", "phone", "expiring", "expired",
		"overseas", "locked"
	};
	size_t n = 0;

	(void)state;
	for (; vcard_profile_name(n) != NULL; n++) {
		assert_true(strlen(vcard_profile_text(n)) > 0);
		assert_non_null(vkit_load(vcard_profile_name(n), NULL));
	}
	assert_null(vcard_profile_text(n));
	assert_true(n >= COUNT(wanted));
	for (size_t i = 0; i < COUNT(wanted); i++)
		assert_non_null(vkit_dir(wanted[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters_are_on_the_disk_before_the_answer),
		cmocka_unit_test(counters_and_pins_survive_a_reload),
		cmocka_unit_test(tries_that_were_set_survive_a_reload),
		cmocka_unit_test(a_leftover_temporary_file_is_ignored),
		cmocka_unit_test(a_state_that_cannot_be_kept_changes_nothing),
		cmocka_unit_test(a_card_is_used_by_one_program_at_a_time),
		cmocka_unit_test(a_file_that_is_missing_is_missing_on_the_card),
		cmocka_unit_test(what_is_no_card_is_not_loaded),
		cmocka_unit_test(a_card_can_be_created_in_an_empty_directory),
		cmocka_unit_test(a_failed_creation_leaves_nothing),
		cmocka_unit_test(creation_never_writes_over_something),
		cmocka_unit_test(only_the_owner_can_look_into_a_card),
		cmocka_unit_test(a_card_is_created_with_keys_of_its_own),
		cmocka_unit_test(every_profile_has_a_name_and_a_text),
	};

	return cmocka_run_group_tests_name("vcard store", tests, NULL,
	    vkit_end);
}
