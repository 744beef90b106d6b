/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signature wrapping (McIntosh and Austel, 2005): what was signed is still
 * there, unchanged, and found by its digest; but elsewhere, and something
 * else is where readers look.
 */
#include "xml.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "xmlkit.h"

#define DSIG	"http://www.w3.org/2000/09/xmldsig#"
#define QUALIFYING_END	"</xades:QualifyingProperties>"
#define EVIL	"<sum Id=\"evil\" currency=\"JPY\">9000</sum>"

static const char original[] =
    "<order><sum Id=\"sum\" currency=\"JPY\">1000</sum></order>";

static const char *const ids[] = { "sum" };
static const struct xml_options detached = {
	.shape = XML_DETACHED, .ids = ids, .ids_n = 1, .exclusive = true,
};
static const struct xml_options detached_xades = {
	.shape = XML_DETACHED, .ids = ids, .ids_n = 1, .exclusive = true,
	.xades = true,
};
static const char *const roots[] = { "root" };
static const struct xml_options by_root = {
	.shape = XML_DETACHED, .ids = roots, .ids_n = 1, .exclusive = true,
};
static const struct xml_options enveloping = { .shape = XML_ENVELOPING };

/* Digest and value hold, and it fails all the same. */
static void
expect_uncovered(struct dockit *kit, const char *text, const char *words)
{
	xmlkit_expect(kit, text, CHECK_INTEGRITY, FINDING_OK, NULL);
	xmlkit_expect(kit, text, CHECK_SIGNATURE, FINDING_OK, NULL);
	xmlkit_expect(kit, text, CHECK_CHAIN, FINDING_OK, NULL);
	xmlkit_expect(kit, text, CHECK_COVERAGE, FINDING_FAILED, words);
}

static char *
signed_element(struct dockit *kit, char **signature, char **sum)
{
	char *out = xmlkit_sign(kit, original, &detached);

	*signature = xmlkit_part(out, "<ds:Signature", "</ds:Signature>");
	*sum = xmlkit_part(out, "<sum", "</sum>");
	return out;
}

static void
content_moved_elsewhere_is_not_the_documents(void **state)
{
	static const char *const rows[] = {
		"<order>" EVIL "<old>SUM</old>SIGNATURE</order>",
		"<order>" EVIL "SUMSIGNATURE</order>",
		"<order>SUM" EVIL "SIGNATURE</order>",
		"<order>SIGNATURESUM" EVIL "</order>",
		"<order>" EVIL "<x><y><z>SIGNATURESUM</z></y></x></order>",
		"<order sum=\"9000\">SUMSIGNATURE</order>",
		"<order>9000SUMSIGNATURE</order>",
		"<order><![CDATA[9000]]>SUMSIGNATURE</order>",
		"<order><?sum 9000?>SUMSIGNATURE</order>",
		"<void>SUMSIGNATURE</void>",
	};
	struct dockit *kit = *state;
	char *signature, *sum, *out = signed_element(kit, &signature, &sum);

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *bad = xmlkit_change(xmlkit_replace(rows[i], "SIGNATURE",
		    signature), "SUM", sum);

		expect_uncovered(kit, bad, "(#sum); not <");
		free(bad);
	}
	free(signature);
	free(sum);
	free(out);
}

static void
two_elements_of_one_name_are_refused(void **state)
{
	static const char *const rows[] = {
		"Id", "ID", "id", "xml:id",
	};
	struct dockit *kit = *state;
	char *signature, *sum, *out = signed_element(kit, &signature, &sum);

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *bad = xmlkit_format("<order><sum %s=\"sum\">9000</sum>"
		    "<old>%s</old>%s</order>", rows[i], sum, signature);

		xmlkit_expect_refused(kit, bad,
		    "two elements have the Id \"sum\"");
		free(bad);
		bad = xmlkit_format("<order>%s%s<x %s=\"sum\">9000</x>"
		    "</order>", signature, sum, rows[i]);
		xmlkit_expect_refused(kit, bad,
		    "two elements have the Id \"sum\"");
		free(bad);
	}
	free(signature);
	free(sum);
	free(out);
}

