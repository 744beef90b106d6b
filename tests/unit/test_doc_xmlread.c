/* SPDX-License-Identifier: BSD-2-Clause */
/* Which bytes become a tree, and which are refused before that. */
#include "xmlread.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "xmltree.h"

static struct doc_error error;

/* Reads it; the words of its refusal, or NULL. */
static const char *
refusal(const char *bytes, size_t n)
{
	xmlDoc *doc = NULL;
	xmlHashTable *ids = NULL;
	enum doc_err err;

	error.words[0] = '\0';
	err = xml_read((const uint8_t *)bytes, n, &doc, &error);
	assert_int_equal(err == DOC_OK, doc != NULL);
	if (err == DOC_OK)
		err = xml_ids_read(doc, &ids, &error);
	xml_ids_free(ids);
	xmlFreeDoc(doc);
	if (err == DOC_OK)
		return NULL;
	assert_int_equal(err, DOC_ERR_INPUT);
	return error.words;
}

static void
expect_refused(const char *bytes, size_t n, const char *words)
{
	const char *got = refusal(bytes, n);

	if (got == NULL)
		fail_msg("taken: %.200s", bytes);
	if (strstr(got, words) == NULL)
		fail_msg("not \"%s\" but: %s", words, got);
}

static void
documents_are_read(void **state)
{
	static const char *const rows[] = {
		"<a/>", "<?xml version=\"1.0\"?><a/>", "\xEF\xBB\xBF<a/>",
		"<?xml version=\"1.0\" encoding=\"utf-8\"?><a>\xC3\xA9</a>",
		"<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><a>\x93\xFA</a>",
		"<?xml version=\"1.0\" encoding=\"EUC-JP\"?><a>\xC6\xFC</a>",
		"<!-- x --><?y?><a/>",
		"<?xml-stylesheet href='encoding.xsl'?><a/>",
		"\xEF\xBB\xBF<?xml version='1.0' encoding='UTF-8'?><a/>", " <a>&lt;&#x3042;</a>",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (refusal(rows[i], strlen(rows[i])) != NULL)
			fail_msg("%s: %s", rows[i], error.words);
}

static void
what_is_no_document_is_refused(void **state)
{
	static const char *const rows[] = {
		"a", "text that is none", "<a>", "<a></b>", "<a/><b/>",
		"<a b=\"1\" b=\"2\"/>", "<a>&none;</a>", "<p:a/>x", "    ",
		"<?xml version=\"1.0\"?>", "<a>\x01</a>", "<a/>\n\n\nx",
		"<a>\xFF\xFE</a>", "<a>\xC0\xAF</a>", "<a>\xE6\x97</a>",
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>\x93\xFA</a>",
		"<?xml version=\"1.0\" encoding=\"EUC-JP\"?><a>\xFF\xFF</a>",
		"<p:a/>", "<a p:b=\"\"/>", "<a xmlns:p=\"\"/>", "<a:b:c/>",
		"<a xmlns:p=\"x\" xmlns:q=\"x\" p:b=\"\" q:b=\"\"/>",
		"%PDF-1.7", "PK\x03\x04....",
	};

	(void)state;
	expect_refused("", 0, "the document is empty");
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_refused(rows[i], strlen(rows[i]), "the document");
}

static void
a_doctype_is_refused_whatever_it_says(void **state)
{
	static const char *const rows[] = {
		"<!DOCTYPE a><a/>",
		"<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
		"<!DOCTYPE a PUBLIC \"x\" \"http://127.0.0.1:1/x\"><a/>",
		"<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>",
		"<!DOCTYPE a [<!ENTITY e SYSTEM \"/etc/passwd\">]><a>&e;</a>",
		"<!DOCTYPE a [<!ENTITY % e SYSTEM \"http://127.0.0.1:1/\"> "
		    "%e;]><a/>",
		"<!DOCTYPE a [<!ATTLIST a Id ID #FIXED \"x\">]><a/>",
		"<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">"
		    "<!ENTITY c \"&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;\">"
		    "]><l>&d;&d;&d;&d;</l>",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_refused(rows[i], strlen(rows[i]), "has a DOCTYPE");
}

static void
encodings_with_two_readings_are_refused(void **state)
{
	static const char *const rows[] = {
		"UTF-7", "ISO-2022-JP", "ISO-8859-1", "IBM037", "UCS-4",
		"UTF-32", "HZ", "x", "UTF-16LE", "UTF-16BE", "UTF-16",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[100];

		(void)snprintf(text, sizeof(text), "<?xml version=\"1.0\" "
		    "encoding=\"%s\"?><a/>", rows[i]);
		expect_refused(text, strlen(text), "encoding is none of");
	}
	expect_refused("<?xml version='1.0' \nencoding\n=\n'UTF-7' ?><a/>",
	    47, "encoding is none of");
	expect_refused("<?xml encoding", 14, "encoding is none of");
	/* UTF-16 and UTF-32, with a mark and without; EBCDIC. */
	expect_refused("\xFF\xFE<\0a\0/\0>\0", 10, "does not begin");
	expect_refused("\xFE\xFF\0<\0a\0/\0>", 10, "does not begin");
	expect_refused("<\0a\0/\0>\0", 8, "does not begin");
	expect_refused("\0<\0a\0/\0>", 8, "does not begin");
	expect_refused("\0\0\0<\0\0\0a", 8, "does not begin");
	expect_refused("\xFF\xFE\0\0<\0\0\0", 8, "does not begin");
	expect_refused("\x4C\x6F\xA7\x94\x93\x40", 6, "does not begin");
}

/* A text of a head, a part so many times, and a tail. */
static char *
repeated(const char *head, const char *part, size_t times, const char *tail,
    size_t *n)
{
	size_t head_n = strlen(head), part_n = strlen(part);
	char *text = malloc(head_n + part_n * times + strlen(tail) + 1);

	assert_non_null(text);
	memcpy(text, head, head_n);
	for (size_t i = 0; i < times; i++)
		memcpy(text + head_n + i * part_n, part, part_n);
	memcpy(text + head_n + times * part_n, tail, strlen(tail) + 1);
	*n = head_n + times * part_n + strlen(tail);
	return text;
}

static void
what_is_too_much_to_work_on_is_refused(void **state)
{
	static const struct {
		const char	*head, *part, *tail;
		size_t		 times;
		const char	*words;
	} rows[] = {
		{ "", "<a>", "", 12 << 20, "" },	/* deep */
		{ "", "<a>", "", 300, "" },
		{ "<a>", "<a/>", "</a>", 1100000, "more elements" },
		{ "<a>", "<!---->", "</a>", 1100000, "more elements" },
		{ "<a>", "<?a?>", "</a>", 1100000, "more elements" },
		{ "<a>", "<![CDATA[]]>x", "</a>", 1100000, "more elements" },
		{ "<a>", "<a b=\"\" c=\"\"/>", "</a>", 400000, "more elements" },
		{ "", "<?a?>", "<a/>", 100, "more elements" },
		{ "<a/>", "<!-- -->", "", 100, "more elements" },
		{ "<a>", " ", "</a>", 65 << 20, "more than 64 MB" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t n;
		char *text = repeated(rows[i].head, rows[i].part,
		    rows[i].times, rows[i].tail, &n);

		expect_refused(text, n, rows[i].words);
		free(text);
	}
}

static char *
with_attributes(const char *format, unsigned count, const char *end, size_t *n)
{
	char *text = malloc(count * 40 + 100), *at = text;

	assert_non_null(text);
	at += sprintf(at, "<a");
	for (unsigned i = 0; i < count; i++) {
		at += sprintf(at, " ");
		for (const char *p = format; *p != '\0'; p++)
			at += *p == '#' ? sprintf(at, "%u", i) :
			    sprintf(at, "%c", *p);
	}
	at += sprintf(at, "%s", end);
	*n = (size_t)(at - text);
	return text;
}

static void
attributes_and_namespaces_are_counted_before_they_are_compared(void **state)
{
	static const struct {
		const char	*format;
		unsigned	 good, bad;
	} rows[] = {
		{ "a#='~'", 1000, 1100 }, { "a# = \"\"", 1000, 100000 },
		{ "a#\n=\r\n'>'", 1000, 100000 },
		{ "xmlns:a#='u'", 100, 200 },
	};
	size_t n;
	char *text;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		text = with_attributes(rows[i].format, rows[i].good, "/>", &n);
		if (refusal(text, n) != NULL)
			fail_msg("%s: %s", rows[i].format, error.words);
		free(text);
		text = with_attributes(rows[i].format, rows[i].bad, "/>", &n);
		expect_refused(text, n, "more elements, attributes");
		free(text);
	}
}

static void
namespaces_count_as_far_as_they_reach(void **state)
{
	size_t n, all_n;
	char *one = with_attributes("xmlns:a#='u'", 60, "/>", &n), *all;

	(void)state;
	all = repeated("<r>", one, 50, "</r>", &all_n);
	assert_null(refusal(all, all_n));
	free(all);
	free(one);
	one = with_attributes("xmlns:a#='u'", 60, ">", &n);
	all = repeated("", one, 3, "</a></a></a>", &all_n);
	expect_refused(all, all_n, "namespaces");
	free(all);
	free(one);
}

static void
elements_are_found_by_their_names(void **state)
{
	static const char text[] = "<r Id='1'><a ID='2'/><b id='\xE6\x97\xA5'/>"
	    "<c xml:id='4'/><d iD='5' x:id='6' xmlns:x='urn:x'/></r>";
	static const struct {
		const char	*id, *name;
	} rows[] = {
		{ "1", "r" }, { "2", "a" }, { "\xE6\x97\xA5", "b" },
		{ "4", "c" }, { "5", NULL }, { "6", NULL }, { "", NULL },
	};
	xmlHashTable *ids = NULL;
	xmlDoc *doc = NULL;
	char *id;

	(void)state;
	assert_int_equal(xml_read((const uint8_t *)text, strlen(text), &doc,
	    &error), DOC_OK);
	assert_int_equal(xml_ids_read(doc, &ids, &error), DOC_OK);
	for (size_t i = 0; i < COUNT(rows); i++) {
		xmlNode *node = xml_ids_find(ids, rows[i].id);

		expect_text(rows[i].id, node != NULL ?
		    (const char *)node->name : NULL, rows[i].name);
	}
	id = xml_id_of(xml_first(xmlDocGetRootElement(doc)));
	expect_text("name", id, "2");
	xmlFree(id);
	xml_ids_free(ids);
	xmlFreeDoc(doc);
}

static void
names_that_are_there_twice_are_refused(void **state)
{
	static const char *const rows[] = {
		"<r Id='a'><b Id='a'/></r>", "<r><b Id='a'/><c id='a'/></r>",
		"<r Id='a'><b><c xml:id='a'/></b></r>", "<r Id='a' id='a'/>",
		"<r Id=''><b Id=''/></r>",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_refused(rows[i], strlen(rows[i]), "two elements");
}

static void
foreign_words_are_quoted_without_harm(void **state)
{
	static const char *const rows[][2] = {
		{ "a", "a" }, { "", "" }, { "a\x1B[2Jb\n", "a [2Jb" },
		{ "\xC2\x9B" "2J", " 2J" }, { "\xE6\x97\xA5", "\xE6\x97\xA5" },
		{ "a\x7F", "a" },
	};
	char out[XML_QUOTE_MAX], text[401] = "";

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_text(rows[i][0], xml_quote(rows[i][0], out),
		    rows[i][1]);
	expect_text("none", xml_quote(NULL, out), "");
	for (int at = 0; at < 3; at++) {
		memset(text, 'x', 3);
		for (int i = at; i + 3 < 390; i += 3)
			memcpy(text + i, "\xE6\x97\xA5", 4);
		xml_quote(text, out);
		assert_true(strlen(out) < sizeof(out));
		assert_int_equal(xmlCheckUTF8((unsigned char *)out), 1);
		expect_text("end", out + strlen(out) - 3, "...");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_are_read),
		cmocka_unit_test(what_is_no_document_is_refused),
		cmocka_unit_test(a_doctype_is_refused_whatever_it_says),
		cmocka_unit_test(encodings_with_two_readings_are_refused),
		cmocka_unit_test(what_is_too_much_to_work_on_is_refused),
		cmocka_unit_test(attributes_and_namespaces_are_counted_before_they_are_compared),
		cmocka_unit_test(namespaces_count_as_far_as_they_reach),
		cmocka_unit_test(elements_are_found_by_their_names),
		cmocka_unit_test(names_that_are_there_twice_are_refused),
		cmocka_unit_test(foreign_words_are_quoted_without_harm),
	};

	return cmocka_run_group_tests_name("doc_xmlread", tests, NULL, NULL);
}
