/* SPDX-License-Identifier: BSD-2-Clause */
#include "timestamp_http.h"

#include <limits.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/http.h>

#include "language.h"
#include "timestamp.h"

#define ANSWER_MAX	(256 << 10)
#define SECONDS_MAX	30
#define NAP		100		/* milliseconds */
#define REQUEST_TYPE	"application/timestamp-query"
#define ANSWER_TYPE	"application/timestamp-reply"

struct place {
	char	*host, *port;
	char	*path;			/* with what stands behind "?" */
};

static void
place_free(struct place *place)
{
	OPENSSL_free(place->host);
	OPENSSL_free(place->port);
	OPENSSL_free(place->path);
}

/*
 * Where it is.
 */

/* OpenSSL does without a scheme and without a host, and sends blanks and ends
 * of lines as they are. */
static bool
looks_like_url(const char *url)
{
	for (const char *p = url; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~')
			return false;
	return strncmp(url, "http", 4) == 0 && strstr(url, "://") != NULL;
}

static char *
join(const char *path, const char *query)
{
	size_t n = strlen(path) + strlen(query) + 2;
	char *out = OPENSSL_malloc(n);

	if (out != NULL)
		(void)BIO_snprintf(out, n, "%s%s%s", path,
		    query[0] != '\0' ? "?" : "", query);
	return out;
}

static enum doc_err
place_find(const char *url, struct place *out, struct doc_error *error)
{
	char *user = NULL, *path = NULL, *query = NULL, *fragment = NULL;
	int tls = 0, number;
	enum doc_err err = DOC_OK;

	if (!looks_like_url(url) || OSSL_HTTP_parse_url(url, &tls, &user,
	    &out->host, &out->port, &number, &path, &query, &fragment) != 1 ||
	    out->host[0] == '\0')
		err = doc_fail(error, DOC_ERR_OPTION, "\"%.200s\" is no "
		    "address of a time stamp service; it looks like "
		    "http://HOST/PATH", url);
	else if (tls != 0)
		err = doc_fail(error, DOC_ERR_OPTION, "time stamps are not "
		    "asked for by https; give the service's http:// address: "
		    "only a digest is sent, and the answer is signed");
	else if (user != NULL && user[0] != '\0')
		err = doc_fail(error, DOC_ERR_OPTION, "time stamps are asked "
		    "for without a user name; leave it out of the address");
	else if ((out->path = join(path, query)) == NULL)
		err = doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	ERR_clear_error();
	OPENSSL_free(user);
	OPENSSL_free(path);
	OPENSSL_free(query);
	OPENSSL_free(fragment);
	return err;
}

enum doc_err
timestamp_url_check(const char *url, struct doc_error *error)
{
	struct place place = { NULL, NULL, NULL };
	enum doc_err err = place_find(url, &place, error);

	place_free(&place);
	return err;
}

/*
 * Asking.
 */

/* The first of OpenSSL's errors is the cause; what stands beside it can be the
 * service's words. */
static enum doc_err
fail_network(struct doc_error *error, const char *what)
{
	const char *data = "", *reason;
	int flags = 0;
	unsigned long code = ERR_peek_error_data(&data, &flags);
	char said[DOC_WORDS_MAX / 4];
	enum doc_err err;

	reason = ERR_SYSTEM_ERROR(code) ? strerror(ERR_GET_REASON(code)) :
	    ERR_reason_error_string(code);
	doc_printable(data, (flags & ERR_TXT_STRING) != 0 ? strlen(data) : 0,
	    said, sizeof(said));
	err = doc_fail(error, DOC_ERR_NETWORK, "%s (%s%s%s)", language_of(what),
	    reason != NULL ? reason : _("it hung up"), said[0] != '\0' ? ": " :
	    "", said);
	ERR_clear_error();
	return err;
}

/*
 * OSSL_HTTP_transfer() would try again until the time is over, also where
 * nobody listens, and where there is no such host.
 */
static BIO *
connect_to(const struct place *place, time_t end)
{
	BIO *bio = BIO_new(BIO_s_connect());

	if (bio == NULL || BIO_set_conn_hostname(bio, place->host) != 1 ||
	    BIO_set_conn_port(bio, place->port) != 1 ||
	    BIO_set_nbio(bio, 1) != 1)
		goto fail;
	while (BIO_do_connect(bio) <= 0)
		if (!BIO_should_retry(bio) || BIO_wait(bio, end, NAP) <= 0)
			goto fail;
	return bio;
fail:
	BIO_free_all(bio);
	return NULL;
}

/* bio: connected to it; NULL: OpenSSL connects to a proxy. */
static enum doc_err
exchange(const struct place *place, BIO *bio, BIO *question,
    struct jpki_buf *answer, struct doc_error *error)
{
	BIO *got = OSSL_HTTP_transfer(NULL, place->host, place->port,
	    place->path, 0, NULL, NULL, bio, NULL, NULL, NULL, 0, NULL,
	    REQUEST_TYPE, question, ANSWER_TYPE, 1, ANSWER_MAX, SECONDS_MAX,
	    0);
	char *p = NULL;
	long n = got != NULL ? BIO_get_mem_data(got, &p) : 0;
	enum doc_err err;

	if (n <= 0)
		err = fail_network(error, "the time stamp service does not "
		    "answer as it should");
	else
		err = doc_buf_copy(p, (size_t)n, answer, error);
	BIO_free(got);
	return err;
}

static enum doc_err
ask(const struct place *place, BIO *question, struct jpki_buf *answer,
    struct doc_error *error)
{
	BIO *bio = NULL;
	enum doc_err err;

	ERR_clear_error();
	if (OSSL_HTTP_adapt_proxy(NULL, NULL, place->host, 0) == NULL &&
	    (bio = connect_to(place, time(NULL) + SECONDS_MAX)) == NULL)
		return fail_network(error,
		    "the time stamp service cannot be reached");
	err = exchange(place, bio, question, answer, error);
	BIO_free_all(bio);
	return err;
}

enum doc_err
timestamp_http_post(const char *url, const uint8_t *der, size_t n,
    struct jpki_buf *answer, struct doc_error *error)
{
	struct place place = { NULL, NULL, NULL };
	BIO *question = n <= INT_MAX ? BIO_new_mem_buf(der, (int)n) : NULL;
	enum doc_err err = place_find(url, &place, error);

	if (err == DOC_OK && question == NULL)
		err = doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	if (err == DOC_OK)
		err = ask(&place, question, answer, error);
	BIO_free(question);
	place_free(&place);
	return err;
}
