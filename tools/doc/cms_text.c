/* SPDX-License-Identifier: BSD-2-Clause */
/* A CMS as text: PEM and S/MIME. */
#include "cms.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "cms_open.h"
#include "language.h"

#define PART_MAX	(64u << 20)	/* no mail is larger */
#define MAIL_MAX	(2 * PART_MAX)	/* Base64, and what is around it */
#define LINE		48		/* bytes: 64 characters of Base64 */
#define LINE_BYTES_MAX	998		/* of a header */

/* By which names others call it. */
static const char *const pem_names[] = {
	PEM_STRING_CMS, PEM_STRING_PKCS7, PEM_STRING_PKCS7_SIGNED,
};

static bool
is_named(const char *name)
{
	for (size_t i = 0; i < sizeof(pem_names) / sizeof(pem_names[0]); i++)
		if (strcmp(pem_names[i], name) == 0)
			return true;
	return false;
}

/* Nothing but white space is left. */
static bool
is_at_end(BIO *bio)
{
	char c;

	while (BIO_read(bio, &c, 1) == 1)
		if (isspace((unsigned char)c) == 0)
			return false;
	return true;
}

static enum doc_err
pem_read(BIO *bio, struct jpki_buf *out, struct doc_error *error)
{
	char *name = NULL, *header = NULL;
	unsigned char *data = NULL;
	enum doc_err err;
	long n = 0;

	if (bio == NULL)
		return doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	if (PEM_read_bio(bio, &name, &header, &data, &n) != 1 ||
	    !is_named(name) || header[0] != '\0')
		err = doc_fail(error, DOC_ERR_INPUT,
		    "this is a CMS neither in DER nor in PEM");
	else if (!is_at_end(bio))
		err = doc_fail(error, DOC_ERR_INPUT,
		    "something that nobody signed stands behind the CMS");
	else
		err = doc_buf_copy(data, (size_t)n, out, error);
	ERR_clear_error();
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(data);
	return err;
}

enum doc_err
cms_unwrap(const uint8_t *bytes, size_t n, struct jpki_buf *out,
    struct doc_error *error)
{
	enum doc_err err;
	BIO *bio;

	if (n == 0 || n > INT_MAX)
		return doc_fail(error, DOC_ERR_INPUT, n == 0 ?
		    _("the document is empty") :
		    _("the document is too large"));
	if (bytes[0] == (V_ASN1_CONSTRUCTED | V_ASN1_SEQUENCE))
		return doc_buf_copy(bytes, n, out, error);
	bio = BIO_new_mem_buf(bytes, (int)n);
	err = pem_read(bio, out, error);
	BIO_free(bio);
	return err;
}

static enum doc_err
take_text(BIO *bio, bool done, struct jpki_buf *out, struct doc_error *error)
{
	char *text = NULL;
	long n = bio != NULL ? BIO_get_mem_data(bio, &text) : 0;

	if (!done || n <= 0)
		return doc_fail_crypto(error, DOC_ERR_MEMORY,
		    "the text cannot be made");
	return doc_buf_copy(text, (size_t)n, out, error);
}

enum doc_err
cms_pem(const struct jpki_buf *der, struct jpki_buf *out,
    struct doc_error *error)
{
	BIO *bio = BIO_new(BIO_s_mem());
	bool done = bio != NULL && der->n <= LONG_MAX && PEM_write_bio(bio,
	    PEM_STRING_CMS, "", der->p, (long)der->n) > 0;
	enum doc_err err = take_text(bio, done, out, error);

	BIO_free(bio);
	return err;
}

enum doc_err
cms_smime(OSSL_LIB_CTX *crypto, const struct jpki_buf *der,
    const struct jpki_buf *content, struct jpki_buf *out,
    struct doc_error *error)
{
	struct cms_message m;
	BIO *bio, *part = NULL;
	bool done;
	enum doc_err err = cms_open(crypto, der->p, der->n, NID_pkcs7_data, &m,
	    error);

	if (err != DOC_OK)
		return err;
	bio = BIO_new(BIO_s_mem());
	if (content->n <= INT_MAX)
		part = BIO_new_mem_buf(content->p, (int)content->n);
	/* REUSE_DIGEST: it is signed already. */
	done = bio != NULL && part != NULL && SMIME_write_CMS(bio, m.cms, part,
	    CMS_DETACHED | CMS_REUSE_DIGEST | CMS_BINARY | CMS_CRLFEOL) == 1;
	err = take_text(bio, done, out, error);
	BIO_free(bio);
	BIO_free(part);
	cms_close(&m);
	return err;
}

/* A line of Base64; a short one is the last.  -1: it cannot be read. */
static int
put_line(BIO *bytes, BIO *out)
{
	unsigned char in[LINE];
	char line[LINE / 3 * 4 + 1];
	int n = 0, got = 1;

	while (n < LINE && (got = BIO_read(bytes, in + n, LINE - n)) > 0)
		n += got;
	if (got < 0 && !BIO_eof(bytes))
		return -1;
	if (n > 0) {
		(void)EVP_EncodeBlock((unsigned char *)line, in, n);
		if (BIO_printf(out, "%s\r\n", line) < 0)
			return -1;
	}
	return n;
}

