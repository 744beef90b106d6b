/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A question to a time stamp service, and its answer (RFC 3161, 3.4: HTTP).
 * Without TLS: the answer is signed, and what is asked is a digest.
 */
#ifndef TIMESTAMP_HTTP_H
#define TIMESTAMP_HTTP_H

#include "doc.h"

/*
 * Sends DER of a TimeStampReq, directly or through the proxy of http_proxy and
 * no_proxy.  *answer: one value of ASN.1, of 256 kB at most, within half a
 * minute; redirections are not followed.
 * DOC_ERR_OPTION: the URL is none; DOC_ERR_NETWORK: there is no such answer.
 */
enum doc_err	timestamp_http_post(const char *url, const uint8_t *der,
		    size_t n, struct jpki_buf *answer,
		    struct doc_error *error);

#endif
