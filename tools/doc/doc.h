/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Documents: what signing and checking have in common, whatever the format.
 *
 * A document is bytes in and bytes out.  Who signs is a key and its
 * certificate; that the key is on a card nobody here knows.  Nothing here
 * prints, asks or opens a file by itself.
 */
#ifndef DOC_H
#define DOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "jpki.h"

#define DOC_WORDS_MAX	512	/* of an error, with its NUL */

enum doc_err {
	DOC_OK,
	DOC_ERR_INPUT,		/* the document is not what it has to be */
	DOC_ERR_OPTION,		/* what was asked for does not go together */
	DOC_ERR_KEY,		/* the key did not sign; the card says why */
	DOC_ERR_NETWORK,	/* the time stamp did not come */
	DOC_ERR_IO,		/* reading or writing failed */
	DOC_ERR_MEMORY,
	DOC_ERR_INTERNAL,	/* a library failed */
};

/* What went wrong: a sentence for a person, without a full stop. */
struct doc_error {
	enum doc_err	 err;
	char		 words[DOC_WORDS_MAX];
};

/* Fills it, and returns err.  error may be NULL. */
enum doc_err	doc_fail(struct doc_error *error, enum doc_err err,
		    const char *format, ...)
		    __attribute__((format(printf, 3, 4)));
/* The same with what OpenSSL says last, whose errors it clears. */
enum doc_err	doc_fail_crypto(struct doc_error *error, enum doc_err err,
		    const char *what);

/* Foreign text as it can stand in an error, cut to out_n bytes with a NUL. */
void		doc_printable(const void *text, size_t n, char *out,
		    size_t out_n);

#define DOC_TIME_MAX	32
#define DOC_CLOCK_SKEW	300	/* seconds by which clocks may differ */

/* Japan's: "2026-01-02T12:04:05+09:00"; returns out. */
const char	*doc_time_text(int64_t when, char out[DOC_TIME_MAX]);
/* Seconds since 1970 UTC; false: it is no time. */
bool		doc_time_of(const ASN1_TIME *time, int64_t *out);
/* "RSA", "EC": also where memory is short, in which EVP_PKEY_is_a() fails. */
bool		doc_key_is(const EVP_PKEY *key, const char *type);
/* A copy; DOC_ERR_MEMORY. */
enum doc_err	doc_buf_copy(const void *bytes, size_t n,
		    struct jpki_buf *out, struct doc_error *error);

/* Who signs, and when.  All is borrowed. */
struct doc_signer {
	OSSL_LIB_CTX	*crypto;	/* where key and hashes live */
	EVP_PKEY	*key;
	X509		*cert;
	X509		*ca;		/* its issuer, to be included; or NULL */
	enum jpki_hash	 hash;		/* SHA256, SHA384 or SHA512 */
	int64_t		 now;		/* seconds since 1970 UTC */
	const char	*timestamp;	/* URL of a time stamp service, or NULL */
};

#endif
