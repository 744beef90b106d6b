/* SPDX-License-Identifier: BSD-2-Clause */
#include "doc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>

#include "language.h"

#define JAPAN	(9 * 3600)	/* seconds before UTC */

enum doc_err
doc_fail(struct doc_error *error, enum doc_err err, const char *format, ...)
{
	va_list args;

	if (error == NULL)
		return err;
	error->err = err;
	va_start(args, format);
	(void)vsnprintf(error->words, sizeof(error->words),
	    language_of(format), args);
	va_end(args);
	return err;
}

enum doc_err
doc_fail_crypto(struct doc_error *error, enum doc_err err, const char *what)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = ERR_reason_error_string(code);

	ERR_clear_error();
	if (reason == NULL)
		return doc_fail(error, err, "%s", language_of(what));
	return doc_fail(error, err, "%s (%s)", language_of(what), reason);
}

void
doc_printable(const void *text, size_t n, char *out, size_t out_n)
{
	const char *p = text;
	size_t i = 0;

	for (; i < n && i + 1 < out_n; i++)
		out[i] = p[i] >= ' ' && p[i] <= '~' ? p[i] : '?';
	out[i] = '\0';
}

const char *
doc_time_text(int64_t when, char out[DOC_TIME_MAX])
{
	time_t t = (time_t)(when + JAPAN);
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL || strftime(out, DOC_TIME_MAX,
	    "%Y-%m-%dT%H:%M:%S+09:00", &tm) == 0)
		memcpy(out, "no time", sizeof("no time"));
	return out;
}

bool
doc_time_of(const ASN1_TIME *time, int64_t *out)
{
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int days, seconds;
	bool done = epoch != NULL &&
	    ASN1_TIME_diff(&days, &seconds, epoch, time) == 1;

	if (done)
		*out = (int64_t)days * 86400 + seconds;
	ASN1_TIME_free(epoch);
	return done;
}

enum doc_err
doc_buf_copy(const void *bytes, size_t n, struct jpki_buf *out,
    struct doc_error *error)
{
	/* Of nothing, too, a copy is not NULL. */
	uint8_t *p = malloc(n > 0 ? n : 1);

	if (p == NULL)
		return doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	if (n > 0)
		memcpy(p, bytes, n);
	out->p = p;
	out->n = n;
	return DOC_OK;
}

bool
doc_key_is(const EVP_PKEY *key, const char *type)
{
	const char *name = EVP_PKEY_get0_type_name(key);

	return EVP_PKEY_is_a(key, type) != 0 ||
	    (name != NULL && strcmp(name, type) == 0);
}