enum doc_err
cms_smime_part(const char *type, BIO *bytes, struct jpki_buf *out,
    struct doc_error *error)
{
	BIO *bio = BIO_new(BIO_s_mem());
	size_t have = 0;
	int n = LINE;
	enum doc_err err;

	if (bio == NULL || BIO_printf(bio, "Content-Type: %s\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n", type) < 0)
		n = -1;
	while (n == LINE && have <= PART_MAX) {
		n = put_line(bytes, bio);
		have += LINE;
	}
	if (have > PART_MAX)
		err = doc_fail(error, DOC_ERR_INPUT,
		    "the content is too large for a mail");
	else if (n < 0)
		err = doc_fail(error, DOC_ERR_IO,
		    "what is to be signed cannot be read");
	else
		err = take_text(bio, true, out, error);
	BIO_free(bio);
	return err;
}

static bool
is_header(const char *line, size_t n, const char *name)
{
	size_t at = strlen(name);

	return n > at && strncasecmp(line, name, at) == 0 && line[at] == ':';
}

/* A name and a colon, or more of the line before.  RFC 5322 (2.2) has more
 * characters in names, and nobody uses them; OpenSSL leaves out quotes. */
static bool
is_field(const char *line, size_t n, bool first)
{
	size_t at = 0;

	if (!first && (line[0] == ' ' || line[0] == '\t'))
		return true;
	while (at < n && (isalnum((unsigned char)line[at]) ||
	    line[at] == '-' || line[at] == '_' || line[at] == '.'))
		at++;
	return at > 0 && at < n && line[at] == ':';
}

/*
 * A line that everybody reads alike: not longer than RFC 5322 (2.1.1) lets it
 * be, as some cut it then, and with no other end in it.  n: without its own.
 */
static bool
is_line(const char *line, size_t n)
{
	return n <= LINE_BYTES_MAX && memchr(line, '\r', n) == NULL &&
	    memchr(line, '\0', n) == NULL;
}

/* How often a parameter has that name; its value may hold it as well. */
static unsigned
count_parameters(const char *line, size_t n, const char *name)
{
	size_t name_n = strlen(name);
	unsigned count = 0;

	for (size_t at = 0; at + name_n <= n; at++)
		count += strncasecmp(line + at, name, name_n) == 0 &&
		    (at == 0 || strchr("; \t", line[at - 1]) != NULL);
	return count;
}

/*
 * Of two types, or two boundaries, one reader takes the first and another the
 * last, and what is no header ends them for one and not for another: what is
 * shown would not be what was checked.
 */
static bool
is_ambiguous(const uint8_t *bytes, size_t n)
{
	const char *p = (const char *)bytes, *end;
	unsigned types = 0, boundaries = 0;
	bool inside = false, first = true;
	size_t line;

	for (; (end = memchr(p, '\n', n)) != NULL; first = false) {
		line = (size_t)(end - p);
		if (line > 0 && end[-1] == '\r')
			line--;
		if (line == 0)
			return types > 1 || boundaries > 1;
		if (!is_line(p, line) || !is_field(p, line, first))
			return true;
		if (p[0] != ' ' && p[0] != '\t') {
			inside = is_header(p, line, "Content-Type");
			types += inside;
		}
		if (inside)
			boundaries += count_parameters(p, line, "boundary");
		n -= (size_t)(end - p) + 1;
		p = end + 1;
	}
	return true;
}

static enum doc_err
take_parts(CMS_ContentInfo *cms, BIO *part, struct jpki_buf *der,
    struct jpki_buf *content, struct doc_error *error)
{
	enum doc_err err = cms_der(cms, der, error);
	char *text = NULL;
	long n = part != NULL ? BIO_get_mem_data(part, &text) : 0;

	if (err == DOC_OK && part != NULL)
		err = doc_buf_copy(text, (size_t)n, content, error);
	if (err != DOC_OK)
		jpki_buf_free(der);
	return err;
}

enum doc_err
cms_smime_read(OSSL_LIB_CTX *crypto, const uint8_t *bytes, size_t n,
    struct jpki_buf *der, struct jpki_buf *content, struct doc_error *error)
{
	CMS_ContentInfo *cms = CMS_ContentInfo_new_ex(crypto, NULL);
	BIO *in = NULL, *part = NULL;
	enum doc_err err;

	if (n > 0 && n <= MAIL_MAX)
		in = BIO_new_mem_buf(bytes, (int)n);
	if (is_ambiguous(bytes, n)) {
		err = doc_fail(error, DOC_ERR_INPUT, "this is no mail, "
		    "or its headers can be read in two ways, so that programs "
		    "would show what was not signed");
	} else if (in == NULL || cms == NULL ||
	    SMIME_read_CMS_ex(in, 0, &part, &cms) == NULL) {
		ERR_clear_error();
		err = doc_fail(error, DOC_ERR_INPUT, "this is no signed mail");
	} else {
		err = take_parts(cms, part, der, content, error);
	}
	CMS_ContentInfo_free(cms);
	BIO_free(part);
	BIO_free(in);
	return err;
}
