/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A certificate as a page and as JSON: its days, its CA, and a holder with
 * whatever attributes the card has, all, some or odd ones.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certpage.h"
#include "unit.h"

#define DAY	86400
#define NOW	1700000000	/* 2023-11-14T22:13:20Z, the 15th in Japan */
#define NAME	"\xE5\x90\x8D\xE7\x84\xA1\xE3\x80\x80\xE8\x8A\xB1\xE5\xAD\x90"

static struct jpki_cert cert;
static struct certview view;
static char texts[16][8];	/* what the certificate's texts point to */

/* A text of the certificate, for members that are not const. */
static char *
text(unsigned slot, const char *value)
{
	(void)snprintf(texts[slot], sizeof(texts[slot]), "%s", value);
	return texts[slot];
}

/* The page, to be freed. */
static char *
page(void)
{
	char *out = NULL;
	size_t n;
	FILE *f = open_memstream(&out, &n);

	assert_non_null(f);
	certpage_text(f, &view, NOW);
	assert_int_equal(fclose(f), 0);
	return out;
}

static char *
json(void)
{
	char *out = NULL;
	size_t n;
	struct json j = { open_memstream(&out, &n), false };

	assert_non_null(j.f);
	json_open(&j, NULL, '{');
	certpage_json(&j, &view, NOW);
	json_close(&j, '}');
	assert_int_equal(fclose(j.f), 0);
	return out;
}

/* Does what was made hold (or not hold) a text?  Frees it. */
static void
expect_in(char *made, const char *wanted, bool is_there)
{
	if ((strstr(made, wanted) != NULL) != is_there)
		fail_msg("%s\"%s\" in: %s", is_there ? "no " : "", wanted,
		    made);
	free(made);
}