static void
content_moved_into_an_object_is_not_the_documents(void **state)
{
	static const char *const rows[] = {
		"<ds:Object>SUM</ds:Object></ds:Signature>",
		"<ds:Object><x>SUM</x></ds:Object></ds:Signature>",
	};
	struct dockit *kit = *state;
	char *signature, *sum, *out = signed_element(kit, &signature, &sum);

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *end = xmlkit_replace(rows[i], "SUM", sum);
		char *moved = xmlkit_replace(signature, "</ds:Signature>",
		    end);
		char *bad = xmlkit_format("<order>" EVIL "%s</order>", moved);

		expect_uncovered(kit, bad, NULL);
		free(bad);
		free(moved);
		free(end);
	}
	free(signature);
	free(sum);
	free(out);
}

static void
content_moved_into_another_signature_is_not_the_documents(void **state)
{
	struct dockit *kit = *state;
	char *signature, *sum, *out = signed_element(kit, &signature, &sum);
	char *bad = xmlkit_format("<order>" EVIL "%s<ds:Signature xmlns:ds=\""
	    DSIG "\"><ds:Object>%s</ds:Object></ds:Signature></order>",
	    signature, sum);
	const struct verdict *v = xmlkit_check(kit, bad, NULL);

	assert_non_null(v);
	expect_int("signatures", (long long)v->n, 2);
	assert_false(verdict_holds(v));
	dockit_expect(&v->signatures[0], CHECK_COVERAGE, FINDING_FAILED,
	    "not <order>");
	free(bad);
	free(signature);
	free(sum);
	free(out);
}

/* The root as it was, somewhere in a new one. */
static void
a_root_that_was_wrapped_is_not_the_document(void **state)
{
	struct dockit *kit = *state;
	char *out = xmlkit_sign_well(kit, "<order Id=\"root\"><sum>1000</sum>"
	    "</order>", &by_root);
	char *root = xmlkit_part(out, "<order", "</order>");
	char *signature = xmlkit_part(root, "<ds:Signature",
	    "</ds:Signature>");
	char *bare = xmlkit_replace(root, signature, "");
	char *held = xmlkit_format("<ds:Object>%s</ds:Object></ds:Signature>",
	    bare);
	char *moved = xmlkit_replace(signature, "</ds:Signature>", held);
	char *bad[] = {
		xmlkit_format("<order><sum>9000</sum>%s</order>", root),
		xmlkit_format("<order><sum>9000</sum>%s%s</order>", bare,
		    signature),
		xmlkit_format("<?sum 9000?>%s", root),
	};

	for (size_t i = 0; i < COUNT(bad); i++) {
		expect_uncovered(kit, bad[i], NULL);
		free(bad[i]);
	}
	/* In the signature itself the enveloped one's transform takes it
	 * away. */
	bad[0] = xmlkit_format("<order><sum>9000</sum>%s</order>", moved);
	xmlkit_expect(kit, bad[0], CHECK_INTEGRITY, FINDING_FAILED, NULL);
	xmlkit_expect(kit, bad[0], CHECK_COVERAGE, FINDING_FAILED, NULL);
	free(bad[0]);
	free(moved);
	free(held);
	free(bare);
	free(signature);
	free(root);
	free(out);
}

static void
content_beside_an_enveloping_signatures_is_not_signed(void **state)
{
	struct dockit *kit = *state;
	char *out = xmlkit_sign_well(kit, "<sum>1000</sum>", &enveloping);
	char *signature = xmlkit_part(out, "<ds:Signature",
	    "</ds:Signature>");
	static const char *const objects[] = {
		"<ds:Object><sum>9000</sum></ds:Object>",
		"<ds:Object>9000</ds:Object>",
		"<ds:Object MimeType=\"text/plain\"/>",
	};
	char *bad;

	for (size_t i = 0; i < COUNT(objects); i++) {
		char *more = xmlkit_format("%s</ds:Signature>", objects[i]);

		bad = xmlkit_replace(signature, "</ds:Signature>", more);
		expect_uncovered(kit, bad, NULL);
		free(bad);
		free(more);
		more = xmlkit_format("%s<ds:Object Id", objects[i]);
		bad = xmlkit_replace(signature, "<ds:Object Id", more);
		expect_uncovered(kit, bad, NULL);
		free(bad);
		free(more);
	}
	bad = xmlkit_format("<order><sum>9000</sum>%s</order>", signature);
	expect_uncovered(kit, bad, "not <order>");
	free(bad);
	free(signature);
	free(out);
}

