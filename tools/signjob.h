/* SPDX-License-Identifier: BSD-2-Clause */
/* Files on their way to a signature, bare or in a document. */
#ifndef SIGNJOB_H
#define SIGNJOB_H

#include "docsign.h"
#include "pins.h"

struct key_row {
	const char		*name;
	enum jpki_key		 key;
	enum jpki_pin		 pin;
	enum jpki_cert_id	 cert, ca;
};

struct item {
	const char	*input;		/* NULL: standard input */
	char		*output;	/* NULL: standard output */
	uint8_t		 digest[JPKI_DIGEST_MAX];
	size_t		 digest_n;
	struct jpki_buf	 signature;
};

struct job {
	const struct key_row	*key;
	enum jpki_hash		 hash;
	struct item		*items;
	size_t			 count;
};

/*
 * sign_docs.c: each document is written as soon as it is made, so that those
 * before a failure are whole.  Reports errors.
 */
enum exit_code	sign_documents(struct tool *t, struct job *job,
		    struct pins *pins);

#endif
