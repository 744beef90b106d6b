/* SPDX-License-Identifier: BSD-2-Clause */
/* What is in the readers, and what is wrong with a JPKI card. */
#include <string.h>

#include "atr.h"
#include "hostkit.h"
#include "unit.h"

#define DAY	86400

static struct card_seen seen[2];
static struct survey survey;
static struct jpki_cert cert;

static int
begin(void **state)
{
	(void)hostkit_setup(state);
	memset(seen, 0, sizeof(seen));
	strcpy(seen[0].reader, "A");
	strcpy(seen[1].reader, "B");
	seen[1].err = JPKI_ERR_NO_CARD;
	survey.cards = seen;
	survey.n = 2;
	cert.not_before = kit.host.now - DAY;
	cert.renewable_from = kit.host.now + DAY;
	cert.not_after = kit.host.now + 90 * DAY;
	/* A card on which nothing is wrong. */
	for (size_t i = 0; i < LOOK_CERTS; i++)
		seen[0].look.certs[i].present = JPKI_YES;
	seen[0].look.certs[LOOK_AUTH].view.cert = &cert;
	seen[0].look.certs[LOOK_SIGN].err = JPKI_ERR_AUTH_REQUIRED;
	seen[0].look.pins[JPKI_PIN_AUTH].info.tries_left = 3;
	seen[0].look.pins[JPKI_PIN_SIGN].info.tries_left = 5;
	return 0;
}

static void
expect_readers(const char *what, const char *wanted)
{
	expect_text(what, hostkit_found(&kit, check_readers, &survey), wanted);
}

static void
expect_cards(const char *what, const char *wanted)
{
	expect_text(what, hostkit_found(&kit, check_cards, &survey), wanted);
}

static void
set_atr(const char *hex)
{
	const struct octets atr = unhex(hex);

	memcpy(seen[0].atr, atr.p, atr.n);
	seen[0].atr_len = atr.n;
}

static void
a_good_card_is_well(void **state)
{
	(void)state;
	expect_readers("readers", "");
	expect_cards("cards", "");
}

static void
what_else_is_in_a_reader_is_said(void **state)
{
	static const struct {
		enum jpki_err	 err;
		const char	*wanted;
	} rows[] = {
		{ JPKI_ERR_NO_CARD, "card-none (A)" },
		{ JPKI_ERR_REMOVED, "card-none (A)" },
		{ JPKI_ERR_NO_READER, "card-none (A)" },
		{ JPKI_ERR_MUTE, "card-mute (A)" },
		{ JPKI_ERR_BUSY, "card-held (A)" },
		{ JPKI_ERR_ACCESS, "pcscd-refuses (A)" },
		{ JPKI_ERR_IO, "card-odd (A, IO)" },
		{ JPKI_ERR_NO_SERVICE, "card-odd (A, NO_SERVICE)" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		seen[0].err = rows[i].err;
		expect_readers(rows[i].wanted, rows[i].wanted);
		expect_cards(rows[i].wanted, "");
	}
}

static void
who_holds_it_and_who_is_refused_is_told_apart(void **state)
{
	(void)state;
	seen[0].err = JPKI_ERR_BUSY;
	hostkit_file(&kit, "/proc/77/comm", "scdaemon\n");
	expect_readers("scdaemon", "card-held-scdaemon (A)");
	seen[0].err = JPKI_ERR_ACCESS;
	kit.host.remote = true;
	expect_readers("remote", "pcscd-refuses-remote (A)");
}

/* One reader with a card is enough; what the others hold troubles nobody. */
static void
a_second_reader_does_not_matter(void **state)
{
	(void)state;
	seen[1].err = JPKI_ERR_MUTE;
	expect_readers("beside a good one", "");
	seen[0].err = JPKI_ERR_NO_CARD;
	expect_readers("beside an empty one", "card-mute (B)");
	survey.n = 0;
	expect_readers("no reader at all", "");
}

static void
other_cards_are_told_by_their_atr(void **state)
{
	static const struct {
		const char	*atr, *wanted;
	} rows[] = {
		{ "3B8F8001804F0CA00000030611003B0000000042", "card-felica" },
		{ "3B8F8001804F0CA000000306F0003B0000000000", "card-felica" },
		{ "3B8C80010443FD00112233445566778899", "card-felica" },
		{ "3B8F8001804F0CA0000003060300010000000068", "card-mifare" },
		{ "3B8F8001804F0CA0000003060300020000000069", "card-mifare" },
		{ "3B888001000000009181C100D8", "card-licence" },
		{ "3B888001000014E0B38191005E", "card-juki" },
		{ "3BE700FF8131FE458031C073C62148BE", "card-etc" },
		{ "3BE000FF8131FE4514", "card-dead" },
		{ "3B888001004B51FFB381D1000F", "card-dead" },
		/* Nearly one of them. */
		{ "3B888001000000009181C100D9", "card-foreign" },
		{ "3B888001000000009181C1", "card-foreign" },
		{ "3BE000FF8131FE451400", "card-foreign" },
		{ "3B00", "card-foreign" },
	};
	char wanted[128];

	(void)state;
	seen[0].err = JPKI_ERR_NOT_JPKI;
	for (size_t i = 0; i < COUNT(rows); i++) {
		set_atr(rows[i].atr);
		(void)snprintf(wanted, sizeof(wanted), "%s (A, ATR %s)",
		    rows[i].wanted, rows[i].atr);
		expect_readers(rows[i].atr, wanted);
	}
	seen[0].atr_len = 0;
	expect_readers("no ATR", "card-foreign (A, ATR )");
}

/* Some hold a number of the card; those do not go into a report. */
static void
only_an_atr_of_many_is_public(void **state)
{
	static const struct {
		const char	*atr;
		bool		 wanted;
	} rows[] = {
		{ "3BE000FF8131FE4514", true },
		{ "3B888001000000009181C100D8", true },
		{ "3B8F8001804F0CA00000030611003B0000000042", false },
		{ "3B8C80010443FD00112233445566778899", false },
		{ "3B00", false },
		{ "", false },
	};
	uint8_t longest[40];
	char room[ATR_TEXT];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_int(rows[i].atr, atr_is_public(rows[i].atr),
		    rows[i].wanted);
	memset(longest, 0xAB, sizeof(longest));
	assert_int_equal(strlen(atr_text(longest, sizeof(longest), room)),
	    ATR_TEXT - 1);
}

static void
days_of_the_certificate_are_judged(void **state)
{
	static const struct {
		int64_t		 now;		/* from now */
		const char	*wanted;
	} rows[] = {
		{ -DAY - 1, "auth-not-yet (2023-11-14)" },
		{ -DAY, "" },
		{ DAY - 1, "" },
		{ DAY, "auth-expiring (2024-02-13)" },
		{ 90 * DAY, "auth-expiring (2024-02-13)" },
		{ 90 * DAY + 1, "auth-expired (2024-02-13)" },
	};
	const int64_t now = kit.host.now;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		kit.host.now = now + rows[i].now;
		expect_cards(rows[i].wanted, rows[i].wanted);
	}
}