static void
content_does_not_hide_in_what_is_never_signed(void **state)
{
	static const char *const rows[][2] = {
		{ "</ds:KeyInfo>", EVIL "</ds:KeyInfo>" },
		{ "</ds:X509Data>", EVIL "</ds:X509Data>" },
		{ QUALIFYING_END, EVIL QUALIFYING_END },
		{ QUALIFYING_END, "<xades:UnsignedProperties>" EVIL
		    "</xades:UnsignedProperties>" QUALIFYING_END },
		{ QUALIFYING_END, "<xades:UnsignedProperties>"
		    "<xades:UnsignedSignatureProperties>" EVIL
		    "</xades:UnsignedSignatureProperties>"
		    "</xades:UnsignedProperties>" QUALIFYING_END },
		{ QUALIFYING_END "</ds:Object>", QUALIFYING_END EVIL "</ds:Object>" },
	};
	struct dockit *kit = *state;
	char *out = xmlkit_sign_well(kit, "<order/>",
	    &(struct xml_options){ .xades = true, .exclusive = true });

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *bad = xmlkit_replace(out, rows[i][0], rows[i][1]);

		expect_uncovered(kit, bad, "not <sum>");
		free(bad);
	}
	free(out);
}

/* Other signatures are judged by themselves, but what they hold is theirs. */
static void
another_signatures_content_is_not_this_ones(void **state)
{
	static const char *const root[] = { "object" };
	static const struct xml_given object = { .ids = root, .ids_n = 1 };
	struct dockit *kit = *state;
	char *own = xmlkit_sign_well(kit, "<sum Id=\"sum\">9000</sum>",
	    &enveloping);
	char *theirs = xmlkit_part(own, "<ds:Signature", "</ds:Signature>");
	char *out = xmlkit_sign(kit, original, &detached), *bad;
	char *signature = xmlkit_part(out, "<ds:Signature",
	    "</ds:Signature>");
	const struct verdict *v;

	v = xmlkit_check(kit, own, &object);
	assert_true(v != NULL && verdict_holds(v));
	theirs = xmlkit_change(theirs, "<sum Id=\"sum\">", "<sum>");
	bad = xmlkit_format("%s</order>", theirs);
	out = xmlkit_change(out, "</order>", bad);
	v = xmlkit_check(kit, out, NULL);
	assert_non_null(v);
	expect_int("signatures", (long long)v->n, 2);
	for (int i = 0; i < 2; i++)
		dockit_expect(&v->signatures[i], CHECK_COVERAGE,
		    FINDING_FAILED, NULL);
	free(bad);
	free(signature);
	free(theirs);
	free(own);
	free(out);
}

/* One who has a valid card puts his content and signature around another's. */
static void
a_signature_around_another_does_not_lend_it_content(void **state)
{
	static const struct xml_file file = { "f", (const uint8_t *)"f", 1 };
	static const struct xml_options options = { .shape = XML_DETACHED,
	    .files = &file, .files_n = 1 };
	static const struct xml_given given = { .files = &file, .files_n = 1 };
	struct dockit *kit = *state;
	char *inner = xmlkit_sign_well(kit, "", &options);
	char *signature = xmlkit_part(inner, "<ds:Signature",
	    "</ds:Signature>");
	char *text = xmlkit_format("<c>%s<sum>9000</sum></c>", signature);
	char *outer = xmlkit_sign(kit, text, &enveloping);
	const struct verdict *v = xmlkit_check(kit, outer, &given);

	assert_non_null(v);
	expect_int("signatures", (long long)v->n, 2);
	dockit_expect(&v->signatures[1], CHECK_INTEGRITY, FINDING_OK, NULL);
	dockit_expect(&v->signatures[1], CHECK_COVERAGE, FINDING_FAILED,
	    "not <c>");
	assert_false(verdict_holds(v));
	free(outer);
	free(text);
	free(signature);
	free(inner);
}

