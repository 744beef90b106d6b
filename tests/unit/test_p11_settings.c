/* SPDX-License-Identifier: BSD-2-Clause */
/* The settings string, and jpki_err to CK_RV. */
#include "unit.h"

#include <string.h>

#include "module.h"
#include "settings.h"

static void
without_a_word_the_defaults_hold(void **state)
{
	struct settings s = settings_default();

	(void)state;
	/* This archive is that of jpki-pkcs11.so. */
	assert_int_equal(module_tokens, 3);
	assert_int_equal(s.tokens, 3);
	assert_false(s.last_try);
	assert_false(s.consent_each);
	assert_false(s.exclusive);
	assert_int_equal(s.pss, PSS_AUTO);
	assert_int_equal(s.log, 0);
}

static const struct {
	const char	*text;
	struct settings	 wanted;
	bool		 ok;
} rows[] = {
	{ "", { 3, false, false, false, false, PSS_AUTO, 0 }, true },
	{ "   \t\r\n ", { 3, false, false, false, false, PSS_AUTO, 0 }, true },
	{ "tokens=none", { 0, false, false, false, false, PSS_AUTO, 0 }, true },
	{ "tokens=auth", { 1, false, false, false, false, PSS_AUTO, 0 }, true },
	{ "tokens=sign", { 2, false, false, false, false, PSS_AUTO, 0 }, true },
	{ "tokens=both", { 3, false, false, false, false, PSS_AUTO, 0 }, true },
	{ "last-try=allow", { 3, true, false, false, false, PSS_AUTO, 0 }, true },
	{ "last-try=allow last-try=refuse", { 3, false, false, false, false, PSS_AUTO, 0 },
	  true },
	{ "consent=each", { 3, false, true, false, false, PSS_AUTO, 0 }, true },
	{ "consent=each consent=once", { 3, false, false, false, false, PSS_AUTO, 0 },
	  true },
	{ "exclusive=login", { 3, false, false, true, false, PSS_AUTO, 0 }, true },
	{ "exclusive=login exclusive=off",
	  { 3, false, false, false, false, PSS_AUTO, 0 }, true },
	{ "pin-pad=auth", { 3, false, false, false, true, PSS_AUTO, 0 }, true },
	{ "pin-pad=auth pin-pad=off",
	  { 3, false, false, false, false, PSS_AUTO, 0 }, true },
	{ "pin-pad=sign", { 3, false, false, false, false, PSS_AUTO, 0 }, false },
	{ "pss=off", { 3, false, false, false, false, PSS_OFF, 0 }, true },
	{ "pss=on", { 3, false, false, false, false, PSS_ON, 0 }, true },
	{ "pss=on pss=auto", { 3, false, false, false, false, PSS_AUTO, 0 }, true },
	{ "log=none", { 3, false, false, false, false, PSS_AUTO, 0 }, true },
	{ "log=error", { 3, false, false, false, false, PSS_AUTO, 1 }, true },
	{ "log=info", { 3, false, false, false, false, PSS_AUTO, 2 }, true },
	{ "log=apdu", { 3, false, false, false, false, PSS_AUTO, 3 }, true },
	{ " tokens=auth\tlast-try=allow\r\nconsent=each pss=off  log=info ",
	  { 1, true, true, false, false, PSS_OFF, 2 }, true },
	/* The last word counts. */
	{ "tokens=auth tokens=sign", { 2, false, false, false, false, PSS_AUTO, 0 }, true },
	/* Words of others. */
	{ "token=auth", { 3, false, false, false, false, PSS_AUTO, 0 }, true },
	{ "tokens", { 3, false, false, false, false, PSS_AUTO, 0 }, true },
	{ "configdir='/x y' = =auth x=", { 3, false, false, false, false, PSS_AUTO, 0 },
	  true },
	{ "Tokens=auth", { 3, false, false, false, false, PSS_AUTO, 0 }, true },
	/* Values that a key has not; the rest is applied. */
	{ "tokens=", { 3, false, false, false, false, PSS_AUTO, 0 }, false },
	{ "tokens=AUTH", { 3, false, false, false, false, PSS_AUTO, 0 }, false },
	{ "tokens=authx", { 3, false, false, false, false, PSS_AUTO, 0 }, false },
	{ "tokens=aut", { 3, false, false, false, false, PSS_AUTO, 0 }, false },
	{ "tokens=auth=sign", { 3, false, false, false, false, PSS_AUTO, 0 }, false },
	{ "pss=yes consent=each", { 3, false, true, false, false, PSS_AUTO, 0 }, false },
	{ "exclusive=on", { 3, false, false, false, false, PSS_AUTO, 0 }, false },
	{ "log=4", { 3, false, false, false, false, PSS_AUTO, 0 }, false },
};

