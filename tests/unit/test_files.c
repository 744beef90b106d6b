/* SPDX-License-Identifier: BSD-2-Clause */
/* The card as tables: each row against PROTOCOL, and against the others. */
#include "files.h"

#include <string.h>

#include "unit.h"

/* PROTOCOL, "Applications". */
static void
applications_have_their_identifiers(void **state)
{
	static const struct {
		enum app	 app;
		const char	*aid;
	} rows[] = {
		{ APP_NONE, "" },
		{ APP_JPKI, "D3 92 F0 00 26 01 00 00 00 01" },
		{ APP_INPUT, "D3 92 10 00 31 00 01 01 04 08" },
		{ APP_SURFACE, "D3 92 10 00 31 00 01 01 04 02" },
		{ APP_REGISTER, "D3 92 10 00 31 00 01 01 04 01" },
		{ APP_COMMON, "D3 92 10 00 31 00 01 01 01 00" },
		{ APP_ISD, "A0 00 00 01 51 00 00" },
	};

	(void)state;
	assert_int_equal(COUNT(rows), APP_COUNT);
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_hex(rows[i].aid, app_aid(rows[i].app), rows[i].aid);
}

static void
expect_ef(const char *what, const struct ef *ef, enum app app, unsigned id)
{
	expect_int(what, ef->app, app);
	expect_int(what, ef->id[0] << 8 | ef->id[1], id);
}

/* What holders are told: digits, letters, tries (jpki(3), PROTOCOL "PINs"). */
static void
pins_are_as_holders_know_them(void **state)
{
	static const struct {
		enum jpki_pin	 pin;
		const char	*name;
		enum app	 app;
		unsigned	 id;
		int		 min, max, tries;
		bool		 letters, verify, change;
	} rows[] = {
		{ JPKI_PIN_AUTH, "auth", APP_JPKI, 0x0018, 4, 4, 3, false, true, true },
		{ JPKI_PIN_SIGN, "sign", APP_JPKI, 0x001B, 6, 16, 5, true, true, true },
		{ JPKI_PIN_INPUT, "input", APP_INPUT, 0x0011, 4, 4, 3, false, true, true },
		{ JPKI_PIN_REGISTER, "register", APP_REGISTER, 0x001C,
		    4, 4, 3, false, false, false },
		{ JPKI_PIN_REGISTER_COMMON, "register-common", APP_COMMON, 0x001C,
		    4, 4, 3, false, false, false },
		{ JPKI_PIN_INPUT_A, "input-a", APP_INPUT, 0x0014,
		    12, 12, 10, false, false, false },
		{ JPKI_PIN_INPUT_B, "input-b", APP_INPUT, 0x0015,
		    14, 14, 10, false, false, false },
		{ JPKI_PIN_SURFACE_A, "surface-a", APP_SURFACE, 0x0013,
		    12, 12, 10, false, false, false },
		{ JPKI_PIN_SURFACE_B, "surface-b", APP_SURFACE, 0x0012,
		    14, 14, 10, false, false, false },
		{ JPKI_PIN_SURFACE_BIRTH, "surface-birth", APP_SURFACE, 0x0011,
		    6, 6, 0, false, false, false },
		{ JPKI_PIN_INPUT_RESERVED, "input-reserved", APP_INPUT, 0x0012,
		    0, 0, 0, false, false, false },
	};

	(void)state;
	assert_int_equal(COUNT(rows), JPKI_PIN_COUNT);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct jpki_pin_desc *desc =
		    jpki_pin_describe(rows[i].pin);
		const struct pin_row *row = pin_row(rows[i].pin);

		assert_ptr_equal(desc, &row->desc);
		expect_text("name", desc->name, rows[i].name);
		expect_ef(rows[i].name, &row->ef, rows[i].app, rows[i].id);
		expect_int(rows[i].name, desc->min, rows[i].min);
		expect_int(rows[i].name, desc->max, rows[i].max);
		expect_int(rows[i].name, desc->tries_max, rows[i].tries);
		expect_int(rows[i].name, desc->letters, rows[i].letters);
		expect_int(rows[i].name, desc->can_verify, rows[i].verify);
		expect_int(rows[i].name, desc->can_change, rows[i].change);
		assert_true(desc->title != NULL && desc->title[0] != '\0');
	}
}

static void
a_pin_out_of_range_has_no_description(void **state)
{
	(void)state;
	assert_null(jpki_pin_describe(JPKI_PIN_COUNT));
	assert_null(jpki_pin_describe((enum jpki_pin)-1));
	assert_null(jpki_pin_describe((enum jpki_pin)1000));
}

/* P2: a PIN that reached another PIN's file would cost a try there. */
static void
law_p2_no_two_pins_share_a_file(void **state)
{
	(void)state;
	for (int i = 0; i < JPKI_PIN_COUNT; i++)
		for (int j = 0; j < i; j++) {
			const struct ef *a = &pin_row((enum jpki_pin)i)->ef;
			const struct ef *b = &pin_row((enum jpki_pin)j)->ef;

			assert_true(a->app != b->app ||
			    memcmp(a->id, b->id, 2) != 0);
		}
}

