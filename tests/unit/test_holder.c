/* SPDX-License-Identifier: BSD-2-Clause */
/* The holder's attributes: as the profile has them, and as it does not. */
#include "holder.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "fixture.h"
#include "unit.h"

#define OID	"1.2.392.200149.8.5.5."

/* Eras: Meiji 1 is 1868, Taisho 1 1912, Showa 1 1926, Heisei 1 1989, Reiwa 1 2019. */
static void
birth_dates_are_read(void **state)
{
	static const struct {
		const char	*stored, *date, *era;
	} rows[] = {
		{ "319800217", "1980-02-17", "Showa 55" },
		{ "118681023", "1868-10-23", "Meiji 1" },
		{ "119120729", "1912-07-29", "Meiji 45" },
		{ "219120730", "1912-07-30", "Taisho 1" },
		{ "219261224", "1926-12-24", "Taisho 15" },
		{ "319261225", "1926-12-25", "Showa 1" },
		{ "319890107", "1989-01-07", "Showa 64" },
		{ "419890108", "1989-01-08", "Heisei 1" },
		{ "420190430", "2019-04-30", "Heisei 31" },
		{ "520190501", "2019-05-01", "Reiwa 1" },
		{ "520240229", "2024-02-29", "Reiwa 6" },
		{ "019800217", "1980-02-17", "" },
		{ "919800217", "1980-02-17", "" },
		{ "19800217", "1980-02-17", "" },
		{ "20240229", "2024-02-29", "" },
		/* A year before its era: the date stays, the era goes. */
		{ "520180501", "2018-05-01", "" },
		{ "319250101", "1925-01-01", "" },
	};
	char date[11], era[24];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		memset(date, 'x', sizeof(date));
		memset(era, 'x', sizeof(era));
		expect_true(rows[i].stored, holder_birth(rows[i].stored, date,
		    era));
		expect_text(rows[i].stored, date, rows[i].date);
		expect_text(rows[i].stored, era, rows[i].era);
	}
}

static void
what_is_no_birth_date_is_refused(void **state)
{
	static const char *const rows[] = {
		"", "3", "1980021", "3198002170", "S19800217", "3198O0217",
		"1980-02-17", "31980021 ", " 19800217", "31980-217",
		"３１９８００２１７", "319800017", "319801317", "319800200",
		"319800232", "19800000", "19809999",
	};
	char date[11], era[24];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_true(rows[i], !holder_birth(rows[i], date, era));
}