static void
words_are_applied_in_their_order(void **state)
{
	struct settings s;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		s = settings_default();
		expect_true(rows[i].text, settings_apply(&s, rows[i].text) ==
		    rows[i].ok);
		expect_int(rows[i].text, s.tokens, rows[i].wanted.tokens);
		expect_int(rows[i].text, s.last_try,
		    rows[i].wanted.last_try);
		expect_int(rows[i].text, s.consent_each,
		    rows[i].wanted.consent_each);
		expect_int(rows[i].text, s.exclusive,
		    rows[i].wanted.exclusive);
		expect_int(rows[i].text, s.pss, rows[i].wanted.pss);
		expect_int(rows[i].text, s.log, rows[i].wanted.log);
	}
}

/* Those that have a row, and an answer of their own where it matters. */
static const struct {
	enum jpki_err	err;
	CK_RV		rv;
} answers[] = {
	{ JPKI_OK, CKR_OK },
	{ JPKI_ERR_ARG, CKR_ARGUMENTS_BAD },
	{ JPKI_ERR_PIN_FORMAT, CKR_PIN_INCORRECT },
	{ JPKI_ERR_PIN_NEW, CKR_PIN_INVALID },
	{ JPKI_ERR_PIN_SAME, CKR_PIN_INVALID },
	{ JPKI_ERR_BUFFER, CKR_DATA_LEN_RANGE },
	{ JPKI_ERR_MEMORY, CKR_HOST_MEMORY },
	{ JPKI_ERR_NO_CARD, CKR_TOKEN_NOT_PRESENT },
	{ JPKI_ERR_REMOVED, CKR_DEVICE_REMOVED },
	{ JPKI_ERR_MUTE, CKR_DEVICE_ERROR },
	{ JPKI_ERR_NOT_JPKI, CKR_DEVICE_ERROR },
	{ JPKI_ERR_MISMATCH, CKR_DEVICE_ERROR },
	{ JPKI_ERR_AUTH_REQUIRED, CKR_USER_NOT_LOGGED_IN },
	{ JPKI_ERR_PIN_WRONG, CKR_PIN_INCORRECT },
	{ JPKI_ERR_PIN_LAST_TRY, CKR_PIN_LOCKED },
	{ JPKI_ERR_PIN_LOCKED, CKR_PIN_LOCKED },
	{ JPKI_ERR_INTERNAL, CKR_GENERAL_ERROR },
};

static void
errors_become_codes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(answers); i++)
		expect_int(jpki_err_name(answers[i].err),
		    (long long)rv_of(answers[i].err),
		    (long long)answers[i].rv);
	assert_int_equal(rv_of((enum jpki_err)9999), CKR_GENERAL_ERROR);
}

/* An error that the library gains has to gain a row. */
static void
every_error_has_a_row(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		enum jpki_err err = (enum jpki_err)i;

		if (strcmp(jpki_err_name(err), "UNKNOWN") != 0 &&
		    err != JPKI_ERR_INTERNAL)
			expect_true(jpki_err_name(err), rv_of(err) !=
			    CKR_GENERAL_ERROR);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_word_the_defaults_hold),
		cmocka_unit_test(words_are_applied_in_their_order),
		cmocka_unit_test(errors_become_codes),
		cmocka_unit_test(every_error_has_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
