/* SPDX-License-Identifier: BSD-2-Clause */
/* Signed mails: what is made, and what is taken for one. */
#include "cms.h"

#include <stdlib.h>
#include <string.h>

#include "cmskit.h"
#include "unit.h"

static int
free_all(void **state)
{
	cmskit_forget();
	return dockit_free(state);
}

static void
expect_mail(struct dockit *kit, const struct jpki_buf *mail,
    const struct jpki_buf *part)
{
	struct verdict v = { NULL, NULL, 0 };
	struct jpki_buf der = { NULL, 0 }, content = der;
	BIO *bio;

	assert_int_equal(cms_smime_read(fixture_crypto(), mail->p, mail->n,
	    &der, &content, &kit->error), DOC_OK);
	expect_bytes("content", fixture_slice(&content), fixture_slice(part));
	bio = BIO_new_mem_buf(content.p, (int)content.n);
	assert_int_equal(cms_check(&kit->trust, der.p, der.n, bio, -1, &v,
	    &kit->error), DOC_OK);
	cmskit_expect_good(&v.signatures[0]);
	verdict_free(&v);
	BIO_free(bio);
	jpki_buf_free(&der);
	jpki_buf_free(&content);
}

/* *part: what of it is signed. */
static struct jpki_buf
mail_make(struct dockit *kit, const char *text, int n, struct jpki_buf *part)
{
	struct cms_options options = { .detached = true };
	struct jpki_buf der = { NULL, 0 }, mail = der;
	BIO *bio = BIO_new_mem_buf(text, n), *content;

	assert_int_equal(cms_smime_part("text/plain", bio, part, &kit->error),
	    DOC_OK);
	content = BIO_new_mem_buf(part->p, (int)part->n);
	assert_int_equal(cms_sign(&kit->signer, content, &options, &der,
	    &kit->error), DOC_OK);
	assert_int_equal(cms_smime(fixture_crypto(), &der, part, &mail,
	    &kit->error), DOC_OK);
	BIO_free(content);
	BIO_free(bio);
	jpki_buf_free(&der);
	return mail;
}

static void
a_mail_is_what_it_holds_and_a_signature(void **state)
{
	static const char text[] = "Any bytes, \0 and \xFF and \r\n. and\n"
	    "From lines that are longer than a line of Base64 is long\n";
	struct dockit *kit = *state;
	struct jpki_buf part = { NULL, 0 }, mail = mail_make(kit, text,
	    sizeof(text), &part);

	assert_memory_equal(part.p, "Content-Type: text/plain\r\n", 26);
	expect_mail(kit, &mail, &part);
	jpki_buf_free(&part);
	jpki_buf_free(&mail);
}

static void
what_is_no_signed_mail_is_refused(void **state)
{
	static const char *const rows[] = {
		"", "hello\n", "Subject: hello\n\nhello\n",
		"Content-Type: multipart/signed\n\nhello\n",
		"Content-Type: multipart/signed; boundary=b\n\n--b\nhello\n",
		"Content-Type: multipart/signed; boundary=b\n\n--b\nhello\n"
		    "--b\nContent-Type: text/plain\n\nhello\n--b--\n",
		"Content-Type: application/pkcs7-mime\n"
		    "Content-Transfer-Encoding: base64\n\nAAAA\n",
	};
	struct dockit *kit = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_buf der = { NULL, 0 }, content = der;

		expect_int(rows[i], cms_smime_read(fixture_crypto(),
		    (const uint8_t *)rows[i], strlen(rows[i]), &der, &content,
		    &kit->error), DOC_ERR_INPUT);
		assert_null(der.p);
		assert_null(content.p);
	}
}

/* The mail with a line more in its header. */
static enum doc_err
read_with(struct dockit *kit, const struct jpki_buf *mail, const char *line)
{
	size_t n = strlen(line);
	struct jpki_buf der = { NULL, 0 }, content = der;
	uint8_t *text = malloc(n + mail->n);
	enum doc_err err;

	assert_non_null(text);
	memcpy(text, line, n);
	memcpy(text + n, mail->p, mail->n);
	err = cms_smime_read(fixture_crypto(), text, n + mail->n, &der,
	    &content, &kit->error);
	free(text);
	jpki_buf_free(&der);
	jpki_buf_free(&content);
	return err;
}

/* "X: aaa..." of so many bytes, before its end. */
static void
fill_line(char *line, size_t n)
{
	memset(line, 'a', n);
	memcpy(line, "X: ", 3);
	memcpy(line + n, "\r\n", 3);
}

static void
a_mail_with_two_readings_is_refused(void **state)
{
	static char long_line[998 + 3], too_long[999 + 3];
	static const struct {
		const char	*line;
		enum doc_err	 err;
	} rows[] = {
		{ "Subject: Content-Type: boundary=a; boundary=b\r\n", DOC_OK },
		{ "X-Content-Type: text/html\n", DOC_OK },
		{ "Content-Type: text/html\n", DOC_ERR_INPUT },
		{ "content-type :\r\n text/html\r\n", DOC_ERR_INPUT },
		{ "Content-Type: multipart/signed; protocol="
		    "\"application/pkcs7-signature\"; boundary=a;\n"
		    "\tBOUNDARY*=b\n\n", DOC_ERR_INPUT },
		{ "Subject: one\r\n and more\r\n", DOC_OK },
		{ " Subject: one\r\n", DOC_ERR_INPUT },
		{ "From nobody Sun Nov 22 2026\n", DOC_ERR_INPUT },
		{ "no colon\n", DOC_ERR_INPUT },
		{ ": no name\n", DOC_ERR_INPUT },
		{ "\"Content-Type\": text/plain\n", DOC_ERR_INPUT },
		{ "Subject : one\n", DOC_ERR_INPUT },
		{ "Subject: one\rContent-Type: text/plain\r\n", DOC_ERR_INPUT },
		{ long_line, DOC_OK },
		{ too_long, DOC_ERR_INPUT },
	};
	struct dockit *kit = *state;
	struct jpki_buf part = { NULL, 0 }, mail = mail_make(kit, "hello", 5,
	    &part);

	fill_line(long_line, 998);
	fill_line(too_long, 999);
	for (size_t i = 0; i < COUNT(rows); i++) {
		expect_int(rows[i].line, read_with(kit, &mail, rows[i].line),
		    rows[i].err);
		if (rows[i].err != DOC_OK)
			assert_non_null(strstr(kit->error.words, "two ways"));
	}
	jpki_buf_free(&part);
	jpki_buf_free(&mail);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, dockit_new, free_all)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_mail_is_what_it_holds_and_a_signature),
		TEST(what_is_no_signed_mail_is_refused),
		TEST(a_mail_with_two_readings_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_free);
}
