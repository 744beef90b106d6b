/* SPDX-License-Identifier: BSD-2-Clause */
#include "pdf_range.h"

#include <stdlib.h>
#include <string.h>

#include "cms.h"
#include "language.h"

#define NUMBERS		4
/* Of a signature in hexadecimal: more has no good reason. */
#define CONTENTS_MAX	((size_t)8 << 20)

static const struct kind_row {
	const char	*name;
	const char	*refused;
} kinds[] = {
	{ "/adbe.pkcs7.detached", NULL },
	{ "/ETSI.CAdES.detached", NULL },
	{ "/adbe.pkcs7.sha1", N_("the signature is of the old kind "
	    "adbe.pkcs7.sha1, which is not accepted: SHA-1 can be forged") },
	{ "/adbe.x509.rsa_sha1", N_("the signature is of the old kind "
	    "adbe.x509.rsa_sha1, which is not accepted: SHA-1 can be forged") },
	{ "/adbe.x509.rsa.sha1", N_("the signature is of the old kind "
	    "adbe.x509.rsa.sha1, which is not accepted: SHA-1 can be forged") },
	{ "/ETSI.RFC3161", N_("this is a time stamp over the document, which is "
	    "not checked here; nobody signed it") },
};

const char *
pdf_kind_refused(qpdf_data q, qpdf_oh signature)
{
	if (!qpdf_oh_is_dictionary(q, signature))
		return _("the signature is no dictionary");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (pdf_is_name(q, signature, "/SubFilter", kinds[i].name))
			return kinds[i].refused != NULL ?
			    language_of(kinds[i].refused) : NULL;
	return _("the signature is of a kind (SubFilter) that is not known");
}

/* Four numbers, none of which stands elsewhere or is below 0. */
static const char *
read_numbers(qpdf_data q, qpdf_oh signature, size_t out[NUMBERS])
{
	qpdf_oh array = qpdf_oh_get_key(q, signature, "/ByteRange");
	bool good = qpdf_oh_is_array(q, array) &&
	    !qpdf_oh_is_indirect(q, array) &&
	    qpdf_oh_get_array_n_items(q, array) == NUMBERS;

	for (int i = 0; i < NUMBERS && good; i++) {
		qpdf_oh item = qpdf_oh_get_array_item(q, array, i);
		long long value = -1;

		good = qpdf_oh_is_integer(q, item) &&
		    !qpdf_oh_is_indirect(q, item);
		if (good)
			value = qpdf_oh_get_int_value(q, item);
		good &= value >= 0 && value <= INT64_MAX / 4;
		out[i] = (size_t)value;
		qpdf_oh_release(q, item);
	}
	qpdf_oh_release(q, array);
	return good ? NULL : _("its ByteRange is not four numbers");
}

static const char *
read_places(const struct doc_bytes *bytes, const size_t number[NUMBERS],
    struct pdf_range *out)
{
	out->gap = number[1];
	out->behind = number[2];
	out->end = number[2] + number[3];
	if (number[0] != 0)
		return _("what it signs does not begin where the document does");
	if (out->behind < out->gap || out->behind - out->gap < 2)
		return _("the two parts that it signs overlap");
	if (number[3] == 0 || out->gap == 0)
		return _("it signs one part instead of two");
	if (out->end > bytes->n)
		return _("what it signs ends behind the document's end");
	return NULL;
}

static int
hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* In place. */
static bool
decode(struct jpki_buf *buf)
{
	for (size_t i = 0; i + 1 < buf->n; i += 2) {
		int high = hex_value(buf->p[i]), low = hex_value(buf->p[i + 1]);

		if (high < 0 || low < 0)
			return false;
		buf->p[i / 2] = (uint8_t)(high << 4 | low);
	}
	buf->n /= 2;
	return true;
}

/* The gap has to be one string in hexadecimal, and nothing else. */
static const char *
read_gap(const struct doc_bytes *bytes, struct pdf_range *out)
{
	uint8_t first = 0, last = 0;
	size_t n = out->behind - out->gap - 2;

	if (n == 0 || n % 2 != 0 || n > CONTENTS_MAX)
		return _("what it leaves out has an impossible length");
	if (!doc_bytes_read(bytes, out->gap, &first, 1) ||
	    !doc_bytes_read(bytes, out->behind - 1, &last, 1))
		return _("the document cannot be read");
	out->cms.p = malloc(n);
	if (out->cms.p == NULL)
		return _("out of memory");
	out->cms.n = n;
	if (!doc_bytes_read(bytes, out->gap + 1, out->cms.p, n))
		return _("the document cannot be read");
	return first == '<' && last == '>' && decode(&out->cms) ? NULL :
	    _("it leaves out more than the signature itself");
}

/*
 * Is that string the signature's own?  A dictionary with the same text
 * elsewhere would have to stand in what its signature covers.
 */
static const char *
compare_contents(qpdf_data q, qpdf_oh signature, const struct pdf_range *range)
{
	qpdf_oh contents = qpdf_oh_get_key(q, signature, "/Contents");
	const char *wrong = _("its Contents are not what it leaves out");
	const char *p;
	size_t n = 0;

	if (!qpdf_oh_is_string(q, contents) ||
	    qpdf_oh_is_indirect(q, contents)) {
		wrong = _("its Contents are no string");
	} else {
		p = qpdf_oh_get_binary_string_value(q, contents, &n);
		if (n == range->cms.n && memcmp(p, range->cms.p, n) == 0)
			wrong = NULL;
	}
	qpdf_oh_release(q, contents);
	return wrong;
}

/* Drop the padding. */
static const char *
trim(OSSL_LIB_CTX *crypto, struct jpki_buf *cms)
{
	size_t used = cms_size(crypto, cms->p, cms->n);

	if (used == 0)
		return _("its Contents are no CMS");
	for (size_t i = used; i < cms->n; i++)
		if (cms->p[i] != 0)
			return _("something stands behind the CMS in its "
			    "Contents");
	cms->n = used;
	return NULL;
}

const char *
pdf_range_read(const struct doc_bytes *bytes, const struct pdf_doc *doc,
    OSSL_LIB_CTX *crypto, qpdf_oh signature, struct pdf_range *out)
{
	size_t numbers[NUMBERS] = { 0 };
	const char *wrong;

	memset(out, 0, sizeof(*out));
	if (!qpdf_oh_is_dictionary(doc->q, signature))
		return _("it is no dictionary");
	wrong = read_numbers(doc->q, signature, numbers);
	if (wrong == NULL)
		wrong = read_places(bytes, numbers, out);
	if (wrong == NULL)
		wrong = read_gap(bytes, out);
	if (wrong == NULL)
		wrong = compare_contents(doc->q, signature, out);
	return wrong == NULL ? trim(crypto, &out->cms) : wrong;
}
