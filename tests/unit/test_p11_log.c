/* SPDX-License-Identifier: BSD-2-Clause */
/* The setting log=: to the standard error, and never a PIN (law P6). */
#include "p11kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOG_MAX	(1024 * 1024)

static FILE *captured;
static int saved;

static void
capture(void)
{
	fflush(stderr);
	captured = tmpfile();
	assert_non_null(captured);
	saved = dup(STDERR_FILENO);
	assert_int_equal(dup2(fileno(captured), STDERR_FILENO),
	    STDERR_FILENO);
}

/* What was written since, without blanks; to be freed. */
static char *
release(void)
{
	char *text = calloc(1, LOG_MAX);
	size_t n = 0;
	int c;

	fflush(stderr);
	assert_int_equal(dup2(saved, STDERR_FILENO), STDERR_FILENO);
	close(saved);
	assert_non_null(text);
	rewind(captured);
	while ((c = getc(captured)) != EOF && n + 1 < LOG_MAX)
		if (c != ' ')
			text[n++] = (char)c;
	fclose(captured);
	return text;
}

/* Everything that has to do with PINs, once right and once wrong. */
static void
live(void)
{
	CK_UTF8CHAR old[] = "WXYZ99", new[] = "ZYXW88";
	CK_SESSION_HANDLE s = kit_open_rw(SIGN);

	expect_rv("wrong", kit_try_login(s, CKU_USER, "WXYZ99"),
	    CKR_PIN_INCORRECT);
	expect_rv("wrong", p11->C_SetPIN(s, old, 6, new, 6),
	    CKR_PIN_INCORRECT);
	memcpy(old, PIN_SIGN, 6);
	expect_rv("change", p11->C_SetPIN(s, old, 6, new, 6), CKR_OK);
	kit_login(s, "ZYXW88");
	expect_rv("sign", kit_sign(s), CKR_OK);
	expect_rv("logout", p11->C_Logout(s), CKR_OK);
}

static char *
log_of(const char *settings)
{
	char *text;

	capture();
	kit_init(settings);
	live();
	kit_fini();
	text = release();
	return text;
}

static void
the_log_has_every_command_and_no_pin(void **state)
{
	/* As text and in hexadecimal. */
	static const char *const secrets[] = { "WXYZ99", "ZYXW88", "ABC123",
	    "5758595A3939", "5A5958573838", "414243313233",
	    "5758595a3939", "5a5958573838" };
	char *text;

	(void)state;
	(void)kit_card(READER_A, "adult", NULL);
	text = log_of("log=apdu");
	assert_non_null(strstr(text, "jpki-pkcs11:"));
	/* SELECT of the application, and of the key. */
	assert_non_null(strstr(text, "D392F000260100000001"));
	assert_non_null(strstr(text, "00A4020C02001A"));
	assert_non_null(strstr(text, "00200080"));
	for (size_t i = 0; i < COUNT(secrets); i++)
		if (strstr(text, secrets[i]) != NULL)
			fail_msg("the log has %s", secrets[i]);
	free(text);
}

static void
lower_levels_say_less(void **state)
{
	char *text;

	(void)state;
	(void)kit_card(READER_A, "adult", NULL);
	text = log_of("log=info");
	assert_non_null(strstr(text, "jpki-pkcs11:"));
	assert_null(strstr(text, "D392F000260100000001"));
	free(text);
}

static void
without_the_setting_nothing_is_said(void **state)
{
	char *text;

	(void)state;
	(void)kit_card(READER_A, "adult", NULL);
	text = log_of(NULL);
	assert_string_equal(text, "");
	free(text);
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, kit_setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_log_has_every_command_and_no_pin),
		T(lower_levels_say_less),
		T(without_the_setting_nothing_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
