/* SPDX-License-Identifier: BSD-2-Clause */
#include "pdf_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK	16384

/*
 * Long ones.  qpdf's C interface hands data out in one piece of memory, or as
 * JSON piece by piece; so it is as JSON that they are compared.
 */

struct digest {
	EVP_MD_CTX	*ctx;
	const char	*name;		/* of the member, from which on it counts */
	size_t		 matched;
	uint8_t		 block[BLOCK];	/* qpdf writes four bytes at a time */
	size_t		 n;
	bool		 failed;
};

static void
digest_block(struct digest *d)
{
	d->failed |= EVP_DigestUpdate(d->ctx, d->block, d->n) != 1;
	d->n = 0;
}

/* What stands before the object says how many the document has. */
static int
digest_write(char const *data, size_t n, void *user)
{
	struct digest *d = user;

	while (n > 0 && d->name[d->matched] != '\0') {
		d->matched = *data == d->name[d->matched] ? d->matched + 1 :
		    *data == d->name[0];
		data++;
		n--;
	}
	for (; n > 0; data++, n--) {
		d->block[d->n++] = (uint8_t)*data;
		if (d->n == BLOCK)
			digest_block(d);
	}
	return d->failed;
}

static bool
digest_stream(OSSL_LIB_CTX *crypto, const struct pdf_doc *doc,
    const struct pdf_object *stream, uint8_t out[EVP_MAX_MD_SIZE])
{
	char member[48];
	const char *wanted[] = { member, NULL };
	struct digest d = { .ctx = EVP_MD_CTX_new(), .name = member };
	EVP_MD *sha256 = EVP_MD_fetch(crypto, "SHA256", NULL);
	bool good;

	snprintf(member, sizeof(member), "obj:%d %d R", stream->id,
	    stream->gen);
	good = d.ctx != NULL && sha256 != NULL &&
	    EVP_DigestInit_ex2(d.ctx, sha256, NULL) == 1 &&
	    (qpdf_write_json(doc->q, 2, digest_write, &d, qpdf_dl_none,
	    qpdf_sj_inline, "", wanted) & QPDF_ERRORS) == 0 &&
	    member[d.matched] == '\0';
	if (good)
		digest_block(&d);
	good = good && !d.failed && EVP_DigestFinal_ex(d.ctx, out, NULL) == 1;
	EVP_MD_CTX_free(d.ctx);
	EVP_MD_free(sha256);
	return good;
}

static bool
same_long(OSSL_LIB_CTX *crypto, const struct pdf_doc *a,
    const struct pdf_doc *b, const struct pdf_object *stream)
{
	uint8_t x[EVP_MAX_MD_SIZE] = { 0 }, y[EVP_MAX_MD_SIZE] = { 0 };

	return digest_stream(crypto, a, stream, x) &&
	    digest_stream(crypto, b, stream, y) && memcmp(x, y, sizeof(x)) == 0;
}

/*
 * Short ones.
 */

static bool
same_short(const struct pdf_doc *a, qpdf_oh in_a, const struct pdf_doc *b,
    qpdf_oh in_b)
{
	unsigned char *x = NULL, *y = NULL;
	size_t x_n = 0, y_n = 0;
	QPDF_BOOL filtered = QPDF_FALSE;
	bool same = (qpdf_oh_get_stream_data(a->q, in_a, qpdf_dl_none,
	    &filtered, &x, &x_n) & QPDF_ERRORS) == 0 &&
	    (qpdf_oh_get_stream_data(b->q, in_b, qpdf_dl_none, &filtered, &y,
	    &y_n) & QPDF_ERRORS) == 0;

	same = same && x_n == y_n && (x_n == 0 || memcmp(x, y, x_n) == 0);
	free(x);
	free(y);
	return same;
}

static long long
length_of(const struct pdf_doc *doc, qpdf_oh stream)
{
	qpdf_oh dict = pdf_dict_of(doc->q, stream);
	qpdf_oh length = pdf_get(doc->q, dict, "/Length");
	long long n = 0;

	(void)qpdf_oh_get_value_as_longlong(doc->q, length, &n);
	qpdf_oh_release(doc->q, length);
	qpdf_oh_release(doc->q, dict);
	return n;
}

bool
pdf_data_same(OSSL_LIB_CTX *crypto, const struct pdf_doc *a,
    const struct pdf_doc *b, const struct pdf_object *stream)
{
	qpdf_oh x = qpdf_get_object_by_id(a->q, stream->id, stream->gen);
	qpdf_oh y = qpdf_get_object_by_id(b->q, stream->id, stream->gen);
	long long n = length_of(a, x);
	bool same = n == length_of(b, y) && (n < PDF_DATA_LONG ?
	    same_short(a, x, b, y) : same_long(crypto, a, b, stream));

	qpdf_oh_release(a->q, x);
	qpdf_oh_release(b->q, y);
	return same;
}