static void
certificates_that_cannot_be_had_are_said(void **state)
{
	struct look_cert *auth = &seen[0].look.certs[LOOK_AUTH];

	(void)state;
	auth->view.cert = NULL;
	auth->err = JPKI_ERR_AUTH_REQUIRED;
	expect_cards("of a phone", "");
	auth->err = JPKI_ERR_MALFORMED;
	expect_cards("makes no sense", "auth-unreadable (A)");
	auth->err = JPKI_ERR_NOT_FOUND;
	auth->present = JPKI_NO;
	expect_cards("missing", "auth-missing (A)");
	seen[0].look.certs[LOOK_SIGN].present = JPKI_NO;
	expect_cards("both", "auth-missing (A); sign-missing (A)");
	seen[0].look.certs[LOOK_SIGN].present = JPKI_UNKNOWN;
	expect_cards("not known", "auth-missing (A)");
}

static void
pins_that_are_locked_or_nearly_are_said(void **state)
{
	struct look_pin *pins = seen[0].look.pins;

	(void)state;
	pins[JPKI_PIN_AUTH].info.tries_left = 1;
	pins[JPKI_PIN_SIGN].info.tries_left = 2;
	expect_cards("one try", "auth-last-try (A)");
	pins[JPKI_PIN_SIGN].info.tries_left = 0;
	pins[JPKI_PIN_SIGN].info.locked = true;
	expect_cards("locked", "auth-last-try (A); sign-locked (A)");
	/* Of a certificate that was never issued the PIN looks so. */
	seen[0].look.certs[LOOK_SIGN].present = JPKI_NO;
	expect_cards("never issued", "sign-missing (A); auth-last-try (A)");
	pins[JPKI_PIN_AUTH].info.tries_left = -1;
	pins[JPKI_PIN_AUTH].err = JPKI_ERR_SW;
	expect_cards("not told", "sign-missing (A)");
	/* No certificate belongs to this one. */
	pins[JPKI_PIN_INPUT].info.tries_left = 1;
	expect_cards("input", "sign-missing (A); input-last-try (A)");
	pins[JPKI_PIN_INPUT].info.tries_left = 0;
	pins[JPKI_PIN_INPUT].info.locked = true;
	expect_cards("input", "sign-missing (A); input-locked (A)");
	/* A phone has no such PIN. */
	pins[JPKI_PIN_INPUT].err = JPKI_ERR_NOT_FOUND;
	expect_cards("none", "sign-missing (A)");
}

/* A card that broke off is not judged by what it had said until then. */
static void
a_card_that_breaks_off_is_odd(void **state)
{
	(void)state;
	seen[0].look_err = JPKI_ERR_REMOVED;
	seen[0].look.certs[LOOK_AUTH].present = JPKI_NO;
	expect_cards("removed", "card-odd (A, REMOVED)");
}

static void
both_of_two_cards_are_judged(void **state)
{
	(void)state;
	seen[1] = seen[0];
	strcpy(seen[1].reader, "B");
	seen[0].look.pins[JPKI_PIN_AUTH].info.tries_left = 1;
	seen[1].look.certs[LOOK_SIGN].present = JPKI_NO;
	expect_cards("two", "auth-last-try (A); sign-missing (B)");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, begin, hostkit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_good_card_is_well),
		TEST(what_else_is_in_a_reader_is_said),
		TEST(who_holds_it_and_who_is_refused_is_told_apart),
		TEST(a_second_reader_does_not_matter),
		TEST(other_cards_are_told_by_their_atr),
		cmocka_unit_test(only_an_atr_of_many_is_public),
		TEST(days_of_the_certificate_are_judged),
		TEST(certificates_that_cannot_be_had_are_said),
		TEST(pins_that_are_locked_or_nearly_are_said),
		TEST(a_card_that_breaks_off_is_odd),
		TEST(both_of_two_cards_are_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