/* Not ISO 5218, which the input assistance application uses. */
static void
sex_codes_are_those_of_the_certificate(void **state)
{
	static const struct {
		const char	*stored, *text;
	} rows[] = {
		{ "1", "male" }, { "2", "female" }, { "3", "unknown" },
		{ "0", NULL }, { "4", NULL }, { "9", NULL }, { "", NULL },
		{ "11", NULL }, { "1 ", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_text(rows[i].stored, holder_sex(rows[i].stored),
		    rows[i].text);
}

/* The holder of a certificate with these otherNames. */
static enum jpki_err
holder_of(const struct fixture *fixture, struct jpki_holder **out)
{
	struct jpki_buf der = fixture_make(fixture);
	const unsigned char *p = der.p;
	X509 *x509 = d2i_X509(NULL, &p, (long)der.n);
	enum jpki_err err;

	assert_non_null(x509);
	err = holder_from_x509(x509, out);
	X509_free(x509);
	jpki_buf_free(&der);
	ERR_clear_error();
	return err;
}

static struct jpki_holder *
holder_with(const struct fixture_other *others)
{
	struct fixture f = fixture_sign;
	struct jpki_holder *h = NULL;

	f.key = f.issuer_key = f.authority = FIXTURE_P256;
	f.others = others;
	assert_int_equal(holder_of(&f, &h), JPKI_OK);
	return h;
}

static void
expect_fixture_holder(const struct jpki_holder *h)
{
	assert_non_null(h);
	expect_text("name", h->name, "名無　花子");
	expect_text("name flags", h->name_flags, "00010");
	expect_text("birth", h->birth, "319800217");
	expect_text("birth date", h->birth_date, "1980-02-17");
	expect_text("birth era", h->birth_era, "Showa 55");
	expect_text("sex", h->sex, "2");
	expect_text("sex text", h->sex_text, "female");
	expect_text("address", h->address, "名無県架空市仮町１－２－３");
	expect_text("address flags", h->address_flags, "0000000000001");
}

static void
attributes_of_the_profile_are_read(void **state)
{
	struct jpki_holder *h = holder_with(fixture_attributes);

	(void)state;
	expect_fixture_holder(h);
	assert_int_equal(h->others_count, 0);
	holder_free(&h);
	assert_null(h);
}

static void
attributes_are_known_by_type_not_by_order(void **state)
{
	struct fixture_other others[7];
	struct jpki_holder *h;

	(void)state;
	for (size_t i = 0; i < 6; i++)
		others[i] = fixture_attributes[5 - i];
	others[6] = fixture_attributes[6];
	h = holder_with(others);
	expect_fixture_holder(h);
	holder_free(&h);
}

static void
missing_attributes_are_null(void **state)
{
	static const struct fixture_other others[] = {
		{ OID "1", V_ASN1_UTF8STRING, "名無　太郎", 0 },
		{ NULL, 0, NULL, 0 }
	};
	struct jpki_holder *h = holder_with(others);

	(void)state;
	expect_text("name", h->name, "名無　太郎");
	assert_null(h->birth);
	assert_null(h->birth_date);
	assert_null(h->birth_era);
	assert_null(h->sex);
	assert_null(h->sex_text);
	assert_null(h->address);
	assert_null(h->name_flags);
	assert_null(h->address_flags);
	holder_free(&h);
}

/* Hexadecimal of the value's DER: tag, length, text. */
static void
what_cannot_be_shown_as_text_is_shown_raw(void **state)
{
	static const struct {
		const char		*what;
		struct fixture_other	 other;
		const char		*hex;
	} rows[] = {
		{ "a type to come", { OID "7", V_ASN1_UTF8STRING, "ﾅﾅｼ", 0 },
		    "0C09EFBE85EFBE85EFBDBC" },
		{ "a type of others", { "1.3.6.1.4.1.311.20.2.3", V_ASN1_UTF8STRING, "a@b", 0 },
		    "0C03614062" },
		{ "a longer type", { OID "1.1", V_ASN1_UTF8STRING, "x", 0 }, "0C0178" },
		{ "NUL in a name", { OID "1", V_ASN1_UTF8STRING, "A\0B", 3 }, "0C03410042" },
		{ "NUL at the end", { OID "1", V_ASN1_UTF8STRING, "A\0", 2 }, "0C024100" },
		{ "no UTF-8", { OID "5", V_ASN1_UTF8STRING, "\xC3\x28", 2 }, "0C02C328" },
		{ "bytes, no text", { OID "1", V_ASN1_OCTET_STRING, "\x01\x02", 2 },
		    "04020102" },
		{ "UTF-16", { OID "1", V_ASN1_BMPSTRING, "\x54\x0D", 2 }, "1E02540D" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture_other others[] = {
			rows[i].other, { NULL, 0, NULL, 0 }
		};
		struct jpki_holder *h = holder_with(others);

		assert_non_null(h);
		assert_null(h->name);
		assert_null(h->address);
		expect_int(rows[i].what, (long long)h->others_count, 1);
		expect_text(rows[i].what, h->others[0].oid,
		    rows[i].other.oid);
		expect_text(rows[i].what, h->others[0].hex, rows[i].hex);
		holder_free(&h);
	}
}

static void
unknown_ones_beside_the_known_change_nothing(void **state)
{
	struct fixture_other others[] = {
		{ OID "7", V_ASN1_UTF8STRING, "x", 0 },
		fixture_attributes[0], fixture_attributes[1],
		fixture_attributes[2],
		{ "2.5.4.3", V_ASN1_UTF8STRING, "y", 0 },
		fixture_attributes[3], fixture_attributes[4],
		fixture_attributes[5],
		{ NULL, 0, NULL, 0 }
	};
	struct jpki_holder *h = holder_with(others);

	(void)state;
	expect_fixture_holder(h);
	assert_int_equal(h->others_count, 2);
	expect_text("first", h->others[0].oid, OID "7");
	expect_text("second", h->others[1].oid, "2.5.4.3");
	holder_free(&h);
}

/* The first counts; the second is not hidden. */
static void
a_doubled_attribute_is_shown_raw(void **state)
{
	static const struct fixture_other others[] = {
		{ OID "1", V_ASN1_UTF8STRING, "A", 0 },
		{ OID "1", V_ASN1_UTF8STRING, "B", 0 },
		{ NULL, 0, NULL, 0 }
	};
	struct jpki_holder *h = holder_with(others);

	(void)state;
	expect_text("name", h->name, "A");
	assert_int_equal(h->others_count, 1);
	expect_text("other", h->others[0].hex, "0C0142");
	holder_free(&h);
}

static void
other_string_types_are_text(void **state)
{
	static const struct fixture_other others[] = {
		{ OID "4", V_ASN1_PRINTABLESTRING, "420010101", 0 },
		{ OID "3", V_ASN1_IA5STRING, "1", 0 },
		{ OID "5", V_ASN1_UTF8STRING, "", 0 },
		{ NULL, 0, NULL, 0 }
	};
	struct jpki_holder *h = holder_with(others);

	(void)state;
	expect_text("birth date", h->birth_date, "2001-01-01");
	expect_text("era", h->birth_era, "Heisei 13");
	expect_text("sex", h->sex_text, "male");
	expect_text("address", h->address, "");
	holder_free(&h);
}

static void
odd_values_stay_as_stored(void **state)
{
	static const struct fixture_other others[] = {
		{ OID "4", V_ASN1_UTF8STRING, "昭和５５年", 0 },
		{ OID "3", V_ASN1_UTF8STRING, "9", 0 },
		{ NULL, 0, NULL, 0 }
	};
	struct jpki_holder *h = holder_with(others);

	(void)state;
	expect_text("birth", h->birth, "昭和５５年");
	assert_null(h->birth_date);
	assert_null(h->birth_era);
	expect_text("sex", h->sex, "9");
	assert_null(h->sex_text);
	holder_free(&h);
}

static void
a_birth_date_without_era_has_no_era(void **state)
{
	static const struct fixture_other others[] = {
		{ OID "4", V_ASN1_UTF8STRING, "019800217", 0 },
		{ NULL, 0, NULL, 0 }
	};
	struct jpki_holder *h = holder_with(others);

	(void)state;
	expect_text("birth date", h->birth_date, "1980-02-17");
	assert_null(h->birth_era);
	holder_free(&h);
}

/* Subject alternative names that tell nothing of a holder, or are no DER. */
static void
without_other_names_there_is_no_holder(void **state)
{
	static const char *const rows[] = {
		NULL, "DNS:example.test,email:a@example.test", "DER:3000",
		"DER:0500", "DER:3003A00206", "DER:30",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct fixture_ext exts[] = {
			{ rows[i] != NULL ? "subjectAltName" : NULL, rows[i] },
			{ NULL, NULL }
		};
		struct fixture f = fixture_auth;
		struct jpki_holder *h = (struct jpki_holder *)1;

		f.key = f.issuer_key = f.authority = FIXTURE_P256;
		f.exts = exts;
		assert_int_equal(holder_of(&f, &h), JPKI_OK);
		assert_null(h);
	}
}

static void
free_takes_nothing(void **state)
{
	struct jpki_holder *none = NULL;

	(void)state;
	holder_free(NULL);
	holder_free(&none);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(birth_dates_are_read),
		cmocka_unit_test(what_is_no_birth_date_is_refused),
		cmocka_unit_test(sex_codes_are_those_of_the_certificate),
		cmocka_unit_test(attributes_of_the_profile_are_read),
		cmocka_unit_test(attributes_are_known_by_type_not_by_order),
		cmocka_unit_test(missing_attributes_are_null),
		cmocka_unit_test(what_cannot_be_shown_as_text_is_shown_raw),
		cmocka_unit_test(unknown_ones_beside_the_known_change_nothing),
		cmocka_unit_test(a_doubled_attribute_is_shown_raw),
		cmocka_unit_test(other_string_types_are_text),
		cmocka_unit_test(odd_values_stay_as_stored),
		cmocka_unit_test(a_birth_date_without_era_has_no_era),
		cmocka_unit_test(without_other_names_there_is_no_holder),
		cmocka_unit_test(free_takes_nothing),
	};

	return cmocka_run_group_tests_name("holder", tests, NULL,
	    fixture_free);
}
