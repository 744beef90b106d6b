/* SPDX-License-Identifier: BSD-2-Clause */
/* What references mean, and that nothing of them is ever fetched. */
#include "xmluri.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

static void
uris_mean_the_document_an_element_or_a_file(void **state)
{
	static const struct {
		const char		*uri;
		enum xml_uri_kind	 kind;
		const char		*name;
	} rows[] = {
		{ "", XML_URI_DOCUMENT, NULL },
		{ "#a", XML_URI_ELEMENT, "a" },
		{ "#20260101", XML_URI_ELEMENT, "20260101" },
		{ "#%E6%97%A5", XML_URI_ELEMENT, "\xE6\x97\xA5" },
		{ "#%e6%97%a5", XML_URI_ELEMENT, "\xE6\x97\xA5" },
		{ "#\xE6\x97\xA5", XML_URI_ELEMENT, "\xE6\x97\xA5" },
		{ "#a%28", XML_URI_ELEMENT, "a(" },
		{ "a.pdf", XML_URI_FILE, "a.pdf" },
		{ "a%20b.pdf", XML_URI_FILE, "a b.pdf" },
		{ "dir/a", XML_URI_FILE, "dir/a" },
		{ "./a:b", XML_URI_FILE, "./a:b" },
		{ "a%3Ab", XML_URI_FILE, "a:b" },
		{ "%2Fetc", XML_URI_FILE, "/etc" },
		{ "../a", XML_URI_FILE, "../a" },
		{ "#", XML_URI_REFUSED, NULL },
		{ "#xpointer(/)", XML_URI_REFUSED, NULL },
		{ "#xpointer(id('a'))", XML_URI_REFUSED, NULL },
		{ "#xmlns(a=b)", XML_URI_REFUSED, NULL },
		{ "#a'b", XML_URI_REFUSED, NULL },
		{ "#a#b", XML_URI_REFUSED, NULL },
		{ "#a%", XML_URI_REFUSED, NULL },
		{ "#a%4", XML_URI_REFUSED, NULL },
		{ "#a%4x", XML_URI_REFUSED, NULL },
		{ "#a%00b", XML_URI_REFUSED, NULL },
		{ "#a%FF", XML_URI_REFUSED, NULL },
		{ "http://example.com/", XML_URI_REFUSED, NULL },
		{ "file:a", XML_URI_REFUSED, NULL },
		{ "a:b", XML_URI_REFUSED, NULL },
		{ "//host/a", XML_URI_REFUSED, NULL },
		{ "/etc/passwd", XML_URI_REFUSED, NULL },
		{ "a?b", XML_URI_REFUSED, NULL },
		{ "?b", XML_URI_REFUSED, NULL },
		{ "a#b", XML_URI_REFUSED, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *name = NULL;

		expect_int(rows[i].uri, xml_uri_read(rows[i].uri, &name),
		    rows[i].kind);
		expect_text(rows[i].uri, name, rows[i].name);
		free(name);
	}
}

static void
every_name_comes_back_from_its_uri(void **state)
{
	static const char *const names[] = {
		"a", "a b", "100%", "%41", "\xE6\x97\xA5.pdf", "a:b", "a#b",
		"a?b", "a/b", "a&b<c>\"'", "~-._",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		for (int element = 0; element < 2; element++) {
			char *uri = xml_uri_make(element ? "#" : "", names[i]);
			char *name = NULL;

			expect_int(names[i], xml_uri_read(uri, &name),
			    element ? XML_URI_ELEMENT : XML_URI_FILE);
			expect_text(uri, name, names[i]);
			free(name);
			free(uri);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(uris_mean_the_document_an_element_or_a_file),
		cmocka_unit_test(every_name_comes_back_from_its_uri),
	};

	return cmocka_run_group_tests_name("doc_xmluri", tests, NULL, NULL);
}