/* A PIN made for one could be sent to the other only if it fits both. */
static void
no_pin_of_the_jpki_application_fits_the_other(void **state)
{
	const struct jpki_pin_desc *auth = jpki_pin_describe(JPKI_PIN_AUTH);
	const struct jpki_pin_desc *sign = jpki_pin_describe(JPKI_PIN_SIGN);

	(void)state;
	assert_true(auth->max < sign->min);
}

static void
every_pin_fits_the_cards_limit(void **state)
{
	(void)state;
	for (int i = 0; i < JPKI_PIN_COUNT; i++) {
		const struct jpki_pin_desc *desc =
		    jpki_pin_describe((enum jpki_pin)i);

		assert_true(desc->min <= desc->max && desc->max <= 16);
		assert_true(!desc->can_change || desc->can_verify);
		assert_true(!desc->can_verify || desc->min > 0);
	}
}

/* PROTOCOL, "Files". */
static void
keys_and_certificates_have_their_files(void **state)
{
	static const struct {
		enum jpki_cert_id	id;
		unsigned		file;
		enum jpki_pin		pin;
		bool			always;
	} rows[] = {
		{ JPKI_CERT_AUTH, 0x000A, JPKI_PIN_AUTH, false },
		{ JPKI_CERT_SIGN, 0x0001, JPKI_PIN_SIGN, true },
		{ JPKI_CERT_AUTH_CA, 0x000B, JPKI_PIN_COUNT, false },
		{ JPKI_CERT_SIGN_CA, 0x0002, JPKI_PIN_COUNT, false },
	};
	const struct key_row *auth = key_row(JPKI_KEY_AUTH);
	const struct key_row *sign = key_row(JPKI_KEY_SIGN);

	(void)state;
	assert_int_equal(COUNT(rows), JPKI_CERT_COUNT);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct cert_row *row = cert_row(rows[i].id);

		expect_ef("certificate", &row->ef, APP_JPKI, rows[i].file);
		assert_int_equal(row->pin, rows[i].pin);
		assert_int_equal(row->always, rows[i].always);
	}
	expect_ef("authentication key", &auth->ef, APP_JPKI, 0x0017);
	expect_ef("signature key", &sign->ef, APP_JPKI, 0x001A);
	assert_int_equal(auth->pin, JPKI_PIN_AUTH);
	assert_int_equal(auth->cert, JPKI_CERT_AUTH);
	assert_int_equal(sign->pin, JPKI_PIN_SIGN);
	assert_int_equal(sign->cert, JPKI_CERT_SIGN);
	expect_ef("token information", &ef_token_info, APP_JPKI, 0x0006);
	expect_ef("availability", &ef_availability, APP_JPKI, 0x0008);
}

static void
labels_tell_the_kind(void **state)
{
	static const struct {
		const char	*label;
		enum jpki_kind	 kind;
	} rows[] = {
		{ "JPKIAPICCTOKEN2", JPKI_KIND_CARD },
		{ "JPKIAPICCTOKEN", JPKI_KIND_JUKI },
		{ "JPKIAPGPSETOKEN", JPKI_KIND_PHONE },
		{ "JPKIAPIOSTOKEN", JPKI_KIND_PHONE },
		{ "", JPKI_KIND_UNKNOWN },
		{ "JPKIAPICCTOKEN3", JPKI_KIND_UNKNOWN },
		{ "JPKIAPICCTOKEN2 ", JPKI_KIND_UNKNOWN },
		{ "JPKIAPICC", JPKI_KIND_UNKNOWN },
		{ "jpkiapicctoken2", JPKI_KIND_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_int(rows[i].label, kind_of_label(rows[i].label),
		    rows[i].kind);
}

static void
an_applications_pins_are_its_bits(void **state)
{
	unsigned all = 0;

	(void)state;
	assert_int_equal(app_pins(APP_NONE), 0);
	assert_int_equal(app_pins(APP_ISD), 0);
	assert_int_equal(app_pins(APP_JPKI),
	    1u << JPKI_PIN_AUTH | 1u << JPKI_PIN_SIGN);
	assert_int_equal(app_pins(APP_REGISTER), 1u << JPKI_PIN_REGISTER);
	assert_int_equal(app_pins(APP_COMMON),
	    1u << JPKI_PIN_REGISTER_COMMON);
	for (int i = 0; i < APP_COUNT; i++) {
		assert_int_equal(all & app_pins((enum app)i), 0);
		all |= app_pins((enum app)i);
	}
	assert_int_equal(all, (1u << JPKI_PIN_COUNT) - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(applications_have_their_identifiers),
		cmocka_unit_test(pins_are_as_holders_know_them),
		cmocka_unit_test(a_pin_out_of_range_has_no_description),
		cmocka_unit_test(law_p2_no_two_pins_share_a_file),
		cmocka_unit_test(no_pin_of_the_jpki_application_fits_the_other),
		cmocka_unit_test(every_pin_fits_the_cards_limit),
		cmocka_unit_test(keys_and_certificates_have_their_files),
		cmocka_unit_test(labels_tell_the_kind),
		cmocka_unit_test(an_applications_pins_are_its_bits),
	};

	return cmocka_run_group_tests_name("files", tests, NULL, NULL);
}