/* Who asks for an element gets that, wherever it stands, or nothing. */
static void
an_element_that_was_asked_for_is_looked_up_once(void **state)
{
	static const char *const evil[] = { "evil" }, *const both[] = {
		"sum", "evil" };
	static const struct xml_given wants_sum = { .ids = ids, .ids_n = 1 };
	static const struct xml_given wants_evil = { .ids = evil, .ids_n = 1 };
	static const struct xml_given wants_both = { .ids = both, .ids_n = 2 };
	struct dockit *kit = *state;
	char *signature, *sum, *out = signed_element(kit, &signature, &sum);
	char *bad = xmlkit_format("<order>" EVIL "<old>%s</old>%s</order>",
	    sum, signature);
	const struct verdict *v = xmlkit_check(kit, bad, &wants_sum);

	assert_true(v != NULL && verdict_holds(v));
	v = xmlkit_check(kit, bad, &wants_evil);
	dockit_expect(&v->signatures[0], CHECK_COVERAGE, FINDING_FAILED,
	    "not \"#evil\"");
	v = xmlkit_check(kit, bad, &wants_both);
	dockit_expect(&v->signatures[0], CHECK_COVERAGE, FINDING_FAILED,
	    "not \"#evil\"");
	free(bad);
	free(signature);
	free(sum);
	free(out);
}

/* A signature's own parts are no content by URI="". */
static void
the_document_does_not_cover_the_inside_of_its_signature(void **state)
{
	static const char *const wanted[] = { "in" };
	static const struct xml_given given = { .ids = wanted, .ids_n = 1 };
	struct dockit *kit = *state;
	char *out = xmlkit_sign_well(kit, "<order/>",
	    &(struct xml_options){ .exclusive = true });
	const struct verdict *v;

	out = xmlkit_change(out, "</ds:Signature>",
	    "<ds:Object Id=\"in\"/></ds:Signature>");
	v = xmlkit_check(kit, out, &given);
	assert_non_null(v);
	dockit_expect(&v->signatures[0], CHECK_COVERAGE, FINDING_FAILED,
	    "not \"#in\"");
	free(out);
}

/* What the signer says is said only by properties that are signed. */
static void
properties_that_are_not_signed_say_nothing(void **state)
{
	struct dockit *kit = *state;
	char *out = xmlkit_sign(kit, original, &detached);
	char *other = xmlkit_sign(kit, original, &detached_xades);
	char *object = xmlkit_part(other, "<ds:Object", "</ds:Object>");
	char *end = xmlkit_format("%s</ds:Signature>", object);
	static const struct xml_given given = { .ids = ids, .ids_n = 1 };
	const struct verdict *v = xmlkit_check(kit, other, &given);

	assert_true(v != NULL && verdict_holds(v));
	expect_int("claimed", v->signatures[0].claimed, DOCKIT_NOW);
	out = xmlkit_change(out, "</ds:Signature>", end);
	v = xmlkit_check(kit, out, &given);
	assert_non_null(v);
	expect_int("claimed", v->signatures[0].claimed, -1);
	free(end);
	free(object);
	free(other);
	free(out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, dockit_new, xmlkit_free)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(content_moved_elsewhere_is_not_the_documents),
		TEST(two_elements_of_one_name_are_refused),
		TEST(content_moved_into_an_object_is_not_the_documents),
		TEST(content_moved_into_another_signature_is_not_the_documents),
		TEST(a_root_that_was_wrapped_is_not_the_document),
		TEST(content_beside_an_enveloping_signatures_is_not_signed),
		TEST(content_does_not_hide_in_what_is_never_signed),
		TEST(another_signatures_content_is_not_this_ones),
		TEST(a_signature_around_another_does_not_lend_it_content),
		TEST(an_element_that_was_asked_for_is_looked_up_once),
		TEST(the_document_does_not_cover_the_inside_of_its_signature),
		TEST(properties_that_are_not_signed_say_nothing),
	};

	return cmocka_run_group_tests_name("doc_xml_wrap", tests, NULL,
	    fixture_free);
}