static void
days_are_counted(void **state)
{
	static const struct {
		int64_t		 from, until, renewable;	/* from now */
		const char	*page, *renewal, *json;
	} rows[] = {
		{ -DAY, 10 * DAY, -1, "10 days left", "open since 2023-11-15",
		    "\"days_left\":10,\"expired\":false" },
		{ -DAY, 2 * DAY - 1, -DAY, "1 day left", "open since 2023-11-14",
		    "\"days_left\":1,\"expired\":false" },
		{ -DAY, 0, -1, "0 days left", "open since",
		    "\"days_left\":0,\"expired\":false" },
		{ -DAY, -1, -1, "EXPIRED 1 day ago", "get a new one",
		    "\"days_left\":-1,\"expired\":true" },
		{ -DAY, -DAY, -1, "EXPIRED 1 day ago", "get a new one",
		    "\"days_left\":-1,\"expired\":true" },
		{ -DAY, -DAY - 1, -1, "EXPIRED 2 days ago", "get a new one",
		    "\"days_left\":-2,\"expired\":true" },
		{ 1, 99 * DAY, 9 * DAY, "not valid yet", "open from 2023-11-24",
		    "\"days_left\":99,\"expired\":false" },
		{ 0, 99 * DAY, 9 * DAY, "99 days left", "open from",
		    "\"renewable\":false" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		cert.not_before = NOW + rows[i].from;
		cert.not_after = NOW + rows[i].until;
		cert.renewable_from = NOW + rows[i].renewable;
		expect_in(page(), rows[i].page, true);
		expect_in(page(), rows[i].renewal, true);
		expect_in(json(), rows[i].json, true);
	}
}

static void
times_are_those_of_japan(void **state)
{
	(void)state;
	expect_in(json(), "\"not_after\":\"2023-12-15T07:13:20+09:00\"", true);
	expect_in(page(), "2023-11-14 to 2023-12-15\n", true);
}

static void
a_ca_is_not_renewed(void **state)
{
	(void)state;
	cert.is_ca = true;
	expect_in(page(), "Renewal", false);
	expect_in(json(), "\"renewable_from\":null,\"renewable\":null", true);
}

static void
what_is_proved_differs_from_a_claim(void **state)
{
	static const struct {
		enum jpki_ca	 ca;
		const char	*name, *proved, *claimed;
	} rows[] = {
		{ JPKI_CA_UNKNOWN, "unknown", "not among those",
		    "not among those" },
		{ JPKI_CA_TEST, "test", "issued by a TEST CA",
		    "claims a TEST CA" },
		{ JPKI_CA_KNOWN, "known", "(signature verified)",
		    "(not verified here)" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char wanted[32];

		(void)snprintf(wanted, sizeof(wanted), "\"ca\":\"%s\"",
		    rows[i].name);
		view.ca = rows[i].ca;
		view.proved = true;
		expect_in(page(), rows[i].proved, true);
		expect_in(json(), wanted, true);
		expect_in(json(), "\"ca_proved\":true", true);
		view.proved = false;
		expect_in(page(), rows[i].claimed, true);
		expect_in(json(), "\"ca_proved\":false", true);
	}
}

static void
empty_fields_have_no_line(void **state)
{
	(void)state;
	expect_in(page(), "Policies", false);
	expect_in(page(), "Key usage", true);
	expect_in(json(), "\"policies\":\"\"", true);
	expect_in(page(), "Holder", false);
	expect_in(json(), "\"holder\":null", true);
}

static void
substituted_characters_are_named(void **state)
{
	char name[] = NAME, odd[] = "ab\xFF";
	char flags[] = "01001", more[] = "0000000001", zero[] = "00000";
	struct jpki_holder holder = { .name = name, .name_flags = flags };

	(void)state;
	cert.holder = &holder;
	expect_in(page(), "character 2, \xE7\x84\xA1, stands for", true);
	expect_in(page(), "character 5, \xE5\xAD\x90, stands for", true);
	expect_in(page(), "character 1,", false);
	expect_in(json(), "\"name_flags\":\"01001\"", true);
	/* More flags than characters: the card lies, and no more is read. */
	holder.name_flags = more;
	expect_in(page(), "stands for", false);
	holder.name_flags = zero;
	expect_in(page(), "stands for", false);
	holder.name_flags = NULL;
	expect_in(page(), "stands for", false);
	/* What is no UTF-8 is one character a byte. */
	holder.address = odd;
	holder.address_flags = text(10, "111");
	expect_in(page(), "character 3, \xEF\xBF\xBD, stands for", true);
}

static void
a_birth_is_shown_as_far_as_it_is_understood(void **state)
{
	char stored[] = "99999", date[] = "1980-01-02", era[] = "Showa 55";
	struct jpki_holder holder = { .birth = stored };

	(void)state;
	cert.holder = &holder;
	expect_in(page(), "Date of birth          99999\n", true);
	expect_in(json(), "\"birth_date\":null,\"birth_era\":null", true);
	holder.birth_date = date;
	expect_in(page(), "Date of birth          1980-01-02\n", true);
	holder.birth_era = era;
	expect_in(page(), "1980-01-02 (Showa 55)\n", true);
	holder.birth = holder.birth_date = NULL;
	expect_in(page(), "Date of birth", false);
}

static void
a_sex_is_shown_as_far_as_it_is_understood(void **state)
{
	struct jpki_holder holder = { .sex = text(11, "7") };

	(void)state;
	cert.holder = &holder;
	expect_in(page(), "Sex                    7\n", true);
	expect_in(json(), "\"sex\":\"7\",\"sex_text\":null", true);
	holder.sex_text = "male";
	expect_in(page(), "Sex                    male\n", true);
	holder.sex = NULL;
	expect_in(page(), "Sex", false);
}

static void
attributes_of_unknown_kind_are_shown(void **state)
{
	struct jpki_holder_other others[] = {
		{ .oid = text(12, "1.2.3"), .hex = text(13, "0C0178") },
		{ .oid = text(14, "1.2.4"), .hex = text(15, "0500") },
	};
	struct jpki_holder holder = { .others = others, .others_count = 2 };

	(void)state;
	cert.holder = &holder;
	expect_in(page(), "  1.2.3                  0C0178\n", true);
	expect_in(page(), "  1.2.4                  0500\n", true);
	expect_in(json(), "\"others\":[{\"oid\":\"1.2.3\",\"value\":\"0C0178\"},"
	    "{\"oid\":\"1.2.4\",\"value\":\"0500\"}]}", true);
}

static int
set_up(void **state)
{
	(void)state;
	cert = (struct jpki_cert){
		.serial = text(0, "01"), .subject = text(1, "CN=S"),
		.issuer = text(2, "O=I"), .key_type = text(3, "RSA"),
		.key_bits = 2048, .key_usage = text(4, "x"),
		.ext_key_usage = text(5, ""), .policies = text(6, ""),
		.subject_key_id = text(7, ""),
		.authority_key_id = text(8, ""), .fingerprint = text(9, ""),
		.not_before = NOW - DAY, .not_after = NOW + 30 * DAY,
		.renewable_from = NOW,
	};
	view = (struct certview){ .id = JPKI_CERT_SIGN, .cert = &cert };
	return 0;
}

#define TEST(f)	cmocka_unit_test_setup(f, set_up)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(days_are_counted),
		TEST(times_are_those_of_japan),
		TEST(a_ca_is_not_renewed),
		TEST(what_is_proved_differs_from_a_claim),
		TEST(empty_fields_have_no_line),
		TEST(substituted_characters_are_named),
		TEST(a_birth_is_shown_as_far_as_it_is_understood),
		TEST(a_sex_is_shown_as_far_as_it_is_understood),
		TEST(attributes_of_unknown_kind_are_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
