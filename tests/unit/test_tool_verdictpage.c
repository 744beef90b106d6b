/* SPDX-License-Identifier: BSD-2-Clause */
/* What was found out about a document, as a page. */
#include <stdlib.h>
#include <string.h>

#include "dockit.h"
#include "unit.h"
#undef fail		/* of cmocka; the tool has one of its own */
#include "verdictpage.h"

static struct verdict verdict;

/* One signature of the kit's signer, all of it good. */
static struct verdict_signature *
add_good(struct dockit *kit)
{
	struct verdict_signature *s = verdict_add(&verdict);

	assert_non_null(s);
	s->claimed = DOCKIT_NOW;
	s->hash = JPKI_HASH_SHA384;
	verdict.format = "cms";
	for (int check = CHECK_INTEGRITY; check <= CHECK_COVERAGE; check++)
		verdict_note(s, (enum check)check, FINDING_OK, NULL);
	assert_int_equal(trust_judge(&kit->trust, kit->sign, NULL, s,
	    &kit->error), DOC_OK);
	return s;
}

/* The page has each of these texts; the verdict is forgotten. */
static void
expect_page(struct dockit *kit, const char *const wanted[])
{
	struct tool t = { .ctx = kit->trust.ctx };
	char *page = NULL;
	size_t n;

	t.out = open_memstream(&page, &n);
	assert_non_null(t.out);
	verdictpage_text(&t, &verdict);
	assert_int_equal(fclose(t.out), 0);
	for (size_t i = 0; wanted[i] != NULL; i++) {
		if (strstr(page, wanted[i]) == NULL)
			print_error("no \"%s\" in: %s", wanted[i], page);
		assert_non_null(strstr(page, wanted[i]));
	}
	free(page);
	verdict_free(&verdict);
}

static void
a_page_says_who_signed_and_what_was_found(void **state)
{
	struct verdict_signature *s = add_good(*state);

	s->label = strdup("Sig\033[2J1");
	expect_page(*state, (const char *const[]){ "1 signature, cms\n",
	    "\nSignature 1, Sig\xEF\xBF\xBD[2J1\n",
	    "  Signed, as it says     2026-01-01T09:00:00+09:00\n",
	    "  Hash                   sha384\n",
	    "  integrity              ok\n",
	    "  chain                  ok: issued by a test CA",
	    "  revocation             not known: ",
	    "\nThis document holds, as far as it can be checked.\n", NULL });
}

static void
a_page_tells_what_failed_from_what_is_not_known(void **state)
{
	struct verdict_signature *s = add_good(*state);

	verdict_note(s, CHECK_VALIDITY, FINDING_UNKNOWN, "who knows");
	expect_page(*state, (const char *const[]){
	    "  validity               not known: who knows\n",
	    "\nWhether this document holds is NOT known.\n", NULL });
	s = add_good(*state);
	verdict_note(s, CHECK_VALIDITY, FINDING_UNKNOWN, NULL);
	verdict_note(s, CHECK_INTEGRITY, FINDING_FAILED, NULL);
	(void)add_good(*state);
	expect_page(*state, (const char *const[]){ "2 signatures, cms\n",
	    "  integrity              FAILED\n",
	    "\nThis document does NOT hold.\n", NULL });
}

static void
a_page_of_no_signatures_says_so(void **state)
{
	verdict.format = "pdf";
	expect_page(*state, (const char *const[]){ "0 signatures, pdf\n",
	    "\nThis document is not signed.\n", NULL });
}

/* Then there is nothing to be said of it. */
static void
a_page_does_without_the_signer(void **state)
{
	struct verdict_signature *s = verdict_add(&verdict);

	verdict.format = "xml";
	verdict_note(s, CHECK_SIGNATURE, FINDING_FAILED, "whose");
	expect_page(*state, (const char *const[]){
	    "\nSignature 1\n\nChecks\n  signature              FAILED: whose\n"
	    "\nThis document does NOT hold.\n", NULL });
}

static void
a_label_that_is_the_number_is_not_said_twice(void **state)
{
	add_good(*state)->label = strdup("1");
	add_good(*state)->label = strdup("1");
	expect_page(*state, (const char *const[]){ "\nSignature 1\n",
	    "\nSignature 2, 1\n", NULL });
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, dockit_new, \
			    dockit_free)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_page_says_who_signed_and_what_was_found),
		TEST(a_page_tells_what_failed_from_what_is_not_known),
		TEST(a_page_of_no_signatures_says_so),
		TEST(a_page_does_without_the_signer),
		TEST(a_label_that_is_the_number_is_not_said_twice),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_free);
}
