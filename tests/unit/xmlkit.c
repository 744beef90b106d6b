/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE		/* memmem, vasprintf */
#include "xmlkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "xmlread.h"
#include "xmlsig.h"
#include "xmltree.h"

const char xmlkit_letter[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<letter Id=\"letter\">\n"
    "  <to Id=\"to\">Mihon Taro</to>\n"
    "  <sum Id=\"sum\" currency=\"JPY\">1000</sum>\n"
    "</letter>\n";

static struct verdict verdict;

static char *
text_of(struct jpki_buf *buf)
{
	char *text = malloc(buf->n + 1);

	assert_non_null(text);
	memcpy(text, buf->p, buf->n);
	text[buf->n] = '\0';
	jpki_buf_free(buf);
	return text;
}

char *
xmlkit_sign(struct dockit *kit, const char *text,
    const struct xml_options *options)
{
	struct jpki_buf out = { NULL, 0 };

	if (xml_sign(&kit->signer, (const uint8_t *)text, strlen(text),
	    options, &out, &kit->error) != DOC_OK)
		fail_msg("not signed: %s", kit->error.words);
	return text_of(&out);
}

char *
xmlkit_sign_well(struct dockit *kit, const char *text,
    const struct xml_options *options)
{
	struct xml_given given = { .files = options->files,
	    .files_n = options->files_n };
	char *out = xmlkit_sign(kit, text, options);
	const struct verdict *v = xmlkit_check(kit, out, &given);

	if (v == NULL)
		fail_msg("refused: %s: %s", kit->error.words, out);
	for (int check = 0; check < CHECK_COUNT; check++)
		if (v->signatures[0].check[check].finding == FINDING_FAILED)
			fail_msg("%s: %s: %s", check_name((enum check)check),
			    v->signatures[0].check[check].words, out);
	if (!verdict_holds(v))
		fail_msg("does not hold: %s", out);
	return out;
}

void
xmlkit_forget(void)
{
	verdict_free(&verdict);
}

int
xmlkit_free(void **state)
{
	xmlkit_forget();
	return dockit_free(state);
}

const struct verdict *
xmlkit_check(struct dockit *kit, const char *text,
    const struct xml_given *given)
{
	enum doc_err err;

	xmlkit_forget();
	err = xml_check(&kit->trust, (const uint8_t *)text, strlen(text),
	    given, &verdict, &kit->error);
	assert_true(err == DOC_OK || err == DOC_ERR_INPUT);
	return err == DOC_OK ? &verdict : NULL;
}

void
xmlkit_expect(struct dockit *kit, const char *text, enum check check,
    enum finding finding, const char *words)
{
	const struct verdict *v = xmlkit_check(kit, text, NULL);

	if (v == NULL)
		fail_msg("refused: %s: %s", kit->error.words, text);
	expect_int("signatures", (long long)v->n, 1);
	if (finding == FINDING_FAILED)
		assert_false(verdict_holds(v));
	dockit_expect(&v->signatures[0], check, finding, words);
}

void
xmlkit_expect_well(struct dockit *kit, const char *text)
{
	const struct verdict *v = xmlkit_check(kit, text, NULL);

	if (v == NULL || !verdict_holds(v))
		fail_msg("does not hold: %s", text);
}

void
xmlkit_expect_refused(struct dockit *kit, const char *text, const char *words)
{
	if (xmlkit_check(kit, text, NULL) != NULL)
		fail_msg("not refused: %s", text);
	if (strstr(kit->error.words, words) == NULL)
		fail_msg("not \"%s\" but: %s", words, kit->error.words);
}

char *
xmlkit_replace(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);

	if (at == NULL || strstr(at + 1, from) != NULL)
		fail_msg("\"%s\" does not stand once in: %s", from, text);
	return xmlkit_format("%.*s%s%s", (int)(at - text), text, to,
	    at + strlen(from));
}

char *
xmlkit_change(char *text, const char *from, const char *to)
{
	char *changed = xmlkit_replace(text, from, to);

	free(text);
	return changed;
}

char *
xmlkit_part(const char *text, const char *begin, const char *end)
{
	const char *from = strstr(text, begin), *to;

	to = from != NULL ? strstr(from, end) : NULL;
	if (to == NULL)
		fail_msg("no \"%s\" to \"%s\" in: %s", begin, end, text);
	return xmlkit_format("%.*s%s", (int)(to - from), from, end);
}

char *
xmlkit_format(const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	assert_true(vasprintf(&text, format, args) >= 0);
	va_end(args);
	return text;
}

void
xmlkit_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("no \"%s\" in: %s", part, text);
}

void
xmlkit_lacks(const char *text, const char *part)
{
	if (strstr(text, part) != NULL)
		fail_msg("\"%s\" in: %s", part, text);
}

static xmlNode *
find_signature(xmlNode *node)
{
	xmlNode *found = NULL;

	for (; node != NULL && found == NULL; node = xml_next(node))
		found = xml_is(node, XML_NS_DSIG, "Signature") ? node :
		    find_signature(xml_first(node));
	return found;
}

char *
xmlkit_resign(struct dockit *kit, char *text)
{
	struct xml_signature signature;
	struct jpki_buf value = { NULL, 0 };
	xmlChar *out = NULL;
	xmlDoc *doc = NULL;
	int n = 0;

	assert_int_equal(xml_read((uint8_t *)text, strlen(text), &doc,
	    &kit->error), DOC_OK);
	if (xml_signature_read(find_signature(xmlDocGetRootElement(doc)),
	    &signature, &kit->error) != DOC_OK ||
	    xml_signature_make(kit->signer.crypto, kit->signer.key, &signature,
	    &value, &kit->error) != DOC_OK)
		fail_msg("not signed again: %s", kit->error.words);
	xmlNodeSetContent(signature.value, NULL);
	assert_true(xml_encode(signature.value, value.p, value.n));
	xmlDocDumpMemory(doc, &out, &n);
	free(text);
	text = strdup((char *)out);
	assert_non_null(text);
	xmlFree(out);
	xmlFreeDoc(doc);
	jpki_buf_free(&value);
	return text;
}
